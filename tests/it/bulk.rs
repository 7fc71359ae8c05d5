//! Much at once: memory stays small, nothing is lost, nobody waits for the other direction.

use std::io::{Read as _, Write as _};

use crate::support::{
    ROLES, Role, assert_same_bytes, converse, converse_unread, on_each_way, pattern, process,
    stands_still, wait_until,
};

/// More than any buffer between a sender and a reader holds.
const MUCH: usize = 256 << 20;
/// What a skat may take, in MiB, of which most is the program itself.
const MEMORY: u64 = 16;

on_each_way! {
    fn much_through_a_slow_reader_with_little_memory(way) {
        let (mut skat, mut peer) = converse_unread(Role::Server, &[], way);
        skat.close_stdin();
        let block = pattern(1 << 20);
        let sent = block.clone();
        let sending = std::thread::spawn(move || {
            for _ in 0..MUCH / sent.len() {
                peer.send(&sent);
            }
            peer.finish();
            peer.expect_end();
        });
        let mut stdout = skat.take_stdout();
        let mut got = vec![0; block.len()];
        let mut peak = 0;
        for turn in 0..MUCH / block.len() {
            // As long as more is to come than any pipe holds, it cannot have ended.
            if turn + 8 < MUCH / block.len() {
                peak = process::peak_memory(skat.id());
            }
            stdout.read_exact(&mut got).unwrap();
            assert_same_bytes(&got, &block);
            if turn % 64 == 0 {
                // Long enough for everything between to fill up.
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
        assert_eq!(stdout.read(&mut got).unwrap(), 0);
        sending.join().unwrap();
        skat.finish().assert_status(0).assert_silent();
        assert!(peak < MEMORY, "{peak} MiB");
    }

    fn much_from_stdin_to_a_slow_peer_with_little_memory(way) {
        let (mut skat, mut peer) = converse(Role::Client, &[], way);
        let block = pattern(1 << 20);
        let (mut stdin, typed) = (skat.take_stdin(), block.clone());
        let typing = std::thread::spawn(move || {
            for _ in 0..64 {
                stdin.write_all(&typed).unwrap();
            }
        });
        for turn in 0..64 {
            if turn % 16 == 0 {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            peer.expect(&block);
        }
        typing.join().unwrap();
        let peak = process::peak_memory(skat.id());
        peer.expect_end();
        drop(peer);
        skat.finish().assert_status(0);
        assert!(peak < MEMORY, "{peak} MiB");
    }

    fn megabytes_both_ways_at_once(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            let (down, up) = (pattern(16 << 20), pattern((16 << 20) + 1));
            let typing = skat.type_all(&up);
            let (mut twin, sent) = (peer.twin(), down.clone());
            let sending = std::thread::spawn(move || {
                twin.send(&sent);
                twin.finish();
            });
            assert_same_bytes(&peer.receive_to_end(), &up);
            typing.join().unwrap();
            sending.join().unwrap();
            drop(peer);
            skat.finish().assert_status(0).assert_stdout(&down).assert_silent();
        }
    }

    fn an_echo_of_megabytes_to_a_peer_that_reads_late(way) {
        let skat = crate::support::server(&["--echo"]).way(way).listen();
        let mut peer = skat.connect();
        let data = pattern(32 << 20);
        let (mut twin, sent) = (peer.twin(), data.clone());
        let sending = std::thread::spawn(move || {
            twin.send(&sent);
            twin.finish();
        });
        wait_until("a full connection", || stands_still(|| peer.held_back()));
        assert_same_bytes(&peer.receive_to_end(), &data);
        sending.join().unwrap();
        let peak = process::peak_memory(skat.id());
        skat.stop().assert_silent();
        assert!(peak < MEMORY, "{peak} MiB");
    }

    fn a_client_and_a_server_talk(way) {
        // Files of every awkward size, through both roles and back.
        for size in [0, 1, 65_535, 65_536, 65_537, 1_048_577] {
            let data = pattern(size);
            let server = crate::support::server(&["--echo"]).way(way).listen();
            let mut client = crate::support::client(server.address, &[]).way(way).start();
            let typing = client.type_all(&data);
            let finished = client.finish();
            finished.assert_status(0).assert_stdout(&data).assert_silent();
            typing.join().unwrap();
        }
    }
}
