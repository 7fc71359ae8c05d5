//! The accept loop of a stream server: who is let in, and when nobody is any more.

mod backlog;
mod communicate;
mod exec;
mod occupancy;
mod options;
mod outage;
mod session_end;
mod sharing;
mod threads;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use mio::{Interest, Token};
use socket2::{SockAddr, Socket};

pub use backlog::Accepted;
use backlog::Listener;
pub use exec::is_carried;
use occupancy::Occupancy;
pub use options::{Options, Ready};
use outage::Outage;
use sharing::Sharing;

use super::endpoint::stdio::Stdio;
use super::endpoint::stream::Stream;
use super::handler::Handler;
use super::lifetime::{COMMAND, Lifetime};
use super::stop::{DRAIN, Stop, flushed_by};
use super::{Engine, EngineEvent, own, tokens};
use crate::net::binding::Locals;
use crate::net::forwarding_loop::Listening;
use crate::net::retry::earlier;
use crate::net::tls;
use crate::outcome::Outcome;
use crate::sys::socket_file::OwnPath;

/// How many connections are let in before those that stand have their turn.
const ADMISSIONS: usize = 64;

const WAKE_UP: Token = own(0);
const STDIN: Token = own(1);
const STDOUT: Token = own(2);
/// The pause after a target could not be reached.
const PAUSE: Token = own(3);
/// The listeners' tokens count from here.
const LISTENER: Token = tokens::LISTENERS.token(0);

/// One loop of a stream server.
pub struct Server {
    options: Options,
    engine: Engine,
    listeners: Vec<Listener>,
    occupancy: Arc<Occupancy>,
    sharing: Sharing,
    stop: Stop,
    /// The stop has been passed on to the sessions.
    stopping: bool,
    /// The run as a whole, which the first loop looks after.
    lifetime: Option<Lifetime>,
    tls: Option<tls::Context>,
    /// Verified peers that wait until there is a place for them.
    waiting: VecDeque<Stream>,
    stdio: Option<Stdio>,
    /// Connections let in since those that stand had their turn.
    admitted: usize,
    /// No descriptor is left: nobody is let in for a moment.
    starved: bool,
    /// That was so when it last tried.
    was_starved: bool,
    /// When the user was told so.
    told_starved: Option<Instant>,
    /// The target that peers are forwarded to cannot be reached.
    outage: Outage,
    /// Where it listens, if it forwards.
    listening: Arc<Listening>,
    bytes_in: u64,
    bytes_out: u64,
    failure: Option<anyhow::Error>,
    /// How the process that served the only connection ended.
    child_status: Option<u8>,
}

impl Server {
    /// Makes ready to accept on `sockets`, and says so.
    ///
    /// # Errors
    /// The system's, for what the server needs beside its sockets.
    pub fn open(sockets: Vec<Socket>, ready: Ready) -> anyhow::Result<Self> {
        let Ready { options, tls } = ready;
        let mut engine = Engine::new(options.buffer).context("make an event loop")?;
        let mut lifetime = Lifetime::begin(options.bounds.clone(), engine.reactor())?;
        let locals = Locals::of(&sockets)?;
        let is_unix = locals.addresses.iter().any(SockAddr::is_unix);
        let occupancy = Arc::new(Occupancy::new(options.occupancy_limits(is_unix)));
        let stop = lifetime.stop().clone();
        let mut server = Self::with_loop(sockets, options, engine, occupancy, stop)?;
        if server.options.handler.is_none() {
            let stdio = server.options.session.open_stdio(server.options.stdio_helpers);
            server.stdio = Some(stdio.context("open stdin and stdout")?);
            server.watch_stdio()?;
        }
        server.options.warn_of_strangers(&locals.addresses);
        let report = server.options.bounds.report;
        server.tls = tls.map(|it| it.context(&locals.addresses, report)).transpose()?;
        let reads_stdin = server.stdio.is_some() && !server.options.session.no_stdin;
        if let Some(Handler::Forward(route)) = &mut server.options.handler {
            server.listening = Arc::new(Listening::on(&locals));
            route.check(&server.listening)?;
        }
        lifetime.announce(&locals, reads_stdin, server.engine.reactor())?;
        server.lifetime = Some(lifetime);
        Ok(server)
    }

