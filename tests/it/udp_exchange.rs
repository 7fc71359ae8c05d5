//! How a UDP client's exchange ends: with its answers, without them, by refusal, in time.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::support::process::assert_idle;
use crate::support::{
    UdpPeer, moments, most_runs, on_each_stdio, refusing_address, skat, udp_client, udp_server,
    wait_until,
};

on_each_stdio! {
    /// With as many answers as were sent it does not wait for the second to pass.
    fn as_many_answers_as_were_sent_end_it(way) {
        let address = UdpPeer::new().echo_in_background();
        let run_at_once = || {
            let mut skat = udp_client(address, &[]).way(way).start();
            skat.type_in("a\nb\nc\n");
            skat.wait_for_stdout("a\nb\nc\n");
            let began = Instant::now();
            skat.close_stdin();
            skat.finish().assert_status(0).assert_stdout("a\nb\nc\n").assert_silent();
            began.elapsed() < Duration::from_millis(900)
        };
        assert!(most_runs(run_at_once), "it waits for more answers than it asked for");
    }

    fn nobody_answers_and_a_second_later_it_is_over(way) {
        let peer = UdpPeer::new();
        let began = Instant::now();
        let mut skat = udp_client(peer.address(), &[]).way(way).start();
        skat.type_in("a\n");
        skat.close_stdin();
        skat.finish().assert_status(0).assert_stdout("").assert_silent();
        assert!(began.elapsed() >= Duration::from_secs(1));
    }

    fn answers_are_printed_while_stdin_is_open(way) {
        let mut skat = udp_client(UdpPeer::new().echo_in_background(), &[]).way(way).start();
        skat.type_in("first\n");
        skat.wait_for_stdout("first\n");
        skat.type_in("second\n");
        skat.wait_for_stdout("first\nsecond\n");
        skat.assert_running();
        skat.close_stdin();
        skat.finish().assert_status(0).assert_silent();
    }

    fn send_only_ends_as_soon_as_stdin_is_sent(way) {
        let peer = UdpPeer::new();
        let options = ["--send-only"];
        let mut skat = udp_client(peer.address(), &options).way(way).start_unread();
        // Nobody needs its stdout.
        drop(skat.take_stdout());
        skat.type_in("a\n");
        let client = peer.expect("a\n");
        peer.send_to("unheard", client);
        skat.type_in("b");
        skat.close_stdin();
        peer.expect("b");
        skat.finish().assert_status(0).assert_silent();
    }

    fn a_stdin_with_nothing_in_it_sends_nothing(way) {
        let peer = UdpPeer::new();
        let skat = udp_client(peer.address(), &[]).way(way).run();
        skat.assert_status(0).assert_stdout("").assert_silent();
        assert!(peer.hears_nothing());
    }
}

#[test]
fn the_expected_number_of_replies_ends_it() {
    let peer = UdpPeer::new();
    let mut skat = udp_client(peer.address(), &["--replies", "2"]).start();
    skat.type_in("question\n");
    // stdin stays open.
    let client = peer.expect("question\n");
    for answer in ["one", "two", "three"] {
        peer.send_to(answer, client);
    }
    skat.finish().assert_status(0).assert_stdout("one\ntwo\n").assert_silent();
}

#[test]
fn replies_that_do_not_come_are_an_expectation_unmet() {
    let peer = UdpPeer::new();
    let options = ["--replies", "2", "--after-eof", "500ms"];
    let mut skat = udp_client(peer.address(), &options).start();
    skat.type_in("question\n");
    skat.close_stdin();
    let client = peer.expect("question\n");
    peer.send_to("one", client);
    skat.finish().assert_status(8).assert_stdout("one\n").assert_told("1 of 2 expected");
    udp_client(peer.address(), &["--replies", "1"]).run().assert_status(8);
    udp_client(peer.address(), &["--replies", "0"]).run().assert_status(2);
}

/// However many come: the wait begins anew with each.
#[test]
fn after_eof_is_counted_from_the_last_answer() {
    let peer = UdpPeer::new();
    let mut skat = udp_client(peer.address(), &["--after-eof", "1500ms"]).start();
    skat.type_in("question\n");
    skat.close_stdin();
    let client = peer.expect("question\n");
    let answers = moments(Duration::from_millis(1800)).map(|_| peer.send_to("answer\n", client));
    let wanted = "answer\n".repeat(answers.count());
    let last = Instant::now();
    skat.finish().assert_status(0).assert_stdout(wanted).assert_silent();
    assert!(last.elapsed() >= Duration::from_millis(1400));
}

#[test]
fn an_empty_answer_is_an_answer() {
    let peer = UdpPeer::new();
    let options = ["--replies", "2", "--frame", "hex", "--after-eof", "30"];
    let mut skat = udp_client(peer.address(), &options).start();
    skat.type_in("\n");
    skat.close_stdin();
    let client = peer.expect("");
    peer.send_to("", client);
    peer.send_to("", client);
    skat.finish().assert_status(0).assert_stdout("\n\n").assert_silent();
}

