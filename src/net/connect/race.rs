//! Attempts at several addresses, the next one a moment after the last (RFC 8305).

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::Socket;

use super::{Connection, Target, of_same_family, source_for};
use crate::net::address::socket_text;
use crate::net::attempt::{self, Failed, Progress};
use crate::net::binding::local_address;
use crate::net::options::{Phase, SocketKind};
use crate::net::retry::earlier;
use crate::outcome::{Cause, refusal};
use crate::report::Report;

/// How long one address is tried alone (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// The least between two attempts (RFC 8305, section 5).
const LEAST_HEAD_START: Duration = Duration::from_millis(10);

/// How long an address is tried alone from `now` on, while others are `waiting`: each has its turn
/// before the time is over, if that is not too short.
#[must_use]
pub fn head_start(now: Instant, deadline: Option<Instant>, waiting: usize) -> Duration {
    let shares = u32::try_from(waiting).unwrap_or(u32::MAX).saturating_add(1);
    let share = deadline.map(|deadline| deadline.saturating_duration_since(now) / shares);
    share.map_or(HEAD_START, |share| share.clamp(LEAST_HEAD_START, HEAD_START))
}

/// The attempts to reach one target, some of them at the same time.
///
/// It never waits by itself: [`Race::advance`] does what can be done, and whoever drives it waits
/// for its sockets, by [`Race::wait`] or in an event loop.
#[derive(Debug)]
pub struct Race {
    target: Arc<Target>,
    sources: Vec<SocketAddr>,
    deadline: Option<Instant>,
    report: Report,
    waiting: VecDeque<SocketAddr>,
    running: Vec<Attempt>,
    failed: Vec<Failed>,
    head_start_ends: Instant,
}

/// A connection attempt that was begun.
#[derive(Debug)]
struct Attempt {
    socket: Socket,
    peer: SocketAddr,
    /// The socket is known to whoever waits for it.
    watched: bool,
}

impl Race {
    /// A race between these addresses, in their order, from the target's source address if it has
    /// one.
    ///
    /// # Errors
    /// Those of the source's look-up; [`Cause::Usage`] if it suits no address.
    pub fn new(
        target: Arc<Target>,
        candidates: Vec<SocketAddr>,
        deadline: Option<Instant>,
        report: Report,
    ) -> anyhow::Result<Self> {
        let sources = target.sources(libc::SOCK_STREAM, deadline)?;
        let waiting = of_same_family(candidates, &sources)?.into();
        let (running, failed) = (Vec::new(), Vec::new());
        let head_start_ends = Instant::now();
        Ok(Self { target, sources, deadline, report, waiting, running, failed, head_start_ends })
    }

    /// Begins the attempts that are due; gives the first that stands.
    ///
    /// # Errors
    /// Every address with its reason, once none is left or the time is over.
    pub fn advance(&mut self, now: Instant) -> anyhow::Result<Option<Connection>> {
        let failures = self.failed.len();
        loop {
            if let Some(connection) = self.winner()? {
                return Ok(Some(connection));
            }
            if self.running.is_empty() && self.waiting.is_empty() {
                return Err(self.all_failed());
            }
            // Without any time left it is still told whether a server is there.
            let has_begun = !(self.running.is_empty() && self.failed.is_empty());
            if has_begun && self.deadline.is_some_and(|deadline| deadline <= now) {
                return Err(self.timed_out());
            }
            // At the first failure the next has its turn.
            let is_due = self.failed.len() > failures || self.head_start_ends <= now;
            if !self.running.is_empty() && !is_due {
                return Ok(None);
            }
            let Some(candidate) = self.waiting.pop_front() else { return Ok(None) };
            match self.start(candidate) {
                Ok(()) => {
                    self.head_start_ends = now + head_start(now, self.deadline, self.waiting.len());
                    return Ok(None);
                }
                Err(error) => self.failed.push((candidate, error)),
            }
        }
    }

    /// When to look at it even if no attempt has moved.
    #[must_use]
    pub fn next_event(&self) -> Option<Instant> {
        let next = (!self.waiting.is_empty()).then_some(self.head_start_ends);
        earlier(next, self.deadline)
    }

    /// The sockets of attempts that were begun since this was last asked.
    pub fn begun(&mut self) -> impl Iterator<Item = &Socket> {
        let begun = self.running.iter_mut().filter(|attempt| !attempt.watched);
        begun.map(|attempt| {
            attempt.watched = true;
            &attempt.socket
        })
    }

