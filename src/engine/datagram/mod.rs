//! Datagrams: servers of any number of peers on one socket, and clients.

pub mod client;
pub mod conversation;
mod desk;
pub mod framed;
mod pace;
pub mod server;

use std::io;
use std::os::fd::AsFd as _;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::Socket;

use crate::net::address;
use crate::outcome::{Cause, failure};
use crate::report::Report;
use crate::sys::datagrams::{self, Outgoing};

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
    let operation = format!("send {} bytes to {peer}", datagram.bytes.len());
    let error = anyhow::Error::from(error).context(operation);
    report.error(&failure(Cause::Transfer, error));
}

fn wait_for_room(socket: &Socket) -> bool {
    let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
    let patience = PollTimeout::try_from(PATIENCE).unwrap_or(PollTimeout::MAX);
    poll(&mut fds, patience).is_ok_and(|ready| ready > 0)
}
