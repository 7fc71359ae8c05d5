//! Datagrams over Unix sockets: nothing is lost, boundaries are kept, clients have a name of their
//! own as long as they live.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use ::skat::sys::sockopt;
use nix::sys::signal::Signal;
use socket2::{SockAddr, Socket, Type};

use crate::support::unix::{
    abstract_name, address, listening, receive, socket, unix_client, unix_server, until_listening,
};
use crate::support::{
    PATIENCE, Skat, assert_same_bytes, not_tested, pattern, process, programs, shell, skat,
    uninterrupted, wait_until,
};
use crate::unix_file::FATAL;

const DGRAM: [&str; 2] = ["--type", "dgram"];

pub fn server(name: &str, options: &[&str]) -> Skat {
    unix_server(name, &[&DGRAM, options].concat())
}

fn client(name: &str, options: &[&str]) -> Skat {
    unix_client(name, &[&DGRAM, options].concat())
}

/// A scripted peer with a name.
pub fn peer(name: &str) -> Socket {
    let peer = socket(Type::DGRAM);
    peer.bind(&address(name)).unwrap();
    peer
}

#[track_caller]
pub fn send(peer: &Socket, bytes: &[u8], to: &str) {
    uninterrupted(|| peer.send_to(bytes, &address(to))).expect("skat receives");
}

#[track_caller]
pub fn hears_nothing(peer: &Socket) {
    peer.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let error = uninterrupted(|| std::io::Read::read(&mut &*peer, &mut [0]));
    assert_eq!(error.expect_err("nothing").kind(), std::io::ErrorKind::WouldBlock);
    peer.set_read_timeout(Some(PATIENCE)).unwrap();
}

#[test]
fn datagrams_come_back_one_by_one() {
    let name = abstract_name();
    let skat = listening(server(&name, &["--echo"]));
    let mut asking = client(&name, &["--frame", "hex"]).start();
    asking.type_in("00ff\n\n41\n");
    asking.close_stdin();
    asking.finish().assert_status(0).assert_stdout("00ff\n\n41\n").assert_silent();
    let mut asking = client(&name, &["--prompt=? "]).start();
    asking.type_in("one\ntwo\n\n");
    asking.finish().assert_status(0).assert_stdout("one\ntwo\n");
    skat.stop().assert_silent();
    let skat = listening(server(&name, &["--stamp=epoch", "--threads", "2"]));
    let mut asking = client(&name, &["--replies", "2"]).start();
    asking.type_in("one\ntwo\n");
    let stamped = String::from_utf8(asking.finish().stdout).unwrap();
    assert!(stamped.contains("]: one\n") && stamped.contains("]: two\n"), "{stamped}");
    skat.stop();
    let skat = listening(server(&name, &["--discard"]));
    let mut asking = client(&name, &["--replies", "1", "--after-eof", "100ms"]).start();
    asking.type_in("one\n");
    asking.close_stdin();
    asking.finish().assert_status(8);
    skat.stop();
}

#[test]
fn a_server_converses_with_whom_it_heard() {
    let name = abstract_name();
    let [one, two] = [abstract_name(), abstract_name()].map(|name| peer(&name));
    for (whom, answers) in [("last", [false, true]), ("first", [true, false]), ("all", [true; 2])] {
        let mut skat = listening(server(&name, &["--reply-to", whom]));
        send(&one, b"1", &name);
        skat.wait_for_stdout("1\n");
        send(&two, b"2", &name);
        skat.wait_for_stdout("1\n2\n");
        let answer = format!("to {whom}\n");
        skat.type_in(&answer);
        for (peer, answers) in [&one, &two].into_iter().zip(answers) {
            if answers {
                assert_eq!(receive(peer), answer.as_bytes());
            } else {
                hears_nothing(peer);
            }
        }
        skat.stop().assert_silent();
    }
    let mut skat = listening(server(&name, &["--once"]));
    send(&one, b"", &name);
    skat.wait_for_stdout("\n");
    skat.type_in("an answer\nand no other\n");
    assert_eq!(receive(&one), b"an answer\n");
    skat.finish().assert_status(0);
    hears_nothing(&one);
}

