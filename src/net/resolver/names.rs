//! The names that a batch asks for: words of the command line, and lines of stdin where one of
//! them is `-`.

use std::io::{self, BufRead, BufReader, Read as _};

use crate::sys::stdio::Stdin;

/// A longer line is cut to this; no data base has an entry of that length.
const LONGEST: usize = 4096;

/// Where names come from.
#[derive(Clone, Debug)]
pub struct Names(Vec<Vec<u8>>);

impl Names {
    /// Words, of which `-` stands for the lines of stdin.
    #[must_use]
    pub fn new(words: Vec<Vec<u8>>) -> Self {
        Self(words)
    }

    /// True if there may be several.
    #[must_use]
    pub fn is_batch(&self) -> bool {
        self.0.len() != 1 || self.0.iter().any(|word| word == b"-")
    }

    /// One name after another, each read when it is asked for.
    pub fn read(self) -> impl Iterator<Item = io::Result<Vec<u8>>> + Send {
        self.0.into_iter().flat_map(|word| -> Box<dyn Iterator<Item = _> + Send> {
            if word == b"-" {
                Box::new(lines(BufReader::new(Stdin)))
            } else {
                Box::new(std::iter::once(Ok(word)))
            }
        })
    }
}

fn lines(mut input: impl BufRead) -> impl Iterator<Item = io::Result<Vec<u8>>> {
    let mut failed = false;
    std::iter::from_fn(move || {
        let line = if failed { Ok(None) } else { line(&mut input) };
        failed |= line.is_err();
        line.transpose()
    })
}

/// The next line without its end; `None` at the end.
fn line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.ends_with(b"\n") {
        line.pop();
        line.pop_if(|byte| *byte == b'\r');
    } else if line.len() == LONGEST {
        input.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lose_their_ends_and_what_is_too_long() {
        let long = "x".repeat(10_000);
        let text = format!("a\n\nb\r\n{long}\nc");
        let mut input = text.as_bytes();
        let mut read = || line(&mut input).unwrap().map(|line| String::from_utf8(line).unwrap());
        for wanted in ["a", "", "b", &long[..LONGEST], "c"] {
            assert_eq!(read().as_deref(), Some(wanted));
        }
        assert_eq!(read(), None);
    }
}
