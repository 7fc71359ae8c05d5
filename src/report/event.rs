//! The events of `--log json`, which are part of the interface.

/// What a line tells, as `--log json` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A server listens.
    Listening,
    /// An address is tried.
    Connecting,
    /// A connection stands.
    Connected,
    /// A server has made itself a certificate.
    Certificate,
    /// A peer was not let in.
    Denied,
    /// A port that was probed is not open.
    NotOpen,
    /// A connection is over.
    Disconnected,
    /// A datagram came.
    Datagram,
    /// Something failed.
    Error,
    /// The run is over.
    Ended,
    /// Something that the user should know though nothing failed.
    Warning,
    /// A step that only `-vv` shows.
    Step,
}

impl Event {
    /// All of them, which the manual names; `Step` is the last.
    pub const ALL: [Self; Self::Step as usize + 1] = [
        Self::Listening,
        Self::Connecting,
        Self::Connected,
        Self::Certificate,
        Self::Denied,
        Self::NotOpen,
        Self::Disconnected,
        Self::Datagram,
        Self::Error,
        Self::Ended,
        Self::Warning,
        Self::Step,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Listening => "listening",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Certificate => "certificate",
            Self::Denied => "denied",
            Self::NotOpen => "not-open",
            Self::Disconnected => "disconnected",
            Self::Datagram => "datagram",
            Self::Error => "error",
            Self::Ended => "ended",
            Self::Warning => "warning",
            Self::Step => "step",
        }
    }
}
