//! TCP: socket, bind, listen, as one call each.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::Context as _;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::address::{Address, Family, show};
use super::inherited::{self, Inherited};
use super::options::{Phase, Settings, SocketKind};
use super::resolver::{self, Question};
use crate::outcome::{Cause, WithCause as _};
use crate::report::Report;
use crate::sys::sockopt;

/// The kernel cuts a backlog to its own maximum (`net.core.somaxconn`, listen(2)).
pub(super) const SYSTEM_MAXIMUM: i32 = i32::MAX;
/// How often a free port is looked for that is free on each of a name's addresses.
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
    /// Socket options.
    pub settings: Settings,
    /// What to serve on instead of sockets of skat's own.
    pub inherited: Option<Inherited>,
}

/// A bound socket and the address that was asked for it.
#[derive(Debug)]
pub struct Bound {
    /// The socket, non-blocking.
    pub socket: Socket,
    /// The address, whose port may have been 0.
    pub asked: SocketAddr,
}

impl Binding {
    /// Makes one socket for each address, all on one port, with `open`.
    pub(super) fn bind_each(
        &self,
        socket_type: i32,
        open: impl Fn(SocketAddr, bool) -> anyhow::Result<Bound>,
    ) -> anyhow::Result<Vec<Bound>> {
        let wildcard = resolver::wildcard(self.family).to_string();
        let question =
            Question { family: self.family, socket_type, numeric: self.numeric, deadline: None };
        let mut addresses = resolver::addresses(&self.address, &wildcard, question)?;
        if self.family == Family::Any {
            if let [SocketAddr::V6(every)] = addresses[..]
                && every.ip().is_unspecified()
            {
                return bind_dual_stack(every.port(), open);
            }
            // A socket of IPv6 alone cannot be bound to an IPv4-mapped address.
            addresses.iter_mut().for_each(|address| address.set_ip(address.ip().to_canonical()));
        }
        let several_on_a_free_port = addresses.len() > 1 && addresses[0].port() == 0;
        let mut attempts_left = if several_on_a_free_port { PORT_ATTEMPTS } else { 1 };
        loop {
            attempts_left -= 1;
            match bind_on_one_port(&addresses, |address| open(address, true)) {
                Err(error) if attempts_left > 0 && is_in_use(&error) => {}
                other => return other,
            }
        }
    }
}

/// True if none of these sockets serves IPv4.
#[must_use]
pub fn is_v6_only(sockets: &[Socket]) -> bool {
    sockets.iter().all(|socket| socket.only_v6().unwrap_or(false))
}

/// One IPv6 socket that serves IPv4 too; an IPv4 one where the system has no IPv6.
fn bind_dual_stack(
    port: u16,
    open: impl Fn(SocketAddr, bool) -> anyhow::Result<Bound>,
) -> anyhow::Result<Vec<Bound>> {
    match open(SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), port), false) {
        Err(error) if has_no_v6(&error) => {
            Ok(vec![open(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port), true)?])
        }
        other => Ok(vec![other?]),
    }
}

fn bind_on_one_port(
    addresses: &[SocketAddr],
    open: impl Fn(SocketAddr) -> anyhow::Result<Bound>,
) -> anyhow::Result<Vec<Bound>> {
    let mut bound: Vec<Bound> = Vec::new();
    for address in addresses {
        let mut address = *address;
        if let (0, Some(first)) = (address.port(), bound.first()) {
            address.set_port(local_address(&first.socket)?.port());
        }
        bound.push(open(address)?);
    }
    Ok(bound)
}

fn is_in_use(error: &anyhow::Error) -> bool {
    crate::outcome::find::<io::Error>(error)
        .is_some_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

fn has_no_v6(error: &anyhow::Error) -> bool {
    crate::outcome::find::<io::Error>(error).is_some_and(|error| {
        matches!(error.raw_os_error(), Some(libc::EAFNOSUPPORT | libc::EADDRNOTAVAIL))
    })
}

/// Listens: socket(2), bind(2), listen(2) for each address of the binding.
///
/// # Errors
/// [`Cause::Bind`] where bind or listen fails; those of the look-up and of the options.
pub fn listen(
    binding: &Binding,
    backlog: Option<u16>,
    report: Report,
) -> anyhow::Result<Vec<Socket>> {
    if let Some(inherited) = &binding.inherited {
        let sockets = inherited.take(inherited::TCP, binding.family)?;
        for socket in &sockets {
            set_options(socket, is_v6(socket)?, &binding.settings, true, report)?;
        }
        return Ok(sockets);
    }
    let backlog = backlog.map_or(SYSTEM_MAXIMUM, i32::from);
    let bound = binding.bind_each(libc::SOCK_STREAM, |address, v6_only| {
        let socket = open(address.ip(), &binding.settings, true, report)?;
        listen_on(&socket, address, v6_only, backlog)
            .cause(Cause::Bind)
            .with_context(|| format!("listen on {}", show(&address)))?;
        Ok(Bound { socket, asked: address })
    })?;
    Ok(bound.into_iter().map(|bound| bound.socket).collect())
}

fn listen_on(socket: &Socket, address: SocketAddr, v6_only: bool, backlog: i32) -> io::Result<()> {
    // A restart right after a stop finds connections of the last run in TIME_WAIT.
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(v6_only)?;
    }
    socket.bind(&address.into())?;
    socket.listen(backlog)
}

/// A non-blocking TCP socket for an address of this family, with its options set.
pub(super) fn open(
    address: IpAddr,
    settings: &Settings,
    listens: bool,
    report: Report,
) -> anyhow::Result<Socket> {
    let protocol = if settings.is_on("mptcp") { Protocol::MPTCP } else { Protocol::TCP };
    let socket_type = Type::STREAM.cloexec().nonblocking();
    let socket =
        Socket::new_raw(Domain::for_address((address, 0).into()), socket_type, Some(protocol))
            .context("open a TCP socket")?;
    set_options(&socket, address.is_ipv6(), settings, listens, report)?;
    Ok(socket)
}

fn set_options(
    socket: &Socket,
    v6: bool,
    settings: &Settings,
    listens: bool,
    report: Report,
) -> anyhow::Result<()> {
    if !settings.has("nodelay") {
        let on = sockopt::int(1);
        sockopt::set(socket, libc::IPPROTO_TCP, libc::TCP_NODELAY, &on).context("set nodelay")?;
    }
    settings.apply(socket, Phase::Open, SocketKind { v6, listens }, report)
}

/// True for a socket of IPv6.
pub(super) fn is_v6(socket: &Socket) -> anyhow::Result<bool> {
    Ok(socket.domain().context("ask for the family")? == Domain::IPV6)
}

/// The socket's own address.
pub(super) fn local_address(socket: &Socket) -> anyhow::Result<SocketAddr> {
    internet_address(&socket.local_addr().context("ask the socket for its address")?)
}

fn internet_address(address: &SockAddr) -> anyhow::Result<SocketAddr> {
    address.as_socket().context("the socket has no internet address")
}
