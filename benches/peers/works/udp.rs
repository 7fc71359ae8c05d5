//! Datagrams.

use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::{Entry, contenders};
use crate::command::{Bindings, Running, Table, figures, free_port, load, serve, start};
use crate::contender::{Better, Goal, NoFigure, Sample, Work};
use crate::limits::udp::SIZE;
use crate::options::Setting;

const RESPONDERS: &[Entry<1>] = &[
    ("limit", ["{self} limit udp-echo {port}"]),
    ("skat", ["{skat} udp-server --echo 127.0.0.1 {port}"]),
    ("python", ["python3 {here}/echo.py udp {port}"]),
    ("socat", ["socat UDP-RECVFROM:{port},bind=127.0.0.1,fork PIPE"]),
];

const RECEIVERS: &[Entry<1>] = &[
    ("limit", ["{self} limit udp-receive {port}"]),
    ("skat", ["{skat} udp-server 127.0.0.1 {port}"]),
    ("nc", ["nc -u -l -k 127.0.0.1 {port}"]),
    ("socat", ["socat -u UDP-RECV:{port},bind=127.0.0.1 STDOUT"]),
];

/// Senders that keep to a rate.
const SENDERS: &[Entry<1>] = &[
    ("limit", ["{self} limit udp-send {port} {rate} {count}"]),
    (
        "skat",
        [concat!(
            "{skat} udp-client --send-only --frame block:1200 --rate {byte_rate}",
            " 127.0.0.1 {port}"
        )],
    ),
    // To a server of its own, and by its own account: it sends to no other.
    (
        "iperf3, own server",
        ["iperf3 -u -c 127.0.0.1 -p {port} -l 1200 -b {bit_rate} -n {bytes} -J"],
    ),
];

pub fn works(setting: &Setting) -> Vec<Work> {
    let work = |name: &str, title: &str, unit, goal, contenders| {
        let (name, title) = (name.to_owned(), title.to_owned());
        Work { name, title, unit, better: Better::More, goal, contenders }
    };
    vec![
        work(
            "udp-send",
            "1,200 bytes each, the highest rate at which 99 % arrive",
            "datagrams/s",
            Goal::Limit(0.5),
            contenders(SENDERS, setting, |[sender], bindings, setting| {
                highest_rate(sender, bindings, setting)
            }),
        ),
        work(
            "udp-receive",
            "1,200 bytes each, as many as come, to /dev/null",
            "datagrams/s",
            Goal::BestPeer(4.0),
            contenders(RECEIVERS, setting, |[receiver], bindings, setting| {
                received(receiver, bindings, setting)
            }),
        ),
        work(
            "udp-echo",
            "64 bytes there and back, 50 sockets",
            "requests/s",
            Goal::Limit(0.9),
            contenders(RESPONDERS, setting, |[responder], bindings, setting| {
                let nothing = Stdio::null;
                let (_server, port) = serve(responder, bindings, Table::Udp, nothing(), nothing())?;
                let millis = setting.duration.as_millis();
                load(&format!("udp-ask {port} 50 64 {millis}"), bindings, setting)
            }),
        ),
    ]
}

/// Floods a receiver, and counts what it wrote to stdout by what the kernel says of it.
fn received(line: &str, bindings: &Bindings, setting: &Setting) -> anyhow::Result<Sample> {
    let (server, port) = serve(line, bindings, Table::Udp, Stdio::null(), Stdio::null())?;
    let before = server.fact("io", "wchar:")?;
    let began = Instant::now();
    let millis = setting.duration.as_millis();
    let sent = load(&format!("udp-flood {port} {millis}"), bindings, setting)?.value;
    // What is queued is still received.
    let (mut written, mut last) = (0, began.elapsed());
    while began.elapsed() < last + Duration::from_millis(300) {
        let now = server.fact("io", "wchar:")? - before;
        if now > written {
            (written, last) = (now, began.elapsed());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let datagrams = written as f64 / SIZE as f64;
    let mut sample = Sample::from(datagrams / last.as_secs_f64());
    let each = server.processor_seconds()? / datagrams * 1e9;
    sample.more.insert("arrived %".to_owned(), 100.0 * datagrams / sent);
    sample.more.insert("receiver's processor ns".to_owned(), each);
    Ok(sample)
}

/// Halves the distance between rates that are too high and one that is not.
fn highest_rate(line: &str, bindings: &Bindings, setting: &Setting) -> anyhow::Result<Sample> {
    let (mut low, mut high) = (20_000.0_f64, 8_000_000.0_f64);
    let mut best: Option<Sample> = None;
    for _ in 0..if setting.tiny { 1 } else { 8 } {
        let rate = if setting.tiny { low } else { (low * high).sqrt() };
        let attempt = || sent_at(rate as u64, line, bindings, setting);
        // One unlucky moment would halve the rate: each has a second chance.
        let (sample, lost) = match attempt()? {
            (_, lost) if lost > 1.0 => attempt()?,
            lucky => lucky,
        };
        if lost <= 1.0 {
            low = rate;
            if best.as_ref().is_none_or(|best| sample.value > best.value) {
                best = Some(sample);
            }
        } else {
            high = rate;
        }
        // Who sends more slowly than told has reached what it can.
        if best.as_ref().is_some_and(|best| best.value < low * 0.8) {
            break;
        }
    }
    best.context(NoFigure::Lost(100.0))
}

/// What arrived a second, and the percentage that did not.
fn sent_at(
    rate: u64,
    line: &str,
    bindings: &Bindings,
    setting: &Setting,
) -> anyhow::Result<(Sample, f64)> {
    let seconds = setting.duration.as_secs_f64().min(0.3);
    let count = ((rate as f64 * seconds) as u64).next_multiple_of(50);
    let bytes = count * SIZE as u64;
    let input = setting.directory.path().join("zeros");
    File::create(&input)?.set_len(bytes)?;
    let port = free_port()?;
    let bindings = bindings.clone().with("port", &port).with("rate", &rate).with("count", &count);
    let bindings = bindings.with("bytes", &bytes).with("byte_rate", &(rate * SIZE as u64));
    let bindings = bindings.with("bit_rate", &(rate * SIZE as u64 * 8));
    let (output, arrived) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let iperf = line.starts_with("iperf3");
    let counter = if iperf { "iperf3 -s -1 -p {port} -J" } else { "{self} load udp-count {port}" };
    let table = if iperf { Table::Tcp } else { Table::Udp };
    let mut counter = start(counter, &bindings, Stdio::null(), arrived.try_clone()?)?;
    counter.await_port(table, port)?;
    let began = Instant::now();
    let mut sender: Running = start(line, &bindings, File::open(&input)?, output.try_clone()?)?;
    sender.succeed(Duration::from_secs(20))?;
    let elapsed = began.elapsed().as_secs_f64();
    counter.succeed(Duration::from_secs(20))?;
    if iperf {
        return of_iperf(output);
    }
    let arrived = figures(arrived)?.value;
    let lost = 100.0 * (1.0 - arrived / count as f64);
    Ok(((arrived / elapsed).into(), lost))
}

/// iperf3's own account.
fn of_iperf(mut output: File) -> anyhow::Result<(Sample, f64)> {
    use std::io::Seek as _;
    output.rewind()?;
    let account: serde_json::Value = serde_json::from_reader(output)?;
    let sum = &account["end"]["sum"];
    let number = |name: &str| sum[name].as_f64().with_context(|| format!("{name} of iperf3"));
    let arrived = number("packets")? - number("lost_packets")?;
    Ok(((arrived / number("seconds")?).into(), number("lost_percent")?))
}
