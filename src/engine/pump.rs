//! How a flow moves bytes without looking at them: within the kernel, by splice(2) and
//! sendfile(2), where both ends allow it.

use std::io;
use std::os::fd::AsRawFd as _;

use nix::errno::Errno;
use nix::fcntl::{SpliceFFlags, splice};
use nix::sys::sendfile::sendfile;
use nix::sys::socket::{MsgFlags, recv};
use nix::unistd::read;

use super::endpoint::{Conduit, Endpoint};
use super::pipes::{Pipe, Pipes};
use crate::sys::descriptor::{self, Kind};
use crate::sys::interruption::uninterrupted;

/// How much one call may move at most.
const CHUNK: usize = 1 << 20;
/// A splice of less than this shows that the source gives small portions.
const SMALL: usize = 16 << 10;
/// So many small portions in a row are no rest of a large one.
const SMALL_IN_A_ROW: u8 = 4;
/// How often in a row a splice may say "not now" though both sides are ready.
const DOUBTS: u8 = 3;

/// How bytes are moved.
#[derive(Debug)]
pub enum Pump {
    /// Read into memory, written from memory.
    Buffered,
    /// Spliced, directly if one side is a pipe, else by a pipe of our own.
    Spliced(Splice),
    /// From a regular file to a socket.
    SendFile,
}

/// The state of a splicing pump.
#[derive(Debug, Default)]
pub struct Splice {
    /// Neither side is a pipe, so that one of ours has to be between.
    indirect: bool,
    /// The source gives much at once. Small portions are copied: that takes a read and a write,
    /// where after a splice it has to be asked whether there is no more.
    bulky: bool,
    /// How many small portions have come since a large one.
    small: u8,
    /// The pipe between, as long as it holds bytes.
    between: Option<Pipe>,
    /// Bytes that are in it.
    held: usize,
    doubts: u8,
}

/// What one call of a pump did.
#[derive(Debug)]
pub enum Moved {
    /// Bytes left the source; so many of them reached the sink.
    Bytes {
        /// Taken from the source.
        taken: usize,
        /// Given to the sink.
        given: usize,
    },
    /// Nothing; the next call may do.
    Again,
    /// The source has ended.
    Eof,
    /// One side cannot go on for now, and has been marked so.
    NotYet,
    /// The kernel does not do it for this pair; these bytes had been taken already.
    Refused(Vec<u8>),
}

/// Which side an error belongs to.
#[derive(Debug)]
pub enum Fault {
    /// Reading failed.
    Source(io::Error),
    /// Writing failed.
    Sink(io::Error),
}

impl Pump {
    /// The best pump between two ends; `copying` forces the one that always works.
    #[must_use]
    pub fn choose(from: &Endpoint, to: &Endpoint, copying: bool) -> Self {
        match (from.source(), to.sink()) {
            _ if copying => Pump::Buffered,
            (Some(Conduit { kind: Kind::File, .. }), Some(to)) if to.kind == Kind::Socket => {
                Pump::SendFile
            }
            (Some(from), Some(to)) if matches!(from.kind, Kind::Pipe | Kind::Socket) => {
                let indirect = from.kind != Kind::Pipe && to.kind != Kind::Pipe;
                Pump::Spliced(Splice { indirect, ..Splice::default() })
            }
            _ => Pump::Buffered,
        }
    }

    /// Bytes taken from the source that are still on their way in the kernel.
    #[must_use]
    pub fn held(&self) -> usize {
        match self {
            Pump::Spliced(splice) => splice.held,
            _ => 0,
        }
    }
}

/// Moves bytes from a regular file to a socket.
pub fn send_file(from: &mut Endpoint, to: &mut Endpoint) -> Result<Moved, Fault> {
    let (Some(source), Some(sink)) = (from.source(), to.sink()) else {
        return Ok(Moved::Refused(Vec::new()));
    };
    match sendfile(sink.fd, source.fd, None, CHUNK) {
        Ok(0) => Ok(Moved::Eof),
        Ok(count) => Ok(Moved::Bytes { taken: count, given: count }),
        Err(Errno::EINTR) => Ok(Moved::Again),
        Err(Errno::EAGAIN) => {
            to.clear_writable();
            Ok(Moved::NotYet)
        }
        Err(Errno::EINVAL | Errno::ENOSYS | Errno::EOVERFLOW) => Ok(Moved::Refused(Vec::new())),
        Err(error @ (Errno::EIO | Errno::EISDIR)) => Err(Fault::Source(error.into())),
        Err(error) => Err(Fault::Sink(to.keep_write_error(error.into()))),
    }
}

impl Splice {
    /// True if the pipe between holds bytes. They go first: a splice into a pipe that holds
    /// bytes may say "not now" though the socket has more.
    #[must_use]
    pub fn holds_bytes(&self) -> bool {
        self.held > 0
    }

    /// True if portions are small enough to be copied rather.
    #[must_use]
    pub fn prefers_copying(&self) -> bool {
        !self.bulky
    }

    /// Notes what a copy has found. Through a pipe of our own much has to come to be worth it.
    pub fn note_copied(&mut self, count: usize, room: usize) {
        self.bulky = count == room || (!self.indirect && count >= SMALL);
        self.small = 0;
    }

    fn note_spliced(&mut self, count: usize) {
        self.small = if count >= SMALL { 0 } else { self.small + 1 };
        self.bulky = self.small < SMALL_IN_A_ROW;
    }

