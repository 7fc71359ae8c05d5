//! Trying again: deadlines, and pauses that grow.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use super::resolver::failure::NoService;
use crate::outcome::{Cause, cause_of, find, refusal};
use crate::report::{Report, sentence};

/// The first and the longest pause between attempts of `--retry-for`.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// The most time that the last attempt but one of `--retry-for` has for an answer. The last begins
/// when the time is over, and takes only what is there at once.
const MOMENT: Duration = Duration::from_millis(100);

/// The earlier of two deadlines.
#[must_use]
pub fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// How long connecting may take, and whether it is tried again.
#[derive(Clone, Copy, Debug, Default)]
pub struct RetryPolicy {
    /// Bounds one whole attempt.
    pub timeout: Option<Duration>,
    /// Tries again until this is over.
    pub retry_for: Option<Duration>,
    /// When the whole run is over.
    pub end: Option<Instant>,
}

/// The pauses between the attempts of `--retry-for`.
#[derive(Clone, Debug)]
pub struct Backoff {
    give_up: Option<Instant>,
    /// The whole run is over then.
    ends_run: bool,
    /// What the last attempt but one has for an answer.
    moment: Duration,
    /// When the whole run is over.
    end: Option<Instant>,
    /// An attempt has no time from the start.
    no_time: bool,
    pause: Duration,
    round: u64,
    jitter: RandomState,
}

impl Backoff {
    /// Pauses until the time for retries is over; none if there is none.
    #[must_use]
    pub fn new(RetryPolicy { timeout, retry_for, end }: RetryPolicy) -> Self {
        let now = Instant::now();
        let give_up = retry_for.map(|duration| now + duration);
        let ends_run = give_up.zip(end).is_some_and(|(give_up, end)| end < give_up);
        let give_up = if ends_run { end } else { give_up };
        let time = give_up.map_or(Duration::ZERO, |give_up| give_up.saturating_duration_since(now));
        let moment = (time / 10).min(MOMENT);
        let no_time = timeout.is_some_and(|timeout| timeout.is_zero());
        let (pause, jitter) = (PAUSES.0, RandomState::new());
        Self { give_up, ends_run, moment, end, no_time, pause, round: 0, jitter }
    }

    /// When the last attempt must be over.
    #[must_use]
    pub fn give_up(&self) -> Option<Instant> {
        self.give_up
    }

    /// Nothing is to be tried again.
    pub fn cancel(&mut self) {
        self.give_up = None;
    }

    /// True if it would be tried again, had the whole run more time.
    #[must_use]
    pub fn ends_run(&self) -> bool {
        self.ends_run && self.give_up.is_some()
    }

    /// The error to end with, given the last attempt's and that of the one before it. It says how
    /// often it was tried, and does not advise to do what was done already.
    #[must_use]
    pub fn last_word(&self, error: anyhow::Error, before: Option<anyhow::Error>) -> anyhow::Error {
        let error = match before {
            // An attempt that was cut short says less than the one before it.
            Some(before) if cause_of(&error) == Cause::Timeout => before,
            _ => error,
        };
        let attempts = match self.round {
            0 => String::new(),
            round => format!(" ({} attempts)", round + 1),
        };
        if self.ends_run() && may_pass(&error) {
            return out_of_time(&format!("{}{attempts}", sentence(&error)));
        }
        if cause_of(&error) == Cause::Timeout && self.end.is_some_and(|end| end <= Instant::now()) {
            return out_of_time(&sentence(&error));
        }
        if cause_of(&error) == Cause::Timeout && self.no_time {
            let text = format!("the time limit of --connect-timeout is over; {}", sentence(&error));
            return refusal(Cause::Timeout, text);
        }
        match self.round {
            0 => error,
            _ => refusal(cause_of(&error), format!("{}{attempts}", sentence(&error))),
        }
    }

    /// How long to wait before the next attempt; `None` if there is to be none.
    pub fn next_pause(&mut self) -> Option<Duration> {
        let give_up = self.give_up?;
        // Between half of the pause and all of it: many clients must not retry in step.
        let half = self.pause / 2;
        let share = u32::try_from(self.jitter.hash_one(self.round) % 1000).unwrap_or(0);
        let wait = half + half * share / 1000;
        self.pause = (self.pause * 2).min(PAUSES.1);
        let left = give_up.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        self.round += 1;
        let before_moment = left.saturating_sub(self.moment);
        Some(wait.min(if before_moment.is_zero() { left } else { before_moment }))
    }
}

/// What is said when the time of the whole run is over.
pub const TIME_IS_OVER: &str = "the time limit of --max-time is over";

/// The time of the whole run is over.
#[must_use]
pub fn time_is_over() -> anyhow::Error {
    refusal(Cause::Timeout, TIME_IS_OVER)
}

/// The time of the whole run is over, and this is why it was not enough.
#[must_use]
pub fn out_of_time(reason: &str) -> anyhow::Error {
    refusal(Cause::Timeout, format!("{TIME_IS_OVER}; {reason}"))
}

/// True for a failure of the network, unless it would be the same next time: what the arguments or
/// this system forbid will fail again.
#[must_use]
pub fn may_pass(error: &anyhow::Error) -> bool {
    !matches!(cause_of(error), Cause::Usage | Cause::Transfer) && find::<NoService>(error).is_none()
}

