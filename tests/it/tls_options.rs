//! What ends a conversation over TLS before its time, and options that change it: as without TLS.

use std::fs::File;
use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use rustls::ALL_VERSIONS;

use crate::support::tls::{converse_tls, converse_tls_with};
use crate::support::unix::{UnixListener, abstract_name, unix_server};
use crate::support::{Bounded, Listener, ROLES, Way, client, on_each_way, skat};

on_each_way! {
    fn stdouts_reader_goes(way) {
        for role in ROLES {
            let (reader, writer) = std::io::pipe().unwrap();
            let mut reader = Bounded::new(reader);
            let (skat, mut peer) =
                converse_tls_with(role, &[], way, ALL_VERSIONS, |skat| skat.stdout(writer));
            peer.send("x");
            reader.read_exact(&mut [0]).unwrap();
            // Nothing passes any more.
            drop(reader);
            skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
            peer.peer.receive_to_end();
        }
    }

    fn stdout_cannot_be_written(way) {
        for role in ROLES {
            let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
            let (skat, mut peer) =
                converse_tls_with(role, &[], way, ALL_VERSIONS, |skat| skat.stdout(full()));
            peer.send("x");
            skat.finish().assert_status(1).assert_told("write stdout: no space left on device");
        }
    }

    fn a_signal_tells_the_peer_after_the_last_bytes(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse_tls(role, &[], way, ALL_VERSIONS);
            peer.send("received");
            skat.wait_for_stdout("received");
            skat.type_in("last words");
            peer.expect("last words");
            skat.signal(Signal::SIGTERM);
            assert_eq!(peer.receive_to_end(), b"");
            peer.finish();
            skat.finish().assert_died_of(Signal::SIGTERM).assert_silent();
        }
    }

    fn after_eof_ends_a_peer_that_never_does(way) {
        for role in ROLES {
            let (mut skat, mut peer) =
                converse_tls(role, &["--after-eof", "300ms"], way, ALL_VERSIONS);
            skat.type_in("question");
            peer.expect("question");
            peer.send("answer");
            skat.wait_for_stdout("answer");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"");
            skat.finish().assert_status(0).assert_silent();
        }
    }

    fn a_line_feed_is_sent_as_crlf(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse_tls(role, &["-C"], way, ALL_VERSIONS);
            skat.type_in("one\ntwo\r\nthree\r");
            peer.expect("one\r\ntwo\r\nthree\r");
            skat.type_in("\nfour");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"\nfour");
            peer.send("received\nas it is\r\n");
            peer.finish();
            skat.finish().assert_status(0).assert_stdout("received\nas it is\r\n");
        }
    }

    fn send_only_prints_nothing(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse_tls(role, &["--send-only"], way, ALL_VERSIONS);
            peer.send("unheard");
            skat.type_in("question");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"question");
            peer.finish();
            skat.finish().assert_status(0).assert_stdout("").assert_silent();
        }
    }

    fn no_stdin_sends_nothing_and_ends_with_the_peer(way) {
        for role in ROLES {
            let (skat, mut peer) = converse_tls(role, &["--no-stdin"], way, ALL_VERSIONS);
            peer.send("received");
            skat.wait_for_stdout("received");
            peer.finish();
            assert_eq!(peer.receive_to_end(), b"");
            drop(peer);
            skat.finish().assert_status(0).assert_stdout("received").assert_silent();
        }
    }
}

#[test]
fn times_are_over() {
    let began = Instant::now();
    let limits = [("-i", 1, "no byte for 1 s"), ("--max-time", 3, "--max-time")];
    let conversations = limits.map(|(option, seconds, told)| {
        let conversations = ROLES.map(|role| {
            let options = [option, &seconds.to_string()];
            let (skat, mut peer) = converse_tls(role, &options, Way::Fast, ALL_VERSIONS);
            peer.send("came in time");
            (skat, peer)
        });
        (conversations, Duration::from_secs(seconds), told)
    });
    for (conversations, limit, told) in conversations {
        for (skat, _peer) in conversations {
            skat.finish().assert_status(6).assert_stdout("came in time").assert_told(told);
            assert!(began.elapsed() >= limit);
        }
    }
}

#[test]
fn an_option_without_what_it_needs_is_told() {
    for (line, told) in [
        ("tcp-client --ca c.pem host 9", "skat: --ca needs --tls (see 'skat tcp-client --help')"),
        ("tcp-client --tls --key=k.pem host 9", "skat: --key needs --cert (see"),
        ("unix-client -v --insecure x", "skat: --insecure needs --tls (see"),
    ] {
        skat(line.split(' ')).run().assert_status(2).assert_told(told);
    }
}

/// A usage error is one before anything is bound: also where that would fail too.
#[test]
fn a_file_that_is_no_good_is_told_before_a_name_is_taken() {
    let (busy, name) = (Listener::new(), abstract_name());
    let _busy_name = UnixListener::on(&name);
    let port = busy.address().port().to_string();
    for options in [
        &["--tls", "--cert", "/nosuch"][..],
        &["--tls", "--client-ca", "/nosuch"],
        &["--forward", "tls:localhost:1", "--ca", "/nosuch"],
    ] {
        let finished = skat([&["tcp-server"], options, &["127.0.0.1", &port]].concat()).run();
        finished.assert_status(2).assert_told("/nosuch: no such file or directory");
        unix_server(&name, options).run().assert_status(2).assert_told("/nosuch: no such file");
    }
    let logging = skat(["tcp-server", "--tls", "127.0.0.1", &port]);
    let finished = logging.env("SSLKEYLOGFILE", "/nosuch/log").run();
    finished.assert_status(2).assert_told("SSLKEYLOGFILE: write /nosuch/log");
}

/// The end of the time is not the end of a TLS connection, which says that nothing is missing.
#[test]
fn after_eof_says_good_bye() {
    for role in ROLES {
        let (skat, mut peer) =
            converse_tls(role, &["-v", "--after-eof", "300ms"], Way::Fast, ALL_VERSIONS);
        peer.send("all I have");
        peer.finish();
        assert_eq!(peer.receive_to_end(), b"");
        drop(peer);
        let finished = skat.finish();
        finished.assert_status(0).assert_stdout("all I have");
        finished.assert_told("the time of --after-eof is over");
    }
}

/// stdout's reader goes while the peer is silent in the middle of the handshake.
#[test]
fn stdouts_reader_goes_during_the_handshake() {
    let listener = Listener::new();
    let options = ["--tls", "--insecure", "--handshake-timeout", "25s"];
    let mut skat = client(listener.address(), &options).start_unread();
    let mut peer = listener.accept();
    peer.expect([22]);
    drop(skat.take_stdout());
    skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
}
