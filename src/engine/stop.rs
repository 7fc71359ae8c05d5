//! Stopping: a termination signal wakes every loop of the process.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mio::Waker;

use super::reactor::Reactor;
use crate::outcome::{Cause, cause_of};
use crate::report::share_stderr;
use crate::sys::signals;

/// How long peers are given to take what is on its way when skat is told to stop.
pub const DRAIN: Duration = Duration::from_secs(1);

/// Until when stdout's reader has time to take what is left after this failure: a time that is over
/// does not wait for it, and after any other failure what came before is still for it.
#[must_use]
pub fn flushed_by(failure: Option<&anyhow::Error>) -> Option<Instant> {
    let timed_out = failure.is_some_and(|error| cause_of(error) == Cause::Timeout);
    timed_out.then(|| Instant::now() + DRAIN)
}

/// Who is to be woken when the process is told to end.
#[derive(Clone)]
pub struct Stop {
    /// Readable once a termination signal has come.
    signalled: BorrowedFd<'static>,
    wakers: Arc<Mutex<Vec<Arc<Waker>>>>,
}

impl Stop {
    /// Takes over the termination signals; until then they end the process as ever.
    ///
    /// # Errors
    /// The system's, from installing handlers.
    pub fn on_signals() -> anyhow::Result<Self> {
        // A signal is seen by the loop, and no loop shall stand still for a reader of stderr.
        share_stderr();
        Ok(Self { signalled: signals::on_termination()?, wakers: Arc::default() })
    }

    /// Adds a loop to wake.
    ///
    /// # Errors
    /// Those of epoll_ctl(2).
    pub fn add(&self, reactor: &Reactor) -> io::Result<()> {
        reactor.wake_on(self.signalled)?;
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner).push(reactor.waker());
        Ok(())
    }

    /// Wakes every loop, to look at what has changed.
    pub fn wake_all(&self) {
        for waker in self.wakers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            // A loop that cannot be woken is one that has ended.
            let _ = waker.wake();
        }
    }

    /// The signal that asked for the end, if one did.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        signals::termination()
    }
}
