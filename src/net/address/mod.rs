//! HOST and PORT as a user writes them, and addresses as skat prints them.

mod text;

use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::os::unix::ffi::OsStrExt as _;

use anyhow::Context as _;

pub(in crate::net) use text::explain;
pub use text::{argument_text, display_text, host_text, is_unnamed, literal, socket_text};

use crate::outcome::{Cause, refusal};
use crate::report::escape;

/// The port where none is given.
pub const DEFAULT_PORT: u16 = 21567;
/// What is wrong with port 0 for whoever connects.
pub const NO_PORT_0: &str = "port 0 cannot be connected to: ports are 1-65535";

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
    /// The one that `-4` or `-6` asks for; both where neither was given.
    #[must_use]
    pub fn of_flags(v4: bool, v6: bool) -> Self {
        match (v4, v6) {
            (true, _) => Family::V4,
            (_, true) => Family::V6,
            _ => Family::Any,
        }
    }

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

    /// Reads whom to connect to: `HOST:PORT` or `:PORT`; neither is guessed.
    ///
    /// # Errors
    /// [`Cause::Usage`] for what is neither, and for port 0.
    pub fn of_target(word: &OsString) -> anyhow::Result<Self> {
        let (shown, words) = (escape(word.as_bytes()), std::slice::from_ref(word));
        if split(words, |_| false)?.1.is_none() {
            let is_port = shown.bytes().all(|byte| byte.is_ascii_digit()) && !shown.is_empty();
            return Err(usage(if is_port {
                format!("'{shown}' has no host: write HOST:PORT, such as localhost:{shown}")
            } else {
                format!("'{shown}' has no port: write HOST:PORT or [IPV6]:PORT")
            }));
        }
        let address = Self::parse(words)?;
        if address.port == Port::Number(0) {
            return Err(usage(NO_PORT_0));
        }
        Ok(address)
    }

    /// Reads whom to come from: `[ADDR][:PORT]`; the system chooses a port that is left out.
    ///
    /// # Errors
    /// [`Cause::Usage`] for what is neither.
    pub fn of_source(word: &OsString) -> anyhow::Result<Self> {
        let (host, port) = split(std::slice::from_ref(word), |byte| byte.is_ascii_digit())?;
        let port = port.map_or(Ok(Port::Number(0)), Port::parse)?;
        Ok(Self { host: parse_host(host)?, port })
    }
}

/// HOST, which may be empty, and PORT, if there is one. A single word whose bytes `is_of_port` all
/// allows is a PORT.
pub(in crate::net) fn split(
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
            Err(too_many_colons(word))
        }
        Some((host, port)) if !port.ends_with(']') => Ok((host, Some(port))),
        _ => Ok((word, None)),
    }
}

/// Why a word with several colons is not HOST:PORT.
fn too_many_colons(word: &str) -> anyhow::Error {
    let shown = escape(word.as_bytes());
    let is_of_v6 = |byte: u8| byte.is_ascii_hexdigit() || b":.".contains(&byte);
    if word.starts_with('[') || word.contains('%') || word.bytes().all(is_of_v6) {
        return usage(format!("'{shown}': write [IPV6]:PORT, with the address in brackets"));
    }
    let (kind, rest) = shown.split_once(':').unwrap_or_default();
    usage(match kind {
        "tcp" | "TCP" | "udp" | "UDP" => {
            format!("'{shown}': write HOST:PORT without '{kind}:': {rest}")
        }
        "tls" => format!("'{shown}': write --tls, which TCP has, and HOST:PORT: --tls {rest}"),
        _ => format!("'{shown}' is not HOST:PORT: it has a colon too many"),
    })
}

/// True for digits alone: Rust's parsers take a sign, and the resolver's strtoul(3) spaces too.
#[must_use]
pub fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
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
        // The resolver reads what is not digits alone as strtoul(3) does: '+65616' is 80.
        let digits = word.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r', '+', '-']);
        if digits.len() < word.len() && (digits.is_empty() || is_number(digits)) {
            let word = escape(word.as_bytes());
            return Err(usage(format!(
                "'{word}' is not a PORT: a port number consists of digits only"
            )));
        }
        if word.contains(',') {
            let word = escape(word.as_bytes());
            return Err(usage(format!("'{word}' is more than one port")));
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

impl fmt::Display for Address {
    /// As a user may write it: an IPv6 address in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.as_deref().unwrap_or_default();
        let shown = escape(host.as_bytes());
        if is_v6_literal(host) {
            write!(f, "[{shown}]:{}", self.port)
        } else {
            write!(f, "{shown}:{}", self.port)
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Port::Number(number) => write!(f, "{number}"),
            Port::Service(name) => f.write_str(&escape(name.as_bytes())),
        }
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

/// HOST without its brackets; `None` if it is empty.
pub(in crate::net) fn parse_host(word: &str) -> anyhow::Result<Option<String>> {
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
    if host == "*" {
        return Err(usage("'*' is not a HOST: a server without one listens on all addresses"));
    }
    if host.bytes().any(|byte| byte == 0 || byte.is_ascii_whitespace()) {
        return Err(usage(format!("'{}' is not a HOST", escape(host.as_bytes()))));
    }
    Ok(Some(host.to_owned()).filter(|host| !host.is_empty()))
}

/// True for an address as inet_pton(3) takes it, with a zone or without.
pub(in crate::net) fn is_literal(word: &str) -> bool {
    word.parse::<IpAddr>().is_ok() || is_v6_literal(word)
}

/// True for an IPv6 address, with a zone or without.
pub(in crate::net) fn is_v6_literal(word: &str) -> bool {
    let (address, zone) = word.split_once('%').map_or((word, None), |(it, zone)| (it, Some(zone)));
    // The system would leave out what follows a colon, as the label of an alias.
    let is_zone = |zone: &str| !zone.is_empty() && !zone.contains(':');
    address.parse::<Ipv6Addr>().is_ok() && zone.is_none_or(is_zone)
}

/// A refusal of what a user wrote.
pub(in crate::net) fn usage(message: impl Into<String>) -> anyhow::Error {
    refusal(Cause::Usage, message)
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn addresses_print_as_they_are_read() {
        for text in ["[::1]:80", "[fe80::1%lo]:0", "host:http", ":80", "127.0.0.1:1"] {
            let address = Address::parse(&[text.into()]).unwrap();
            assert_eq!(address.to_string(), text);
        }
        let address =
            Address { host: Some("a\x1b".to_owned()), port: Port::Service("\x07".into()) };
        assert_eq!(address.to_string(), r"a\u{1b}:\u{7}");
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
            &["fe80::1%lo:80"],
            &["fe80::1%lo:80", "90"],
            &["[fe80::1%lo:5]:80"],
            &["fe80::1%"],
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
    fn a_source_without_a_port_has_any() {
        for (word, host, port) in [
            ("", None, 0),
            ("::1", Some("::1"), 0),
            ("[::1]", Some("::1"), 0),
            ("host", Some("host"), 0),
            ("80", None, 80),
            (":80", None, 80),
            ("[::1]:80", Some("::1"), 80),
        ] {
            let wanted = Address { host: host.map(str::to_owned), port: Port::Number(port) };
            assert_eq!(Address::of_source(&word.into()).unwrap(), wanted, "{word}");
        }
    }

    proptest! {
        #[test]
        fn no_words_make_the_parser_panic(words in prop::collection::vec("[0-9a-f:.%\\[\\]\\PC]{0,20}", 0..3)) {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            let _ = Address::parse(&words);
        }
    }
}
