//! Services: many peers, one after another and at once, and none can harm the others.

use crate::support::programs::is_usable;
use crate::support::{
    Peer, Running, Skat, Way, assert_same_bytes, on_each_way, pattern, process, refusing_address,
    server, shell, skat, wait_until,
};

on_each_way! {
    fn echo_sends_back_every_byte(way) {
        let skat = server(&["--echo"]).way(way).listen();
        let every: Vec<u8> = (0..=255).collect();
        let mut peer = skat.connect();
        peer.send(&every);
        peer.expect(&every);
        peer.finish();
        peer.expect_end();
        skat.stop().assert_silent();
    }

    fn discard_answers_nothing_but_the_end(way) {
        let skat = server(&["--discard"]).way(way).listen();
        let mut peer = skat.connect();
        peer.send(pattern(1 << 20));
        peer.finish();
        peer.expect_end();
        skat.stop().assert_silent();
    }
}

#[test]
fn two_thousand_one_after_another_leave_no_descriptor() {
    let skat = server(&["--echo"]).listen();
    let before = process::descriptors(skat.id());
    for _ in 0..2000 {
        exchange(&skat);
    }
    wait_until("as few descriptors as before", || process::descriptors(skat.id()) == before);
    skat.stop().assert_silent();
}

#[test]
fn five_hundred_at_once_are_all_served() {
    for options in [&["--echo"][..], &["--echo", "--threads", "2"]] {
        let skat = server(options).listen();
        let before = process::descriptors(skat.id());
        let mut peers: Vec<Peer> = (0..500).map(|_| skat.connect()).collect();
        for (number, peer) in peers.iter_mut().enumerate() {
            peer.send(format!("{number:04}"));
        }
        // In another order than that in which they came.
        for (number, peer) in peers.iter_mut().enumerate().rev() {
            peer.expect(format!("{number:04}"));
        }
        assert!(process::descriptors(skat.id()) >= 500);
        drop(peers);
        // A second loop may have opened its own few since.
        wait_until("few descriptors", || process::descriptors(skat.id()) < before + 20);
        skat.stop().assert_silent();
    }
}

fn exchange(skat: &Running) {
    let mut peer = skat.connect();
    peer.send("hello");
    peer.expect("hello");
    peer.finish();
    peer.expect_end();
}

/// With no descriptor left a server waits for one; it neither ends nor spins, nor tells it over
/// and over.
#[test]
fn without_descriptors_it_waits() {
    let script = r#"ulimit -n 32; exec "$SKAT" tcp-server --echo 127.0.0.1 0"#;
    let mut skat = shell(script).listen();
    let mut peers: Vec<Peer> = (0..60).map(|_| skat.connect()).collect();
    skat.wait_for_stderr("too many open files");
    for peer in &mut peers {
        peer.send("x");
    }
    peers[0].expect("x");
    process::assert_idle(&skat);
    let last = peers.split_off(40);
    drop(peers);
    for mut peer in last {
        peer.expect("x");
        peer.send("and more");
        peer.expect("and more");
    }
    exchange(&skat);
    skat.assert_running();
    let told = skat.stop().stderr;
    assert!(told.matches("too many open files").count() <= 10, "{told}");
}

#[test]
fn a_conversation_without_descriptors_for_pipes_copies() {
    // Twelve are enough for the conversation, not for a pipe between socket and file.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("received");
    let script = r#"exec >"$OUT"; ulimit -n 12; exec "$SKAT" tcp-server 127.0.0.1 0"#;
    let mut skat = shell(script).env("OUT", &path).listen();
    skat.close_stdin();
    let mut peer = skat.connect();
    let data = pattern(1 << 20);
    peer.send(&data);
    peer.finish();
    peer.expect_end();
    skat.finish().assert_status(0);
    assert_same_bytes(&std::fs::read(path).unwrap(), &data);
}

#[test]
fn once_is_one_connection() {
    // One that no other test's server gets.
    let address = refusing_address();
    let skat = skat(["tcp-server", "--echo", "--once", &address.to_string()]).listen();
    let mut peer = skat.connect();
    peer.send("only");
    peer.expect("only");
    wait_until("a closed port", || Peer::try_connect(address).is_err());
    peer.finish();
    peer.expect_end();
    drop(peer);
    skat.finish().assert_status(0).assert_silent();
}

/// A broken only connection is told.
#[test]
fn once_tells_how_its_connection_ended() {
    let skat = server(&["--echo", "--once"]).listen();
    let mut peer = skat.connect();
    peer.send("only");
    peer.expect("only");
    peer.reset();
    skat.finish().assert_status(1).assert_told("reset");
}

