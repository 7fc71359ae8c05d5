//! Threads for look-ups, and what they share.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// Bytes of stack: more than any module of the name service switch is known to use.
const STACK: usize = 512 * 1024;

/// Starts a thread that may look something up, and leaves it to itself.
pub fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().stack_size(STACK).spawn(work).map(drop)
}

/// Locks what leaves no half-done value behind a panic.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
