//! What was typed and not sent yet.

use crate::outcome::{Cause, refusal};

/// The longest line: all of it is in memory before any of it is sent.
pub const LONGEST: usize = 16 << 20;

/// Bytes of stdin, taken line by line.
#[derive(Debug, Default)]
pub struct Typed {
    bytes: Vec<u8>,
    /// How far the end of the line was looked for.
    searched: usize,
    ended: bool,
}

impl Typed {
    /// Adds what stdin gave.
    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// stdin has ended.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Takes the next line, its end included, or what is left at the end, which may be nothing;
    /// `None` if it is not all there yet.
    ///
    /// # Errors
    /// A line that is too long.
    pub fn take_line(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        let end = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n');
        let end = end.map(|end| self.searched + end + 1);
        self.searched = self.bytes.len();
        if end.unwrap_or(self.bytes.len()) > LONGEST {
            let text = format!("stdin: a line of more than {LONGEST} bytes is too long");
            return Err(refusal(Cause::Transfer, text));
        }
        let end = end.or_else(|| self.ended.then_some(self.bytes.len()));
        if end.is_some() {
            self.searched = 0;
        }
        Ok(end.map(|end| self.bytes.drain(..end).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(typed: &mut Typed) -> Option<Vec<u8>> {
        typed.take_line().unwrap()
    }

    #[test]
    fn a_line_is_taken_when_it_is_all_there() {
        let mut typed = Typed::default();
        typed.add(b"on");
        assert_eq!(line(&mut typed), None);
        typed.add(b"e\ntwo\nlast");
        assert_eq!(line(&mut typed).unwrap(), b"one\n");
        assert_eq!(line(&mut typed).unwrap(), b"two\n");
        assert_eq!(line(&mut typed), None);
        typed.end();
        assert_eq!(line(&mut typed).unwrap(), b"last");
        assert_eq!(line(&mut typed).unwrap(), b"");
    }

    #[test]
    fn the_longest_line_is_taken_and_no_longer_one() {
        let mut typed = Typed::default();
        let longest = [vec![b'x'; LONGEST - 1], vec![b'\n']].concat();
        typed.add(&longest);
        typed.add(&vec![b'x'; LONGEST]);
        assert_eq!(line(&mut typed).unwrap(), longest);
        assert_eq!(line(&mut typed), None);
        typed.add(b"\n");
        assert!(typed.take_line().is_err());
    }
}