    /// Has the server's socket go with this file: it is removed when nobody is let in any more.
    pub fn own(&mut self, file: Option<OwnPath>) {
        if let Some(listener) = self.listeners.first_mut() {
            listener.file = file;
        }
    }

    fn with_loop(
        sockets: Vec<Socket>,
        options: Options,
        engine: Engine,
        occupancy: Arc<Occupancy>,
        stop: Stop,
    ) -> anyhow::Result<Self> {
        let listeners: Vec<Listener> = sockets
            .into_iter()
            .map(|socket| Listener { file: None, socket, ready: false })
            .collect();
        for (index, listener) in listeners.iter().enumerate() {
            let token = Token(LISTENER.0 + index);
            let watched = engine.watch(&listener.socket, token, Interest::READABLE);
            watched.context("watch the listening socket")?;
        }
        Ok(Self {
            options,
            engine,
            listeners,
            listening: Arc::default(),
            outage: Outage::default(),
            occupancy,
            sharing: Sharing::default(),
            stop,
            stopping: false,
            lifetime: None,
            tls: None,
            waiting: VecDeque::new(),
            stdio: None,
            admitted: 0,
            starved: false,
            was_starved: false,
            told_starved: None,
            bytes_in: 0,
            bytes_out: 0,
            failure: None,
            child_status: None,
        })
    }

    /// Waits for the next connection while those before it are served; `None` when the server's
    /// time is over.
    ///
    /// # Errors
    /// The system's refusal to wait.
    pub fn accept(&mut self) -> anyhow::Result<Option<Accepted>> {
        loop {
            while let Some(event) = self.engine.next_event() {
                if let Err(error) = self.on_event(event) {
                    self.give_up(error);
                }
            }
            self.obey();
            if let Err(error) = self.serve_waiting() {
                self.give_up(error);
            }
            self.sharing.note_load(self.engine.sessions());
            let accepted = self.next_handed().or_else(|| self.next_in_backlog());
            if accepted.is_some() {
                return Ok(accepted);
            }
            if self.is_over() && self.sharing.close_if_empty() {
                return Ok(None);
            }
            let patient = self.admitted < ADMISSIONS;
            self.admitted = 0;
            self.engine.turn(patient).context("wait for events")?;
        }
    }

    /// Closes what is left and tells how the run ended.
    ///
    /// # Errors
    /// That of the one conversation or connection, if it was only one.
    pub fn close(mut self) -> anyhow::Result<Outcome> {
        self.listeners.clear();
        let Some(mut lifetime) = self.lifetime.take() else { return Ok(Outcome::Success) };
        lifetime.total.bytes_in = self.bytes_in;
        lifetime.total.bytes_out = self.bytes_out;
        // That the connection failed says more than what became of its process.
        lifetime.served_with = self.child_status.filter(|_| self.failure.is_none());
        let drained_by = earlier(lifetime.drained_by(), flushed_by(self.failure.as_ref()));
        let settled = self.stdio.take().map_or(Ok(()), |mut it| it.output.flush_by(drained_by));
        let failure = self.failure.take().or_else(|| settled.context("write stdout").err());
        lifetime.close(failure)
    }

    fn on_event(&mut self, event: EngineEvent) -> anyhow::Result<()> {
        match event {
            EngineEvent::Ended(session) => self.on_session_end(session)?,
            EngineEvent::Secured(stream) => self.welcome(*stream)?,
            EngineEvent::Ready(STDIN, readiness) => {
                if let Some(stdio) = &mut self.stdio {
                    stdio.input.on_ready(&readiness);
                }
            }
            EngineEvent::Ready(STDOUT, readiness) => {
                if let Some(stdio) = &mut self.stdio {
                    stdio.output.on_ready(&readiness);
                }
                self.look_at_stdout()?;
            }
            EngineEvent::Ready(COMMAND, _) => self.note_command(),
            EngineEvent::Ready(Token(number), _) => {
                let index = number.checked_sub(LISTENER.0);
                if let Some(listener) = index.and_then(|index| self.listeners.get_mut(index)) {
                    listener.ready = true;
                }
            }
            EngineEvent::Due(WAKE_UP) => self.starved = false,
            EngineEvent::Due(PAUSE) => self.outage.end_pause(),
            EngineEvent::Due(token) => {
                let came = self.occupancy.has_come();
                let expired = self.lifetime.as_mut().map(|lifetime| lifetime.expire(token, came));
                if let Some(Err(error)) = expired {
                    self.give_up(error);
                }
            }
        }
        Ok(())
    }

