//! `udp-client --probe`: open is what answers, closed what refuses, and silence is neither.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::support::programs::is_usable;
use crate::support::terminal::Terminal;
use crate::support::{Running, Skat, UdpPeer, refusing_address, shell, skat, udp_server};

/// A probe of these ports of 127.0.0.1.
fn probe(options: &[&str], ports: &[SocketAddr]) -> Skat {
    let list: Vec<String> = ports.iter().map(|address| address.port().to_string()).collect();
    let list = list.join(",");
    skat([&["udp-client", "--probe"], options, &["127.0.0.1", list.as_str()]].concat())
}

fn with_stdin(skat: Skat, bytes: &[u8]) -> Running {
    let mut running = skat.start();
    running.type_in(bytes);
    running.close_stdin();
    running
}

#[test]
fn open_closed_and_silent_are_told_apart() {
    let open = UdpPeer::new().echo_in_background();
    let closed = refusing_address();
    let silent = UdpPeer::new();
    let finished = probe(&[], &[open]).run();
    finished.assert_status(0).assert_stdout(format!("127.0.0.1 {}\n", open.port()));
    finished.assert_silent();
    let finished = probe(&[], &[closed]).run();
    finished.assert_status(5).assert_stdout("");
    finished.assert_told(&format!("skat: ask {closed}: connection refused"));
    let began = Instant::now();
    let finished = probe(&[], &[silent.address()]).run();
    finished.assert_status(8).assert_stdout("");
    finished.assert_told(&format!("skat: ask {}: neither an answer", silent.address()));
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_list_is_told_in_its_order() {
    let (one, two) = (UdpPeer::new().echo_in_background(), UdpPeer::new().echo_in_background());
    let (closed, silent) = (refusing_address(), UdpPeer::new());
    let ports = [silent.address(), two, closed, one];
    let finished = probe(&["-v", "-w", "300ms"], &ports).run();
    let wanted = format!("127.0.0.1 {}\n127.0.0.1 {}\n", two.port(), one.port());
    finished.assert_status(0).assert_stdout(wanted);
    finished.assert_told(&format!("ask {closed}: connection refused"));
    finished.assert_told(&format!("ask {}: neither", silent.address()));
    finished.assert_told(&format!("datagram of 0 bytes from {one}"));
    // 5 if all refuse, and only then.
    probe(&["-w", "300ms"], &ports[2..3]).run().assert_status(5);
    probe(&["-w", "300ms"], &[closed, silent.address()]).run().assert_status(8);
}

#[test]
fn the_datagram_is_what_stdin_gives() {
    let peer = UdpPeer::new();
    let to = [peer.address()];
    for (options, stdin, wanted) in [
        (&[][..], &b""[..], &b""[..]),
        (&[], b"two\nlines\n", b"two\nlines\n"),
        (&["--frame", "line"], b"a line\n", b"a line\n"),
        (&["--frame", "hex"], b"00ff41\n", b"\x00\xffA"),
        (&["--frame", "len32"], b"\0\0\0\x02hi", b"hi"),
    ] {
        let running = with_stdin(probe(options, &to), stdin);
        let (got, from) = peer.receive();
        assert_eq!(got, wanted, "{options:?}");
        peer.send_to("yes", from);
        running.finish().assert_status(0);
        // What was sent again before the answer came.
        while !peer.hears_nothing() {
            peer.receive();
        }
    }
}

#[test]
fn what_is_no_single_datagram_is_refused() {
    let peer = UdpPeer::new();
    let to = [peer.address()];
    let refused = |options: &[&str], stdin: &[u8]| {
        with_stdin(probe(options, &to), stdin).finish().assert_status(2).assert_stdout("");
    };
    refused(&["--frame", "line"], b"two\nlines\n");
    refused(&["--frame", "hex"], b"xy\n");
    refused(&[], &vec![b'x'; 70_000]);
    // More than IPv4 takes.
    refused(&[], &vec![b'x'; 65_520]);
    for option in
        ["--replies=1", "--after-eof=1", "--send-only", "--rate=1", "--prompt", "-b", "-i1"]
    {
        refused(&[option], b"");
    }
    assert!(peer.hears_nothing());
}

#[test]
fn a_terminal_is_not_read() {
    let peer = UdpPeer::new().echo_in_background();
    let terminal = Terminal::open();
    probe(&[], &[peer]).stdin(terminal.its()).start().finish().assert_status(0);
}

#[test]
fn a_datagram_that_is_lost_is_sent_again() {
    let peer = UdpPeer::new();
    let running = with_stdin(probe(&["-w", "20s"], &[peer.address()]), b"knock");
    peer.expect("knock");
    let from = peer.expect("knock");
    peer.send_to("who is there", from);
    running.finish().assert_status(0);
    // Three times, then silence is believed.
    let running = with_stdin(probe(&["-w", "600ms"], &[peer.address()]), b"knock");
    running.finish().assert_status(8);
    for _ in 0..3 {
        peer.expect("knock");
    }
    assert!(peer.hears_nothing());
}

#[test]
fn many_silent_ports_are_waited_for_at_once() {
    let peers: Vec<UdpPeer> = (0..40).map(|_| UdpPeer::new()).collect();
    let ports: Vec<SocketAddr> = peers.iter().map(UdpPeer::address).collect();
    let began = Instant::now();
    probe(&["-w", "500ms"], &ports).run().assert_status(8).assert_told("39 more");
    assert!(began.elapsed() < Duration::from_secs(10), "one after another: {:?}", began.elapsed());
}

#[test]
fn retry_for_waits_until_all_answer() {
    let there = UdpPeer::new().echo_in_background();
    let later = refusing_address();
    let mut running = probe(&["--retry-for", "30s", "-vv"], &[later, there]).start();
    running.close_stdin();
    running.wait_for_stderr(&format!("connecting to {later}"));
    UdpPeer::on(later).echo_in_background();
    let wanted = format!("127.0.0.1 {}\n127.0.0.1 {}\n", later.port(), there.port());
    running.finish().assert_status(0).assert_stdout(wanted);
}

#[test]
fn servers_of_skat_and_of_others() {
    let echo = udp_server(&["--echo"]).listen();
    probe(&[], &[echo.address]).run().assert_status(0);
    for (program, sign, text) in [
        ("ncat", "--version", "ncat -u -l -k -e /bin/cat 127.0.0.1 PORT"),
        ("socat", "-V", "socat UDP-RECVFROM:PORT,bind=127.0.0.1,fork PIPE"),
    ] {
        if !is_usable(program, &[sign]) {
            continue;
        }
        let address = refusing_address();
        let text = text.replace("PORT", &address.port().to_string());
        let mut server = shell(&format!("exec {text}")).start();
        let running = with_stdin(probe(&["--retry-for", "20s"], &[address]), b"anybody?\n");
        running.finish().assert_status(0);
        server.assert_running();
    }
}

/// A stdin that never ends is part of the run.
#[test]
fn the_time_of_the_run_is_over_for_stdin_too() {
    let mut asking = probe(&["--max-time", "200ms"], &[UdpPeer::new().address()]).start();
    asking.type_in("half a line");
    asking.finish().assert_status(6).assert_told("--max-time");
}
