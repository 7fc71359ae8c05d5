//! stdin and stdout seen as datagrams.

use std::io;
use std::time::Instant;

use anyhow::Context as _;

use crate::engine::endpoint::Read;
use crate::engine::endpoint::stdio::{Input, Output};
use crate::engine::frame::{Frame, Splitter};
use crate::outcome::{Cause, refusal};
use crate::sys::datagrams::Received;

/// How many bytes wait for stdout before no more datagrams are received.
const ROOM: usize = 4 << 20;

/// From so many bytes on it costs less to write them by themselves than to copy them together.
const DIRECT: usize = 16 << 10;

/// stdin, cut into datagrams.
#[derive(Debug)]
pub struct FramedInput {
    /// The bytes.
    pub stdin: Input,
    splitter: Splitter,
    buffer: Box<[u8]>,
    /// What is wrong with what was read; told when all before it is sent.
    fault: Option<anyhow::Error>,
    ended: bool,
}

impl FramedInput {
    /// stdin, read `buffer` bytes at a time, cut into datagrams of `largest` bytes at most.
    #[must_use]
    pub fn new(stdin: Input, frame: Frame, largest: usize, buffer: usize) -> Self {
        let buffer = vec![0; buffer].into_boxed_slice();
        Self { stdin, splitter: Splitter::new(frame, largest), buffer, fault: None, ended: false }
    }

    /// Reads once if no datagram is complete. More may be there after that, with or without a
    /// datagram: an input that makes none must not keep the loop from everything else. Gives what
    /// is wrong with a line that was dropped, once all before it is sent.
    ///
    /// # Errors
    /// What cannot be read, or made a datagram of and passed over, once all before it is sent.
    pub fn fill(&mut self) -> anyhow::Result<Option<anyhow::Error>> {
        if !self.splitter.is_empty() {
            return Ok(None);
        }
        if self.fault.is_none() && self.may_give_more() {
            self.read()?;
        }
        let Some(fault) = self.fault.take_if(|_| self.splitter.is_empty()) else {
            return Ok(None);
        };
        if !self.splitter.can_go_on() {
            self.ended = true;
            return Err(fault);
        }
        let cut = self.splitter.feed(&[]);
        self.note(cut);
        Ok(Some(fault))
    }

    fn read(&mut self) -> anyhow::Result<()> {
        let cut = match self.stdin.read(&mut self.buffer).context("read stdin")? {
            Read::NotYet => return Ok(()),
            Read::Data(count) => self.splitter.feed(&self.buffer[..count]),
            Read::Eof => {
                self.ended = true;
                self.splitter.finish()
            }
        };
        self.note(cut);
        Ok(())
    }

    fn note(&mut self, cut: Result<(), String>) {
        self.fault = cut.err().map(|what| refusal(Cause::Transfer, format!("stdin: {what}")));
    }

    fn may_give_more(&self) -> bool {
        !self.ended && self.stdin.can_read()
    }

    /// The datagrams to send next, in order.
    pub fn ready(&self) -> impl Iterator<Item = &[u8]> {
        self.splitter.ready()
    }

    /// True if there may be something to send without waiting, or to fail for.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.has_ready() || self.fault.is_some() || self.may_give_more()
    }

    /// True if a datagram waits to be sent.
    #[must_use]
    pub fn has_ready(&self) -> bool {
        !self.splitter.is_empty()
    }

    /// The first `count` datagrams are sent.
    pub fn sent(&mut self, count: usize) {
        self.splitter.drop_first(count);
    }

    /// Reads no more, and drops what was read.
    pub fn end(&mut self) {
        self.ended = true;
        self.splitter.drop_first(usize::MAX);
    }

    /// True once stdin has ended and all of it is sent.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.ended && self.splitter.is_empty() && self.fault.is_none()
    }
}

/// stdout, which datagrams are printed on.
#[derive(Debug)]
pub struct FramedOutput {
    /// Where the bytes go.
    pub stdout: Output,
    frame: Frame,
    pending: Vec<u8>,
    written: usize,
}

impl FramedOutput {
    /// stdout, with this way of printing a datagram.
    #[must_use]
    pub fn new(stdout: Output, frame: Frame) -> Self {
        Self { stdout, frame, pending: Vec::new(), written: 0 }
    }

    /// True if more datagrams may be received: what waits for stdout is bounded.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.pending.len() - self.written < ROOM
    }

    /// True once everything is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Prints what was received, as far as stdout takes it now or at the next `flush`.
    pub fn print(&mut self, received: &Received<'_>) {
        if received.bytes.len() >= DIRECT && self.prints_as_it_is(received) {
            let written = self.write_at_once(received.bytes);
            self.pending.extend_from_slice(&received.bytes[written..]);
            return;
        }
        for datagram in received.datagrams() {
            self.frame.print(datagram, &mut self.pending);
        }
    }

    fn prints_as_it_is(&self, received: &Received<'_>) -> bool {
        received.datagrams().all(|datagram| self.frame.prints_as_it_is(datagram))
    }

    /// Writes bytes from where they are; gives how many, which is 0 if others wait before them.
    /// An error comes up again at the next `flush`.
    fn write_at_once(&mut self, bytes: &[u8]) -> usize {
        let is_next = self.flush().is_ok() && self.is_empty();
        if is_next { self.stdout.write(bytes).ok().flatten().unwrap_or(0) } else { 0 }
    }

    /// Writes what stdout takes.
    ///
    /// # Errors
    /// That of stdout, its reader's leaving for one.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        if let Some(error) = self.stdout.failure() {
            return Err(error).context("write stdout");
        }
        while self.written < self.pending.len() {
            match self.stdout.write(&self.pending[self.written..]).context("write stdout")? {
                Some(count) => self.written += count,
                None => break,
            }
        }
        // What is written must go even if stdout never catches up; moving the rest to the front
        // only when it is the smaller part costs no more than writing did.
        if self.written * 2 >= self.pending.len() {
            self.pending.drain(..self.written);
            self.written = 0;
        }
        Ok(())
    }

    /// Drops what waits for a stdout that has failed.
    pub fn discard(&mut self) {
        (self.pending, self.written) = (Vec::new(), 0);
    }

    /// Ends stdout and waits until all of it is out, or the time is.
    ///
    /// # Errors
    /// The last word of the system on what was written.
    pub fn close_by(mut self, deadline: Option<Instant>) -> io::Result<()> {
        self.stdout.flush_by(deadline)
    }
}
