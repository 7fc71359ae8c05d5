//! A client's conversation: one session, until it is over.

use std::time::Instant;

use anyhow::Context as _;
use socket2::SockAddr;

use super::endpoint::stdio::Stdio;
use super::endpoint::stream::Stream;
use super::session::{DRAIN, Limits, Manners, Session};
use super::stop::Stop;
use super::{Engine, News};
use crate::net::address::show;
use crate::net::connect::Connection;
use crate::outcome::{Cause, Outcome, cause_of, refusal};
use crate::report::Report;

const MAX_TIME: usize = 0;

/// How a client talks and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Bounds of the conversation.
    pub limits: Limits,
    /// How it treats its flows.
    pub manners: Manners,
    /// When the whole run is over.
    pub end: Option<Instant>,
    /// Bytes read at once.
    pub buffer: usize,
    /// Carries stdin and stdout by helper threads.
    pub stdio_helpers: bool,
    /// Who is told what happens.
    pub report: Report,
}

/// The conversation of a connection with stdin and stdout.
pub struct Conversation {
    engine: Engine,
    terms: Terms,
    stop: Stop,
    stopped_by: Option<i32>,
    over: Option<Box<Session>>,
}

impl Conversation {
    /// Begins to talk.
    ///
    /// # Errors
    /// The system's, for stdin, stdout and the event loop.
    pub fn open(connection: Connection, terms: Terms) -> anyhow::Result<Self> {
        terms.report.connected(&show(&connection.local), &show(&connection.peer));
        let stop = Stop::on_signals()?;
        let mut engine = Engine::new(terms.buffer).context("make an event loop")?;
        stop.add(engine.reactor().waker());
        if let Some(end) = terms.end {
            engine.remind(end, MAX_TIME);
        }
        let stdio = Stdio::open(terms.stdio_helpers).context("open stdin and stdout")?;
        let stream = Stream::new(connection.socket, SockAddr::from(connection.peer));
        let session = Session::conversation(stream, stdio, terms.manners, terms.limits);
        engine.start(session).context("watch the connection")?;
        Ok(Self { engine, terms, stop, stopped_by: None, over: None })
    }

    /// Sends and receives what can be now, and waits while nothing can; `false` when the
    /// conversation is over.
    ///
    /// # Errors
    /// The end of `--max-time`, or the system's refusal to wait.
    pub fn send_and_receive(&mut self) -> anyhow::Result<bool> {
        while let Some(news) = self.engine.news() {
            match news {
                News::Ended(session) => self.over = Some(session),
                News::Due(MAX_TIME) => {
                    return Err(refusal(Cause::Timeout, "the time of --max-time is over"));
                }
                News::Ready(..) | News::Due(_) => {}
            }
        }
        if self.over.is_some() {
            return Ok(false);
        }
        if let (Some(signal), None) = (self.stop.signal(), self.stopped_by) {
            self.stopped_by = Some(signal);
            self.engine.stop_all(Instant::now() + DRAIN);
        }
        self.engine.turn().context("wait for events")?;
        Ok(true)
    }

    /// Closes the connection and tells how the conversation ended.
    ///
    /// # Errors
    /// Why it broke, if it did.
    pub fn close(self) -> anyhow::Result<Outcome> {
        let Some(mut session) = self.over else { return Ok(Outcome::Success) };
        let (verdict, ended) = session.close();
        if let Some(mut stdio) = session.into_stdio() {
            stdio.output.settle().context("write stdout")?;
        }
        let result = match self.stopped_by {
            Some(signal) => Ok(Outcome::Signal(signal)),
            None => verdict.map(|()| Outcome::Success),
        };
        let status = match &result {
            Ok(outcome) => outcome.status(),
            Err(error) => cause_of(error).status(),
        };
        self.terms.report.ended(status, &ended);
        result
    }
}
