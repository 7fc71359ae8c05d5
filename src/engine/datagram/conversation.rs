//! A datagram server's conversation with stdin and stdout.

use std::collections::HashMap;
use std::net::IpAddr;

use anyhow::Context as _;
use mio::Token;
use socket2::SockAddr;

use super::bound_socket::{BoundSocket, Sent};
use super::framed::{FramedInput, FramedOutput};
use super::options::{Options, ReplyTo};
use super::{MOST_AT_ONCE, TURN};
use crate::engine::endpoint::stdio::{Input, Output};
use crate::engine::reactor::{Reactor, Readiness};
use crate::engine::tokens::STDIO_AND_TIME;
use crate::net::address;
use crate::sys::datagrams::{Outgoing, Received};

const STDIN: Token = STDIO_AND_TIME.token(0);
const STDOUT: Token = STDIO_AND_TIME.token(1);

/// How many peers `--reply-to all` remembers.
const MOST_PEERS: usize = 65_536;

/// How to reach a peer: by which of the server's sockets, from which local address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ReturnPath {
    socket: usize,
    from: Option<IpAddr>,
}

/// stdin and stdout, and the peers they talk with.
pub struct Conversation {
    /// stdin.
    pub input: FramedInput,
    /// stdout.
    pub output: FramedOutput,
    reply_to: ReplyTo,
    partners: HashMap<SockAddr, ReturnPath>,
    /// More than one peer was heard that stdin is for, or was.
    has_had_others: bool,
    /// Datagrams of stdin that were sent.
    pub answers: u64,
}

impl Conversation {
    /// Opens stdin and stdout, and watches them.
    ///
    /// # Errors
    /// The system's.
    pub fn open(options: &Options, reactor: &Reactor) -> anyhow::Result<Self> {
        let Options { frame, reply_to, sizes, buffer, stdio_helpers, .. } = *options;
        let mut input = Input::open(stdio_helpers).context("open stdin")?;
        let mut output = Output::open(stdio_helpers).context("open stdout")?;
        input.watch(reactor, STDIN).context("watch stdin")?;
        output.watch(reactor, STDOUT).context("watch stdout")?;
        Ok(Self {
            input: FramedInput::new(input, frame, sizes.sent, buffer),
            output: FramedOutput::new(output, frame),
            reply_to,
            partners: HashMap::new(),
            has_had_others: false,
            answers: 0,
        })
    }

    /// Notes what the loop saw of stdin and stdout.
    pub fn on_ready(&mut self, readiness: &Readiness) {
        match readiness.token {
            STDIN => self.input.stdin.on_ready(readiness),
            STDOUT => self.output.stdout.on_ready(readiness),
            _ => {}
        }
    }

    /// Prints what came on socket number `socket`, and remembers its sender; `false` if stdin
    /// may have an answer for it, which it cannot be sent.
    pub fn hear(&mut self, datagram: &Received<'_>, socket: usize) -> bool {
        self.output.print(datagram);
        if address::is_unnamed(datagram.from) {
            return self.input.is_done() || self.input.stdin.is_device();
        }
        self.remember(datagram, socket);
        true
    }

    fn remember(&mut self, datagram: &Received<'_>, socket: usize) {
        let full = match self.reply_to {
            ReplyTo::Last => false,
            ReplyTo::First => !self.partners.is_empty(),
            ReplyTo::All => self.partners.len() >= MOST_PEERS,
        };
        let is_another = !self.partners.is_empty() && !self.partners.contains_key(datagram.from);
        if full && is_another {
            return;
        }
        self.has_had_others |= is_another;
        let path = ReturnPath { socket, from: datagram.to };
        if self.reply_to == ReplyTo::Last {
            // Mostly it is who was last before.
            if self.partners.get(datagram.from) == Some(&path) {
                return;
            }
            self.partners.clear();
        }
        self.partners.insert(datagram.from.clone(), path);
    }

    /// The peer that stdin is for, if it never was for another: one that was heard may be heard
    /// again, and does not wait long.
    pub fn only_partner(&self) -> Option<&SockAddr> {
        self.partners.keys().next().filter(|_| !self.has_had_others)
    }

    /// Sends what stdin gives, for a turn, at most `most` datagrams in all; stdin is not read
    /// before a peer was heard, nor while a socket has no room. Gives what was sent, also where it
    /// ends in what stdin gives that is no datagram.
    pub fn send(
        &mut self,
        sockets: &mut [BoundSocket],
        most: u64,
        reactor: &Reactor,
    ) -> (Sent, anyhow::Result<()>) {
        let mut sent = Sent::default();
        // Where there is no room for the answers of many, they wait: not for many frames.
        let batch = if self.partners.len() > 1 { 1 } else { MOST_AT_ONCE };
        for _ in 0..TURN {
            if !self.can_send(most) || sockets.iter().any(BoundSocket::is_full) {
                break;
            }
            match self.input.fill() {
                Ok(dropped) => sent.errors.extend(dropped),
                Err(error) => return (sent, Err(error)),
            }
            if !self.input.has_ready() {
                continue;
            }
            let left = usize::try_from(most - self.answers).unwrap_or(batch);
            let frames: Vec<&[u8]> = self.input.ready().take(left.min(batch)).collect();
            for (peer, path) in &self.partners {
                let answers: Vec<Outgoing> = frames
                    .iter()
                    .map(|frame| Outgoing { bytes: frame, to: Some(peer), from: path.from })
                    .collect();
                if let Some(socket) = sockets.get_mut(path.socket) {
                    sent.add(socket.send(&answers, reactor));
                }
            }
            let count = frames.len();
            self.input.sent(count);
            self.answers += count as u64;
        }
        (sent, Ok(()))
    }

    /// True if stdin may have something to send.
    #[must_use]
    pub fn can_send(&self, most: u64) -> bool {
        !self.partners.is_empty() && self.answers < most && self.input.has_more()
    }

    /// Once a datagram was heard: true if `most` of stdin's were sent, stdin has no more, or nobody
    /// who was heard can be answered; nobody waits for a terminal.
    pub fn has_answered(&self, most: u64) -> bool {
        let answered = self.answers >= most || self.partners.is_empty();
        answered || self.input.is_done() || self.input.stdin.is_interactive()
    }
}
