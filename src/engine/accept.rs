//! The accept loop of a stream server, and everything that decides when it is over.

use std::ffi::OsString;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use mio::Interest;
use socket2::{SockAddr, Socket};

use super::announce::{self, Readiness};
use super::endpoint::stdio::Stdio;
use super::endpoint::stream::Stream;
use super::handler::Handler;
use super::run::{Place, Run};
use super::session::{DRAIN, Limits, Manners, Session};
use super::stop::Stop;
use super::{Engine, News};
use crate::net::address;
use crate::net::options::{Phase, Settings, SocketKind};
use crate::outcome::{Cause, Outcome, cause_of, refusal};
use crate::report::{Ended, Report};
use crate::sys::{connection, descriptor};

/// How long a server that has no descriptor left waits, unless a connection of its own ends
/// first.
const STARVED: Duration = Duration::from_millis(100);

/// The numbers under which the server watches what is its own; listeners count from `LISTENER`.
const WAKE_UP: usize = 0;
const COMMAND: usize = 1;
const STDIN: usize = 2;
const STDOUT: usize = 3;
const ACCEPT_TIMEOUT: usize = 4;
const MAX_TIME: usize = 5;
const LISTENER: usize = 16;

/// What a stream server does and for how long.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What is done with a peer; `None`: a conversation with stdin and stdout.
    pub handler: Option<Handler>,
    /// One conversation after another.
    pub keep_open: bool,
    /// One connection, then the end.
    pub once: bool,
    /// Connections at a time.
    pub max_conns: Option<usize>,
    /// How long to wait for the first to come.
    pub accept_timeout: Option<Duration>,
    /// When the whole run is over.
    pub end: Option<Instant>,
    /// Bounds of each connection.
    pub limits: Limits,
    /// How a conversation treats its flows.
    pub manners: Manners,
    /// Socket options, of which some are set on each connection.
    pub settings: Settings,
    /// Bytes read at once, and the longest line.
    pub buffer: usize,
    /// Carries stdin and stdout by helper threads.
    pub stdio_helpers: bool,
    /// Event loops.
    pub threads: usize,
    /// Whom to tell that the server listens.
    pub readiness: Readiness,
    /// The command to run, and whether it can reach the server by IPv6 only.
    pub run: Option<(OsString, bool)>,
    /// Who is told what happens.
    pub report: Report,
}

/// What the loops of one server share.
#[derive(Default)]
struct Door {
    open: AtomicUsize,
    came: AtomicUsize,
    /// Nobody new is waited for; who has come is served to the end.
    closing: AtomicBool,
    /// Everything is over where it stands.
    closed: AtomicBool,
}

/// A connection from the backlog.
#[derive(Debug)]
pub struct Accepted {
    socket: Socket,
    peer: SockAddr,
}

struct Listener {
    socket: Socket,
    /// Somebody may be in its backlog.
    ready: bool,
}

/// One loop of a stream server.
pub struct Server {
    terms: Terms,
    engine: Engine,
    listeners: Vec<Listener>,
    door: Arc<Door>,
    stop: Stop,
    stopped_by: Option<i32>,
    stdio: Option<Stdio>,
    run: Option<Run>,
    starved: bool,
    /// The user knows that it is.
    told_starved: bool,
    /// When peers and the command have had their time to stop.
    drained_by: Option<Instant>,
    total: Ended,
    began: Instant,
    failure: Option<anyhow::Error>,
}

impl Server {
    /// Makes ready to accept on `sockets`, and says so.
    ///
    /// # Errors
    /// The system's, for what the server needs beside its sockets.
    pub fn open(sockets: Vec<Socket>, terms: Terms) -> anyhow::Result<Self> {
        let limit = descriptor::raise_limit();
        let stop = Stop::on_signals()?;
        let stdio = match terms.handler {
            None => Some(terms.manners.open_stdio(terms.stdio_helpers)),
            Some(_) => None,
        };
        let stdio = stdio.transpose().context("open stdin and stdout")?;
        let mut server = Self::with_loop(sockets, terms, Arc::default(), stop)?;
        server.stdio = stdio;
        server.watch_stdio()?;
        let now = Instant::now();
        if let Some(timeout) = server.terms.accept_timeout {
            server.engine.remind(now + timeout, ACCEPT_TIMEOUT);
        }
        if let Some(end) = server.terms.end {
            server.engine.remind(end, MAX_TIME);
        }
        server.announce(limit)?;
        Ok(server)
    }

