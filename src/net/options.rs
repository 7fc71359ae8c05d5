//! Socket options by name: one table to parse, set, list and document them.

use std::io;
use std::os::fd::AsFd;

use anyhow::Context as _;

use crate::outcome::{Cause, WithCause as _, refusal};
use crate::report::{Report, escape};
use crate::sys::sockopt;

/// When an option is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It decides which socket is made.
    Create,
    /// Before bind, listen and connect; an accepted connection inherits it.
    Open,
    /// On each connection once it stands.
    Connected,
}

/// The type of an option's value and its form on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 1 or 0; 1 if no value is given.
    Flag,
    /// A decimal or 0x number.
    Number,
    /// The same; 1 if no value is given.
    Count,
    /// Bytes, with K, M or G.
    Size,
    /// The name of an interface, a congestion control …
    Text,
    /// Seconds to linger on close; `off` for not.
    Linger,
    /// 1, 0, or `IDLE[,INTERVAL[,COUNT]]` in seconds.
    Keepalive,
}

/// Where an option applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP over IPv4 or IPv6.
    Tcp,
    /// UDP over IPv4 or IPv6.
    Udp,
    /// Unix sockets of any type.
    Unix,
}

/// One row of the table.
#[derive(Debug)]
pub struct SocketOption {
    /// Its name for `-O`.
    pub name: &'static str,
    /// Level and number, for IPv4 and for either family where there is one.
    pub v4: (i32, i32),
    /// Level and number for IPv6 where they differ.
    pub v6: Option<(i32, i32)>,
    /// Its value's type.
    pub kind: Kind,
    /// When it is set.
    pub phase: Phase,
    /// Where it applies.
    pub transports: &'static [Transport],
    /// What it is, with the manual's name.
    pub about: &'static str,
}

use Transport::{Tcp, Udp, Unix};

const ALL: &[Transport] = &[Tcp, Udp, Unix];
const INET: &[Transport] = &[Tcp, Udp];
const TCP: &[Transport] = &[Tcp];
const UDP: &[Transport] = &[Udp];

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

/// Client side of TCP fast open (TCP_FASTOPEN_CONNECT, Linux 4.11): data goes with the SYN.
const FASTOPEN_CONNECT: i32 = 30;

