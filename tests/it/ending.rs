//! How a conversation ends: who ends first, and what is still delivered.

use std::process::Stdio;

use crate::support::{
    Peer, ROLES, Role, converse, converse_with, on_each_way, pattern, refusing_address, skat,
};

on_each_way! {
    fn stdin_ends_first_and_receiving_goes_on(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("question");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"question", "{role:?}");
            peer.send("answer ");
            skat.wait_for_stdout("answer ");
            peer.send("and more");
            drop(peer);
            skat.finish().assert_status(0).assert_stdout("answer and more").assert_silent();
        }
    }

    fn the_peer_ends_first_and_sending_goes_on(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            peer.send("all I have");
            peer.finish();
            skat.wait_for_end_of_stdout();
            skat.type_in("still ");
            peer.expect("still ");
            skat.assert_running();
            skat.type_in("listening");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"listening", "{role:?}");
            skat.finish().assert_status(0).assert_stdout("all I have").assert_silent();
        }
    }

    fn both_end_at_once(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("mine");
            peer.send("yours");
            peer.finish();
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"mine", "{role:?}");
            drop(peer);
            skat.finish().assert_status(0).assert_stdout("yours").assert_silent();
        }
    }

    fn a_peer_that_closes_at_once_gets_nothing_and_skat_waits_for_stdin(way) {
        for role in ROLES {
            let (mut skat, peer) = converse(role, &[], way);
            drop(peer);
            skat.wait_for_end_of_stdout();
            skat.assert_running();
            skat.close_stdin();
            skat.finish().assert_status(0).assert_stdout("").assert_silent();
        }
    }

    fn a_blocked_stdout_does_not_stop_sending(way) {
        for role in ROLES {
            let (mut skat, mut peer) = crate::support::converse_unread(role, &[], way);
            let flood = pattern(4 << 20);
            let (mut twin, sent) = (peer.twin(), flood.clone());
            let sender = std::thread::spawn(move || {
                twin.send(sent);
                twin.finish();
            });
            let upload = pattern(1 << 20);
            let typist = skat.type_all(&upload);
            // Nobody reads stdout yet, and everything of stdin arrives.
            crate::support::assert_same_bytes(&peer.receive_to_end(), &upload);
            let mut got = Vec::new();
            std::io::Read::read_to_end(&mut skat.take_stdout(), &mut got).unwrap();
            crate::support::assert_same_bytes(&got, &flood);
            sender.join().unwrap();
            typist.join().unwrap();
            skat.finish().assert_status(0);
        }
    }

    fn a_peer_that_does_not_read_does_not_stop_receiving(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            let upload = pattern(8 << 20);
            let typist = skat.type_all(&upload);
            let flood = pattern(4 << 20);
            peer.send(&flood);
            peer.finish();
            skat.wait_for_end_of_stdout();
            crate::support::assert_same_bytes(&peer.receive_to_end(), &upload);
            typist.join().unwrap();
            skat.finish().assert_status(0).assert_stdout(&flood);
        }
    }

    fn a_server_with_nothing_to_say_ends_when_the_peer_does(way) {
        for role in [Role::Server, Role::UnixServer] {
            let prepare = |skat: crate::support::Skat| skat.stdin(Stdio::null());
            let (skat, mut peer) = converse_with(role, &[], way, prepare);
            peer.send("first ");
            skat.wait_for_stdout("first ");
            assert!(peer.hears_nothing(), "a FIN came from a server that only listens");
            peer.send("second");
            peer.finish();
            peer.expect_end();
            skat.finish().assert_status(0).assert_stdout("first second").assert_silent();
        }
    }

    fn a_client_with_nothing_to_say_says_so(way) {
        for role in [Role::Client, Role::UnixClient] {
            let prepare = |skat: crate::support::Skat| skat.stdin(Stdio::null());
            let (skat, mut peer) = converse_with(role, &[], way, prepare);
            peer.expect_end();
            peer.send("an answer to nothing");
            drop(peer);
            skat.finish().assert_status(0).assert_stdout("an answer to nothing");
        }
    }

    fn a_server_that_gave_something_half_closes(way) {
        for role in [Role::Server, Role::UnixServer] {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("x");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"x");
            drop(peer);
            skat.finish().assert_status(0);
        }
    }

    fn pending_output_is_delivered_before_the_end(way) {
        // The peer sends everything and closes long before anybody reads stdout.
        for role in ROLES {
            let (mut skat, mut peer) = crate::support::converse_unread(role, &[], way);
            skat.close_stdin();
            let flood = pattern(3 << 20);
            let sent = flood.clone();
            let sender = std::thread::spawn(move || {
                peer.send(sent);
                drop(peer);
            });
            let mut stdout = skat.take_stdout();
            let mut got = vec![0; 1];
            std::io::Read::read_exact(&mut stdout, &mut got).unwrap();
            std::io::Read::read_to_end(&mut stdout, &mut got).unwrap();
            crate::support::assert_same_bytes(&got, &flood);
            sender.join().unwrap();
            skat.finish().assert_status(0).assert_silent();
        }
    }
}

/// Only one peer is talked to: when it has come, the port is free for another program.
#[test]
fn the_listener_closes_when_the_peer_has_come() {
    let skat = skat(["tcp-server", &refusing_address().to_string()]).listen();
    let mut peer = skat.connect();
    peer.send("x");
    skat.wait_for_stdout("x");
    assert!(Peer::try_connect(skat.address).is_err(), "a second peer was let in");
}
