//! Which of a server's loops serves a connection: one that serves few.
//!
//! A connection wakes every loop that waits, and the first takes it from the backlog, which says
//! nothing of who has time for it: mostly it is the same loop. So it hands the connection over
//! where another has less to do.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mio::Waker;

use super::Accepted;

/// The loops of a server, as one of them sees them.
#[derive(Default)]
pub(super) struct Sharing {
    /// Empty where there is only one.
    loops: Arc<[Member]>,
    own: usize,
}

struct Member {
    /// How many connections it serves, or is about to. Changed with the lock of `handed`.
    load: AtomicUsize,
    /// What others have handed to it; none once it takes no more.
    handed: Mutex<Option<VecDeque<Accepted>>>,
    waker: Arc<Waker>,
}

impl Sharing {
    /// Among loops that these wake, one for each, in their order.
    pub(super) fn among(wakers: Vec<Arc<Waker>>) -> impl Iterator<Item = Self> {
        let handed = || Mutex::new(Some(VecDeque::new()));
        let member = |waker| Member { load: AtomicUsize::new(0), handed: handed(), waker };
        let loops: Arc<[Member]> = wakers.into_iter().map(member).collect();
        (0..loops.len()).map(move |own| Self { loops: Arc::clone(&loops), own })
    }

    /// Tells the others how many this loop serves.
    pub(super) fn note_load(&self, sessions: usize) {
        let Some(own) = self.loops.get(self.own) else { return };
        let handed = own.handed();
        let waiting = handed.as_ref().map_or(0, VecDeque::len);
        own.load.store(sessions + waiting, Ordering::Relaxed);
    }

    /// Hands a connection to the loop that serves the fewest. It comes back if that is this one, or
    /// almost: to wake another costs more than a small difference is worth.
    pub(super) fn hand_over(&self, accepted: Accepted) -> Option<Accepted> {
        let Some(own) = self.loops.get(self.own) else { return Some(accepted) };
        loop {
            let (chosen, load) = self.choose(own);
            let mut handed = chosen.handed();
            if chosen.load.load(Ordering::Relaxed) != load {
                // Another loop has chosen it too, and was faster.
                continue;
            }
            chosen.load.store(load + 1, Ordering::Relaxed);
            let Some(queue) = handed.as_mut().filter(|_| !std::ptr::eq(chosen, own)) else {
                return Some(accepted);
            };
            queue.push_back(accepted);
            // A loop that cannot be woken is one that has ended, and takes no more.
            let _ = chosen.waker.wake();
            return None;
        }
    }

    /// The loop that is to serve one more, and how many it serves.
    fn choose<'a>(&'a self, own: &'a Member) -> (&'a Member, usize) {
        let loads = self.loops.iter().map(|it| (it, it.load.load(Ordering::Relaxed)));
        let own = (own, own.load.load(Ordering::Relaxed));
        let idlest = loads.min_by_key(|(_, load)| *load).unwrap_or(own);
        if own.1 <= idlest.1 + idlest.1 / 8 { own } else { idlest }
    }

    /// The next one that was handed to this loop.
    pub(super) fn take(&self) -> Option<Accepted> {
        self.loops.get(self.own)?.handed().as_mut()?.pop_front()
    }

    /// Takes no more; what was handed over until then is to be served still.
    pub(super) fn close(&self) -> VecDeque<Accepted> {
        let own = self.loops.get(self.own);
        own.and_then(|own| own.handed().take()).unwrap_or_default()
    }

    /// Takes no more, unless something was handed over: false then.
    pub(super) fn close_if_empty(&self) -> bool {
        let Some(own) = self.loops.get(self.own) else { return true };
        let mut handed = own.handed();
        let is_empty = handed.as_ref().is_none_or(VecDeque::is_empty);
        if is_empty {
            *handed = None;
        }
        is_empty
    }
}

impl Member {
    fn handed(&self) -> MutexGuard<'_, Option<VecDeque<Accepted>>> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
