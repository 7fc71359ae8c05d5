//! How a session ends because it is told to, or because its time is over.

use std::time::{Duration, Instant};

use super::rules::with_loss;
use super::{DRAIN, Phase, Role, Session};
use crate::engine::flow::{Flow, Scratch, Side};
use crate::net::retry::earlier;
use crate::outcome::{Cause, refusal};

impl Session {
    /// Takes no more, delivers what is on its way, shuts the peer down; over by `until`.
    pub fn stop(&mut self, until: Instant) {
        match &mut self.phase {
            Phase::Stopping(before) => {
                *before = until.min(*before);
                return;
            }
            Phase::Over => return,
            Phase::Dialing | Phase::Securing(_) | Phase::Refusing(_) => {
                self.cut_off();
                return self.end(Ok("stopped"));
            }
            Phase::Failing(side) => {
                let side = *side;
                return self.end_failed(side);
            }
            Phase::Talking | Phase::Settling => {}
        }
        if self.stop_child(until) {
            return;
        }
        if !matches!(self.role, Role::Relay { .. }) {
            self.stop_sending();
        }
        if self.inbound.sink() == Side::Peer {
            self.inbound.stop_reading();
        }
        self.phase = Phase::Stopping(until);
    }

    /// Half-closes once nothing is left to send, then reads what still comes: closing with
    /// unread input would destroy what the peer has not read yet. True if more is there.
    pub(super) fn finish_stopping(&mut self, scratch: &mut Scratch) -> bool {
        if let Some(outbound) = &mut self.outbound {
            outbound.allow_finish(true);
            outbound.run(&mut self.ends, scratch);
        }
        let sending = |flow: &Flow| flow.sink() == Side::Peer && !flow.is_closed();
        if sending(&self.inbound) || self.outbound.as_ref().is_some_and(sending) {
            return false;
        }
        if self.ends.peer.finish().is_err() {
            self.end(Ok("stopped"));
            return false;
        }
        // Who was silent for too long is not waited for.
        if self.verdict.is_err() {
            self.end(Ok("stopped"));
        }
        if !self.inbound.is_closed() || self.phase == Phase::Over {
            return false;
        }
        let mut rest = Flow::into_nowhere(Side::Peer);
        let again = rest.run(&mut self.ends, scratch);
        if rest.is_closed() && self.is_sent() {
            self.peer_has_ended = rest.fault().is_none();
            self.end(Ok("stopped"));
        }
        again
    }

    /// The moment at which something must happen though nothing moves.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if let Phase::Stopping(until) | Phase::Securing(until) | Phase::Refusing(until) = self.phase
        {
            return Some(until);
        }
        if self.phase == Phase::Dialing {
            return self.dial.as_ref().and_then(|dial| dial.next_event());
        }
        let after = |limit: Duration| self.last_byte + limit;
        let idle = self.limits.idle.map(after);
        let after_eof = self.limits.after_eof.filter(|_| self.half_closed()).map(after);
        let lingering = self.lingers().then(|| after(DRAIN));
        earlier(earlier(idle, after_eof), earlier(lingering, self.next_step()))
    }

    /// Its deadline may have come: ends what it bounds.
    pub fn expire(&mut self, now: Instant) {
        if self.next_probe().is_some_and(|time| time <= now) {
            self.probe();
        }
        let last_byte = self.last_byte;
        let passed = |limit: Option<Duration>| limit.is_some_and(|limit| last_byte + limit <= now);
        match self.phase {
            Phase::Stopping(until) if until <= now => self.end_stopped(),
            Phase::Securing(until) | Phase::Refusing(until) if until <= now => self.end_securing(),
            Phase::Securing(_)
            | Phase::Refusing(_)
            | Phase::Dialing
            | Phase::Stopping(_)
            | Phase::Failing(_)
            | Phase::Over => {}
            _ if self.half_closed() && passed(self.limits.after_eof) => self.end_after_eof(now),
            _ if self.lingers() && passed(Some(DRAIN)) => self.end_lingering(now),
            _ if passed(self.limits.idle) => {
                let seconds = self.limits.idle.unwrap_or_default().as_secs_f64();
                let reason = format!("no byte for {seconds} s from or to {}", self.peer_name());
                let error = refusal(Cause::Timeout, reason);
                if self.stop_child(now + DRAIN) {
                    self.verdict = Err(error);
                } else {
                    self.cut_off_what_is_under_way();
                    self.end(Err(error));
                }
            }
            _ => {}
        }
    }

    /// The time to stop is over: well, unless something is lost by it.
    fn end_stopped(&mut self) {
        if self.has_parted() {
            return self.end(Ok("stopped"));
        }
        let unwritten = if self.inbound.sink() == Side::Peer { 0 } else { self.inbound.held() };
        let lost = self.undelivered() + unwritten;
        // What a killed process said ends like what any process said.
        if self.child.is_none() {
            self.cut_off();
        }
        let text = format!("stopped talking to {}", self.peer_name());
        let error = refusal(Cause::Transfer, text);
        self.end(if lost == 0 { Ok("stopped") } else { Err(with_loss(&error, lost)) });
    }

    fn end_after_eof(&mut self, now: Instant) {
        let peer_has_more = !self.inbound.source_has_ended() && self.ends.peer.can_read();
        if self.inbound.held() > 0 || peer_has_more {
            // It is stdout that keeps bytes waiting: that is no silence.
            self.last_byte = now;
        } else if self.undelivered() == 0 {
            self.end(Ok("the time of --after-eof is over"));
        } else {
            self.stop(now + DRAIN);
        }
    }

    /// True if only a peer that has ended is waited for, although others wait to be served.
    fn lingers(&self) -> bool {
        let kept_open = matches!(self.role, Role::Conversation(manners) if manners.keep_open);
        kept_open && self.inbound.is_closed()
    }

    /// A peer that has ended may still read; one that does not would stop the server.
    fn end_lingering(&mut self, now: Instant) {
        let left = self.undelivered();
        if left < self.left {
            (self.left, self.last_byte) = (left, now);
            return;
        }
        let text = format!("{} has ended and does not read", self.peer_name());
        self.end(Err(with_loss(&refusal(Cause::Transfer, text), left)));
    }
}
