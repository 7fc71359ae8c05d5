//! How a session ends because it is told to, or because its time is over.

use std::mem;
use std::time::{Duration, Instant};

use super::rules::with_loss;
use super::{Limits, Phase, Role, Session};
use crate::engine::child::Child;
use crate::engine::endpoint::Endpoint;
use crate::engine::flow::{Flow, Scratch, Side};
use crate::engine::handler::forward::Dial;
use crate::engine::stop::DRAIN;
use crate::net::retry::earlier;
use crate::outcome::{Cause, refusal};

/// After so long a silence of the peer, nothing of it is taken to be under way.
const LULL: Duration = Duration::from_millis(100);
/// How often a side is asked whether it has acknowledged what came before the other's failure:
/// no event tells.
const LOOK: Duration = Duration::from_millis(10);

/// Why a session ends that was told to stop, unless there is more to say of it.
pub(super) const STOPPED: &str = "stopped";

/// What ends by a silence.
enum Silence {
    /// Anything (`--idle-timeout`).
    Idle,
    /// What one side has ended already (`--after-eof`).
    AfterEof,
    /// The wait for a peer that has ended, while others wait to be served.
    Lingering,
}

/// What was on its way half-way through a silence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// When the silence began.
    since: Instant,
    /// Bytes that the peer had not acknowledged.
    left: usize,
    /// Both sides were asked for what no event tells of.
    asked: bool,
}

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
                return self.end_as_stopped();
            }
            &mut Phase::Failing { side, .. } => return self.end_failed(side),
            Phase::Talking => {}
        }
        if self.stop_child(until) {
            return;
        }
        // What waits between a process that has ended and its peer was said before.
        if !matches!(self.role, Role::Relay { .. } | Role::Attended { .. }) {
            // Only stdin's own end makes something whole of what came last.
            self.outbound.iter_mut().for_each(Flow::set_aside);
        }
        if self.inbound.sink() == Side::Peer {
            self.inbound.stop_reading();
        }
        (self.phase, self.last_byte) = (Phase::Stopping(until), Instant::now());
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
            self.end_as_stopped();
            return false;
        }
        // A peer that timed out is not waited for.
        if self.verdict.is_err() {
            self.end_as_stopped();
        }
        if !self.inbound.is_closed() || self.phase == Phase::Over {
            return false;
        }
        let (again, rest) = self.drop_what_comes(Side::Peer, scratch);
        // A child's last output is the system's to deliver, as any process's is.
        let is_delivered = self.child().is_some() || self.undelivered() == 0;
        if rest.is_closed() && self.is_sent() && (is_delivered || rest.fault().is_some()) {
            if let Role::HandedOver { peer_has_ended, .. } = &mut self.role {
                *peer_has_ended = rest.fault().is_none();
            }
            self.end_as_stopped();
        }
        again
    }

    /// Reads what still comes from a side that nobody listens to: it shows that the side is not
    /// silent. True if more is there; the flow tells how it went.
    pub(super) fn drop_what_comes(&mut self, from: Side, scratch: &mut Scratch) -> (bool, Flow) {
        let mut rest = Flow::into_nowhere(from);
        let again = rest.run(&mut self.ends, scratch);
        if rest.taken() > 0 {
            self.last_byte = Instant::now();
        }
        (again, rest)
    }

    /// Ends a stop early where the peer has acknowledged everything and is silent, and nothing that
    /// it sent is kept waiting. (Not where a child has ended by itself, whose peer may only begin
    /// to read.)
    pub(super) fn end_stopping_early(&mut self) {
        let stopping = matches!(self.phase, Phase::Stopping(_));
        if !stopping || self.lull_ends().is_none_or(|end| end > Instant::now()) {
            return;
        }
        let (peer, local) = (&self.ends.peer, &self.ends.local);
        let taken = self.inbound.is_closed() || !peer.can_read();
        let outbound = self.outbound.as_ref();
        let relayed = outbound.is_none_or(|flow| flow.is_closed() || !local.can_read());
        let acknowledged = peer.is_settled() && local.is_settled();
        if !self.child_runs()
            && taken
            && relayed
            && acknowledged
            && self.undelivered() + self.inbound.held() == 0
        {
            self.end_as_stopped();
        }
    }

    /// What it was stopped for is done, with nothing lost.
    pub(super) fn end_as_stopped(&mut self) {
        let reason = mem::replace(&mut self.verdict, Ok(STOPPED));
        self.end(reason);
    }

    /// When a session that is being stopped may be over before its time.
    fn lull_ends(&self) -> Option<Instant> {
        let stopped = self.child().is_none_or(Child::was_told_to_end);
        stopped.then(|| self.last_byte + LULL)
    }

    /// The moment at which something must happen though nothing moves.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Talking => {
                earlier(earlier(self.silence_ends(), self.next_probe()), self.hang_up_ends())
            }
            Phase::Stopping(until) => {
                let lull_ends = self.lull_ends().filter(|time| *time > Instant::now());
                earlier(Some(until), lull_ends)
            }
            Phase::Failing { .. } => Some(Instant::now() + LOOK),
            Phase::Securing(until) | Phase::Refusing(until) => Some(until),
            Phase::Dialing => self.dial().and_then(Dial::next_event),
            Phase::Over => None,
        }
    }

    /// When a silence has lasted too long, or half as long as it may.
    fn silence_ends(&self) -> Option<Instant> {
        let (limit, _) = self.silence_allowed()?;
        let is_half_over = self.look.is_some_and(|look| look.since == self.last_byte);
        Some(self.last_byte + if is_half_over { limit } else { limit / 2 })
    }

    /// Its deadline may have come: ends what it bounds.
    pub fn expire(&mut self, now: Instant) {
        if self.hang_up_ends().is_some_and(|time| time <= now) {
            self.give_up_hung_up();
        }
        if self.next_probe().is_some_and(|time| time <= now) {
            self.probe();
        }
        match self.phase {
            Phase::Stopping(until) if until <= now => self.end_stopped(),
            Phase::Securing(until) | Phase::Refusing(until) if until <= now => self.end_securing(),
            Phase::Talking => self.limit_silence(now),
            _ => {}
        }
    }

    /// How long nothing may move, and what is at its end.
    fn silence_allowed(&self) -> Option<(Duration, Silence)> {
        let Limits { idle, after_eof } = self.limits;
        let lingers = self.lingers();
        if idle.is_none() && after_eof.is_none() && !lingers {
            return None;
        }
        // If it is stdout that keeps bytes waiting, that is no silence.
        let peer_has_more = !self.inbound.source_has_ended() && self.ends.peer.can_read();
        let held_back = self.inbound.held() > 0 || peer_has_more;
        let after_eof = after_eof.filter(|_| self.half_closed() && !held_back);
        let limits = [
            after_eof.map(|limit| (limit, Silence::AfterEof)),
            lingers.then_some((DRAIN, Silence::Lingering)),
            idle.map(|limit| (limit, Silence::Idle)),
        ];
        limits.into_iter().flatten().min_by_key(|(limit, _)| *limit)
    }

    /// What the system goes on delivering after the last call of ours is no silence. Half-way it
    /// is noted how much is on its way, and at the end it is seen whether that has become less.
    fn limit_silence(&mut self, now: Instant) {
        let Some((limit, silence)) = self.silence_allowed() else { return };
        if self.last_byte + limit / 2 > now {
            return;
        }
        let left = self.undelivered();
        let look = self.look.filter(|look| look.since == self.last_byte);
        let look = look.unwrap_or(Look { since: self.last_byte, left, asked: false });
        self.look = Some(look);
        if self.last_byte + limit > now {
            return;
        }
        if left < look.left {
            self.last_byte = now;
            return;
        }
        if !look.asked {
            self.look = Some(Look { asked: true, ..look });
            return self.look_again();
        }
        match silence {
            Silence::Idle => self.end_idle(limit, now),
            Silence::AfterEof => self.end_after_eof(now),
            Silence::Lingering => self.end_lingering(left),
        }
    }

    /// Has both sides read once more: of less than SO_RCVLOWAT no event tells (socket(7)).
    fn look_again(&mut self) {
        for end in [&mut self.ends.peer, &mut self.ends.local] {
            if let Endpoint::Stream(stream) = end {
                stream.wire_mut().look_again();
            }
        }
    }

    fn end_idle(&mut self, limit: Duration, now: Instant) {
        let seconds = limit.as_secs_f64();
        let reason = format!("no byte for {seconds} s from or to {}", self.peer_name());
        let error = refusal(Cause::Timeout, reason);
        if self.stop_child(now + DRAIN) {
            self.verdict = Err(error);
        } else {
            self.cut_off_what_is_under_way();
            self.end(Err(error));
        }
    }

    /// The time to stop is over: well, unless something is lost by it.
    fn end_stopped(&mut self) {
        if self.is_drained_after_child() {
            return self.end_as_stopped();
        }
        let unwritten = if self.inbound.sink() == Side::Peer { 0 } else { self.inbound.held() };
        let lost = self.undelivered() + unwritten;
        // Output of a killed process ends with a normal FIN, as any process's does.
        if self.child().is_none() {
            self.cut_off();
        }
        if lost == 0 {
            return self.end_as_stopped();
        }
        let text = format!("stopped talking to {}", self.peer_name());
        self.end(Err(with_loss(refusal(Cause::Transfer, text), lost)));
    }

    /// A stop, since TLS has to say that nothing is missing.
    fn end_after_eof(&mut self, now: Instant) {
        self.stop(now + DRAIN);
        self.verdict = Ok("the time of --after-eof is over");
    }

    /// True if only a peer that has ended is waited for, although others wait to be served.
    fn lingers(&self) -> bool {
        let kept_open = matches!(self.role, Role::Conversation(options) if options.keep_open);
        kept_open && self.inbound.is_closed()
    }

    /// A peer that has ended may still read; one that does not would stop the server.
    /// If it has everything but our FIN, nothing is lost by that.
    fn end_lingering(&mut self, left: usize) {
        if left == 0 {
            return self.end(Ok("both sides have ended"));
        }
        let text = format!("{} has ended and does not read", self.peer_name());
        self.end(Err(with_loss(refusal(Cause::Transfer, text), left)));
    }
}
