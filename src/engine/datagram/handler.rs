//! What a datagram server does with what comes, where that is no conversation.

use super::children::Commands;
use super::relay::RelayOptions;
use crate::engine::handler::Responder;

/// A service of datagrams.
#[derive(Clone, Debug)]
pub enum Handler {
    /// Answers each by itself.
    Answer(Responder),
    /// Relays them to a target, and its answers back.
    Forward(Box<RelayOptions>),
    /// Has a process answer each.
    Exec(Commands),
}
