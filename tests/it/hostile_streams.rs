//! What must not look like an end that is well, and what must end though nobody ends it.

use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use nix::sys::signal::Signal;
use socket2::SockRef;

use crate::forward::{assert_reset, joined};
use crate::support::{
    PATIENCE, Peer, Running, Way, assert_same_bytes, on_each_way, pattern, server, wait_until,
};

/// Much, so that bytes pass within the kernel; then a stretch that urgent data cuts in two, of
/// which all has come when skat looks: no more than any receive buffer takes.
fn send_with_urgent_data(
    peer: &mut Peer,
    skat: &Running,
    sent: &[u8],
    passed: impl Fn(usize) -> bool,
) {
    let (much, rest) = sent.split_at(sent.len() - 50_000);
    peer.send(much);
    wait_until("what came before", || passed(much.len()));
    skat.signal(Signal::SIGSTOP);
    let (before, after) = rest.split_at(20_000);
    peer.send(before);
    SockRef::from(peer.stream()).send_out_of_band(b"!").unwrap();
    peer.send(after);
    peer.finish();
    wait_until("everything to arrive", || peer.unacknowledged() == 0);
    skat.signal(Signal::SIGCONT);
}

on_each_way! {
    /// A splice stops at urgent data, and once the peer has ended it stops there as at the end.
    fn urgent_data_is_no_end(way) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("received");
        let file = std::fs::File::create(&path).unwrap();
        let mut skat = server(&[]).way(way).stdout(file).listen();
        skat.close_stdin();
        let mut peer = skat.connect();
        let sent = pattern(3_000_000);
        let length = || usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
        send_with_urgent_data(&mut peer, &skat, &sent, |count| length() == count);
        peer.expect_end();
        skat.finish().assert_status(0);
        assert_same_bytes(&std::fs::read(&path).unwrap(), &sent);
    }
}

#[test]
fn urgent_data_is_no_end_of_a_relay_or_of_a_pipe() {
    for way in [Way::Fast, Way::Copying] {
        let (skat, mut peer, mut target) = joined(&["--once"], way);
        let sent = pattern(3_000_000);
        let (twin, received) = (target.twin(), Arc::new(Mutex::new(Vec::new())));
        let (collected, mut buffer) = (Arc::clone(&received), vec![0; 1 << 16]);
        let thread = std::thread::spawn(move || {
            while let Ok(count @ 1..) = twin.stream().read(&mut buffer) {
                collected.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        let passed = |count| received.lock().unwrap().len() == count;
        send_with_urgent_data(&mut peer, &skat, &sent, passed);
        thread.join().unwrap();
        assert_same_bytes(&received.lock().unwrap(), &sent);
        target.finish();
        peer.expect_end();
        skat.finish().assert_status(0);

        let mut skat = server(&[]).way(way).listen();
        skat.close_stdin();
        let mut peer = skat.connect();
        send_with_urgent_data(&mut peer, &skat, &sent, |count| skat.stdout().len() == count);
        peer.expect_end();
        skat.finish().assert_status(0).assert_stdout(&sent);
    }
}

/// An end would tell both that they have the whole.
#[test]
fn a_relay_whose_time_is_over_is_reset() {
    let (skat, mut peer, mut target) = joined(&["--max-time", "3s"], Way::Fast);
    peer.send("the first half");
    target.expect("the first half");
    assert_reset(&mut peer);
    assert_reset(&mut target);
    skat.finish().assert_status(6);
}

/// Whichever of its loops has the connection.
#[test]
fn the_time_of_a_server_with_threads_is_over_on_each() {
    let began = Instant::now();
    let servers = [(); 3].map(|()| {
        let options = ["--echo", "--threads", "8", "--max-time", "3s", "--run", "read go"];
        let mut skat = server(&options).listen();
        let mut peer = skat.connect();
        peer.send("x");
        peer.expect("x");
        // What came before the command's end is served after it.
        skat.type_in("go\n");
        (skat, peer)
    });
    for (skat, _peer) in servers {
        skat.finish().assert_status(6).assert_told("--max-time");
        assert!(began.elapsed() < PATIENCE / 2, "{:?}", began.elapsed());
    }
}
