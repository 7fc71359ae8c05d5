//! The values of options, as they are written.

use std::ops::RangeInclusive;

use anyhow::Context as _;

use super::Kind;

/// Longer than anybody lets close(2) wait, and short enough for every kernel's clock.
const LONGEST_LINGER: i64 = 65_535;
/// The largest TCP_KEEPIDLE and TCP_KEEPINTVL, in seconds, and the largest TCP_KEEPCNT (tcp(7)).
const LONGEST_KEEPALIVE: i64 = 32_767;
const MOST_PROBES: i64 = 127;

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(i32),
    Text(String),
    /// Seconds; `None`: close does not wait.
    Linger(Option<i32>),
    /// On or off; seconds idle, seconds between probes, probes, as far as given.
    Keepalive(bool, Vec<i32>),
}

/// The value in `text`; `None` where it is not what `kind` takes.
pub(super) fn parse_value(kind: Kind, text: Option<&str>) -> Option<Value> {
    let flag = |text: &str| match text {
        "1" | "on" | "yes" => Some(1),
        "0" | "off" | "no" => Some(0),
        _ => None,
    };
    Some(match (kind, text) {
        (Kind::Flag | Kind::Count(..), None) => Value::Number(1),
        (Kind::Flag, Some(text)) => Value::Number(flag(text)?),
        (Kind::Number(least, most) | Kind::Count(least, most), Some(text)) => {
            Value::Number(parse_number(text, least..=most)?)
        }
        (Kind::Size, Some(text)) => Value::Number(i32::try_from(parse_size(text).ok()?).ok()?),
        (Kind::Text, Some(text)) if !text.is_empty() && !text.contains('\0') => {
            Value::Text(text.to_owned())
        }
        (Kind::Linger, Some("off")) => Value::Linger(None),
        (Kind::Linger, Some(text)) => Value::Linger(Some(parse_number(text, 0..=LONGEST_LINGER)?)),
        (Kind::Keepalive, None) => Value::Keepalive(true, Vec::new()),
        (Kind::Keepalive, Some(text)) => match flag(text) {
            Some(on) => Value::Keepalive(on == 1, Vec::new()),
            None => Value::Keepalive(true, parse_times(text)?),
        },
        (_, _) => return None,
    })
}

/// A number within a range, as the int that the system takes for it.
fn parse_number(text: &str, range: RangeInclusive<i64>) -> Option<i32> {
    let number = match text.strip_prefix("0x") {
        // Rust's parsers take a sign.
        _ if text.contains('+') => return None,
        Some(digits) => u32::from_str_radix(digits, 16).ok()?.into(),
        None => text.parse().ok()?,
    };
    let signed = || i32::try_from(number).ok();
    let unsigned = || u32::try_from(number).ok().map(u32::cast_signed);
    range.contains(&number).then(|| signed().or_else(unsigned))?
}

fn parse_times(text: &str) -> Option<Vec<i32>> {
    // TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT.
    let largest = [LONGEST_KEEPALIVE, LONGEST_KEEPALIVE, MOST_PROBES];
    let times: Vec<&str> = text.split(',').collect();
    let numbers = times.iter().zip(largest).map(|(time, most)| parse_number(time, 1..=most));
    numbers.collect::<Option<_>>().filter(|_| times.len() <= largest.len())
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
    let number = digits.parse::<u64>().ok();
    number.and_then(|number| number.checked_mul(unit)).context("too large a size")
}

/// The form of a value, for people.
#[must_use]
pub fn form_of(kind: Kind) -> String {
    match kind {
        Kind::Flag => "1 or 0".to_owned(),
        Kind::Number(least, most) | Kind::Count(least, most) => {
            format!("a number from {least} to {most}")
        }
        Kind::Size => format!("a size such as 64K, at most {} bytes", i32::MAX),
        Kind::Text => "a name".to_owned(),
        Kind::Linger => format!("seconds from 0 to {LONGEST_LINGER}, or 'off'"),
        Kind::Keepalive => {
            let most = [LONGEST_KEEPALIVE, LONGEST_KEEPALIVE, MOST_PROBES];
            let most = most.map(|number| number.to_string()).join(",");
            format!("1, 0, or IDLE[,INTERVAL[,COUNT]] from 1 to {most}")
        }
    }
}
