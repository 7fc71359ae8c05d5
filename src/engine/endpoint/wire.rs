//! A connected stream socket as such: the bytes that the network sees.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::AsFd as _;
use std::time::Duration;

use socket2::{SockAddr, Socket};

use super::records::{self, Overhead};
use super::{Conduit, Read};
use crate::engine::frame::LENGTH;
use crate::engine::reactor::Readiness;
use crate::net::connect::Connection;
use crate::net::options;
use crate::sys::descriptor::Kind;
use crate::sys::interruption::uninterrupted;
use crate::sys::sockopt;

/// Keepalive once a side has ended: seconds idle, seconds between probes, probes. A peer whose
/// process ended is asked within a second of its socket's end; a dead host is given up after
/// about 70 s. A system may leave the one probe unanswered that comes just before it forgets the
/// connection, so the next follows as soon.
const HALF_OPEN_PROBES: [i32; 3] = [1, 1, 70];

/// A connected, non-blocking stream socket, with what is known of it.
#[derive(Debug)]
pub struct Wire {
    socket: Socket,
    peer: SockAddr,
    readable: bool,
    writable: bool,
    read_closed: bool,
    /// The peer of a Unix socket has closed it (EPOLLHUP).
    hung_up: bool,
    /// Urgent data came, at which a read stops short though there is more.
    urgent: bool,
    finished: bool,
    sent_fin: bool,
    refuses_more: bool,
    probed: bool,
    /// close(2) would wait for the peer (SO_LINGER with a time).
    lingers: bool,
    /// It carries records, which are larger by so much here.
    records: Option<Overhead>,
    /// One came, or was to be sent, that is too large.
    lost_record: bool,
    /// The first error, as its number. The system tells it once, and whichever call comes first
    /// gets it; reads after it may give data and then a false clean end.
    error: Option<i32>,
}

impl From<Connection> for Wire {
    fn from(connection: Connection) -> Self {
        let mut wire = Self::new(connection.socket, connection.peer);
        wire.set_lingering(connection.lingers);
        if let Some(error) = connection.broken {
            wire.keep_error(error);
        }
        wire
    }
}

impl Drop for Wire {
    /// To wait in close(2) would hold up every other connection; that all is delivered has been
    /// waited for in the event loop.
    fn drop(&mut self) {
        if self.lingers {
            // Refused by a socket that has nothing to deliver any more.
            let _ = self.socket.set_linger(None);
        }
    }
}

impl Wire {
    /// The wire behind a connected, non-blocking socket.
    #[must_use]
    pub fn new(socket: Socket, peer: SockAddr) -> Self {
        Self {
            socket,
            peer,
            readable: false,
            writable: true,
            read_closed: false,
            hung_up: false,
            urgent: false,
            finished: false,
            sent_fin: false,
            refuses_more: false,
            probed: false,
            lingers: false,
            records: None,
            lost_record: false,
            error: None,
        }
    }

    /// Says whether the socket is set to wait for the peer in close(2).
    pub fn set_lingering(&mut self, lingers: bool) {
        self.lingers = lingers;
    }

    /// It carries records: reads and writes are of whole ones, each with its length before it.
    ///
    /// # Errors
    /// The system's.
    pub fn carry_records(&mut self) -> io::Result<()> {
        self.records = Some((0, 0));
        records::ask_for_credentials(&self.socket)
    }

    /// The lengths that were read and written before records, if it carries any.
    #[must_use]
    pub fn overhead(&self) -> Option<Overhead> {
        self.records
    }

    /// True if a record was too large to be received or sent.
    #[must_use]
    pub fn has_lost_record(&self) -> bool {
        self.lost_record
    }

    /// The socket itself.
    #[must_use]
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The peer's address.
    #[must_use]
    pub fn peer(&self) -> &SockAddr {
        &self.peer
    }

