//! Termination signals: noted by number, told by a pipe that any loop can watch, left alone where they
//! were ignored. And what kills this process leaves nothing behind.

use std::ffi::{c_int, c_void};
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Once, OnceLock};

use anyhow::Context as _;
use nix::errno::Errno;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal};

use super::{children, owned};

/// The signals that ask a program to end.
const TERMINATION: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// Signals that are left as they are: those that do not kill or cannot be caught, and faults, after
/// which nothing is sure to work (signal(7)).
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

/// The highest signal of Linux (signal(7)).
pub(super) const LAST_SIGNAL: c_int = 64;

/// The first termination signal that came, or 0; with [`TYPED`], if it was typed.
static FIRST: AtomicI32 = AtomicI32::new(0);
/// Above the number of any signal.
const TYPED: i32 = 1 << 8;
/// A byte comes through it with the first termination signal. A thread that waits for signals would
/// do as well, but with a second thread each system call of the first one costs more.
static TOLD: OnceLock<(PipeReader, PipeWriter)> = OnceLock::new();

/// The termination signal that asked this process to end, if one did.
#[must_use]
pub fn termination() -> Option<i32> {
    match FIRST.load(Ordering::Acquire) & !TYPED {
        0 => None,
        signal => Some(signal),
    }
}

/// True if that signal was typed (Ctrl-C): the terminal sends it to the whole foreground process group.
#[must_use]
pub fn termination_was_typed() -> bool {
    FIRST.load(Ordering::Acquire) & TYPED != 0
}

/// Takes over the termination signals. The first one that comes makes the descriptor readable for
/// good; the second ends the process at once. A signal that was ignored when the process started
/// stays ignored (nohup, a shell's background job).
///
/// # Errors
/// The system's, if it gives no pipe.
pub fn on_termination() -> anyhow::Result<BorrowedFd<'static>> {
    let pipe = io::pipe().context("make a pipe for signals")?;
    let (reader, _) = TOLD.get_or_init(|| pipe);
    let action = SigAction::new(SigHandler::SigAction(note), SaFlags::SA_RESTART, SigSet::empty());
    for signal in TERMINATION.into_iter().filter(|signal| !is_ignored(*signal)) {
        // SAFETY: `note` calls only async-signal-safe functions.
        unsafe { nix::sys::signal::sigaction(signal, &action) }
            .context("install signal handlers")?;
    }
    Ok(reader.as_fd())
}

fn is_ignored(signal: Signal) -> bool {
    has_handler(signal as c_int, libc::SIG_IGN)
}

fn has_handler(signal: c_int, handler: libc::sighandler_t) -> bool {
    // SAFETY: a zeroed sigaction is a valid value to be written over; a null new action only
    // asks for the present one.
    unsafe {
        let mut present: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut present) == 0
            && present.sa_sigaction == handler
    }
}

/// The signals that kill by default, real-time ones among them, which nix has no names for.
fn fatal() -> impl Iterator<Item = c_int> {
    let named = Signal::iterator().filter(|signal| !NOT_FATAL.contains(signal));
    named.map(|signal| signal as c_int).chain(libc::SIGRTMIN()..=libc::SIGRTMAX())
}

/// From now on socket files are removed and children killed before a fatal signal kills this
/// process. The handlers of [`on_termination`], installed before or after, see to that too.
pub fn leave_nothing_behind() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        for signal in fatal().filter(|signal| has_handler(*signal, libc::SIG_DFL)) {
            // SAFETY: a zeroed sigaction is valid: nothing masked, no flags. `die` calls only
            // async-signal-safe functions. Only a number that is no signal's would be refused.
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = end as *const () as libc::sighandler_t;
                action.sa_flags = libc::SA_RESTART;
                libc::sigaction(signal, &raw const action, std::ptr::null_mut());
            }
        }
    });
}

extern "C" fn end(signal: c_int) {
    die(signal);
}

extern "C" fn note(signal: c_int, info: *mut libc::siginfo_t, _: *mut c_void) {
    // SAFETY: SA_SIGINFO has the system pass it.
    let is_typed = signal == libc::SIGINT && unsafe { (*info).si_code } == libc::SI_KERNEL;
    let noted = if is_typed { signal | TYPED } else { signal };
    if FIRST.compare_exchange(0, noted, Ordering::AcqRel, Ordering::Acquire).is_err() {
        die(signal);
    }
    if let Some((_, writer)) = TOLD.get() {
        // What was interrupted may not have read its error yet.
        let errno = Errno::last_raw();
        // SAFETY: write(2) is async-signal-safe and gets one valid byte; the pipe is never closed, and
        // takes the only byte that it ever gets.
        unsafe { libc::write(writer.as_raw_fd(), [0_u8].as_ptr().cast(), 1) };
        Errno::set_raw(errno);
    }
}

/// Removes socket files and kills children, then dies of a signal, so that a parent sees it; as
/// process 1, which no signal kills, exits with 128+N.
pub fn die(signal: i32) -> ! {
    owned::remove_all();
    children::kill_all();
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

/// Sets every signal that has a handler to its default (async-signal-safe); one that is ignored stays
/// ignored, as execve(2) leaves it.
pub(super) fn remove_handlers() {
    for signal in 1..=LAST_SIGNAL {
        if !has_handler(signal, libc::SIG_IGN) {
            set_default(signal);
        }
    }
}

/// Sets a signal to its default (async-signal-safe). Numbers that have no action to set are refused.
pub(super) fn set_default(signal: c_int) {
    // SAFETY: a zeroed sigaction is valid: the default, nothing masked, no flags.
    unsafe {
        let default: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, &raw const default, std::ptr::null_mut());
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
