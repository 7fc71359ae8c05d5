//! The command line: one clap structure a subcommand, shared groups, and the plain
//! configurations that they yield. clap goes no further than this module.

mod access;
mod addresses;
mod datagram_services;
mod datagrams;
mod exec;
mod groups;
mod habits;
mod hand_over;
mod headings;
mod info;
pub mod manual;
mod probing;
mod refusals;
mod relaying;
mod resolve;
mod stream_server;
mod streams;
mod tcp_client;
mod tcp_server;
mod telling;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;
mod udp_client;
mod udp_server;
mod unix;
mod unix_client;
mod unix_server;
pub mod values;

use std::ffi::OsString;
use std::io;

use anyhow::Context as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, FromArgMatches as _, Subcommand};

use crate::commands;
use crate::engine::announce::Readiness;
use crate::outcome::{Cause, Outcome, WithCause as _, refusal};
use crate::report::{self, Form, Level, Report};

const ABOUT: &str =
    "Connect stdin and stdout to the network, or run simple network services, like netcat";

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
        let form = matches.subcommand().map_or(Form::Text, |(_, matches)| telling::form(matches));
        let command = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut parser));
        Ok((command?, Report { level: Level::Normal, form }))
    }

    /// What is to be run. What makes no sense is refused here, before anything is done.
    fn configured(self) -> anyhow::Result<Run> {
        Ok(match self {
            Command::TcpServer(arguments) => {
                let config = arguments.config().context("tcp-server")?;
                let readiness = config.terms.bounds.readiness.clone();
                serving(readiness, move || commands::tcp_server::run(config))
            }
            Command::TcpClient(arguments) => {
                let config = arguments.config().context("tcp-client")?;
                Box::new(move || commands::tcp_client::run(&config))
            }
            Command::UdpServer(arguments) => {
                let config = arguments.config().context("udp-server")?;
                let readiness = config.terms.bounds.readiness.clone();
                serving(readiness, move || commands::udp_server::run(config))
            }
            Command::UdpClient(arguments) => {
                let config = arguments.config().context("udp-client")?;
                Box::new(move || commands::udp_client::run(config))
            }
            Command::UnixServer(arguments) => {
                let config = arguments.config().context("unix-server")?;
                let readiness = config.terms.bounds().readiness.clone();
                serving(readiness, move || commands::unix_server::run(config))
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
fn serving(readiness: Readiness, run: impl FnOnce() -> anyhow::Result<Outcome> + 'static) -> Run {
    Box::new(move || {
        readiness.check()?;
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
        Err(error) => return Err(refused(arguments, &error)),
    };
    refuse_form_without_equals(arguments)?;
    Ok(Asked::Run(report, command.configured()?))
}

/// Refuses `--stamp FORM`, where FORM would be taken for HOST or PATH.
fn refuse_form_without_equals(arguments: &[OsString]) -> anyhow::Result<()> {
    let after = arguments.windows(2).filter(|pair| pair[0] == "--stamp");
    match after.filter_map(|pair| pair[1].to_str()).find(|word| groups::is_form_of_stamp(word)) {
        Some(form) => usage(format!("the form of --stamp follows '=': write --stamp={form}")),
        None => Ok(()),
    }
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

/// How to report why the command line is not understood.
#[must_use]
pub fn early_report(arguments: &[OsString]) -> Report {
    let json = arguments.windows(2).any(|pair| pair[0] == "--log" && pair[1] == "json")
        || arguments.iter().any(|word| word == "--log=json");
    Report { level: Level::Normal, form: if json { Form::Json } else { Form::Text } }
}

/// clap's refusal as one line, with the right command where a habit of another program is seen.
fn refused(arguments: &[OsString], error: &clap::Error) -> anyhow::Error {
    // A word like the name of a command is a slip, not a host.
    let is_a_name =
        |word: &OsString| word.len() > 1 && word.to_string_lossy().bytes().all(is_of_name);
    let mistyped = error.get(ContextKind::SuggestedSubcommand).is_some()
        && arguments.get(1).is_some_and(is_a_name);
    if let Some(hint) = habits::hint(arguments).filter(|_| !mistyped) {
        return refusal(Cause::Usage, hint);
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let names: Vec<String> =
            command().get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        let names = names.join(", ");
        return refusal(Cause::Usage, format!("a command is missing: {names} (see 'skat --help')"));
    }
    let command = arguments
        .get(1)
        .and_then(|word| word.to_str())
        .filter(|word| command().find_subcommand(word).is_some())
        .map_or_else(String::new, |word| format!("{word} "));
    let advice = advice(arguments, error);
    refusal(Cause::Usage, format!("{}{advice} (see 'skat {command}--help')", one_line(error)))
}

/// What clap does not say of a mistake, since it does not know.
fn advice(arguments: &[OsString], error: &clap::Error) -> String {
    if error.kind() == ErrorKind::InvalidUtf8 {
        let broken = arguments.iter().filter(|word| word.to_str().is_none());
        let broken: Vec<String> =
            broken.map(|word| report::escape(word.as_encoded_bytes())).collect();
        return format!(": '{}'", broken.join("', '"));
    }
    let unknown = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(unknown))) => unknown.as_str(),
        _ => return String::new(),
    };
    if unknown == "-q" {
        return "; --quiet has no letter (netcat's -q is --after-eof)".to_owned();
    }
    let mut parser = command();
    parser.build();
    if let Some(long) = unknown.strip_prefix('-') {
        let has = |argument: &clap::Arg| match long.strip_prefix('-') {
            Some(long) => argument.get_long() == Some(long),
            None => argument.get_short().is_some_and(|letter| long == letter.to_string()),
        };
        let others = parser.get_subcommands().filter(|command| command.get_arguments().any(has));
        let others: Vec<&str> = others.map(clap::Command::get_name).collect();
        return match others[..] {
            [] => String::new(),
            [one] => format!("; {one} has it"),
            _ => format!("; these have it: {}", others.join(", ")),
        };
    }
    // A word too many may be meant as the value of the option before it.
    let takes_it = |option: &&OsString| ["--stamp", "--prompt"].iter().any(|name| *option == name);
    let option = arguments.iter().find(takes_it).and_then(|option| option.to_str());
    option.map_or_else(String::new, |option| format!("; a value of {option} follows '='"))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte == b'-'
}

/// What clap says of a mistake, without its advice on help.
fn one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.take_while(|line| !line.starts_with("Usage:"));
    // Nobody who misspells an option means a value.
    let told: Vec<&str> = lines
        .filter(|line| !line.starts_with("For more") && !line.starts_with("tip: to pass"))
        .collect();
    let told = told.join("; ").replace("; tip: ", "; ").replace(":; ", ": ");
    let told = told.replace("<--tls>", "--tls");
    // What the user wrote is quoted in it.
    report::escape(told.strip_prefix("error: ").unwrap_or(&told).as_bytes())
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
        assert!(
            refusal.starts_with("unrecognized subcommand 'tcp-serve'; some similar"),
            "{refusal}"
        );
        assert!(told("skat host 8080").contains("skat tcp-client host 8080"));
    }
}
