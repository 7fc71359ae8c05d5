//! The further threads of a service of datagrams, all on the same sockets.

use std::io;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Instant;

use anyhow::Context as _;
use mio::Token;

use super::TURN;
use super::answering::answer;
use super::bound_socket::{BoundSocket, Sent, send_waiting};
use super::receiver::{Receiver, Taken};
use crate::engine::handler::Responder;
use crate::engine::reactor::Reactor;
use crate::engine::stop::{DRAIN, Stop};
use crate::net::retry::earlier;
use crate::outcome::{Cause, refusal};
use crate::report::Report;
use crate::sys::datagrams::BATCH;

/// The token of everything that a worker waits for: it looks at all of it each time.
const ANYTHING: Token = Token(0);

/// Threads that receive and answer.
pub struct Workers {
    threads: Vec<JoinHandle<Served>>,
    over: Arc<Over>,
    stop: Stop,
}

/// Set once nothing is awaited any more: until when what came is served, if not to its end.
type Over = OnceLock<Option<Instant>>;

/// What threads have done.
#[derive(Default)]
pub struct Served {
    /// Bytes that they received.
    pub bytes_in: u64,
    /// Bytes that they sent.
    pub bytes_out: u64,
    /// Datagrams that found no room in the end.
    pub unsent: usize,
    /// Why one of them ended early.
    pub failure: Option<anyhow::Error>,
}

impl Served {
    fn add(&mut self, other: Self) {
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
        self.unsent += other.unsent;
        self.failure = self.failure.take().or(other.failure);
    }
}

impl Workers {
    /// Starts `count` of them, on the same sockets as the `first` receiver; none without a handler.
    ///
    /// # Errors
    /// The system's, if it gives no descriptors or threads.
    pub fn start(
        count: usize,
        handler: Option<&Responder>,
        sockets: &[BoundSocket],
        first: &Receiver,
        report: Report,
        stop: &Stop,
    ) -> anyhow::Result<Self> {
        let (mut threads, over) = (Vec::new(), Arc::new(Over::new()));
        let Some(handler) = handler else { return Ok(Self { threads, over, stop: stop.clone() }) };
        for _ in 0..count {
            let reactor = Reactor::new().context("make an event loop")?;
            stop.add(&reactor).context("watch for signals")?;
            let sockets = sockets.iter().map(|bound| bound.another(ANYTHING, &reactor));
            let worker = Worker {
                handler: handler.clone(),
                receiver: first.another(),
                sockets: sockets.collect::<anyhow::Result<Vec<_>>>()?,
                reactor,
                report,
                bytes_out: 0,
                over: Arc::clone(&over),
                stop: stop.clone(),
            };
            let work = move || worker.serve();
            threads.push(std::thread::Builder::new().spawn(work).context("start a thread")?);
        }
        Ok(Self { threads, over, stop: stop.clone() })
    }

    /// Ends them once what is queued is served, or at that time.
    pub fn join(&mut self, drained_by: Option<Instant>) -> Served {
        self.over.get_or_init(|| drained_by);
        self.stop.wake_all();
        let mut total = Served::default();
        for thread in self.threads.drain(..) {
            total.add(thread.join().unwrap_or_else(|_| Served {
                failure: Some(refusal(Cause::Transfer, "a thread has failed")),
                ..Served::default()
            }));
        }
        total
    }
}

/// What one thread works with.
struct Worker {
    handler: Responder,
    receiver: Receiver,
    sockets: Vec<BoundSocket>,
    reactor: Reactor,
    report: Report,
    bytes_out: u64,
    over: Arc<Over>,
    stop: Stop,
}

impl Worker {
    fn serve(mut self) -> Served {
        let failure = self.serve_until_over().context("receive").err();
        Served {
            bytes_in: self.receiver.bytes_in,
            bytes_out: self.bytes_out,
            unsent: self.sockets.iter().map(BoundSocket::waiting).sum(),
            failure,
        }
    }

    /// Serves until it is over, and what came before that.
    fn serve_until_over(&mut self) -> io::Result<()> {
        let mut ready = Vec::new();
        let mut until: Option<Instant> = None;
        loop {
            let over = self.over.get();
            let is_over = over.is_some();
            if let Some(drained_by) = over {
                // The first thread waits for this one, and does not see a signal.
                let by_signal = || self.stop.signal().map(|_| Instant::now() + DRAIN);
                until = until.or(*drained_by).or_else(by_signal);
                for bound in &mut self.sockets {
                    bound.allowance.limit(&bound.socket);
                }
            }
            let sent = send_waiting(&mut self.sockets, &self.reactor);
            self.note_sent(sent);
            let (mut more, mut full) = (false, false);
            for at in 0..self.sockets.len() {
                more |= self.serve_a_turn(at)?;
                full |= self.sockets[at].is_full();
            }
            let late = until.is_some_and(|until| until <= Instant::now());
            if is_over && (late || !(more || full)) {
                return Ok(());
            }
            let retry = self.sockets.iter().filter_map(BoundSocket::retry).min();
            if let Some(next) = earlier(retry, until) {
                self.reactor.wake_by(next, ANYTHING);
            }
            let now = self.reactor.wait(!more, &mut ready)?;
            while self.reactor.due(now).is_some() {}
        }
    }

    /// Answers what has come to a socket, for a turn; true if there may be more.
    fn serve_a_turn(&mut self, at: usize) -> io::Result<bool> {
        for _ in 0..TURN {
            let bound = &mut self.sockets[at];
            if bound.is_full() {
                return Ok(false);
            }
            let most = bound.allowance.left().min(BATCH);
            if most == 0 {
                return Ok(false);
            }
            let Some(Taken { count, emptied }) = self.receiver.receive(bound, most)? else {
                bound.allowance.note(0, true);
                return Ok(false);
            };
            bound.allowance.note(count, emptied);
            if count == 0 {
                continue;
            }
            for error in self.receiver.tell(bound) {
                self.report.error(&error);
            }
            let sent = answer(&self.handler, &self.receiver, bound, &self.reactor);
            self.note_sent(sent);
        }
        Ok(true)
    }

    fn note_sent(&mut self, sent: Sent) {
        self.bytes_out += sent.bytes;
        for error in sent.errors {
            self.report.error(&error);
        }
    }
}
