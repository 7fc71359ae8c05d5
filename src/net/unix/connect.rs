//! Connecting to a Unix socket, and why it fails.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use nix::sys::socket::getsockopt;
use nix::sys::socket::sockopt::PeerCredentials;
use socket2::{Socket, Type};

use super::bind::describe;
use super::{CLIENT, Kind, Name, open};
use crate::net::connect::Connection;
use crate::net::options::Settings;
use crate::net::retry::RetryPolicy;
use crate::outcome::{Cause, about_peer, failure, refusal};
use crate::report::Report;

/// Whom to connect to, and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// Whom.
    pub name: Name,
    /// Which kind of socket.
    pub kind: Kind,
    /// Socket options.
    pub settings: Settings,
    /// How long it may take.
    pub retry_policy: RetryPolicy,
}

/// Connects, again and again if it is asked for: socket(2), connect(2).
///
/// # Errors
/// [`Cause::Unreachable`], with what is wrong with the file; [`Cause::Timeout`] where the server's
/// backlog stays full.
pub fn connect(target: &Target, report: Report) -> anyhow::Result<Connection> {
    let Target { name, kind, settings, retry_policy } = target;
    retry_policy.spend_on(report, |deadline| connect_by(name, *kind, settings, deadline, report))
}

/// Connects by `deadline`, or whenever it is possible. It may wait for room in the server's backlog:
/// an event loop does not call it.
///
/// # Errors
/// As for [`connect`].
pub fn connect_by(
    name: &Name,
    kind: Kind,
    settings: &Settings,
    deadline: Option<Instant>,
    report: Report,
) -> anyhow::Result<Connection> {
    report.connecting(&name.to_string());
    // A non-blocking connect(2) does not wait for room in a backlog, and no event says when there
    // is.
    let socket = open(kind, CLIENT, settings, report)?;
    connect_in_time(&socket, name, deadline)
        .map_err(|error| explain(error, name, kind))
        .with_context(|| format!("connect {name}"))
        .map_err(|error| about_peer(error, name.to_string()))?;
    socket.set_nonblocking(true).context("open a Unix socket")?;
    let local = socket.local_addr().context("ask the socket for its address")?;
    Ok(Connection { socket, local, peer: name.address().clone(), broken: None, lingers: false })
}

/// Connects now, as an event loop needs it; `None` where the server's backlog is full; no
/// event says when there is room again.
///
/// # Errors
/// As for [`connect`].
pub fn connect_now(target: &Target, report: Report) -> anyhow::Result<Option<Connection>> {
    let Target { name, kind, settings, .. } = target;
    report.connecting(&name.to_string());
    let socket = open(*kind, CLIENT, settings, report)?;
    socket.set_nonblocking(true).context("open a Unix socket")?;
    if !connect_at_once(&socket, name, *kind).with_context(|| format!("connect {name}"))? {
        return Ok(None);
    }
    let local = socket.local_addr().context("ask the socket for its address")?;
    Ok(Some(Connection {
        socket,
        local,
        peer: name.address().clone(),
        broken: None,
        lingers: false,
    }))
}

/// True if the connection stands, false if the backlog is full.
fn connect_at_once(socket: &Socket, name: &Name, kind: Kind) -> anyhow::Result<bool> {
    match socket.connect(name.address()) {
        Ok(()) if listener_pid(socket) == Some(std::process::id()) => {
            Err(refusal(Cause::Unreachable, "this server listens there itself"))
        }
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(explain(error, name, kind)),
    }
}

/// The process that listens at the other end (SO_PEERCRED in unix(7)).
fn listener_pid(socket: &Socket) -> Option<u32> {
    let credentials = getsockopt(socket, PeerCredentials).ok()?;
    u32::try_from(credentials.pid()).ok()
}

fn connect_in_time(socket: &Socket, name: &Name, deadline: Option<Instant>) -> io::Result<()> {
    loop {
        if let Some(deadline) = deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            // A limit of 0 would be none (socket(7)); without any time left it is still told whether
            // a server is there.
            socket.set_write_timeout(Some(left.max(Duration::from_micros(1))))?;
        }
        match socket.connect(name.address()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            connected => {
                socket.set_write_timeout(None)?;
                return connected;
            }
        }
    }
}

/// What is wrong with the target, in words that say more than the system's.
pub(super) fn explain(error: io::Error, name: &Name, kind: Kind) -> anyhow::Error {
    let unreachable = |text: String| refusal(Cause::Unreachable, text);
    if error.kind() == io::ErrorKind::WouldBlock {
        let text = "no answer in time: the server's backlog is full";
        return refusal(Cause::Timeout, text);
    }
    match error.raw_os_error() {
        Some(libc::EPROTOTYPE) => {
            let types = other_types(name, kind);
            unreachable(format!("is a socket of another type: try {types}"))
        }
        Some(libc::ENOENT) if name.file().is_some_and(has_prefix) => {
            unreachable("no such file or directory (PATH is written without 'unix:')".to_owned())
        }
        // The system says the same of a file that is not a socket as of one that nobody serves.
        Some(libc::ECONNREFUSED) => match name.file().map(fs::metadata) {
            Some(Ok(file)) if !file.file_type().is_socket() => {
                unreachable(format!("is {}, not a socket", describe(&file)))
            }
            _ => failure(Cause::Unreachable, error),
        },
        _ => failure(Cause::Unreachable, error),
    }
}

/// True for a path with the prefix by which --forward knows one.
fn has_prefix(path: &Path) -> bool {
    path.as_os_str().as_bytes().starts_with(b"unix:")
}

/// Which type the socket may have, found out without a connection that its server would see.
fn other_types(name: &Name, tried: Kind) -> &'static str {
    let probe = Socket::new(socket2::Domain::UNIX, Type::DGRAM, None);
    let takes_datagrams = probe.and_then(|probe| probe.connect(name.address())).is_ok();
    match tried {
        Kind::Dgram => "--type stream, or seqpacket",
        _ if takes_datagrams => "--type dgram",
        Kind::Stream => "--type seqpacket",
        Kind::Seqpacket => "--type stream",
    }
}
