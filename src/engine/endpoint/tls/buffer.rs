//! Memory for records on their way: taken when there is something to hold, given back when not.

use std::cell::Cell;

/// How much is received or sent by one system call: 32 records.
const SIZE: usize = 544 * 1024;
/// What is left over is kept in memory of its own size if it is no more than this: a record of
/// which the rest has not come, or what was read at once for a peer that does not read.
const REST: usize = 72 * 1024;

thread_local! {
    /// What the connections of a thread share, because only one moves bytes at a time.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Bytes in the order in which they came.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    /// How many bytes it holds.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// True if it holds none.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// What it holds.
    pub fn filled(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// What it holds, to be worked on in place.
    pub fn filled_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..self.end]
    }

    /// Drops the first `count` bytes.
    pub fn discard(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Room behind what it holds; none if it is full.
    pub fn room(&mut self) -> &mut [u8] {
        if self.bytes.len() < SIZE {
            let spare = SPARE.take();
            // Fresh memory is the system's zeros, which take no room before they are touched.
            let mut larger = if spare.len() == SIZE { spare } else { vec![0; SIZE] };
            let count = self.len();
            larger[..count].copy_from_slice(self.filled());
            (self.bytes, self.start, self.end) = (larger, 0, count);
        } else if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.len());
        }
        &mut self.bytes[self.end..]
    }

    /// Keeps `count` bytes that were written to the room.
    pub fn grow(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
    }

    /// Makes room for `size` bytes and more where they are to be encoded at once.
    pub fn make_room(&mut self, size: usize) {
        if self.room().len() < size {
            self.bytes.resize(self.end + size, 0);
        }
    }

    /// Gives back memory that is not needed: an idle connection holds none.
    pub fn release_spare(&mut self) {
        if self.bytes.len() >= SIZE && self.len() <= REST {
            let rest = self.filled().to_vec();
            (self.start, self.end) = (0, rest.len());
            let spare = std::mem::replace(&mut self.bytes, rest);
            if spare.len() == SIZE {
                SPARE.set(spare);
            }
        } else if self.is_empty() {
            *self = Self::default();
        }
    }
}
