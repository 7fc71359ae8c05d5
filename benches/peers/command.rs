//! The processes of a contender, from command lines with placeholders.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use crate::contender::{NoFigure, Sample};
use crate::options::Setting;

/// The longest that anything may take to get ready.
const READY_WITHIN: Duration = Duration::from_secs(10);

/// What `{name}` stands for in a command line. The command finds the same in its environment, in
/// capitals.
#[derive(Clone, Debug)]
pub struct Bindings(Vec<(&'static str, String)>);

impl Bindings {
    /// `self` is this program, `here` the directory of its sources.
    pub fn new() -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("find this program")?;
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers").to_owned();
        Ok(Self(vec![("self", program.display().to_string()), ("here", here)]))
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.0.push((name, value.to_string()));
        self
    }

    /// The words of a command line, which are separated by spaces.
    pub fn words(&self, line: &str) -> Vec<String> {
        line.split_whitespace().map(|word| self.fill(word)).collect()
    }

    fn fill(&self, word: &str) -> String {
        self.0.iter().fold(word.to_owned(), |word, (name, value)| {
            word.replace(&format!("{{{name}}}"), value)
        })
    }
}

/// A process that ends at the latest when this is dropped.
pub struct Running {
    child: Child,
    line: String,
    errors: File,
}

/// Starts a command line.
pub fn start(
    line: &str,
    bindings: &Bindings,
    stdin: impl Into<Stdio>,
    stdout: impl Into<Stdio>,
) -> anyhow::Result<Running> {
    let words = bindings.words(line);
    let Some((program, arguments)) = words.split_first() else { bail!("an empty command") };
    let errors = tempfile::tempfile().context("make a file for messages")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(stdin).stdout(stdout).stderr(errors.try_clone()?);
    command.envs(bindings.0.iter().map(|(name, value)| (name.to_uppercase(), value)));
    let child = command.spawn().with_context(|| format!("start {program}"))?;
    Ok(Running { child, line: words.join(" "), errors })
}

impl Running {
    fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end, `bound` at most.
    pub fn wait(&mut self, bound: Duration) -> anyhow::Result<ExitStatus> {
        let end = Instant::now() + bound;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(Instant::now() < end, "{} did not end in {bound:?}", self.program());
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Waits for the end, which must be a success.
    pub fn succeed(&mut self, bound: Duration) -> anyhow::Result<()> {
        let status = self.wait(bound)?;
        ensure!(status.success(), "{}: {}", status, self.complaint());
        Ok(())
    }

    /// Waits until it listens on a TCP port or has bound a UDP one.
    pub fn await_port(&mut self, table: Table, port: u16) -> anyhow::Result<()> {
        let end = Instant::now() + READY_WITHIN;
        while !table.has(port) {
            if let Some(status) = self.child.try_wait()? {
                bail!("{}: {}", status, self.complaint());
            }
            ensure!(Instant::now() < end, "{} does not listen", self.program());
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// A line of /proc/PID/FILE that begins with `key`, as a number.
    pub fn fact(&self, file: &str, key: &str) -> anyhow::Result<u64> {
        let path = format!("/proc/{}/{file}", self.id());
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).with_context(|| format!("{key} in {path}"))
    }

    /// Seconds of processors that it has used, with the kernel's for it (proc_pid_stat(5)).
    pub fn processor_seconds(&self) -> anyhow::Result<f64> {
        let path = format!("/proc/{}/stat", self.id());
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
        let (_, fields) = text.rsplit_once(')').context("no name of a program")?;
        let ticks: f64 = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|it| it.parse::<f64>().ok())
            .sum();
        Ok(ticks / 100.0)
    }

    /// The last thing that it said on stderr.
    fn complaint(&mut self) -> String {
        let mut text = Vec::new();
        let _ = self.errors.rewind().and_then(|()| self.errors.read_to_end(&mut text));
        let text = String::from_utf8_lossy(&text);
        let usage = text.lines().find(|line| line.contains("error:"));
        let last = text.lines().rev().find(|line| !line.trim().is_empty());
        usage.or(last).unwrap_or("no message").trim().to_owned()
    }

    fn program(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the kernel lists sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Tcp,
    Udp,
}

impl Table {
    fn has(self, port: u16) -> bool {
        let (name, state) = match self {
            Table::Tcp => ("tcp", "0A"),
            Table::Udp => ("udp", "07"),
        };
        let port = format!(":{port:04X}");
        for path in [format!("/proc/net/{name}"), format!("/proc/net/{name}6")] {
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            let found = text.lines().skip(1).any(|line| {
                let mut words = line.split_whitespace().skip(1);
                let local = words.next().is_some_and(|local| local.ends_with(&port));
                local && words.nth(1) == Some(state)
            });
            if found {
                return true;
            }
        }
        false
    }
}

/// A port that nobody has now.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Starts a server on a port of its own, named `{port}` in `line`; waits until it listens.
pub fn serve(
    line: &str,
    bindings: &Bindings,
    table: Table,
    stdin: impl Into<Stdio>,
    stdout: impl Into<Stdio>,
) -> anyhow::Result<(Running, u16)> {
    let port = free_port()?;
    let mut server = start(line, &bindings.clone().with("port", &port), stdin, stdout)?;
    server.await_port(table, port)?;
    Ok((server, port))
}

/// Runs a load of this program to its end and takes the figures that it prints.
pub fn load(arguments: &str, bindings: &Bindings, setting: &Setting) -> anyhow::Result<Sample> {
    let output = tempfile::tempfile()?;
    let line = format!("{{self}} load {arguments}");
    let mut running = start(&line, bindings, Stdio::null(), output.try_clone()?)?;
    running.succeed(setting.duration * 2 + Duration::from_secs(20))?;
    figures(output)
}

/// The figures that a load printed.
pub fn figures(mut output: File) -> anyhow::Result<Sample> {
    output.rewind()?;
    let mut more: std::collections::BTreeMap<String, f64> =
        serde_json::from_reader(output).context("read the figures of the load")?;
    let value = more.remove("value").context("a load without a figure")?;
    match more.remove("lost") {
        Some(lost) if lost > 0.0 => Err(NoFigure::Lost(lost).into()),
        _ => Ok(Sample { value, more }),
    }
}

/// True if the program is to be found.
pub fn is_installed(line: &str) -> bool {
    let program = line.split_whitespace().next().unwrap_or_default();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    program.is_empty()
        || program.starts_with('{')
        || std::env::split_paths(&paths)
            .chain(["/usr/sbin".into()])
            .any(|directory| directory.join(program).is_file())
}
