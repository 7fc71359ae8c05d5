//! Two connections joined: what comes from one goes to the other, and so do its end and its
//! failure.

use std::io;
use std::time::{Duration, Instant};

use super::rules::{same, with_loss};
use super::securing::first_phase;
use super::{Limits, Phase, Role, Session, SessionOptions, Unwatched};
use crate::engine::endpoint::Endpoint;
use crate::engine::endpoint::room::Seat;
use crate::engine::endpoint::stream::Stream;
use crate::engine::filter::{Filter, Speaker};
use crate::engine::flow::{Ends, Flow, Scratch, Side};
use crate::engine::handler::forward::Dial;
use crate::engine::pump::{Fault, Pump};
use crate::engine::stop::DRAIN;
use crate::outcome::{Cause, cause_of, refusal};
use crate::report::sentence;

/// How long one side that has ended may wait for the other before both are probed.
const PATIENCE: Duration = Duration::from_secs(1);

impl Session {
    /// Joins a connection with one that is still being made; nothing is read before it stands. If
    /// the session `settles` it is over only when both sides have acknowledged everything, which
    /// matters to whoever hears how it ended.
    #[must_use]
    pub fn forward(
        peer: Stream,
        dial: Dial,
        options: SessionOptions,
        limits: Limits,
        settles: bool,
    ) -> Box<Self> {
        let SessionOptions { copying, own_keepalive, .. } = options;
        let dial = Some(Box::new(dial));
        let role = Role::Relay { copying, own_keepalive, settles, dial, probed: false };
        let ends = Ends::new(Endpoint::Stream(peer), Endpoint::Nowhere);
        let unread = Flow::into_nowhere(Side::Peer);
        let mut session = Self::new(ends, unread, None, role, limits);
        session.phase = Phase::Dialing;
        session
    }

    /// Joins a connection with all others of a room.
    #[must_use]
    pub fn chat(peer: Stream, seat: Seat, options: SessionOptions, limits: Limits) -> Box<Self> {
        let filter = match seat.line_limit().map(|limit| Speaker::new(&seat.name(), limit)) {
            Some(speaker) if peer.has_records() => Filter::SpeakRecords(speaker),
            Some(speaker) => Filter::Speaker(speaker),
            None => Filter::none(peer.has_records()),
        };
        let SessionOptions { copying, own_keepalive, .. } = options;
        let (settles, dial, probed) = (false, None, false);
        let role = Role::Relay { copying, own_keepalive, settles, dial, probed };
        let ends = Ends::new(Endpoint::Stream(peer), Endpoint::Seat(seat));
        let (_, mut outbound) = flows(&ends, copying);
        outbound.pass_failure_on();
        let inbound = Flow::new(Side::Peer, Side::Local, Pump::Buffered, filter);
        Self::new(ends, inbound, Some(outbound), role, limits)
    }

    fn join(&mut self, target: Endpoint, copying: bool) {
        self.ends.local = target;
        let (mut inbound, mut outbound) = flows(&self.ends, copying);
        inbound.pass_failure_on();
        outbound.pass_failure_on();
        (self.inbound, self.outbound) = (inbound, Some(outbound));
    }

    /// Goes on connecting; what is to be watched before more can be done, if anything is.
    pub(super) fn reach_target(&mut self, now: Instant) -> Option<Unwatched> {
        if let Some(error) = self.ends.peer.error() {
            let error = anyhow::Error::from(error);
            self.end(Err(error.context(format!("receive from {}", self.peer_name()))));
        }
        let Role::Relay { copying, dial, .. } = &mut self.role else { return None };
        let dialing = dial.as_mut().filter(|_| self.phase == Phase::Dialing)?;
        match dialing.advance(now) {
            Ok(None) => Some(Unwatched::Attempts),
            Ok(Some(target)) => {
                let (copying, is_watched) = (*copying, dialing.is_watched());
                *dial = None;
                self.join(target, copying);
                (self.phase, self.last_byte) = (first_phase(&self.ends, now), now);
                (!is_watched).then_some(Unwatched::Target)
            }
            Err(error) => {
                // The peer hears a refusal too, as far as it can still hear one. Advice for whoever
                // connects by hand is left out.
                self.ends.peer.reset_at_close();
                self.end(Err(refusal(cause_of(&error), sentence(&error))));
                None
            }
        }
    }

    /// The connection to the target, as long as it is being made, or if it could not be.
    pub(super) fn dial(&self) -> Option<&Dial> {
        match &self.role {
            Role::Relay { dial, .. } => dial.as_deref(),
            _ => None,
        }
    }

