//! One attempt to connect: begun, looked at, and the error to report when all have failed.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;

use anyhow::Context as _;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{SockAddr, Socket};

use super::address::{display_text, explain, socket_text};
use super::options::{Settings, SocketKind};
use super::tcp;
use crate::outcome::{Cause, WithCause as _, about_peer, cause_of, failure, find, refusal};
use crate::report::{Report, sentence};

/// An address that was tried, and why it failed.
pub type Failed<Peer = SocketAddr> = (Peer, anyhow::Error);

/// Begins to connect to one address: socket(2), bind(2) if it is to come from `source`,
/// connect(2).
///
/// # Errors
/// [`Cause::Unreachable`] or [`Cause::Timeout`] from connect(2), [`Cause::Bind`] for the source; the
/// system's other refusals, which are not the network's.
pub fn begin(
    candidate: SocketAddr,
    source: Option<SocketAddr>,
    settings: &Settings,
    report: Report,
) -> anyhow::Result<Socket> {
    let kind = SocketKind { v6: candidate.is_ipv6(), listens: false };
    let socket = tcp::open(kind, settings, report).map_err(lacking_family)?;
    if let Some(source) = source {
        if !settings.has("reuseaddr") {
            // Another attempt comes from the same port while this one still holds it.
            socket.set_reuse_address(true).context("set reuseaddr")?;
        }
        socket
            .bind(&source.into())
            .map_err(|error| explain(error, &source))
            .cause(Cause::Bind)
            .with_context(|| format!("bind {}", socket_text(&source)))?;
    }
    match connect(&socket, candidate, settings) {
        Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => {
            Err(unreachable(explain(error, &candidate)))
        }
        _ => Ok(socket),
    }
}

/// Sends the SYN. With a cookie of fast open connect(2) leaves that to the first write, before
/// which nobody would know whether the address answers: one of nothing comes at once
/// (TCP_FASTOPEN_CONNECT in tcp(7)).
fn connect(socket: &Socket, candidate: SocketAddr, settings: &Settings) -> io::Result<()> {
    socket.connect(&candidate.into())?;
    if settings.has("fastopen") {
        socket.send(&[])?;
    }
    Ok(())
}

/// Why connect(2) failed, at once or later.
pub fn unreachable(error: io::Error) -> anyhow::Error {
    let timed_out = error.kind() == io::ErrorKind::TimedOut;
    failure(if timed_out { Cause::Timeout } else { Cause::Unreachable }, error)
}

/// Why no socket could be made: if this system lacks the family, the address is unreachable.
pub(super) fn lacking_family(error: anyhow::Error) -> anyhow::Error {
    match find::<io::Error>(&error).and_then(io::Error::raw_os_error) {
        Some(libc::EAFNOSUPPORT) => failure(Cause::Unreachable, error),
        _ => error,
    }
}

/// How far an attempt has come.
pub enum Progress {
    /// It goes on.
    Running,
    /// The connection stood, even if it has been reset since.
    Stands(Option<io::Error>),
}

/// Whether an attempt has become a connection.
///
/// # Errors
/// [`Cause::Unreachable`] or [`Cause::Timeout`] if it failed.
pub fn progress(socket: &Socket) -> anyhow::Result<Progress> {
    let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
    poll(&mut fds, PollTimeout::ZERO).context("ask for the connection")?;
    let events = fds[0].revents().unwrap_or(PollFlags::empty());
    if events.intersects(PollFlags::POLLERR | PollFlags::POLLHUP) {
        let error = socket
            .take_error()
            .context("ask for the connection")?
            .unwrap_or_else(|| io::ErrorKind::NotConnected.into());
        // A refusal is ECONNREFUSED; only a connection that stood can be reset, or (after the
        // peer's FIN) be a broken pipe.
        return match error.raw_os_error() {
            Some(libc::ECONNRESET | libc::EPIPE) => Ok(Progress::Stands(Some(error))),
            _ => Err(unreachable(error)),
        };
    }
    if events.contains(PollFlags::POLLOUT) {
        return Ok(Progress::Stands(None));
    }
    Ok(Progress::Running)
}

/// The error that names every address that was tried, each with its reason.
#[must_use]
pub fn all_failed<Peer: Clone + Into<SockAddr>>(
    operation: &str,
    name: &str,
    mut failed: Vec<Failed<Peer>>,
) -> anyhow::Error {
    let cause = cause_of_all(failed.iter().map(|(_, error)| error));
    if failed.len() == 1
        && let Some((peer, error)) = failed.pop()
    {
        let peer = display_text(&peer.into());
        return about_peer(error.context(format!("{operation} {peer}")), peer);
    }
    refusal(cause, describe(operation, name, &failed))
}

/// Why attempts fail, the most telling cause first. A refusal by this system counts only if the
/// network said nothing.
const CAUSES: [Cause; 6] = [
    Cause::Usage,
    Cause::Unreachable,
    Cause::Timeout,
    Cause::Expectation,
    Cause::Bind,
    Cause::Transfer,
];

/// Why all of these attempts failed; where there are none, there was no time for any.
#[must_use]
pub fn cause_of_all<'a>(errors: impl Iterator<Item = &'a anyhow::Error>) -> Cause {
    let causes: Vec<Cause> = errors.map(cause_of).collect();
    CAUSES.into_iter().find(|cause| causes.contains(cause)).unwrap_or(Cause::Timeout)
}

/// Every address that was tried, with its reason.
#[must_use]
pub fn describe<Peer: Clone + Into<SockAddr>>(
    operation: &str,
    name: &str,
    failed: &[Failed<Peer>],
) -> String {
    let text = |peer: &Peer| display_text(&peer.clone().into());
    match failed {
        [] => format!("{operation} {name}: no answer in time"),
        [(peer, error)] => format!("{operation} {}: {}", text(peer), sentence(error)),
        _ => {
            let told = failed.iter().map(|(peer, error)| (text(peer), sentence(error)));
            let told: Vec<String> = told.map(|(peer, why)| format!("{peer}: {why}")).collect();
            format!("{operation} {name}: {}", told.join("; "))
        }
    }
}
