//! Look-ups that end in time.
//!
//! The system's functions cannot be interrupted. One that has a deadline runs on a thread of its
//! own; past the deadline its caller goes on without it, and the thread is left behind until the
//! function returns, which the system's own limits see to, or the process ends, which does not
//! wait for it. Those left behind are counted: with [`MOST`] of them no look-up is begun before
//! one has returned.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::failure::Failure;
use super::threads::{lock, spawn};
use crate::report;

/// The most look-ups that may be left behind; those already running when it is reached may exceed
/// it.
pub const MOST: usize = 512;

/// How many threads are left behind.
static LEFT: Mutex<usize> = Mutex::new(0);
/// Told when one of them returns.
static RETURNED: Condvar = Condvar::new();

/// Calls `ask` and waits for its answer until `deadline`; on this thread if there is none.
///
/// # Errors
/// A late failure if there is no answer in time; a temporary one if the system gives no thread.
pub fn answer_by<T: Send + 'static>(
    deadline: Option<Instant>,
    ask: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let Some(deadline) = deadline else { return Ok(ask()) };
    wait_for_room(deadline)?;
    let (answer, answers) = mpsc::channel();
    let abandoned = Arc::new(Mutex::new(false));
    let seen = Arc::clone(&abandoned);
    let run = move || {
        let _ = answer.send(ask());
        if *lock(&seen) {
            *lock(&LEFT) -= 1;
            RETURNED.notify_all();
        }
    };
    spawn(run).map_err(|error| {
        Failure::temporary(format!("start a thread: {}", report::reason(&error)))
    })?;
    match answers.recv_timeout(left_until(deadline)) {
        Ok(answer) => Ok(answer),
        Err(RecvTimeoutError::Disconnected) => Err(Failure::temporary("the look-up broke off")),
        Err(RecvTimeoutError::Timeout) => {
            let mut abandoned = lock(&abandoned);
            // The answer may have come in between.
            if let Ok(answer) = answers.try_recv() {
                return Ok(answer);
            }
            *abandoned = true;
            *lock(&LEFT) += 1;
            Err(Failure::late("no answer in time"))
        }
    }
}

fn wait_for_room(deadline: Instant) -> Result<(), Failure> {
    let full = |left: &mut usize| *left >= MOST;
    let wait = left_until(deadline);
    let (left, _) = RETURNED
        .wait_timeout_while(lock(&LEFT), wait, full)
        .unwrap_or_else(PoisonError::into_inner);
    if *left >= MOST {
        let reason = format!("no answer in time: {MOST} look-ups hang already");
        return Err(Failure::late(reason));
    }
    Ok(())
}

fn left_until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::resolver::failure::Kind;

    /// One test, because the count belongs to the process.
    #[test]
    fn a_look_up_that_hangs_is_left_behind_counted_and_capped() {
        let soon = || Some(Instant::now() + Duration::from_millis(5));
        assert_eq!(answer_by(None, || 1).unwrap(), 1);
        assert_eq!(answer_by(Some(Instant::now() + Duration::from_secs(20)), || 2).unwrap(), 2);

        let gate = Arc::new((Mutex::new(false), Condvar::new()));
        for _ in 0..MOST {
            let gate = Arc::clone(&gate);
            let hang = move || {
                let open = lock(&gate.0);
                drop(gate.1.wait_while(open, |open| !*open).unwrap());
            };
            assert_eq!(answer_by(soon(), hang).unwrap_err().kind, Kind::Late);
        }
        assert_eq!(*lock(&LEFT), MOST);
        let never = answer_by(soon(), || unreachable!("begun beyond the cap"));
        assert!(never.is_err_and(|failure: Failure| failure.reason.contains("hang already")));

        *lock(&gate.0) = true;
        gate.1.notify_all();
        let later = Some(Instant::now() + Duration::from_secs(20));
        assert_eq!(answer_by(later, || 3).unwrap(), 3);
    }
}
