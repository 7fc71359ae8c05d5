//! Options that several commands share, each declared once.

use std::ffi::OsString;
use std::os::fd::RawFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum, ValueHint};

use super::headings::{CONNECTING, DATA, ENDING, SERVICES, SERVING, STARTING};
use super::logging::LoggingArguments;
use super::refusals::Given;
use super::values;
use crate::engine::announce::ReadyTargets;
use crate::engine::dialogue;
use crate::engine::filter::TimeForm;
use crate::engine::handler::Responder;
use crate::engine::lifetime::Bounds;
use crate::net::address::{Address, Family};
use crate::net::connect::Target;
use crate::net::options::{Settings, Transport};
use crate::net::retry::RetryPolicy;
use crate::report::Report;

const LOOKUP: &str = "Addresses and look-ups";

/// Bytes read at once unless the user says otherwise: the default that the help of --bufsize tells.
const BUFFER: usize = 64 * 1024;

/// Which addresses a HOST may stand for.
#[derive(Debug, Args)]
pub struct LookupArguments {
    /// IPv4 only
    #[arg(short = '4', help_heading = LOOKUP, conflicts_with = "v6")]
    v4: bool,
    /// IPv6 only
    #[arg(short = '6', help_heading = LOOKUP)]
    v6: bool,
    /// No name or service look-ups; a name is an error
    #[arg(short, long, help_heading = LOOKUP)]
    numeric: bool,
}

impl LookupArguments {
    pub fn family(&self) -> Family {
        Family::of_flags(self.v4, self.v6)
    }

    pub fn numeric(&self) -> bool {
        self.numeric
    }
}

/// What every client and server has.
#[derive(Debug, Args)]
pub struct CommonArguments {
    /// Set a socket option by name; 'skat info options' lists them
    // Each command has its transport's own help and completions: values::socket_options.
    #[arg(short = 'O', long = "sockopt", value_name = "NAME[=VALUE]", hide_possible_values = true, help_heading = DATA)]
    options: Vec<String>,
    /// Exit after this long without a byte either way: status 6 (a service only drops that client)
    #[arg(short, long, value_name = "DUR", value_parser = values::duration, help_heading = ENDING)]
    idle_timeout: Option<Duration>,
    /// Exit after this long in any case: status 6
    #[arg(long, value_name = "DUR", value_parser = values::duration, help_heading = ENDING)]
    max_time: Option<Duration>,
    /// Copy buffer, and the longest line for --stamp: 1 byte to 1G [default: 64K]
    #[arg(long, value_name = "SIZE", value_parser = values::buffer_size, help_heading = DATA)]
    bufsize: Option<usize>,
    #[command(flatten)]
    logging: LoggingArguments,
}

impl CommonArguments {
    pub fn idle_timeout(&self) -> Option<Duration> {
        self.idle_timeout
    }

    pub fn settings(&self, transport: Transport) -> anyhow::Result<Settings> {
        Settings::parse(&self.options, transport)
    }

    pub fn buffer(&self) -> usize {
        self.bufsize.unwrap_or(BUFFER)
    }

    /// Whether the option was given, and its name, for whoever refuses it.
    pub fn bufsize(&self) -> Given<'static> {
        (self.bufsize.is_some(), "--bufsize")
    }

    /// When the whole run is over: the time counts from here.
    pub fn end(&self) -> Option<Instant> {
        self.max_time.map(|time| Instant::now() + time)
    }

    pub fn report(&self) -> Report {
        self.logging.report()
    }
}

/// True if the environment asks for the slower way that always works.
pub fn forced(variable: &str, value: &str) -> bool {
    std::env::var_os(variable).is_some_and(|given| given == value)
}

/// True if stdin and stdout are to be carried by helper threads.
pub fn stdio_helpers() -> bool {
    forced("SKAT_STDIO", "helper")
}

/// Handlers that need no stdin.
#[derive(Debug, Args)]
#[group(id = "service", multiple = false)]
pub struct HandlerArguments {
    /// Send all data back
    #[arg(long, help_heading = SERVICES)]
    echo: bool,
    /// Answer each line (datagram) with "[TIME]: LINE"
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true,
          default_missing_value = "ctime", help_heading = SERVICES)]
    stamp: Option<Stamp>,
    /// Read and drop all data
    #[arg(long, help_heading = SERVICES)]
    discard: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Stamp {
    /// Sun Nov 22 10:29:05 2026
    Ctime,
    /// Seconds since 1970, with microseconds
    Epoch,
    /// 2026-11-22T10:29:05+01:00
    Rfc3339,
}

/// Refuses `--stamp FORM`, where FORM would be taken for HOST or PATH.
pub fn refuse_form_without_equals(arguments: &[OsString]) -> anyhow::Result<()> {
    let after = arguments.windows(2).filter(|pair| pair[0] == "--stamp");
    match after.filter_map(|pair| pair[1].to_str()).find(|word| is_form_of_stamp(word)) {
        Some(form) => {
            super::usage(format!("the form of --stamp follows '=': write --stamp={form}"))
        }
        None => Ok(()),
    }
}

/// Whether a word is a form of --stamp.
pub fn is_form_of_stamp(word: &str) -> bool {
    Stamp::from_str(word, false).is_ok()
}

impl HandlerArguments {
    pub fn handler(&self) -> Option<Responder> {
        match (self.echo, self.stamp, self.discard) {
            (true, ..) => Some(Responder::Echo),
            (_, Some(form), _) => Some(Responder::Stamp(match form {
                Stamp::Ctime => TimeForm::Ctime,
                Stamp::Epoch => TimeForm::Epoch,
                Stamp::Rfc3339 => TimeForm::Rfc3339,
            })),
            (.., true) => Some(Responder::Discard),
            _ => None,
        }
    }
}

