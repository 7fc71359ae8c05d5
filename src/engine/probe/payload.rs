//! The datagram that a UDP port is asked with: what stdin gives.

use std::io::{self, Read as _};
use std::time::Instant;

use anyhow::Context as _;

use crate::engine::frame::{Frame, LARGEST_PAYLOAD, Splitter};
use crate::net::retry::time_is_over;
use crate::outcome::{Cause, refusal};
use crate::sys::descriptor::{self, Kind};
use crate::sys::stdio::Stdin;

/// More than any frame makes one datagram of.
const MOST: usize = 1 << 20;

/// The one datagram of stdin, which is over before the `end` of the run; an empty one if stdin is
/// empty or a terminal.
///
/// # Errors
/// [`Cause::Usage`] if stdin gives several, or one too large or malformed; [`Cause::Timeout`].
pub fn read(frame: Frame, end: Option<Instant>) -> anyhow::Result<Vec<u8>> {
    if matches!(descriptor::kind(io::stdin()), Ok(Kind::Terminal)) {
        return Ok(Vec::new());
    }
    let bytes = read_all(end)?;
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

fn read_all(end: Option<Instant>) -> anyhow::Result<Vec<u8>> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    while bytes.len() < MOST {
        if let Some(end) = end
            && !Stdin.wait_until(end).context("read stdin")?
        {
            return Err(time_is_over());
        }
        match Stdin.read(&mut buffer).context("read stdin")? {
            0 => break,
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(bytes)
}
