//! Names to addresses and back, by the system's own resolver, with failures distinguished.
//!
//! [`addresses`] is what clients and servers ask; [`calls`] are the questions of `skat resolve`,
//! which a [`batch`] asks of many names at once.

pub mod answer;
pub mod background;
pub mod batch;
pub mod calls;
pub mod deadline;
pub mod failure;
pub mod name;
pub mod names;
pub mod output;
mod threads;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Instant;

use super::address::{Address, Family, Port, is_literal, is_v6_literal};
use crate::outcome::{Cause, refusal};
use crate::report::escape;
use crate::sys::netdb::addresses::{Entry, Hints, getaddrinfo};
use failure::{Failure, Kind};

/// What is asked for beside the name.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The families allowed.
    pub family: Family,
    /// `SOCK_STREAM` or `SOCK_DGRAM`: services are named for each.
    pub socket_type: i32,
    /// No look-ups; a name is refused.
    pub numeric: bool,
    /// When to give up; `None`: never.
    pub deadline: Option<Instant>,
}

/// The addresses of `address` in the system's order, each once, with `host` where it names none.
/// The system is not asked where there is nothing to look up.
///
/// # Errors
/// [`Cause::NotFound`], [`Cause::Temporary`], [`Cause::Timeout`], or [`Cause::Usage`] where a
/// name was given though look-ups are not allowed, and where no host can have the name.
pub fn addresses(
    address: &Address,
    host: &str,
    question: Question,
) -> anyhow::Result<Vec<SocketAddr>> {
    let host = address.host.as_deref().unwrap_or(host);
    let found = match (numeric_host(host), &address.port) {
        (Some(host), Port::Number(port)) => vec![with_port(host, *port)],
        (_, Port::Service(service)) if question.numeric => {
            return Err(refused_name(service));
        }
        (None, Port::Number(port)) if question.numeric => {
            let hints = Hints { flags: libc::AI_NUMERICHOST, ..question.hints() };
            let entries = entries(host, None, hints).map_err(|failure| {
                if is_literal(host) { failure.into_error(host) } else { refused_name(host) }
            })?;
            entries.into_iter().map(|entry| with_port(entry.address, *port)).collect()
        }
        _ => look_up(address, host, question)?,
    };
    let allowed: Vec<SocketAddr> =
        found.into_iter().filter(|found| question.family.allows(found.ip())).collect();
    if allowed.is_empty() {
        let wanted = if question.family == Family::V4 { "IPv4" } else { "IPv6" };
        let host = escape(host.as_bytes());
        return Err(refusal(
            Cause::NotFound,
            format!("look up {host}: it has no {wanted} address"),
        ));
    }
    Ok(allowed)
}

impl Question {
    fn hints(&self) -> Hints {
        Hints { flags: 0, family: family_number(self.family), socket_type: self.socket_type }
    }
}

/// `AF_…` of the families that a user allows.
fn family_number(family: Family) -> i32 {
    match family {
        Family::Any => libc::AF_UNSPEC,
        Family::V4 => libc::AF_INET,
        Family::V6 => libc::AF_INET6,
    }
}

fn refused_name(word: &str) -> anyhow::Error {
    let word = escape(word.as_bytes());
    refusal(Cause::Usage, format!("'{word}' is a name, and --numeric allows no look-up"))
}

/// An address, with or without a zone, in a form that inet_pton(3) takes.
fn numeric_host(host: &str) -> Option<SocketAddr> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Some(SocketAddr::new(address, 0));
    }
    if !is_v6_literal(host) {
        return None;
    }
    // The system decides what a zone may be, and with which address.
    let hints = Hints { flags: libc::AI_NUMERICHOST, family: libc::AF_INET6, socket_type: 0 };
    let host = name::c_string(host).ok()?;
    getaddrinfo(Some(&host), None, hints).ok()?.first().map(|entry| entry.address)
}

fn with_port(mut address: SocketAddr, port: u16) -> SocketAddr {
    address.set_port(port);
    address
}

fn look_up(address: &Address, host: &str, question: Question) -> anyhow::Result<Vec<SocketAddr>> {
    let service = match &address.port {
        Port::Number(number) => number.to_string(),
        Port::Service(name) => name.clone(),
    };
    let (hints, name) = (question.hints(), host.to_owned());
    let ask = move || entries(&name, Some(&service), hints);
    let answer = deadline::answer_by(question.deadline, ask).and_then(|answer| answer);
    answer.map(each_once).map_err(|failure| match failure.kind {
        Kind::Late => {
            let host = escape(host.as_bytes());
            refusal(Cause::Timeout, format!("look up {host}: {}", failure.reason))
        }
        // The host may be one that the user has not named.
        Kind::NoService => failure.into_error(&address.to_string()),
        _ => failure.into_error(host),
    })
}

/// What getaddrinfo(3) gives for a name in the form in which names are looked up.
fn entries(host: &str, service: Option<&str>, hints: Hints) -> Result<Vec<Entry>, Failure> {
    let is_literal = is_literal(host);
    let asked =
        if is_literal { name::c_string(host)? } else { name::c_string(&name::host(host)?)? };
    let service = service.map(name::c_string).transpose()?;
    getaddrinfo(Some(&asked), service.as_deref(), hints).map_err(|failure| {
        if is_literal && failure.code == libc::EAI_NONAME {
            return Failure::not_found("no such zone, or the address takes none");
        }
        of_family(failure.into(), hints.family)
    })
}

/// Why there is no answer for a name of the family that was asked for: getaddrinfo(3) does not tell
/// a name in a hosts file that has addresses of the other only from one that does not exist.
fn of_family(failure: Failure, family: i32) -> Failure {
    let family = match family {
        libc::AF_INET => "IPv4",
        libc::AF_INET6 => "IPv6",
        _ => return failure,
    };
    if failure.kind != Kind::NotFound {
        return failure;
    }
    Failure::not_found(format!("no such name, or none that has an {family} address"))
}

fn each_once(entries: Vec<Entry>) -> Vec<SocketAddr> {
    let mut addresses = Vec::with_capacity(entries.len());
    for entry in entries {
        if !addresses.contains(&entry.address) {
            addresses.push(entry.address);
        }
    }
    addresses
}

/// The address that stands for every interface, in the preferred family.
#[must_use]
pub fn wildcard(family: Family) -> IpAddr {
    match family {
        Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
        _ => Ipv6Addr::UNSPECIFIED.into(),
    }
}
