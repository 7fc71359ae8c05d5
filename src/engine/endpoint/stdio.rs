//! stdin and stdout, of whatever kind they are, without ever making them non-blocking: that flag
//! would be seen by every process that shares them.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};
use std::time::Instant;

use mio::{Interest, Token};
use nix::fcntl::OFlag;
use nix::sys::socket::{MsgFlags, recv, send};

use super::stdio_thread::StdioThread;
use super::{Conduit, Read};
use crate::engine::frame::Splitter;
use crate::engine::reactor::{Reactor, Readiness};
use crate::outcome::of_stdout;
use crate::sys::descriptor::{self, Kind};
use crate::sys::interruption::uninterrupted;

/// True if reads may wait: epoll(7) refuses what never does.
fn may_wait(fd: impl AsFd) -> io::Result<bool> {
    Reactor::new()?.watch(fd, Token(0), Interest::READABLE)
}

/// stdin and stdout as one endpoint.
#[derive(Debug)]
pub struct Stdio {
    /// stdin.
    pub input: Input,
    /// stdout.
    pub output: Output,
    /// What was read of stdin and is no whole record yet.
    pub begun: Option<Splitter>,
    /// stdin has given a byte to a peer before.
    pub has_given: bool,
}

/// stdin.
#[derive(Debug)]
pub struct Input {
    fd: OwnedFd,
    kind: Kind,
    /// False if reads never wait.
    watched: bool,
    readable: bool,
    /// A terminal, read by whichever way.
    interactive: bool,
    helper: Option<StdioThread>,
}

/// stdout.
#[derive(Debug)]
pub struct Output {
    /// `None` once it is closed.
    fd: Option<OwnedFd>,
    kind: Kind,
    watched: bool,
    writable: bool,
    appends: bool,
    gone: bool,
    helper: Option<StdioThread>,
}

impl Stdio {
    /// Watches both, stdin under `input` and stdout under `output`.
    pub fn watch(&mut self, reactor: &Reactor, input: Token, output: Token) -> io::Result<()> {
        self.input.watch(reactor, input)?;
        self.output.watch(reactor, output)
    }

    /// True if stdin is a terminal, whose end nobody waits for once the peer has ended.
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        self.input.is_interactive()
    }
}

impl Input {
    /// A stdin that nobody asks for anything.
    pub fn unused() -> io::Result<Self> {
        Ok(Self {
            fd: OwnedFd::from(std::fs::File::open("/dev/null")?),
            kind: Kind::Device,
            watched: false,
            readable: true,
            interactive: false,
            helper: None,
        })
    }

    /// Opens stdin. `through_helpers` forces the way for what cannot be reopened.
    pub fn open(through_helpers: bool) -> io::Result<Self> {
        if descriptor::is_write_only(io::stdin()) {
            return Self::unused();
        }
        let kind = descriptor::kind(io::stdin())?;
        let own = match kind {
            Kind::Pipe | Kind::Terminal if through_helpers => None,
            Kind::Pipe | Kind::Terminal => descriptor::reopen(0, OFlag::O_RDONLY).ok(),
            // What a device has begun to tell may be told to nobody else: it is not reopened.
            Kind::Device | Kind::Other if may_wait(io::stdin())? => None,
            _ => Some(descriptor::duplicate(0)?),
        };
        let (fd, helper) = match own {
            Some(fd) => (fd, None),
            None => StdioThread::from_stdin().map(|(fd, helper)| (fd, Some(helper)))?,
        };
        Ok(Self {
            fd,
            kind: if helper.is_some() { Kind::Pipe } else { kind },
            watched: false,
            readable: true,
            interactive: kind == Kind::Terminal,
            helper,
        })
    }

    /// Watches stdin under `token`, from now on or anew.
    pub fn watch(&mut self, reactor: &Reactor, token: Token) -> io::Result<()> {
        if self.watched {
            reactor.forget(&self.fd)?;
        }
        self.watched = reactor.watch(&self.fd, token, Interest::READABLE)?;
        Ok(())
    }

    /// Notes what the loop saw.
    pub fn on_ready(&mut self, readiness: &Readiness) {
        self.readable |= readiness.readable || readiness.read_closed || readiness.failed;
    }

    /// True if stdin is a terminal.
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        self.interactive
    }

    /// True for a device that is no terminal: /dev/null, for one.
    #[must_use]
    pub fn is_device(&self) -> bool {
        self.kind == Kind::Device
    }

    /// True unless a read is known to give nothing.
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.readable
    }

    /// Nothing to read until the loop says otherwise; said of a file it means little.
    pub fn clear_readable(&mut self) {
        self.readable = !self.watched;
    }

    /// Reads what is there.
    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<Read> {
        if !self.readable {
            return Ok(Read::NotYet);
        }
        if self.kind == Kind::Terminal && !descriptor::is_foreground(&self.fd) {
            // What is typed is for somebody else; the next line in the foreground is an event.
            self.clear_readable();
            return Ok(Read::NotYet);
        }
        let result = uninterrupted(|| match self.kind {
            Kind::Socket => recv(self.fd.as_raw_fd(), buffer, MsgFlags::MSG_DONTWAIT),
            _ => nix::unistd::read(&self.fd, buffer),
        });
        match result {
            Ok(0) => match self.helper.as_ref().and_then(StdioThread::failure) {
                Some(failure) => Err(failure),
                None => Ok(Read::Eof),
            },
            Ok(count) => Ok(Read::Data(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.clear_readable();
                Ok(Read::NotYet)
            }
            // The terminal has hung up.
            Err(error)
                if error.raw_os_error() == Some(libc::EIO) && self.kind == Kind::Terminal =>
            {
                Ok(Read::Eof)
            }
            Err(error) => Err(error),
        }
    }

    /// The descriptor for calls that do not copy. An inherited socket is left out: such calls
    /// would wait on it, since it is not ours to make non-blocking.
    #[must_use]
    pub fn conduit(&self) -> Option<Conduit<'_>> {
        match self.kind {
            Kind::Pipe | Kind::File => Some(Conduit { fd: self.fd.as_fd(), kind: self.kind }),
            _ => None,
        }
    }
}

