//! The interfaces of this machine (getifaddrs(3)).

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};

use anyhow::Context as _;
use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::sys::socket::SockaddrStorage;
use serde_json::{Value, json};

use super::{Facts, row};
use crate::net::address::literal;

struct Interface {
    name: String,
    index: Option<u32>,
    flags: Vec<String>,
    mtu: Option<u32>,
    mac: Option<String>,
    addresses: Vec<(String, Value)>,
}

/// Each interface: name, index, MTU, link address, addresses with their prefixes, flags.
///
/// # Errors
/// The system's.
pub fn interfaces() -> anyhow::Result<Facts> {
    let mut found: Vec<Interface> = Vec::new();
    for entry in getifaddrs().context("list the interfaces")? {
        let known = found.iter().position(|known| known.name == entry.interface_name);
        let place = known.unwrap_or(found.len());
        if known.is_none() {
            found.push(Interface::new(&entry));
        }
        found[place].add(&entry);
    }
    let rows = found.iter().map(Interface::row).collect();
    let values = found.into_iter().map(Interface::value).collect();
    Ok(Facts { rows, value: Value::Array(values) })
}

/// The addresses at which this machine is reached, those of broadcasts too; none if the system does
/// not tell.
#[must_use]
pub fn addresses() -> Vec<IpAddr> {
    let entries = getifaddrs().into_iter().flatten();
    let addresses = entries.flat_map(|entry| [entry.address, entry.broadcast]).flatten();
    let addresses = addresses.filter_map(|address| socket_address(&address));
    addresses.map(|address| address.ip()).chain([Ipv4Addr::BROADCAST.into()]).collect()
}

impl Interface {
    fn new(entry: &InterfaceAddress) -> Self {
        let name = entry.interface_name.clone();
        let mtu = fs::read_to_string(format!("/sys/class/net/{name}/mtu")).ok();
        Self {
            index: nix::net::if_::if_nametoindex(name.as_str()).ok(),
            flags: entry
                .flags
                .iter_names()
                .map(|(flag, _)| flag.trim_start_matches("IFF_").to_owned())
                .collect(),
            mtu: mtu.and_then(|text| text.trim().parse().ok()),
            mac: None,
            addresses: Vec::new(),
            name,
        }
    }

    fn add(&mut self, entry: &InterfaceAddress) {
        let Some(address) = &entry.address else { return };
        if let Some(link) = address.as_link_addr() {
            let bytes = link.addr().filter(|_| link.halen() == 6);
            let hex = bytes.map(|bytes| bytes.map(|byte| format!("{byte:02x}")).join(":"));
            self.mac = hex;
        }
        let Some(address) = socket_address(address) else { return };
        let prefix = entry.netmask.as_ref().and_then(socket_address).map(|mask| ones(mask.ip()));
        let text = literal(&address);
        let shown = prefix.map_or_else(|| text.clone(), |prefix| format!("{text}/{prefix}"));
        let other = |other: &Option<SockaddrStorage>| {
            other.as_ref().and_then(socket_address).map(|address| literal(&address))
        };
        let value = json!({
            "family": if address.is_ipv4() { "AF_INET" } else { "AF_INET6" },
            "address": text,
            "prefix": prefix,
            "broadcast": other(&entry.broadcast),
            "destination": other(&entry.destination),
        });
        self.addresses.push((shown, value));
    }

    fn row(&self) -> Vec<String> {
        let known = |number: Option<u32>| number.map_or("-".to_owned(), |n| n.to_string());
        let addresses: Vec<&str> = self.addresses.iter().map(|(text, _)| text.as_str()).collect();
        row([
            &self.name,
            &known(self.index),
            &format!("mtu {}", known(self.mtu)),
            self.mac.as_deref().unwrap_or("-"),
            &if addresses.is_empty() { "-".to_owned() } else { addresses.join(" ") },
            &self.flags.join(","),
        ])
    }

    fn value(self) -> Value {
        let addresses: Vec<Value> = self.addresses.into_iter().map(|(_, value)| value).collect();
        json!({
            "name": self.name, "index": self.index, "flags": self.flags, "mtu": self.mtu,
            "mac": self.mac, "addresses": addresses,
        })
    }
}

fn socket_address(address: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(v4) = address.as_sockaddr_in() {
        return Some(SocketAddr::new(v4.ip().into(), 0));
    }
    let v6 = address.as_sockaddr_in6()?;
    Some(SocketAddrV6::new(v6.ip(), 0, 0, v6.scope_id()).into())
}

fn ones(mask: IpAddr) -> u32 {
    match mask {
        IpAddr::V4(v4) => v4.to_bits().count_ones(),
        IpAddr::V6(v6) => v6.to_bits().count_ones(),
    }
}
