//! Where datagrams are received and answered, on one thread or on several.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use anyhow::Context as _;
use mio::Token;

use super::bound::Bound;
use super::{TURN, tell_lost, tell_received};
use crate::engine::handler::Handler;
use crate::engine::reactor::Reactor;
use crate::engine::stop::{DRAIN, Stop};
use crate::net::access::Access;
use crate::net::address;
use crate::outcome::{Cause, refusal};
use crate::report::{Report, reason};
use crate::sys::datagrams::{BATCH, Inbox, Outgoing, Received};

/// How many errors in a row, one for each datagram that a peer refused, are nothing to end for.
const MOST_ERRORS: usize = 100;

/// Receives datagrams and answers them as the handler says.
pub struct Receiver {
    handler: Option<Handler>,
    access: Access,
    report: Report,
    inbox: Inbox,
    /// Set when the user knows, by whichever receiver, that some cannot be answered.
    told_unnamed: Arc<AtomicBool>,
    /// Inbox slots of the datagrams that were let through.
    admitted: Vec<usize>,
    /// Set when the first datagram comes, to whichever receiver.
    came: Arc<AtomicBool>,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
}

/// What one call has received.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// Datagrams, or runs of them, that were not dropped.
    pub count: usize,
    /// There are no more: the next makes an event.
    pub emptied: bool,
}

impl Receiver {
    /// A receiver to which nothing has come yet.
    pub fn new(handler: Option<Handler>, room: usize, access: Access, report: Report) -> Self {
        Self {
            handler,
            access,
            report,
            inbox: Inbox::new(room),
            told_unnamed: Arc::default(),
            admitted: Vec::new(),
            came: Arc::default(),
            bytes_in: 0,
            bytes_out: 0,
        }
    }

    fn another(&self) -> Self {
        let another =
            Self::new(self.handler.clone(), self.inbox.room(), self.access.clone(), self.report);
        let (told_unnamed, came) = (Arc::clone(&self.told_unnamed), Arc::clone(&self.came));
        Self { told_unnamed, came, ..another }
    }

    /// True once a datagram has come, to this receiver or to another.
    pub fn anything_came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }

    /// Receives at most `most` datagrams or runs of them; `None` if none is there. Those of denied peers are
    /// dropped. An ICMP error of one peer concerns nobody else: what comes after it is received.
    ///
    /// # Errors
    /// One that does not pass.
    pub fn receive(&mut self, bound: &Bound, most: usize) -> io::Result<Option<Taken>> {
        let mut errors = 0;
        loop {
            match self.inbox.receive(&bound.socket, most) {
                Ok(received) => {
                    // Those of denied peers have filled the buffer too.
                    tell_lost(&self.inbox, received, &bound.lost, &bound.local, self.report);
                    self.drop_denied(received);
                    // Fewer than were asked for have emptied the socket.
                    let emptied = !self.inbox.was_filled();
                    return Ok(Some(Taken { count: self.admitted.len(), emptied }));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if errors == MOST_ERRORS => return Err(error),
                Err(error) => self.report.step(format!("receive: {}", reason(&error))),
            }
            errors += 1;
        }
    }

    fn drop_denied(&mut self, received: usize) {
        self.admitted.clear();
        for slot in 0..received {
            let from = self.inbox.get(slot).from;
            if self.access.admits(from) {
                self.admitted.push(slot);
            } else if self.report.tells_connections() {
                self.report.denied(&address::display_text(from));
            }
        }
    }

    /// What was received last, but for what was dropped.
    pub fn received(&self) -> impl Iterator<Item = Received<'_>> {
        self.admitted.iter().map(|slot| self.inbox.get(*slot))
    }

    /// Counts and tells of the batch that was received last, from this socket; gives an error for
    /// each datagram that was cut.
    pub fn tell(&mut self, bound: &Bound) -> Vec<anyhow::Error> {
        self.came.store(true, Ordering::Relaxed);
        let (mut bytes, mut errors) = (0, Vec::new());
        for received in self.received() {
            bytes += received.bytes.len() as u64;
            errors.extend(tell_received(&received, &bound.local, self.report));
        }
        self.bytes_in += bytes;
        errors
    }

    /// Tells, once, that an answer has nowhere to go.
    pub fn tell_unnamed(&self) {
        if !self.told_unnamed.swap(true, Ordering::Relaxed) {
            let text = "a datagram came from a socket without a name, which cannot be answered";
            self.report.warning(text);
        }
    }

    /// Answers the batch that was received last, each datagram to where it came from; gives an
    /// error for each answer that cannot be sent.
    pub fn answer(&mut self, bound: &mut Bound, reactor: &Reactor) -> Vec<anyhow::Error> {
        let mut stamp = Vec::new();
        match self.handler {
            Some(Handler::Echo) => {}
            Some(Handler::Stamp(form)) => form.stamp(&mut stamp),
            Some(Handler::Discard) | None => return Vec::new(),
        }
        let unnamed = |received: &Received| address::is_unnamed(received.from);
        if self.received().any(|received| unnamed(&received)) {
            self.tell_unnamed();
        }
        let named = self.received().filter(|received| !unnamed(received));
        let mut answers: Vec<Outgoing> = named.flat_map(|received| echoes(&received)).collect();
        let stamped: Vec<Vec<u8>> = match &stamp[..] {
            [] => Vec::new(),
            stamp => answers.iter().map(|answer| [stamp, answer.bytes].concat()).collect(),
        };
        for (answer, stamped) in answers.iter_mut().zip(&stamped) {
            answer.bytes = stamped;
        }
        let sent = bound.send(&answers, reactor);
        self.bytes_out += sent.bytes;
        sent.errors
    }

    /// Sends what waits for room in the sockets; gives an error for what cannot be sent.
    pub fn send_waiting(&mut self, sockets: &mut [Bound], reactor: &Reactor) -> Vec<anyhow::Error> {
        let mut errors = Vec::new();
        for bound in sockets.iter_mut().filter(|bound| bound.is_full()) {
            let sent = bound.send_waiting(reactor);
            self.bytes_out += sent.bytes;
            errors.extend(sent.errors);
        }
        errors
    }

    /// Serves until `over` is set and nothing is queued: what came before that is answered, and
    /// a flood that does not end is left.
    fn serve(
        &mut self,
        sockets: &mut [Bound],
        mut reactor: Reactor,
        over: &AtomicBool,
    ) -> io::Result<()> {
        let mut ready = Vec::new();
        let mut until: Option<Instant> = None;
        loop {
            if over.load(Ordering::Acquire) {
                until.get_or_insert_with(|| Instant::now() + DRAIN);
            }
            let errors = self.send_waiting(sockets, &reactor);
            for error in &errors {
                self.report.error(error);
            }
            let (mut more, mut full) = (false, false);
            for bound in sockets.iter_mut() {
                more |= self.serve_a_turn(bound, &reactor)?;
                full |= bound.is_full();
            }
            let late = until.is_some_and(|until| until <= Instant::now());
            if let Some(until) = until.filter(|_| full && !late) {
                reactor.wake_by(until, Token(0));
            } else if until.is_some() && (!more || late) {
                return Ok(());
            }
            if let Some(retry) = sockets.iter().filter_map(Bound::retry).min() {
                reactor.wake_by(retry, Token(0));
            }
            let now = reactor.wait(!more, &mut ready)?;
            while reactor.due(now).is_some() {}
        }
    }

    /// Answers what has come, for a turn; true if there may be more.
    fn serve_a_turn(&mut self, bound: &mut Bound, reactor: &Reactor) -> io::Result<bool> {
        for _ in 0..TURN {
            if bound.is_full() {
                return Ok(false);
            }
            let Some(Taken { count, .. }) = self.receive(bound, BATCH)? else {
                return Ok(false);
            };
            if count == 0 {
                continue;
            }
            let mut errors = self.tell(bound);
            errors.extend(self.answer(bound, reactor));
            for error in &errors {
                self.report.error(error);
            }
        }
        Ok(true)
    }
}

