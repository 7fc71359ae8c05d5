//! Endpoints: what bytes come from and go to, whatever it is, with one set of verbs.

mod records;
pub mod room;
pub mod stdio;
mod stdio_thread;
pub mod stream;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;
pub mod wire;

use std::io;
use std::os::fd::BorrowedFd;

use crate::engine::frame::LENGTH;
use crate::net::address;
use crate::sys::datagrams::LARGEST_UNIX;
use crate::sys::descriptor::Kind;
use room::Seat;
use stdio::Stdio;
use stream::Stream;

/// The largest record of a seqpacket socket, with its length before it.
pub const LARGEST_RECORD: usize = LENGTH + LARGEST_UNIX;

/// What a read gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// So many bytes.
    Data(usize),
    /// The end, once and for all.
    Eof,
    /// Nothing for now.
    NotYet,
}

/// A descriptor that system calls can move bytes from or to without copying them.
#[derive(Clone, Copy, Debug)]
pub struct Conduit<'a> {
    /// The descriptor.
    pub fd: BorrowedFd<'a>,
    /// What is behind it.
    pub kind: Kind,
}

/// One end of a flow.
#[derive(Debug)]
pub enum Endpoint {
    /// A connected stream socket.
    Stream(Stream),
    /// stdin to read and stdout to write.
    Stdio(Stdio),
    /// A place in a room.
    Seat(Seat),
    /// Nothing to read, ever, and no end to what it takes.
    Nowhere,
}

impl Endpoint {
    /// True unless a read is known to give [`Read::NotYet`].
    pub fn can_read(&self) -> bool {
        match self {
            Endpoint::Stream(stream) => stream.can_read(),
            Endpoint::Stdio(stdio) => stdio.input.can_read(),
            Endpoint::Seat(seat) => seat.can_read(),
            Endpoint::Nowhere => false,
        }
    }

    /// Reads what is there.
    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<Read> {
        match self {
            Endpoint::Stream(stream) => stream.read(buffer),
            Endpoint::Stdio(stdio) => stdio.input.read(buffer),
            Endpoint::Seat(seat) => seat.read(buffer),
            Endpoint::Nowhere => Ok(Read::NotYet),
        }
    }

    /// Writes what there is room for; `None` if there is none for now.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        match self {
            Endpoint::Stream(stream) => stream.write(bytes),
            Endpoint::Stdio(stdio) => stdio.output.write(bytes),
            Endpoint::Seat(seat) => {
                seat.write(bytes);
                Ok(Some(bytes.len()))
            }
            Endpoint::Nowhere => Ok(Some(bytes.len())),
        }
    }

    /// Sends what was written and waits for more to go with it; an error is kept.
    pub fn flush(&mut self) {
        if let Endpoint::Stream(stream) = self {
            stream.flush();
        }
    }

    /// Says that no more will be written: FIN, or the end of stdout.
    pub fn finish(&mut self) -> io::Result<()> {
        match self {
            Endpoint::Stream(stream) => stream.finish(),
            Endpoint::Stdio(stdio) => stdio.output.finish(),
            Endpoint::Seat(seat) => {
                seat.finish();
                Ok(())
            }
            Endpoint::Nowhere => Ok(()),
        }
    }

    /// How it has failed, if it has.
    #[must_use]
    pub fn error(&self) -> Option<io::Error> {
        match self {
            Endpoint::Stream(stream) => stream.error(),
            Endpoint::Seat(seat) => seat.error(),
            Endpoint::Stdio(_) | Endpoint::Nowhere => None,
        }
    }

    /// Bytes that were written and that whoever is there has not acknowledged.
    #[must_use]
    pub fn unacknowledged(&self) -> usize {
        match self {
            Endpoint::Stream(stream) => stream.unacknowledged(),
            Endpoint::Stdio(_) | Endpoint::Seat(_) | Endpoint::Nowhere => 0,
        }
    }

    /// True once everything that was written is acknowledged, the end too.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        match self {
            Endpoint::Stream(stream) => stream.is_settled(),
            Endpoint::Stdio(_) | Endpoint::Seat(_) | Endpoint::Nowhere => true,
        }
    }

    /// Makes sure that whoever is there is noticed to have gone though nothing is sent.
    pub fn probe_while_half_open(&mut self, chosen_by_user: bool) {
        if let Endpoint::Stream(stream) = self {
            stream.wire_mut().probe_while_half_open(chosen_by_user);
        }
    }

    /// Has the connection end by a reset instead of an end when it is closed.
    pub fn reset_at_close(&mut self) {
        if let Endpoint::Stream(stream) = self {
            stream.wire_mut().reset_at_close();
        }
    }

    /// Who is there, as text.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Endpoint::Stream(stream) => address::display_text(stream.peer()),
            Endpoint::Stdio(_) => "stdin and stdout".to_owned(),
            Endpoint::Seat(seat) => seat.name(),
            Endpoint::Nowhere => "nobody".to_owned(),
        }
    }

    /// The descriptor to read from without copying, where there is one.
    pub fn source(&self) -> Option<Conduit<'_>> {
        match self {
            Endpoint::Stream(stream) => stream.conduit().filter(|_| !stream.wire().is_urgent()),
            Endpoint::Stdio(stdio) => stdio.input.conduit(),
            Endpoint::Seat(_) | Endpoint::Nowhere => None,
        }
    }

    /// The descriptor to write to without copying, where there is one.
    pub fn sink(&self) -> Option<Conduit<'_>> {
        match self {
            Endpoint::Stream(stream) => stream.conduit(),
            Endpoint::Stdio(stdio) => stdio.output.conduit(),
            Endpoint::Seat(_) | Endpoint::Nowhere => None,
        }
    }

    /// A system call has found that there is nothing to read for now.
    pub fn clear_readable(&mut self) {
        match self {
            Endpoint::Stream(stream) => stream.wire_mut().clear_readable(),
            Endpoint::Stdio(stdio) => stdio.input.clear_readable(),
            Endpoint::Seat(_) | Endpoint::Nowhere => {}
        }
    }

    /// A system call has found that there is no room to write for now.
    pub fn clear_writable(&mut self) {
        match self {
            Endpoint::Stream(stream) => stream.wire_mut().clear_writable(),
            Endpoint::Stdio(stdio) => stdio.output.clear_writable(),
            Endpoint::Seat(_) | Endpoint::Nowhere => {}
        }
    }

    /// True unless a write is known to find no room.
    pub fn can_write(&self) -> bool {
        match self {
            Endpoint::Stream(stream) => stream.wire().can_write(),
            Endpoint::Stdio(stdio) => stdio.output.can_write(),
            Endpoint::Seat(_) | Endpoint::Nowhere => true,
        }
    }

    /// Keeps an error that a system call other than `read` has met in reading.
    pub fn keep_read_error(&mut self, error: io::Error) -> io::Error {
        match self {
            Endpoint::Stream(stream) => stream.wire_mut().keep_error(error),
            Endpoint::Stdio(_) | Endpoint::Seat(_) | Endpoint::Nowhere => error,
        }
    }

    /// Keeps an error that a system call other than `write` has met in writing.
    pub fn keep_write_error(&mut self, error: io::Error) -> io::Error {
        match self {
            Endpoint::Stream(stream) => stream.wire_mut().keep_error(error),
            Endpoint::Stdio(stdio) => stdio.output.keep_error(error),
            Endpoint::Seat(_) | Endpoint::Nowhere => error,
        }
    }
}
