//! Datagrams: servers of any number of peers on one socket, and clients.

pub mod candidates;
pub mod client;
pub mod conversation;
mod desk;
pub mod framed;
mod pace;
mod progress;
pub mod server;
mod terms;
mod unanswered;

use std::io;
use std::os::fd::AsFd as _;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::Socket;

use crate::net::address;
use crate::outcome::{Cause, failure, refusal};
use crate::report::Report;
use crate::sys::datagrams::{self, LARGEST, Outgoing, Received};

/// How many batches are moved before the loop looks at everything else: at signals, at the time,
/// at the other direction. A flood, or a stdin without end, must not keep it from that.
const TURN: usize = 16;
/// How long a datagram waits for room in the socket's buffer before it is given up.
const PATIENCE: Duration = Duration::from_secs(1);

/// Sends all of these, one peer's trouble stopping no other; gives the number of bytes sent. What
/// cannot be sent is told.
fn send_all(socket: &Socket, datagrams: &[Outgoing<'_>], report: Report) -> u64 {
    let mut bytes = 0;
    let mut rest = datagrams;
    while let [first, others @ ..] = rest {
        match datagrams::send(socket, rest) {
            Ok(count) => {
                bytes += rest[..count].iter().map(|sent| sent.bytes.len() as u64).sum::<u64>();
                rest = &rest[count..];
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && wait_for_room(socket) => {}
            // A broadcast's or a vanished address cannot be answered from: let the system choose.
            Err(error) if first.from.is_some() && refuses_source(&error) => {
                let plain = Outgoing { from: None, ..*first };
                bytes += send_all(socket, &[plain], report);
                rest = others;
            }
            Err(error) => {
                tell(first, error, report);
                rest = others;
            }
        }
    }
    bytes
}

fn refuses_source(error: &io::Error) -> bool {
    let refusals = [libc::EINVAL, libc::EADDRNOTAVAIL, libc::ENETUNREACH, libc::EACCES];
    error.raw_os_error().is_some_and(|number| refusals.contains(&number))
}

fn tell(datagram: &Outgoing<'_>, error: io::Error, report: Report) {
    let peer = datagram.to.map_or_else(|| "the peer".to_owned(), address::name);
    report.error(&unsendable(datagram.bytes.len(), &peer, error));
}

/// The error of a datagram that the system does not send: it tells the size.
fn unsendable(bytes: usize, peer: &str, error: io::Error) -> anyhow::Error {
    let error = anyhow::Error::from(error).context(format!("send {bytes} bytes to {peer}"));
    failure(Cause::Transfer, error)
}

/// Tells of a datagram that was received, if that is asked for, and of one that was cut.
fn tell_received(datagram: &Received<'_>, local: &str, report: Report) {
    if report.tells_connections() {
        report.datagram(local, &address::name(&datagram.from), datagram.length);
    }
    if datagram.length > LARGEST {
        let text = format!("a datagram of {} bytes was cut to {LARGEST}", datagram.length);
        report.error(&refusal(Cause::Transfer, text));
    }
}

fn wait_for_room(socket: &Socket) -> bool {
    let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
    let patience = PollTimeout::try_from(PATIENCE).unwrap_or(PollTimeout::MAX);
    poll(&mut fds, patience).is_ok_and(|ready| ready > 0)
}
