//! What a datagram client sends: what the address before has not answered, then stdin's datagrams,
//! as fast as the rate allows.

use std::io;
use std::time::Instant;

use super::Client;
use super::pace::Pace;
use crate::engine::datagram::candidates::{Candidate, is_about_the_way, is_refusal};
use crate::engine::datagram::{MOST_AT_ONCE, TURN, unsendable};
use crate::outcome::cause_of;
use crate::report::sentence;
use crate::sys::datagrams::Outgoing;

impl Client {
    /// Sends what stdin gives, as fast as the rate allows, for a turn.
    pub fn send_to(&mut self) {
        self.send_a_turn().unwrap_or_else(|error| self.fail(error));
    }

    fn send_a_turn(&mut self) -> anyhow::Result<()> {
        let mut told = false;
        for _ in 0..TURN {
            if !self.can_send() {
                break;
            }
            if let Ok(Some(error)) | Err(error) = self.input.fill() {
                self.end_input(&error);
                break;
            }
            if !self.has_ready() || !self.pace_allows() {
                continue;
            }
            match self.send_batch() {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.writable = false,
                Err(error) if is_refusal(&error) => return self.refuse(error),
                Err(error) if is_about_the_way(&error) && !std::mem::replace(&mut told, true) => {}
                Err(error) => return Err(self.told(error)),
            }
        }
        if self.input.is_done()
            && self.unanswered.is_repeated()
            && self.candidates.in_use().is_some()
        {
            self.progress.everything_is_sent();
        }
        Ok(())
    }

    /// stdin has ended with a failure, which is told; what was sent is still answered.
    fn end_input(&mut self, error: &anyhow::Error) {
        self.options.report.error(error);
        self.told = Some(cause_of(error));
        self.total.reason = sentence(error);
        self.input.end();
    }

    fn send_batch(&mut self) -> io::Result<()> {
        let Some(Candidate { socket, to, .. }) = self.candidates.in_use() else { return Ok(()) };
        let mut due = self.pace.as_ref().map(Pace::due);
        let outgoing: Vec<Outgoing> = self
            .unanswered
            .to_repeat()
            .chain(self.input.ready())
            .take_while(|bytes| due.as_mut().is_none_or(|due| due.take(bytes.len())))
            .take(MOST_AT_ONCE)
            .map(|bytes| Outgoing { bytes, to: to.as_ref(), from: None })
            .collect();
        let count = self.sender.send(socket, &outgoing)?;
        let bytes: usize = outgoing[..count].iter().map(|sent| sent.bytes.len()).sum();
        self.total.bytes_out += bytes as u64;
        if let Some(pace) = &mut self.pace {
            pace.sent(bytes);
        }
        let new = count - self.unanswered.repeated(count);
        self.keep_unanswered(new);
        self.progress.sent(new);
        self.input.sent(new);
        Ok(())
    }

    /// Keeps what was sent for the next address, as long as there is one and nothing answers.
    fn keep_unanswered(&mut self, count: usize) {
        let wanted = !self.progress.has_answers() && self.candidates.are_left();
        if wanted && !self.unanswered.keep(self.input.ready().take(count)) {
            self.confirm_candidate();
        }
    }

    fn told(&self, error: io::Error) -> anyhow::Error {
        let peer = self.candidates.in_use().map(|candidate| &candidate.peer);
        unsendable(self.next_size().unwrap_or_default(), peer, error)
    }

    /// True if there may be something to send, and it may be sent now. While nothing waits for the
    /// pace, stdin is read: it may have ended.
    pub(super) fn can_send(&mut self) -> bool {
        let ready = self.has_ready();
        let allowed = !ready || self.pace_allows();
        allowed && self.writable && self.may_talk() && (ready || self.input.has_more())
    }

    /// True if a datagram waits to be sent.
    fn has_ready(&self) -> bool {
        self.next_size().is_some()
    }

    /// The size of the datagram that waits to be sent.
    fn next_size(&self) -> Option<usize> {
        self.unanswered.to_repeat().chain(self.input.ready()).next().map(<[u8]>::len)
    }

    fn pace_allows(&mut self) -> bool {
        let size = self.next_size().unwrap_or_default();
        self.pace.as_mut().is_none_or(|pace| pace.allows(size))
    }

    /// When a datagram has waited for the pace, if there is one that waits for nothing else.
    pub(super) fn paced_until(&self) -> Option<Instant> {
        let size = self.next_size().filter(|_| self.writable && self.may_talk())?;
        self.pace.as_ref().map(|pace| pace.next(size))
    }
}