/// The name of who asks next.
fn asker(target: &Socket) -> PathBuf {
    let mut bytes = [std::mem::MaybeUninit::uninit(); 16];
    let (_, from) = target.recv_from(&mut bytes).expect("a question");
    from.as_pathname().expect("a path").to_owned()
}

#[test]
fn a_client_is_answered_at_a_private_name_that_goes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let name = abstract_name();
    let target = peer(&name);
    let in_folder = |skat: Skat| skat.env("TMPDIR", folder.path());
    let count = || fs::read_dir(folder.path()).unwrap().count();
    for signal in [None].into_iter().chain(FATAL.map(Some)) {
        for options in [&[][..], &["--prompt"]] {
            let mut asking = in_folder(client(&name, options)).start();
            asking.type_in("x\n");
            let path = asker(&target);
            let directory = path.parent().unwrap();
            assert!(path.starts_with(folder.path()));
            assert_eq!(fs::metadata(directory).unwrap().permissions().mode() & 0o777, 0o711);
            if let Some(signal) = signal {
                asking.signal(signal);
                asking.finish().assert_died_of(signal);
            } else {
                target.send_to(b"answer\n", &SockAddr::unix(&path).unwrap()).unwrap();
                asking.wait_for_stdout("answer\n");
                asking.close_stdin();
                asking.finish().assert_status(0);
            }
            assert_eq!(count(), 0, "{signal:?} {options:?}");
        }
    }
    // A umask is about files for others.
    let line = format!("umask 0777; exec \"$SKAT\" unix-client --type dgram {name}");
    let mut asking = in_folder(shell(&line)).start();
    asking.type_in("x\n");
    let directory = asker(&target).parent().unwrap().to_owned();
    assert_eq!(fs::metadata(directory).unwrap().permissions().mode() & 0o777, 0o711);
    asking.close_stdin();
    asking.finish().assert_status(0);
    in_folder(client(&name, &["--max-time", "50ms"])).start().finish().assert_status(6);
    let mut sending = in_folder(client(&name, &["--send-only"])).start();
    sending.type_in("x\n");
    assert_eq!(receive(&target), b"x\n");
    assert_eq!(count(), 0);
    sending.close_stdin();
    sending.finish().assert_status(0);
    in_folder(client(&abstract_name(), &[])).run().assert_status(5);
    assert_eq!(count(), 0);
}

/// The receiver decides how fast: nothing is dropped, and nobody spins.
#[test]
fn a_full_queue_is_waited_for() {
    let name = abstract_name();
    let target = peer(&name);
    let lines: Vec<String> = (0..2000).map(|number| format!("line {number}\n")).collect();
    let mut sending = client(&name, &["--send-only"]).start();
    let typing = sending.type_all(lines.concat());
    process::assert_idle(&sending);
    for line in &lines {
        assert_eq!(receive(&target), line.as_bytes());
    }
    typing.join().unwrap();
    sending.finish().assert_status(0);
    // The same from a server, to one that is slow for longer than a service would wait.
    let server_name = abstract_name();
    let mut skat = listening(server(&server_name, &[]));
    send(&target, b"hello\n", &server_name);
    skat.wait_for_stdout("hello\n");
    let typing = skat.type_all(lines.concat());
    let ticks = process::ticks(skat.id());
    std::thread::sleep(Duration::from_millis(1200));
    assert!(process::ticks(skat.id()) - ticks < 20, "it spins");
    // Receiving goes on meanwhile.
    send(&target, b"still\n", &server_name);
    skat.wait_for_stdout("hello\nstill\n");
    for line in &lines {
        assert_eq!(receive(&target), line.as_bytes());
    }
    typing.join().unwrap();
    skat.stop().assert_silent();
}

#[test]
fn a_slow_stdout_holds_the_sender_back() {
    let name = abstract_name();
    let skat = server(&name, &["--frame", "block:1"]).stdin(Stdio::null());
    let mut skat = until_listening(skat.start_unread());
    let data = pattern(32 << 20);
    let mut sending = client(&name, &["--send-only", "--frame", "block:32768"]).start();
    let typing = sending.type_all(&data);
    let mut stdout = skat.take_stdout();
    process::assert_idle(&sending);
    assert!(!typing.is_finished(), "{} bytes are nowhere", data.len());
    let mut got = vec![0; data.len()];
    std::io::Read::read_exact(&mut stdout, &mut got).unwrap();
    assert_same_bytes(&got, &data);
    typing.join().unwrap();
    sending.finish().assert_status(0);
    assert!(process::peak_memory(skat.id()) < 32);
    drop(stdout);
    skat.finish().assert_died_of(Signal::SIGPIPE);
}

