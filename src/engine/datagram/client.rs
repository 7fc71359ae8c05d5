//! A datagram client: stdin's datagrams to the first address that does not refuse them, answers
//! to stdout.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use mio::{Interest, Token};
use socket2::{SockAddr, Socket};

use super::framed::{FramedInput, FramedOutput};
use super::pace::Pace;
use crate::engine::endpoint::stdio::{Input, Output};
use crate::engine::frame::Frame;
use crate::engine::reactor::{Reactor, Readiness};
use crate::engine::stop::Stop;
use crate::net::address::show;
use crate::net::retry::{Backoff, earlier};
use crate::outcome::{Cause, Outcome, cause_of, refusal};
use crate::report::{Ended, Report};
use crate::sys::datagrams::{self, BATCH, Inbox, LARGEST, Outgoing};

const STDIN: Token = Token(0);
const STDOUT: Token = Token(1);
const PEER: Token = Token(2);
const TIMER: Token = Token(3);

/// How long answers are waited for where the user does not say.
const DEFAULT_WAIT: Duration = Duration::from_secs(1);
/// How many bytes that nothing has answered are kept for the next address. With more on its way
/// than that, the address is taken to be the right one.
const MOST_UNANSWERED: usize = 16 << 20;

/// What a datagram client does and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// How stdin is cut, and datagrams are printed.
    pub frame: Frame,
    /// Ends well after so many answers.
    pub replies: Option<u64>,
    /// How long to wait for answers after stdin's end.
    pub after_eof: Option<Duration>,
    /// Ends as soon as stdin is sent.
    pub send_only: bool,
    /// Bytes a second at most.
    pub rate: Option<u64>,
    /// Answers may come from anybody, and however many.
    pub to_many: bool,
    /// Ends after so long without a datagram either way.
    pub idle: Option<Duration>,
    /// When the whole run is over.
    pub end: Option<Instant>,
    /// Bytes of stdin read at once.
    pub buffer: usize,
    /// Carries stdin and stdout by helper threads.
    pub stdio_helpers: bool,
    /// Who is told what happens.
    pub report: Report,
}

/// An address to try, with a socket that reaches it.
#[derive(Debug)]
pub struct Candidate {
    /// The socket; connected, unless it sends to many.
    pub socket: Socket,
    /// The address.
    pub peer: SocketAddr,
}

/// Makes a socket for each address to try.
pub type Reopen = Box<dyn Fn() -> anyhow::Result<Vec<Candidate>>>;

/// A datagram client at work.
pub struct Client {
    terms: Terms,
    reactor: Reactor,
    ready: Vec<Readiness>,
    candidates: VecDeque<Candidate>,
    /// Addresses that refused, with their reasons.
    refused: Vec<String>,
    /// What was sent and not answered, for the next address, and what of it is to be sent again.
    unanswered: VecDeque<Vec<u8>>,
    again: usize,
    input: FramedInput,
    output: FramedOutput,
    inbox: Inbox,
    pace: Option<Pace>,
    readable: bool,
    writable: bool,
    sent: u64,
    came: u64,
    last_datagram: Instant,
    /// Since when answers are waited for: stdin's end, or the last of them.
    waiting_since: Option<Instant>,
    /// Makes the candidates anew, for `--retry-for`.
    reopen: Reopen,
    backoff: Backoff,
    paused_until: Option<Instant>,
    stop: Stop,
    began: Instant,
    total: Ended,
}

