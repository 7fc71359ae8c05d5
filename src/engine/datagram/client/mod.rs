//! A datagram client: stdin's datagrams to the first address that does not refuse them, answers
//! to stdout.

mod options;
mod pace;
mod progress;
mod receiving;
mod sending;
mod unanswered;

use std::io;
use std::sync::atomic::AtomicU32;
use std::time::Instant;

use anyhow::Context as _;
use mio::{Interest, Token};

use super::candidates::{Candidate, Candidates, Turn, is_refusal};
use super::framed::{FramedInput, FramedOutput};
use super::receive_runs;
use crate::engine::endpoint::stdio::{Input, Output};
use crate::engine::reactor::{Reactor, Readiness};
use crate::engine::stop::DRAIN;
use crate::engine::stop::Stop;
use crate::net::address::display_text;
use crate::net::retry::earlier;
use crate::outcome::{Cause, Outcome, about_peer, failure};
use crate::report::Ended;
use crate::sys::datagrams::{ReceiveBatch, Sender};
pub use options::Options;
use pace::Pace;
use progress::Progress;
use unanswered::Unanswered;

const STDIN: Token = Token(0);
const STDOUT: Token = Token(1);
const PEER: Token = Token(2);
const TIMER: Token = Token(3);
const LOOK_UP: Token = Token(4);

/// A datagram client at work.
pub struct Client {
    options: Options,
    reactor: Reactor,
    ready: Vec<Readiness>,
    candidates: Candidates,
    unanswered: Unanswered,
    input: FramedInput,
    output: FramedOutput,
    batch: ReceiveBatch,
    sender: Sender,
    /// How many answers were lost, as far as it was told.
    lost: AtomicU32,
    pace: Option<Pace>,
    readable: bool,
    writable: bool,
    progress: Progress,
    /// What became of turning to an address.
    turn: Turn,
    stop: Stop,
    /// A signal has come, or this has failed; what waits for stdout has until then.
    drained_by: Option<Instant>,
    failure: Option<anyhow::Error>,
    /// What was wrong with stdin, and has been told.
    told: Option<Cause>,
    began: Instant,
    total: Ended,
}

impl Client {
    /// Makes ready to talk with the first of these addresses.
    ///
    /// # Errors
    /// The system's, for stdin, stdout and the event loop; those of the look-up.
    pub fn open(mut candidates: Candidates, options: Options) -> anyhow::Result<Self> {
        // Signals that are not taken over yet end a look-up that takes its time.
        let turn = candidates.begin()?;
        let stop = Stop::on_signals()?;
        let reactor = Reactor::new().context("make an event loop")?;
        stop.add(&reactor).context("watch for signals")?;
        let mut input = Input::open(options.stdio_helpers).context("open stdin")?;
        let mut output = if options.send_only {
            Output::unused()
        } else {
            Output::open(options.stdio_helpers).context("open stdout")?
        };
        input.watch(&reactor, STDIN).context("watch stdin")?;
        output.watch(&reactor, STDOUT).context("watch stdout")?;
        let mut client = Self {
            options,
            reactor,
            ready: Vec::new(),
            candidates,
            unanswered: Unanswered::default(),
            input: FramedInput::new(input, options.frame, options.sizes.sent, options.buffer),
            output: FramedOutput::new(output, options.frame),
            batch: ReceiveBatch::new(options.sizes.received),
            sender: Sender::default(),
            lost: AtomicU32::new(0),
            pace: options.rate.map(Pace::new),
            readable: false,
            writable: true,
            progress: Progress::new(),
            turn,
            stop,
            drained_by: None,
            failure: None,
            told: None,
            began: Instant::now(),
            total: Ended::default(),
        };
        client.turn(turn)?;
        Ok(client)
    }

    /// The address in use is another: it gets everything that was not answered.
    fn turn(&mut self, turn: Turn) -> anyhow::Result<()> {
        self.unanswered.repeat_all();
        self.progress.sends_again();
        self.turn = turn;
        let Some(Candidate { socket, peer, .. }) = self.candidates.in_use() else { return Ok(()) };
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.reactor.watch(socket, PEER, interest).context("watch the socket")?;
        self.sender = Sender::new(self.options.sizes.in_runs);
        // Where no more than some may come, each comes by itself.
        if self.options.replies.is_none() {
            receive_runs(socket, self.options.sizes, self.options.report);
        }
        (self.readable, self.writable) = (false, true);
        self.total.peer = Some(display_text(peer));
        if self.options.report.tells_connections() {
            self.total.local = socket.local_addr().ok().as_ref().map(display_text);
        }
        Ok(())
    }

    /// With every address refusing, the next round begins when the pause is over.
    fn try_again(&mut self) -> anyhow::Result<()> {
        if self.drained_by.is_some() {
            return Ok(());
        }
        let turn = match self.turn {
            Turn::NotBefore(end) if end <= Instant::now() => {
                self.candidates.begin_in_background(self.reactor.notifier(LOOK_UP))?
            }
            Turn::LookingUp => self.candidates.go_on()?,
            Turn::InUse | Turn::NotBefore(_) => return Ok(()),
        };
        self.turn(turn)
    }

