//! UDP: socket, bind, and what broadcast and multicast need, in one call each.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use socket2::{Domain, Protocol, Socket, Type};

use super::address::{explain, socket_text};
use super::attempt::{self, lacking_family};
use super::binding::{Binding, BoundSocket, local_address};
use super::inherited;
use super::options::{Phase, Settings, SocketKind};
use crate::outcome::{Cause, WithCause as _, refusal};
use crate::report::{Report, escape, reason};
use crate::sys::netdb::inet;
use crate::sys::sockopt;

/// The receive buffer to ask for: datagrams that find it full are lost. The system grants as much
/// as it allows (`net.core.rmem_max`), and all of it to root.
const RECEIVE_BUFFER: i32 = 32 << 20;

/// What a socket does beside unicast.
#[derive(Clone, Debug, Default)]
pub struct Casting {
    /// May send to broadcast addresses.
    pub broadcast: bool,
    /// The groups to receive.
    pub groups: Vec<Group>,
    /// The interface that multicasts are sent from.
    pub interface: Option<Interface>,
}

/// A multicast group and the interface to receive it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The group's address.
    pub address: IpAddr,
    /// The interface; `None`: the system's choice.
    pub interface: Option<Interface>,
}

/// An interface, named by itself or by one of its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interface {
    /// Its name, `eth0`.
    Name(String),
    /// An address that it has.
    Address(Ipv4Addr),
}

impl Casting {
    /// True if what is sent to `address` may reach several.
    #[must_use]
    pub fn reaches_many(&self, address: IpAddr) -> bool {
        self.broadcast || address.is_multicast()
    }
}

impl Group {
    /// Reads `GROUP[%INTERFACE]`.
    ///
    /// # Errors
    /// For an address that is not a multicast group's, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (address, interface) = match text.split_once('%') {
            Some((address, interface)) => (address, Some(Interface::parse(interface)?)),
            None => (text, None),
        };
        match address.parse::<IpAddr>() {
            Ok(address) if address.is_multicast() => Ok(Self { address, interface }),
            _ => Err("not a multicast address such as 239.1.2.3 or ff15::1".to_owned()),
        }
    }
}

impl Interface {
    /// Reads a name or an IPv4 address.
    ///
    /// # Errors
    /// For an empty word, and for one with a colon.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(address) => Ok(Self::Address(address)),
            Err(_) if text.is_empty() => Err("an interface is missing".to_owned()),
            // The system would leave out what follows a colon, as the label of an alias.
            Err(_) if text.contains(':') => Err("no interface has a colon in its name".to_owned()),
            Err(_) => Ok(Self::Name(text.to_owned())),
        }
    }

    fn index(&self) -> anyhow::Result<u32> {
        match self {
            Interface::Name(name) => nix::net::if_::if_nametoindex(name.as_str())
                .map_err(io::Error::from)
                .cause(Cause::Usage)
                .with_context(|| format!("find interface {}", escape(name.as_bytes()))),
            Interface::Address(address) => {
                let message = format!("IPv6 wants an interface by name, not {address}");
                Err(refusal(Cause::Usage, message))
            }
        }
    }
}

/// Binds: socket(2), bind(2) for each address of the binding.
///
/// # Errors
/// [`Cause::Bind`] where bind fails; those of the look-up, the options and the groups.
pub fn bind(binding: &Binding, casting: &Casting, report: Report) -> anyhow::Result<Vec<Socket>> {
    if let Some(inherited) = &binding.inherited {
        return adopt(inherited.take(inherited::UDP, binding.family)?, binding, casting, report);
    }
    let bound = binding.bind_each(libc::SOCK_DGRAM, report, |address, v6_only| {
        let socket = open(address.ip(), &binding.settings, casting, report)?;
        if !(casting.groups.is_empty() || binding.settings.has("reuseaddr")) {
            // Several receivers of a group share its port.
            socket.set_reuse_address(true).context("set reuseaddr")?;
        }
        bind_to(&socket, address, v6_only)
            .cause(Cause::Bind)
            .with_context(|| format!("bind {}", socket_text(&address)))?;
        if address.ip().is_unspecified() {
            tell_destination(&socket, address.is_ipv6()).context("ask for destinations")?;
        }
        Ok(BoundSocket { socket, asked: address })
    })?;
    for group in &casting.groups {
        join_on_any(&bound, group)?;
    }
    Ok(bound.into_iter().map(|bound| bound.socket).collect())
}

