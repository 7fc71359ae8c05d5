//! How a dialogue ends.

use std::time::Instant;

use anyhow::Context as _;

use super::peer::Peer;
use super::{Dialogue, TIMER};
use crate::engine::stop::DRAIN;
use crate::net::retry::earlier;
use crate::outcome::{Cause, Outcome, cause_of};

impl Dialogue {
    /// Half-closes, prints what else the peer says up to its end or for a moment, and tells how
    /// the dialogue ended.
    ///
    /// # Errors
    /// That of `talked`; that of stdout.
    pub fn close(mut self, talked: anyhow::Result<()>) -> anyhow::Result<Outcome> {
        let result = talked.and_then(|()| self.half_close_and_drain()).and(Ok(Outcome::Success));
        // Also after an error stdout gets what was heard before it.
        let heard = std::mem::take(&mut self.heard);
        self.options.end = Some(Instant::now() + DRAIN);
        let printed = self.print(&heard);
        let settled = self.stdio.output.flush_by(self.options.end);
        let result = result
            .and_then(|outcome| printed.and(settled.context("write stdout")).and(Ok(outcome)));
        self.total.peer = Some(self.peer_name);
        self.total.seconds = self.began.elapsed().as_secs_f64();
        self.total.reason = "the dialogue is done".into();
        self.options.report.ended(&result, self.total);
        result
    }

    /// Ends the sending side of a connection, and hears the peer out.
    fn half_close_and_drain(&mut self) -> anyhow::Result<()> {
        if let Peer::Records(stream) = &mut self.peer {
            let _ = stream.finish();
        }
        let Peer::Stream(stream) = &mut self.peer else { return Ok(()) };
        // Every line was answered: what happens from here on loses nothing.
        let _ = stream.finish();
        self.hear_out()
    }

    fn hear_out(&mut self) -> anyhow::Result<()> {
        let until = Instant::now() + DRAIN;
        let end = earlier(self.options.end, Some(until));
        loop {
            let ended = !matches!(self.listen(), Ok(false));
            let heard = std::mem::take(&mut self.heard);
            self.print(&heard)?;
            if ended || end.is_some_and(|end| end <= Instant::now()) {
                return Ok(());
            }
            if !self.can_hear() {
                self.reactor.wake_by(until, TIMER);
                match self.wait() {
                    Err(error) if cause_of(&error) == Cause::Timeout => return Ok(()),
                    other => other?,
                }
            }
        }
    }
}