#[test]
fn a_datagram_of_somebody_else_is_not_an_answer() {
    let (peer, other) = (UdpPeer::new(), UdpPeer::new());
    let options = ["--replies", "1", "--after-eof", "30"];
    let mut skat = udp_client(peer.address(), &options).start();
    skat.type_in("question\n");
    skat.close_stdin();
    let client = peer.expect("question\n");
    other.send_to("not mine", client);
    peer.send_to("mine", client);
    skat.finish().assert_status(0).assert_stdout("mine\n");
}

/// The last datagram has its time too, so that runs in a row keep to the rate.
#[test]
fn a_rate_is_not_exceeded() {
    for (rate, size, lines, least) in [("20K", 1024, 41, 2050), ("1K", 512, 3, 1500)] {
        let server = udp_server(&["--discard"]).listen();
        let began = Instant::now();
        let mut skat = udp_client(server.address, &["--rate", rate, "--send-only"]).start();
        skat.type_in(["x".repeat(size - 1), "\n".to_owned()].concat().repeat(lines));
        skat.close_stdin();
        skat.finish().assert_status(0).assert_silent();
        assert!(began.elapsed() >= Duration::from_millis(least), "{:?}", began.elapsed());
        server.stop();
    }
}

#[test]
fn a_paced_client_prints_answers_meanwhile() {
    let address = UdpPeer::new().echo_in_background();
    let mut skat = udp_client(address, &["--rate", "10"]).start();
    // A fifth of a second, and two minutes.
    skat.type_in(["1\n", &"2".repeat(1200), "\n"].concat());
    skat.wait_for_stdout("1\n");
    assert_idle(&skat);
    skat.signal(Signal::SIGINT);
    skat.finish().assert_died_of(Signal::SIGINT).assert_stdout("1\n");
}

#[test]
fn idleness_and_time_are_bounded() {
    let peer = UdpPeer::new();
    for (options, text) in
        [(["-i", "300ms"], "no datagram for 0.3 s"), (["--max-time", "300ms"], "--max-time")]
    {
        let mut skat = udp_client(peer.address(), &options).start();
        skat.type_in("a\n");
        peer.expect("a\n");
        skat.finish().assert_status(6).assert_told(text);
        // Whatever else would have ended it later.
        let late = ["--after-eof", "60", "-v", "--log", "json"];
        let finished = udp_client(peer.address(), &[&options[..], &late].concat()).run();
        finished.assert_status(6).assert_told("\"event\":\"ended\"").assert_told("\"status\":6");
    }
}

#[test]
fn an_address_that_refuses_is_told() {
    for options in [&[][..], &["--send-only"], &["--replies", "1"], &["--after-eof", "30"]] {
        let address = refusing_address();
        let mut skat = udp_client(address, options).start();
        skat.type_in("anybody?\n");
        skat.close_stdin();
        let finished = skat.finish();
        finished.assert_status(5).assert_stdout("");
        finished.assert_told(&format!("send to {address}: connection refused"));
    }
}

/// ... also while stdin is open, and after many datagrams.
#[test]
fn a_refusal_is_noticed_while_stdin_is_open() {
    let mut skat = udp_client(refusing_address(), &[]).start();
    skat.type_in("anybody?\n".repeat(500));
    skat.finish().assert_status(5).assert_told("connection refused");
}

#[test]
fn a_peer_that_leaves_after_an_answer_breaks_the_exchange() {
    // Nobody gets this port by chance.
    let peer = UdpPeer::on(refusing_address());
    let mut skat = udp_client(peer.address(), &[]).start();
    skat.type_in("one\n");
    let client = peer.expect("one\n");
    peer.send_to("answer\n", client);
    skat.wait_for_stdout("answer\n");
    drop(peer);
    // A process that another test is just starting may hold the peer's socket for a moment.
    wait_until("the end", || {
        skat.type_in("two\n");
        skat.has_ended()
    });
    skat.finish().assert_status(1).assert_stdout("answer\n").assert_told("connection refused");
}

/// What was sent in vain is sent again, and the time for answers begins then.
#[test]
fn retries_until_a_server_appears() {
    let waiting = ["--replies", "1", "--after-eof", "30"];
    for options in [&waiting[..], &["--send-only"], &["--after-eof", "1500ms"]] {
        let address = refusing_address();
        let options = [&["--retry-for", "30s", "-vv"], options].concat();
        let sends_only = options.contains(&"--send-only");
        let mut skat = udp_client(address, &options).start();
        skat.type_in("anybody?\n");
        skat.close_stdin();
        // The second round has begun, so that everything was refused once.
        wait_until("a second attempt", || skat.stderr().matches("connecting to").count() > 2);
        let peer = UdpPeer::on(address);
        let client = peer.expect("anybody?\n");
        peer.send_to("I\n", client);
        let finished = skat.finish();
        finished.assert_status(0);
        if !sends_only {
            finished.assert_stdout("I\n");
        }
    }
}

