//! What a datagram server is asked to do.

use std::time::Duration;

use super::Sizes;
use super::handler::Handler;
use crate::engine::frame::Frame;
use crate::engine::lifetime::Bounds;
use crate::net::access::Access;

/// Whom stdin's datagrams go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplyTo {
    /// The peer heard last.
    #[default]
    Last,
    /// The peer heard first.
    First,
    /// Everybody heard so far.
    All,
}

/// What a datagram server does and for how long.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is done with a datagram; `None`: a conversation with stdin and stdout.
    pub handler: Option<Handler>,
    /// Whose datagrams are dropped.
    pub access: Access,
    /// One datagram and its answer, then the end.
    pub once: bool,
    /// How datagrams are printed, and stdin is cut.
    pub frame: Frame,
    /// Whom stdin's datagrams go to.
    pub reply_to: ReplyTo,
    /// Ends the conversation after so long without a datagram either way.
    pub idle: Option<Duration>,
    /// Event loops of a service, all on the same sockets.
    pub threads: usize,
    /// How large datagrams may be.
    pub sizes: Sizes,
    /// Bytes of stdin read at once.
    pub buffer: usize,
    /// Carries stdin and stdout by helper threads.
    pub stdio_helpers: bool,
    /// What bounds the run.
    pub bounds: Bounds,
}
