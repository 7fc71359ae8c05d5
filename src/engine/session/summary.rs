//! What is told of a session.

use super::Session;
use crate::engine::endpoint::Endpoint;
use crate::engine::flow::{Flow, Side};
use crate::engine::pump::Fault;
use crate::net::address;
use crate::outcome::about_peer;
use crate::report::{Ended, sentence};

impl Session {
    /// Bytes received.
    #[must_use]
    pub fn bytes_in(&self) -> u64 {
        let lengths = self.stream().map_or(0, |peer| peer.overhead().0);
        (self.inbound.taken() + self.passed_by().0).saturating_sub(lengths)
    }

    /// Bytes sent.
    #[must_use]
    pub fn bytes_out(&self) -> u64 {
        let lengths = self.stream().map_or(0, |peer| peer.overhead().1);
        (self.sent() + self.passed_by().1).saturating_sub(lengths)
    }

    /// Bytes that went through flows to the peer.
    pub(super) fn sent(&self) -> u64 {
        let echoed = (self.inbound.sink() == Side::Peer).then(|| self.inbound.given());
        self.outbound.as_ref().map(Flow::given).or(echoed).unwrap_or(0)
    }

    /// True if a record was too large to be received or sent, which is nothing that the peer knows.
    #[must_use]
    pub fn has_lost_record(&self) -> bool {
        [&self.ends.peer, &self.ends.local].into_iter().any(|end| match end {
            Endpoint::Stream(stream) => stream.wire().has_lost_record(),
            _ => false,
        })
    }

    /// The peer's address, as text.
    #[must_use]
    pub fn peer_name(&self) -> String {
        self.stream().map_or_else(String::new, |stream| address::display_text(stream.peer()))
    }

    /// Why it ended.
    pub fn verdict(&mut self) -> anyhow::Result<&'static str> {
        let verdict = std::mem::replace(&mut self.verdict, Ok("closed"));
        if self.has_failed_locally() {
            return verdict;
        }
        verdict.map_err(|error| about_peer(error, self.peer_name()))
    }

    /// True if it is stdin or stdout that failed.
    fn has_failed_locally(&self) -> bool {
        let of_local = |flow: &Flow| match flow.fault() {
            Some(Fault::Source(_)) => flow.source() == Side::Local,
            Some(Fault::Sink(_)) => flow.sink() == Side::Local,
            None => false,
        };
        matches!(self.ends.local, Endpoint::Stdio(_))
            && (of_local(&self.inbound) || self.outbound.as_ref().is_some_and(of_local))
    }

    /// What is known of it, with its verdict.
    pub fn summary(&self, verdict: &anyhow::Result<&'static str>) -> Ended {
        let local = self.socket().and_then(|socket| socket.local_addr().ok());
        Ended {
            local: local.as_ref().map(address::display_text),
            peer: Some(self.peer_name()),
            bytes_in: self.bytes_in(),
            bytes_out: self.bytes_out(),
            seconds: self.began.elapsed().as_secs_f64(),
            reason: match (verdict, self.child_status()) {
                (Ok(_), Some(status)) => format!("the command ended with status {status}"),
                (Ok(reason), None) => (*reason).to_owned(),
                (Err(error), _) => sentence(error),
            },
        }
    }
}
