//! Connections that are made, used once and closed, some at a time.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, SockaddrIn, bind, connect, recv, send, setsockopt,
    socket, sockopt::IpBindAddressNoPort,
};

use super::tally::Tally;

const PATIENCE: Duration = Duration::from_secs(3);
/// Source addresses to choose from: a port rests for a minute after its connection.
const SOURCES: u32 = 200;
const ECHO: &[u8; 64] = b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n";

/// What is said on a connection.
enum Talk {
    /// 64 bytes, which come back; then the client closes.
    Echo,
    /// The server says this and closes.
    Hear(Vec<u8>),
}

struct Slot {
    socket: Option<OwnedFd>,
    heard: Vec<u8>,
    began: Instant,
}

struct Churn {
    to: SockaddrIn,
    talk: Talk,
    epoll: Epoll,
    slots: Vec<Slot>,
    made: u32,
}

pub fn run(
    port: u16,
    slots: usize,
    millis: u64,
    talk: &str,
) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let talk = match talk {
        "echo" => Talk::Echo,
        text => Talk::Hear(text.replace("\\n", "\n").into_bytes()),
    };
    let new = |_| Slot { socket: None, heard: Vec::new(), began: Instant::now() };
    let mut churn = Churn {
        to: SockaddrIn::from(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)),
        talk,
        epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
        slots: (0..slots).map(new).collect(),
        made: 0,
    };
    churn.run(Duration::from_millis(millis))
}

impl Churn {
    fn run(&mut self, duration: Duration) -> anyhow::Result<BTreeMap<&'static str, f64>> {
        let mut tally = Tally::begin();
        let began = Instant::now();
        for index in 0..self.slots.len() {
            self.begin(index)?;
        }
        let mut open = self.slots.len();
        let mut events = vec![EpollEvent::empty(); 64];
        while open > 0 {
            let count = self.epoll.wait(&mut events, EpollTimeout::try_from(PATIENCE)?)?;
            if count == 0 {
                tally.lost = open as u64;
                break;
            }
            for event in &events[..count] {
                let index = event.data() as usize;
                if !self.is_done(index)? {
                    continue;
                }
                tally.answered(self.slots[index].began);
                self.slots[index].socket = None;
                if began.elapsed() < duration {
                    self.begin(index)?;
                } else {
                    open -= 1;
                }
            }
        }
        Ok(tally.end_after(began.elapsed()))
    }

    /// Connects, which loopback does at once, and asks.
    fn begin(&mut self, index: usize) -> anyhow::Result<()> {
        let slot = &mut self.slots[index];
        slot.began = Instant::now();
        slot.heard.clear();
        self.made = self.made.wrapping_add(1);
        let source = Ipv4Addr::from(u32::from(Ipv4Addr::LOCALHOST) + self.made % SOURCES);
        let flags = SockFlag::SOCK_CLOEXEC;
        let fd = socket(AddressFamily::Inet, SockType::Stream, flags, None).context("socket")?;
        setsockopt(&fd, IpBindAddressNoPort, &true).context("bind without a port")?;
        bind(fd.as_raw_fd(), &SockaddrIn::from(SocketAddrV4::new(source, 0))).context("bind")?;
        connect(fd.as_raw_fd(), &self.to).context("connect")?;
        if matches!(self.talk, Talk::Echo) {
            send(fd.as_raw_fd(), ECHO, MsgFlags::empty()).context("send")?;
        }
        self.epoll.add(fd.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, index as u64))?;
        slot.socket = Some(fd);
        Ok(())
    }

    /// Reads what there is; true once all was said as it should be.
    fn is_done(&mut self, index: usize) -> anyhow::Result<bool> {
        let slot = &mut self.slots[index];
        let fd = slot.socket.as_ref().context("an event of nobody")?;
        let mut buffer = [0; 256];
        let ended = match recv(fd.as_raw_fd(), &mut buffer, MsgFlags::MSG_DONTWAIT) {
            Ok(count) => {
                slot.heard.extend_from_slice(&buffer[..count]);
                count == 0
            }
            Err(Errno::EAGAIN) => return Ok(false),
            Err(error) => return Err(error).context("receive"),
        };
        let (wanted, waits_for_end) = match &self.talk {
            Talk::Echo => (ECHO.as_slice(), false),
            Talk::Hear(text) => (text.as_slice(), true),
        };
        let right = slot.heard == wanted;
        ensure!(right || !ended, "{} of {} bytes came", slot.heard.len(), wanted.len());
        Ok(right && (ended || !waits_for_end))
    }
}
