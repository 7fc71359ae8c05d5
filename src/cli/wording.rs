//! What clap says of a mistake, in one line.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Command;
use crate::report;

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