#[test]
fn no_more_than_max_conns_at_a_time() {
    for threads in ["1", "2"] {
        let skat = server(&["--echo", "-m", "2", "--threads", threads]).listen();
        let mut peers: Vec<Peer> = (0..5).map(|_| skat.connect()).collect();
        for peer in &mut peers {
            peer.send("x");
        }
        let mut served = Vec::new();
        while !peers.is_empty() {
            wait_until("two that are served", || {
                peers.iter().filter(|peer| is_answered(peer)).count() >= 2.min(peers.len())
            });
            assert!(peers.iter().filter(|peer| is_answered(peer)).count() <= 2);
            let next = peers.iter().position(is_answered).expect("just seen");
            let mut peer = peers.remove(next);
            peer.expect("x");
            served.push(peer.local());
            drop(peer);
        }
        assert_eq!(served.len(), 5);
        skat.stop().assert_silent();
    }
}

fn is_answered(peer: &Peer) -> bool {
    peer.stream().set_nonblocking(true).unwrap();
    let answered = peer.stream().peek(&mut [0]).is_ok();
    peer.stream().set_nonblocking(false).unwrap();
    answered
}

#[test]
fn one_at_a_time_is_the_classic_server() {
    let skat = server(&["--echo", "-m", "1"]).listen();
    let mut first = skat.connect();
    first.send("first");
    first.expect("first");
    let mut second = skat.connect();
    second.send("second");
    assert!(second.hears_nothing());
    drop(first);
    second.expect("second");
    skat.stop();
}

/// Beside the loops, a thread waits for signals.
#[test]
fn no_threads_mean_one_for_each_core() {
    let cores = std::thread::available_parallelism().unwrap().get();
    let own = server(&["--echo", "--threads", "0"]).listen();
    wait_until("a loop for each core", || process::threads(own.id()) == cores);
    own.stop();
    let script = r#"cores=$(taskset -pc $$); cores=${cores##* }
        exec taskset -c "${cores%%[-,]*}" "$SKAT" tcp-server --echo --threads 0 127.0.0.1 0"#;
    if !is_usable("taskset", &["--version"]) {
        return;
    }
    let one = shell(script).listen();
    exchange(&one);
    wait_until("one loop", || process::threads(one.id()) == 1);
    one.stop();
}

#[test]
fn each_of_several_loops_serves_its_share_of_the_connections() {
    const LOOPS: usize = 4;
    let skat = server(&["--echo", "--threads", &LOOPS.to_string()]).listen();
    let mut peers: Vec<Peer> = (0..3 * LOOPS).map(|_| skat.connect()).collect();
    for peer in &mut peers {
        peer.send("hello");
        peer.expect("hello");
    }
    // Each has the listener, its waker and its connections.
    let watched = process::watched(skat.id());
    assert_eq!(watched.len(), LOOPS, "{watched:?}");
    assert!(watched.iter().all(|count| *count == watched[0]), "{watched:?}");
    skat.stop().assert_silent();
}

#[test]
fn of_many_connections_none_is_lost_between_threads() {
    let skat = server(&["--echo", "--threads", "4"]).listen();
    let address = skat.address;
    let hands: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(move || {
                for _ in 0..50 {
                    let mut peer = Peer::connect(address);
                    peer.send("hello");
                    peer.expect("hello");
                    peer.finish();
                    peer.expect_end();
                }
            })
        })
        .collect();
    for hand in hands {
        hand.join().unwrap();
    }
    let threads = std::fs::read_dir(format!("/proc/{}/task", skat.id())).unwrap().count();
    assert!(threads >= 4, "{threads} threads");
    skat.stop().assert_silent();
}

#[test]
fn the_backlog_is_what_was_asked_for_or_the_most_that_the_system_allows() {
    if !is_usable("ss", &["-V"]) {
        return;
    }
    let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
    for (options, backlog) in [(&["--backlog", "1"][..], "1"), (&[], most.trim())] {
        let skat = server(&[&["--echo"], options].concat()).listen();
        let of_port = format!("sport = :{}", skat.address.port());
        let told = Skat::another("ss", &["-ltnH", &of_port]).run();
        let told = String::from_utf8(told.stdout).unwrap();
        // State, bytes or peers that wait, the most of them.
        assert_eq!(told.split_whitespace().nth(2), Some(backlog), "{options:?}: {told}");
        for _ in 0..10 {
            exchange(&skat);
        }
        skat.stop();
    }
}

/// One peer's silence, flood or refusal to read never holds up another.
#[test]
fn a_peer_that_does_not_read_holds_up_nobody() {
    for handler in ["--echo", "--stamp"] {
        let skat = server(&[handler]).way(Way::Fast).listen();
        let stuck = skat.connect();
        let mut twin = stuck.twin();
        let flooding = std::thread::spawn(move || while twin.try_send(&[b'\n'; 16384]).is_ok() {});
        wait_until("a full connection", || stuck.unacknowledged() > 0);
        for _ in 0..50 {
            let mut peer = skat.connect();
            peer.send("hello\n");
            assert!(peer.expect_line().ends_with("hello\n"));
        }
        stuck.reset();
        skat.stop();
        flooding.join().unwrap();
    }
}
