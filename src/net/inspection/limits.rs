//! What a socket can have at most here.

use std::fs;
use std::io;

use nix::sys::resource::{Resource, getrlimit};
use serde_json::{Map, Value};
use socket2::{Domain, Socket, Type};

use super::{Facts, row};

/// Each limit; what cannot be found out is null.
#[must_use]
pub fn limits() -> Facts {
    let descriptors = getrlimit(Resource::RLIMIT_NOFILE).ok();
    let list = [
        (
            "SOMAXCONN",
            "the longest listen queue a program may name (sys/socket.h)",
            Some(libc::SOMAXCONN.into()),
        ),
        (
            "somaxconn",
            "the longest the kernel gives (net.core.somaxconn)",
            first("net/core/somaxconn"),
        ),
        (
            "descriptors",
            "open files and sockets, now (getrlimit(2))",
            descriptors.map(|(soft, _)| count(soft)),
        ),
        (
            "descriptors_max",
            "the most that a program may ask for",
            descriptors.map(|(_, hard)| count(hard)),
        ),
        (
            "rcvbuf_max",
            "the largest receive buffer without privilege (SO_RCVBUF)",
            largest(Socket::set_recv_buffer_size, Socket::recv_buffer_size),
        ),
        (
            "sndbuf_max",
            "the largest send buffer without privilege (SO_SNDBUF)",
            largest(Socket::set_send_buffer_size, Socket::send_buffer_size),
        ),
        (
            "tcp_rmem",
            "TCP's own receive buffer: least, first, most (tcp(7))",
            numbers("net/ipv4/tcp_rmem"),
        ),
        (
            "tcp_wmem",
            "TCP's own send buffer: least, first, most (tcp(7))",
            numbers("net/ipv4/tcp_wmem"),
        ),
        (
            "ephemeral_ports",
            "the ports that the kernel chooses from (ip(7))",
            numbers("net/ipv4/ip_local_port_range"),
        ),
    ];
    let (mut rows, mut members) = (Vec::new(), Map::new());
    for (name, about, value) in list {
        rows.push(row([name, &value.as_ref().map_or("unknown".to_owned(), shown), about]));
        members.insert(name.to_owned(), value.unwrap_or(Value::Null));
    }
    Facts { rows, value: members.into() }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Array(list) => list.iter().map(Value::to_string).collect::<Vec<_>>().join(" "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn count(limit: u64) -> Value {
    if limit == libc::RLIM_INFINITY { "unlimited".into() } else { limit.into() }
}

fn first(path: &str) -> Option<Value> {
    numbers(path)?.get(0).cloned()
}

/// The numbers of a file under /proc/sys.
fn numbers(path: &str) -> Option<Value> {
    let text = fs::read_to_string(format!("/proc/sys/{path}")).ok()?;
    let numbers: Result<Vec<u64>, _> = text.split_whitespace().map(str::parse).collect();
    numbers.ok().filter(|numbers| !numbers.is_empty()).map(Value::from)
}

/// What the kernel makes of the largest wish: its files that say so are not in every container.
fn largest(
    set: impl Fn(&Socket, usize) -> io::Result<()>,
    get: impl Fn(&Socket) -> io::Result<usize>,
) -> Option<Value> {
    let open = |domain| Socket::new(domain, Type::DGRAM, None);
    let socket = open(Domain::IPV4).or_else(|_| open(Domain::UNIX)).ok()?;
    set(&socket, usize::try_from(i32::MAX / 2).ok()?).ok()?;
    // Twice what is asked for, to count its own overhead (socket(7)).
    Some((get(&socket).ok()? / 2).into())
}
