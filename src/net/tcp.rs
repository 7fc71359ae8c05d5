//! TCP: socket, bind, listen, as one call each.

use std::io;
use std::net::SocketAddr;

use anyhow::Context as _;
use socket2::{Domain, Protocol, Socket, Type};

use super::address::{explain, socket_text};
use super::binding::{Binding, BoundSocket, SYSTEM_MAXIMUM};
use super::inherited;
use super::options::{Phase, Settings, SocketKind};
use crate::outcome::{Cause, WithCause as _};
use crate::report::Report;
use crate::sys::sockopt;

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
            let kind = SocketKind { v6: is_v6(socket)?, listens: true };
            set_options(socket, kind, &binding.settings, report)?;
        }
        return Ok(sockets);
    }
    let backlog = backlog.map_or(SYSTEM_MAXIMUM, i32::from);
    let bound = binding.bind_each(libc::SOCK_STREAM, report, |address, v6_only| {
        let kind = SocketKind { v6: address.is_ipv6(), listens: true };
        let socket = open(kind, &binding.settings, report)?;
        if !binding.settings.has("reuseaddr") {
            // A restart right after a stop finds connections of the last run in TIME_WAIT.
            socket.set_reuse_address(true).context("set reuseaddr")?;
        }
        listen_on(&socket, address, v6_only, backlog)
            .cause(Cause::Bind)
            .with_context(|| format!("listen on {}", socket_text(&address)))?;
        Ok(BoundSocket { socket, asked: address })
    })?;
    Ok(bound.into_iter().map(|bound| bound.socket).collect())
}

fn listen_on(socket: &Socket, address: SocketAddr, v6_only: bool, backlog: i32) -> io::Result<()> {
    if address.is_ipv6() {
        socket.set_only_v6(v6_only)?;
    }
    socket.bind(&address.into()).map_err(|error| explain(error, &address))?;
    socket.listen(backlog)
}

/// A non-blocking TCP socket of this kind, with its options set.
pub(super) fn open(
    kind: SocketKind,
    settings: &Settings,
    report: Report,
) -> anyhow::Result<Socket> {
    let domain = if kind.v6 { Domain::IPV6 } else { Domain::IPV4 };
    let protocol = if settings.is_on("mptcp") { Protocol::MPTCP } else { Protocol::TCP };
    let socket_type = Type::STREAM.cloexec().nonblocking();
    let socket =
        Socket::new_raw(domain, socket_type, Some(protocol)).context("open a TCP socket")?;
    set_options(&socket, kind, settings, report)?;
    Ok(socket)
}

fn set_options(
    socket: &Socket,
    kind: SocketKind,
    settings: &Settings,
    report: Report,
) -> anyhow::Result<()> {
    if !settings.has("nodelay") {
        let on = sockopt::int(1);
        sockopt::set(socket, libc::IPPROTO_TCP, libc::TCP_NODELAY, &on).context("set nodelay")?;
    }
    settings.apply(socket, Phase::Open, kind, report)
}

/// True for a socket of IPv6.
pub(super) fn is_v6(socket: &Socket) -> anyhow::Result<bool> {
    Ok(socket.domain().context("ask for the family")? == Domain::IPV6)
}
