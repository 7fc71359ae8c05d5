//! Descriptors as such: standard ones, inherited ones, their kinds and limits.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd, FromRawFd as _, OwnedFd, RawFd};
use std::sync::OnceLock;

use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::stat::{Mode, SFlag, fstat};

/// What a pipe at stdin or stdout is made to hold. Four times the default moves a third more
/// bytes a second; larger ones gain nothing.
const STANDARD_PIPE: i32 = 256 * 1024;

/// The limit of open descriptors that skat was started with, once it has raised it.
static RAISED_FROM: OnceLock<(u64, u64)> = OnceLock::new();

/// What lies behind a descriptor, as far as it matters for waiting and for moving bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file or a block device: reads and writes never wait for a peer.
    File,
    /// A pipe or FIFO.
    Pipe,
    /// A socket.
    Socket,
    /// A terminal.
    Terminal,
    /// A character device other than a terminal (/dev/null, /dev/full).
    Device,
    /// Anything else, a directory for one.
    Other,
}

/// What lies behind `fd`.
pub fn kind(fd: impl AsFd) -> io::Result<Kind> {
    let mode = SFlag::from_bits_truncate(fstat(fd.as_fd())?.st_mode) & SFlag::S_IFMT;
    Ok(match mode {
        SFlag::S_IFREG | SFlag::S_IFBLK => Kind::File,
        SFlag::S_IFIFO => Kind::Pipe,
        SFlag::S_IFSOCK => Kind::Socket,
        SFlag::S_IFCHR if nix::unistd::isatty(fd.as_fd()).unwrap_or(false) => Kind::Terminal,
        SFlag::S_IFCHR => Kind::Device,
        _ => Kind::Other,
    })
}

/// A non-blocking open file of our own for what is behind a standard pipe or terminal: O_NONBLOCK
/// on the inherited one would be seen by every process that shares it.
pub fn reopen(fd: RawFd, flags: OFlag) -> io::Result<OwnedFd> {
    let path = format!("/proc/self/fd/{fd}");
    let flags = flags | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC | OFlag::O_NOCTTY;
    let own = open(path.as_str(), flags, Mode::empty())?;
    grow(&own);
    Ok(own)
}

/// Grows a pipe to the size that is of use; never shrinks it, because it is not skat's alone.
fn grow(pipe: &OwnedFd) {
    // A terminal has no size, and a user with too many large pipes is refused: neither matters.
    if fcntl(pipe, FcntlArg::F_GETPIPE_SZ).is_ok_and(|size| size < STANDARD_PIPE) {
        let _ = fcntl(pipe, FcntlArg::F_SETPIPE_SZ(STANDARD_PIPE));
    }
}

