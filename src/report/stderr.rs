//! stderr may have a reader who does not read. Everything else must not wait for that one: a peer
//! of a server could have lines written until there is no room for more.

use std::io::{self, StderrLock, Write as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// How long a line waits for room, in milliseconds.
const PATIENCE: u16 = 1000;

/// Lines that found no room since the last one that did.
static LOST: AtomicU64 = AtomicU64::new(0);

/// stderr, with room for a line.
pub struct Stderr(StderrLock<'static>);

impl Stderr {
    /// stderr once there is room, with how many lines were lost before; `None` where none comes in
    /// time, which loses one more. After that no line waits until there is room again.
    pub fn with_room() -> Option<(Self, u64)> {
        let stderr = io::stderr().lock();
        let patience = if LOST.load(Ordering::Relaxed) > 0 { 0 } else { PATIENCE };
        if has_room(&stderr, patience) {
            Some((Self(stderr), LOST.swap(0, Ordering::Relaxed)))
        } else {
            LOST.fetch_add(1, Ordering::Relaxed);
            None
        }
    }

    /// Writes. If stderr cannot be written, there is nobody left to tell.
    pub fn write(mut self, text: &str) {
        let _ = self.0.write_all(text.as_bytes());
    }
}

/// True once stderr takes a line (poll(2): a pipe has a page free), or does not say when it will:
/// what is wrong with it shows when it is written. A signal ends the wait.
fn has_room(stderr: &StderrLock<'_>, patience: u16) -> bool {
    let mut fds = [PollFd::new(stderr.as_fd(), PollFlags::POLLOUT)];
    !matches!(poll(&mut fds, PollTimeout::from(patience)), Ok(0) | Err(Errno::EINTR))
}
