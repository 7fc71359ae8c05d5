//! The arguments of `unix-client`.

use clap::Args;

use super::groups::{CommonArguments, ConnectingArguments, StreamArguments, stdio_helpers};
use super::manual;
use super::refusals::{LOCKSTEP, refuse};
use super::unix::PathArgument;
use crate::commands::unix_client::Config;
use crate::engine::client::Terms;
use crate::net::options::Transport;
use crate::net::unix::{Kind, Target};

/// Connect to a Unix socket and talk: stdin to the peer, the peer to stdout
#[derive(Debug, Args)]
#[command(override_usage = "skat unix-client [OPTIONS] PATH")]
#[command(after_long_help = manual::examples("unix-client"))]
#[command(mut_arg("connect_timeout", |arg| arg.help("Give up connecting after this long: status 6")))]
pub struct Arguments {
    #[command(flatten)]
    path: PathArgument,
    #[command(flatten)]
    connecting: ConnectingArguments,
    #[command(flatten)]
    stream: StreamArguments,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    pub fn config(self) -> anyhow::Result<Config> {
        let name = self.path.name()?;
        let dialogue = self.connecting.dialogue(&self.common, self.stream.crlf());
        if dialogue.is_some() {
            self.stream.refuse_in_lockstep()?;
            refuse(&[self.common.bufsize()], LOCKSTEP)?;
        }
        let settings = self.common.settings(Transport::Unix)?;
        let patience = self.connecting.patience(&self.common);
        let terms = Terms {
            limits: self.stream.limits(&self.common),
            manners: self.stream.manners(&settings),
            end: patience.end,
            buffer: self.common.buffer(),
            stdio_helpers: stdio_helpers(),
            report: self.common.report(),
        };
        let target = Target { name, kind: Kind::Stream, settings, patience };
        Ok(Config { target, dialogue, terms })
    }
}
