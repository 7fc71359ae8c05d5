//! What the system refuses a UDP server: an answer that cannot be sent, a socket without room, a
//! failing receive. strace(1) makes calls fail.

use std::time::Instant;

use crate::support::process::assert_idle;
use crate::support::programs::is_usable;
use crate::support::{PATIENCE, Skat, UdpPeer, pattern, shell, udp_server, wait_until};

/// A udp-server of 127.0.0.1 whose calls fail as `faults` says (strace's `inject=`).
fn with_faults(faults: &str, options: &str) -> Option<Skat> {
    let call = faults.split(':').next().unwrap();
    is_usable("strace", &["true"]).then(|| {
        shell(&format!(
            r#"exec strace -D -f -qq -o /dev/null -e trace={call} -e signal=none \
            -e inject={faults} "$SKAT" udp-server {options} 127.0.0.1 0"#
        ))
    })
}

/// The time makes it larger than a datagram can be.
#[test]
fn once_fails_if_its_answer_cannot_be_sent() {
    let server = udp_server(&["--once", "--stamp"]).listen();
    UdpPeer::of(server.address).send(pattern(65_507));
    let finished = server.finish();
    finished.assert_status(1).assert_told("message too long (65507 at most)");
    assert_eq!(finished.stderr.matches("too long").count(), 1, "{}", finished.stderr);
}

#[test]
fn once_fails_if_what_stdin_answers_cannot_be_sent() {
    let mut server = udp_server(&["--once"]).listen();
    server.type_in([vec![b'a'; 65_510], b"\n".to_vec()].concat());
    UdpPeer::of(server.address).send("?");
    server.finish().assert_status(1).assert_told("send 65511 bytes to 127.0.0.1");
}

/// What finds no room waits, in order, and nothing more is received meanwhile.
#[test]
fn answers_wait_for_room() {
    for options in ["--echo", "--echo --threads 2"] {
        // Every fourth call finds no room.
        let Some(server) = with_faults("sendmmsg:error=EAGAIN:when=3+4", options) else { return };
        let server = server.listen();
        let peer = UdpPeer::of(server.address);
        for round in 0..20 {
            for number in 0..50 {
                peer.send(format!("{round} {number}"));
            }
            let mut got: Vec<Vec<u8>> = (0..50).map(|_| peer.receive().0).collect();
            let mut wanted: Vec<Vec<u8>> =
                (0..50).map(|number| format!("{round} {number}").into_bytes()).collect();
            // One thread keeps the order.
            if options != "--echo" {
                got.sort();
                wanted.sort();
            }
            assert_eq!(got, wanted);
        }
        server.stop().assert_silent();
    }
}

#[test]
fn what_stdin_answers_waits_for_room() {
    let faults = "sendmmsg:error=EAGAIN:when=2+3";
    let Some(server) = with_faults(faults, "--reply-to all") else { return };
    let mut server = server.listen();
    let peers: Vec<UdpPeer> = (0..3).map(|_| UdpPeer::of(server.address)).collect();
    for peer in &peers {
        let heard = server.stdout().len();
        peer.send("here\n");
        wait_until("the peer", || server.stdout().len() > heard);
    }
    let lines: Vec<String> = (0..100).map(|number| format!("{number}\n")).collect();
    server.type_in(lines.concat());
    for peer in &peers {
        for line in &lines {
            peer.expect(line);
        }
    }
    server.stop().assert_silent();
}

/// A socket that never has room stops neither signals nor the clock, and computes nothing.
#[test]
fn a_socket_without_room_stops_nothing_else() {
    let Some(server) = with_faults("sendmmsg:error=EAGAIN", "--echo -v") else { return };
    let mut server = server.listen();
    UdpPeer::of(server.address).send("x");
    server.wait_for_stderr("datagram of 1 bytes");
    assert_idle(&server);
    let told = Instant::now();
    let finished = server.stop();
    assert!(told.elapsed() < PATIENCE / 2);
    finished.assert_told("there was no room for 1 datagrams");
}

#[test]
fn an_error_that_passes_ends_nothing() {
    let Some(server) = with_faults("recvmmsg:error=ECONNREFUSED:when=1..20", "--echo") else {
        return;
    };
    let server = server.listen();
    let peer = UdpPeer::of(server.address);
    peer.send("x");
    peer.expect("x");
    server.stop().assert_silent();
}

#[test]
fn an_error_that_does_not_pass_ends_the_server() {
    for options in ["-v --echo", "-v", "-v --echo --threads 2"] {
        let Some(server) = with_faults("recvmmsg:error=ENOMEM", options) else { return };
        let finished = server.listen().finish();
        finished.assert_status(1).assert_told("receive: cannot allocate memory");
        finished.assert_told("skat: ended: receive");
    }
}

/// Each thread is left with what it could not send.
#[test]
fn what_any_thread_could_not_send_is_told() {
    let options = "--echo --threads 3 -v";
    let Some(server) = with_faults("sendmmsg:error=EAGAIN", options) else { return };
    let server = server.listen();
    let peer = UdpPeer::of(server.address);
    // Whoever cannot send does not receive: the next is another's.
    for count in 1..=3 {
        peer.send("x");
        wait_until("a datagram", || {
            server.stderr().matches("datagram of 1 bytes").count() == count
        });
    }
    server.stop().assert_told("there was no room for 3 datagrams");
}

/// What does not find room on the way to a target is told at once, and how much it was in the end.
#[test]
fn what_a_relay_drops_is_counted() {
    let target = UdpPeer::new();
    let options = format!("-v --forward {}", target.address());
    let Some(server) = with_faults("sendmmsg:error=EAGAIN", &options) else { return };
    let mut server = server.listen();
    let peer = UdpPeer::of(server.address);
    for count in 1..=4 {
        peer.send("x");
        wait_until("a datagram", || {
            server.stderr().matches("datagram of 1 bytes").count() == count
        });
    }
    server.wait_for_stderr("there is no room to send, datagrams are dropped");
    let told = server.stop().stderr;
    assert_eq!(told.matches("there is no room to send").count(), 1, "{told}");
    assert!(told.contains("4 datagrams did not reach the target and are lost"), "{told}");
}
