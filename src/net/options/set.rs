//! Setting options, where it takes more than one setsockopt(2) of an int.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Mutex, PoisonError};

use super::SocketOption;
use crate::report::Report;
use crate::sys::sockopt;

pub(super) fn set_number(
    fd: BorrowedFd<'_>,
    option: &SocketOption,
    number: i32,
    v6: bool,
) -> io::Result<()> {
    let value = sockopt::int(number);
    if let (true, Some((level, name))) = (v6, option.v6) {
        sockopt::set(fd, level, name, &value)?;
        // A dual-stack socket sends IPv4 too; one for IPv6 alone refuses, which does no harm.
        let _ = sockopt::set(fd, option.v4.0, option.v4.1, &value);
        return Ok(());
    }
    sockopt::set(fd, option.v4.0, option.v4.1, &value)
}

/// The system cuts buffer sizes to its maximum silently, unless root forces them.
pub(super) fn set_size(
    fd: BorrowedFd<'_>,
    option: &SocketOption,
    number: i32,
    report: Report,
) -> io::Result<()> {
    let value = sockopt::int(number);
    let (level, name) = option.v4;
    let force = match option.v4 {
        (libc::SOL_SOCKET, libc::SO_RCVBUF) => Some(libc::SO_RCVBUFFORCE),
        (libc::SOL_SOCKET, libc::SO_SNDBUF) => Some(libc::SO_SNDBUFFORCE),
        _ => None,
    };
    if force.is_some_and(|force| sockopt::set(fd, level, force, &value).is_ok()) {
        return Ok(());
    }
    sockopt::set(fd, level, name, &value)?;
    if force.is_some() {
        let mut got = sockopt::int(0);
        sockopt::get(fd, level, name, &mut got)?;
        // The kernel doubles what it is asked for, to count its own overhead (socket(7)).
        let got = i32::from_ne_bytes(got) / 2;
        if got < number {
            let option = option.name;
            if is_first(option) {
                report.warning(format!("{option}={number}: the system's maximum is {got}"));
            }
        }
    }
    Ok(())
}

/// True the first time that it is asked of an option: a run may set it on any number of sockets.
fn is_first(option: &'static str) -> bool {
    static TOLD: Mutex<Vec<&str>> = Mutex::new(Vec::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let is_first = !told.contains(&option);
    if is_first {
        told.push(option);
    }
    is_first
}

pub(super) fn set_linger(fd: BorrowedFd<'_>, seconds: Option<i32>) -> io::Result<()> {
    let mut value = [0; 8];
    value[..4].copy_from_slice(&sockopt::int(i32::from(seconds.is_some())));
    value[4..].copy_from_slice(&sockopt::int(seconds.unwrap_or(0)));
    sockopt::set(fd, libc::SOL_SOCKET, libc::SO_LINGER, &value)
}

/// Switches keepalive on or off, with seconds idle, between probes, and their number.
pub fn set_keepalive(fd: impl AsFd, on: bool, times: &[i32]) -> io::Result<()> {
    let fd = fd.as_fd();
    let names = [libc::TCP_KEEPIDLE, libc::TCP_KEEPINTVL, libc::TCP_KEEPCNT];
    for (name, value) in names.into_iter().zip(times) {
        sockopt::set(fd, libc::IPPROTO_TCP, name, &sockopt::int(*value))?;
    }
    sockopt::set(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE, &sockopt::int(i32::from(on)))
}
