//! What may be asked for as a name, and in which form.

use std::borrow::Cow;
use std::ffi::CString;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::failure::Failure;

/// The longest label and the longest name, in bytes (RFC 1035, section 2.3.4; without the dot at
/// the end).
const LONGEST: (usize, usize) = (63, 253);

/// A word for any of the data bases: text, with nothing in it that no name has.
///
/// # Errors
/// A refusal in words.
pub fn word(bytes: &[u8]) -> Result<&str, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|_| Failure::refused("not UTF-8"))?;
    if text.is_empty() {
        return Err(Failure::refused("the name is empty"));
    }
    match text.chars().find(|letter| letter.is_whitespace() || letter.is_control()) {
        Some('\0') => Err(Failure::refused("no name has a NUL in it")),
        Some(letter) if letter.is_whitespace() => {
            Err(Failure::refused("no name has a space in it"))
        }
        Some(_) => Err(Failure::refused("no name has a control character in it")),
        None => Ok(text),
    }
}

/// The form in which a host's name is looked up: an international one in ASCII (IDNA 2008, in
/// the way of UTS 46), any other as it is.
///
/// # Errors
/// A refusal in words where no host can have this name.
pub fn host(name: &str) -> Result<Cow<'_, str>, Failure> {
    let name = word(name.as_bytes())?;
    if name.contains([':', '[', ']']) {
        return Err(Failure::refused("no name has a colon or a bracket in it"));
    }
    let ascii = if name.is_ascii() { Cow::Borrowed(name) } else { Cow::Owned(to_ascii(name)?) };
    let bare = ascii.strip_suffix('.').unwrap_or(&ascii);
    if let Some(label) = bare.split('.').find(|label| label.len() > LONGEST.0) {
        let reason = format!("a label of {} bytes; {} is the most", label.len(), LONGEST.0);
        return Err(Failure::refused(reason));
    }
    if bare.len() > LONGEST.1 {
        let reason = format!("a name of {} bytes; {} is the most", bare.len(), LONGEST.1);
        return Err(Failure::refused(reason));
    }
    if bare.split('.').any(str::is_empty) {
        return Err(Failure::refused("one of its labels is empty"));
    }
    Ok(ascii)
}

fn to_ascii(name: &str) -> Result<String, Failure> {
    // Lengths are checked by the caller, who can say what is too long.
    Uts46::new()
        .to_ascii(name.as_bytes(), AsciiDenyList::URL, Hyphens::CheckFirstLast, DnsLength::Ignore)
        .map(Cow::into_owned)
        .map_err(|_| Failure::refused("malformed as an international name (IDNA 2008)"))
}

/// A word as the system's functions take it.
///
/// # Errors
/// A refusal if there is a NUL in it.
pub fn c_string(text: &str) -> Result<CString, Failure> {
    CString::new(text).map_err(|_| Failure::refused("no name has a NUL in it"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::resolver::failure::Kind;
    use proptest::prelude::*;

    #[test]
    fn an_international_name_has_an_ascii_form() {
        for (name, ascii) in [
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("straße.example", "xn--strae-oqa.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
            ("_sip.bücher.example.", "_sip.xn--bcher-kva.example."),
            ("plain_Name.example.", "plain_Name.example."),
        ] {
            assert_eq!(host(name).unwrap(), ascii, "{name}");
        }
    }

    #[test]
    fn what_no_host_can_be_called_is_refused() {
        let label = "a".repeat(64);
        let long = ["abcdefg"; 32].join(".");
        let names = ["", ".", "a..b", ".a", "a b", "a\0b", "a\tb", "a:80", "[::1]", &label, &long];
        // A combining mark at the start, a joiner without its context, a hyphen at the end.
        for name in names.into_iter().chain(["\u{301}bc", "a\u{200d}b", "bü-", "bü ch"]) {
            assert_eq!(host(name).unwrap_err().kind, Kind::Refused, "{name:?}");
        }
        assert!(host(&"a".repeat(63)).is_ok());
    }

    proptest! {
        #[test]
        fn any_name_is_ascii_or_refused(name: String, bytes: Vec<u8>) {
            if let Ok(ascii) = host(&name) {
                prop_assert!(ascii.is_ascii() && !ascii.is_empty() && ascii.len() <= 254);
            }
            let _ = word(&bytes);
        }
    }
}
