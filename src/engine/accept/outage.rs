//! What a server does when the target that it forwards to cannot be reached: it lets nobody in
//! for a moment, and tells of it now and then.

use std::time::{Duration, Instant};

/// The first and the longest pause.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// How much time lies between two lines that tell of it.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// A target that cannot be reached.
#[derive(Debug)]
pub struct Outage {
    pause: Duration,
    pausing: bool,
    /// When the last pause was over, or will be.
    until: Option<Instant>,
    told: Option<Instant>,
    untold: u64,
}

impl Default for Outage {
    fn default() -> Self {
        Self { pause: PAUSES.0, pausing: false, until: None, told: None, untold: 0 }
    }
}

impl Outage {
    /// A connection could not be made: gives the moment at which to go on, unless one was set
    /// already. The pauses grow as long as one soon follows the other.
    pub fn begin_pause(&mut self, now: Instant) -> Option<Instant> {
        if std::mem::replace(&mut self.pausing, true) {
            return None;
        }
        let soon = self.until.is_some_and(|until| now <= until + PAUSES.1);
        self.pause = if soon { (self.pause * 2).min(PAUSES.1) } else { PAUSES.0 };
        self.until = Some(now + self.pause);
        self.until
    }

    /// Counts a failure; if it is to be told, gives how many before it were not.
    pub fn note_failure(&mut self, now: Instant) -> Option<u64> {
        if self.told.is_some_and(|told| now < told + TOLD_EVERY) {
            self.untold += 1;
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.untold))
    }

    /// The pause is over.
    pub fn end_pause(&mut self) {
        self.pausing = false;
    }

    /// True if nobody is to be let in.
    #[must_use]
    pub fn is_pausing(&self) -> bool {
        self.pausing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_lines_are_few() {
        let mut outage = Outage::default();
        let start = Instant::now();
        let mut now = start;
        let (mut told, mut counted) = (0, 0);
        for _ in 0..10 {
            let until = outage.begin_pause(now).unwrap();
            assert!(outage.begin_pause(now).is_none() && outage.is_pausing());
            for _ in 0..64 {
                if let Some(before) = outage.note_failure(now) {
                    told += 1;
                    counted += before + 1;
                }
            }
            now = until;
            outage.end_pause();
        }
        assert!(now - start > Duration::from_secs(5) && told <= 8, "{told} in {:?}", now - start);
        assert_eq!(counted + outage.untold, 640);
        let later = now + Duration::from_secs(2);
        assert_eq!(outage.begin_pause(later), Some(later + PAUSES.0));
    }
}
