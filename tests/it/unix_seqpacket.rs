//! Connections of records: boundaries are kept, an empty record is no end, and conversations end as
//! those of streams do.

use std::io::Read as _;
use std::net::Shutdown;
use std::process::Stdio;

use socket2::{Socket, Type};

use crate::support::unix::{UnixListener, abstract_name, address, socket};
use crate::support::unix::{listening, unix_client, unix_server};
use crate::support::{Running, Skat, assert_same_bytes, pattern, programs, skat};

const SEQPACKET: [&str; 2] = ["--type", "seqpacket"];

fn server(name: &str, options: &[&str]) -> Skat {
    unix_server(name, &[&SEQPACKET, options].concat())
}

fn client(name: &str, options: &[&str]) -> Skat {
    unix_client(name, &[&SEQPACKET, options].concat())
}

/// A conversation of skat's in each role, with the test as its peer.
fn conversations(options: &[&str]) -> [(Running, Socket); 2] {
    let name = abstract_name();
    let serving = listening(server(&name, options));
    let peer = socket(Type::SEQPACKET);
    peer.connect(&address(&name)).unwrap();
    let name = abstract_name();
    let listener = UnixListener::of_kind(Type::SEQPACKET, &name);
    let asking = client(&name, options).start();
    [(serving, peer), (asking, listener.accept_socket())]
}

#[track_caller]
fn receive(mut peer: &Socket) -> Vec<u8> {
    let mut bytes = vec![0; 1 << 20];
    let count = peer.read(&mut bytes).expect("skat sends a record");
    bytes.truncate(count);
    bytes
}

#[test]
fn records_are_lines_and_an_empty_one_is_no_end() {
    for (mut skat, peer) in conversations(&[]) {
        for record in [&b"one"[..], b"", b"two\n"] {
            peer.send(record).unwrap();
        }
        skat.wait_for_stdout("one\n\ntwo\n");
        skat.type_in("first\nsecond\n");
        assert_eq!([receive(&peer), receive(&peer)], [&b"first\n"[..], b"second\n"]);
        peer.shutdown(Shutdown::Write).unwrap();
        skat.wait_for_end_of_stdout();
        skat.type_in("still here");
        skat.close_stdin();
        assert_eq!([receive(&peer), receive(&peer)], [&b"still here"[..], b""]);
        drop(peer);
        skat.finish().assert_status(0).assert_silent();
    }
}

#[test]
fn empty_records_are_sent_and_are_all_that_is_needed() {
    for (mut skat, peer) in conversations(&["--frame", "hex"]) {
        peer.send(b"").unwrap();
        peer.send(b"").unwrap();
        peer.shutdown(Shutdown::Write).unwrap();
        skat.type_in("\n00ff\n");
        skat.close_stdin();
        assert_eq!([receive(&peer), receive(&peer)], [&b""[..], b"\x00\xff"]);
        drop(peer);
        skat.finish().assert_status(0).assert_stdout("\n\n");
    }
}

#[test]
fn stdin_ends_first_and_receiving_goes_on() {
    for (mut skat, peer) in conversations(&[]) {
        skat.type_in("question");
        skat.close_stdin();
        assert_eq!([receive(&peer), receive(&peer)], [&b"question"[..], b""]);
        peer.send(b"answer").unwrap();
        skat.wait_for_stdout("answer\n");
        drop(peer);
        skat.finish().assert_status(0).assert_silent();
    }
}

#[test]
fn a_peer_that_closes_without_reading_has_reset() {
    for (mut skat, peer) in conversations(&[]) {
        skat.type_in("unread\n");
        crate::support::wait_until("a record to come", || {
            peer.peek(&mut [std::mem::MaybeUninit::uninit(); 1]).is_ok()
        });
        drop(peer);
        skat.finish().assert_status(1).assert_told("connection reset");
    }
}

#[test]
fn what_is_no_record_is_told_after_what_came_before_it() {
    for (mut skat, peer) in conversations(&["--frame", "hex"]) {
        skat.type_in("41\nno hex\n42\n");
        assert_eq!([receive(&peer), receive(&peer)], [&b"A"[..], b""]);
        drop(peer);
        skat.finish().assert_status(1).assert_told("line 2: not all are hexadecimal digits");
    }
    for (mut skat, peer) in conversations(&["--frame", "block:60000", "-O", "sndbuf=4K"]) {
        skat.type_in(vec![b'x'; 60_000]);
        assert_eq!(receive(&peer), b"");
        peer.send(b"an answer").unwrap();
        drop(peer);
        let finished = skat.finish();
        finished.assert_status(1).assert_stdout("an answer");
        finished.assert_told("a record of 60000 bytes is too long");
    }
}

