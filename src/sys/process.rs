//! Starting and watching a child.

use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitStatus};

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

/// Gives the child the limit of descriptors that skat itself was started with.
pub fn restore_limit(command: &mut Command) {
    let Some(limit) = descriptor::limit_for_children() else { return };
    // SAFETY: between fork and exec the closure makes one system call and allocates nothing.
    unsafe { command.pre_exec(move || descriptor::set_limit(limit)) };
}

/// An exit status as a shell shows it: 128+N for a signal.
#[must_use]
pub fn shell_status(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(255)
}
