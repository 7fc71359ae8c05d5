//! Services of datagrams: a server's own answers, a target's, or those of processes.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::datagrams::{DatagramArguments, in_runs};
use super::exec::ExecArguments;
use super::groups::{CommonArguments, HandlerArguments};
use super::headings::{SERVICES, SERVING};
use super::refusals::{SERVICE, refuse};
use super::{relaying, usage, values};
use crate::engine::datagram::Sizes;
use crate::engine::datagram::children::Commands;
use crate::engine::datagram::handler::Handler;
use crate::engine::datagram::relay::{Destination, RelayOptions};
use crate::net::connect::Target;
use crate::net::options::Settings;
use crate::net::retry::RetryPolicy;

/// How long a relayed peer may be idle unless the user says otherwise.
const IDLE: Duration = Duration::from_secs(60);
/// Sessions at a time unless the user says otherwise: whoever sends datagrams can forge any number
/// of senders, each of which costs a descriptor and memory.
const MOST_SESSIONS: usize = 16_384;
/// Processes at a time unless the user says otherwise.
const MOST_PROCESSES: usize = 100;

/// Those of which several loops can have a part.
pub const OWN_ANSWERS: &str = "--echo, --stamp and --discard";

/// What --exec does where there are no connections.
pub const EXEC_HELP: &str = "Run CMD per datagram, which is its stdin; its output, if any, is the \
    answer. CMD is split into words using shell quoting, but no shell is run";

/// What is done with datagrams where stdin and stdout are not wanted.
#[derive(Debug, Args)]
pub struct DatagramServiceArguments {
    #[command(flatten)]
    handler: HandlerArguments,
    /// Relay datagrams to HOST:PORT and its answers back, with a session per client, which ends
    /// after --idle-timeout [default: 60s]
    #[arg(long, value_name = "HOST:PORT", group = "service", value_hint = ValueHint::Hostname, help_heading = SERVICES)]
    forward: Option<OsString>,
    #[command(flatten)]
    exec: ExecArguments,
    /// At most N sessions of --forward at a time (16384), where the one idle longest makes room for
    /// another; or N processes of --exec (100), while later datagrams wait
    #[arg(short, long, value_name = "N", value_parser = values::at_least_one::<usize>, help_heading = SERVING)]
    max_conns: Option<usize>,
}

impl DatagramServiceArguments {
    /// The service that is asked for, if one is; options that would do nothing with it are
    /// refused.
    pub fn service(
        &self,
        common: &CommonArguments,
        datagram: &DatagramArguments,
        numeric: bool,
        settings: &Settings,
    ) -> anyhow::Result<Option<Handler>> {
        let service = self.chosen(common, datagram, numeric, settings)?;
        if service.is_none() && self.max_conns.is_some() {
            return usage("--max-conns is for --forward and --exec");
        }
        if let Some(service) = &service {
            datagram.refuse_frame(SERVICE)?;
            refuse_for(service, self.max_conns, common)?;
        }
        if !matches!(service, Some(Handler::Forward(_))) {
            // Whoever asks has an address of its own to be answered at.
            datagram.refuse_casting("a server that answers who asks")?;
        }
        Ok(service)
    }

    /// What is told when the server begins.
    pub fn warning(&self) -> Option<String> {
        self.exec.warning()
    }

    fn chosen(
        &self,
        common: &CommonArguments,
        datagram: &DatagramArguments,
        numeric: bool,
        settings: &Settings,
    ) -> anyhow::Result<Option<Handler>> {
        if let Some(word) = &self.forward {
            let target = target(word, numeric, settings)?;
            let destination = Destination::udp(target, datagram.casting(Vec::new()))?;
            return Ok(Some(forward(destination, self.max_conns, common)));
        }
        own(&self.handler, &self.exec, self.max_conns, common)
    }
}

/// The service that relays datagrams.
pub fn forward(
    destination: Destination,
    max_conns: Option<usize>,
    common: &CommonArguments,
) -> Handler {
    Handler::Forward(Box::new(RelayOptions {
        sizes: match &destination {
            Destination::Udp { .. } => Sizes::udp(in_runs()),
            Destination::Unix(_) => Sizes::UNIX,
        },
        destination,
        idle: common.idle_timeout().unwrap_or(IDLE),
        most: max_conns.unwrap_or(MOST_SESSIONS),
        report: common.report(),
    }))
}

/// A service without a target.
pub fn own(
    handler: &HandlerArguments,
    exec: &ExecArguments,
    max_conns: Option<usize>,
    common: &CommonArguments,
) -> anyhow::Result<Option<Handler>> {
    let Some(program) = exec.program()? else {
        return Ok(handler.handler().map(Handler::Answer));
    };
    Ok(Some(Handler::Exec(Commands {
        program,
        most: max_conns.unwrap_or(MOST_PROCESSES),
        idle: common.idle_timeout(),
        report: common.report(),
    })))
}

/// Refuses options that would do nothing with a service of datagrams.
pub fn refuse_for(
    service: &Handler,
    max_conns: Option<usize>,
    common: &CommonArguments,
) -> anyhow::Result<()> {
    refuse(&[common.bufsize()], SERVICE)?;
    if let Handler::Answer(_) = service {
        refuse(&[(max_conns.is_some(), "--max-conns")], "a service that answers by itself")?;
    }
    Ok(())
}

fn target(word: &OsString, numeric: bool, settings: &Settings) -> anyhow::Result<Target> {
    if ["unix:", "tls:"].iter().any(|kind| word.as_bytes().starts_with(kind.as_bytes())) {
        return usage("--forward: datagrams are relayed to HOST:PORT only");
    }
    relaying::target(word, numeric, settings.clone(), RetryPolicy::default())
}
