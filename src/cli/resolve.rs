//! The arguments of `resolve`.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::changes::ChangeArg as _;
use super::headings::OUTPUT;
use super::logging::LoggingArguments;
use super::{manual, usage, values};
use crate::commands::resolve::{Call, Config};
use crate::net::address::Family;
use crate::net::resolver::calls::Filter;
use crate::net::resolver::names::Names;
use crate::net::resolver::output::Form;
use crate::report::{Level, Report};

const ASKED: &str = "Look-ups";
const NARROWED: &str = "Filters";
const MANY: &str = "Many names";
const MOST_JOBS: usize = 1000;

/// What the command does, in a line.
pub const ABOUT: &str =
    "Look up names with the system resolver: hosts file, DNS, whatever nsswitch.conf says";
const MORE: &str = "By default, it prints the addresses of a name, one per line, in the system's \
    order, each once (getaddrinfo(3)), or the names of an address (getnameinfo(3)). The exit status \
    is 3 if the name does not exist, 4 if the look-up temporarily failed, 2 if no name can be like \
    this.";

#[derive(Debug, Args)]
#[command(about = ABOUT, long_about = format!("{ABOUT}\n\n{MORE}"))]
#[command(after_long_help = manual::epilog("resolve"))]
#[command(change_arg("verbose", |arg| arg.help("Log how long each look-up took")))]
pub struct Arguments {
    /// What to look up; '-' reads names from stdin, one per line
    #[arg(value_name = "NAME", value_hint = ValueHint::Hostname)]
    names: Vec<OsString>,
    #[command(flatten)]
    calls: Calls,
    #[command(flatten)]
    filters: Filters,
    /// Look up this many names at once
    #[arg(long, value_name = "N", default_value = "32", value_parser = jobs, help_heading = MANY)]
    jobs: usize,
    /// Give up on a name after this long: status 4.
    ///
    /// The system's functions cannot be interrupted: one that takes longer is left behind on a
    /// thread, for which the process does not wait when it exits. With 512 left behind, no further
    /// name is looked up before one has returned; names whose time is up by then count as not
    /// answered
    #[arg(long, value_name = "DUR", value_parser = values::duration, help_heading = MANY)]
    timeout: Option<Duration>,
    /// Prefix each line with the name and a tab, also for a single name
    #[arg(long, help_heading = OUTPUT, conflicts_with_all = ["no_name", "json"])]
    with_name: bool,
    /// Omit the name, also for several
    #[arg(long, help_heading = OUTPUT, conflicts_with = "json")]
    no_name: bool,
    /// Print one JSON object per name: query, status (ok, not-found, no-data, temporary, refused),
    /// reason, seconds, and the fields of the answer
    #[arg(long, help_heading = OUTPUT)]
    json: bool,
    #[command(flatten)]
    logging: LoggingArguments,
}

/// The functions to call, one at a time.
#[derive(Debug, Args)]
#[group(id = "call", multiple = false)]
struct Calls {
    /// NAME[:SERVICE]: family, type, protocol, address, port and canonical name of each entry,
    /// separated by tabs (getaddrinfo(3))
    #[arg(long, help_heading = ASKED)]
    all: bool,
    /// NAME: its canonical name (getaddrinfo(3) with AI_CANONNAME)
    #[arg(long, help_heading = ASKED)]
    canonical: bool,
    /// NAME or ADDRESS: the host's name, aliases and addresses (gethostbyname2_r(3), Python's
    /// gethostbyname_ex; gethostbyaddr_r(3)).
    ///
    /// For a name, its IPv4 addresses, as from gethostbyname(3); with -6, its IPv6 addresses
    #[arg(long, help_heading = ASKED)]
    host_entry: bool,
    /// NAME: its fully qualified name; without NAME that of this host (getaddrinfo(3),
    /// gethostbyaddr_r(3), gethostname(2)).
    ///
    /// The same as Python's getfqdn, except that a name that cannot be looked up is an error, not
    /// the answer, and that 0.0.0.0 and :: do not stand for this host
    #[arg(long, help_heading = ASKED)]
    fqdn: bool,
    /// ADDRESS:PORT: host and service, separated by a tab (getnameinfo(3))
    #[arg(long, help_heading = ASKED)]
    name_info: bool,
    /// NAME[/PROTO]: the port of a service (getservbyname_r(3))
    #[arg(long, help_heading = ASKED)]
    service: bool,
    /// N[/PROTO]: the service on a port (getservbyport_r(3))
    #[arg(long, help_heading = ASKED)]
    port: bool,
    /// NAME or N: the number of a protocol, or its name (getprotobyname_r(3),
    /// getprotobynumber_r(3))
    #[arg(long, help_heading = ASKED)]
    protocol: bool,
}

