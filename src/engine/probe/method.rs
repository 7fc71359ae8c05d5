//! How ports are asked whether they are open: by connections or by datagrams.

use std::time::{Duration, Instant};

use crate::net::connect;
use crate::outcome::{Cause, refusal};

/// How long an answer to a datagram is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// How a port is asked.
#[derive(Clone, Debug)]
pub enum Method {
    /// By a connection: TCP.
    Connect,
    /// By this datagram: UDP.
    Ask(Vec<u8>),
}

impl Method {
    /// `SOCK_…`.
    pub fn socket_type(&self) -> i32 {
        match self {
            Method::Connect => libc::SOCK_STREAM,
            Method::Ask(_) => libc::SOCK_DGRAM,
        }
    }

    /// What is said to have failed.
    pub fn operation(&self) -> &'static str {
        match self {
            Method::Connect => "connect",
            Method::Ask(_) => "ask",
        }
    }

    /// How long an answer is waited for if the user does not say; `None`: as long as the system
    /// does.
    pub fn patience(&self) -> Option<Duration> {
        match self {
            Method::Connect => None,
            Method::Ask(_) => Some(PATIENCE),
        }
    }

    /// How long an address is asked alone from `now` on, while others are `waiting`; `None`: until
    /// it refuses.
    pub fn head_start(
        &self,
        now: Instant,
        deadline: Option<Instant>,
        waiting: usize,
    ) -> Option<Duration> {
        match self {
            Method::Connect => Some(connect::head_start(now, deadline, waiting)),
            Method::Ask(_) => None,
        }
    }

    /// What is said of an address that does not answer.
    pub fn silence(&self) -> anyhow::Error {
        match self {
            Method::Connect => refusal(Cause::Timeout, "no answer in time"),
            Method::Ask(_) => refusal(Cause::Expectation, "neither an answer nor a refusal"),
        }
    }
}
