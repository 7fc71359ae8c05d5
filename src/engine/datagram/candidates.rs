//! The addresses of a datagram client's peer, tried in turn. There is no handshake: that an
//! address is the wrong one shows only when it refuses what was sent.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use anyhow::Context as _;
use socket2::{SockAddr, Socket};

use crate::engine::reactor::Notifier;
use crate::net::address::display_text;
use crate::net::attempt::{Failed, all_failed};
use crate::net::connect::{Target, of_same_family, source_for};
use crate::net::resolver::background::{self, Pending};
use crate::net::retry::{Backoff, RetryPolicy, earlier, may_pass};
use crate::net::udp::{self, Casting};
use crate::net::unix::{self, OwnName};
use crate::outcome::{Cause, failure};
use crate::report::Report;

/// The address in use, with a socket that reaches it.
#[derive(Debug)]
pub struct Candidate {
    /// The socket; connected, unless it sends to many.
    pub socket: Socket,
    /// The address.
    pub peer: SockAddr,
    /// The address as the socket must be given it; `None` on a connected one.
    pub to: Option<SockAddr>,
    /// The socket's own name, where it has a file.
    _own: Option<OwnName>,
}

/// What became of turning to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// There is one in use.
    InUse,
    /// All have refused; the next round begins then.
    NotBefore(Instant),
    /// They are being looked up; the loop is notified then.
    LookingUp,
}

/// What was looked up.
#[derive(Debug, Default)]
struct LookedUp {
    /// The addresses to try, in order.
    peers: VecDeque<SockAddr>,
    /// Those to come from, one for each family at most; empty if none was given.
    sources: Vec<SocketAddr>,
}

/// The addresses to try, the one in use, and why the others are not.
#[derive(Debug)]
pub struct Candidates {
    whom: Whom,
    retry_policy: RetryPolicy,
    report: Report,
    backoff: Backoff,
    looked_up: LookedUp,
    in_use: Option<Candidate>,
    looking_up: Option<Pending<anyhow::Result<LookedUp>>>,
    refused: Vec<Failed<SockAddr>>,
    /// Why the round before this one failed.
    before: Option<anyhow::Error>,
}

/// Whom datagrams go to, before any look-up.
#[derive(Debug)]
enum Whom {
    /// A host's port.
    Host(Target, Casting),
    /// A Unix socket, which may be able to answer.
    Socket { target: unix::Target, answers: bool },
}

impl Candidates {
    /// The addresses of `target`, none of which is looked for yet.
    #[must_use]
    pub fn new(target: Target, casting: Casting, report: Report) -> Self {
        let retry_policy = target.retry_policy;
        Self::of(Whom::Host(target, casting), retry_policy, report)
    }

    /// A Unix socket, asked from a socket that has a name if it `answers`.
    #[must_use]
    pub fn of_unix(target: unix::Target, answers: bool, report: Report) -> Self {
        let retry_policy = target.retry_policy;
        Self::of(Whom::Socket { target, answers }, retry_policy, report)
    }

    fn of(whom: Whom, retry_policy: RetryPolicy, report: Report) -> Self {
        Self {
            backoff: Backoff::new(retry_policy),
            whom,
            retry_policy,
            report,
            looked_up: LookedUp::default(),
            in_use: None,
            looking_up: None,
            refused: Vec::new(),
            before: None,
        }
    }

    /// The address in use.
    #[must_use]
    pub fn in_use(&self) -> Option<&Candidate> {
        self.in_use.as_ref()
    }

    /// True if answers may come from anybody, and however many.
    #[must_use]
    pub fn reach_many(&self) -> bool {
        self.in_use.as_ref().is_some_and(|candidate| candidate.to.is_some())
    }

    /// True if another address would get what the one in use refuses.
    #[must_use]
    pub fn are_left(&self) -> bool {
        !self.looked_up.peers.is_empty() || self.backoff.give_up().is_some()
    }

    /// Why nobody has been reached by the end of the run, if it is over.
    pub fn out_of_time(&mut self, now: Instant) -> Option<anyhow::Error> {
        let is_over = self.in_use.is_none() && self.retry_policy.end.is_some_and(|end| end <= now);
        self.before.take_if(|_| is_over).map(|before| self.backoff.last_word(before, None))
    }

    /// The address in use is the right one.
    pub fn confirm(&mut self) {
        self.looked_up.peers.clear();
        self.backoff.cancel();
    }

    /// Looks the addresses up and turns to the first.
    ///
    /// # Errors
    /// Those of the look-up; the refusals of all addresses.
    pub fn begin(&mut self) -> anyhow::Result<Turn> {
        let looked_up = match &self.whom {
            Whom::Host(target, _) => look_up(target, self.deadline()),
            Whom::Socket { target, .. } => {
                let peers = [target.name.address().clone()].into();
                Ok(LookedUp { peers, sources: Vec::new() })
            }
        };
        self.take(looked_up)
    }

