//! Programs that serve peers.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use clap::{Args, ValueHint};

use super::headings::SERVICES;
use crate::engine::child::Program;

/// What to run for each peer.
#[derive(Debug, Args)]
pub struct ExecArguments {
    /// Run CMD per connection, with the connection as its stdin and stdout; CMD is split into
    /// words using shell quoting, but no shell is run
    #[arg(short, long, value_name = "CMD", group = "service", value_hint = ValueHint::CommandString, help_heading = SERVICES)]
    exec: Option<OsString>,
    /// The same, with CMD run by /bin/sh -c
    #[arg(short = 'c', long, value_name = "CMD", group = "service", value_hint = ValueHint::CommandString, help_heading = SERVICES)]
    sh_exec: Option<OsString>,
}

impl ExecArguments {
    /// The program that is asked for, if one is.
    pub fn program(&self) -> anyhow::Result<Option<Program>> {
        match (&self.exec, &self.sh_exec) {
            (Some(line), _) => Program::words(line).map(Some),
            (None, Some(line)) => Program::shell(line).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// What whoever gave the program should know of it before it is run.
    pub fn warning(&self) -> Option<String> {
        let operator = shell_operator(self.exec.as_ref()?)?;
        Some(format!(
            "--exec runs no shell: '{operator}' is passed on as an argument (--sh-exec runs a shell)"
        ))
    }
}

/// What a shell would take for more than a word: it stands alone, within no quotes.
fn shell_operator(line: &OsStr) -> Option<&'static str> {
    let words: Vec<Vec<u8>> = shlex::bytes::Shlex::new(line.as_bytes()).collect();
    let bare: Vec<&[u8]> = line.as_bytes().split(u8::is_ascii_whitespace).collect();
    let is_word = |operator: &&str| {
        let operator = operator.as_bytes();
        words.iter().any(|word| word == operator) && bare.contains(&operator)
    };
    ["|", "||", "&", "&&", "<", ">", ">>"].into_iter().find(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_seen_outside_of_quotes() {
        for (line, operator) in [
            ("sort | uniq", Some("|")),
            ("sort > file", Some(">")),
            ("sort", None),
            ("grep '|' file", None),
            ("sh -c 'sort | uniq'", None),
            ("find . -exec rm {} \\;", None),
        ] {
            assert_eq!(shell_operator(OsStr::new(line)), operator, "{line}");
        }
    }
}
