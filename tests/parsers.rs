//! The library's parsers, given anything: they read it or refuse it, and what is printed is read back.
// A test fails by a panic, also in what it calls.
#![allow(clippy::unwrap_used)]

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStringExt as _;

use proptest::prelude::*;
use skat::net::address::{Address, DEFAULT_PORT, Port, socket_text};
use skat::net::inspection::{address, order};

fn parse(words: &[String]) -> anyhow::Result<Address> {
    Address::parse(&words.iter().map(OsString::from).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn anything_is_an_address_or_a_usage_error(words in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
        let words: Vec<OsString> = words.into_iter().map(OsString::from_vec).collect();
        if let Err(error) = Address::parse(&words) {
            prop_assert_eq!(skat::outcome::cause_of(&error), skat::outcome::Cause::Usage);
        }
    }

    #[test]
    fn info_parsers_never_panic(bytes: Vec<u8>, word in "\\PC{0,12}") {
        let _ = address::address(&bytes);
        let _ = order::order(&word);
    }

    #[test]
    fn near_addresses_do_not_panic(word in r"[\[\]:.%a0-9f]{0,12}") {
        let _ = parse(&[word]);
    }

    #[test]
    fn what_is_shown_can_be_read(ip: IpAddr, port: u16) {
        let address = SocketAddr::new(ip, port);
        let parsed = parse(&[socket_text(&address)]).unwrap();
        let host: IpAddr = parsed.host.unwrap().parse().unwrap();
        // An IPv4-mapped address is shown, and read, as IPv4.
        prop_assert_eq!(host, ip.to_canonical());
        prop_assert_eq!(parsed.port, Port::Number(port));
    }

    #[test]
    fn one_word_and_two_words_mean_the_same(ip: IpAddr, port: u16) {
        let together = parse(&[SocketAddr::new(ip, port).to_string()]).unwrap();
        let apart = parse(&[ip.to_string(), port.to_string()]).unwrap();
        prop_assert_eq!(together, apart);
    }

    #[test]
    fn a_host_alone_has_the_default_port(ip: IpAddr) {
        let parsed = parse(&[ip.to_string()]).unwrap();
        prop_assert_eq!(parsed.port, Port::Number(DEFAULT_PORT));
        prop_assert_eq!(parsed.host, Some(ip.to_string()));
    }

    #[test]
    fn a_number_is_a_port_and_never_wraps(number: u64, zeros in 0..5_usize) {
        let word = format!("{}{number}", "0".repeat(zeros));
        match (u16::try_from(number), parse(&[word])) {
            (Ok(port), parsed) => prop_assert_eq!(parsed.unwrap().port, Port::Number(port)),
            (Err(_), parsed) => prop_assert!(parsed.is_err()),
        }
    }

    #[test]
    fn every_small_number_too(number in 0..70_000_u32) {
        let parsed = parse(&["host".to_owned(), number.to_string()]);
        prop_assert_eq!(parsed.is_ok(), number <= 65_535);
    }
}