/// Every option that `-O` knows.
#[rustfmt::skip]
pub const TABLE: &[SocketOption] = &[
    row("bindtodevice", socket(libc::SO_BINDTODEVICE), Kind::Text, INET, "use only this interface (SO_BINDTODEVICE)"),
    row("broadcast", socket(libc::SO_BROADCAST), Kind::Flag, UDP, "may send to broadcast addresses (SO_BROADCAST)"),
    row("busy-poll", socket(libc::SO_BUSY_POLL), Kind::Number, INET, "microseconds of busy polling on receive (SO_BUSY_POLL)"),
    row("congestion", tcp(libc::TCP_CONGESTION), Kind::Text, TCP, "congestion control by name (TCP_CONGESTION)"),
    row("cork", tcp(libc::TCP_CORK), Kind::Flag, TCP, "send full segments only (TCP_CORK)"),
    row("defer-accept", tcp(libc::TCP_DEFER_ACCEPT), Kind::Number, TCP, "seconds to wait for data before accept returns (TCP_DEFER_ACCEPT)"),
    row("dontroute", socket(libc::SO_DONTROUTE), Kind::Flag, INET, "directly connected hosts only (SO_DONTROUTE)"),
    row("fastopen", tcp(libc::TCP_FASTOPEN), Kind::Count, TCP, "TCP fast open: a server's queue length; any number but 0 for a client (TCP_FASTOPEN, TCP_FASTOPEN_CONNECT)"),
    row("freebind", ip(libc::IP_FREEBIND), Kind::Flag, INET, "bind to an address that is not there yet (IP_FREEBIND)"),
    row("keepalive", socket(libc::SO_KEEPALIVE), Kind::Keepalive, TCP, "probe an idle connection: seconds idle, between probes, number of probes (SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT)"),
    row("linger", socket(libc::SO_LINGER), Kind::Linger, TCP, "seconds that close waits for delivery; 0 resets; 'off' (SO_LINGER)"),
    row("linger2", tcp(libc::TCP_LINGER2), Kind::Number, TCP, "seconds in FIN_WAIT2 (TCP_LINGER2)"),
    row("mark", socket(libc::SO_MARK), Kind::Number, INET, "firewall mark; needs CAP_NET_ADMIN (SO_MARK)"),
    row("maxseg", tcp(libc::TCP_MAXSEG), Kind::Number, TCP, "largest segment in bytes (TCP_MAXSEG)"),
    SocketOption { phase: Phase::Create, ..row("mptcp", (0, 0), Kind::Flag, TCP, "multipath TCP (IPPROTO_MPTCP)") },
    row("mtu-discover", ip(libc::IP_MTU_DISCOVER), Kind::Number, INET, "path MTU discovery: 0 off, 1 want, 2 do, 3 probe (IP_MTU_DISCOVER)"),
    SocketOption { v6: Some(ipv6(libc::IPV6_MULTICAST_LOOP)), ..row("multicast-loop", ip(libc::IP_MULTICAST_LOOP), Kind::Flag, UDP, "own multicasts are received here too (IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP)") },
    SocketOption { v6: Some(ipv6(libc::IPV6_MULTICAST_HOPS)), ..row("multicast-ttl", ip(libc::IP_MULTICAST_TTL), Kind::Number, UDP, "hops of a multicast (IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS)") },
    row("nodelay", tcp(libc::TCP_NODELAY), Kind::Flag, TCP, "no Nagle delay; on unless nodelay=0 (TCP_NODELAY)"),
    row("notsent-lowat", tcp(libc::TCP_NOTSENT_LOWAT), Kind::Size, TCP, "unsent bytes the kernel holds at most (TCP_NOTSENT_LOWAT)"),
    row("oobinline", socket(libc::SO_OOBINLINE), Kind::Flag, TCP, "urgent data within the stream (SO_OOBINLINE)"),
    row("priority", socket(libc::SO_PRIORITY), Kind::Number, INET, "queueing priority, 0 to 6 (SO_PRIORITY)"),
    SocketOption { phase: Phase::Connected, ..row("quickack", tcp(libc::TCP_QUICKACK), Kind::Flag, TCP, "acknowledge at once (TCP_QUICKACK)") },
    row("rcvbuf", socket(libc::SO_RCVBUF), Kind::Size, ALL, "receive buffer in bytes (SO_RCVBUF)"),
    row("rcvlowat", socket(libc::SO_RCVLOWAT), Kind::Size, TCP, "bytes that make a connection readable (SO_RCVLOWAT)"),
    row("reuseaddr", socket(libc::SO_REUSEADDR), Kind::Flag, INET, "bind beside closing connections (SO_REUSEADDR)"),
    row("reuseport", socket(libc::SO_REUSEPORT), Kind::Flag, INET, "several sockets on one port (SO_REUSEPORT)"),
    row("sndbuf", socket(libc::SO_SNDBUF), Kind::Size, ALL, "send buffer in bytes (SO_SNDBUF)"),
    row("syncnt", tcp(libc::TCP_SYNCNT), Kind::Number, TCP, "SYNs sent before giving up (TCP_SYNCNT)"),
    SocketOption { v6: Some(ipv6(libc::IPV6_TCLASS)), ..row("tos", ip(libc::IP_TOS), Kind::Number, INET, "type of service, traffic class (IP_TOS, IPV6_TCLASS)") },
    SocketOption { v6: Some(ipv6(libc::IPV6_TRANSPARENT)), ..row("transparent", ip(libc::IP_TRANSPARENT), Kind::Flag, INET, "transparent proxying; needs CAP_NET_ADMIN (IP_TRANSPARENT)") },
    SocketOption { v6: Some(ipv6(libc::IPV6_UNICAST_HOPS)), ..row("ttl", ip(libc::IP_TTL), Kind::Number, INET, "hops of a packet (IP_TTL, IPV6_UNICAST_HOPS)") },
    row("user-timeout", tcp(libc::TCP_USER_TIMEOUT), Kind::Number, TCP, "milliseconds that sent data may stay unacknowledged (TCP_USER_TIMEOUT)"),
];

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Number(i32),
    Text(String),
    Linger(Option<i32>),
    Keepalive(bool, Vec<i32>),
}

