//! Answers that come whole: a datagram, a record.

use std::io;
use std::time::Instant;

use anyhow::Context as _;

use super::Dialogue;
use super::peer::Peer;
use crate::engine::endpoint::{LARGEST_RECORD, Read};
use crate::engine::frame::{Frame, split_record};
use crate::outcome::{Cause, refusal};
use crate::sys::datagrams::LARGEST_UNIX;

impl Dialogue {
    /// Waits for a datagram and prints it.
    pub(super) fn print_datagram(&mut self, line: &[u8]) -> anyhow::Result<()> {
        let Some(socket) = self.peer.socket() else { return Ok(()) };
        let mut buffer = vec![0; LARGEST_UNIX];
        match io::Read::read(&mut &*socket, &mut buffer) {
            Ok(count) => {
                self.total.bytes_in += count as u64;
                self.last_byte = Instant::now();
                self.answered = true;
                let mut printed = Vec::new();
                Frame::Line.print(&buffer[..count], &mut printed);
                self.print(&printed)
            }
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
        let mut buffer = vec![0; LARGEST_RECORD];
        let read = stream.read(&mut buffer);
        match read.with_context(|| format!("receive from {}", self.peer_name))? {
            Read::NotYet => self.wait(),
            Read::Eof => {
                let text = format!("receive from {}: it ended without an answer", self.peer_name);
                Err(refusal(Cause::Transfer, text))
            }
            Read::Data(count) => {
                let (record, _) = split_record(&buffer[..count]).unwrap_or_default();
                self.total.bytes_in += record.len() as u64;
                self.last_byte = Instant::now();
                self.answered = true;
                let mut printed = Vec::new();
                Frame::Line.print(record, &mut printed);
                self.print(&printed)
            }
        }
    }
}
