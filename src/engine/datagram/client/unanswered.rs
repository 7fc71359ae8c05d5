//! What was sent and not answered: it is sent again when the address refuses.

use std::collections::VecDeque;

/// How many bytes are kept. With more on its way than that, and no refusal, the address is taken
/// to be the right one.
const MOST: usize = 16 << 20;

/// Datagrams that nothing has answered, in order.
#[derive(Debug, Default)]
pub struct Unanswered {
    datagrams: VecDeque<Vec<u8>>,
    bytes: usize,
    /// How many of them, the last ones, are to be sent again.
    again: usize,
}

impl Unanswered {
    /// Those that are to be sent again.
    pub fn to_repeat(&self) -> impl Iterator<Item = &[u8]> {
        self.datagrams.range(self.datagrams.len() - self.again..).map(Vec::as_slice)
    }

    /// True if none is to be sent again.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.again == 0
    }

    /// All of them are to be sent again.
    pub fn repeat_all(&mut self) {
        self.again = self.datagrams.len();
    }

    /// Of `count` datagrams that were sent, those that were repeated are; gives how many.
    pub fn repeated(&mut self, count: usize) -> usize {
        let repeated = count.min(self.again);
        self.again -= repeated;
        repeated
    }

    /// Keeps what was sent; `false` if it is too much to keep any of it.
    pub fn keep<'a>(&mut self, sent: impl Iterator<Item = &'a [u8]>) -> bool {
        for datagram in sent {
            self.bytes += datagram.len() + size_of::<Vec<u8>>();
            self.datagrams.push_back(datagram.to_vec());
        }
        self.bytes <= MOST
    }

    /// Nothing will be sent again.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_repeated_in_order() {
        let mut unanswered = Unanswered::default();
        assert!(unanswered.keep([&b"a"[..], b"b", b"c"].into_iter()));
        assert!(unanswered.is_repeated());
        unanswered.repeat_all();
        assert_eq!(unanswered.repeated(1), 1);
        assert_eq!(unanswered.to_repeat().collect::<Vec<_>>(), [b"b", b"c"]);
        assert_eq!(unanswered.repeated(5), 2);
        assert!(unanswered.is_repeated());
    }

    #[test]
    fn too_much_is_not_kept() {
        let datagram = vec![0; 60_000];
        let mut unanswered = Unanswered::default();
        let kept = (0..1000).take_while(|_| unanswered.keep([&datagram[..]].into_iter())).count();
        assert_eq!(kept, MOST / (datagram.len() + size_of::<Vec<u8>>()));
    }
}
