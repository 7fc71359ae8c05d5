//! The results as tables for people.

use crate::contender::{Better, Role};
use crate::rounds::{Outcome, Standing};

/// A work's table: medians, ratios to the limit and to the best peer.
pub fn render(outcome: &Outcome) -> String {
    let mut text = format!("{}: {} ({})\n", outcome.name, outcome.title, outcome.unit);
    text += "                        median    of limit   of best peer   lowest to highest  more\n";
    text.extend(outcome.standings.iter().map(|standing| row(outcome, standing)));
    text
}

fn row(outcome: &Outcome, standing: &Standing) -> String {
    let name = &standing.name;
    let Some(figure) = standing.figure() else {
        let reason = standing.reason.as_deref().unwrap_or("not measured");
        return format!("  {name:<16}{reason}\n");
    };
    let ratio =
        |base: Option<f64>| base.map_or_else(String::new, |base| format!("{:.2}", figure / base));
    let lowest = standing.samples.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = standing.samples.iter().copied().fold(0.0, f64::max);
    let more: Vec<String> =
        standing.more.iter().map(|(name, value)| format!("{name} {}", number(*value))).collect();
    format!(
        "  {name:<16}{:>12}{:>12}{:>15}{:>20}  {}\n",
        number(figure),
        ratio(outcome.of(Role::Limit)),
        ratio(outcome.best_peer().map(|(_, figure)| figure)),
        format!("{}–{}", number(lowest), number(highest)),
        more.join(", ")
    )
}

/// What was wanted of skat in each work, and what it reached.
pub fn goals(outcomes: &[Outcome]) -> String {
    let mut text = format!(
        "{:<16}{:>12}{:>12}{:>10}  {:<24}{:>10}  goal\n",
        "work", "skat", "limit", "ratio", "wanted", "spread"
    );
    for outcome in outcomes {
        text += &goal(outcome);
    }
    text
}

fn goal(outcome: &Outcome) -> String {
    let shown = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), number);
    let (ratio, wanted, verdict) = match outcome.verdict() {
        Some(verdict) => {
            let sign = if outcome.better == Better::More { "≥" } else { "≤" };
            let word = match (verdict.tells, verdict.strictly, verdict.enough) {
                (false, _, _) => "too restless to tell",
                (true, true, _) => "reached",
                (true, false, true) => "reached within the spread",
                (true, false, false) => "missed",
            };
            let wanted = format!("{sign} {} {}", verdict.wanted, verdict.of);
            (format!("{:.2}", verdict.reached), wanted, word)
        }
        None => ("-".to_owned(), String::new(), "not judged"),
    };
    format!(
        "{:<16}{:>12}{:>12}{:>10}  {:<24}{:>10}  {}\n",
        outcome.name,
        shown(outcome.of(Role::Skat)),
        shown(outcome.of(Role::Limit)),
        ratio,
        wanted,
        outcome.spread().map_or_else(|| "-".to_owned(), |spread| format!("{spread:.2}")),
        verdict
    )
}

/// Works that differ in a number alone, which their names end with: a table of each family, for
/// a page.
pub fn growth(outcomes: &[Outcome]) -> String {
    let families = outcomes.chunk_by(|one, other| parts(&one.name).0 == parts(&other.name).0);
    families.map(family).collect::<Vec<_>>().join("\n")
}

fn parts(name: &str) -> (&str, &str) {
    name.rsplit_once('-').unwrap_or((name, ""))
}

fn family(works: &[Outcome]) -> String {
    let cells =
        |cell: &dyn Fn(&Outcome) -> String| works.iter().map(cell).collect::<Vec<_>>().join(" | ");
    let title = works.first().map(|work| format!("{}, {}", parts(&work.name).0, work.unit));
    let size = |work: &Outcome| parts(&work.name).1.parse().map_or_else(|_| "?".into(), thousands);
    let mut lines = vec![
        format!("| {} | {} |", title.unwrap_or_default(), cells(&size)),
        format!("|---|{}", "---|".repeat(works.len())),
    ];
    for (name, role) in [("skat", Role::Skat), ("limit", Role::Limit)] {
        let figure = |work: &Outcome| work.of(role).map_or_else(|| "-".to_owned(), number);
        if works.iter().any(|work| work.of(role).is_some()) {
            lines.push(format!("| {name} | {} |", cells(&figure)));
        }
    }
    lines.join("\n") + "\n"
}

/// Three digits that matter.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => thousands(value.round() as u64),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        size if size >= 0.1 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    }
}

fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