#[test]
fn an_echo_of_much_is_whole() {
    let name = abstract_name();
    let skat = listening(server(&name, &["--echo"]));
    let lines: Vec<String> = (0..20_000).map(|number| format!("line {number}\n")).collect();
    let lines = lines.concat();
    let mut asking = client(&name, &[]).start();
    let typing = asking.type_all(&lines);
    asking.finish().assert_status(0).assert_stdout(&lines);
    typing.join().unwrap();
    skat.stop().assert_silent();
}

#[test]
fn a_peer_that_does_not_read_is_given_up_by_a_service() {
    let (name, deaf_name) = (abstract_name(), abstract_name());
    let deaf = peer(&deaf_name);
    let other = peer(&abstract_name());
    let mut skat = listening(server(&name, &["--echo"]));
    for _ in 0..15 {
        send(&deaf, b"deaf", &name);
    }
    let began = Instant::now();
    send(&other, b"other", &name);
    assert_eq!(receive(&other), b"other");
    assert!(began.elapsed() < Duration::from_secs(10));
    skat.wait_for_stderr(&format!("send to {deaf_name}: it is not reading"));
    // Nobody waits for it again.
    let began = Instant::now();
    for _ in 0..10 {
        send(&deaf, b"deaf", &name);
        send(&other, b"other", &name);
        assert_eq!(receive(&other), b"other");
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    // Once it reads, it is answered.
    deaf.set_nonblocking(true).unwrap();
    while deaf.recv(&mut [std::mem::MaybeUninit::uninit(); 8]).is_ok() {}
    deaf.set_nonblocking(false).unwrap();
    send(&deaf, b"heard", &name);
    assert_eq!(receive(&deaf), b"heard");
    let told = skat.stop().stderr;
    assert_eq!(told.matches("it is not reading").count(), 1, "{told}");
}

#[test]
fn large_datagrams() {
    let name = abstract_name();
    let skat = listening(server(&name, &["--echo"]));
    let ask = |size: usize, options: &[&str]| {
        let mut asking = client(&name, &[&["--frame", "whole"], options].concat()).start();
        let (mut stdin, typed) = (asking.take_stdin(), pattern(size));
        stdin.write_all(&typed).unwrap();
        drop(stdin);
        (typed, asking.finish())
    };
    let (sent, finished) = ask(100_000, &[]);
    finished.assert_status(0).assert_stdout(&sent);
    let (_, finished) = ask(300_000, &["-O", "sndbuf=64K"]);
    finished.assert_status(1).assert_told("send 300000 bytes").assert_told("message too long");
    finished.assert_told("sndbuf");
    let (_, finished) = ask((1 << 20) + 1, &[]);
    finished.assert_status(1).assert_told("1048577 bytes, is too large for a datagram");
    skat.stop();
}

/// One larger than skat takes is cut, and its size is told.
#[test]
fn a_datagram_that_is_cut_is_told_with_its_size() {
    let name = abstract_name();
    let sender_name = abstract_name();
    let sender = peer(&sender_name);
    let size = sockopt::int(4 << 20);
    let forced = sockopt::set(&sender, libc::SOL_SOCKET, libc::SO_SNDBUFFORCE, &size);
    if let Err(error) = forced {
        return not_tested("datagrams of more than 1 MiB", &error.to_string());
    }
    for options in [&["--discard"][..], &["--frame", "block:1"]] {
        let mut skat = listening(server(&name, options));
        send(&sender, &pattern((1 << 20) + 7), &name);
        skat.wait_for_stderr("a datagram of 1048583 bytes was cut to 1048576");
        skat.stop();
        let skat = listening(server(&name, &[options, &["--once"]].concat()));
        send(&sender, &pattern((1 << 20) + 7), &name);
        skat.finish().assert_status(1).assert_told("was cut to 1048576");
    }
    let mut asking = client(&sender_name, &["--frame", "block:1"]).start();
    asking.type_in("?");
    let mut question = [std::mem::MaybeUninit::uninit(); 1];
    let (_, from) = sender.recv_from(&mut question).expect("a question");
    sender.send_to(&pattern((1 << 20) + 7), &from).expect("skat receives");
    asking.finish().assert_status(1).assert_told("was cut to 1048576");
}

#[test]
fn the_file_goes_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let name = path.to_str().unwrap();
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let skat = listening(server(name, &["--echo", "--mode", "600"]));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        skat.signal(signal);
        skat.finish().assert_died_of(signal);
        assert!(!path.exists());
    }
    server(name, &["--echo", "--max-time", "50ms"]).run().assert_status(6);
    assert!(!path.exists());
    // One that was left behind is replaced; a live one is not.
    drop(peer(name));
    let skat = listening(server(name, &["--echo"]));
    server(name, &["--echo"]).run().assert_status(9).assert_told("another program serves there");
    skat.signal(Signal::SIGKILL);
    skat.finish();
    let script = r#"echo hello | "$SKAT" unix-client --type dgram "$SKAT_ADDR""#;
    server(name, &["--echo", "--run", script]).run().assert_status(0).assert_stdout("hello\n");
    assert!(!path.exists());
}

