//! How a session ends because it is told to, or because its time is over.

use std::time::{Duration, Instant};

use super::rules::with_loss;
use super::{DRAIN, Phase, Session};
use crate::engine::flow::{Flow, Scratch, Side};
use crate::net::retry::earlier;
use crate::outcome::{Cause, refusal};

impl Session {
    /// Takes no more, delivers what is on its way, shuts the peer down; over by `until`.
    pub fn stop(&mut self, until: Instant) {
        if matches!(self.phase, Phase::Stopping(_) | Phase::Over) {
            return;
        }
        self.stop_sending();
        if self.inbound.sink() == Side::Peer {
            self.inbound.stop_reading();
        }
        self.phase = Phase::Stopping(until);
    }

    /// Half-closes once nothing is left to send, then reads what still comes: closing with
    /// unread input would destroy what the peer has not read yet.
    pub(super) fn finish_stopping(&mut self, scratch: &mut Scratch) {
        if let Some(outbound) = &mut self.outbound {
            outbound.allow_finish(true);
            outbound.run(&mut self.ends, scratch);
        }
        let sending = |flow: &Flow| flow.sink() == Side::Peer && !flow.is_closed();
        if sending(&self.inbound) || self.outbound.as_ref().is_some_and(sending) {
            return;
        }
        if self.ends.peer.finish().is_err() {
            return self.end(Ok("stopped"));
        }
        if self.inbound.is_closed() && self.drop_input(scratch) {
            self.end(Ok("stopped"));
        }
    }

    /// Reads and drops what is there; true at the end.
    fn drop_input(&mut self, scratch: &mut Scratch) -> bool {
        let mut rest = Flow::into_nowhere();
        while rest.run(&mut self.ends, scratch) {}
        rest.is_closed()
    }

    /// The moment at which something must happen though nothing moves.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if let Phase::Stopping(until) = self.phase {
            return Some(until);
        }
        let idle = self.limits.idle.map(|limit| self.last_byte + limit);
        let after_eof = self
            .limits
            .after_eof
            .filter(|_| self.half_closed())
            .map(|limit| self.last_byte + limit);
        earlier(idle, after_eof)
    }

    /// Its deadline may have come: ends what it bounds.
    pub fn expire(&mut self, now: Instant) {
        let passed = |since: Instant, limit: Option<Duration>| {
            limit.is_some_and(|limit| since + limit <= now)
        };
        match self.phase {
            Phase::Stopping(until) if until <= now => match self.undelivered() {
                0 => self.end(Ok("stopped")),
                unsent => {
                    let error = refusal(
                        Cause::Transfer,
                        format!("stopped talking to {}", self.peer_name()),
                    );
                    self.end(Err(with_loss(&error, unsent)));
                }
            },
            Phase::Stopping(_) | Phase::Over => {}
            _ if self.half_closed() && passed(self.last_byte, self.limits.after_eof) => {
                self.stop(now + DRAIN);
            }
            _ if passed(self.last_byte, self.limits.idle) => {
                let seconds = self.limits.idle.unwrap_or_default().as_secs_f64();
                let reason = format!("no byte for {seconds} s from or to {}", self.peer_name());
                self.end(Err(refusal(Cause::Timeout, reason)));
            }
            _ => {}
        }
    }
}
