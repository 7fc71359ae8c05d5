//! A session: a connection, what it is connected with, the flows between them, and the rules by
//! which it ends.

use std::io;
use std::time::{Duration, Instant};

use socket2::Socket;

use super::endpoint::Endpoint;
use super::endpoint::stdio::{Input, Output, Stdio};
use super::endpoint::stream::Stream;
use super::filter::{Crlf, Filter};
use super::flow::{self, Ends, Flow, Scratch, Side};
use super::handler::Handler;
use super::pump::{Fault, Pump};
use super::reactor::Readiness;
use crate::net::address;
use crate::outcome::{Cause, refusal};
use crate::report::Ended;

/// How long peers are given to take what is on its way when skat is told to stop.
pub const DRAIN: Duration = Duration::from_secs(1);

/// What a conversation or connection is bound by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Ends after so long without a byte either way.
    pub idle: Option<Duration>,
    /// Ends, well, once either side has ended and so long has passed without a byte.
    pub after_eof: Option<Duration>,
}

/// How a conversation treats its two flows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manners {
    /// A server's conversation: nobody is told "I am done" by one that only listens.
    pub listens: bool,
    /// stdout outlives the conversation, and the peer's end always ends it.
    pub keep_open: bool,
    /// Sends nothing, not even a half-close.
    pub no_stdin: bool,
    /// Prints nothing that is received.
    pub send_only: bool,
    /// Keeps the sending side open after stdin's end.
    pub no_half_close: bool,
    /// Sends LF as CRLF.
    pub crlf: bool,
    /// Copies bytes even where the kernel could move them.
    pub copying: bool,
    /// The user chose the socket's keepalive, which is then left alone.
    pub own_keepalive: bool,
}

impl Manners {
    /// Opens stdin and stdout, as far as the conversation uses them: a stdin that is not read
    /// stays whole for others, and a stdout that is not written needs no reader.
    ///
    /// # Errors
    /// The system's, for descriptors that cannot be duplicated or carried.
    pub fn open_stdio(self, through_helpers: bool) -> io::Result<Stdio> {
        Ok(Stdio {
            input: if self.no_stdin { Input::unused()? } else { Input::open(through_helpers)? },
            output: if self.send_only { Output::unused() } else { Output::open(through_helpers)? },
        })
    }
}

/// What is at stake when a session ends.
#[derive(Clone, Copy, Debug)]
enum Role {
    Conversation(Manners),
    Service,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Talking,
    /// Told to stop: what is on its way is delivered until then, nothing more is taken.
    Stopping(Instant),
    /// All is sent; the peer has not acknowledged everything.
    Settling,
    Over,
}

/// What a turn may change: is a side ended, the phase, and each flow's progress.
type State = (bool, Phase, flow::Progress, Option<flow::Progress>);

/// What is to be done with a session after it ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Wait for an event or its deadline.
    Wait,
    /// Run it again soon: there is more to move.
    Again,
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
    /// Why it ended, once it has.
    verdict: anyhow::Result<&'static str>,
}

impl Session {
    /// The netcat conversation: stdin to the peer, the peer to stdout.
    #[must_use]
    pub fn conversation(peer: Stream, stdio: Stdio, manners: Manners, limits: Limits) -> Self {
        let ends = Ends::new(Endpoint::Stream(peer), Endpoint::Stdio(stdio));
        let inbound = if manners.send_only {
            // What is received goes through memory and nowhere; stdout is not touched.
            Flow::into_nowhere()
        } else {
            let pump = Pump::choose(&ends.peer, &ends.local, manners.copying);
            Flow::new(Side::Peer, Side::Local, pump, Filter::None)
        };
        let outbound = (!manners.no_stdin).then(|| {
            let filter = if manners.crlf { Filter::Crlf(Crlf::default()) } else { Filter::None };
            let copying = manners.copying || manners.crlf;
            let pump = Pump::choose(&ends.local, &ends.peer, copying);
            let mut flow = Flow::new(Side::Local, Side::Peer, pump, filter);
            // Until the rules have been asked.
            flow.allow_finish(false);
            flow
        });
        let mut session = Self::new(ends, inbound, outbound, Role::Conversation(manners), limits);
        if manners.keep_open {
            session.inbound.keep_sink_open();
        }
        session
    }

