//! Starting a program without copying this process first.
//!
//! A server that starts a process for each connection spends most of its time on that. fork(2)
//! copies the page tables, and so does `std::process::Command` as soon as the child has anything
//! to do before execve(2); clone(2) with CLONE_VM and CLONE_VFORK copies nothing, and a third more
//! processes are started. posix_spawn(3) does the same, but can neither set a limit nor, in every
//! C library, close descriptors that nobody named.

use std::ffi::{CStr, CString, c_int, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd, RawFd};
use std::ptr;

use nix::sys::signal::{SigSet, SigmaskHow};

use super::children::{self, KillGuard};
use super::{descriptor, signals};

/// Room for the child's calls before it is another program. What glibc's posix_spawn(3) takes.
const STACK: usize = 32 * 1024;

/// A program to start.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// The file.
    pub file: &'a CStr,
    /// The arguments, the name first.
    pub arguments: &'a [CString],
    /// `NAME=VALUE`, in two parts.
    pub environment: [&'a [CString]; 2],
    /// Its standard input and output; descriptors above 2.
    pub stdio: [BorrowedFd<'a>; 2],
}

/// A program that was started.
#[derive(Debug)]
pub struct Started {
    /// The process, or (negative) the process group that it leads.
    pub id: i32,
    /// It becomes readable when the program ends (a pidfd).
    pub ended: OwnedFd,
    /// It is killed with this process.
    pub bound: KillGuard,
}

/// What the child needs, made ready by the parent: it must not allocate, and can only write here
/// to be heard.
struct Orders {
    file: *const libc::c_char,
    arguments: Vec<*const libc::c_char>,
    environment: Vec<*const libc::c_char>,
    stdio: [RawFd; 2],
    limit: Option<(u64, u64)>,
    /// The child takes its place itself: a signal may end this process before it goes on.
    bound: KillGuard,
    /// Why the program could not be started, as a number of errno(3).
    failure: c_int,
}

/// Starts a program: the leader of a session of its own, with three descriptors, no signal ignored
/// or blocked, and the limit of descriptors that skat was started with. In skat's session, in a
/// process group of its own, it would be stopped as soon as it touched the terminal, as `sh -i`
/// does.
///
/// # Errors
/// Those of clone(2) and execve(2).
pub fn spawn(image: &Image<'_>) -> io::Result<Started> {
    let pointers = |strings: &[&[CString]]| {
        let strings = strings.iter().copied().flatten();
        strings.map(|string| string.as_ptr()).chain([ptr::null()]).collect()
    };
    signals::leave_nothing_behind();
    // No handler may run in the child while it shares this process's memory.
    let mask = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let mut orders = Orders {
        file: image.file.as_ptr(),
        arguments: pointers(&[image.arguments]),
        environment: pointers(&image.environment),
        stdio: image.stdio.map(|fd| fd.as_raw_fd()),
        limit: descriptor::limit_for_children(),
        bound: children::reserve(),
        failure: 0,
    };
    let started = clone(&mut orders);
    mask.thread_set_mask()?;
    let (id, ended) = started?;
    if orders.failure == 0 {
        return Ok(Started { id: -id, ended, bound: orders.bound });
    }
    // Only the number has to be collected.
    let _ = nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(id), None);
    Err(io::Error::from_raw_os_error(orders.failure))
}

fn clone(orders: &mut Orders) -> io::Result<(i32, OwnedFd)> {
    let mut stack: Vec<MaybeUninit<u128>> = Vec::with_capacity(STACK / size_of::<u128>());
    let mut ended: RawFd = -1;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    let orders: *mut Orders = orders;
    // SAFETY: the stack grows down from its aligned end. This thread goes on only when the child
    // has left the shared memory, so that stack, orders and what they point to outlive its use of
    // them; signals are blocked. The child makes system calls and nothing else.
    let id = unsafe {
        let top = stack.as_mut_ptr().add(stack.capacity());
        libc::clone(become_program, top.cast(), flags, orders.cast::<c_void>(), &raw mut ended)
    };
    if id < 0 {
        return Err(io::Error::last_os_error());
    }
    if ended < 0 {
        // Before Linux 5.2 the flag means nothing.
        let child = nix::unistd::Pid::from_raw(id);
        let _ = nix::sys::signal::kill(child, nix::sys::signal::Signal::SIGKILL);
        let _ = nix::sys::wait::waitpid(child, None);
        return Err(io::Error::from_raw_os_error(libc::ENOSYS));
    }
    // SAFETY: the call has just made this descriptor and nobody else knows it.
    Ok((id, unsafe { OwnedFd::from_raw_fd(ended) }))
}

/// What the child does: it returns only if it could not become the program.
extern "C" fn become_program(orders: *mut c_void) -> c_int {
    // SAFETY: `clone` passes a pointer to orders that nobody else uses meanwhile.
    let orders = unsafe { &mut *orders.cast::<Orders>() };
    if let Err(error) = prepare(orders) {
        orders.failure = error.raw_os_error().unwrap_or(libc::EINVAL);
        return 127;
    }
    // SAFETY: the arrays end in a null pointer, and the strings live in the parent, which waits.
    unsafe {
        libc::execve(orders.file, orders.arguments.as_ptr(), orders.environment.as_ptr());
    }
    orders.failure = io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL);
    127
}

/// Only async-signal-safe calls.
fn prepare(orders: &Orders) -> io::Result<()> {
    (1..=signals::LAST_SIGNAL).for_each(signals::set_default);
    // SAFETY: the descriptors are those of a table of the child's own.
    unsafe {
        if libc::setsid() < 0
            || libc::dup2(orders.stdio[0], 0) < 0
            || libc::dup2(orders.stdio[1], 1) < 0
        {
            return Err(io::Error::last_os_error());
        }
        // Where the call is unknown (before Linux 5.9) all but inherited ones close themselves.
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0);
        if !orders.bound.set(-libc::getpid()) {
            return Err(io::Error::from_raw_os_error(libc::ECANCELED));
        }
    }
    if let Some(limit) = orders.limit {
        descriptor::set_limit(limit)?;
    }
    SigSet::empty().thread_set_mask()?;
    Ok(())
}
