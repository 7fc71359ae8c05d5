//! Which descriptors of a session the event loop watches, and what it saw of them.

use std::io;
use std::time::Instant;

use mio::{Interest, Token};
use socket2::Socket;

use super::{Role, Session, Unwatched};
use crate::engine::endpoint::Endpoint;
use crate::engine::reactor::{Reactor, Readiness};

/// How many descriptors a session has at most: its tokens are this many from its first on.
pub const PARTS: usize = 5;
const PEER: usize = 0;
const STDIN: usize = 1;
const STDOUT: usize = 2;
/// What the peer is connected with, where it is not stdin and stdout.
const LOCAL: usize = 3;
/// The process that serves the peer.
const CHILD: usize = 4;

impl Session {
    /// Has the loop watch every descriptor of the session, under tokens from `first` on.
    ///
    /// # Errors
    /// The system's.
    pub fn watch(&mut self, reactor: &Reactor, first: Token) -> io::Result<()> {
        let token = |part: usize| Token(first.0 + part);
        if let Some(child) = self.child() {
            reactor.watch(child.descriptor(), token(CHILD), Interest::READABLE)?;
        }
        if let Some(dial) = self.dial_mut() {
            dial.set_notifier(reactor.notifier(token(LOCAL)));
        }
        if let Endpoint::Stream(stream) = &self.ends.peer
            && !matches!(self.role, Role::HandedOver { .. })
        {
            watch_stream(stream.socket(), reactor, token(PEER))?;
        }
        match &mut self.ends.local {
            Endpoint::Stdio(stdio) => stdio.watch(reactor, token(STDIN), token(STDOUT)),
            Endpoint::Stream(stream) => watch_stream(stream.socket(), reactor, token(LOCAL)),
            Endpoint::Seat(seat) => {
                seat.set_notifier(reactor.notifier(token(LOCAL)));
                Ok(())
            }
            Endpoint::Nowhere => Ok(()),
        }
    }

    /// Has the loop watch what it did not yet.
    ///
    /// # Errors
    /// The system's.
    pub fn watch_more(
        &mut self,
        unwatched: Unwatched,
        reactor: &Reactor,
        first: Token,
    ) -> io::Result<()> {
        let (peer, local) = (Token(first.0 + PEER), Token(first.0 + LOCAL));
        match (unwatched, &mut self.role, &self.ends.peer, &self.ends.local) {
            (
                Unwatched::PeerAgain,
                Role::HandedOver { taken_back, .. },
                Endpoint::Stream(it),
                _,
            ) => {
                *taken_back = true;
                it.socket().set_nonblocking(true)?;
                watch_stream(it.socket(), reactor, peer)
            }
            (Unwatched::Attempts, Role::Relay { dial: Some(dial), .. }, ..) => {
                dial.begun().try_for_each(|socket| watch_stream(socket, reactor, local))
            }
            (Unwatched::Target, _, _, Endpoint::Stream(target)) => {
                watch_stream(target.socket(), reactor, local)
            }
            _ => Ok(()),
        }
    }

    /// Ends the watch of a socket that may live on: a process that the child has left behind may
    /// have it still, and its events would be taken for those of another session.
    pub fn unwatch(&self, reactor: &Reactor) {
        if let (Role::HandedOver { taken_back: true, .. }, Some(socket)) =
            (&self.role, self.socket())
        {
            // What cannot be watched was not.
            let _ = reactor.forget(socket);
        }
    }

    /// Notes what the loop saw of the descriptor whose token is the first and `part` more.
    pub fn on_ready(&mut self, part: usize, readiness: &Readiness) {
        if part == CHILD {
            return self.note_child(Instant::now());
        }
        if part == LOCAL
            && let Some(dial) = self.dial_mut()
        {
            return dial.on_ready(readiness);
        }
        match (part, &mut self.ends.peer, &mut self.ends.local) {
            (PEER, Endpoint::Stream(stream), _) | (LOCAL, _, Endpoint::Stream(stream)) => {
                stream.on_ready(readiness);
            }
            (LOCAL, _, Endpoint::Seat(seat)) => seat.on_ready(readiness),
            (STDIN, _, Endpoint::Stdio(stdio)) => stdio.input.on_ready(readiness),
            (STDOUT, _, Endpoint::Stdio(stdio)) => stdio.output.on_ready(readiness),
            _ => {}
        }
    }
}

fn watch_stream(socket: &Socket, reactor: &Reactor, token: Token) -> io::Result<()> {
    let interest = Interest::READABLE | Interest::WRITABLE | Interest::PRIORITY;
    reactor.watch(socket, token, interest).map(|_| ())
}
