//! How a session ends of itself: the rules of a service, and of a conversation ("How a
//! conversation ends" in the manual).

use std::io;

use super::{Phase, Role, Session, SessionOptions};
use crate::engine::endpoint::stream::Stream;
use crate::engine::flow::{Flow, Side};
use crate::engine::pump::Fault;
use crate::outcome::{Cause, IoFailure, cause_of, of_stdout, refusal};

impl Session {
    /// A service's one flow: over when it is.
    pub(super) fn apply_service_rules(&mut self, settles: bool) {
        if !self.inbound.is_closed() || self.phase != Phase::Talking {
            return;
        }
        match self.failure_of_flow(&self.inbound) {
            Some(failure) => self.end(Err(failure)),
            None if settles && self.peer_is_lost() => self.end_lost(),
            None if settles => self.settle(),
            None => self.end(Ok("the peer has ended")),
        }
    }

    /// How a conversation ends.
    pub(super) fn apply_conversation_rules(&mut self, options: SessionOptions) {
        if let Some(error) = self.stdout_failure() {
            return self.end(Err(error));
        }
        let peer_ended = self.inbound.source_has_ended();
        if self.half_closed() {
            self.ends.peer.probe_while_half_open(options.own_keepalive);
        }
        if peer_ended && options.keep_open {
            self.outbound.iter_mut().for_each(Flow::set_aside);
        } else if peer_ended && self.stdio().is_some_and(|stdio| stdio.is_interactive()) {
            self.outbound.iter_mut().for_each(Flow::stop_reading);
        }
        self.allow_half_close(options, peer_ended);
        if self.peer_is_lost() {
            return self.end_lost();
        }
        let sent = self.outbound.as_ref().is_none_or(Flow::is_closed);
        if self.inbound.is_closed() && sent {
            self.settle();
        }
    }

    fn stdout_failure(&mut self) -> Option<anyhow::Error> {
        let error = match self.inbound.fault() {
            Some(Fault::Sink(error)) => of_stdout(same(error)),
            _ => self.stdio()?.output.failure()?,
        };
        Some(anyhow::Error::from(error).context("write stdout"))
    }

    /// A handshake is for nothing if nobody is left to read what will come.
    pub(super) fn look_at_stdout(&mut self) {
        if matches!((&self.role, self.phase), (Role::Conversation(_), Phase::Securing(_)))
            && let Some(error) = self.stdout_failure()
        {
            self.end(Err(error));
        }
    }

    /// True if stdout could not be written, or has nobody left to read it.
    #[must_use]
    pub fn has_lost_stdout(&mut self) -> bool {
        matches!(self.role, Role::Conversation(_)) && self.stdout_failure().is_some()
    }

    /// The half-close waits for the peer's end where the user said so, and where a server's
    /// stdin ended without giving a byte.
    fn allow_half_close(&mut self, options: SessionOptions, peer_ended: bool) {
        let has_given = self.stdio().is_some_and(|stdio| stdio.has_given);
        if let Some(outbound) = &mut self.outbound {
            let gave_nothing = options.listens && !has_given && outbound.taken() == 0;
            outbound.allow_finish(peer_ended || !(options.no_half_close || gave_nothing));
        }
    }

    /// True if nothing can be sent any more, and all that came has been read and written.
    fn peer_is_lost(&self) -> bool {
        let failed = self.stream().is_some_and(|stream| stream.error().is_some())
            || matches!(self.inbound.fault(), Some(Fault::Source(_)));
        failed && self.inbound.is_closed() && self.phase != Phase::Over
    }

    /// After the peer's FIN a reset loses nothing if everything was acknowledged; before it, it
    /// always may have.
    fn end_lost(&mut self) {
        let unsent = self.undelivered();
        let sending_failed = self.outbound.as_ref().is_some_and(Flow::has_failed_to_write);
        let verdict = match self.failure_of_flow(&self.inbound) {
            None if unsent == 0 && !sending_failed => Ok("the peer has gone"),
            Some(failure) => Err(failure),
            None => {
                let error = self.stream().and_then(Stream::error);
                let error = error.unwrap_or_else(|| io::ErrorKind::ConnectionReset.into());
                Err(anyhow::Error::from(error).context(format!("send to {}", self.peer_name())))
            }
        };
        self.end(verdict.map_err(|error| with_loss(error, unsent)));
    }

    /// All flows are closed: over once the peer has acknowledged everything.
    fn settle(&mut self) {
        if let Err(error) = self.ends.peer.finish() {
            return self.end(Err(anyhow::Error::from(error).context("shut down the connection")));
        }
        if self.stream().is_none_or(Stream::is_settled) {
            let outbound = self.outbound.as_ref().and_then(|flow| self.failure_of_flow(flow));
            match outbound.or_else(|| self.failure_of_flow(&self.inbound)) {
                Some(failure) => self.end(Err(failure)),
                None if matches!(self.phase, Phase::Stopping(_)) => self.end_as_stopped(),
                None => self.end(Ok("both sides have ended")),
            }
        }
    }

    /// Bytes that were read for others and that they have not acknowledged; those for stdout are
    /// not counted.
    pub(super) fn undelivered(&self) -> usize {
        let held = self.outbound.as_ref().map_or(0, Flow::held);
        held + self.ends.peer.unacknowledged() + self.ends.local.unacknowledged()
    }

    /// Whatever ends a conversation in peace, or in time, what was to be sent is not whole if
    /// stdin could not be read.
    pub(super) fn with_stdin_failure(
        &self,
        verdict: anyhow::Result<&'static str>,
    ) -> anyhow::Result<&'static str> {
        match &verdict {
            Err(error) if cause_of(error) != Cause::Timeout => verdict,
            _ => self.stdin_failure().map_or(verdict, Err),
        }
    }

    fn stdin_failure(&self) -> Option<anyhow::Error> {
        let outbound = self.outbound.as_ref()?;
        let is_of_stdin = matches!(self.role, Role::Conversation(_))
            && matches!(outbound.fault(), Some(Fault::Source(_)));
        is_of_stdin.then(|| self.failure_of_flow(outbound)).flatten()
    }

    /// Why a flow failed, if it did.
    pub(super) fn failure_of_flow(&self, flow: &Flow) -> Option<anyhow::Error> {
        let (error, operation) = match flow.fault()? {
            Fault::Source(error) if flow.source() == Side::Local => {
                (error, "read stdin".to_owned())
            }
            Fault::Source(error) => (error, format!("receive from {}", self.peer_name())),
            Fault::Sink(error) if flow.sink() == Side::Local => (error, "write stdout".to_owned()),
            Fault::Sink(error) => (error, format!("send to {}", self.peer_name())),
        };
        Some(anyhow::Error::from(same(error)).context(operation))
    }
}

/// The error, and how much was lost by it, if anything was.
pub(super) fn with_loss(error: anyhow::Error, bytes: usize) -> anyhow::Error {
    if bytes == 0 {
        return error;
    }
    let sentence = crate::report::sentence(&error);
    refusal(cause_of(&error), format!("{sentence}; {bytes} bytes were not delivered"))
}

/// The same error once more: `io::Error` cannot be cloned.
pub(super) fn same(error: &io::Error) -> io::Error {
    match (error.raw_os_error(), IoFailure::within(error)) {
        (Some(number), _) => io::Error::from_raw_os_error(number),
        (None, Some(refusal)) => refusal.clone().into(),
        (None, None) => io::Error::new(error.kind(), error.to_string()),
    }
}
