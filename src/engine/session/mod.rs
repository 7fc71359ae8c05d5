//! A session: a connection, what it is connected with, the flows between them, and the rules by
//! which it ends.

mod child;
mod hang_up;
mod options;
mod relay;
mod rules;
mod securing;
mod stopping;
mod summary;
mod watching;

use std::mem::{self, Discriminant};
use std::time::Instant;

use socket2::Socket;

use super::child::Child;
use super::endpoint::Endpoint;
use super::endpoint::stdio::Stdio;
use super::endpoint::stream::Stream;
use super::filter::{Crlf, Filter};
use super::flow::{self, Ends, Flow, Scratch, Side};
use super::frame::Splitter;
use super::handler::forward::Dial;
use super::pump::Pump;
use crate::sys::datagrams::LARGEST_UNIX;

pub use options::{Limits, SessionOptions};
use stopping::{Look, STOPPED};
pub use watching::PARTS;

/// What is at stake when a session ends.
#[derive(Debug)]
enum Role {
    /// A peer that has to be verified before anything is begun with it.
    Greeting,
    Conversation(SessionOptions),
    /// A service, which is over only when the peer has everything if it `settles`.
    Service {
        settles: bool,
    },
    /// Two connections joined, of which both must have acknowledged everything if it `settles`.
    Relay {
        copying: bool,
        /// The user chose the sockets' keepalive.
        own_keepalive: bool,
        settles: bool,
        /// The second connection, as long as it is being made, or if it could not be.
        dial: Option<Box<Dial>>,
        /// Both sides are probed.
        probed: bool,
    },
    /// The peer's socket is a child's, until that has ended and it is `taken_back`.
    HandedOver {
        child: Child,
        taken_back: bool,
        /// The end of what the peer sends was read after that.
        peer_has_ended: bool,
    },
    /// A connection joined with a child.
    Attended {
        child: Child,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// A handshake is under way, and has to be done by then.
    Securing(Instant),
    /// The handshake has failed: the peer has until then to hear why.
    Refusing(Instant),
    /// The connection to join the peer with is being made.
    Dialing,
    Talking,
    /// A side of a relay has failed; the other gets what came before, of which so much is `left`
    /// `since` then, and is told.
    Failing {
        side: Side,
        left: usize,
        since: Instant,
    },
    /// Told to stop: what is on its way is delivered until then, nothing more is taken.
    Stopping(Instant),
    Over,
}

/// What a pass may change: half-close, phase, progress of each flow.
#[derive(PartialEq, Eq)]
struct State {
    half_closed: bool,
    phase: Discriminant<Phase>,
    inbound: flow::Progress,
    outbound: Option<flow::Progress>,
}

/// Sockets that the event loop does not watch yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwatched {
    /// The attempts to connect to a target.
    Attempts,
    /// The target's, which was connected with at once.
    Target,
    /// The peer's, which a child has left behind.
    PeerAgain,
}

/// What is to be done with a session after it ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Wait for an event or its deadline.
    Wait,
    /// The same, once these are watched too.
    Watch(Unwatched),
    /// Run it again soon: there is more to move.
    Again,
    /// Its handshake is done, and that was all there was to do.
    Secured,
    /// It is over.
    Over,
}

/// A connection at work.
#[derive(Debug)]
pub struct Session {
    ends: Ends,
    inbound: Flow,
    outbound: Option<Flow>,
    role: Role,
    limits: Limits,
    phase: Phase,
    began: Instant,
    last_byte: Instant,
    moved: u64,
    /// What was found half-way through a silence.
    look: Option<Look>,
    /// Why it ended, once it has; until then, why it will if it is stopped.
    verdict: anyhow::Result<&'static str>,
}

