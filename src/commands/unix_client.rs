//! `unix-client`, of connections and of datagrams:
//!
//! ```text
//! socket → connect → communication loop (send/recv) → close
//! socket → loop { sendto → recvfrom } → close
//! ```

use super::loops::lockstep;
use super::tcp_client::converse;
use super::udp_client::exchange;
use crate::engine::conversation::{self, Conversation};
use crate::engine::datagram::candidates::Candidates;
use crate::engine::datagram::client::{self as datagrams, Client};
use crate::engine::dialogue::{self, Dialogue};
use crate::engine::endpoint::stream::Stream;
use crate::net::tls::ClientSettings;
use crate::net::unix::{self, Target};
use crate::outcome::Outcome;

/// What `unix-client` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whom to connect to.
    pub target: Target,
    /// A dialogue in lockstep instead of a conversation.
    pub dialogue: Option<dialogue::Options>,
    /// Speaks TLS.
    pub tls: Option<ClientSettings>,
    /// How to talk.
    pub options: Options,
}

/// How to talk, by the kind of socket.
#[derive(Clone, Copy, Debug)]
pub enum Options {
    /// Over a connection.
    Connection(conversation::Options),
    /// In datagrams.
    Datagrams(datagrams::Options),
}

/// Talks until both sides have ended, or until the answers have come.
///
/// # Errors
/// Why it could not connect, or why the conversation or the exchange broke.
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let Config { target, dialogue, tls, options } = config;
    match options {
        Options::Connection(options) => {
            // A path is no name that a certificate could have.
            let context = |it: ClientSettings| it.context("localhost", options.report);
            let tls = tls.map(context).transpose()?;
            let connection = unix::connect(&target, options.report)?;
            let stream = Stream::open(connection, tls.as_ref(), options.report)?;
            match dialogue {
                Some(options) => lockstep(Dialogue::over_stream(stream, options)?),
                None => converse(Conversation::open(stream, options)?),
            }
        }
        Options::Datagrams(options) => {
            let answers = !options.send_only;
            let candidates = Candidates::of_unix(target, answers, options.report);
            match dialogue {
                Some(options) => lockstep(Dialogue::in_datagrams(candidates, options)?),
                None => exchange(Client::open(candidates, options)?),
            }
        }
    }
}
