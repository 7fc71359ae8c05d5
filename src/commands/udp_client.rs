//! `udp-client`:
//!
//! ```text
//! socket → loop { sendto → recvfrom } → close
//! ```

use super::tcp_client::lockstep;
use crate::engine::datagram::client::{Candidate, Client, Terms};
use crate::engine::dialogue::{self, Dialogue};
use crate::net::connect::{self, Target};
use crate::net::retry::{Backoff, with_retries};
use crate::net::udp::{self, Casting};
use crate::outcome::Outcome;
use crate::report::Report;

/// What `udp-client` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whom to send to.
    pub target: Target,
    /// Broadcast and multicast.
    pub casting: Casting,
    /// A dialogue in lockstep instead of an exchange.
    pub dialogue: Option<dialogue::Terms>,
    /// What to send and what to wait for.
    pub terms: Terms,
}

/// Exchanges datagrams until stdin is sent and its answers have come.
///
/// # Errors
/// Refusal by every address, expected answers that did not come, a datagram that cannot be sent.
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let Config { target, casting, dialogue, mut terms } = config;
    let sockets = sockets(&target, &casting, terms.report)?;
    if let Some(terms) = dialogue {
        return lockstep(Dialogue::in_datagrams(sockets, terms)?);
    }
    terms.to_many = sockets.iter().any(|candidate| casting.reaches_many(candidate.peer.ip()));
    let backoff = Backoff::new(&target);
    let reopen = Box::new(move || self::sockets(&target, &casting, terms.report));
    let mut client = Client::open(sockets, reopen, backoff, terms)?;
    while client.wait()? {
        client.send_to()?;
        client.receive_from()?;
    }
    client.close()
}

/// A socket for each address of the target.
fn sockets(target: &Target, casting: &Casting, report: Report) -> anyhow::Result<Vec<Candidate>> {
    with_retries(target, |deadline| {
        let sources = target.sources(libc::SOCK_DGRAM, deadline)?;
        let mut candidates = Vec::new();
        let mut failure = None;
        for peer in target.candidates(libc::SOCK_DGRAM, deadline)? {
            let socket = connect::source_for(&sources, peer)
                .and_then(|source| udp::open_to(peer, source, &target.settings, casting, report));
            match socket {
                Ok(socket) => candidates.push(Candidate { socket, peer }),
                Err(error) => failure = Some(error),
            }
        }
        match failure {
            Some(error) if candidates.is_empty() => Err(error),
            _ => Ok(candidates),
        }
    })
}
