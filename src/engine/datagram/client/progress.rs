//! What was sent and what has come, and when: from that follows when an exchange is over.

use std::time::{Duration, Instant};

use super::options::Options;
use crate::engine::datagram::silence;
use crate::net::retry::{earlier, time_is_over};
use crate::outcome::{Cause, refusal};

/// How long answers are waited for where the user does not say.
const DEFAULT_WAIT: Duration = Duration::from_secs(1);

/// How far an exchange has come.
#[derive(Debug)]
pub struct Progress {
    sent: u64,
    came: u64,
    last_datagram: Instant,
    /// Since when answers are waited for: stdin's end, or the last of them.
    waiting_since: Option<Instant>,
}

impl Progress {
    /// Nothing is sent and nothing has come.
    #[must_use]
    pub fn new() -> Self {
        Self { sent: 0, came: 0, last_datagram: Instant::now(), waiting_since: None }
    }

    /// Notes datagrams that went out, `new` of which were not sent before.
    pub fn sent(&mut self, new: usize) {
        self.sent += new as u64;
        self.last_datagram = Instant::now();
    }

    /// Notes datagrams that came.
    pub fn came(&mut self, count: usize) {
        self.came += count as u64;
        self.last_datagram = Instant::now();
        self.waiting_since = self.waiting_since.map(|_| self.last_datagram);
    }

    /// True once anything has come.
    #[must_use]
    pub fn has_answers(&self) -> bool {
        self.came > 0
    }

    /// How many datagrams may still come before the exchange is over.
    #[must_use]
    pub fn most_wanted(&self, options: &Options) -> Option<u64> {
        options.replies.map(|replies| replies.saturating_sub(self.came))
    }

    /// Everything is sent: from now on answers are waited for.
    pub fn everything_is_sent(&mut self) {
        self.waiting_since.get_or_insert_with(Instant::now);
    }

    /// Something is to be sent again: answers are not waited for yet.
    pub fn sends_again(&mut self) {
        self.waiting_since = None;
    }

    /// True when nothing more is sent or waited for. `to_many`: nobody knows how many answers
    /// there will be.
    ///
    /// # Errors
    /// Expected answers did not come.
    pub fn is_over(&self, options: &Options, to_many: bool, now: Instant) -> anyhow::Result<bool> {
        if self.most_wanted(options) == Some(0) {
            return Ok(true);
        }
        let Some(answers_by) = self.answers_by(options) else { return Ok(false) };
        let in_time = now < answers_by;
        match options.replies {
            _ if options.send_only => Ok(true),
            Some(_) if in_time => Ok(false),
            Some(replies) => {
                let text = format!("{} of {replies} expected answers came in time", self.came);
                Err(refusal(Cause::Expectation, text))
            }
            None => {
                let counts = options.after_eof.is_none() && !to_many;
                Ok(!in_time || (counts && self.came >= self.sent))
            }
        }
    }

    /// Fails when a time that the user set is over.
    ///
    /// # Errors
    /// [`Cause::Timeout`].
    pub fn check_limits(&self, options: &Options, now: Instant) -> anyhow::Result<()> {
        if options.end.is_some_and(|end| end <= now) {
            return Err(time_is_over());
        }
        match options.idle {
            Some(idle) if self.last_datagram + idle <= now => {
                Err(refusal(Cause::Timeout, silence(idle)))
            }
            _ => Ok(()),
        }
    }

    /// When a time that the user set is over.
    #[must_use]
    pub fn limit(&self, options: &Options) -> Option<Instant> {
        earlier(options.idle.map(|idle| self.last_datagram + idle), options.end)
    }

    /// Until when answers are waited for.
    #[must_use]
    pub fn answers_by(&self, options: &Options) -> Option<Instant> {
        self.waiting_since.map(|since| since + wait(options))
    }
}

fn wait(options: &Options) -> Duration {
    options.after_eof.unwrap_or(DEFAULT_WAIT)
}
