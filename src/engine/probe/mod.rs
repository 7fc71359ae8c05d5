//! Probes: which ports of a host are open. Many are asked at a time, and told of in their order.

mod attempt;
mod context;
mod method;
pub mod payload;
mod port;
mod results;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Instant;

use anyhow::Context as _;
use mio::{Interest, Token};
use slab::Slab;

use super::reactor::{Reactor, Readiness};
use super::tokens::{KEYED, OWNER};
use crate::net::address::Port;
use crate::net::attempt::Failed;
use crate::net::connect::{Target, of_same_family};
use crate::net::ports::Ports;
use crate::net::retry::{Backoff, earlier};
use crate::outcome::{Cause, Outcome, cause_of};
use crate::report::Report;
use crate::sys::descriptor;
use context::ProbeContext;
pub use method::Method;
use port::{Probe, State};
pub use results::Found;
use results::Results;

/// How many probes are begun before those under way are looked at.
const ADMISSIONS: usize = 64;
/// The token of timers that belong to no probe.
const WAKE_UP: Token = OWNER.token(0);

/// What to probe; the host is given separately.
#[derive(Clone, Debug)]
pub struct Options {
    /// The ports, in the order in which they are told.
    pub ports: Ports,
    /// How many probes run at once.
    pub jobs: usize,
    /// Where events are reported.
    pub report: Report,
}

/// The probes of one host's ports.
pub struct Probes {
    context: ProbeContext,
    jobs: usize,
    /// The pauses of a port that is tried again; each begins with the first.
    backoff: Backoff,
    /// Where the last attempt at a port that is tried again has failed.
    again: HashMap<usize, (Backoff, Vec<Failed>)>,
    reactor: Reactor,
    ready: Vec<Readiness>,
    /// Ports to ask, by their place in the list, and not before when.
    waiting: BinaryHeap<Reverse<(Instant, usize)>>,
    running: Slab<Probe>,
    /// There are no more descriptors until a probe ends.
    starved: bool,
    results: Results,
}

impl Probes {
    /// Looks the host up, once for all of its ports.
    ///
    /// # Errors
    /// Those of the look-ups; the system's, for the event loop.
    pub fn begin(mut target: Target, method: Method, options: &Options) -> anyhow::Result<Self> {
        let ports = options.ports.numbers(method.socket_type(), target.numeric)?;
        let began = Instant::now();
        let (addresses, sources) = target.retry_policy.spend_on(options.report, |deadline| {
            let sources = target.sources(method.socket_type(), deadline)?;
            let addresses = target.candidates(method.socket_type(), deadline)?;
            Ok((of_same_family(addresses, &sources)?, sources))
        })?;
        // The look-up counts towards --retry-for.
        target.retry_policy.retry_for =
            target.retry_policy.retry_for.map(|time| time.saturating_sub(began.elapsed()));
        // Every probe has a descriptor of its own.
        descriptor::raise_limit();
        let mut reactor = Reactor::new().context("make an event loop")?;
        if let Some(end) = target.retry_policy.end {
            reactor.set_timer(end, WAKE_UP);
        }
        let host = target.host().to_owned();
        target.address.port = Port::Number(0);
        let waiting = (0..ports.len()).map(|index| Reverse((began, index))).collect();
        Ok(Self {
            jobs: options.jobs,
            backoff: Backoff::new(target.retry_policy),
            again: HashMap::new(),
            reactor,
            ready: Vec::new(),
            waiting,
            running: Slab::new(),
            starved: false,
            results: Results::new(
                host,
                ports,
                target.retry_policy.retry_for.is_some(),
                options.report,
            ),
            context: ProbeContext { target, method, addresses, sources, report: options.report },
        })
    }

    /// Waits for the next port of the list to be known, while others are asked; `None` when all
    /// are.
    ///
    /// # Errors
    /// What no other port could be asked after: no descriptors at all, an option that the
    /// system refuses.
    pub fn wait(&mut self) -> anyhow::Result<Option<Found>> {
        while self.results.are_wanted() {
            if let Some(found) = self.results.next_in_order() {
                return Ok(Some(found));
            }
            let now = Instant::now();
            if self.context.target.retry_policy.end.is_some_and(|end| end <= now) {
                self.cut_off();
                continue;
            }
            self.begin_due(now)?;
            if !self.results.know_next() {
                self.wait_for_events(now)?;
            }
        }
        Ok(None)
    }

    /// Prints a port that is open; one that is not is for stderr.
    ///
    /// # Errors
    /// That of stdout.
    pub fn tell(&mut self, found: Found) -> anyhow::Result<()> {
        self.results.tell(found, self.context.method.operation())
    }

