//! Datagrams that are answered at once, by themselves.

use super::bound_socket::{BoundSocket, Sent};
use super::receiver::Receiver;
use crate::engine::handler::Responder;
use crate::engine::reactor::Reactor;
use crate::net::address;
use crate::sys::datagrams::{Outgoing, Received};

/// Answers the batch that was received last as the handler says, each datagram to where it came
/// from, by the socket that it came to.
pub fn answer(
    handler: &Responder,
    receiver: &Receiver,
    bound: &mut BoundSocket,
    reactor: &Reactor,
) -> Sent {
    let mut stamp = Vec::new();
    match handler {
        Responder::Echo => {}
        Responder::Stamp(form) => form.stamp(&mut stamp),
        Responder::Discard => return Sent::default(),
    }
    let unnamed = |received: &Received| address::is_unnamed(received.from);
    if receiver.received().any(|received| unnamed(&received)) {
        receiver.tell_unnamed();
    }
    let named = receiver.received().filter(|received| !unnamed(received));
    let mut answers: Vec<Outgoing> = named.flat_map(|received| echoes(&received)).collect();
    let stamped: Vec<Vec<u8>> = match &stamp[..] {
        [] => Vec::new(),
        stamp => answers.iter().map(|answer| [stamp, answer.bytes].concat()).collect(),
    };
    for (answer, stamped) in answers.iter_mut().zip(&stamped) {
        answer.bytes = stamped;
    }
    bound.send(&answers, reactor)
}

/// What came, on its way back, from where it was asked.
fn echoes<'a>(received: &Received<'a>) -> impl Iterator<Item = Outgoing<'a>> + use<'a> {
    let (to, from) = (Some(received.from), received.to);
    received.datagrams().map(move |bytes| Outgoing { bytes, to, from })
}
