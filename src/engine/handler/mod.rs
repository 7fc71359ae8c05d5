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
pub enum Service {
    /// Answers what comes.
    Answer(Handler),
    /// Leaves the peer to a process.
    Exec(Program),
    /// Joins the peer with a connection of its own to a target.
    Forward(Route),
    /// Joins it with all other peers.
    Chat(Room),
}

/// An answer to what comes that needs no stdin, over streams or datagrams.
#[derive(Clone, Debug)]
pub enum Handler {
    /// Sends back what comes.
    Echo,
    /// Answers each line, or each datagram, with the time before it.
    Stamp(TimeForm),
    /// Reads and drops.
    Discard,
}

impl Handler {
    /// The one flow of a connection to this service; `line_limit` bounds what a line may take,
    /// where the peer does not send `records`.
    #[must_use]
    pub fn flow(&self, records: bool, line_limit: usize) -> Flow {
        let mut flow = match self {
            Handler::Echo => {
                Flow::new(Side::Peer, Side::Peer, Pump::Buffered, Filter::none(records))
            }
            Handler::Stamp(form) if records => {
                Flow::new(Side::Peer, Side::Peer, Pump::Buffered, Filter::StampRecords(*form))
            }
            Handler::Stamp(form) => {
                let filter = Filter::Stamp(Stamper::new(*form, line_limit));
                Flow::new(Side::Peer, Side::Peer, Pump::Buffered, filter)
            }
            Handler::Discard => Flow::into_nowhere(Side::Peer),
        };
        // The connection is closed with the flow, which ends the sending side too.
        flow.keep_sink_open();
        flow
    }
}
