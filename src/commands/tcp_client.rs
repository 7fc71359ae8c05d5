//! `tcp-client`:
//!
//! ```text
//! socket → connect → communication loop (send/recv) → close
//! ```

use super::loops::{lockstep, probe};
use crate::engine::conversation::{Conversation, Options};
use crate::engine::dialogue::{self, Dialogue};
use crate::engine::endpoint::stream::Stream;
use crate::engine::probe::{self, Method, Probes};
use crate::net::connect::{self, Target};
use crate::net::tls::ClientSettings;
use crate::outcome::Outcome;

/// What `tcp-client` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whom to connect to.
    pub target: Target,
    /// A dialogue in lockstep instead of a conversation.
    pub dialogue: Option<dialogue::Options>,
    /// Speaks TLS.
    pub tls: Option<ClientSettings>,
    /// Nothing but a probe of these ports.
    pub probe: Option<probe::Options>,
    /// How to talk.
    pub options: Options,
}

/// Talks until both sides have ended.
///
/// # Errors
/// Why it could not connect, or why the conversation broke.
pub fn run(config: &Config) -> anyhow::Result<Outcome> {
    if let Some(options) = &config.probe {
        return probe(Probes::begin(config.target.clone(), Method::Connect, options)?);
    }
    let report = config.options.report;
    let tls = config.tls.as_ref().map(|it| it.context(config.target.host(), report)).transpose()?;
    let connection = connect::tcp(&config.target, report)?;
    let stream = Stream::open(connection, tls.as_ref(), report)?;
    if let Some(options) = &config.dialogue {
        return lockstep(Dialogue::over_stream(stream, options.clone())?);
    }
    converse(Conversation::open(stream, config.options)?)
}

/// The communication loop: sends and receives, then closes.
pub(super) fn converse(mut conversation: Conversation) -> anyhow::Result<Outcome> {
    while conversation.send_and_receive()? {}
    conversation.close()
}
