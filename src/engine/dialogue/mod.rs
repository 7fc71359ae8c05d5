//! The classic dialogue, in lockstep: a line of stdin is sent, its answer waited for and printed,
//! and only then the next line is read.

mod answers;
mod closing;
mod peer;
mod typed;

use std::io;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use mio::{Interest, Token};

use super::datagram::candidates::{Candidates, Turn, is_refusal};
use super::endpoint::stdio::{Input, Output, Stdio};
use super::endpoint::stream::Stream;
use super::endpoint::{LARGEST_RECORD, Read};
use super::reactor::{Reactor, Readiness};
use crate::net::retry::{earlier, time_is_over};
use crate::outcome::{Cause, failure, refusal};
use crate::report::{Ended, Report, prompt};
use peer::Peer;
use typed::Typed;

const STDIN: Token = Token(0);
const STDOUT: Token = Token(1);
const PEER: Token = Token(2);
const TIMER: Token = Token(3);

/// How much is read from the peer before the loop looks at everything else.
const TURN: usize = 1 << 20;

/// How a dialogue is conducted.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is shown before each line.
    pub prompt: String,
    /// Sends LF as CRLF.
    pub crlf: bool,
    /// The connection carries records, of which each is a line or an answer.
    pub records: bool,
    /// Ends after so long without a byte either way.
    pub idle: Option<Duration>,
    /// When the whole run is over.
    pub end: Option<Instant>,
    /// Carries stdin and stdout by helper threads.
    pub stdio_helpers: bool,
    /// Where events are reported.
    pub report: Report,
}

/// A dialogue of stdin with a peer.
pub struct Dialogue {
    options: Options,
    reactor: Reactor,
    ready: Vec<Readiness>,
    stdio: Stdio,
    peer: Peer,
    peer_name: String,
    typed: Typed,
    /// Bytes from the peer that are not printed yet.
    heard: Vec<u8>,
    peer_ended: bool,
    /// A piece of the answer has come.
    begun: bool,
    answered: bool,
    /// An answer has come that was whole at once.
    was_answered: bool,
    /// Where such answers are received.
    buffer: Box<[u8]>,
    last_byte: Instant,
    began: Instant,
    total: Ended,
}

impl Dialogue {
    /// A dialogue over a connection.
    ///
    /// # Errors
    /// The system's, for stdin, stdout and the event loop.
    pub fn over_stream(mut stream: Stream, options: Options) -> anyhow::Result<Self> {
        let peer = if options.records {
            stream.carry_records().context("ask for records")?;
            Peer::Records(Box::new(stream))
        } else {
            Peer::Stream(Box::new(stream))
        };
        let mut dialogue = Self::open(peer, options)?;
        dialogue.watch_peer()?;
        dialogue.secure()?;
        Ok(dialogue)
    }

    /// The handshake, if there is one to make.
    fn secure(&mut self) -> anyhow::Result<()> {
        let Peer::Stream(stream) = &self.peer else { return Ok(()) };
        let Some(limit) = stream.handshake_limit() else { return Ok(()) };
        let operation = format!("TLS handshake with {}", self.peer_name);
        let until = Instant::now() + limit;
        while let Peer::Stream(stream) = &mut self.peer {
            match stream.secure() {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => {
                    // The alert that tells the peer why.
                    stream.drain_after_refusal();
                    return Err(anyhow::Error::from(error).context(operation));
                }
            }
            if until <= Instant::now() {
                let text = format!("{operation}: not done within {} s", limit.as_secs_f64());
                return Err(refusal(Cause::Timeout, text));
            }
            self.reactor.wake_by(until, TIMER);
            self.wait()?;
        }
        Ok(())
    }

    /// A dialogue in datagrams with the first of these addresses that does not refuse.
    ///
    /// # Errors
    /// As for a stream; those of the look-up.
    pub fn in_datagrams(mut candidates: Candidates, options: Options) -> anyhow::Result<Self> {
        let turn = candidates.begin()?;
        let mut dialogue = Self::open(Peer::Datagrams(Box::new(candidates)), options)?;
        dialogue.turn(turn)?;
        Ok(dialogue)
    }

    fn open(peer: Peer, options: Options) -> anyhow::Result<Self> {
        let reactor = Reactor::new().context("make an event loop")?;
        let input = Input::open(options.stdio_helpers).context("open stdin")?;
        let output = Output::open(options.stdio_helpers).context("open stdout")?;
        let mut stdio = Stdio { input, output, begun: None, has_given: false };
        stdio.watch(&reactor, STDIN, STDOUT).context("watch stdin and stdout")?;
        let now = Instant::now();
        Ok(Self {
            options,
            reactor,
            ready: Vec::new(),
            stdio,
            peer,
            peer_name: "the peer".to_owned(),
            typed: Typed::default(),
            heard: Vec::new(),
            peer_ended: false,
            begun: false,
            answered: false,
            was_answered: false,
            buffer: vec![0; LARGEST_RECORD].into_boxed_slice(),
            last_byte: now,
            began: now,
            total: Ended::default(),
        })
    }

