//! What can be done here, found out by doing it over loopback.

use std::io::{self, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use serde_json::{Map, Value};
use socket2::{Domain, Protocol, Socket, Type};

use super::{Facts, row};
use crate::report::reason;
use crate::sys::sockopt;

/// Longer than loopback ever takes.
const PATIENCE: Duration = Duration::from_secs(1);
/// Where `struct tcp_info` has its options, and the one for data that went with the SYN.
const TCPI_OPTIONS: usize = 5;
const TCPI_OPT_SYN_DATA: u8 = 32;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

type Probe = fn() -> io::Result<()>;

/// Each feature: its name in JSON, what it is, and how it is tried.
const PROBES: &[(&str, &str, Probe)] = &[
    ("has_ipv6", "an IPv6 socket can be bound to ::1", has_ipv6),
    ("dual_stack", "one IPv6 socket serves IPv4 too (IPV6_V6ONLY off)", dual_stack),
    ("reuseport", "two sockets share a port (SO_REUSEPORT)", reuse_port),
    ("mptcp", "a multipath TCP socket opens (IPPROTO_MPTCP)", mptcp),
    ("fastopen", "a client may send with its SYN (TCP_FASTOPEN_CONNECT)", fast_open_client),
    ("fastopen_server", "a server takes data with the SYN (TCP_FASTOPEN)", fast_open_server),
    ("udp_gso", "one send makes many datagrams (UDP_SEGMENT)", gso),
    ("udp_gro", "one receive takes many datagrams (UDP_GRO)", gro),
];

/// Every feature with what came of trying it.
#[must_use]
pub fn features() -> Facts {
    let (mut rows, mut found, mut reasons) = (Vec::new(), Map::new(), Map::new());
    for (name, about, probe) in PROBES {
        let result = probe();
        found.insert((*name).to_owned(), result.is_ok().into());
        let mut about = (*about).to_owned();
        if let Err(error) = &result {
            about = format!("{about}: {}", reason(error));
            reasons.insert((*name).to_owned(), reason(error).into());
        }
        rows.push(row([name, if result.is_ok() { "yes" } else { "no" }, &about]));
    }
    found.insert("reasons".to_owned(), reasons.into());
    Facts { rows, value: Value::from(found) }
}

/// A socket bound to a free port of `address`, which gives up after [`PATIENCE`].
fn bound(kind: Type, address: IpAddr) -> io::Result<Socket> {
    let address = SocketAddr::new(address, 0);
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// The same on whichever loopback address there is.
fn loopback(kind: Type) -> io::Result<Socket> {
    bound(kind, V4).or_else(|error| bound(kind, V6).map_err(|_| error))
}

fn has_ipv6() -> io::Result<()> {
    bound(Type::DGRAM, V6).map(drop)
}

fn dual_stack() -> io::Result<()> {
    let server = Socket::new(Domain::IPV6, Type::DGRAM, None)?;
    server.set_read_timeout(Some(PATIENCE))?;
    server.set_only_v6(false)?;
    server.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)).into())?;
    let client = bound(Type::DGRAM, V4)?;
    client.send_to(b"4", &SocketAddr::new(V4, port(&server)?).into())?;
    received(&server).map(drop)
}

fn reuse_port() -> io::Result<()> {
    let open = |address: SocketAddr| {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        io::Result::Ok(socket)
    };
    let first = open((V4, 0).into()).or_else(|_| open((V6, 0).into()))?;
    let address = first.local_addr()?.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
    open(address).map(drop)
}

fn mptcp() -> io::Result<()> {
    let open = |domain| Socket::new(domain, Type::STREAM, Some(Protocol::MPTCP));
    open(Domain::IPV4).or_else(|error| open(Domain::IPV6).map_err(|_| error)).map(drop)
}

fn fast_open_client() -> io::Result<()> {
    let client = loopback(Type::STREAM)?;
    sockopt::set(&client, libc::IPPROTO_TCP, libc::TCP_FASTOPEN_CONNECT, &sockopt::int(1))
}

/// The first connection fetches the cookie that the second sends its data with.
fn fast_open_server() -> io::Result<()> {
    let server = loopback(Type::STREAM)?;
    sockopt::set(&server, libc::IPPROTO_TCP, libc::TCP_FASTOPEN, &sockopt::int(8))?;
    server.listen(8)?;
    for _ in 0..2 {
        let mut client = loopback(Type::STREAM)?;
        sockopt::set(&client, libc::IPPROTO_TCP, libc::TCP_FASTOPEN_CONNECT, &sockopt::int(1))?;
        client.connect(&server.local_addr()?)?;
        client.write_all(b"x")?;
        let (mut peer, _) = server.accept()?;
        peer.set_read_timeout(Some(PATIENCE))?;
        peer.read_exact(&mut [0])?;
        let mut info = [0; TCPI_OPTIONS + 1];
        sockopt::get(&client, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info)?;
        if info[TCPI_OPTIONS] & TCPI_OPT_SYN_DATA != 0 {
            return Ok(());
        }
    }
    Err(io::Error::other("data did not go with the SYN: see net.ipv4.tcp_fastopen"))
}

fn gso() -> io::Result<()> {
    let server = loopback(Type::DGRAM)?;
    send_segmented(&server)?;
    match received(&server)? {
        100 => Ok(()),
        _ => Err(io::Error::other("a datagram was not cut")),
    }
}

fn gro() -> io::Result<()> {
    let server = loopback(Type::DGRAM)?;
    sockopt::set(&server, libc::SOL_UDP, libc::UDP_GRO, &sockopt::int(1))?;
    if send_segmented(&server).is_err() {
        // Nothing to try it with here; the system took the option.
        return Ok(());
    }
    match received(&server)? {
        300 => Ok(()),
        _ => Err(io::Error::other("datagrams were not joined")),
    }
}

/// Sends three datagrams of 100 bytes in one.
fn send_segmented(server: &Socket) -> io::Result<()> {
    let client = loopback(Type::DGRAM)?;
    sockopt::set(&client, libc::SOL_UDP, libc::UDP_SEGMENT, &sockopt::int(100))?;
    client.send_to(&[0; 300], &server.local_addr()?).map(drop)
}

fn received(socket: &Socket) -> io::Result<usize> {
    socket.recv(&mut [MaybeUninit::uninit(); 512])
}

fn port(socket: &Socket) -> io::Result<u16> {
    let address = socket.local_addr()?.as_socket();
    address.map(|address| address.port()).ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
}
