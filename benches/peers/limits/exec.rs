//! accept(2), then vfork(2) and execve(2) as the C library's posix_spawn(3) does it.

use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::process::{Command, Stdio};

use nix::sys::signal::{SigHandler, Signal, signal};
use nix::sys::socket::{SockFlag, accept4};

use super::echo::listen_on;

#[allow(unsafe_code)]
pub fn run(port: u16) -> anyhow::Result<()> {
    // SAFETY: no handler runs; the kernel reaps the children.
    unsafe { signal(Signal::SIGCHLD, SigHandler::SigIgn)? };
    let listener = listen_on(port, SockFlag::SOCK_CLOEXEC)?;
    loop {
        let fd = accept4(listener.as_raw_fd(), SockFlag::SOCK_CLOEXEC)?;
        // SAFETY: accept4 has just given it, and nobody else has it.
        let socket = unsafe { OwnedFd::from_raw_fd(fd) };
        let input = Stdio::from(socket.try_clone()?);
        drop(Command::new("/bin/echo").stdin(input).stdout(socket).spawn()?);
    }
}
