//! The values of options, as they are written.

use anyhow::Context as _;

use super::Kind;

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

pub(super) fn parse_value(kind: Kind, text: Option<&str>) -> anyhow::Result<Value> {
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
