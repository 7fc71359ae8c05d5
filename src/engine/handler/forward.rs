//! Forwarding: the connection to a target, which is made for each peer without holding up others.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use socket2::Socket;

use crate::engine::endpoint::Endpoint;
use crate::engine::endpoint::stream::Stream;
use crate::engine::reactor::{Notifier, Readiness};
use crate::net::connect::{Connection, Race, Target};
use crate::net::forwarding_loop::Listening;
use crate::net::resolver::background::{self, Pending};
use crate::net::retry::earlier;
use crate::net::tls::{ClientSettings, Context};
use crate::net::unix::{self, Kind};
use crate::outcome::{Cause, refusal};
use crate::report::Report;

/// How long the connection to a target may take, look-up and all addresses.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a Unix socket whose backlog is full is asked again.
const KNOCK: Duration = Duration::from_millis(20);

/// Where peers are forwarded to.
#[derive(Clone, Debug)]
pub enum Route {
    /// `HOST:PORT`, and `tls:HOST:PORT`.
    Tcp {
        /// Whom to connect to.
        target: Arc<Target>,
        /// The addresses, where no name has to be looked up.
        known: Option<Arc<[SocketAddr]>>,
        /// Speaks TLS there.
        tls: Option<Arc<Secured>>,
    },
    /// `unix:PATH`.
    Unix(Arc<unix::Target>),
}

/// How TLS is spoken with a target.
#[derive(Clone, Debug)]
pub struct Secured {
    /// As it was asked for.
    settings: ClientSettings,
    /// What connections are made from, once the server is ready to make them.
    context: Option<Context>,
}

impl Route {
    /// A route to a TCP target, with TLS if there are settings for it.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a name where look-ups are not allowed.
    pub fn tcp(target: Target, tls: Option<ClientSettings>) -> anyhow::Result<Self> {
        let known = target.known_addresses(libc::SOCK_STREAM)?.map(Arc::from);
        let tls = tls.map(|settings| Arc::new(Secured { settings, context: None }));
        Ok(Route::Tcp { target: Arc::new(target), known, tls })
    }

    /// Reads what TLS needs before peers come.
    ///
    /// # Errors
    /// Those of [`ClientSettings::context`].
    pub fn prepare(&mut self, report: Report) -> anyhow::Result<()> {
        if let Route::Tcp { target, tls: Some(tls), .. } = self {
            let tls = Arc::make_mut(tls);
            tls.context = Some(tls.settings.context(target.host(), report)?);
        }
        Ok(())
    }

    fn context(&self) -> Option<&Context> {
        match self {
            Route::Tcp { tls, .. } => tls.as_ref()?.context.as_ref(),
            Route::Unix(_) => None,
        }
    }

    /// Refuses a route that is known to lead back to the server.
    ///
    /// # Errors
    /// [`Cause::Usage`].
    pub fn check(&self, listening: &Listening) -> anyhow::Result<()> {
        match self {
            Route::Tcp { known: Some(known), .. } => listening.refuse(known, Cause::Usage),
            Route::Tcp { known: None, .. } | Route::Unix(_) => Ok(()),
        }
    }
}

/// A connection to a target that is being made. It never waits by itself: [`Dial::advance`] does
/// what can be done.
#[derive(Debug)]
pub struct Dial {
    route: Route,
    /// Where the server listens: going there again would never end.
    listening: Arc<Listening>,
    stage: Stage,
    deadline: Instant,
    report: Report,
    /// Notified when a look-up has its answer.
    notifier: Option<Notifier>,
    /// What the loop has seen of the attempts.
    seen: Option<Readiness>,
}

#[derive(Debug)]
enum Stage {
    NotBegun,
    LookingUp(Pending<anyhow::Result<Vec<SocketAddr>>>),
    Racing(Race),
    /// The backlog of a Unix socket is full: asked again at that time.
    Waiting(Instant),
}

impl Dial {
    /// A connection to be made by a server that listens there.
    #[must_use]
    pub fn new(route: Route, listening: Arc<Listening>, report: Report) -> Self {
        let deadline = Instant::now() + CONNECT_TIMEOUT;
        Self {
            route,
            listening,
            stage: Stage::NotBegun,
            deadline,
            report,
            notifier: None,
            seen: None,
        }
    }

    /// Says how to wake the loop when a look-up has its answer.
    pub fn set_notifier(&mut self, notifier: Notifier) {
        self.notifier = Some(notifier);
    }

