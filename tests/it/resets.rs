//! Resets: what came is written, and the status tells whether anything was lost.

use crate::support::{TCP_ROLES, converse, converse_unread, on_each_way, pattern, wait_until};

on_each_way! {
    fn data_then_a_reset_is_written_then_told(way) {
        for role in TCP_ROLES {
            let (skat, mut peer) = converse(role, &[], way);
            let data = pattern(30_000);
            peer.send(&data);
            peer.reset();
            let finished = skat.finish();
            finished.assert_status(1).assert_told("connection reset by peer");
            // Nothing that came before the reset is invented or changed.
            finished.assert_stdout(&data);
        }
    }

    fn a_reset_while_stdout_is_blocked_loses_nothing_that_came(way) {
        for role in TCP_ROLES {
            let (mut skat, mut peer) = converse_unread(role, &["-v"], way);
            let data = pattern(100_000);
            peer.send(&data);
            wait_until("everything to be acknowledged", || peer.unacknowledged() == 0);
            peer.reset();
            let mut got = Vec::new();
            std::io::Read::read_to_end(&mut skat.take_stdout(), &mut got).unwrap();
            crate::support::assert_same_bytes(&got, &data);
            skat.finish().assert_status(1).assert_told("connection reset by peer");
        }
    }

    fn a_reset_while_stdin_flows_is_told(way) {
        for role in TCP_ROLES {
            let (mut skat, peer) = converse(role, &[], way);
            let mut stdin = skat.take_stdin();
            let typist = std::thread::spawn(move || {
                let line = [b'y'; 16384];
                while std::io::Write::write_all(&mut stdin, &line).is_ok() {}
            });
            wait_until("bytes to come", || peer.stream().peek(&mut [0]).is_ok());
            peer.reset();
            skat.finish().assert_status(1).assert_told("connection reset by peer");
            typist.join().unwrap();
        }
    }

    fn a_reset_after_our_half_close_is_told(way) {
        for role in TCP_ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("question");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"question");
            peer.send("half an ans");
            skat.wait_for_stdout("half an ans");
            peer.reset();
            let finished = skat.finish();
            finished.assert_status(1).assert_stdout("half an ans").assert_told("reset");
        }
    }

    fn a_reset_after_the_peers_end_is_well_if_all_was_acknowledged(way) {
        for role in TCP_ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("heard");
            peer.expect("heard");
            peer.send("answer");
            peer.finish();
            skat.wait_for_end_of_stdout();
            peer.reset();
            skat.finish().assert_status(0).assert_stdout("answer").assert_silent();
        }
    }

    fn a_reset_after_the_peers_end_is_a_loss_if_anything_was_not(way) {
        for role in TCP_ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            peer.finish();
            skat.wait_for_end_of_stdout();
            let mut stdin = skat.take_stdin();
            let typist = std::thread::spawn(move || {
                let line = [b'y'; 16384];
                while std::io::Write::write_all(&mut stdin, &line).is_ok() {}
            });
            // The peer reads nothing: sooner or later its window is full.
            wait_until("a full window", || peer.held_back() > 65_536);
            peer.reset();
            skat.finish().assert_status(1).assert_told("reset");
            typist.join().unwrap();
        }
    }

    fn a_peer_that_closes_with_bytes_unread_resets(way) {
        // What a program does that answers without having read everything.
        for role in TCP_ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in(pattern(100));
            wait_until("bytes to come", || peer.stream().peek(&mut [0]).is_ok());
            peer.send("early answer");
            skat.wait_for_stdout("early answer");
            drop(peer);
            skat.finish().assert_status(1).assert_stdout("early answer").assert_told("reset");
        }
    }

    fn a_service_survives_resets(way) {
        let server = crate::support::server(&["--echo"]).way(way).listen();
        for _ in 0..20 {
            let mut peer = server.connect();
            peer.send("to be lost");
            peer.reset();
        }
        let mut peer = server.connect();
        peer.send("hello");
        peer.expect("hello");
        server.stop().assert_silent();
    }
}
