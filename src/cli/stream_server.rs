//! What servers of streams have in common, whatever their sockets' addresses are.

use std::sync::Arc;

use clap::Args;

use super::datagram_services;
use super::datagrams::{FrameArgument, ReplyToArgument};
use super::exec::ExecArguments;
use super::groups::{
    CommonArguments, HandlerArguments, LookupArguments, ServerArguments, stdio_helpers,
};
use super::headings::SERVING;
use super::refusals::{SERVICE, refuse};
use super::relaying::RelayingArguments;
use super::streams::{StreamArguments, Without};
use super::tls::TlsServerArguments;
use super::{usage, values};
use crate::engine::accept::{Options, is_carried};
use crate::engine::datagram::{Sizes, server as datagrams};
use crate::engine::frame::Frame;
use crate::engine::handler::Handler;
use crate::engine::session::SessionOptions;
use crate::net::access::Access;
use crate::net::options::Settings;
use crate::net::unix::Kind;

/// What the options are for that a conversation has no use for.
const SERVICES: &str = "services, such as --echo or --exec";

/// Whom to serve, with what, and how many at a time.
#[derive(Debug, Args)]
pub struct StreamServerArguments {
    #[command(flatten)]
    handler: HandlerArguments,
    #[command(flatten)]
    exec: ExecArguments,
    #[command(flatten)]
    relaying: RelayingArguments,
    /// Serve one client after another, until interrupted; without it, exit after the first
    #[arg(short, long, help_heading = SERVING)]
    keep_open: bool,
    /// Exit after one connection; without it, a service runs until interrupted
    #[arg(long, conflicts_with = "keep_open", help_heading = SERVING)]
    once: bool,
    /// At most N connections at a time; later ones wait in the backlog
    #[arg(short, long, value_name = "N", value_parser = values::at_least_one::<usize>, help_heading = SERVING)]
    max_conns: Option<usize>,
    /// Length of the listen queue [default: the system's maximum]
    #[arg(long, value_name = "N", value_parser = backlog, help_heading = SERVING)]
    backlog: Option<u16>,
    #[command(flatten)]
    server: ServerArguments,
    #[command(flatten)]
    stream: StreamArguments,
    #[command(flatten)]
    tls: TlsServerArguments,
}

impl StreamServerArguments {
    /// The listen queue that was asked for.
    pub fn backlog(&self) -> Option<u16> {
        self.backlog
    }

    /// What is told when the server begins.
    pub fn warning(&self) -> Option<String> {
        self.exec.warning()
    }

    /// What the same options mean to a server of datagrams on a socket of one type.
    pub fn datagram_options(
        &self,
        common: &CommonArguments,
        settings: &Settings,
        frame: &FrameArgument,
        reply_to: &ReplyToArgument,
        what: &str,
    ) -> anyhow::Result<datagrams::Options> {
        let of_connections =
            [(self.keep_open, "--keep-open"), (self.backlog.is_some(), "--backlog")];
        refuse(&of_connections, what)?;
        refuse(&self.tls.given(), what)?;
        self.stream.refuse(Without::Conversation, what)?;
        let service = match self.relaying.destination(settings)? {
            Some(there) => Some(datagram_services::forward(there, self.max_conns, common)),
            None => datagram_services::own(&self.handler, &self.exec, self.max_conns, common)?,
        };
        let asked = datagram_services::Asked {
            common,
            server: &self.server,
            frame,
            reply_to,
            max_conns: self.max_conns,
            once: self.once,
            access: Access::default(),
            sizes: Sizes::UNIX,
        };
        asked.options(service)
    }

    /// Refuses what knows of no records.
    pub fn refuse_with_records(&self, what: &str) -> anyhow::Result<()> {
        refuse(&self.tls.given(), what)?;
        self.stream.refuse(Without::Bytes, what)
    }

    /// What a server does with connections; with a `frame`, with those of records.
    pub fn options(
        &self,
        common: &CommonArguments,
        lookup: Option<&LookupArguments>,
        settings: &Settings,
        frame: Option<Frame>,
    ) -> anyhow::Result<Options> {
        let exec = self.exec.program()?.map(Handler::Exec);
        let kind = if frame.is_some() { Kind::Seqpacket } else { Kind::Stream };
        let relayed = self.relaying.service(lookup, settings, &self.tls, common.buffer(), kind)?;
        let handler = self.handler.handler().map(Handler::Answer).or(exec).or(relayed);
        let is_service = handler.is_some();
        let (tls, limits) = (self.tls.settings(), self.stream.limits(common));
        if is_service {
            refuse(&[(self.keep_open, "--keep-open")], SERVICE)?;
            self.stream.refuse(Without::Conversation, SERVICE)?;
            if handler.as_ref().is_some_and(|it| matches!(it, Handler::Exec(_)))
                && !is_carried(tls.is_some(), limits.idle, common.report(), lookup.is_none())
            {
                refuse(&[common.bufsize()], "a program that has the connection itself")?;
            }
        } else if self.max_conns.is_some() {
            return usage(format!("--max-conns is for {SERVICES}"));
        }
        Ok(Options {
            handler,
            tls: tls.map(Arc::new),
            keep_open: self.keep_open,
            once: self.once,
            access: Access::default(),
            max_conns: self.max_conns,
            limits,
            session: SessionOptions {
                listens: true,
                keep_open: self.keep_open,
                ..self.stream.session_options(settings, frame)
            },
            settings: settings.clone(),
            buffer: common.buffer(),
            stdio_helpers: stdio_helpers(),
            threads: self.server.threads(is_service, self.once, SERVICES)?,
            bounds: self.server.bounds(common),
        })
    }
}

fn backlog(text: &str) -> Result<u16, String> {
    values::up_to(text, u16::MAX)
}
