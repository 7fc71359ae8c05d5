//! Counts of a load.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Answers that came, how long each took, and those that did not come.
#[derive(Debug)]
pub struct Tally {
    began: Instant,
    latencies: Vec<u32>,
    pub lost: u64,
}

impl Tally {
    pub fn begin() -> Self {
        Self { began: Instant::now(), latencies: Vec::with_capacity(1 << 18), lost: 0 }
    }

    pub fn answered(&mut self, asked: Instant) {
        self.took(asked.elapsed());
    }

    pub fn took(&mut self, time: Duration) {
        self.latencies.push(u32::try_from(time.as_nanos()).unwrap_or(u32::MAX));
    }

    /// Answers a second since the beginning, and what they took in microseconds.
    pub fn end(mut self) -> BTreeMap<&'static str, f64> {
        self.end_after(self.began.elapsed())
    }

    pub fn end_after(&mut self, elapsed: Duration) -> BTreeMap<&'static str, f64> {
        self.latencies.sort_unstable();
        let count = self.latencies.len();
        let at = |share: f64| {
            let index = (count as f64 * share) as usize;
            self.latencies.get(index).map_or(0.0, |nanos| f64::from(*nanos) / 1000.0)
        };
        BTreeMap::from([
            ("value", count as f64 / elapsed.as_secs_f64()),
            ("p50 µs", at(0.5)),
            ("p99 µs", at(0.99)),
            ("lost", 100.0 * self.lost as f64 / (count as u64 + self.lost).max(1) as f64),
        ])
    }
}
