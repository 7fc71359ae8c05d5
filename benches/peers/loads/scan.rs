//! Scanners of ports, for a network of their own.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, listen, socket,
};

/// The port that is open, and must be found.
pub const OPEN: u16 = 30_000;
const BOUND: Duration = Duration::from_secs(30);

/// Seconds that `command` takes. With `filtered`, these ports answer nobody: their backlog is
/// full, and the system drops whoever else asks.
pub fn run(filtered: &str, command: &[&str]) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let _open = TcpListener::bind((Ipv4Addr::LOCALHOST, OPEN))?;
    let mut full = Vec::new();
    if let Some((first, last)) = filtered.split_once('-') {
        for port in first.parse::<u16>()?..=last.parse()? {
            full.push(full_backlog(port)?);
        }
    }
    let mut output = tempfile::tempfile()?;
    let (program, arguments) = command.split_first().context("no command")?;
    let began = Instant::now();
    let mut scanner = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?)
        .spawn()
        .with_context(|| format!("start {program}"))?;
    let status = loop {
        if let Some(status) = scanner.try_wait()? {
            break status;
        }
        if began.elapsed() > BOUND {
            scanner.kill()?;
            anyhow::bail!("not done in {BOUND:?}");
        }
        std::thread::sleep(Duration::from_micros(200));
    };
    let seconds = began.elapsed().as_secs_f64();
    let mut said = String::new();
    output.rewind()?;
    output.read_to_string(&mut said)?;
    let found = said.lines().any(|line| line.contains(&OPEN.to_string()));
    let complaint = said.lines().last().unwrap_or("nothing was said");
    ensure!(found || !full.is_empty(), "the open port was not found: {complaint}");
    ensure!(status.code() != Some(2), "{complaint}");
    // Who gives up sooner than told has not asked all of them.
    ensure!(full.is_empty() || seconds >= 0.9, "done in {seconds:.3} s: {complaint}");
    Ok(BTreeMap::from([("value", seconds)]))
}

fn full_backlog(port: u16) -> anyhow::Result<(std::os::fd::OwnedFd, TcpStream)> {
    use std::os::fd::AsRawFd as _;
    let address = std::net::SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
    let fd = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    bind(fd.as_raw_fd(), &SockaddrIn::from(address))?;
    listen(&fd, Backlog::new(0)?)?;
    let filler = TcpStream::connect(address)?;
    Ok((fd, filler))
}
