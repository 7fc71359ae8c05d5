//! A connected stream: a socket, and TLS over it if asked for.

use std::io;
use std::time::Duration;

use socket2::{SockAddr, Socket};

use super::records::Overhead;
use super::tls::Tls;
use super::wire::Wire;
use super::{Conduit, Read};
use crate::engine::reactor::Readiness;
use crate::net::address::display_text;
use crate::net::connect::Connection;
use crate::net::tls::Context;
use crate::report::Report;
use crate::sys::sockopt;

/// The send buffer of a socket to which records are passed on: what others could send it has to
/// take, too.
const SEND_BUFFER: i32 = 1 << 20;

/// A connected, non-blocking stream.
#[derive(Debug)]
pub struct Stream {
    /// What the network sees.
    wire: Wire,
    /// What the bytes go through on their way to and from it.
    tls: Option<Box<Tls>>,
}

impl From<Connection> for Stream {
    fn from(connection: Connection) -> Self {
        Self { wire: connection.into(), tls: None }
    }
}

impl Stream {
    /// A stream over a connected, non-blocking socket.
    #[must_use]
    pub fn new(socket: Socket, peer: SockAddr) -> Self {
        Self { wire: Wire::new(socket, peer), tls: None }
    }

    /// A client's stream over a connection that stands; `report` is told of it, with TLS once it
    /// is secured.
    ///
    /// # Errors
    /// What the context makes impossible.
    pub fn open(
        connection: Connection,
        context: Option<&Context>,
        report: Report,
    ) -> io::Result<Self> {
        if context.is_none() {
            report.connected(&display_text(&connection.local), &display_text(&connection.peer));
        }
        Self::from(connection).with_tls(context, report)
    }

    /// The same over a socket that may be set to wait for the peer in close(2).
    #[must_use]
    pub fn lingering(mut self, lingers: bool) -> Self {
        self.wire.set_lingering(lingers);
        self
    }

    /// The same with TLS, if there is a context for it; `report` is told when it is secured.
    ///
    /// # Errors
    /// What the context makes impossible.
    pub fn with_tls(mut self, context: Option<&Context>, report: Report) -> io::Result<Self> {
        self.tls = context.map(|it| Tls::new(it, report).map(Box::new)).transpose()?;
        Ok(self)
    }

    /// It carries records: reads and writes are of whole ones, each with its length before it.
    ///
    /// # Errors
    /// The system's.
    pub fn carry_records(&mut self) -> io::Result<()> {
        self.wire.carry_records()
    }

    /// The same for records that others have sent, as large as the system lets anybody send, unless
    /// the user `chose` the send buffer.
    ///
    /// # Errors
    /// The system's.
    pub fn pass_records_on(&mut self, chose: bool) -> io::Result<()> {
        if !chose {
            sockopt::enlarge_send_buffer(self.socket(), SEND_BUFFER)?;
        }
        self.carry_records()
    }

    /// True if it carries records.
    #[must_use]
    pub fn has_records(&self) -> bool {
        self.wire.overhead().is_some()
    }

    /// The lengths that were read and written before records.
    #[must_use]
    pub fn overhead(&self) -> Overhead {
        self.wire.overhead().unwrap_or_default()
    }

    /// How long the handshake may take, as long as it is not done.
    #[must_use]
    pub fn handshake_limit(&self) -> Option<Duration> {
        self.tls.as_ref().filter(|tls| !tls.is_secured()).map(|tls| tls.handshake_limit())
    }

    /// Goes on with the handshake; true once the peer is verified, and at once without TLS.
    ///
    /// # Errors
    /// Why there will be no secured connection.
    pub fn secure(&mut self) -> io::Result<bool> {
        match &mut self.tls {
            Some(tls) => tls.secure(&mut self.wire),
            None => Ok(true),
        }
    }

    /// Sends what the peer is to hear of a failed handshake, and drops what it says; true once it
    /// has ended, or talks on without listening.
    pub fn drain_after_refusal(&mut self) -> bool {
        // The wire keeps its error, and its end.
        let _ = self.finish();
        let mut dropped = [0; 4096];
        for _ in 0..256 {
            match self.wire.read(&mut dropped) {
                Ok(Read::Data(_)) => {}
                Ok(Read::NotYet) => return false,
                Ok(Read::Eof) | Err(_) => return true,
            }
        }
        true
    }

    /// True once all that was written is with the system, or cannot be.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.wire.error().is_some() || self.tls.as_ref().is_none_or(|tls| tls.is_sent())
    }

    /// True if the bytes are protected on their way.
    #[must_use]
    pub fn has_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// If the peer ended after our close_notify without having sent a byte: whether it had to.
    #[must_use]
    pub fn unanswered(&self) -> Option<bool> {
        let tls = self.tls.as_ref().filter(|tls| tls.is_unanswered())?;
        Some(tls.half_close_ends_both())
    }

    /// What TLS changes nothing of.
    #[must_use]
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// The same, to change it.
    pub fn wire_mut(&mut self) -> &mut Wire {
        &mut self.wire
    }

    /// The socket itself.
    #[must_use]
    pub fn socket(&self) -> &Socket {
        self.wire.socket()
    }

    /// The peer's address.
    #[must_use]
    pub fn peer(&self) -> &SockAddr {
        self.wire.peer()
    }

    /// Notes what the loop saw.
    pub fn on_ready(&mut self, readiness: &Readiness) {
        self.wire.on_ready(readiness);
        self.flush();
    }

    /// Sends what waits for more to be sent with it, as far as there is room; an error is kept.
    pub fn flush(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.send_pending(&mut self.wire);
        }
    }

    /// The first error of this stream, if it had one.
    #[must_use]
    pub fn error(&self) -> Option<io::Error> {
        self.tls.as_ref().and_then(|tls| tls.error()).or_else(|| self.wire.error())
    }

    /// True unless a read is known to give nothing.
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.holds_more()) || self.wire.can_read()
    }

    /// Reads what is there.
    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<Read> {
        match &mut self.tls {
            Some(tls) => tls.read(&mut self.wire, buffer),
            None => self.wire.read(buffer),
        }
    }

    /// Writes what there is room for; `None` if there is none.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        match &mut self.tls {
            Some(tls) => tls.write(&mut self.wire, bytes),
            None => self.wire.write(bytes),
        }
    }

    /// Half-closes, once: close_notify, shutdown(2) of the sending side.
    pub fn finish(&mut self) -> io::Result<()> {
        match &mut self.tls {
            Some(tls) => tls.finish(&mut self.wire),
            None => self.wire.finish(),
        }
    }

    /// The descriptor for calls that move bytes without looking at them; none where TLS has to.
    #[must_use]
    pub fn conduit(&self) -> Option<Conduit<'_>> {
        (self.tls.is_none() && !self.has_records()).then(|| self.wire.conduit())
    }

    /// Bytes that the peer has not acknowledged, our half-close not counted.
    #[must_use]
    pub fn unacknowledged(&self) -> usize {
        let unacknowledged = self.wire.unacknowledged();
        self.tls.as_ref().map_or(unacknowledged, |tls| tls.undelivered(unacknowledged))
    }

    /// True once the peer has acknowledged everything, our half-close too.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.wire.is_settled() && self.is_sent()
    }
}
