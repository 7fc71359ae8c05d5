//! `--exec` and `--sh-exec`: what passes between a peer and the process that serves it.

use std::io::Write as _;

use crate::support::passage::{PASSAGES, Passage, server_by};
use crate::support::programs::is_usable;
use crate::support::{Peer, Skat, assert_same_bytes, pattern, process, server, skat, wait_until};

/// The answer of a process that waits for the end of its input, which is the client's half-close.
#[test]
fn an_answer_after_the_half_close_arrives() {
    for passage in PASSAGES {
        for (command, answer) in
            [("tr a-z A-Z", "B\nA\n"), ("sort", "a\nb\n"), ("wc -c", "4\n"), ("cat", "b\na\n")]
        {
            let skat = server_by(passage, &["--exec", command]).listen();
            for _ in 0..2 {
                let mut peer = skat.connect();
                peer.send("b\na\n");
                peer.finish();
                assert_eq!(
                    String::from_utf8(peer.receive_to_end()).unwrap(),
                    answer,
                    "{passage:?}"
                );
            }
            skat.stop().assert_silent();
        }
    }
}

#[test]
fn a_shell_takes_the_line_as_it_is() {
    for passage in PASSAGES {
        let skat =
            server_by(passage, &["-c", "read line; echo \"$line|$line\" | cat; cat"]).listen();
        let mut peer = skat.connect();
        peer.send("hello\nrest");
        peer.expect("hello|hello\nrest");
        peer.finish();
        peer.expect_end();
        skat.stop().assert_silent();
    }
}

#[test]
fn a_dialogue_goes_back_and_forth() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["-e", "cat"]).listen();
        let mut peers: Vec<Peer> = (0..3).map(|_| skat.connect()).collect();
        for round in 0..20 {
            for (number, peer) in peers.iter_mut().enumerate() {
                let line = format!("{round} of {number}\n");
                peer.send(&line);
                peer.expect(&line);
            }
        }
        skat.stop();
    }
}

/// A process that ends without having read: what it said is not destroyed by a reset, however
/// much the client has sent.
#[test]
fn the_last_words_of_a_process_that_does_not_read_arrive() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["-c", "echo bye"]).listen();
        for _ in 0..20 {
            let mut peer = skat.connect();
            let mut twin = peer.twin();
            let sending = std::thread::spawn(move || {
                let _ = twin.try_send(&pattern(2 << 20));
                twin.finish();
            });
            assert_eq!(peer.receive_to_end(), b"bye\n", "{passage:?}");
            sending.join().unwrap();
        }
        skat.stop().assert_silent();
    }
}

#[test]
fn much_passes_both_ways_at_once() {
    let data = pattern(24 << 20);
    for passage in PASSAGES {
        let skat = server_by(passage, &["-e", "cat"]).listen();
        let mut peer = skat.connect();
        let (mut twin, sent) = (peer.twin(), data.clone());
        let sending = std::thread::spawn(move || {
            twin.send(sent);
            twin.finish();
        });
        assert_same_bytes(&peer.receive_to_end(), &data);
        sending.join().unwrap();
        skat.stop().assert_silent();
    }
}

/// More than all buffers hold, to a client that begins to read when the process has said all.
#[test]
fn a_long_answer_waits_for_a_slow_client() {
    for passage in PASSAGES {
        let command = "head -c 20000000 /dev/zero; echo end";
        let skat = server_by(passage, &["-c", command]).listen();
        let mut peer = skat.connect();
        wait_until("a full connection", || peer.held_back() > 0);
        let came = peer.receive_to_end();
        assert_eq!(came.len(), 20_000_004, "{passage:?}");
        assert!(came.ends_with(b"\0end\n"));
        skat.stop().assert_silent();
    }
}

#[test]
fn every_byte_passes() {
    let every: Vec<u8> = (0..=255).collect();
    for passage in PASSAGES {
        let skat = server_by(passage, &["-e", "cat"]).listen();
        let mut peer = skat.connect();
        peer.send(&every);
        peer.expect(&every);
        peer.finish();
        peer.expect_end();
        skat.stop().assert_silent();
    }
}

/// Who does not read holds up nobody else.
#[test]
fn a_client_that_never_reads_holds_up_nobody() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["-c", "read word; test \"$word\" = all && exec yes; echo"]);
        let skat = skat.listen();
        let mut stuck = skat.connect();
        stuck.send("all\n");
        wait_until("a full connection", || stuck.held_back() > 0);
        for _ in 0..5 {
            let mut peer = skat.connect();
            peer.send("some\n");
            peer.expect("\n");
            peer.expect_end();
        }
        process::assert_idle(&skat);
        skat.stop();
    }
}

