//! Bytes from stdin to a connection and from a connection to stdout: sendfile(2) from a file,
//! splice(2) otherwise, by a pipe of our own where neither side is one.

use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};

use nix::fcntl::{FcntlArg, OFlag, SpliceFFlags, fcntl, splice};
use nix::sys::sendfile::sendfile;
use nix::sys::socket::{Shutdown, SockFlag, accept4, shutdown};
use nix::sys::stat::{SFlag, fstat};
use nix::unistd::{close, pipe2};

use super::borrowed;
use super::echo::listen_on;

const CHUNK: usize = 1 << 20;

/// Sends stdin to `port` and waits for the other side's end.
pub fn send(port: u16) -> anyhow::Result<()> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    up(&stream)?;
    (&stream).read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Writes to stdout what the first who connects sends.
pub fn receive(port: u16) -> anyhow::Result<()> {
    let fd = admit(port)?;
    let socket = borrowed(fd);
    down(socket)?;
    Ok(close(fd)?)
}

/// Both at once.
pub fn duplex(port: u16, listens: bool) -> anyhow::Result<()> {
    let stream;
    let socket = if listens {
        borrowed(admit(port)?)
    } else {
        stream = TcpStream::connect(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
        stream.as_fd()
    };
    std::thread::scope(|scope| {
        let sender = scope.spawn(move || up(socket));
        let received = down(socket);
        sender.join().map_err(|_| anyhow::anyhow!("the sender has failed"))?.and(received)
    })
}

fn admit(port: u16) -> anyhow::Result<i32> {
    let listener = listen_on(port, SockFlag::empty())?;
    Ok(accept4(listener.as_raw_fd(), SockFlag::empty())?)
}

fn up(socket: impl AsFd) -> anyhow::Result<()> {
    let stdin = std::io::stdin();
    if kind(stdin.as_fd())? == SFlag::S_IFREG {
        while sendfile(&socket, &stdin, None, 1 << 30)? > 0 {}
    } else {
        while moved(stdin.as_fd(), socket.as_fd(), CHUNK)? > 0 {}
    }
    Ok(shutdown(socket.as_fd().as_raw_fd(), Shutdown::Write)?)
}

fn down(socket: BorrowedFd) -> anyhow::Result<()> {
    let stdout = std::io::stdout();
    if kind(stdout.as_fd())? == SFlag::S_IFIFO {
        while moved(socket, stdout.as_fd(), CHUNK)? > 0 {}
        return Ok(());
    }
    let (reader, writer) = pipe()?;
    loop {
        let mut held = moved(socket, writer.as_fd(), CHUNK)?;
        if held == 0 {
            return Ok(());
        }
        while held > 0 {
            held -= moved(reader.as_fd(), stdout.as_fd(), held)?;
        }
    }
}

fn pipe() -> nix::Result<(OwnedFd, OwnedFd)> {
    let pipe = pipe2(OFlag::O_CLOEXEC)?;
    fcntl(&pipe.0, FcntlArg::F_SETPIPE_SZ(1 << 20))?;
    Ok(pipe)
}

fn moved(from: BorrowedFd, to: BorrowedFd, most: usize) -> nix::Result<usize> {
    splice(from, None, to, None, most, SpliceFFlags::SPLICE_F_MOVE)
}

fn kind(fd: BorrowedFd) -> nix::Result<SFlag> {
    Ok(SFlag::from_bits_truncate(fstat(fd)?.st_mode) & SFlag::S_IFMT)
}