    fn with_loop(
        sockets: Vec<Socket>,
        terms: Terms,
        door: Arc<Door>,
        stop: Stop,
    ) -> anyhow::Result<Self> {
        let mut engine = Engine::new(terms.buffer).context("make an event loop")?;
        stop.add(engine.reactor().waker());
        let listeners: Vec<Listener> =
            sockets.into_iter().map(|socket| Listener { socket, ready: true }).collect();
        for (index, listener) in listeners.iter().enumerate() {
            engine
                .watch(&listener.socket, LISTENER + index, Interest::READABLE)
                .context("watch the listening socket")?;
        }
        Ok(Self {
            terms,
            engine,
            listeners,
            door,
            stop,
            stopped_by: None,
            stdio: None,
            run: None,
            starved: false,
            told_starved: false,
            drained_by: None,
            total: Ended::default(),
            began: Instant::now(),
            failure: None,
        })
    }

    fn announce(&mut self, descriptor_limit: Option<(u64, u64)>) -> anyhow::Result<()> {
        let mut locals = Vec::new();
        for listener in &self.listeners {
            locals.push(listener.socket.local_addr().context("ask for the listening address")?);
        }
        let names: Vec<String> = locals.iter().map(address::name).collect();
        self.total.local = names.first().cloned();
        announce::listening(&names, &self.terms.readiness, self.terms.report)?;
        let address = locals.first().and_then(SockAddr::as_socket);
        if let (Some((command, v6_only)), Some(address)) = (self.terms.run.take(), address) {
            let reads_stdin = self.terms.handler.is_none() && !self.terms.manners.no_stdin;
            let place = Place { address, v6_only, reads_stdin };
            let run = Run::start(&command, &place, descriptor_limit, self.terms.report)?;
            self.engine.watch(run.descriptor(), COMMAND, Interest::READABLE)?;
            self.run = Some(run);
        }
        Ok(())
    }

    /// Runs `accept_loop` on as many threads as the terms say, all on the same sockets.
    ///
    /// # Errors
    /// Those of this thread's loop; another's end only itself.
    pub fn on_each_thread(
        &mut self,
        accept_loop: impl Fn(&mut Server) -> anyhow::Result<()> + Copy + Send + 'static,
    ) -> anyhow::Result<()> {
        let mut others = Vec::new();
        for _ in 1..self.terms.threads {
            let sockets = self.listeners.iter().map(|listener| listener.socket.try_clone());
            let sockets = sockets.collect::<Result<Vec<_>, _>>().context("share the socket")?;
            let (door, stop) = (Arc::clone(&self.door), self.stop.clone());
            let mut other = Self::with_loop(sockets, self.terms.clone(), door, stop)?;
            others.push(std::thread::spawn(move || {
                let result = accept_loop(&mut other);
                (result, other.total, other.failure)
            }));
        }
        accept_loop(self)?;
        for other in others {
            let (result, total, failure) =
                other.join().map_err(|_| refusal(Cause::Transfer, "a thread has failed"))?;
            self.total.bytes_in += total.bytes_in;
            self.total.bytes_out += total.bytes_out;
            self.failure = self.failure.take().or(failure);
            result?;
        }
        Ok(())
    }

    /// Waits for the next connection while those before it are served; `None` when the server's
    /// time is over.
    ///
    /// # Errors
    /// The loss of stdout, or the system's refusal to wait.
    pub fn accept(&mut self) -> anyhow::Result<Option<Accepted>> {
        loop {
            while let Some(news) = self.engine.news() {
                self.learn(news)?;
            }
            self.obey();
            if let Some(accepted) = self.next_in_backlog() {
                return Ok(Some(accepted));
            }
            if self.is_over() {
                return Ok(None);
            }
            self.engine.turn().context("wait for events")?;
        }
    }

    /// Begins to serve a connection, beside those that are being served.
    ///
    /// # Errors
    /// None that one peer can cause.
    pub fn communicate(&mut self, accepted: Accepted) -> anyhow::Result<()> {
        let Accepted { socket, peer } = accepted;
        let report = self.terms.report;
        if report.tells_connections() {
            let local = socket.local_addr().as_ref().map(address::name).unwrap_or_default();
            report.connected(&local, &address::name(&peer));
        }
        if self.terms.settings.has_phase(Phase::Connected) {
            let kind = SocketKind { v6: peer.is_ipv6(), listens: false };
            self.terms.settings.apply(&socket, Phase::Connected, kind, report)?;
        }
        let stream = Stream::new(socket, peer);
        let (limits, manners) = (self.terms.limits, self.terms.manners);
        let session = match (self.terms.handler, self.stdio.take()) {
            (Some(handler), _) => Session::service(stream, handler, self.terms.buffer, limits),
            (None, Some(stdio)) => Session::conversation(stream, stdio, manners, limits),
            (None, None) => anyhow::bail!("two conversations at once"),
        };
        if let Err(error) = self.engine.start(session) {
            self.leave();
            report.error(&anyhow::Error::from(error).context("watch a connection"));
        }
        Ok(())
    }

