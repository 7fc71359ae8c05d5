//! The event loop's heart: who is ready, whose time has come, who was woken.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::{AsFd, AsRawFd as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};

use super::tokens::WAKER;

/// How many events one wait brings at most.
const EVENTS: usize = 1024;

/// What one descriptor can do now.
#[derive(Clone, Copy, Debug)]
pub struct Readiness {
    /// Whose it is.
    pub token: Token,
    /// There may be something to read, if only the end.
    pub readable: bool,
    /// There may be room to write.
    pub writable: bool,
    /// The other side writes no more.
    pub read_closed: bool,
    /// The other side reads no more.
    pub write_closed: bool,
    /// An error is pending.
    pub failed: bool,
    /// Urgent data has come (TCP's out-of-band byte).
    pub urgent: bool,
}

impl Readiness {
    fn notified(token: Token) -> Self {
        let (writable, read_closed, write_closed) = (false, false, false);
        Self {
            token,
            readable: true,
            writable,
            read_closed,
            write_closed,
            failed: false,
            urgent: false,
        }
    }
}

impl From<&Event> for Readiness {
    fn from(event: &Event) -> Self {
        Self {
            token: event.token(),
            readable: event.is_readable(),
            writable: event.is_writable(),
            read_closed: event.is_read_closed(),
            write_closed: event.is_write_closed(),
            failed: event.is_error(),
            urgent: event.is_priority(),
        }
    }
}

/// Makes a loop report a token as readable, from wherever: what is waited for is not always a
/// descriptor.
#[derive(Clone, Debug)]
pub struct Notifier {
    notified: Arc<Notified>,
    token: Token,
}

/// The tokens that were notified.
#[derive(Debug)]
struct Notified {
    tokens: Mutex<Vec<Token>>,
    waker: Arc<Waker>,
}

impl Notifier {
    /// Has the loop report the token. A loop that has ended hears nothing.
    pub fn notify(&self) {
        let mut tokens = self.notified.lock();
        tokens.push(self.token);
        if tokens.len() == 1 {
            let _ = self.notified.waker.wake();
        }
    }
}

impl Notified {
    /// Nothing here leaves a half-done value behind a panic.
    fn lock(&self) -> MutexGuard<'_, Vec<Token>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for descriptors (each reports a change once: edge-triggered), deadlines and wake-ups.
pub struct Reactor {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    notified: Arc<Notified>,
    deadlines: BTreeSet<(Instant, Token)>,
}

impl Reactor {
    /// A loop with nothing to wait for.
    pub fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let notified = Arc::new(Notified { tokens: Mutex::default(), waker: Arc::clone(&waker) });
        Ok(Self {
            poll,
            events: Events::with_capacity(EVENTS),
            waker,
            notified,
            deadlines: BTreeSet::new(),
        })
    }

    /// Ends a wait from another thread.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Has a descriptor end a wait when it becomes readable, of which nothing else is told.
    pub fn wake_on(&self, fd: impl AsFd) -> io::Result<()> {
        self.watch(fd, WAKER, Interest::READABLE).map(drop)
    }

    /// A notifier that makes the loop report `token`.
    #[must_use]
    pub fn notifier(&self, token: Token) -> Notifier {
        Notifier { notified: Arc::clone(&self.notified), token }
    }

