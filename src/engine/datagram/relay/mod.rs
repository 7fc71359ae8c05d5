//! `--forward` of datagrams: a session for each peer, with a socket of its own to the target, so
//! that the target can tell peers apart and each gets its own answers.

mod destination;
mod session;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use slab::Slab;
use socket2::SockAddr;

use super::bound_socket::{BoundSocket, Sent, has_gone};
use super::requester::Requester;
use super::{Sizes, TURN, cut, silence, tell_lost};
use crate::engine::reactor::{Reactor, Readiness};
use crate::engine::tokens::WORK;
use crate::net::address::is_unnamed;
use crate::net::forwarding_loop::Listening;
use crate::net::retry::earlier;
use crate::outcome::{Cause, is_out_of_descriptors};
use crate::report::Report;
use crate::sys::datagrams::{BATCH, Outgoing, ReceiveBatch};
use crate::sys::descriptor;
pub use destination::Destination;
use session::{Session, State};

/// Where datagrams are relayed to, and for how many peers.
#[derive(Clone, Debug)]
pub struct RelayOptions {
    /// The target.
    pub destination: Destination,
    /// A session ends after so long without a datagram either way.
    pub idle: Duration,
    /// Sessions at a time; the one that was quiet longest makes room.
    pub most: usize,
    /// How large datagrams may be, and whether they go in runs.
    pub sizes: Sizes,
    /// Where events are reported.
    pub report: Report,
}

/// The sessions of a server that relays.
pub struct Relay {
    options: RelayOptions,
    /// Where the server listens.
    listening: Listening,
    sessions: Slab<Session>,
    by_requester: HashMap<Requester, usize>,
    /// Sessions by when they were used last, each by the number of that use.
    by_use: BTreeMap<u64, usize>,
    uses: u64,
    /// Those with more answers than a turn takes, or than there was room for.
    again: BTreeSet<usize>,
    /// Those that had datagrams wait for a Unix socket since they were last looked at; whether they
    /// still do, they know themselves.
    delayed: BTreeSet<usize>,
    batch: ReceiveBatch,
    /// Answers that were passed on.
    pub answers: u64,
    /// A peer without a name has come: nobody can answer it.
    unanswerable: bool,
    /// What went wrong and is to be told.
    pub errors: Vec<anyhow::Error>,
}

impl Relay {
    /// A relay without sessions, for a server that listens there.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a target that is the server itself.
    pub fn open(mut options: RelayOptions, listening: Listening) -> anyhow::Result<Self> {
        options.destination.check(&listening)?;
        // A newcomer must find what its look-up takes, or another would keep it out without need.
        let left = descriptor::left().saturating_sub(options.destination.spare_descriptors());
        options.most = options.most.min(left.max(1));
        Ok(Self {
            batch: ReceiveBatch::new(options.sizes.received),
            options,
            listening,
            sessions: Slab::new(),
            by_requester: HashMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
            again: BTreeSet::new(),
            delayed: BTreeSet::new(),
            answers: 0,
            unanswerable: false,
            errors: Vec::new(),
        })
    }

    /// Passes datagrams of one peer on to the target.
    pub fn pass_on(&mut self, requester: &Requester, datagrams: &[&[u8]], reactor: &Reactor) {
        let key = match self.by_requester.get(requester) {
            Some(key) => *key,
            None => self.begin(requester.clone()),
        };
        self.touch(key);
        let bytes: usize = datagrams.iter().map(|datagram| datagram.len()).sum();
        self.sessions[key].bytes_in += bytes as u64;
        if self.sessions[key].may_ask(&self.options.destination) {
            self.ask(key, reactor);
        }
        let sent = self.sessions[key].pass_on(datagrams, reactor);
        self.note_sent(key, sent, reactor);
    }

    fn begin(&mut self, requester: Requester) -> usize {
        while self.sessions.len() >= self.options.most && self.evict("another peer has come", None)
        {
        }
        self.unanswerable |= is_unnamed(&requester.peer);
        let key = self.sessions.insert(Session::new(requester.clone()));
        self.by_requester.insert(requester, key);
        self.touch(key);
        key
    }

    /// The session is the one that was used last.
    fn touch(&mut self, key: usize) {
        self.uses += 1;
        let session = &mut self.sessions[key];
        self.by_use.remove(&session.used);
        session.used = self.uses;
        session.last = Instant::now();
        self.by_use.insert(self.uses, key);
    }