    /// Waits until something can be sent or received; `false` when the exchange is over.
    pub fn wait(&mut self) -> bool {
        if let Err(error) = self.output.flush() {
            self.failure = Some(error);
            return false;
        }
        self.note_signal();
        let over = self.is_over().and_then(|over| {
            if !over {
                self.try_again()?;
                self.wait_for_events()?;
            }
            Ok(over)
        });
        // After a failure the next round sees whether anything is left to do.
        !over.unwrap_or_else(|error| {
            self.fail(error);
            false
        })
    }

    /// What ends the exchange still leaves a moment to what waits for stdout.
    fn fail(&mut self, error: anyhow::Error) {
        self.failure.get_or_insert(error);
        self.drained_by.get_or_insert_with(|| Instant::now() + DRAIN);
    }

    fn wait_for_events(&mut self) -> anyhow::Result<()> {
        // Even when busy, poll once: for answers, and for the loss of stdout's reader.
        let patient = !self.can_send() && !self.can_receive();
        if patient && let Some(deadline) = self.deadline() {
            self.reactor.wake_by(deadline, TIMER);
        }
        let mut ready = std::mem::take(&mut self.ready);
        let now = self.reactor.wait(patient, &mut ready).context("wait for events")?;
        for readiness in &ready {
            match readiness.token {
                STDIN => self.input.stdin.on_ready(readiness),
                STDOUT => self.output.stdout.on_ready(readiness),
                LOOK_UP => {}
                _ => {
                    self.readable |= readiness.readable || readiness.failed;
                    self.writable |= readiness.writable || readiness.failed;
                }
            }
        }
        self.ready = ready;
        while self.reactor.due(now).is_some() {}
        Ok(())
    }

    fn note_signal(&mut self) {
        if self.drained_by.is_none() && self.stop.signal().is_some() {
            self.drained_by = Some(Instant::now() + DRAIN);
        }
    }

    /// True when nothing more is sent or waited for, and stdout has what came.
    fn is_over(&mut self) -> anyhow::Result<bool> {
        let now = Instant::now();
        if let Some(drained_by) = self.drained_by {
            return Ok(self.output.is_empty() || drained_by <= now);
        }
        let limits = self.progress.check_limits(&self.options, now);
        limits.map_err(|error| self.candidates.out_of_time(now).unwrap_or(error))?;
        if !self.output.is_empty() {
            return Ok(false);
        }
        if !self.progress.is_over(&self.options, self.candidates.reach_many(), now)? {
            return Ok(false);
        }
        // With nobody waiting for answers, a refusal that is known already still counts.
        Ok(!self.options.send_only || !self.was_refused()?)
    }

    fn was_refused(&mut self) -> anyhow::Result<bool> {
        let Some(Candidate { socket, .. }) = self.candidates.in_use() else { return Ok(false) };
        match socket.take_error().context("ask for the socket's error")? {
            Some(error) if is_refusal(&error) => self.refuse(error).map(|()| true),
            _ => Ok(false),
        }
    }

    /// The present address is the right one.
    fn confirm_candidate(&mut self) {
        self.candidates.confirm();
        self.unanswered.forget();
    }

    /// The present address refuses; after an answer of its own that is the end.
    fn refuse(&mut self, error: io::Error) -> anyhow::Result<()> {
        if self.progress.has_answers() {
            let peer = self.total.peer.as_deref().unwrap_or("the peer");
            let error = anyhow::Error::from(error).context(format!("send to {peer}"));
            return Err(failure(Cause::Transfer, about_peer(error, peer)));
        }
        let turn = self.candidates.refuse(error)?;
        self.turn(turn)
    }

    /// Closes the socket and tells how the exchange ended.
    ///
    /// # Errors
    /// Refusal by every address, a timeout, expected answers that did not come, what is no
    /// datagram; that of stdout.
    pub fn close(self) -> anyhow::Result<Outcome> {
        let Self { candidates, output, stop, told, began, mut total, options, .. } = self;
        drop(candidates);
        let last_words = output.close_by(self.drained_by).context("write stdout");
        let result = match (stop.signal(), self.failure.or(last_words.err())) {
            (Some(signal), _) => Ok(Outcome::Signal(signal)),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(told.map_or(Outcome::Success, Outcome::Failure)),
        };
        total.seconds = began.elapsed().as_secs_f64();
        if told.is_none() {
            total.reason = "the exchange is done".into();
        }
        options.report.ended(&result, total);
        result
    }

    fn may_talk(&self) -> bool {
        self.candidates.in_use().is_some() && self.drained_by.is_none()
    }

    fn deadline(&self) -> Option<Instant> {
        if self.drained_by.is_some() {
            return self.drained_by;
        }
        let paused_until = match self.turn {
            Turn::NotBefore(time) => Some(time),
            Turn::InUse | Turn::LookingUp => None,
        };
        // What waits for stdout is waited for longer than answers are.
        let answers_by = self.progress.answers_by(&self.options).filter(|_| self.output.is_empty());
        let over_by = earlier(self.progress.limit(&self.options), answers_by);
        earlier(earlier(over_by, self.paced_until()), paused_until)
    }
}