#[test]
fn a_client_waits_for_a_server() {
    let name = abstract_name();
    let mut asking = client(&name, &["--retry-for", "20s", "-vv"]).start();
    asking.type_in("x\n");
    asking.close_stdin();
    wait_until("a second attempt", || asking.stderr().matches("connecting to").count() > 1);
    let skat = listening(server(&name, &["--echo"]));
    asking.finish().assert_status(0).assert_stdout("x\n");
    skat.stop();
    client("/nosuch/socket", &[]).run().assert_status(5).assert_told("no such file");
    let folder = tempfile::tempdir().unwrap();
    let told = "is a directory, not a socket";
    client(folder.path().to_str().unwrap(), &[]).run().assert_status(5).assert_told(told);
}

#[test]
fn options_of_the_other_type_are_refused() {
    for (command, kind, option) in [
        ("unix-server", "dgram", &["--keep-open"][..]),
        ("unix-server", "dgram", &["--echo", "--max-conns", "2"]),
        ("unix-server", "dgram", &["--backlog", "2"]),
        ("unix-server", "dgram", &["--crlf"]),
        ("unix-server", "dgram", &["--no-stdin"]),
        ("unix-server", "dgram", &["--echo", "--frame", "hex"]),
        ("unix-server", "stream", &["--frame", "line"]),
        ("unix-server", "stream", &["--reply-to", "last"]),
        ("unix-client", "dgram", &["--crlf"]),
        ("unix-client", "dgram", &["--no-half-close"]),
        ("unix-client", "dgram", &["--send-only", "--replies", "1"]),
        ("unix-client", "stream", &["--frame", "line"]),
        ("unix-client", "stream", &["--replies", "1"]),
        ("unix-client", "stream", &["--rate", "1"]),
    ] {
        let words = [&[command, "--type", kind], option, &["@x"]].concat();
        skat(words).run().assert_status(2).assert_told("has no effect with");
    }
}

#[test]
fn datagrams_are_exchanged_with_socat() {
    if !programs::is_usable("socat", &["-V"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (ours, theirs) = (path("ours"), path("theirs"));
    let skat = listening(server(&ours, &["--echo"]));
    let arguments = ["-t2", "-", &format!("UNIX-SENDTO:{ours},bind={theirs}")];
    let mut asking = Skat::another("socat", &arguments).start();
    asking.type_in("hello\n");
    asking.wait_for_stdout("hello\n");
    asking.close_stdin();
    asking.finish().assert_status(0);
    skat.stop();
    let _ = fs::remove_file(&theirs);
    let server = [&format!("UNIX-RECVFROM:{theirs},fork"), "PIPE"];
    let _socat = Skat::another("socat", &server).start();
    wait_until("socat's file", || Path::new(&theirs).exists());
    let mut asking = client(&theirs, &["--replies", "1", "--after-eof", "20s"]).start();
    asking.type_in("hello\n");
    asking.finish().assert_status(0).assert_stdout("hello\n");
}
