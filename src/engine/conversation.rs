//! A client's conversation: one session, until it is over.

use std::time::Instant;

use anyhow::Context as _;
use mio::Token;

use super::endpoint::stream::Stream;
use super::session::{Limits, Session, SessionOptions};
use super::stop::{DRAIN, Stop, flushed_by};
use super::{Engine, EngineEvent, own};
use crate::net::retry::{TIME_IS_OVER, earlier, time_is_over};
use crate::outcome::Outcome;
use crate::report::{Ended, Report};

const MAX_TIME: Token = own(0);

/// How a client talks and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bounds of the conversation.
    pub limits: Limits,
    /// How it treats its flows.
    pub session: SessionOptions,
    /// When the whole run is over.
    pub end: Option<Instant>,
    /// Bytes read at once.
    pub buffer: usize,
    /// Carries stdin and stdout by helper threads.
    pub stdio_helpers: bool,
    /// Where events are reported.
    pub report: Report,
}

/// The conversation of a connection with stdin and stdout.
pub struct Conversation {
    engine: Engine,
    options: Options,
    stop: Stop,
    stopped_by: Option<i32>,
    /// When it had to be over, if it had to.
    drained_by: Option<Instant>,
    timed_out: Option<anyhow::Error>,
    over: Option<Box<Session>>,
}

impl Conversation {
    /// Begins to talk.
    ///
    /// # Errors
    /// The system's, for stdin, stdout and the event loop.
    pub fn open(stream: Stream, options: Options) -> anyhow::Result<Self> {
        let stop = Stop::on_signals()?;
        let mut engine = Engine::new(options.buffer).context("make an event loop")?;
        stop.add(engine.reactor()).context("watch for signals")?;
        if let Some(end) = options.end {
            engine.set_timer(end, MAX_TIME);
        }
        let stdio = options.session.open_stdio(options.stdio_helpers);
        let stdio = stdio.context("open stdin and stdout")?;
        let mut stream = stream;
        if options.session.frame.is_some() {
            stream.carry_records().context("ask for records")?;
        }
        let session = Session::conversation(stream, stdio, options.session, options.limits);
        engine.start(session).context("watch the connection")?;
        let (stopped_by, drained_by, timed_out, over) = (None, None, None, None);
        Ok(Self { engine, options, stop, stopped_by, drained_by, timed_out, over })
    }

    /// Sends and receives what can be now, and waits while nothing can; `false` when the
    /// conversation is over.
    ///
    /// # Errors
    /// The system's refusal to wait.
    pub fn send_and_receive(&mut self) -> anyhow::Result<bool> {
        while let Some(event) = self.engine.next_event() {
            match event {
                EngineEvent::Ended(session) => self.over = Some(session),
                EngineEvent::Due(MAX_TIME) if self.over.is_none() => {
                    self.timed_out = Some(time_is_over());
                    self.drained_by = Some(Instant::now() + DRAIN);
                    self.engine.drop_all(TIME_IS_OVER, Instant::now());
                }
                EngineEvent::Ready(..) | EngineEvent::Due(_) | EngineEvent::Secured(_) => {}
            }
        }
        if self.over.is_some() {
            return Ok(false);
        }
        if let (Some(signal), None) = (self.stop.signal(), self.stopped_by) {
            let drained_by = Instant::now() + DRAIN;
            (self.stopped_by, self.drained_by) = (Some(signal), Some(drained_by));
            self.engine.stop_all(drained_by);
        }
        self.engine.turn(true).context("wait for events")?;
        Ok(true)
    }

    /// Tells of an answer that may be missing because of our half-close. A peer with
    /// nothing to say ends the same way, so it is said unasked only where TLS 1.2 forces the end.
    fn hint(&self) {
        if self.options.session.send_only || self.stopped_by.is_some() {
            return;
        }
        // Who asked for nothing misses nothing.
        let over = self.over.as_deref().filter(|session| session.bytes_out() > 0);
        let stream = over.and_then(Session::stream);
        if let Some(had_to) = stream.and_then(Stream::unanswered) {
            let why = if had_to { ", as TLS 1.2 has it" } else { "" };
            self.options.report.hint(
                had_to,
                format!(
                    "the peer ended without an answer once it was told of stdin's end{why}: \
                 --no-half-close keeps it from ending so"
                ),
            );
        }
    }

    /// Closes the connection and tells how the conversation ended.
    ///
    /// # Errors
    /// Why it broke, if it did.
    pub fn close(self) -> anyhow::Result<Outcome> {
        self.hint();
        let Some(mut session) = self.over else { return Ok(Outcome::Success) };
        let verdict = session.verdict();
        // What nobody is told is not asked for.
        let told = self.options.report.tells_connections();
        let ended = if told { session.summary(&verdict) } else { Ended::default() };
        let until =
            earlier(self.drained_by.or(self.options.end), flushed_by(verdict.as_ref().err()));
        let settled = session.into_stdio().map(|mut it| it.output.flush_by(until));
        let settled = settled.unwrap_or(Ok(())).context("write stdout");
        let verdict = verdict.and_then(|_| self.timed_out.map_or(Ok(()), Err)).and(settled);
        let result = match (self.stop.signal(), verdict) {
            (None, verdict) => verdict.map(|()| Outcome::Success),
            (Some(signal), verdict) => {
                if let Err(error) = verdict {
                    self.options.report.error(&error);
                }
                Ok(Outcome::Signal(signal))
            }
        };
        self.options.report.ended(&result, ended);
        result
    }
}
