//! Helpers for a stdin or stdout that can only be used by waiting for it: a thread carries its
//! bytes from or to a pipe of our own (a pipe that another user opened, before `su`; a device).

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::pipe2;

use crate::engine::stop::DRAIN;
use crate::outcome::{Cause, IoFailure};
use crate::sys::interruption::uninterrupted;
use crate::sys::stdio::{Stdin, Stdout};
use crate::sys::{descriptor, signals};

/// As much as a pipe holds.
const CHUNK: usize = 64 * 1024;

/// How often the wait for a helper's end looks whether its time is over.
const LOOK: Duration = Duration::from_millis(50);

/// A thread that carries bytes from stdin or to stdout.
#[derive(Debug)]
pub struct StdioThread {
    ended: Receiver<()>,
    failure: Arc<AtomicI32>,
}

impl StdioThread {
    /// Starts to carry stdin; gives the non-blocking end to read.
    pub fn from_stdin() -> io::Result<(OwnedFd, Self)> {
        let (near, far) = pipe2(OFlag::O_CLOEXEC)?;
        make_nonblocking(&near)?;
        Ok((near, Self::start(far, carry)?))
    }

    /// Starts to carry to stdout; gives the non-blocking end to write.
    pub fn to_stdout() -> io::Result<(OwnedFd, Self)> {
        let (far, near) = pipe2(OFlag::O_CLOEXEC)?;
        make_nonblocking(&near)?;
        // The end of what is carried is the end of stdout, and its reader must see it.
        let work = |far: &File| carry_while_read(far).and_then(|()| descriptor::close_stdout());
        Ok((near, Self::start(far, work)?))
    }

    fn start(
        far: OwnedFd,
        work: impl FnOnce(&File) -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let far = File::from(far);
        let failure = Arc::new(AtomicI32::new(0));
        let note = Arc::clone(&failure);
        let (end, ended) = mpsc::channel();
        std::thread::Builder::new().spawn(move || {
            if let Err(error) = work(&far) {
                note.store(error.raw_os_error().unwrap_or(libc::EIO), Ordering::Release);
            }
            // Whoever sees the end of the pipe asks whether it is one.
            drop((far, end));
        })?;
        Ok(Self { ended, failure })
    }

    /// Why it could not carry on, if it could not.
    #[must_use]
    pub fn failure(&self) -> Option<io::Error> {
        match self.failure.load(Ordering::Acquire) {
            0 => None,
            number => Some(io::Error::from_raw_os_error(number)),
        }
    }

    /// Waits for the last byte to be written, not longer than `until`, nor much longer than a
    /// signal; the near end must be closed.
    pub fn join(self, mut until: Option<Instant>) -> io::Result<()> {
        // The thread sends nothing: its end shows by its sender's.
        while let Err(RecvTimeoutError::Timeout) = self.ended.recv_timeout(LOOK) {
            if until.is_none() && signals::termination().is_some() {
                until = Some(Instant::now() + DRAIN);
            }
            if until.is_some_and(|until| until <= Instant::now()) {
                let text = "its reader did not take everything in time";
                return Err(IoFailure::new(Cause::Timeout, text).into());
            }
        }
        self.failure().map_or(Ok(()), Err)
    }
}

fn make_nonblocking(fd: &OwnedFd) -> io::Result<()> {
    fcntl(fd, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok(())
}

fn carry(mut to: &File) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match Stdin.read(&mut buffer)? {
            0 => return Ok(()),
            count => to.write_all(&buffer[..count])?,
        }
    }
}

/// Carries to stdout, and notices its reader's leaving also while there is nothing to carry.
fn carry_while_read(mut from: &File) -> io::Result<()> {
    let (mut buffer, stdout) = (vec![0; CHUNK], io::stdout());
    loop {
        let mut fds = [
            PollFd::new(from.as_fd(), PollFlags::POLLIN),
            PollFd::new(stdout.as_fd(), PollFlags::empty()),
        ];
        uninterrupted(|| poll(&mut fds, PollTimeout::NONE))?;
        if fds[1].any().unwrap_or(false) {
            return Err(io::Error::from_raw_os_error(libc::EPIPE));
        }
        match uninterrupted(|| from.read(&mut buffer))? {
            0 => return Ok(()),
            count => Stdout.write_all(&buffer[..count])?,
        }
    }
}
