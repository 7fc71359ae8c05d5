//! The sockets of another process, to ask the system what they are set to.
#![allow(unsafe_code)]

use std::fs;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

use socket2::Socket;

use super::{Running, not_tested};

/// A second descriptor of each socket that the process has open; `None`, said aloud, where that is
/// not permitted (pidfd_getfd(2)).
#[track_caller]
pub fn sockets(running: &Running) -> Option<Vec<Socket>> {
    let folder = format!("/proc/{}/fd", running.id());
    let is_socket = |target: std::path::PathBuf| target.to_string_lossy().starts_with("socket:");
    let numbers = fs::read_dir(folder).expect("it runs").filter_map(|entry| {
        let entry = entry.ok()?;
        is_socket(fs::read_link(entry.path()).ok()?).then(|| entry.file_name())
    });
    let numbers = numbers.map(|number| number.to_str().unwrap().parse().unwrap());
    match numbers.map(|number| twin(running.id(), number)).collect() {
        Ok(sockets) => Some(sockets),
        Err(error) => {
            not_tested("what sockets are set to", &format!("pidfd_getfd: {error}"));
            None
        }
    }
}

fn twin(id: u32, number: i32) -> std::io::Result<Socket> {
    let process = descriptor(libc::SYS_pidfd_open, [i64::from(id), 0, 0])?;
    let arguments = [process.as_raw_fd(), number, 0].map(i64::from);
    Ok(descriptor(libc::SYS_pidfd_getfd, arguments)?.into())
}

/// What a system call gives that takes numbers only.
fn descriptor(call: libc::c_long, arguments: [i64; 3]) -> std::io::Result<OwnedFd> {
    let [first, second, third] = arguments;
    // SAFETY: it is one of the two above, which read and write no memory.
    let result = unsafe { libc::syscall(call, first, second, third) };
    match i32::try_from(result) {
        // SAFETY: the descriptor is new, and nobody else's.
        Ok(number @ 0..) => Ok(unsafe { OwnedFd::from_raw_fd(number) }),
        _ => Err(std::io::Error::last_os_error()),
    }
}
