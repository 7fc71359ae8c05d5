//! A relayed peer: its socket to the target, and what waits to be sent there.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use mio::Token;
use socket2::SockAddr;

use super::{Destination, RelayOptions};
use crate::engine::datagram::bound_socket::{BoundSocket, Sent};
use crate::engine::datagram::receive_runs;
use crate::engine::datagram::requester::Requester;
use crate::engine::reactor::{Notifier, Reactor};
use crate::net::address::display_text;
use crate::net::connect::Target;
use crate::net::resolver::background::{self, Pending};
use crate::net::{udp, unix};
use crate::outcome::{Cause, cause_of, is_out_of_descriptors, refusal};
use crate::report::{Ended, Report, reason, sentence};
use crate::sys::datagrams::{Outgoing, Sender};

/// How many bytes wait for a look-up, or for the answer of an address that may be wrong; a
/// datagram takes some more than it holds.
const MOST_KEPT: usize = 256 << 10;
const OF_EACH: usize = 64;
/// How long nothing more is told of a target that cannot be reached; by UDP it is left alone so long.
const PAUSE: Duration = Duration::from_secs(1);

/// A relayed peer.
pub struct Session {
    /// The peer.
    pub requester: Requester,
    /// How far it has come.
    pub state: State,
    /// Further addresses of the target.
    pub candidates: VecDeque<SockAddr>,
    /// The number of its last use.
    pub used: u64,
    /// When that was.
    pub last: Instant,
    /// What no address has answered.
    kept: VecDeque<Box<[u8]>>,
    /// How many datagrams are not in `kept`, for want of room or of a target, since the present
    /// address was taken.
    not_kept: usize,
    /// An error of the target was told, and no answer has come since.
    has_complained: bool,
    /// How many datagrams were dropped for want of room to send them.
    dropped: usize,
    began: Instant,
    /// Bytes that came from the peer.
    pub bytes_in: u64,
    bytes_out: u64,
}

/// How far a session has come.
pub enum State {
    /// The target's name is being looked up.
    Asking(Pending<anyhow::Result<Vec<SocketAddr>>>),
    /// There is a socket.
    Open(Box<Line>),
    /// There is none, which was told, and is not told again before that moment.
    Failed(Instant),
}

/// A socket to the target.
pub struct Line {
    /// The socket.
    pub bound: BoundSocket,
    target: SockAddr,
    /// The target, as a socket must be given it that is not connected.
    to: Option<SockAddr>,
}

impl Session {
    /// A session for which nothing was done yet.
    pub fn new(requester: Requester) -> Self {
        let now = Instant::now();
        Self {
            requester,
            state: State::Failed(now),
            candidates: VecDeque::new(),
            used: 0,
            last: now,
            kept: VecDeque::new(),
            not_kept: 0,
            has_complained: false,
            dropped: 0,
            began: now,
            bytes_in: 0,
            bytes_out: 0,
        }
    }

    /// True if there is no socket, and it is time to try again. For a Unix socket it always is: the
    /// system knows at once whether it is there, and nothing is lost from then on.
    pub fn may_ask(&self, destination: &Destination) -> bool {
        let State::Failed(until) = self.state else { return false };
        matches!(destination, Destination::Unix(_)) || until <= Instant::now()
    }

    /// Has the target looked up; `notifier` is notified when the answer is there.
    pub fn ask(&mut self, target: Target, notifier: Notifier) {
        let question = move || target.candidates(libc::SOCK_DGRAM, None);
        self.state = State::Asking(background::ask(question, move || notifier.notify()));
    }

