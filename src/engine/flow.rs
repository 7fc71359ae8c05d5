//! A flow: bytes going one way, from an endpoint to an endpoint. Open, then draining once its
//! source has ended, then closed.

use std::io;

use super::endpoint::{Endpoint, Read};
use super::filter::Filter;
use super::pipes::Pipes;
use super::pump::{self, Fault, Moved, Pump};

/// How much a flow moves before it lets the others have their turn.
const TURN: u64 = 4 << 20;

/// The same into a room: those in it have to be given some of it before it is full.
const TURN_TO_SPEAK: u64 = 128 << 10;

/// How many bytes are filtered at a time: the output can be thirty times larger, and is held while
/// the peer does not read.
const FILTERED: usize = 8 << 10;

/// Where a flow comes from or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The connection.
    Peer,
    /// What it is connected with.
    Local,
    /// Neither: what goes there is dropped.
    Nowhere,
}

/// A session's two ends.
#[derive(Debug)]
pub struct Ends {
    /// The connection.
    pub peer: Endpoint,
    /// What it is connected with.
    pub local: Endpoint,
    nowhere: Endpoint,
}

impl Ends {
    /// The two ends of a session.
    #[must_use]
    pub fn new(peer: Endpoint, local: Endpoint) -> Self {
        Self { peer, local, nowhere: Endpoint::Nowhere }
    }

    /// One of the two, or nowhere.
    pub fn get(&mut self, side: Side) -> &mut Endpoint {
        match side {
            Side::Peer => &mut self.peer,
            Side::Local => &mut self.local,
            Side::Nowhere => &mut self.nowhere,
        }
    }

    fn pair(&mut self, from: Side) -> (&mut Endpoint, &mut Endpoint) {
        match from {
            Side::Local => (&mut self.local, &mut self.peer),
            _ => (&mut self.peer, &mut self.local),
        }
    }
}

/// Where a flow is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Draining,
    Closed,
}

/// Memory and pipes that flows share, because only one moves bytes at a time.
#[derive(Debug)]
pub struct Scratch {
    input: Box<[u8]>,
    output: Vec<u8>,
    pipes: Pipes,
}

impl Scratch {
    /// Room to read `size` bytes at once.
    #[must_use]
    pub fn new(size: usize) -> Self {
        let input = vec![0; size].into_boxed_slice();
        Self { input, output: Vec::new(), pipes: Pipes::default() }
    }
}

/// What a rule may change about a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    reading_is_over: bool,
    writing_is_over: bool,
    may_finish: bool,
}

/// Bytes going one way.
#[derive(Debug)]
pub struct Flow {
    from: Side,
    to: Side,
    state: State,
    pump: Pump,
    filter: Filter,
    /// Bytes read and not yet written, from `written` on.
    pending: Vec<u8>,
    written: usize,
    /// False as long as the sink must stay open though all is written.
    may_finish: bool,
    /// False if the sink outlives the flow.
    finishes_sink: bool,
    /// True if a source that failed must not look like one that ended well.
    passes_failure: bool,
    fault: Option<Fault>,
    taken: u64,
    given: u64,
}

impl Flow {
    /// An open flow.
    #[must_use]
    pub fn new(from: Side, to: Side, pump: Pump, filter: Filter) -> Self {
        Self {
            from,
            to,
            state: State::Open,
            pump,
            filter,
            pending: Vec::new(),
            written: 0,
            may_finish: true,
            finishes_sink: true,
            passes_failure: false,
            fault: None,
            taken: 0,
            given: 0,
        }
    }

    /// A flow that reads one side and drops what comes.
    #[must_use]
    pub fn into_nowhere(from: Side) -> Self {
        Self::new(from, Side::Nowhere, Pump::Buffered, Filter::None)
    }

    /// Leaves the sink as it is at the end.
    pub fn keep_sink_open(&mut self) {
        self.finishes_sink = false;
    }

