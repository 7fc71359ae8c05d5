//! Many questions at once, their answers in the order asked.
//!
//! A reader hands each question to a fixed number of workers, and the promise of its answer to
//! whoever tells the answers. Both queues are short, so that a million questions take no more
//! memory than a few thousand, and the first answer is told before the last question is read.

use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::sync::{Arc, Mutex};

use anyhow::Context as _;

use super::threads::{lock, spawn};
use crate::sys::descriptor;

/// How many answers may wait for an earlier one.
const AHEAD: usize = 4096;

type Job<Q, A> = (Q, SyncSender<A>);

/// Asks every question, `jobs` of them at once, and tells the answers in order. `pause` is called
/// before each wait for an answer that is not there yet.
///
/// Where it ends early the threads are left to the end of the process.
///
/// # Errors
/// The first of `tell` and `pause`; the system's, if it gives no threads.
pub fn ask_all<Q: Send + 'static, A: Send + 'static>(
    questions: impl Iterator<Item = Q> + Send + 'static,
    jobs: usize,
    ask: impl Fn(Q) -> A + Send + Sync + 'static,
    mut tell: impl FnMut(A) -> anyhow::Result<()>,
    mut pause: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // Each look-up has a socket of its own.
    descriptor::raise_limit();
    let (promise, promises) = mpsc::sync_channel(AHEAD);
    let reader = Reader::new(jobs, Arc::new(ask));
    let read = move || reader.read(questions, &promise);
    spawn(read).context("start a thread for the look-ups")?;
    while let Some(answer) = wait(&promises, &mut pause)? {
        tell(wait(&answer, &mut pause)?.context("a look-up broke down")?)?;
    }
    Ok(())
}

/// The next of a channel; `None` at its end.
fn wait<T>(
    channel: &Receiver<T>,
    pause: &mut impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<Option<T>> {
    match channel.try_recv() {
        Ok(next) => Ok(Some(next)),
        Err(TryRecvError::Disconnected) => Ok(None),
        Err(TryRecvError::Empty) => {
            pause()?;
            Ok(channel.recv().ok())
        }
    }
}

/// Hands out questions, and starts a worker for each of the first `jobs`.
struct Reader<Q, A, F> {
    jobs: usize,
    ask: Arc<F>,
    work: SyncSender<Job<Q, A>>,
    queue: Arc<Mutex<Receiver<Job<Q, A>>>>,
}

impl<Q: Send + 'static, A: Send + 'static, F: Fn(Q) -> A + Send + Sync + 'static> Reader<Q, A, F> {
    fn new(jobs: usize, ask: Arc<F>) -> Self {
        // A question need not wait here: it can as well wait on stdin.
        let (work, queue) = mpsc::sync_channel(1);
        Self { jobs, ask, work, queue: Arc::new(Mutex::new(queue)) }
    }

    fn read(self, questions: impl Iterator<Item = Q>, promise: &SyncSender<Receiver<A>>) {
        let mut workers = 0;
        for question in questions {
            if workers < self.jobs && self.start_worker() {
                workers += 1;
            }
            let (answer, answers) = mpsc::sync_channel(1);
            if workers == 0 {
                // The system gives no more threads: then this one does the work.
                let _ = answer.send((self.ask)(question));
            } else if self.work.send((question, answer)).is_err() {
                return;
            }
            if promise.send(answers).is_err() {
                return;
            }
        }
    }

    fn start_worker(&self) -> bool {
        let (queue, ask) = (Arc::clone(&self.queue), Arc::clone(&self.ask));
        let work = move || {
            loop {
                // The lock is held while waiting: whoever has it gets the next question.
                let next = lock(&queue).recv();
                let Ok((question, answer)) = next else { return };
                let _ = answer.send(ask(question));
            }
        };
        spawn(work).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn answers_come_in_order_whichever_is_ready_first() {
        let mut told = Vec::new();
        let slow_at_first = |number: u64| {
            std::thread::sleep(std::time::Duration::from_millis(20_u64.saturating_sub(number)));
            number
        };
        let tell = |number| {
            told.push(number);
            Ok(())
        };
        ask_all(0..100, 10, slow_at_first, tell, || Ok(())).unwrap();
        assert_eq!(told, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_is_read_than_is_told_soon() {
        let read = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&read);
        let questions = (0..1_000_000).inspect(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let mut told = 0;
        let tell = |_| {
            told += 1;
            let ahead = read.load(Ordering::Relaxed) - told;
            anyhow::ensure!(ahead <= AHEAD + 10, "{ahead} read ahead");
            anyhow::ensure!(told < 20_000, "enough");
            Ok(())
        };
        let end = ask_all(questions, 4, |n: u32| n, tell, || Ok(())).unwrap_err();
        assert_eq!(end.to_string(), "enough");
    }
}
