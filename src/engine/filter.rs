//! What a flow does to bytes on their way, where it does anything.

use super::frame::{Frame, Splitter, split_record};
use super::handler::chat::Speaker;
use super::handler::stamp::{Stamper, TimeForm};

/// A change made to a flow's bytes.
#[derive(Debug)]
pub enum Filter {
    /// None: nobody looks at the bytes.
    None,
    /// The time before each line.
    Stamp(Stamper),
    /// LF becomes CRLF.
    Crlf(Crlf),
    /// The name of who says it before each line.
    Speaker(Speaker),
    /// Bytes are cut into records, each with its length before it.
    Cut(Splitter),
    /// Records are printed.
    Print(Frame),
    /// The time before each record.
    StampRecords(TimeForm),
}

impl Filter {
    /// True if bytes pass as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Filter::None)
    }

    /// True if it takes whole records, however large.
    #[must_use]
    pub fn takes_records(&self) -> bool {
        matches!(self, Filter::Print(_) | Filter::StampRecords(_))
    }

    /// How many bytes of its output are not the lengths of records.
    #[must_use]
    pub fn payload(&self, output: &[u8]) -> usize {
        match self {
            Filter::Cut(_) => {
                let mut payload = 0;
                for_each(output, |record| payload += record.len());
                payload
            }
            _ => output.len(),
        }
    }

    /// Takes bytes and appends what becomes of them.
    ///
    /// # Errors
    /// What no record can be made of; what came before it is appended.
    pub fn feed(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Filter::None => output.extend_from_slice(input),
            Filter::Stamp(stamper) => stamper.feed(input, output),
            Filter::Crlf(crlf) => crlf.feed(input, output),
            Filter::Speaker(speaker) => speaker.feed(input, output),
            Filter::Cut(splitter) => {
                let cut = splitter.feed(input);
                append_records(splitter, output);
                return cut;
            }
            Filter::Print(frame) => for_each(input, |record| frame.print(record, output)),
            Filter::StampRecords(form) => for_each(input, |record| {
                let mut stamped = Vec::new();
                form.stamp(&mut stamped);
                stamped.extend_from_slice(record);
                Frame::Len32.print(&stamped, output);
            }),
        }
        Ok(())
    }

    /// Appends what only the end releases.
    ///
    /// # Errors
    /// As for [`Filter::feed`].
    pub fn finish(&mut self, output: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Filter::Stamp(stamper) => stamper.finish(output),
            Filter::Speaker(speaker) => speaker.finish(output),
            Filter::Cut(splitter) => {
                let cut = splitter.finish();
                append_records(splitter, output);
                return cut;
            }
            _ => {}
        }
        Ok(())
    }
}

fn append_records(splitter: &mut Splitter, output: &mut Vec<u8>) {
    for record in splitter.ready() {
        Frame::Len32.print(record, output);
    }
    splitter.drop_first(usize::MAX);
}

fn for_each(mut records: &[u8], mut work: impl FnMut(&[u8])) {
    while let Some((record, rest)) = split_record(records) {
        work(record);
        records = rest;
    }
}

/// Puts a CR before each LF that has none; a CRLF that comes in two pieces stays one.
#[derive(Debug, Default)]
pub struct Crlf {
    after_cr: bool,
}

impl Crlf {
    fn feed(&mut self, input: &[u8], output: &mut Vec<u8>) {
        for &byte in input {
            if byte == b'\n' && !self.after_cr {
                output.push(b'\r');
            }
            output.push(byte);
            self.after_cr = byte == b'\r';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_existing_crlf_stays_one_across_any_split() {
        let input = b"a\nb\r\nc\r\r\n\n\r";
        for split in 0..=input.len() {
            let (mut crlf, mut output) = (Crlf::default(), Vec::new());
            crlf.feed(&input[..split], &mut output);
            crlf.feed(&input[split..], &mut output);
            assert_eq!(output, b"a\r\nb\r\nc\r\r\n\r\n\r");
        }
    }

    proptest! {
        #[test]
        fn every_lf_follows_a_cr(input: Vec<u8>) {
            let (mut crlf, mut output) = (Crlf::default(), Vec::new());
            crlf.feed(&input, &mut output);
            let bare = output.iter().enumerate()
                .any(|(i, byte)| *byte == b'\n' && (i == 0 || output[i - 1] != b'\r'));
            prop_assert!(!bare);
            let plain = |bytes: &[u8]| -> Vec<u8> {
                bytes.iter().copied().filter(|byte| *byte != b'\r').collect()
            };
            prop_assert_eq!(plain(&input), plain(&output));
        }
    }
}
