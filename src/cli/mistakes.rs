//! What is said of a command line that the parser does not take.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{command, groups, habits, usage};
use crate::outcome::{Cause, refusal};
use crate::report;

/// clap's refusal as one line, with the right command where a habit of another program is seen.
pub fn refused(arguments: &[OsString], error: &clap::Error) -> anyhow::Error {
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
pub fn one_line(error: &clap::Error) -> String {
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
