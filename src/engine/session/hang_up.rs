//! Peers of Unix sockets that are gone: no keepalive asks them, but the system tells of it.

use std::time::{Duration, Instant};

use super::{Phase, Session};
use crate::engine::endpoint::Endpoint;
use crate::engine::flow::{Flow, Side};

/// How long after the last byte a peer that is gone is held on to, as one of TCP is for up to a minute:
/// whoever has more to send learns that it does not arrive, and who was sent something is not told of
/// a failure while working on it.
const HELD: Duration = Duration::from_secs(20);
/// The same in a room, where nobody sends to one alone.
const HELD_IN_A_ROOM: Duration = Duration::from_secs(1);

impl Session {
    /// When a side that has hung up is given up: everything that it sent has been read.
    pub(super) fn hang_up_ends(&self) -> Option<Instant> {
        self.hung_up_side()?;
        let in_a_room = matches!(self.ends.local, Endpoint::Seat(_));
        Some(self.last_byte + if in_a_room { HELD_IN_A_ROOM } else { HELD })
    }

    /// Gives it up, as if it had reset the connection.
    pub(super) fn give_up_hung_up(&mut self) {
        let Some(side) = self.hung_up_side() else { return };
        if let Endpoint::Stream(stream) = self.ends.get(side) {
            stream.wire_mut().give_up();
        }
    }

    fn hung_up_side(&self) -> Option<Side> {
        // First what costs nothing: this is asked after each event.
        if !self.half_closed() || self.phase != Phase::Talking {
            return None;
        }
        let has_hung_up = |end: &Endpoint, from: Option<&Flow>| match end {
            Endpoint::Stream(stream) => {
                stream.wire().has_hung_up() && from.is_none_or(Flow::source_has_ended)
            }
            _ => false,
        };
        let (inbound, outbound) = (Some(&self.inbound), self.outbound.as_ref());
        if has_hung_up(&self.ends.peer, inbound) {
            Some(Side::Peer)
        } else if has_hung_up(&self.ends.local, outbound) {
            Some(Side::Local)
        } else {
            None
        }
    }
}
