//! Options of stream commands.

use std::time::Duration;

use clap::Args;

use super::groups::{CommonArguments, forced};
use super::headings::{DATA, ENDING};
use super::refusals::{LOCKSTEP, refuse};
use super::values;
use crate::engine::frame::Frame;
use crate::engine::session::{Limits, SessionOptions};
use crate::net::options::Settings;

/// What stream commands have.
#[derive(Debug, Args)]
pub struct StreamArguments {
    /// Do not read stdin, send nothing (not even a half-close), and exit when the peer closes
    #[arg(long, help_heading = ENDING, conflicts_with_all = ["no_half_close", "crlf", "after_eof"])]
    no_stdin: bool,
    /// Print nothing received, but keep reading until the peer closes
    #[arg(long, help_heading = DATA, conflicts_with = "no_stdin")]
    send_only: bool,
    /// Keep the sending side open after EOF on stdin
    #[arg(long, help_heading = ENDING)]
    no_half_close: bool,
    /// Exit, status 0, after EOF from either side and this long without a byte
    #[arg(long, value_name = "DUR", value_parser = values::duration, help_heading = ENDING)]
    after_eof: Option<Duration>,
    /// Send LF as CRLF; an existing CRLF stays one
    #[arg(short = 'C', long, help_heading = DATA)]
    crlf: bool,
}

impl StreamArguments {
    pub fn limits(&self, common: &CommonArguments) -> Limits {
        Limits { idle: common.idle_timeout(), after_eof: self.after_eof }
    }

    /// How a conversation goes; with a `frame`, one of records.
    pub fn session_options(&self, settings: &Settings, frame: Option<Frame>) -> SessionOptions {
        SessionOptions {
            frame,
            no_stdin: self.no_stdin,
            send_only: self.send_only,
            no_half_close: self.no_half_close,
            crlf: self.crlf,
            copying: forced("SKAT_PUMP", "copy"),
            own_keepalive: settings.has("keepalive"),
            ..SessionOptions::default()
        }
    }

    pub fn after_eof(&self) -> Option<Duration> {
        self.after_eof
    }

    pub fn send_only(&self) -> bool {
        self.send_only
    }

    /// Refuses what only a conversation over a connection has a use for.
    pub fn refuse_all(&self, what: &str) -> anyhow::Result<()> {
        self.refuse_with_records(what)?;
        self.refuse_with(what)
    }

    /// Refuses what a client of datagrams has no use for.
    pub fn refuse_with_datagrams(&self, what: &str) -> anyhow::Result<()> {
        let given = [
            (self.crlf, "--crlf"),
            (self.no_stdin, "--no-stdin"),
            (self.no_half_close, "--no-half-close"),
        ];
        refuse(&given, what)
    }

    /// Refuses what looks at bytes.
    pub fn refuse_with_records(&self, what: &str) -> anyhow::Result<()> {
        refuse(&[(self.crlf, "--crlf")], what)
    }

    /// Refuses what makes no sense in a dialogue.
    pub fn refuse_in_lockstep(&self) -> anyhow::Result<()> {
        self.refuse_with(LOCKSTEP)
    }

    fn refuse_with(&self, what: &str) -> anyhow::Result<()> {
        let given = [
            (self.no_stdin, "--no-stdin"),
            (self.send_only, "--send-only"),
            (self.no_half_close, "--no-half-close"),
            (self.after_eof.is_some(), "--after-eof"),
        ];
        refuse(&given, what)
    }

    pub fn crlf(&self) -> bool {
        self.crlf
    }
}
