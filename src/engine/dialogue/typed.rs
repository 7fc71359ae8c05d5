//! What was typed and not sent yet.

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
    pub fn take_line(&mut self) -> Option<Vec<u8>> {
        let end = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n');
        let end = end.map(|end| self.searched + end + 1);
        self.searched = self.bytes.len();
        let end = end.or_else(|| self.ended.then_some(self.bytes.len()))?;
        self.searched = 0;
        Some(self.bytes.drain(..end).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_when_it_is_all_there() {
        let mut typed = Typed::default();
        typed.add(b"on");
        assert_eq!(typed.take_line(), None);
        typed.add(b"e\ntwo\nlast");
        assert_eq!(typed.take_line().unwrap(), b"one\n");
        assert_eq!(typed.take_line().unwrap(), b"two\n");
        assert_eq!(typed.take_line(), None);
        typed.end();
        assert_eq!(typed.take_line().unwrap(), b"last");
        assert_eq!(typed.take_line().unwrap(), b"");
    }
}
