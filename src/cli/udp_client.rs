//! The arguments of `udp-client`.

use std::time::Duration;

use clap::Args;

use super::addresses::{AddressArguments, CLIENT_HOST_HELP};
use super::changes::ChangeArg as _;
use super::datagrams::{BUFSIZE_HELP, DatagramArguments, ExchangeArguments, in_runs};
use super::groups::{CLIENT_IDLE_HELP, ClientArguments, CommonArguments, stdio_helpers};
use super::headings::ENDING;
use super::probing::ProbeArguments;
use super::refusals::{LOCKSTEP, refuse};
use super::values::socket_options;
use super::{manual, values};
use crate::commands::udp_client::Config;
use crate::engine::datagram::Sizes;
use crate::engine::datagram::client::Options;
use crate::engine::probe;
use crate::net::options::Transport;

/// What the command does, in a line.
pub const ABOUT: &str = "Send stdin as UDP datagrams and print the answers";

#[derive(Debug, Args)]
#[command(about = ABOUT, override_usage = "skat udp-client [OPTIONS] [HOST] [PORT]")]
#[command(after_long_help = manual::epilog("udp-client"))]
#[command(change_arg("host", |arg| arg.help(CLIENT_HOST_HELP)))]
#[command(change_arg("idle_timeout", |arg| arg.help(CLIENT_IDLE_HELP)))]
#[command(change_arg("options", |arg| socket_options(arg, Transport::Udp)))]
#[command(change_arg("bufsize", |arg| arg.help(BUFSIZE_HELP)))]
#[command(change_arg("probe", |probe| probe.conflicts_with_all([
    "prompt", "replies", "after_eof", "send_only", "rate", "broadcast", "multicast_if", "idle_timeout",
    "bufsize",
])))]
pub struct Arguments {
    #[command(flatten)]
    address: AddressArguments,
    #[command(flatten)]
    client: ClientArguments,
    #[command(flatten)]
    probe: ProbeArguments,
    #[command(flatten)]
    exchange: ExchangeArguments,
    /// How long to wait for datagrams after EOF on stdin, restarted by each. By default, one reply
    /// per datagram sent, at most 1 s
    #[arg(long, value_name = "DUR", value_parser = values::duration, conflicts_with = "prompt", help_heading = ENDING)]
    after_eof: Option<Duration>,
    /// Exit as soon as stdin is sent
    #[arg(long, conflicts_with_all = ["replies", "after_eof", "prompt"], help_heading = ENDING)]
    send_only: bool,
    #[command(flatten)]
    datagram: DatagramArguments,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    pub fn config(self) -> anyhow::Result<Config> {
        let (address, probe) = match self.probe.jobs() {
            None => (self.address.target()?, None),
            Some(jobs) => {
                let (host, ports) = self.address.ports()?;
                let options = probe::Options { ports, jobs, report: self.common.report() };
                (host, Some((options, self.datagram.payload())))
            }
        };
        let dialogue = self.client.dialogue(&self.common, false);
        if dialogue.is_some() {
            self.datagram.refuse_frame(LOCKSTEP)?;
            refuse(&[self.common.bufsize()], LOCKSTEP)?;
        }
        let target = self.client.target(address, &self.common, Transport::Udp)?;
        let options = Options {
            frame: self.datagram.frame(),
            sizes: Sizes::udp(in_runs()),
            replies: self.exchange.replies(),
            after_eof: self.after_eof,
            send_only: self.send_only,
            rate: self.exchange.rate(),
            idle: self.common.idle_timeout(),
            end: target.retry_policy.end,
            buffer: self.common.buffer(),
            stdio_helpers: stdio_helpers(),
            report: self.common.report(),
        };
        let casting = self.datagram.casting(Vec::new());
        Ok(Config { target, casting, dialogue, probe, options })
    }
}
