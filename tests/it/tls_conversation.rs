//! A conversation over TLS: half-close both ways, what is still delivered, truncation, and how
//! records come.

use std::time::{Duration, Instant};

use crate::support::tls::{connect, converse_tls, serve};
use crate::support::{ROLES, Role, TCP_ROLES, Way, assert_same_bytes, on_each_way, pattern};

on_each_way! {
    fn stdin_ends_first_and_receiving_goes_on(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse_tls(role, &[], way, rustls::ALL_VERSIONS);
            skat.type_in("question");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"question", "{role:?}");
            peer.send("answer ");
            skat.wait_for_stdout("answer ");
            peer.send("and more");
            peer.finish();
            drop(peer);
            let finished = skat.finish();
            finished.assert_status(0).assert_stdout("answer and more").assert_silent();
        }
    }

    fn the_peer_ends_first_and_sending_goes_on(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse_tls(role, &[], way, rustls::ALL_VERSIONS);
            peer.send("all I have");
            peer.finish();
            skat.wait_for_end_of_stdout();
            // Much is still to be sent when the peer's close_notify comes.
            let upload = pattern(4 << 20);
            let typist = skat.type_all(&upload);
            assert_same_bytes(&peer.receive_to_end(), &upload);
            typist.join().unwrap();
            drop(peer);
            skat.finish().assert_status(0).assert_stdout("all I have").assert_silent();
        }
    }

    fn both_ways_at_once(way) {
        let versions = [&rustls::version::TLS12, &rustls::version::TLS13];
        for (role, version) in ROLES.iter().flat_map(|role| versions.map(|it| (*role, it))) {
            let (mut skat, mut peer) = converse_tls(role, &[], way, &[version]);
            let (upload, download) = (pattern(1 << 20), pattern(3 << 20));
            let typist = skat.type_all(&upload);
            peer.send(&download);
            peer.finish();
            skat.wait_for_end_of_stdout();
            assert_same_bytes(&peer.receive_to_end(), &upload);
            typist.join().unwrap();
            skat.finish().assert_status(0).assert_stdout(&download).assert_silent();
        }
    }
}

/// A FIN without close_notify may be an attacker's: what came is delivered, and the status tells.
#[test]
fn an_end_without_close_notify_is_a_broken_transfer() {
    for role in ROLES {
        let (skat, mut peer) = converse_tls(role, &[], Way::Fast, rustls::ALL_VERSIONS);
        peer.send("as far as it went");
        skat.wait_for_stdout("as far as it went");
        peer.peer.finish();
        let finished = skat.finish();
        finished.assert_status(1).assert_stdout("as far as it went");
        finished.assert_told("without a TLS close_notify");
    }
}

#[test]
fn an_end_without_close_notify_is_an_end_to_who_says_so() {
    for role in ROLES {
        let options = ["--ignore-unexpected-eof"];
        let (mut skat, mut peer) = converse_tls(role, &options, Way::Fast, rustls::ALL_VERSIONS);
        peer.send("all");
        peer.peer.finish();
        skat.wait_for_end_of_stdout();
        skat.type_in("still listening?");
        skat.close_stdin();
        assert_eq!(peer.receive_to_end(), b"still listening?");
        skat.finish().assert_status(0).assert_stdout("all").assert_silent();
    }
}

/// An end in the middle of a record is one that nobody meant.
#[test]
fn an_end_within_a_record_is_always_a_broken_transfer() {
    let options = ["--ignore-unexpected-eof"];
    let (skat, mut peer) = converse_tls(Role::Client, &options, Way::Fast, rustls::ALL_VERSIONS);
    peer.send("whole");
    skat.wait_for_stdout("whole");
    std::io::Write::write_all(&mut peer.connection.writer(), b"cut").unwrap();
    let mut record = Vec::new();
    peer.connection.write_tls(&mut record).unwrap();
    peer.peer.send(&record[..record.len() - 1]);
    peer.peer.finish();
    let finished = skat.finish();
    finished.assert_status(1).assert_stdout("whole").assert_told("in the middle of a TLS record");
}

#[test]
fn a_reset_is_a_broken_transfer() {
    for role in TCP_ROLES {
        let (skat, mut peer) = converse_tls(role, &[], Way::Fast, rustls::ALL_VERSIONS);
        peer.send("before");
        skat.wait_for_stdout("before");
        peer.peer.reset();
        skat.finish().assert_status(1).assert_stdout("before").assert_told("reset");
    }
}

/// A peer that has said all and closed may answer our close_notify with a reset.
#[test]
fn a_reset_after_both_have_ended_loses_nothing() {
    let (mut skat, mut peer) = converse_tls(Role::Client, &[], Way::Fast, rustls::ALL_VERSIONS);
    skat.type_in("question");
    peer.expect("question");
    peer.send("answer");
    peer.finish();
    drop(peer);
    skat.wait_for_end_of_stdout();
    skat.close_stdin();
    skat.finish().assert_status(0).assert_stdout("answer").assert_silent();
}

