//! Every option that `-O` knows: a row each.

use super::Transport::{self, Tcp, Udp, Unix};
use super::{Kind, Phase, SocketOption};

const ALL: &[Transport] = &[Tcp, Udp, Unix];
const INET: &[Transport] = &[Tcp, Udp];
const TCP: &[Transport] = &[Tcp];
const UDP: &[Transport] = &[Udp];

/// The largest value of an int, and of an unsigned one.
const INT: i64 = i32::MAX as i64;
const UNSIGNED: i64 = u32::MAX as i64;

const fn row(
    name: &'static str,
    v4: (i32, i32),
    kind: Kind,
    transports: &'static [Transport],
    about: &'static str,
) -> SocketOption {
    SocketOption { name, v4, v6: None, kind, phase: Phase::Open, transports, about }
}

const fn socket(name: i32) -> (i32, i32) {
    (libc::SOL_SOCKET, name)
}

const fn ip(name: i32) -> (i32, i32) {
    (libc::IPPROTO_IP, name)
}

const fn ipv6(name: i32) -> (i32, i32) {
    (libc::IPPROTO_IPV6, name)
}

const fn tcp(name: i32) -> (i32, i32) {
    (libc::IPPROTO_TCP, name)
}

/// Every option that `-O` knows.
#[rustfmt::skip]
pub const TABLE: &[SocketOption] = &[
    row("bindtodevice", socket(libc::SO_BINDTODEVICE), Kind::Text, INET, "use only this interface (SO_BINDTODEVICE)"),
    row("broadcast", socket(libc::SO_BROADCAST), Kind::Flag, UDP, "may send to broadcast addresses (SO_BROADCAST)"),
    row("busy-poll", socket(libc::SO_BUSY_POLL), Kind::Number(0, INT), INET, "microseconds of busy polling on receive (SO_BUSY_POLL)"),
    row("congestion", tcp(libc::TCP_CONGESTION), Kind::Text, TCP, "congestion control by name (TCP_CONGESTION)"),
    row("cork", tcp(libc::TCP_CORK), Kind::Flag, TCP, "send full segments only (TCP_CORK)"),
    row("defer-accept", tcp(libc::TCP_DEFER_ACCEPT), Kind::Number(0, 29_887), TCP, "seconds to wait for data before accept returns (TCP_DEFER_ACCEPT)"),
    row("dontroute", socket(libc::SO_DONTROUTE), Kind::Flag, INET, "directly connected hosts only (SO_DONTROUTE)"),
    row("fastopen", tcp(libc::TCP_FASTOPEN), Kind::Count(0, INT), TCP, "TCP fast open: a server's queue length; for a client any number but 0, and the server may answer its SYN with data (TCP_FASTOPEN, TCP_FASTOPEN_CONNECT)"),
    row("freebind", ip(libc::IP_FREEBIND), Kind::Flag, INET, "bind to an address that is not there yet (IP_FREEBIND)"),
    row("keepalive", socket(libc::SO_KEEPALIVE), Kind::Keepalive, TCP, "probe an idle connection: seconds idle, between probes, number of probes (SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT)"),
    row("linger", socket(libc::SO_LINGER), Kind::Linger, TCP, "0 closes with a reset; seconds are set, but skat waits for delivery by itself, not in close; 'off' (SO_LINGER)"),
    row("linger2", tcp(libc::TCP_LINGER2), Kind::Number(-1, 120), TCP, "seconds in FIN_WAIT2; 0 the system's, -1 none (TCP_LINGER2)"),
    row("mark", socket(libc::SO_MARK), Kind::Number(0, UNSIGNED), INET, "firewall mark; needs CAP_NET_ADMIN (SO_MARK)"),
    row("maxseg", tcp(libc::TCP_MAXSEG), Kind::Number(88, 32_767), TCP, "largest segment in bytes (TCP_MAXSEG)"),
    SocketOption { phase: Phase::Create, ..row("mptcp", (0, 0), Kind::Flag, TCP, "multipath TCP (IPPROTO_MPTCP)") },
    SocketOption { v6: Some(ipv6(libc::IPV6_MTU_DISCOVER)), ..row("mtu-discover", ip(libc::IP_MTU_DISCOVER), Kind::Number(0, 5), INET, "path MTU discovery: 0 off, 1 want, 2 do, 3 probe, 4 interface, 5 omit (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER)") },
    SocketOption { v6: Some(ipv6(libc::IPV6_MULTICAST_LOOP)), ..row("multicast-loop", ip(libc::IP_MULTICAST_LOOP), Kind::Flag, UDP, "own multicasts are received here too (IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP)") },
    SocketOption { v6: Some(ipv6(libc::IPV6_MULTICAST_HOPS)), ..row("multicast-ttl", ip(libc::IP_MULTICAST_TTL), Kind::Number(0, 255), UDP, "hops of a multicast (IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS)") },
    row("nodelay", tcp(libc::TCP_NODELAY), Kind::Flag, TCP, "no Nagle delay; on unless nodelay=0 (TCP_NODELAY)"),
    row("notsent-lowat", tcp(libc::TCP_NOTSENT_LOWAT), Kind::Size, TCP, "unsent bytes the kernel holds at most (TCP_NOTSENT_LOWAT)"),
    row("oobinline", socket(libc::SO_OOBINLINE), Kind::Flag, TCP, "urgent data within the stream (SO_OOBINLINE)"),
    row("priority", socket(libc::SO_PRIORITY), Kind::Number(0, UNSIGNED), INET, "queueing priority; above 6 needs CAP_NET_ADMIN (SO_PRIORITY)"),
    SocketOption { phase: Phase::Connected, ..row("quickack", tcp(libc::TCP_QUICKACK), Kind::Flag, TCP, "acknowledge at once (TCP_QUICKACK)") },
    row("rcvbuf", socket(libc::SO_RCVBUF), Kind::Size, INET, "receive buffer in bytes (SO_RCVBUF)"),
    row("rcvlowat", socket(libc::SO_RCVLOWAT), Kind::Size, TCP, "bytes that make a connection readable (SO_RCVLOWAT)"),
    row("reuseaddr", socket(libc::SO_REUSEADDR), Kind::Flag, INET, "bind beside closing connections (SO_REUSEADDR)"),
    row("reuseport", socket(libc::SO_REUSEPORT), Kind::Flag, INET, "several sockets on one port (SO_REUSEPORT)"),
    row("sndbuf", socket(libc::SO_SNDBUF), Kind::Size, ALL, "send buffer in bytes (SO_SNDBUF)"),
    row("syncnt", tcp(libc::TCP_SYNCNT), Kind::Number(1, 127), TCP, "SYNs sent before giving up (TCP_SYNCNT)"),
    SocketOption { v6: Some(ipv6(libc::IPV6_TCLASS)), ..row("tos", ip(libc::IP_TOS), Kind::Number(0, 255), INET, "type of service, traffic class (IP_TOS, IPV6_TCLASS)") },
    SocketOption { v6: Some(ipv6(libc::IPV6_TRANSPARENT)), ..row("transparent", ip(libc::IP_TRANSPARENT), Kind::Flag, INET, "transparent proxying; needs CAP_NET_ADMIN (IP_TRANSPARENT)") },
    SocketOption { v6: Some(ipv6(libc::IPV6_UNICAST_HOPS)), ..row("ttl", ip(libc::IP_TTL), Kind::Number(1, 255), INET, "hops of a packet (IP_TTL, IPV6_UNICAST_HOPS)") },
    row("user-timeout", tcp(libc::TCP_USER_TIMEOUT), Kind::Number(0, INT), TCP, "milliseconds that sent data may stay unacknowledged (TCP_USER_TIMEOUT)"),
];
