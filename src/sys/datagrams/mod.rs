//! Datagrams in batches: recvmmsg(2) and sendmmsg(2), with the local address each came to; over
//! UDP, runs of equal datagrams as one (`UDP_SEGMENT` and `UDP_GRO` of udp(7)).

mod control;
mod receive;
mod send;

use std::io;
use std::net::IpAddr;
use std::os::fd::AsFd;

use socket2::SockAddr;

use super::sockopt;
pub use receive::ReceiveBatch;
pub use send::Sender;

/// How many messages one system call moves at most; a message is a datagram, or a run of them.
pub const BATCH: usize = BATCH_SIZE as usize;
/// The same, as the calls take it.
const BATCH_SIZE: libc::c_uint = 32;
/// More than the largest datagram of any kind that has a limit: UDP over IPv6 carries 65,527
/// bytes, and what is larger was cut. A run of datagrams holds no more either.
pub const LARGEST: usize = 65_536;
/// The same for Unix sockets, whose only limit is the sender's buffer; more than a megabyte is
/// better sent as a stream.
pub const LARGEST_UNIX: usize = 1 << 20;

/// A datagram as it was received, or a run of them.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The payload, which may be empty; those of a run one after the other.
    pub bytes: &'a [u8],
    /// The size of each datagram of a run but the last, which may be smaller.
    pub size: usize,
    /// Who sent it; without an address for a Unix socket that has none.
    pub from: &'a SockAddr,
    /// The local address that it came to, if the socket was asked to tell.
    pub to: Option<IpAddr>,
    /// Its length on the wire: more than `bytes` holds if it was cut.
    pub length: usize,
}

impl<'a> Received<'a> {
    /// Each datagram.
    pub fn each(&self) -> impl Iterator<Item = Self> + use<'a> {
        let (whole, cut) = (*self, self.length - self.bytes.len());
        let one = move |bytes: &'a [u8]| Self { bytes, length: bytes.len() + cut, ..whole };
        self.datagrams().map(one)
    }

    /// The payload of each datagram.
    pub fn datagrams(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let empty = self.bytes.is_empty().then_some(self.bytes);
        self.bytes.chunks(self.size.max(1)).chain(empty)
    }

    /// True if this came from where `other` did, to the same address.
    #[must_use]
    pub fn has_ends_of(&self, other: &Self) -> bool {
        self.from == other.from && self.to == other.to
    }
}

/// One datagram to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The payload, which may be empty.
    pub bytes: &'a [u8],
    /// Whom to; `None` on a connected socket.
    pub to: Option<&'a SockAddr>,
    /// The local address to send from; `None` lets the system choose.
    pub from: Option<IpAddr>,
}

/// Has a UDP socket give runs of equal datagrams as one, which [`Received`] takes apart; false where
/// the system cannot. A run that finds no room is lost, and counted, as one.
pub fn receive_runs(fd: impl AsFd) -> bool {
    sockopt::set(fd, libc::SOL_UDP, libc::UDP_GRO, &sockopt::int(1)).is_ok()
}

/// Fails unless the system knows how to cut a run of datagrams: one that does not would send the
/// run as one datagram.
fn sends_runs(fd: impl AsFd) -> io::Result<()> {
    sockopt::get(fd, libc::SOL_UDP, libc::UDP_SEGMENT, &mut sockopt::int(0)).map(drop)
}
