//! Options of stream commands.

use std::time::Duration;

use clap::Args;

use super::groups::{CommonArguments, forced};
use super::headings::{DATA, ENDING};
use super::refusals::{Given, refuse};
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

/// What options of a conversation need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// A conversation: a service has none.
    Conversation,
    /// A connection: a client of datagrams has none.
    Connection,
    /// A stream of bytes: records are none.
    Bytes,
    /// That each side talks when it likes: a dialogue has an order.
    FreeOrder,
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

    /// Refuses the options that are of no use `without` something, which is because of `with`.
    pub fn refuse(&self, without: Without, with: &str) -> anyhow::Result<()> {
        use Without::{Bytes, Connection, Conversation, FreeOrder};
        let table: [(Given<'_>, &[Without]); 5] = [
            ((self.crlf, "--crlf"), &[Conversation, Connection, Bytes]),
            ((self.no_stdin, "--no-stdin"), &[Conversation, Connection, FreeOrder]),
            ((self.send_only, "--send-only"), &[Conversation, FreeOrder]),
            ((self.no_half_close, "--no-half-close"), &[Conversation, Connection, FreeOrder]),
            ((self.after_eof.is_some(), "--after-eof"), &[Conversation, FreeOrder]),
        ];
        let needing = table.into_iter().filter(|(_, needs)| needs.contains(&without));
        let given: Vec<Given<'_>> = needing.map(|(given, _)| given).collect();
        refuse(&given, with)
    }

    pub fn crlf(&self) -> bool {
        self.crlf
    }
}
