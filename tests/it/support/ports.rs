//! Ports that nobody has, and nobody gets by chance: they are below those that the system gives to
//! whoever wants any, and no two tests get the same.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use socket2::{Domain, Socket, Type};

/// A port for a test alone, free for TCP and UDP at each address of the machine.
#[track_caller]
pub fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let ports = std::iter::repeat_with(|| {
        let number = std::process::id() * 97 + TAKEN.fetch_add(1, Ordering::Relaxed);
        10_000 + u16::try_from(number % 20_000).unwrap()
    });
    ports.take(1000).find(|port| is_free(*port)).expect("a free port")
}

fn is_free(port: u16) -> bool {
    let bind = |host: &str, kind| {
        let address = SocketAddr::new(host.parse().unwrap(), port);
        Socket::new(Domain::for_address(address), kind, None)?.bind(&address.into())
    };
    let is_taken = |result: std::io::Result<()>| {
        result.is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
    };
    let kinds = [Type::STREAM, Type::DGRAM];
    !kinds.iter().any(|kind| is_taken(bind("0.0.0.0", *kind)) || is_taken(bind("::", *kind)))
}

/// An address of 127.0.0.1 that refuses until the test itself serves there.
#[track_caller]
pub fn refusing_address() -> SocketAddr {
    ([127, 0, 0, 1], free_port()).into()
}
