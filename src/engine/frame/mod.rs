//! Frames: how the bytes of stdin become datagrams, and datagrams the bytes of stdout.

mod splitter;

use crate::net::options::parse_size;
pub use splitter::Splitter;

/// What a block holds where the user names no size: it fits an Ethernet frame.
pub const DEFAULT_BLOCK: usize = 1400;
/// The largest payload of a UDP datagram: over IPv6, where the length field is the only limit.
pub const LARGEST_PAYLOAD: usize = 65_527;
/// The same over IPv4, whose own header counts. What is larger is refused by the system: a frame
/// is cut before it is known where it goes.
pub const LARGEST_OVER_IPV4: usize = LARGEST_PAYLOAD - 20;

/// How many bytes the length before a record takes in [`Frame::Len32`].
pub const LENGTH: usize = 4;

/// The first record of [`Frame::Len32`] and what comes after it, if it is all there.
#[must_use]
pub fn split_record(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

/// The rule that maps bytes to datagrams and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A datagram a line, newline included; printed with a newline.
    Line,
    /// So many bytes a datagram; printed as they are.
    Block(usize),
    /// All of stdin is one; printed as they are.
    Whole,
    /// A big-endian 32-bit length before each, both ways.
    Len32,
    /// A line of hexadecimal digits each, both ways; between bytes there may be blanks.
    Hex,
}

impl Frame {
    /// What the word for a frame is or begins with, and what it means.
    pub const WORDS: [(&str, &str); 5] = [
        ("line", "one datagram per line"),
        ("block", "SIZE bytes per datagram"),
        ("whole", "all of stdin is one datagram"),
        ("len32", "each datagram preceded by its length, in 4 bytes"),
        ("hex", "one line of hexadecimal digits per datagram"),
    ];

    /// Reads `line`, `block[:SIZE]`, `whole`, `len32` or `hex`.
    ///
    /// # Errors
    /// For what is none of them, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(match text.split_once(':') {
            None => match text {
                "line" => Frame::Line,
                "block" => Frame::Block(DEFAULT_BLOCK),
                "whole" => Frame::Whole,
                "len32" => Frame::Len32,
                "hex" => Frame::Hex,
                _ => return Err("not one of line, block[:SIZE], whole, len32, hex".to_owned()),
            },
            Some(("block", size)) => match parse_size(size).map(usize::try_from) {
                Ok(Ok(size @ 1..=LARGEST_PAYLOAD)) => Frame::Block(size),
                _ => return Err(format!("a block has a size from 1 to {LARGEST_PAYLOAD} bytes")),
            },
            Some(_) => return Err("only block takes a size".to_owned()),
        })
    }

    /// True if a datagram's bytes are all that is printed of it.
    #[must_use]
    pub fn prints_as_it_is(self, datagram: &[u8]) -> bool {
        match self {
            Frame::Block(_) | Frame::Whole => true,
            Frame::Line => datagram.ends_with(b"\n"),
            Frame::Len32 | Frame::Hex => false,
        }
    }

    /// Appends what is printed of a datagram.
    pub fn print(self, datagram: &[u8], output: &mut Vec<u8>) {
        match self {
            Frame::Block(_) | Frame::Whole | Frame::Line => {
                output.extend_from_slice(datagram);
                if !self.prints_as_it_is(datagram) {
                    output.push(b'\n');
                }
            }
            Frame::Len32 => {
                let length = u32::try_from(datagram.len()).unwrap_or(u32::MAX);
                output.extend_from_slice(&length.to_be_bytes());
                output.extend_from_slice(datagram);
            }
            Frame::Hex => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                for byte in datagram {
                    output.push(DIGITS[usize::from(byte >> 4)]);
                    output.push(DIGITS[usize::from(byte & 15)]);
                }
                output.push(b'\n');
            }
        }
    }
}
