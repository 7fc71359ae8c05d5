//! What a datagram server does with what comes, where that is no conversation.

use std::net::IpAddr;

use socket2::SockAddr;

use super::children::Commands;
use super::relay::Route;
use crate::engine::handler::Handler;

/// A service of datagrams.
#[derive(Clone, Debug)]
pub enum Service {
    /// Answers each by itself.
    Answer(Handler),
    /// Relays them to a target, and its answers back.
    Forward(Box<Route>),
    /// Has a process answer each.
    Exec(Commands),
}

/// Who asked, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asker {
    /// The peer.
    pub peer: SockAddr,
    /// The server's socket, by its number.
    pub socket: usize,
    /// The local address that was asked, if the socket tells it.
    pub at: Option<IpAddr>,
}