/// A nameless file that holds these bytes, to be read from its beginning (memfd_create(2)).
pub fn file_of(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create(c"datagram", MFdFlags::MFD_CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// A pipe for a child to write to: our end, which never waits, and its own.
pub fn pipe_to_read() -> io::Result<(OwnedFd, OwnedFd)> {
    let (ours, its) = nix::unistd::pipe2(OFlag::O_CLOEXEC)?;
    fcntl(&ours, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok((ours, its))
}

/// A descriptor of our own for inherited descriptor `fd`, closed on exec.
pub fn duplicate(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: F_DUPFD_CLOEXEC takes any number and fails with EBADF where nothing is open.
    let copy = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) };
    if copy < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call has just made this descriptor and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

/// True if inherited descriptor `fd` is open.
pub fn is_open(fd: RawFd) -> bool {
    // SAFETY: F_GETFD takes any number and fails with EBADF where nothing is open.
    unsafe { libc::fcntl(fd, libc::F_GETFD) >= 0 }
}

/// Takes over inherited descriptor `fd`, which is closed when the file is dropped, unless it is
/// one of the standard three, which stay open.
pub fn take(fd: RawFd) -> io::Result<File> {
    let copy = duplicate(fd)?;
    if fd > 2 {
        nix::unistd::close(fd)?;
    }
    Ok(File::from(copy))
}

/// Lets go of stdout, so that its reader sees the end, and tells whether the system accepted
/// everything (a full network file system may say so only now). /dev/null takes its place:
/// number 1 must not be given to the next socket.
pub fn close_stdout() -> io::Result<()> {
    let last_word = nix::unistd::close(duplicate(1)?);
    let null = open("/dev/null", OFlag::O_WRONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    nix::unistd::dup2_stdout(null)?;
    Ok(last_word?)
}

/// Puts /dev/null in the place of stdin: number 0 must not be given to the next socket.
pub fn empty_stdin() -> io::Result<()> {
    let null = open("/dev/null", OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    Ok(nix::unistd::dup2_stdin(null)?)
}

/// Has an inherited descriptor closed in programs that are started.
pub fn close_on_exec(fd: RawFd) -> io::Result<()> {
    // SAFETY: F_SETFD takes any number and fails with EBADF where nothing is open.
    match unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// True if writes to `fd` always go to the end of the file, which splice(2) refuses.
pub fn appends(fd: impl AsFd) -> bool {
    fcntl(fd.as_fd(), FcntlArg::F_GETFL)
        .is_ok_and(|flags| OFlag::from_bits_truncate(flags).contains(OFlag::O_APPEND))
}

/// True if `fd` can only be written: nohup(1) gives such a stdin.
pub fn is_write_only(fd: impl AsFd) -> bool {
    fcntl(fd.as_fd(), FcntlArg::F_GETFL)
        .is_ok_and(|flags| flags & libc::O_ACCMODE == libc::O_WRONLY)
}

/// True unless this process is in the background of the terminal `fd`, where a read would stop
/// it (SIGTTIN).
pub fn is_foreground(fd: impl AsFd) -> bool {
    nix::unistd::tcgetpgrp(fd.as_fd()).map_or(true, |group| group == nix::unistd::getpgrp())
}

/// Raises the soft limit of open descriptors to the hard one.
pub fn raise_limit() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
        && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok()
    {
        let _ = RAISED_FROM.set((soft, hard));
    }
}

/// How many descriptors this process may have open.
pub fn limit() -> usize {
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(u64::MAX, |(soft, _)| soft);
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// How many more descriptors this process may open, as far as the system tells.
pub fn left() -> usize {
    let open = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    limit().saturating_sub(open)
}

/// The soft and the hard limit of open descriptors before they were raised, if they were: what a
/// child is given. A program that uses select(2), or closes every number up to the limit, suffers
/// from a raised one.
pub fn limit_for_children() -> Option<(u64, u64)> {
    RAISED_FROM.get().copied()
}

/// Sets the limit of open descriptors (async-signal-safe, for a child before exec).
pub fn set_limit((soft, hard): (u64, u64)) -> io::Result<()> {
    Ok(setrlimit(Resource::RLIMIT_NOFILE, soft, hard)?)
}

/// True if the descriptor has hung up or failed, asked without waiting.
pub fn has_gone(fd: BorrowedFd<'_>) -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let mut fds = [PollFd::new(fd, PollFlags::empty())];
    poll(&mut fds, PollTimeout::ZERO).is_ok_and(|n| n > 0)
}

/// What reads and writes can be done now, asked without waiting: (readable, writable).
pub fn ready(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> (bool, bool) {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let mut fds = [PollFd::new(from, PollFlags::POLLIN), PollFd::new(to, PollFlags::POLLOUT)];
    if poll(&mut fds, PollTimeout::ZERO).is_err() {
        return (true, true);
    }
    (fds[0].any().unwrap_or(true), fds[1].any().unwrap_or(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd as _;

    #[test]
    fn a_pipe_grows_and_never_shrinks() {
        let size = |pipe: &OwnedFd| fcntl(pipe, FcntlArg::F_GETPIPE_SZ).unwrap();
        for (before, after) in [(4096, STANDARD_PIPE), (2 * STANDARD_PIPE, 2 * STANDARD_PIPE)] {
            let (ours, _its) = pipe_to_read().unwrap();
            fcntl(&ours, FcntlArg::F_SETPIPE_SZ(before)).unwrap();
            reopen(ours.as_raw_fd(), OFlag::O_RDONLY).unwrap();
            assert_eq!(size(&ours), after);
        }
    }
}