impl Session {
    /// The netcat conversation: stdin to the peer, the peer to stdout.
    #[must_use]
    pub fn conversation(
        peer: Stream,
        mut stdio: Stdio,
        options: SessionOptions,
        limits: Limits,
    ) -> Box<Self> {
        let begun = stdio.begun.take();
        let ends = Ends::new(Endpoint::Stream(peer), Endpoint::Stdio(stdio));
        let inbound = if options.send_only {
            // What is received goes through memory and nowhere; stdout is not touched.
            Flow::into_nowhere(Side::Peer)
        } else {
            let pump = Pump::choose(&ends.peer, &ends.local, options.copying);
            let filter = options.frame.map_or(Filter::None, Filter::Print);
            Flow::new(Side::Peer, Side::Local, pump, filter)
        };
        let outbound = (!options.no_stdin).then(|| {
            let filter = match options.frame {
                Some(frame) => {
                    Filter::Cut(begun.unwrap_or_else(|| Splitter::new(frame, LARGEST_UNIX)))
                }
                None if options.crlf => Filter::Crlf(Crlf::default()),
                None => Filter::None,
            };
            let copying = options.copying || options.crlf;
            let pump = Pump::choose(&ends.local, &ends.peer, copying);
            let mut flow = Flow::new(Side::Local, Side::Peer, pump, filter);
            // Until the rules have been asked.
            flow.allow_finish(false);
            flow
        });
        let mut session = Self::new(ends, inbound, outbound, Role::Conversation(options), limits);
        if options.keep_open {
            session.inbound.keep_sink_open();
        }
        session
    }

    /// A connection to a service, whose one flow `answers` it. If it `settles` it is over only
    /// when the peer has acknowledged everything, which matters to whoever hears how it ended,
    /// and to TLS, whose end is a message too.
    #[must_use]
    pub fn service(peer: Stream, answers: Flow, limits: Limits, settles: bool) -> Box<Self> {
        let settles = settles || peer.has_tls();
        let ends = Ends::new(Endpoint::Stream(peer), Endpoint::Nowhere);
        Self::new(ends, answers, None, Role::Service { settles }, limits)
    }

    /// In a box from the start: it is large, and is handed on when it begins and when it ends.
    fn new(
        ends: Ends,
        inbound: Flow,
        outbound: Option<Flow>,
        role: Role,
        limits: Limits,
    ) -> Box<Self> {
        let now = Instant::now();
        let phase = securing::first_phase(&ends, now);
        Box::new(Self {
            ends,
            inbound,
            outbound,
            role,
            limits,
            phase,
            began: now,
            last_byte: now,
            moved: 0,
            look: None,
            verdict: Ok(STOPPED),
        })
    }

    /// The peer's stream.
    #[must_use]
    pub fn stream(&self) -> Option<&Stream> {
        match &self.ends.peer {
            Endpoint::Stream(stream) => Some(stream),
            _ => None,
        }
    }

    /// The peer's socket.
    #[must_use]
    pub fn socket(&self) -> Option<&Socket> {
        self.stream().map(Stream::socket)
    }

    /// stdin and stdout, if the session has them.
    pub fn stdio(&mut self) -> Option<&mut Stdio> {
        match &mut self.ends.local {
            Endpoint::Stdio(stdio) => Some(stdio),
            _ => None,
        }
    }

    /// True if there is something to do before any event: a stdin that is not watched is read,
    /// a connection begun.
    #[must_use]
    pub fn has_to_begin(&self) -> bool {
        matches!(self.ends.local, Endpoint::Stdio(_)) || self.dial().is_some()
    }

    /// Gives back stdin and stdout, and closes the connection.
    #[must_use]
    pub fn into_stdio(self: Box<Self>) -> Option<Stdio> {
        let Endpoint::Stdio(mut stdio) = self.ends.local else { return None };
        stdio.has_given |= self.outbound.as_ref().is_some_and(|flow| flow.taken() > 0);
        if let Some(Filter::Cut(splitter)) = self.outbound.map(Flow::into_filter) {
            stdio.begun = Some(splitter);
        }
        Some(stdio)
    }

