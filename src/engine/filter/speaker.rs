//! The name of who says it before each line.

use super::lines::Lines;

/// Puts the name before each line that a peer says.
#[derive(Debug)]
pub struct Speaker {
    prefix: Vec<u8>,
    lines: Lines,
}

impl Speaker {
    /// What `name` says, in lines of `line_limit` bytes at most.
    #[must_use]
    pub fn new(name: &str, line_limit: usize) -> Self {
        Self { prefix: format!("<{name}> ").into_bytes(), lines: Lines::new(line_limit, b"\n") }
    }

    /// Takes bytes and appends what others hear.
    pub fn feed(&mut self, input: &[u8], output: &mut Vec<u8>) {
        self.lines.feed(&self.prefix, input, output);
    }

    /// Appends a last line that has no newline, with one.
    pub fn finish(&mut self, output: &mut Vec<u8>) {
        self.lines.finish(&self.prefix, output);
    }
}