    /// Moves bytes from the source on; the pipe between, if there is one, is empty.
    pub fn run(
        &mut self,
        from: &mut Endpoint,
        to: &mut Endpoint,
        pipes: &mut Pipes,
    ) -> Result<Moved, Fault> {
        if !self.indirect {
            return self.directly(from, to);
        }
        let Ok(pipe) = pipes.take() else {
            // No descriptors or no pipe memory left: memory of our own does too.
            self.bulky = false;
            return Ok(Moved::Again);
        };
        let moved = self.fill(from, &pipe);
        if self.held > 0 {
            self.between = Some(pipe);
        } else {
            pipes.give_back(pipe);
        }
        moved
    }

    /// Writes out what the pipe between holds, until it is empty.
    pub fn drain(&mut self, to: &mut Endpoint, pipes: &mut Pipes) -> Result<Moved, Fault> {
        let (Some(pipe), Some(sink)) = (&self.between, to.sink()) else {
            return self.take_back().map_err(Fault::Source);
        };
        if !to.can_write() {
            return Ok(Moved::NotYet);
        }
        match splice(&pipe.reader, None, sink.fd, None, self.held, flags()) {
            Ok(count) => {
                self.held -= count;
                if self.held == 0
                    && let Some(pipe) = self.between.take()
                {
                    pipes.give_back(pipe);
                }
                Ok(Moved::Bytes { taken: 0, given: count })
            }
            Err(Errno::EINTR) => Ok(Moved::Again),
            Err(Errno::EAGAIN) => {
                to.clear_writable();
                Ok(Moved::NotYet)
            }
            Err(Errno::EINVAL | Errno::ENOSYS) => self.take_back().map_err(Fault::Source),
            Err(error) => Err(Fault::Sink(to.keep_write_error(error.into()))),
        }
    }

    fn fill(&mut self, from: &mut Endpoint, pipe: &Pipe) -> Result<Moved, Fault> {
        let Some(source) = from.source() else { return Ok(Moved::Refused(Vec::new())) };
        match splice(source.fd, None, &pipe.writer, None, CHUNK, flags()) {
            Ok(0) => end_of(from),
            Ok(count) => {
                self.held = count;
                self.note_spliced(count);
                Ok(Moved::Bytes { taken: count, given: 0 })
            }
            Err(Errno::EINTR) => Ok(Moved::Again),
            Err(Errno::EAGAIN) => {
                from.clear_readable();
                Ok(Moved::NotYet)
            }
            Err(Errno::EINVAL | Errno::ENOSYS) => Ok(Moved::Refused(Vec::new())),
            Err(error) => Err(Fault::Source(from.keep_read_error(error.into()))),
        }
    }

    /// One side is a pipe, which serves as the pipe between.
    fn directly(&mut self, from: &mut Endpoint, to: &mut Endpoint) -> Result<Moved, Fault> {
        let (Some(source), Some(sink)) = (from.source(), to.sink()) else {
            return Ok(Moved::Refused(Vec::new()));
        };
        match splice(source.fd, None, sink.fd, None, CHUNK, flags()) {
            Ok(0) => end_of(from),
            Ok(count) => {
                self.doubts = 0;
                self.note_spliced(count);
                Ok(Moved::Bytes { taken: count, given: count })
            }
            Err(Errno::EINTR) => Ok(Moved::Again),
            Err(Errno::EAGAIN) => Ok(self.who_is_not_ready(from, to)),
            Err(Errno::EINVAL | Errno::ENOSYS) => Ok(Moved::Refused(Vec::new())),
            Err(error) if source.kind == Kind::Pipe || error == Errno::EPIPE => {
                Err(Fault::Sink(to.keep_write_error(error.into())))
            }
            Err(error) => Err(Fault::Source(from.keep_read_error(error.into()))),
        }
    }

    fn who_is_not_ready(&mut self, from: &mut Endpoint, to: &mut Endpoint) -> Moved {
        let (Some(source), Some(sink)) = (from.source(), to.sink()) else {
            return Moved::Refused(Vec::new());
        };
        let (readable, writable) = descriptor::ready(source.fd, sink.fd);
        if readable && writable {
            self.doubts += 1;
            if self.doubts > DOUBTS {
                return Moved::Refused(Vec::new());
            }
            return Moved::Again;
        }
        if !readable {
            from.clear_readable();
        }
        if !writable {
            to.clear_writable();
        }
        Moved::NotYet
    }

    /// Takes what the pipe between holds into memory.
    fn take_back(&mut self) -> io::Result<Moved> {
        let mut bytes = vec![0; self.held];
        let mut taken = 0;
        if let Some(pipe) = self.between.take() {
            while taken < bytes.len() {
                match uninterrupted(|| read(&pipe.reader, &mut bytes[taken..]))? {
                    0 => break,
                    count => taken += count,
                }
            }
        }
        bytes.truncate(taken);
        self.held = 0;
        Ok(Moved::Refused(bytes))
    }
}

fn flags() -> SpliceFFlags {
    SpliceFFlags::SPLICE_F_MOVE | SpliceFFlags::SPLICE_F_NONBLOCK
}

/// A splice has found nothing more. At urgent data it finds nothing either, and once the peer has
/// ended that looks like the end. A read goes beyond.
fn end_of(from: &mut Endpoint) -> Result<Moved, Fault> {
    if let Some(Conduit { fd, kind: Kind::Socket }) = from.source() {
        match recv(fd.as_raw_fd(), &mut [0], MsgFlags::MSG_PEEK | MsgFlags::MSG_DONTWAIT) {
            Ok(0) => {}
            Ok(_) | Err(Errno::EAGAIN | Errno::EINTR) => return Ok(Moved::Refused(Vec::new())),
            Err(error) => return Err(Fault::Source(from.keep_read_error(error.into()))),
        }
    }
    // One that has failed before has no end.
    from.error().map_or(Ok(Moved::Eof), |error| Err(Fault::Source(error)))
}