/// What narrows the answer. Each conflicts with the calls that know no such thing.
#[derive(Debug, Args)]
struct Filters {
    /// IPv4 only (AF_INET), as gethostbyname(3)
    #[arg(short = '4', help_heading = NARROWED,
          conflicts_with_all = ["v6", "name_info", "service", "port", "protocol"])]
    v4: bool,
    /// IPv6 only (AF_INET6)
    #[arg(short = '6', help_heading = NARROWED,
          conflicts_with_all = ["name_info", "service", "port", "protocol"])]
    v6: bool,
    /// Only entries of this socket type; where an ADDRESS is asked for its names (without --all,
    /// --canonical or -n), it changes nothing
    #[arg(long = "type", value_name = "TYPE", help_heading = NARROWED, conflicts_with_all = OTHERS)]
    socket_type: Option<SocketType>,
    /// No look-ups: accept only addresses (AI_NUMERICHOST); with --name-info, print numbers
    /// (NI_NUMERICHOST, NI_NUMERICSERV)
    #[arg(short, long, help_heading = NARROWED,
          conflicts_with_all = ["host_entry", "fqdn", "service", "port", "protocol"])]
    numeric: bool,
    /// With --all :SERVICE, print the addresses to listen on rather than loopback (AI_PASSIVE)
    #[arg(long, help_heading = NARROWED, conflicts_with_all = OTHERS)]
    passive: bool,
    /// With -6, map IPv4 addresses to IPv6 if there are no others (AI_V4MAPPED); without -6, or where
    /// an ADDRESS is asked for its names (without --all, --canonical or -n), it changes nothing
    #[arg(long, help_heading = NARROWED, conflicts_with = "v4", conflicts_with_all = OTHERS)]
    v4mapped: bool,
    /// For names, only families for which this machine has an address (AI_ADDRCONFIG)
    #[arg(long, help_heading = NARROWED, conflicts_with_all = OTHERS)]
    addrconfig: bool,
    /// With --name-info, the service over UDP (NI_DGRAM)
    #[arg(long, help_heading = NARROWED, requires = "name_info")]
    datagram: bool,
}

/// The calls that are not getaddrinfo.
const OTHERS: [&str; 6] = ["host_entry", "fqdn", "name_info", "service", "port", "protocol"];

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SocketType {
    /// SOCK_STREAM
    Stream,
    /// SOCK_DGRAM
    Dgram,
    /// SOCK_RAW
    Raw,
}

impl Calls {
    fn call(&self) -> Call {
        let calls = [
            (self.all, Call::All),
            (self.canonical, Call::Canonical),
            (self.host_entry, Call::HostEntry),
            (self.fqdn, Call::Fqdn),
            (self.name_info, Call::NameInfo),
            (self.service, Call::Service),
            (self.port, Call::Port),
            (self.protocol, Call::Protocol),
        ];
        let asked = calls.into_iter().find(|(asked, _)| *asked);
        asked.map_or(Call::AddressesOrNames, |(_, call)| call)
    }
}

impl Filters {
    fn filter(&self) -> Filter {
        let family = Family::of_flags(self.v4, self.v6);
        let socket_type = match self.socket_type {
            None => 0,
            Some(SocketType::Stream) => libc::SOCK_STREAM,
            Some(SocketType::Dgram) => libc::SOCK_DGRAM,
            Some(SocketType::Raw) => libc::SOCK_RAW,
        };
        let flags = [
            (self.passive, libc::AI_PASSIVE),
            (self.v4mapped, libc::AI_V4MAPPED),
            (self.addrconfig, libc::AI_ADDRCONFIG),
        ];
        let flags = flags.into_iter().filter(|(on, _)| *on).fold(0, |all, (_, flag)| all | flag);
        Filter { family, socket_type, numeric: self.numeric, flags, datagram: self.datagram }
    }
}

impl Arguments {
    pub fn config(self) -> anyhow::Result<Config> {
        let mut words: Vec<Vec<u8>> = self.names.into_iter().map(OsString::into_vec).collect();
        if words.is_empty() {
            if !self.calls.fqdn {
                return usage("a NAME is missing (only --fqdn has a default)");
            }
            words.push(nix::unistd::gethostname()?.into_vec());
        }
        let names = Names::new(words);
        let form = match (self.json, self.with_name, self.no_name) {
            (true, ..) => Form::Json,
            (_, true, _) => Form::WithName,
            (_, false, false) if names.is_batch() => Form::WithName,
            _ => Form::Plain,
        };
        let report = match self.logging.report() {
            // There are no connections to tell of.
            Report { level: Level::Connections, form } => Report { level: Level::Steps, form },
            report => report,
        };
        Ok(Config {
            call: self.calls.call(),
            names,
            filter: self.filters.filter(),
            jobs: self.jobs,
            timeout: self.timeout,
            form,
            report,
        })
    }
}

fn jobs(text: &str) -> Result<usize, String> {
    match values::at_least_one(text)? {
        jobs if jobs <= MOST_JOBS => Ok(jobs),
        _ => Err(format!("{MOST_JOBS} at once is the most")),
    }
}
