//! Whom an answer goes to.

use std::net::IpAddr;

use socket2::SockAddr;

/// Who asked, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requester {
    /// The peer.
    pub peer: SockAddr,
    /// The server's socket, by its number.
    pub socket: usize,
    /// The local address that was asked, if the socket tells it.
    pub at: Option<IpAddr>,
}