    /// Closes what is left and tells how the run ended.
    ///
    /// # Errors
    /// That of the one conversation or connection, if it was only one.
    pub fn close(mut self) -> anyhow::Result<Outcome> {
        self.listeners.clear();
        let settled = self.stdio.take().map(|mut it| it.output.settle_by(self.drained_by));
        let settled = settled.unwrap_or(Ok(())).context("write stdout");
        let result = self.failure.take().map_or(settled, Err);
        let command = self.run.as_mut().and_then(Run::status).filter(|status| *status != 0);
        // A signal and the command's status say more than why a peer was lost.
        let stronger =
            self.stop.signal().map(Outcome::Signal).or_else(|| command.map(Outcome::Child));
        let result = match (stronger, result) {
            (None, result) => result.map(|()| Outcome::Success),
            (Some(outcome), result) => {
                if let Err(error) = result {
                    self.terms.report.error(&error);
                }
                Ok(outcome)
            }
        };
        self.total.seconds = self.began.elapsed().as_secs_f64();
        let status = match &result {
            Ok(outcome) => outcome.status(),
            Err(error) => cause_of(error).status(),
        };
        self.total.reason = match &result {
            Ok(Outcome::Signal(signal)) => format!("stopped by signal {signal}"),
            Ok(_) => "the server's work is done".to_owned(),
            Err(error) => crate::report::sentence(error),
        };
        self.terms.report.ended(status, &self.total);
        result
    }

    fn learn(&mut self, news: News) -> anyhow::Result<()> {
        match news {
            News::Ended(session) => self.part(*session)?,
            News::Ready(STDIN, readiness) => {
                if let Some(stdio) = &mut self.stdio {
                    stdio.input.note(&readiness);
                }
            }
            News::Ready(STDOUT, readiness) => {
                if let Some(stdio) = &mut self.stdio {
                    stdio.output.note(&readiness);
                }
                self.look_at_stdout()?;
            }
            News::Ready(COMMAND, _) => {
                if self.run.as_mut().is_some_and(|run| run.status().is_some()) {
                    self.listeners.iter_mut().for_each(|listener| listener.ready = true);
                    self.door.closing.store(true, Ordering::Release);
                    self.stop.wake_all();
                }
            }
            News::Ready(number, _) => {
                if let Some(listener) =
                    number.checked_sub(LISTENER).and_then(|index| self.listeners.get_mut(index))
                {
                    listener.ready = true;
                }
            }
            News::Due(ACCEPT_TIMEOUT) if self.door.came.load(Ordering::Acquire) == 0 => {
                self.give_up(refusal(Cause::Timeout, "accept: nobody connected in time"));
            }
            News::Due(MAX_TIME) => {
                self.give_up(refusal(Cause::Timeout, "the time of --max-time is over"));
            }
            News::Due(WAKE_UP) => self.starved = false,
            News::Due(_) => {}
        }
        Ok(())
    }

    /// A session is over.
    fn part(&mut self, mut session: Session) -> anyhow::Result<()> {
        let (verdict, ended) = session.close();
        self.total.bytes_in += ended.bytes_in;
        self.total.bytes_out += ended.bytes_out;
        self.terms.report.disconnected(&ended);
        self.stdio = session.into_stdio();
        self.leave();
        let Err(error) = verdict else { return self.watch_stdio() };
        let stdout_failed =
            self.stdio.as_ref().is_some_and(|stdio| stdio.output.failure().is_some());
        if stdout_failed || crate::outcome::is_reader_gone(&error) {
            return Err(error);
        }
        if self.stopped_by.is_some() || self.terms.keep_open {
            self.terms.report.error(&error);
        } else if self.terms.handler.is_none() || self.terms.once {
            self.failure = Some(error);
        }
        self.watch_stdio()
    }

    fn leave(&mut self) {
        self.starved = false;
        self.door.open.fetch_sub(1, Ordering::AcqRel);
        if self.terms.threads > 1 && self.terms.max_conns.is_some() {
            self.stop.wake_all();
        }
    }

