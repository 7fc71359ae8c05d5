//! `tcp-server`:
//!
//! ```text
//! socket → bind → listen → accept loop { communication loop (recv/send) → close } → close
//! ```

use crate::engine::accept::{Options, Server};
use crate::net::binding::Binding;
use crate::net::tcp;
use crate::outcome::Outcome;

/// What `tcp-server` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to serve.
    pub binding: Binding,
    /// The listen queue; `None`: the system's maximum.
    pub backlog: Option<u16>,
    /// What to serve, and for how long.
    pub options: Options,
}

/// Serves until the server's time is over.
///
/// # Errors
/// [`Cause::Bind`](crate::outcome::Cause::Bind) where it cannot listen; why a single
/// conversation or connection broke.
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let report = config.options.bounds.report;
    let ready = config.options.load_tls()?;
    let sockets = tcp::listen(&config.binding, config.backlog, report)?;
    let mut server = Server::open(sockets, ready)?;
    server.on_each_thread(accept_loop)?;
    server.close()
}

/// Serves peers until no more are accepted.
pub(super) fn accept_loop(server: &mut Server) -> anyhow::Result<()> {
    while let Some(connection) = server.accept()? {
        // The communication loop of a connection runs within `accept`, beside those of all others,
        // and closes the connection at its end.
        server.communicate(connection);
    }
    Ok(())
}
