//! Look-ups in the background, for a loop that must not wait: a few threads take what is asked,
//! and end when nothing was asked for a while.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::threads::{lock, spawn};

/// How many threads look up at once.
const MOST: usize = 32;
/// How long a thread waits for more to do.
const IDLE: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce() + Send>;

/// What waits to be looked up, and who could do it.
struct LookupPool {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

static POOL: Mutex<LookupPool> =
    Mutex::new(LookupPool { jobs: VecDeque::new(), threads: 0, idle: 0 });
/// Told when there is something to do.
static WORK: Condvar = Condvar::new();

/// An answer that may not be there yet. If it is dropped before a thread takes the question up, the
/// question is never asked.
#[derive(Debug)]
pub struct Pending<T>(Arc<Mutex<Option<T>>>);

impl<T> Pending<T> {
    /// The answer, once.
    #[must_use]
    pub fn take(&self) -> Option<T> {
        lock(&self.0).take()
    }
}

/// Has `question` answered on another thread, which then calls `answered`. Where the system gives
/// no thread, the question waits for one.
pub fn ask<T: Send + 'static>(
    question: impl FnOnce() -> T + Send + 'static,
    answered: impl FnOnce() + Send + 'static,
) -> Pending<T> {
    let answer = Arc::new(Mutex::new(None));
    let pending = Pending(Arc::clone(&answer));
    let job = move || {
        if Arc::strong_count(&answer) > 1 {
            let found = question();
            *lock(&answer) = Some(found);
            answered();
        }
    };
    let mut pool = lock(&POOL);
    pool.jobs.push_back(Box::new(job));
    if pool.idle >= pool.jobs.len() {
        WORK.notify_one();
    } else if pool.threads < MOST && spawn(work).is_ok() {
        pool.threads += 1;
    }
    pending
}

fn work() {
    let mut pool = lock(&POOL);
    loop {
        if let Some(job) = pool.jobs.pop_front() {
            drop(pool);
            job();
            pool = lock(&POOL);
            continue;
        }
        pool.idle += 1;
        let nothing = |pool: &mut LookupPool| pool.jobs.is_empty();
        let waited = WORK.wait_timeout_while(pool, IDLE, nothing);
        pool = waited.unwrap_or_else(PoisonError::into_inner).0;
        pool.idle -= 1;
        if pool.jobs.is_empty() {
            pool.threads -= 1;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn many_questions_are_answered_by_a_few_threads() {
        let (told, answered) = mpsc::channel();
        let pending: Vec<Pending<usize>> = (0..200)
            .map(|number| {
                let told = told.clone();
                ask(move || number * 2, move || told.send(()).unwrap())
            })
            .collect();
        for _ in 0..200 {
            answered.recv_timeout(Duration::from_secs(20)).unwrap();
        }
        assert!(lock(&POOL).threads <= MOST);
        for (number, pending) in pending.iter().enumerate() {
            assert_eq!(pending.take(), Some(number * 2));
            assert_eq!(pending.take(), None);
        }
    }
}