    /// Between conversations too, the loss of stdout's reader must be noticed.
    fn watch_stdio(&mut self) -> anyhow::Result<()> {
        if let Some(stdio) = &mut self.stdio {
            let (input, output) = (Engine::token(STDIN), Engine::token(STDOUT));
            stdio.watch(self.engine.reactor(), input, output).context("watch stdin and stdout")?;
        }
        self.look_at_stdout()
    }

    fn look_at_stdout(&self) -> anyhow::Result<()> {
        let failure = self.stdio.as_ref().and_then(|stdio| stdio.output.failure());
        failure.map_or(Ok(()), |error| Err(anyhow::Error::from(error).context("write stdout")))
    }

    /// Ends the run, on every thread.
    fn give_up(&mut self, error: anyhow::Error) {
        self.failure = Some(error);
        self.door.closed.store(true, Ordering::Release);
        self.stop.wake_all();
    }

    /// Ends what another has ended: a signal, a time that is over.
    fn obey(&mut self) {
        if self.door.closed.load(Ordering::Acquire) && self.drained_by.is_none() {
            self.drained_by = Some(Instant::now());
            self.listeners.clear();
            self.engine.drop_all("the server's time is over");
        }
        let Some(signal) = self.stop.signal().filter(|_| self.stopped_by.is_none()) else { return };
        self.stopped_by = Some(signal);
        self.door.closing.store(true, Ordering::Release);
        self.listeners.clear();
        if let Some(run) = &self.run {
            run.signal(signal);
        }
        let drained_by = Instant::now() + DRAIN;
        self.drained_by = Some(drained_by);
        self.engine.stop_all(drained_by);
        self.engine.remind(drained_by, WAKE_UP);
    }

    fn is_over(&mut self) -> bool {
        if self.engine.sessions() > 0 || !self.listeners.is_empty() {
            return false;
        }
        let command_runs = self.run.as_mut().is_some_and(|run| run.status().is_none());
        // A command that does not heed the signal is waited for no longer than the peers are.
        let patient = self.drained_by.is_none_or(|end| Instant::now() < end);
        !(command_runs && patient)
    }

    /// Who is next, if there is room for one more.
    fn next_in_backlog(&mut self) -> Option<Accepted> {
        while !self.starved && self.take_place() {
            let Some(listener) = self.listeners.iter_mut().find(|listener| listener.ready) else {
                self.door.open.fetch_sub(1, Ordering::AcqRel);
                if self.door.closing.load(Ordering::Acquire) {
                    // The command has ended, and nobody is queued any more.
                    self.listeners.clear();
                }
                return None;
            };
            match connection::accept(&listener.socket) {
                Ok((socket, peer)) => {
                    self.told_starved = false;
                    return self.admit(socket, peer);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => listener.ready = false,
                Err(error) => self.bear(&error),
            }
            self.door.open.fetch_sub(1, Ordering::AcqRel);
        }
        None
    }

    /// Counts one more connection, if one more is allowed.
    fn take_place(&self) -> bool {
        if self.terms.handler.is_none() && self.stdio.is_none() {
            return false;
        }
        let most = self.terms.max_conns.unwrap_or(usize::MAX);
        let one_more = |open| (open < most).then_some(open + 1);
        self.door.open.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more).is_ok()
    }

    fn admit(&mut self, socket: Socket, peer: SockAddr) -> Option<Accepted> {
        let before = self.door.came.fetch_add(1, Ordering::AcqRel);
        if self.terms.once || (self.terms.handler.is_none() && !self.terms.keep_open) {
            self.door.closing.store(true, Ordering::Release);
            self.listeners.clear();
            self.stop.wake_all();
            if before > 0 {
                self.leave();
                return None;
            }
        }
        Some(Accepted { socket, peer })
    }

    /// A failed accept(2) never ends a server.
    fn bear(&mut self, error: &io::Error) {
        let gone = [libc::ECONNABORTED, libc::EPROTO, libc::EINTR, libc::EPERM];
        if error.raw_os_error().is_some_and(|number| gone.contains(&number)) {
            return;
        }
        let reason = crate::report::reason(error);
        if !std::mem::replace(&mut self.told_starved, true) {
            self.terms.report.warning(format!("accept: {reason}; waiting"));
        }
        self.starved = true;
        self.engine.remind(Instant::now() + STARVED, WAKE_UP);
    }
}
