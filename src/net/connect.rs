//! Connecting: every address is tried, IPv6 and IPv4 in turn (RFC 8305, "happy eyeballs").

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::{SockAddr, Socket};

use super::address::{Address, Family, Port, show};
use super::options::{Phase, Settings, SocketKind};
use super::resolver::{self, Question};
use super::retry::{Patience, earlier, with_retries};
use super::tcp;
use crate::outcome::{Cause, WithCause as _, refusal};
use crate::report::Report;

/// How long one address has the field to itself (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Whom to connect to, and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// Whom; without a host, `localhost`.
    pub address: Address,
    /// The families allowed.
    pub family: Family,
    /// No look-ups.
    pub numeric: bool,
    /// The address and port to come from.
    pub source: Option<Address>,
    /// Socket options.
    pub settings: Settings,
    /// Bounds one whole attempt: look-up and every address.
    pub timeout: Option<Duration>,
    /// Tries again until this is over.
    pub retry_for: Option<Duration>,
    /// When the whole run is over.
    pub end: Option<Instant>,
}

/// A connection with both its addresses.
#[derive(Debug)]
pub struct Connection {
    /// The socket, non-blocking.
    pub socket: Socket,
    /// Our address.
    pub local: SockAddr,
    /// The peer's.
    pub peer: SockAddr,
    /// How it has broken already: what the peer sent before can still be read.
    pub broken: Option<io::Error>,
}

impl Target {
    /// The addresses to try, in the order to try them, and no source address that does not fit.
    ///
    /// # Errors
    /// Those of the look-up.
    pub fn candidates(
        &self,
        socket_type: i32,
        deadline: Option<Instant>,
    ) -> anyhow::Result<Vec<SocketAddr>> {
        let question =
            Question { family: self.family, socket_type, numeric: self.numeric, deadline };
        Ok(interleave(resolver::addresses(&self.address, "localhost", question)?))
    }

    /// The addresses to come from, one for each family at most; empty if none was given.
    ///
    /// # Errors
    /// Those of the look-up.
    pub fn sources(
        &self,
        socket_type: i32,
        deadline: Option<Instant>,
    ) -> anyhow::Result<Vec<SocketAddr>> {
        let Some(source) = &self.source else { return Ok(Vec::new()) };
        let question =
            Question { family: Family::Any, socket_type, numeric: self.numeric, deadline };
        if source.host.is_some() {
            return resolver::addresses(source, "", question);
        }
        let mut sources = resolver::addresses(source, "::", question)?;
        sources.extend(resolver::addresses(source, "0.0.0.0", question)?);
        Ok(sources)
    }

    /// How long it may take.
    #[must_use]
    pub fn patience(&self) -> Patience {
        let Self { timeout, retry_for, end, .. } = *self;
        Patience { timeout, retry_for, end }
    }

    fn name(&self) -> String {
        let host = self.address.host.as_deref().unwrap_or("localhost");
        match &self.address.port {
            Port::Number(port) => format!("{host}:{port}"),
            Port::Service(name) => format!("{host}:{name}"),
        }
    }
}

/// The families in turn, each in its own order, beginning with that of the first address.
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut ours, mut others): (VecDeque<_>, VecDeque<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut turns = Vec::new();
    while !(ours.is_empty() && others.is_empty()) {
        turns.extend(ours.pop_front());
        turns.extend(others.pop_front());
    }
    turns
}

/// The address to come from when going to `candidate`, if one was given.
///
/// # Errors
/// [`Cause::Usage`] if one was given that is not of the candidate's family.
pub fn source_for(
    sources: &[SocketAddr],
    candidate: SocketAddr,
) -> anyhow::Result<Option<SocketAddr>> {
    match sources.iter().find(|source| source.is_ipv6() == candidate.is_ipv6()) {
        None if !sources.is_empty() => {
            let text = format!("{}: the source address is of the other family", show(&candidate));
            Err(refusal(Cause::Usage, text))
        }
        source => Ok(source.copied()),
    }
}

