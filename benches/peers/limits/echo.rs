//! A bare epoll loop: a call to wait, then one to read and one to write for each request.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::socket::{
    AddressFamily, Backlog, MsgFlags, SockFlag, SockType, SockaddrIn, accept4, bind, listen, recv,
    send, setsockopt, socket, sockopt::ReuseAddr,
};
use nix::unistd::close;

use super::borrowed;

pub fn listen_on(port: u16, flags: SockFlag) -> anyhow::Result<OwnedFd> {
    let listener = socket(AddressFamily::Inet, SockType::Stream, flags, None)?;
    setsockopt(&listener, ReuseAddr, &true)?;
    let address = SockaddrIn::from(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
    bind(listener.as_raw_fd(), &address)?;
    listen(&listener, Backlog::MAXCONN)?;
    Ok(listener)
}

pub fn run(port: u16) -> anyhow::Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    let listener = listen_on(port, SockFlag::SOCK_NONBLOCK)?;
    let epoll = Epoll::new(EpollCreateFlags::empty())?;
    let door = listener.as_raw_fd();
    epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, door as u64))?;
    let mut events = vec![EpollEvent::empty(); 1024];
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = epoll.wait(&mut events, EpollTimeout::NONE)?;
        for event in &events[..count] {
            let fd = event.data() as RawFd;
            if fd == door { admit(&epoll, door)? } else { answer(fd, &mut buffer)? }
        }
    }
}

fn admit(epoll: &Epoll, door: RawFd) -> anyhow::Result<()> {
    loop {
        match accept4(door, SockFlag::SOCK_NONBLOCK) {
            Ok(fd) => {
                epoll.add(borrowed(fd), EpollEvent::new(EpollFlags::EPOLLIN, fd as u64))?;
            }
            Err(Errno::EAGAIN) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn answer(fd: RawFd, buffer: &mut [u8]) -> anyhow::Result<()> {
    match recv(fd, buffer, MsgFlags::empty()) {
        Ok(count) if count > 0 => {
            send(fd, &buffer[..count], MsgFlags::MSG_NOSIGNAL)?;
        }
        _ => close(fd)?,
    }
    Ok(())
}
