//! What small writes cost between a client and a server.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::bulk::ONE_WAY;
use super::{checked_contenders, contenders};
use crate::command::{Bindings, Table, serve, start};
use crate::contender::{Better, Goal, Sample, Work};
use crate::loads::tally::Tally;
use crate::one_core::OneCore;
use crate::options::Setting;
use crate::transfer::{self, Route};

pub fn works(setting: &Setting) -> Vec<Work> {
    let work = |name: &str, title: &str, unit, better, contenders| {
        let (name, title) = (name.to_owned(), title.to_owned());
        Work { name, title, unit, better, goal: Goal::Peer("nc", 1.0), contenders }
    };
    let writes = checked_contenders(
        ONE_WAY,
        setting,
        |lines, bindings, setting| {
            transfer::check(lines, Route::LittleByLittle, bindings, &smaller(setting))
        },
        |lines, bindings, setting| {
            let setting = smaller(setting);
            let seconds = transfer::timed(lines, Route::LittleByLittle, bindings, &setting)?;
            Ok((setting.size as f64 / seconds / 1e6).into())
        },
    );
    // A splice that waits holds a byte back: the limit of large transfers is none here.
    let bytes = contenders(&ONE_WAY[1..], setting, byte_by_byte);
    vec![
        work(
            "small-writes",
            "pipe to pipe, written 64 bytes at a time",
            "MB/s",
            Better::More,
            writes,
        ),
        work("small-byte", "a byte from a pipe to a pipe", "µs", Better::Less, bytes),
    ]
}

fn smaller(setting: &Setting) -> Setting {
    Setting { size: setting.size / 32, ..setting.clone() }
}

/// Half of the bytes take at most this long, each sent once the last one has come.
fn byte_by_byte(
    [server, client]: [&'static str; 2],
    bindings: &Bindings,
    setting: &Setting,
) -> anyhow::Result<Sample> {
    let _core = OneCore::take()?;
    let (mut arrivals, output) = std::io::pipe()?;
    let (input, mut keys) = std::io::pipe()?;
    let (_server, port) = serve(server, bindings, Table::Tcp, Stdio::null(), output)?;
    let _client = start(client, &bindings.clone().with("port", &port), input, Stdio::null())?;
    let mut pass = |keys: &mut std::io::PipeWriter| {
        keys.write_all(b"x").and_then(|()| arrivals.read_exact(&mut [0]))
    };
    // They are connected from then on.
    pass(&mut keys)?;
    let mut tally = Tally::begin();
    let began = Instant::now();
    while began.elapsed() < setting.duration.min(Duration::from_secs(1)) {
        let written = Instant::now();
        pass(&mut keys)?;
        tally.answered(written);
    }
    let told = tally.end();
    let more = BTreeMap::from([("p99 µs".to_owned(), told["p99 µs"])]);
    Ok(Sample { value: told["p50 µs"], more })
}
