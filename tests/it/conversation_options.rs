//! Options that change how a conversation goes or ends.

use std::process::Stdio;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::support::{
    ROLES, Role, TCP_ROLES, Way, converse, converse_with, moments, on_each_way, pattern, server,
    wait_until,
};

on_each_way! {
    fn no_stdin_sends_nothing_and_ends_with_the_peer(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &["--no-stdin"], way);
            peer.send("received");
            skat.wait_for_stdout("received");
            assert!(peer.hears_nothing(), "{role:?}");
            skat.assert_running();
            peer.finish();
            peer.expect_end();
            drop(peer);
            // stdin is still open.
            skat.finish().assert_status(0).assert_stdout("received").assert_silent();
        }
    }

    fn send_only_prints_nothing_and_loses_nothing(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &["--send-only"], way);
            peer.send("a banner that nobody wants");
            let data = pattern(1 << 20);
            let typing = skat.type_all(&data);
            crate::support::assert_same_bytes(&peer.receive_to_end(), &data);
            typing.join().unwrap();
            peer.send(pattern(1 << 20));
            skat.assert_running();
            drop(peer);
            skat.finish().assert_status(0).assert_stdout("").assert_silent();
        }
    }

    fn no_half_close_keeps_the_sending_side_open(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &["--no-half-close"], way);
            skat.type_in("question");
            skat.close_stdin();
            peer.expect("question");
            assert!(peer.hears_nothing(), "{role:?}");
            peer.send("answer");
            peer.finish();
            peer.expect_end();
            drop(peer);
            skat.finish().assert_status(0).assert_stdout("answer");
        }
    }

    fn after_eof_ends_a_peer_that_never_does(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &["--after-eof", "300ms"], way);
            skat.type_in("question");
            peer.expect("question");
            peer.send("answer");
            skat.wait_for_stdout("answer");
            skat.close_stdin();
            peer.expect_end();
            skat.finish().assert_status(0).assert_stdout("answer").assert_silent();
        }
    }

    /// What is sent to a peer that never ends: acknowledged, or an error.
    fn after_eof_of_0_leaves_once_all_is_acknowledged(way) {
        let (mut skat, mut peer) = converse(Role::Client, &["--after-eof", "0"], way);
        skat.type_in("a line\n");
        skat.close_stdin();
        skat.finish().assert_status(0).assert_silent();
        peer.expect("a line\n");
        peer.expect_end();

        let options = ["--after-eof", "0", "-O", "sndbuf=1M"];
        let (mut skat, peer) = converse(Role::Client, &options, way);
        let _peer = peer.with_small_buffers();
        skat.type_in(pattern(300_000));
        skat.close_stdin();
        skat.finish().assert_status(1).assert_told("bytes were not delivered");
    }

    /// It may still read; if it does not, not all is well.
    fn after_eof_of_a_peer_that_has_ended_and_does_not_read(way) {
        for role in TCP_ROLES {
            let options = ["--after-eof", "100ms", "-O", "sndbuf=1M"];
            let (mut skat, peer) = converse(role, &options, way);
            let mut peer = peer.with_small_buffers();
            peer.finish();
            skat.type_in(pattern(300_000));
            skat.close_stdin();
            skat.finish().assert_status(1).assert_told("bytes were not delivered");
        }
    }

    fn after_eof_ends_when_the_peer_has_ended_and_stdin_has_not(way) {
        for role in ROLES {
            let (skat, mut peer) = converse(role, &["--after-eof", "300ms"], way);
            peer.send("answer");
            peer.finish();
            skat.finish().assert_status(0).assert_stdout("answer").assert_silent();
            peer.expect_end();
        }
    }

    fn after_eof_is_no_limit_while_both_are_open(way) {
        for role in TCP_ROLES {
            let (mut skat, mut peer) = converse(role, &["--after-eof", "1ms"], way);
            assert!(peer.hears_nothing());
            peer.send("still here");
            skat.wait_for_stdout("still here");
            skat.assert_running();
        }
    }

    fn idle_timeout_is_status_6(way) {
        let began = Instant::now();
        let conversations = ROLES.map(|role| {
            let (skat, mut peer) = converse(role, &["-i", "1s"], way);
            peer.send("x");
            (skat, peer)
        });
        for (skat, _peer) in conversations {
            skat.finish().assert_status(6).assert_stdout("x").assert_told("no byte for 1 s");
            assert!(began.elapsed() >= Duration::from_secs(1));
        }
    }

    fn bytes_either_way_put_the_idle_timeout_off(way) {
        let mut hears = converse(Role::Client, &["-i", "1500ms"], way);
        let mut says = converse(Role::Client, &["-i", "1500ms"], way);
        for _ in moments(Duration::from_millis(1800)) {
            hears.1.send("x");
            says.0.type_in("y");
            says.1.expect("y");
        }
        hears.0.assert_running();
        says.0.assert_running();
        for (skat, _peer) in [hears, says] {
            skat.finish().assert_status(6).assert_told("no byte for 1.5 s");
        }
    }

    fn max_time_is_status_6(way) {
        let began = Instant::now();
        let conversations = ROLES.map(|role| {
            let (skat, mut peer) = converse(role, &["--max-time", "3s"], way);
            peer.send("came in time");
            (skat, peer)
        });
        for (skat, _peer) in conversations {
            skat.finish().assert_status(6).assert_stdout("came in time").assert_told("--max-time");
            assert!(began.elapsed() >= Duration::from_secs(3));
        }
    }

    fn a_line_feed_is_sent_as_crlf(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &["-C"], way);
            skat.type_in("one\ntwo\r\nthree\r");
            peer.expect("one\r\ntwo\r\nthree\r");
            skat.type_in("\nfour");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"\nfour");
            peer.send("received\nas it is\r\n");
            drop(peer);
            skat.finish().assert_status(0).assert_stdout("received\nas it is\r\n");
        }
    }

    fn a_small_buffer_loses_nothing(way) {
        for (role, size) in [(Role::Server, "1"), (Role::Client, "7"), (Role::UnixClient, "1K")] {
            let (mut skat, mut peer) = converse(role, &["--bufsize", size], way);
            let data = pattern(20_000);
            skat.type_in(&data);
            peer.expect(&data);
            peer.send(&data);
            skat.wait_for_stdout(&data);
        }
    }

    fn any_bytes_pass(way) {
        // No encoding, no NUL, no escape means anything.
        let every: Vec<u8> = (0..=255).cycle().take(4096).collect();
        let (mut skat, mut peer) = converse(Role::Client, &[], way);
        skat.type_in(&every);
        peer.expect(&every);
        peer.send(&every);
        skat.wait_for_stdout(&every);
    }
}

