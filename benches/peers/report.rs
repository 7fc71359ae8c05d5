//! The results for other programs, and for a page.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::circumstances;
use crate::contender::{Better, Role};
use crate::options::Setting;
use crate::rounds::{Outcome, Standing};

pub fn write_json(path: &Path, setting: &Setting, outcomes: &[Outcome]) -> anyhow::Result<()> {
    let document = json!({
        "circumstances": circumstances::told(setting),
        "rounds": setting.rounds,
        "kernel": circumstances::kernel(),
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

/// What surrounds the results in a page, and how the cost grows.
pub const RESULTS: (&str, &str) = ("<!-- results -->", "<!-- end of results -->");
pub const GROWTH: (&str, &str) = ("<!-- growth -->", "<!-- end of growth -->");

/// Replaces what is between two marks of a page.
pub fn write_page(path: &Path, marks: (&str, &str), results: &str) -> anyhow::Result<()> {
    let told = || path.display().to_string();
    let page = std::fs::read_to_string(path).with_context(told)?;
    let (before, rest) = page.split_once(marks.0).with_context(|| format!("no {}", marks.0))?;
    let (_, after) = rest.split_once(marks.1).with_context(|| format!("no {}", marks.1))?;
    let page = format!("{before}{}\n\n{results}\n{}{after}", marks.0, marks.1);
    std::fs::write(path, page).with_context(told)
}