/// The candidates that can be reached from the source address that was given, if one was.
///
/// # Errors
/// [`Cause::Usage`] if there are none.
pub fn of_same_family(
    candidates: Vec<SocketAddr>,
    sources: &[SocketAddr],
) -> anyhow::Result<Vec<SocketAddr>> {
    let fits = |candidate: &SocketAddr| source_for(sources, *candidate).is_ok();
    let (fitting, others): (Vec<_>, Vec<_>) = candidates.into_iter().partition(fits);
    match others.first() {
        Some(other) if fitting.is_empty() => source_for(sources, *other).map(|_| fitting),
        _ => Ok(fitting),
    }
}

/// Connects to the first address that answers: socket(2), bind(2) if a source is given,
/// connect(2).
///
/// # Errors
/// Every address with its reason: [`Cause::Unreachable`], [`Cause::Timeout`], [`Cause::Bind`]
/// for the source; those of the look-up.
pub fn tcp(target: &Target, report: Report) -> anyhow::Result<Connection> {
    with_retries(target, |deadline| {
        let candidates = target.candidates(libc::SOCK_STREAM, deadline)?;
        let sources = target.sources(libc::SOCK_STREAM, deadline)?;
        let candidates = of_same_family(candidates, &sources)?;
        let mut race = Race { target, sources, deadline, report, running: vec![], failed: vec![] };
        race.run(candidates)
    })
}

/// The attempts that run at the same time.
struct Race<'a> {
    target: &'a Target,
    sources: Vec<SocketAddr>,
    deadline: Option<Instant>,
    report: Report,
    running: Vec<(Socket, SocketAddr)>,
    failed: Vec<(SocketAddr, anyhow::Error)>,
}

