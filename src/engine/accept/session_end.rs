//! What is left to do when a connection is over.

use super::Server;
use crate::engine::session::Session;
use crate::outcome::is_reader_gone;

impl Server {
    /// A session is over.
    pub(super) fn on_session_end(&mut self, mut session: Box<Session>) -> anyhow::Result<()> {
        self.bytes_in += session.bytes_in();
        self.bytes_out += session.bytes_out();
        let missed_target = session.has_missed_target();
        let lost_stdout = session.has_lost_stdout();
        let was_greeting = session.is_greeting();
        let was_stranger = was_greeting && self.options.serves_the_first_verified();
        let lost_record = session.has_lost_record() && !self.options.serves_one();
        let others_go_on = was_stranger || session.has_fallen_behind() || lost_record;
        let verdict = session.verdict();
        if self.options.bounds.report.tells_connections() {
            self.options.bounds.report.disconnected(&session.summary(&verdict));
        }
        if self.options.once {
            self.child_status = session.child_status();
        }
        let returned = session.into_stdio();
        let had_stdio = returned.is_some();
        self.stdio = returned.or_else(|| self.stdio.take());
        if was_greeting {
            self.end_wait(1);
        } else {
            self.leave();
        }
        if let Err(error) = verdict {
            // Nothing that comes later could be delivered.
            if lost_stdout && (!self.stopping || is_reader_gone(&error)) {
                return Err(error);
            }
            // A stranger who was refused is nothing that a stop has cut off.
            if !(was_greeting && self.stopping) || self.options.serves_one() {
                self.note_end(error, missed_target, others_go_on);
            }
        }
        if had_stdio {
            // They are there for the next.
            self.watch_stdio()?;
        }
        Ok(())
    }

    /// Something ended badly.
    fn note_end(&mut self, error: anyhow::Error, missed_target: bool, others_go_on: bool) {
        if missed_target && !self.options.once {
            self.on_outage(&error);
        } else if self.stopping || self.options.keep_open || others_go_on {
            self.options.bounds.report.error(&error);
        } else if self.options.serves_one() {
            self.failure = Some(error);
        }
    }
}
