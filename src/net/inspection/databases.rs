//! The services and protocols that the system knows by name.

use std::io;

use serde_json::{Value, json};

use super::{Facts, row};
use crate::net::address::Port;
use crate::net::resolver::calls::{port_of, protocol_of};
use crate::net::resolver::failure::Failure;
use crate::net::resolver::name;
use crate::sys::netdb::protocols::{self, Protocol};
use crate::sys::netdb::services::{self, Service};

/// Transports that services are named for.
const TRANSPORTS: [&str; 4] = ["tcp", "udp", "sctp", "dccp"];

/// Every service (getservent_r(3)), or those of a name (getservbyname_r(3)) or a port
/// (getservbyport_r(3)).
///
/// # Errors
/// Not found where there is none.
pub fn services(wanted: Option<&str>) -> anyhow::Result<Facts> {
    let found = found(wanted, "services", services::all, services_of)?;
    let rows = found.iter().map(|service| {
        let port = format!("{}/{}", service.port, service.protocol);
        row([&service.name, &port, &service.aliases.join(" ")])
    });
    let values = found.iter().map(|service| {
        json!({
            "name": service.name, "port": service.port, "protocol": service.protocol,
            "aliases": service.aliases,
        })
    });
    Ok(Facts { rows: rows.collect(), value: values.collect() })
}

/// All entries, or those of a word; never none.
fn found<T>(
    wanted: Option<&str>,
    what: &str,
    all: impl Fn() -> io::Result<Vec<T>>,
    of: impl Fn(&str) -> Result<Vec<T>, Failure>,
) -> anyhow::Result<Vec<T>> {
    let found = match wanted {
        None => all().map_err(Failure::from),
        Some(word) => name::word(word.as_bytes()).and_then(of),
    };
    let none = || Failure::not_found(format!("none among the system's {what}"));
    let found = found.and_then(|found| if found.is_empty() { Err(none()) } else { Ok(found) });
    found.map_err(|failure| failure.into_error(wanted.unwrap_or(what)))
}

fn services_of(word: &str) -> Result<Vec<Service>, Failure> {
    let (port, word) = (port_of(word)?, name::c_string(word)?);
    let mut found: Vec<Service> = Vec::new();
    for transport in TRANSPORTS.map(Some).into_iter().chain([None]) {
        let transport = transport.map(name::c_string).transpose()?;
        let service = match port {
            Port::Number(port) => services::by_port(port, transport.as_deref())?,
            Port::Service(_) => services::by_name(&word, transport.as_deref())?,
        };
        found.extend(service.filter(|service| !found.contains(service)));
    }
    Ok(found)
}

/// Every protocol (getprotoent_r(3)), or that of a name (getprotobyname_r(3)) or a number
/// (getprotobynumber_r(3)).
///
/// # Errors
/// Not found where there is none.
pub fn protocols(wanted: Option<&str>) -> anyhow::Result<Facts> {
    let of = |word: &str| Ok(protocol_of(word)?.into_iter().collect());
    let found: Vec<Protocol> = found(wanted, "protocols", protocols::all, of)?;
    let rows = found.iter().map(|protocol| {
        row([&protocol.name, &protocol.number.to_string(), &protocol.aliases.join(" ")])
    });
    let values: Vec<Value> = found
        .iter()
        .map(|protocol| {
            json!({
                "name": protocol.name, "number": protocol.number, "aliases": protocol.aliases,
            })
        })
        .collect();
    Ok(Facts { rows: rows.collect(), value: values.into() })
}
