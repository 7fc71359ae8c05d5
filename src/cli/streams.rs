//! Options of stream commands.

use std::time::Duration;

use clap::Args;

use super::groups::{CommonArguments, forced};
use super::headings::{DATA, ENDING};
use super::refusals::{LOCKSTEP, SERVICE, refuse};
use super::values;
use crate::engine::frame::Frame;
use crate::engine::session::{Limits, Manners};
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

    pub fn manners(&self, settings: &Settings) -> Manners {
        Manners {
            no_stdin: self.no_stdin,
            send_only: self.send_only,
            no_half_close: self.no_half_close,
            crlf: self.crlf,
            copying: forced("SKAT_PUMP", "copy"),
            own_keepalive: settings.has("keepalive"),
            ..Manners::default()
        }
    }

    /// Refuses what only a conversation has a use for.
    pub fn refuse_for_services(&self) -> anyhow::Result<()> {
        refuse(&[(self.crlf, "--crlf")], SERVICE)?;
        self.refuse_with(SERVICE)
    }

    /// Refuses what a server of datagrams has no use for.
    pub fn refuse_with_datagrams(&self, what: &str) -> anyhow::Result<()> {
        refuse(&[(self.crlf, "--crlf")], what)?;
        self.refuse_with(what)
    }

    /// Refuses what a client of datagrams has no use for, and what contradicts itself there; gives
    /// how long answers are waited for, and whether none are.
    pub fn exchange(
        &self,
        replies: Option<u64>,
        what: &str,
    ) -> anyhow::Result<(Option<Duration>, bool)> {
        let given = [
            (self.crlf, "--crlf"),
            (self.no_stdin, "--no-stdin"),
            (self.no_half_close, "--no-half-close"),
        ];
        refuse(&given, what)?;
        if self.send_only {
            let waits =
                [(self.after_eof.is_some(), "--after-eof"), (replies.is_some(), "--replies")];
            refuse(&waits, "--send-only")?;
        }
        Ok((self.after_eof, self.send_only))
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

    /// How a conversation of records goes, where nothing looks at bytes.
    pub fn manners_with_records(
        &self,
        frame: Frame,
        settings: &Settings,
        what: &str,
    ) -> anyhow::Result<Manners> {
        refuse(&[(self.crlf, "--crlf")], what)?;
        Ok(Manners { frame: Some(frame), ..self.manners(settings) })
    }

    pub fn crlf(&self) -> bool {
        self.crlf
    }
}