#[test]
fn retries_end_with_the_refusal() {
    let began = Instant::now();
    let mut skat = udp_client(refusing_address(), &["--retry-for", "1s"]).start();
    skat.type_in("anybody?\n");
    skat.close_stdin();
    skat.finish().assert_status(5).assert_told("connection refused");
    assert!(began.elapsed() >= Duration::from_secs(1));
    let mut skat =
        udp_client(refusing_address(), &["--retry-for", "60", "--max-time", "1"]).start();
    skat.type_in("anybody?\n");
    skat.close_stdin();
    skat.finish().assert_status(6).assert_told("--max-time").assert_told("connection refused");
    // What the pace allows waits for the next round.
    for options in [&["--retry-for", "60"][..], &["--retry-for", "60", "--rate", "1M"]] {
        let mut skat = udp_client(refusing_address(), options).start();
        skat.type_in("anybody?\n");
        assert_idle(&skat);
        skat.signal(Signal::SIGTERM);
        skat.finish().assert_died_of(Signal::SIGTERM);
    }
}

#[test]
fn signals_end_a_client() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let peer = UdpPeer::new();
        let mut skat = udp_client(peer.address(), &[]).start();
        skat.type_in("a\n");
        peer.expect("a\n");
        skat.signal(signal);
        skat.finish().assert_died_of(signal).assert_silent();
    }
}

/// A stdin that never ends keeps the client neither from a signal, nor from the time, nor from
/// printing answers, nor from seeing that nobody reads them.
#[test]
fn a_stdin_without_end_does_not_make_it_deaf() {
    let zeros = || std::fs::File::open("/dev/zero").unwrap();
    let server = udp_server(&["--echo"]).listen();
    let start = |options: &[&str]| {
        let options = [&["--frame", "block"], options].concat();
        udp_client(server.address, &options).stdin(zeros()).start_unread()
    };
    let mut skat = start(&[]);
    std::io::Read::read_exact(&mut skat.take_stdout(), &mut [0; 1400]).unwrap();
    skat.finish().assert_died_of(Signal::SIGPIPE);

    let mut skat = start(&["--send-only"]);
    wait_until("a busy skat", || crate::support::process::ticks(skat.id()) > 5);
    skat.assert_running();
    skat.signal(Signal::SIGTERM);
    skat.finish().assert_died_of(Signal::SIGTERM);

    start(&["--send-only", "--max-time", "500ms"]).finish().assert_status(6);
    server.stop();
}

#[test]
fn a_source_is_come_from() {
    let peer = UdpPeer::new();
    let port = refusing_address().port().to_string();
    for (source, ip) in [("127.0.0.2", "127.0.0.2"), (&format!("127.0.0.3:{port}"), "127.0.0.3")] {
        let mut skat = udp_client(peer.address(), &["-s", source]).start();
        skat.type_in("from where?\n");
        let client = peer.expect("from where?\n");
        assert_eq!(client.ip().to_string(), ip);
        assert!(!source.contains(':') || client.port().to_string() == port);
        peer.send_to("there\n", client);
        skat.wait_for_stdout("there\n");
        skat.close_stdin();
        skat.finish().assert_status(0);
    }
    let port = format!(":{port}");
    let mut skat = udp_client(peer.address(), &["-s", &port]).start();
    skat.type_in("from where?\n");
    assert_eq!(format!(":{}", peer.expect("from where?\n").port()), port);
    // It is this client's alone.
    udp_client(peer.address(), &["-s", &port]).run().assert_status(9).assert_told("bind");
    udp_client(peer.address(), &["-s", "192.0.2.1"]).run().assert_status(9).assert_told("bind");
    udp_client(peer.address(), &["-s", "::1"]).run().assert_status(2).assert_told("family");
}

#[test]
fn addresses_that_make_no_sense_are_refused_at_once() {
    skat(["udp-client", "127.0.0.1", "0"]).run().assert_status(2);
    skat(["udp-client", "127.0.0.1", "65536"]).run().assert_status(2);
    skat(["udp-client", "-n", "localhost", "9"]).run().assert_status(2).assert_told("name");
    skat(["udp-client", "-6", "127.0.0.1", "9"]).run().assert_status(3).assert_told("IPv6");
    skat(["udp-client", "-4", "::1", "9"]).run().assert_status(3).assert_told("IPv4");
    skat(["udp-client", "-4", "-6", "localhost"]).run().assert_status(2);
    skat(["udp-client", "-O", "nosuch", "127.0.0.1", "9"]).run().assert_status(2);
    skat(["udp-client", "-O", "nodelay", "127.0.0.1", "9"]).run().assert_status(2);
    skat(["udp-client", "-O", "ttl=9999", "127.0.0.1", "9"]).run().assert_status(2);
}