    /// Begins to watch a descriptor; `false` if it is always ready, which epoll(7) tells by
    /// refusing it (regular files, /dev/null).
    pub fn watch(&self, fd: impl AsFd, token: Token, interest: Interest) -> io::Result<bool> {
        let fd = fd.as_fd().as_raw_fd();
        match self.poll.registry().register(&mut SourceFd(&fd), token, interest) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Watches a descriptor that is watched already for something else; what it is ready for now
    /// is told once more.
    pub fn watch_anew(&self, fd: impl AsFd, token: Token, interest: Interest) -> io::Result<()> {
        let fd = fd.as_fd().as_raw_fd();
        self.poll.registry().reregister(&mut SourceFd(&fd), token, interest)
    }

    /// Ends the watch of a descriptor that lives on.
    pub fn forget(&self, fd: impl AsFd) -> io::Result<()> {
        self.poll.registry().deregister(&mut SourceFd(&fd.as_fd().as_raw_fd()))
    }

    /// Asks for `token` to be due at `time`, whenever else it is.
    pub fn set_timer(&mut self, time: Instant, token: Token) {
        self.deadlines.insert((time, token));
    }

    /// The same for a token that is due once: at `set`, unless `time` comes before, which is then
    /// in its place. A later time can be asked for when the earlier one has come.
    pub fn advance_timer(&mut self, set: &mut Option<Instant>, time: Instant, token: Token) {
        if set.is_some_and(|set| set <= time) {
            return;
        }
        if let Some(later) = set.replace(time) {
            self.deadlines.remove(&(later, token));
        }
        self.set_timer(time, token);
    }

    /// Asks for a wake-up by `time`, as `token` unless another comes before. For whoever asks
    /// anew before each wait: timers do not pile up.
    pub fn wake_by(&mut self, time: Instant, token: Token) {
        if self.deadlines.first().is_none_or(|(earliest, _)| time < *earliest) {
            self.set_timer(time, token);
        }
    }

    /// Waits until something is ready or due, or not at all if not `patient`; fills `ready` with
    /// what is ready. Gives the time.
    pub fn wait(&mut self, patient: bool, ready: &mut Vec<Readiness>) -> io::Result<Instant> {
        ready.clear();
        let timeout = if patient { self.time_left() } else { Some(Duration::ZERO) };
        match self.poll.poll(&mut self.events, timeout) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        for event in &self.events {
            if event.token() == WAKER {
                ready.extend(self.notified.lock().drain(..).map(Readiness::notified));
            } else {
                ready.push(event.into());
            }
        }
        Ok(Instant::now())
    }

    /// One token whose time has come by `now`, with that time.
    pub fn due(&mut self, now: Instant) -> Option<(Instant, Token)> {
        let (time, _) = self.deadlines.first()?;
        if *time > now {
            return None;
        }
        self.deadlines.pop_first()
    }

    fn time_left(&self) -> Option<Duration> {
        let (time, _) = self.deadlines.first()?;
        Some(time.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(1);

    /// As each connection does to which a number is given: a long time limit, and before it
    /// something that is to be looked at soon.
    #[test]
    fn timers_of_a_token_do_not_pile_up() {
        let mut reactor = Reactor::new().unwrap();
        let (token, mut set) = (Token(5), None);
        let mut now = Instant::now();
        for _ in 0..100 {
            reactor.advance_timer(&mut set, now + 1000 * MOMENT, token);
            reactor.advance_timer(&mut set, now + 2 * MOMENT, token);
            reactor.advance_timer(&mut set, now + 500 * MOMENT, token);
            reactor.advance_timer(&mut set, now + MOMENT, token);
            assert_eq!(reactor.due(now), None);
            now += MOMENT;
            assert_eq!(reactor.due(now), Some((now, token)));
            assert_eq!(set.take(), Some(now));
            assert!(reactor.deadlines.is_empty(), "{:?}", reactor.deadlines);
        }
    }

    #[test]
    fn a_token_may_be_due_at_several_times() {
        let mut reactor = Reactor::new().unwrap();
        let (token, now) = (Token(usize::MAX / 2), Instant::now());
        reactor.set_timer(now + 2 * MOMENT, token);
        reactor.set_timer(now + MOMENT, token);
        reactor.wake_by(now + 3 * MOMENT, Token(1));
        let due = std::iter::from_fn(|| reactor.due(now + 3 * MOMENT));
        assert_eq!(due.collect::<Vec<_>>(), [(now + MOMENT, token), (now + 2 * MOMENT, token)]);
    }
}
