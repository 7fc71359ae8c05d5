//! The arguments of `tcp-server`.

use clap::Args;

use super::groups::{
    AddressArguments, CommonArguments, HandlerArguments, ServerArguments, StreamArguments,
    stdio_helpers,
};
use super::{manual, usage, values};
use crate::commands::tcp_server::Config;
use crate::engine::accept::Terms;
use crate::engine::session::Manners;
use crate::net::options::Transport;
use crate::net::tcp::Binding;

/// Serve TCP: a conversation with stdin and stdout, or a service
#[derive(Debug, Args)]
#[command(override_usage = "skat tcp-server [OPTIONS] [HOST] [PORT]")]
#[command(after_long_help = manual::examples("tcp-server"))]
pub struct Arguments {
    #[command(flatten)]
    address: AddressArguments,
    #[command(flatten)]
    handler: HandlerArguments,
    /// One conversation after another, until interrupted
    #[arg(short, long, conflicts_with = "service", help_heading = "Serving")]
    keep_open: bool,
    /// Serve one connection, then exit
    #[arg(long, conflicts_with = "keep_open", help_heading = "Serving")]
    once: bool,
    /// At most so many connections at a time; later ones wait in the backlog
    #[arg(short, long, value_name = "N", value_parser = values::at_least_one, requires = "service", help_heading = "Serving")]
    max_conns: Option<usize>,
    /// The listen queue; the system's maximum if left out
    #[arg(long, value_name = "N", help_heading = "Serving")]
    backlog: Option<u16>,
    #[command(flatten)]
    server: ServerArguments,
    #[command(flatten)]
    stream: StreamArguments,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    pub fn config(self) -> anyhow::Result<Config> {
        let handler = self.handler.handler();
        if handler.is_some() && self.stream.is_for_conversation() {
            return usage(
                "--no-stdin, --send-only, --no-half-close, --after-eof and --crlf are for \
                 conversations, not for services",
            );
        }
        let settings = self.common.settings(Transport::Tcp)?;
        let terms = Terms {
            handler,
            keep_open: self.keep_open,
            once: self.once,
            max_conns: self.max_conns,
            limits: self.stream.limits(&self.common),
            manners: Manners {
                listens: true,
                keep_open: self.keep_open,
                ..self.stream.manners(&settings)
            },
            settings: settings.clone(),
            buffer: self.common.buffer(),
            stdio_helpers: stdio_helpers(),
            threads: self.server.threads(handler)?,
            bounds: self.server.bounds(&self.common),
        };
        let binding = Binding {
            address: self.address.address()?,
            family: self.common.family(),
            numeric: self.common.numeric(),
            settings,
        };
        Ok(Config { binding, backlog: self.backlog, terms })
    }
}
