//! Lists of ports as a user writes them for a probe: `22`, `1-1024`, `22,80,8000-8100`,
//! `http,https`.

use std::ffi::OsString;
use std::ops::RangeInclusive;

use super::address::{Address, DEFAULT_PORT, Family, NO_PORT_0, Port, parse_host, split, usage};
use super::resolver::{self, Question};
use crate::outcome::{Cause, refusal};
use crate::report::escape;

/// A list of ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ports(Vec<Item>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Numbers(RangeInclusive<u16>),
    Service(String),
}

impl Ports {
    /// Reads numbers, ranges and names of services with commas between.
    ///
    /// # Errors
    /// [`Cause::Usage`] for an empty list or item, a reversed range, 0, and numbers over 65535.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        text.split(',').map(Item::parse).collect::<anyhow::Result<_>>().map(Self)
    }

    /// Reads `[HOST] [PORTS]` as [`Address::parse`] reads an address: the host's, with port 0, and the
    /// list.
    ///
    /// # Errors
    /// [`Cause::Usage`] for what is neither.
    pub fn parse_words(words: &[OsString]) -> anyhow::Result<(Address, Self)> {
        let (host, ports) = split(words, |byte| byte.is_ascii_digit() || b",-".contains(&byte))?;
        let ports = Self::parse(ports.unwrap_or(&DEFAULT_PORT.to_string()))?;
        Ok((Address { host: parse_host(host)?, port: Port::Number(0) }, ports))
    }

    /// The numbers in the order of the list, each once. Names are those of services over
    /// `socket_type`.
    ///
    /// # Errors
    /// [`Cause::NotFound`] for a name that no service has, [`Cause::Usage`] for any name if
    /// `numeric`.
    pub fn numbers(&self, socket_type: i32, numeric: bool) -> anyhow::Result<Vec<u16>> {
        let mut listed = vec![false; usize::from(u16::MAX) + 1];
        let mut numbers = Vec::new();
        for item in &self.0 {
            let range = match item {
                Item::Numbers(range) => range.clone(),
                Item::Service(name) => {
                    let number = number_of(name, socket_type, numeric)?;
                    number..=number
                }
            };
            let new =
                range.filter(|port| !std::mem::replace(&mut listed[usize::from(*port)], true));
            numbers.extend(new);
        }
        Ok(numbers)
    }
}

impl Item {
    fn parse(text: &str) -> anyhow::Result<Self> {
        if text.is_empty() {
            return Err(usage("a list of ports has an empty place"));
        }
        // Names of services may have a hyphen too.
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            Port::parse(text)?;
            return Ok(Self::Service(text.to_owned()));
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (number(first, text)?, number(last, text)?);
        if last < first {
            return Err(usage(format!("ports {text}: write {last}-{first}")));
        }
        Ok(Self::Numbers(first..=last))
    }
}

fn number(digits: &str, item: &str) -> anyhow::Result<u16> {
    if digits.is_empty() || digits.contains('-') {
        return Err(usage(format!("'{item}' is not a range of ports such as 8000-8100")));
    }
    match Port::parse(digits)? {
        Port::Number(0) => Err(usage(NO_PORT_0)),
        Port::Number(number) => Ok(number),
        Port::Service(name) => Err(usage(format!("'{}' is not a number", escape(name.as_bytes())))),
    }
}

fn number_of(service: &str, socket_type: i32, numeric: bool) -> anyhow::Result<u16> {
    // The look-up of clients and servers, on a host that needs none.
    let address = Address { host: None, port: Port::Service(service.to_owned()) };
    let question = Question { family: Family::Any, socket_type, numeric, deadline: None };
    let found = resolver::addresses(&address, "0.0.0.0", question).map_err(|error| {
        let name = escape(service.as_bytes());
        match crate::outcome::cause_of(&error) {
            Cause::NotFound => refusal(Cause::NotFound, format!("look up {name}: no such service")),
            _ => error,
        }
    })?;
    Ok(found.first().map_or(0, std::net::SocketAddr::port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(text: &str) -> anyhow::Result<Vec<u16>> {
        Ports::parse(text)?.numbers(libc::SOCK_STREAM, true)
    }

    #[test]
    fn lists_keep_their_order_and_each_port_once() {
        assert_eq!(numbers("22").unwrap(), [22]);
        assert_eq!(numbers("80,22,81-83,22,82-84").unwrap(), [80, 22, 81, 82, 83, 84]);
        assert_eq!(numbers("1-65535").unwrap().len(), 65_535);
        assert_eq!(numbers("65535-65535,0022").unwrap(), [65_535, 22]);
        let names = Ports(vec![Item::Service("http".into()), Item::Service("x11-1".into())]);
        assert_eq!(Ports::parse("http,x11-1").unwrap(), names);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            ",",
            "22,",
            ",22",
            "1,,2",
            "0",
            "0-5",
            "65536",
            "1-65536",
            "9-8",
            "-",
            "5-",
            "-5",
            "1-2-3",
            "+5",
            "22,+65616",
            " 80",
        ] {
            let error = numbers(text).unwrap_err();
            assert_eq!(crate::outcome::cause_of(&error), Cause::Usage, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_list_makes_the_parser_panic(text in "[0-9,a-z\\-\\PC]{0,20}") {
            let _ = numbers(&text);
        }
    }
}
