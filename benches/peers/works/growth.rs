//! How the cost grows with connections, bytes, ports, names and threads.

use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{bulk, contenders, echo, ports};
use crate::command::{Table, load, serve, start};
use crate::contender::{Better, Goal, Sample, Work};
use crate::loads::scan::OPEN;
use crate::options::Setting;
use crate::transfer::{self, Route};

/// Lines of a request whose answer costs the server more than the load.
const LINES: usize = 2048;

pub fn works(setting: &Setting) -> Vec<Work> {
    let few = |all: &[u64]| all[..if setting.tiny { 2 } else { all.len() }].to_vec();
    let connections = few(&[1, 10, 100, 1_000, 10_000]);
    let bytes = few(&[1 << 10, 32 << 10, 1 << 20, 32 << 20, 1 << 30, 8 << 30]);
    let ports = few(&[1, 10, 100, 1_000, 10_000, 65_535]);
    let names = few(&[1, 10, 100, 1_000, 10_000, 100_000]);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = (0..).map(|doublings| 1 << doublings).take_while(|threads| *threads <= cores);
    let mut works = Vec::new();
    works.extend(connections.into_iter().map(|count| connected(count, setting)));
    works.extend(bytes.into_iter().map(|size| transferred(size, setting)));
    works.extend(ports.into_iter().map(|count| scanned(count, setting)));
    works.extend(names.into_iter().map(|count| resolved(count, setting)));
    works.extend(threads.map(|count| shared(count, setting)));
    works
}

fn connected(count: u64, setting: &Setting) -> Work {
    let name = format!("connections-{count}");
    let connections = usize::try_from(count).unwrap_or(usize::MAX);
    Work { name, goal: Goal::None, ..echo::over(connections, echo::LARGE, setting) }
}

fn transferred(size: u64, setting: &Setting) -> Work {
    let timed = contenders(&bulk::ONE_WAY[..2], setting, move |lines, bindings, setting| {
        let setting = Setting { size, ..setting.clone() };
        transfer::timed(lines, Route::FileToNull, bindings, &setting).map(Into::into)
    });
    Work {
        name: format!("bytes-{size}"),
        title: format!("{size} bytes from file to /dev/null"),
        unit: "s",
        better: Better::Less,
        goal: Goal::None,
        contenders: timed,
    }
}

/// Ports with the open one of the scan among them.
fn scanned(count: u64, setting: &Setting) -> Work {
    let further = u16::try_from(count - 1).unwrap_or(u16::MAX);
    let last = OPEN.saturating_add(further);
    let first = last - further;
    Work { goal: Goal::None, ..ports::closed(format!("ports-{count}"), first, last, setting) }
}

fn resolved(count: u64, setting: &Setting) -> Work {
    let resolve = &[("skat", ["{skat} resolve --no-name -"])];
    let seconds = contenders(resolve, setting, move |[line], bindings, setting| {
        let path = setting.directory.path().join("names");
        std::fs::write(&path, "localhost\n".repeat(usize::try_from(count)?))?;
        let began = Instant::now();
        let mut skat = start(line, bindings, File::open(&path)?, Stdio::null())?;
        skat.succeed(Duration::from_secs(120))?;
        Ok(began.elapsed().as_secs_f64().into())
    });
    Work {
        name: format!("names-{count}"),
        title: format!("{count} names of the hosts file looked up"),
        unit: "s",
        better: Better::Less,
        goal: Goal::None,
        contenders: seconds,
    }
}

/// A service that computes, by so many loops, for connections that have all the same to do.
fn shared(threads: usize, setting: &Setting) -> Work {
    let stamp = &[("skat", ["{skat} tcp-server --stamp --threads {threads} 127.0.0.1 {port}"])];
    let lines = contenders(stamp, setting, move |[line], bindings, setting| {
        let bindings = bindings.clone().with("threads", &threads);
        let (_server, port) = serve(line, &bindings, Table::Tcp, Stdio::null(), Stdio::null())?;
        let millis = setting.duration.as_millis();
        let answers = load(&format!("stamp {port} 8 {LINES} {millis}"), &bindings, setting)?;
        Ok(Sample::from(answers.value * LINES as f64))
    });
    Work {
        name: format!("threads-{threads}"),
        title: format!("short lines stamped by {threads} threads, 8 connections"),
        unit: "lines/s",
        better: Better::More,
        goal: Goal::None,
        contenders: lines,
    }
}