    fn watch_peer(&mut self) -> anyhow::Result<()> {
        let interest = Interest::READABLE | Interest::WRITABLE;
        if let Some(socket) = self.peer.socket() {
            self.reactor.watch(socket, PEER, interest).context("watch the socket")?;
            self.peer_name = self.peer.name();
        }
        Ok(())
    }

    /// Goes on with the next address, once there is one to go on with.
    fn turn(&mut self, mut turn: Turn) -> anyhow::Result<()> {
        while let Turn::NotBefore(time) = turn {
            while Instant::now() < time {
                self.reactor.wake_by(time, TIMER);
                self.wait()?;
            }
            let Peer::Datagrams(candidates) = &mut self.peer else { break };
            turn = candidates.begin()?;
        }
        self.watch_peer()
    }

    /// Prompts and reads a line of stdin, its end included; `None` at an empty line, at the end,
    /// and when the peer has ended while a person thinks.
    ///
    /// # Errors
    /// A timeout; what stdin or stdout refuses.
    pub fn ask(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        prompt::show(&self.options.prompt);
        let mut buffer = [0; 16 * 1024];
        loop {
            self.check_end(Instant::now())?;
            if let Some(line) = self.typed.take_line()? {
                if self.stdio.is_interactive() {
                    end_prompt(&line);
                }
                return Ok(Some(line).filter(|line| !matches!(&line[..], b"" | b"\n" | b"\r\n")));
            }
            if self.stdio.is_interactive() && self.heard.is_empty() && self.listen()? {
                prompt::end_line();
                return Ok(None);
            }
            match self.stdio.input.read(&mut buffer).context("read stdin")? {
                Read::Data(count) => self.typed.add(&buffer[..count]),
                Read::Eof => self.typed.end(),
                Read::NotYet => self.wait()?,
            }
        }
    }

    /// Sends a line.
    ///
    /// # Errors
    /// What the peer or the system refuses; a timeout.
    pub fn send(&mut self, line: &[u8]) -> anyhow::Result<()> {
        let line = if self.options.crlf { with_crlf(line) } else { line.to_vec() };
        self.total.bytes_out += line.len() as u64;
        (self.begun, self.answered) = (false, false);
        let mut rest = &line[..];
        loop {
            self.check_end(Instant::now())?;
            match self.peer.send(rest) {
                Ok(Some(count)) if count >= rest.len() => return self.end_last_line(&line),
                Ok(Some(count)) => rest = &rest[count..],
                // A peer that answers while it reads must not be kept from reading.
                Ok(None) if !self.answered => self.print_line()?,
                Ok(None) if self.can_hear() => self.hear_more()?,
                Ok(None) => self.wait()?,
                Err(error) => self.bear(error, &line)?,
            }
        }
    }

    /// A last line that has no newline ends with the sending side: only so does a peer that
    /// reads lines know that it is complete.
    fn end_last_line(&mut self, line: &[u8]) -> anyhow::Result<()> {
        match &mut self.peer {
            Peer::Stream(stream) if !line.ends_with(b"\n") => {
                stream.finish().with_context(|| format!("send to {}", self.peer_name))
            }
            _ => Ok(()),
        }
    }

    /// Waits for the answer, a line or a datagram, and prints it.
    ///
    /// # Errors
    /// An end or a refusal instead of an answer; a timeout; what stdout refuses.
    pub fn receive(&mut self, line: &[u8]) -> anyhow::Result<()> {
        while !self.answered {
            self.check_end(Instant::now())?;
            match self.peer {
                Peer::Stream(_) => self.print_line()?,
                Peer::Records(_) => self.print_record()?,
                Peer::Datagrams(_) => self.print_datagram(line)?,
            }
        }
        Ok(())
    }

    /// Prints what was heard up to the end of the line, also piece by piece.
    fn print_line(&mut self) -> anyhow::Result<()> {
        let end = self.heard.iter().position(|byte| *byte == b'\n');
        let rest = end.map_or(self.heard.len(), |end| end + 1);
        let piece: Vec<u8> = self.heard.drain(..rest).collect();
        self.begun |= !piece.is_empty();
        self.print(&piece)?;
        self.answered = end.is_some() || (self.peer_ended && self.begun);
        if self.answered {
            return Ok(());
        }
        if self.peer_ended {
            let text = format!("receive from {}: it ended without an answer", self.peer_name);
            return Err(refusal(Cause::Transfer, text));
        }
        self.listen()?;
        if self.heard.is_empty() && !self.peer_ended && !self.can_hear() {
            return self.wait();
        }
        Ok(())
    }

