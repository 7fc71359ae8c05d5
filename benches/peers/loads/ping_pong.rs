//! Requests over connections that stand, one under way on each.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::talk::Talk;
use super::tally::Tally;

/// Who does not answer for so long does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub struct Asker {
    talk: Talk,
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
    received: usize,
    asked: Instant,
}

pub fn run(
    port: u16,
    connections: usize,
    talk: Talk,
    millis: u64,
) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let mut askers = connect(port, connections, talk)?;
    let duration = Duration::from_millis(millis);
    if let [asker] = askers.as_mut_slice() {
        return one(asker, duration);
    }
    many(&mut askers, duration)
}

/// Opens the connections; each has answered once when this returns.
pub fn connect(port: u16, connections: usize, talk: Talk) -> anyhow::Result<Vec<Asker>> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    let mut askers = Vec::with_capacity(connections);
    for index in 0..connections {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("connect")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let request = talk.request(index);
        let answer = vec![0; talk.answer_size()];
        let mut asker = Asker { talk, stream, request, answer, received: 0, asked: Instant::now() };
        asker.exchange()?;
        askers.push(asker);
    }
    Ok(askers)
}

fn one(asker: &mut Asker, duration: Duration) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let mut tally = Tally::begin();
    let end = Instant::now() + duration;
    while Instant::now() < end {
        asker.exchange()?;
        tally.answered(asker.asked);
    }
    Ok(tally.end())
}

fn many(askers: &mut [Asker], duration: Duration) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    for (index, asker) in askers.iter().enumerate() {
        asker.stream.set_nonblocking(true)?;
        epoll.add(&asker.stream, EpollEvent::new(EpollFlags::EPOLLIN, index as u64))?;
    }
    let mut events = vec![EpollEvent::empty(); 1024];
    let mut tally = Tally::begin();
    for asker in askers.iter_mut() {
        asker.ask()?;
    }
    let mut waiting = askers.len();
    let began = Instant::now();
    let mut elapsed = duration;
    while waiting > 0 {
        let count = epoll.wait(&mut events, EpollTimeout::try_from(PATIENCE)?)?;
        if count == 0 {
            tally.lost = waiting as u64;
            break;
        }
        let go_on = began.elapsed() < duration;
        for event in &events[..count] {
            let asker = &mut askers[event.data() as usize];
            if asker.has_answer()? {
                tally.answered(asker.asked);
                if go_on {
                    asker.ask()?;
                } else {
                    waiting -= 1;
                }
            }
        }
        elapsed = began.elapsed();
    }
    Ok(tally.end_after(elapsed))
}

impl Asker {
    /// A request and its answer, for which it waits.
    fn exchange(&mut self) -> anyhow::Result<()> {
        self.ask()?;
        self.stream.read_exact(&mut self.answer).context("an answer")?;
        ensure!(self.talk.is_right(&self.request, &self.answer), "a wrong answer");
        Ok(())
    }

    /// Sends the next request, which differs from the one before.
    fn ask(&mut self) -> anyhow::Result<()> {
        self.talk.vary(&mut self.request);
        self.received = 0;
        self.asked = Instant::now();
        self.stream.write_all(&self.request).context("ask")
    }

    /// Reads what there is; true once the answer is whole, and the right one.
    fn has_answer(&mut self) -> anyhow::Result<bool> {
        match self.stream.read(&mut self.answer[self.received..]) {
            Ok(0) => anyhow::bail!("the server ended a connection"),
            Ok(count) => self.received += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error).context("an answer"),
        }
        let whole = self.received == self.answer.len();
        let is_right = || self.talk.is_right(&self.request, &self.answer);
        ensure!(!whole || is_right(), "a wrong answer");
        Ok(whole)
    }
}
