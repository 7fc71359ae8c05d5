//! stderr may have a reader who does not read. A command that only answers waits for that one, as any
//! filter does. Where peers would wait too, a line that finds no room is given up after a while.

use std::ffi::c_int;
use std::io::{self, StderrLock, Write as _};
use std::os::fd::AsFd as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// How long all lines together may wait while others do: so long, and a hundredth of the time.
const BUDGET: Duration = Duration::from_secs(1);
const SHARE: u32 = 100;

/// For so many bytes there is room in a pipe that is not full (pipe(7)).
const PAGE: usize = 4096;

static STATE: Mutex<State> = Mutex::new(State {
    shared_since: None,
    waited: Duration::ZERO,
    interrupted: false,
    torn: false,
    lost: 0,
});

struct State {
    /// Since when others wait while a line does.
    shared_since: Option<Instant>,
    /// How long lines have waited since then.
    waited: Duration,
    /// A signal has ended a wait: from then on no line waits.
    interrupted: bool,
    /// The last line that was begun found no room for its end.
    torn: bool,
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

    /// Writes what there was room for, and the rest once there is more. What finds none in time is
    /// torn off, and its line counts as lost. If stderr cannot be written, there is nobody left to
    /// tell.
    pub(super) fn write(mut self, text: &str) {
        let line_end = if std::mem::take(&mut state().torn) { "\n" } else { "" };
        let text = line_end.to_owned() + text;
        for (at, part) in text.as_bytes().chunks(PAGE).enumerate() {
            let mut state = state();
            if at > 0 && !state.wait_for_room(&self.0) {
                state.torn = true;
                state.lost += 1;
                return;
            }
            if self.0.write_all(part).is_err() {
                return;
            }
        }
    }
}

impl State {
    /// True once stderr takes a page (poll(2)), or does not say when it will: what is wrong with it
    /// shows when it is written.
    fn wait_for_room(&mut self, stderr: &StderrLock<'_>) -> bool {
        let mut polled = poll_for_room(stderr, PollTimeout::ZERO);
        // Only what really waits uses up the budget: a reader may keep up with many lines.
        if polled == Ok(0) {
            let began = Instant::now();
            polled = poll_for_room(stderr, self.patience());
            self.waited += began.elapsed();
        }
        self.interrupted |= polled == Err(Errno::EINTR);
        !matches!(polled, Ok(0) | Err(Errno::EINTR))
    }

    /// How long a line may wait.
    fn patience(&self) -> PollTimeout {
        match self.shared_since {
            _ if self.interrupted => PollTimeout::ZERO,
            None => PollTimeout::NONE,
            Some(since) => {
                let left = (BUDGET + since.elapsed() / SHARE).saturating_sub(self.waited);
                PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
            }
        }
    }
}

fn poll_for_room(stderr: &StderrLock<'_>, timeout: PollTimeout) -> nix::Result<c_int> {
    poll(&mut [PollFd::new(stderr.as_fd(), PollFlags::POLLOUT)], timeout)
}

/// Nothing here leaves a half-done value behind a panic.
fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}
