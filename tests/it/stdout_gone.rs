//! stdout's reader goes away: noticed at once, without traffic, and without a word.

use std::os::fd::OwnedFd;
use std::process::Stdio;

use nix::sys::signal::Signal;

use crate::support::{
    Bounded, Listener, ROLES, Skat, client, converse_unread, converse_with, on_each_way, server,
};

on_each_way! {
    fn during_a_silent_conversation(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse_unread(role, &[], way);
            peer.send("x");
            let mut stdout = skat.take_stdout();
            std::io::Read::read_exact(&mut stdout, &mut [0]).unwrap();
            drop(stdout);
            peer.expect_end();
            skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
        }
    }

    fn while_bytes_come(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse_unread(role, &[], way);
            let flooding = std::thread::spawn(move || {
                while peer.try_send(&[b'x'; 16384]).is_ok() {}
            });
            let mut stdout = skat.take_stdout();
            if let Err(error) = std::io::Read::read_exact(&mut stdout, &mut [0; 1000]) {
                panic!("{role:?}: {error}: {:?}", skat.finish());
            }
            drop(stdout);
            skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
            flooding.join().unwrap();
        }
    }

    fn after_our_half_close(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse_unread(role, &[], way);
            skat.type_in("question");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"question");
            drop(skat.take_stdout());
            skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
        }
    }

    fn between_conversations_of_a_server_that_is_kept_open(way) {
        let mut skat = server(&["-k"]).way(way).start_unread().until_listening();
        let mut peer = skat.connect();
        peer.send("x");
        let mut stdout = skat.take_stdout();
        std::io::Read::read_exact(&mut stdout, &mut [0]).unwrap();
        peer.finish();
        peer.expect_end();
        drop(stdout);
        skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
    }

    fn before_the_first_peer(way) {
        for options in [&[][..], &["-k"]] {
            let mut skat = server(options).way(way).start_unread().until_listening();
            drop(skat.take_stdout());
            skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
        }
    }

    fn before_skat_starts(way) {
        let gone = || {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            writer
        };
        server(&[]).way(way).stdout(gone()).start().finish().assert_died_of(Signal::SIGPIPE);
        server(&["-k"]).way(way).stdout(gone()).start().finish().assert_died_of(Signal::SIGPIPE);
        let listener = Listener::new();
        let skat = client(listener.address(), &[]).way(way).stdout(gone()).start();
        skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
    }

    fn a_socket_as_stdout_that_is_closed(way) {
        for role in ROLES {
            let (ours, its) = std::os::unix::net::UnixStream::pair().unwrap();
            let prepare = |skat: Skat| skat.stdout(Stdio::from(OwnedFd::from(its)));
            let (skat, mut peer) = converse_with(role, &[], way, prepare);
            // A server has let the peer in once it prints what comes.
            peer.send("x");
            let mut ours = Bounded::new(ours);
            std::io::Read::read_exact(&mut ours, &mut [0]).unwrap();
            drop(ours);
            peer.expect_end();
            skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
        }
    }

    fn send_only_prints_nothing_and_needs_no_reader(way) {
        for role in ROLES {
            let (mut skat, mut peer) = converse_unread(role, &["--send-only"], way);
            drop(skat.take_stdout());
            peer.send("unheard");
            skat.type_in("first");
            peer.expect("first");
            skat.type_in("last");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"last");
            drop(peer);
            skat.finish().assert_status(0).assert_silent();
        }
    }
}

/// `skat --help | head -0`.
#[test]
fn while_help_is_printed() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let skat = crate::support::skat(["tcp-server", "--help"]).stdout(writer).start();
    skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
}

/// A service has no use for stdout and does not care.
#[test]
fn a_service_does_not_care() {
    let mut skat = server(&["--echo"]).start_unread().until_listening();
    drop(skat.take_stdout());
    let mut peer = skat.connect();
    peer.send("hello");
    peer.expect("hello");
    assert!(peer.hears_nothing());
    skat.stop();
}
