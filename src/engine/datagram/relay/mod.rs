//! `--forward` of datagrams: a session for each peer, with a socket of its own to the target, so
//! that the target can tell peers apart and each gets its own answers.

mod session;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::Token;
use slab::Slab;

use super::asker::Asker;
use super::bound::{Bound, Sent};
use super::{Sizes, TURN, tell_lost};
use crate::engine::reactor::{Reactor, Readiness};
use crate::net::connect::Target;
use crate::net::forwarding_loop::Listening;
use crate::net::udp::Casting;
use crate::outcome::Cause;
use crate::report::Report;
use crate::sys::datagrams::{BATCH, Inbox, Outgoing};
use session::{Session, State};

/// Where datagrams are relayed to, and for how many peers.
#[derive(Clone, Debug)]
pub struct Route {
    /// The target.
    pub target: Target,
    /// Its addresses, where no name has to be looked up.
    pub known: Option<Vec<SocketAddr>>,
    /// How a target is reached that is many.
    pub casting: Casting,
    /// A session ends after so long without a datagram either way.
    pub idle: Duration,
    /// Sessions at a time; the one that was quiet longest makes room.
    pub most: usize,
    /// How large datagrams may be, and whether they go in runs.
    pub sizes: Sizes,
    /// Where events are reported.
    pub report: Report,
}

impl Route {
    /// The addresses of a target that needs no look-up.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a name where look-ups are not allowed.
    pub fn known(target: &Target) -> anyhow::Result<Option<Vec<SocketAddr>>> {
        target.known(libc::SOCK_DGRAM)
    }
}

/// The sessions of a server that relays.
pub struct Relay {
    route: Route,
    /// Where the server listens.
    listening: Listening,
    sessions: Slab<Session>,
    by_asker: HashMap<Asker, usize>,
    /// Sessions by when they were used last, each by the number of that use.
    by_use: BTreeMap<u64, usize>,
    uses: u64,
    /// Those with more answers than a turn takes, or than there was room for.
    again: BTreeSet<usize>,
    inbox: Inbox,
    /// A session's token is this and its key.
    tokens: usize,
    /// Answers that were passed on.
    pub answers: u64,
    /// What went wrong and is to be told.
    pub errors: Vec<anyhow::Error>,
}

impl Relay {
    /// A relay without sessions, for a server that listens there, with tokens from `tokens` on.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a target that is the server itself.
    pub fn open(route: Route, listening: Listening, tokens: usize) -> anyhow::Result<Self> {
        listening.refuse(route.known.as_deref().unwrap_or_default(), Cause::Usage)?;
        Ok(Self {
            inbox: Inbox::new(route.sizes.received),
            route,
            listening,
            sessions: Slab::new(),
            by_asker: HashMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
            again: BTreeSet::new(),
            tokens,
            answers: 0,
            errors: Vec::new(),
        })
    }

    /// Passes datagrams of one peer on to the target.
    pub fn pass_on(&mut self, asker: &Asker, datagrams: &[&[u8]], reactor: &Reactor) {
        let key = match self.by_asker.get(asker) {
            Some(key) => *key,
            None => self.begin(asker.clone(), reactor),
        };
        self.touch(key);
        let bytes: usize = datagrams.iter().map(|datagram| datagram.len()).sum();
        self.sessions[key].bytes_in += bytes as u64;
        if let State::Failed(until) = self.sessions[key].state
            && until <= Instant::now()
        {
            self.ask(key, reactor);
        }
        let sent = self.sessions[key].pass_on(datagrams, reactor);
        self.note_sent(key, sent, reactor);
    }

    fn begin(&mut self, asker: Asker, reactor: &Reactor) -> usize {
        while self.sessions.len() >= self.route.most && self.evict("another peer has come", None) {}
        let key = self.sessions.insert(Session::new(asker.clone()));
        self.by_asker.insert(asker, key);
        self.touch(key);
        self.ask(key, reactor);
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
        self.by_asker.remove(&session.asker);
        self.again.remove(&key);
        session.end(reason, self.route.report);
        true
    }

    /// Finds out where the target is, without waiting for an answer.
    fn ask(&mut self, key: usize, reactor: &Reactor) {
        if let Some(addresses) = self.route.known.clone() {
            return self.answered(key, Ok(addresses), reactor);
        }
        let bell = reactor.bell(Token(self.tokens + key));
        self.sessions[key].ask(self.route.target.clone(), bell);
    }

    fn answered(&mut self, key: usize, answer: anyhow::Result<Vec<SocketAddr>>, reactor: &Reactor) {
        let opened = answer.and_then(|addresses| {
            self.listening.refuse(&addresses, Cause::Unreachable)?;
            self.sessions[key].candidates = addresses.into();
            self.open_next(key, reactor)
        });
        if let Err(error) = opened {
            self.sessions[key].fail();
            self.errors.push(error);
        }
    }

