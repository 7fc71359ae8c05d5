//! A bound socket, and what waits for room in its buffer.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use anyhow::Context as _;
use mio::{Interest, Token};
use socket2::{SockAddr, Socket};

use super::unsendable;
use crate::engine::reactor::Reactor;
use crate::net::address;
use crate::sys::datagrams::{self, BATCH, Outgoing};

/// A bound socket.
pub struct Bound {
    /// The socket itself.
    pub socket: Socket,
    /// The address that it is bound to, as text.
    pub local: String,
    /// There may be datagrams in it.
    pub ready: bool,
    token: Token,
    /// What found no room, in order.
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    /// The same to many is held once.
    bytes: Arc<[u8]>,
    to: Option<SockAddr>,
    from: Option<IpAddr>,
}

/// What became of datagrams that were to be sent.
#[derive(Debug, Default)]
pub struct Sent {
    /// How many bytes went out.
    pub bytes: u64,
    /// An error for each datagram that cannot be sent: one peer's trouble stops no other.
    pub errors: Vec<anyhow::Error>,
}

impl Sent {
    /// Counts what became of others too.
    pub fn add(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.errors.extend(other.errors);
    }
}

impl Bound {
    /// A socket that is watched under this token for what comes.
    ///
    /// # Errors
    /// The system's.
    pub fn watch(socket: Socket, token: Token, reactor: &Reactor) -> anyhow::Result<Self> {
        reactor.watch(&socket, token, Interest::READABLE).context("watch the socket")?;
        let local = socket.local_addr().as_ref().map(address::name).unwrap_or_default();
        Ok(Self { socket, local, ready: true, token, waiting: VecDeque::new() })
    }

    /// True if something waits for room: whoever makes more of it waits too.
    pub fn is_full(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How many datagrams wait for room.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Sends these, or has them wait where there is no room.
    pub fn send(&mut self, datagrams: &[Outgoing<'_>], reactor: &Reactor) -> Sent {
        let mut sent = Sent::default();
        let was_full = self.is_full();
        let taken = if was_full { 0 } else { send_until_full(&self.socket, datagrams, &mut sent) };
        for datagram in &datagrams[taken..] {
            let same = self.waiting.back().filter(|waiting| *waiting.bytes == *datagram.bytes);
            let bytes =
                same.map_or_else(|| datagram.bytes.into(), |waiting| Arc::clone(&waiting.bytes));
            let (to, from) = (datagram.to.cloned(), datagram.from);
            self.waiting.push_back(Waiting { bytes, to, from });
        }
        if !was_full && self.is_full() {
            self.watch_for(Interest::READABLE | Interest::WRITABLE, reactor, &mut sent);
        }
        sent
    }

    /// Sends what waits, as far as there is room.
    pub fn send_waiting(&mut self, reactor: &Reactor) -> Sent {
        let mut sent = Sent::default();
        while self.is_full() {
            let outgoing: Vec<Outgoing> =
                self.waiting.iter().take(BATCH).map(Waiting::outgoing).collect();
            let taken = send_until_full(&self.socket, &outgoing, &mut sent);
            self.waiting.drain(..taken);
            if taken == 0 {
                return sent;
            }
        }
        self.watch_for(Interest::READABLE, reactor, &mut sent);
        sent
    }

    fn watch_for(&self, interest: Interest, reactor: &Reactor, sent: &mut Sent) {
        let watched = reactor.watch_anew(&self.socket, self.token, interest);
        sent.errors.extend(watched.context("watch the socket").err());
    }
}

impl Waiting {
    fn outgoing(&self) -> Outgoing<'_> {
        Outgoing { bytes: &self.bytes, to: self.to.as_ref(), from: self.from }
    }
}

/// Sends these, as far as there is room; gives how many need no more be sent.
fn send_until_full(socket: &Socket, datagrams: &[Outgoing<'_>], sent: &mut Sent) -> usize {
    let mut taken = 0;
    while let [first, ..] = &datagrams[taken..] {
        match datagrams::send(socket, &datagrams[taken..]) {
            Ok(count) => {
                let bytes = datagrams[taken..taken + count].iter().map(|one| one.bytes.len());
                sent.bytes += bytes.sum::<usize>() as u64;
                taken += count;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            // A broadcast's or a vanished address cannot be answered from: let the system choose.
            Err(error) if first.from.is_some() && refuses_source(&error) => {
                let plain = [Outgoing { from: None, ..*first }];
                if send_until_full(socket, &plain, sent) == 0 {
                    break;
                }
                taken += 1;
            }
            Err(error) => {
                let peer = first.to.and_then(SockAddr::as_socket);
                sent.errors.push(unsendable(first.bytes.len(), peer, error));
                taken += 1;
            }
        }
    }
    taken
}

fn refuses_source(error: &io::Error) -> bool {
    let refusals = [libc::EINVAL, libc::EADDRNOTAVAIL, libc::ENETUNREACH, libc::EACCES];
    error.raw_os_error().is_some_and(|number| refusals.contains(&number))
}