    /// Peers already queued when the command ends are still served.
    fn note_command(&mut self) {
        let Some(lifetime) = &mut self.lifetime else { return };
        lifetime.note_command();
        if lifetime.command_has_ended() {
            self.listeners.iter_mut().for_each(|listener| listener.ready = true);
            self.occupancy.close();
            self.stop.wake_all();
        }
    }

    /// One who was served, or would have been, has gone.
    fn leave(&mut self) {
        self.starved = false;
        let is_awaited = self.occupancy.leave_place();
        self.wake_others(is_awaited);
    }

    /// So many who waited to be served are served, or have gone.
    fn end_wait(&mut self, count: usize) {
        self.starved = false;
        let is_awaited = self.occupancy.end_wait(count);
        self.wake_others(is_awaited);
    }

    fn wake_others(&self, is_awaited: bool) {
        if is_awaited && self.options.threads > 1 {
            self.stop.wake_all();
        }
    }

    /// Between conversations too, the loss of stdout's reader must be noticed.
    fn watch_stdio(&mut self) -> anyhow::Result<()> {
        if let Some(stdio) = &mut self.stdio {
            stdio.watch(self.engine.reactor(), STDIN, STDOUT).context("watch stdin and stdout")?;
        }
        self.look_at_stdout()
    }

    fn look_at_stdout(&self) -> anyhow::Result<()> {
        let failure = self.stdio.as_ref().and_then(|stdio| stdio.output.failure());
        failure.map_or(Ok(()), |error| Err(anyhow::Error::from(error).context("write stdout")))
    }

    /// Ends the run, on every thread.
    fn give_up(&mut self, error: anyhow::Error) {
        match &mut self.lifetime {
            Some(lifetime) => lifetime.fail(error, self.engine.reactor()),
            None => self.failure = self.failure.take().or(Some(error)),
        }
        self.occupancy.give_up();
        self.stop.wake_all();
    }

    /// Ends what another has ended: a signal, a time that is over, a talk with nobody left to
    /// speak.
    fn obey(&mut self) {
        let given_up = self.occupancy.is_given_up();
        let talked_out = self.is_talked_out();
        if self.stopping || !(given_up || talked_out || self.stop.signal().is_some()) {
            return;
        }
        self.stopping = true;
        self.occupancy.close();
        self.listeners.clear();
        for accepted in self.sharing.close() {
            if given_up { self.leave() } else { self.communicate(accepted) }
        }
        // Nothing is begun with them any more.
        self.end_wait(self.waiting.len());
        self.waiting.clear();
        self.stop.wake_all();
        if given_up {
            let until = Instant::now() + DRAIN;
            return self.engine.drop_all("the server's time is over", until);
        }
        let reactor = self.engine.reactor();
        let told = self.lifetime.as_mut().and_then(|lifetime| lifetime.told_to_stop(reactor));
        self.engine.stop_all(told.unwrap_or_else(|| Instant::now() + DRAIN));
    }

    /// True once nobody new comes to a room in which nobody has more to say: those who listen on
    /// would wait for ever.
    fn is_talked_out(&self) -> bool {
        let Some(Handler::Chat(room)) = &self.options.handler else { return false };
        let closed = self.occupancy.is_closing() && self.listeners.is_empty();
        closed && self.occupancy.waiting() == 0 && room.is_silent(self.occupancy.served())
    }

    fn is_over(&self) -> bool {
        let waits = self.lifetime.as_ref().is_some_and(Lifetime::waits_for_command);
        let idle = self.engine.sessions() == 0 && !self.engine.has_news();
        let idle = idle && self.waiting.is_empty();
        // The first loop looks after the run for as long as others serve.
        let leads = self.lifetime.is_some() && self.options.threads > 1;
        let others_serve = !self.occupancy.is_given_up() && !self.occupancy.is_empty();
        idle && self.listeners.is_empty() && !waits && !(leads && others_serve)
    }
}
