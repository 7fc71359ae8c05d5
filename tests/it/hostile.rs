//! Peers and readers that do what they should not, and what it must not lead to.

use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::Value;
use socket2::SockRef;

use crate::support::process::{assert_idle, peak_memory};
use crate::support::{
    Listener, Running, UdpPeer, assert_same_bytes, client, on_each_way, pattern, refusing_address,
    server, udp_client, wait_until,
};

/// Types without end, as far as it is taken; tells how much was.
fn type_without_end(skat: &mut Running) -> Arc<AtomicUsize> {
    let typed = Arc::new(AtomicUsize::new(0));
    let (mut stdin, count) = (skat.take_stdin(), Arc::clone(&typed));
    std::thread::spawn(move || {
        let line = [b'y'; 16384];
        while std::io::Write::write_all(&mut stdin, &line).is_ok() {
            count.fetch_add(line.len(), Ordering::Relaxed);
        }
    });
    typed
}

on_each_way! {
    /// A read stops short at urgent data though there is more behind it.
    fn urgent_data_hides_nothing(way) {
        let skat = server(&["--echo"]).way(way).listen();
        let mut peer = skat.connect();
        peer.send("warm");
        peer.expect("warm");
        // All of it is there when skat looks.
        skat.signal(Signal::SIGSTOP);
        peer.send("abc");
        SockRef::from(peer.stream()).send_out_of_band(b"!").unwrap();
        peer.send("def");
        wait_until("everything to arrive", || peer.unacknowledged() == 0);
        skat.signal(Signal::SIGCONT);
        peer.expect("abcdef");
    }

    /// Time in which stdout's reader lets bytes wait is not time without a byte.
    fn a_slow_reader_loses_nothing_to_after_eof(way) {
        let listener = Listener::new();
        let sent = pattern(3_000_000);
        let options = ["-v", "--after-eof", "1s"];
        let mut skat = client(listener.address(), &options).way(way).start_unread();
        let mut peer = listener.accept();
        let (mut twin, copy) = (peer.twin(), sent.clone());
        let sender = std::thread::spawn(move || twin.send(copy));
        wait_until("bytes to leave", || sender.is_finished() || peer.unacknowledged() > 0);
        skat.close_stdin();
        // Longer than the limit and the time to stop together.
        std::thread::sleep(Duration::from_millis(2500));
        skat.assert_running();
        let mut received = vec![0; sent.len()];
        let mut stdout = skat.take_stdout();
        stdout.read_exact(&mut received).unwrap();
        assert_same_bytes(&received, &sent);
        sender.join().unwrap();
        // The peer never ends; what ends it is the limit, and not the time to stop after it.
        skat.finish().assert_status(0).assert_told("the time of --after-eof is over");
        peer.expect_end();
    }

    /// One who has ended and does not read is not waited for when others are to be served.
    fn a_peer_that_ends_and_reads_nothing_stops_no_server(way) {
        let mut skat = server(&["-k"]).way(way).listen();
        let mut deaf = skat.connect().with_small_buffers();
        let typed = type_without_end(&mut skat);
        wait_until("a full window", || typed.load(Ordering::Relaxed) > 1 << 20);
        deaf.finish();
        let mut next = skat.connect();
        next.send("hello");
        skat.wait_for_stdout("hello");
        skat.wait_for_stderr("has ended and does not read");
        skat.wait_for_stderr("bytes were not delivered");
    }
}

#[test]
fn once_is_well_only_when_the_peer_has_everything() {
    let skat = server(&["--echo", "--once"]).listen();
    let mut peer = skat.connect().with_small_buffers();
    peer.send(pattern(1_000_000));
    peer.finish();
    wait_until("an answer", || peer.unread() > 0);
    peer.reset();
    skat.finish().assert_status(1).assert_told("reset");
}

#[test]
fn the_end_of_max_time_tells_what_passed() {
    let skat = server(&["-v", "--echo", "--max-time", "3"]).listen();
    let mut peer = skat.connect();
    peer.send("sixsix");
    peer.expect("sixsix");
    skat.finish().assert_status(6).assert_told("disconnected").assert_told("(6 bytes in, 6 out");
}

/// What is heard and not asked for is bounded.
#[test]
fn a_flood_into_a_dialogue_fills_no_memory() {
    let listener = Listener::new();
    let mut skat = client(listener.address(), &["--prompt"]).start();
    let peer = listener.accept().with_small_buffers();
    let mut stdin = skat.take_stdin();
    let typist = std::thread::spawn(move || {
        let mut line = vec![b'x'; 12 << 20];
        line.push(b'\n');
        std::io::Write::write_all(&mut stdin, &line)
    });
    wait_until("the line", || peer.unread() > 0);
    peer.stream().set_write_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut flood = peer.twin();
    let chunk = b"y\n".repeat(1 << 19);
    let mut taken = 0;
    while taken < 256 && flood.try_send(&chunk).is_ok() {
        taken += 1;
    }
    let peak = peak_memory(skat.id());
    assert!(peak < 100, "{peak} MiB of memory, after {taken} MiB");
    drop(flood);
    peer.reset();
    skat.finish().assert_status(1);
    let _ = typist.join();
}

/// All that was asked for has come; only stdout is waited for.
#[test]
fn a_blocked_stdout_with_every_reply_there_spins_nothing() {
    let server = UdpPeer::new();
    let options = ["--replies", "20", "--frame", "block"];
    let mut skat = udp_client(server.address(), &options).start_unread();
    skat.type_in("?");
    skat.close_stdin();
    let (_, asker) = server.receive();
    let mut stdout = skat.take_stdout();
    // More than the pipe holds, and at once not more than the smallest receive buffer.
    for _ in 0..2 {
        for _ in 0..10 {
            server.send_to(vec![b'a'; 20_000], asker);
        }
        assert_idle(&skat);
    }
    skat.assert_running();
    let mut received = Vec::new();
    stdout.read_to_end(&mut received).unwrap();
    assert_eq!(received.len(), 20 * 20_000);
    skat.finish().assert_status(0);
}

/// nohup(1) gives a stdin that can only be written.
#[test]
fn a_stdin_that_cannot_be_read_is_empty() {
    let unreadable = || std::fs::File::options().write(true).open("/dev/null").unwrap();
    let skat = server(&[]).stdin(unreadable()).listen();
    let mut peer = skat.connect();
    peer.send("data");
    peer.finish();
    peer.expect_end();
    skat.finish().assert_status(0).assert_stdout("data");
    let listener = Listener::new();
    let skat = client(listener.address(), &[]).stdin(unreadable()).start();
    let mut peer = listener.accept();
    peer.expect_end();
    peer.send("answer");
    drop(peer);
    skat.finish().assert_status(0).assert_stdout("answer");
}

/// A server that comes up just before the time is over is found. What is late by load is later still;
/// by chance alone, one attempt of many would be so late.
#[test]
fn the_last_attempt_is_as_late_as_can_be() {
    let options = ["--retry-for", "700ms", "-vv", "--log", "json"];
    for _ in 0..3 {
        let began = jiff::Timestamp::now();
        let finished = client(refusing_address(), &options).run();
        finished.assert_status(5);
        let mut events = finished.stderr.lines().map(|line| serde_json::from_str(line).unwrap());
        let last = events.rfind(|event: &Value| event["event"] == "connecting");
        let last: jiff::Timestamp = last.unwrap()["time"].as_str().unwrap().parse().unwrap();
        // A tenth of the time is left for the attempt itself.
        let waited = Duration::try_from(last - began).unwrap();
        assert!(waited >= Duration::from_millis(629), "{waited:?}: {}", finished.stderr);
    }
}
