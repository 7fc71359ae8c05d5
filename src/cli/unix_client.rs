//! The arguments of `unix-client`.

use std::ffi::OsString;

use clap::{Args, ValueHint};

use super::changes::ChangeArg as _;
use super::datagrams::{ExchangeArguments, FrameArgument};
use super::groups::{
    CLIENT_BUFSIZE_HELP, CLIENT_IDLE_HELP, CommonArguments, ConnectingArguments, stdio_helpers,
};
use super::manual;
use super::refusals::{LOCKSTEP, refuse};
use super::streams::{StreamArguments, Without};
use super::tls::TlsClientArguments;
use super::unix::TypeArgument;
use super::values::socket_options;
use crate::commands::unix_client::{Config, Options};
use crate::engine::conversation;
use crate::engine::datagram::{Sizes, client as datagrams};
use crate::engine::endpoint::LARGEST_RECORD;
use crate::net::options::{Settings, Transport};
use crate::net::retry::RetryPolicy;
use crate::net::unix::{Kind, Name, Target};

/// There are no look-ups, and there is one address.
const CONNECT_TIMEOUT_HELP: &str = "Give up connecting after this long: status 6";
const RETRY_FOR_HELP: &str = "Retry refused connections and timeouts, with growing pauses, until \
                              connected or this long has passed; then the status is that of the \
                              last attempt. --connect-timeout limits each; 0: do not retry";
/// What it means without connections is something else.
const AFTER_EOF_HELP: &str = "Exit, status 0, after EOF from either side and this long without a \
                              byte. Datagrams: how long to wait for answers after EOF on stdin, \
                              restarted by each; by default, one reply per datagram sent, at most \
                              1 s";
/// What it means without connections is something else.
const SEND_ONLY_HELP: &str = "Print nothing received, but keep reading until the peer closes. \
                              Datagrams: exit as soon as stdin is sent, with no name for answers";

/// What the command does, in a line.
pub const ABOUT: &str =
    "Connect to a Unix socket: stdin is sent to the server, its data is printed";

#[derive(Debug, Args)]
#[command(about = ABOUT, override_usage = "skat unix-client [OPTIONS] PATH")]
#[command(after_long_help = manual::epilog("unix-client"))]
#[command(change_arg("idle_timeout", |arg| arg.help(CLIENT_IDLE_HELP)))]
#[command(change_arg("bufsize", |arg| arg.help(CLIENT_BUFSIZE_HELP)))]
#[command(change_arg("options", |arg| socket_options(arg, Transport::Unix)))]
#[command(change_arg("connect_timeout", |arg| arg.help(CONNECT_TIMEOUT_HELP)))]
#[command(change_arg("retry_for", |arg| arg.help(RETRY_FOR_HELP)))]
#[command(change_arg("after_eof", |arg| arg.help(AFTER_EOF_HELP)))]
#[command(change_arg("send_only", |arg| arg.help(SEND_ONLY_HELP)))]
#[cfg_attr(feature = "tls", command(change_arg("server_name", |arg| arg.help("The server name to request and verify [default: localhost]"))))]
pub struct Arguments {
    /// A file path, or @NAME in the abstract namespace
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    path: OsString,
    #[command(flatten)]
    kind: TypeArgument,
    #[command(flatten)]
    connecting: ConnectingArguments,
    #[command(flatten)]
    stream: StreamArguments,
    #[command(flatten)]
    exchange: ExchangeArguments,
    #[command(flatten)]
    frame: FrameArgument,
    #[command(flatten)]
    tls: TlsClientArguments,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    pub fn config(self) -> anyhow::Result<Config> {
        let (name, kind) = (Name::parse(&self.path)?, self.kind.kind());
        let mut dialogue = self.connecting.dialogue(&self.common, self.stream.crlf());
        if let Some(dialogue) = &mut dialogue {
            dialogue.records = kind == Kind::Seqpacket;
            self.stream.refuse(Without::FreeOrder, LOCKSTEP)?;
            self.frame.refuse(LOCKSTEP)?;
            refuse(&[self.common.bufsize()], LOCKSTEP)?;
        }
        if kind != Kind::Stream {
            refuse(&[(self.tls.settings().is_some(), "--tls")], self.kind.text())?;
        }
        let settings = self.common.settings(Transport::Unix)?;
        let retry_policy = self.connecting.retry_policy(&self.common);
        let options = if kind == Kind::Dgram {
            Options::Datagrams(self.datagram_options(retry_policy)?)
        } else {
            Options::Connection(self.connection_options(retry_policy, &settings)?)
        };
        let target = Target { name, kind, settings, retry_policy };
        Ok(Config { target, dialogue, tls: self.tls.settings(), options })
    }

    fn connection_options(
        &self,
        retry_policy: RetryPolicy,
        settings: &Settings,
    ) -> anyhow::Result<conversation::Options> {
        let what = self.kind.text();
        self.exchange.refuse(what)?;
        let (frame, buffer) = if self.kind.kind() == Kind::Seqpacket {
            refuse(&[self.common.bufsize()], what)?;
            self.stream.refuse(Without::Bytes, what)?;
            (Some(self.frame.frame()), LARGEST_RECORD)
        } else {
            self.frame.refuse(what)?;
            (None, self.common.buffer())
        };
        Ok(conversation::Options {
            limits: self.stream.limits(&self.common),
            session: self.stream.session_options(settings, frame),
            end: retry_policy.end,
            buffer,
            stdio_helpers: stdio_helpers(),
            report: self.common.report(),
        })
    }

    fn datagram_options(&self, retry_policy: RetryPolicy) -> anyhow::Result<datagrams::Options> {
        let replies = self.exchange.replies();
        self.stream.refuse(Without::Connection, self.kind.text())?;
        if self.stream.send_only() {
            let waits = [
                (self.stream.after_eof().is_some(), "--after-eof"),
                (replies.is_some(), "--replies"),
            ];
            refuse(&waits, "--send-only")?;
        }
        Ok(datagrams::Options {
            frame: self.frame.frame(),
            sizes: Sizes::UNIX,
            replies,
            after_eof: self.stream.after_eof(),
            send_only: self.stream.send_only(),
            rate: self.exchange.rate(),
            idle: self.common.idle_timeout(),
            end: retry_policy.end,
            buffer: self.common.buffer(),
            stdio_helpers: stdio_helpers(),
            report: self.common.report(),
        })
    }
}
