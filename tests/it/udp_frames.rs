//! Frames: how stdin becomes datagrams, and datagrams stdout.

use crate::support::{
    UdpPeer, Way, on_each_stdio, pattern, refusing_address, udp_client, udp_server, wait_until,
};

/// What stdin gives, and the datagrams that it becomes.
type Cut = (&'static str, &'static [u8], &'static [&'static [u8]]);

const CUTS: &[Cut] = &[
    ("line", b"one\n\ntwo\r\nlast", &[b"one\n", b"\n", b"two\r\n", b"last"]),
    ("line", b"", &[]),
    ("block:3", b"one\n\nab", &[b"one", b"\n\na", b"b"]),
    ("block:3", b"", &[]),
    ("whole", b"one\n\ntwo\n", &[b"one\n\ntwo\n"]),
    ("whole", b"", &[b""]),
    ("len32", b"\0\0\0\x03one\0\0\0\0\0\0\0\x02\n\n", &[b"one", b"", b"\n\n"]),
    ("hex", b"6f6E65\n\n00ff0A\nab", &[b"one", b"", b"\x00\xff\n", b"\xab"]),
    ("hex", b"6f 6e65\r\n\r\n 00\tff 0a \n61\r\n", &[b"one", b"", b"\x00\xff\n", b"a"]),
];

/// Datagrams, and what is printed of them.
const DATAGRAMS: [&[u8]; 5] = [b"one", b"", b"two\n", b"\x00\xff", b"a\nb"];
const PRINTS: &[(&str, &[u8])] = &[
    ("line", b"one\n\ntwo\n\x00\xff\na\nb\n"),
    ("block:2", b"onetwo\n\x00\xffa\nb"),
    ("whole", b"onetwo\n\x00\xffa\nb"),
    ("len32", b"\0\0\0\x03one\0\0\0\0\0\0\0\x04two\n\0\0\0\x02\x00\xff\0\0\0\x03a\nb"),
    ("hex", b"6f6e65\n\n74776f0a\n00ff\n610a62\n"),
];

on_each_stdio! {
    fn a_client_cuts_stdin(way) {
        for (frame, stdin, datagrams) in CUTS {
            let peer = UdpPeer::new();
            let options = ["--frame", frame, "--send-only"];
            let mut skat = udp_client(peer.address(), &options).way(way).start();
            skat.type_in(stdin);
            skat.close_stdin();
            for datagram in *datagrams {
                peer.expect(datagram);
            }
            skat.finish().assert_status(0).assert_stdout("").assert_silent();
            assert!(datagrams.len() > 1 || peer.hears_nothing(), "{frame} sends more");
        }
    }

    fn a_server_cuts_stdin(way) {
        for (frame, stdin, datagrams) in CUTS {
            let mut skat = udp_server(&["--frame", frame]).way(way).listen();
            let peer = UdpPeer::of(skat.address);
            skat.type_in(stdin);
            skat.close_stdin();
            peer.send("hello");
            for datagram in *datagrams {
                peer.expect(datagram);
            }
            skat.stop().assert_silent();
        }
    }

    fn a_client_prints_answers(way) {
        for (frame, printed) in PRINTS {
            let peer = UdpPeer::new();
            let options = ["--frame", frame, "--replies", "5", "--after-eof", "30"];
            let mut skat = udp_client(peer.address(), &options).way(way).start();
            let question: &[u8] = match *frame {
                "len32" => b"\0\0\0\x01?",
                "hex" => b"3f\n",
                _ => b"?",
            };
            skat.type_in(question);
            skat.close_stdin();
            let (_, client) = peer.receive();
            for datagram in DATAGRAMS {
                peer.send_to(datagram, client);
            }
            skat.finish().assert_status(0).assert_stdout(printed).assert_silent();
        }
    }

    fn a_server_prints_what_comes(way) {
        for (frame, printed) in PRINTS {
            let skat = udp_server(&["--frame", frame]).way(way).listen();
            let peer = UdpPeer::of(skat.address);
            for datagram in DATAGRAMS {
                peer.send(datagram);
            }
            skat.wait_for_stdout(printed);
            skat.stop().assert_stdout(printed).assert_silent();
        }
    }

    fn the_largest_datagrams_go_both_ways(way) {
        for (host, size) in [("127.0.0.1:0", 65_507), ("[::1]:0", 65_527)] {
            let peer = UdpPeer::on(host.parse().unwrap());
            let options = ["--frame", "whole", "--replies", "1", "--after-eof", "30"];
            let mut skat = udp_client(peer.address(), &options).way(way).start();
            let datagram = pattern(size);
            skat.type_in(&datagram);
            skat.close_stdin();
            let client = peer.expect(&datagram);
            peer.send_to(&datagram, client);
            skat.finish().assert_status(0).assert_stdout(&datagram);

            let host = &host[..host.len() - 2];
            let skat = crate::support::skat(["udp-server", "--frame", "whole", host, "0"]);
            let mut skat = skat.way(way).listen();
            let peer = UdpPeer::of(skat.address);
            skat.type_in(&datagram);
            skat.close_stdin();
            peer.send(&datagram);
            peer.expect(&datagram);
            skat.wait_for_stdout(&datagram);
            skat.stop();
        }
    }
}