/// A service drops the peer that says nothing, and only that.
#[test]
fn a_service_drops_idle_peers() {
    let skat = server(&["--echo", "-i", "1500ms"]).listen();
    let (mut idle, mut lively) = (skat.connect(), skat.connect());
    idle.send("x");
    idle.expect("x");
    for _ in moments(Duration::from_millis(1800)) {
        lively.send("y");
        lively.expect("y");
    }
    idle.expect_end();
    lively.send("still here");
    lively.expect("still here");
    skat.stop();
}

#[test]
fn max_time_ends_a_service_with_all_its_peers() {
    let services = ["1", "3"].map(|threads| {
        let skat = server(&["--echo", "--threads", threads, "--max-time", "3s"]).listen();
        let mut peers: Vec<_> = (0..10).map(|_| skat.connect()).collect();
        for peer in &mut peers {
            peer.send("x");
            peer.expect("x");
        }
        (skat, peers)
    });
    for (skat, _peers) in services {
        skat.finish().assert_status(6).assert_told("--max-time");
    }
}

#[test]
fn an_idle_kept_open_server_goes_on() {
    let mut skat = server(&["-k", "-i", "1s"]).stdin(Stdio::null()).listen();
    let mut peer = skat.connect();
    peer.send("x");
    skat.wait_for_stderr("no byte for 1 s");
    let mut peer = skat.connect();
    peer.send("y");
    peer.finish();
    skat.wait_for_stdout("xy");
    skat.stop();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// However the bytes are cut into pieces, each LF arrives after one CR.
    #[test]
    fn crlf_across_any_split(pieces in prop::collection::vec("[a\r\n]{0,4}", 0..6)) {
        let (mut skat, mut peer) = converse_with(Role::Client, &["-C"], Way::Fast, |skat| skat);
        let (mut wanted, mut after_cr) = (Vec::new(), false);
        for piece in &pieces {
            for byte in piece.bytes() {
                if byte == b'\n' && !after_cr {
                    wanted.push(b'\r');
                }
                wanted.push(byte);
                after_cr = byte == b'\r';
            }
            skat.type_in(piece);
            // Each piece is read by itself.
            wait_until("the piece to come", || peer.unread() >= wanted.len());
        }
        skat.close_stdin();
        prop_assert_eq!(peer.receive_to_end(), wanted);
    }
}
