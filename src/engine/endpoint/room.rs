//! A room: what one peer says, all others hear.
//!
//! What was said is kept once, however many have not heard it yet. The queue of each peer is
//! bounded, and whoever lets his overflow is dropped: the others do not wait.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slab::Slab;

use super::{LARGEST_RECORD, Read};
use crate::engine::frame::split_record;
use crate::engine::reactor::{Notifier, Readiness};

/// How many bytes may be queued for one peer, at the least.
const QUEUE: usize = 1 << 20;
/// What a queued message takes beside its bytes.
const OVERHEAD: usize = 64;

/// How what a peer says is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `--chat`: whole lines, after the name of who said it.
    Lines,
    /// `--broker`: the bytes as they come.
    Bytes,
}

/// A room, of which there are as many handles as are needed.
#[derive(Clone, Debug)]
pub struct Room {
    form: Form,
    /// Peers say records, each with its length before it.
    records: bool,
    /// The longest line.
    line_limit: usize,
    people: Arc<Mutex<People>>,
}

#[derive(Debug)]
struct People {
    seats: Slab<Listener>,
    /// How many have ever come.
    came: u64,
    /// How many bytes may be queued for one peer.
    limit: usize,
}

/// What somebody has not heard yet.
#[derive(Debug, Default)]
struct Listener {
    queue: VecDeque<Arc<[u8]>>,
    /// How much of the first message was heard.
    heard: usize,
    /// What the queue takes, without what was heard.
    size: usize,
    /// More was said than the queue takes.
    overrun: bool,
    notifier: Option<Notifier>,
    /// It has notified, and nobody has looked since.
    called: bool,
    /// Whoever sits there has nothing more to say.
    silent: bool,
}

impl Room {
    /// An empty room of peers that send `records` or bytes, in which lines are `line_limit` bytes
    /// long at most.
    #[must_use]
    pub fn new(form: Form, records: bool, line_limit: usize) -> Self {
        // A few long lines, or large records, must not be too much at once.
        let limit = QUEUE.max(4 * if records { LARGEST_RECORD } else { line_limit });
        let people = People { seats: Slab::new(), came: 0, limit };
        Self { form, records, line_limit, people: Arc::new(Mutex::new(people)) }
    }

    /// A place for one more.
    #[must_use]
    pub fn enter(&self) -> Seat {
        let mut people = self.people();
        people.came += 1;
        let number = people.came;
        let key = people.seats.insert(Listener::default());
        drop(people);
        Seat { room: self.clone(), key, number, readable: false }
    }

    /// True if all of so many peers are in it, and none has anything more to say.
    #[must_use]
    pub fn is_silent(&self, peers: usize) -> bool {
        let people = self.people();
        people.seats.len() == peers && people.seats.iter().all(|(_, listener)| listener.silent)
    }

    /// Nothing here leaves a half-done value behind a panic.
    fn people(&self) -> MutexGuard<'_, People> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A peer's place in a room: what is written there all others hear, what others say is read there.
#[derive(Debug)]
pub struct Seat {
    room: Room,
    key: usize,
    number: u64,
    readable: bool,
}

impl Seat {
    /// The name of who sits there.
    #[must_use]
    pub fn name(&self) -> String {
        format!("user-{}", self.number)
    }

    /// The longest line of what its peer says, where that is passed on in lines.
    #[must_use]
    pub fn line_limit(&self) -> Option<usize> {
        (self.room.form == Form::Lines).then_some(self.room.line_limit)
    }

    /// Says how to wake the loop of whoever sits there.
    pub fn set_notifier(&mut self, notifier: Notifier) {
        if let Some(listener) = self.room.people().seats.get_mut(self.key) {
            listener.notifier = Some(notifier);
            listener.call();
        }
    }

    /// Others have spoken, or ended.
    pub fn on_ready(&mut self, readiness: &Readiness) {
        self.readable |= readiness.readable;
    }

    /// True unless there is known to be nothing to hear.
    #[must_use]
    pub fn can_read(&self) -> bool {
        self.readable
    }

    /// That it did not keep up, if so.
    #[must_use]
    pub fn error(&self) -> Option<io::Error> {
        let people = self.room.people();
        people.seats.get(self.key).is_some_and(|listener| listener.overrun).then(overrun)
    }

    /// Hears what others have said. Where they say records the buffer has to take the largest:
    /// nothing is heard of one that does not fit.
    ///
    /// # Errors
    /// That it was too much.
    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<Read> {
        let mut people = self.room.people();
        let Some(listener) = people.seats.get_mut(self.key) else { return Ok(Read::NotYet) };
        if listener.overrun {
            return Err(overrun());
        }
        let count = listener.hear(buffer, self.room.records);
        if count == 0 {
            (listener.called, self.readable) = (false, false);
            return Ok(Read::NotYet);
        }
        Ok(Read::Data(count))
    }

    /// Notes that nothing more will be said.
    pub fn finish(&mut self) {
        if let Some(listener) = self.room.people().seats.get_mut(self.key) {
            listener.silent = true;
        }
    }

    /// Says something to all others, of whom nobody is waited for.
    pub fn write(&mut self, bytes: &[u8]) {
        let mut people = self.room.people();
        let limit = people.limit;
        if people.seats.len() < 2 {
            return;
        }
        let message: Arc<[u8]> = bytes.into();
        for (key, listener) in &mut people.seats {
            if key != self.key {
                listener.take(&message, limit);
            }
        }
    }
}

/// The error of a peer that fell behind.
fn overrun() -> io::Error {
    io::ErrorKind::QuotaExceeded.into()
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.people().seats.try_remove(self.key);
    }
}

