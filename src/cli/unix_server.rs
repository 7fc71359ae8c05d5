//! The arguments of `unix-server`.

use std::ffi::OsString;

use clap::{Args, ValueHint};

use super::changes::ChangeArg as _;
use super::datagrams::{FrameArgument, ReplyToArgument};
use super::groups::CommonArguments;
use super::hand_over::HandOverArguments;
use super::headings::SOCKET;
use super::manual;
use super::refusals::{SERVICE, refuse};
use super::stream_server::StreamServerArguments;
use super::unix::{TypeArgument, mode};
use super::values::socket_options;
use crate::commands::unix_server::{Config, Options};
use crate::engine::endpoint::LARGEST_RECORD;
use crate::engine::lifetime::Bounds;
use crate::net::options::Transport;
use crate::net::unix::{Binding, Kind, Name, Place};

/// There is neither a host nor a port.
const RUN_HELP: &str = "Once listening, run CMD with /bin/sh, with SKAT and SKAT_ADDR (PATH) set; \
                        when it exits, finish serving open connections and exit with its status";

/// There is no UDP here.
const LISTEN_FD_HELP: &str = "Serve on the inherited socket with this descriptor, already listening \
                              (with --type dgram, bound); sockets from systemd need no option. The \
                              socket file is not removed";

/// A socket's datagrams go to processes, and to a target, from one loop.
const THREADS_HELP: &str = "Event-loop threads of a service (with --type dgram, not of --forward and --exec); 0: one per core";

/// A server takes it with each service, though one of datagrams may have no connection to drop.
const IDLE_HELP: &str = "Exit after this long without a byte either way: status 6 (a service only \
                         drops that client); with --type dgram, only --forward and --exec \
                         have somebody to drop";

/// What the command does, in a line.
pub const ABOUT: &str =
    "Serve a Unix socket: connect a client to stdin and stdout, or run a service";

#[derive(Debug, Args)]
#[command(about = ABOUT, override_usage = "skat unix-server [OPTIONS] PATH")]
#[command(after_long_help = manual::epilog("unix-server"))]
#[command(change_arg("options", |arg| socket_options(arg, Transport::Unix)))]
#[command(change_arg("ready_fd", |arg| arg.help("Once listening, write PATH and a newline to this descriptor")))]
#[command(change_arg("ready_file", |arg| arg.help("Once listening, write PATH to this file, atomically")))]
#[command(change_arg("listen_fd", |arg| arg.help(LISTEN_FD_HELP)))]
#[command(change_arg("run", |arg| arg.help(RUN_HELP)))]
#[command(change_arg("threads", |arg| arg.help(THREADS_HELP)))]
#[command(change_arg("idle_timeout", |arg| arg.help(IDLE_HELP)))]
pub struct Arguments {
    /// A file path, or @NAME in the abstract namespace
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    path: Option<OsString>,
    #[command(flatten)]
    kind: TypeArgument,
    /// Permissions of the socket file, from its creation on
    #[arg(long, value_name = "OCTAL", value_parser = mode, help_heading = SOCKET)]
    mode: Option<u32>,
    #[command(flatten)]
    server: StreamServerArguments,
    #[command(flatten)]
    hand_over: HandOverArguments,
    #[command(flatten)]
    reply_to: ReplyToArgument,
    #[command(flatten)]
    frame: FrameArgument,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    /// What is told when the server begins.
    pub fn warning(&self) -> Option<String> {
        self.server.warning()
    }

    pub fn config(self) -> anyhow::Result<Config> {
        let settings = self.common.settings(Transport::Unix)?;
        let what = self.kind.text();
        let options = if self.kind.kind() == Kind::Dgram {
            let (frame, reply_to) = (&self.frame, &self.reply_to);
            let options =
                self.server.datagram_options(&self.common, &settings, frame, reply_to, what)?;
            Options::Datagrams(Box::new(options))
        } else {
            refuse(&[self.reply_to.given()], what)?;
            let records = self.kind.kind() == Kind::Seqpacket;
            let frame = records.then(|| self.frame.frame());
            let mut options = self.server.options(&self.common, None, &settings, frame)?;
            if records {
                if options.handler.is_some() {
                    self.frame.refuse(SERVICE)?;
                }
                refuse(&[self.common.bufsize()], what)?;
                self.server.refuse_with_records(what)?;
                options.buffer = LARGEST_RECORD;
            } else {
                self.frame.refuse(what)?;
            }
            Options::Connections(Box::new(options))
        };
        let place = self.place(options.bounds())?;
        let binding = Binding { place, kind: self.kind.kind(), settings };
        Ok(Config { binding, options })
    }

    fn place(&self, bounds: &Bounds) -> anyhow::Result<Place> {
        let (mode, backlog) = (self.mode, self.server.backlog());
        let without_effect = [
            (self.path.is_some(), "PATH"),
            (mode.is_some(), "--mode"),
            (backlog.is_some(), "--backlog"),
        ];
        if let Some(inherited) = self.hand_over.inherited(&without_effect, &bounds.readiness)? {
            return Ok(Place::Inherited(inherited));
        }
        let Some(path) = &self.path else {
            return super::usage("a PATH is missing, and there is no inherited socket");
        };
        let name = Name::parse(path)?;
        if mode.is_some() && name.file().is_none() {
            return super::usage("--mode is for socket files: an abstract name has no permissions");
        }
        Ok(Place::Own { name, mode, backlog })
    }
}
