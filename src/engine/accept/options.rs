//! What a stream server does, for whom and for how long.

use std::sync::Arc;

use socket2::SockAddr;

use super::{exec, occupancy};
use crate::engine::child::Program;
use crate::engine::handler::Handler;
use crate::engine::lifetime::Bounds;
use crate::engine::pipes;
use crate::engine::session::{Limits, SessionOptions};
use crate::net::access::Access;
use crate::net::options::Settings;
use crate::net::tls;
use crate::sys::descriptor;

/// Descriptors that each loop needs, and what is opened for a moment.
const SPARE_DESCRIPTORS: usize = 6;

/// What a stream server does and for how long.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is done with a peer; `None`: a conversation with stdin and stdout.
    pub handler: Option<Handler>,
    /// Speaks TLS.
    pub tls: Option<Arc<tls::ServerSettings>>,
    /// One conversation after another.
    pub keep_open: bool,
    /// One connection, then the end.
    pub once: bool,
    /// Who is let in.
    pub access: Access,
    /// Connections at a time.
    pub max_conns: Option<usize>,
    /// Bounds of each connection.
    pub limits: Limits,
    /// How a conversation treats its flows.
    pub session: SessionOptions,
    /// Socket options, of which some are set on each connection.
    pub settings: Settings,
    /// Bytes read at once, and the longest line.
    pub buffer: usize,
    /// Carries stdin and stdout by helper threads.
    pub stdio_helpers: bool,
    /// Event loops.
    pub threads: usize,
    /// What bounds the run.
    pub bounds: Bounds,
}

/// Options whose TLS is ready, that of a target too: no server is opened with any others, which
/// would speak in the clear.
#[derive(Debug)]
pub struct Ready {
    pub(super) options: Options,
    pub(super) tls: Option<tls::ServerFiles>,
}

impl Options {
    /// Reads the files of TLS, a target's too: what is wrong with them is told before anything is
    /// bound.
    ///
    /// # Errors
    /// [`Cause::Usage`](crate::outcome::Cause::Usage) for files that are no good.
    pub fn load_tls(mut self) -> anyhow::Result<Ready> {
        let report = self.bounds.report;
        if let Some(Handler::Forward(route)) = &mut self.handler {
            route.prepare(report)?;
        }
        let tls = self.tls.as_ref().map(|it| it.load(report)).transpose()?;
        Ok(Ready { options: self, tls })
    }

    /// How many connections there may be at a time: whoever is let in must find the descriptors
    /// that serving takes. With more relays than pairs of descriptors, all would wait for one
    /// another; strangers in their handshakes must leave enough for those who are verified.
    pub(super) fn occupancy_limits(&self, is_unix: bool) -> occupancy::Limits {
        let asked = self.max_conns.unwrap_or(usize::MAX);
        let tls = self.tls.is_some();
        let (each, moves) = match &self.handler {
            Some(Handler::Exec(_)) => {
                let (idle, report) = (self.limits.idle, self.bounds.report);
                (exec::DESCRIPTORS, exec::is_carried(tls, idle, report, is_unix))
            }
            Some(Handler::Forward(_)) => (2, true),
            _ => return occupancy::Limits { served: asked, waiting: usize::MAX },
        };
        let pipes = if moves { pipes::most_descriptors() } else { 0 };
        let spare = SPARE_DESCRIPTORS * (1 + self.threads) + pipes * self.threads;
        let left = descriptor::left().saturating_sub(spare);
        let each_with_stranger = each + usize::from(tls);
        let served = asked.min(left / each_with_stranger).max(1);
        let waiting = left.saturating_sub(served * each).max(1);
        occupancy::Limits { served, waiting }
    }

    /// True if the run is that of one connection, and ends as it does.
    pub(super) fn serves_one(&self) -> bool {
        self.once || (self.handler.is_none() && !self.keep_open)
    }

    /// True if the one is who was verified first: a stranger at the door is none. With `--once` it
    /// is who comes first, as for every service.
    pub(super) fn serves_the_first_verified(&self) -> bool {
        self.serves_one() && !self.once && self.tls.is_some()
    }

    /// A command that everybody may run on every address is told of.
    pub(super) fn warn_of_strangers(&self, locals: &[SockAddr]) {
        if matches!(self.handler, Some(Handler::Exec(_))) && self.access.is_for_all() {
            Program::warn_if_open_to_all(locals, self.bounds.report);
        }
    }
}