impl Listener {
    fn take(&mut self, message: &Arc<[u8]>, limit: usize) {
        if self.overrun {
            return;
        }
        self.size += message.len() + OVERHEAD;
        // Whoever has heard all before has kept up, however much is said at once.
        if self.size > limit && !self.queue.is_empty() {
            // Who has been called already, and cannot come, is called once more.
            (self.overrun, self.called) = (true, false);
            self.queue = VecDeque::new();
        } else {
            self.queue.push_back(Arc::clone(message));
        }
        self.call();
    }

    fn call(&mut self) {
        let has_news = self.overrun || !self.queue.is_empty();
        if let Some(notifier) = &self.notifier
            && has_news
            && !std::mem::replace(&mut self.called, true)
        {
            notifier.notify();
        }
    }

    /// Fills the buffer with whole messages. One that does not fit is heard in parts: of `records`
    /// as many whole ones as fit, of bytes a buffer at a time.
    fn hear(&mut self, buffer: &mut [u8], records: bool) -> usize {
        let mut count = 0;
        while let Some(message) = self.queue.front() {
            let rest = &message[self.heard..];
            let room = &mut buffer[count..];
            let piece = if rest.len() <= room.len() {
                rest.len()
            } else if records {
                whole_records(&rest[..room.len()])
            } else if count == 0 {
                room.len()
            } else {
                0
            };
            room[..piece].copy_from_slice(&rest[..piece]);
            count += piece;
            self.heard += piece;
            self.size -= piece;
            if piece < rest.len() {
                break;
            }
            self.size -= OVERHEAD;
            self.heard = 0;
            self.queue.pop_front();
        }
        if self.queue.is_empty() {
            // Whoever has heard everything holds no memory.
            self.queue = VecDeque::new();
        }
        count
    }
}

/// How much of this is whole records.
fn whole_records(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((_, after)) = split_record(rest) {
        rest = after;
    }
    bytes.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(seat: &mut Seat) -> Vec<u8> {
        let (mut heard, mut buffer) = (Vec::new(), [0; 7]);
        while let Ok(Read::Data(count)) = seat.read(&mut buffer) {
            heard.extend_from_slice(&buffer[..count]);
        }
        heard
    }

    #[test]
    fn all_but_the_speaker_hear_everything_once_and_in_order() {
        let room = Room::new(Form::Bytes, false, 1 << 16);
        let mut seats: Vec<Seat> = (0..3).map(|_| room.enter()).collect();
        seats[0].write(b"0123456789");
        seats[1].write(b"ab");
        seats[0].write(b"cd");
        let heard: Vec<Vec<u8>> = seats.iter_mut().map(hear).collect();
        assert_eq!(heard, [&b"ab"[..], b"0123456789cd", b"0123456789abcd"]);
        assert!(seats.iter_mut().all(|seat| hear(seat).is_empty()));
    }

    #[test]
    fn a_record_is_heard_as_a_whole() {
        let room = Room::new(Form::Bytes, true, 1 << 16);
        let (mut speaker, mut listener) = (room.enter(), room.enter());
        speaker.write(b"\0\0\0\x01a\0\0\0\0\0\0\0\x02bc\0\0\0\x03def");
        speaker.write(b"\0\0\0\x01g\0\0\0\x06hijklm");
        let mut buffer = [0; 10];
        let parts: [&[u8]; 5] = [
            b"\0\0\0\x01a\0\0\0\0",
            b"\0\0\0\x02bc",
            b"\0\0\0\x03def",
            b"\0\0\0\x01g",
            b"\0\0\0\x06hijklm",
        ];
        for heard in parts {
            assert_eq!(listener.read(&mut buffer).unwrap(), Read::Data(heard.len()));
            assert_eq!(&buffer[..heard.len()], heard);
        }
        assert_eq!(listener.read(&mut buffer).unwrap(), Read::NotYet);
        assert_eq!(room.people().seats[listener.key].size, 0);
    }

    #[test]
    fn what_is_said_at_once_is_too_much_for_nobody_who_keeps_up() {
        let room = Room::new(Form::Bytes, false, 1 << 16);
        let (mut speaker, mut listener) = (room.enter(), room.enter());
        let much = vec![b'x'; 2 * QUEUE];
        speaker.write(&much);
        assert_eq!(hear(&mut listener), much);
        speaker.write(&much);
        speaker.write(b"y");
        assert!(listener.error().is_some());
    }

    #[test]
    fn who_does_not_keep_up_is_known_and_holds_nothing() {
        let room = Room::new(Form::Bytes, false, 1 << 16);
        let (mut speaker, mut slow) = (room.enter(), room.enter());
        let chunk = vec![b'x'; 1 << 16];
        (0..15).for_each(|_| speaker.write(&chunk));
        assert!(slow.error().is_none());
        (0..2).for_each(|_| speaker.write(&chunk));
        assert!(slow.error().is_some() && slow.read(&mut [0]).is_err());
        let key = slow.key;
        assert!(room.people().seats[key].queue.is_empty());
        drop(slow);
        assert_eq!(room.people().seats.len(), 1);
        assert_eq!(room.enter().name(), "user-3");
    }
}
