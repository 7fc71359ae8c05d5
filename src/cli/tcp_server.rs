//! The arguments of `tcp-server`.

use clap::Args;

use super::access::AccessArguments;
use super::addresses::{AddressArguments, SERVER_HOST_HELP};
use super::changes::ChangeArg as _;
use super::groups::{CommonArguments, LookupArguments};
use super::hand_over::HandOverArguments;
use super::manual;
use super::stream_server::StreamServerArguments;
use super::values::socket_options;
use crate::commands::tcp_server::Config;
use crate::net::binding::Binding;
use crate::net::options::{Phase, Transport};

/// What the command does, in a line.
pub const ABOUT: &str = "Serve TCP: connect a client to stdin and stdout, or run a service";

#[derive(Debug, Args)]
#[command(about = ABOUT, override_usage = "skat tcp-server [OPTIONS] [HOST] [PORT]")]
#[command(after_long_help = manual::epilog("tcp-server"))]
#[command(change_arg("host", |arg| arg.help(SERVER_HOST_HELP)))]
#[command(change_arg("options", |arg| socket_options(arg, Transport::Tcp)))]
pub struct Arguments {
    #[command(flatten)]
    address: AddressArguments,
    #[command(flatten)]
    lookup: LookupArguments,
    #[command(flatten)]
    server: StreamServerArguments,
    #[command(flatten)]
    hand_over: HandOverArguments,
    #[command(flatten)]
    access: AccessArguments,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    /// What is told when the server begins.
    pub fn warning(&self) -> Option<String> {
        self.server.warning()
    }

    pub fn config(self) -> anyhow::Result<Config> {
        let settings = self.common.settings(Transport::Tcp)?;
        let mut options = self.server.options(&self.common, Some(&self.lookup), &settings, None)?;
        options.access = self.access.access()?;
        let without_effect = [
            self.address.given(),
            (self.server.backlog().is_some(), "--backlog"),
            (settings.has_phase(Phase::Create), "-O mptcp"),
        ];
        let inherited = self.hand_over.inherited(&without_effect, &options.bounds.readiness)?;
        let binding = Binding {
            address: self.address.served()?,
            family: self.lookup.family(),
            numeric: self.lookup.numeric(),
            deadline: options.bounds.end,
            settings,
            inherited,
        };
        Ok(Config { binding, backlog: self.server.backlog(), options })
    }
}
