//! Pipes, terminals and sockets of the test's own on which no read or write waits for ever.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::os::fd::AsFd;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, poll};

use super::{PATIENCE, uninterrupted};

/// The test's end of something, of which skat has the other.
#[derive(Debug)]
pub struct Bounded<T>(T);

impl<T: AsFd> Bounded<T> {
    /// Only this end becomes non-blocking: skat's is an open file of its own.
    pub fn new(end: T) -> Self {
        let flags = OFlag::from_bits_retain(fcntl(&end, FcntlArg::F_GETFL).unwrap());
        fcntl(&end, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK)).unwrap();
        Self(end)
    }

    /// Calls until it is done, with waits for `event` as long as patience lasts.
    fn when(
        &mut self,
        event: PollFlags,
        mut call: impl FnMut(&mut T) -> Result<usize>,
    ) -> Result<usize> {
        loop {
            match uninterrupted(|| call(&mut self.0)) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                done => return done,
            }
            let patience = u16::try_from(PATIENCE.as_millis()).unwrap();
            let mut waited_for = [PollFd::new(self.0.as_fd(), event)];
            let ready = uninterrupted(|| Ok(poll(&mut waited_for, patience)?))?;
            if ready == 0 {
                return Err(Error::new(ErrorKind::TimedOut, "skat hangs"));
            }
        }
    }
}

impl<T: AsFd + Read> Read for Bounded<T> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.when(PollFlags::POLLIN, |end| end.read(buffer))
    }
}

impl<T: AsFd + Write> Write for Bounded<T> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.when(PollFlags::POLLOUT, |end| end.write(bytes))
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}
