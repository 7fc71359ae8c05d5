//! A bound socket, and what waits for room in its buffer.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use mio::{Interest, Token};
use socket2::{SockAddr, Socket};

use super::allowance::Allowance;
use super::{MOST_AT_ONCE, is_too_large, unsendable};
use crate::engine::reactor::Reactor;
use crate::net::address;
use crate::outcome::{Cause, refusal};
use crate::sys::datagrams::{Outgoing, Sender};

/// How long others wait for a peer that does not read.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many such peers are remembered.
const MOST_DEAF: usize = 1024;
/// The first and the longest pause between attempts, where the system does not tell of room.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(32));

/// A bound socket.
pub struct BoundSocket {
    /// The socket itself.
    pub socket: Socket,
    /// The address that it is bound to, as text.
    pub local: String,
    /// There may be datagrams in it.
    pub ready: bool,
    /// How many of them are still received.
    pub allowance: Allowance,
    /// How many it has lost, as far as it was told; the other threads of the socket know too.
    pub lost: Arc<AtomicU32>,
    sender: Sender,
    token: Token,
    /// What found no room, in order.
    waiting: VecDeque<Waiting>,
    /// Since when none of it has found room.
    stuck_since: Option<Instant>,
    pause: Duration,
    is_unix: bool,
    /// Who does not read is given up after a while: others wait to be served.
    gives_up: bool,
    /// Who is not given up: there is nobody else to be served.
    only_partner: Option<SockAddr>,
    /// Who was given up and has not read since: nobody waits for them again.
    deaf: HashSet<SockAddr>,
}

struct Waiting {
    /// Bytes that go to many are held once.
    bytes: Arc<[u8]>,
    to: Option<SockAddr>,
    from: Option<IpAddr>,
}

/// What became of datagrams that were to be sent.
#[derive(Debug, Default)]
pub struct Sent {
    /// How many datagrams went out, or found no room yet.
    pub datagrams: u64,
    /// How many bytes went out.
    pub bytes: u64,
    /// How many bytes found no room yet, and wait for it.
    pub waiting: u64,
    /// An error for each datagram that cannot be sent: one peer's trouble stops no other.
    pub errors: Vec<anyhow::Error>,
    /// What became of an earlier datagram, on a connected socket: an ICMP error.
    pub refusal: Option<io::Error>,
}

impl Sent {
    /// Counts what became of others too.
    pub fn add(&mut self, other: Self) {
        self.datagrams += other.datagrams;
        self.bytes += other.bytes;
        self.waiting += other.waiting;
        self.errors.extend(other.errors);
        self.refusal = self.refusal.take().or(other.refusal);
    }
}

impl BoundSocket {
    /// A socket that is watched under this token for what comes, and sends by `sender`.
    /// `gives_up`: nobody waits long for a peer that does not read.
    ///
    /// # Errors
    /// The system's.
    pub fn watch(
        socket: Socket,
        token: Token,
        sender: Sender,
        gives_up: bool,
        reactor: &Reactor,
    ) -> anyhow::Result<Self> {
        reactor.watch(&socket, token, Interest::READABLE).context("watch the socket")?;
        let local = socket.local_addr().context("ask for the address")?;
        Ok(Self {
            local: address::display_text(&local),
            socket,
            ready: true,
            allowance: Allowance::default(),
            lost: Arc::default(),
            sender,
            token,
            waiting: VecDeque::new(),
            stuck_since: None,
            pause: PAUSES.0,
            is_unix: local.is_unix(),
            // A full queue of UDP is the system's own, which empties.
            gives_up: gives_up && local.is_unix(),
            only_partner: None,
            deaf: HashSet::new(),
        })
    }

    /// The same socket for another thread, which `reactor` belongs to.
    ///
    /// # Errors
    /// The system's.
    pub fn another(&self, token: Token, reactor: &Reactor) -> anyhow::Result<Self> {
        let socket = self.socket.try_clone().context("share the socket")?;
        let another = Self::watch(socket, token, self.sender, true, reactor)?;
        Ok(Self { lost: Arc::clone(&self.lost), ..another })
    }

