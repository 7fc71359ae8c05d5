//! Text of others, which must not write lines or drive a terminal.

use std::fmt::Write as _;

/// Text that a peer or an argument chose, made safe for a terminal and a log: control characters,
/// those that change lines or directions, and bytes that are not UTF-8 are written as escapes.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() || changes_layout(letter) || letter == '\\' {
                text.extend(letter.escape_default());
            } else {
                text.push(letter);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// True for separators of lines and paragraphs, and for what changes the direction of text.
fn changes_layout(letter: char) -> bool {
    matches!(
        letter,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_chose_cannot_drive_a_terminal() {
        assert_eq!(escape(b"a\x1b[2J\xff\n"), "a\\u{1b}[2J\\xff\\n");
        assert_eq!(escape("é\u{202e}".as_bytes()), "é\\u{202e}");
        assert_eq!(escape("\u{61c}\u{2028}\u{2029}".as_bytes()), r"\u{61c}\u{2028}\u{2029}");
    }
}
