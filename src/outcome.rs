//! How a run ended, and the exit status that says so.
//!
//! A [`Cause`] is attached to an error where the error arises ([`WithCause::cause`]); everything
//! between passes it on unread, and `main` turns it into the status. So is the peer that it is about
//! ([`about_peer`]). The table [`STATUSES`] is what the manual's EXIT STATUS and `skat info errors`
//! are rendered from.

use std::fmt;
use std::io;

/// Why a run failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The transfer broke: a reset, a truncated TLS stream, a local read or write error; also
    /// anything unforeseen.
    Transfer,
    /// The arguments make no sense; decided before any traffic.
    Usage,
    /// The name does not exist, for good.
    NotFound,
    /// The name could not be looked up for now.
    Temporary,
    /// Refused or unreachable.
    Unreachable,
    /// A timeout that the user set, or the connection's own.
    Timeout,
    /// TLS: handshake, certificate or ALPN.
    Tls,
    /// An expectation that the user stated was not met.
    Expectation,
    /// A local address cannot be bound or listened on.
    Bind,
    /// A program that is to serve peers cannot be executed.
    NotExecutable,
    /// A program that is to serve peers does not exist.
    NoProgram,
}

/// Each cause with its exit status and its meaning, in the order of the statuses.
pub const STATUSES: &[(Cause, u8, &str)] = &[
    (
        Cause::Transfer,
        1,
        "transfer broken: reset, TLS truncated, local read or write error; anything unforeseen",
    ),
    (Cause::Usage, 2, "usage: arguments that make no sense, decided before any traffic"),
    (Cause::NotFound, 3, "name not found (permanent)"),
    (Cause::Temporary, 4, "name look-up failed for now (temporary)"),
    (Cause::Unreachable, 5, "refused or unreachable"),
    (Cause::Timeout, 6, "a timeout"),
    (Cause::Tls, 7, "TLS: handshake, certificate, ALPN"),
    (Cause::Expectation, 8, "an expectation unmet: --replies, UDP probe unanswered"),
    (Cause::Bind, 9, "cannot bind or listen"),
    (Cause::NotExecutable, 126, "the program to run cannot be executed"),
    (Cause::NoProgram, 127, "there is no such program to run"),
];

/// What status 0 means.
pub const SUCCESS: &str = "done; all bytes delivered as far as the system can tell";

/// The statuses that are not skat's own, with their meanings.
pub const OTHER_STATUSES: &[(&str, &str)] = &[
    ("child's", "--run, and --exec or --sh-exec with --once: its status, 128+N for a signal"),
    ("signal", "SIGINT, SIGTERM, SIGHUP, SIGPIPE: died of that signal"),
];

impl Cause {
    /// The exit status of this cause.
    #[must_use]
    pub fn status(self) -> u8 {
        STATUSES.iter().find(|(cause, ..)| *cause == self).map_or(1, |(_, status, _)| *status)
    }
}

/// How a run ended when it did not end in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is done and delivered.
    Success,
    /// A failure that has been reported already.
    Failure(Cause),
    /// A child's status is passed on.
    Child(u8),
    /// Stopped by this signal, which the process then dies of.
    Signal(i32),
}

impl Outcome {
    /// The status as a shell shows it: 128+N for a signal.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Outcome::Success => 0,
            Outcome::Failure(cause) => cause.status(),
            Outcome::Child(status) => status,
            Outcome::Signal(signal) => 128u8.saturating_add(u8::try_from(signal).unwrap_or(127)),
        }
    }
}

/// stdout's reader has gone: nobody is left to tell, and the process ends as SIGPIPE ends one.
#[derive(Clone, Copy, Debug)]
pub struct ReaderGone;

impl fmt::Display for ReaderGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write stdout: its reader has gone")
    }
}

impl std::error::Error for ReaderGone {}

/// An error of writing stdout in the form in which `main` knows it.
#[must_use]
pub fn of_stdout(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        io::Error::new(io::ErrorKind::BrokenPipe, ReaderGone)
    } else {
        error
    }
}

/// True if the error is that stdout's reader has gone.
#[must_use]
pub fn is_reader_gone(error: &anyhow::Error) -> bool {
    let inner = find::<io::Error>(error).and_then(io::Error::get_ref);
    inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<ReaderGone>)
}

/// True if the error is that there are no more descriptors, for skat or for anybody.
#[must_use]
pub fn is_out_of_descriptors(error: &anyhow::Error) -> bool {
    let number = find::<io::Error>(error).and_then(io::Error::raw_os_error);
    matches!(number, Some(libc::EMFILE | libc::ENFILE))
}

/// A failure in words, with its cause, for those who can only pass on an [`io::Error`].
#[derive(Clone, Debug)]
pub struct IoFailure {
    cause: Cause,
    text: String,
}

impl IoFailure {
    /// A failure of this cause.
    pub fn new(cause: Cause, text: impl Into<String>) -> Self {
        Self { cause, text: text.into() }
    }

