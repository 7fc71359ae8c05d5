//! stderr may have a reader who does not read. Everything else must not wait for that one: a peer
//! of a server could have lines written until there is no room for more.

use std::io::{self, StderrLock, Write as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::sys::signals;

/// How long a line waits for room, a moment at a time: a signal to end is not kept waiting.
const MOMENTS: u32 = 40;
const MOMENT: Duration = Duration::from_millis(25);

/// Lines that found no room since the last one that did.
static LOST: AtomicU64 = AtomicU64::new(0);

/// stderr, with room for a line.
pub struct Stderr(StderrLock<'static>);

impl Stderr {
    /// stderr once there is room, with how many lines were lost before; `None` where none comes in
    /// time, which loses one more. After that no line waits until there is room again.
    pub fn with_room() -> Option<(Self, u64)> {
        let stderr = io::stderr().lock();
        let patience = if LOST.load(Ordering::Relaxed) > 0 { 0 } else { MOMENTS };
        let mut waited = 0;
        while !has_room(&stderr, if waited < patience { MOMENT } else { Duration::ZERO }) {
            if waited >= patience || signals::termination().is_some() {
                LOST.fetch_add(1, Ordering::Relaxed);
                return None;
            }
            waited += 1;
        }
        Some((Self(stderr), LOST.swap(0, Ordering::Relaxed)))
    }

    /// Writes. If stderr cannot be written, there is nobody left to tell.
    pub fn write(mut self, text: &str) {
        let _ = self.0.write_all(text.as_bytes());
    }
}

/// True once stderr takes a line or says why not, within so long.
fn has_room(stderr: &StderrLock<'_>, patience: Duration) -> bool {
    let mut fds = [PollFd::new(stderr.as_fd(), PollFlags::POLLOUT)];
    let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::ZERO);
    match poll(&mut fds, timeout) {
        Ok(0) | Err(Errno::EINTR) => false,
        // Closed, or its reader has gone: what is wrong with it shows when it is written.
        Ok(_) | Err(_) => true,
    }
}
