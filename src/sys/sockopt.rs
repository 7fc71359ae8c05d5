//! Raw socket options and what the kernel holds of a stream.

use std::io;
use std::mem::{MaybeUninit, size_of};
use std::os::fd::{AsFd, AsRawFd as _};

/// Sets a socket option to the bytes of `value` (setsockopt(2)).
pub fn set(fd: impl AsFd, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    let length = libc::socklen_t::try_from(value.len()).map_err(io::Error::other)?;
    // SAFETY: pointer and length describe `value`, which outlives the call.
    let result = unsafe {
        libc::setsockopt(fd.as_fd().as_raw_fd(), level, name, value.as_ptr().cast(), length)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Reads a socket option into `value`; gives how many bytes the system wrote (getsockopt(2)).
pub fn get(fd: impl AsFd, level: i32, name: i32, value: &mut [u8]) -> io::Result<usize> {
    let mut length = libc::socklen_t::try_from(value.len()).map_err(io::Error::other)?;
    // SAFETY: pointer and length describe `value`, of which the system writes at most `length`.
    let result = unsafe {
        libc::getsockopt(
            fd.as_fd().as_raw_fd(),
            level,
            name,
            value.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    if result == 0 { Ok(length as usize) } else { Err(io::Error::last_os_error()) }
}

/// Bytes that were sent and that the peer has not acknowledged, a FIN counted as one
/// (SIOCOUTQ, tcp(7)).
pub fn unacknowledged(fd: impl AsFd) -> io::Result<usize> {
    let mut bytes = MaybeUninit::<libc::c_int>::zeroed();
    // SAFETY: SIOCOUTQ (the same number as TIOCOUTQ) writes one int.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), libc::TIOCOUTQ, bytes.as_mut_ptr()) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: zeroed before, and an int has no invalid value.
    Ok(usize::try_from(unsafe { bytes.assume_init() }).unwrap_or(0))
}

/// Bytes that came (a FIN counted as one) and bytes that were sent over a TCP connection
/// (`tcpi_bytes_received`, `tcpi_bytes_sent` and `tcpi_bytes_retrans` of `struct tcp_info` in
/// linux/tcp.h; Linux 4.19).
pub fn transferred(fd: impl AsFd) -> io::Result<(u64, u64)> {
    const RECEIVED: usize = 128;
    const SENT: usize = 200;
    const SENT_AGAIN: usize = 208;
    let mut info = [0; SENT_AGAIN + size_of::<u64>()];
    get(fd, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info)?;
    let field = |at: usize| {
        let bytes = info[at..].first_chunk().copied().unwrap_or_default();
        u64::from_ne_bytes(bytes)
    };
    Ok((field(RECEIVED), field(SENT).saturating_sub(field(SENT_AGAIN))))
}

/// An int as setsockopt(2) takes it.
#[must_use]
pub fn int(value: i32) -> [u8; size_of::<i32>()] {
    value.to_ne_bytes()
}
