//! `tcp-client`:
//!
//! ```text
//! socket → connect → communication loop (send/recv) → close
//! ```

use crate::engine::client::{Conversation, Terms};
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
    pub dialogue: Option<dialogue::Terms>,
    /// Speaks TLS.
    pub tls: Option<ClientSettings>,
    /// Nothing but a probe of these ports.
    pub probe: Option<probe::Terms>,
    /// How to talk.
    pub terms: Terms,
}

/// Talks until both sides have ended.
///
/// # Errors
/// Why it could not connect, or why the conversation broke.
pub fn run(config: &Config) -> anyhow::Result<Outcome> {
    if let Some(terms) = &config.probe {
        return probe(Probes::begin(config.target.clone(), Method::Connect, terms)?);
    }
    let report = config.terms.report;
    let tls = config.tls.as_ref().map(|it| it.context(config.target.host(), report)).transpose()?;
    let connection = connect::tcp(&config.target, report)?;
    let stream = Stream::open(connection, tls.as_ref(), report)?;
    if let Some(terms) = &config.dialogue {
        return lockstep(Dialogue::over_stream(stream, terms.clone())?);
    }
    let mut conversation = Conversation::open(stream, config.terms)?;
    while conversation.send_and_receive()? {}
    conversation.close()
}

/// Each port by itself: socket → connect → close.
pub(super) fn probe(mut probes: Probes) -> anyhow::Result<Outcome> {
    while let Some(found) = probes.wait()? {
        probes.tell(found)?;
    }
    probes.close()
}

/// The classic dialogue: send, then receive, then the next.
pub(super) fn lockstep(mut dialogue: Dialogue) -> anyhow::Result<Outcome> {
    let talked = talk(&mut dialogue);
    dialogue.close(talked)
}

fn talk(dialogue: &mut Dialogue) -> anyhow::Result<()> {
    while let Some(line) = dialogue.ask()? {
        dialogue.send(&line)?;
        dialogue.receive(&line)?;
    }
    Ok(())
}