    /// The one that the error carries, if it does.
    #[must_use]
    pub fn within(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for IoFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for IoFailure {}

impl From<IoFailure> for io::Error {
    fn from(failure: IoFailure) -> Self {
        io::Error::other(failure)
    }
}

/// Attaches a cause to an error.
pub trait WithCause<T> {
    /// Says why the run fails if this fails.
    fn cause(self, cause: Cause) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> WithCause<T> for Result<T, E> {
    fn cause(self, cause: Cause) -> anyhow::Result<T> {
        self.map_err(|error| failure(cause, error))
    }
}

/// An error of this cause.
pub fn failure(cause: Cause, error: impl Into<anyhow::Error>) -> anyhow::Error {
    anyhow::Error::new(Noted { note: Note::Cause(cause), error: error.into() })
}

/// An error of this cause that is a sentence.
pub fn refusal(cause: Cause, message: impl Into<String>) -> anyhow::Error {
    failure(cause, anyhow::Error::msg(message.into()))
}

/// An error that is about this peer.
pub fn about_peer(error: anyhow::Error, peer: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Noted { note: Note::Peer(peer.into()), error })
}

/// The outermost cause attached to an error; [`Cause::Transfer`] where none is.
#[must_use]
pub fn cause_of(error: &anyhow::Error) -> Cause {
    let cause = all_links(error).into_iter().find_map(|link| {
        let carried = link.downcast_ref::<io::Error>().and_then(IoFailure::within);
        match link.downcast_ref::<Noted>() {
            Some(Noted { note: Note::Cause(cause), .. }) => Some(*cause),
            _ => carried.map(|failure| failure.cause),
        }
    });
    cause.unwrap_or(Cause::Transfer)
}

/// The peer that an error is about, if it is about one.
#[must_use]
pub fn peer_of(error: &anyhow::Error) -> Option<&str> {
    all_links(error).into_iter().find_map(|link| match link.downcast_ref::<Noted>() {
        Some(Noted { note: Note::Peer(peer), .. }) => Some(peer.as_str()),
        _ => None,
    })
}

/// An error that prints as the error it carries, with a note beside it.
#[derive(Debug)]
struct Noted {
    note: Note,
    error: anyhow::Error,
}

#[derive(Debug)]
enum Note {
    Cause(Cause),
    Peer(String),
}

impl fmt::Display for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)
    }
}

impl std::error::Error for Noted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // Display shows the head of the chain, so the source is what follows it.
        self.error.chain().nth(1)
    }
}

/// The errors of a chain, outermost first, each with its real type.
#[must_use]
pub fn links(error: &anyhow::Error) -> Vec<&(dyn std::error::Error + 'static)> {
    let mut links = all_links(error);
    links.retain(|link| !link.is::<Noted>());
    links
}

/// The same with those that only note something.
fn all_links(error: &anyhow::Error) -> Vec<&(dyn std::error::Error + 'static)> {
    let mut links = Vec::new();
    for link in error.chain() {
        links.push(link);
        if let Some(noted) = link.downcast_ref::<Noted>() {
            links.extend(all_links(&noted.error));
            break;
        }
    }
    links
}

/// Looks for an error of type `E` in the chain.
#[must_use]
pub fn find<E: std::error::Error + 'static>(error: &anyhow::Error) -> Option<&E> {
    links(error).into_iter().find_map(|link| link.downcast_ref::<E>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn statuses_are_those_of_the_manual() {
        let statuses: Vec<u8> = STATUSES.iter().map(|(_, status, _)| *status).collect();
        assert_eq!(statuses, [1, 2, 3, 4, 5, 6, 7, 8, 9, 126, 127]);
        assert_eq!(Outcome::Signal(15).status(), 143);
    }

    #[test]
    fn a_cause_survives_context_and_prints_nothing() {
        let error = Err::<(), _>(io::Error::from(io::ErrorKind::TimedOut))
            .context("inner")
            .cause(Cause::Timeout)
            .context("outer")
            .unwrap_err();
        assert_eq!(cause_of(&error), Cause::Timeout);
        assert_eq!(format!("{error:#}"), "outer: inner: timed out");
        assert!(find::<io::Error>(&error).is_some());
    }

    #[test]
    fn a_peer_is_noted_beside_the_cause_and_prints_nothing() {
        let refused = Err::<(), _>(io::Error::from(io::ErrorKind::ConnectionRefused));
        let error = refused.cause(Cause::Unreachable).context("connect").unwrap_err();
        let error = about_peer(error, "[::1]:9").context("outer");
        assert_eq!(format!("{error:#}"), "outer: connect: connection refused");
        assert_eq!(cause_of(&error), Cause::Unreachable);
        assert_eq!(peer_of(&error), Some("[::1]:9"));
        assert!(find::<io::Error>(&error).is_some());
    }
}