/// An option with the value that the user gave it.
#[derive(Clone, Debug)]
pub struct Setting {
    option: &'static SocketOption,
    value: Value,
    /// As the user wrote it.
    text: String,
}

/// All of a command's `-O`.
#[derive(Clone, Debug, Default)]
pub struct Settings(Vec<Setting>);

impl Settings {
    /// Reads `NAME[=VALUE]` words for a transport.
    ///
    /// # Errors
    /// [`Cause::Usage`] for an unknown name and for a value that is not of the option's type.
    pub fn parse(words: &[String], transport: Transport) -> anyhow::Result<Self> {
        words.iter().map(|word| Setting::parse(word, transport)).collect::<Result<_, _>>().map(Self)
    }

    /// True if the user set the option `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|setting| setting.option.name == name)
    }

    /// True if the user switched the flag `name` on.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        let last = self.0.iter().rfind(|setting| setting.option.name == name);
        last.is_some_and(|setting| setting.value == Value::Number(1))
    }

    /// True if an option must be set on each connection.
    #[must_use]
    pub fn has_phase(&self, phase: Phase) -> bool {
        self.0.iter().any(|setting| setting.option.phase == phase)
    }

    /// Sets the options of `phase` on a socket.
    ///
    /// # Errors
    /// The system's refusal, with the option as the user wrote it; [`Cause::Usage`] where it is
    /// the value that is refused.
    pub fn apply(
        &self,
        fd: impl AsFd,
        phase: Phase,
        socket: SocketKind,
        report: Report,
    ) -> anyhow::Result<()> {
        for setting in self.0.iter().filter(|setting| setting.option.phase == phase) {
            let text = escape(setting.text.as_bytes());
            setting
                .apply(fd.as_fd(), socket, report)
                .map_err(|error| {
                    let cause = refusal_cause(&error);
                    crate::outcome::failure(cause, error)
                })
                .with_context(|| format!("set socket option {text}"))?;
            report.step(format!("set socket option {text}"));
        }
        Ok(())
    }
}

/// What an option needs to know of the socket that it is set on.
#[derive(Clone, Copy, Debug)]
pub struct SocketKind {
    /// An IPv6 socket, dual-stack or not.
    pub v6: bool,
    /// A socket that will listen.
    pub listens: bool,
}

fn refusal_cause(error: &io::Error) -> Cause {
    match error.raw_os_error() {
        Some(libc::EINVAL | libc::ENODEV | libc::EDOM | libc::ERANGE | libc::ENOENT) => {
            Cause::Usage
        }
        _ => Cause::Transfer,
    }
}

