//! HOST and PORT as a user writes them, and addresses as skat prints them.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use anyhow::Context as _;
use socket2::SockAddr;

use super::ports::Ports;
use crate::outcome::{Cause, refusal};
use crate::report::escape;

/// The port where none is given.
pub const DEFAULT_PORT: u16 = 21567;

/// Where to serve or whom to ask, before any look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// A name or an address; `None` where it was left out or empty.
    pub host: Option<String>,
    /// The port.
    pub port: Port,
}

/// A port by number or by the name of its service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// 0 to 65535.
    Number(u16),
    /// A name for getservbyname(3).
    Service(String),
}

/// Which families a user allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Both.
    #[default]
    Any,
    /// `-4`.
    V4,
    /// `-6`.
    V6,
}

impl Family {
    /// True if an address of this kind may be used.
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        match self {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        }
    }
}

impl Address {
    /// Reads no, one or two words: `[HOST] [PORT]`, `HOST:PORT`, `[V6]:PORT`, `:PORT`.
    ///
    /// # Errors
    /// [`Cause::Usage`] for what is neither.
    pub fn parse(words: &[OsString]) -> anyhow::Result<Self> {
        let (host, port) = split(words, |byte| byte.is_ascii_digit())?;
        let port = port.map_or(Ok(Port::Number(DEFAULT_PORT)), Port::parse)?;
        Ok(Self { host: parse_host(host)?, port })
    }

    /// Reads whom to connect to: `HOST:PORT`, `:PORT` or `PORT`; no port is guessed.
    ///
    /// # Errors
    /// [`Cause::Usage`] for what is neither, and for port 0.
    pub fn of_target(word: &OsString) -> anyhow::Result<Self> {
        let words = std::slice::from_ref(word);
        if split(words, |byte| byte.is_ascii_digit())?.1.is_none() {
            let word = escape(word.as_bytes());
            return Err(usage(format!("'{word}' has no port: write HOST:PORT or [IPV6]:PORT")));
        }
        let address = Self::parse(words)?;
        if address.port == Port::Number(0) {
            return Err(usage("port 0 cannot be connected to: the PORT is 1-65535"));
        }
        Ok(address)
    }

    /// Reads the same words with a list of ports in the place of PORT; the address is that of the
    /// host, with port 0.
    ///
    /// # Errors
    /// [`Cause::Usage`] for what is neither.
    pub fn parse_with_ports(words: &[OsString]) -> anyhow::Result<(Self, Ports)> {
        let (host, ports) = split(words, |byte| byte.is_ascii_digit() || b",-".contains(&byte))?;
        let ports = Ports::parse(ports.unwrap_or(&DEFAULT_PORT.to_string()))?;
        Ok((Self { host: parse_host(host)?, port: Port::Number(0) }, ports))
    }
}

/// HOST, which may be empty, and PORT, if there is one. A lone word of bytes that `is_of_port`
/// allows is a PORT.
fn split(
    words: &[OsString],
    is_of_port: impl Fn(u8) -> bool,
) -> anyhow::Result<(&str, Option<&str>)> {
    let words = words.iter().map(text_of_word).collect::<anyhow::Result<Vec<&str>>>()?;
    let word = match words[..] {
        [] => return Ok(("", None)),
        [word] => word,
        [host, port] => return Ok((host, Some(port))),
        _ => return Err(usage("more than a HOST and a PORT")),
    };
    if !word.is_empty() && word.bytes().all(is_of_port) {
        return Ok(("", Some(word)));
    }
    if is_v6_literal(word) {
        return Ok((word, None));
    }
    let is_open = word.starts_with('[') && !word.ends_with(']') && !word.contains("]:");
    match word.rsplit_once(':') {
        Some((host, _)) if is_open || (host.contains(':') && !host.starts_with('[')) => {
            let word = escape(word.as_bytes());
            Err(usage(format!("'{word}': write [IPV6]:PORT, with the address in brackets")))
        }
        Some((host, port)) if !port.ends_with(']') => Ok((host, Some(port))),
        _ => Ok((word, None)),
    }
}

