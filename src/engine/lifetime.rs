//! A server's run as a whole, whatever it serves: announced, bound in time, stopped by a signal,
//! there for a command, and ended with an outcome.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use mio::{Interest, Token};

use super::announce::{self, ReadyTargets};
use super::reactor::Reactor;
use super::run_command::{Place, Run};
use super::stop::{DRAIN, Stop};
use super::tokens::LIFETIME;
use crate::net::address;
use crate::net::binding::Locals;
use crate::net::retry::time_is_over;
use crate::outcome::{Cause, Outcome, refusal};
use crate::report::{Ended, Report};
use crate::sys::{descriptor, signals};

/// What bounds a server's run.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// How long to wait for the first peer.
    pub accept_timeout: Option<Duration>,
    /// When the whole run is over.
    pub end: Option<Instant>,
    /// Whom to tell that the server listens.
    pub readiness: ReadyTargets,
    /// The command that the server is there for.
    pub run: Option<OsString>,
    /// Where events are reported.
    pub report: Report,
}

/// The tokens under which the server's own matters are watched.
pub const COMMAND: Token = LIFETIME.token(0);
const ACCEPT_TIMEOUT: Token = LIFETIME.token(1);
const MAX_TIME: Token = LIFETIME.token(2);
const DRAINED: Token = LIFETIME.token(3);

/// A server's run.
pub struct Lifetime {
    bounds: Bounds,
    stop: Stop,
    stopped_by: Option<i32>,
    /// When peers and the command have had their time to stop.
    drained_by: Option<Instant>,
    /// Why the run ends early.
    failure: Option<anyhow::Error>,
    run: Option<Run>,
    command_has_ended: bool,
    began: Instant,
    /// What is told of the run at its end.
    pub total: Ended,
    /// Exit status of the child that served the only connection.
    pub served_with: Option<u8>,
}

impl Lifetime {
    /// Takes over signals, and sets timers of `reactor` for the bounds.
    ///
    /// # Errors
    /// The system's, from installing signal handlers.
    pub fn begin(bounds: Bounds, reactor: &mut Reactor) -> anyhow::Result<Self> {
        descriptor::raise_limit();
        signals::keep_statuses().context("await children")?;
        let stop = Stop::on_signals()?;
        stop.add(reactor).context("watch for signals")?;
        let began = Instant::now();
        if let Some(timeout) = bounds.accept_timeout {
            reactor.set_timer(began + timeout, ACCEPT_TIMEOUT);
        }
        if let Some(end) = bounds.end {
            reactor.set_timer(end, MAX_TIME);
        }
        Ok(Self {
            bounds,
            stop,
            stopped_by: None,
            drained_by: None,
            failure: None,
            run: None,
            command_has_ended: false,
            began,
            total: Ended::default(),
            served_with: None,
        })
    }

    /// Who wakes the server's loops.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Tells everybody where the server listens, and starts the command.
    ///
    /// # Errors
    /// The system's, for whoever cannot be told and for a command that cannot start.
    pub fn announce(
        &mut self,
        locals: &Locals,
        reads_stdin: bool,
        reactor: &Reactor,
    ) -> anyhow::Result<()> {
        let Locals { addresses, v6_only } = locals;
        let names: Vec<OsString> = addresses.iter().filter_map(address::argument_text).collect();
        self.total.local = addresses.first().map(address::display_text);
        announce::listening(&names, &self.bounds.readiness, self.bounds.report)?;
        let Some(command) = &self.bounds.run else { return Ok(()) };
        let address = addresses.first().context("there is no address to pass to the command")?;
        let place = Place { address, v6_only: *v6_only, reads_stdin };
        let run = Run::start(command, &place, self.bounds.report)?;
        reactor
            .watch(run.descriptor(), COMMAND, Interest::READABLE)
            .context("watch the command")?;
        self.run = Some(run);
        Ok(())
    }

