//! What a datagram client receives, and prints.

use std::io;

use anyhow::Context as _;

use super::Client;
use crate::engine::datagram::candidates::{Candidate, is_about_the_way, is_refusal};
use crate::engine::datagram::{TURN, tell_lost, tell_received};
use crate::sys::datagrams::BATCH;

impl Client {
    /// Receives what has come, and prints it, for a turn.
    pub fn receive_from(&mut self) {
        self.receive_a_turn().unwrap_or_else(|error| self.fail(error));
    }

    fn receive_a_turn(&mut self) -> anyhow::Result<()> {
        for _ in 0..TURN {
            if !self.can_receive() {
                break;
            }
            let Some(Candidate { socket, .. }) = self.candidates.in_use() else { return Ok(()) };
            let most = self.progress.most_wanted(&self.options);
            let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(BATCH);
            match self.batch.receive(socket, most) {
                Ok(0) => return Ok(()),
                Ok(count) => self.print(count)?,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.readable = false,
                Err(error) if is_refusal(&error) => return self.refuse(error),
                Err(error) if is_about_the_way(&error) => {}
                Err(error) => return Err(error).context("receive"),
            }
        }
        Ok(())
    }

    fn print(&mut self, count: usize) -> anyhow::Result<()> {
        if !self.progress.has_answers() {
            self.confirm_candidate();
        }
        let came = (0..count).map(|slot| self.batch.get(slot).datagrams().count()).sum();
        self.progress.came(came);
        let local = self.total.local.as_deref().unwrap_or_default();
        tell_lost(&self.batch, count, &self.lost, local, self.options.report);
        let mut cut = None;
        for slot in 0..count {
            let datagram = self.batch.get(slot);
            self.total.bytes_in += datagram.bytes.len() as u64;
            let local = self.total.local.as_deref().unwrap_or_default();
            cut = cut.or(tell_received(&datagram, local, self.options.report));
            if !self.options.send_only {
                self.output.print(&datagram);
            }
        }
        cut.map_or(Ok(()), Err)
    }

    pub(super) fn can_receive(&self) -> bool {
        let wanted = self.progress.most_wanted(&self.options) != Some(0);
        wanted && self.readable && self.may_talk() && self.output.has_room()
    }
}
