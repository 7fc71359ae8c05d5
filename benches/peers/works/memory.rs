//! Memory that is in use.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::ensure;

use super::bulk::ONE_WAY;
use super::{contenders, echo};
use crate::command::{Bindings, Running, Table, serve, start};
use crate::contender::{Better, Goal, Sample, Work};
use crate::options::Setting;
use crate::transfer;

pub fn works(setting: &Setting) -> Vec<Work> {
    let work = |name: &str, title: String, goal, contenders| Work {
        name: name.to_owned(),
        title,
        unit: "MB",
        better: Better::Less,
        goal: Goal::Figure(goal),
        contenders,
    };
    let connections = if setting.tiny { 100 } else { 10_000 };
    vec![
        work(
            "memory-bulk",
            "the most that a server or client has during a transfer".to_owned(),
            8.0,
            contenders(ONE_WAY, setting, during_transfer),
        ),
        work(
            "memory-idle",
            format!("a server with {connections} idle connections"),
            30.0,
            contenders(echo::LARGE, setting, move |[server], bindings, _| {
                with_idle(server, connections, bindings)
            }),
        ),
    ]
}

/// The larger of the two processes of a transfer.
fn during_transfer(
    [server, client]: [&'static str; 2],
    bindings: &Bindings,
    setting: &Setting,
) -> anyhow::Result<Sample> {
    let source = File::open(transfer::source(setting)?)?;
    let (mut server, port) = serve(server, bindings, Table::Tcp, Stdio::null(), Stdio::null())?;
    let bindings = bindings.clone().with("port", &port);
    let mut client = start(client, &bindings, source, Stdio::null())?;
    let end = Instant::now() + Duration::from_secs(60);
    let mut most = 0;
    while let (Ok(one), Ok(other)) = (peak(&server), peak(&client)) {
        most = most.max(one).max(other);
        ensure!(Instant::now() < end, "the transfer did not end");
        std::thread::sleep(Duration::from_millis(1));
    }
    client.succeed(Duration::from_secs(10))?;
    server.succeed(Duration::from_secs(10))?;
    Ok(megabytes(most))
}

/// A process that has ended has none.
fn peak(running: &Running) -> anyhow::Result<u64> {
    running.fact("status", "VmHWM:")
}

fn with_idle(line: &str, connections: usize, bindings: &Bindings) -> anyhow::Result<Sample> {
    let (server, port) = serve(line, bindings, Table::Tcp, Stdio::null(), Stdio::null())?;
    let (reader, writer) = std::io::pipe()?;
    let (hold, release) = std::io::pipe()?;
    let load = format!("{{self}} load idle {port} {connections}");
    let mut load = start(&load, bindings, hold, writer)?;
    let mut line = String::new();
    BufReader::new(reader).read_line(&mut line)?;
    let resident = server.fact("status", "VmRSS:")?;
    drop(release);
    load.succeed(Duration::from_secs(20))?;
    Ok(megabytes(resident))
}

fn megabytes(kibibytes: u64) -> Sample {
    (kibibytes as f64 * 1024.0 / 1e6).into()
}
