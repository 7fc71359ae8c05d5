//! What this system, this kernel and this user can do: probed where it can be tried, read where
//! it cannot.

pub mod address;
pub mod databases;
pub mod defaults;
pub mod errors;
pub mod features;
pub mod interfaces;
pub mod limits;
pub mod order;
pub mod sockets;

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use crate::report::sentence;

/// What is known of a topic: rows for people, a value for JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Cells, in columns.
    pub rows: Vec<Vec<String>>,
    /// The same.
    pub value: Value,
}

impl Facts {
    /// The rows in columns that stand under each other.
    #[must_use]
    pub fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let lines = self.rows.iter().map(|row| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            line.trim_end().to_owned() + "\n"
        });
        lines.collect()
    }
}

/// A topic's name and what was found out.
type Found = (&'static str, anyhow::Result<Facts>);

/// Texts with an empty line between.
#[must_use]
pub fn blocks(found: &[Facts]) -> String {
    found.iter().map(Facts::text).collect::<Vec<_>>().join("\n")
}

/// A page of topics, each under its name. What cannot be found out says why.
#[must_use]
pub fn page(topics: impl IntoIterator<Item = Found>) -> String {
    let sections = topics.into_iter().map(|(name, found)| {
        let text = match found {
            Ok(facts) => facts.text(),
            Err(error) => format!("unknown: {}\n", sentence(&error)),
        };
        let lines = text.lines().map(|line| format!("  {line}\n"));
        format!("{}\n{}", name.to_uppercase(), lines.collect::<String>())
    });
    sections.collect::<Vec<_>>().join("\n")
}

/// One JSON object with a member a topic. What cannot be found out is null.
#[must_use]
pub fn everything(topics: impl IntoIterator<Item = Found>) -> String {
    let members = topics
        .into_iter()
        .map(|(name, found)| (name.to_owned(), found.map_or(Value::Null, |facts| facts.value)));
    format!("{}\n", Value::from(members.collect::<Map<_, _>>()))
}

/// One JSON object a line.
#[must_use]
pub fn objects(found: Vec<Facts>) -> String {
    let lines = found.into_iter().map(|facts| facts.value.to_string() + "\n");
    lines.collect()
}

/// This host's name (gethostname(2)).
///
/// # Errors
/// The system's.
pub fn hostname() -> anyhow::Result<Facts> {
    let name = nix::unistd::gethostname().context("ask for the host's name")?;
    let name = name.to_string_lossy().into_owned();
    Ok(Facts { value: json!(name), rows: vec![vec![name]] })
}

/// A cell for each word.
fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = vec![row(["a", "b"]), row(["long", "", "c"]), row(["ü"])];
        let facts = Facts { rows, value: Value::Null };
        assert_eq!(facts.text(), "a     b\nlong     c\nü\n");
    }
}