/// What came, on its way back, from where it was asked.
fn echoes<'a>(received: &Received<'a>) -> impl Iterator<Item = Outgoing<'a>> + use<'a> {
    let (to, from) = (Some(received.from), received.to);
    received.datagrams().map(move |bytes| Outgoing { bytes, to, from })
}

/// The receivers of further threads, all on the same sockets.
pub struct Others {
    threads: Vec<JoinHandle<io::Result<(u64, u64)>>>,
    over: Arc<AtomicBool>,
    stop: Stop,
}

impl Others {
    /// Starts what brings the number of receivers to `receivers`.
    ///
    /// # Errors
    /// The system's, if it gives no descriptors or threads.
    pub fn start(
        receivers: usize,
        sockets: &[Bound],
        first: &Receiver,
        stop: &Stop,
    ) -> anyhow::Result<Option<Self>> {
        if receivers < 2 {
            return Ok(None);
        }
        let over = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        for _ in 1..receivers {
            let reactor = Reactor::new().context("make an event loop")?;
            stop.add(reactor.waker());
            let sockets = sockets.iter().map(|bound| bound.another(Token(0), &reactor));
            let mut sockets = sockets.collect::<anyhow::Result<Vec<_>>>()?;
            let (mut receiver, over) = (first.another(), Arc::clone(&over));
            let work = move || {
                receiver
                    .serve(&mut sockets, reactor, &over)
                    .map(|()| (receiver.bytes_in, receiver.bytes_out))
            };
            threads.push(std::thread::Builder::new().spawn(work).context("start a thread")?);
        }
        Ok(Some(Self { threads, over, stop: stop.clone() }))
    }

    /// Ends them once nothing is queued; gives the bytes that they received and sent.
    ///
    /// # Errors
    /// Theirs.
    pub fn join(self) -> anyhow::Result<(u64, u64)> {
        self.over.store(true, Ordering::Release);
        self.stop.wake_all();
        let mut total = (0, 0);
        for thread in self.threads {
            let ended =
                thread.join().map_err(|_| refusal(Cause::Transfer, "a thread has failed"))?;
            let (bytes_in, bytes_out) = ended.context("wait for datagrams")?;
            total = (total.0 + bytes_in, total.1 + bytes_out);
        }
        Ok(total)
    }
}
