//! The command line: one clap structure a subcommand, shared groups, and the plain
//! configurations that they yield. clap goes no further than this module.

mod access;
mod addresses;
mod changes;
mod datagram_services;
mod datagrams;
mod exec;
mod groups;
mod habits;
mod hand_over;
mod headings;
mod info;
mod logging;
pub mod manual;
mod mistakes;
mod probing;
mod refusals;
mod relaying;
mod resolve;
mod stream_server;
mod streams;
mod tcp_client;
mod tcp_server;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;
mod udp_client;
mod udp_server;
mod unix;
mod unix_client;
mod unix_server;
pub mod values;
mod wording;

use std::ffi::{OsStr, OsString};
use std::io;

use anyhow::Context as _;
use clap::{Args, FromArgMatches as _, Subcommand};

use crate::commands;
use crate::engine::lifetime::Bounds;
use crate::outcome::{Cause, Outcome, WithCause as _};
use crate::report::{self, Form, Level, Report};

const ABOUT: &str = env!("CARGO_PKG_DESCRIPTION");

/// What was read. The parser has to know the names, see [`command`].
#[derive(Debug, Subcommand)]
enum Command {
    TcpServer(tcp_server::Arguments),
    TcpClient(tcp_client::Arguments),
    UdpServer(udp_server::Arguments),
    UdpClient(udp_client::Arguments),
    UnixServer(unix_server::Arguments),
    UnixClient(unix_client::Arguments),
    Resolve(resolve::Arguments),
    Info(info::Arguments),
}

impl Command {
    fn parse(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> clap::error::Result<(Self, Report)> {
        let mut parser = command();
        let matches = parser.try_get_matches_from_mut(arguments)?;
        let form = matches.subcommand().map_or(Form::Text, |(_, matches)| logging::form(matches));
        let command = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut parser));
        Ok((command?, Report { level: Level::Normal, form }))
    }

    /// What is to be run. What makes no sense is refused here, before anything is done.
    fn configured(self) -> anyhow::Result<Run> {
        Ok(match self {
            Command::TcpServer(arguments) => {
                let warning = arguments.warning();
                let config = arguments.config().context("tcp-server")?;
                let bounds = config.options.bounds.clone();
                serving(bounds, warning, move || commands::tcp_server::run(config))
            }
            Command::TcpClient(arguments) => {
                let config = arguments.config().context("tcp-client")?;
                Box::new(move || commands::tcp_client::run(&config))
            }
            Command::UdpServer(arguments) => {
                let warning = arguments.warning();
                let config = arguments.config().context("udp-server")?;
                let bounds = config.options.bounds.clone();
                serving(bounds, warning, move || commands::udp_server::run(config))
            }
            Command::UdpClient(arguments) => {
                let config = arguments.config().context("udp-client")?;
                Box::new(move || commands::udp_client::run(config))
            }
            Command::UnixServer(arguments) => {
                let warning = arguments.warning();
                let config = arguments.config().context("unix-server")?;
                let bounds = config.options.bounds().clone();
                serving(bounds, warning, move || commands::unix_server::run(config))
            }
            Command::UnixClient(arguments) => {
                let config = arguments.config().context("unix-client")?;
                Box::new(move || commands::unix_client::run(config))
            }
            Command::Resolve(arguments) => {
                let config = arguments.config().context("resolve")?;
                Box::new(move || commands::resolve::run(config))
            }
            Command::Info(arguments) => {
                let config = arguments.config();
                Box::new(move || commands::info::run(&config))
            }
        })
    }
}

/// A server. Its ready descriptor is checked before a socket of skat's own can take the number.
fn serving(
    bounds: Bounds,
    warning: Option<String>,
    run: impl FnOnce() -> anyhow::Result<Outcome> + 'static,
) -> Run {
    Box::new(move || {
        if let Some(warning) = warning {
            bounds.report.warning(warning);
        }
        bounds.readiness.check()?;
        run()
    })
}

/// A command that only has to be run.
type Run = Box<dyn FnOnce() -> anyhow::Result<Outcome>>;

/// What the command line asks for.
pub enum Asked {
    /// To run a command, and to report why it fails.
    Run(Report, Run),
    /// To be told something: help or the version, for stdout.
    Tell(String),
}