    /// A connection to a service.
    #[must_use]
    pub fn service(peer: Stream, handler: Handler, line_limit: usize, limits: Limits) -> Self {
        let ends = Ends::new(Endpoint::Stream(peer), Endpoint::Nowhere);
        Self::new(ends, handler.flow(line_limit), None, Role::Service, limits)
    }

    fn new(ends: Ends, inbound: Flow, outbound: Option<Flow>, role: Role, limits: Limits) -> Self {
        let now = Instant::now();
        Self {
            ends,
            inbound,
            outbound,
            role,
            limits,
            phase: Phase::Talking,
            began: now,
            last_byte: now,
            moved: 0,
            verdict: Ok("both sides have ended"),
        }
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

    /// Gives back stdin and stdout, and closes the connection.
    #[must_use]
    pub fn into_stdio(self) -> Option<Stdio> {
        match self.ends.local {
            Endpoint::Stdio(stdio) => Some(stdio),
            _ => None,
        }
    }

    /// Notes what the loop saw of the peer.
    pub fn note_peer(&mut self, readiness: &Readiness) {
        if let Endpoint::Stream(stream) = &mut self.ends.peer {
            stream.note(readiness);
        }
    }

    /// Moves what can be moved and applies the rules, until neither changes anything.
    pub fn run(&mut self, scratch: &mut Scratch, now: Instant) -> Next {
        loop {
            let before = self.state();
            let mut again = self.inbound.run(&mut self.ends, scratch);
            if let Some(outbound) = &mut self.outbound {
                again |= outbound.run(&mut self.ends, scratch);
            }
            self.note_activity(before.0, now);
            match self.role {
                Role::Service => self.apply_service_rules(),
                Role::Conversation(manners) => self.apply_rules(manners),
            }
            if matches!(self.phase, Phase::Stopping(_)) {
                self.finish_stopping(scratch);
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

    /// What a turn may change.
    fn state(&self) -> State {
        let outbound = self.outbound.as_ref().map(Flow::progress);
        (self.half_closed(), self.phase, self.inbound.progress(), outbound)
    }

    /// Restarts the clock of `--idle-timeout` and `--after-eof`.
    fn note_activity(&mut self, was_half_closed: bool, now: Instant) {
        let moved = self.bytes_in() + self.bytes_out();
        if moved != self.moved || was_half_closed != self.half_closed() {
            (self.moved, self.last_byte) = (moved, now);
        }
    }

    /// A service's one flow: over when it is.
    fn apply_service_rules(&mut self) {
        let over = self.inbound.is_closed();
        if let (true, Phase::Talking) = (over, self.phase) {
            let verdict = match self.inbound.fault() {
                Some(fault) => Err(self.told(fault)),
                None => Ok("the peer has ended"),
            };
            self.end(verdict);
        }
    }

    /// How a conversation ends (the contract's section 3).
    fn apply_rules(&mut self, manners: Manners) {
        if let Some(error) = self.stdout_failure() {
            return self.end(Err(error));
        }
        let peer_ended = self.inbound.source_has_ended();
        if self.half_closed()
            && let Endpoint::Stream(stream) = &mut self.ends.peer
        {
            stream.probe_while_half_open(manners.own_keepalive);
        }
        if peer_ended && self.ends_with_peer(manners) {
            self.stop_sending();
        }
        self.allow_half_close(manners, peer_ended);
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
            Some(Fault::Sink(error)) => match error.get_ref() {
                Some(_) => io::Error::new(error.kind(), crate::outcome::ReaderGone),
                None => same(error),
            },
            _ => self.stdio()?.output.failure()?,
        };
        Some(anyhow::Error::from(error).context("write stdout"))
    }

    fn ends_with_peer(&mut self, manners: Manners) -> bool {
        manners.keep_open || self.stdio().is_some_and(|stdio| stdio.is_interactive())
    }

    fn stop_sending(&mut self) {
        if let Some(outbound) = &mut self.outbound {
            outbound.stop_reading();
        }
    }

    /// The half-close waits for the peer's end where the user said so, and where a server's
    /// stdin ended without giving a byte.
    fn allow_half_close(&mut self, manners: Manners, peer_ended: bool) {
        if let Some(outbound) = &mut self.outbound {
            let gave_nothing = manners.listens && outbound.taken() == 0;
            outbound.allow_finish(peer_ended || !(manners.no_half_close || gave_nothing));
        }
    }

    /// True if nothing can be sent any more, and all that came has been read and written.
    fn peer_is_lost(&self) -> bool {
        let failed = self.stream().is_some_and(|stream| stream.error().is_some());
        failed && self.inbound.is_closed() && self.phase != Phase::Over
    }

    /// After the peer's FIN a reset loses nothing if everything was acknowledged; before it, it
    /// always may have.
    fn end_lost(&mut self) {
        let unsent = self.undelivered();
        let sending_failed = self.outbound.as_ref().is_some_and(Flow::has_failed_to_write);
        let verdict = match self.inbound.fault() {
            None if unsent == 0 && !sending_failed => Ok("the peer has gone"),
            Some(fault) => Err(self.told(fault)),
            None => {
                let error = self.stream().and_then(Stream::error);
                let error = error.unwrap_or_else(|| io::ErrorKind::ConnectionReset.into());
                Err(anyhow::Error::from(error).context(format!("send to {}", self.peer_name())))
            }
        };
        self.end(
            verdict.map_err(|error| if unsent == 0 { error } else { with_loss(&error, unsent) }),
        );
    }

    /// All flows are closed: over once the peer has acknowledged everything.
    fn settle(&mut self) {
        if let Err(error) = self.ends.peer.finish() {
            return self.end(Err(anyhow::Error::from(error).context("shut down the connection")));
        }
        if self.stream().is_none_or(Stream::is_settled) {
            let stdin_failed = self.outbound.as_ref().and_then(Flow::fault);
            let verdict = match stdin_failed {
                Some(fault) => Err(self.told(fault)),
                None => Ok("both sides have ended"),
            };
            self.end(verdict);
        } else if self.phase == Phase::Talking {
            self.phase = Phase::Settling;
        }
    }

    /// Bytes that were read from stdin and that the peer has not acknowledged.
    fn undelivered(&self) -> usize {
        let held = self.outbound.as_ref().map_or(0, Flow::held);
        held + self.stream().map_or(0, Stream::unacknowledged)
    }

    fn told(&self, fault: &Fault) -> anyhow::Error {
        let to_peer = |flow: &Flow| flow.sink() == Side::Peer;
        let (error, operation) = match fault {
            Fault::Source(error) if self.inbound.fault().is_some() => {
                (error, format!("receive from {}", self.peer_name()))
            }
            Fault::Source(error) => (error, "read stdin".to_owned()),
            Fault::Sink(error) if self.outbound.is_some() || to_peer(&self.inbound) => {
                (error, format!("send to {}", self.peer_name()))
            }
            Fault::Sink(error) => (error, "write stdout".to_owned()),
        };
        anyhow::Error::from(same(error)).context(operation)
    }

    /// Ends where it stands.
    pub fn abandon(&mut self, reason: &'static str) {
        self.end(Ok(reason));
    }

    fn end(&mut self, verdict: anyhow::Result<&'static str>) {
        if self.phase != Phase::Over {
            (self.verdict, self.phase) = (verdict, Phase::Over);
        }
    }

    /// True once either side has ended.
    fn half_closed(&self) -> bool {
        self.inbound.source_has_ended()
            || self.outbound.as_ref().is_some_and(Flow::source_has_ended)
    }

    /// Takes no more, delivers what is on its way, shuts the peer down; over by `until`.
    pub fn stop(&mut self, until: Instant) {
        if matches!(self.phase, Phase::Stopping(_) | Phase::Over) {
            return;
        }
        self.stop_sending();
        if self.inbound.sink() == Side::Peer {
            self.inbound.stop_reading();
        }
        self.phase = Phase::Stopping(until);
    }

    /// Half-closes once nothing is left to send, then reads what still comes: closing with
    /// unread input would destroy what the peer has not read yet.
    fn finish_stopping(&mut self, scratch: &mut Scratch) {
        if let Some(outbound) = &mut self.outbound {
            outbound.allow_finish(true);
            outbound.run(&mut self.ends, scratch);
        }
        let sending = |flow: &Flow| flow.sink() == Side::Peer && !flow.is_closed();
        if sending(&self.inbound) || self.outbound.as_ref().is_some_and(sending) {
            return;
        }
        if self.ends.peer.finish().is_err() {
            return self.end(Ok("stopped"));
        }
        if self.inbound.is_closed() && self.drop_input(scratch) {
            self.end(Ok("stopped"));
        }
    }

    /// Reads and drops what is there; true at the end.
    fn drop_input(&mut self, scratch: &mut Scratch) -> bool {
        let mut rest = Flow::into_nowhere();
        while rest.run(&mut self.ends, scratch) {}
        rest.is_closed()
    }

    /// The moment at which something must happen though nothing moves.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if let Phase::Stopping(until) = self.phase {
            return Some(until);
        }
        let idle = self.limits.idle.map(|limit| self.last_byte + limit);
        let after_eof = self
            .limits
            .after_eof
            .filter(|_| self.half_closed())
            .map(|limit| self.last_byte + limit);
        crate::net::retry::earlier(idle, after_eof)
    }

    /// Its deadline may have come: ends what it bounds.
    pub fn expire(&mut self, now: Instant) {
        let passed = |since: Instant, limit: Option<Duration>| {
            limit.is_some_and(|limit| since + limit <= now)
        };
        match self.phase {
            Phase::Stopping(until) if until <= now => match self.undelivered() {
                0 => self.end(Ok("stopped")),
                unsent => {
                    let error = refusal(
                        Cause::Transfer,
                        format!("stopped talking to {}", self.peer_name()),
                    );
                    self.end(Err(with_loss(&error, unsent)));
                }
            },
            Phase::Stopping(_) | Phase::Over => {}
            _ if self.half_closed() && passed(self.last_byte, self.limits.after_eof) => {
                self.stop(now + DRAIN);
            }
            _ if passed(self.last_byte, self.limits.idle) => {
                let seconds = self.limits.idle.unwrap_or_default().as_secs_f64();
                let reason = format!("no byte for {seconds} s from or to {}", self.peer_name());
                self.end(Err(refusal(Cause::Timeout, reason)));
            }
            _ => {}
        }
    }

    /// Bytes received.
    #[must_use]
    pub fn bytes_in(&self) -> u64 {
        self.inbound.taken()
    }

    /// Bytes sent.
    #[must_use]
    pub fn bytes_out(&self) -> u64 {
        let echoed = (self.inbound.sink() == Side::Peer).then(|| self.inbound.given());
        self.outbound.as_ref().map(Flow::given).or(echoed).unwrap_or(0)
    }

    /// The peer's address, as text.
    #[must_use]
    pub fn peer_name(&self) -> String {
        self.stream().map_or_else(String::new, |stream| address::name(stream.peer()))
    }

    /// Why it ended, and what is known of it.
    pub fn close(&mut self) -> (anyhow::Result<()>, Ended) {
        let verdict = std::mem::replace(&mut self.verdict, Ok("closed"));
        let reason = match &verdict {
            Ok(reason) => (*reason).to_owned(),
            Err(error) => crate::report::sentence(error),
        };
        let local = self.socket().and_then(|socket| socket.local_addr().ok());
        let ended = Ended {
            local: local.as_ref().map(address::name),
            peer: Some(self.peer_name()),
            bytes_in: self.bytes_in(),
            bytes_out: self.bytes_out(),
            seconds: self.began.elapsed().as_secs_f64(),
            reason,
        };
        (verdict.map(|_| ()), ended)
    }
}

fn with_loss(error: &anyhow::Error, bytes: usize) -> anyhow::Error {
    let cause = crate::outcome::cause_of(error);
    let sentence = crate::report::sentence(error);
    refusal(cause, format!("{sentence}; {bytes} bytes were not delivered"))
}

/// The same error once more: `io::Error` cannot be cloned.
fn same(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(number) => io::Error::from_raw_os_error(number),
        None => error.kind().into(),
    }
}
