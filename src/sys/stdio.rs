//! stdin and stdout for whoever waits for them. Another process may have made them non-blocking,
//! which all who share the open file see: that is no failure.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::interruption::uninterrupted;
use crate::outcome::of_stdout;

const MILLISECOND: Duration = Duration::from_millis(1);

/// stdin, without a buffer.
#[derive(Clone, Copy, Debug)]
pub struct Stdin;

/// stdout, without a buffer.
#[derive(Clone, Copy, Debug)]
pub struct Stdout;

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let stdin = io::stdin();
        let fd = stdin.as_fd();
        match when_ready(fd, PollFlags::POLLIN, || nix::unistd::read(fd, buffer)) {
            // nohup(1) gives a stdin that can only be written: it counts as empty.
            Err(error) if error.raw_os_error() == Some(libc::EBADF) => Ok(0),
            result => result,
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let stdout = io::stdout();
        let fd = stdout.as_fd();
        when_ready(fd, PollFlags::POLLOUT, || nix::unistd::write(fd, bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stdin {
    /// Waits until something can be read, or the end; false if that is not so by `end`.
    ///
    /// # Errors
    /// Those of poll(2).
    pub fn wait_until(self, end: Instant) -> io::Result<bool> {
        let stdin = io::stdin();
        let ready = uninterrupted(|| {
            // In whole milliseconds: none must be missing.
            let left = end.saturating_duration_since(Instant::now()) + MILLISECOND;
            let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
            poll(&mut [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)], timeout)
        })?;
        Ok(ready > 0)
    }
}

/// Calls until the descriptor does not ask to be waited for.
fn when_ready<T>(
    fd: BorrowedFd<'_>,
    event: PollFlags,
    mut call: impl FnMut() -> nix::Result<T>,
) -> io::Result<T> {
    loop {
        match uninterrupted(&mut call) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                uninterrupted(|| poll(&mut [PollFd::new(fd, event)], PollTimeout::NONE))?;
            }
            result => return result,
        }
    }
}

/// Writes all of a text to stdout.
///
/// # Errors
/// Where it cannot be written.
pub fn print(text: &str) -> anyhow::Result<()> {
    Stdout.write_all(text.as_bytes()).map_err(of_stdout).context("write stdout")
}