    /// Ends the session that was quiet longest, but for one; `false` if there is none.
    fn evict(&mut self, reason: &str, but: Option<usize>) -> bool {
        let mut others = self.by_use.iter().filter(|(_, key)| Some(**key) != but);
        let Some((used, key)) = others.next().map(|(used, key)| (*used, *key)) else {
            return false;
        };
        self.by_use.remove(&used);
        let session = self.sessions.remove(key);
        self.by_requester.remove(&session.requester);
        self.again.remove(&key);
        self.errors.extend(session.loss());
        session.end(reason, self.options.report);
        true
    }

    /// Finds out where the target is, without waiting for an answer.
    fn ask(&mut self, key: usize, reactor: &Reactor) {
        match &self.options.destination {
            Destination::Udp { known: Some(known), .. } => {
                let known = known.clone();
                self.answered(key, Ok(known), reactor);
            }
            Destination::Udp { target, .. } => {
                let notifier = reactor.notifier(WORK.token(key));
                self.sessions[key].ask(target.clone(), notifier);
            }
            Destination::Unix(target) => {
                self.sessions[key].candidates = [target.name.address().clone()].into();
                self.try_next(key, reactor);
            }
        }
    }

    fn answered(&mut self, key: usize, answer: anyhow::Result<Vec<SocketAddr>>, reactor: &Reactor) {
        let allowed = answer.and_then(|addresses| {
            self.listening.refuse(&addresses, Cause::Unreachable)?;
            Ok(addresses.into_iter().map(SockAddr::from).collect())
        });
        match allowed {
            Ok(candidates) => {
                self.sessions[key].candidates = candidates;
                self.try_next(key, reactor);
            }
            Err(error) => self.fail(key, &error),
        }
    }

    /// The target cannot be reached, for now.
    fn fail(&mut self, key: usize, error: &anyhow::Error) {
        self.errors.extend(self.sessions[key].fail(error));
    }

    fn try_next(&mut self, key: usize, reactor: &Reactor) {
        let sent = self.open_next(key, reactor);
        self.note_sent(key, sent, reactor);
    }

    /// Turns to the next address of the target, and sends what was not answered.
    fn open_next(&mut self, key: usize, reactor: &Reactor) -> Sent {
        let token = WORK.token(key);
        let mut opened = self.sessions[key].open(&self.options, token, reactor);
        // Where descriptors are short, the session that was quiet longest gives its own.
        if opened.as_ref().is_err_and(is_out_of_descriptors)
            && self.evict("no descriptors are left", Some(key))
        {
            opened = self.sessions[key].open(&self.options, token, reactor);
        }
        opened.unwrap_or_else(|error| {
            self.fail(key, &error);
            Sent::default()
        })
    }

    /// What became of datagrams for the target, at each address that had them in turn.
    fn note_sent(&mut self, key: usize, mut sent: Sent, reactor: &Reactor) {
        loop {
            self.errors.extend(sent.errors);
            let Some(error) = sent.refusal else { break };
            sent = self.refused(key, &error, reactor);
        }
        if self.sessions[key].waits_for_target() {
            self.delayed.insert(key);
        }
    }

    /// The target's system says that nobody takes what is sent. Another of its addresses may be
    /// the right one; otherwise it is told, once until something comes, and nothing ends.
    fn refused(&mut self, key: usize, error: &io::Error, reactor: &Reactor) -> Sent {
        let session = &mut self.sessions[key];
        if matches!(self.options.destination, Destination::Unix(_)) && has_gone(error) {
            session.turn_back();
        }
        if session.has_others() {
            return self.open_next(key, reactor);
        }
        self.errors.extend(session.complain(error));
        Sent::default()
    }

    /// Notes what the loop saw of a session; gives what was sent to its peer.
    pub fn on_ready(
        &mut self,
        readiness: &Readiness,
        sockets: &mut [BoundSocket],
        reactor: &Reactor,
    ) -> Sent {
        let Some(key) = WORK.number(readiness.token) else { return Sent::default() };
        let Some(session) = self.sessions.get_mut(key) else { return Sent::default() };
        if let State::Asking(pending) = &session.state {
            if let Some(answer) = pending.take() {
                self.answered(key, answer, reactor);
            }
        } else if readiness.writable {
            let sent = session.send_waiting(reactor);
            self.note_sent(key, sent, reactor);
        }
        self.pass_back(key, sockets, reactor)
    }

