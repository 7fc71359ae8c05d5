//! stderr may have a reader who does not read. A command that only answers waits for that one, as any
//! filter does. Where peers would wait too, a line that finds no room is given up after a while.

use std::io::{self, StderrLock, Write as _};
use std::os::fd::AsFd as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// How long all lines together may wait while others do: so long, and a hundredth of the time.
const BUDGET: Duration = Duration::from_secs(1);
const SHARE: u32 = 100;

static STATE: Mutex<State> =
    Mutex::new(State { shared_since: None, waited: Duration::ZERO, lost: 0 });

struct State {
    /// Since when others wait while a line does.
    shared_since: Option<Instant>,
    /// How long lines have waited since then.
    waited: Duration,
    /// Lines that found no room since the last one that did.
    lost: u64,
}

/// From now on others wait while a line does.
pub fn share() {
    state().shared_since.get_or_insert_with(Instant::now);
}

/// How many lines were lost since the last one that was written.
pub(super) fn lost() -> u64 {
    state().lost
}

/// stderr, with room for a line.
pub(super) struct Stderr(StderrLock<'static>);

impl Stderr {
    /// stderr once there is room, with how many lines were lost before; `None` where none comes in
    /// time, which loses one more.
    pub(super) fn with_room() -> Option<(Self, u64)> {
        let (stderr, mut state) = (io::stderr().lock(), state());
        if state.wait_for_room(&stderr) {
            return Some((Self(stderr), std::mem::take(&mut state.lost)));
        }
        state.lost += 1;
        None
    }

    /// Writes. If stderr cannot be written, there is nobody left to tell.
    pub(super) fn write(mut self, text: &str) {
        let _ = self.0.write_all(text.as_bytes());
    }
}

impl State {
    /// True once stderr takes a line (poll(2): a pipe has a page free), or does not say when it will:
    /// what is wrong with it shows when it is written. A signal ends the wait, and all that come.
    fn wait_for_room(&mut self, stderr: &StderrLock<'_>) -> bool {
        let patience = self
            .shared_since
            .map(|since| (BUDGET + since.elapsed() / SHARE).saturating_sub(self.waited));
        let timeout = patience.map_or(PollTimeout::NONE, |patience| {
            PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX)
        });
        let mut fds = [PollFd::new(stderr.as_fd(), PollFlags::POLLOUT)];
        let began = Instant::now();
        let polled = poll(&mut fds, timeout);
        self.waited += began.elapsed();
        if polled == Err(Errno::EINTR) {
            (self.shared_since, self.waited) = (Some(began), Duration::MAX);
        }
        !matches!(polled, Ok(0) | Err(Errno::EINTR))
    }
}

/// Nothing here leaves a half-done value behind a panic.
fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}
