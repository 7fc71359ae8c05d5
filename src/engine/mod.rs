//! The engine: what moves bytes and datagrams. Streams have one loop for every command; datagrams,
//! the dialogue of `--prompt` and probes have loops of their own over the same [`reactor::Reactor`].
//!
//! A [`session::Session`] is a connection at work; its [`flow::Flow`]s move bytes between
//! [`endpoint::Endpoint`]s by a [`pump::Pump`]. The [`Engine`] runs the sessions when the
//! [`reactor::Reactor`] says that they can go on, and tells its owner what only a command can
//! decide: who is at the door, who has ended, what time it is.

pub mod accept;
pub mod announce;
pub mod child;
pub mod conversation;
pub mod datagram;
pub mod dialogue;
pub mod endpoint;
pub mod filter;
pub mod flow;
pub mod frame;
pub mod handler;
pub mod lifetime;
pub mod pipes;
pub mod probe;
pub mod pump;
pub mod reactor;
pub mod run_command;
pub mod session;
pub mod stop;
mod tokens;

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use mio::{Interest, Token};
use slab::Slab;

use endpoint::stream::Stream;
use flow::Scratch;
use reactor::{Reactor, Readiness};
use session::{Next, PARTS, Session};

/// Tokens from here on are the owner's own; below are those of sessions.
const OWN: usize = tokens::OWNER.first();

/// The least time to a session's timer.
const AT_LEAST: Duration = Duration::from_millis(1);

/// What only the owner of the engine can decide on.
#[derive(Debug)]
pub enum EngineEvent {
    /// A source of the owner's is ready.
    Ready(Token, Readiness),
    /// The owner's time has come.
    Due(Token),
    /// A peer is verified, and waits for what is to be begun with it.
    Secured(Box<Stream>),
    /// A session is over.
    Ended(Box<Session>),
}

/// The sessions, and what they share.
pub struct Engine {
    reactor: Reactor,
    sessions: Slab<Slot>,
    /// When the timer of each key expires, if it is set. It outlives the session: for the next one
    /// it is too early, and that needs no other until then.
    timers: Vec<Option<Instant>>,
    /// Sessions with more to move than a turn allows, of which no event will tell.
    again: VecDeque<usize>,
    ready: Vec<Readiness>,
    scratch: Scratch,
    events: VecDeque<EngineEvent>,
    now: Instant,
}

struct Slot {
    session: Box<Session>,
    /// It is among those to run again.
    queued: bool,
}

impl Engine {
    /// An engine without sessions that reads `buffer` bytes at once.
    ///
    /// # Errors
    /// The system's, if it gives no descriptors.
    pub fn new(buffer: usize) -> io::Result<Self> {
        Ok(Self {
            reactor: Reactor::new()?,
            sessions: Slab::new(),
            timers: Vec::new(),
            again: VecDeque::new(),
            ready: Vec::new(),
            scratch: Scratch::new(buffer),
            events: VecDeque::new(),
            now: Instant::now(),
        })
    }

    /// The loop that everything is watched by.
    pub fn reactor(&mut self) -> &mut Reactor {
        &mut self.reactor
    }

    /// How many sessions there are.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// Watches a source of the owner's, whose token is one of [`own`].
    pub fn watch(&self, fd: impl AsFd, token: Token, interest: Interest) -> io::Result<bool> {
        self.reactor.watch(fd, token, interest)
    }

    /// Asks for [`EngineEvent::Due`] at `time`, with a token of [`own`].
    pub fn set_timer(&mut self, time: Instant, token: Token) {
        self.reactor.set_timer(time, token);
    }

    /// Takes a session in and lets it move what it can.
    pub fn start(&mut self, mut session: Box<Session>) -> io::Result<()> {
        let entry = self.sessions.vacant_entry();
        session.watch(&self.reactor, Token(entry.key() * PARTS))?;
        let begins = session.has_to_begin();
        let key = entry.key();
        entry.insert(Slot { session, queued: false });
        self.now = Instant::now();
        if begins {
            self.run(key);
        } else {
            self.arm_timer(key);
        }
        Ok(())
    }

    /// Tells every session to stop by `until`.
    pub fn stop_all(&mut self, until: Instant) {
        let keys: Vec<usize> = self.sessions.iter().map(|(key, _)| key).collect();
        for key in keys {
            if let Some(slot) = self.sessions.get_mut(key) {
                slot.session.stop(until);
                self.run(key);
            }
        }
    }

    /// Ends every session where it stands; children have until then to end.
    pub fn drop_all(&mut self, reason: &'static str, until: Instant) {
        let keys: Vec<usize> = self.sessions.iter().map(|(key, _)| key).collect();
        for key in keys {
            if let Some(slot) = self.sessions.get_mut(key) {
                if slot.session.stop_child(until) {
                    self.run(key);
                } else {
                    self.abandon(key, reason);
                }
            }
        }
    }

