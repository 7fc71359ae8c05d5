//! `--forward`: two connections joined, with every end and every failure passed on.

use std::net::SocketAddr;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::{
    Listener, Peer, Running, Way, assert_same_bytes, pattern, process, refusing_address, server,
    wait_until,
};

const WAYS: [Way; 2] = [Way::Fast, Way::Copying];

/// A server that forwards to `target`.
#[track_caller]
fn forward_to(target: SocketAddr, options: &[&str], way: Way) -> Running {
    let target = target.to_string();
    let options = [&["--forward", target.as_str()], options].concat();
    server(&options).way(way).listen()
}

/// A peer, the target that it is joined with, and the server between.
#[track_caller]
pub fn joined(options: &[&str], way: Way) -> (Running, Peer, Peer) {
    let listener = Listener::new();
    let skat = forward_to(listener.address(), options, way);
    let peer = skat.connect();
    let target = listener.accept();
    (skat, peer, target)
}

#[test]
fn bytes_and_each_ones_end_are_passed_on() {
    for way in WAYS {
        let (skat, mut peer, mut target) = joined(&[], way);
        peer.send("question");
        target.expect("question");
        target.send("half an answer");
        peer.expect("half an answer");
        peer.finish();
        target.expect_end();
        target.send(", and the rest");
        peer.expect(", and the rest");
        target.finish();
        peer.expect_end();
        skat.stop().assert_silent();
    }
}

#[test]
fn a_target_that_ends_first_still_hears_the_peer() {
    for way in WAYS {
        let (skat, mut peer, mut target) = joined(&["--once"], way);
        target.send("greeting");
        target.finish();
        peer.expect("greeting");
        peer.expect_end();
        peer.send("and one more thing");
        target.expect("and one more thing");
        peer.finish();
        target.expect_end();
        skat.finish().assert_status(0).assert_silent();
    }
}

/// A reset, and not an end, which would say that all is well.
#[track_caller]
pub fn assert_reset(peer: &mut Peer) -> Vec<u8> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let error = peer.stream().read_to_end(&mut bytes).expect_err("a reset, not an end");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    bytes
}

#[test]
fn a_reset_is_passed_on_after_what_came_before_it() {
    let sent = pattern(3_000_000);
    for way in WAYS {
        for by_target in [false, true] {
            let (skat, peer, target) = joined(&["--once"], way);
            let (mut from, to) = if by_target { (target, peer) } else { (peer, target) };
            let copy = sent.clone();
            let reader = std::thread::spawn(move || {
                let mut to = to;
                let mut received = vec![0; copy.len()];
                std::io::Read::read_exact(&mut to.stream(), &mut received).unwrap();
                assert_same_bytes(&received, &copy);
                assert_reset(&mut to);
            });
            from.send(&sent);
            // All that is sent has left, so that the reset does not destroy it here.
            wait_until("an acknowledgement", || from.unacknowledged() == 0);
            from.reset();
            reader.join().unwrap();
            let name = if by_target { "receive from" } else { "connection reset" };
            skat.finish().assert_status(1).assert_told(name);
        }
    }
}

/// What nobody reads is waited for, but not for long.
#[test]
fn a_reset_is_passed_on_to_one_who_does_not_read() {
    for way in WAYS {
        let limits = ["--once", "-O", "rcvbuf=64K", "-O", "sndbuf=64K"];
        let (skat, mut peer, target) = joined(&limits, way);
        let mut target = target.with_small_buffers();
        let flood = pattern(32 << 20);
        peer.stream().set_write_timeout(Some(Duration::from_millis(300))).unwrap();
        assert!(peer.try_send(&flood).is_err(), "back-pressure");
        peer.reset();
        skat.finish().assert_status(1).assert_told("were not delivered");
        let received = assert_reset(&mut target);
        assert!(flood.starts_with(&received));
    }
}

/// As with a connection without anybody between (compare `resets`).
#[test]
fn a_reset_after_the_end_does_no_harm_if_nothing_is_lost() {
    let (skat, mut peer, mut target) = joined(&["--once"], Way::Fast);
    peer.send("all");
    peer.finish();
    target.expect("all");
    target.expect_end();
    peer.reset();
    // What the target sent before skat knows of the reset would be lost.
    skat.finish().assert_status(0);
    // After an end, only whoever writes hears of a reset.
    wait_until("a reset", || target.try_send(b"x").is_err());
}

#[test]
fn a_target_that_refuses_costs_one_client_and_one_line_a_second() {
    let mut skat = forward_to(refusing_address(), &[], Way::Fast);
    let refused = refused_in_a_second(&skat);
    skat.assert_running();
    // With pauses of 50, 100, 200, 400 and 800 ms.
    assert!(refused <= 8, "{refused} in a second");
    let told = skat.stop().stderr;
    let lines = told.lines().filter(|line| line.contains("connection refused")).count();
    assert!((1..=3).contains(&lines), "{told}");
}

