//! `udp-server`:
//!
//! ```text
//! socket → bind → loop { recvfrom → sendto } → close
//! ```

use crate::engine::datagram::server::{Options, Server};
use crate::net::binding::Binding;
use crate::net::udp::{self, Casting};
use crate::outcome::Outcome;

/// What `udp-server` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to serve.
    pub binding: Binding,
    /// Broadcast and multicast.
    pub casting: Casting,
    /// What to serve, and for how long.
    pub options: Options,
}

/// Serves until the server's time is over.
///
/// # Errors
/// [`Cause::Bind`](crate::outcome::Cause::Bind) where it cannot bind; what ended the server as a
/// whole.
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let sockets = udp::bind(&config.binding, &config.casting, config.options.bounds.report)?;
    serve(Server::open(sockets, config.options)?)
}

/// Receives, and sends what is to be answered, until the server's time is over; then closes.
pub(super) fn serve(mut server: Server) -> anyhow::Result<Outcome> {
    while let Some(datagrams) = server.receive_from() {
        server.send_to(datagrams);
    }
    server.close()
}
