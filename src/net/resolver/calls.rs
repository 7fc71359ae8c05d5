//! The questions of `skat resolve`, one function each, by the function of the system that it is
//! named after.

use std::net::SocketAddr;

use super::answer::Answer;
use super::failure::{Failure, Kind};
use super::{each_once, entries, family_number, name, numeric_host};
use crate::net::address::{Family, Port, is_literal, is_number, is_v6_literal, literal};
use crate::sys::netdb::addresses::{Entry, Hints, getaddrinfo, getnameinfo};
use crate::sys::netdb::protocols::{self, Protocol};
use crate::sys::netdb::{hosts, services};

/// What a question is narrowed by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// The families allowed.
    pub family: Family,
    /// `SOCK_…`, or 0 for each.
    pub socket_type: i32,
    /// `AI_NUMERICHOST`, `NI_NUMERICHOST`, `NI_NUMERICSERV`: nothing is looked up.
    pub numeric: bool,
    /// `AI_PASSIVE`, `AI_V4MAPPED`, `AI_ADDRCONFIG`, ored together.
    pub flags: i32,
    /// `NI_DGRAM`.
    pub datagram: bool,
}

/// Why an address has no answer that a family was asked for.
const OTHER_FAMILY: &str = "it is an address of the other family";

/// What a question gets.
pub type Answered = Result<Answer, Failure>;

impl Filter {
    fn hints(self, flags: i32) -> Hints {
        let numeric = if self.numeric { libc::AI_NUMERICHOST } else { 0 };
        Hints {
            flags: self.flags | flags | numeric,
            family: family_number(self.family),
            socket_type: self.socket_type,
        }
    }

    fn entries(
        self,
        host: &str,
        service: Option<&str>,
        hints: Hints,
    ) -> Result<Vec<Entry>, Failure> {
        let entries = entries(host, service, hints).map_err(|failure| match failure.kind {
            Kind::NotFound if self.numeric && !is_literal(host) => {
                Failure::not_found("not an address, and --numeric allows no look-up")
            }
            Kind::NoData if is_literal(host) => Failure::no_data(OTHER_FAMILY),
            _ => failure,
        })?;
        if entries.is_empty() {
            return Err(Failure::no_data("the name exists, but has no address"));
        }
        Ok(entries)
    }
}

/// The addresses of a name (getaddrinfo(3)), or the names of an address.
pub fn addresses_or_names(word: &str, filter: Filter) -> Answered {
    match numeric_host(word) {
        Some(address) if !filter.numeric => names(address, filter),
        _ => addresses(word, filter),
    }
}

fn addresses(word: &str, filter: Filter) -> Answered {
    if matches!(host_and_service(word), Ok((Some(_), Some(_)))) {
        return Err(Failure::refused("no name has a colon in it; --all takes NAME:SERVICE"));
    }
    let mut hints = filter.hints(0);
    if hints.socket_type == 0 {
        // Without a type the system gives each address once a type.
        hints.socket_type = libc::SOCK_STREAM;
    }
    let found = each_once(filter.entries(word, None, hints)?);
    let mut answer = Answer::list("addresses", found.iter().map(literal).collect());
    if !word.is_ascii() {
        answer.fields.push(("ascii", name::host(word)?.into()));
    }
    Ok(answer)
}

/// getnameinfo(3) with NI_NAMEREQD; no service is asked for, and none is looked up.
fn names(address: SocketAddr, filter: Filter) -> Answered {
    if !filter.family.allows(address.ip()) {
        return Err(Failure::no_data(OTHER_FAMILY));
    }
    let (host, _) =
        getnameinfo(address, libc::NI_NAMEREQD | libc::NI_NUMERICSERV).map_err(of_address)?;
    Ok(Answer::list("names", vec![host]))
}

/// Why there is no name for an address.
fn of_address(error: impl Into<Failure>) -> Failure {
    let failure = error.into();
    match failure.kind {
        Kind::NotFound => Failure::not_found("no name for this address"),
        _ => failure,
    }
}