    /// Notes what the loop saw.
    pub fn on_ready(&mut self, readiness: &Readiness) {
        self.readable |= readiness.readable || readiness.read_closed || readiness.failed;
        self.writable |= readiness.writable || readiness.write_closed || readiness.failed;
        self.read_closed |= readiness.read_closed;
        // Once both sides have shut down it is said too, and means nothing more.
        self.hung_up |= readiness.write_closed && !self.finished && self.peer.is_unix();
        self.urgent |= readiness.urgent;
        if readiness.failed
            && let Ok(Some(error)) = self.socket.take_error()
        {
            self.keep_error(error);
        }
    }

    /// The first error of this socket, if it had one.
    #[must_use]
    pub(super) fn error(&self) -> Option<io::Error> {
        self.error.map(io::Error::from_raw_os_error)
    }

    /// True if the peer of a Unix socket has closed it, and no error has said so.
    #[must_use]
    pub fn has_hung_up(&self) -> bool {
        self.hung_up && self.error.is_none()
    }

    /// Has done with a peer that is gone.
    pub fn give_up(&mut self) {
        self.keep_error(io::Error::from_raw_os_error(libc::ECONNRESET));
    }

    /// Keeps an error unless there was one before; gives the first.
    pub fn keep_error(&mut self, error: io::Error) -> io::Error {
        let Some(number) = error.raw_os_error() else { return error };
        // A reset that arrives after the peer's FIN is told as EPIPE.
        let number = if number == libc::EPIPE { libc::ECONNRESET } else { number };
        io::Error::from_raw_os_error(*self.error.get_or_insert(number))
    }