    /// Moves what can be moved and applies the rules, until neither changes anything.
    pub fn run(&mut self, scratch: &mut Scratch, now: Instant) -> Next {
        if let Some(next) = self.not_yet(now) {
            return next;
        }
        loop {
            let before = self.state();
            let mut again = self.move_bytes(scratch);
            self.note_activity(before.half_closed, now);
            match self.role {
                Role::Service { settles } => self.apply_service_rules(settles),
                Role::Conversation(options) => self.apply_conversation_rules(options),
                Role::Relay { settles, .. } => self.apply_relay_rules(settles, now),
                Role::Greeting | Role::HandedOver { .. } => {}
                Role::Attended { .. } => again |= self.apply_attended_rules(scratch, now),
            }
            if matches!(self.phase, Phase::Stopping(_)) && !self.child_runs() {
                again |= match self.role {
                    Role::Relay { .. } => self.finish_stopping_relay(scratch),
                    _ => self.finish_stopping(scratch),
                };
                self.end_stopping_early();
            }
            if self.phase == Phase::Over {
                return Next::Over;
            }
            if again {
                return Next::Again;
            }
            if self.state() == before {
                return Next::Wait;
            }
        }
    }

    /// What to wait for before any byte is moved: a handshake, the target, a child's end.
    fn not_yet(&mut self, now: Instant) -> Option<Next> {
        self.look_at_stdout();
        if let Some(next) = self.secure(now) {
            return Some(next);
        }
        if self.is_handed_over() {
            return Some(if self.phase == Phase::Over { Next::Over } else { Next::Wait });
        }
        if let Role::HandedOver { taken_back: false, .. } = self.role {
            return Some(Next::Watch(Unwatched::PeerAgain));
        }
        if self.phase == Phase::Dialing {
            if let Some(watched) = self.reach_target(now) {
                return Some(Next::Watch(watched));
            }
            // The target may have to be verified too.
            if let Some(next) = self.secure(now) {
                return Some(next);
            }
        }
        (self.phase == Phase::Over).then_some(Next::Over)
    }

    /// Each flow in its turn; true if there is more that no event will tell of.
    fn move_bytes(&mut self, scratch: &mut Scratch) -> bool {
        let again = self.inbound.run(&mut self.ends, scratch);
        let outbound = self.outbound.as_mut();
        outbound.is_some_and(|outbound| outbound.run(&mut self.ends, scratch)) | again
    }

    /// What a pass may change.
    fn state(&self) -> State {
        State {
            half_closed: self.half_closed(),
            phase: mem::discriminant(&self.phase),
            inbound: self.inbound.progress(),
            outbound: self.outbound.as_ref().map(Flow::progress),
        }
    }

    /// Restarts the clock of `--idle-timeout` and `--after-eof`.
    fn note_activity(&mut self, was_half_closed: bool, now: Instant) {
        let moved = self.inbound.taken() + self.sent();
        if moved != self.moved || was_half_closed != self.half_closed() {
            (self.moved, self.last_byte) = (moved, now);
        }
    }

    /// Ends where it stands.
    pub fn abandon(&mut self, reason: &'static str) {
        self.cut_off();
        self.end(Ok(reason));
    }

    /// Ends because the system refuses what it needs.
    pub fn fail(&mut self, error: anyhow::Error) {
        self.cut_off();
        self.end(Err(error));
    }

    fn end(&mut self, verdict: anyhow::Result<&'static str>) {
        if self.phase != Phase::Over {
            self.phase = Phase::Over;
            // What it was stopped for says more than that it stopped.
            if self.verdict.is_ok() {
                self.verdict = self.with_stdin_failure(verdict);
            }
        }
    }

    /// True once either side has ended.
    fn half_closed(&self) -> bool {
        self.inbound.source_has_ended()
            || self.outbound.as_ref().is_some_and(Flow::source_has_ended)
    }
}
