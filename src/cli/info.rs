//! The arguments of `info`.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use clap::{Args, Subcommand, ValueEnum};

use super::headings::OUTPUT;
use super::logging::LogArguments;
use super::manual;
use crate::commands::info::{Config, Topic};
use crate::net::options::Transport;
use crate::report::{Level, Report};

/// What the command does, in a line.
pub const ABOUT: &str = "Show what this system, its kernel and this user can do";
const MORE: &str =
    "Without a topic, it prints a page of most of them; with --json, all in one object.";

#[derive(Debug, Args)]
#[command(about = ABOUT, long_about = format!("{ABOUT}\n\n{MORE}"))]
#[command(after_long_help = manual::epilog("info"), disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    topic: Option<TopicArguments>,
    /// Print JSON: an object with the topic's name as its key; for address and order, an object
    /// per word
    #[arg(long, global = true, help_heading = OUTPUT)]
    json: bool,
    #[command(flatten)]
    log: LogArguments,
}

#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "TOPIC", subcommand_help_heading = "Topics")]
enum TopicArguments {
    /// This host's name (gethostname(2))
    Hostname,
    /// Families of sockets: number, and whether one opens here (socket(2))
    Families,
    /// Types of sockets: number, and the families of which this user can open one (socket(2))
    Types,
    /// IPv6, dual-stack, SO_REUSEPORT, MPTCP, fast open, UDP GSO and GRO: each tried over loopback
    Features,
    /// The options that -O knows: what they set, and their defaults, read from a fresh socket
    /// (getsockopt(2))
    Options {
        /// Only those of this transport
        transport: Option<TransportName>,
    },
    /// The interfaces of this machine: name, index, MTU, addresses, flags (getifaddrs(3),
    /// if_nametoindex(3))
    Interfaces,
    /// The listen queue (SOMAXCONN), descriptors (getrlimit(2)), buffers, ephemeral ports
    Limits,
    /// The services that the system knows (getservent_r(3)), or those with a name or port
    /// (getservbyname_r(3), getservbyport_r(3))
    Services {
        /// Only the service of this name or port
        name: Option<String>,
    },
    /// The protocols that the system knows (getprotoent_r(3)), or the one with a name or number
    /// (getprotobyname_r(3), getprotobynumber_r(3))
    Protocols {
        /// Only the protocol of this name or number
        name: Option<String>,
    },
    /// The exit statuses of skat, and the names of errno(3)
    Errors,
    /// How inet_pton(3), inet_aton(3), inet_ntop(3) and inet_ntoa(3) read a text; status 2, and
    /// nothing on stdout at all, if none accepts one of them
    Address {
        /// An address in any form
        #[arg(value_name = "TEXT", required = true)]
        texts: Vec<OsString>,
    },
    /// A number in the other byte order (htons(3), htonl(3), ntohs(3), ntohl(3))
    Order {
        /// Decimal or 0x, 32 bits at most
        #[arg(value_name = "NUMBER", required = true, allow_negative_numbers = true)]
        numbers: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TransportName {
    /// Options of TCP sockets
    Tcp,
    /// Options of UDP sockets
    Udp,
    /// Options of Unix sockets
    Unix,
}

impl Arguments {
    pub fn config(self) -> Config {
        let topic = self.topic.map(|topic| match topic {
            TopicArguments::Hostname => Topic::Hostname,
            TopicArguments::Families => Topic::Families,
            TopicArguments::Types => Topic::Types,
            TopicArguments::Features => Topic::Features,
            TopicArguments::Options { transport } => {
                Topic::Options(transport.map(|name| match name {
                    TransportName::Tcp => Transport::Tcp,
                    TransportName::Udp => Transport::Udp,
                    TransportName::Unix => Transport::Unix,
                }))
            }
            TopicArguments::Interfaces => Topic::Interfaces,
            TopicArguments::Limits => Topic::Limits,
            TopicArguments::Services { name } => Topic::Services(name),
            TopicArguments::Protocols { name } => Topic::Protocols(name),
            TopicArguments::Errors => Topic::Errors,
            TopicArguments::Address { texts } => {
                Topic::Address(texts.into_iter().map(OsString::into_vec).collect())
            }
            TopicArguments::Order { numbers } => Topic::Order(numbers),
        });
        let report = Report { level: Level::Normal, form: self.log.form() };
        Config { topic, json: self.json, report }
    }
}
