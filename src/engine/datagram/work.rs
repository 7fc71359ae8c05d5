//! What a datagram server is busy with.

use std::time::Instant;

use super::answering::answer;
use super::bound_socket::{BoundSocket, Sent};
use super::children::Children;
use super::conversation::Conversation;
use super::handler::Handler;
use super::options::Options;
use super::receiver::Receiver;
use super::relay::Relay;
use super::requester::Requester;
use crate::engine::child::Program;
use crate::engine::handler::Responder;
use crate::engine::reactor::{Reactor, Readiness};
use crate::net::address::is_unnamed;
use crate::net::binding::Locals;
use crate::net::forwarding_loop::Listening;
use crate::sys::datagrams::{BATCH, Received};

/// Datagrams that have come, on one of the server's sockets.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    /// The socket, by its number.
    pub socket: usize,
    /// How many datagrams or runs of them.
    pub count: usize,
}

/// What is done with datagrams, and what is under way.
pub enum Work {
    /// stdin and stdout talk with the peers.
    Conversation(Box<Conversation>),
    /// Each is answered, or dropped, at once.
    Answer(Responder),
    /// They are relayed.
    Relay(Box<Relay>),
    /// Processes answer them.
    Children(Box<Children>),
}

impl Work {
    /// Makes ready for what the options say, on sockets that are bound to `locals`.
    ///
    /// # Errors
    /// The system's, for stdin and stdout; those of a target that makes no sense.
    pub fn open(options: &Options, locals: &Locals, reactor: &Reactor) -> anyhow::Result<Self> {
        Ok(match &options.handler {
            None => Work::Conversation(Box::new(Conversation::open(options, reactor)?)),
            Some(Handler::Answer(responder)) => Work::Answer(responder.clone()),
            Some(Handler::Forward(options)) => {
                let listening = Listening::on(locals);
                let relay = Relay::open((**options).clone(), listening)?;
                Work::Relay(Box::new(relay))
            }
            Some(Handler::Exec(commands)) => {
                Program::warn_if_open_to_all(&locals.addresses, commands.report);
                Work::Children(Box::new(Children::new(commands.clone())))
            }
        })
    }

    /// What answers at once, on however many threads.
    pub fn responder(&self) -> Option<&Responder> {
        match self {
            Work::Answer(responder) => Some(responder),
            _ => None,
        }
    }

    /// The conversation, if that is what it is.
    pub fn conversation(&self) -> Option<&Conversation> {
        match self {
            Work::Conversation(conversation) => Some(conversation),
            _ => None,
        }
    }

    /// The same, to go on with.
    pub fn conversation_mut(&mut self) -> Option<&mut Conversation> {
        match self {
            Work::Conversation(conversation) => Some(conversation),
            _ => None,
        }
    }

    /// How many datagrams, or runs of them, of this socket can be taken in now; the others wait in
    /// its buffer.
    pub fn room(&self, bound: &BoundSocket) -> usize {
        match self {
            Work::Conversation(conversation) if !conversation.output.has_room() => 0,
            // No room for answers: receive nothing.
            Work::Answer(_) if bound.is_full() => 0,
            Work::Relay(relay) if relay.is_held_up() => 0,
            Work::Children(children) => children.room(),
            _ => BATCH,
        }
    }

    /// Does what is to be done with the batch that was received last; gives what was sent.
    pub fn take(
        &mut self,
        batch: Batch,
        receiver: &Receiver,
        sockets: &mut [BoundSocket],
        reactor: &Reactor,
    ) -> Sent {
        let socket = batch.socket;
        match self {
            Work::Answer(responder) => {
                return answer(responder, receiver, &mut sockets[socket], reactor);
            }
            Work::Conversation(conversation) => {
                for received in receiver.received() {
                    if !conversation.hear(&received, socket) {
                        receiver.tell_unnamed();
                    }
                }
            }
            Work::Children(children) => {
                for datagram in receiver.received().flat_map(|received| received.each()) {
                    children.start(&datagram, socket, &sockets[socket], reactor);
                }
            }
            Work::Relay(relay) => relay_by_requester(relay, socket, receiver, reactor),
        }
        Sent { errors: self.take_errors(), ..Sent::default() }
    }

