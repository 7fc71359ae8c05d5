//! `--exec` of datagrams: a process for each, whose stdin is the datagram and whose stdout is the
//! answer.

use std::fs::File;
use std::io::{self, Read as _};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use mio::Interest;
use slab::Slab;
use socket2::SockAddr;

use super::bound_socket::{BoundSocket, Sent};
use super::receiver::Receiver;
use super::requester::Requester;
use crate::engine::child::{Child, Contact, Program};
use crate::engine::frame::{LARGEST_OVER_IPV4, LARGEST_PAYLOAD};
use crate::engine::reactor::{Reactor, Readiness};
use crate::engine::tokens::WORK;
use crate::net::address::{display_text, is_unnamed};
use crate::net::options::Transport;
use crate::outcome::{Cause, refusal};
use crate::report::Report;
use crate::sys::datagrams::{LARGEST_UNIX, Outgoing, Received};
use crate::sys::descriptor;
use crate::sys::interruption::uninterrupted;

/// How much a process may write before it is stopped: what is too large for a datagram is counted
/// up to here, so that the error can tell its size.
const MOST_COUNTED: usize = 16 << 20;
/// Descriptors that a process takes, two of them only while it starts.
const DESCRIPTORS: usize = 4;
/// Descriptors for everything else.
const SPARE_DESCRIPTORS: usize = 8;
/// Tokens a process has: its stdout's and its own.
const PARTS: usize = 2;

/// What is run, and how often at a time.
#[derive(Clone, Debug)]
pub struct Commands {
    /// The program.
    pub program: Program,
    /// Processes at a time.
    pub most: usize,
    /// A process that is silent for so long is stopped.
    pub idle: Option<Duration>,
    /// Where events are reported.
    pub report: Report,
}

/// The processes of a server.
pub struct Children {
    commands: Commands,
    running: Slab<Running>,
    /// None is to be stopped for its silence before that.
    silent_until: Option<Instant>,
    /// The status of the process that ended last.
    pub status: Option<u8>,
    /// What went wrong and is to be told.
    pub errors: Vec<anyhow::Error>,
    terminated: bool,
}

struct Running {
    child: Child,
    requester: Requester,
    /// What it writes to; `None` once the answer was sent.
    output: Option<File>,
    answer: Vec<u8>,
    /// How much it has written, also beyond what makes an answer.
    written: usize,
    last: Instant,
}

impl Children {
    /// None yet.
    #[must_use]
    pub fn new(mut commands: Commands) -> Self {
        // Whoever is started must find its descriptors.
        let most = descriptor::left().saturating_sub(SPARE_DESCRIPTORS) / DESCRIPTORS;
        commands.most = commands.most.min(most.max(1));
        Self {
            commands,
            running: Slab::new(),
            silent_until: None,
            status: None,
            errors: Vec::new(),
            terminated: false,
        }
    }

    /// How many more may run.
    #[must_use]
    pub fn room(&self) -> usize {
        self.commands.most.saturating_sub(self.running.len())
    }

    /// True if none is running.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Starts a process for a datagram that came to this socket.
    pub fn start(
        &mut self,
        datagram: &Received<'_>,
        socket: usize,
        bound: &BoundSocket,
        reactor: &Reactor,
    ) {
        if let Err(error) = self.try_to_start(datagram, socket, bound, reactor) {
            self.errors.push(error);
        }
    }

    fn try_to_start(
        &mut self,
        datagram: &Received<'_>,
        socket: usize,
        bound: &BoundSocket,
        reactor: &Reactor,
    ) -> anyhow::Result<()> {
        let input = descriptor::file_of(datagram.bytes).context("give the command a datagram")?;
        let (output, its_output) = descriptor::pipe_to_read().context("make a pipe")?;
        let local = asked_address(bound, datagram.to)?;
        let transport = if local.is_unix() { Transport::Unix } else { Transport::Udp };
        let contact = Contact { transport, local: &local, peer: datagram.from };
        let child = self.commands.program.start(&contact, input, its_output)?;
        let entry = self.running.vacant_entry();
        let number = entry.key() * PARTS;
        let (writes, ends) = (WORK.token(number), WORK.token(number + 1));
        reactor.watch(&output, writes, Interest::READABLE).context("watch the command")?;
        let ended = child.descriptor();
        reactor.watch(ended, ends, Interest::READABLE).context("watch the command")?;
        let requester = Requester { peer: datagram.from.clone(), socket, at: datagram.to };
        let last = Instant::now();
        let output = Some(File::from(output));
        entry.insert(Running { child, requester, output, answer: Vec::new(), written: 0, last });
        self.silent_until = self.silent_until.or(self.commands.idle.map(|idle| last + idle));
        Ok(())
    }