/// `-v` tells how much passed, also where it did not pass through skat.
#[test]
fn bytes_are_counted() {
    for passage in PASSAGES {
        let command = "wc -c; head -c 3000000 /dev/zero";
        let mut skat = server_by(passage, &["-v", "-c", command]).listen();
        for _ in 0..2 {
            let mut peer = skat.connect();
            peer.send(pattern(500_000));
            peer.finish();
            peer.expect("500000\n");
            let rest = peer.receive_to_end();
            assert_eq!(rest.len(), 3_000_000);
            drop(peer);
            skat.wait_for_stderr("(500000 bytes in, 3000007 out");
        }
        let told = skat.stop().stderr;
        assert_eq!(told.matches("the command ended with status 0 (500000 ").count(), 2, "{told}");
        assert!(told.contains("(1000000 bytes in, 6000014 out"), "{told}");
    }
}

#[test]
fn other_programs_are_served() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["-e", "sort"]).listen();
        let (host, port) = (skat.address.ip().to_string(), skat.address.port().to_string());
        let address = format!("TCP:{}", skat.address);
        for (program, arguments, version) in [
            ("socat", &["-t", "20", "-", &address][..], "-V"),
            ("ncat", &[&host, &port], "--version"),
            ("nc", &["-N", &host, &port], "-h"),
        ] {
            if !is_usable(program, &[version]) {
                continue;
            }
            let mut client = Skat::another(program, arguments).start();
            let mut stdin = client.take_stdin();
            stdin.write_all(b"b\nc\na\n").unwrap();
            drop(stdin);
            client.finish().assert_status(0).assert_stdout("a\nb\nc\n");
        }
        skat.stop().assert_silent();
    }
}

#[test]
fn many_are_served_at_once() {
    for (passage, threads) in
        [(Passage::Socket, "1"), (Passage::Socket, "3"), (Passage::Spliced, "2")]
    {
        let skat = server_by(passage, &["-e", "tr a-z A-Z", "--threads", threads]).listen();
        let mut peers: Vec<Peer> = (0..40).map(|_| skat.connect()).collect();
        for (number, peer) in peers.iter_mut().enumerate() {
            peer.send(format!("peer {number}"));
            peer.finish();
        }
        for (number, peer) in peers.iter_mut().enumerate().rev() {
            peer.expect(format!("PEER {number}"));
            peer.expect_end();
        }
        skat.stop().assert_silent();
    }
}

#[test]
fn no_more_processes_than_max_conns() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["-m", "2", "-c", "echo served; cat"]).listen();
        let mut peers: Vec<Peer> = (0..3).map(|_| skat.connect()).collect();
        peers[0].expect("served\n");
        peers[1].expect("served\n");
        assert!(peers[2].hears_nothing());
        peers[0].finish();
        peers[0].expect_end();
        drop(peers.remove(0));
        peers[1].expect("served\n");
        skat.stop().assert_silent();
    }
}

/// Whoever listens on every address without a reason is told what that means.
#[test]
fn a_server_open_to_all_is_warned_of() {
    for (words, warned) in [
        (&["0"][..], true),
        (&["0.0.0.0", "0"], true),
        (&["--quiet", "0.0.0.0", "0"], false),
        (&["--allow", "127.0.0.0/8", "0"], false),
        (&["--deny", "127.0.0.7", "0"], true),
        (&["localhost", "0"], false),
    ] {
        let options = ["tcp-server", "--exec", "true", "--run", "exit 0"];
        let finished = skat([&options, words].concat()).run();
        finished.assert_status(0);
        assert_eq!(finished.stderr.contains("can run the command"), warned, "{words:?}");
    }
}

#[test]
fn an_operator_of_the_shell_is_warned_of() {
    let finished = server(&["--exec", "cat | wc", "--run", "true"]).run();
    finished.assert_status(0).assert_told("--exec runs no shell: '|' is passed on");
}

#[test]
fn commands_and_options_that_make_no_sense_with_a_program_are_refused() {
    for (options, said) in [
        (&["-e", "cat", "-c", "cat"][..], "cannot be used with"),
        (&["-e", "cat", "--echo"], "cannot be used with"),
        (&["-c", "cat", "--discard"], "cannot be used with"),
        (&["-c", "cat", "-k"], "has no effect with a service"),
        (&["-e", "cat", "--crlf"], "has no effect"),
        (&["-e", "cat", "--no-stdin"], "has no effect"),
        (&["-e", "cat", "--after-eof", "1"], "has no effect"),
        (&["-e", ""], "is empty"),
        (&["-e", " # nothing"], "is empty"),
        (&["-c", " "], "is empty"),
        (&["-e", "echo 'a"], "a quote is not closed"),
        (&["-e", "echo \"a"], "a quote is not closed"),
        (&["-e", "echo \\"], "a quote is not closed"),
    ] {
        server(options).run().assert_status(2).assert_told(said);
    }
}
