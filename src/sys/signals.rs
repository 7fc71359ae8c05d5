//! Termination signals: noted by number, passed on to `ctrlc`, restored where they were ignored.

use std::io;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

use anyhow::Context as _;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal};

use super::{children, owned};

/// The signals that ask a program to end.
const TERMINATION: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// Signals before which no socket file is removed: those that do not kill or cannot be caught, and
/// faults, after which nothing is sure to work (signal(7)).
const NOT_FATAL: [Signal; 15] = [
    Signal::SIGCHLD,
    Signal::SIGCONT,
    Signal::SIGTSTP,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
    Signal::SIGURG,
    Signal::SIGWINCH,
    Signal::SIGKILL,
    Signal::SIGSTOP,
    Signal::SIGBUS,
    Signal::SIGFPE,
    Signal::SIGILL,
    Signal::SIGSEGV,
    Signal::SIGSYS,
    Signal::SIGTRAP,
];

/// The first termination signal that came, or 0.
static FIRST: AtomicI32 = AtomicI32::new(0);
/// The handler that `ctrlc` installed, as an address; it wakes the thread of `ctrlc`.
static WAKE_CTRLC: AtomicUsize = AtomicUsize::new(0);

/// The termination signal that asked this process to end, if one did.
#[must_use]
pub fn termination() -> Option<i32> {
    match FIRST.load(Ordering::Acquire) {
        0 => None,
        signal => Some(signal),
    }
}

/// Calls `notify` on a thread of its own when a termination signal comes. A signal that was
/// ignored when the process started stays ignored (nohup, a shell's background job). The second
/// signal ends the process at once.
pub fn on_termination(notify: impl FnMut() + Send + 'static) -> anyhow::Result<()> {
    let ignored: Vec<Signal> = TERMINATION.into_iter().filter(|s| is_ignored(*s)).collect();
    // A signal between the two handlers would be lost: it is blocked meanwhile.
    let mask = TERMINATION.into_iter().collect::<SigSet>();
    let mask = mask.thread_swap_mask(SigmaskHow::SIG_BLOCK).context("block signals")?;
    ctrlc::set_handler(notify).context("install signal handlers")?;
    for signal in TERMINATION {
        let handler =
            if ignored.contains(&signal) { SigHandler::SigIgn } else { SigHandler::Handler(note) };
        let action = SigAction::new(handler, SaFlags::SA_RESTART, SigSet::empty());
        // SAFETY: `note` calls only async-signal-safe functions.
        let previous = unsafe { nix::sys::signal::sigaction(signal, &action) }
            .context("install signal handlers")?;
        if let SigHandler::Handler(wake_ctrlc) = previous.handler() {
            WAKE_CTRLC.store(wake_ctrlc as usize, Ordering::Release);
        }
    }
    mask.thread_set_mask().context("unblock signals")
}

fn is_ignored(signal: Signal) -> bool {
    has_handler(signal, libc::SIG_IGN)
}

fn has_handler(signal: Signal, handler: libc::sighandler_t) -> bool {
    // SAFETY: a zeroed sigaction is a valid value to be written over; a null new action only
    // asks for the present one.
    unsafe {
        let mut present: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal as libc::c_int, std::ptr::null(), &raw mut present) == 0
            && present.sa_sigaction == handler
    }
}

/// The signals at which files are removed: those that kill by default.
pub(super) fn fatal() -> impl Iterator<Item = Signal> {
    Signal::iterator().filter(|signal| !NOT_FATAL.contains(signal))
}

/// Installs handlers that remove socket files before a fatal signal kills the process. Those of
/// [`on_termination`], installed before or after, do so too.
pub(super) fn remove_files_at_death() -> io::Result<()> {
    for signal in fatal().filter(|signal| has_handler(*signal, libc::SIG_DFL)) {
        let action = SigAction::new(SigHandler::Handler(end), SaFlags::SA_RESTART, SigSet::empty());
        // SAFETY: `end` calls only async-signal-safe functions.
        unsafe { nix::sys::signal::sigaction(signal, &action) }?;
    }
    Ok(())
}

extern "C" fn end(signal: libc::c_int) {
    die(signal);
}

extern "C" fn note(signal: libc::c_int) {
    if FIRST.compare_exchange(0, signal, Ordering::AcqRel, Ordering::Acquire).is_err() {
        children::kill_all();
        die(signal);
    }
    let wake_ctrlc = WAKE_CTRLC.load(Ordering::Acquire);
    if wake_ctrlc != 0 {
        // SAFETY: the address is that of the handler that `ctrlc` had installed, which is an
        // `extern "C" fn(c_int)` and async-signal-safe itself.
        let wake: extern "C" fn(libc::c_int) = unsafe { std::mem::transmute(wake_ctrlc) };
        wake(signal);
    }
}

/// Removes socket files, then dies of a signal, so that a parent sees it; as process 1, which no
/// signal kills, exits with 128+N.
pub fn die(signal: i32) -> ! {
    owned::remove_all();
    // SAFETY: signal(2), sigprocmask(2), raise(3) and _exit(2) are async-signal-safe and get
    // valid arguments.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, signal);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, std::ptr::null_mut());
        libc::raise(signal);
        libc::_exit(128 + signal)
    }
}

/// Lets this process learn the statuses of its children: a parent may have left it SIGCHLD
/// ignored, and then the system throws them away.
pub fn keep_statuses() -> io::Result<()> {
    let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: the default action runs no code of ours.
    unsafe { nix::sys::signal::sigaction(Signal::SIGCHLD, &default)? };
    Ok(())
}

/// Sends a signal to a process, or to a group if `id` is negative.
pub fn send(id: i32, signal: i32) -> io::Result<()> {
    let signal = Signal::try_from(signal)?;
    Ok(nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), signal)?)
}
