//! What is said of a command line that the parser does not take.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{Command, command, groups, habits, is_command, owners, usage};
use crate::outcome::{Cause, refusal};
use crate::report;

/// Options by which something else is meant: a part of the command's name, the options, and what to
/// do.
const MEANT: &[(&str, &[&str], &str)] = &[
    ("", &["-q"], "--quiet has no letter (netcat's -q is --after-eof)"),
    (
        "",
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
    let told = told(arguments, &error);
    let advice = advice.unwrap_or_default();
    let space = if command.is_empty() { "" } else { " " };
    refusal(Cause::Usage, format!("{told}{advice} (see 'skat {command}{space}--help')"))
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

/// What is wrong with a command line that is refused.
pub fn told(arguments: &[OsString], error: &clap::Error) -> String {
    needed(arguments, error).unwrap_or_else(|| one_line(error))
}

/// Which option is refused for want of another, where that is the mistake.
fn needed(arguments: &[OsString], error: &clap::Error) -> Option<String> {
    let missing = missing_option(error)?;
    // It is refused so on its own as well, with its value if it has one.
    let is_refused = |at: usize, count: usize| {
        let words = arguments.get(at..at + count).unwrap_or_default();
        let refused = Command::parse([&arguments[..2], words].concat()).err();
        refused.is_some_and(|error| missing_option(&error).as_ref() == Some(&missing))
    };
    let first = |count| (2..arguments.len()).find(|at| is_refused(*at, count));
    let at = first(1).or_else(|| first(2))?;
    let option = arguments[at].to_str()?;
    let option = option.split_once('=').map_or(option, |(name, _)| name);
    Some(format!("{} needs {missing}", report::escape(option.as_bytes())))
}

/// The option whose absence is the mistake.
fn missing_option(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::Strings(missing)) = error
        .get(ContextKind::InvalidArg)
        .filter(|_| error.kind() == ErrorKind::MissingRequiredArgument)
    else {
        return None;
    };
    // clap writes "<--tls>" and "--cert <FILE>".
    let names =
        missing.iter().filter_map(|name| name.split(['<', '>', ' ']).find(|it| !it.is_empty()));
    names.filter(|name| name.starts_with('-')).map(str::to_owned).next()
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || b"-_".contains(&byte)
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

/// Refuses `--stamp FORM`, where FORM would be taken for HOST or PATH.
pub fn refuse_form_without_equals(arguments: &[OsString]) -> anyhow::Result<()> {
    let after = arguments.windows(2).filter(|pair| pair[0] == "--stamp");
    match after.filter_map(|pair| pair[1].to_str()).find(|word| groups::is_form_of_stamp(word)) {
        Some(form) => usage(format!("the form of --stamp follows '=': write --stamp={form}")),
        None => Ok(()),
    }
}