/// Gives inherited sockets what skat's own have.
fn adopt(
    sockets: Vec<Socket>,
    binding: &Binding,
    casting: &Casting,
    report: Report,
) -> anyhow::Result<Vec<Socket>> {
    let mut bound = Vec::new();
    for socket in sockets {
        let asked = local_address(&socket)?;
        let kind = SocketKind { v6: asked.is_ipv6(), listens: false };
        binding.settings.apply(&socket, Phase::Open, kind, report)?;
        if asked.ip().is_unspecified() {
            tell_destination(&socket, asked.is_ipv6()).context("ask for destinations")?;
        }
        count_losses(&socket, report)?;
        bound.push(BoundSocket { socket, asked });
    }
    for group in &casting.groups {
        join_on_any(&bound, group)?;
    }
    Ok(bound.into_iter().map(|bound| bound.socket).collect())
}

fn bind_to(socket: &Socket, address: SocketAddr, v6_only: bool) -> io::Result<()> {
    if address.is_ipv6() {
        socket.set_only_v6(v6_only)?;
    }
    socket.bind(&address.into()).map_err(|error| explain(error, &address))
}

/// Asks that each datagram come with the local address that it was sent to.
fn tell_destination(socket: &Socket, v6: bool) -> io::Result<()> {
    let on = sockopt::int(1);
    if v6 {
        sockopt::set(socket, libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO, &on)
    } else {
        sockopt::set(socket, libc::IPPROTO_IP, libc::IP_PKTINFO, &on)
    }
}

/// A socket for a client that talks to `peer`: connect(2)ed, so that only its answers and its
/// refusals come, unless it sends to many, whose answers a connection would hide.
///
/// # Errors
/// The system's; [`Cause::Bind`] for the source address, [`Cause::Unreachable`] where the peer's
/// cannot be reached.
pub fn open_to(
    peer: SocketAddr,
    source: Option<SocketAddr>,
    settings: &Settings,
    casting: &Casting,
    report: Report,
) -> anyhow::Result<Socket> {
    let socket = open(peer.ip(), settings, casting, report).map_err(lacking_family)?;
    if let Some(source) = source {
        if let (IpAddr::V6(source), IpAddr::V6(peer)) = (source.ip(), peer.ip()) {
            // `::` with a port must not need the same port of IPv4 too.
            let mapped = source.to_ipv4_mapped().or(peer.to_ipv4_mapped()).is_some();
            socket.set_only_v6(!mapped).context("set v6only")?;
        }
        socket
            .bind(&source.into())
            .map_err(|error| explain(error, &source))
            .cause(Cause::Bind)
            .with_context(|| format!("bind {}", socket_text(&source)))?;
    }
    if !casting.reaches_many(peer.ip()) {
        socket.connect(&peer.into()).map_err(|error| refused(explain(error, &peer)))?;
    }
    Ok(socket)
}

/// Why connect(2) refuses an address: EACCES means a broadcast address.
fn refused(error: io::Error) -> anyhow::Error {
    if error.raw_os_error() == Some(libc::EACCES) {
        let reason = reason(&error);
        let message = format!("{reason} (a broadcast address needs --broadcast)");
        return refusal(Cause::Unreachable, message);
    }
    attempt::unreachable(error)
}