impl Setting {
    fn parse(word: &str, transport: Transport) -> anyhow::Result<Self> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let option = TABLE
            .iter()
            .find(|row| row.name == name && row.transports.contains(&transport))
            .ok_or_else(|| {
                let name = escape(name.as_bytes());
                let message = format!("no socket option '{name}' here: see 'skat info options'");
                refusal(Cause::Usage, message)
            })?;
        let value = parse_value(option.kind, value).with_context(|| {
            format!("socket option '{}' takes {}", escape(word.as_bytes()), form_of(option.kind))
        });
        Ok(Self { option, value: value.cause(Cause::Usage)?, text: word.to_owned() })
    }

    fn apply(
        &self,
        fd: std::os::fd::BorrowedFd<'_>,
        socket: SocketKind,
        report: Report,
    ) -> io::Result<()> {
        let option = self.option;
        match &self.value {
            // Which socket is made was decided when it was made.
            _ if option.phase == Phase::Create => Ok(()),
            Value::Number(number) if option.name == "fastopen" && !socket.listens => {
                let on = i32::from(*number != 0);
                sockopt::set(fd, libc::IPPROTO_TCP, FASTOPEN_CONNECT, &sockopt::int(on))
            }
            Value::Number(number) if option.kind == Kind::Size => {
                set_size(fd, option, *number, report)
            }
            Value::Number(number) => set_number(fd, option, *number, socket),
            Value::Text(text) => sockopt::set(fd, option.v4.0, option.v4.1, text.as_bytes()),
            Value::Linger(seconds) => set_linger(fd, *seconds),
            Value::Keepalive(on, times) => set_keepalive(fd, *on, times),
        }
    }
}

fn set_number(
    fd: std::os::fd::BorrowedFd<'_>,
    option: &SocketOption,
    number: i32,
    socket: SocketKind,
) -> io::Result<()> {
    let value = sockopt::int(number);
    if let (true, Some((level, name))) = (socket.v6, option.v6) {
        sockopt::set(fd, level, name, &value)?;
        // A dual-stack socket sends IPv4 too; one for IPv6 alone refuses, which does no harm.
        let _ = sockopt::set(fd, option.v4.0, option.v4.1, &value);
        return Ok(());
    }
    sockopt::set(fd, option.v4.0, option.v4.1, &value)
}

/// Buffer sizes are cut to the system's maximum without a word, unless root forces them.
fn set_size(
    fd: std::os::fd::BorrowedFd<'_>,
    option: &SocketOption,
    number: i32,
    report: Report,
) -> io::Result<()> {
    let value = sockopt::int(number);
    let (level, name) = option.v4;
    let force = match option.v4 {
        (libc::SOL_SOCKET, libc::SO_RCVBUF) => Some(libc::SO_RCVBUFFORCE),
        (libc::SOL_SOCKET, libc::SO_SNDBUF) => Some(libc::SO_SNDBUFFORCE),
        _ => None,
    };
    if force.is_some_and(|force| sockopt::set(fd, level, force, &value).is_ok()) {
        return Ok(());
    }
    sockopt::set(fd, level, name, &value)?;
    if force.is_some() {
        let mut got = sockopt::int(0);
        sockopt::get(fd, level, name, &mut got)?;
        // The kernel doubles what it is asked for, to count its own overhead (socket(7)).
        let got = i32::from_ne_bytes(got) / 2;
        if got < number {
            let option = option.name;
            report.warning(format!("{option}={number}: the system's maximum is {got}"));
        }
    }
    Ok(())
}

fn set_linger(fd: std::os::fd::BorrowedFd<'_>, seconds: Option<i32>) -> io::Result<()> {
    let mut value = [0; 8];
    value[..4].copy_from_slice(&sockopt::int(i32::from(seconds.is_some())));
    value[4..].copy_from_slice(&sockopt::int(seconds.unwrap_or(0)));
    sockopt::set(fd, libc::SOL_SOCKET, libc::SO_LINGER, &value)
}

/// Switches keepalive on or off, with seconds idle, between probes, and their number.
pub fn set_keepalive(fd: impl AsFd, on: bool, times: &[i32]) -> io::Result<()> {
    let fd = fd.as_fd();
    let names = [libc::TCP_KEEPIDLE, libc::TCP_KEEPINTVL, libc::TCP_KEEPCNT];
    for (name, value) in names.into_iter().zip(times) {
        sockopt::set(fd, libc::IPPROTO_TCP, name, &sockopt::int(*value))?;
    }
    sockopt::set(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE, &sockopt::int(i32::from(on)))
}

