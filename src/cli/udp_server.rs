//! The arguments of `udp-server`.

use clap::Args;

use super::datagrams::{BUFSIZE_HELP, DatagramArguments, ReplyToArgument};
use super::groups::{
    AddressArguments, CommonArguments, HandlerArguments, LookupArguments, ServerArguments,
    stdio_helpers,
};
use super::manual;
use super::refusals::{SERVICE, refuse};
use crate::commands::udp_server::Config;
use crate::engine::datagram::Sizes;
use crate::engine::datagram::server::Terms;
use crate::net::options::Transport;
use crate::net::tcp::Binding;
use crate::net::udp::Group;

/// Serve UDP: print datagrams and answer from stdin, or a service
#[derive(Debug, Args)]
#[command(override_usage = "skat udp-server [OPTIONS] [HOST] [PORT]")]
#[command(after_long_help = manual::examples("udp-server"))]
#[command(mut_arg("bufsize", |arg| arg.help(BUFSIZE_HELP)))]
pub struct Arguments {
    #[command(flatten)]
    address: AddressArguments,
    #[command(flatten)]
    lookup: LookupArguments,
    #[command(flatten)]
    handler: HandlerArguments,
    /// Serve one datagram and its answer, then exit
    #[arg(long, help_heading = "Serving")]
    once: bool,
    #[command(flatten)]
    reply_to: ReplyToArgument,
    /// Receive a multicast group, on this interface
    #[arg(long, value_name = "GROUP[%IF]", value_parser = Group::parse, help_heading = "Serving")]
    join: Vec<Group>,
    #[command(flatten)]
    server: ServerArguments,
    #[command(flatten)]
    datagram: DatagramArguments,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    pub fn config(self) -> anyhow::Result<Config> {
        let handler = self.handler.handler();
        let idle = self.common.idle_timeout();
        let is_service = handler.is_some();
        if is_service {
            self.datagram.refuse_frame(SERVICE)?;
            // It drops nobody: there is no connection.
            refuse(&[self.common.bufsize(), (idle.is_some(), "--idle-timeout")], SERVICE)?;
        }
        // Whoever asks has an address of its own to be answered at.
        self.datagram.refuse_casting("a server that answers who asks")?;
        let terms = Terms {
            handler,
            once: self.once,
            frame: self.datagram.frame(),
            sizes: Sizes::UDP,
            reply_to: self.reply_to.reply_to(),
            idle,
            threads: self.server.threads(is_service)?,
            buffer: self.common.buffer(),
            stdio_helpers: stdio_helpers(),
            bounds: self.server.bounds(&self.common, self.lookup.family()),
        };
        let binding = Binding {
            address: self.address.address()?,
            family: self.lookup.family(),
            numeric: self.lookup.numeric(),
            settings: self.common.settings(Transport::Udp)?,
        };
        Ok(Config { binding, casting: self.datagram.casting(self.join), terms })
    }
}
