//! The children that must not outlive this process, in a form that a signal handler can read.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// What a place holds for a child that is about to begin.
const RESERVED: i32 = i32::MIN;

/// Every child is killed: one that begins now must end by itself.
static ENDING: AtomicBool = AtomicBool::new(false);

/// One place of the list, which only grows: 0, a process, or (negative) a process group.
#[derive(Default)]
struct Place {
    id: AtomicI32,
    next: OnceLock<Box<Place>>,
}

static PLACES: Place = Place { id: AtomicI32::new(0), next: OnceLock::new() };

/// A child that is killed with this process, until this is dropped.
pub struct KillGuard(&'static AtomicI32);

impl std::fmt::Debug for KillGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("KillGuard").field(&self.0.load(Ordering::Acquire)).finish()
    }
}

impl Drop for KillGuard {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}

/// Binds a process, or (negative) a process group, to this one.
#[must_use]
pub fn bind(id: i32) -> KillGuard {
    let bound = reserve();
    if !bound.set(id) {
        kill(id);
    }
    bound
}

/// A place for a child that is about to begin.
pub(super) fn reserve() -> KillGuard {
    let mut place = &PLACES;
    while place.id.compare_exchange(0, RESERVED, Ordering::AcqRel, Ordering::Acquire).is_err() {
        place = place.next.get_or_init(Box::default);
    }
    KillGuard(&place.id)
}

impl KillGuard {
    /// Says which child it is (async-signal-safe). False if it is too late: all have been killed.
    pub(super) fn set(&self, id: i32) -> bool {
        self.0.store(id, Ordering::SeqCst);
        !ENDING.load(Ordering::SeqCst)
    }
}

/// Kills every child that is bound (async-signal-safe).
pub(super) fn kill_all() {
    ENDING.store(true, Ordering::SeqCst);
    let mut next = Some(&PLACES);
    while let Some(place) = next {
        let id = place.id.load(Ordering::SeqCst);
        if id != 0 && id != RESERVED {
            kill(id);
        }
        next = place.next.get().map(AsRef::as_ref);
    }
}

fn kill(id: i32) {
    // SAFETY: kill(2) takes two numbers and is async-signal-safe.
    unsafe { libc::kill(id, libc::SIGKILL) };
}
