//! Data that tells where it belongs: whoever loses, doubles or turns round a piece of it is seen.

/// The byte stream is made of these words; the index is the place in the stream.
fn word(index: u64) -> [u8; 8] {
    (index.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (index >> 7)).to_le_bytes()
}

/// Fills `buffer` with what comes at `offset`, a multiple of 8.
pub fn fill(buffer: &mut [u8], offset: u64) {
    for (index, chunk) in (offset / 8..).zip(buffer.chunks_mut(8)) {
        chunk.copy_from_slice(&word(index)[..chunk.len()]);
    }
}

/// Compares a stream with the pattern, however it is cut.
#[derive(Debug, Default)]
pub struct Checker {
    /// Bytes that were as they should be.
    pub right: u64,
    wrong: bool,
}

impl Checker {
    pub fn take(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !self.wrong && !rest.is_empty() {
            let within = (self.right % 8) as usize;
            let expected = word(self.right / 8);
            let count = rest.len().min(8 - within);
            if rest[..count] == expected[within..within + count] {
                self.right += count as u64;
                rest = &rest[count..];
            } else {
                self.wrong = true;
            }
        }
    }

    /// How many percent of `size` did not come as they should.
    pub fn lost(&self, size: u64) -> f64 {
        100.0 * size.saturating_sub(self.right) as f64 / size as f64
    }
}
