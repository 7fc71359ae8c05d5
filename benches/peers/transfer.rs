//! Bytes through a client and a server, and whether they came.

use std::fs::File;
use std::io::{PipeReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::command::{Bindings, Running, Table, serve, start};
use crate::contender::NoFigure;
use crate::options::Setting;
use crate::pattern::{self, Checker};

/// How much a feeder or a drain moves at once, as cat(1) does.
const BLOCK: usize = 128 << 10;
/// What is written at a time where little is.
const LITTLE: usize = 64;

/// Where the bytes come from and go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    FileToNull,
    PipeToPipe,
    /// The same, a little at a time.
    LittleByLittle,
    FileToFile,
    /// Files to /dev/null, in both directions at once.
    BothWays,
}

impl Route {
    /// How much is written at a time to the pipe that is read from, if one is.
    fn block(self) -> Option<usize> {
        match self {
            Route::PipeToPipe => Some(BLOCK),
            Route::LittleByLittle => Some(LITTLE),
            Route::FileToNull | Route::FileToFile | Route::BothWays => None,
        }
    }
}

/// The longest that a transfer may take.
fn bound(setting: &Setting) -> Duration {
    Duration::from_secs(10 + (setting.size >> 20) / 20)
}

/// A file of the pattern, as large as a transfer.
pub fn source(setting: &Setting) -> anyhow::Result<PathBuf> {
    let path = setting.directory.path().join("source");
    // One file at a time: it may be large.
    if path.metadata().is_ok_and(|found| found.len() == setting.size) {
        return Ok(path);
    }
    let mut file = File::create(&path).context("make the file to send")?;
    feed(&mut file, setting.size, BLOCK, true).context("write the file to send")?;
    Ok(path)
}

/// Seconds that a transfer took, from the start of the client to the end of both.
pub fn timed(
    [server, client]: [&str; 2],
    route: Route,
    bindings: &Bindings,
    setting: &Setting,
) -> anyhow::Result<f64> {
    let path = source(setting)?;
    let target = setting.directory.path().join("target");
    let (output, drain) = match route {
        Route::PipeToPipe | Route::LittleByLittle => drained(|pipe| drain(pipe, false))?,
        Route::FileToFile => (File::create(&target)?.into(), None),
        _ => (Stdio::null(), None),
    };
    let back = if route == Route::BothWays { File::open(&path)?.into() } else { Stdio::null() };
    let (mut server, port) = serve(server, bindings, Table::Tcp, back, output)?;
    let (input, feeder) = input(route, &path, setting.size, false)?;
    let began = Instant::now();
    let bindings = bindings.clone().with("port", &port);
    let mut client = start(client, &bindings, input, Stdio::null())?;
    ends(&mut client, &mut server, setting)?;
    let came = drain.map(joined).transpose()?;
    let seconds = began.elapsed().as_secs_f64();
    feeder.map(joined_feeder).transpose()?;
    let came = match (route, came) {
        (Route::FileToFile, _) => target.metadata()?.len(),
        (_, Some(checker)) => checker.right,
        _ => setting.size,
    };
    ensure!(came == setting.size, NoFigure::Lost(lost(came, setting.size)));
    Ok(seconds)
}

/// Makes sure, untimed, that all bytes come, and as they should.
pub fn check(
    [server, client]: [&str; 2],
    route: Route,
    bindings: &Bindings,
    setting: &Setting,
) -> anyhow::Result<()> {
    let path = source(setting)?;
    let both = route == Route::BothWays;
    let (output, drain_server) = drained(|pipe| drain(pipe, true))?;
    let back = if both { File::open(&path)?.into() } else { Stdio::null() };
    let (mut server, port) = serve(server, bindings, Table::Tcp, back, output)?;
    let (input, feeder) = input(route, &path, setting.size, true)?;
    let (output, drain_client) =
        if both { drained(|pipe| drain(pipe, true))? } else { (Stdio::null(), None) };
    let bindings = bindings.clone().with("port", &port);
    let mut client = start(client, &bindings, input, output)?;
    let ended = ends(&mut client, &mut server, setting);
    drop((client, server));
    for drain in [drain_server, drain_client].into_iter().flatten() {
        let lost = joined(drain)?.lost(setting.size);
        ensure!(lost == 0.0, NoFigure::Lost(lost));
    }
    ended?;
    feeder.map(joined_feeder).transpose()?;
    Ok(())
}

