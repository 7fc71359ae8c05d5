//! Connecting: every address is tried, IPv6 and IPv4 in turn (RFC 8305, "happy eyeballs").

mod race;

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use socket2::{SockAddr, Socket};

use super::address::{Address, Family, host_text, socket_text};
use super::options::Settings;
use super::resolver::{self, Question};
use super::retry::RetryPolicy;
use crate::outcome::{Cause, refusal};
use crate::report::Report;
use crate::sys::netdb::inet;

pub use race::{Race, head_start};

/// Whom a client connects to that was told no host.
const LOCALHOST: &str = "localhost";
/// The same where nothing may be looked up.
const LOOPBACKS: [IpAddr; 2] = [IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)];

/// Whom to connect to, and how.
#[derive(Clone, Debug)]
pub struct Target {
    /// Whom; without a host, this one.
    pub address: Address,
    /// The families allowed.
    pub family: Family,
    /// No look-ups.
    pub numeric: bool,
    /// The address and port to come from.
    pub source: Option<Address>,
    /// Socket options.
    pub settings: Settings,
    /// How long it may take; an attempt is the look-up and every address.
    pub retry_policy: RetryPolicy,
}

/// A connection with both its addresses.
#[derive(Debug)]
pub struct Connection {
    /// The socket, non-blocking.
    pub socket: Socket,
    /// Our address.
    pub local: SockAddr,
    /// The peer's.
    pub peer: SockAddr,
    /// How it has broken already: what the peer sent before can still be read.
    pub broken: Option<io::Error>,
    /// close(2) would wait for the peer (SO_LINGER with a time).
    pub lingers: bool,
}

impl Target {
    /// The addresses to try, in the order to try them.
    ///
    /// # Errors
    /// Those of the look-up.
    pub fn candidates(
        &self,
        socket_type: i32,
        deadline: Option<Instant>,
    ) -> anyhow::Result<Vec<SocketAddr>> {
        let question =
            Question { family: self.family, socket_type, numeric: self.numeric, deadline };
        if self.address.host.is_none() && self.numeric {
            return each_allowed(&self.address, &LOOPBACKS, question);
        }
        Ok(interleave(resolver::addresses(&self.address, LOCALHOST, question)?))
    }

    /// The addresses to try, if nothing need be looked up for them.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a name where look-ups are not allowed.
    pub fn known_addresses(&self, socket_type: i32) -> anyhow::Result<Option<Vec<SocketAddr>>> {
        if self.numeric {
            return self.candidates(socket_type, None).map(Some);
        }
        let numeric = Target { address: self.named_address(), numeric: true, ..self.clone() };
        Ok(numeric.candidates(socket_type, None).ok())
    }

    /// The addresses to come from, one for each family at most; empty if none was given.
    ///
    /// # Errors
    /// Those of the look-up.
    pub fn sources(
        &self,
        socket_type: i32,
        deadline: Option<Instant>,
    ) -> anyhow::Result<Vec<SocketAddr>> {
        let Some(source) = &self.source else { return Ok(Vec::new()) };
        let question =
            Question { family: Family::Any, socket_type, numeric: self.numeric, deadline };
        if source.host.is_some() {
            return resolver::addresses(source, "", question);
        }
        each_allowed(
            source,
            &[Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()],
            question,
        )
    }

    /// The host that is asked for.
    #[must_use]
    pub fn host(&self) -> &str {
        self.address.host.as_deref().unwrap_or(LOCALHOST)
    }

    fn named_address(&self) -> Address {
        Address { host: Some(self.host().to_owned()), port: self.address.port.clone() }
    }

    /// The host and the port that are asked for, as text.
    #[must_use]
    pub fn name(&self) -> String {
        self.named_address().to_string()
    }
}

/// `address` with each of these hosts that the question allows, where it names none.
fn each_allowed(
    address: &Address,
    hosts: &[IpAddr],
    question: Question,
) -> anyhow::Result<Vec<SocketAddr>> {
    let mut found = Vec::new();
    for host in hosts.iter().filter(|host| question.family.allows(**host)) {
        found.extend(resolver::addresses(address, &host.to_string(), question)?);
    }
    Ok(found)
}

/// The families in turn, each in its own order, beginning with that of the first address.
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut ours, mut others): (VecDeque<_>, VecDeque<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut turns = Vec::new();
    while !(ours.is_empty() && others.is_empty()) {
        turns.extend(ours.pop_front());
        turns.extend(others.pop_front());
    }
    turns
}

/// The address to come from when going to `candidate`, if one was given.
///
/// # Errors
/// [`Cause::Usage`] if one was given that is not of the candidate's family.
pub fn source_for(
    sources: &[SocketAddr],
    candidate: SocketAddr,
) -> anyhow::Result<Option<SocketAddr>> {
    match sources.iter().find(|source| source.is_ipv6() == candidate.is_ipv6()) {
        None if !sources.is_empty() => {
            let given: Vec<String> = sources.iter().map(|it| inet::ntop(it.ip())).collect();
            // A probe has many ports.
            let whom =
                if candidate.port() == 0 { host_text(&candidate) } else { socket_text(&candidate) };
            let given = given.join(", ");
            let text = format!("connect {whom}: the source address {given} is of the other family");
            Err(refusal(Cause::Usage, text))
        }
        source => Ok(source.copied()),
    }
}

/// The candidates that can be reached from the source address that was given, if one was.
///
/// # Errors
/// [`Cause::Usage`] if there are none.
pub fn of_same_family(
    candidates: Vec<SocketAddr>,
    sources: &[SocketAddr],
) -> anyhow::Result<Vec<SocketAddr>> {
    let fits = |candidate: &SocketAddr| source_for(sources, *candidate).is_ok();
    let (fitting, others): (Vec<_>, Vec<_>) = candidates.into_iter().partition(fits);
    match others.first() {
        Some(other) if fitting.is_empty() => source_for(sources, *other).map(|_| fitting),
        _ => Ok(fitting),
    }
}

/// Connects to the first address that answers: socket(2), bind(2) if a source is given,
/// connect(2).
///
/// # Errors
/// Every address with its reason: [`Cause::Unreachable`], [`Cause::Timeout`], [`Cause::Bind`]
/// for the source; those of the look-up.
pub fn tcp(target: &Target, report: Report) -> anyhow::Result<Connection> {
    let target = Arc::new(target.clone());
    target.retry_policy.spend_on(report, |deadline| {
        let candidates = target.candidates(libc::SOCK_STREAM, deadline)?;
        let mut race = Race::new(Arc::clone(&target), candidates, deadline, report)?;
        loop {
            if let Some(connection) = race.advance(Instant::now())? {
                return Ok(connection);
            }
            race.wait()?;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns_in_their_own_order() {
        let parse = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter().map(|address| address.parse().unwrap()).collect()
        };
        let given = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"]);
        let wanted = parse(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"]);
        assert_eq!(interleave(given), wanted);
    }
}
