//! Loads of datagrams.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::tally::Tally;
use crate::limits::batch::Batch;
use crate::limits::udp::{self, SIZE};

/// A request without an answer after so long is lost.
const PATIENCE: Duration = Duration::from_millis(500);

struct Asker {
    socket: UdpSocket,
    request: Vec<u8>,
    asked: Instant,
}

/// Requests from many sockets, one under way on each.
pub fn ask(
    port: u16,
    sockets: usize,
    size: usize,
    millis: u64,
) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let mut askers = Vec::with_capacity(sockets);
    for index in 0..sockets {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.connect((Ipv4Addr::LOCALHOST, port))?;
        socket.set_nonblocking(true)?;
        epoll.add(&socket, EpollEvent::new(EpollFlags::EPOLLIN, index as u64))?;
        let request = (0..size).map(|place| (place * 7 + index * 13) as u8).collect();
        askers.push(Asker { socket, request, asked: Instant::now() });
    }
    let mut tally = Tally::begin();
    let began = Instant::now();
    askers.iter_mut().try_for_each(Asker::ask)?;
    let mut waiting = sockets;
    let mut events = vec![EpollEvent::empty(); 64];
    while waiting > 0 {
        let count = epoll.wait(&mut events, EpollTimeout::try_from(PATIENCE)?)?;
        if count == 0 {
            tally.lost = waiting as u64;
            break;
        }
        let go_on = began.elapsed() < Duration::from_millis(millis);
        for event in &events[..count] {
            let asker = &mut askers[event.data() as usize];
            if asker.has_answer()? {
                tally.answered(asker.asked);
                if go_on { asker.ask()? } else { waiting -= 1 }
            }
        }
    }
    Ok(tally.end_after(began.elapsed()))
}

impl Asker {
    fn ask(&mut self) -> anyhow::Result<()> {
        self.request[0] = self.request[0].wrapping_add(1);
        self.asked = Instant::now();
        self.socket.send(&self.request).context("ask")?;
        Ok(())
    }

    fn has_answer(&mut self) -> anyhow::Result<bool> {
        let mut answer = [0; 2048];
        match self.socket.recv(&mut answer) {
            Ok(count) => {
                ensure!(answer[..count] == self.request, "a wrong answer");
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error).context("an answer"),
        }
    }
}

/// Sends as much as goes: how many datagrams.
pub fn flood(port: u16, millis: u64) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let began = Instant::now();
    let sent = udp::blast(port, |_| began.elapsed() < Duration::from_millis(millis))?;
    Ok(BTreeMap::from([("value", sent as f64)]))
}

/// Counts what comes, until a quarter of a second after the last.
pub fn count(port: u16) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let socket = udp::receiver(port)?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut batch = Batch::new(16, 64 << 10);
    let mut bytes = 0;
    while let Ok((_, more)) = batch.receive(socket.as_raw_fd()) {
        if bytes == 0 {
            socket.set_read_timeout(Some(Duration::from_millis(250)))?;
        }
        bytes += more;
    }
    Ok(BTreeMap::from([("value", (bytes / SIZE) as f64)]))
}
