//! Names to addresses, by the system's own resolver, with failures told apart.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::sync::mpsc;
use std::time::Instant;

use dns_lookup::{AddrInfoHints, LookupError};

use super::address::{Address, Family, Port};
use crate::outcome::{Cause, refusal};
use crate::report::escape;

/// What is asked for beside the name.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The families allowed.
    pub family: Family,
    /// `SOCK_STREAM` or `SOCK_DGRAM`: services are named for each.
    pub socket_type: i32,
    /// No look-ups; a name is refused.
    pub numeric: bool,
    /// Who gives up when; `None`: nobody.
    pub deadline: Option<Instant>,
}

/// The addresses of `address` in the system's order, `host` standing in where it names none.
/// Nothing is asked of the system where there is nothing to look up.
///
/// # Errors
/// [`Cause::NotFound`], [`Cause::Temporary`], [`Cause::Timeout`], or [`Cause::Usage`] where a
/// name was given though look-ups are not allowed.
pub fn addresses(
    address: &Address,
    host: &str,
    question: Question,
) -> anyhow::Result<Vec<SocketAddr>> {
    let host = address.host.as_deref().unwrap_or(host);
    let found = match (numeric_host(host), &address.port) {
        (Some(host), Port::Number(port)) => vec![with_port(host, *port)],
        _ if question.numeric => numeric_only(host, &address.port)?,
        (_, port) => look_up(host, port, question)?,
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

/// An address with its zone, if `host` is one.
fn numeric_host(host: &str) -> Option<SocketAddr> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Some(SocketAddr::new(address, 0));
    }
    let (address, zone) = host.split_once('%')?;
    let address: Ipv6Addr = address.parse().ok()?;
    let scope = zone.parse().ok().or_else(|| nix::net::if_::if_nametoindex(zone).ok())?;
    Some(SocketAddrV6::new(address, 0, 0, scope).into())
}

fn with_port(mut address: SocketAddr, port: u16) -> SocketAddr {
    address.set_port(port);
    address
}

fn numeric_only(host: &str, port: &Port) -> anyhow::Result<Vec<SocketAddr>> {
    let word = match port {
        Port::Service(service) if numeric_host(host).is_some() => service,
        _ => host,
    };
    let word = escape(word.as_bytes());
    Err(refusal(Cause::Usage, format!("'{word}' is a name, and --numeric allows no look-up")))
}

fn look_up(host: &str, port: &Port, question: Question) -> anyhow::Result<Vec<SocketAddr>> {
    let host = host.to_owned();
    let service = match port {
        Port::Number(number) => number.to_string(),
        Port::Service(name) => name.clone(),
    };
    let Some(deadline) = question.deadline else {
        return ask_system(&host, &service, question);
    };
    // getaddrinfo(3) cannot be interrupted: it is left behind on a thread that ends with the
    // process.
    let (answer, answers) = mpsc::channel();
    let name = escape(host.as_bytes());
    std::thread::spawn(move || answer.send(ask_system(&host, &service, question)));
    answers.recv_timeout(deadline.saturating_duration_since(Instant::now())).unwrap_or_else(|_| {
        Err(refusal(Cause::Timeout, format!("look up {name}: no answer in time")))
    })
}

fn ask_system(host: &str, service: &str, question: Question) -> anyhow::Result<Vec<SocketAddr>> {
    let hints = AddrInfoHints {
        socktype: question.socket_type,
        address: match question.family {
            Family::Any => libc::AF_UNSPEC,
            Family::V4 => libc::AF_INET,
            Family::V6 => libc::AF_INET6,
        },
        ..AddrInfoHints::default()
    };
    let mut found: Vec<SocketAddr> = Vec::new();
    let answers = dns_lookup::getaddrinfo(Some(host), Some(service), Some(hints))
        .map_err(|error| look_up_error(host, service, &error))?;
    for answer in answers.flatten() {
        if !found.contains(&answer.sockaddr) {
            found.push(answer.sockaddr);
        }
    }
    Ok(found)
}

/// A failed look-up with its cause: what is not there (3) and what cannot be known now (4).
fn look_up_error(host: &str, service: &str, error: &LookupError) -> anyhow::Error {
    let host = escape(host.as_bytes());
    let (cause, reason) = match error.error_num() {
        libc::EAI_NONAME => (Cause::NotFound, "no such name"),
        libc::EAI_NODATA => (Cause::NotFound, "the name has no address"),
        libc::EAI_SERVICE => {
            let service = escape(service.as_bytes());
            let reason = format!("look up {service}: no such service for this transport");
            return refusal(Cause::NotFound, reason);
        }
        libc::EAI_AGAIN => (Cause::Temporary, "no answer from a name server for now"),
        libc::EAI_FAIL => (Cause::Temporary, "the name server failed"),
        libc::EAI_MEMORY => (Cause::Transfer, "out of memory"),
        libc::EAI_SYSTEM => (Cause::Temporary, "the system's resolver failed"),
        _ => (Cause::NotFound, "the name has no address of this kind"),
    };
    refusal(cause, format!("look up {host}: {reason}"))
}

/// The address that stands for every interface, in the preferred family.
#[must_use]
pub fn wildcard(family: Family) -> IpAddr {
    match family {
        Family::V4 => Ipv4Addr::UNSPECIFIED.into(),
        _ => Ipv6Addr::UNSPECIFIED.into(),
    }
}
