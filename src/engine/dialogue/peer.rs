//! Whom a dialogue is with.

use std::io;

use socket2::Socket;

use crate::engine::datagram::candidates::{Candidate, Candidates};
use crate::engine::endpoint::stream::Stream;
use crate::engine::frame::{Frame, LENGTH};
use crate::net::address::display_text;

/// A connection, or the addresses that datagrams are sent to.
pub enum Peer {
    Stream(Box<Stream>),
    Records(Box<Stream>),
    Datagrams(Box<Candidates>),
}

impl Peer {
    /// The socket in use.
    pub fn socket(&self) -> Option<&Socket> {
        match self {
            Peer::Stream(stream) | Peer::Records(stream) => Some(stream.socket()),
            Peer::Datagrams(candidates) => candidates.in_use().map(|in_use| &in_use.socket),
        }
    }

    /// The address in use.
    pub fn name(&self) -> String {
        match self {
            Peer::Stream(stream) | Peer::Records(stream) => display_text(stream.peer()),
            Peer::Datagrams(candidates) => {
                candidates.in_use().map_or_else(String::new, |in_use| display_text(&in_use.peer))
            }
        }
    }

    /// Sends what there is room for; `None` if there is none.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<Option<usize>> {
        match self {
            Peer::Stream(stream) => {
                let sent = stream.write(bytes);
                stream.flush();
                sent
            }
            Peer::Records(stream) => {
                let mut record = Vec::new();
                Frame::Len32.print(bytes, &mut record);
                Ok(stream.write(&record)?.map(|sent| sent.saturating_sub(LENGTH)))
            }
            Peer::Datagrams(candidates) => send_datagram(candidates, bytes),
        }
    }
}

fn send_datagram(candidates: &Candidates, line: &[u8]) -> io::Result<Option<usize>> {
    let Some(Candidate { socket, to, .. }) = candidates.in_use() else {
        return Err(io::ErrorKind::NotConnected.into());
    };
    let sent = match to {
        None => socket.send(line),
        Some(to) => socket.send_to(line, to),
    };
    match sent {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        other => other.map(Some),
    }
}
