//! Under which circumstances the results came about.

use std::process::Command;

use crate::network;
use crate::options::Setting;

/// Programs that are measured beside skat, and how they tell their version.
const PEERS: &[(&str, &str)] = &[
    ("nc", "-h"),
    ("ncat", "--version"),
    ("socat", "-V"),
    ("haproxy", "-v"),
    ("iperf3", "--version"),
    ("nmap", "--version"),
    ("openssl", "version"),
    ("python3", "--version"),
];

/// The machine, the run and the peers, a line each.
pub fn told(setting: &Setting) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let user = if nix::unistd::geteuid().is_root() { "root" } else { "an ordinary user" };
    let network = if network::is_own() { "a network of its own" } else { "the system's network" };
    let congestion = network::congestion().unwrap_or_default();
    format!(
        "{}: {cores} cores of {}, Linux {}\nrounds: {}, as {user}, {network}, TCP {congestion}, load {} at first\n{}",
        today(),
        processor(),
        kernel(),
        setting.rounds,
        busyness(),
        versions()
    )
}

fn today() -> String {
    jiff::Zoned::now().date().to_string()
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name"));
    name.map_or("an unknown kind", |name| name.trim_start_matches([' ', '\t', ':'])).to_owned()
}

/// The version without what a distribution or its owner adds.
pub fn kernel() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    release.split('-').next().unwrap_or_default().trim().to_owned()
}

/// How many wanted a core in the last minute.
fn busyness() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// Those that are installed.
fn versions() -> String {
    let told = PEERS.iter().filter_map(|(program, option)| {
        let output = Command::new(program).arg(option).output().ok()?;
        let text = [output.stdout, output.stderr].concat();
        Some(format!("{program} {}", version_in(&String::from_utf8_lossy(&text))?))
    });
    told.collect::<Vec<_>>().join(", ")
}

/// The first word that looks like a version.
fn version_in(text: &str) -> Option<&str> {
    let words = text.split_whitespace().map(|word| word.trim_start_matches('('));
    let mut versions = words.filter(|word| {
        word.starts_with(|letter: char| letter.is_ascii_digit()) && word.contains('.')
    });
    versions.next()?.split(['-', '+', ')', ',']).next()
}
