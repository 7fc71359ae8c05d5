//! The names that socket(7) gives to numbers.

use libc::c_int;

/// Socket types that a program may ask for.
pub const TYPES: &[(&str, c_int)] = &[
    ("SOCK_STREAM", libc::SOCK_STREAM),
    ("SOCK_DGRAM", libc::SOCK_DGRAM),
    ("SOCK_RAW", libc::SOCK_RAW),
    ("SOCK_SEQPACKET", libc::SOCK_SEQPACKET),
];

const FAMILIES: &[(&str, c_int)] = &[("AF_INET", libc::AF_INET), ("AF_INET6", libc::AF_INET6)];

/// Those that getaddrinfo(3) gives.
const PROTOCOLS: &[(&str, c_int)] = &[
    ("IPPROTO_IP", libc::IPPROTO_IP),
    ("IPPROTO_ICMP", libc::IPPROTO_ICMP),
    ("IPPROTO_TCP", libc::IPPROTO_TCP),
    ("IPPROTO_UDP", libc::IPPROTO_UDP),
    ("IPPROTO_DCCP", libc::IPPROTO_DCCP),
    ("IPPROTO_SCTP", libc::IPPROTO_SCTP),
    ("IPPROTO_UDPLITE", libc::IPPROTO_UDPLITE),
    ("IPPROTO_RAW", libc::IPPROTO_RAW),
];

/// `AF_INET` …; the number where it has no name here.
#[must_use]
pub fn family(number: c_int) -> String {
    name(FAMILIES, number)
}

/// `SOCK_STREAM` …; the number where it has no name here.
#[must_use]
pub fn socket_type(number: c_int) -> String {
    name(TYPES, number)
}

/// `IPPROTO_TCP` …; the number where it has no name here.
#[must_use]
pub fn protocol(number: c_int) -> String {
    name(PROTOCOLS, number)
}

fn name(table: &[(&str, c_int)], number: c_int) -> String {
    let row = table.iter().find(|(_, known)| *known == number);
    row.map_or_else(|| number.to_string(), |(name, _)| (*name).to_owned())
}
