//! What a look-up found, as lines for people and fields for JSON.

use serde_json::{Value, json};

use crate::net::address::literal;
use crate::net::symbols;
use crate::sys::netdb::addresses::Entry;
use crate::sys::netdb::hosts::Host;
use crate::sys::netdb::protocols::Protocol;
use crate::sys::netdb::services::Service;

/// An answer, which is never empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Lines without their ends; fields of a line are separated by tabs.
    pub lines: Vec<String>,
    /// Names and values for JSON.
    pub fields: Vec<(&'static str, Value)>,
}

impl Answer {
    /// One line, and the same in one field.
    pub fn word(field: &'static str, word: String) -> Self {
        Self { lines: vec![word.clone()], fields: vec![(field, word.into())] }
    }

    /// A line for each of a list.
    pub fn list(field: &'static str, list: Vec<String>) -> Self {
        Self { fields: vec![(field, list.clone().into())], lines: list }
    }

    /// The list of getaddrinfo(3) as it is.
    pub fn entries(entries: &[Entry]) -> Self {
        let lines = entries.iter().map(|entry| {
            let canonical = entry.canonical.as_deref().filter(|name| !name.is_empty());
            [
                &symbols::family(entry.family),
                &symbols::socket_type(entry.socket_type),
                &symbols::protocol(entry.protocol),
                &literal(&entry.address),
                &entry.address.port().to_string(),
                canonical.unwrap_or("-"),
            ]
            .join("\t")
        });
        let values = entries.iter().map(|entry| {
            json!({
                "family": symbols::family(entry.family),
                "type": symbols::socket_type(entry.socket_type),
                "protocol": symbols::protocol(entry.protocol),
                "address": literal(&entry.address),
                "port": entry.address.port(),
                "canonical": entry.canonical.as_ref().filter(|name| !name.is_empty()),
            })
        });
        Self { lines: lines.collect(), fields: vec![("entries", values.collect())] }
    }

    /// A host's names and addresses.
    pub fn host(host: &Host) -> Self {
        let addresses: Vec<String> =
            host.addresses.iter().map(|ip| literal(&(*ip, 0).into())).collect();
        let mut lines = vec![format!("name\t{}", host.name)];
        lines.extend(host.aliases.iter().map(|alias| format!("alias\t{alias}")));
        lines.extend(addresses.iter().map(|address| format!("address\t{address}")));
        let fields = vec![
            ("name", host.name.as_str().into()),
            ("aliases", host.aliases.clone().into()),
            ("addresses", addresses.into()),
        ];
        Self { lines, fields }
    }

    /// A host and a service by name or number.
    pub fn name_info(host: &str, service: &str) -> Self {
        let fields = vec![("host", host.into()), ("service", service.into())];
        Self { lines: vec![format!("{host}\t{service}")], fields }
    }

    /// A service, of which `line` is asked for.
    pub fn service(service: &Service, line: String) -> Self {
        let fields = vec![
            ("name", service.name.as_str().into()),
            ("aliases", service.aliases.clone().into()),
            ("port", service.port.into()),
            ("protocol", service.protocol.as_str().into()),
        ];
        Self { lines: vec![line], fields }
    }

    /// A protocol, of which `line` is asked for.
    pub fn protocol(protocol: &Protocol, line: String) -> Self {
        let fields = vec![
            ("name", protocol.name.as_str().into()),
            ("aliases", protocol.aliases.clone().into()),
            ("number", protocol.number.into()),
        ];
        Self { lines: vec![line], fields }
    }
}