    /// Leaves the sink as it is if the source fails: an end would say that all is well.
    pub fn pass_failure_on(&mut self) {
        self.passes_failure = true;
    }

    /// Says whether the sink may be finished once all is written.
    pub fn allow_finish(&mut self, allowed: bool) {
        self.may_finish = allowed;
    }

    /// What a rule may change.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            reading_is_over: self.source_has_ended(),
            writing_is_over: self.is_closed(),
            may_finish: self.may_finish,
        }
    }

    /// Where the flow comes from.
    #[must_use]
    pub fn source(&self) -> Side {
        self.from
    }

    /// Where the flow goes.
    #[must_use]
    pub fn sink(&self) -> Side {
        self.to
    }

    /// True once nothing more is read.
    #[must_use]
    pub fn source_has_ended(&self) -> bool {
        self.state != State::Open
    }

    /// True once everything is written and the sink finished, or once the flow has failed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Bytes read.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Bytes written.
    #[must_use]
    pub fn given(&self) -> u64 {
        self.given
    }

    /// Bytes read that are not written.
    #[must_use]
    pub fn held(&self) -> usize {
        self.filter.payload(&self.pending[self.written..]) + self.pump.held()
    }

    /// Why the flow failed, if it did.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// True if the sink took no more.
    #[must_use]
    pub fn has_failed_to_write(&self) -> bool {
        matches!(self.fault, Some(Fault::Sink(_)))
    }

    /// Reads no more; what was read is still written.
    pub fn stop_reading(&mut self) {
        if self.state == State::Open {
            self.state = State::Draining;
            if let Err(text) = self.filter.finish(&mut self.pending) {
                self.fault.get_or_insert(Fault::Source(io::Error::other(text)));
            }
        }
    }

    /// Reads no more; what was read and is nothing whole yet stays with the filter.
    pub fn set_aside(&mut self) {
        if self.state == State::Open {
            self.state = State::Draining;
        }
    }

    /// Gives back the filter, with what it holds.
    pub fn into_filter(self) -> Filter {
        self.filter
    }

    /// Gives up, with what was read and not written.
    pub fn abandon(&mut self) {
        self.state = State::Closed;
        self.pump = Pump::Buffered;
        (self.pending, self.written) = (Vec::new(), 0);
    }

    /// Moves what can be moved now; true if there is more that no event will tell of.
    pub fn run(&mut self, ends: &mut Ends, scratch: &mut Scratch) -> bool {
        let more = self.take_turn(ends, scratch);
        ends.get(self.to).flush();
        more
    }

    fn take_turn(&mut self, ends: &mut Ends, scratch: &mut Scratch) -> bool {
        let (taken_before, given_before) = (self.taken, self.given);
        while self.state != State::Closed {
            match self.step(ends, scratch) {
                Ok(Moved::Bytes { taken, given }) => {
                    self.taken += taken as u64;
                    self.given += given as u64;
                    let moved = (self.taken - taken_before).max(self.given - given_before);
                    if moved > TURN || (moved > TURN_TO_SPEAK && self.speaks(ends)) {
                        return true;
                    }
                }
                Ok(Moved::Again) => {}
                Ok(Moved::Eof) => self.stop_reading(),
                Ok(Moved::NotYet) => return false,
                Ok(Moved::Refused(bytes)) => {
                    self.pump = Pump::Buffered;
                    self.pending = bytes;
                }
                Err(fault) => self.fail(fault),
            }
        }
        false
    }

    fn speaks(&self, ends: &mut Ends) -> bool {
        matches!(ends.get(self.to), Endpoint::Seat(_))
    }

    /// The one thing to do next: write what is pending, finish, or read.
    fn step(&mut self, ends: &mut Ends, scratch: &mut Scratch) -> Result<Moved, Fault> {
        if self.written < self.pending.len() {
            return self.write_pending(ends);
        }
        if let Pump::Spliced(splice) = &mut self.pump
            && splice.holds_bytes()
        {
            return splice.drain(ends.get(self.to), &mut scratch.pipes);
        }
        if self.state == State::Draining {
            return self.finish(ends);
        }
        if !ends.get(self.from).can_read() {
            return Ok(Moved::NotYet);
        }
        match &mut self.pump {
            Pump::Buffered => self.copy(ends, scratch),
            _ if !ends.get(self.to).can_write() => Ok(Moved::NotYet),
            Pump::SendFile => {
                let (from, to) = ends.pair(self.from);
                pump::send_file(from, to)
            }
            Pump::Spliced(splice) if splice.prefers_copying() => self.copy(ends, scratch),
            Pump::Spliced(splice) => {
                let (from, to) = ends.pair(self.from);
                splice.run(from, to, &mut scratch.pipes)
            }
        }
    }

    fn write_pending(&mut self, ends: &mut Ends) -> Result<Moved, Fault> {
        let sink = ends.get(self.to);
        let Some(count) = sink.write(&self.pending[self.written..]).map_err(Fault::Sink)? else {
            return Ok(Moved::NotYet);
        };
        self.written += count;
        if self.written == self.pending.len() {
            // An idle flow holds no memory.
            (self.pending, self.written) = (Vec::new(), 0);
        }
        Ok(Moved::Bytes { taken: 0, given: count })
    }

    /// The half-close, of whatever the sink is.
    fn finish(&mut self, ends: &mut Ends) -> Result<Moved, Fault> {
        if !self.may_finish {
            return Ok(Moved::NotYet);
        }
        self.state = State::Closed;
        if self.finishes_sink {
            ends.get(self.to).finish().map_err(Fault::Sink)?;
        }
        Ok(Moved::NotYet)
    }

    /// Reads once, counted even if the sink fails, and writes at once; what has no room is kept.
    fn copy(&mut self, ends: &mut Ends, scratch: &mut Scratch) -> Result<Moved, Fault> {
        let size = if self.filter.is_none() || self.filter.takes_records() {
            scratch.input.len()
        } else {
            scratch.input.len().min(FILTERED)
        };
        let count = match ends.get(self.from).read(&mut scratch.input[..size]) {
            Ok(Read::Data(count)) => count,
            Ok(Read::Eof) => return Ok(Moved::Eof),
            Ok(Read::NotYet) => return Ok(Moved::NotYet),
            Err(error) => return Err(Fault::Source(error)),
        };
        self.taken += count as u64;
        if let Pump::Spliced(splice) = &mut self.pump {
            splice.note_copied(count, size);
        }
        let input = &scratch.input[..count];
        if self.filter.is_none() {
            return self.give(ends, input);
        }
        scratch.output.clear();
        let filtered = self.filter.feed(input, &mut scratch.output);
        let moved = self.give(ends, &scratch.output)?;
        if let Err(text) = filtered {
            // What is left of it is nothing whole.
            self.filter = Filter::None;
            self.fail(Fault::Source(io::Error::other(text)));
        }
        Ok(moved)
    }

    fn give(&mut self, ends: &mut Ends, output: &[u8]) -> Result<Moved, Fault> {
        let written = if output.is_empty() { Ok(None) } else { ends.get(self.to).write(output) };
        let given = written.as_ref().map_or(0, |written| written.unwrap_or(0));
        if given < output.len() {
            self.pending = output[given..].to_vec();
        }
        written.map(|_| Moved::Bytes { taken: 0, given }).map_err(Fault::Sink)
    }

    /// A source that failed is drained like one that ended; without a sink nothing is left to do.
    fn fail(&mut self, fault: Fault) {
        match fault {
            Fault::Source(_) => {
                self.finishes_sink &= !self.passes_failure;
                self.stop_reading();
            }
            Fault::Sink(_) => self.state = State::Closed,
        }
        self.fault.get_or_insert(fault);
    }
}
