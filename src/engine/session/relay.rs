//! Two connections joined: what comes from one goes to the other, and so does its end.

use super::{Limits, Phase, Role, Session};
use crate::engine::endpoint::Endpoint;
use crate::engine::filter::Filter;
use crate::engine::flow::{Ends, Flow, Side};
use crate::engine::pump::Pump;

impl Session {
    /// Joins two connections; `copying` forces the way of moving bytes that always works.
    #[must_use]
    pub fn relay(peer: Endpoint, target: Endpoint, copying: bool, limits: Limits) -> Self {
        let ends = Ends::new(peer, target);
        let there = Pump::choose(&ends.peer, &ends.local, copying);
        let back = Pump::choose(&ends.local, &ends.peer, copying);
        let inbound = Flow::new(Side::Peer, Side::Local, there, Filter::None);
        let outbound = Flow::new(Side::Local, Side::Peer, back, Filter::None);
        Self::new(ends, inbound, Some(outbound), Role::Relay, limits)
    }

    /// Over when both directions are, or when one has failed.
    pub(super) fn apply_relay_rules(&mut self) {
        if self.phase != Phase::Talking {
            return;
        }
        let Some(outbound) = &self.outbound else { return };
        let fault = self.inbound.fault().or_else(|| outbound.fault());
        if let Some(fault) = fault {
            return self.end(Err(self.told(fault)));
        }
        if self.inbound.is_closed() && outbound.is_closed() {
            self.end(Ok("both sides have ended"));
        }
    }
}
