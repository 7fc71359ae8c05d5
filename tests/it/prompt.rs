//! The classic dialogue in lockstep, `--prompt`: a line, its answer, the next line.

use std::fs::File;
use std::net::SocketAddr;

use nix::sys::signal::Signal;

use crate::support::process::assert_idle;
use crate::support::terminal::Terminal;
use crate::support::{
    Listener, Peer, Running, Skat, UdpPeer, Way, client, on_each_stdio, pattern, refusing_address,
    server, udp_client, wait_until,
};

/// A dialogue with a scripted peer that has already accepted.
fn dialogue(options: &[&str], way: Way) -> (Running, Peer) {
    let listener = Listener::new();
    let options = [&["--prompt"], options].concat();
    let skat = client(listener.address(), &options).way(way).start();
    let peer = listener.accept();
    (skat, peer)
}

on_each_stdio! {
    /// Everything is there to be sent, and yet the second line comes only after the answer to
    /// the first.
    fn the_next_line_is_sent_only_after_the_answer(way) {
        let (mut skat, mut peer) = dialogue(&[], way);
        skat.type_in("one\ntwo\nthree\n");
        for line in ["one\n", "two\n", "three\n"] {
            peer.expect(line);
            assert!(peer.hears_nothing(), "not in lockstep after {line}");
            peer.send(line.to_uppercase());
        }
        skat.close_stdin();
        peer.expect_end();
        drop(peer);
        let finished = skat.finish();
        finished.assert_status(0).assert_stdout("ONE\nTWO\nTHREE\n");
        assert_eq!(finished.stderr, "> > > > ");
    }

    fn the_next_datagram_is_sent_only_after_the_answer(way) {
        let peer = UdpPeer::new();
        let mut skat = udp_client(peer.address(), &["--prompt"]).way(way).start();
        skat.type_in("one\ntwo\nthree\n");
        for line in ["one\n", "two\n", "three\n"] {
            let client = peer.expect(line);
            assert!(peer.hears_nothing(), "not in lockstep after {line}");
            peer.send_to(line.to_uppercase(), client);
        }
        skat.close_stdin();
        let finished = skat.finish();
        finished.assert_status(0).assert_stdout("ONE\nTWO\nTHREE\n");
        assert_eq!(finished.stderr, "> > > > ");
    }

    /// The peer's n-th line is the answer to the n-th, whenever it came: what comes unasked, a
    /// greeting for one, is not lost.
    fn a_banner_is_printed_and_so_is_what_is_left(way) {
        let (mut skat, mut peer) = dialogue(&[], way);
        peer.send("220 welcome\n");
        skat.type_in("HELO\n");
        peer.expect("HELO\n");
        skat.wait_for_stdout("220 welcome\n");
        peer.send("250 hello\n");
        skat.type_in("QUIT\n");
        peer.expect("QUIT\n");
        peer.send("221 bye\nand a last word");
        skat.close_stdin();
        peer.expect_end();
        drop(peer);
        let all = "220 welcome\n250 hello\n221 bye\nand a last word";
        skat.finish().assert_status(0).assert_stdout(all);
    }

    fn an_answer_in_pieces_is_one(way) {
        let (mut skat, mut peer) = dialogue(&[], way);
        skat.type_in("one\ntwo\n");
        peer.expect("one\n");
        for piece in ["a", "ns", "wer"] {
            peer.send(piece);
            assert!(peer.hears_nothing());
        }
        skat.wait_for_stdout("answer");
        peer.send("\n");
        peer.expect("two\n");
        peer.send("x\n");
        skat.close_stdin();
        peer.expect_end();
        drop(peer);
        skat.finish().assert_status(0).assert_stdout("answer\nx\n");
    }

    fn an_empty_line_ends_it(way) {
        for end in ["\n", "\r\n"] {
            let (mut skat, mut peer) = dialogue(&[], way);
            skat.type_in("one\n");
            peer.expect("one\n");
            peer.send("1\n");
            skat.type_in([end, "two\n"].concat());
            peer.expect_end();
            drop(peer);
            skat.finish().assert_status(0).assert_stdout("1\n");
        }
        let echo = UdpPeer::new().echo_in_background();
        let mut skat = udp_client(echo, &["--prompt"]).way(way).start();
        skat.type_in("one\n\ntwo\n");
        skat.finish().assert_status(0).assert_stdout("one\n");
    }

    /// A peer that reads lines knows only by the end that it is complete.
    fn a_last_line_needs_no_newline(way) {
        let (mut skat, mut peer) = dialogue(&[], way);
        skat.type_in("one\nlast");
        peer.expect("one\n");
        peer.send("1\n");
        skat.close_stdin();
        assert_eq!(peer.receive_to_end(), b"last");
        peer.send("and its");
        skat.wait_for_stdout("1\nand its");
        peer.send(" answer");
        skat.wait_for_stdout("1\nand its answer");
        drop(peer);
        skat.finish().assert_status(0).assert_stdout("1\nand its answer");
        let echo = UdpPeer::new().echo_in_background();
        let mut skat = udp_client(echo, &["--prompt"]).way(way).start();
        skat.type_in("last");
        skat.close_stdin();
        skat.finish().assert_status(0).assert_stdout("last\n");
    }

    fn a_peer_that_ends_without_an_answer_breaks_it(way) {
        let (mut skat, mut peer) = dialogue(&[], way);
        skat.type_in("one\ntwo\n");
        peer.expect("one\n");
        peer.send("1\n");
        peer.expect("two\n");
        drop(peer);
        let finished = skat.finish();
        finished.assert_status(1).assert_stdout("1\n").assert_told("it ended without an answer");
        let (mut skat, mut peer) = dialogue(&[], way);
        skat.type_in("one\n");
        peer.expect("one\n");
        peer.reset();
        skat.finish().assert_status(1).assert_told("connection reset");
    }

    /// Neither side may wait for the other to read first.
    fn a_line_of_many_megabytes_is_echoed(way) {
        let server = server(&["--echo"]).listen();
        let mut skat = client(server.address, &["--prompt"]).way(way).start();
        let mut line: Vec<u8> = pattern(8 << 20);
        line.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b'x');
        line.push(b'\n');
        let typist = skat.type_all(&line);
        skat.finish().assert_status(0).assert_stdout(&line);
        typist.join().unwrap();
        server.stop();
    }

    /// Nor for all the lines that a peer says before it reads on.
    fn a_peer_says_more_while_a_line_is_sent_than_can_be_kept(way) {
        let (mut skat, mut peer) = dialogue(&[], way);
        let line = [vec![b'x'; 12 << 20], b"\n".to_vec()].concat();
        let typist = skat.type_all(&line);
        let mut said = Vec::new();
        for piece in line.chunks(64 << 10) {
            peer.expect(piece);
            let words = format!("{}\n", said.len()).repeat(piece.len() / 8 + 1);
            peer.send(&words);
            said.extend_from_slice(words.as_bytes());
        }
        peer.expect_end();
        drop(peer);
        skat.finish().assert_status(0).assert_stdout(&said);
        typist.join().unwrap();
    }

    fn nobody_reads_the_answers(way) {
        let listener = Listener::new();
        let mut skat = client(listener.address(), &["--prompt"]).way(way).start_unread();
        let mut peer = listener.accept();
        skat.type_in("one\n");
        peer.expect("one\n");
        drop(skat.take_stdout());
        skat.finish().assert_died_of(Signal::SIGPIPE);
    }
}