impl Client {
    /// Makes ready to talk with the first of these addresses.
    ///
    /// # Errors
    /// The system's, for stdin, stdout and the event loop.
    pub fn open(
        candidates: Vec<Candidate>,
        reopen: Reopen,
        backoff: Backoff,
        terms: Terms,
    ) -> anyhow::Result<Self> {
        let stop = Stop::on_signals()?;
        let reactor = Reactor::new().context("make an event loop")?;
        stop.add(reactor.waker());
        let mut input = Input::open(terms.stdio_helpers).context("open stdin")?;
        let mut output = Output::open(terms.stdio_helpers).context("open stdout")?;
        input.watch(&reactor, STDIN).context("watch stdin")?;
        output.watch(&reactor, STDOUT).context("watch stdout")?;
        let now = Instant::now();
        let mut client = Self {
            terms,
            reactor,
            ready: Vec::new(),
            candidates: candidates.into(),
            refused: Vec::new(),
            unanswered: VecDeque::new(),
            again: 0,
            input: FramedInput::new(input, terms.frame, terms.buffer),
            output: FramedOutput::new(output, terms.frame),
            inbox: Inbox::default(),
            pace: terms.rate.map(Pace::new),
            readable: false,
            writable: true,
            sent: 0,
            came: 0,
            last_datagram: now,
            waiting_since: None,
            reopen,
            backoff,
            paused_until: None,
            stop,
            began: now,
            total: Ended::default(),
        };
        client.turn_to_first()?;
        Ok(client)
    }

    fn turn_to_first(&mut self) -> anyhow::Result<()> {
        let Some(Candidate { socket, peer }) = self.candidates.front() else {
            let message = format!("send to {}", self.refused.join("; "));
            let pause = self.backoff.next_pause();
            let pause = pause.ok_or_else(|| refusal(Cause::Unreachable, message))?;
            self.paused_until = Some(Instant::now() + pause);
            self.refused.clear();
            return Ok(());
        };
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.reactor.watch(socket, PEER, interest).context("watch the socket")?;
        self.terms.report.connecting(&show(peer));
        self.total.peer = Some(show(peer));
        self.total.local = socket.local_addr().ok().as_ref().map(crate::net::address::name);
        (self.readable, self.writable) = (false, true);
        Ok(())
    }

    /// With every address refusing, the next round begins when the pause is over.
    fn try_again(&mut self) -> anyhow::Result<()> {
        if self.paused_until.is_some_and(|end| end <= Instant::now()) {
            self.paused_until = None;
            self.candidates = (self.reopen)()?.into();
            self.turn_to_first()?;
        }
        Ok(())
    }

    /// Waits until something can be sent or received; `false` when the exchange is over.
    ///
    /// # Errors
    /// A timeout, expected answers that did not come, or the system's refusal to wait.
    pub fn wait(&mut self) -> anyhow::Result<bool> {
        self.output.flush()?;
        self.try_again()?;
        if self.stop.signal().is_some() || self.is_over()? {
            return Ok(false);
        }
        if self.can_send() || (self.readable && self.output.has_room()) {
            return Ok(true);
        }
        if let Some(deadline) = self.deadline() {
            self.reactor.remind(deadline, TIMER);
        }
        let mut ready = std::mem::take(&mut self.ready);
        let now = self.reactor.wait(true, &mut ready).context("wait for events")?;
        for readiness in &ready {
            match readiness.token {
                STDIN => self.input.input.note(readiness),
                STDOUT => self.output.output.note(readiness),
                _ => {
                    self.readable |= readiness.readable || readiness.failed;
                    self.writable |= readiness.writable || readiness.failed;
                }
            }
        }
        self.ready = ready;
        while self.reactor.due(now).is_some() {}
        Ok(true)
    }

    /// Sends what stdin gives, as fast as the rate allows.
    ///
    /// # Errors
    /// What stdin gives that is no datagram; refusal by every address.
    pub fn send_to(&mut self) -> anyhow::Result<()> {
        while self.paused_until.is_none()
            && self.writable
            && self.pace.as_mut().is_none_or(Pace::allows)
        {
            self.input.fill()?;
            if self.again == 0 && !self.input.has_ready() {
                break;
            }
            match self.send_batch() {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.writable = false,
                Err(error) if is_refusal(&error) => return self.turn_to_next(&error),
                Err(error) => return Err(self.told(error)),
            }
        }
        if self.input.is_done() && self.again == 0 && self.waiting_since.is_none() {
            self.waiting_since = Some(Instant::now());
        }
        Ok(())
    }