    pub(super) fn dial_mut(&mut self) -> Option<&mut Dial> {
        match &mut self.role {
            Role::Relay { dial, .. } => dial.as_deref_mut(),
            _ => None,
        }
    }

    /// True if it is over because its target could not be reached.
    #[must_use]
    pub fn has_missed_target(&self) -> bool {
        let unsecured = matches!(
            &self.ends.local, Endpoint::Stream(target) if target.handshake_limit().is_some()
        );
        let missing = self.dial().is_some() || unsecured;
        missing && self.verdict.is_err() && self.ends.peer.error().is_none()
    }

    /// True if it is over because it did not keep up with what others said.
    #[must_use]
    pub fn has_fallen_behind(&self) -> bool {
        matches!(&self.ends.local, Endpoint::Seat(seat) if seat.error().is_some())
    }

    /// Over when both directions are, or when one side has failed and the other has been told.
    pub(super) fn apply_relay_rules(&mut self, settles: bool, now: Instant) {
        let failed = match self.phase {
            Phase::Talking => self.failed_side(),
            Phase::Failing { side, .. } => Some(side),
            _ => return,
        };
        if let Some(side) = failed {
            return self.pass_failure_on(side, now);
        }
        if !self.inbound.is_closed() || !self.outbound.as_ref().is_none_or(Flow::is_closed) {
            return;
        }
        let settled = self.ends.peer.is_settled() && self.ends.local.is_settled();
        if (settled || !settles) && self.is_sent() {
            self.end(Ok("both sides have ended"));
        }
    }

    /// The side that has failed, unless both had ended and nothing was lost by it.
    fn failed_side(&self) -> Option<Side> {
        let Some(outbound) = &self.outbound else { return None };
        let over = self.inbound.is_closed() && outbound.is_closed();
        let failed = |end: &Endpoint| end.error().is_some() && !(over && end.unacknowledged() == 0);
        let at_fault = |flow: &Flow, source: Side, sink: Side| match flow.fault()? {
            Fault::Source(_) => Some(source),
            Fault::Sink(_) => Some(sink),
        };
        at_fault(&self.inbound, Side::Peer, Side::Local)
            .or_else(|| at_fault(outbound, Side::Local, Side::Peer))
            .or_else(|| failed(&self.ends.peer).then_some(Side::Peer))
            .or_else(|| failed(&self.ends.local).then_some(Side::Local))
    }

    /// A failure of one side is passed on once the other has what came before it, or has not
    /// taken any of it for a while.
    fn pass_failure_on(&mut self, failed: Side, now: Instant) {
        let (source, _) = self.flows_of(failed);
        let is_drained = source.is_none_or(Flow::is_closed);
        let left = self.undelivered_by(failed);
        let since = match self.phase {
            Phase::Failing { left: before, since, .. } if before == left => since,
            _ => now,
        };
        self.phase = Phase::Failing { side: failed, left, since };
        let is_over = (is_drained && left == 0) || since.max(self.last_byte) + DRAIN <= now;
        // A peer that fell behind has already had its time.
        if is_over || self.has_fallen_behind() {
            self.end_failed(failed);
        }
    }

    /// The flow from a side, and the one to it.
    fn flows_of(&self, side: Side) -> (Option<&Flow>, Option<&Flow>) {
        let (inbound, outbound) = (Some(&self.inbound), self.outbound.as_ref());
        if side == Side::Peer { (inbound, outbound) } else { (outbound, inbound) }
    }

    /// Bytes from a side that the other has not acknowledged.
    fn undelivered_by(&self, side: Side) -> usize {
        let other = if side == Side::Peer { &self.ends.local } else { &self.ends.peer };
        self.flows_of(side).0.map_or(0, Flow::held) + other.unacknowledged()
    }

    pub(super) fn end_failed(&mut self, failed: Side) {
        let other = if failed == Side::Peer { Side::Local } else { Side::Peer };
        let (came, lost) = (self.undelivered_by(failed), self.undelivered_by(other));
        let (source, sink) = self.flows_of(failed);
        let ended_well = source.is_some_and(|flow| flow.is_closed() && flow.fault().is_none());
        let was_writable = !sink.is_some_and(Flow::has_failed_to_write);
        // Who leaves a room misses what the others say: that is no loss.
        let is_in_room = matches!(self.ends.local, Endpoint::Seat(_));
        let verdict = if ended_well && (is_in_room || (was_writable && came + lost == 0)) {
            Ok("one side has ended, and then gone")
        } else {
            let error = self.failure_of(failed, ended_well);
            Err(with_loss(error, came))
        };
        self.ends.get(other).reset_at_close();
        self.end(verdict);
    }

