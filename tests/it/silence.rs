//! What is no silence and what is no work: what the system goes on delivering after skat's last
//! call, input that gives nothing to send, and peers that have nothing left to say.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use socket2::Type;

use crate::support::process::assert_idle;
use crate::support::programs::is_usable;
use crate::support::unix::{UnixListener, abstract_name, unix_client};
use crate::support::{
    Listener, PATIENCE, Peer, Role, TCP_ROLES, Way, assert_delivered, client, converse,
    converse_unread, converse_with, moments, most_runs, on_each_way, pattern, server, shell,
};

on_each_way! {
    /// All is in the socket's send queue at once; the peer takes its time, and never rests.
    fn a_slow_peer_is_not_a_silent_one(way) {
        let bytes = pattern(1_000_000);
        for (role, limit) in TCP_ROLES.into_iter().zip(["--idle-timeout", "--after-eof"]) {
            let input = file_of(&bytes);
            let options = [limit, "1.5s", "-O", "sndbuf=4M"];
            let (skat, peer) = converse_with(role, &options, way, |skat| skat.stdin(input));
            let mut peer = peer.with_small_buffers();
            for portion in bytes.chunks(50_000) {
                peer.expect(portion);
                std::thread::sleep(Duration::from_millis(100));
            }
            peer.finish();
            peer.expect_end();
            drop(peer);
            skat.finish().assert_status(0);
        }
    }

    /// Of bytes below the threshold no event tells, and what has come is printed all the same.
    fn too_little_to_be_told_of_is_read_before_the_end(way) {
        for (role, limit, time, status) in
            [(Role::Client, "--after-eof", "300ms", 0), (Role::Server, "--idle-timeout", "1s", 6)]
        {
            let (mut skat, mut peer) = converse(role, &[limit, time, "-O", "rcvlowat=100"], way);
            peer.send("few");
            skat.close_stdin();
            skat.finish().assert_status(status).assert_stdout("few");
        }
    }
}

fn file_of(bytes: &[u8]) -> File {
    skat::sys::descriptor::file_of(bytes).unwrap()
}

/// A silence with bytes under way is one all the same, if none of them moves.
#[test]
fn a_peer_that_takes_nothing_is_silent() {
    for role in TCP_ROLES {
        let began = Instant::now();
        let input = file_of(&pattern(8_000_000));
        let (skat, peer) = converse_with(role, &["-i", "1s"], Way::Fast, |skat| skat.stdin(input));
        let peer = peer.with_small_buffers();
        skat.finish().assert_status(6).assert_told("no byte for 1 s");
        assert!(began.elapsed() >= Duration::from_secs(1));
        drop(peer);
    }
}

/// No whole record ever comes: nothing is sent, and nothing else is held up.
#[test]
fn an_input_without_an_end_does_not_hold_up_the_time() {
    for frame in ["whole", "line"] {
        let name = abstract_name();
        let listener = UnixListener::of_kind(Type::SEQPACKET, &name);
        let options = ["--type", "seqpacket", "--frame", frame, "--max-time", "300ms"];
        let zeros = File::open("/dev/zero").unwrap();
        let skat = unix_client(&name, &options).stdin(zeros).start();
        let began = Instant::now();
        let finished = skat.finish();
        assert!(began.elapsed() < PATIENCE / 2);
        // By then it may have been too much for one record.
        if finished.stderr.contains("read stdin") {
            finished.assert_status(1);
        } else {
            finished.assert_status(6).assert_told("--max-time");
        }
        drop(listener);
    }
}

/// One that has everything and says nothing is not waited for, as one that still sends is.
#[test]
fn a_stop_does_not_wait_for_an_idle_peer() {
    let stops_at_once = |options: &[&str]| {
        let skat = server(options).listen();
        let mut peer = skat.connect();
        peer.send("x");
        if options.contains(&"--echo") {
            peer.expect("x");
        }
        let told = Instant::now();
        skat.signal(Signal::SIGTERM);
        skat.finish().assert_died_of(Signal::SIGTERM);
        told.elapsed() < Duration::from_millis(700)
    };
    for options in [&["--echo"][..], &["--discard"], &["--chat"], &[]] {
        assert!(most_runs(|| stops_at_once(options)), "{options:?}");
    }
}