/// Seconds of a transfer between the bare ends with `middle` between; without a middle if it is
/// empty. With `checked`, the bytes are compared.
pub fn through(
    middle: &str,
    checked: bool,
    bindings: &Bindings,
    setting: &Setting,
) -> anyhow::Result<f64> {
    let path = source(setting)?;
    let (output, drain) =
        if checked { drained(|pipe| drain(pipe, true))? } else { (Stdio::null(), None) };
    let upstream = "{self} limit receive {port}";
    let (mut server, upstream) = serve(upstream, bindings, Table::Tcp, Stdio::null(), output)?;
    let (_middle, port) = between(middle, upstream, bindings)?;
    let began = Instant::now();
    let bindings = bindings.clone().with("port", &port);
    let client = "{self} limit send {port}";
    let mut client = start(client, &bindings, File::open(&path)?, Stdio::null())?;
    ends(&mut client, &mut server, setting)?;
    let seconds = began.elapsed().as_secs_f64();
    if let Some(drain) = drain {
        let lost = joined(drain)?.lost(setting.size);
        ensure!(lost == 0.0, NoFigure::Lost(lost));
    }
    Ok(seconds)
}

/// Starts a relay to the port `upstream`; gives the port to connect to.
pub fn between(
    middle: &str,
    upstream: u16,
    bindings: &Bindings,
) -> anyhow::Result<(Option<Running>, u16)> {
    if middle.is_empty() {
        return Ok((None, upstream));
    }
    let bindings = bindings.clone().with("upstream", &upstream);
    let (middle, port) = serve(middle, &bindings, Table::Tcp, Stdio::null(), Stdio::null())?;
    Ok((Some(middle), port))
}

fn ends(client: &mut Running, server: &mut Running, setting: &Setting) -> anyhow::Result<()> {
    client.succeed(bound(setting)).context("client")?;
    server.succeed(bound(setting)).context("server")
}

fn lost(came: u64, size: u64) -> f64 {
    100.0 * size.abs_diff(came) as f64 / size as f64
}

type Feeder = JoinHandle<std::io::Result<()>>;
type Drain = JoinHandle<std::io::Result<Checker>>;

/// A client's stdin.
fn input(
    route: Route,
    path: &Path,
    size: u64,
    checked: bool,
) -> anyhow::Result<(Stdio, Option<Feeder>)> {
    let Some(block) = route.block() else {
        return Ok((File::open(path)?.into(), None));
    };
    let (reader, mut writer) = std::io::pipe()?;
    let feeder = std::thread::spawn(move || feed(&mut writer, size, block, checked));
    Ok((reader.into(), Some(feeder)))
}

fn feed(
    to: &mut impl std::io::Write,
    size: u64,
    block: usize,
    checked: bool,
) -> std::io::Result<()> {
    let mut block = vec![0; block];
    let mut sent = 0;
    while sent < size {
        let count = (size - sent).min(block.len() as u64) as usize;
        if checked {
            pattern::fill(&mut block[..count], sent);
        }
        to.write_all(&block[..count])?;
        sent += count as u64;
    }
    Ok(())
}

/// A pipe for a stdout, and the thread that empties it.
fn drained(
    work: impl FnOnce(PipeReader) -> std::io::Result<Checker> + Send + 'static,
) -> anyhow::Result<(Stdio, Option<Drain>)> {
    let (reader, writer) = std::io::pipe()?;
    Ok((writer.into(), Some(std::thread::spawn(move || work(reader)))))
}

fn drain(mut pipe: PipeReader, checked: bool) -> std::io::Result<Checker> {
    let mut block = vec![0; BLOCK];
    let mut seen = Checker::default();
    loop {
        match pipe.read(&mut block)? {
            0 => return Ok(seen),
            count if checked => seen.take(&block[..count]),
            count => seen.right += count as u64,
        }
    }
}

fn joined(drain: Drain) -> anyhow::Result<Checker> {
    drain.join().ok().context("the drain has failed")?.context("drain")
}

fn joined_feeder(feeder: Feeder) -> anyhow::Result<()> {
    feeder.join().ok().context("the feeder has failed")?.context("feed")
}
