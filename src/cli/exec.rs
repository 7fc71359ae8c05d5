//! Programs that serve peers.

use std::ffi::OsString;

use clap::{Args, ValueHint};

use super::headings::SERVICES;
use crate::engine::child::Program;

/// What to run for each peer.
#[derive(Debug, Args)]
pub struct ExecArguments {
    /// Run CMD for each connection, with the connection as its stdin and stdout; CMD is split into
    /// words as a shell would, but no shell runs
    #[arg(short, long, value_name = "CMD", group = "service", value_hint = ValueHint::CommandString, help_heading = SERVICES)]
    exec: Option<OsString>,
    /// The same, through /bin/sh -c
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
}