    /// True if there is something to decide on.
    #[must_use]
    pub fn has_news(&self) -> bool {
        !self.events.is_empty()
    }

    /// The next thing to decide on, if there is one without waiting.
    pub fn next_event(&mut self) -> Option<EngineEvent> {
        self.events.pop_front()
    }

    /// Waits once, if `patient` for as long as nothing happens, and lets sessions move what they
    /// can.
    ///
    /// # Errors
    /// The system's, from waiting itself.
    pub fn turn(&mut self, patient: bool) -> io::Result<()> {
        let patient = patient && self.again.is_empty() && self.events.is_empty();
        let mut ready = std::mem::take(&mut self.ready);
        self.now = self.reactor.wait(patient, &mut ready)?;
        for _ in 0..self.again.len() {
            let Some(key) = self.again.pop_front() else { break };
            if let Some(slot) = self.sessions.get_mut(key) {
                slot.queued = false;
            }
            self.run(key);
        }
        for readiness in &ready {
            self.on_ready(readiness);
        }
        for readiness in ready.iter().filter(|readiness| readiness.token.0 < OWN) {
            self.run(readiness.token.0 / PARTS);
        }
        self.ready = ready;
        while let Some((_, token)) = self.reactor.due(self.now) {
            self.expire(token);
        }
        Ok(())
    }

    /// Each session is told before the first one runs: what is known of it comes into the
    /// processor's cache meanwhile.
    fn on_ready(&mut self, readiness: &Readiness) {
        let token = readiness.token.0;
        if token >= OWN {
            self.events.push_back(EngineEvent::Ready(readiness.token, *readiness));
        } else if let Some(slot) = self.sessions.get_mut(token / PARTS) {
            slot.session.on_ready(token % PARTS, readiness);
        }
    }

    fn expire(&mut self, token: Token) {
        if token.0 >= OWN {
            self.events.push_back(EngineEvent::Due(token));
            return;
        }
        let key = token.0 / PARTS;
        self.timers[key] = None;
        if let Some(slot) = self.sessions.get_mut(key) {
            slot.session.expire(self.now);
            self.run(key);
        }
    }

    fn run(&mut self, key: usize) {
        let Some(slot) = self.sessions.get_mut(key) else { return };
        match slot.session.run(&mut self.scratch, self.now) {
            Next::Wait => self.arm_timer(key),
            Next::Watch(unwatched) => {
                // A session without its sockets has nothing left to do.
                let first = Token(key * PARTS);
                let watched = slot.session.watch_more(unwatched, &self.reactor, first);
                if let Err(error) = watched {
                    slot.session.fail(anyhow::Error::from(error).context("watch a connection"));
                    let slot = self.sessions.remove(key);
                    return self.events.push_back(EngineEvent::Ended(slot.session));
                }
                self.arm_timer(key);
            }
            Next::Again => {
                if !std::mem::replace(&mut slot.queued, true) {
                    self.again.push_back(key);
                }
                self.arm_timer(key);
            }
            Next::Secured => {
                let stream = self.sessions.remove(key).session.into_stream();
                if let Some(stream) = stream {
                    // A socket that is not watched any more cannot be ready in vain.
                    let _ = self.reactor.forget(stream.socket());
                    self.events.push_back(EngineEvent::Secured(Box::new(stream)));
                }
            }
            Next::Over => {
                let slot = self.sessions.remove(key);
                slot.session.unwatch(&self.reactor);
                self.events.push_back(EngineEvent::Ended(slot.session));
            }
        }
    }

    fn abandon(&mut self, key: usize, reason: &'static str) {
        let mut slot = self.sessions.remove(key);
        slot.session.abandon(reason);
        slot.session.unwatch(&self.reactor);
        self.events.push_back(EngineEvent::Ended(slot.session));
    }

    /// Timers are lazy: a deadline that moves on, as each byte makes it, leaves its timer alone. One
    /// that expires too early is set anew then.
    fn arm_timer(&mut self, key: usize) {
        let Some(slot) = self.sessions.get(key) else { return };
        let Some(deadline) = slot.session.deadline() else { return };
        if self.timers.len() <= key {
            self.timers.resize(key + 1, None);
        }
        // One that is due already must not be met again by the turn that sets it.
        let deadline = deadline.max(self.now + AT_LEAST);
        self.reactor.advance_timer(&mut self.timers[key], deadline, Token(key * PARTS));
    }
}

/// A token of the engine's owner.
#[must_use]
pub const fn own(number: usize) -> Token {
    tokens::OWNER.token(number)
}
