//! How full a server is, as its loops share it: who is served, who waits for that, and whether
//! anybody new is let in.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What the loops of one server share. Whoever leaves learns whether the other loops may have
/// waited for that, and are to be woken.
pub(super) struct Occupancy {
    /// How many may be served at a time, and how many may wait.
    limits: Limits,
    /// Connections that are served.
    served: AtomicUsize,
    /// Connections that are not yet: in their handshake, or verified while there is no place.
    waiting: AtomicUsize,
    /// Connections that were let in.
    came: AtomicUsize,
    /// Nobody new is waited for; who has come is served to the end.
    closing: AtomicBool,
    /// Everything is over where it stands.
    given_up: AtomicBool,
}

/// How many connections there may be at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) served: usize,
    pub(super) waiting: usize,
}

impl Occupancy {
    /// Nobody yet.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            served: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            came: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            given_up: AtomicBool::new(false),
        }
    }

    /// Counts one more as served, if there is a place.
    pub(super) fn take_place(&self) -> bool {
        let one_more = |served| (served < self.limits.served).then_some(served + 1);
        self.served.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more).is_ok()
    }

    /// Gives the place back; true if others may have waited for it.
    pub(super) fn leave_place(&self) -> bool {
        let before = self.served.fetch_sub(1, Ordering::AcqRel);
        before >= self.limits.served || self.is_closing()
    }

    /// True if one more may wait.
    pub(super) fn has_waiting_room(&self) -> bool {
        self.waiting() < self.limits.waiting
    }

    /// Counts one more as waiting.
    pub(super) fn wait(&self) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
    }

    /// So many wait no more; true if others may have waited for that.
    pub(super) fn end_wait(&self, count: usize) -> bool {
        let before = self.waiting.fetch_sub(count, Ordering::AcqRel);
        before >= self.limits.waiting || self.is_closing()
    }

    /// Counts one more as let in; true if it is the first.
    pub(super) fn note_arrival(&self) -> bool {
        self.came.fetch_add(1, Ordering::AcqRel) == 0
    }

    /// True if anybody was let in yet.
    pub(super) fn has_come(&self) -> bool {
        self.came.load(Ordering::Acquire) > 0
    }

    /// How many are served.
    pub(super) fn served(&self) -> usize {
        self.served.load(Ordering::Acquire)
    }

    /// How many wait to be served.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// True if nobody is served, and nobody waits for it.
    pub(super) fn is_empty(&self) -> bool {
        self.served() == 0 && self.waiting() == 0
    }

    /// Nobody new is waited for any more.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// True once nobody new is waited for.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Everything is over where it stands.
    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::Release);
    }

    /// True once everything is over where it stands.
    pub(super) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Acquire)
    }
}