impl Output {
    /// A stdout that nobody writes to, nor closes.
    #[must_use]
    pub fn unused() -> Self {
        Self::of(Kind::Device, false)
    }

    fn of(kind: Kind, appends: bool) -> Self {
        let (watched, writable, gone) = (false, true, false);
        Self { fd: None, kind, watched, writable, appends, gone, helper: None }
    }

    /// Opens stdout. `through_helpers` forces the way for what cannot be reopened.
    pub fn open(through_helpers: bool) -> io::Result<Self> {
        let kind = descriptor::kind(io::stdout())?;
        let waits = matches!(kind, Kind::Pipe | Kind::Terminal);
        let mut output = Self::of(kind, descriptor::appends(io::stdout()));
        if !waits {
            output.fd = Some(descriptor::duplicate(1)?);
            return Ok(output);
        }
        match descriptor::reopen(1, OFlag::O_WRONLY) {
            Ok(own) if !through_helpers => output.fd = Some(own),
            // A pipe is opened for writing only while somebody reads it.
            Err(error) if error.raw_os_error() == Some(libc::ENXIO) => output.gone = true,
            _ => {
                let (fd, helper) = StdioThread::to_stdout()?;
                (output.fd, output.kind, output.helper) = (Some(fd), Kind::Pipe, Some(helper));
            }
        }
        Ok(output)
    }

    /// Watches stdout under `token`, from now on or anew.
    pub fn watch(&mut self, reactor: &Reactor, token: Token) -> io::Result<()> {
        let Some(fd) = &self.fd else { return Ok(()) };
        if self.watched {
            reactor.forget(fd)?;
        }
        self.watched = reactor.watch(fd, token, Interest::WRITABLE)?;
        Ok(())
    }

    /// Notes what the loop saw.
    pub fn on_ready(&mut self, readiness: &Readiness) {
        self.writable |= readiness.writable || readiness.failed || readiness.write_closed;
        if (readiness.failed || readiness.write_closed) && self.is_hung_up() {
            self.gone = true;
        }
    }

    fn is_hung_up(&self) -> bool {
        self.fd.as_ref().is_some_and(|fd| descriptor::has_gone(fd.as_fd()))
    }

    /// The failure of a stdout that nobody reads, or that cannot be written any more.
    #[must_use]
    pub fn failure(&self) -> Option<io::Error> {
        if let Some(error) = self.helper.as_ref().and_then(StdioThread::failure) {
            return Some(of_stdout(error));
        }
        self.gone.then(|| of_stdout(io::ErrorKind::BrokenPipe.into()))
    }

    /// True unless a write is known to find no room.
    #[must_use]
    pub fn can_write(&self) -> bool {
        self.writable
    }

    /// No room to write until the loop says otherwise.
    pub fn clear_writable(&mut self) {
        self.writable = !self.watched;
    }

    /// Writes what there is room for; `None` if there is none.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        let Some(fd) = self.fd.as_ref().filter(|_| self.writable) else { return Ok(None) };
        let result = uninterrupted(|| match self.kind {
            Kind::Socket => {
                send(fd.as_raw_fd(), bytes, MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL)
            }
            _ => nix::unistd::write(fd, bytes),
        });
        match result {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.clear_writable();
                Ok(None)
            }
            Err(error) => Err(self.keep_error(error)),
        }
    }

    /// Maps a write error to its cause: a helper's own error is more exact than EPIPE on the pipe
    /// to it.
    pub fn keep_error(&mut self, error: io::Error) -> io::Error {
        let error = self.failure().unwrap_or_else(|| of_stdout(error));
        self.gone |= error.kind() == io::ErrorKind::BrokenPipe;
        error
    }

    /// Ends stdout, so that its reader sees the end: closed, or shut down if it is a socket.
    ///
    /// # Errors
    /// What the system says only now of bytes that it had taken.
    pub fn finish(&mut self) -> io::Result<()> {
        let Some(fd) = self.fd.take() else { return Ok(()) };
        if self.kind == Kind::Socket {
            let _ = nix::sys::socket::shutdown(fd.as_raw_fd(), nix::sys::socket::Shutdown::Write);
        }
        // The helper closes stdout itself. Else it is closed before our copy is, whose close(2)
        // would take the error and tell nobody.
        if self.helper.is_some() { Ok(()) } else { descriptor::close_stdout() }
    }

    /// Ends stdout, and waits until everything written has reached it, but not longer than
    /// `until`; only a helper can hold bytes back.
    ///
    /// # Errors
    /// As for [`Output::finish`]; [`crate::outcome::Cause::Timeout`] if a helper has bytes left.
    pub fn flush_by(&mut self, until: Option<Instant>) -> io::Result<()> {
        self.finish().map_err(of_stdout)?;
        self.helper.take().map_or(Ok(()), |helper| helper.join(until).map_err(of_stdout))
    }

    /// The descriptor for calls that do not copy; none where they would be refused or wait.
    #[must_use]
    pub fn conduit(&self) -> Option<Conduit<'_>> {
        let fd: BorrowedFd<'_> = self.fd.as_ref()?.as_fd();
        match self.kind {
            Kind::Pipe | Kind::Device => Some(Conduit { fd, kind: self.kind }),
            Kind::File if !self.appends => Some(Conduit { fd, kind: self.kind }),
            _ => None,
        }
    }
}
