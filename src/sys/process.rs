//! Starting and watching a child.

use std::io;
use std::os::fd::{AsFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use nix::errno::Errno;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};

use super::descriptor;

/// A descriptor that becomes readable when the process ends (pidfd_open(2), Linux 5.3).
pub fn watch(id: u32) -> io::Result<OwnedFd> {
    // SAFETY: the call takes two integers; it makes a new descriptor, closed on exec.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, id, 0) };
    let fd = i32::try_from(fd).unwrap_or(-1);
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// What a service manager hands over to one process only (sd_listen_fds(3), sd_notify(3)).
pub const HANDED_OVER: [&str; 5] =
    ["LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET"];

/// Keeps from the child what was handed over to skat.
pub fn withhold_hand_over(command: &mut Command) {
    for variable in HANDED_OVER {
        command.env_remove(variable);
    }
}

/// Gives the child the limit of descriptors that skat itself was started with.
pub fn restore_limit(command: &mut Command) {
    let Some(limit) = descriptor::limit_for_children() else { return };
    // SAFETY: between fork and exec the closure makes one system call and allocates nothing.
    unsafe { command.pre_exec(move || descriptor::set_limit(limit)) };
}

/// How a child ended, as a shell shows it (128+N for a signal); `None` while it runs.
pub fn status(ended: &OwnedFd) -> io::Result<Option<u8>> {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG;
    wait(ended, flags)
}

/// Waits until a child has ended.
pub fn wait_for_end(ended: &OwnedFd) -> io::Result<()> {
    wait(ended, WaitPidFlag::WEXITED).map(|_| ())
}

/// waitid(2) with P_PIDFD (Linux 5.4).
fn wait(ended: &OwnedFd, flags: WaitPidFlag) -> io::Result<Option<u8>> {
    loop {
        return match waitid(Id::PIDFd(ended.as_fd()), flags) {
            Ok(WaitStatus::Exited(_, code)) => Ok(u8::try_from(code & 0xff).ok()),
            Ok(WaitStatus::Signaled(_, signal, _)) => {
                Ok(Some(u8::try_from(128 + signal as i32).unwrap_or(255)))
            }
            Ok(_) => Ok(None),
            Err(Errno::EINTR) => continue,
            Err(error) => Err(error.into()),
        };
    }
}
