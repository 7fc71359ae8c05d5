//! What the user asked of each conversation or connection.

use std::io;
use std::time::Duration;

use crate::engine::endpoint::stdio::{Input, Output, Stdio};
use crate::engine::frame::Frame;

/// What a conversation or connection is bound by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Ends after so long without a byte either way.
    pub idle: Option<Duration>,
    /// Ends, well, once either side has ended and so long has passed without a byte.
    pub after_eof: Option<Duration>,
}

/// How a conversation treats its two flows.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionOptions {
    /// A server's conversation: nobody is told "I am done" by one that only listens.
    pub listens: bool,
    /// stdout outlives the conversation, and the peer's end always ends it.
    pub keep_open: bool,
    /// Sends nothing, not even a half-close.
    pub no_stdin: bool,
    /// Prints nothing that is received.
    pub send_only: bool,
    /// Keeps the sending side open after stdin's end.
    pub no_half_close: bool,
    /// Sends LF as CRLF.
    pub crlf: bool,
    /// Copies bytes even where the kernel could move them.
    pub copying: bool,
    /// The user chose the socket's keepalive, which is then left alone.
    pub own_keepalive: bool,
    /// The peer sends and takes records: how they are printed, and stdin is cut.
    pub frame: Option<Frame>,
}

impl SessionOptions {
    /// Opens stdin and stdout, as far as the conversation uses them: a stdin that is not read
    /// stays whole for others, and a stdout that is not written needs no reader.
    ///
    /// # Errors
    /// The system's, for descriptors that cannot be duplicated or carried.
    pub fn open_stdio(self, through_helpers: bool) -> io::Result<Stdio> {
        Ok(Stdio {
            input: if self.no_stdin { Input::unused()? } else { Input::open(through_helpers)? },
            output: if self.send_only { Output::unused() } else { Output::open(through_helpers)? },
            begun: None,
            has_given: false,
        })
    }
}
