//! How the bytes of stdin become datagrams.

use std::collections::VecDeque;
use std::fmt::Display;
use std::ops::Range;

use super::{Frame, LARGEST_OVER_IPV4, LARGEST_PAYLOAD};

/// How many bytes are counted of what is too large for a datagram, so that the error can tell.
const MOST_COUNTED: usize = 16 << 20;

/// What may stand between the bytes of a line in hexadecimal, and before its end.
const BLANKS: &[u8] = b" \t\r";

/// Cuts a stream of bytes into datagrams. Nothing is split or dropped in silence: what does not
/// fit is an error that tells its size.
#[derive(Debug)]
pub struct Splitter {
    frame: Frame,
    /// The largest datagram.
    largest: usize,
    bytes: Vec<u8>,
    /// Complete datagrams, as places in `bytes`.
    ready: VecDeque<Range<usize>>,
    /// Where the incomplete one begins, and up to where it was searched for its end.
    begun: usize,
    searched: usize,
    /// Bytes of a line that is too long already, counted and not kept.
    surplus: usize,
    line: u64,
}

impl Splitter {
    /// A splitter that has seen nothing.
    #[must_use]
    pub fn new(frame: Frame, largest: usize) -> Self {
        Self {
            frame,
            largest,
            bytes: Vec::new(),
            ready: VecDeque::new(),
            begun: 0,
            searched: 0,
            surplus: 0,
            line: 0,
        }
    }

    /// The datagrams that are complete, in order.
    pub fn ready(&self) -> impl Iterator<Item = &[u8]> {
        self.ready.iter().map(|range| &self.bytes[range.clone()])
    }

    /// True if no datagram is complete.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// After an error: true if it was that of a line, which is dropped. The next call of
    /// [`Splitter::feed`] goes on after it.
    #[must_use]
    pub fn can_go_on(&self) -> bool {
        matches!(self.frame, Frame::Line | Frame::Hex) && self.surplus == 0
    }

    /// Forgets the first `count` complete datagrams.
    pub fn drop_first(&mut self, count: usize) {
        self.ready.drain(..count.min(self.ready.len()));
    }

    /// Takes bytes. All complete datagrams should have been dropped before: memory is bounded by
    /// that.
    ///
    /// # Errors
    /// A datagram that is too large, or malformed; those before it are ready.
    pub fn feed(&mut self, input: &[u8]) -> Result<(), String> {
        if self.ready.is_empty() {
            self.bytes.drain(..self.begun);
            self.searched -= self.begun;
            self.begun = 0;
        }
        match self.frame {
            Frame::Hex => self.take_digits(input),
            _ => self.bytes.extend_from_slice(input),
        }
        match self.frame {
            Frame::Line | Frame::Hex => self.cut_lines(),
            Frame::Block(size) => {
                while self.bytes.len() - self.begun >= size {
                    self.cut(self.begun..self.begun + size, self.begun + size);
                }
                Ok(())
            }
            Frame::Whole => self.count_surplus(),
            Frame::Len32 => self.cut_lengths(),
        }
    }