/// What was complete before it is sent all the same.
#[test]
fn what_is_no_datagram_is_an_error_that_says_why() {
    let line = |size: usize| [&b"first\n"[..], &vec![b'x'; size - 1], b"\n"].concat();
    let cases: &[(&str, Vec<u8>, &[u8], &str)] = &[
        ("line", line(65_528), b"first\n", "65528 bytes"),
        ("line", line(1_000_000), b"first\n", "1000000 bytes"),
        ("line", line(65_527), b"first\n", "too large"),
        ("whole", vec![b'x'; 65_508], b"", "send 65508 bytes"),
        ("whole", vec![b'x'; 300_000], b"", "300000 bytes"),
        ("block:65527", vec![b'x'; 65_527], b"", "send 65527 bytes"),
        ("len32", b"\0\0\0\x02ok\0\0\0\x09cut".to_vec(), b"ok", "7 bytes"),
        ("len32", b"\0\0\0\x02ok\0\0".to_vec(), b"ok", "2 bytes"),
        ("len32", b"\0\0\0\x02ok\0\x01\0\0".to_vec(), b"ok", "65536 bytes"),
        ("hex", b"6f6b\n123\n".to_vec(), b"ok", "line 2: a byte has two hexadecimal digits"),
        ("hex", b"6f6b\n1 2 34\r\n".to_vec(), b"ok", "line 2: a byte has two"),
        ("hex", b"6f6b\n\xc3\xa9".to_vec(), b"ok", "line 2: not only"),
    ];
    for (frame, stdin, before, reason) in cases {
        let peer = UdpPeer::new();
        let mut skat = udp_client(peer.address(), &["--frame", frame]).start();
        skat.type_in(stdin);
        skat.close_stdin();
        let finished = skat.finish();
        if *reason == "too large" {
            // Over IPv6 it would fit; over IPv4 the system refuses.
            finished.assert_told("send 65527 bytes");
        } else {
            finished.assert_told(reason);
        }
        finished.assert_status(1).assert_stdout("");
        if !before.is_empty() {
            peer.expect(before);
        }
        assert!(peer.hears_nothing(), "{frame} {reason}: more was sent");
    }
}

/// A stdin that never ends, and never becomes a datagram, is given up.
#[test]
fn a_datagram_without_end_is_an_error() {
    let zeros = || std::fs::File::open("/dev/zero").unwrap();
    for frame in ["line", "whole", "hex"] {
        let peer = UdpPeer::new();
        let client = udp_client(peer.address(), &["--frame", frame]).stdin(zeros()).run();
        client.assert_status(1).assert_told("more than 16777216 bytes").assert_stdout("");
        let server = udp_server(&["--frame", frame]).stdin(zeros()).listen();
        UdpPeer::of(server.address).send("hello");
        server.finish().assert_status(1).assert_told("more than 16777216 bytes");
    }
}

