//! What inet_pton(3), inet_aton(3), inet_ntop(3) and inet_ntoa(3) make of a text.

use std::ffi::CString;
use std::net::IpAddr;

use serde_json::{Number, Value, json};

use super::{Facts, row};
use crate::outcome::{Cause, refusal};
use crate::report::escape;
use crate::sys::netdb::inet;

/// What each function says of `text`.
///
/// # Errors
/// [`Cause::Usage`] for a text that none accepts.
pub fn address(text: &[u8]) -> anyhow::Result<Facts> {
    let shown = escape(text);
    let no_address =
        || refusal(Cause::Usage, format!("'{shown}' is not an address to any function"));
    let c_text = CString::new(text).map_err(|_| no_address())?;
    let pton_v4 = inet::pton_v4(&c_text).map(IpAddr::from);
    let pton = pton_v4.or_else(|| inet::pton_v6(&c_text).map(IpAddr::from));
    let aton = inet::aton(&c_text).map(IpAddr::from);
    let address = pton.or(aton).ok_or_else(no_address)?;
    let canonical = inet::ntop(address);
    let (family, packed, integer) = match address {
        IpAddr::V4(v4) => ("AF_INET", hex(&v4.octets()), u128::from(v4.to_bits())),
        IpAddr::V6(v6) => ("AF_INET6", hex(&v6.octets()), v6.to_bits()),
    };
    let says = |accepts: bool| if accepts { "accepts it" } else { "refuses it" };
    let mut rows = vec![
        row(["text", &shown]),
        row(["family", family]),
        row(["canonical", &canonical]),
        row(["packed", &packed]),
        row(["integer", &integer.to_string()]),
        row(["inet_pton", says(pton.is_some())]),
        row(["inet_aton", says(aton.is_some())]),
        row(["inet_ntop", &canonical]),
    ];
    if address.is_ipv4() {
        rows.push(row(["inet_ntoa", &canonical]));
    }
    let value = json!({
        "text": String::from_utf8_lossy(text),
        "family": family,
        "canonical": canonical,
        "packed": packed,
        "integer": Number::from_u128(integer).map(Value::Number),
        "inet_pton": pton.is_some(),
        "inet_aton": aton.is_some(),
    });
    Ok(Facts { rows, value })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
