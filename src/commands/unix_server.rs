//! `unix-server`:
//!
//! ```text
//! socket → bind → listen → accept loop { communication loop (recv/send) → close } → close
//! ```

use super::tcp_server::accept_loop;
use crate::engine::accept::{Server, Terms};
use crate::net::unix::{self, Binding};
use crate::outcome::Outcome;

/// What `unix-server` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to serve.
    pub binding: Binding,
    /// What to serve, and for how long.
    pub terms: Terms,
}

/// Serves until the server's time is over.
///
/// # Errors
/// [`Cause::Bind`](crate::outcome::Cause::Bind) where it cannot listen; why a single
/// conversation or connection broke.
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let bound = unix::bind(&config.binding, config.terms.bounds.report)?;
    let mut server = Server::open(vec![bound.socket], config.terms)?;
    server.own(bound.file);
    server.on_each_thread(accept_loop)?;
    server.close()
}
