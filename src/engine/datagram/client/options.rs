//! What a datagram client is asked to do.

use std::time::{Duration, Instant};

use crate::engine::datagram::Sizes;
use crate::engine::frame::Frame;
use crate::report::Report;

/// What a datagram client does and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How stdin is cut, and datagrams are printed.
    pub frame: Frame,
    /// How large datagrams may be.
    pub sizes: Sizes,
    /// Ends well after so many answers.
    pub replies: Option<u64>,
    /// How long to wait for answers after stdin's end.
    pub after_eof: Option<Duration>,
    /// Ends as soon as stdin is sent.
    pub send_only: bool,
    /// Bytes a second at most.
    pub rate: Option<u64>,
    /// Ends after so long without a datagram either way.
    pub idle: Option<Duration>,
    /// When the whole run is over.
    pub end: Option<Instant>,
    /// Bytes of stdin read at once.
    pub buffer: usize,
    /// Carries stdin and stdout by helper threads.
    pub stdio_helpers: bool,
    /// Where events are reported.
    pub report: Report,
}