/// A non-blocking UDP socket for addresses of this family, with its options set.
///
/// # Errors
/// The system's.
pub fn open(
    address: IpAddr,
    settings: &Settings,
    casting: &Casting,
    report: Report,
) -> anyhow::Result<Socket> {
    let socket_type = Type::DGRAM.cloexec().nonblocking();
    let domain = Domain::for_address((address, 0).into());
    let socket =
        Socket::new_raw(domain, socket_type, Some(Protocol::UDP)).context("open a UDP socket")?;
    if !settings.has("rcvbuf") {
        let size = sockopt::int(RECEIVE_BUFFER);
        if sockopt::set(&socket, libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, &size).is_err() {
            // An ordinary user gets what the system allows everybody.
            sockopt::set(&socket, libc::SOL_SOCKET, libc::SO_RCVBUF, &size)
                .context("set rcvbuf")?;
        }
    }
    count_losses(&socket, report)?;
    if casting.broadcast {
        socket.set_broadcast(true).context("set broadcast")?;
    }
    if let Some(interface) = &casting.interface {
        send_multicasts_from(&socket, address.is_ipv6(), interface)?;
    }
    let kind = SocketKind { v6: address.is_ipv6(), listens: false };
    settings.apply(&socket, Phase::Open, kind, report)?;
    Ok(socket)
}

/// Has lost datagrams counted, where they are reported.
fn count_losses(socket: &Socket, report: Report) -> anyhow::Result<()> {
    if report.tells_connections() {
        let on = sockopt::int(1);
        sockopt::set(socket, libc::SOL_SOCKET, libc::SO_RXQ_OVFL, &on)
            .context("ask for what is lost")?;
    }
    Ok(())
}

fn send_multicasts_from(socket: &Socket, v6: bool, interface: &Interface) -> anyhow::Result<()> {
    if v6 {
        return socket.set_multicast_if_v6(interface.index()?).context("set multicast-if");
    }
    match interface {
        Interface::Address(address) => socket.set_multicast_if_v4(address).cause(Cause::Bind),
        Interface::Name(_) => {
            // struct ip_mreqn: group, address, index (ip(7)).
            let mut request = [0; 12];
            request[8..].copy_from_slice(&interface.index()?.to_ne_bytes());
            Ok(sockopt::set(socket, libc::IPPROTO_IP, libc::IP_MULTICAST_IF, &request)?)
        }
    }
    .context("set multicast-if")
}

/// Joins a group on the first socket that hears it.
fn join_on_any(sockets: &[BoundSocket], group: &Group) -> anyhow::Result<()> {
    let name = inet::ntop(group.address);
    let hearing = sockets.iter().find(|bound| hears(bound, group.address)).ok_or_else(|| {
        let message = format!(
            "join {name}: it is heard by a server on all addresses of its family, or on its own"
        );
        refusal(Cause::Usage, message)
    })?;
    join(&hearing.socket, group).with_context(|| format!("join {name}"))
}

/// True if what is sent to a group comes to this socket once it has joined.
fn hears(bound: &BoundSocket, group: IpAddr) -> bool {
    let at = bound.asked.ip();
    let takes_family = || match (at, group) {
        (IpAddr::V6(_), IpAddr::V4(_)) => bound.socket.only_v6().is_ok_and(|only| !only),
        _ => at.is_ipv6() == group.is_ipv6(),
    };
    at == group || (at.is_unspecified() && takes_family())
}

fn join(socket: &Socket, group: &Group) -> anyhow::Result<()> {
    let joined = match (group.address, &group.interface) {
        (IpAddr::V6(address), interface) => {
            let index = interface.as_ref().map_or(Ok(0), Interface::index)?;
            socket.join_multicast_v6(&address, index)
        }
        (IpAddr::V4(address), None) => socket.join_multicast_v4(&address, &Ipv4Addr::UNSPECIFIED),
        (IpAddr::V4(address), Some(Interface::Address(from))) => {
            socket.join_multicast_v4(&address, from)
        }
        (IpAddr::V4(address), Some(name)) => {
            let index = socket2::InterfaceIndexOrAddress::Index(name.index()?);
            socket.join_multicast_v4_n(&address, &index)
        }
    };
    // In words: what helps where bind(2) fails is no help here.
    joined.map_err(|error| refusal(Cause::Bind, reason(&error)))
}