#[test]
fn the_prompt_is_the_users() {
    let echo = UdpPeer::new().echo_in_background();
    for (option, prompt) in
        [("--prompt", "> "), ("--prompt=", ""), ("--prompt=Your line: ", "Your line: ")]
    {
        let mut skat = udp_client(echo, &[option]).start();
        skat.type_in("hello\n\n");
        let finished = skat.finish();
        finished.assert_status(0).assert_stdout("hello\n");
        assert_eq!(finished.stderr, prompt.repeat(2));
    }
}

#[test]
fn a_peer_that_refuses_is_told() {
    let address = refusing_address();
    let mut skat = udp_client(address, &["--prompt"]).start();
    skat.type_in("anybody?\n");
    let finished = skat.finish();
    finished.assert_status(5).assert_stdout("");
    finished.assert_told(&format!("send to {address}: connection refused"));
    client(address, &["--prompt"]).run().assert_status(5).assert_told("connection refused");
}

#[test]
fn a_dialogue_in_datagrams_waits_for_a_server() {
    let address = refusing_address();
    let mut skat = udp_client(address, &["--prompt", "-vv", "--retry-for", "30"]).start();
    skat.type_in("anybody?\n");
    wait_until("a second attempt", || skat.stderr().matches("connecting to").count() > 2);
    let peer = UdpPeer::on(address);
    let client = peer.expect("anybody?\n");
    peer.send_to("I", client);
    skat.wait_for_stdout("I\n");
    skat.close_stdin();
    skat.finish().assert_status(0);
}

#[test]
fn an_empty_datagram_is_an_answer() {
    let peer = UdpPeer::new();
    let mut skat = udp_client(peer.address(), &["--prompt"]).start();
    skat.type_in("one\ntwo\n");
    for line in ["one\n", "two\n"] {
        let client = peer.expect(line);
        peer.send_to("", client);
    }
    skat.close_stdin();
    skat.finish().assert_status(0).assert_stdout("\n\n");

    // Who has answered so is who was meant: a refusal later on is no reason to look for another.
    let mut skat = udp_client(peer.address(), &["--prompt"]).start();
    skat.type_in("one\n");
    let client = peer.expect("one\n");
    peer.send_to("", client);
    skat.wait_for_stdout("\n");
    let _peer = peer.refuse();
    skat.type_in("two\n");
    skat.finish().assert_status(1).assert_told("connection refused");
}