    /// True once there is nothing to wait for with a first datagram.
    pub fn has_answered(&self) -> bool {
        self.answers > 0 || self.unanswerable
    }

    /// True if there is no session, and no answer came.
    pub fn is_quiet(&self) -> bool {
        self.sessions.is_empty() && self.answers == 0
    }

    /// True if what came waits until the target takes it.
    pub fn is_held_up(&self) -> bool {
        self.held_up().next().is_some()
    }

    /// The sessions with datagrams that wait until a Unix socket takes them.
    fn held_up(&self) -> impl Iterator<Item = &Session> {
        let delayed = self.delayed.iter().filter_map(|key| self.sessions.get(*key));
        delayed.filter(|session| session.waits_for_target())
    }

    /// True if there is more to pass back, and room for it.
    pub fn has_more(&self, sockets: &[BoundSocket]) -> bool {
        !self.again.is_empty() && !sockets.iter().any(BoundSocket::is_full)
    }

    /// Passes back what was left over.
    pub fn go_on(&mut self, sockets: &mut [BoundSocket], reactor: &Reactor) -> Sent {
        let mut sent = Sent::default();
        for key in std::mem::take(&mut self.delayed) {
            let Some(session) = self.sessions.get_mut(key) else { continue };
            let passed_on = session.send_waiting(reactor);
            self.note_sent(key, passed_on, reactor);
        }
        for key in std::mem::take(&mut self.again) {
            sent.add(self.pass_back(key, sockets, reactor));
        }
        sent
    }

    /// Passes answers of the target back to the peer, from the address that it asked, for a turn.
    fn pass_back(&mut self, key: usize, sockets: &mut [BoundSocket], reactor: &Reactor) -> Sent {
        let (mut sent, mut errors) = (Sent::default(), 0);
        for _ in 0..TURN {
            let Some(session) = self.sessions.get_mut(key) else { return sent };
            let State::Open(line) = &mut session.state else { return sent };
            let Some(bound) = sockets.get_mut(session.requester.socket) else { return sent };
            if bound.is_full() {
                break;
            }
            match self.batch.receive(&line.bound.socket, BATCH) {
                Ok(count) => {
                    let report = self.options.report;
                    tell_lost(&self.batch, count, &line.bound.lost, &line.bound.local, report);
                    self.errors.extend((0..count).filter_map(|slot| cut(&self.batch.get(slot))));
                    let (peer, from) = (&session.requester.peer, session.requester.at);
                    let answers = (0..count).flat_map(|slot| self.batch.get(slot).datagrams());
                    let answers = answers.map(|bytes| Outgoing { bytes, to: Some(peer), from });
                    let answers: Vec<Outgoing> = answers.collect();
                    if !is_unnamed(peer) {
                        let passed = bound.send(&answers, reactor);
                        self.answers += passed.datagrams;
                        session.note_answers(passed.bytes + passed.waiting);
                        sent.add(passed);
                    }
                    self.touch(key);
                    if !self.batch.was_filled() {
                        return sent;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return sent,
                Err(error) => {
                    errors += 1;
                    self.note_sent(key, Sent { refusal: Some(error), ..Sent::default() }, reactor);
                }
            }
        }
        // An error that does not pass is not asked for again and again.
        if errors < TURN {
            self.again.insert(key);
        }
        sent
    }

    /// When the time alone changes something.
    pub fn deadline(&self) -> Option<Instant> {
        let retry = self.held_up().filter_map(Session::retry).min();
        earlier(retry, self.next_end())
    }

    /// When the session that was quiet longest is over.
    fn next_end(&self) -> Option<Instant> {
        let (_, key) = self.by_use.first_key_value()?;
        Some(self.sessions[*key].last + self.options.idle)
    }

    /// Ends sessions whose time is over.
    pub fn expire(&mut self, now: Instant) {
        while self.next_end().is_some_and(|end| end <= now) {
            self.evict(&silence(self.options.idle), None);
        }
    }

    /// Ends all sessions.
    pub fn close(&mut self) {
        while self.evict("the server ends", None) {}
    }
}
