//! Where datagrams are received and answered, on one thread or on several.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use anyhow::Context as _;
use mio::{Interest, Token};
use socket2::Socket;

use super::send_all;
use crate::engine::handler::Handler;
use crate::engine::reactor::Reactor;
use crate::engine::stop::Stop;
use crate::net::address;
use crate::outcome::{Cause, refusal};
use crate::report::{Report, reason};
use crate::sys::datagrams::{BATCH, Inbox, LARGEST, Outgoing, Received};

/// Receives datagrams and answers them as the handler says.
pub struct Desk {
    handler: Option<Handler>,
    local: String,
    report: Report,
    inbox: Inbox,
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
}

impl Desk {
    /// A desk for the socket that is called `local`.
    pub fn new(handler: Option<Handler>, local: String, report: Report) -> Self {
        Self { handler, local, report, inbox: Inbox::default(), bytes_in: 0, bytes_out: 0 }
    }

    fn another(&self) -> Self {
        Self::new(self.handler, self.local.clone(), self.report)
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

    /// Counts and tells of the batch that was received last, and of what was cut in it.
    pub fn tell(&mut self, count: usize) {
        for slot in 0..count {
            let datagram = self.inbox.get(slot);
            self.bytes_in += datagram.bytes.len() as u64;
            if self.report.tells_connections() {
                let peer = address::name(&datagram.from);
                self.report.datagram(&self.local, &peer, datagram.length);
            }
            if datagram.length > LARGEST {
                let text = format!("a datagram of {} bytes was cut to {LARGEST}", datagram.length);
                self.report.error(&refusal(Cause::Transfer, text));
            }
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

    /// Serves until `over` is set and nothing is queued.
    fn serve(
        &mut self,
        sockets: &[Socket],
        mut reactor: Reactor,
        over: &AtomicBool,
    ) -> io::Result<()> {
        let mut ready = Vec::new();
        loop {
            let last_round = over.load(Ordering::Acquire);
            for socket in sockets {
                while let Some(count) = self.receive(socket, BATCH) {
                    self.tell(count);
                    self.answer(socket, count);
                }
            }
            if last_round {
                return Ok(());
            }
            reactor.wait(true, &mut ready)?;
        }
    }
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
