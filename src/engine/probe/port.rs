//! The probe of one port: its host's addresses in turn, until one answers.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use anyhow::Context as _;
use socket2::Socket;

use super::attempt::Attempt;
use super::context::ProbeContext;
use crate::net::attempt::Failed;
use crate::net::retry::earlier;
use crate::outcome::{Cause, cause_of, is_out_of_descriptors};

/// How far a probe has come.
pub enum State {
    /// It goes on when something happens, or at this time.
    Running(Option<Instant>),
    Open,
    /// No address answers as an open port does.
    Closed(Vec<Failed>),
    /// It could not begin for want of a descriptor.
    Starved(anyhow::Error),
}

/// A probe under way.
pub struct Probe {
    /// The port's place in the list.
    pub index: usize,
    port: u16,
    deadline: Option<Instant>,
    /// How many addresses have had their turn, and when the next one has.
    tried: usize,
    next_turn: Option<Instant>,
    attempts: Vec<Attempt>,
    failed: Vec<Failed>,
    /// When its timer expires.
    pub timer: Option<Instant>,
}

impl Probe {
    pub fn new(index: usize, port: u16, deadline: Option<Instant>) -> Self {
        let (attempts, failed) = (Vec::new(), Vec::new());
        let (tried, next_turn, timer) = (0, None, None);
        Self { index, port, deadline, tried, next_turn, attempts, failed, timer }
    }

    /// Does what can be done now. `watch` has an event sent when a socket changes.
    ///
    /// # Errors
    /// Those that every port would have.
    pub fn go_on(
        &mut self,
        context: &ProbeContext,
        watch: impl Fn(&Socket) -> io::Result<bool>,
        now: Instant,
    ) -> anyhow::Result<State> {
        loop {
            if self.is_open(context, now) {
                return Ok(State::Open);
            }
            // Without any time left it is still told who answers at once.
            if self.tried > 0 && self.deadline.is_some_and(|deadline| deadline <= now) {
                let silent = self.attempts.drain(..);
                self.failed.extend(silent.map(|attempt| (attempt.peer, context.method.silence())));
                return Ok(State::Closed(std::mem::take(&mut self.failed)));
            }
            let has_turn =
                self.attempts.is_empty() || self.next_turn.is_some_and(|turn| turn <= now);
            match context.addresses.get(self.tried).filter(|_| has_turn) {
                Some(address) => match self.begin(*address, context, now) {
                    Err(error) if is_out_of_descriptors(&error) => {
                        return Ok(State::Starved(error));
                    }
                    begun => begun?,
                },
                None if self.attempts.is_empty() => {
                    return Ok(State::Closed(std::mem::take(&mut self.failed)));
                }
                None => break,
            }
        }
        for attempt in self.attempts.iter_mut().filter(|attempt| !attempt.watched) {
            watch(&attempt.socket).context("watch a socket")?;
            attempt.watched = true;
        }
        Ok(State::Running(self.next_time(context)))
    }

    fn begin(
        &mut self,
        address: SocketAddr,
        context: &ProbeContext,
        now: Instant,
    ) -> anyhow::Result<()> {
        let mut peer = address;
        peer.set_port(self.port);
        let waiting = context.addresses.len().saturating_sub(self.tried + 1);
        let head_start = context.method.head_start(now, self.deadline, waiting);
        self.next_turn = head_start.map(|time| now + time);
        match Attempt::begin(peer, context, now) {
            Ok(attempt) => self.attempts.push(attempt),
            // The first goes on alone.
            Err(error) if is_out_of_descriptors(&error) && !self.attempts.is_empty() => {
                return Ok(());
            }
            Err(error) if is_out_of_descriptors(&error) || cause_of(&error) == Cause::Usage => {
                return Err(error);
            }
            Err(error) => self.failed.push((peer, error)),
        }
        self.tried += 1;
        Ok(())
    }

    /// True if an address has answered; those that refuse are noted.
    fn is_open(&mut self, context: &ProbeContext, now: Instant) -> bool {
        let mut at = 0;
        while let Some(attempt) = self.attempts.get_mut(at) {
            let mut looked = attempt.look(context);
            let again = attempt.next_sending(&context.method, self.deadline);
            if matches!(looked, Ok(None)) && again.is_some_and(|time| time <= now) {
                looked = attempt.send_again(&context.method).map(|()| None);
            }
            match looked {
                Ok(Some(())) => return true,
                Ok(None) => at += 1,
                Err(error) => {
                    self.failed.push((attempt.peer, error));
                    self.attempts.remove(at);
                    // At a failure the next has its turn.
                    self.next_turn = Some(now);
                }
            }
        }
        false
    }

    fn next_time(&self, context: &ProbeContext) -> Option<Instant> {
        let next_turn = self.next_turn.filter(|_| self.tried < context.addresses.len());
        let sendings = self.attempts.iter();
        let sendings = sendings.filter_map(|it| it.next_sending(&context.method, self.deadline));
        earlier(earlier(next_turn, sendings.min()), self.deadline)
    }

    /// A timer has expired at `time`, perhaps one of an earlier probe.
    pub fn timer_expired(&mut self, time: Instant) {
        self.timer = self.timer.filter(|timer| *timer != time);
    }
}
