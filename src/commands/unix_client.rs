//! `unix-client`:
//!
//! ```text
//! socket → connect → communication loop (send/recv) → close
//! ```

use super::tcp_client::lockstep;
use crate::engine::client::{Conversation, Terms};
use crate::engine::dialogue::{self, Dialogue};
use crate::net::unix::{self, Target};
use crate::outcome::Outcome;

/// What `unix-client` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whom to connect to.
    pub target: Target,
    /// A dialogue in lockstep instead of a conversation.
    pub dialogue: Option<dialogue::Terms>,
    /// How to talk.
    pub terms: Terms,
}

/// Talks until both sides have ended.
///
/// # Errors
/// Why it could not connect, or why the conversation broke.
pub fn run(config: &Config) -> anyhow::Result<Outcome> {
    let connection = unix::connect(&config.target, config.terms.report)?;
    if let Some(terms) = &config.dialogue {
        return lockstep(Dialogue::over_stream(connection, terms.clone())?);
    }
    let mut conversation = Conversation::open(connection, config.terms)?;
    while conversation.send_and_receive()? {}
    conversation.close()
}
