//! What is left to do when a connection is over.

use super::Server;
use crate::engine::session::Session;
use crate::outcome::is_reader_gone;

impl Server {
    /// A session is over.
    pub(super) fn part(&mut self, mut session: Box<Session>) -> anyhow::Result<()> {
        self.bytes_in += session.bytes_in();
        self.bytes_out += session.bytes_out();
        let missed_target = session.has_missed_target();
        let lost_stdout = session.has_lost_stdout();
        let was_stranger = session.is_greeting() && self.terms.serves_the_first_verified();
        let others_go_on = was_stranger || session.has_fallen_behind();
        let verdict = session.verdict();
        if self.terms.bounds.report.tells_connections() {
            self.terms.bounds.report.disconnected(&session.summary(&verdict));
        }
        if self.terms.once {
            self.child_status = session.child_status();
        }
        let returned = session.into_stdio();
        let had_stdio = returned.is_some();
        self.stdio = returned.or_else(|| self.stdio.take());
        self.leave();
        if let Err(error) = verdict {
            // Nothing that comes later could be delivered.
            if lost_stdout && (!self.stopping || is_reader_gone(&error)) {
                return Err(error);
            }
            self.note_end(error, missed_target, others_go_on);
        }
        if had_stdio { self.after_conversation() } else { Ok(()) }
    }

    /// Something ended badly.
    fn note_end(&mut self, error: anyhow::Error, missed_target: bool, others_go_on: bool) {
        if missed_target && !self.terms.once {
            self.bear_outage(&error);
        } else if self.stopping || self.terms.keep_open || others_go_on {
            self.terms.bounds.report.error(&error);
        } else if self.terms.serves_one() {
            self.failure = Some(error);
        }
    }

    /// stdin and stdout are there for the next.
    fn after_conversation(&mut self) -> anyhow::Result<()> {
        self.watch_stdio()?;
        match self.waiting.pop_front() {
            Some(next) if !self.stopping => self.serve(next),
            _ => Ok(()),
        }
    }
}
