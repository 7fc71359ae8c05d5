//! Stopping: a termination signal wakes every loop of the process.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mio::Waker;

use crate::report::share_stderr;
use crate::sys::signals;

/// How long peers are given to take what is on its way when skat is told to stop.
pub const DRAIN: Duration = Duration::from_secs(1);

/// Who is to be woken when the process is told to end.
#[derive(Clone, Default)]
pub struct Stop {
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
        let stop = Self::default();
        let wakers = stop.clone();
        signals::on_termination(move || wakers.wake_all())?;
        Ok(stop)
    }

    /// Adds a loop to wake.
    pub fn add(&self, waker: Arc<Waker>) {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner).push(waker);
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
