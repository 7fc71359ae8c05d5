//! The arguments of `unix-server`.

use clap::Args;

use super::datagrams::{FrameArgument, ReplyToArgument};
use super::groups::CommonArguments;
use super::manual;
use super::refusals::{SERVICE, refuse};
use super::stream_server::StreamServerArguments;
use super::unix::{PathArgument, TypeArgument, mode};
use crate::commands::unix_server::{Config, Terms};
use crate::engine::endpoint::LARGEST_RECORD;
use crate::net::options::Transport;
use crate::net::unix::{Binding, Kind};

/// There is neither a host nor a port.
const RUN_HELP: &str = "Once listening, run this by /bin/sh with SKAT and SKAT_ADDR (PATH) set; \
                        at its end, finish with those who have come and exit with its status";

/// Serve a Unix socket: a conversation with stdin and stdout, or a service
#[derive(Debug, Args)]
#[command(override_usage = "skat unix-server [OPTIONS] PATH")]
#[command(after_long_help = manual::examples("unix-server"))]
#[command(mut_arg("ready_fd", |arg| arg.help("Once listening, write PATH and a newline to this descriptor")))]
#[command(mut_arg("ready_file", |arg| arg.help("Once listening, write PATH to this file, which appears complete")))]
#[command(mut_arg("run", |arg| arg.help(RUN_HELP)))]
pub struct Arguments {
    #[command(flatten)]
    path: PathArgument,
    #[command(flatten)]
    kind: TypeArgument,
    /// The permissions of the socket file, in force from the moment that it exists
    #[arg(long, value_name = "OCTAL", value_parser = mode, help_heading = "Serving")]
    mode: Option<u32>,
    #[command(flatten)]
    server: StreamServerArguments,
    #[command(flatten)]
    reply_to: ReplyToArgument,
    #[command(flatten)]
    frame: FrameArgument,
    #[command(flatten)]
    common: CommonArguments,
}

impl Arguments {
    pub fn config(self) -> anyhow::Result<Config> {
        let name = self.path.name()?;
        if self.mode.is_some() && name.file().is_none() {
            return super::usage("--mode is for socket files: an abstract name has no permissions");
        }
        let settings = self.common.settings(Transport::Unix)?;
        let what = self.kind.text();
        let terms = if self.kind.kind() == Kind::Dgram {
            let (frame, reply_to) = (&self.frame, &self.reply_to);
            let terms = self.server.datagram_terms(&self.common, frame, reply_to, what)?;
            Terms::Datagrams(Box::new(terms))
        } else {
            refuse(&[self.reply_to.given()], what)?;
            let mut terms = self.server.terms(&self.common, None, &settings)?;
            if self.kind.kind() == Kind::Seqpacket {
                if terms.handler.is_some() {
                    self.frame.refuse(SERVICE)?;
                }
                refuse(&[self.common.bufsize()], what)?;
                let frame = self.frame.frame();
                terms.manners = self.server.manners_with_records(frame, &settings, what)?;
                terms.buffer = LARGEST_RECORD;
            } else {
                self.frame.refuse(what)?;
            }
            Terms::Connections(Box::new(terms))
        };
        let (kind, mode, backlog) = (self.kind.kind(), self.mode, self.server.backlog());
        let binding = Binding { name, kind, mode, backlog, settings };
        Ok(Config { binding, terms })
    }
}