    /// Notes what the loop saw of an attempt.
    pub fn on_ready(&mut self, readiness: &Readiness) {
        let seen = self.seen.get_or_insert(*readiness);
        seen.readable |= readiness.readable;
        seen.read_closed |= readiness.read_closed;
        seen.urgent |= readiness.urgent;
    }

    /// Goes on as far as possible; the connection, once it stands.
    ///
    /// # Errors
    /// Why there is none.
    pub fn advance(&mut self, now: Instant) -> anyhow::Result<Option<Endpoint>> {
        let connection = match self.route.clone() {
            Route::Tcp { target, known, .. } => self.advance_tcp(&target, known, now)?,
            Route::Unix(target) => self.advance_unix(&target, now)?,
        };
        connection.map(|connection| self.endpoint(connection)).transpose()
    }

    fn advance_tcp(
        &mut self,
        target: &Arc<Target>,
        known: Option<Arc<[SocketAddr]>>,
        now: Instant,
    ) -> anyhow::Result<Option<Connection>> {
        match (&self.stage, known) {
            (Stage::NotBegun, Some(addresses)) => self.race(target, addresses.to_vec())?,
            (Stage::NotBegun, None) => self.look_up(target),
            _ => {}
        }
        if let Stage::LookingUp(pending) = &self.stage {
            match pending.take() {
                Some(addresses) => self.race(target, addresses?)?,
                None if self.deadline <= now => {
                    let text = format!("look up {}: no answer in time", target.name());
                    return Err(refusal(Cause::Timeout, text));
                }
                None => return Ok(None),
            }
        }
        let Stage::Racing(race) = &mut self.stage else { return Ok(None) };
        race.advance(now)
    }

    fn look_up(&mut self, target: &Arc<Target>) {
        let (target, notifier) = (Arc::clone(target), self.notifier.clone());
        let look_up = move || target.candidates(libc::SOCK_STREAM, None);
        let answered = move || notifier.iter().for_each(Notifier::notify);
        self.stage = Stage::LookingUp(background::ask(look_up, answered));
    }

    fn race(&mut self, target: &Arc<Target>, addresses: Vec<SocketAddr>) -> anyhow::Result<()> {
        self.listening.refuse(&addresses, Cause::Unreachable)?;
        let deadline = Some(self.deadline);
        let race = Race::new(Arc::clone(target), addresses, deadline, self.report)?;
        self.stage = Stage::Racing(race);
        Ok(())
    }

    fn advance_unix(
        &mut self,
        target: &unix::Target,
        now: Instant,
    ) -> anyhow::Result<Option<Connection>> {
        match self.stage {
            Stage::Waiting(until) if now < until => return Ok(None),
            _ => {}
        }
        let connection = unix::connect_now(target, self.report)?;
        if connection.is_none() && self.deadline <= now {
            let name = &target.name;
            let text = format!("connect {name}: no answer in time: the server's backlog is full");
            return Err(refusal(Cause::Timeout, text));
        }
        self.stage = Stage::Waiting(now + KNOCK);
        Ok(connection)
    }

    /// The connection as one end of a session.
    fn endpoint(&self, connection: Connection) -> anyhow::Result<Endpoint> {
        let mut stream = Stream::from(connection).with_tls(self.route.context(), self.report)?;
        if let Route::Unix(target) = &self.route
            && target.kind == Kind::Seqpacket
        {
            let carries = stream.pass_records_on(target.settings.has("sndbuf"));
            carries.context("ask for records")?;
        }
        if let Some(seen) = &self.seen {
            stream.on_ready(seen);
        }
        Ok(Endpoint::Stream(stream))
    }

    /// The sockets that the loop does not watch yet.
    pub fn begun(&mut self) -> impl Iterator<Item = &Socket> {
        let race = match &mut self.stage {
            Stage::Racing(race) => Some(race),
            _ => None,
        };
        race.into_iter().flat_map(Race::begun)
    }

    /// True if the loop watches the connection already: an attempt that took its time was watched.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        matches!(self.stage, Stage::Racing(_))
    }

    /// When to go on though nothing was seen.
    #[must_use]
    pub fn next_event(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Racing(race) => earlier(race.next_event(), Some(self.deadline)),
            Stage::Waiting(until) => Some(*until),
            Stage::NotBegun | Stage::LookingUp(_) => Some(self.deadline),
        }
    }
}
