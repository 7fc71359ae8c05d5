//! What a flow does to bytes on their way, where it does anything.

mod crlf;
mod lines;
mod speaker;
mod stamp;

pub use crlf::Crlf;
pub use speaker::Speaker;
pub use stamp::{Stamper, TimeForm};

use super::frame::{Frame, Splitter, split_record};

/// A change made to a flow's bytes.
#[derive(Debug)]
pub enum Filter {
    /// None: nobody looks at the bytes.
    None,
    /// None: records pass, each with its length before it.
    Records,
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
    /// The name of who says it before each line, which is a record from then on.
    SpeakRecords(Speaker),
}

impl Filter {
    /// None, between ends that carry `records` or bytes.
    #[must_use]
    pub fn none(records: bool) -> Self {
        if records { Filter::Records } else { Filter::None }
    }

    /// True if bytes pass as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Filter::None | Filter::Records)
    }

    /// True if it takes whole records, however large.
    #[must_use]
    pub fn takes_records(&self) -> bool {
        matches!(self, Filter::Print(_) | Filter::StampRecords(_) | Filter::SpeakRecords(_))
    }

    /// How many bytes of its output are not the lengths of records.
    #[must_use]
    pub fn payload(&self, output: &[u8]) -> usize {
        match self {
            Filter::Cut(_)
            | Filter::Records
            | Filter::StampRecords(_)
            | Filter::SpeakRecords(_) => {
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
            Filter::None | Filter::Records => output.extend_from_slice(input),
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
            Filter::SpeakRecords(speaker) => {
                for_each(input, |record| speaker.feed_record(record, output));
            }
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
