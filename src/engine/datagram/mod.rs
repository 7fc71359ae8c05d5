//! Datagrams: servers of any number of peers on one socket, and clients.

mod allowance;
mod answering;
mod bound_socket;
pub mod candidates;
pub mod children;
pub mod client;
mod conversation;
pub mod framed;
pub mod handler;
mod options;
mod receiver;
pub mod relay;
mod requester;
pub mod server;
mod threads;
mod work;

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use socket2::{SockAddr, Socket};

use super::frame::{LARGEST_OVER_IPV4, LARGEST_PAYLOAD};
use crate::net::address;
use crate::outcome::{Cause, failure, refusal};
use crate::report::{Report, reason};
use crate::sys::datagrams::{self, LARGEST, LARGEST_UNIX, ReceiveBatch, Received};

/// How many batches are moved before the loop looks at everything else: at signals, at the time,
/// at the other direction. A flood, or a stdin without end, must not keep it from that.
const TURN: usize = 16;

/// How many datagrams are handed over at once: some runs of them.
const MOST_AT_ONCE: usize = 256;

/// How large datagrams may be.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// The largest that can be sent.
    pub sent: usize,
    /// The largest that is received whole.
    pub received: usize,
    /// Runs of equal datagrams may be sent and received as one, for the system to cut and join.
    pub in_runs: bool,
}

impl Sizes {
    /// What fits into a packet. `in_runs`: as many of the same size may be handed over as one.
    #[must_use]
    pub fn udp(in_runs: bool) -> Self {
        Self { sent: LARGEST_PAYLOAD, received: LARGEST, in_runs }
    }

    /// Far more than the sender's buffer holds, unless it was enlarged.
    pub const UNIX: Self = Self { sent: LARGEST_UNIX, received: LARGEST_UNIX, in_runs: false };
}

/// Why an exchange ends that has been idle for too long.
fn silence(idle: Duration) -> String {
    format!("no datagram for {} s", idle.as_secs_f64())
}

/// The error of a datagram that the system does not send: it tells the size, and the limit where
/// that is what was broken.
fn unsendable(bytes: usize, peer: Option<&SockAddr>, error: io::Error) -> anyhow::Error {
    let most = match peer.and_then(SockAddr::as_socket).map(|peer| peer.ip().to_canonical()) {
        Some(IpAddr::V4(_)) => LARGEST_OVER_IPV4,
        _ => LARGEST_PAYLOAD,
    };
    let is_unix = peer.is_some_and(SockAddr::is_unix);
    let peer = peer.map_or_else(|| "the peer".to_owned(), address::display_text);
    let operation = format!("send {bytes} bytes to {peer}");
    if is_unix && is_too_large(&error) {
        let text = format!("{operation}: {} (-O sndbuf=SIZE makes room)", reason(&error));
        return refusal(Cause::Transfer, text);
    }
    if bytes > most && is_too_large(&error) {
        let reason = reason(&error);
        return refusal(Cause::Transfer, format!("{operation}: {reason} ({most} at most)"));
    }
    failure(Cause::Transfer, anyhow::Error::from(error).context(operation))
}

/// True if a datagram is larger than can be sent.
fn is_too_large(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EMSGSIZE)
}

/// Has runs of datagrams received from a socket, which must not be one that other processes share:
/// they would get runs too. Not where each datagram is told: a run that finds no room is lost as
/// one.
fn receive_runs(socket: &Socket, sizes: Sizes, report: Report) {
    if sizes.in_runs && !report.tells_connections() {
        // Otherwise they come one by one.
        let _ = datagrams::receive_runs(socket);
    }
}

/// Tells of datagrams that were lost for want of room in the receive buffer of the socket that the
/// batch of `count` came from; `known` is what was told before, by whichever thread.
fn tell_lost(batch: &ReceiveBatch, count: usize, known: &AtomicU32, local: &str, report: Report) {
    let Some(lost) = count.checked_sub(1).and_then(|last| batch.lost(last)) else { return };
    // The socket's count wraps around; one that another thread has overtaken is no news.
    let new = |known: u32| lost.wrapping_sub(known).cast_signed().max(0).cast_unsigned();
    let raise = |known: u32| (new(known) > 0).then_some(lost);
    if let Ok(before) = known.fetch_update(Ordering::Relaxed, Ordering::Relaxed, raise) {
        report.lost(local, new(before));
    }
}

/// The error of what was received, if it was cut.
fn cut(received: &Received<'_>) -> Option<anyhow::Error> {
    let left = received.bytes.len();
    (received.length > left).then(|| {
        let text = format!("a datagram of {} bytes was cut to {left}", received.length);
        refusal(Cause::Transfer, text)
    })
}

/// Tells of what was received, if that is asked for; gives an error if it was cut.
fn tell_received(received: &Received<'_>, local: &str, report: Report) -> Option<anyhow::Error> {
    if report.tells_connections() {
        for one in received.each() {
            report.datagram(local, &address::display_text(one.from), one.length);
        }
    }
    cut(received)
}
