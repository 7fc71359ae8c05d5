//! TLS between a stream and its wire: records in, records out (RFC 8446, RFC 5246).
//!
//! rustls decrypts and encrypts in buffers of ours, so that a system call carries many records.

mod buffer;
mod records;

use std::io;
use std::time::Duration;

use rustls::ProtocolVersion;

use super::Read;
use super::wire::Wire;
use crate::net::address;
use crate::net::tls::{Connection, Context, explain, interrupted, negotiated};
use crate::outcome::{Cause, IoFailure};
use crate::report::Report;
use buffer::Buffer;
use records::{Plain, Step, Wanted, step};

/// How much is sent at a time, so that the peer is woken seldom.
const MOST: usize = 512 * 1024;

/// One side of a TLS connection.
#[derive(Debug)]
pub struct Tls {
    connection: Connection,
    context: Context,
    report: Report,
    /// Records that came and were not looked at.
    incoming: Buffer,
    /// It may hold a whole one.
    unprocessed: bool,
    /// Decrypted bytes that nobody has read, from `read` on.
    plain: Vec<u8>,
    read: usize,
    /// Records that the wire had no room for.
    outgoing: Buffer,
    secured: bool,
    /// Nothing more comes: the peer's close_notify was seen, or its absence is to be ignored.
    ended: bool,
    /// The length of our close_notify, once it was made.
    close_notify: Option<usize>,
    /// The peer has sent at least a byte.
    heard: bool,
    /// The peer ended after our close_notify, and had not sent a byte.
    unanswered: bool,
    failure: Option<IoFailure>,
}

impl Tls {
    /// A connection whose handshake has not begun.
    pub fn new(context: &Context, report: Report) -> io::Result<Self> {
        let connection = context.connection().map_err(io::Error::from)?;
        Ok(Self {
            connection,
            context: context.clone(),
            report,
            incoming: Buffer::default(),
            unprocessed: true,
            plain: Vec::new(),
            read: 0,
            outgoing: Buffer::default(),
            secured: false,
            ended: false,
            close_notify: None,
            heard: false,
            unanswered: false,
            failure: None,
        })
    }

    /// True once the handshake is done.
    pub fn is_secured(&self) -> bool {
        self.secured
    }

    /// How long the handshake may take.
    pub fn handshake_limit(&self) -> Duration {
        self.context.handshake_timeout
    }

    /// True if the peer ended after our close_notify without a byte, maybe because of it.
    pub fn is_unanswered(&self) -> bool {
        self.unanswered
    }

    /// TLS 1.2 answers a close_notify with another, and drops what was still to be sent (RFC 5246,
    /// section 7.2.1).
    pub fn half_close_ends_both(&self) -> bool {
        self.connection.version() == Some(ProtocolVersion::TLSv1_2)
    }

    /// Why the connection cannot be used any more.
    pub fn error(&self) -> Option<io::Error> {
        self.failure.clone().map(io::Error::from)
    }

    /// True if a read gives something that no event will tell of.
    pub fn holds_more(&self) -> bool {
        self.read < self.plain.len() || self.unprocessed || self.ended || self.failure.is_some()
    }

    /// True once no record waits for the wire.
    pub fn is_sent(&self) -> bool {
        self.outgoing.is_empty()
    }

    /// Of the bytes that the wire has not delivered and those that wait for it, how many are
    /// more than our close_notify, which nobody needs to have read.
    pub fn undelivered(&self, unacknowledged: usize) -> usize {
        (self.outgoing.len() + unacknowledged).saturating_sub(self.close_notify.unwrap_or(0))
    }