    /// What an expired timer means for the run as a whole; `came` says whether a peer ever did.
    ///
    /// # Errors
    /// [`Cause::Timeout`] if the run is over.
    pub fn expire(&mut self, token: Token, came: bool) -> anyhow::Result<()> {
        match token {
            ACCEPT_TIMEOUT if !came && self.stopped_by.is_none() => {
                Err(refusal(Cause::Timeout, "no client connected in time (--accept-timeout)"))
            }
            MAX_TIME => Err(time_is_over()),
            _ => Ok(()),
        }
    }

    /// Notes that [`COMMAND`] is ready: the command has ended, if there really is a status.
    pub fn note_command(&mut self) {
        self.command_has_ended = self.run.as_mut().is_some_and(|run| run.status().is_some());
    }

    /// True once the command's end was noted: who has come is served to the end, nobody is awaited.
    pub fn command_has_ended(&self) -> bool {
        self.command_has_ended
    }

    /// True once what is left to do after a signal or a failure has had its time.
    pub fn is_drained(&self) -> bool {
        self.drained_by.is_some_and(|end| end <= Instant::now())
    }

    /// True as long as the command must be waited for. One that does not heed a signal is
    /// waited for no longer than peers are.
    pub fn waits_for_command(&self) -> bool {
        let patient = self.drained_by.is_none_or(|end| Instant::now() < end);
        patient && self.run.is_some() && !self.command_has_ended
    }

    /// True once a signal or a failure has stopped the run.
    pub fn is_stopped(&self) -> bool {
        self.drained_by.is_some()
    }

    /// The run cannot go on; the command is told to end too.
    pub fn fail(&mut self, error: anyhow::Error, reactor: &mut Reactor) {
        self.failure.get_or_insert(error);
        if self.drained_by.is_none() {
            self.stop_by_signal(libc::SIGTERM, reactor);
        }
    }

    /// Looks for a signal. The first time there is one it is passed on to the command, and the
    /// moment is given by which everything must have stopped.
    pub fn told_to_stop(&mut self, reactor: &mut Reactor) -> Option<Instant> {
        let signal = self.stop.signal().filter(|_| self.stopped_by.is_none())?;
        self.stopped_by = Some(signal);
        Some(self.stop_by_signal(signal, reactor))
    }

    fn stop_by_signal(&mut self, signal: i32, reactor: &mut Reactor) -> Instant {
        if let Some(run) = &self.run {
            run.signal(signal);
        }
        announce::stopping(&self.bounds.readiness, self.bounds.report);
        let drained_by = Instant::now() + DRAIN;
        self.drained_by = Some(drained_by);
        reactor.set_timer(drained_by, DRAINED);
        drained_by
    }

    /// When what is left to do must be done, once the run is stopped.
    pub fn drained_by(&self) -> Option<Instant> {
        self.drained_by
    }

    /// How the run ended: by a signal, early, with the command's status, or well.
    ///
    /// # Errors
    /// What ended the run early; `last_words`, unless something stronger says how it ended.
    pub fn close(mut self, last_words: Option<anyhow::Error>) -> anyhow::Result<Outcome> {
        let failed = |status: &u8| *status != 0;
        let command = self.run.as_mut().and_then(Run::status).filter(failed);
        let child = command.or(self.served_with.filter(failed));
        let (result, untold) = match (self.stop.signal(), self.failure.take(), child) {
            (Some(signal), failure, _) => (Ok(Outcome::Signal(signal)), failure.or(last_words)),
            (None, Some(failure), _) => (Err(failure), None),
            (None, None, Some(status)) => (Ok(Outcome::Child(status)), last_words),
            (None, None, None) => (last_words.map_or(Ok(Outcome::Success), Err), None),
        };
        if let Some(error) = untold {
            self.bounds.report.error(&error);
        }
        self.total.reason = "the server's work is done".into();
        self.total.seconds = self.began.elapsed().as_secs_f64();
        self.bounds.report.ended(&result, self.total);
        result
    }
}
