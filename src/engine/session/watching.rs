//! Which descriptors of a session the event loop watches, and what it saw of them.

use std::io;
use std::time::Instant;

use mio::{Interest, Token};

use super::{Role, Session};
use crate::engine::endpoint::Endpoint;
use crate::engine::endpoint::stream::Stream;
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
        if let Some(child) = &self.child {
            reactor.watch(child.descriptor(), token(CHILD), Interest::READABLE)?;
        }
        if let Endpoint::Stream(stream) = &self.ends.peer
            && !matches!(self.role, Role::HandedOver { .. })
        {
            watch_stream(stream, reactor, token(PEER))?;
        }
        match &mut self.ends.local {
            Endpoint::Stdio(stdio) => stdio.watch(reactor, token(STDIN), token(STDOUT)),
            Endpoint::Stream(stream) => watch_stream(stream, reactor, token(LOCAL)),
            Endpoint::Nowhere => Ok(()),
        }
    }

    /// Takes back the socket of a peer whose child has ended, and has the loop watch it.
    ///
    /// # Errors
    /// The system's.
    pub fn take_back(&mut self, reactor: &Reactor, first: Token) -> io::Result<()> {
        self.role = Role::HandedOver { taken_back: true };
        let Endpoint::Stream(stream) = &self.ends.peer else { return Ok(()) };
        stream.socket().set_nonblocking(true)?;
        watch_stream(stream, reactor, Token(first.0 + PEER))
    }

    /// Notes what the loop saw of the descriptor whose token is the first and `part` more.
    pub fn note(&mut self, part: usize, readiness: &Readiness) {
        if part == CHILD {
            return self.note_child(Instant::now());
        }
        match (part, &mut self.ends.peer, &mut self.ends.local) {
            (PEER, Endpoint::Stream(stream), _) | (LOCAL, _, Endpoint::Stream(stream)) => {
                stream.note(readiness);
            }
            (STDIN, _, Endpoint::Stdio(stdio)) => stdio.input.note(readiness),
            (STDOUT, _, Endpoint::Stdio(stdio)) => stdio.output.note(readiness),
            _ => {}
        }
    }
}

fn watch_stream(stream: &Stream, reactor: &Reactor, token: Token) -> io::Result<()> {
    let interest = Interest::READABLE | Interest::WRITABLE | Interest::PRIORITY;
    reactor.watch(stream.socket(), token, interest).map(|_| ())
}
