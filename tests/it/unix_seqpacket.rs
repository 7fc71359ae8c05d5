//! Connections of records: boundaries are kept, an empty record is no end, and conversations end as
//! those of streams do.

use std::net::Shutdown;
use std::process::Stdio;

use socket2::{Socket, Type};

use crate::support::unix::{UnixListener, abstract_name, address, receive, socket};
use crate::support::unix::{listening, unix_client, unix_server};
use crate::support::{
    Running, Skat, assert_same_bytes, not_tested, pattern, programs, skat, wait_until,
};
use ::skat::sys::sockopt;

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

/// stdin may go on: what came of it last is nothing whole yet.
#[test]
fn after_eof_makes_no_record_of_half_a_one() {
    for frame in ["line", "hex", "len32"] {
        for (mut skat, peer) in conversations(&["--frame", frame, "--after-eof", "300ms"]) {
            skat.type_in("ab");
            peer.shutdown(Shutdown::Write).unwrap();
            assert_eq!(receive(&peer), b"", "{frame}");
            drop(peer);
            skat.finish().assert_status(0).assert_silent();
        }
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
        skat.finish().assert_status(1).assert_told("line 2: not only hexadecimal digits");
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
fn services_answer_records() {
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

/// As large as the system lets anybody send.
#[test]
fn programs_get_records_whole() {
    let name = abstract_name();
    let count = "dd bs=4M count=1 2>/dev/null | wc -c";
    for options in [&[][..], &["-v"], &["-i", "20s"]] {
        let skat = listening(server(&name, &[&["--once", "-c", count], options].concat()));
        let peer = socket(Type::SEQPACKET);
        peer.connect(&address(&name)).unwrap();
        peer.set_send_buffer_size(1 << 20).unwrap();
        peer.send(&vec![b'x'; 300_000]).unwrap();
        assert_eq!(receive(&peer), b"300000\n", "{options:?}");
        skat.finish().assert_status(0);
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

/// What was read for a peer that left is not for the next; a record is for one of the two.
#[test]
fn the_next_peer_gets_whole_records() {
    let name = abstract_name();
    let mut skat = listening(server(&name, &["-k"]));
    let lines: Vec<String> = (0..5000).map(|number| format!("{number}\n")).collect();
    let first = socket(Type::SEQPACKET);
    first.connect(&address(&name)).unwrap();
    let typing = skat.type_all(lines.concat());
    wait_until("records to come", || !receive(&first).is_empty());
    drop(first);
    skat.wait_for_stderr("bytes were not delivered");
    let second = socket(Type::SEQPACKET);
    second.connect(&address(&name)).unwrap();
    let mut got = Vec::new();
    while got.last() != lines.last() {
        got.push(String::from_utf8(receive(&second)).unwrap());
    }
    assert_eq!(got, lines[lines.len() - got.len()..]);
    typing.join().unwrap();
    skat.stop();
}

#[test]
fn a_record_that_is_too_large_is_an_error_with_its_size() {
    let name = abstract_name();
    let (listener, bytes) = (UnixListener::of_kind(Type::SEQPACKET, &name), vec![b'x'; 1_100_000]);
    let skat = client(&name, &[]).start();
    let peer = listener.accept_socket();
    let room = sockopt::int(4 << 20);
    if let Err(error) = sockopt::set(&peer, nix::libc::SOL_SOCKET, nix::libc::SO_SNDBUFFORCE, &room)
    {
        return not_tested("records beyond the limit of send buffers", &error.to_string());
    }
    peer.send(&bytes).unwrap();
    skat.finish().assert_status(1).assert_told("a record of 1100000 bytes is larger than");
}

/// Nor is it lost in silence by a service, which goes on.
#[test]
fn a_record_that_is_too_large_for_a_service_is_told() {
    for service in ["--echo", "--discard"] {
        let name = abstract_name();
        let mut skat = listening(server(&name, &[service]));
        let peer = socket(Type::SEQPACKET);
        peer.connect(&address(&name)).unwrap();
        let room = sockopt::int(4 << 20);
        if let Err(error) =
            sockopt::set(&peer, nix::libc::SOL_SOCKET, nix::libc::SO_SNDBUFFORCE, &room)
        {
            return not_tested("records beyond the limit of send buffers", &error.to_string());
        }
        peer.send(&vec![b'x'; 1_100_000]).unwrap();
        skat.wait_for_stderr("a record of 1100000 bytes is larger than");
        skat.stop();
    }
}

/// What came is sent on, however large: the default of a send buffer is no limit.
#[test]
fn a_large_record_comes_back() {
    let name = abstract_name();
    let skat = listening(server(&name, &["--echo"]));
    let peer = socket(Type::SEQPACKET);
    sockopt::set(&peer, nix::libc::SOL_SOCKET, nix::libc::SO_SNDBUF, &sockopt::int(1 << 20))
        .unwrap();
    peer.connect(&address(&name)).unwrap();
    // Half as much again as the default has room for, where the system's limit is the default.
    let sent = pattern(300_000);
    peer.send(&sent).unwrap();
    assert_same_bytes(&receive(&peer), &sent);
    skat.stop();
}

/// The program behind `-v` hears of it as of the end of its peer.
#[test]
fn a_record_that_is_too_large_for_a_program_is_told() {
    let name = abstract_name();
    let skat = listening(server(&name, &["-v", "--once", "-e", "cat"]));
    let peer = socket(Type::SEQPACKET);
    peer.connect(&address(&name)).unwrap();
    let room = sockopt::int(4 << 20);
    if let Err(error) = sockopt::set(&peer, nix::libc::SOL_SOCKET, nix::libc::SO_SNDBUFFORCE, &room)
    {
        return not_tested("records beyond the limit of send buffers", &error.to_string());
    }
    peer.send(&vec![b'x'; 1_100_000]).unwrap();
    skat.finish().assert_told("a record of 1100000 bytes is larger than");
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
        skat(words).run().assert_status(2).assert_told("has no effect with");
    }
    skat(["unix-client", "--type", "nosuch", "@x"]).run().assert_status(2);
}

#[test]
fn records_are_exchanged_with_socat() {
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