    fn send_batch(&mut self) -> io::Result<()> {
        let Some(Candidate { socket, peer }) = self.candidates.front() else { return Ok(()) };
        let peer = self.terms.to_many.then(|| SockAddr::from(*peer));
        let most = if self.pace.is_some() { 1 } else { BATCH };
        let first = self.unanswered.len() - self.again;
        let repeated = self.unanswered.range(first..).map(Vec::as_slice);
        let outgoing: Vec<Outgoing> = repeated
            .chain(self.input.ready())
            .take(most)
            .map(|bytes| Outgoing { bytes, to: peer.as_ref(), from: None })
            .collect();
        let count = datagrams::send(socket, &outgoing)?;
        let bytes: usize = outgoing[..count].iter().map(|sent| sent.bytes.len()).sum();
        self.total.bytes_out += bytes as u64;
        if let Some(pace) = &mut self.pace {
            pace.sent(bytes);
        }
        self.last_datagram = Instant::now();
        let repeated = count.min(self.again);
        self.again -= repeated;
        self.keep_unanswered(count - repeated);
        self.sent += (count - repeated) as u64;
        self.input.sent(count - repeated);
        Ok(())
    }

    /// Keeps what was sent for the next address, as long as there is one and nothing answers.
    fn keep_unanswered(&mut self, count: usize) {
        if self.came > 0 || (self.candidates.len() < 2 && self.backoff.give_up().is_none()) {
            return;
        }
        self.unanswered.extend(self.input.ready().take(count).map(<[u8]>::to_vec));
        let kept: usize = self.unanswered.iter().map(Vec::len).sum();
        if kept > MOST_UNANSWERED {
            self.settle();
        }
    }

    /// The present address is the right one.
    fn settle(&mut self) {
        self.candidates.truncate(1);
        self.backoff.cancel();
        self.unanswered.clear();
        self.again = 0;
    }

    /// The present address refuses: the next gets everything that was not answered.
    fn turn_to_next(&mut self, error: &io::Error) -> anyhow::Result<()> {
        let Some(Candidate { peer, .. }) = self.candidates.front() else { return Ok(()) };
        let peer = show(peer);
        if self.came > 0 {
            let reason = crate::report::reason(error);
            return Err(refusal(Cause::Transfer, format!("send to {peer}: {reason}")));
        }
        self.refused.push(format!("{peer}: {}", crate::report::reason(error)));
        self.candidates.pop_front();
        self.again = self.unanswered.len();
        self.turn_to_first()
    }

