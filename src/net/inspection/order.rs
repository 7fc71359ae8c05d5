//! Byte orders (htons(3), htonl(3), ntohs(3), ntohl(3)).

use serde_json::{Map, Value};

use super::{Facts, row};
use crate::outcome::{Cause, refusal};
use crate::report::escape;

/// A decimal or 0x number in the other byte order.
///
/// # Errors
/// [`Cause::Usage`] for what is no number of 32 bits.
pub fn order(text: &str) -> anyhow::Result<Facts> {
    let number = parse(text)?;
    let long = [("htonl", number.to_be()), ("ntohl", u32::from_be(number))];
    let short = u16::try_from(number).ok();
    let short = [("htons", short.map(u16::to_be)), ("ntohs", short.map(u16::from_be))];

    let mut rows = vec![row(["number", &number.to_string(), &format!("{number:#x}")])];
    let mut members = Map::new();
    members.insert("number".to_owned(), number.into());
    members.insert("hex".to_owned(), format!("{number:#x}").into());
    for (name, value) in short {
        let shown = value.map(|value| (value.to_string(), format!("{value:#06x}")));
        let (decimal, hex) = shown.unwrap_or_else(|| ("-".into(), "more than 16 bits".into()));
        rows.push(row([name, &decimal, &hex]));
        members.insert(name.to_owned(), value.map_or(Value::Null, Value::from));
        members.insert(format!("{name}_hex"), value.map_or(Value::Null, |_| hex.into()));
    }
    for (name, value) in long {
        let hex = format!("{value:#010x}");
        rows.push(row([name, &value.to_string(), &hex]));
        members.insert(name.to_owned(), value.into());
        members.insert(format!("{name}_hex"), hex.into());
    }
    rows.push(row(["byte_order", byte_order()]));
    members.insert("byte_order".to_owned(), byte_order().into());
    Ok(Facts { rows, value: members.into() })
}

/// `little` or `big`: this machine's.
#[must_use]
pub fn byte_order() -> &'static str {
    if cfg!(target_endian = "little") { "little" } else { "big" }
}

fn parse(text: &str) -> anyhow::Result<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = if plain { u32::from_str_radix(digits, radix).ok() } else { None };
    number.ok_or_else(|| {
        let shown = escape(text.as_bytes());
        refusal(Cause::Usage, format!("'{shown}' is not a number of 32 bits, decimal or 0x"))
    })
}