    /// Goes on with the handshake; true once it is done.
    pub fn secure(&mut self, wire: &mut Wire) -> io::Result<bool> {
        while !self.secured {
            self.process(&mut [], Wanted::Nothing);
            self.send_pending(wire);
            if let Some(failure) = &self.failure {
                return Err(failure.clone().into());
            }
            if !self.connection.is_handshaking() {
                if let Err(failure) = self.context.require_protocol(&self.connection) {
                    return Err(self.fail(failure));
                }
                self.secured = true;
                if !self.connection.is_client() {
                    wire.acknowledge_at_once();
                }
                self.tell(wire);
                break;
            }
            match self.receive(wire) {
                Ok(Read::Data(_)) => {}
                Ok(Read::NotYet) => return Ok(false),
                Ok(Read::Eof) => return Err(self.fail(interrupted(None))),
                Err(error) => return Err(self.fail(interrupted(Some(&error)))),
            }
        }
        Ok(true)
    }

    fn tell(&self, wire: &Wire) {
        if self.report.tells_connections() {
            let local =
                wire.socket().local_addr().as_ref().map(address::display_text).unwrap_or_default();
            let peer = address::display_text(wire.peer());
            self.report.secured(&local, &peer, &negotiated(&self.connection));
        }
        self.context.warn(&self.connection, self.report);
    }

    /// Reads what was decrypted, or decrypts what has come.
    pub fn read(&mut self, wire: &mut Wire, buffer: &mut [u8]) -> io::Result<Read> {
        loop {
            if self.read < self.plain.len() {
                return Ok(Read::Data(self.take_plain(buffer)));
            }
            let count = self.process(buffer, Wanted::Nothing);
            self.send_pending(wire);
            if count > 0 {
                return Ok(Read::Data(count));
            }
            if self.ended {
                return Ok(Read::Eof);
            }
            if let Some(failure) = &self.failure {
                return Err(failure.clone().into());
            }
            match self.receive(wire)? {
                Read::Data(_) => {}
                Read::NotYet => return Ok(Read::NotYet),
                Read::Eof => self.end_without_notice(),
            }
        }
    }