/// A loop that has more to do than another hands connections over: not while that one pauses.
#[test]
fn a_target_that_refuses_costs_each_loop_one_client_at_a_time() {
    let listener = Listener::new();
    let skat = forward_to(listener.address(), &["--threads", "2"], Way::Fast);
    wait_until("both loops", || process::threads(skat.id()) == 2);
    let mut of_loops = [const { Vec::new() }; 2];
    let mut watched = process::watched(skat.id());
    for _ in 0..6 {
        let before = std::mem::take(&mut watched);
        let pair = (skat.connect(), listener.accept());
        wait_until("both ends watched", || {
            watched = process::watched(skat.id());
            watched.iter().sum::<usize>() == before.iter().sum::<usize>() + 2
        });
        let one = before.iter().zip(&watched).position(|(before, now)| before < now);
        of_loops[one.unwrap()].push(pair);
    }
    let [idle, busy] = &mut of_loops;
    assert_eq!((idle.len(), busy.len()), (3, 3));
    idle.clear();
    let left = watched.iter().sum::<usize>() - 6;
    wait_until("an idle loop", || process::watched(skat.id()).iter().sum::<usize>() == left);
    drop(listener);
    let refused = refused_in_a_second(&skat);
    assert!(refused <= 16, "{refused} in a second");
    let (peer, target) = &mut busy[0];
    peer.send("hello");
    target.expect("hello");
    skat.stop();
}

fn refused_in_a_second(skat: &Running) -> usize {
    let mut refused = 0;
    let end = std::time::Instant::now() + Duration::from_millis(1200);
    while std::time::Instant::now() < end {
        let mut peer = skat.connect();
        // The first call after a reset tells of it, and no other.
        match peer.try_send(b"anybody there?") {
            Ok(()) => drop(assert_reset(&mut peer)),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
        }
        refused += 1;
    }
    refused
}

#[test]
fn a_target_that_comes_back_is_found() {
    let address = refusing_address();
    let skat = forward_to(address, &[], Way::Fast);
    assert_reset(&mut skat.connect());
    let listener = Listener::on(address);
    let mut peer = skat.connect();
    let mut target = listener.accept();
    peer.send("hello");
    target.expect("hello");
    drop((peer, target));
    skat.stop();
}

#[test]
fn once_tells_why_there_was_no_target() {
    assert_no_target(&refusing_address().to_string(), 5, "connection refused");
}

/// Fails unless the one who came is reset for want of a target, and the status tells why.
#[track_caller]
pub fn assert_no_target(target: &str, status: i32, why: &str) {
    let skat = server(&["--once", "--forward", target]).listen();
    assert_reset(&mut skat.connect());
    skat.finish().assert_status(status).assert_told(why);
}

#[test]
fn what_makes_no_sense_is_refused_before_any_traffic() {
    for (options, told) in [
        (&["--forward", "localhost:0"][..], "port 0"),
        (&["--forward", "localhost:99999"], "not within"),
        (&["--forward", "a:b:c"], "[IPV6]:PORT"),
        (&["-n", "--forward", "localhost:1"], "localhost"),
        (&["--forward", "localhost:1", "--echo"], "cannot be used with"),
        (&["--forward", "localhost:1", "--crlf"], "--crlf"),
    ] {
        server(options).run().assert_status(2).assert_told(told);
    }
}

#[test]
fn a_stop_delivers_what_is_on_its_way() {
    for way in WAYS {
        let (skat, mut peer, mut target) = joined(&[], way);
        peer.send("there");
        target.expect("there");
        target.send("and back");
        peer.expect("and back");
        skat.signal(Signal::SIGTERM);
        peer.expect_end();
        target.expect_end();
        drop((peer, target));
        skat.finish().assert_died_of(Signal::SIGTERM);
    }
}

#[test]
fn an_idle_relay_is_dropped() {
    let (skat, mut peer, mut target) = joined(&["--idle-timeout", "1500ms", "-v"], Way::Fast);
    peer.send("x");
    target.expect("x");
    peer.expect_end();
    target.expect_end();
    skat.stop().assert_told("no byte for 1.5 s");
}

#[test]
fn a_thousand_one_after_another_leave_no_descriptor() {
    for way in WAYS {
        let echo = server(&["--echo"]).listen();
        let skat = forward_to(echo.address, &[], way);
        let before = process::descriptors(skat.id());
        for number in 0..1000 {
            let mut peer = skat.connect();
            peer.send("hello");
            peer.expect("hello");
            if number % 2 == 0 {
                peer.finish();
                peer.expect_end();
            }
        }
        wait_until("as few descriptors as before", || process::descriptors(skat.id()) == before);
        skat.stop().assert_silent();
    }
}

/// One side has ended, the other says nothing, and the first is gone for good: probes find out.
#[test]
fn a_half_closed_side_that_is_gone_is_noticed() {
    for by_target in [false, true] {
        let (skat, peer, target) = joined(&["-v"], Way::Fast);
        let (gone, mut silent) = if by_target { (target, peer) } else { (peer, target) };
        gone.forget_soon();
        drop(gone);
        silent.expect_end();
        wait_until("a reset", || {
            std::thread::sleep(Duration::from_millis(100));
            silent.stream().take_error().unwrap().is_some()
        });
        skat.stop().assert_told("disconnected");
    }
}
