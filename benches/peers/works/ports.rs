//! Scans of ports.

use anyhow::ensure;

use super::{Entry, contenders};
use crate::command::{Bindings, figures, start};
use crate::contender::{Better, Goal, Sample, Work};
use crate::network;
use crate::options::Setting;

const OPEN_AND_CLOSED: &[Entry<1>] = &[
    ("limit", ["{self} limit ports {first} {last}"]),
    ("skat", ["{skat} tcp-client -z 127.0.0.1 {first}-{last}"]),
    ("nmap", ["nmap -n -Pn -sT -p{first}-{last} 127.0.0.1"]),
    ("nc", ["nc -n -z -v 127.0.0.1 {first}-{last}"]),
];

/// nc takes a second for each. nmap is told to wait a second, once, or it takes minutes.
const FILTERED: &[Entry<1>] = &[
    ("skat", ["{skat} tcp-client -z -w 1s --jobs 1000 127.0.0.1 {first}-{last}"]),
    (
        "nmap",
        [concat!(
            "nmap -n -Pn -sT --min-parallelism 500 --max-parallelism 500 --max-retries 0 --initial-rtt-timeout 1s",
            " --min-rtt-timeout 1s --max-rtt-timeout 1s -p{first}-{last} 127.0.0.1"
        )],
    ),
];

pub fn works(setting: &Setting) -> Vec<Work> {
    let filtered_last = if setting.tiny { 20_010 } else { 21_000 };
    let filtered = contenders(FILTERED, setting, move |[line], bindings, _| {
        scan(line, true, 20_001, filtered_last, bindings)
    });
    let (first, last) = if setting.tiny { (29_990, 30_010) } else { (1, 65_535) };
    vec![
        closed("ports".to_owned(), first, last, setting),
        Work {
            name: "ports-filtered".to_owned(),
            title: "1,000 ports that answer nobody, a second for each".to_owned(),
            unit: "s",
            better: Better::Less,
            goal: Goal::Figure(3.0),
            contenders: filtered,
        },
    ]
}

/// A scan of ports that are closed, but for one.
pub fn closed(name: String, first: u16, last: u16, setting: &Setting) -> Work {
    Work {
        name,
        title: format!("{} ports, all but one closed", u32::from(last) - u32::from(first) + 1),
        unit: "s",
        better: Better::Less,
        goal: Goal::Limit(1.2),
        contenders: contenders(OPEN_AND_CLOSED, setting, move |[line], bindings, _| {
            scan(line, false, first, last, bindings)
        }),
    }
}

/// Seconds of a scan. It disturbs every server that listens, so none of others' may.
fn scan(
    line: &str,
    filtered: bool,
    first: u16,
    last: u16,
    bindings: &Bindings,
) -> anyhow::Result<Sample> {
    let output = tempfile::tempfile()?;
    let filtered = if filtered { format!("{first}-{last}") } else { "none".to_owned() };
    ensure!(network::is_own(), "needs a network of its own, which unshare(1) may not make");
    let line = format!("{{self}} load scan {filtered} {line}");
    let bindings = bindings.clone().with("first", &first).with("last", &last);
    let mut scanner = start(&line, &bindings, std::process::Stdio::null(), output.try_clone()?)?;
    scanner.succeed(std::time::Duration::from_secs(60))?;
    figures(output)
}