    fn take_plain(&mut self, buffer: &mut [u8]) -> usize {
        let rest = &self.plain[self.read..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        if self.read == self.plain.len() {
            (self.plain, self.read) = (Vec::new(), 0);
        }
        count
    }

    fn note_end(&mut self) {
        if !self.ended {
            self.unanswered = self.close_notify.is_some() && !self.heard;
        }
        self.ended = true;
    }

    /// The wire has ended, and the peer did not say that it would.
    fn end_without_notice(&mut self) {
        self.unanswered = self.close_notify.is_some() && !self.heard;
        if self.context.ignore_unexpected_eof && self.incoming.is_empty() {
            self.ended = true;
            return;
        }
        let text = if self.incoming.is_empty() {
            "it ended without a TLS close_notify, so that more may be missing \
             (--ignore-unexpected-eof takes it for the end)"
        } else {
            "it ended in the middle of a TLS record"
        };
        self.failure = Some(IoFailure::new(Cause::Transfer, text));
    }

    /// Encrypts, and sends once there is much to send, the rest with `send_pending`; `None` as
    /// long as too much waits for the wire.
    pub fn write(&mut self, wire: &mut Wire, bytes: &[u8]) -> io::Result<Option<usize>> {
        self.send_if_much(wire)?;
        let room = MOST.saturating_sub(self.outgoing.len());
        // A peer that does not read is not to have more waiting for it than it has already.
        let is_blocked = !self.outgoing.is_empty() && !wire.can_write();
        if !self.secured || room == 0 || is_blocked {
            return Ok(None);
        }
        let bytes = &bytes[..bytes.len().min(room)];
        self.process(&mut [], Wanted::Bytes(bytes));
        self.send_if_much(wire)?;
        Ok(Some(bytes.len()))
    }

    fn send_if_much(&mut self, wire: &mut Wire) -> io::Result<()> {
        if self.outgoing.len() >= MOST {
            self.send_pending(wire);
        }
        wire.error().or_else(|| self.error()).map_or(Ok(()), Err)
    }

    /// Says that no more is sent: close_notify, then FIN, once all before them is on its way.
    pub fn finish(&mut self, wire: &mut Wire) -> io::Result<()> {
        if self.close_notify.is_none() {
            let before = self.outgoing.len();
            if self.secured && self.failure.is_none() {
                self.process(&mut [], Wanted::CloseNotify);
            }
            self.close_notify = Some(self.outgoing.len() - before);
        }
        self.send_pending(wire);
        wire.error().map_or(Ok(()), Err)
    }

    /// Sends records that wait, as far as the wire has room; it keeps its own error.
    pub fn send_pending(&mut self, wire: &mut Wire) {
        while !self.outgoing.is_empty() {
            match wire.write(self.outgoing.filled()) {
                Ok(Some(count)) => self.outgoing.discard(count),
                Ok(None) | Err(_) => return self.outgoing.release_spare(),
            }
        }
        self.outgoing.release_spare();
        if self.close_notify.is_some() {
            // The wire keeps its error.
            let _ = wire.finish();
        }
    }

    /// Receives records.
    fn receive(&mut self, wire: &mut Wire) -> io::Result<Read> {
        let room = self.incoming.room();
        if room.is_empty() {
            let cause = if self.secured { Cause::Transfer } else { Cause::Tls };
            self.failure = Some(IoFailure::new(cause, "a TLS message is too long"));
            return Ok(Read::Data(0));
        }
        let read = wire.read(room);
        if let Ok(Read::Data(count)) = read {
            self.incoming.grow(count);
            self.unprocessed = true;
        }
        self.incoming.release_spare();
        read
    }

    /// Processes records until `room` is full or no whole one is left, and sends what is wanted;
    /// gives how many bytes are in the room.
    fn process(&mut self, room: &mut [u8], wanted: Wanted<'_>) -> usize {
        if self.failure.is_some() {
            return 0;
        }
        let mut rest = std::mem::take(&mut self.plain);
        let mut plain = Plain { room, filled: 0, rest: &mut rest };
        let processed = self.take_steps(&mut plain, wanted);
        let filled = plain.filled;
        self.plain = rest;
        self.incoming.release_spare();
        if let Err(error) = processed {
            self.failure = Some(explain(&error, &self.connection, self.secured));
            self.encode_alert();
        }
        filled
    }

    fn take_steps(
        &mut self,
        plain: &mut Plain<'_>,
        wanted: Wanted<'_>,
    ) -> Result<(), rustls::Error> {
        let reads = !plain.room.is_empty();
        while self.unprocessed || !matches!(wanted, Wanted::Nothing) {
            match self.take_step(plain, wanted)? {
                Step::More if reads && plain.filled == plain.room.len() => break,
                Step::More | Step::Ended => {}
                // Not to be taken for sent.
                Step::Blocked if matches!(wanted, Wanted::Bytes(_)) => {
                    return Err(rustls::Error::EncryptError);
                }
                Step::Blocked | Step::Sent => {
                    self.unprocessed = false;
                    break;
                }
            }
        }
        Ok(())
    }

    fn take_step(
        &mut self,
        plain: &mut Plain<'_>,
        wanted: Wanted<'_>,
    ) -> Result<Step, rustls::Error> {
        let (connection, incoming) = (&mut self.connection, &mut self.incoming);
        let taken = step(connection, incoming, &mut self.outgoing, plain, wanted);
        self.heard |= plain.filled > 0 || !plain.rest.is_empty();
        if matches!(taken, Ok(Step::Ended)) {
            self.note_end();
        }
        taken
    }

    /// Puts the alert that tells the peer of a failure behind what waits for the wire.
    fn encode_alert(&mut self) {
        let mut nowhere = Vec::new();
        let mut plain = Plain { room: &mut [], filled: 0, rest: &mut nowhere };
        // Only what waits: the records that came must not be looked at again.
        while self.connection.has_messages() {
            let (connection, incoming) = (&mut self.connection, &mut self.incoming);
            let wanted = Wanted::Nothing;
            let Ok(Step::More) = step(connection, incoming, &mut self.outgoing, &mut plain, wanted)
            else {
                break;
            };
        }
    }

    fn fail(&mut self, failure: IoFailure) -> io::Error {
        self.failure = Some(failure.clone());
        failure.into()
    }
}
