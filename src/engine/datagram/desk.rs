//! Where datagrams are received and answered, on one thread or on several.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use anyhow::Context as _;
use mio::{Interest, Token};
use socket2::Socket;

use super::{TURN, send_all, tell_received};
use crate::engine::handler::Handler;
use crate::engine::reactor::Reactor;
use crate::engine::session::DRAIN;
use crate::engine::stop::Stop;
use crate::net::address;
use crate::outcome::{Cause, refusal};
use crate::report::{Report, reason};
use crate::sys::datagrams::{BATCH, Inbox, Outgoing, Received};

/// Receives datagrams and answers them as the handler says.
pub struct Desk {
    handler: Option<Handler>,
    report: Report,
    inbox: Inbox,
    /// Set when the first datagram comes, at whichever desk.
    came: Arc<AtomicBool>,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
}

impl Desk {
    /// A desk where nothing has come yet.
    pub fn new(handler: Option<Handler>, report: Report) -> Self {
        Self {
            handler,
            report,
            inbox: Inbox::default(),
            came: Arc::default(),
            bytes_in: 0,
            bytes_out: 0,
        }
    }

    fn another(&self) -> Self {
        Self { came: Arc::clone(&self.came), ..Self::new(self.handler.clone(), self.report) }
    }

    /// True once a datagram has come, at this desk or at another.
    pub fn anything_came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }

    /// Receives at most `most` datagrams; `None` if none is there. An ICMP error of one peer
    /// concerns nobody else: what comes after it is received.
    pub fn receive(&mut self, socket: &Socket, most: usize) -> Option<usize> {
        loop {
            match self.inbox.receive(socket, most) {
                Ok(count) => return Some(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) => self.report.step(format!("receive: {}", reason(&error))),
            }
        }
    }

    /// A datagram of the batch that was received last.
    pub fn get(&self, slot: usize) -> Received<'_> {
        self.inbox.get(slot)
    }

    /// Counts and tells of the batch that was received last, at `local`.
    pub fn tell(&mut self, local: &str, count: usize) {
        self.came.store(true, Ordering::Relaxed);
        for slot in 0..count {
            let datagram = self.inbox.get(slot);
            self.bytes_in += datagram.bytes.len() as u64;
            tell_received(&datagram, local, self.report);
        }
    }

    /// Answers the batch that was received last, each datagram to where it came from.
    pub fn answer(&mut self, socket: &Socket, count: usize) {
        let mut stamp = Vec::new();
        match self.handler {
            Some(Handler::Echo) => {}
            Some(Handler::Stamp(form)) => form.stamp(&mut stamp),
            Some(Handler::Discard) | None => return,
        }
        let received: Vec<Received> = (0..count).map(|slot| self.inbox.get(slot)).collect();
        let stamped: Vec<Vec<u8>> = match &stamp[..] {
            [] => Vec::new(),
            stamp => received.iter().map(|datagram| [stamp, datagram.bytes].concat()).collect(),
        };
        let answers: Vec<Outgoing> = received
            .iter()
            .enumerate()
            .map(|(slot, datagram)| Outgoing {
                bytes: stamped.get(slot).map_or(datagram.bytes, Vec::as_slice),
                to: Some(&datagram.from),
                from: datagram.to,
            })
            .collect();
        self.bytes_out += send_all(socket, &answers, self.report);
    }

    /// Serves until `over` is set and nothing is queued: what came before that is answered, and
    /// a flood that does not end is left.
    fn serve(
        &mut self,
        sockets: &[Socket],
        mut reactor: Reactor,
        over: &AtomicBool,
    ) -> io::Result<()> {
        let locals: Vec<String> = sockets.iter().map(local_name).collect();
        let mut ready = Vec::new();
        let mut until: Option<Instant> = None;
        loop {
            if over.load(Ordering::Acquire) {
                until.get_or_insert_with(|| Instant::now() + DRAIN);
            }
            let mut more = false;
            for (socket, local) in sockets.iter().zip(&locals) {
                more |= self.serve_a_turn(socket, local);
            }
            let late = until.is_some_and(|until| until <= Instant::now());
            if until.is_some() && (!more || late) {
                return Ok(());
            }
            reactor.wait(!more, &mut ready)?;
        }
    }

    /// Answers what has come, for a turn; true if there may be more.
    fn serve_a_turn(&mut self, socket: &Socket, local: &str) -> bool {
        for _ in 0..TURN {
            let Some(count) = self.receive(socket, BATCH) else { return false };
            self.tell(local, count);
            self.answer(socket, count);
        }
        true
    }
}

/// The address that a socket is bound to, as text.
pub fn local_name(socket: &Socket) -> String {
    socket.local_addr().as_ref().map(address::name).unwrap_or_default()
}

/// The desks of further threads, all on the same sockets.
pub struct Others {
    threads: Vec<JoinHandle<io::Result<(u64, u64)>>>,
    over: Arc<AtomicBool>,
    stop: Stop,
}

impl Others {
    /// Starts what brings the number of desks to `desks`.
    ///
    /// # Errors
    /// The system's, if it gives no descriptors or threads.
    pub fn start(
        desks: usize,
        sockets: &[Socket],
        first: &Desk,
        stop: &Stop,
    ) -> anyhow::Result<Option<Self>> {
        if desks < 2 {
            return Ok(None);
        }
        let over = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        for _ in 1..desks {
            let reactor = Reactor::new().context("make an event loop")?;
            stop.add(reactor.waker());
            let sockets = sockets.iter().map(Socket::try_clone).collect::<io::Result<Vec<_>>>();
            let sockets = sockets.context("share the socket")?;
            for socket in &sockets {
                reactor.watch(socket, Token(0), Interest::READABLE).context("watch the socket")?;
            }
            let (mut desk, over) = (first.another(), Arc::clone(&over));
            let work = move || {
                desk.serve(&sockets, reactor, &over).map(|()| (desk.bytes_in, desk.bytes_out))
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