impl RetryPolicy {
    /// Calls `attempt` until it succeeds or `retry_for` is over, with growing pauses between.
    /// Each call gets the moment at which it must give up; `report` hears of each that fails.
    ///
    /// # Errors
    /// The last attempt's; a refusal of the arguments at once.
    pub fn spend_on<T>(
        self,
        report: Report,
        mut attempt: impl FnMut(Option<Instant>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        if self.end.is_some_and(|end| end <= Instant::now()) {
            return Err(time_is_over());
        }
        let mut backoff = Backoff::new(self);
        let mut before: Option<anyhow::Error> = None;
        loop {
            let timeout = self.timeout.map(|duration| Instant::now() + duration);
            let deadline = earlier(earlier(timeout, backoff.give_up()), self.end);
            let error = match attempt(deadline) {
                Ok(success) => return Ok(success),
                Err(error) => error,
            };
            let pause = if may_pass(&error) { backoff.next_pause() } else { None };
            match pause {
                Some(pause) => {
                    report.step(format!("{}; trying again", sentence(&error)));
                    std::thread::sleep(pause);
                    before = Some(error);
                }
                None => return Err(backoff.last_word(error, before)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Form, Level};

    fn backoff(retry_for: Option<Duration>, end: Option<Duration>) -> Backoff {
        let end = end.map(|duration| Instant::now() + duration);
        Backoff::new(RetryPolicy { retry_for, end, ..RetryPolicy::default() })
    }

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn pauses_double_up_to_a_second_and_vary_by_half() {
        let mut backoff = backoff(Some(HOUR), None);
        for full in [50, 100, 200, 400, 800, 1000, 1000, 1000].map(Duration::from_millis) {
            let pause = backoff.next_pause().unwrap();
            assert!(pause >= full / 2 && pause <= full, "{pause:?} of {full:?}");
        }
    }

    #[test]
    fn many_do_not_come_in_step() {
        let first = || backoff(Some(HOUR), None).next_pause();
        assert!((0..20).any(|_| first() != first()));
    }

    /// A tenth of the time is for the last attempt but one, and 100 ms at most.
    #[test]
    fn the_last_attempt_but_one_comes_a_moment_before_the_end() {
        for (time, last) in [(60_000, 59_900), (1000, 900), (10_000, 9900)] {
            let (time, last) = (Duration::from_millis(time), Duration::from_millis(last));
            let began = Instant::now();
            let mut backoff = backoff(Some(time), None);
            backoff.pause = HOUR;
            let pause = backoff.next_pause().unwrap();
            assert!(pause <= last, "{pause:?}");
            // What has passed since then is no pause.
            assert!(pause + began.elapsed() >= last, "{pause:?}");
        }
        assert_eq!(backoff(Some(Duration::from_millis(500)), None).moment.as_millis(), 50);
    }

    #[test]
    fn the_last_attempt_comes_at_the_end() {
        let (began, time) = (Instant::now(), Duration::from_millis(30));
        let mut backoff = backoff(Some(time), None);
        while let Some(pause) = backoff.next_pause() {
            std::thread::sleep(pause);
        }
        assert!(began.elapsed() >= time);
    }

    #[test]
    fn without_time_nothing_is_tried_again() {
        assert_eq!(backoff(None, None).next_pause(), None);
        assert_eq!(backoff(Some(Duration::ZERO), None).next_pause(), None);
        assert_eq!(backoff(Some(HOUR), Some(Duration::ZERO)).next_pause(), None);
        let mut cancelled = backoff(Some(HOUR), None);
        cancelled.cancel();
        assert_eq!(cancelled.next_pause(), None);
    }

    #[test]
    fn the_last_word_tells_how_often_it_was_tried() {
        let refused = || refusal(Cause::Unreachable, "connection refused");
        let mut backoff = backoff(Some(HOUR), None);
        assert_eq!(sentence(&backoff.last_word(refused(), None)), "connection refused");
        backoff.next_pause();
        backoff.next_pause();
        let error = backoff.last_word(refused(), None);
        assert_eq!(sentence(&error), "connection refused (3 attempts)");
        let late = refusal(Cause::Timeout, "no answer in time");
        let error = backoff.last_word(late, Some(refused()));
        assert_eq!(sentence(&error), "connection refused (3 attempts)");
        assert_eq!(cause_of(&error), Cause::Unreachable);
    }

    /// It is the time of the run that was too short then.
    #[test]
    fn the_end_of_the_run_is_a_timeout() {
        let backoff = backoff(Some(HOUR), Some(HOUR / 2));
        let error = backoff.last_word(refusal(Cause::Unreachable, "connection refused"), None);
        assert_eq!(cause_of(&error), Cause::Timeout);
        let told = sentence(&error);
        assert_eq!(told, "the time limit of --max-time is over; connection refused");
    }

    #[test]
    fn a_refusal_of_the_arguments_is_final() {
        let mut attempts = 0;
        let retry_policy = RetryPolicy { retry_for: Some(HOUR), ..RetryPolicy::default() };
        let report = Report { level: Level::Errors, form: Form::Text };
        let result = retry_policy.spend_on(report, |_| {
            attempts += 1;
            Err::<(), _>(refusal(Cause::Usage, "it makes no sense"))
        });
        assert_eq!((attempts, cause_of(&result.unwrap_err())), (1, Cause::Usage));
    }
}
