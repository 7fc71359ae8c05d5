//! The datagram that a UDP port is asked with: what stdin gives.

use std::io::{self, Read as _};

use anyhow::Context as _;

use crate::engine::frame::{Frame, LARGEST_PAYLOAD, Splitter};
use crate::outcome::{Cause, refusal};
use crate::sys::descriptor::{self, Kind};
use crate::sys::stdio::Stdin;

/// More than any frame makes one datagram of.
const MOST: u64 = 1 << 20;

/// The one datagram of stdin; an empty one if stdin is empty or a terminal.
///
/// # Errors
/// [`Cause::Usage`] if stdin gives several, or one too large or malformed.
pub fn read(frame: Frame) -> anyhow::Result<Vec<u8>> {
    if matches!(descriptor::kind(io::stdin()), Ok(Kind::Terminal)) {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    Stdin.take(MOST).read_to_end(&mut bytes).context("read stdin")?;
    let mut splitter = Splitter::new(frame, LARGEST_PAYLOAD);
    let cut = splitter.feed(&bytes).and_then(|()| splitter.finish());
    cut.map_err(|what| refusal(Cause::Usage, format!("stdin: {what}")))?;
    let mut datagrams = splitter.ready();
    let datagram = datagrams.next().unwrap_or_default().to_vec();
    match datagrams.count() {
        0 => Ok(datagram),
        more => {
            let text = format!("stdin: {} datagrams, and a probe sends one", more + 1);
            Err(refusal(Cause::Usage, text))
        }
    }
}
