//! Signals: what is on its way is delivered, then skat dies of the signal, as a shell expects.

use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::process::only_child;
use crate::support::programs::is_usable;
use crate::support::{
    PATIENCE, ROLES, Role, assert_delivered, assert_second_signal_counts, converse,
    converse_unread, on_each_way, pattern, server, shell, stands_still, wait_until,
};

on_each_way! {
    fn skat_dies_of_the_signal_after_telling_the_peer(way) {
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            for role in ROLES {
                let (mut skat, mut peer) = converse(role, &[], way);
                skat.type_in("last words");
                peer.send("received");
                skat.wait_for_stdout("received");
                // What a helper has not carried yet is not read.
                wait_until("the last words", || peer.unread() > 0);
                skat.signal(signal);
                assert_eq!(peer.receive_to_end(), b"last words");
                drop(peer);
                let finished = skat.finish();
                finished.assert_died_of(signal).assert_stdout("received").assert_silent();
            }
        }
    }

    fn a_peer_that_never_ends_is_waited_for_a_second_at_most(way) {
        let conversations = ROLES.map(|role| {
            let (skat, mut peer) = converse(role, &[], way);
            peer.send("x");
            skat.wait_for_stdout("x");
            (skat, peer)
        });
        let told = Instant::now();
        for (skat, _) in &conversations {
            skat.signal(Signal::SIGTERM);
        }
        for (skat, mut peer) in conversations {
            peer.expect_end();
            skat.finish().assert_died_of(Signal::SIGTERM);
            // One second, and what a loaded machine adds.
            assert!(told.elapsed() < PATIENCE / 2);
        }
    }

    /// What skat holds of an answer still arrives.
    fn what_is_on_its_way_is_delivered(way) {
        assert_delivered(|| {
            let skat = server(&["--echo", "-O", "sndbuf=16K", "-O", "rcvbuf=16K"]).way(way).listen();
            let mut peer = skat.connect().with_small_buffers();
            let sent = pattern(8 << 20);
            let (mut twin, copy) = (peer.twin(), sent.clone());
            let sending = std::thread::spawn(move || twin.try_send(&copy));
            let is_full = || stands_still(|| peer.held_back());
            wait_until("a full connection", || is_full() && is_full());
            let outside = peer.held_back() + peer.unread();
            let told = Instant::now();
            skat.signal(Signal::SIGTERM);
            let result = peer.try_receive_to_end();
            drop(peer);
            skat.finish().assert_died_of(Signal::SIGTERM);
            let took = told.elapsed();
            let _ = sending.join().unwrap();
            let received = result.unwrap_or_default();
            assert!(sent.starts_with(&received));
            (received.len() > outside, took)
        });
    }

    fn a_blocked_stdout_does_not_keep_skat(way) {
        let conversations = ROLES.map(|role| {
            let (skat, mut peer) = converse_unread(role, &[], way);
            let watched = peer.twin();
            let flooding = std::thread::spawn(move || {
                while peer.try_send(&[b'x'; 16384]).is_ok() {}
            });
            wait_until("a full pipe", || stands_still(|| watched.unacknowledged()));
            skat.signal(Signal::SIGTERM);
            (skat, flooding)
        });
        for (skat, flooding) in conversations {
            skat.finish().assert_died_of(Signal::SIGTERM);
            flooding.join().unwrap();
        }
    }

    fn what_a_peer_does_not_take_is_told(way) {
        for peer_has_ended in [false, true] {
            let (mut skat, mut peer) = converse(Role::Client, &[], way);
            let typing = skat.type_all(pattern(64 << 20));
            wait_until("a full connection", || stands_still(|| peer.unread()));
            if peer_has_ended {
                peer.finish();
                skat.wait_for_end_of_stdout();
            }
            skat.signal(Signal::SIGTERM);
            let finished = skat.finish();
            finished.assert_died_of(Signal::SIGTERM).assert_told("bytes were not delivered");
            drop(peer);
            typing.join().unwrap();
        }
    }

    fn skat_dies_at_once_of_a_second_signal(way) {
        assert_second_signal_counts(|| {
            let (skat, mut peer) = converse(Role::Client, &[], way);
            skat.signal(Signal::SIGTERM);
            // The peer does not end, so that skat waits.
            peer.expect_end();
            skat.signal(Signal::SIGINT);
            skat.finish()
        });
    }
}

#[test]
fn a_server_that_waits_is_stopped() {
    for options in [&[][..], &["-k"], &["--echo"], &["--echo", "--threads", "3"]] {
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            let skat = server(options).listen();
            skat.signal(signal);
            skat.finish().assert_died_of(signal).assert_silent();
        }
    }
}

#[test]
fn a_service_tells_its_peers() {
    for options in [&["--echo"][..], &["--echo", "--threads", "2"], &["--discard"]] {
        let mut skat = server(&[&["-v"], options].concat()).listen();
        let mut peers: Vec<_> = (0..20).map(|_| skat.connect()).collect();
        for peer in &peers {
            skat.wait_for_stderr(&format!("with {}", peer.local()));
        }
        skat.signal(Signal::SIGTERM);
        for peer in &mut peers {
            peer.expect_end();
        }
        drop(peers);
        skat.finish().assert_died_of(Signal::SIGTERM);
    }
}

/// nohup, and a shell's background jobs.
#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let script = r#"trap '' HUP INT; exec "$SKAT" tcp-server --echo 127.0.0.1 0"#;
    let mut skat = shell(script).listen();
    skat.signal(Signal::SIGHUP);
    skat.signal(Signal::SIGINT);
    let mut peer = skat.connect();
    peer.send("still here");
    peer.expect("still here");
    skat.assert_running();
    skat.stop();
}

#[test]
fn a_client_that_still_connects_is_stopped() {
    let script = r#"exec "$SKAT" tcp-client --retry-for 60 -vv 127.0.0.1 1"#;
    let mut skat = shell(script).start();
    skat.wait_for_stderr("connecting to");
    skat.signal(Signal::SIGINT);
    skat.finish().assert_died_of(Signal::SIGINT);
}

/// A signal that it raises does not kill process 1, such as that of a container.
#[test]
fn process_1_ends_with_the_number_of_the_signal() {
    if !is_usable("unshare", &["-rpf", "true"]) {
        return;
    }
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let script = r#"exec unshare -rpf --kill-child "$SKAT" tcp-server --echo 127.0.0.1 0"#;
        let skat = shell(script).listen();
        skat.connect();
        // unshare(1) waits for it and ends as it does.
        kill(Pid::from_raw(only_child(skat.id())), signal).unwrap();
        skat.finish().assert_status(128 + signal as i32).assert_silent();
    }
}