impl Port {
    /// Reads a number or a service name.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a number over 65535 or with more than digits, and for an empty word.
    pub fn parse(word: &str) -> anyhow::Result<Self> {
        if word.is_empty() {
            return Err(usage("the PORT is empty"));
        }
        // What is looked up as a service, the resolver reads as strtoul(3) does: '+65616' is 80.
        let digits = word.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r', '+', '-']);
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if digits.len() < word.len() && is_number(digits) {
            let word = escape(word.as_bytes());
            return Err(usage(format!("'{word}' is not a PORT: a number has digits only")));
        }
        if word.contains(',') {
            let word = escape(word.as_bytes());
            return Err(usage(format!("'{word}' is more than one port; --probe takes a list")));
        }
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte);
        if !word.bytes().all(is_of_name) {
            let word = escape(word.as_bytes());
            return Err(usage(format!("'{word}' is neither a port number nor a service name")));
        }
        if !is_number(word) {
            return Ok(Self::Service(word.to_owned()));
        }
        let number = word
            .trim_start_matches('0')
            .parse::<u16>()
            .or_else(|error| if word.bytes().all(|b| b == b'0') { Ok(0) } else { Err(error) });
        number.map(Self::Number).map_err(|_| usage(format!("port {word} is not within 0-65535")))
    }
}

fn text_of_word(word: &OsString) -> anyhow::Result<&str> {
    let text = word
        .to_str()
        .with_context(|| format!("'{}' is neither a host nor a port", escape(word.as_bytes())))
        .map_err(|error| crate::outcome::failure(Cause::Usage, error))?;
    if text.contains("://") {
        let url = escape(text.as_bytes());
        return Err(usage(format!("'{url}' is a URL: write its HOST and PORT only")));
    }
    Ok(text)
}

fn parse_host(word: &str) -> anyhow::Result<Option<String>> {
    let host = match word.strip_prefix('[') {
        Some(inner) => {
            inner.strip_suffix(']').filter(|inner| is_v6_literal(inner)).ok_or_else(|| {
                usage(format!("'{}': brackets hold an IPv6 address", escape(word.as_bytes())))
            })?
        }
        None => word,
    };
    if host.contains(':') && !is_v6_literal(host) {
        let word = escape(word.as_bytes());
        return Err(usage(format!(
            "'{word}' is not a HOST: write HOST PORT, HOST:PORT or [IPV6]:PORT"
        )));
    }
    if host.bytes().any(|byte| byte == 0 || byte.is_ascii_whitespace()) {
        return Err(usage(format!("'{}' is not a HOST", escape(host.as_bytes()))));
    }
    Ok(Some(host.to_owned()).filter(|host| !host.is_empty()))
}

/// True for an IPv6 address, with a zone or without.
pub(super) fn is_v6_literal(word: &str) -> bool {
    let address = word.split_once('%').map_or(word, |(address, _zone)| address);
    address.parse::<Ipv6Addr>().is_ok()
}

fn usage(message: impl Into<String>) -> anyhow::Error {
    refusal(Cause::Usage, message)
}

/// An address in glibc's text form (inet_ntop(3)): `::1.2.3.4` where Rust writes `::102:304`.
#[must_use]
pub fn ip_text(address: IpAddr) -> String {
    if let IpAddr::V6(v6) = address {
        let groups = v6.segments();
        if groups[..6] == [0; 6] && groups[6] != 0 {
            let [.., a, b, c, d] = v6.octets();
            return format!("::{a}.{b}.{c}.{d}");
        }
    }
    address.to_string()
}

/// An address and a port as skat prints them: an IPv4-mapped address as IPv4, a scope by the
/// name of its interface.
#[must_use]
pub fn show(address: &SocketAddr) -> String {
    let port = address.port();
    match address.ip().to_canonical() {
        IpAddr::V4(_) => format!("{}:{port}", host_text(address)),
        IpAddr::V6(_) => format!("[{}]:{port}", host_text(address)),
    }
}

/// The address of a socket or peer of any family, as text: a path's bytes are escaped, an abstract
/// name begins with `@` (unix(7)).
#[must_use]
pub fn name(address: &SockAddr) -> String {
    if let Some(address) = address.as_socket() {
        return show(&address);
    }
    match (address.as_pathname(), address.as_abstract_namespace()) {
        (Some(path), _) => escape(path.as_os_str().as_bytes()),
        (None, Some(name)) => format!("@{}", escape(name)),
        (None, None) => "unnamed".to_owned(),
    }
}

