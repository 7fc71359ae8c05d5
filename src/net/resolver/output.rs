//! How the answers of a batch are told, and what they come to.

use std::io::{BufWriter, Write as _};

use anyhow::Context as _;
use serde_json::Value;

use super::answer::Answer;
use super::failure::{Failure, Kind};
use crate::outcome::{Cause, Outcome, of_stdout};
use crate::report::{Report, escape};
use crate::sys::stdio::Stdout;

const WRITE: &str = "write stdout";

/// A name and the result of its look-up.
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
    /// One object per name, each on a line.
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
                    text.extend([name, tab, line, "\n"]);
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

/// Tells answers on stdout and failures on stderr, and what they come to.
#[derive(Debug)]
pub struct Output {
    stdout: BufWriter<Stdout>,
    form: Form,
    batch: bool,
    report: Report,
    worst: Option<Cause>,
}

impl Output {
    /// For one name, or for a batch, whose refused names count as names not found.
    pub fn new(form: Form, batch: bool, report: Report) -> Self {
        Self { stdout: BufWriter::new(Stdout), form, batch, report, worst: None }
    }

    /// Tells what there is to tell of a name.
    ///
    /// # Errors
    /// Where stdout cannot be written.
    pub fn tell(&mut self, asked: Asked) -> anyhow::Result<()> {
        let text = self.form.text(&asked);
        self.stdout.write_all(text.as_bytes()).map_err(of_stdout).context(WRITE)?;
        let query = String::from_utf8_lossy(&asked.query);
        let seconds = asked.seconds;
        let Err(failure) = asked.answer else {
            self.report
                .step(format!("look up {}: answered in {seconds:.6} s", escape(&asked.query)));
            return Ok(());
        };
        let cause = match failure.kind {
            Kind::Refused if self.batch => Cause::NotFound,
            kind => kind.cause(),
        };
        if self.worst.is_none_or(|worst| worst.status() < cause.status()) {
            self.worst = Some(cause);
        }
        // Where stdout and stderr are one terminal, lines come in order.
        self.flush()?;
        self.report.error(&failure.into_error(&query));
        self.report.step(format!("look up {}: failed after {seconds:.6} s", escape(&asked.query)));
        Ok(())
    }

    /// Writes what is held back.
    ///
    /// # Errors
    /// Where stdout cannot be written.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        self.stdout.flush().map_err(of_stdout).context(WRITE)
    }

    /// Success, or the worst failure.
    ///
    /// # Errors
    /// Where stdout cannot be written.
    pub fn outcome(mut self) -> anyhow::Result<Outcome> {
        self.flush()?;
        Ok(self.worst.map_or(Outcome::Success, Outcome::Failure))
    }
}