    /// The end of input: what is left is the last datagram.
    ///
    /// # Errors
    /// As for [`Splitter::feed`]; also a datagram that was announced and did not come.
    pub fn finish(&mut self) -> Result<(), String> {
        let rest = self.begun..self.bytes.len();
        match self.frame {
            Frame::Whole => self.cut_whole(rest),
            Frame::Len32 if !rest.is_empty() => {
                Err(format!("stdin ended within a datagram: {} bytes of it came", rest.len()))
            }
            Frame::Line | Frame::Hex if !rest.is_empty() => self.cut_line(rest.clone(), rest.end),
            Frame::Block(_) if !rest.is_empty() => {
                self.cut(rest.clone(), rest.end);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn cut(&mut self, range: Range<usize>, next: usize) {
        self.ready.push_back(range);
        (self.begun, self.searched) = (next, next);
    }

    fn cut_lines(&mut self) -> Result<(), String> {
        while let Some(end) = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n') {
            let end = self.searched + end;
            let line = self.begun..if self.frame == Frame::Hex { end } else { end + 1 };
            self.cut_line(line, end + 1)?;
        }
        self.searched = self.bytes.len();
        self.count_surplus()
    }

    /// Cuts a line, or drops it if it is no datagram: what comes after it may be one.
    fn cut_line(&mut self, line: Range<usize>, next: usize) -> Result<(), String> {
        let cut = match self.frame {
            Frame::Hex => self.cut_hex(&line, next),
            _ => self.cut_whole(line),
        };
        if cut.is_err() {
            (self.begun, self.searched, self.surplus) = (next, next, 0);
        }
        cut
    }

    /// Takes hexadecimal digits, without the blanks between bytes and at the end of a line, so that
    /// what is kept is bounded by the size of a datagram.
    fn take_digits(&mut self, input: &[u8]) {
        let mut line = self.begun;
        for &byte in input {
            let between_bytes = (self.bytes.len() - line).is_multiple_of(2);
            if between_bytes && BLANKS.contains(&byte) {
                continue;
            }
            self.bytes.push(byte);
            if byte == b'\n' {
                line = self.bytes.len();
            }
        }
    }

    /// Keeps one byte more than fits (in hexadecimal, its digits), and counts the rest: the
    /// error will tell the size. Input without end is not counted for ever.
    fn count_surplus(&mut self) -> Result<(), String> {
        let digits = if self.frame == Frame::Hex { 2 } else { 1 };
        let most = digits * (self.largest + 1);
        let kept = self.bytes.len() - self.begun;
        if kept > most {
            self.surplus += kept - most;
            self.bytes.truncate(self.begun + most);
            self.searched = self.bytes.len();
        }
        if self.surplus / digits > MOST_COUNTED {
            return Err(self.too_large(format!("more than {MOST_COUNTED}")));
        }
        Ok(())
    }

    fn cut_whole(&mut self, range: Range<usize>) -> Result<(), String> {
        let size = range.len() + self.surplus;
        if size > self.largest {
            return Err(self.too_large(size));
        }
        let next = range.end;
        self.cut(range, next);
        Ok(())
    }

    /// Decodes in place: two digits give one byte.
    fn cut_hex(&mut self, digits: &Range<usize>, next: usize) -> Result<(), String> {
        self.line += 1;
        let size = (digits.len() + self.surplus).div_ceil(2);
        if size > self.largest {
            return Err(self.too_large(size));
        }
        let text = &self.bytes[digits.clone()];
        if !text.iter().all(|byte| byte.is_ascii_hexdigit() || BLANKS.contains(byte)) {
            return Err(format!("line {}: not only hexadecimal digits", self.line));
        }
        // A blank that was taken parts the digits of a byte.
        if !text.len().is_multiple_of(2) || text.iter().any(|byte| BLANKS.contains(byte)) {
            return Err(format!("line {}: a byte has two hexadecimal digits", self.line));
        }
        for index in 0..size {
            let pair = digits.start + 2 * index;
            let high = char::from(self.bytes[pair]).to_digit(16);
            let low = char::from(self.bytes[pair + 1]).to_digit(16);
            let byte = high.zip(low).map(|(high, low)| high << 4 | low);
            self.bytes[digits.start + index] =
                byte.and_then(|byte| u8::try_from(byte).ok()).unwrap_or_default();
        }
        self.cut(digits.start..digits.start + size, next);
        Ok(())
    }

    fn too_large(&self, size: impl Display) -> String {
        let what = match self.frame {
            Frame::Line => "a line",
            Frame::Block(_) | Frame::Whole => "all of stdin",
            Frame::Len32 => "what the length announces",
            Frame::Hex => "a line of hexadecimal digits",
        };
        let most = match self.largest {
            LARGEST_PAYLOAD => {
                format!("{LARGEST_OVER_IPV4} at most over IPv4, {LARGEST_PAYLOAD} over IPv6")
            }
            largest => format!("{largest} at most"),
        };
        format!("{what}, {size} bytes, is too large for a datagram ({most})")
    }

    fn cut_lengths(&mut self) -> Result<(), String> {
        while let Some((length, _)) = self.bytes[self.begun..].split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            if length > self.largest {
                return Err(self.too_large(length));
            }
            let start = self.begun + 4;
            if self.bytes.len() < start + length {
                break;
            }
            self.cut(start..start + length, start + length);
        }
        Ok(())
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(frame: Frame, pieces: &[&[u8]]) -> Result<Vec<Vec<u8>>, String> {
        let mut splitter = Splitter::new(frame, LARGEST_PAYLOAD);
        let mut datagrams = Vec::new();
        for piece in pieces {
            splitter.feed(piece)?;
            datagrams.extend(splitter.ready().map(<[u8]>::to_vec));
            splitter.drop_first(usize::MAX);
        }
        splitter.finish()?;
        datagrams.extend(splitter.ready().map(<[u8]>::to_vec));
        Ok(datagrams)
    }

    #[test]
    fn each_rule_cuts_as_it_says() {
        type Case = (Frame, &'static [u8], &'static [&'static [u8]]);
        let cases: &[Case] = &[
            (Frame::Line, b"a\n\nb", &[b"a\n", b"\n", b"b"]),
            (Frame::Block(2), b"abcde", &[b"ab", b"cd", b"e"]),
            (Frame::Whole, b"a\nb", &[b"a\nb"]),
            (Frame::Whole, b"", &[b""]),
            (Frame::Len32, b"\0\0\0\x02ab\0\0\0\0", &[b"ab", b""]),
            (Frame::Hex, b"00fF\n\n41", &[b"\x00\xff", b"", b"A"]),
            (Frame::Hex, b" 41 42\t43\r\n4444 \n\r\n", &[b"ABC", b"DD", b""]),
        ];
        for &(frame, input, wanted) in cases {
            assert_eq!(split(frame, &[input]).unwrap(), wanted, "{frame:?}");
        }
    }

    #[test]
    fn what_does_not_fit_tells_its_size() {
        let long = vec![b'a'; 70_000];
        for (frame, size) in [(Frame::Line, "70001"), (Frame::Whole, "70001")] {
            assert!(split(frame, &[&long, b"\n"]).unwrap_err().contains(size));
        }
        assert!(split(Frame::Len32, &[&[0, 1, 0, 0]]).unwrap_err().contains("65536"));
        assert!(split(Frame::Hex, &[&long, &long]).unwrap_err().contains("70000"));
        let fits = vec![b'a'; LARGEST_PAYLOAD];
        assert_eq!(split(Frame::Line, &[&fits]).unwrap(), [fits]);
    }

    #[test]
    fn malformed_input_is_refused() {
        for input in [&b"0\n"[..], b"0x00\n", b"zz", b"1 2\n", b"12 3 ", b"1\r\n"] {
            assert!(split(Frame::Hex, &[input]).is_err());
        }
        assert!(split(Frame::Len32, &[&[0, 0, 0, 5, b'a']]).is_err());
    }

    #[test]
    fn a_line_that_is_no_datagram_is_dropped_alone() {
        for (frame, input, wanted) in [
            (Frame::Line, &b"1\ntoo long\n2\nlonger\nlonger still"[..], [b"1\n", b"2\n"]),
            (Frame::Hex, b"3130\nxx\n3230\n1\n1 0", [b"10", b"20"]),
        ] {
            let mut splitter = Splitter::new(frame, 4);
            let (mut datagrams, mut errors, mut left) = (Vec::new(), 0, input);
            while let Err(text) = splitter.feed(std::mem::take(&mut left)) {
                assert!(splitter.can_go_on(), "{text}");
                errors += 1;
                datagrams.extend(splitter.ready().map(<[u8]>::to_vec));
                splitter.drop_first(usize::MAX);
            }
            assert!(splitter.finish().is_err() && splitter.can_go_on() && splitter.is_empty());
            assert_eq!((datagrams, errors), (wanted.map(|one| one.to_vec()).to_vec(), 2));
        }
    }

    fn frames() -> impl Strategy<Value = Frame> {
        prop_oneof![
            Just(Frame::Line),
            (1_usize..9).prop_map(Frame::Block),
            Just(Frame::Whole),
            Just(Frame::Len32),
            Just(Frame::Hex),
        ]
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            frame in frames(),
            input in proptest::collection::vec(0_u8..70, 0..200),
            cuts in proptest::collection::vec(0_usize..200, 0..5),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(input.len())).collect();
            cuts.extend([0, input.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &input[cut[0]..cut[1]]).collect();
            prop_assert_eq!(split(frame, &pieces), split(frame, &[&input]));
        }

        #[test]
        fn what_is_printed_is_read_back(
            datagrams in proptest::collection::vec(any::<Vec<u8>>(), 0..6),
            hex: bool,
        ) {
            let frame = if hex { Frame::Hex } else { Frame::Len32 };
            let mut printed = Vec::new();
            for datagram in &datagrams {
                frame.print(datagram, &mut printed);
            }
            prop_assert_eq!(split(frame, &[&printed]).unwrap(), datagrams);
        }
    }
}