/// What came before the signal, and waits for stdout's reader, is still delivered.
#[test]
fn a_stop_waits_for_a_reader_that_pauses() {
    let chunk = pattern(65_536);
    assert_delivered(|| {
        let mut skat = server(&["--no-stdin"]).start_unread().until_listening();
        let mut peer = skat.connect();
        // As much as pipe and receive buffer take; a last chunk waits in the peer.
        let mut sent = 0;
        let is_taken =
            |peer: &Peer| moments(Duration::from_millis(200)).any(|_| peer.unacknowledged() == 0);
        while sent == 0 || is_taken(&peer) {
            peer.send(&chunk);
            sent += chunk.len();
        }
        let mut stdout = skat.take_stdout();
        let told = Instant::now();
        skat.signal(Signal::SIGTERM);
        std::thread::sleep(Duration::from_millis(300));
        let mut got = Vec::new();
        stdout.read_to_end(&mut got).unwrap();
        skat.finish().assert_died_of(Signal::SIGTERM);
        (got.len() == sent, told.elapsed())
    });
}

/// A side that has failed is waited for by another clock than that of a silence.
#[test]
fn a_relay_that_fails_goes_on_with_others() {
    let target = Listener::new();
    let to = target.address().to_string();
    let skat = server(&["--forward", &to, "--idle-timeout", "1s"]).listen();
    let peer = skat.connect();
    let stuck = target.accept().with_small_buffers();
    peer.stream().set_nonblocking(true).unwrap();
    for _ in moments(Duration::from_millis(500)) {
        // All that it takes.
        while peer.stream().write(&[0; 16384]).is_ok() {}
    }
    peer.reset();
    assert_idle(&skat);
    let mut other = skat.connect();
    other.send("x");
    target.accept().expect("x");
    drop((other, stuck));
    skat.stop();
}

/// Whoever watches a file for the end of its writing must not be told of it before.
#[test]
fn files_are_not_opened_a_second_time() {
    if !is_usable("strace", &["true"]) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (input, output, trace) = (path("input"), path("output"), path("trace"));
    std::fs::write(&input, "hello\n").unwrap();
    let echo = server(&["--echo"]).listen();
    let script = format!(
        r#"exec strace -f -qq -e trace=openat -o {trace} "$SKAT" tcp-client {} <{input} >{output}"#,
        echo.address
    );
    shell(&script).run().assert_status(0);
    assert_eq!(std::fs::read_to_string(output).unwrap(), "hello\n");
    let opened = std::fs::read_to_string(trace).unwrap();
    assert!(opened.contains("openat(") && !opened.contains("/proc/self/fd"), "{opened}");
    echo.stop();
}

/// A conversation that has ended leaves a helper with bytes that nobody reads.
#[test]
fn the_wait_for_a_helper_is_bounded() {
    let stuck = |options: &[&str]| {
        let listener = Listener::new();
        let mut skat = client(listener.address(), options).way(Way::Helpers).start_unread();
        let mut peer = listener.accept();
        peer.send(pattern(320_000));
        peer.finish();
        skat.close_stdin();
        peer.expect_end();
        skat
    };
    stuck(&["--max-time", "2s"]).finish().assert_status(6);
    let skat = stuck(&[]);
    skat.signal(Signal::SIGTERM);
    skat.finish().assert_died_of(Signal::SIGTERM);
}

/// A silence is over in time also where a helper has bytes that nobody reads.
#[test]
fn the_end_of_a_silence_does_not_wait_for_a_helper() {
    for role in TCP_ROLES {
        let (skat, mut peer) = converse_unread(role, &["-i", "1s"], Way::Helpers);
        peer.send(pattern(320_000));
        skat.finish().assert_status(6).assert_told("no byte for 1 s");
    }
}
