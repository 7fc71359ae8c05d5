//! How many instructions skat takes for what it does most, counted by valgrind's callgrind and
//! compared with `benches/instructions.txt`: `cargo bench --bench instructions`. Unlike times,
//! they hardly depend on what else the machine does.
//!
//! Each count is a difference, between so many requests and twice as many, so that start and end
//! are not in it. `-- --write` writes the file anew.
#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]
#![allow(clippy::cast_precision_loss)]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.txt");
/// A count that has grown by more is a failure.
const TOLERANCE: f64 = 3.0;
/// What is relayed at a time.
const BLOCK: usize = 24 << 10;
/// After so long without work skat waits for the next, under valgrind too.
const IDLE: Duration = Duration::from_millis(1);
const RUNS: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    match run(std::env::args().any(|argument| argument == "--write")) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Counts and compares; false if something has grown.
fn run(write: bool) -> anyhow::Result<bool> {
    let counts = [
        ("start-up", start_up()?),
        ("echo, a request", per(1000, echo)?),
        ("echo, a connection", per(200, connections)?),
        ("UDP echo, a datagram", per(1000, datagrams)?),
        ("relayed MiB", per(12, |count| relay(count, ""))?),
        ("relayed MiB, copied", per(12, |count| relay(count, "copy"))?),
    ];
    if write {
        let lines = counts.iter().map(|(name, count)| format!("{name}: {count}\n"));
        std::fs::write(KEPT, lines.collect::<String>()).context("write the counts")?;
    }
    let kept = kept()?;
    let mut grown = false;
    for (name, count) in counts {
        let change = kept.get(name).map(|kept| 100.0 * (count as f64 / *kept as f64 - 1.0));
        let told = change.map_or_else(|| "new".to_owned(), |change| format!("{change:+.1} %"));
        println!("{name:<24}{count:>12}  {told}");
        grown |= change.is_some_and(|change| change > TOLERANCE);
    }
    Ok(!grown)
}

/// The counts of the file by their names.
fn kept() -> anyhow::Result<BTreeMap<String, u64>> {
    let text = std::fs::read_to_string(KEPT).context("read the counts")?;
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    lines.map(|(name, count)| Ok((name.to_owned(), count.parse()?))).collect()
}

/// The instructions of one of `count`: the least of some runs, since a busy machine wakes skat
/// more often than needed.
fn per(count: u64, work: impl Fn(u64) -> anyhow::Result<u64>) -> anyhow::Result<u64> {
    let least = |count| -> anyhow::Result<u64> {
        let mut least = u64::MAX;
        for _ in 0..RUNS {
            least = least.min(work(count)?);
        }
        Ok(least)
    };
    let (once, twice) = (least(count)?, least(2 * count)?);
    Ok(twice.saturating_sub(once) / count)
}

/// skat under callgrind.
struct Counted {
    child: Child,
    port: u16,
}

impl Counted {
    /// Starts `skat COMMAND`, with a free port as its last word.
    fn start(command: &str, pump: &str, stdout: impl Into<Stdio>) -> anyhow::Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let child = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(env!("CARGO_BIN_EXE_skat"))
            .args(command.split(' '))
            .args(["127.0.0.1", &port.to_string()])
            .env("SKAT_PUMP", pump)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .context("start valgrind")?;
        Ok(Self { child, port })
    }

    fn connect(&self) -> anyhow::Result<TcpStream> {
        let end = Instant::now() + PATIENCE;
        loop {
            match TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    stream.set_read_timeout(Some(PATIENCE))?;
                    return Ok(stream);
                }
                Err(error) if Instant::now() > end => return Err(error).context("connect"),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    /// Tells it to end.
    fn stop(&self) -> anyhow::Result<()> {
        let id = nix::unistd::Pid::from_raw(i32::try_from(self.child.id())?);
        Ok(nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM)?)
    }

    /// Waits for the end and takes the count from what callgrind says.
    fn count(mut self) -> anyhow::Result<u64> {
        let mut said = String::new();
        let stderr = self.child.stderr.as_mut().context("no stderr")?;
        stderr.read_to_string(&mut said)?;
        self.child.wait()?;
        let line = said.lines().find_map(|line| line.split_once("Collected : "));
        let count = line.and_then(|(_, count)| count.trim().parse().ok());
        count.with_context(|| format!("no count in what valgrind said: {said}"))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start_up() -> anyhow::Result<u64> {
    Counted::start("--version", "", Stdio::null())?.count()
}

fn echo(requests: u64) -> anyhow::Result<u64> {
    let server = Counted::start("tcp-server --quiet --echo --once", "", Stdio::null())?;
    let mut stream = server.connect()?;
    for _ in 0..requests {
        exchange(&mut stream)?;
    }
    drop(stream);
    server.count()
}

fn connections(count: u64) -> anyhow::Result<u64> {
    let server = Counted::start("tcp-server --quiet --echo", "", Stdio::null())?;
    for _ in 0..count {
        exchange(&mut server.connect()?)?;
    }
    server.stop()?;
    server.count()
}

fn exchange(stream: &mut TcpStream) -> anyhow::Result<()> {
    let (request, mut answer) = ([b'x'; 64], [0; 64]);
    stream.write_all(&request)?;
    stream.read_exact(&mut answer)?;
    ensure!(answer == request, "a wrong answer");
    Ok(())
}

fn datagrams(count: u64) -> anyhow::Result<u64> {
    let server = Counted::start("udp-server --quiet --echo", "", Stdio::null())?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect((Ipv4Addr::LOCALHOST, server.port))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut answer = [0; 128];
    let end = Instant::now() + PATIENCE;
    // Until skat has bound it, the port refuses: no request is asked twice.
    while socket.send(&[b'x'; 64]).and_then(|_| socket.recv(&mut answer)).is_err() {
        ensure!(Instant::now() < end, "no answer");
        std::thread::sleep(Duration::from_millis(10));
    }
    for _ in 0..count {
        socket.send(&[b'x'; 64])?;
        ensure!(socket.recv(&mut answer)? == 64, "a wrong answer");
    }
    server.stop()?;
    server.count()
}

/// From a connection to a pipe, 24 KiB at a time, each awaited: one segment, and so one turn. The
/// next comes when skat has found that there is no more for now.
fn relay(mebibytes: u64, pump: &str) -> anyhow::Result<u64> {
    let (mut reader, writer) = std::io::pipe()?;
    let server = Counted::start("tcp-server --quiet", pump, writer)?;
    let mut stream = server.connect()?;
    let (block, mut came) = (vec![b'x'; BLOCK], vec![0; BLOCK]);
    for _ in 0..mebibytes * 128 / 3 {
        stream.write_all(&block)?;
        reader.read_exact(&mut came)?;
        std::thread::sleep(IDLE);
    }
    drop(stream);
    server.count()
}