    /// Notes what the loop saw of a process; gives what was sent to its peer.
    pub fn on_ready(
        &mut self,
        readiness: &Readiness,
        receiver: &Receiver,
        sockets: &mut [BoundSocket],
        reactor: &Reactor,
    ) -> Sent {
        let Some(number) = WORK.number(readiness.token) else { return Sent::default() };
        let Some(running) = self.running.get_mut(number / PARTS) else { return Sent::default() };
        let ended = number % PARTS == 1 && running.child.status().is_some();
        let complete = running.collect();
        if running.written > MOST_COUNTED {
            self.stop(number / PARTS);
            return Sent::default();
        }
        let mut sent = Sent::default();
        // What the process has started may hold its stdout open: nobody waits for that.
        if (complete || ended) && running.output.take().is_some() {
            sent = self.answer(number / PARTS, receiver, sockets, reactor);
        }
        if ended {
            self.remove(number / PARTS);
        }
        sent
    }

    /// Sends what a process has written, if anything.
    fn answer(
        &mut self,
        key: usize,
        receiver: &Receiver,
        sockets: &mut [BoundSocket],
        reactor: &Reactor,
    ) -> Sent {
        let running = &mut self.running[key];
        let Requester { peer, socket, at } = &running.requester;
        let answer = std::mem::take(&mut running.answer);
        let bound = sockets.get_mut(*socket).filter(|_| running.written > 0);
        let Some(bound) = bound else { return Sent::default() };
        if is_unnamed(peer) {
            receiver.tell_unnamed();
            return Sent::default();
        }
        if running.written > answer.len() {
            let error = too_large(running.written, peer);
            self.errors.push(error);
            return Sent::default();
        }
        bound.send(&[Outgoing { bytes: &answer, to: Some(peer), from: *at }], reactor)
    }

    fn remove(&mut self, key: usize) {
        let mut running = self.running.remove(key);
        self.status = running.child.status();
        if let Some(status) = self.status.filter(|status| *status != 0) {
            let peer = display_text(&running.requester.peer);
            self.commands.report.step(format!("the command for {peer} ended with status {status}"));
        }
    }

    /// A process that writes without end.
    fn stop(&mut self, key: usize) {
        let running = self.running.remove(key);
        self.errors.push(too_large(running.written, &running.requester.peer));
    }

    /// When it is to be looked for those that are silent for too long.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.silent_until
    }

    /// Stops those that are silent for too long.
    pub fn expire(&mut self, now: Instant) {
        let Some(idle) = self.commands.idle else { return };
        if self.silent_until.is_none_or(|until| now < until) {
            return;
        }
        let late: Vec<usize> = self
            .running
            .iter()
            .filter(|(_, one)| one.last + idle <= now)
            .map(|(key, _)| key)
            .collect();
        for key in late {
            let running = self.running.remove(key);
            let peer = display_text(&running.requester.peer);
            let text = format!(
                "the command for {peer} wrote nothing for {} s: stopped",
                idle.as_secs_f64()
            );
            self.errors.push(refusal(Cause::Timeout, text));
        }
        self.silent_until = self.running.iter().map(|(_, one)| one.last + idle).min();
    }

    /// Asks all to end.
    pub fn terminate(&mut self) {
        if !std::mem::replace(&mut self.terminated, true) {
            for (_, running) in &mut self.running {
                running.child.terminate();
            }
        }
    }
}

impl Running {
    /// Reads what was written; true at its end.
    fn collect(&mut self) -> bool {
        let most = largest(&self.requester.peer);
        let mut buffer = [0; 16 * 1024];
        let Some(output) = &mut self.output else { return false };
        while self.written <= MOST_COUNTED {
            match uninterrupted(|| output.read(&mut buffer)) {
                Ok(0) => return true,
                Ok(count) => {
                    self.written += count;
                    self.last = Instant::now();
                    if self.written <= most {
                        self.answer.extend_from_slice(&buffer[..count]);
                    }
                }
                // Nothing more for now, or ever.
                Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
            }
        }
        false
    }
}

/// The largest answer that a peer can be sent.
fn largest(peer: &SockAddr) -> usize {
    match peer.as_socket().map(|peer| peer.ip().to_canonical()) {
        Some(IpAddr::V4(_)) => LARGEST_OVER_IPV4,
        Some(IpAddr::V6(_)) => LARGEST_PAYLOAD,
        None => LARGEST_UNIX,
    }
}

fn too_large(written: usize, peer: &SockAddr) -> anyhow::Error {
    let (most, peer) = (largest(peer), display_text(peer));
    let more = if written > MOST_COUNTED { "more than " } else { "" };
    let written = written.min(MOST_COUNTED);
    let text = format!(
        "the command for {peer} wrote {more}{written} bytes: too large for a datagram ({most} at most)"
    );
    refusal(Cause::Transfer, text)
}

/// The local address that a datagram came to, with the port.
fn asked_address(bound: &BoundSocket, at: Option<IpAddr>) -> anyhow::Result<SockAddr> {
    let local = bound.socket.local_addr().context("ask for the address")?;
    match (local.as_socket(), at) {
        (Some(socket), Some(at)) => Ok(SocketAddr::new(at, socket.port()).into()),
        _ => Ok(local),
    }
}
