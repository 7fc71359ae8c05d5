//! Services of datagrams: a server's own answers, a target's, or those of processes.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::datagrams::{DatagramArguments, FrameArgument, ReplyToArgument, in_runs};
use super::exec::ExecArguments;
use super::groups::{CommonArguments, HandlerArguments, ServerArguments, stdio_helpers};
use super::headings::{SERVICES, SERVING};
use super::refusals::{SERVICE, refuse};
use super::{relaying, usage, values};
use crate::engine::datagram::Sizes;
use crate::engine::datagram::children::Commands;
use crate::engine::datagram::handler::Handler;
use crate::engine::datagram::relay::{Destination, RelayOptions};
use crate::engine::datagram::server::Options;
use crate::net::access::Access;
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
    /// The service that is asked for, if one is.
    pub fn service(
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
        // Whoever asks has an address of its own to be answered at.
        datagram.refuse_casting("a server that answers who asks")?;
        own(&self.handler, &self.exec, self.max_conns, common)
    }

    /// The most sessions or processes that were asked for.
    pub fn max_conns(&self) -> Option<usize> {
        self.max_conns
    }

    /// What is told when the server begins.
    pub fn warning(&self) -> Option<String> {
        self.exec.warning()
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

/// What a server of datagrams is asked for beside its service, whatever its socket's address is.
pub struct Asked<'a> {
    pub common: &'a CommonArguments,
    pub server: &'a ServerArguments,
    pub frame: &'a FrameArgument,
    pub reply_to: &'a ReplyToArgument,
    pub max_conns: Option<usize>,
    pub once: bool,
    pub access: Access,
    pub sizes: Sizes,
}

impl Asked<'_> {
    /// What the server does; options that would do nothing with its service are refused.
    pub fn options(self, service: Option<Handler>) -> anyhow::Result<Options> {
        let Self { common, server, frame, reply_to, .. } = self;
        let answers = matches!(service, Some(Handler::Answer(_)));
        if service.is_some() {
            refuse(&[frame.given(), reply_to.given(), common.bufsize()], SERVICE)?;
        } else if self.max_conns.is_some() {
            return usage("--max-conns is for --forward and --exec");
        }
        if answers {
            refuse(
                &[(self.max_conns.is_some(), "--max-conns")],
                "a service that answers by itself",
            )?;
        }
        Ok(Options {
            // A session and a process have their own time.
            idle: common.idle_timeout().filter(|_| service.is_none()),
            handler: service,
            access: self.access,
            once: self.once,
            frame: frame.frame(),
            sizes: self.sizes,
            reply_to: reply_to.reply_to(),
            threads: server.threads(answers, self.once, OWN_ANSWERS)?,
            buffer: common.buffer(),
            stdio_helpers: stdio_helpers(),
            bounds: server.bounds(common),
        })
    }
}

fn target(word: &OsString, numeric: bool, settings: &Settings) -> anyhow::Result<Target> {
    if ["unix:", "tls:"].iter().any(|kind| word.as_bytes().starts_with(kind.as_bytes())) {
        return usage("--forward: datagrams are relayed to HOST:PORT only");
    }
    relaying::target(word, numeric, settings.clone(), RetryPolicy::default())
}