    fn failure_of(&self, side: Side, ended_well: bool) -> anyhow::Error {
        let end = if side == Side::Peer { &self.ends.peer } else { &self.ends.local };
        if let Endpoint::Seat(seat) = end {
            let text = "too slow for what the others send, so it is dropped";
            let (name, peer) = (seat.name(), self.peer_name());
            return refusal(Cause::Transfer, format!("send to {name}, {peer}: {text}"));
        }
        let (source, sink) = self.flows_of(side);
        let of_flow = |flow: Option<&Flow>| match flow?.fault()? {
            Fault::Source(error) | Fault::Sink(error) => Some(same(error)),
        };
        let lost = end.error().or_else(|| of_flow(source));
        // A record that is too long is no failure of the socket.
        let unsendable = if lost.is_none() { of_flow(sink) } else { None };
        let sending = ended_well || unsendable.is_some();
        let error = lost.or(unsendable).unwrap_or_else(|| io::ErrorKind::ConnectionReset.into());
        let operation = if sending { "send to" } else { "receive from" };
        anyhow::Error::from(error).context(format!("{operation} {}", end.name()))
    }

    /// Passes on what has come, ends both directions, then reads what still comes: closing with
    /// unread input would destroy what the other side has not read yet. True if more is there.
    pub(super) fn finish_stopping_relay(&mut self, scratch: &mut Scratch) -> bool {
        if let Some(side) = self.failed_side() {
            self.end_failed(side);
            return false;
        }
        let mut is_closed = true;
        let ends = &mut self.ends;
        for flow in std::iter::once(&mut self.inbound).chain(&mut self.outbound) {
            if flow.held() == 0 && !ends.get(flow.source()).can_read() {
                flow.stop_reading();
            }
            is_closed &= flow.is_closed();
        }
        if !is_closed {
            return false;
        }
        let (mut again, mut ended) = (false, true);
        for side in [Side::Peer, Side::Local] {
            let (more, rest) = self.drop_what_comes(side, scratch);
            again |= more;
            // Those in a room never end.
            ended &= rest.is_closed() || matches!(self.ends.get(side), Endpoint::Seat(_));
        }
        // TLS records may still wait for a peer that reads slowly.
        if ended && self.is_sent() {
            self.end_as_stopped();
        }
        again
    }

    /// Makes sure that neither side takes for a whole what is cut off here. (A conversation tells by
    /// its status; in a room nobody waits for an end.)
    pub(super) fn cut_off(&mut self) {
        let open = |flow: &Flow| !flow.is_closed();
        let unfinished = open(&self.inbound) || self.outbound.as_ref().is_some_and(open);
        let joined = !matches!(self.ends.local, Endpoint::Seat(_));
        if self.is_under_way() || (unfinished && joined) {
            self.reset_both();
        }
    }

    /// The same where nothing has come for so long that what came before may be the whole.
    pub(super) fn cut_off_what_is_under_way(&mut self) {
        if self.is_under_way() {
            self.reset_both();
        }
    }

    fn is_under_way(&self) -> bool {
        self.undelivered_by(Side::Peer) + self.undelivered_by(Side::Local) > 0
    }

    fn reset_both(&mut self) {
        if matches!(self.role, Role::Relay { .. }) {
            self.ends.peer.reset_at_close();
            self.ends.local.reset_at_close();
        }
    }

    /// When to begin to probe whether both sides are still there: once one has ended, and nothing
    /// has come for a moment. Most connections are over before, and save the calls.
    pub(super) fn next_probe(&self) -> Option<Instant> {
        let unprobed = matches!(self.role, Role::Relay { probed: false, .. });
        let waits = unprobed && self.phase == Phase::Talking && self.half_closed();
        waits.then(|| self.last_byte + PATIENCE)
    }

    pub(super) fn probe(&mut self) {
        let Role::Relay { own_keepalive, probed, .. } = &mut self.role else { return };
        *probed = true;
        self.ends.peer.probe_while_half_open(*own_keepalive);
        self.ends.local.probe_while_half_open(*own_keepalive);
    }
}

/// What goes from a connection to what it is joined with, and what comes back.
pub(super) fn flows(ends: &Ends, copying: bool) -> (Flow, Flow) {
    let Ends { peer, local, .. } = ends;
    let records = matches!(peer, Endpoint::Stream(stream) if stream.has_records());
    let (there, back) = (Pump::choose(peer, local, copying), Pump::choose(local, peer, copying));
    let inbound = Flow::new(Side::Peer, Side::Local, there, Filter::none(records));
    (inbound, Flow::new(Side::Local, Side::Peer, back, Filter::none(records)))
}
