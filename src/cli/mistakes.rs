//! What is said of a command line that the parser does not take.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{command, habits, is_command, owners, wording};
use crate::outcome::{Cause, refusal};
use crate::report;

/// Options by which something else is meant: a part of the command's name, the options, and what to
/// do.
const MEANT: &[(&str, &[&str], &str)] = &[
    ("-", &["-q"], "--quiet has no letter (netcat's -q is --after-eof)"),
    ("-", &["--host", "--port"], "HOST and PORT are written without an option"),
    (
        "-",
        &["--timeout"],
        "there are --connect-timeout (servers: --accept-timeout), --idle-timeout and --max-time",
    ),
    ("unix-", &["--dgram", "--datagram"], "write --type dgram"),
    ("udp-server", &["-k", "--keep-open"], "udp-server serves all its peers anyway"),
    ("resolve", &["--reverse", "-x"], "the name of an address needs no option"),
];

/// clap's refusal as one line, with the right command where a habit of another program is seen.
pub fn refused(arguments: &[OsString], mut error: clap::Error) -> anyhow::Error {
    // A word like the name of a command is a slip, not a host.
    let is_a_name =
        |word: &OsString| word.len() > 1 && word.to_string_lossy().bytes().all(is_of_name);
    let is_slip = error.get(ContextKind::SuggestedSubcommand).is_some()
        && arguments.get(1).is_some_and(is_a_name);
    if let Some(hint) = habits::hint(arguments, is_slip) {
        return refusal(Cause::Usage, hint);
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let names: Vec<String> =
            command().get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        let names = names.join(", ");
        return refusal(Cause::Usage, format!("a command is missing: {names} (see 'skat --help')"));
    }
    let first = arguments.get(1).and_then(|word| word.to_str());
    let command = first.filter(|word| is_command(word)).unwrap_or_default();
    let advice = advice(arguments, command, &error);
    if advice.is_some() {
        // What is alike by its letters is not what is meant.
        error.remove(ContextKind::SuggestedArg);
    }
    if let Some(ContextValue::Strings(names)) = error.remove(ContextKind::SuggestedSubcommand)
        && is_slip
    {
        // The best comes last.
        let best = names.into_iter().rev().take(1).collect();
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(best));
    }
    let mut told = wording::told(arguments, &error);
    if command == "info" {
        told = told.replace("subcommand", "topic");
    }
    let advice = advice.unwrap_or_default();
    let page: Vec<&str> = ["skat", command, topic(command, arguments)]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect();
    refusal(Cause::Usage, format!("{told}{advice} (see '{} --help')", page.join(" ")))
}

/// The topic that the command is asked about; nothing if it is asked about none.
fn topic<'a>(command: &str, arguments: &'a [OsString]) -> &'a str {
    let mut parser = super::command();
    parser.build();
    let topics = parser.find_subcommand(command);
    let is_topic =
        |word: &&str| topics.is_some_and(|topics| topics.find_subcommand(word).is_some());
    arguments.iter().skip(2).filter_map(|word| word.to_str()).find(is_topic).unwrap_or_default()
}

/// What clap does not say of a mistake, since it does not know.
fn advice(arguments: &[OsString], command: &str, error: &clap::Error) -> Option<String> {
    if error.kind() == ErrorKind::InvalidUtf8 {
        let broken = arguments.iter().filter(|word| word.to_str().is_none());
        let broken: Vec<String> =
            broken.map(|word| report::escape(word.as_encoded_bytes())).collect();
        return Some(format!(": '{}'", broken.join("', '")));
    }
    let unknown = match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(unknown))) => unknown.as_str(),
        _ => return None,
    };
    let is_meant = |(part, names, _): &&(&str, &[&str], &str)| {
        command.contains(part) && names.contains(&unknown)
    };
    if let Some((_, _, advice)) = MEANT.iter().find(is_meant) {
        return Some(format!("; {advice}"));
    }
    if unknown.starts_with('-') {
        let others: Vec<String> = owners(unknown).into_iter().map(|(name, _)| name).collect();
        return match &others[..] {
            [] => None,
            [one] => Some(format!("; {one} has it")),
            _ => Some(format!("; these have it: {}", others.join(", "))),
        };
    }
    // A word too many may be meant as the value of the option before it.
    let takes_it = |option: &&OsString| ["--stamp", "--prompt"].iter().any(|name| *option == name);
    let option = arguments.iter().find(takes_it)?.to_str()?;
    Some(format!("; a value of {option} follows '='"))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || b"-_".contains(&byte)
}
