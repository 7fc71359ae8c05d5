//! The tokens of event loops that more than one module takes some of: who has which.

use mio::Token;

/// Tokens in a row.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    first: usize,
    last: usize,
}

impl Tokens {
    const fn new(first: usize, last: usize) -> Self {
        Self { first, last }
    }

    /// The first of them, as a number.
    #[must_use]
    pub const fn first(self) -> usize {
        self.first
    }

    /// The token of this number, which counts from 0.
    #[must_use]
    pub const fn token(self, number: usize) -> Token {
        Token(self.first + number)
    }

    /// The number of a token, if it is one of these.
    #[must_use]
    pub fn number(self, token: Token) -> Option<usize> {
        (self.first..=self.last).contains(&token.0).then(|| token.0 - self.first)
    }
}

/// Every loop's waker, which no source has.
pub const WAKER: Token = Token(usize::MAX);
/// What concerns a server's run as a whole.
pub const LIFETIME: Tokens = Tokens::new(usize::MAX - 16, usize::MAX - 1);

/// What a loop keeps by key, such as sessions; a loop of connections or of probes.
pub const KEYED: Tokens = Tokens::new(0, usize::MAX / 2 - 1);
/// What else the owner of such a loop watches and waits for.
pub const OWNER: Tokens = Tokens::new(usize::MAX / 2, usize::MAX / 2 + 15);
/// The listening sockets.
pub const LISTENERS: Tokens = Tokens::new(usize::MAX / 2 + 16, usize::MAX - 17);

/// stdin, stdout and the time; a server of datagrams.
pub const STDIO_AND_TIME: Tokens = Tokens::new(0, 15);
/// Its sockets.
pub const SOCKETS: Tokens = Tokens::new(16, (1 << 20) - 1);
/// The sessions, or the processes, that answer.
pub const WORK: Tokens = Tokens::new(1 << 20, usize::MAX - 17);

const _: () = assert!(are_apart(&[KEYED, OWNER, LISTENERS, LIFETIME]));
const _: () = assert!(are_apart(&[STDIO_AND_TIME, SOCKETS, WORK, LIFETIME]));
const _: () = assert!(LIFETIME.last < WAKER.0);

/// True if each begins after the end of the one before it.
const fn are_apart(mut rows: &[Tokens]) -> bool {
    while let [one, rest @ ..] = rows {
        if one.first > one.last {
            return false;
        }
        if let [next, ..] = rest
            && one.last >= next.first
        {
            return false;
        }
        rows = rest;
    }
    true
}
