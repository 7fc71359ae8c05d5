//! How the answers of a batch are told, and what they come to.

use std::fmt::Write as _;

use serde_json::Value;

use super::answer::Answer;
use super::failure::{Failure, Kind};
use crate::outcome::{Cause, Outcome};
use crate::report::Report;

/// A name with what came of it.
#[derive(Debug)]
pub struct Asked {
    /// As the user wrote it.
    pub query: Vec<u8>,
    /// What there is, or why there is nothing.
    pub answer: Result<Answer, Failure>,
    /// How long it took.
    pub seconds: f64,
}

/// The form of answers on stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The answer's lines.
    Plain,
    /// The answer's lines, each behind the name and a tab.
    WithName,
    /// An object a name, a line each.
    Json,
}

impl Form {
    /// What stdout is given for a name: nothing where there is no answer and no JSON.
    #[must_use]
    pub fn text(self, asked: &Asked) -> String {
        let query = String::from_utf8_lossy(&asked.query);
        let mut text = String::new();
        match (self, &asked.answer) {
            (Form::Json, _) => text = json(&query, asked),
            (_, Err(_)) => {}
            (_, Ok(answer)) => {
                for line in &answer.lines {
                    let named = self == Form::WithName;
                    let (name, tab) = if named { (&*query, "\t") } else { ("", "") };
                    let _ = writeln!(text, "{name}{tab}{line}");
                }
            }
        }
        text
    }
}

fn json(query: &str, asked: &Asked) -> String {
    let mut fields: Vec<(&str, Value)> = vec![("query", query.into())];
    match &asked.answer {
        Ok(_) => fields.push(("status", "ok".into())),
        Err(failure) => {
            fields.push(("status", failure.kind.word().into()));
            fields.push(("reason", failure.reason.as_str().into()));
        }
    }
    let microseconds = (asked.seconds * 1e6).round() / 1e6;
    fields.push(("seconds", microseconds.into()));
    if let Ok(answer) = &asked.answer {
        fields.extend(answer.fields.iter().map(|(name, value)| (*name, value.clone())));
    }
    let members: Vec<String> =
        fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}\n", members.join(","))
}

/// What all answers come to.
#[derive(Debug)]
pub struct Tally {
    batch: bool,
    worst: Option<Cause>,
}

impl Tally {
    /// For one name, or for a batch, whose refused names count as names not found.
    #[must_use]
    pub fn new(batch: bool) -> Self {
        Self { batch, worst: None }
    }

    /// Tells stderr what there is to tell of a name, and counts it.
    pub fn count(&mut self, asked: Asked, report: Report) {
        let query = String::from_utf8_lossy(&asked.query);
        let seconds = asked.seconds;
        let Err(failure) = asked.answer else {
            report.step(format!("look up {query}: answered in {seconds:.6} s"));
            return;
        };
        let cause = match failure.kind {
            Kind::Refused if self.batch => Cause::NotFound,
            kind => kind.cause(),
        };
        if self.worst.is_none_or(|worst| worst.status() < cause.status()) {
            self.worst = Some(cause);
        }
        report.error(&failure.into_error(&query));
        report.step(format!("look up {query}: failed after {seconds:.6} s"));
    }

    /// Success, or the worst failure.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.worst.map_or(Outcome::Success, Outcome::Failure)
    }
}
