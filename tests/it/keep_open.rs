//! `-k`: one peer after another; stdout stays open, and nobody gets what was meant for another.

use std::process::Stdio;

use socket2::{SockFilter, SockRef};

use crate::support::{on_each_way, pattern, server, wait_until};

on_each_way! {
    fn one_conversation_after_another(way) {
        let mut skat = server(&["-k"]).way(way).listen();
        for number in 0..5 {
            let mut peer = skat.connect();
            peer.send(format!("peer {number}\n"));
            skat.type_in(format!("for {number}"));
            peer.expect(format!("for {number}"));
            peer.finish();
            peer.expect_end();
        }
        skat.wait_for_stdout("peer 0\npeer 1\npeer 2\npeer 3\npeer 4\n");
        skat.stop().assert_silent();
    }

    fn a_full_disk_ends_it(way) {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let skat = server(&["-k"]).way(way).stdout(full).listen();
        let mut peer = skat.connect();
        peer.send("no room for this");
        skat.finish().assert_status(1).assert_told("write stdout: no space left on device");
    }

    fn the_second_waits_for_its_turn(way) {
        let skat = server(&["-k"]).way(way).listen();
        let mut first = skat.connect();
        first.send("1");
        skat.wait_for_stdout("1");
        let mut second = skat.connect();
        second.send("2");
        assert!(second.hears_nothing());
        first.send("1");
        drop(first);
        skat.wait_for_stdout("112");
        drop(second);
        skat.stop();
    }

    fn the_end_of_stdin_ends_no_conversation(way) {
        let mut skat = server(&["-k"]).way(way).listen();
        skat.type_in("once");
        skat.close_stdin();
        let mut first = skat.connect();
        assert_eq!(first.receive_to_end(), b"once");
        first.send("1");
        drop(first);
        for number in 2..4 {
            let mut peer = skat.connect();
            peer.send(format!("{number}"));
            peer.finish();
            peer.expect_end();
        }
        skat.wait_for_stdout("123");
        skat.stop();
    }

    /// Who has spoken and has no more to say tells everybody.
    fn the_end_of_a_stdin_that_gave_something_is_told_to_all(way) {
        let mut skat = server(&["-k"]).way(way).listen();
        skat.type_in("once");
        let mut first = skat.connect();
        first.expect("once");
        drop(first);
        let mut second = skat.connect();
        assert!(second.hears_nothing());
        skat.close_stdin();
        second.expect_end();
        second.send("2");
        drop(second);
        let mut third = skat.connect();
        third.expect_end();
        third.send("3");
        drop(third);
        skat.wait_for_stdout("23");
        skat.stop();
    }

    fn a_collector_with_dev_null(way) {
        let skat = server(&["-k"]).way(way).stdin(Stdio::null()).listen();
        for _ in 0..3 {
            let mut peer = skat.connect();
            peer.send("x");
            assert!(peer.hears_nothing());
            peer.finish();
            peer.expect_end();
        }
        skat.wait_for_stdout("xxx");
        skat.stop().assert_silent();
    }

    fn what_a_peer_did_not_take_is_told_and_not_given_to_the_next(way) {
        let mut skat = server(&["-k"]).way(way).listen();
        let first = skat.connect();
        // More than the connection holds; the rest waits in skat and in the pipe before it.
        let mut stdin = skat.take_stdin();
        let typing = std::thread::spawn(move || {
            std::io::Write::write_all(&mut stdin, &vec![b'1'; 16 << 20]).unwrap();
            stdin
        });
        wait_until("bytes to come", || first.stream().peek(&mut [0]).is_ok());
        first.reset();
        let told = skat.wait_for_stderr("bytes were not delivered");
        let mut second = skat.connect();
        let reading = std::thread::spawn(move || second.receive_to_end());
        let mut stdin = typing.join().unwrap();
        std::io::Write::write_all(&mut stdin, b"2").unwrap();
        drop(stdin);
        let got = reading.join().unwrap();
        assert_eq!(got.last(), Some(&b'2'));
        let (before, _) = told.split_once(" bytes were not delivered").unwrap();
        let lost: usize = before.rsplit(' ').next().unwrap().parse().expect(before);
        // What the first has taken counts for neither.
        assert!(lost > 0 && lost + got.len() - 1 < 16 << 20, "{lost} lost, {} sent", got.len());
        skat.stop();
    }

    fn resets_end_only_their_conversation(way) {
        let mut skat = server(&["-k"]).way(way).listen();
        let mut peer = skat.connect();
        peer.send("before");
        skat.wait_for_stdout("before");
        peer.reset();
        skat.wait_for_stderr("connection reset by peer");
        let mut peer = skat.connect();
        peer.send(" after");
        peer.finish();
        peer.expect_end();
        skat.wait_for_stdout("before after");
        skat.stop();
    }

    fn much_from_many(way) {
        let skat = server(&["-k"]).way(way).stdin(Stdio::null()).listen();
        let data = pattern(700_000);
        for piece in data.chunks(100_000) {
            let mut peer = skat.connect();
            peer.send(piece);
            peer.finish();
            peer.expect_end();
        }
        skat.wait_for_stdout(&data);
        skat.stop();
    }
}

/// Who has ended and got every byte may be gone without a word: our end is not acknowledged then,
/// and nothing is lost.
#[test]
fn an_end_that_nobody_acknowledges_is_no_loss() {
    let mut skat = server(&["-k", "-v"]).listen();
    let mut peer = skat.connect();
    skat.type_in("a line\n");
    peer.expect("a line\n");
    // Its system drops whatever comes from here on.
    let drop_all = SockFilter::new(6, 0, 0, 0);
    SockRef::from(peer.stream()).attach_filter(&[drop_all]).unwrap();
    peer.finish();
    skat.wait_for_stderr("disconnected");
    let mut next = skat.connect();
    next.send("next");
    skat.wait_for_stdout("next");
    let told = skat.stop();
    assert!(!told.stderr.contains("not delivered"), "{}", told.stderr);
}