    /// Turns to the next address of the target, and sends what was not answered.
    fn open_next(&mut self, key: usize, reactor: &Reactor) -> anyhow::Result<()> {
        let token = Token(self.tokens + key);
        let mut opened = self.sessions[key].open(&self.route, token, reactor);
        // Where descriptors are short, the session that was quiet longest gives its own.
        if opened.as_ref().is_err_and(is_out_of_descriptors)
            && self.evict("no descriptors are left", Some(key))
        {
            opened = self.sessions[key].open(&self.route, token, reactor);
        }
        let sent = opened?;
        self.note_sent(key, sent, reactor);
        Ok(())
    }

    /// What became of datagrams for the target.
    fn note_sent(&mut self, key: usize, sent: Sent, reactor: &Reactor) {
        if let Some(error) = sent.refusal {
            self.refused(key, &error, reactor);
        }
        self.errors.extend(sent.errors);
    }

    /// The target's system says that nobody takes what is sent. Another of its addresses may be
    /// the right one; otherwise it is told, once until something comes, and nothing ends.
    fn refused(&mut self, key: usize, error: &io::Error, reactor: &Reactor) {
        let session = &mut self.sessions[key];
        if session.has_others() {
            let opened = self.open_next(key, reactor);
            opened.unwrap_or_else(|error| {
                self.sessions[key].fail();
                self.errors.push(error);
            });
        } else if let Some(error) = session.complain(error) {
            self.errors.push(error);
        }
    }

    /// Notes what the loop saw of a session; gives what was sent to its peer.
    pub fn note(
        &mut self,
        readiness: &Readiness,
        sockets: &mut [Bound],
        reactor: &Reactor,
    ) -> Sent {
        let key = readiness.token.0 - self.tokens;
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

    /// True if there is no session, and no answer came.
    pub fn is_quiet(&self) -> bool {
        self.sessions.is_empty() && self.answers == 0
    }

    /// True if there is more to pass back, and room for it.
    pub fn has_more(&self, sockets: &[Bound]) -> bool {
        !self.again.is_empty() && !sockets.iter().any(Bound::is_full)
    }

    /// Passes back what was left over.
    pub fn go_on(&mut self, sockets: &mut [Bound], reactor: &Reactor) -> Sent {
        let mut sent = Sent::default();
        for key in std::mem::take(&mut self.again) {
            sent.add(self.pass_back(key, sockets, reactor));
        }
        sent
    }

    /// Passes answers of the target back to the peer, from the address that it asked, for a turn.
    fn pass_back(&mut self, key: usize, sockets: &mut [Bound], reactor: &Reactor) -> Sent {
        let (mut sent, mut errors) = (Sent::default(), 0);
        for _ in 0..TURN {
            let Some(session) = self.sessions.get_mut(key) else { return sent };
            let State::Open(line) = &mut session.state else { return sent };
            let Some(bound) = sockets.get_mut(session.asker.socket) else { return sent };
            if bound.is_full() {
                break;
            }
            match self.inbox.receive(&line.bound.socket, BATCH) {
                Ok(count) => {
                    let report = self.route.report;
                    tell_lost(&self.inbox, count, &line.bound.lost, &line.bound.local, report);
                    let (peer, from) = (&session.asker.peer, session.asker.at);
                    let answers = (0..count).flat_map(|slot| self.inbox.get(slot).datagrams());
                    let answers = answers.map(|bytes| Outgoing { bytes, to: Some(peer), from });
                    let answers: Vec<Outgoing> = answers.collect();
                    let bytes: usize = answers.iter().map(|answer| answer.bytes.len()).sum();
                    sent.add(bound.send(&answers, reactor));
                    self.answers += answers.len() as u64;
                    session.note_answers(bytes as u64);
                    self.touch(key);
                    if !self.inbox.was_filled() {
                        return sent;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return sent,
                Err(error) => {
                    errors += 1;
                    self.refused(key, &error, reactor);
                }
            }
        }
        // An error that does not pass is not asked for again and again.
        if errors < TURN {
            self.again.insert(key);
        }
        sent
    }

    /// When the session that was quiet longest is over.
    pub fn deadline(&self) -> Option<Instant> {
        let (_, key) = self.by_use.first_key_value()?;
        Some(self.sessions[*key].last + self.route.idle)
    }

    /// Ends sessions whose time is over.
    pub fn expire(&mut self, now: Instant) {
        while self.deadline().is_some_and(|end| end <= now) {
            let reason = format!("no datagram for {} s", self.route.idle.as_secs_f64());
            self.evict(&reason, None);
        }
    }

    /// Ends all sessions.
    pub fn close(&mut self) {
        while self.evict("the server ends", None) {}
    }
}

fn is_out_of_descriptors(error: &anyhow::Error) -> bool {
    let number = crate::outcome::find::<io::Error>(error).and_then(io::Error::raw_os_error);
    matches!(number, Some(libc::EMFILE | libc::ENFILE))
}