    /// Notes what the loop saw of what is under way; gives what was sent.
    pub fn on_ready(
        &mut self,
        readiness: &Readiness,
        receiver: &Receiver,
        sockets: &mut [BoundSocket],
        reactor: &Reactor,
    ) -> Sent {
        match self {
            Work::Conversation(conversation) => {
                conversation.on_ready(readiness);
                Sent::default()
            }
            Work::Answer(_) => Sent::default(),
            Work::Relay(relay) => relay.on_ready(readiness, sockets, reactor),
            Work::Children(children) => children.on_ready(readiness, receiver, sockets, reactor),
        }
    }

    /// Goes on with what was left over; gives what was sent.
    pub fn go_on(&mut self, sockets: &mut [BoundSocket], reactor: &Reactor) -> Sent {
        let mut sent = match self {
            Work::Relay(relay) => relay.go_on(sockets, reactor),
            _ => Sent::default(),
        };
        sent.errors.extend(self.take_errors());
        sent
    }

    /// True if there is more to do without waiting.
    pub fn has_more(&self, sockets: &[BoundSocket]) -> bool {
        matches!(self, Work::Relay(relay) if relay.has_more(sockets))
    }

    /// When the next of what is under way will have been quiet for too long.
    pub fn deadline(&self) -> Option<Instant> {
        match self {
            Work::Relay(relay) => relay.deadline(),
            Work::Children(children) => children.deadline(),
            _ => None,
        }
    }

    /// Ends what has been quiet for too long.
    pub fn expire(&mut self, now: Instant) {
        match self {
            Work::Relay(relay) => relay.expire(now),
            Work::Children(children) => children.expire(now),
            _ => {}
        }
    }

    fn take_errors(&mut self) -> Vec<anyhow::Error> {
        match self {
            Work::Relay(relay) => std::mem::take(&mut relay.errors),
            Work::Children(children) => std::mem::take(&mut children.errors),
            _ => Vec::new(),
        }
    }

    /// True once everything that is there is written, and every process has ended.
    pub fn is_idle(&self) -> bool {
        match self {
            Work::Conversation(conversation) => conversation.output.is_empty(),
            Work::Children(children) => children.is_empty(),
            Work::Relay(relay) => !relay.is_held_up(),
            Work::Answer(_) => true,
        }
    }

    /// True once one datagram has the answer that it gets; `most` of stdin's are one.
    pub fn has_answered_once(&self, most: u64) -> bool {
        match self {
            Work::Conversation(conversation) => conversation.has_answered(most),
            Work::Answer(_) => true,
            Work::Relay(relay) => relay.has_answered(),
            Work::Children(children) => children.is_empty(),
        }
    }

    /// Ends what is under way with peers; gives what is lost by it.
    pub fn close(&mut self) -> Vec<anyhow::Error> {
        if let Work::Relay(relay) = self {
            relay.close();
        }
        self.take_errors()
    }

    /// Has processes end.
    pub fn stop(&mut self) {
        if let Work::Children(children) = self {
            children.terminate();
        }
    }
}

/// Passes on what was received last, all at once that comes from one peer.
fn relay_by_requester(relay: &mut Relay, socket: usize, receiver: &Receiver, reactor: &Reactor) {
    let batch: Vec<Received> = receiver.received().collect();
    for from_one in batch.chunk_by(Received::has_ends_of) {
        let Received { from, to, .. } = from_one[0];
        if is_unnamed(from) {
            receiver.tell_unnamed();
        }
        let requester = Requester { peer: from.clone(), socket, at: to };
        let datagrams: Vec<&[u8]> = from_one.iter().flat_map(Received::datagrams).collect();
        relay.pass_on(&requester, &datagrams, reactor);
    }
}
