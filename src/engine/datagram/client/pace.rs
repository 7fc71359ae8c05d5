//! An even rate: UDP has no back-pressure, and what is sent faster than it is read is lost.

use std::time::{Duration, Instant};

/// How far sending may run behind before the time that was lost is lost for good: one wake-up
/// late must not slow the whole down, and a long pause must not end in a burst.
const CATCH_UP: Duration = Duration::from_millis(10);

/// A line of so many bytes a second: a datagram is sent when the line has been free for as long as
/// the datagram takes.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    bytes_a_second: f64,
    free_since: Instant,
}

/// What may be sent at once.
#[derive(Debug)]
pub struct Due {
    pace: Pace,
    now: Instant,
}

impl Due {
    /// True if a datagram of so many bytes goes with those before it.
    pub fn take(&mut self, bytes: usize) -> bool {
        self.pace.sent(bytes);
        self.pace.free_since <= self.now
    }
}

impl Pace {
    /// A pace of so many bytes a second.
    #[must_use]
    pub fn new(bytes_a_second: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact to 2^-53")]
        let bytes_a_second = bytes_a_second.max(1) as f64;
        Self { bytes_a_second, free_since: Instant::now() }
    }

    /// True if a datagram of so many bytes may be sent now.
    pub fn allows(&mut self, bytes: usize) -> bool {
        let now = Instant::now();
        if let Some(earliest) = now.checked_sub(self.time_of(bytes) + CATCH_UP) {
            self.free_since = self.free_since.max(earliest);
        }
        self.next(bytes) <= now
    }

    /// What may be sent at once: all that is due, which after a wait is more than one datagram.
    pub fn due(&self) -> Due {
        Due { pace: *self, now: Instant::now() }
    }

    /// When a datagram of so many bytes may be sent.
    #[must_use]
    pub fn next(&self, bytes: usize) -> Instant {
        self.free_since + self.time_of(bytes)
    }

    /// So many bytes were sent.
    pub fn sent(&mut self, bytes: usize) {
        self.free_since += self.time_of(bytes);
    }

    fn time_of(&self, bytes: usize) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "a batch's size is small")]
        let seconds = bytes as f64 / self.bytes_a_second;
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free_for(pace: &mut Pace, milliseconds: u64) {
        let time = Duration::from_millis(milliseconds);
        pace.free_since = Instant::now().checked_sub(time).unwrap();
    }

    #[test]
    fn a_datagram_waits_until_the_line_was_free_for_its_time() {
        let mut pace = Pace::new(1000);
        assert!(!pace.allows(500));
        assert_eq!(pace.next(500) - pace.free_since, Duration::from_millis(500));
        free_for(&mut pace, 500);
        assert!(pace.allows(500));
        pace.sent(500);
        assert!(!pace.allows(500));
    }

    #[test]
    fn after_a_wait_all_that_is_due_goes_at_once() {
        let mut pace = Pace::new(1_000_000);
        free_for(&mut pace, 9);
        let mut due = pace.due();
        let sent = (0..100).take_while(|_| due.take(1000)).count();
        assert!((9..20).contains(&sent), "{sent}");
    }

    /// However large a datagram is, waking up late for it is caught up on, and nothing more is.
    #[test]
    fn a_long_pause_makes_no_burst() {
        let mut pace = Pace::new(1_000_000);
        free_for(&mut pace, 10_000);
        assert!(pace.allows(50_000));
        let mut due = pace.due();
        assert!(due.take(50_000));
        let sent = (0..100).take_while(|_| due.take(1000)).count();
        assert!((10..20).contains(&sent), "{sent}");
    }
}
