//! Accepting connections of any family.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _, FromRawFd as _, OwnedFd};

use socket2::{SockAddr, Socket};

/// Takes the next connection from the backlog, non-blocking and closed on exec, with the peer's
/// address (accept4(2)).
///
/// # Errors
/// The system's; `WouldBlock` if nobody waits.
pub fn accept(listener: impl AsFd) -> io::Result<(Socket, SockAddr)> {
    let flags = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    let fd = listener.as_fd().as_raw_fd();
    // SAFETY: `try_init` hands out storage of the length it says; the system writes an address
    // of the length that it leaves there.
    let (fd, peer) = unsafe {
        SockAddr::try_init(|storage, length| {
            match libc::accept4(fd, storage.cast(), length, flags) {
                -1 => Err(io::Error::last_os_error()),
                fd => Ok(fd),
            }
        })?
    };
    // SAFETY: the call has just made this descriptor and nobody else knows it.
    Ok((Socket::from(unsafe { OwnedFd::from_raw_fd(fd) }), peer))
}
