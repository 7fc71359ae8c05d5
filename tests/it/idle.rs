//! States in which nothing happens take no CPU.

use crate::support::process::assert_idle;
use crate::support::{
    ROLES, Role, TCP_ROLES, converse, converse_unread, on_each_way, server, stands_still,
    wait_until,
};

on_each_way! {
    fn a_half_closed_conversation(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("x");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"x");
            assert_idle(&skat);
            drop(peer);
            skat.finish().assert_status(0);
        }
    }

    fn a_peer_that_has_ended_while_stdin_is_open(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            peer.finish();
            skat.wait_for_end_of_stdout();
            assert_idle(&skat);
            skat.close_stdin();
            peer.expect_end();
            skat.finish().assert_status(0);
        }
    }

    fn a_blocked_stdout(way) {
        for role in ROLES {
            let (mut skat, peer) = converse_unread(role, &[], way);
            let mut twin = peer.twin();
            let flooding = std::thread::spawn(move || while twin.try_send(&[0; 16384]).is_ok() {});
            wait_until("a full connection", || stands_still(|| peer.unacknowledged()));
            assert_idle(&skat);
            drop(skat.take_stdout());
            skat.finish();
            flooding.join().unwrap();
        }
    }

    fn a_peer_that_does_not_read(way) {
        for role in TCP_ROLES {
            let (mut skat, peer) = converse(role, &[], way);
            let mut stdin = skat.take_stdin();
            let typing = std::thread::spawn(move || {
                while std::io::Write::write_all(&mut stdin, &[0; 16384]).is_ok() {}
            });
            wait_until("a full connection", || stands_still(|| peer.held_back()));
            assert_idle(&skat);
            peer.reset();
            skat.finish().assert_status(1);
            typing.join().unwrap();
        }
    }

    fn a_server_with_dev_null(way) {
        let prepare = |skat: crate::support::Skat| skat.stdin(std::process::Stdio::null());
        let (skat, mut peer) = crate::support::converse_with(Role::Server, &[], way, prepare);
        peer.send("x");
        skat.wait_for_stdout("x");
        assert_idle(&skat);
        drop(peer);
        skat.finish().assert_status(0);
    }

    fn a_server_between_conversations(way) {
        let mut skat = server(&["-k"]).way(way).listen();
        for _ in 0..3 {
            let mut peer = skat.connect();
            peer.send("x");
            peer.finish();
            peer.expect_end();
        }
        skat.close_stdin();
        assert_idle(&skat);
        skat.wait_for_stdout("xxx");
        skat.stop();
    }
}

#[test]
fn a_service_with_idle_and_half_closed_and_stuck_peers() {
    for options in [&["--echo"][..], &["--echo", "--threads", "3"], &["--discard"], &["--stamp"]] {
        let skat = server(options).listen();
        assert_idle(&skat);
        let mut idle = skat.connect();
        idle.send("x");
        let stuck = skat.connect();
        let mut twin = stuck.twin();
        let flooding = std::thread::spawn(move || {
            for _ in 0..1000 {
                if twin.try_send(&[b'\n'; 16384]).is_err() {
                    break;
                }
            }
        });
        if options.contains(&"--discard") {
            flooding.join().unwrap();
            assert_idle(&skat);
        } else {
            wait_until("a full connection", || stands_still(|| stuck.unacknowledged()));
            assert_idle(&skat);
            skat.stop();
            flooding.join().unwrap();
        }
    }
}
