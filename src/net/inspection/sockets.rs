//! Families and types of sockets: usable is what a socket opens for.

use std::io;

use libc::c_int;
use serde_json::{Map, Value, json};
use socket2::{Domain, Protocol, Socket, Type};

use super::{Facts, row};
use crate::net::symbols::TYPES;
use crate::report::reason;

/// The families of the kernel that skat knows.
const FAMILIES: &[(&str, c_int)] = &[
    ("AF_UNIX", libc::AF_UNIX),
    ("AF_INET", libc::AF_INET),
    ("AF_INET6", libc::AF_INET6),
    ("AF_NETLINK", libc::AF_NETLINK),
    ("AF_PACKET", libc::AF_PACKET),
    ("AF_TIPC", libc::AF_TIPC),
    ("AF_VSOCK", libc::AF_VSOCK),
];

/// Each family, its number, and whether a socket of any type opens (socket(2)).
#[must_use]
pub fn families() -> Facts {
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    for (name, number) in FAMILIES {
        let refused = refusal_of(*number);
        let usable = if refused.is_none() { "usable" } else { "not usable" };
        rows.push(row([name, &number.to_string(), usable, refused.as_deref().unwrap_or("")]));
        values.push(json!({
            "name": name, "number": number, "usable": refused.is_none(), "reason": refused,
        }));
    }
    Facts { rows, value: values.into() }
}

/// Why no socket of a family opens, as the first type's refusal says; `None` if one does.
fn refusal_of(family: c_int) -> Option<String> {
    let mut first = None;
    for (_, kind) in TYPES {
        let error = open(family, *kind).err()?;
        first.get_or_insert_with(|| reason(&error));
    }
    first
}

/// Each type, its number, and the families of which this user can open one (socket(2)).
#[must_use]
pub fn types() -> Facts {
    let (mut rows, mut values) = (Vec::new(), Vec::new());
    for (name, number) in TYPES {
        let mut usable = Vec::new();
        let mut refused = Map::new();
        for (family, family_number) in FAMILIES {
            match open(*family_number, *number) {
                Ok(_) => usable.push(*family),
                Err(error) => drop(refused.insert((*family).to_owned(), reason(&error).into())),
            }
        }
        let families = if usable.is_empty() { "none".to_owned() } else { usable.join(" ") };
        rows.push(row([name, &number.to_string(), &families]));
        values.push(json!({
            "name": name, "number": number, "families": usable, "refused": Value::from(refused),
        }));
    }
    Facts { rows, value: values.into() }
}

fn open(family: c_int, kind: c_int) -> io::Result<Socket> {
    // A raw internet socket is one of some protocol.
    let inet = family == libc::AF_INET || family == libc::AF_INET6;
    let protocol = (inet && kind == libc::SOCK_RAW).then(|| Protocol::from(libc::IPPROTO_RAW));
    Socket::new(Domain::from(family), Type::from(kind), protocol)
}