    /// True if something waits for room: whoever makes more of it waits too.
    pub fn is_full(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// True if something waits for room with a peer, of which the system does not tell.
    pub fn waits_for_peer(&self) -> bool {
        self.is_unix && self.is_full()
    }

    /// This peer is waited for however long it does not read, since nobody else is to be served;
    /// with `None`, nobody is.
    pub fn set_only_partner(&mut self, partner: Option<&SockAddr>) {
        if self.only_partner.as_ref() != partner {
            self.only_partner = partner.cloned();
        }
    }

    /// Takes what waits out.
    pub fn take_waiting(&mut self) -> impl Iterator<Item = Box<[u8]>> + use<> {
        std::mem::take(&mut self.waiting).into_iter().map(|waiting| Box::from(&*waiting.bytes))
    }

    /// How many datagrams wait for room.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Sends these, or has them wait where there is no room.
    pub fn send(&mut self, datagrams: &[Outgoing<'_>], reactor: &Reactor) -> Sent {
        let mut sent = Sent::default();
        let was_full = self.is_full();
        let taken = if was_full { 0 } else { self.send_until_full(datagrams, &mut sent) };
        for datagram in &datagrams[taken..] {
            let same = self.waiting.back().filter(|waiting| *waiting.bytes == *datagram.bytes);
            let bytes =
                same.map_or_else(|| datagram.bytes.into(), |waiting| Arc::clone(&waiting.bytes));
            let (to, from) = (datagram.to.cloned(), datagram.from);
            sent.waiting += datagram.bytes.len() as u64;
            sent.datagrams += 1;
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
            let mut waiting = std::mem::take(&mut self.waiting);
            let next = waiting.iter().take(MOST_AT_ONCE).map(Waiting::outgoing);
            let taken = self.send_until_full(&next.collect::<Vec<_>>(), &mut sent);
            waiting.drain(..taken);
            self.waiting = waiting;
            if taken > 0 {
                (self.stuck_since, self.pause) = (None, PAUSES.0);
            } else if self.is_stuck() {
                self.give_up(&mut sent);
            } else {
                self.pause = (self.pause * 2).min(PAUSES.1);
                return sent;
            }
        }
        self.watch_for(Interest::READABLE, reactor, &mut sent);
        sent
    }

    /// Sends these, as far as there is room, and drops what the `deaf` have no room for; gives how
    /// many need no more be sent.
    fn send_until_full(&mut self, datagrams: &[Outgoing<'_>], sent: &mut Sent) -> usize {
        let (mut taken, mut refused_at) = (0, None);
        while let [first, ..] = &datagrams[taken..] {
            match self.send_some(&datagrams[taken..]) {
                Ok(count) => {
                    sent.datagrams += count as u64;
                    for one in &datagrams[taken..taken + count] {
                        sent.bytes += one.bytes.len() as u64;
                        self.note_room(one);
                    }
                    taken += count;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if !first.to.is_some_and(|to| self.deaf.contains(to)) {
                        break;
                    }
                    taken += 1;
                }
                // Whoever it is connected to has gone; what is to be sent waits for another socket.
                Err(error) if first.to.is_none() && self.is_unix && has_gone(&error) => {
                    sent.refusal = Some(error);
                    break;
                }
                // An earlier one was refused; this one was not sent yet.
                Err(error) if first.to.is_none() && refused_at.replace(taken) != Some(taken) => {
                    sent.refusal.get_or_insert(error);
                }
                Err(error) => {
                    if refused_at == Some(taken) && is_too_large(&error) {
                        // It was this one's own error the first time too.
                        sent.refusal.take_if(|refusal| is_too_large(refusal));
                    }
                    let target = first.to.cloned().or_else(|| self.socket.peer_addr().ok());
                    sent.errors.push(unsendable(first.bytes.len(), target.as_ref(), error));
                    taken += 1;
                }
            }
        }
        taken
    }

    /// Sends the first of these, and perhaps more; gives how many. A broadcast's or a vanished
    /// address cannot be answered from: then the system chooses another.
    fn send_some(&mut self, datagrams: &[Outgoing<'_>]) -> io::Result<usize> {
        match (self.sender.send(&self.socket, datagrams), datagrams) {
            (Err(error), [first, ..]) if first.from.is_some() && refuses_source(&error) => {
                self.sender.send(&self.socket, &[Outgoing { from: None, ..*first }])
            }
            (result, _) => result,
        }
    }

    /// A datagram found room: whom it goes to reads, or somebody else has the name.
    fn note_room(&mut self, sent: &Outgoing<'_>) {
        if let Some(to) = sent.to.filter(|_| !self.deaf.is_empty()) {
            self.deaf.remove(to);
        }
    }

    /// When to look again for room, if the system does not tell.
    pub fn retry(&self) -> Option<Instant> {
        self.waits_for_peer().then(|| Instant::now() + self.pause)
    }

    fn is_stuck(&mut self) -> bool {
        let next = self.waiting.front().and_then(|first| first.to.as_ref());
        let gives_up = self.gives_up && (next.is_none() || next != self.only_partner.as_ref());
        gives_up && self.stuck_since.get_or_insert_with(Instant::now).elapsed() >= PATIENCE
    }

    /// Drops what waits for a peer that does not read.
    fn give_up(&mut self, sent: &mut Sent) {
        self.stuck_since = None;
        let Some(to) = self.waiting.front().and_then(|first| first.to.clone()) else { return };
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.to.as_ref() != Some(&to));
        let lost = before - self.waiting.len();
        let text = format!(
            "send to {}: it is not reading: {lost} datagrams were dropped, and more will be until it reads",
            address::display_text(&to)
        );
        sent.errors.push(refusal(Cause::Transfer, text));
        if self.deaf.len() >= MOST_DEAF {
            self.deaf.clear();
        }
        self.deaf.insert(to);
    }

    fn watch_for(&self, interest: Interest, reactor: &Reactor, sent: &mut Sent) {
        if self.is_unix {
            // With a peer's queue full the socket counts as writable all the same, and each attempt
            // to write makes an event.
            return;
        }
        let watched = reactor.watch_anew(&self.socket, self.token, interest);
        sent.errors.extend(watched.context("watch the socket").err());
    }
}

/// Sends what waits for room in any of the sockets, as far as there is some.
pub fn send_waiting(sockets: &mut [BoundSocket], reactor: &Reactor) -> Sent {
    let mut sent = Sent::default();
    for bound in sockets.iter_mut().filter(|bound| bound.is_full()) {
        sent.add(bound.send_waiting(reactor));
    }
    sent
}

impl Waiting {
    fn outgoing(&self) -> Outgoing<'_> {
        Outgoing { bytes: &self.bytes, to: self.to.as_ref(), from: self.from }
    }
}

/// True if the Unix socket that another is connected to exists no more.
pub fn has_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ECONNREFUSED | libc::ENOTCONN))
}

fn refuses_source(error: &io::Error) -> bool {
    let refusals = [libc::EINVAL, libc::EADDRNOTAVAIL, libc::ENETUNREACH, libc::EACCES];
    error.raw_os_error().is_some_and(|number| refusals.contains(&number))
}
