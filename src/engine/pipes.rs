//! Pipes of skat's own, through which bytes go from socket to socket within the kernel.
//!
//! A flow takes one when it has something to move and gives it back when the pipe is empty, so
//! that thousands of connections share a few.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::pipe2;

use crate::sys::descriptor;

/// What one of the first pipes holds, if the system gives as much. An ordinary user gets only so
/// many large ones (`fs.pipe-user-pages-soft`, pipe(7)), and then less than the default of
/// 64 KiB.
const LARGE: i32 = 1 << 20;
/// How many pipes of a loop are large.
const LARGE_ONES: usize = 8;
/// How many pipes a loop has at most, and for how many descriptors that may be open one:
/// beyond, bytes are copied.
const MOST: usize = 128;
const SHARE: usize = 16;
/// How many are kept though nobody uses them.
const SPARE: usize = 8;

/// An empty pipe, or one that its flow has filled.
#[derive(Debug)]
pub struct Pipe {
    /// The end to read from.
    pub reader: OwnedFd,
    /// The end to write to.
    pub writer: OwnedFd,
    /// Counts the pipes that there are.
    _count: Arc<()>,
}

/// The pipes of a loop.
#[derive(Debug, Default)]
pub struct Pipes {
    spare: Vec<Pipe>,
    count: Arc<()>,
}

/// How many descriptors the pipes of a loop take at most.
#[must_use]
pub fn most_descriptors() -> usize {
    2 * most()
}

fn most() -> usize {
    MOST.min(descriptor::limit() / SHARE)
}

impl Pipes {
    /// An empty pipe.
    ///
    /// # Errors
    /// The system's, or that there are enough.
    pub fn take(&mut self) -> io::Result<Pipe> {
        if let Some(pipe) = self.spare.pop() {
            return Ok(pipe);
        }
        let others = Arc::strong_count(&self.count) - 1;
        if others >= most() {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let (reader, writer) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
        if others < LARGE_ONES {
            // Only faster.
            let _ = fcntl(&writer, FcntlArg::F_SETPIPE_SZ(LARGE));
        }
        Ok(Pipe { reader, writer, _count: Arc::clone(&self.count) })
    }

    /// Takes an empty pipe back.
    pub fn give_back(&mut self, pipe: Pipe) {
        if self.spare.len() < SPARE {
            self.spare.push(pipe);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipes_are_used_again_and_are_not_too_many() {
        let mut pipes = Pipes::default();
        let mut taken: Vec<Pipe> = (0..most()).map(|_| pipes.take().unwrap()).collect();
        assert!(pipes.take().is_err());
        taken.drain(..).for_each(|pipe| pipes.give_back(pipe));
        assert_eq!(Arc::strong_count(&pipes.count) - 1, SPARE);
        drop(pipes.take().unwrap());
        assert!(pipes.take().is_ok());
    }
}
