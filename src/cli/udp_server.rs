//! The arguments of `udp-server`.

use clap::Args;

use super::access::AccessArguments;
use super::addresses::{AddressArguments, SERVER_HOST_HELP};
use super::changes::ChangeArg as _;
use super::datagram_services::{Asked, DatagramServiceArguments, EXEC_HELP};
use super::datagrams::{BUFSIZE_HELP, DatagramArguments, ReplyToArgument, in_runs};
use super::groups::{CommonArguments, LookupArguments, ServerArguments};
use super::hand_over::HandOverArguments;
use super::headings::{CASTING, SERVING};
use super::values::socket_options;
use super::{manual, usage};
use crate::commands::udp_server::Config;
use crate::engine::datagram::Sizes;
use crate::net::binding::Binding;
use crate::net::options::Transport;
use crate::net::udp::Group;
use crate::sys::netdb::inet;

/// Processes and sessions belong to one loop.
const THREADS_HELP: &str = "Event-loop threads of --echo, --stamp or --discard, not of --exec or --forward; 0: one per core";

/// A server takes it with each service, though there are no connections to drop.
const IDLE_HELP: &str = "Exit after this long without a datagram either way: status 6; with \
    --forward or --exec, end a session or a process that is idle this long; other services have \
    nobody to drop";
const LISTEN_FD_HELP: &str = "Serve on the inherited socket with this descriptor, already bound; \
    sockets from systemd need no option";
const RUN_HELP: &str = "Once bound, run CMD with /bin/sh, with SKAT, SKAT_HOST, SKAT_PORT and \
    SKAT_ADDR set; when it exits, serve the datagrams that have arrived and exit with its status";

/// What the command does, in a line.
pub const ABOUT: &str = "Serve UDP: print datagrams and answer from stdin, or run a service";

#[derive(Debug, Args)]
#[command(about = ABOUT, override_usage = "skat udp-server [OPTIONS] [HOST] [PORT]")]
#[command(after_long_help = manual::epilog("udp-server"))]
#[command(change_arg("host", |arg| arg.help(SERVER_HOST_HELP)))]
#[command(change_arg("options", |arg| socket_options(arg, Transport::Udp)))]
#[command(change_arg("idle_timeout", |arg| arg.help(IDLE_HELP)))]
#[command(change_arg("bufsize", |arg| arg.help(BUFSIZE_HELP)))]
#[command(change_arg("listen_fd", |arg| arg.help(LISTEN_FD_HELP)))]
#[command(change_arg("ready_fd", |arg| arg.help("Once bound, write ADDRESS:PORT to this descriptor, a line per socket")))]
#[command(change_arg("ready_file", |arg| arg.help("Once bound, write ADDRESS:PORT to this file, a line per socket, atomically")))]
#[command(change_arg("run", |arg| arg.help(RUN_HELP)))]
#[command(change_arg("accept_timeout", |arg| arg.help("Exit with status 6 if no datagram arrives in time")))]
#[command(change_arg("exec", |arg| arg.help(EXEC_HELP)))]
#[command(change_arg("threads", |arg| arg.help(THREADS_HELP)))]
pub struct Arguments {
    #[command(flatten)]
    address: AddressArguments,
    #[command(flatten)]
    lookup: LookupArguments,
    #[command(flatten)]
    service: DatagramServiceArguments,
    /// Serve one datagram and its answer, then exit
    #[arg(long, help_heading = SERVING)]
    once: bool,
    #[command(flatten)]
    reply_to: ReplyToArgument,
    /// Receive a multicast group, on this interface; repeatable
    #[arg(long, value_name = "GROUP[%IF]", value_parser = Group::parse, help_heading = CASTING)]
    join: Vec<Group>,
    #[command(flatten)]
    hand_over: HandOverArguments,
    #[command(flatten)]
    server: ServerArguments,
    #[command(flatten)]
    datagram: DatagramArguments,
    #[command(flatten)]
    access: AccessArguments,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    /// What is told when the server begins.
    pub fn warning(&self) -> Option<String> {
        self.service.warning()
    }

    pub fn config(self) -> anyhow::Result<Config> {
        refuse_twice(&self.join)?;
        let numeric = self.lookup.numeric();
        let settings = self.common.settings(Transport::Udp)?;
        let service = self.service.service(&self.common, &self.datagram, numeric, &settings)?;
        let asked = Asked {
            common: &self.common,
            server: &self.server,
            frame: self.datagram.frame_argument(),
            reply_to: &self.reply_to,
            max_conns: self.service.max_conns(),
            once: self.once,
            access: self.access.access()?,
            sizes: Sizes::udp(in_runs()),
        };
        let mut options = asked.options(service)?;
        let without_effect = [self.address.given()];
        let inherited = self.hand_over.inherited(&without_effect, &options.bounds.readiness)?;
        // A socket that others have too is left as it is.
        options.sizes.in_runs &= inherited.is_none();
        let binding = Binding {
            address: self.address.served()?,
            family: self.lookup.family(),
            numeric,
            deadline: options.bounds.end,
            settings,
            inherited,
        };
        Ok(Config { binding, casting: self.datagram.casting(self.join), options })
    }
}

/// Refuses to join a group again on the same interface.
fn refuse_twice(groups: &[Group]) -> anyhow::Result<()> {
    let mut rest = groups;
    while let [group, others @ ..] = rest {
        if others.contains(group) {
            let address = inet::ntop(group.address);
            return usage(format!("--join {address} is given twice for one interface"));
        }
        rest = others;
    }
    Ok(())
}