    /// True if the target has addresses that were not tried, and none that has answered.
    pub fn has_others(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// Opens a socket to the next address that has one, and sends what is kept.
    ///
    /// # Errors
    /// The system's, for the last address; for any, if there are no descriptors.
    pub fn open(
        &mut self,
        options: &RelayOptions,
        token: Token,
        reactor: &Reactor,
    ) -> anyhow::Result<Sent> {
        let mut last = None;
        while let Some(target) = self.candidates.front() {
            match Line::open(target, options, token, reactor) {
                Ok(line) => {
                    self.candidates.pop_front();
                    options.report.step(format!(
                        "{} to {}",
                        line.bound.local,
                        display_text(&line.target)
                    ));
                    self.state = State::Open(Box::new(line));
                    let missing = std::mem::take(&mut self.not_kept);
                    let kept = std::mem::take(&mut self.kept);
                    let kept: Vec<&[u8]> = kept.iter().map(|datagram| &**datagram).collect();
                    let mut sent = self.pass_on(&kept, reactor);
                    sent.errors.extend(told_lost(missing));
                    return Ok(sent);
                }
                Err(error) if is_out_of_descriptors(&error) => return Err(error),
                Err(error) => {
                    last = Some(error.context(format!("forward to {}", display_text(target))));
                    self.candidates.pop_front();
                }
            }
        }
        Err(last.unwrap_or_else(|| refusal(Cause::Unreachable, "forward: there is no address")))
    }

    /// Sends datagrams to the target, or keeps them until it is known.
    pub fn pass_on(&mut self, datagrams: &[&[u8]], reactor: &Reactor) -> Sent {
        if self.has_no_room() {
            // What is told as lost is not kept: it would reach the next address all the same.
            return self.drop_all(datagrams);
        }
        if matches!(self.state, State::Asking(_)) || self.has_others() {
            self.keep(datagrams);
        }
        match &mut self.state {
            State::Asking(_) => Sent::default(),
            State::Failed(_) => {
                self.not_kept += datagrams.len();
                Sent::default()
            }
            State::Open(line) => {
                let to = line.to.as_ref();
                let outgoing = datagrams.iter().map(|bytes| Outgoing { bytes, to, from: None });
                line.bound.send(&outgoing.collect::<Vec<_>>(), reactor)
            }
        }
    }

    /// True if datagrams wait for the system's own room, of which others take their share.
    fn has_no_room(&self) -> bool {
        let full = |line: &Line| line.bound.is_full() && !line.bound.waits_for_peer();
        matches!(&self.state, State::Open(line) if full(line))
    }

    fn drop_all(&mut self, datagrams: &[&[u8]]) -> Sent {
        let text = "forward: there is no room to send, datagrams are dropped";
        // How many is told at the end.
        let is_first = self.dropped == 0;
        self.dropped += datagrams.len();
        let errors = is_first.then(|| refusal(Cause::Transfer, text));
        Sent { errors: errors.into_iter().collect(), ..Sent::default() }
    }

    fn keep(&mut self, datagrams: &[&[u8]]) {
        let taken: usize = self.kept.iter().map(|datagram| datagram.len() + OF_EACH).sum();
        let mut room = MOST_KEPT.saturating_sub(taken);
        let fitting = datagrams.iter().take_while(|datagram| {
            let left = room.checked_sub(datagram.len() + OF_EACH);
            left.inspect(|left| room = *left).is_some()
        });
        let before = self.kept.len();
        self.kept.extend(fitting.map(|datagram| Box::from(*datagram)));
        self.not_kept += datagrams.len() - (self.kept.len() - before);
    }

    /// The Unix socket that is the target has gone: whoever has its name now gets what waits.
    pub fn turn_back(&mut self) {
        let State::Open(line) = &mut self.state else { return };
        self.candidates.push_back(line.target.clone());
        self.kept.extend(line.bound.take_waiting());
    }

    /// True if datagrams wait until the target takes them.
    pub fn waits_for_target(&self) -> bool {
        matches!(&self.state, State::Open(line) if line.bound.waits_for_peer())
    }

    /// When to look again whether it does.
    pub fn retry(&self) -> Option<Instant> {
        match &self.state {
            State::Open(line) => line.bound.retry(),
            _ => None,
        }
    }

    /// What there is to tell of what would be lost if it ended now.
    pub fn loss(&self) -> Option<anyhow::Error> {
        let lost = match &self.state {
            // What is kept beside has been sent: it is for another address, should there be need.
            State::Open(line) => line.bound.waiting(),
            State::Asking(_) | State::Failed(_) => self.kept.len() + self.not_kept,
        };
        told_lost(self.dropped + lost)
    }

    /// Sends what found no room.
    pub fn send_waiting(&mut self, reactor: &Reactor) -> Sent {
        match &mut self.state {
            State::Open(line) if line.bound.is_full() => line.bound.send_waiting(reactor),
            _ => Sent::default(),
        }
    }

    /// Answers came, of so many bytes: the address in use is the right one.
    pub fn note_answers(&mut self, bytes: u64) {
        self.bytes_out += bytes;
        self.candidates.clear();
        self.kept.clear();
        self.not_kept = 0;
        self.has_complained = false;
    }

    /// What there is to tell of an error of the target: nothing, if it was told before.
    pub fn complain(&mut self, error: &io::Error) -> Option<anyhow::Error> {
        let State::Open(line) = &self.state else { return None };
        if std::mem::replace(&mut self.has_complained, true) {
            return None;
        }
        let text = format!("forward to {}: {}", display_text(&line.target), reason(error));
        Some(refusal(Cause::Unreachable, text))
    }

    /// The target cannot be reached, and what is kept is lost; gives what there is to tell of it:
    /// nothing, if it was told just now.
    pub fn fail(&mut self, error: &anyhow::Error) -> Option<anyhow::Error> {
        self.candidates.clear();
        self.not_kept += self.kept.len();
        self.kept.clear();
        let now = Instant::now();
        if matches!(self.state, State::Failed(until) if now < until) {
            return None;
        }
        self.state = State::Failed(now + PAUSE);
        // Advice for whoever connects by hand is left out.
        Some(refusal(cause_of(error), sentence(error)))
    }

    /// Tells of the end.
    pub fn end(self, reason: &str, report: Report) {
        if !report.tells_connections() {
            return;
        }
        let local = match &self.state {
            State::Open(line) => Some(line.bound.local.clone()),
            _ => None,
        };
        report.disconnected(&Ended {
            local,
            peer: Some(display_text(&self.requester.peer)),
            bytes_in: self.bytes_in,
            bytes_out: self.bytes_out,
            seconds: self.began.elapsed().as_secs_f64(),
            reason: reason.to_owned(),
        });
    }
}

fn told_lost(count: usize) -> Option<anyhow::Error> {
    let text = || format!("forward: {count} datagrams did not reach the target and are lost");
    (count > 0).then(|| refusal(Cause::Transfer, text()))
}

impl Line {
    fn open(
        target: &SockAddr,
        options: &RelayOptions,
        token: Token,
        reactor: &Reactor,
    ) -> anyhow::Result<Self> {
        let (socket, to) = match &options.destination {
            Destination::Udp { target: Target { settings, .. }, casting, .. } => {
                let address = target.as_socket().context("the target has no internet address")?;
                let socket = udp::open_to(address, None, settings, casting, options.report)?;
                receive_runs(&socket, options.sizes, options.report);
                (socket, casting.reaches_many(address.ip()).then(|| target.clone()))
            }
            Destination::Unix(target) => {
                (unix::open_named_by_system(target, options.report)?, None)
            }
        };
        let sender = Sender::new(options.sizes.in_runs);
        // Nobody waits behind a target that does not read: it is everybody's.
        let bound = BoundSocket::watch(socket, token, sender, false, reactor)?;
        Ok(Self { bound, target: target.clone(), to })
    }
}
