//! `unix-client`, of connections and of datagrams:
//!
//! ```text
//! socket → connect → communication loop (send/recv) → close
//! socket → loop { sendto → recvfrom } → close
//! ```

use super::tcp_client::lockstep;
use crate::engine::client::{self, Conversation};
use crate::engine::datagram::candidates::Candidates;
use crate::engine::datagram::client as datagrams;
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

/// How to talk, by the kind of socket.
#[derive(Clone, Copy, Debug)]
pub enum Terms {
    /// Over a connection.
    Connection(client::Terms),
    /// In datagrams.
    Datagrams(datagrams::Terms),
}

/// Talks until both sides have ended, or until the answers have come.
///
/// # Errors
/// Why it could not connect, or why the conversation or the exchange broke.
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let Config { target, dialogue, terms } = config;
    match terms {
        Terms::Connection(terms) => {
            let connection = unix::connect(&target, terms.report)?;
            if let Some(terms) = dialogue {
                return lockstep(Dialogue::over_stream(connection, terms)?);
            }
            let mut conversation = Conversation::open(connection, terms)?;
            while conversation.send_and_receive()? {}
            conversation.close()
        }
        Terms::Datagrams(terms) => {
            let candidates = Candidates::of_unix(target, !terms.send_only, terms.report);
            if let Some(terms) = dialogue {
                return lockstep(Dialogue::in_datagrams(candidates, terms)?);
            }
            let mut client = datagrams::Client::open(candidates, terms)?;
            while client.wait() {
                client.send_to();
                client.receive_from();
            }
            client.close()
        }
    }
}
