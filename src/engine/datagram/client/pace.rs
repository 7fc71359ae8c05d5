//! An even rate: UDP has no back-pressure, and what is sent faster than it is read is lost.

use std::time::{Duration, Instant};

/// How far sending may run behind before the time that was lost is lost for good: one wake-up
/// late must not slow the whole down, and a long pause must not end in a burst.
const CATCH_UP: Duration = Duration::from_millis(10);

/// When the next datagram may be sent.
#[derive(Debug)]
pub struct Pace {
    bytes_a_second: f64,
    next: Instant,
}

/// What may be sent at once.
#[derive(Debug)]
pub struct Due {
    bytes: f64,
}

impl Due {
    /// True if a datagram of so many bytes goes with those before it, as the first one always
    /// does: it is due when those before it have had their time.
    pub fn take(&mut self, bytes: usize) -> bool {
        let is_due = self.bytes >= 0.0;
        #[expect(clippy::cast_precision_loss, reason = "a datagram's size is small")]
        let bytes = bytes as f64;
        self.bytes -= bytes;
        is_due
    }
}

impl Pace {
    /// A pace of so many bytes a second.
    #[must_use]
    pub fn new(bytes_a_second: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact to 2^-53")]
        let bytes_a_second = bytes_a_second.max(1) as f64;
        Self { bytes_a_second, next: Instant::now() }
    }

    /// True if a datagram may be sent now.
    pub fn allows(&mut self) -> bool {
        let now = Instant::now();
        if let Some(earliest) = now.checked_sub(CATCH_UP) {
            self.next = self.next.max(earliest);
        }
        self.next <= now
    }

    /// What may be sent at once: all that is due, which after a wait is more than one datagram.
    pub fn due(&self) -> Due {
        let late = Instant::now().saturating_duration_since(self.next);
        Due { bytes: late.as_secs_f64() * self.bytes_a_second }
    }

    /// When the next may be sent.
    #[must_use]
    pub fn next(&self) -> Instant {
        self.next
    }

    /// So many bytes were sent.
    pub fn sent(&mut self, bytes: usize) {
        #[expect(clippy::cast_precision_loss, reason = "a datagram's size is small")]
        let seconds = bytes as f64 / self.bytes_a_second;
        self.next += Duration::try_from_secs_f64(seconds).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_must_be_waited_for() {
        let mut pace = Pace::new(1000);
        assert!(pace.allows());
        let before = pace.next();
        pace.sent(500);
        assert_eq!(pace.next() - before, Duration::from_millis(500));
        assert!(!pace.allows());
    }

    #[test]
    fn after_a_wait_all_that_is_due_goes_at_once() {
        let mut pace = Pace::new(1_000_000);
        let mut due = pace.due();
        let sent = (0..100).take_while(|_| due.take(1000)).count();
        assert!(sent >= 1);
        pace.next = Instant::now().checked_sub(Duration::from_millis(9)).unwrap();
        let mut due = pace.due();
        let sent = (0..100).take_while(|_| due.take(1000)).count();
        assert!((10..20).contains(&sent), "{sent}");
    }
}