fn parse_value(kind: Kind, text: Option<&str>) -> anyhow::Result<Value> {
    let flag = |text: &str| match text {
        "1" | "on" | "yes" => Some(1),
        "0" | "off" | "no" => Some(0),
        _ => None,
    };
    Ok(match (kind, text) {
        (Kind::Flag, Some(text)) => Value::Number(flag(text).context("neither 1 nor 0")?),
        (Kind::Flag | Kind::Count, None) => Value::Number(1),
        (Kind::Number | Kind::Count, Some(text)) => Value::Number(parse_number(text)?),
        (Kind::Size, Some(text)) => Value::Number(i32::try_from(parse_size(text)?)?),
        (Kind::Text, Some(text)) if !text.is_empty() && !text.contains('\0') => {
            Value::Text(text.to_owned())
        }
        (Kind::Linger, Some("off")) => Value::Linger(None),
        (Kind::Linger, Some(text)) => Value::Linger(Some(text.parse::<u16>()?.into())),
        (Kind::Keepalive, None) => Value::Keepalive(true, Vec::new()),
        (Kind::Keepalive, Some(text)) => match flag(text) {
            Some(on) => Value::Keepalive(on == 1, Vec::new()),
            None => Value::Keepalive(true, parse_times(text)?),
        },
        (_, _) => anyhow::bail!("a value is missing"),
    })
}

fn parse_number(text: &str) -> anyhow::Result<i32> {
    Ok(match text.strip_prefix("0x") {
        Some(digits) => i32::try_from(u32::from_str_radix(digits, 16)?)?,
        None => text.parse()?,
    })
}

fn parse_times(text: &str) -> anyhow::Result<Vec<i32>> {
    let times = text
        .split(',')
        .map(|time| time.parse::<u16>().map(i32::from))
        .collect::<Result<Vec<_>, _>>()?;
    anyhow::ensure!(times.len() <= 3, "more than three numbers");
    Ok(times)
}

/// Reads a size: `512`, `64K`, `1M`, `2G`, in powers of 1024.
pub fn parse_size(text: &str) -> anyhow::Result<u64> {
    let (digits, unit) = match text.chars().last().map(|letter| letter.to_ascii_uppercase()) {
        Some('K') => (&text[..text.len() - 1], 1 << 10),
        Some('M') => (&text[..text.len() - 1], 1 << 20),
        Some('G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    anyhow::ensure!(
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()),
        "not a size such as 512, 64K, 1M or 2G"
    );
    digits.parse::<u64>()?.checked_mul(unit).context("too large")
}

/// The form of a value, for people.
#[must_use]
pub fn form_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Flag => "1 or 0",
        Kind::Number | Kind::Count => "a number",
        Kind::Size => "a size such as 64K",
        Kind::Text => "a name",
        Kind::Linger => "seconds, or 'off'",
        Kind::Keepalive => "1, 0, or IDLE[,INTERVAL[,COUNT]] in seconds",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_names_are_unique() {
        assert!(TABLE.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn words_become_settings_or_usage_errors() {
        let parse = |word: &str| Setting::parse(word, Transport::Tcp).map(|s| s.value);
        assert_eq!(parse("nodelay").unwrap(), Value::Number(1));
        assert_eq!(parse("nodelay=0").unwrap(), Value::Number(0));
        assert_eq!(parse("rcvbuf=1M").unwrap(), Value::Number(1 << 20));
        assert_eq!(parse("tos=0x10").unwrap(), Value::Number(16));
        assert_eq!(parse("keepalive=60,10,3").unwrap(), Value::Keepalive(true, vec![60, 10, 3]));
        assert_eq!(parse("linger=0").unwrap(), Value::Linger(Some(0)));
        for word in ["nosuch", "rcvbuf", "rcvbuf=1X", "rcvbuf=9999999999", "tos=x", "broadcast"] {
            let error = parse(word).unwrap_err();
            assert_eq!(crate::outcome::cause_of(&error), Cause::Usage, "{word}");
        }
    }
}
