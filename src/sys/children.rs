//! The children that must not outlive this process, in a form that a signal handler can read.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// What a place holds for a child that is about to begin.
const RESERVED: i32 = i32::MIN;

/// For how many milliseconds a child that is just being started is waited for.
const MOMENTS: u32 = 1000;

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

/// A place for a child that is about to begin. The thread has its signals blocked until the place
/// is taken: its own handler would wait for that in vain.
pub(super) fn reserve() -> KillGuard {
    let mut place = &PLACES;
    while place.id.compare_exchange(0, RESERVED, Ordering::AcqRel, Ordering::Acquire).is_err() {
        place = place.next.get_or_init(Box::default);
    }
    KillGuard(&place.id)
}

impl KillGuard {
    /// Binds a process, or (negative) a process group, to this one.
    pub(super) fn bind(&self, id: i32) {
        if !self.set(id) {
            kill(id);
        }
    }

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
        let id = child_of(place);
        if id != 0 {
            kill(id);
        }
        next = place.next.get().map(AsRef::as_ref);
    }
}

/// Does not return if every child is being killed: the end of one is no news then, and the signal that
/// another thread handles is about to end this process.
pub(super) fn wait_if_ending() {
    while ENDING.load(Ordering::SeqCst) {
        // SAFETY: pause(2) takes nothing, and waits for a signal.
        unsafe { libc::pause() };
    }
}

/// The child of a place, or 0. One that another thread is just starting is waited for.
fn child_of(place: &Place) -> i32 {
    for _ in 0..MOMENTS {
        let id = place.id.load(Ordering::SeqCst);
        if id != RESERVED {
            return id;
        }
        // SAFETY: poll(2) of no descriptors sleeps, here for a millisecond; it is async-signal-safe.
        unsafe { libc::poll(std::ptr::null_mut(), 0, 1) };
    }
    0
}

fn kill(id: i32) {
    // SAFETY: kill(2) takes two numbers and is async-signal-safe.
    unsafe { libc::kill(id, libc::SIGKILL) };
}