#[test]
fn a_datagram_too_large_tells_its_size() {
    let peer = UdpPeer::new();
    let mut skat = udp_client(peer.address(), &["--prompt"]).start();
    skat.type_in([&vec![b'x'; 65_507][..], b"\n"].concat());
    skat.finish().assert_status(1).assert_told("send 65508 bytes");
}

#[test]
fn lines_are_sent_with_crlf() {
    let listener = Listener::new();
    let mut skat = client(listener.address(), &["--prompt", "-C"]).start();
    let mut peer = listener.accept();
    for (typed, sent) in [("one\n", "one\r\n"), ("two\r\n", "two\r\n"), ("\r\r\n", "\r\r\n")] {
        skat.type_in(typed);
        peer.expect(sent);
        peer.send("x\n");
    }
    skat.close_stdin();
    peer.expect_end();
    drop(peer);
    skat.finish().assert_status(0).assert_stdout("x\nx\nx\n");
}

#[test]
fn time_and_idleness_are_bounded() {
    let udp = UdpPeer::new();
    let listener = Listener::new();
    let make = |address: SocketAddr, option: &str| -> [Skat; 2] {
        let options = ["--prompt", option, "300ms"];
        [client(listener.address(), &options), udp_client(address, &options)]
    };
    for (option, text) in
        [("-i", "no byte for 0.3 s from or to 127.0.0.1:"), ("--max-time", "--max-time")]
    {
        for skat in make(udp.address(), option) {
            let mut skat = skat.start();
            skat.type_in("one\n");
            skat.finish().assert_status(6).assert_stdout("").assert_told(text);
        }
    }
}

/// A side that always has more keeps it neither from the time nor within bounds of memory.
#[test]
fn a_line_without_end() {
    let zeros = || File::open("/dev/zero").unwrap();
    let (listener, udp) = (Listener::new(), UdpPeer::new());
    for skat in
        [client(listener.address(), &["--prompt"]), udp_client(udp.address(), &["--prompt"])]
    {
        let finished = skat.stdin(zeros()).run();
        finished.assert_status(1).assert_told("a line of more than 16777216 bytes is too long");
    }
    let server = server(&["--no-half-close"]).stdin(zeros()).listen();
    let options = ["--prompt", "--max-time", "500ms"];
    let nowhere = File::create("/dev/null").unwrap();
    let mut skat = client(server.address, &options).stdout(nowhere).start();
    skat.type_in("one\n");
    skat.finish().assert_status(6).assert_told("--max-time");
}

#[test]
fn a_message_does_not_stand_behind_the_prompt() {
    for form in ["text", "json"] {
        let (mut skat, mut peer) = dialogue(&["-v", "--log", form], Way::Fast);
        skat.type_in("one\ntwo\n");
        peer.expect("one\n");
        peer.send("1\n");
        peer.expect("two\n");
        drop(peer);
        let told = skat.finish().stderr;
        let lines: Vec<&str> = told.lines().collect();
        let [_connected, prompts, ended, error] = lines[..] else { panic!("{told}") };
        assert_eq!(prompts, "> > ");
        let start = if form == "json" { "{" } else { "skat: " };
        assert!(ended.starts_with(start) && error.starts_with(start), "{told}");
    }
}

/// The shell's own prompt begins a line too.
#[test]
fn a_peer_that_goes_while_a_person_thinks_ends_the_prompts_line() {
    let terminal = Terminal::open();
    let listener = Listener::new();
    let skat = client(listener.address(), &["--prompt"]);
    let skat = skat.stdin(terminal.its()).start();
    let peer = listener.accept();
    wait_until("a prompt", || skat.stderr() == "> ");
    drop(peer);
    let finished = skat.finish();
    finished.assert_status(0).assert_stdout("");
    assert_eq!(finished.stderr, "> \n");
}

#[test]
fn signals_end_it_and_waiting_costs_nothing() {
    let peer = UdpPeer::new();
    for (signal, typed) in [(Signal::SIGINT, ""), (Signal::SIGTERM, "one\n")] {
        let mut skat = udp_client(peer.address(), &["--prompt", "-i", "60"]).start();
        skat.type_in(typed);
        wait_until("a prompt", || skat.stderr() == "> ");
        assert_idle(&skat);
        skat.signal(signal);
        skat.finish().assert_died_of(signal);
    }
}

#[test]
fn options_against_lockstep_are_refused() {
    for option in ["--no-stdin", "--send-only", "--no-half-close", "--after-eof=1"] {
        client(refusing_address(), &["--prompt", option]).run().assert_status(2);
    }
    for option in ["--send-only", "--replies=1", "--rate=1", "--after-eof=1"] {
        udp_client(refusing_address(), &["--prompt", option]).run().assert_status(2);
    }
}