/// What --idle-timeout is to a client, which has one peer.
pub const CLIENT_IDLE_HELP: &str = "Exit after this long without a byte either way: status 6";
/// What --bufsize is where no lines are stamped.
pub const CLIENT_BUFSIZE_HELP: &str = "Copy buffer: 1 byte to 1G [default: 64K]";

/// What every server has.
#[derive(Debug, Args)]
pub struct ServerArguments {
    /// Event-loop threads of a service; 0: one per core
    #[arg(long, value_name = "N", value_parser = threads, default_value = "1", help_heading = SERVING)]
    threads: usize,
    /// Once listening, write ADDRESS:PORT to this descriptor, a line per socket
    #[arg(long, value_name = "N", value_parser = values::descriptor, help_heading = STARTING)]
    ready_fd: Option<RawFd>,
    /// Once listening, write ADDRESS:PORT to this file, a line per socket, atomically
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = STARTING)]
    ready_file: Option<PathBuf>,
    /// Once listening, run CMD with /bin/sh, with SKAT, SKAT_HOST, SKAT_PORT and SKAT_ADDR set;
    /// when it exits, finish serving open connections and exit with its status
    #[arg(long, value_name = "CMD", value_hint = ValueHint::CommandString, help_heading = STARTING)]
    run: Option<OsString>,
    /// Exit with status 6 if no client connects in time
    #[arg(long, value_name = "DUR", value_parser = values::duration, help_heading = ENDING)]
    accept_timeout: Option<Duration>,
}

impl ServerArguments {
    /// How many loops; only some services can share the work: `those`, in words. With `once`,
    /// there is nothing to share.
    pub fn threads(&self, is_shared: bool, once: bool, those: &str) -> anyhow::Result<usize> {
        match (self.threads, is_shared) {
            (1, _) => Ok(1),
            (_, false) => super::usage(format!("--threads is for {those}")),
            _ if once => Ok(1),
            (0, _) => Ok(std::thread::available_parallelism().map_or(1, std::num::NonZero::get)),
            (threads, _) => Ok(threads),
        }
    }

    pub fn bounds(&self, common: &CommonArguments) -> Bounds {
        Bounds {
            accept_timeout: self.accept_timeout,
            end: common.end(),
            readiness: ReadyTargets {
                fd: self.ready_fd,
                file: self.ready_file.clone(),
                manager: std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()),
            },
            run: self.run.clone(),
            report: common.report(),
        }
    }
}

fn threads(text: &str) -> Result<usize, String> {
    values::up_to(text, 1024)
}

/// What clients of hosts and ports have.
#[derive(Debug, Args)]
pub struct ClientArguments {
    #[command(flatten)]
    lookup: LookupArguments,
    /// Bind this local address, port, or both first; digits alone are a PORT
    #[arg(short, long, value_name = "[ADDR][:PORT]", help_heading = CONNECTING)]
    source: Option<OsString>,
    #[command(flatten)]
    connecting: ConnectingArguments,
}

/// What every client has.
#[derive(Debug, Args)]
pub struct ConnectingArguments {
    /// Give up connecting, including look-ups and all addresses, after this long: status 6
    #[arg(short = 'w', long, value_name = "DUR", value_parser = values::duration, help_heading = CONNECTING)]
    connect_timeout: Option<Duration>,
    /// Work in lockstep: print a prompt, send a line of stdin (at most 16 MiB), wait for its
    /// answer, print it, and so on; an empty line quits
    #[arg(long, value_name = "TEXT", num_args = 0..=1, require_equals = true,
          default_missing_value = "> ", help_heading = DATA)]
    prompt: Option<String>,
    /// Retry refused connections, timeouts and failed look-ups, with growing pauses, until connected
    /// or this long has passed; then the status is that of the last attempt. --connect-timeout
    /// limits each; 0: do not retry
    #[arg(long, value_name = "DUR", value_parser = values::duration, help_heading = CONNECTING)]
    retry_for: Option<Duration>,
}

impl ConnectingArguments {
    pub fn dialogue(&self, common: &CommonArguments, crlf: bool) -> Option<dialogue::Options> {
        let prompt = self.prompt.clone()?;
        Some(dialogue::Options {
            prompt,
            crlf,
            records: false,
            idle: common.idle_timeout,
            end: common.end(),
            stdio_helpers: stdio_helpers(),
            report: common.report(),
        })
    }

    pub fn retry_policy(&self, common: &CommonArguments) -> RetryPolicy {
        // No time for retries is one attempt, without a limit.
        let retry_for = self.retry_for.filter(|time| !time.is_zero());
        RetryPolicy { timeout: self.connect_timeout, retry_for, end: common.end() }
    }
}

impl ClientArguments {
    pub fn dialogue(&self, common: &CommonArguments, crlf: bool) -> Option<dialogue::Options> {
        self.connecting.dialogue(common, crlf)
    }

    pub fn target(
        &self,
        address: Address,
        common: &CommonArguments,
        transport: Transport,
    ) -> anyhow::Result<Target> {
        Ok(Target {
            address,
            family: self.lookup.family(),
            numeric: self.lookup.numeric(),
            source: self.source.as_ref().map(Address::of_source).transpose()?,
            settings: common.settings(transport)?,
            retry_policy: self.connecting.retry_policy(common),
        })
    }
}