    /// Waits, on this thread, until [`Race::advance`] has something to do.
    ///
    /// # Errors
    /// The system's refusal to wait.
    pub fn wait(&self) -> anyhow::Result<()> {
        let attempts = self.running.iter();
        let mut fds: Vec<PollFd> = attempts
            .map(|attempt| PollFd::new(attempt.socket.as_fd(), PollFlags::POLLOUT))
            .collect();
        let timeout = match self.next_event() {
            None => PollTimeout::NONE,
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                // Rounded up: waking a moment too early would spin.
                PollTimeout::try_from(left + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX)
            }
        };
        match poll(&mut fds, timeout) {
            Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
            Err(error) => Err(io::Error::from(error)).context("wait for a connection"),
        }
    }

    fn start(&mut self, candidate: SocketAddr) -> anyhow::Result<()> {
        self.report.connecting(&socket_text(&candidate));
        let source = source_for(&self.sources, candidate)?;
        let socket = attempt::begin(candidate, source, &self.target.settings, self.report)?;
        self.running.push(Attempt { socket, peer: candidate, watched: false });
        Ok(())
    }

    /// The first attempt that stands; those that failed leave the race.
    fn winner(&mut self) -> anyhow::Result<Option<Connection>> {
        let mut still_running = Vec::new();
        let mut winner = None;
        for attempt in std::mem::take(&mut self.running) {
            let peer = attempt.peer;
            match attempt::progress(&attempt.socket) {
                Ok(Progress::Running) => still_running.push(attempt),
                Ok(Progress::Stands(broken)) if winner.is_none() => {
                    let socket = attempt.socket;
                    let local = local_address(&socket)?;
                    if local == peer {
                        let error = refusal(
                            Cause::Unreachable,
                            "nothing listens there (the socket connected to itself)",
                        );
                        self.failed.push((peer, error));
                    } else {
                        let (local, peer) = (local.into(), peer.into());
                        let lingers = self.target.settings.let_close_wait();
                        winner = Some(Connection { socket, local, peer, broken, lingers });
                    }
                }
                Ok(Progress::Stands(_)) => {}
                Err(error) => self.failed.push((peer, error)),
            }
        }
        self.running = still_running;
        if let Some(Connection { socket, peer, .. }) = &winner {
            let kind = SocketKind { v6: peer.is_ipv6(), listens: false };
            self.target.settings.apply(socket, Phase::Connected, kind, self.report)?;
        }
        Ok(winner)
    }

    fn timed_out(&mut self) -> anyhow::Error {
        let late = |one: Attempt| (one.peer, refusal(Cause::Timeout, "no answer in time"));
        self.failed.extend(self.running.drain(..).map(late));
        let message = attempt::describe("connect", &self.target.name(), &self.failed);
        refusal(Cause::Timeout, message)
    }

    fn all_failed(&mut self) -> anyhow::Error {
        attempt::all_failed("connect", &self.target.name(), std::mem::take(&mut self.failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::address::{Address, Family, Port};
    use crate::net::options::Settings;
    use crate::net::retry::RetryPolicy;
    use crate::report::{Form, Level};
    use socket2::{Domain, Type};

    fn socket() -> Socket {
        Socket::new(Domain::IPV4, Type::STREAM, None).unwrap()
    }

    fn listener() -> (Socket, SocketAddr) {
        let listener = socket();
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = local_address(&listener).unwrap();
        (listener, address)
    }

    /// Connections to a listener that accepts none; the last is one that is not answered.
    fn until_silent(address: SocketAddr) -> Vec<Socket> {
        let mut sockets = Vec::new();
        loop {
            let socket = socket();
            socket.set_nonblocking(true).unwrap();
            let _ = socket.connect(&address.into());
            let is_silent = matches!(attempt::progress(&socket), Ok(Progress::Running));
            sockets.push(socket);
            if is_silent {
                return sockets;
            }
        }
    }

    /// A deadline makes it shorter, but never so short that all begin at once.
    #[test]
    fn a_head_start_has_bounds() {
        let now = Instant::now();
        let head_start = |left, waiting| {
            head_start(now, Some(now + Duration::from_millis(left)), waiting).as_millis()
        };
        assert_eq!([head_start(5, 1), head_start(200, 1), head_start(5000, 1)], [10, 100, 250]);
    }

    #[test]
    fn at_each_failure_the_next_has_its_turn() {
        let (_full, peer) = listener();
        let mut sockets = until_silent(peer);
        let silent = sockets.pop().unwrap();
        let (_answering, answers) = listener();
        let target = Target {
            address: Address { host: None, port: Port::Number(1) },
            family: Family::Any,
            numeric: true,
            source: None,
            settings: Settings::default(),
            retry_policy: RetryPolicy::default(),
        };
        // The first is refused by connect(2) itself.
        let candidates = vec![([255, 255, 255, 255], 1).into(), answers];
        let report = Report { level: Level::Errors, form: Form::Text };
        let mut race = Race::new(Arc::new(target), candidates, None, report).unwrap();
        // One that is not connected has failed.
        let begun = [silent, socket()];
        race.running = begun.map(|socket| Attempt { socket, peer, watched: false }).into();
        let now = Instant::now();
        race.head_start_ends = now + Duration::from_secs(3600);
        assert!(race.advance(now).unwrap().is_none());
        assert_eq!((race.failed.len(), race.running.len(), race.waiting.len()), (2, 2, 0));
    }
}
