//! Lines out of a stream, whatever pieces it comes in.

/// Puts something before each line.
#[derive(Debug)]
pub struct Lines {
    limit: usize,
    /// What ends a line that lacks its newline.
    end: &'static [u8],
    /// A line whose end has not come.
    begun: Vec<u8>,
}

impl Lines {
    /// Lines longer than `limit` are cut to pieces of `limit` bytes; a line without a newline, and
    /// each of those pieces, gets `end`.
    #[must_use]
    pub fn new(limit: usize, end: &'static [u8]) -> Self {
        Self { limit: limit.max(1), end, begun: Vec::new() }
    }

    /// Takes bytes and appends the lines that are complete, each after `prefix`.
    pub fn feed(&mut self, prefix: &[u8], input: &[u8], output: &mut Vec<u8>) {
        for mut line in input.split_inclusive(|byte| *byte == b'\n') {
            while !line.is_empty() {
                let room = self.limit - self.begun.len();
                // The newline itself is within any limit.
                let room = if line.get(room) == Some(&b'\n') { room + 1 } else { room };
                let (piece, rest) = line.split_at(line.len().min(room));
                line = rest;
                if piece.ends_with(b"\n") || !rest.is_empty() {
                    self.put(prefix, piece, output);
                } else {
                    self.begun.extend_from_slice(piece);
                }
            }
        }
    }

    /// Appends a last line that has no newline.
    pub fn finish(&mut self, prefix: &[u8], output: &mut Vec<u8>) {
        if !self.begun.is_empty() {
            self.put(prefix, &[], output);
        }
    }

    /// True if the last line has no newline.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        !self.begun.is_empty()
    }

    fn put(&mut self, prefix: &[u8], rest: &[u8], output: &mut Vec<u8>) {
        output.extend_from_slice(prefix);
        output.append(&mut self.begun);
        output.extend_from_slice(rest);
        if !rest.ends_with(b"\n") {
            output.extend_from_slice(self.end);
        }
        if self.begun.capacity() > 0 {
            // An idle connection holds no memory.
            self.begun = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&str], limit: usize) -> String {
        let (mut lines, mut output) = (Lines::new(limit, b"\n"), Vec::new());
        for piece in pieces {
            lines.feed(b"@", piece.as_bytes(), &mut output);
        }
        lines.finish(b"@", &mut output);
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn every_line_is_a_line_whatever_pieces_it_comes_in() {
        assert_eq!(lines(&["a\nb\n"], 64), "@a\n@b\n");
        assert_eq!(lines(&["a", "b\n\n", "c"], 64), "@ab\n@\n@c\n");
        assert_eq!(lines(&["abcde", "fg\n"], 3), "@abc\n@def\n@g\n");
        assert_eq!(lines(&["ab\n"], 3), "@ab\n");
        assert_eq!(lines(&["abc\n"], 3), "@abc\n");
        assert_eq!(lines(&["abc", "\n", "abc", "d"], 3), "@abc\n@abc\n@d\n");
        assert_eq!(lines(&["abcdef\n\n"], 3), "@abc\n@def\n@\n");
        assert_eq!(lines(&[], 3), "");
    }
}
