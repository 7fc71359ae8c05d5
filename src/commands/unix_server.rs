//! `unix-server`, of connections and of datagrams:
//!
//! ```text
//! socket → bind → listen → accept loop { communication loop (recv/send) → close } → close
//! socket → bind → loop { recvfrom → sendto } → close
//! ```

use super::tcp_server::accept_loop;
use super::udp_server::serve;
use crate::engine::accept::{self, Server};
use crate::engine::datagram::server as datagrams;
use crate::engine::lifetime::Bounds;
use crate::net::unix::{self, Binding};
use crate::outcome::Outcome;

/// What `unix-server` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to serve.
    pub binding: Binding,
    /// What to serve, and for how long.
    pub options: Options,
}

/// What is served, by the kind of socket.
#[derive(Clone, Debug)]
pub enum Options {
    /// Streams, or records.
    Connections(Box<accept::Options>),
    /// Datagrams.
    Datagrams(Box<datagrams::Options>),
}

/// Serves until the server's time is over.
///
/// # Errors
/// [`Cause::Bind`](crate::outcome::Cause::Bind) where it cannot bind or listen; why a single
/// conversation or connection broke, or what ended the server as a whole.
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let report = config.options.bounds().report;
    let bind = || unix::bind(&config.binding, report);
    match config.options {
        Options::Connections(options) => {
            let ready = options.load_tls()?;
            let bound = bind()?;
            let mut server = Server::open(bound.sockets, ready)?;
            server.own(bound.file);
            server.on_each_thread(accept_loop)?;
            server.close()
        }
        Options::Datagrams(options) => {
            let bound = bind()?;
            let mut server = datagrams::Server::open(bound.sockets, *options)?;
            server.own(bound.file);
            serve(server)
        }
    }
}

impl Options {
    /// What bounds the run.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        match self {
            Options::Connections(options) => &options.bounds,
            Options::Datagrams(options) => &options.bounds,
        }
    }
}
