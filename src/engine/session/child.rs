//! A peer that a child serves: over the peer's own socket, or through skat where that has to see
//! the bytes.

use std::time::{Duration, Instant};

use super::relay::flows;
use super::{Limits, Phase, Role, Session};
use crate::engine::child::Child;
use crate::engine::endpoint::Endpoint;
use crate::engine::endpoint::stream::Stream;
use crate::engine::flow::{Ends, Flow, Scratch, Side};
use crate::engine::pump::Fault;
use crate::sys::sockopt;

/// How long the peer may go on sending once its child's last words are sent. To close before it has
/// ended would be a reset, which destroys what it has not read yet.
const CHILD_DRAIN: Duration = Duration::from_secs(2);

impl Session {
    /// A peer whose socket is its child's stdin and stdout: skat waits for the child's end.
    #[must_use]
    pub fn handed_over(peer: Stream, child: Child) -> Box<Self> {
        let ends = Ends::new(Endpoint::Stream(peer), Endpoint::Nowhere);
        let mut nothing = Flow::into_nowhere(Side::Nowhere);
        nothing.abandon();
        let role = Role::HandedOver { child, taken_back: false, peer_has_ended: false };
        Self::new(ends, nothing, None, role, Limits::default())
    }

    /// A peer joined with its child by a socket of skat's own, `to_child`.
    #[must_use]
    pub fn attended(
        peer: Endpoint,
        to_child: Stream,
        child: Child,
        copying: bool,
        limits: Limits,
    ) -> Box<Self> {
        let ends = Ends::new(peer, Endpoint::Stream(to_child));
        let (inbound, outbound) = flows(&ends, copying);
        Self::new(ends, inbound, Some(outbound), Role::Attended { child }, limits)
    }

    /// The process that serves the peer, if there is one.
    pub(super) fn child(&self) -> Option<&Child> {
        match &self.role {
            Role::HandedOver { child, .. } | Role::Attended { child } => Some(child),
            _ => None,
        }
    }

    fn child_mut(&mut self) -> Option<&mut Child> {
        match &mut self.role {
            Role::HandedOver { child, .. } | Role::Attended { child } => Some(child),
            _ => None,
        }
    }

    /// True as long as a child runs that serves the peer.
    pub(super) fn child_runs(&self) -> bool {
        self.child().is_some_and(|child| !child.has_ended())
    }

    /// How the child ended, if there is one that has.
    #[must_use]
    pub fn child_status(&self) -> Option<u8> {
        self.child().and_then(Child::known_status)
    }

    /// True as long as the peer's socket is not skat's to use.
    pub(super) fn is_handed_over(&self) -> bool {
        matches!(self.role, Role::HandedOver { .. }) && self.child_runs()
    }

    /// Notes that the child may have ended.
    pub(super) fn note_child(&mut self, now: Instant) {
        if self.child_mut().is_none_or(|child| child.status().is_none()) {
            return;
        }
        // It may have taken a transfer that was cut off for a complete one, so that is reported,
        // unless skat stopped the child itself.
        if self.phase == Phase::Talking
            && let Some(failure) = self.loss_of_input()
        {
            self.verdict = Err(failure);
        }
        match &mut self.ends.local {
            // What it wrote last may not have been announced yet.
            Endpoint::Stream(to_child) => to_child.wire_mut().look_again(),
            _ => self.drain_after_child(now),
        }
    }

    /// Once the child has ended nobody reads what comes, and what the child wrote is all there
    /// is. (A grandchild may have the socket still; it is not waited for.) True if more comes: it is
    /// dropped, since a peer may listen only when it has said everything.
    pub(super) fn apply_attended_rules(&mut self, scratch: &mut Scratch, now: Instant) -> bool {
        self.pass_on_loss();
        if self.child_runs() {
            return false;
        }
        self.inbound.abandon();
        let (again, _) = self.drop_what_comes(Side::Peer, scratch);
        let Endpoint::Stream(to_child) = &mut self.ends.local else { return again };
        let Some(outbound) = &mut self.outbound else { return again };
        if !to_child.can_read() {
            outbound.stop_reading();
        }
        // TLS records may still wait for a peer that reads slowly.
        if outbound.is_closed() && self.is_sent() {
            self.drain_after_child(now);
        }
        again
    }

    /// The child hears of the peer's loss as it would with the peer's own socket: what it writes
    /// fails, and what it reads ends after all that came.
    fn pass_on_loss(&mut self) {
        let failed =
            self.ends.peer.error().is_some() || self.inbound.fault().is_some_and(cuts_input_off);
        if (failed || self.outbound.as_ref().is_some_and(Flow::has_failed_to_write))
            && let Endpoint::Stream(to_child) = &mut self.ends.local
        {
            to_child.wire_mut().refuse_more();
        }
    }

    /// Why a child does not get all that its peer has sent, if it does not.
    fn loss_of_input(&self) -> Option<anyhow::Error> {
        if self.inbound.fault().is_some_and(cuts_input_off) {
            return self.failure_of_flow(&self.inbound);
        }
        let has_all = self.inbound.source_has_ended() && self.inbound.fault().is_none();
        let error = self.ends.peer.error().filter(|_| !has_all)?;
        let operation = format!("receive from {}", self.peer_name());
        Some(anyhow::Error::from(error).context(operation))
    }

    /// What the child had to say is said: half-closes, and reads what the peer still sends.
    fn drain_after_child(&mut self, now: Instant) {
        if self.phase == Phase::Talking {
            self.phase = Phase::Stopping(now + CHILD_DRAIN);
        }
    }

    /// Tells the child to end; it has until then. False if none runs.
    pub fn stop_child(&mut self, until: Instant) -> bool {
        let is_stopping = matches!(self.phase, Phase::Stopping(_));
        let Some(child) = self.child_mut().filter(|child| !child.has_ended()) else {
            return false;
        };
        if !is_stopping {
            child.terminate();
            self.phase = Phase::Stopping(until);
        }
        true
    }

    /// True if nothing more is to be had from a child, and the system has what there was.
    pub(super) fn is_drained_after_child(&self) -> bool {
        let is_closed = self.outbound.as_ref().is_none_or(Flow::is_closed);
        self.child().is_some() && is_closed && self.is_sent()
    }

    /// Bytes from and to the peer that passed by skat, which the kernel counts.
    pub(super) fn passed_by(&self) -> (u64, u64) {
        match (&self.role, self.stream()) {
            (Role::HandedOver { peer_has_ended, .. }, Some(stream)) => {
                let counted = sockopt::transferred(stream.socket()).unwrap_or_default();
                let fins = (u64::from(*peer_has_ended), u64::from(stream.wire().has_sent_fin()));
                let received = counted.received.saturating_sub(fins.0);
                (received, counted.sent + counted.not_sent.saturating_sub(fins.1))
            }
            _ => (0, 0),
        }
    }
}

/// True if a child does not get all that its peer has sent; that it reads no more is its own
/// affair, unless the peer is lost meanwhile.
fn cuts_input_off(fault: &Fault) -> bool {
    match fault {
        Fault::Source(_) => true,
        Fault::Sink(error) => error.raw_os_error().is_none(),
    }
}