    /// A refusal before anything came sends a datagram to the next address; anything else ends
    /// the dialogue.
    fn bear(&mut self, error: io::Error, line: &[u8]) -> anyhow::Result<()> {
        if let Peer::Datagrams(candidates) = &mut self.peer
            && is_refusal(&error)
            && !self.was_answered
        {
            let turn = candidates.refuse(error)?;
            return self.turn(turn);
        }
        let operation = format!("send {} bytes to {}", line.len(), self.peer_name);
        Err(failure(Cause::Transfer, anyhow::Error::from(error).context(operation)))
    }

    /// Takes in what the peer has sent; true if it has ended.
    fn listen(&mut self) -> anyhow::Result<bool> {
        let Peer::Stream(stream) = &mut self.peer else { return Ok(false) };
        let mut buffer = [0; 16 * 1024];
        while !self.peer_ended && self.heard.len() < TURN {
            let read = stream.read(&mut buffer);
            match read.with_context(|| format!("receive from {}", self.peer_name))? {
                Read::Data(count) => {
                    self.heard.extend_from_slice(&buffer[..count]);
                    self.total.bytes_in += count as u64;
                    self.last_byte = Instant::now();
                }
                Read::Eof => self.peer_ended = true,
                Read::NotYet => break,
            }
        }
        Ok(self.peer_ended)
    }

    /// Takes in what the peer says beyond the answer; printed is what is too much to keep for the
    /// lines to come.
    fn hear_more(&mut self) -> anyhow::Result<()> {
        if self.heard.len() >= TURN {
            let heard = std::mem::take(&mut self.heard);
            self.print(&heard)?;
        }
        self.listen().map(drop)
    }

    /// True unless `listen` is known to find nothing.
    fn can_hear(&self) -> bool {
        matches!(&self.peer, Peer::Stream(stream) if !self.peer_ended && stream.can_read())
    }

    fn print(&mut self, mut bytes: &[u8]) -> anyhow::Result<()> {
        while !bytes.is_empty() {
            match self.stdio.output.write(bytes).context("write stdout")? {
                Some(count) => bytes = &bytes[count..],
                None => self.wait()?,
            }
        }
        Ok(())
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let idle_by = self.options.idle.map(|idle| self.last_byte + idle);
        if let Some(deadline) = earlier(idle_by, self.options.end) {
            self.reactor.wake_by(deadline, TIMER);
        }
        let mut ready = std::mem::take(&mut self.ready);
        let now = self.reactor.wait(true, &mut ready).context("wait for events")?;
        for readiness in &ready {
            match (readiness.token, &mut self.peer) {
                (STDIN, _) => {
                    self.stdio.input.on_ready(readiness);
                    self.last_byte = now;
                }
                (STDOUT, _) => self.stdio.output.on_ready(readiness),
                (_, Peer::Stream(stream) | Peer::Records(stream)) => stream.on_ready(readiness),
                (_, Peer::Datagrams(_)) => {}
            }
        }
        self.ready = ready;
        while self.reactor.due(now).is_some() {}
        if let Some(error) = self.stdio.output.failure() {
            return Err(error).context("write stdout");
        }
        self.check_end(now)?;
        match self.options.idle {
            Some(idle) if self.last_byte + idle <= now => {
                let (seconds, peer) = (idle.as_secs_f64(), &self.peer_name);
                let text = format!("no byte for {seconds} s from or to {peer}");
                Err(refusal(Cause::Timeout, text))
            }
            _ => Ok(()),
        }
    }

    /// Fails once the time of the whole run is over: a side that always has more never waits.
    fn check_end(&self, now: Instant) -> anyhow::Result<()> {
        if self.options.end.is_some_and(|end| end <= now) {
            return Err(time_is_over());
        }
        Ok(())
    }
}

/// What a person typed behind the prompt has ended its line, or, if it was the end, has not.
fn end_prompt(typed: &[u8]) {
    match typed {
        [.., b'\n'] => prompt::was_typed_behind(),
        [] => prompt::end_line(),
        _ => {}
    }
}

/// A line with CRLF at its end, which may have it already.
fn with_crlf(line: &[u8]) -> Vec<u8> {
    match line.strip_suffix(b"\n") {
        Some(text) => [text.strip_suffix(b"\r").unwrap_or(text), b"\r\n"].concat(),
        None => line.to_vec(),
    }
}