/// All that getaddrinfo(3) gives for NAME\[:SERVICE\] or :SERVICE.
pub fn all(word: &str, filter: Filter) -> Answered {
    let (host, service) = host_and_service(word)?;
    let service = match service.map(port_of).transpose()? {
        Some(Port::Number(number)) => Some(number.to_string()),
        Some(Port::Service(name)) => Some(name),
        None => None,
    };
    let found = if let Some(host) = host {
        filter.entries(host, service.as_deref(), filter.hints(libc::AI_CANONNAME))?
    } else {
        let service = service.as_deref().map(name::c_string).transpose()?;
        getaddrinfo(None, service.as_deref(), filter.hints(0))?
    };
    Ok(Answer::entries(&found))
}

/// The canonical name of a name (getaddrinfo(3) with AI_CANONNAME).
pub fn canonical(word: &str, filter: Filter) -> Answered {
    Ok(Answer::word("canonical", canonical_entry(word, filter)?.0))
}

fn canonical_entry(word: &str, filter: Filter) -> Result<(String, SocketAddr), Failure> {
    let mut hints = filter.hints(libc::AI_CANONNAME);
    if hints.socket_type == 0 {
        hints.socket_type = libc::SOCK_STREAM;
    }
    let found = filter.entries(word, None, hints)?;
    let canonical = found.iter().find_map(|entry| entry.canonical.clone());
    match (canonical.filter(|name| !name.is_empty()), found.first()) {
        (Some(canonical), Some(first)) => Ok((canonical, first.address)),
        _ => Err(Failure::no_data("it has no canonical name")),
    }
}

/// A host's entry by name or address (gethostbyname2_r(3), gethostbyaddr_r(3)).
pub fn host_entry(word: &str, filter: Filter) -> Answered {
    if let Some(address) = numeric_host(word) {
        if !filter.family.allows(address.ip()) {
            return Err(Failure::no_data(OTHER_FAMILY));
        }
        return Ok(Answer::host(&hosts::by_address(address.ip()).map_err(of_address)?));
    }
    let family = if filter.family == Family::V6 { libc::AF_INET6 } else { libc::AF_INET };
    let asked = name::c_string(&name::host(word)?)?;
    let host = hosts::by_name(&asked, family).map_err(|error| {
        super::of_family(error.into(), if filter.family == Family::Any { 0 } else { family })
    })?;
    if host.addresses.is_empty() {
        return Err(Failure::no_data("the name exists, but has no address of this kind"));
    }
    Ok(Answer::host(&host))
}

/// The fully qualified name of a host, as getfqdn of Python finds it: of the names that its
/// address has the first with a dot, else the name that a name server gave for it.
pub fn fqdn(word: &str, filter: Filter) -> Answered {
    let (canonical, address) = canonical_entry(word, filter)?;
    let is_address = numeric_host(word).is_some();
    let name = match hosts::by_address(address.ip()) {
        Ok(host) => {
            let names = std::iter::once(&host.name).chain(&host.aliases);
            names.into_iter().find(|name| name.contains('.')).unwrap_or(&host.name).clone()
        }
        Err(_) if canonical.contains('.') && !is_address => canonical,
        Err(error) => return Err(of_address(error)),
    };
    Ok(Answer::word("fqdn", name))
}

/// Host and service of ADDRESS:PORT (getnameinfo(3)).
pub fn name_info(word: &str, filter: Filter) -> Answered {
    let wanted = || Failure::refused("not an ADDRESS:PORT such as 127.0.0.1:80 or [::1]:80");
    let (Some(host), Some(port)) = host_and_service(word)? else { return Err(wanted()) };
    let Port::Number(port) = port_of(port)? else { return Err(wanted()) };
    let mut address = numeric_host(host).ok_or_else(wanted)?;
    address.set_port(port);
    let numeric = if filter.numeric { libc::NI_NUMERICHOST | libc::NI_NUMERICSERV } else { 0 };
    let datagram = if filter.datagram { libc::NI_DGRAM } else { 0 };
    let (host, service) = getnameinfo(address, numeric | datagram)?;
    Ok(Answer::name_info(&host, &service))
}

