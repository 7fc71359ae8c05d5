//! Readers of option values.

use std::ffi::OsStr;
use std::fmt::Display;
use std::os::fd::RawFd;
use std::str::FromStr;
use std::time::Duration;

use clap::Arg;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::ErrorKind;

use crate::engine::frame::Frame;
use crate::net::address::is_number;
use crate::net::options::{self, Transport};

/// A reader of values that begin with one of a few words, which completions offer.
#[derive(Clone)]
pub struct Words<T> {
    /// Each with what it means.
    words: Vec<(&'static str, &'static str)>,
    read: fn(&str) -> Result<T, String>,
}

/// A reader of frames.
#[must_use]
pub fn frame() -> Words<Frame> {
    Words { words: Frame::WORDS.to_vec(), read: Frame::parse }
}

/// The argument that takes a transport's socket options, which are understood once all are there.
#[must_use]
pub fn socket_options(argument: Arg, transport: Transport) -> Arg {
    let options = options::TABLE.iter().filter(|option| option.transports.contains(&transport));
    let words = options.map(|option| (option.name, option.about)).collect();
    let examples = match transport {
        Transport::Tcp => "nodelay=0, rcvbuf=1M or keepalive=60,10,3",
        Transport::Udp => "rcvbuf=1M or ttl=5",
        Transport::Unix => "sndbuf=1M",
    };
    argument.value_parser(Words { words, read: |text| Ok::<String, _>(text.to_owned()) }).help(
        format!("Set a socket option by name, as in {examples}; 'skat info options' lists them"),
    )
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Words<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, argument, value)?;
        (self.read)(&text).map_err(|reason| {
            let name = argument.map(ToString::to_string).unwrap_or_default();
            let message = format!("invalid value '{text}' for '{name}': {reason}");
            command.clone().error(ErrorKind::ValueValidation, message)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.words.iter().map(|(word, about)| PossibleValue::new(word).help(about))))
    }
}

/// Reads a duration: `500ms`, `2s`, `1.5m`, `1h`; a bare number is seconds.
///
/// # Errors
/// For what is not one, in words.
pub fn duration(text: &str) -> Result<Duration, String> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("", 1.0)];
    let unit = units.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let wanted = "not a duration such as 500ms, 2s, 1.5m or 1h";
    let (number, seconds) = unit.ok_or(wanted)?;
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: f64 =
        if plain { number.parse().map_err(|_| wanted)? } else { return Err(wanted.into()) };
    // Longer than anybody waits, and short enough to be added to any moment.
    let limit = Duration::from_secs(100 * 365 * 24 * 3600);
    match Duration::try_from_secs_f64(number * seconds) {
        Ok(duration) if duration <= limit => Ok(duration),
        _ => Err("too long a time".to_owned()),
    }
}

/// Reads a size in bytes: `512`, `64K`, `1M`, `2G`.
///
/// # Errors
/// For what is not one, in words.
pub fn size(text: &str) -> Result<u64, String> {
    options::parse_size(text).map_err(|error| error.to_string())
}

/// Reads the size of a buffer, which is held in memory: 1 byte to 1 GiB.
///
/// # Errors
/// For what is not one, in words.
pub fn buffer_size(text: &str) -> Result<usize, String> {
    match size(text).map(usize::try_from) {
        Ok(Ok(bytes @ 1..=0x4000_0000)) => Ok(bytes),
        _ => Err("not a size from 1 byte to 1G, such as 64K".to_owned()),
    }
}

/// Reads a rate in bytes a second, at least 1.
///
/// # Errors
/// For what is not one, in words.
pub fn rate(text: &str) -> Result<u64, String> {
    match size(text)? {
        0 => Err("nothing would ever be sent".to_owned()),
        bytes => Ok(bytes),
    }
}

/// Reads a number that is at least 1.
///
/// # Errors
/// For what is not one, in words.
pub fn at_least_one<Number: FromStr + From<u8> + PartialOrd>(text: &str) -> Result<Number, String> {
    if !is_number(text) {
        return Err("not a number of 1 or more".to_owned());
    }
    match text.parse() {
        Ok(number) if number >= 1.into() => Ok(number),
        Ok(_) => Err("at least 1".to_owned()),
        Err(_) => Err("too large a number".to_owned()),
    }
}

/// Reads a number from 0 to `most`.
///
/// # Errors
/// For what is not one, in words.
pub fn up_to<Number: FromStr + PartialOrd + Display + Copy>(
    text: &str,
    most: Number,
) -> Result<Number, String> {
    match text.parse() {
        Ok(number) if is_number(text) && number <= most => Ok(number),
        _ => Err(format!("not a number from 0 to {most}")),
    }
}

/// Reads the number of a descriptor.
///
/// # Errors
/// For what is not one, in words.
pub fn descriptor(text: &str) -> Result<RawFd, String> {
    up_to(text, RawFd::MAX).map_err(|_| "not the number of a descriptor, such as 3".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_have_units() {
        for (text, milliseconds) in
            [("500ms", 500), ("2s", 2000), ("1.5m", 90_000), ("1h", 3_600_000), ("3", 3000)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "s", "-1", "1d", "1e3", "nan", "inf", "1 s", ".", "99999999999999h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_in_powers_of_1024() {
        assert_eq!(size("64K"), Ok(65536));
        assert_eq!(size("2G"), Ok(2 << 30));
        for text in ["", "K", "1.5K", "-1", "1KB", "99999999999999999999"] {
            assert!(size(text).is_err(), "{text}");
        }
        assert!(buffer_size("0").is_err());
    }

    #[test]
    fn numbers_have_digits_only() {
        assert_eq!(at_least_one::<usize>("5"), Ok(5));
        for text in ["+5", "-5", "", "0x5", "0", "99999999999999999999"] {
            assert!(at_least_one::<usize>(text).is_err(), "{text}");
        }
        assert!(up_to("+5", 9).is_err());
    }

    proptest! {
        #[test]
        fn readers_never_panic(text: String) {
            let _ = (duration(&text), size(&text), at_least_one::<usize>(&text), descriptor(&text));
            let _ = (Frame::parse(&text), Frame::parse(&format!("block:{text}")));
        }

        /// An option of the table takes a value or says which.
        #[test]
        fn socket_options_are_read_or_refused(row in 0..options::TABLE.len(), value in "-?[0-9a-fx,KMG]{0,12}|\\PC{0,8}") {
            let option = &options::TABLE[row];
            let words = [format!("{}={value}", option.name)];
            if let Err(error) = options::Settings::parse(&words, option.transports[0]) {
                assert!(error.to_string().contains("takes"), "{error}");
            }
        }
    }
}
