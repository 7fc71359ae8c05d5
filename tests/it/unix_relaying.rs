//! Records that are relayed, and those that peers of a room say: boundaries are kept.

use std::io::Read as _;
use std::net::Shutdown;

use ::skat::sys::sockopt;
use nix::sys::signal::Signal;
use socket2::{Socket, Type};

use crate::support::unix::{UnixListener, abstract_name, address, receive, socket};
use crate::support::unix::{listening, unix_client, unix_server};
use crate::support::{Running, assert_same_bytes, not_tested, pattern, process, skat, wait_until};

const SEQPACKET: [&str; 2] = ["--type", "seqpacket"];

fn server(name: &str, options: &[&str]) -> Running {
    listening(unix_server(name, &[&SEQPACKET, options].concat()))
}

fn connect(name: &str) -> Socket {
    let peer = socket(Type::SEQPACKET);
    peer.connect(&address(name)).expect("skat listens");
    peer
}

/// A relay, its peer and its target.
fn relay(options: &[&str]) -> (Running, Socket, Socket) {
    let (name, target) = (abstract_name(), abstract_name());
    let listener = UnixListener::of_kind(Type::SEQPACKET, &target);
    let forward = format!("unix:{target}");
    let skat = server(&name, &[&["--forward", &forward], options].concat());
    let peer = connect(&name);
    let target = listener.accept_socket();
    (skat, peer, target)
}

#[test]
fn a_relay_keeps_boundaries_and_passes_ends_on() {
    for peer_ends_first in [true, false] {
        let (skat, peer, target) = relay(&["-v", "--once"]);
        let (one, other) = if peer_ends_first { (&peer, &target) } else { (&target, &peer) };
        for record in [&b"question"[..], b"", b"and\nmore\n"] {
            one.send(record).unwrap();
            assert_eq!(receive(other), record);
        }
        one.send(b"").unwrap();
        one.send(b"last").unwrap();
        one.shutdown(Shutdown::Write).unwrap();
        assert_eq!([receive(other), receive(other), receive(other)], [&b""[..], b"last", b""]);
        // The other direction goes on.
        for record in [&b"answer"[..], b"", b"!"] {
            other.send(record).unwrap();
            assert_eq!(receive(one), record);
        }
        other.shutdown(Shutdown::Write).unwrap();
        assert_eq!(receive(one), b"");
        let told = if peer_ends_first { "(21 bytes in, 7 out" } else { "(7 bytes in, 21 out" };
        skat.finish().assert_status(0).assert_told(told);
    }
}

/// As large as the system lets anybody send.
#[test]
fn a_relay_takes_what_peers_can_send() {
    let (skat, peer, target) = relay(&[]);
    for (from, to) in [(&peer, &target), (&target, &peer)] {
        from.set_send_buffer_size(1 << 20).unwrap();
        let record = pattern(300_000);
        from.send(&record).unwrap();
        assert_same_bytes(&receive(to), &record);
    }
    drop((peer, target));
    skat.stop().assert_silent();
}

#[test]
fn a_record_that_is_too_long_for_the_target_is_told() {
    let (skat, peer, target) = relay(&["--once", "-O", "sndbuf=4K"]);
    peer.send(b"first").unwrap();
    peer.send(&vec![b'x'; 60_000]).unwrap();
    assert_eq!([receive(&target), receive(&target)], [&b"first"[..], b""]);
    let finished = skat.finish();
    finished.assert_status(1).assert_told("send to @");
    finished.assert_told("a record of 60000 bytes is too long");
}

#[test]
fn what_the_target_did_not_take_is_told_without_the_lengths_of_records() {
    let (skat, peer, _target) = relay(&["-v", "-O", "sndbuf=4K"]);
    peer.set_nonblocking(true).unwrap();
    let sent = (0..100_000).take_while(|_| peer.send(&[b'x'; 1000]).is_ok()).count();
    assert!(sent < 100_000, "nobody is held back");
    process::assert_idle(&skat);
    skat.signal(Signal::SIGTERM);
    let told = skat.finish();
    told.assert_died_of(Signal::SIGTERM).assert_told("; 1000 bytes were not delivered");
}

#[test]
fn much_through_a_relay() {
    let (name, target) = (abstract_name(), abstract_name());
    let echo = server(&target, &["--echo"]);
    let relay = server(&name, &["--forward", &format!("unix:{target}"), "--threads", "2"]);
    let data = pattern(4 << 20);
    for size in ["block:1400", "block:65527"] {
        let options = [&SEQPACKET[..], &["--frame", size]].concat();
        let mut asking = unix_client(&name, &options).start();
        let typing = asking.type_all(&data);
        let finished = asking.finish();
        finished.assert_status(0).assert_silent();
        assert_same_bytes(&finished.stdout, &data);
        typing.join().unwrap();
    }
    relay.stop().assert_silent();
    echo.stop().assert_silent();
}

#[test]
fn a_target_of_another_type_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (name, target) = (abstract_name(), folder.path().join("socket"));
    let _streams = UnixListener::on(&target);
    let forward = format!("unix:{}", target.display());
    let skat = server(&name, &["--once", "--forward", &forward]);
    assert_eq!(receive(&connect(&name)), b"");
    skat.finish().assert_status(5).assert_told("a socket of another type: try --type stream");
}

