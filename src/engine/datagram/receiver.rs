//! Where datagrams are received.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::bound_socket::BoundSocket;
use super::{tell_lost, tell_received};
use crate::net::access::Access;
use crate::net::address;
use crate::report::{Report, reason};
use crate::sys::datagrams::{ReceiveBatch, Received};

/// How many errors in a row, one for each datagram that a peer refused, are nothing to end for.
const MOST_ERRORS: usize = 100;

/// Receives datagrams, and tells of them.
pub struct Receiver {
    access: Access,
    report: Report,
    batch: ReceiveBatch,
    /// Set when the user knows, by whichever receiver, that some cannot be answered.
    told_unnamed: Arc<AtomicBool>,
    /// Slots of the batch whose datagrams were let through.
    admitted: Vec<usize>,
    /// Set when the first datagram comes, to whichever receiver.
    came: Arc<AtomicBool>,
    /// Bytes received.
    pub bytes_in: u64,
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
    pub fn new(room: usize, access: Access, report: Report) -> Self {
        Self {
            access,
            report,
            batch: ReceiveBatch::new(room),
            told_unnamed: Arc::default(),
            admitted: Vec::new(),
            came: Arc::default(),
            bytes_in: 0,
        }
    }

    /// A receiver for another thread.
    pub fn another(&self) -> Self {
        let another = Self::new(self.batch.room(), self.access.clone(), self.report);
        let (told_unnamed, came) = (Arc::clone(&self.told_unnamed), Arc::clone(&self.came));
        Self { told_unnamed, came, ..another }
    }

    /// True once a datagram has come, to this receiver or to another.
    pub fn anything_came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }

    /// Receives at most `most` datagrams or runs of them; `None` if none is there. Those of denied
    /// peers are dropped. An ICMP error of one peer concerns nobody else: what comes after it is
    /// received.
    ///
    /// # Errors
    /// One that does not pass.
    pub fn receive(&mut self, bound: &BoundSocket, most: usize) -> io::Result<Option<Taken>> {
        let mut errors = 0;
        loop {
            match self.batch.receive(&bound.socket, most) {
                Ok(received) => {
                    // Those of denied peers have filled the buffer too.
                    tell_lost(&self.batch, received, &bound.lost, &bound.local, self.report);
                    self.drop_denied(received);
                    // Fewer than were asked for have emptied the socket.
                    let emptied = !self.batch.was_filled();
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
            let from = self.batch.get(slot).from;
            if self.access.admits(from) {
                self.admitted.push(slot);
            } else if self.report.tells_connections() {
                self.report.denied(&address::display_text(from));
            }
        }
    }

    /// What was received last, but for what was dropped.
    pub fn received(&self) -> impl Iterator<Item = Received<'_>> {
        self.admitted.iter().map(|slot| self.batch.get(*slot))
    }

    /// Counts and tells of the batch that was received last, from this socket; gives an error for
    /// each datagram that was cut.
    pub fn tell(&mut self, bound: &BoundSocket) -> Vec<anyhow::Error> {
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
}