impl Race<'_> {
    fn run(&mut self, candidates: Vec<SocketAddr>) -> anyhow::Result<Connection> {
        let mut waiting: VecDeque<SocketAddr> = candidates.into();
        let mut head_start_ends = Instant::now();
        loop {
            let now = Instant::now();
            if self.deadline.is_some_and(|deadline| deadline <= now) {
                return Err(self.timed_out());
            }
            if self.running.is_empty() || head_start_ends <= now {
                if let Some(candidate) = waiting.pop_front() {
                    if let Err(error) = self.start(candidate) {
                        self.failed.push((candidate, error));
                        continue;
                    }
                    head_start_ends = now + HEAD_START;
                } else if self.running.is_empty() {
                    return Err(self.all_failed());
                }
            }
            let next = (!waiting.is_empty()).then_some(head_start_ends);
            self.wait(earlier(next, self.deadline))?;
            let failures = self.failed.len();
            if let Some(connection) = self.winner()? {
                return Ok(connection);
            }
            if self.failed.len() > failures {
                // At the first failure the next has its turn.
                head_start_ends = Instant::now();
            }
        }
    }

    fn start(&mut self, candidate: SocketAddr) -> anyhow::Result<()> {
        self.report.connecting(&show(&candidate));
        let source = source_for(&self.sources, candidate)?;
        let socket = tcp::open(candidate.ip(), &self.target.settings, false, self.report)?;
        if let Some(source) = source {
            // A second candidate comes from the same port while the first still holds it.
            socket.set_reuse_address(true).context("set reuseaddr")?;
            socket
                .bind(&source.into())
                .cause(Cause::Bind)
                .with_context(|| format!("bind {}", show(&source)))?;
        }
        match socket.connect(&candidate.into()) {
            Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => Err(error.into()),
            _ => {
                self.running.push((socket, candidate));
                Ok(())
            }
        }
    }

    fn wait(&self, until: Option<Instant>) -> anyhow::Result<()> {
        let mut fds: Vec<PollFd> = self
            .running
            .iter()
            .map(|(socket, _)| PollFd::new(socket.as_fd(), PollFlags::POLLOUT))
            .collect();
        let timeout = match until {
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

    /// The first attempt that stands; those that failed leave the race.
    fn winner(&mut self) -> anyhow::Result<Option<Connection>> {
        let mut still_running = Vec::new();
        let mut winner = None;
        for (socket, peer) in std::mem::take(&mut self.running) {
            match progress(&socket) {
                Ok(Progress::Running) => still_running.push((socket, peer)),
                Ok(Progress::Stands(broken)) if winner.is_none() => {
                    let local = tcp::local_address(&socket)?;
                    if local == peer {
                        let error = refusal(Cause::Unreachable, "nobody but this socket is there");
                        self.failed.push((peer, error));
                    } else {
                        let (local, peer) = (local.into(), peer.into());
                        winner = Some(Connection { socket, local, peer, broken });
                    }
                }
                Ok(Progress::Stands(_)) => {}
                Err(error) => self.failed.push((peer, error.into())),
            }
        }
        self.running = still_running;
        if let Some(Connection { socket, peer, .. }) = &winner {
            let kind = SocketKind { v6: peer.is_ipv6(), listens: false };
            self.target.settings.apply(socket, Phase::Connected, kind, self.report)?;
        }
        Ok(winner)
    }

    fn timed_out(&self) -> anyhow::Error {
        let silent = self.running.iter().map(|(_, peer)| (*peer, "no answer in time".to_owned()));
        let message = self.describe(silent.collect());
        refusal(Cause::Timeout, message)
    }

    fn all_failed(&mut self) -> anyhow::Error {
        let cause = self.failed.iter().map(|(_, error)| cause_of_attempt(error)).min();
        if let [(peer, _)] = self.failed[..]
            && let Some((_, error)) = self.failed.pop()
        {
            let context = format!("connect {}", show(&peer));
            return crate::outcome::failure(cause_of_attempt(&error), error.context(context));
        }
        refusal(cause.unwrap_or(Cause::Unreachable), self.describe(vec![]))
    }

    /// Every address that was tried, with its reason.
    fn describe(&self, mut silent: Vec<(SocketAddr, String)>) -> String {
        let mut attempts: Vec<(SocketAddr, String)> = self
            .failed
            .iter()
            .map(|(peer, error)| (*peer, crate::report::sentence(error)))
            .collect();
        attempts.append(&mut silent);
        match &attempts[..] {
            [] => format!("connect {}: no answer in time", self.target.name()),
            [(peer, reason)] => format!("connect {}: {reason}", show(peer)),
            _ => {
                let lines: Vec<String> =
                    attempts.iter().map(|(peer, why)| format!("{}: {why}", show(peer))).collect();
                format!("connect {}: {}", self.target.name(), lines.join("; "))
            }
        }
    }
}

/// How far a connection has come that was begun.
enum Progress {
    Running,
    /// It stood, even if it was reset since.
    Stands(Option<io::Error>),
}

/// Whether a connection that was begun stands; its error if it failed.
fn progress(socket: &Socket) -> io::Result<Progress> {
    let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
    poll(&mut fds, PollTimeout::ZERO)?;
    let events = fds[0].revents().unwrap_or(PollFlags::empty());
    if events.intersects(PollFlags::POLLERR | PollFlags::POLLHUP) {
        let error = socket.take_error()?.unwrap_or_else(|| io::ErrorKind::NotConnected.into());
        // A refusal is ECONNREFUSED; only a connection that stood can be reset, or (after the
        // peer's FIN) be a broken pipe.
        return match error.raw_os_error() {
            Some(libc::ECONNRESET | libc::EPIPE) => Ok(Progress::Stands(Some(error))),
            _ => Err(error),
        };
    }
    if events.contains(PollFlags::POLLOUT) {
        return Ok(Progress::Stands(None));
    }
    Ok(Progress::Running)
}

/// Why a single attempt failed: the most telling cause comes first in the order of causes.
fn cause_of_attempt(error: &anyhow::Error) -> Cause {
    match crate::outcome::find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::TimedOut) => Cause::Timeout,
        _ => match crate::outcome::cause_of(error) {
            Cause::Transfer => Cause::Unreachable,
            cause => cause,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns_in_their_own_order() {
        let parse = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter().map(|address| address.parse().unwrap()).collect()
        };
        let given = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"]);
        let wanted = parse(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"]);
        assert_eq!(interleave(given), wanted);
    }
}
