//! Answers that come whole: a datagram, a record.

use std::io;
use std::ops::Range;
use std::time::Instant;

use anyhow::Context as _;

use super::Dialogue;
use super::peer::Peer;
use crate::engine::endpoint::Read;
use crate::engine::frame::{Frame, LENGTH, split_record};
use crate::outcome::{Cause, refusal};

impl Dialogue {
    /// Waits for a datagram and prints it.
    pub(super) fn print_datagram(&mut self, line: &[u8]) -> anyhow::Result<()> {
        let Some(socket) = self.peer.socket() else { return Ok(()) };
        match io::Read::read(&mut &*socket, &mut self.buffer) {
            Ok(count) => self.print_answer(0..count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait(),
            Err(error) => {
                self.bear(error, line)?;
                self.send(line)
            }
        }
    }

    /// Waits for a record and prints it.
    pub(super) fn print_record(&mut self) -> anyhow::Result<()> {
        let Peer::Records(stream) = &mut self.peer else { return Ok(()) };
        let read = stream.read(&mut self.buffer);
        match read.with_context(|| format!("receive from {}", self.peer_name))? {
            Read::NotYet => self.wait(),
            Read::Eof => {
                let text = format!("receive from {}: it ended without an answer", self.peer_name);
                Err(refusal(Cause::Transfer, text))
            }
            Read::Data(count) => {
                let (record, _) = split_record(&self.buffer[..count]).unwrap_or_default();
                self.print_answer(LENGTH..LENGTH + record.len())
            }
        }
    }

    /// Prints the answer that is at this place in the buffer.
    fn print_answer(&mut self, place: Range<usize>) -> anyhow::Result<()> {
        self.total.bytes_in += place.len() as u64;
        self.last_byte = Instant::now();
        (self.answered, self.was_answered) = (true, true);
        let mut printed = Vec::new();
        Frame::Line.print(&self.buffer[place], &mut printed);
        self.print(&printed)
    }
}