#[test]
fn services() {
    let name = abstract_name();
    let skat = listening(server(&name, &["--echo", "-v"]));
    let mut asking = client(&name, &["--frame", "hex"]).start();
    asking.type_in("00ff\n\n41\n");
    asking.close_stdin();
    asking.finish().assert_status(0).assert_stdout("00ff\n\n41\n").assert_silent();
    let mut asking = client(&name, &["--prompt=? "]).start();
    asking.type_in("one\ntwo\n\n");
    asking.finish().assert_status(0).assert_stdout("one\ntwo\n");
    // Lengths of skat's own are not counted.
    assert!(skat.stop().stderr.contains("(3 bytes in, 3 out"));
    let skat = listening(server(&name, &["--stamp=epoch"]));
    let peer = socket(Type::SEQPACKET);
    peer.connect(&address(&name)).unwrap();
    for question in [&b"one"[..], b"", b"two"] {
        peer.send(question).unwrap();
        let answer = receive(&peer);
        assert!(answer.starts_with(b"[") && answer.ends_with(&[b"]: ", question].concat()));
    }
    skat.stop();
    let skat = listening(server(&name, &["--discard", "--threads", "2"]));
    let mut asking = client(&name, &[]).start();
    asking.type_in("one\n");
    asking.close_stdin();
    asking.finish().assert_status(0).assert_stdout("");
    skat.stop();
}

#[test]
fn programs_serve_records() {
    let name = abstract_name();
    for options in [&[][..], &["-v"], &["-i", "20s"]] {
        let skat = listening(server(&name, &[&["--exec", "cat"], options].concat()));
        let mut asking = client(&name, &["--frame", "hex"]).start();
        asking.type_in("61\n6262\n");
        asking.wait_for_stdout("61\n6262\n");
        asking.close_stdin();
        asking.finish().assert_status(0);
        skat.stop();
    }
}

#[test]
fn much_through_an_echo() {
    let name = abstract_name();
    let skat = listening(server(&name, &["--echo"]));
    let data = pattern(8 << 20);
    for size in ["block:1", "block:1400", "block:65527"] {
        let data = if size == "block:1" { &data[..20_000] } else { &data[..] };
        let mut asking = client(&name, &["--frame", size]).start();
        let typing = asking.type_all(data);
        let finished = asking.finish();
        finished.assert_status(0).assert_silent();
        assert_same_bytes(&finished.stdout, data);
        typing.join().unwrap();
    }
    let mut asking = client(&name, &["--frame", "whole", "-O", "sndbuf=1M"]).start();
    let typing = asking.type_all(&data[..150_000]);
    asking.finish().assert_status(0).assert_stdout(&data[..150_000]);
    typing.join().unwrap();
    skat.stop().assert_silent();
}

#[test]
fn one_conversation_after_another() {
    let name = abstract_name();
    let skat = listening(server(&name, &["-k"]).stdin(Stdio::null()));
    for _ in 0..3 {
        let peer = socket(Type::SEQPACKET);
        peer.connect(&address(&name)).unwrap();
        peer.send(b"hello").unwrap();
        peer.shutdown(Shutdown::Write).unwrap();
        assert_eq!(receive(&peer), b"");
    }
    skat.wait_for_stdout("hello\nhello\nhello\n");
    skat.stop().assert_silent();
}

#[test]
fn options_that_do_nothing_are_refused() {
    for (command, option) in [
        ("unix-server", &["--crlf"][..]),
        ("unix-server", &["--bufsize", "1M"]),
        ("unix-server", &["--reply-to", "all"]),
        ("unix-server", &["--echo", "--frame", "hex"]),
        ("unix-client", &["--crlf"]),
        ("unix-client", &["--replies", "1"]),
        ("unix-client", &["--prompt", "--frame", "hex"]),
    ] {
        let words = [&[command, "--type", "seqpacket"], option, &["@x"]].concat();
        skat(words).run().assert_status(2).assert_told("would do nothing with");
    }
    skat(["unix-client", "--type", "nosuch", "@x"]).run().assert_status(2);
}

#[test]
fn with_socat() {
    if !programs::is_usable("socat", &["-V"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let path = path.to_str().unwrap();
    let skat = listening(server(path, &["--echo"]));
    let connect = format!("UNIX-CONNECT:{path},type=5");
    let mut asking = Skat::another("socat", &["-t20", "-", &connect]).start();
    asking.type_in("hello\n");
    asking.wait_for_stdout("hello\n");
    asking.close_stdin();
    asking.finish().assert_status(0);
    skat.stop();
    let listen = format!("UNIX-LISTEN:{path},type=5");
    let _socat = Skat::another("socat", &["-t20", &listen, "PIPE"]).start();
    let mut asking = client(path, &["--retry-for", "20s"]).start();
    asking.type_in("hello\n");
    asking.wait_for_stdout("hello\n");
    asking.close_stdin();
    asking.finish().assert_status(0);
}
