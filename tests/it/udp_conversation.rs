//! A UDP server's conversation: datagrams to stdout, stdin's to whoever was heard.

use std::os::fd::AsFd as _;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::support::process::assert_idle;
use crate::support::{Running, UdpPeer, on_each_stdio, udp_server, wait_until};

/// Sends from each peer and waits until it is printed, one after another.
#[track_caller]
fn introduce(skat: &Running, peers: &[&UdpPeer]) {
    for peer in peers {
        let heard = skat.stdout().len();
        peer.send("hello\n");
        wait_until("a greeting", || skat.stdout().len() == heard + 6);
    }
}

on_each_stdio! {
    fn stdin_goes_to_whom_reply_to_names(way) {
        let cases: [(&[&str], [bool; 3]); 4] = [
            (&[], [false, false, true]),
            (&["--reply-to", "last"], [false, false, true]),
            (&["--reply-to", "first"], [true, false, false]),
            (&["--reply-to", "all"], [true, true, true]),
        ];
        for (options, answered) in cases {
            let mut skat = udp_server(options).way(way).listen();
            let peers = [(); 3].map(|()| UdpPeer::of(skat.address));
            introduce(&skat, &peers.each_ref());
            skat.type_in("one\n");
            skat.type_in("two\n");
            for (peer, answered) in peers.iter().zip(answered) {
                if answered {
                    peer.expect("one\n");
                    peer.expect("two\n");
                } else {
                    assert!(peer.hears_nothing(), "{options:?}");
                }
            }
            skat.stop().assert_silent();
        }
    }

    fn the_last_peer_is_the_one_heard_last(way) {
        let mut skat = udp_server(&[]).way(way).listen();
        let peers = [(); 2].map(|()| UdpPeer::of(skat.address));
        for peer in [&peers[0], &peers[1], &peers[0], &peers[1]] {
            introduce(&skat, &[peer]);
            skat.type_in("you\n");
            peer.expect("you\n");
        }
        skat.stop();
    }

    /// stdin may be meant for somebody else as long as nobody was heard.
    fn stdin_waits_until_a_peer_was_heard(way) {
        let (stdin, mut writer) = std::io::pipe().unwrap();
        let watched = stdin.try_clone().unwrap();
        let skat = udp_server(&[]).way(way).stdin(stdin).listen();
        std::io::Write::write_all(&mut writer, b"for the first\n").unwrap();
        let peer = UdpPeer::of(skat.address);
        if way == crate::support::Way::Fast {
            // It is still in the pipe, where another program could have it.
            assert_idle(&skat);
            let mut fds = [PollFd::new(watched.as_fd(), PollFlags::POLLIN)];
            assert_eq!(poll(&mut fds, PollTimeout::ZERO), Ok(1));
        }
        peer.send("I\n");
        peer.expect("for the first\n");
        skat.stop();
    }

    fn the_end_of_stdin_is_not_the_end(way) {
        let mut skat = udp_server(&[]).way(way).listen();
        skat.type_in("all I have\n");
        skat.close_stdin();
        let peers = [(); 2].map(|()| UdpPeer::of(skat.address));
        introduce(&skat, &[&peers[0]]);
        peers[0].expect("all I have\n");
        introduce(&skat, &[&peers[1], &peers[0]]);
        assert!(peers.iter().all(UdpPeer::hears_nothing));
        skat.stop().assert_silent();
    }

    fn empty_datagrams_end_nothing(way) {
        let mut skat = udp_server(&["--frame", "hex"]).way(way).listen();
        let peer = UdpPeer::of(skat.address);
        for datagram in ["", "a", ""] {
            peer.send(datagram);
        }
        skat.wait_for_stdout("\n61\n\n");
        skat.type_in("\n62\n\n");
        for datagram in ["", "b", ""] {
            peer.expect(datagram);
        }
        skat.stop().assert_silent();
    }

    fn once_is_over_after_a_datagram_and_its_answer(way) {
        let mut skat = udp_server(&["--once"]).way(way).listen();
        let peer = UdpPeer::of(skat.address);
        peer.send("question\n");
        skat.wait_for_stdout("question\n");
        skat.assert_running();
        skat.type_in("answer\nmore\n");
        peer.expect("answer\n");
        skat.finish().assert_status(0).assert_stdout("question\n").assert_silent();
    }

    fn once_without_an_answer_ends_with_stdin(way) {
        let mut skat = udp_server(&["--once"]).way(way).listen();
        skat.close_stdin();
        let peer = UdpPeer::of(skat.address);
        peer.send("question\n");
        skat.finish().assert_status(0).assert_stdout("question\n").assert_silent();
    }
}

/// A peer that has left is no reason not to talk to the others.
#[test]
fn a_peer_that_is_gone_does_not_silence_the_others() {
    let mut skat = udp_server(&["--reply-to", "all"]).listen();
    let peers = [(); 3].map(|()| UdpPeer::of(skat.address));
    introduce(&skat, &peers.each_ref());
    let [first, gone, last] = peers;
    drop(gone);
    for line in ["one\n", "two\n", "three\n"] {
        skat.type_in(line);
        first.expect(line);
        last.expect(line);
    }
    skat.stop().assert_silent();
}