/// Reads the command line.
///
/// # Errors
/// [`Cause::Usage`] for arguments that make no sense.
pub fn parse(arguments: &[OsString]) -> anyhow::Result<Asked> {
    let arguments = &help_as_option(arguments)?;
    let (command, report) = match Command::parse(arguments) {
        Ok(parsed) => parsed,
        Err(error) if !error.use_stderr() => {
            let text = error.render();
            let text = if report::allows_colour(&io::stdout()) {
                text.ansi().to_string()
            } else {
                text.to_string()
            };
            return Ok(Asked::Tell(text.replace(manual::HARD_SPACE, " ")));
        }
        Err(error) => return Err(mistakes::refused(arguments, error)),
    };
    groups::refuse_form_without_equals(arguments)?;
    Ok(Asked::Run(report, command.configured()?))
}

/// `skat help COMMAND` for those who ask in this way, in the form `skat COMMAND --help`.
fn help_as_option(arguments: &[OsString]) -> anyhow::Result<Vec<OsString>> {
    let [program, help, topic @ ..] = arguments else { return Ok(arguments.to_vec()) };
    if help != "help" {
        return Ok(arguments.to_vec());
    }
    let mut parser = command();
    parser.build();
    let mut known = Some(&parser);
    for (at, word) in topic.iter().enumerate() {
        known = known.and_then(|command| command.find_subcommand(word));
        // What is said of an unknown command is said below.
        if known.is_none() && at > 0 {
            let word = report::escape(word.as_encoded_bytes());
            return usage(format!("help: there is no topic '{word}' (see 'skat --help')"));
        }
    }
    let option = OsString::from("--help");
    Ok([program].into_iter().chain(topic).chain([&option]).cloned().collect())
}

/// The parser. Options of subcommands are built lazily: building all takes longer than a short run.
/// Call `build()` before rendering.
#[must_use]
pub fn command() -> clap::Command {
    let commands = [
        lazily::<tcp_server::Arguments>("tcp-server", tcp_server::ABOUT),
        lazily::<tcp_client::Arguments>("tcp-client", tcp_client::ABOUT),
        lazily::<udp_server::Arguments>("udp-server", udp_server::ABOUT),
        lazily::<udp_client::Arguments>("udp-client", udp_client::ABOUT),
        lazily::<unix_server::Arguments>("unix-server", unix_server::ABOUT),
        lazily::<unix_client::Arguments>("unix-client", unix_client::ABOUT),
        lazily::<resolve::Arguments>("resolve", resolve::ABOUT),
        lazily::<info::Arguments>("info", info::ABOUT),
    ];
    clap::Command::new("skat")
        .about(ABOUT)
        .after_help("See 'skat COMMAND --help' or 'man skat'.")
        .after_long_help(manual::epilog("skat"))
        .version(env!("CARGO_PKG_VERSION"))
        .propagate_version(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands(commands)
}

fn lazily<Arguments: Args>(name: &'static str, about: &'static str) -> clap::Command {
    clap::Command::new(name).about(about).defer(Arguments::augment_args)
}

fn is_command(word: impl AsRef<OsStr>) -> bool {
    command().find_subcommand(word).is_some()
}

/// The commands that have an option such as -k or --keep-open, and whether it takes the next word as
/// its value.
fn owners(option: &str) -> Vec<(String, bool)> {
    let mut parser = command();
    parser.build();
    let is_it = |argument: &&clap::Arg| match option.strip_prefix("--") {
        Some(long) => argument.get_long() == Some(long),
        None => argument.get_short().is_some_and(|letter| option == format!("-{letter}")),
    };
    let owner = |command: &clap::Command| {
        let argument = command.get_arguments().find(is_it)?;
        let takes = argument.get_action().takes_values() && !argument.is_require_equals_set();
        Some((command.get_name().to_owned(), takes))
    };
    parser.get_subcommands().filter_map(owner).collect()
}

/// How to report why the command line is not understood.
#[must_use]
pub fn early_report(arguments: &[OsString]) -> Report {
    let json = arguments.windows(2).any(|pair| pair[0] == "--log" && pair[1] == "json")
        || arguments.iter().any(|word| word == "--log=json");
    Report { level: Level::Normal, form: if json { Form::Json } else { Form::Text } }
}

/// A usage error in words.
fn usage<T>(message: impl Into<String>) -> anyhow::Result<T> {
    Err(anyhow::Error::msg(message.into())).cause(Cause::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_command_is_not_taken_for_a_host() {
        let told = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            parse(&words).err().map(|error| error.to_string()).unwrap_or_default()
        };
        let refusal = told("skat tcp-serve 8080");
        assert!(refusal.starts_with("unrecognized subcommand 'tcp-serve'; a similar"), "{refusal}");
        assert!(told("skat host 8080").contains("skat tcp-client host 8080"));
    }
}
