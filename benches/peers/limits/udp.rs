//! Datagrams in batches: GSO to send, GRO and recvmmsg(2) to receive.

use std::io::IoSlice;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

use nix::sys::socket::sockopt::{RcvBuf, RcvBufForce, UdpGroSegment};
use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrIn, sendmsg, setsockopt};

use super::batch::Batch;

/// Bytes of a datagram.
pub const SIZE: usize = 1200;
/// Datagrams that one call sends.
const SEGMENTS: usize = 50;
/// More than an ordinary user gets.
const RECEIVE_BUFFER: usize = 32 << 20;

/// Sends each datagram back.
pub fn echo(port: u16) -> anyhow::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port))?;
    let mut batch = Batch::new(64, 2048);
    loop {
        let (count, _) = batch.receive(socket.as_raw_fd())?;
        batch.send_back(socket.as_raw_fd(), count)?;
    }
}

/// Writes what comes to stdout.
pub fn receive(port: u16) -> anyhow::Result<()> {
    let socket = receiver(port)?;
    let mut batch = Batch::new(16, 64 << 10);
    loop {
        let (count, _) = batch.receive(socket.as_raw_fd())?;
        batch.write(count)?;
    }
}

/// A socket that receives runs of datagrams as one.
pub fn receiver(port: u16) -> anyhow::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, port))?;
    setsockopt(&socket, UdpGroSegment, &true)?;
    setsockopt(&socket, RcvBufForce, &RECEIVE_BUFFER)
        .or_else(|_| setsockopt(&socket, RcvBuf, &RECEIVE_BUFFER))?;
    Ok(socket)
}

/// Sends `count` datagrams, evenly, so many a second.
pub fn send(port: u16, rate: u64, count: u64) -> anyhow::Result<()> {
    let began = Instant::now();
    let due = |sent: u64| Duration::from_secs_f64(sent as f64 / rate as f64);
    blast(port, |sent| {
        // A sleep takes a twentieth of a millisecond longer than it should.
        while let Some(early) = due(sent).checked_sub(began.elapsed()) {
            if early > Duration::from_micros(100) {
                std::thread::sleep(early);
            }
        }
        sent < count
    })?;
    Ok(())
}

/// Sends runs of datagrams as long as `go_on` says so, which gets their number so far; gives
/// that number.
pub fn blast(port: u16, mut go_on: impl FnMut(u64) -> bool) -> anyhow::Result<u64> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let to = SockaddrIn::from(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
    // Each ends as a line does, so that who prints lines need not add anything.
    let mut bytes = vec![b'x'; SIZE * SEGMENTS];
    bytes.chunks_mut(SIZE).for_each(|datagram| datagram[SIZE - 1] = b'\n');
    let size = SIZE as u16;
    let control = [ControlMessage::UdpGsoSegments(&size)];
    let mut sent = 0;
    while go_on(sent) {
        let run = [IoSlice::new(&bytes)];
        sendmsg(socket.as_raw_fd(), &run, &control, MsgFlags::empty(), Some(&to))?;
        sent += SEGMENTS as u64;
    }
    Ok(sent)
}