/// Peers of a room of whom each has heard the others.
fn room<const N: usize>(name: &str) -> [Socket; N] {
    let mut peers: Vec<Socket> = Vec::new();
    for _ in 0..N {
        let newcomer = connect(name);
        if !peers.is_empty() {
            newcomer.send(b"here").unwrap();
        }
        for peer in &peers {
            assert!(receive(peer).trim_ascii_end().ends_with(b"here"));
        }
        peers.push(newcomer);
    }
    peers.try_into().unwrap()
}

#[test]
fn a_broker_passes_each_record_to_all_others() {
    let name = abstract_name();
    let skat = server(&name, &["--broker"]);
    let [one, two, three] = room(&name);
    let large = pattern(150_000);
    for record in [&b"a"[..], b"", b"b\nc", &large, &large] {
        one.send(record).unwrap();
        for other in [&two, &three] {
            assert_same_bytes(&receive(other), record);
        }
    }
    // More than one reading of skat's takes, while they wait.
    let few = pattern(90_000);
    for number in 0..20_u8 {
        one.send(&[&[number][..], &few].concat()).unwrap();
    }
    for other in [&two, &three] {
        for number in 0..20 {
            assert_same_bytes(&receive(other), &[&[number][..], &few].concat());
        }
    }
    // Who has ended goes on listening.
    one.shutdown(Shutdown::Write).unwrap();
    two.send(b"heard").unwrap();
    assert_eq!([receive(&one), receive(&three)], [b"heard"; 2]);
    drop((one, two, three));
    skat.stop().assert_silent();
}

/// As large as skat takes them.
#[test]
fn a_broker_passes_the_largest_records() {
    let name = abstract_name();
    let skat = server(&name, &["--broker"]);
    let [one, two] = room(&name);
    let room = sockopt::int(1 << 20);
    if let Err(error) = sockopt::set(&one, libc::SOL_SOCKET, libc::SO_SNDBUFFORCE, &room) {
        return not_tested("records of 1 MiB", &error.to_string());
    }
    let record = pattern(1 << 20);
    for _ in 0..4 {
        one.send(&record).unwrap();
        assert_same_bytes(&receive(&two), &record);
    }
    drop((one, two));
    skat.stop().assert_silent();
}

#[test]
fn a_chat_makes_a_record_of_each_line() {
    let name = abstract_name();
    let skat = server(&name, &["--chat"]);
    let [one, two, three] = room(&name);
    for (said, heard) in [
        (&b"hello\n"[..], &["hello\n"][..]),
        (b"no newline", &["no newline\n"]),
        (b"", &["\n"]),
        (b"two\n\nlines", &["two\n", "\n", "lines\n"]),
    ] {
        one.send(said).unwrap();
        for other in [&two, &three] {
            for line in heard {
                assert_eq!(String::from_utf8(receive(other)).unwrap(), format!("<user-1> {line}"));
            }
        }
    }
    two.send(b"me").unwrap();
    assert_eq!([receive(&one), receive(&three)], [b"<user-2> me\n"; 2]);
    drop((one, two, three));
    skat.stop().assert_silent();
}

/// Far more records than fit into a socket, of which each listener has all the same.
#[test]
fn a_chat_passes_a_record_of_many_short_lines() {
    let name = abstract_name();
    let skat = server(&name, &["--chat"]);
    let [one, two, three] = room(&name);
    let said: Vec<String> = (0..60_000).map(|number| format!("{}\n", number % 100)).collect();
    one.send(said.concat().as_bytes()).unwrap();
    let mut heard = [0; 64];
    for mut other in [&two, &three] {
        for line in &said {
            let count = other.read(&mut heard).expect("skat sends a record");
            assert_eq!(String::from_utf8_lossy(&heard[..count]), format!("<user-1> {line}"));
        }
    }
    drop((one, two, three));
    skat.stop().assert_silent();
}

#[test]
fn one_who_does_not_read_is_dropped() {
    let name = abstract_name();
    let mut skat = server(&name, &["--broker"]);
    let [one, deaf, three] = room(&name);
    let record = pattern(100_000);
    for number in 0.. {
        assert!(number < 1000, "{}", skat.stderr());
        if skat.stderr().contains("too slow for what the others send") {
            break;
        }
        one.send(&record).unwrap();
        assert_same_bytes(&receive(&three), &record);
    }
    skat.wait_for_stderr("user-2");
    assert!(process::peak_memory(skat.id()) < 32);
    wait_until("the end", || receive(&deaf).is_empty());
    drop((one, three));
    skat.stop();
}

#[test]
fn only_paths_can_be_relayed_to() {
    for target in ["localhost:1", "tls:localhost:1", "[::1]:1"] {
        if target.starts_with("tls:") && !cfg!(feature = "tls") {
            continue;
        }
        skat(["unix-server", "--type", "seqpacket", "--forward", target, "@x"])
            .run()
            .assert_status(2)
            .assert_told("would lose their boundaries")
            .assert_told("unix:PATH");
    }
}
