//! What may be queued when the command of `--run` ends. It is served to its end; a flood has none.

use std::time::Instant;

use super::bound_socket::BoundSocket;
use crate::engine::stop::DRAIN;

/// Less than a datagram takes of a receive buffer, even an empty one.
const LEAST_ROOM: usize = 512;
/// More than systems let wait in a Unix socket, which its buffer does not limit (unix(7)).
const MOST_IN_UNIX: usize = 1024;

/// What is still received.
pub struct Queued {
    /// How many datagrams, or runs of them.
    left: usize,
    /// Until when: who is not held up has received by then what had come.
    until: Instant,
    held_up: bool,
}

impl Queued {
    /// As much as the buffers of these sockets can hold.
    pub fn in_any(sockets: &[BoundSocket]) -> Self {
        let most = |bound: &BoundSocket| {
            let size = bound.socket.recv_buffer_size().unwrap_or_default();
            (size / LEAST_ROOM).max(MOST_IN_UNIX)
        };
        Self { left: sockets.iter().map(most).sum(), until: Instant::now() + DRAIN, held_up: false }
    }

    /// How many may still be received.
    pub fn left(&self) -> usize {
        if self.held_up || Instant::now() < self.until { self.left } else { 0 }
    }

    /// Without room nothing can be received until what came before is done with.
    pub fn note_room(&mut self, has_room: bool) {
        if self.held_up && has_room {
            self.until = Instant::now() + DRAIN;
        }
        self.held_up = !has_room;
    }

    /// So many were received; a batch of which all were dropped counts too.
    pub fn received(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count.max(1));
    }
}
