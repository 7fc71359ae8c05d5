//! The name of who says it before each line.

use super::lines::Lines;
use crate::engine::frame::Frame;

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

    /// Takes a record, whose end ends its last line, and appends a record for each line.
    pub fn feed_record(&mut self, record: &[u8], output: &mut Vec<u8>) {
        let mut said = Vec::new();
        self.feed(record, &mut said);
        if !record.ends_with(b"\n") {
            self.feed(b"\n", &mut said);
        }
        for line in said.split_inclusive(|byte| *byte == b'\n') {
            Frame::Len32.print(line, output);
        }
    }

    /// Appends a last line that has no newline, with one.
    pub fn finish(&mut self, output: &mut Vec<u8>) {
        self.lines.finish(&self.prefix, output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::frame::split_record;

    fn heard(records: &[&str], limit: usize) -> Vec<String> {
        let (mut speaker, mut output) = (Speaker::new("u", limit), Vec::new());
        for record in records {
            speaker.feed_record(record.as_bytes(), &mut output);
        }
        let (mut heard, mut rest) = (Vec::new(), &output[..]);
        while let Some((record, after)) = split_record(rest) {
            heard.push(String::from_utf8(record.to_vec()).unwrap());
            rest = after;
        }
        assert!(rest.is_empty());
        heard
    }

    #[test]
    fn the_end_of_a_record_is_that_of_a_line() {
        assert_eq!(heard(&["a\n", "b", "", "\n"], 9), ["<u> a\n", "<u> b\n", "<u> \n", "<u> \n"]);
        assert_eq!(heard(&["a\nb", "c\nd\n"], 9), ["<u> a\n", "<u> b\n", "<u> c\n", "<u> d\n"]);
        assert_eq!(heard(&["abcd", "abc"], 3), ["<u> abc\n", "<u> d\n", "<u> abc\n"]);
    }
}
