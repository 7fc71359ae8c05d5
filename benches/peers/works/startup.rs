//! Programs from their start to their end.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Entry, contenders};
use crate::command::{Bindings, Table, serve};
use crate::contender::{Better, Goal, Sample, Work};
use crate::options::Setting;

const VERSIONS: &[Entry<1>] = &[
    ("limit", ["true"]),
    ("skat", ["{skat} --version"]),
    ("nc", ["nc -h"]),
    ("ncat", ["ncat --version"]),
    ("socat", ["socat -V"]),
];

const CLIENTS: &[Entry<1>] = &[
    ("limit", ["{self} limit exchange {port}"]),
    ("skat", ["{skat} tcp-client 127.0.0.1 {port}"]),
    ("nc", ["nc -N 127.0.0.1 {port}"]),
    ("socat", ["socat STDIO TCP:127.0.0.1:{port}"]),
    ("ncat", ["ncat 127.0.0.1 {port}"]),
];

pub fn works(setting: &Setting) -> Vec<Work> {
    let work = |name: &str, title: &str, contenders| Work {
        name: name.to_owned(),
        title: title.to_owned(),
        unit: "ms",
        better: Better::Less,
        goal: Goal::Peer("nc", 1.5),
        contenders,
    };
    let versions = contenders(VERSIONS, setting, |[line], bindings, setting| {
        let runs = if setting.tiny { 2 } else { 100 };
        mean(runs, || run(line, bindings, Stdio::null(), Stdio::null()))
    });
    let exchanges = contenders(CLIENTS, setting, |[line], bindings, setting| {
        let echo = "{self} limit echo {port}";
        let (_server, port) = serve(echo, bindings, Table::Tcp, Stdio::null(), Stdio::null())?;
        let bindings = bindings.clone().with("port", &port);
        exchange(line, &bindings, setting)
    });
    vec![
        work("startup", "a program that tells its version", versions),
        work("exchange", "a client that sends a line, gets it back and ends", exchanges),
    ]
}

fn exchange(line: &str, bindings: &Bindings, setting: &Setting) -> anyhow::Result<Sample> {
    let (request, answer) =
        (setting.directory.path().join("request"), setting.directory.path().join("answer"));
    std::fs::write(&request, "hello\n")?;
    let runs = if setting.tiny { 2 } else { 30 };
    mean(runs, || {
        let (input, output) = (File::open(&request)?, File::create(&answer)?);
        let duration = run(line, bindings, input.into(), output.into())?;
        ensure!(std::fs::read(&answer)? == b"hello\n", "no answer");
        Ok(duration)
    })
}

/// The mean time of some runs, in milliseconds.
fn mean(runs: u32, mut run: impl FnMut() -> anyhow::Result<Duration>) -> anyhow::Result<Sample> {
    let mut total = Duration::ZERO;
    for _ in 0..runs {
        total += run()?;
    }
    Ok((total.as_secs_f64() * 1000.0 / f64::from(runs)).into())
}

/// The time of one run. It is waited for without a look at the clock, which would cost more than
/// some programs do; a thread ends it if it hangs.
fn run(line: &str, bindings: &Bindings, stdin: Stdio, stdout: Stdio) -> anyhow::Result<Duration> {
    let words = bindings.words(line);
    let mut command = Command::new(words.first().context("an empty command")?);
    command.args(&words[1..]).stdin(stdin).stdout(stdout).stderr(Stdio::null());
    let began = Instant::now();
    let mut child = command.spawn().context("start")?;
    let id = Pid::from_raw(i32::try_from(child.id())?);
    let (done, ended) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if ended
            .recv_timeout(Duration::from_secs(10))
            .is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Timeout)
        {
            let _ = kill(id, Signal::SIGKILL);
        }
    });
    child.wait()?;
    let elapsed = began.elapsed();
    drop(done);
    let _ = watch.join();
    ensure!(elapsed < Duration::from_secs(10), "did not end");
    Ok(elapsed)
}