/// A changed byte is found out, and nothing of its record is printed.
#[test]
fn a_record_that_was_changed_is_refused() {
    let (skat, mut peer) = converse_tls(Role::Client, &[], Way::Fast, rustls::ALL_VERSIONS);
    std::io::Write::write_all(&mut peer.connection.writer(), b"pay 1").unwrap();
    let mut record = Vec::new();
    peer.connection.write_tls(&mut record).unwrap();
    *record.last_mut().unwrap() ^= 1;
    peer.peer.send(&record);
    let finished = skat.finish();
    finished.assert_status(1).assert_stdout("").assert_told("tampered with or damaged");
}

/// Keys are renewed in the middle of the bytes, by the peer and at its request by skat.
#[test]
fn keys_may_be_updated() {
    for role in ROLES {
        let versions = [&rustls::version::TLS13];
        let (mut skat, mut peer) = converse_tls(role, &[], Way::Fast, &versions);
        peer.send("old keys, ");
        peer.connection.refresh_traffic_keys().unwrap();
        peer.send("new keys");
        skat.wait_for_stdout("old keys, new keys");
        skat.type_in("renewed too");
        peer.expect("renewed too");
        skat.close_stdin();
        assert_eq!(peer.receive_to_end(), b"");
        peer.finish();
        skat.finish().assert_status(0);
    }
}

/// Bytes are passed on as they come, whole records or not.
#[test]
fn records_may_come_a_byte_at_a_time() {
    let (mut skat, mut peer) = converse_tls(Role::Client, &[], Way::Fast, rustls::ALL_VERSIONS);
    std::io::Write::write_all(&mut peer.connection.writer(), b"slowly").unwrap();
    peer.connection.send_close_notify();
    let mut records = Vec::new();
    while peer.connection.wants_write() {
        peer.connection.write_tls(&mut records).unwrap();
    }
    for byte in records {
        peer.peer.send([byte]);
    }
    skat.wait_for_end_of_stdout();
    skat.close_stdin();
    assert_eq!(peer.receive_to_end(), b"");
    skat.finish().assert_status(0).assert_stdout("slowly");
}

/// What TLS 1.2 makes of a half-close is told where it may have cost the answer; with 1.3 the peer
/// may well have had nothing to say.
#[test]
fn who_gets_no_answer_after_a_half_close_is_told_what_to_do() {
    let told_by = |version, options: &[&str], answer: &str| {
        let (mut skat, mut peer) = converse_tls(Role::Client, options, Way::Fast, &[version]);
        skat.type_in("question");
        skat.close_stdin();
        assert_eq!(peer.receive_to_end(), b"question");
        peer.send(answer);
        peer.finish();
        let finished = skat.finish();
        finished.assert_status(0).assert_stdout(answer);
        finished
    };
    let (old, new) = (&rustls::version::TLS12, &rustls::version::TLS13);
    told_by(old, &[], "").assert_told("as TLS 1.2 has it: --no-half-close");
    told_by(new, &["-v"], "").assert_told("without an answer");
    told_by(new, &[], "").assert_silent();
    told_by(old, &[], "answer").assert_silent();
    told_by(old, &["--send-only"], "").assert_silent();
}

/// The advice holds: without a half-close the peer answers when it likes.
#[test]
fn the_sending_side_may_be_kept_open() {
    let versions = [&rustls::version::TLS12];
    let (mut skat, mut peer) =
        converse_tls(Role::Client, &["--no-half-close"], Way::Fast, &versions);
    skat.type_in("question");
    skat.close_stdin();
    peer.expect("question");
    peer.send("answer");
    skat.wait_for_stdout("answer");
    peer.finish();
    assert_eq!(peer.receive_to_end(), b"");
    skat.finish().assert_status(0).assert_stdout("answer").assert_silent();
}

/// A client that waits for an acknowledgement of its handshake before it sends more (Nagle) gets one
/// sooner than after the 40 ms of a delayed one.
#[test]
fn the_first_answer_does_not_wait_for_a_delayed_acknowledgement() {
    let (skat, authority) = serve(&["--echo"]);
    let asks = |_| {
        let peer = connect(&skat, &authority);
        peer.peer.stream().set_nodelay(false).unwrap();
        let mut peer = peer.shake();
        let began = Instant::now();
        peer.send("ping");
        peer.expect("ping");
        began.elapsed()
    };
    let fastest = (0..20).map(asks).min().unwrap();
    assert!(fastest < Duration::from_millis(30), "{fastest:?}");
    skat.stop();
}
