//! What rustls makes of the records that came, one step at a time.

use rustls::Error;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncryptError, InsufficientSizeError, UnbufferedStatus,
    WriteTraffic,
};

use super::buffer::Buffer;
use crate::net::tls::Connection;

/// What is to be sent as soon as that is possible.
#[derive(Clone, Copy)]
pub enum Wanted<'a> {
    /// Nothing but what the protocol itself has to say.
    Nothing,
    /// These bytes.
    Bytes(&'a [u8]),
    /// The end of what is sent.
    CloseNotify,
}

/// Where decrypted bytes go: the reader's room, and memory of our own once that is full.
pub struct Plain<'a> {
    pub room: &'a mut [u8],
    pub filled: usize,
    pub rest: &'a mut Vec<u8>,
}

impl Plain<'_> {
    fn take(&mut self, payload: &[u8]) {
        let room = if self.rest.is_empty() { self.room.len() - self.filled } else { 0 };
        let (now, later) = payload.split_at(payload.len().min(room));
        self.room[self.filled..self.filled + now.len()].copy_from_slice(now);
        self.filled += now.len();
        self.rest.extend_from_slice(later);
    }
}

/// What one step found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There may be more to do at once.
    More,
    /// Nothing more before other bytes come; what was wanted cannot be sent yet.
    Blocked,
    /// Nothing more before other bytes come; what was wanted is on its way.
    Sent,
    /// The peer's close_notify has come.
    Ended,
}

/// Takes one step: a record, a message to send, or the end of what there is to do.
pub fn step(
    connection: &mut Connection,
    incoming: &mut Buffer,
    outgoing: &mut Buffer,
    plain: &mut Plain<'_>,
    wanted: Wanted<'_>,
) -> Result<Step, Error> {
    let (discard, step) = match connection {
        Connection::Client(connection, _) => {
            let status = connection.process_tls_records(incoming.filled_mut());
            take(status, outgoing, plain, wanted)
        }
        Connection::Server(connection) => {
            let status = connection.process_tls_records(incoming.filled_mut());
            take(status, outgoing, plain, wanted)
        }
    };
    incoming.discard(discard);
    step
}

fn take<Data>(
    status: UnbufferedStatus<'_, '_, Data>,
    outgoing: &mut Buffer,
    plain: &mut Plain<'_>,
    wanted: Wanted<'_>,
) -> (usize, Result<Step, Error>) {
    let UnbufferedStatus { mut discard, state } = status;
    let step = match state {
        Err(error) => Err(error),
        Ok(ConnectionState::ReadTraffic(mut traffic)) => {
            while let Some(record) = traffic.next_record() {
                match record {
                    Ok(record) => {
                        discard += record.discard;
                        plain.take(record.payload);
                    }
                    Err(error) => return (discard, Err(error)),
                }
            }
            Ok(Step::More)
        }
        Ok(ConnectionState::EncodeTlsData(mut data)) => {
            let too_small = |error| match error {
                EncodeError::InsufficientSize(size) => Some(size),
                EncodeError::AlreadyEncoded => None,
            };
            append(outgoing, |room| data.encode(room).map_err(too_small)).map(|()| Step::More)
        }
        // What was encoded is in `outgoing`, which goes out in its order.
        Ok(ConnectionState::TransmitTlsData(transmission)) => {
            transmission.done();
            Ok(Step::More)
        }
        Ok(ConnectionState::WriteTraffic(traffic)) => send(traffic, outgoing, wanted),
        Ok(ConnectionState::PeerClosed) => Ok(Step::Ended),
        // Early data is never asked for.
        Ok(_) => Ok(Step::Blocked),
    };
    (discard, step)
}

fn send<Data>(
    mut traffic: WriteTraffic<'_, Data>,
    outgoing: &mut Buffer,
    wanted: Wanted<'_>,
) -> Result<Step, Error> {
    let too_small = |error| match error {
        EncryptError::InsufficientSize(size) => Some(size),
        EncryptError::EncryptExhausted => None,
    };
    let sent = match wanted {
        Wanted::Nothing => Ok(()),
        Wanted::Bytes(bytes) => {
            append(outgoing, |room| traffic.encrypt(bytes, room).map_err(too_small))
        }
        Wanted::CloseNotify => {
            append(outgoing, |room| traffic.queue_close_notify(room).map_err(too_small))
        }
    };
    sent.map(|()| Step::Sent)
}

/// Appends what `encode` writes, with more room if it wants it.
fn append(
    outgoing: &mut Buffer,
    mut encode: impl FnMut(&mut [u8]) -> Result<usize, Option<InsufficientSizeError>>,
) -> Result<(), Error> {
    loop {
        match encode(outgoing.room()) {
            Ok(count) => {
                outgoing.grow(count);
                return Ok(());
            }
            Err(Some(InsufficientSizeError { required_size })) => {
                outgoing.make_room(required_size);
            }
            Err(None) => return Err(Error::EncryptError),
        }
    }
}
