//! The arguments of `tcp-client`.

use clap::Args;

use super::addresses::{AddressArguments, CLIENT_HOST_HELP};
use super::changes::ChangeArg as _;
use super::groups::{
    CLIENT_BUFSIZE_HELP, CLIENT_IDLE_HELP, ClientArguments, CommonArguments, stdio_helpers,
};
use super::manual;
use super::probing::ProbeArguments;
use super::refusals::{LOCKSTEP, refuse};
use super::streams::{StreamArguments, Without};
use super::tls::TlsClientArguments;
use super::values::socket_options;
use crate::commands::tcp_client::Config;
use crate::engine::conversation::Options;
use crate::engine::probe;
use crate::net::options::Transport;

/// What the command does, in a line.
pub const ABOUT: &str = "Connect by TCP: stdin is sent to the server, its data is printed";

#[derive(Debug, Args)]
#[command(about = ABOUT, override_usage = "skat tcp-client [OPTIONS] [HOST] [PORT]")]
#[command(after_long_help = manual::epilog("tcp-client"))]
#[command(change_arg("host", |arg| arg.help(CLIENT_HOST_HELP)))]
#[command(change_arg("idle_timeout", |arg| arg.help(CLIENT_IDLE_HELP)))]
#[command(change_arg("bufsize", |arg| arg.help(CLIENT_BUFSIZE_HELP)))]
#[cfg_attr(feature = "tls", command(change_arg("probe", |probe| probe.conflicts_with("tls"))))]
#[command(change_arg("options", |arg| socket_options(arg, Transport::Tcp)))]
#[command(change_arg("probe", |probe| probe.conflicts_with_all([
    "prompt", "no_stdin", "send_only", "no_half_close", "after_eof", "crlf", "idle_timeout", "bufsize",
])))]
pub struct Arguments {
    #[command(flatten)]
    address: AddressArguments,
    #[command(flatten)]
    client: ClientArguments,
    #[command(flatten)]
    probe: ProbeArguments,
    #[command(flatten)]
    stream: StreamArguments,
    #[command(flatten)]
    tls: TlsClientArguments,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    pub fn config(self) -> anyhow::Result<Config> {
        let (address, probe) = match self.probe.jobs() {
            None => (self.address.target()?, None),
            Some(jobs) => {
                let (host, ports) = self.address.ports()?;
                (host, Some(probe::Options { ports, jobs, report: self.common.report() }))
            }
        };
        let dialogue = self.client.dialogue(&self.common, self.stream.crlf());
        if dialogue.is_some() {
            self.stream.refuse(Without::FreeOrder, LOCKSTEP)?;
            refuse(&[self.common.bufsize()], LOCKSTEP)?;
        }
        let target = self.client.target(address, &self.common, Transport::Tcp)?;
        let options = Options {
            limits: self.stream.limits(&self.common),
            session: self.stream.session_options(&target.settings, None),
            end: target.retry_policy.end,
            buffer: self.common.buffer(),
            stdio_helpers: stdio_helpers(),
            report: self.common.report(),
        };
        Ok(Config { target, dialogue, probe, tls: self.tls.settings(), options })
    }
}