/// As the answers to what came before any end of stdin.
#[test]
fn what_was_sent_before_it_is_answered_nevertheless() {
    let peer = UdpPeer::new();
    let mut skat = udp_client(peer.address(), &["--frame", "hex", "--replies", "1"]).start();
    skat.type_in("6f6b\nxx\n");
    let client = peer.expect("ok");
    peer.send_to("answer", client);
    skat.finish().assert_status(1).assert_stdout("616e73776572\n").assert_told("line 2");
}

/// A server tells of a line that is no datagram, and goes on with the next, even after the last.
#[test]
fn a_server_outlives_a_line_that_is_no_datagram() {
    let long = vec![b'x'; 70_000];
    let line = [b"first\n", &long[..], b"\nsecond\n", &long, b"x\nthird\n", &long].concat();
    let hex = b"6669727374\n1\n7365636f6e64\nxx\n7468697264\n1 2".to_vec();
    let cases: [(&str, Vec<u8>, &str, [&str; 3]); 2] = [
        ("line", line, "\n", ["a line, 70001 bytes", "70002 bytes", "70000 bytes"]),
        ("hex", hex, "", ["line 2: a byte has two", "line 4: not only", "line 6: a byte"]),
    ];
    for (frame, stdin, end, told) in cases {
        let mut skat = udp_server(&["--frame", frame]).listen();
        let peer = UdpPeer::of(skat.address);
        peer.send("hello\n");
        skat.type_in(stdin);
        for word in ["first", "second", "third"] {
            peer.expect(word.to_owned() + end);
        }
        skat.close_stdin();
        for text in told {
            skat.wait_for_stderr(text);
        }
        let stderr = skat.stop().stderr;
        assert_eq!(stderr.lines().count(), 4, "{stderr}");
    }
    let mut skat = udp_server(&["--once", "--frame", "hex"]).listen();
    skat.type_in("1\n41\n");
    UdpPeer::of(skat.address).send("hello\n");
    skat.finish().assert_status(1).assert_told("line 1: a byte has two");
}

/// Over IPv4 the system refuses what the frame allows; the peer is told of, and the server lives.
#[test]
fn an_answer_too_large_for_ipv4_is_told_with_its_size() {
    let mut skat = udp_server(&["--frame", "len32"]).listen();
    let peer = UdpPeer::of(skat.address);
    peer.send("hello");
    wait_until("the first datagram", || skat.stdout().len() == 9);
    skat.type_in([&65_508_u32.to_be_bytes()[..], &vec![b'x'; 65_508], b"\0\0\0\x05small"].concat());
    peer.expect("small");
    let text = format!("send 65508 bytes to {}: message too long", peer.address());
    skat.wait_for_stderr(&text);
    skat.stop();
}

#[test]
fn what_is_no_frame_is_a_usage_error() {
    for frame in ["lines", "block:", "block:0", "block:65528", "block:x", "hex:3", "whole:1", ""] {
        let skat = udp_client(refusing_address(), &["--frame", frame]).run();
        skat.assert_status(2).assert_stdout("").assert_told("--frame");
    }
    udp_client(refusing_address(), &["--frame", "block:64K"]).run().assert_status(2);
}

/// A block of 1400 bytes is the default, which fits an Ethernet frame.
#[test]
fn a_block_without_a_size_fits_an_ethernet_frame() {
    let peer = UdpPeer::new();
    let options = ["--frame", "block", "--send-only"];
    let mut skat = udp_client(peer.address(), &options).way(Way::Fast).start();
    let bytes = pattern(3000);
    skat.type_in(&bytes);
    skat.close_stdin();
    for block in bytes.chunks(1400) {
        peer.expect(block);
    }
    skat.finish().assert_status(0);
}

/// Also where the rest is no datagram.
#[test]
fn what_a_server_sent_is_counted() {
    let mut skat = udp_server(&["--frame", "len32", "-v", "--log", "json"]).listen();
    let peer = UdpPeer::of(skat.address);
    skat.type_in(b"\0\0\0\x02aa\0\0\0\x01b\xff\xff\xff\xff");
    peer.send("x");
    peer.expect("aa");
    peer.expect("b");
    skat.finish().assert_status(1).assert_told(r#""bytes_out":3,"#);
}