    /// Receives what has come, and prints it.
    ///
    /// # Errors
    /// Refusal by every address; that of stdout.
    pub fn receive_from(&mut self) -> anyhow::Result<()> {
        while self.readable && self.output.has_room() {
            let Some(Candidate { socket, .. }) = self.candidates.front() else { return Ok(()) };
            match self.inbox.receive(socket, self.most_wanted()) {
                Ok(0) => return Ok(()),
                Ok(count) => self.print(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.readable = false,
                Err(error) if is_refusal(&error) => return self.turn_to_next(&error),
                Err(error) => return Err(error).context("receive"),
            }
        }
        self.output.flush()
    }

    fn most_wanted(&self) -> usize {
        let left = self.terms.replies.map(|replies| replies.saturating_sub(self.came));
        left.and_then(|left| usize::try_from(left).ok()).unwrap_or(BATCH)
    }

    fn print(&mut self, count: usize) {
        if self.came == 0 {
            self.settle();
        }
        self.last_datagram = Instant::now();
        self.waiting_since = self.waiting_since.map(|_| self.last_datagram);
        for slot in 0..count {
            let datagram = self.inbox.get(slot);
            self.came += 1;
            self.total.bytes_in += datagram.bytes.len() as u64;
            if self.terms.report.tells_connections() {
                let local = self.total.local.as_deref().unwrap_or_default();
                let peer = datagram.from.as_socket().map_or_else(String::new, |peer| show(&peer));
                self.terms.report.datagram(local, &peer, datagram.length);
            }
            if datagram.length > LARGEST {
                let text = format!("a datagram of {} bytes was cut to {LARGEST}", datagram.length);
                self.terms.report.error(&refusal(Cause::Transfer, text));
            }
            self.output.print(datagram.bytes);
        }
    }

    /// Closes the socket and tells how the exchange ended.
    ///
    /// # Errors
    /// That of stdout's last bytes.
    pub fn close(mut self) -> anyhow::Result<Outcome> {
        self.candidates.clear();
        self.output.close().context("write stdout")?;
        let outcome = self.stop.signal().map_or(Outcome::Success, Outcome::Signal);
        self.total.seconds = self.began.elapsed().as_secs_f64();
        "the exchange is done".clone_into(&mut self.total.reason);
        self.terms.report.ended(outcome.status(), &self.total);
        Ok(outcome)
    }

    fn can_send(&mut self) -> bool {
        let something = self.again > 0 || self.input.has_ready() || self.input.input.can_read();
        let unfinished = !self.input.is_done() || self.again > 0;
        let allowed = self.pace.as_mut().is_none_or(Pace::allows);
        self.paused_until.is_none() && self.writable && something && unfinished && allowed
    }

    /// True when nothing more is sent or waited for.
    fn is_over(&mut self) -> anyhow::Result<bool> {
        let now = Instant::now();
        self.check_limits(now)?;
        if !self.output.is_empty() {
            return Ok(false);
        }
        if let Some(replies) = self.terms.replies
            && self.came >= replies
        {
            return Ok(true);
        }
        let Some(since) = self.waiting_since else { return Ok(false) };
        if self.terms.send_only {
            return self.last_refusal().map(|()| true);
        }
        let in_time = now < since + self.terms.after_eof.unwrap_or(DEFAULT_WAIT);
        match self.terms.replies {
            Some(replies) if !in_time => {
                let text = format!("{} of {replies} expected answers came in time", self.came);
                Err(refusal(Cause::Expectation, text))
            }
            Some(_) => Ok(false),
            None => {
                let counts = self.terms.after_eof.is_none() && !self.terms.to_many;
                Ok(!in_time || (counts && self.came >= self.sent))
            }
        }
    }

    /// With nobody waiting for answers, a refusal that is known already is still told.
    fn last_refusal(&mut self) -> anyhow::Result<()> {
        let Some(Candidate { socket, .. }) = self.candidates.front() else { return Ok(()) };
        match socket.take_error().context("ask for the socket's error")? {
            Some(error) if is_refusal(&error) => {
                self.waiting_since = None;
                self.turn_to_next(&error)
            }
            _ => Ok(()),
        }
    }

    fn check_limits(&self, now: Instant) -> anyhow::Result<()> {
        if self.terms.end.is_some_and(|end| end <= now) {
            return Err(refusal(Cause::Timeout, "the time of --max-time is over"));
        }
        match self.terms.idle {
            Some(idle) if self.last_datagram + idle <= now => {
                let text = format!("no datagram for {} s", idle.as_secs_f64());
                Err(refusal(Cause::Timeout, text))
            }
            _ => Ok(()),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let idle = self.terms.idle.map(|idle| self.last_datagram + idle);
        let wait = self.terms.after_eof.unwrap_or(DEFAULT_WAIT);
        let answers = self.waiting_since.map(|since| since + wait);
        let unsent = self.again > 0 || self.input.has_ready() || self.input.input.can_read();
        let pace = self.pace.as_ref().filter(|_| unsent && self.writable).map(Pace::next);
        let first = earlier(earlier(idle, self.terms.end), earlier(answers, pace));
        earlier(first, self.paused_until)
    }

    fn told(&self, error: io::Error) -> anyhow::Error {
        let peer = self.total.peer.as_deref().unwrap_or("the peer");
        let bytes = self.input.ready().next().map_or(0, <[u8]>::len);
        let advice = match error.raw_os_error() {
            Some(libc::EACCES) => " (a broadcast address needs --broadcast)",
            _ => "",
        };
        let operation = format!("send {bytes} bytes to {peer}");
        let error = anyhow::Error::from(error).context(operation);
        let text = format!("{}{advice}", crate::report::sentence(&error));
        refusal(cause_of(&error), text)
    }
}

/// True if an error says that nobody is at this address.
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
