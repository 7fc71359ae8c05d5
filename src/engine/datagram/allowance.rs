//! How much is received from a socket: once the command of `--run` has ended, what had come by then.
//! A flood has no end, and so it is counted too.

use socket2::Socket;

/// Less than a datagram takes of a receive buffer, even an empty one.
const LEAST_ROOM: usize = 512;
/// More than systems let wait in a Unix socket, which its buffer does not limit (unix(7)).
const MOST_IN_UNIX: usize = 1024;

/// How many datagrams, or runs of them, are still received from a socket: without limit, at first.
#[derive(Debug, Default)]
pub struct Allowance(Option<usize>);

impl Allowance {
    /// What is queued in the socket is the last that is received.
    pub fn limit(&mut self, socket: &Socket) {
        self.0.get_or_insert_with(|| {
            let size = socket.recv_buffer_size().unwrap_or_default();
            (size / LEAST_ROOM).max(MOST_IN_UNIX)
        });
    }

    /// How many may still be received.
    pub fn left(&self) -> usize {
        self.0.unwrap_or(usize::MAX)
    }

    /// So many were received, and perhaps no more were there; a batch of which all were dropped
    /// counts too.
    pub fn note(&mut self, count: usize, emptied: bool) {
        if let Some(left) = &mut self.0 {
            *left = if emptied { 0 } else { left.saturating_sub(count.max(1)) };
        }
    }
}
