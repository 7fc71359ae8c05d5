//! What a service does with a peer.

pub mod forward;

use super::child::Program;
use super::endpoint::room::Room;
use super::filter::{Filter, Stamper, TimeForm};
use super::flow::{Flow, Side};
use super::pump::Pump;
use forward::Route;

/// What a stream server does with each peer, where that is no conversation.
#[derive(Clone, Debug)]
pub enum Handler {
    /// Answers what comes.
    Answer(Responder),
    /// Leaves the peer to a process.
    Exec(Program),
    /// Joins the peer with a connection of its own to a target.
    Forward(Route),
    /// Joins it with all other peers.
    Chat(Room),
}

/// An answer to what comes that needs no stdin, over streams or datagrams.
#[derive(Clone, Debug)]
pub enum Responder {
    /// Sends back what comes.
    Echo,
    /// Answers each line, or each datagram, with the time before it.
    Stamp(TimeForm),
    /// Reads and drops.
    Discard,
}

impl Responder {
    /// The one flow of a connection to this service; `line_limit` bounds what a line may take,
    /// where the peer does not send `records`.
    #[must_use]
    pub fn flow(&self, records: bool, line_limit: usize) -> Flow {
        let mut flow = match self {
            Responder::Echo => {
                Flow::new(Side::Peer, Side::Peer, Pump::Buffered, Filter::none(records))
            }
            Responder::Stamp(form) if records => {
                Flow::new(Side::Peer, Side::Peer, Pump::Buffered, Filter::StampRecords(*form))
            }
            Responder::Stamp(form) => {
                let filter = Filter::Stamp(Stamper::new(*form, line_limit));
                Flow::new(Side::Peer, Side::Peer, Pump::Buffered, filter)
            }
            Responder::Discard => Flow::into_nowhere(Side::Peer),
        };
        // The connection is closed with the flow, which ends the sending side too.
        flow.keep_sink_open();
        flow
    }
}