    /// Tells whether enough of the ports are open: any, or all if they were waited for.
    ///
    /// # Errors
    /// The cause of those that are not.
    pub fn close(self) -> anyhow::Result<Outcome> {
        self.results.close()
    }

    fn begin_due(&mut self, now: Instant) -> anyhow::Result<()> {
        for _ in 0..ADMISSIONS {
            let due = self.waiting.peek().is_some_and(|Reverse((time, _))| *time <= now);
            if !due || self.starved || self.running.len() >= self.jobs {
                break;
            }
            if let Some(Reverse((_, index))) = self.waiting.pop() {
                let deadline = earlier(self.context.timeout(now), self.backoff.give_up());
                let probe = Probe::new(index, self.results.port(index), deadline);
                let key = self.running.insert(probe);
                self.look_at(key, now)?;
            }
        }
        Ok(())
    }

    fn wait_for_events(&mut self, now: Instant) -> anyhow::Result<()> {
        let has_room = !self.starved && self.running.len() < self.jobs;
        let next = self.waiting.peek().map(|Reverse((time, _))| *time).filter(|_| has_room);
        if let Some(next) = next.filter(|next| *next > now) {
            self.reactor.wake_by(next, WAKE_UP);
        }
        let patient = next.is_none_or(|next| next > now);
        let mut ready = std::mem::take(&mut self.ready);
        let now = self.reactor.wait(patient, &mut ready).context("wait for answers")?;
        for readiness in &ready {
            if let Some(key) = KEYED.number(readiness.token) {
                self.look_at(key, now)?;
            }
        }
        self.ready = ready;
        while let Some((time, token)) = self.reactor.due(now) {
            let Some(key) = KEYED.number(token) else { continue };
            if let Some(probe) = self.running.get_mut(key) {
                probe.timer_expired(time);
                self.look_at(key, now)?;
            }
        }
        Ok(())
    }

    /// Lets a probe go on. One that has just ended, and whose number another has, does no harm.
    fn look_at(&mut self, key: usize, now: Instant) -> anyhow::Result<()> {
        let Some(probe) = self.running.get_mut(key) else { return Ok(()) };
        let watch = |socket: &_| {
            let interest = Interest::READABLE | Interest::WRITABLE;
            self.reactor.watch(socket, KEYED.token(key), interest)
        };
        let state = probe.go_on(&self.context, watch, now)?;
        let index = probe.index;
        if let State::Running(next) = state {
            if let Some(next) = next {
                self.reactor.advance_timer(&mut probe.timer, next, KEYED.token(key));
            }
            return Ok(());
        }
        self.running.remove(key);
        self.starved = false;
        match state {
            State::Running(_) => {}
            State::Open => self.results.note(Found::Open(index)),
            State::Closed(failed) => self.try_again(index, failed, now),
            State::Starved(error) if self.running.is_empty() => return Err(error),
            State::Starved(_) => {
                self.starved = true;
                self.waiting.push(Reverse((now, index)));
            }
        }
        Ok(())
    }

    /// The port is not open, for now or for good.
    fn try_again(&mut self, index: usize, failed: Vec<Failed>, now: Instant) {
        let cut_short = self.backoff.give_up().is_some_and(|end| end <= now);
        let mut backoff = self.backoff.clone();
        let mut reason = failed;
        if let Some((own, before)) = self.again.remove(&index) {
            backoff = own;
            // An attempt that was cut short tells less than the one before it.
            let is_late = reason.iter().all(|(_, error)| cause_of(error) == Cause::Timeout);
            if cut_short && (is_late || reason.len() < before.len()) {
                reason = before;
            }
        }
        let next = backoff.next_pause().map(|pause| now + pause);
        // With nothing left to be done before the end of the run, that is waited for.
        match next.or(self.context.target.retry_policy.end.filter(|_| backoff.ends_run())) {
            None => self.results.note(Found::Closed(index, reason)),
            Some(next) => {
                self.again.insert(index, (backoff, reason));
                self.waiting.push(Reverse((next, index)));
            }
        }
    }

    /// The time of the whole run is over: what is known of a port is all that will be.
    fn cut_off(&mut self) {
        let waiting = self.waiting.drain().map(|Reverse((_, index))| index);
        let running = std::mem::take(&mut self.running);
        let running = running.into_iter().map(|(_, probe)| probe.index);
        for index in waiting.chain(running) {
            if let Some((_, reason)) = self.again.remove(&index) {
                self.results.note(Found::Closed(index, reason));
            }
            self.results.cut_off();
        }
    }
}
