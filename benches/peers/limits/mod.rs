//! What the kernel needs at least: each program as small as it can be, and of no other use.

pub mod batch;
mod bulk;
mod echo;
mod exchange;
mod exec;
mod ports;
pub mod udp;

use std::os::fd::{BorrowedFd, RawFd};

use anyhow::{Context as _, bail};

/// Runs the limit that the arguments name.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["echo", port] => echo::run(number(port)?),
        ["send", port] => bulk::send(number(port)?),
        ["receive", port] => bulk::receive(number(port)?),
        ["duplex", side, port] => bulk::duplex(number(port)?, *side == "listen"),
        ["exec", port] => exec::run(number(port)?),
        ["exchange", port] => exchange::run(number(port)?),
        ["ports", first, last] => ports::run(number(first)?, number(last)?),
        ["udp-echo", port] => udp::echo(number(port)?),
        ["udp-receive", port] => udp::receive(number(port)?),
        ["udp-send", port, rate, count] => udp::send(number(port)?, number(rate)?, number(count)?),
        _ => bail!("no such limit: {arguments:?}"),
    }
}

fn number<T: std::str::FromStr<Err = std::num::ParseIntError>>(text: &str) -> anyhow::Result<T> {
    text.parse().with_context(|| format!("no number: {text}"))
}

/// A descriptor that is known by its number only, as accept4(2) gives it.
#[allow(unsafe_code)]
fn borrowed<'fd>(fd: RawFd) -> BorrowedFd<'fd> {
    // SAFETY: a limit closes a descriptor only when it has no further use for it.
    unsafe { BorrowedFd::borrow_raw(fd) }
}