/// The port of NAME\[/PROTO\] (getservbyname_r(3)).
pub fn service(word: &str, _: Filter) -> Answered {
    let (name, protocol) = name_and_protocol(word)?;
    let hint = if is_number(name) { "; --port finds the service on a port" } else { "" };
    let (name, protocol) = (name::c_string(name)?, protocol.map(name::c_string).transpose()?);
    let found = services::by_name(&name, protocol.as_deref())?;
    let found = found.ok_or_else(|| Failure::not_found(format!("no such service{hint}")))?;
    Ok(Answer::service(&found, found.port.to_string()))
}

/// The name of the service on N\[/PROTO\] (getservbyport_r(3)).
pub fn port(word: &str, _: Filter) -> Answered {
    let (port, protocol) = name_and_protocol(word)?;
    let Port::Number(port) = port_of(port)? else {
        return Err(Failure::refused(
            "a port is a number, 0-65535; --service finds the port of a name",
        ));
    };
    let protocol = protocol.map(name::c_string).transpose()?;
    let found = services::by_port(port, protocol.as_deref())?;
    let found = found.ok_or_else(|| Failure::not_found("no service on this port"))?;
    Ok(Answer::service(&found, found.name.clone()))
}

/// The number of a protocol's name, or the name of its number (getprotobyname_r(3),
/// getprotobynumber_r(3)).
pub fn protocol(word: &str, _: Filter) -> Answered {
    let word = name::word(word.as_bytes())?;
    let found = protocol_of(word)?.ok_or_else(|| Failure::not_found("no such protocol"))?;
    let line = if is_number(word) { found.name.clone() } else { found.number.to_string() };
    Ok(Answer::protocol(&found, line))
}

/// The protocol with a name or a number, if there is one.
pub fn protocol_of(word: &str) -> Result<Option<Protocol>, Failure> {
    if !is_number(word) {
        return Ok(protocols::by_name(&name::c_string(word)?)?);
    }
    let number = word
        .parse()
        .map_err(|_| Failure::refused(format!("a protocol's number is {} at most", i32::MAX)))?;
    Ok(protocols::by_number(number)?)
}

/// NAME, NAME:SERVICE, \[ADDRESS\]:SERVICE, or :SERVICE.
fn host_and_service(word: &str) -> Result<(Option<&str>, Option<&str>), Failure> {
    let word = name::word(word.as_bytes())?;
    if is_v6_literal(word) {
        return Ok((Some(word), None));
    }
    if let Some((host, rest)) = word.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        return match rest.strip_prefix(':') {
            Some(service) if is_v6_literal(host) => Ok((Some(host), Some(service))),
            None if is_v6_literal(host) && rest.is_empty() => Ok((Some(host), None)),
            _ => Err(Failure::refused("brackets hold an IPv6 address, then comes :SERVICE")),
        };
    }
    match word.rsplit_once(':') {
        Some((host, _)) if host.contains(':') => {
            Err(Failure::refused("an IPv6 address with a service goes in brackets"))
        }
        Some((host, service)) => Ok((Some(host).filter(|host| !host.is_empty()), Some(service))),
        None => Ok((Some(word), None)),
    }
}

/// A port by number or by its service's name, as clients and servers read it.
pub fn port_of(word: &str) -> Result<Port, Failure> {
    Port::parse(word).map_err(|error| Failure::refused(error.to_string()))
}

fn name_and_protocol(word: &str) -> Result<(&str, Option<&str>), Failure> {
    let word = name::word(word.as_bytes())?;
    match word.split_once('/') {
        Some(("", _) | (_, "")) => Err(Failure::refused("not of the form NAME/PROTO or N/PROTO")),
        Some((name, protocol)) => Ok((name, Some(protocol))),
        None => Ok((word, None)),
    }
}