/// True for a socket without a name: nobody can answer it.
#[must_use]
pub fn is_unnamed(address: &SockAddr) -> bool {
    !address.is_ipv4() && !address.is_ipv6() && word(address).is_none()
}

/// The same as a user would write it: a path's own bytes. `None` for a socket without a name.
#[must_use]
pub fn word(address: &SockAddr) -> Option<OsString> {
    if let Some(address) = address.as_socket() {
        return Some(show(&address).into());
    }
    if let Some(path) = address.as_pathname() {
        return Some(path.as_os_str().to_owned());
    }
    let name = address.as_abstract_namespace()?;
    Some(OsString::from_vec([b"@", name].concat()))
}

/// The address without its port, as [`show`] prints it.
#[must_use]
pub fn host_text(address: &SocketAddr) -> String {
    match address.ip().to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(_) => literal(address),
    }
}

/// The address as it stands, an IPv4-mapped one too, with its scope by the name of its interface.
#[must_use]
pub fn literal(address: &SocketAddr) -> String {
    let text = ip_text(address.ip());
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => {
            let zone = nix::net::if_::if_indextoname(v6.scope_id())
                .ok()
                .and_then(|name| name.into_string().ok())
                .unwrap_or_else(|| v6.scope_id().to_string());
            format!("{text}%{zone}")
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::netdb::inet;
    use proptest::prelude::*;

    fn parse(words: &[&str]) -> anyhow::Result<(Option<String>, Port)> {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        Address::parse(&words).map(|address| (address.host, address.port))
    }

    #[test]
    fn one_word_is_what_it_looks_like() {
        let default = Port::Number(DEFAULT_PORT);
        let host = |name: &str| Some(name.to_owned());
        assert_eq!(parse(&[]).unwrap(), (None, default.clone()));
        assert_eq!(parse(&[""]).unwrap(), (None, default.clone()));
        assert_eq!(parse(&["80"]).unwrap(), (None, Port::Number(80)));
        assert_eq!(parse(&["::1"]).unwrap(), (host("::1"), default.clone()));
        assert_eq!(parse(&["[::1]"]).unwrap(), (host("::1"), default.clone()));
        assert_eq!(parse(&["fe80::1%lo"]).unwrap(), (host("fe80::1%lo"), default.clone()));
        assert_eq!(parse(&["[::1]:80"]).unwrap(), (host("::1"), Port::Number(80)));
        assert_eq!(parse(&[":80"]).unwrap(), (None, Port::Number(80)));
        assert_eq!(parse(&["h:http"]).unwrap(), (host("h"), Port::Service("http".into())));
        assert_eq!(parse(&["example.org"]).unwrap(), (host("example.org"), default));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for words in [
            &["65536"][..],
            &["host", "65536"],
            &["host", "99999999999999999999"],
            &["host", ""],
            &["host:"],
            &["host:80", "90"],
            &["a:b:c"],
            &["1:2:3:4:5:6:7:8:9"],
            &["[host]:80"],
            &["a b", "80"],
        ] {
            let error = parse(words).unwrap_err();
            assert_eq!(crate::outcome::cause_of(&error), Cause::Usage, "{words:?}");
        }
    }

    #[test]
    fn addresses_print_as_glibc_prints_them() {
        for (address, text) in [
            ("[::1.2.3.4]:1", "[::1.2.3.4]:1"),
            ("[::1]:1", "[::1]:1"),
            ("[::ffff:1.2.3.4]:1", "1.2.3.4:1"),
            ("[2001:db8::]:1", "[2001:db8::]:1"),
        ] {
            assert_eq!(show(&address.parse().unwrap()), text);
        }
    }

    proptest! {
        #[test]
        fn any_address_prints_as_inet_ntop_prints_it(
            // Zeros are what the forms differ by.
            groups in prop::array::uniform8(prop_oneof![Just(0_u16), Just(1), Just(0xffff), any::<u16>()]),
            v4: u32,
        ) {
            for address in [IpAddr::from(groups), IpAddr::V4(v4.into())] {
                prop_assert_eq!(ip_text(address), inet::ntop(address));
            }
        }

        #[test]
        fn no_words_make_the_parser_panic(words in prop::collection::vec("[0-9a-f:.%\\[\\]\\PC]{0,20}", 0..3)) {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            let _ = Address::parse(&words);
        }
    }
}
