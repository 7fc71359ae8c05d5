//! A session's handshakes: no byte goes either way before the peers are verified.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::{Limits, Next, Phase, Role, Session};
use crate::engine::endpoint::Endpoint;
use crate::engine::endpoint::stream::Stream;
use crate::engine::flow::{Ends, Flow, Side};
use crate::engine::stop::DRAIN;
use crate::net::address;
use crate::outcome::{Cause, refusal};

/// Where a session begins: with the handshakes of its ends, if there are any to make.
pub(super) fn first_phase(ends: &Ends, now: Instant) -> Phase {
    limit(ends).map_or(Phase::Talking, |limit| Phase::Securing(now + limit))
}

/// How long they may take.
fn limit(ends: &Ends) -> Option<Duration> {
    let of = |end: &Endpoint| match end {
        Endpoint::Stream(stream) => stream.handshake_limit(),
        _ => None,
    };
    of(&ends.peer).max(of(&ends.local))
}

impl Session {
    /// A peer whose handshake is all there is to do for now.
    #[must_use]
    pub fn greeting(peer: Stream) -> Box<Self> {
        let ends = Ends::new(Endpoint::Stream(peer), Endpoint::Nowhere);
        Self::new(ends, Flow::into_nowhere(Side::Nowhere), None, Role::Greeting, Limits::default())
    }

    /// True if it was begun for the handshake alone.
    #[must_use]
    pub fn is_greeting(&self) -> bool {
        matches!(self.role, Role::Greeting)
    }

    /// True once no TLS records wait in skat for room in the socket.
    pub(super) fn is_sent(&self) -> bool {
        [&self.ends.peer, &self.ends.local].into_iter().all(|end| match end {
            Endpoint::Stream(stream) => stream.is_sent(),
            _ => true,
        })
    }

    /// Gives back the peer's connection.
    #[must_use]
    pub fn into_stream(self) -> Option<Stream> {
        match self.ends.peer {
            Endpoint::Stream(stream) => Some(stream),
            _ => None,
        }
    }

    /// Goes on with the handshakes, if there are any to make; `None` once bytes may flow.
    pub(super) fn secure(&mut self, now: Instant) -> Option<Next> {
        match self.phase {
            Phase::Securing(_) => self.shake_hands(now),
            Phase::Refusing(_) => self.refuse(),
            _ => return None,
        }
        match self.phase {
            Phase::Over => Some(Next::Over),
            Phase::Securing(_) | Phase::Refusing(_) => Some(Next::Wait),
            _ => matches!(self.role, Role::Greeting).then_some(Next::Secured),
        }
    }

    fn shake_hands(&mut self, now: Instant) {
        match self.secure_ends() {
            Ok(true) => (self.phase, self.last_byte) = (Phase::Talking, now),
            Ok(false) => {}
            Err(error) => {
                (self.verdict, self.phase) = (Err(error), Phase::Refusing(now + DRAIN));
                self.refuse();
            }
        }
    }

    fn secure_ends(&mut self) -> anyhow::Result<bool> {
        let mut secured = true;
        for end in [&mut self.ends.peer, &mut self.ends.local] {
            if let Endpoint::Stream(stream) = end {
                secured &= stream.secure().with_context(|| handshake_with(stream))?;
            }
        }
        Ok(secured)
    }

    /// Over once the peer has ended too: closing with unread input would destroy the alert that
    /// tells it why.
    fn refuse(&mut self) {
        let mut heard = true;
        for end in [&mut self.ends.peer, &mut self.ends.local] {
            if let Endpoint::Stream(stream) = end
                && stream.handshake_limit().is_some()
            {
                heard &= stream.drain_after_refusal();
            }
        }
        if heard {
            self.cut_off();
            self.phase = Phase::Over;
        }
    }

    /// A handshake has had its time, or a peer that was refused has.
    pub(super) fn end_securing(&mut self) {
        if let (Phase::Securing(_), Some(stream)) = (self.phase, self.unsecured()) {
            let limit = stream.handshake_limit().unwrap_or_default().as_secs_f64();
            let text = format!("{}: not done within {limit} s", handshake_with(stream));
            self.verdict = Err(refusal(Cause::Timeout, text));
        }
        self.cut_off();
        self.phase = Phase::Over;
    }

    fn unsecured(&self) -> Option<&Stream> {
        [&self.ends.peer, &self.ends.local].into_iter().find_map(|end| match end {
            Endpoint::Stream(stream) if stream.handshake_limit().is_some() => Some(stream),
            _ => None,
        })
    }
}

fn handshake_with(stream: &Stream) -> String {
    format!("TLS handshake with {}", address::display_text(stream.peer()))
}