    /// The same without waiting for a look-up: `notifier` tells when to go on with it.
    ///
    /// # Errors
    /// As for [`Candidates::begin`].
    pub fn begin_in_background(&mut self, notifier: Notifier) -> anyhow::Result<Turn> {
        let Whom::Host(target, _) = &self.whom else { return self.begin() };
        let (target, deadline) = (target.clone(), self.deadline());
        let question = move || look_up(&target, deadline);
        self.looking_up = Some(background::ask(question, move || notifier.notify()));
        Ok(Turn::LookingUp)
    }

    /// Goes on with a look-up in the background, if its answer is there.
    ///
    /// # Errors
    /// As for [`Candidates::begin`].
    pub fn go_on(&mut self) -> anyhow::Result<Turn> {
        match self.looking_up.as_ref().and_then(Pending::take) {
            Some(looked_up) => self.take(looked_up),
            None => Ok(Turn::LookingUp),
        }
    }

    fn take(&mut self, looked_up: anyhow::Result<LookedUp>) -> anyhow::Result<Turn> {
        self.looking_up = None;
        match looked_up {
            Ok(looked_up) => {
                self.looked_up = looked_up;
                self.turn_to_next()
            }
            Err(error) => self.pause(error),
        }
    }

    /// When a round that begins now must be over.
    fn deadline(&self) -> Option<Instant> {
        let timeout = self.retry_policy.timeout.map(|duration| Instant::now() + duration);
        earlier(earlier(timeout, self.backoff.give_up()), self.retry_policy.end)
    }

    /// The address in use has refused: turns to the next.
    ///
    /// # Errors
    /// The refusals of all addresses.
    pub fn refuse(&mut self, error: io::Error) -> anyhow::Result<Turn> {
        if let Some(Candidate { peer, .. }) = self.in_use.take() {
            self.refused.push((peer, failure(Cause::Unreachable, error)));
        }
        self.turn_to_next()
    }

    fn turn_to_next(&mut self) -> anyhow::Result<Turn> {
        while let Some(peer) = self.looked_up.peers.pop_front() {
            self.report.connecting(&display_text(&peer));
            match self.open(&peer) {
                Ok(candidate) => {
                    self.in_use = Some(candidate);
                    return Ok(Turn::InUse);
                }
                Err(error) => self.refused.push((peer, error)),
            }
        }
        let name = match &self.whom {
            Whom::Host(target, _) => target.name(),
            Whom::Socket { target, .. } => target.name.to_string(),
        };
        let error = all_failed("send to", &name, std::mem::take(&mut self.refused));
        self.pause(error)
    }

    fn open(&self, to: &SockAddr) -> anyhow::Result<Candidate> {
        let (target, casting) = match &self.whom {
            Whom::Host(target, casting) => (target, casting),
            Whom::Socket { target, answers } => {
                let (socket, own) = unix::open_to(target, *answers, self.report)?;
                return Ok(Candidate { socket, peer: to.clone(), to: None, _own: own });
            }
        };
        let peer = to.as_socket().context("no internet address")?;
        let source = source_for(&self.looked_up.sources, peer)?;
        let socket = udp::open_to(peer, source, &target.settings, casting, self.report)?;
        let many = casting.reaches_many(peer.ip());
        Ok(Candidate { socket, peer: to.clone(), to: many.then(|| to.clone()), _own: None })
    }

    /// Waits for the next round, if there is to be one and it could help.
    fn pause(&mut self, error: anyhow::Error) -> anyhow::Result<Turn> {
        let pause = if may_pass(&error) { self.backoff.next_pause() } else { None };
        match pause {
            Some(pause) => {
                self.before = Some(error);
                Ok(Turn::NotBefore(Instant::now() + pause))
            }
            None => Err(self.backoff.last_word(error, self.before.take())),
        }
    }
}

/// The addresses of a host's port that can be reached from those that datagrams are to come from.
fn look_up(target: &Target, deadline: Option<Instant>) -> anyhow::Result<LookedUp> {
    let sources = target.sources(libc::SOCK_DGRAM, deadline)?;
    let peers = of_same_family(target.candidates(libc::SOCK_DGRAM, deadline)?, &sources)?;
    Ok(LookedUp { peers: peers.into_iter().map(SockAddr::from).collect(), sources })
}

/// True if an error may be a router's word that the way to the peer takes less than was thought:
/// what is sent after it the system cuts (RFC 1191).
#[must_use]
pub fn is_about_the_way(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EMSGSIZE)
}

/// True if an error says that nobody is at this address.
#[must_use]
pub fn is_refusal(error: &io::Error) -> bool {
    let refusals = [
        libc::ECONNREFUSED,
        libc::EHOSTUNREACH,
        libc::ENETUNREACH,
        libc::EHOSTDOWN,
        libc::ENETDOWN,
        libc::EADDRNOTAVAIL,
    ];
    error.raw_os_error().is_some_and(|number| refusals.contains(&number))
}
