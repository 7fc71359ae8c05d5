//! `udp-client`:
//!
//! ```text
//! socket → loop { sendto → recvfrom } → close
//! ```

use super::loops::{lockstep, probe};
use crate::engine::datagram::candidates::Candidates;
use crate::engine::datagram::client::{Client, Options};
use crate::engine::dialogue::{self, Dialogue};
use crate::engine::frame::Frame;
use crate::engine::probe::{self, Method, Probes, payload};
use crate::net::connect::Target;
use crate::net::udp::Casting;
use crate::outcome::Outcome;

/// What `udp-client` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whom to send to.
    pub target: Target,
    /// Broadcast and multicast.
    pub casting: Casting,
    /// A dialogue in lockstep instead of an exchange.
    pub dialogue: Option<dialogue::Options>,
    /// Nothing but a probe of these ports, with a datagram cut from stdin so.
    pub probe: Option<(probe::Options, Frame)>,
    /// What to send and what to wait for.
    pub options: Options,
}

/// Exchanges datagrams until stdin is sent and its answers have come.
///
/// # Errors
/// Refusal by every address, expected answers that did not come, a datagram that cannot be sent.
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let Config { target, casting, dialogue, probe: ports, options } = config;
    if let Some((options, frame)) = ports {
        let method = Method::Ask(payload::read(frame, target.retry_policy.end)?);
        return probe(Probes::begin(target, method, &options)?);
    }
    let candidates = Candidates::new(target, casting, options.report);
    if let Some(options) = dialogue {
        return lockstep(Dialogue::in_datagrams(candidates, options)?);
    }
    exchange(Client::open(candidates, options)?)
}

/// Sends and receives until the exchange is over, then closes.
pub(super) fn exchange(mut client: Client) -> anyhow::Result<Outcome> {
    while client.wait() {
        client.send_to();
        client.receive_from();
    }
    client.close()
}
