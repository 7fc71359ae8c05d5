//! What the probes of a run share.

use std::net::SocketAddr;
use std::time::Instant;

use super::method::Method;
use crate::net::connect::Target;
use crate::report::Report;

/// What all probes have in common.
pub struct ProbeContext {
    pub target: Target,
    pub method: Method,
    /// The host's, each with port 0.
    pub addresses: Vec<SocketAddr>,
    pub sources: Vec<SocketAddr>,
    pub report: Report,
}

impl ProbeContext {
    /// When a probe that begins at `now` must be over.
    pub fn timeout(&self, now: Instant) -> Option<Instant> {
        let timeout = self.target.retry_policy.timeout.or(self.method.patience());
        timeout.map(|timeout| now + timeout)
    }
}
