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

/// Gives a socket a send buffer of `size` bytes, or the largest that the system allows (SO_SNDBUF
/// in socket(7)).
pub fn enlarge_send_buffer(fd: impl AsFd, size: i32) -> io::Result<()> {
    // Only the superuser may exceed the system's maximum.
    match set(&fd, libc::SOL_SOCKET, libc::SO_SNDBUFFORCE, &int(size)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            set(&fd, libc::SOL_SOCKET, libc::SO_SNDBUF, &int(size))
        }
        other => other,
    }
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

/// What passed over a TCP connection, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Transferred {
    /// What came; a FIN counts as one.
    pub received: u64,
    /// What was sent, a FIN not counted.
    pub sent: u64,
    /// What is to be sent still; a FIN counts as one.
    pub not_sent: u64,
}

/// What the kernel has counted (`tcpi_bytes_received`, `tcpi_bytes_sent`, `tcpi_bytes_retrans` and
/// `tcpi_notsent_bytes` of `struct tcp_info` in linux/tcp.h; Linux 4.19).
pub fn transferred(fd: impl AsFd) -> io::Result<Transferred> {
    const RECEIVED: usize = 128;
    const NOT_SENT: usize = 144;
    const SENT: usize = 200;
    const SENT_AGAIN: usize = 208;
    let mut info = [0; SENT_AGAIN + size_of::<u64>()];
    get(fd, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info)?;
    let long = |at: usize| {
        let bytes = info[at..].first_chunk().copied().unwrap_or_default();
        u64::from_ne_bytes(bytes)
    };
    let not_sent = info[NOT_SENT..].first_chunk().copied().unwrap_or_default();
    Ok(Transferred {
        received: long(RECEIVED),
        sent: long(SENT).saturating_sub(long(SENT_AGAIN)),
        not_sent: u32::from_ne_bytes(not_sent).into(),
    })
}

/// An int as setsockopt(2) takes it.
#[must_use]
pub fn int(value: i32) -> [u8; size_of::<i32>()] {
    value.to_ne_bytes()
}
