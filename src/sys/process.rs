//! Starting and watching a child.

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use nix::sys::signal::{SigSet, SigmaskHow};

use super::interruption::uninterrupted;
use super::spawn::Started;
use super::{children, descriptor, signals};

/// A descriptor that becomes readable when the process ends (pidfd_open(2), Linux 5.3).
fn watch(id: u32) -> io::Result<OwnedFd> {
    // SAFETY: the call takes two integers; it makes a new descriptor, closed on exec.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, id, 0) };
    let fd = i32::try_from(fd).unwrap_or(-1);
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Variables that a service manager sets for one process only (sd_listen_fds(3), sd_notify(3)).
pub const HANDED_OVER: [&str; 5] =
    ["LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET"];

/// Starts a child, which `leads` a process group of its own or not, and binds it to this process: a
/// signal that ends skat meanwhile ends it too. It gets none of the variables in [`HANDED_OVER`], the
/// limit of descriptors that skat was started with, the default instead of skat's handlers, and this
/// thread's signal mask.
///
/// # Errors
/// The system's.
pub fn start(command: &mut Command, leads: bool) -> io::Result<Started> {
    for variable in HANDED_OVER {
        command.env_remove(variable);
    }
    if leads {
        command.process_group(0);
    }
    signals::leave_nothing_behind();
    let limit = descriptor::limit_for_children();
    let mask = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let prepare = move || {
        if let Some(limit) = limit {
            descriptor::set_limit(limit)?;
        }
        // A signal that has come meanwhile must meet the command, not skat's handlers.
        signals::remove_handlers();
        Ok(mask.thread_set_mask()?)
    };
    // SAFETY: between fork and exec the closure makes system calls and allocates nothing.
    unsafe { command.pre_exec(prepare) };
    let started = start_blocked(command, leads);
    mask.thread_set_mask()?;
    started
}

fn start_blocked(command: &mut Command, leads: bool) -> io::Result<Started> {
    let bound = children::reserve();
    let mut child = command.spawn()?;
    let number = child.id();
    let id = i32::try_from(number).map_err(io::Error::other)?;
    let id = if leads { -id } else { id };
    bound.bind(id);
    match watch(number) {
        Ok(ended) => Ok(Started { id, ended, bound }),
        Err(error) => {
            let _ = signals::send(id, libc::SIGKILL);
            let _ = child.wait();
            Err(error)
        }
    }
}

/// How a child ended, as a shell shows it (128+N for a signal); `None` while it runs.
pub fn status(ended: &OwnedFd) -> io::Result<Option<u8>> {
    let status = wait(ended, libc::WEXITED | libc::WNOHANG)?;
    if status.is_some() {
        children::wait_if_ending();
    }
    Ok(status)
}

/// Waits until a child has ended.
pub fn wait_for_end(ended: &OwnedFd) -> io::Result<()> {
    wait(ended, libc::WEXITED).map(|_| ())
}

/// waitid(2) with P_PIDFD (Linux 5.4). That of nix does not know real-time signals.
fn wait(ended: &OwnedFd, flags: libc::c_int) -> io::Result<Option<u8>> {
    let id = libc::id_t::try_from(ended.as_raw_fd()).map_err(io::Error::other)?;
    uninterrupted(|| {
        // SAFETY: a zeroed siginfo_t is a valid value to be written over; where no child has ended
        // the system leaves its signal 0, and else all that `si_status` reads is set.
        let (result, signal, code, status) = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let result = libc::waitid(libc::P_PIDFD, id, &raw mut info, flags);
            (result, info.si_signo, info.si_code, info.si_status())
        };
        match (result, code) {
            (0, _) if signal == 0 => Ok(None),
            (0, libc::CLD_EXITED) => Ok(u8::try_from(status & 0xff).ok()),
            (0, _) => Ok(Some(u8::try_from(128 + status).unwrap_or(u8::MAX))),
            _ => Err(io::Error::last_os_error()),
        }
    })
}