    /// True unless a read is known to give nothing.
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.readable
    }

    /// True unless a write is known to find no room.
    #[must_use]
    pub fn can_write(&self) -> bool {
        self.writable
    }

    /// Nothing to read until the loop says otherwise.
    pub fn clear_readable(&mut self) {
        self.readable = false;
    }

    /// There may be something to read that the loop has not said yet.
    pub fn look_again(&mut self) {
        self.readable = true;
    }

    /// No room to write until the loop says otherwise.
    pub fn clear_writable(&mut self) {
        self.writable = false;
    }

    /// Reads what is there.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Read> {
        if !self.readable {
            return Ok(Read::NotYet);
        }
        if self.records.is_some() {
            return self.read_record(buffer);
        }
        match uninterrupted(|| self.socket.read(buffer)) {
            Ok(0) => self.end_of_source(),
            Ok(count) => {
                // A short read has emptied the socket: the next byte makes a new event, and so
                // does the end, unless it has come already. (One of a Unix socket stops where
                // descriptors were passed.)
                let short = count < buffer.len() && !self.peer.is_unix();
                self.readable = !short || self.read_closed || self.urgent;
                Ok(Read::Data(count))
            }
            Err(error) => self.failed_read(error),
        }
    }

    fn read_record(&mut self, buffer: &mut [u8]) -> io::Result<Read> {
        match (records::read(&self.socket, buffer), &mut self.records) {
            (Ok(Read::Data(count)), Some((overhead, _))) => {
                *overhead += LENGTH as u64;
                Ok(Read::Data(count))
            }
            (Ok(_), _) => self.end_of_source(),
            (Err(error), _) => {
                self.lost_record |= error.raw_os_error().is_none();
                self.failed_read(error)
            }
        }
    }

    /// The end of what the peer sent: an error if the socket failed before.
    fn end_of_source(&self) -> io::Result<Read> {
        self.error().map_or(Ok(Read::Eof), Err)
    }

    /// Writes what there is room for; `None` if there is none.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        if let Some(error) = self.error() {
            return Err(error);
        }
        if !self.writable {
            return Ok(None);
        }
        if self.records.is_some() {
            return self.write_records(bytes);
        }
        match uninterrupted(|| self.socket.write(bytes)) {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.writable = false;
                Ok(None)
            }
            Err(error) => Err(self.keep_error(error)),
        }
    }

    fn failed_read(&mut self, error: io::Error) -> io::Result<Read> {
        if error.kind() == io::ErrorKind::WouldBlock {
            self.readable = false;
            return Ok(Read::NotYet);
        }
        Err(self.keep_error(error))
    }

    fn write_records(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        match (records::write(&self.socket, bytes), &mut self.records) {
            (Ok((sent, count)), Some((_, overhead))) => {
                *overhead += count * LENGTH as u64;
                Ok(Some(sent))
            }
            (Err(error), _) if error.kind() == io::ErrorKind::WouldBlock => {
                self.writable = false;
                Ok(None)
            }
            (Err(error), _) if error.kind() == io::ErrorKind::InvalidInput => {
                self.lost_record = true;
                // Nothing comes after it; the peer is told, and may still answer what came before.
                self.finish()?;
                Err(error)
            }
            (Err(error), _) => Err(self.keep_error(error)),
            (Ok(_), None) => Ok(None),
        }
    }

    /// Half-closes: shutdown(2) of the sending side, once.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if self.finished {
            return Ok(());
        }
        // Once, whatever comes of it: each shutdown(2) is an event, which would be answered by the
        // next.
        self.finished = true;
        match self.socket.shutdown(Shutdown::Write) {
            // The peer is gone; the error, if it is one, has been or will be read.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            Err(error) => Err(self.keep_error(error)),
            Ok(()) => {
                self.sent_fin = true;
                Ok(())
            }
        }
    }

    /// True once the peer is told that nothing more is sent.
    #[must_use]
    pub fn has_sent_fin(&self) -> bool {
        self.sent_fin
    }

    /// Takes no more than what has come: what the other side of a Unix socket writes fails.
    pub fn refuse_more(&mut self) {
        // Once: each shutdown(2) is an event, which would be answered by the next.
        if !std::mem::replace(&mut self.refuses_more, true) {
            // The other side may be gone.
            let _ = self.socket.shutdown(Shutdown::Read);
            self.readable = true;
        }
    }

    /// Acknowledges what has come now: nothing of ours will do so with what it sends, and a peer that
    /// has more may wait for that (Nagle's algorithm, RFC 896). See `TCP_QUICKACK` in tcp(7).
    #[cfg(feature = "tls")]
    pub fn acknowledge_at_once(&self) {
        // Only an aid, and unknown to sockets that are not TCP's.
        let _ = sockopt::set(&self.socket, libc::IPPROTO_TCP, libc::TCP_QUICKACK, &sockopt::int(1));
    }

    /// Has close(2) send a reset, and drop what is not sent yet (SO_LINGER in socket(7)).
    pub fn reset_at_close(&mut self) {
        self.lingers = false;
        // A socket that is refused this was reset already.
        let _ = self.socket.set_linger(Some(Duration::ZERO));
    }

    /// The descriptor for calls that move bytes without copying.
    #[must_use]
    pub fn conduit(&self) -> Conduit<'_> {
        Conduit { fd: self.socket.as_fd(), kind: Kind::Socket }
    }

    /// True once urgent data came.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.urgent
    }

    /// Bytes that the peer has not acknowledged, our FIN not counted. A Unix socket hands its
    /// bytes to the peer's queue at once: none.
    #[must_use]
    pub(super) fn unacknowledged(&self) -> usize {
        if self.peer.as_socket().is_none() {
            return 0;
        }
        let queued = sockopt::unacknowledged(&self.socket).unwrap_or(0);
        queued.saturating_sub(usize::from(self.sent_fin))
    }

    /// True once the peer has acknowledged everything, our FIN too.
    #[must_use]
    pub(super) fn is_settled(&self) -> bool {
        self.error.is_some()
            || self.peer.as_socket().is_none()
            || sockopt::unacknowledged(&self.socket).unwrap_or(0) == 0
    }

    /// Makes sure that a peer that is gone for good is noticed though nothing is sent, unless
    /// the user chose the socket's keepalive.
    pub fn probe_while_half_open(&mut self, chosen_by_user: bool) {
        if self.probed || chosen_by_user || self.peer.as_socket().is_none() {
            return;
        }
        self.probed = true;
        // Only an aid: a socket that has just been reset refuses, and is noticed anyway.
        let _ = options::set_keepalive(&self.socket, true, &HALF_OPEN_PROBES);
    }
}
