//! The socket options that `-O` knows, with what a fresh socket has for each.

use std::io;

use serde_json::{Map, Value, json};
use socket2::{Domain, Socket, Type};

use super::{Facts, row};
use crate::net::options::{Kind, Phase, SocketOption, TABLE, Transport, form_of};
use crate::report::reason;
use crate::sys::sockopt;

/// Room for the longest text of an option: an interface, a congestion control.
const TEXT: usize = 64;

const TRANSPORTS: [(Transport, &str); 3] =
    [(Transport::Tcp, "tcp"), (Transport::Udp, "udp"), (Transport::Unix, "unix")];

/// A fresh socket, or why there is none.
struct Fresh {
    transport: Transport,
    name: &'static str,
    socket: io::Result<Socket>,
    v6: bool,
}

impl Fresh {
    fn open((transport, name): (Transport, &'static str)) -> Self {
        let kind = if transport == Transport::Udp { Type::DGRAM } else { Type::STREAM };
        let open = |domain| Socket::new(domain, kind, None);
        if transport == Transport::Unix {
            return Self { transport, name, socket: open(Domain::UNIX), v6: false };
        }
        match open(Domain::IPV4) {
            Ok(socket) => Self { transport, name, socket: Ok(socket), v6: false },
            Err(_) => Self { transport, name, socket: open(Domain::IPV6), v6: true },
        }
    }

    /// The default of an option as text and as a value; `None` where it does not apply.
    fn default(&self, option: &SocketOption) -> Option<(String, Value)> {
        if !option.transports.contains(&self.transport) {
            return None;
        }
        let socket = match &self.socket {
            Ok(socket) => read(socket, option, self.v6),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        };
        Some(socket.unwrap_or_else(|error| (format!("unknown: {}", reason(&error)), Value::Null)))
    }
}

/// Every option of one transport, or of all (getsockopt(2)).
#[must_use]
pub fn options(transport: Option<Transport>) -> Facts {
    let wanted = TRANSPORTS.into_iter().filter(|(one, _)| transport.is_none_or(|t| t == *one));
    let fresh: Vec<Fresh> = wanted.map(Fresh::open).collect();
    let mut head = row(["OPTION"]);
    head.extend(fresh.iter().map(|socket| socket.name.to_uppercase()));
    let (mut rows, mut values) = (vec![head], Vec::new());
    for option in TABLE {
        let defaults: Vec<_> = fresh.iter().map(|socket| socket.default(option)).collect();
        if defaults.iter().all(Option::is_none) {
            continue;
        }
        let mut cells = row([option.name]);
        let mut members = Map::new();
        for (socket, default) in fresh.iter().zip(defaults) {
            cells.push(match default {
                Some((text, value)) => {
                    members.insert(socket.name.to_owned(), value);
                    text
                }
                None => "-".to_owned(),
            });
        }
        // Below its defaults, since it has no end in common with those of other options.
        if let Some(last) = cells.last_mut() {
            last.push_str(&below(&format!("{}; takes {}", option.about, form_of(option.kind))));
        }
        rows.push(cells);
        values.push(json!({
            "name": option.name, "takes": form_of(option.kind), "about": option.about,
            "defaults": Value::from(members),
        }));
    }
    Facts { rows, value: values.into() }
}

/// A text in indented lines of their own, within 80 columns.
fn below(text: &str) -> String {
    let (mut lines, mut width) = (String::new(), usize::MAX);
    for word in text.split(' ') {
        width = width.saturating_add(1 + word.chars().count());
        if width > 80 {
            lines.push_str("\n   ");
            width = 4 + word.chars().count();
        }
        lines.extend([" ", word]);
    }
    lines
}

fn read(socket: &Socket, option: &SocketOption, v6: bool) -> io::Result<(String, Value)> {
    if option.phase == Phase::Create {
        return Ok(("0".to_owned(), 0.into()));
    }
    let place = option.v6.filter(|_| v6).unwrap_or(option.v4);
    match option.kind {
        Kind::Text => {
            let mut bytes = [0; TEXT];
            let length = sockopt::get(socket, place.0, place.1, &mut bytes)?;
            let text = String::from_utf8_lossy(&bytes[..length.min(TEXT)]);
            let text = text.trim_end_matches('\0').to_owned();
            let shown = if text.is_empty() { "none" } else { &text };
            Ok((shown.to_owned(), text.as_str().into()))
        }
        Kind::Linger => {
            let mut bytes = [0; 8];
            sockopt::get(socket, place.0, place.1, &mut bytes)?;
            // struct linger: whether, and for how many seconds.
            let (on, seconds) = bytes.split_at(4);
            let seconds = i32::from_ne_bytes(seconds.try_into().unwrap_or_default());
            let text = if on == [0; 4] { "off".to_owned() } else { seconds.to_string() };
            Ok((text.clone(), text.into()))
        }
        Kind::Keepalive => {
            let times = [libc::TCP_KEEPIDLE, libc::TCP_KEEPINTVL, libc::TCP_KEEPCNT];
            let on = number(socket, place)?;
            let times = times.map(|name| number(socket, (libc::IPPROTO_TCP, name)));
            let times: Vec<String> =
                times.into_iter().flatten().map(|time| time.to_string()).collect();
            let text = format!("{on} ({})", times.join(","));
            Ok((text.clone(), text.into()))
        }
        Kind::Flag | Kind::Number(..) | Kind::Count(..) | Kind::Size => {
            let number = number(socket, place)?;
            Ok((number.to_string(), number.into()))
        }
    }
}

fn number(socket: &Socket, (level, name): (i32, i32)) -> io::Result<i64> {
    let mut bytes = [0; 4];
    let length = sockopt::get(socket, level, name, &mut bytes)?;
    // Some options of IP are a byte where nothing larger was set.
    Ok(if length == 1 { bytes[0].into() } else { i32::from_ne_bytes(bytes).into() })
}
