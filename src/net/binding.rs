//! Where a server's sockets are bound, whatever they carry.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Instant;

use anyhow::Context as _;
use socket2::{SockAddr, Socket};

use super::address::{Address, Family};
use super::inherited::Inherited;
use super::options::Settings;
use super::resolver::{self, Question};
use crate::report::{Report, sentence};

/// The kernel cuts a backlog to its own maximum (`net.core.somaxconn`, listen(2)).
pub(super) const SYSTEM_MAXIMUM: i32 = i32::MAX;
/// How many times to look for a port that is free on each of a name's addresses.
const PORT_ATTEMPTS: u32 = 16;

/// What a server serves on.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Where; without a host, on every address of the machine.
    pub address: Address,
    /// The families allowed.
    pub family: Family,
    /// No look-ups.
    pub numeric: bool,
    /// When to give a look-up up.
    pub deadline: Option<Instant>,
    /// Socket options.
    pub settings: Settings,
    /// What to serve on instead of skat's own sockets.
    pub inherited: Option<Inherited>,
}

/// A bound socket and the address that was asked for it.
#[derive(Debug)]
pub struct BoundSocket {
    /// The socket, non-blocking.
    pub socket: Socket,
    /// The address, whose port may have been 0.
    pub asked: SocketAddr,
}

impl Binding {
    /// Makes one socket for each address, all on one port, with `open`. Of several, one of IPv6 is
    /// left out where the system has no IPv6: a hosts file often names `::1` there all the same.
    pub(super) fn bind_each(
        &self,
        socket_type: i32,
        report: Report,
        open: impl Fn(SocketAddr, bool) -> anyhow::Result<BoundSocket>,
    ) -> anyhow::Result<Vec<BoundSocket>> {
        let wildcard = resolver::wildcard(self.family).to_string();
        let Self { family, numeric, deadline, .. } = *self;
        let question = Question { family, socket_type, numeric, deadline };
        let mut address = self.address.clone();
        // `::` is every address, of IPv4 too unless -6 was given.
        let is_unspecified = |host: &mut String| host.parse() == Ok(Ipv6Addr::UNSPECIFIED);
        if family != Family::V6 {
            address.host.take_if(is_unspecified);
        }
        let mut addresses = resolver::addresses(&address, &wildcard, question)?;
        if self.family == Family::Any {
            if let [SocketAddr::V6(every)] = addresses[..]
                && every.ip().is_unspecified()
            {
                return bind_dual_stack(every.port(), open);
            }
            // An IPv6-only socket cannot be bound to an IPv4-mapped address.
            for address in &mut addresses {
                address.set_ip(address.ip().to_canonical());
            }
        }
        let several_on_a_free_port = addresses.len() > 1 && addresses[0].port() == 0;
        let mut attempts_left = if several_on_a_free_port { PORT_ATTEMPTS } else { 1 };
        loop {
            attempts_left -= 1;
            match bind_on_one_port(&addresses, report, |address| open(address, true)) {
                Err(error) if attempts_left > 0 && is_in_use(&error) => {}
                other => return other,
            }
        }
    }
}

/// Where a server's sockets are bound.
#[derive(Debug)]
pub struct Locals {
    /// The address of each.
    pub addresses: Vec<SockAddr>,
    /// One that is on every IPv6 address does not serve IPv4.
    pub v6_only: bool,
}

impl Locals {
    /// Asks each socket.
    ///
    /// # Errors
    /// The system's.
    pub fn of(sockets: &[Socket]) -> anyhow::Result<Self> {
        let (mut addresses, mut v6_only) = (Vec::new(), false);
        for socket in sockets {
            let address = socket.local_addr().context("ask the socket for its address")?;
            if address.as_socket_ipv6().is_some_and(|it| it.ip().is_unspecified()) {
                v6_only |= socket.only_v6().context("ask for the socket's families")?;
            }
            addresses.push(address);
        }
        Ok(Self { addresses, v6_only })
    }
}

/// One IPv6 socket that serves IPv4 too; an IPv4 one where the system has no IPv6.
fn bind_dual_stack(
    port: u16,
    open: impl Fn(SocketAddr, bool) -> anyhow::Result<BoundSocket>,
) -> anyhow::Result<Vec<BoundSocket>> {
    match open(SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port), false) {
        Err(error) if has_no_v6(&error, Ipv6Addr::UNSPECIFIED.into()) => {
            Ok(vec![open(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port), true)?])
        }
        other => Ok(vec![other?]),
    }
}

fn bind_on_one_port(
    addresses: &[SocketAddr],
    report: Report,
    open: impl Fn(SocketAddr) -> anyhow::Result<BoundSocket>,
) -> anyhow::Result<Vec<BoundSocket>> {
    let mut bound: Vec<BoundSocket> = Vec::new();
    let mut left_out = None;
    for address in addresses {
        let mut address = *address;
        if let (0, Some(first)) = (address.port(), bound.first()) {
            address.set_port(local_address(&first.socket)?.port());
        }
        match open(address) {
            Err(error) if addresses.len() > 1 && has_no_v6(&error, address.ip()) => {
                report.step(format!("{}, which is left out", sentence(&error)));
                left_out.get_or_insert(error);
            }
            opened => bound.push(opened?),
        }
    }
    match left_out {
        Some(error) if bound.is_empty() => Err(error),
        _ => Ok(bound),
    }
}

fn is_in_use(error: &anyhow::Error) -> bool {
    crate::outcome::find::<io::Error>(error)
        .is_some_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

/// True if the error says that the system has no IPv6. Where it is only switched off, the addresses
/// that every system has are missing; that another is missing says something about that one.
fn has_no_v6(error: &anyhow::Error, ip: IpAddr) -> bool {
    let number = crate::outcome::find::<io::Error>(error).and_then(io::Error::raw_os_error);
    match number {
        Some(libc::EAFNOSUPPORT) => ip.is_ipv6(),
        Some(libc::EADDRNOTAVAIL) => ip == Ipv6Addr::LOCALHOST || ip == Ipv6Addr::UNSPECIFIED,
        _ => false,
    }
}

/// The socket's own address.
pub(super) fn local_address(socket: &Socket) -> anyhow::Result<SocketAddr> {
    internet_address(&socket.local_addr().context("ask the socket for its address")?)
}

fn internet_address(address: &SockAddr) -> anyhow::Result<SocketAddr> {
    address.as_socket().context("the socket has no internet address")
}
