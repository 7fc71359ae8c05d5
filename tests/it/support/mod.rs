//! skat under test, scripted peers, and what the system says of a process.

pub mod bounded;
pub mod conversation;
pub mod each;
pub mod finished;
pub mod hosts;
pub mod network;
pub mod passage;
pub mod peer;
pub mod ports;
pub mod process;
pub mod programs;
pub mod required;
pub mod skat;
pub mod sockets;
pub mod terminal;
#[cfg(feature = "tls")]
pub mod tls;
pub mod trace;
pub mod udp;
pub mod unanswering;
pub mod unix;

use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

pub use bounded::Bounded;
pub use conversation::{ROLES, Role, TCP_ROLES, converse, converse_unread, converse_with};
pub(crate) use each::{on_each_stdio, on_each_way};
pub use finished::Finished;
pub use peer::{Listener, Peer};
pub use ports::{free_port, refusing_address};
pub use required::not_tested;
pub use skat::{Running, Skat, Way, client, server, shell, skat};
pub use udp::{UdpPeer, udp_client, udp_server};
pub use unanswering::{refusing, silent, silent_on};

/// How long anything may take. Far more than it needs: only a failure waits so long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Looks until `condition` holds; fails, saying what was waited for, when patience is over.
#[track_caller]
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// True if a number of bytes does not change any more.
pub fn stands_still(bytes: impl Fn() -> usize) -> bool {
    let before = bytes();
    std::thread::sleep(Duration::from_millis(100));
    before > 0 && before == bytes()
}

/// Numbers, 10 ms after each other, until `duration` is over: for what must not fall silent, and for
/// limits so much longer that a machine which is late does not reach them.
pub fn moments(duration: Duration) -> impl Iterator<Item = u32> {
    let end = Instant::now() + duration;
    (0..).take_while(move |_| {
        std::thread::sleep(Duration::from_millis(10));
        Instant::now() < end
    })
}

/// True if more than half of the runs are right: where a time decides, a loaded machine is late in a
/// run now and then, and a defect in most of them.
pub fn most_runs(mut is_right: impl FnMut() -> bool) -> bool {
    const RUNS: usize = 9;
    let (mut right, mut wrong) = (0, 0);
    while right.max(wrong) <= RUNS / 2 {
        if is_right() {
            right += 1;
        } else {
            wrong += 1;
        }
    }
    right > wrong
}

/// Three runs deliver all. One may deliver less only after the second that a stop grants, which a
/// loaded machine may need; `run` tells if all came, and how long that took from the stop on.
#[track_caller]
pub fn assert_delivered(mut run: impl FnMut() -> (bool, Duration)) {
    let (mut delivered, mut overdue) = (0, 0);
    while delivered < 3 {
        match run() {
            (true, _) => delivered += 1,
            (false, took) => {
                assert!(took >= Duration::from_secs(1), "bytes are lost after {took:?}");
                overdue += 1;
                assert!(overdue < 10, "the second is over each time, and not all has come");
            }
        }
    }
}

/// Runs what is told to end twice: it dies of the second signal, SIGINT. Under load the time that the
/// first one grants may be over before the second is sent.
#[track_caller]
pub fn assert_second_signal_counts(run: impl Fn() -> Finished) {
    let dies_of_it = || run().status.signal() == Some(Signal::SIGINT as i32);
    assert!(most_runs(dies_of_it), "it waits all the same");
}

/// Calls again what a signal has interrupted, as a stopped process that goes on is (signal(7)).
pub fn uninterrupted<T>(mut call: impl FnMut() -> std::io::Result<T>) -> std::io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Bytes of which no stretch is like another, so that a loss or a swap shows.
pub fn pattern(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Compares without printing megabytes.
#[track_caller]
pub fn assert_same_bytes(got: &[u8], wanted: &[u8]) {
    if got != wanted {
        let at = got.iter().zip(wanted).position(|(a, b)| a != b);
        let at = at.unwrap_or(got.len().min(wanted.len()));
        panic!("{} bytes, not {}; they differ from byte {at} on", got.len(), wanted.len());
    }
}
