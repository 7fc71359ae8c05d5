//! The results for other programs, and under which circumstances they came about.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::contender::{Better, Role};
use crate::network;
use crate::options::Setting;
use crate::rounds::{Outcome, Standing};

/// The machine, in a line.
pub fn circumstances(setting: &Setting) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let user = if nix::unistd::geteuid().is_root() { "root" } else { "an ordinary user" };
    let network = if network::is_own() { "a network of its own" } else { "the system's network" };
    format!(
        "{} rounds, Linux {}, {cores} cores, load {}, as {user}, {network}, TCP {}",
        setting.rounds,
        kernel(),
        busyness(),
        network::congestion().unwrap_or_default()
    )
}

fn kernel() -> String {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    release.trim().to_owned()
}

/// How many wanted a core in the last minute.
fn busyness() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

pub fn write_json(path: &Path, setting: &Setting, outcomes: &[Outcome]) -> anyhow::Result<()> {
    let document = json!({
        "circumstances": circumstances(setting),
        "rounds": setting.rounds,
        "kernel": kernel(),
        "works": outcomes.iter().map(work).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&document)? + "\n";
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

fn work(outcome: &Outcome) -> Value {
    let verdict = outcome.verdict();
    json!({
        "name": outcome.name,
        "title": outcome.title,
        "unit": outcome.unit,
        "more_is_better": outcome.better == Better::More,
        "spread_of_limit": outcome.spread(),
        "goal": verdict.as_ref().map(|verdict| json!({
            "of": verdict.of,
            "wanted": verdict.wanted,
            "reached": verdict.reached,
            "quiet_enough": verdict.tells,
            "met": verdict.strictly,
            "met_within_spread": verdict.enough,
        })),
        "contenders": outcome.standings.iter().map(contender).collect::<Vec<_>>(),
    })
}

fn contender(standing: &Standing) -> Value {
    let role = match standing.role {
        Role::Limit => "limit",
        Role::LimitAgain => "limit again",
        Role::Skat => "skat",
        Role::OtherSkat => "other skat",
        Role::Peer => "peer",
    };
    json!({
        "name": standing.name,
        "role": role,
        "median": standing.figure(),
        "samples": standing.samples,
        "more": standing.more,
        "reason": standing.reason,
    })
}

/// What surrounds the results in a page.
const MARKS: (&str, &str) = ("<!-- results -->", "<!-- end of results -->");

/// Replaces the results in a page.
pub fn write_page(path: &Path, results: &str) -> anyhow::Result<()> {
    let told = || path.display().to_string();
    let page = std::fs::read_to_string(path).with_context(told)?;
    let (before, rest) =
        page.split_once(MARKS.0).context("no mark of results").with_context(told)?;
    let (_, after) = rest.split_once(MARKS.1).context("no mark of their end").with_context(told)?;
    let page = format!("{before}{}\n\n```text\n{results}```\n\n{}{after}", MARKS.0, MARKS.1);
    std::fs::write(path, page).with_context(told)
}
