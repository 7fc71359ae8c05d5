//! `--forward` of datagrams over Unix sockets: a session for each peer, nothing lost, boundaries
//! kept.

use std::io::Read as _;
use std::mem::MaybeUninit;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use ::skat::sys::sockopt;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::Signal;
use socket2::{SockAddr, Socket, Type};

use crate::support::unix::receive;
use crate::support::unix::{UnixListener, abstract_name, address, listening, socket, unix_client};
use crate::support::{
    PATIENCE, Running, UdpPeer, assert_same_bytes, not_tested, pattern, process, skat,
    uninterrupted, wait_until,
};
use crate::unix_dgram::{hears_nothing, peer, send, server};

/// A relay to this target.
fn relay(name: &str, target: &str, options: &[&str]) -> Running {
    let forward = format!("unix:{target}");
    listening(server(name, &[&["--forward", &forward], options].concat()))
}

/// What comes to a socket, and from where.
#[track_caller]
fn receive_from(socket: &Socket) -> (Vec<u8>, SockAddr) {
    let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
    let patience = u16::try_from(PATIENCE.as_millis()).unwrap();
    assert_eq!(poll(&mut fds, patience), Ok(1), "nothing comes");
    let (_, from) = socket.peek_from(&mut [MaybeUninit::uninit(); 1]).unwrap();
    (receive(socket), from)
}

#[test]
fn each_peer_has_a_session_and_its_own_answers() {
    let (name, target_name) = (abstract_name(), abstract_name());
    let target = peer(&target_name);
    let skat = relay(&name, &target_name, &["-v"]);
    let peers: Vec<Socket> = (0..5).map(|_| peer(&abstract_name())).collect();
    let mut sources = Vec::new();
    for (number, peer) in peers.iter().enumerate() {
        let mut of_this = Vec::new();
        for question in [format!("question {number}").as_bytes(), b"", b"two\nlines"] {
            send(peer, question, &name);
            let (bytes, from) = receive_from(&target);
            assert_eq!(bytes, question);
            of_this.push(from);
        }
        of_this.dedup();
        assert_eq!(of_this.len(), 1, "one peer is one socket");
        sources.append(&mut of_this);
    }
    for (number, source) in sources.iter().enumerate().rev() {
        for answer in [format!("answer {number}").as_bytes(), b"", b"more"] {
            target.send_to(answer, source).unwrap();
            assert_eq!(receive(&peers[number]), answer);
        }
    }
    // Nobody else is taken for the target.
    let stranger = peer(&abstract_name());
    assert!(stranger.send_to(b"forged", &sources[0]).is_err());
    let told = skat.stop().stderr;
    assert_eq!(told.matches("the server ends (19 bytes in, 12 out").count(), 5, "{told}");
}

#[test]
fn large_datagrams_pass() {
    let (name, target_name) = (abstract_name(), abstract_name());
    let target = peer(&target_name);
    let skat = relay(&name, &target_name, &["-O", "sndbuf=1M"]);
    let asking = peer(&abstract_name());
    asking.set_send_buffer_size(1 << 20).unwrap();
    target.set_send_buffer_size(1 << 20).unwrap();
    let large = pattern(250_000);
    send(&asking, &large, &name);
    let (question, from) = receive_from(&target);
    assert_same_bytes(&question, &large);
    target.send_to(&large, &from).unwrap();
    assert_same_bytes(&receive(&asking), &large);
    skat.stop().assert_silent();
}

#[test]
fn one_too_large_for_the_target_is_told_with_its_size() {
    let (name, target_name) = (abstract_name(), abstract_name());
    let target = peer(&target_name);
    let mut skat = relay(&name, &target_name, &["-O", "sndbuf=4K"]);
    let asking = peer(&abstract_name());
    send(&asking, &vec![b'x'; 60_000], &name);
    skat.wait_for_stderr(&format!("send 60000 bytes to {target_name}: message too long"));
    send(&asking, b"small", &name);
    assert_eq!(receive(&target), b"small");
    let told = skat.stop().stderr;
    assert_eq!(told.matches("too long").count(), 1, "{told}");
}

/// As without a relay, the senders wait for a target that is slow.
#[test]
fn a_full_queue_of_the_target_is_waited_for() {
    let (name, target_name) = (abstract_name(), abstract_name());
    let target = peer(&target_name);
    let skat = relay(&name, &target_name, &[]);
    let lines: Vec<String> = (0..2000).map(|number| format!("line {number}\n")).collect();
    let mut sending = unix_client(&name, &["--type", "dgram", "--send-only"]).start();
    let typing = sending.type_all(lines.concat());
    process::assert_idle(&sending);
    process::assert_idle(&skat);
    for line in &lines {
        assert_eq!(receive(&target), line.as_bytes());
    }
    typing.join().unwrap();
    sending.finish().assert_status(0);
    let told = skat.stop().stderr;
    assert!(!told.contains("lost") && !told.contains("dropped"), "{told}");
}

/// A relay by this name that waits for its target to read, the target, and a peer that never waits.
fn held_up(name: &str, target_name: &str) -> (Running, Socket, Socket) {
    let target = peer(target_name);
    let skat = relay(name, target_name, &[]);
    let asking = peer(&abstract_name());
    asking.set_nonblocking(true).unwrap();
    let send_many = || (0..20_000).take_while(|_| asking.send_to(b"x", &address(name)).is_ok());
    let rounds = (0..20).take_while(|_| {
        let sent = send_many().count();
        assert!(sent < 20_000, "nobody is held back");
        process::assert_idle(&skat);
        sent > 0
    });
    assert!(rounds.count() < 20, "somebody goes on reading");
    (skat, target, asking)
}

#[test]
fn what_the_target_did_not_take_is_told_at_the_end() {
    let (skat, _target, _asking) = held_up(&abstract_name(), &abstract_name());
    skat.stop().assert_told("datagrams did not reach the target and are lost");
}

#[test]
fn a_relay_that_is_stopped_passes_on_what_it_has_received() {
    let (skat, target, _asking) = held_up(&abstract_name(), &abstract_name());
    skat.signal(Signal::SIGTERM);
    target.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let reading = std::thread::spawn(move || {
        // Within the second that a stop may take.
        std::thread::sleep(Duration::from_millis(200));
        while uninterrupted(|| (&target).read(&mut [0])).is_ok() {}
    });
    let finished = skat.finish();
    finished.assert_died_of(Signal::SIGTERM).assert_silent();
    reading.join().unwrap();
}

/// Closes a target for good: a process that another test begins may have it for a moment more.
fn end(target: Socket, path: &str) {
    drop(target);
    wait_until("the target's end", || socket(Type::DGRAM).connect(&address(path)).is_err());
}

/// The next server at the path gets what the one before it did not.
#[test]
fn a_target_that_was_started_again_gets_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let path = path.to_str().unwrap();
    let name = abstract_name();
    let target = peer(path);
    let mut skat = relay(&name, path, &[]);
    let asking = peer(&abstract_name());
    send(&asking, b"one", &name);
    assert_eq!(receive(&target), b"one");
    end(target, path);
    std::fs::remove_file(path).unwrap();
    let target = peer(path);
    send(&asking, b"two", &name);
    let (two, from) = receive_from(&target);
    assert_eq!(two, b"two");
    target.send_to(b"answer", &from).unwrap();
    assert_eq!(receive(&asking), b"answer");
    // What comes while there is none is lost, and that is told.
    end(target, path);
    send(&asking, b"lost", &name);
    skat.wait_for_stderr(&format!("forward to {path}: connection refused"));
    std::fs::remove_file(path).unwrap();
    let target = peer(path);
    send(&asking, b"found", &name);
    assert_eq!(receive(&target), b"found");
    skat.wait_for_stderr("datagrams did not reach the target and are lost");
    skat.stop();
}

/// One that had no room for more, and is not there for a while.
#[test]
fn a_full_target_that_goes_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let path = path.to_str().unwrap();
    let name = abstract_name();
    let (skat, target, asking) = held_up(&name, path);
    std::fs::remove_file(path).unwrap();
    drop(target);
    wait_until("what waits to be received", || asking.send_to(b"more", &address(&name)).is_ok());
    let target = peer(path);
    asking.set_nonblocking(false).unwrap();
    send(&asking, b"found", &name);
    while receive(&target) != b"found" {}
    let told = skat.stop().stderr;
    assert!(told.contains(&format!("forward to {path}: no such file or directory\n")), "{told}");
    assert!(told.contains("datagrams did not reach the target and are lost"), "{told}");
}

#[test]
fn what_comes_while_there_is_no_target_is_counted() {
    let name = abstract_name();
    let begun = Instant::now();
    let skat = relay(&name, "/nosuch/socket", &["-v"]);
    let asking = peer(&abstract_name());
    for number in 1..=20 {
        send(&asking, b"lost", &name);
        wait_until("it to come", || skat.stderr().matches("datagram of").count() == number);
    }
    let finished = skat.stop();
    finished.assert_told("forward: 20 datagrams did not reach the target and are lost");
    // Each is another attempt, of which no more is told than a line a second.
    let told = finished.stderr;
    let lines = told.matches("forward to /nosuch/socket: no such file or directory\n").count();
    let most = 1 + usize::try_from(begun.elapsed().as_secs()).unwrap();
    assert!((1..=most).contains(&lines), "{lines} of {most}: {told}");
}

#[test]
fn peers_without_a_name_are_heard() {
    let (name, target_name) = (abstract_name(), abstract_name());
    let target = peer(&target_name);
    let skat = relay(&name, &target_name, &[]);
    let named = peer(&abstract_name());
    for number in 0..3 {
        send(&socket(Type::DGRAM), format!("log {number}").as_bytes(), &name);
        let (line, from) = receive_from(&target);
        assert_eq!(line, format!("log {number}").as_bytes());
        target.send_to(b"for nobody", &from).unwrap();
        send(&named, b"?", &name);
        let (_, from) = receive_from(&target);
        target.send_to(b"!", &from).unwrap();
        assert_eq!(receive(&named), b"!");
    }
    hears_nothing(&named);
    let told = skat.stop().stderr;
    assert_eq!(told.matches("without a name, which cannot be answered").count(), 1, "{told}");
    assert!(!told.contains("send "), "{told}");
    let skat = relay(&name, &target_name, &["--once"]);
    send(&socket(Type::DGRAM), b"only", &name);
    assert_eq!(receive(&target), b"only");
    skat.finish().assert_status(0);
}

#[test]
fn sessions_end() {
    let (name, target_name) = (abstract_name(), abstract_name());
    let target = peer(&target_name);
    let skat = relay(&name, &target_name, &["-v", "-i", "300ms", "-m", "1"]);
    let [one, two] = [(); 2].map(|()| peer(&abstract_name()));
    for peer in [&one, &two] {
        send(peer, b"?", &name);
        assert_eq!(receive(&target), b"?");
    }
    wait_until("the end", || skat.stderr().contains("no datagram for 0.3 s"));
    skat.stop().assert_told("another peer has come");
    let skat = relay(&name, &target_name, &["--once"]);
    send(&one, b"?", &name);
    let (_, from) = receive_from(&target);
    target.send_to(b"!", &from).unwrap();
    assert_eq!(receive(&one), b"!");
    skat.finish().assert_status(0).assert_silent();
}

#[test]
fn from_a_path_to_a_port() {
    let (name, target) = (abstract_name(), UdpPeer::new());
    let forward = target.address().to_string();
    let skat = listening(server(&name, &["--forward", &forward]));
    let asking = peer(&abstract_name());
    for question in [&b"question"[..], b"", b"more"] {
        send(&asking, question, &name);
        let source = target.expect(question);
        target.send_to(question, source);
        assert_eq!(receive(&asking), question);
    }
    skat.stop().assert_silent();
}

#[test]
fn what_cannot_be_relayed_to() {
    let folder = tempfile::tempdir().unwrap();
    let name = abstract_name();
    let streams = folder.path().join("streams");
    let _listener = UnixListener::on(&streams);
    for (target, told) in [
        (folder.path().join("nosuch"), "no such file"),
        (folder.path().to_owned(), "is a directory, not a socket"),
        (streams, "a socket of another type"),
    ] {
        let skat = relay(&name, target.to_str().unwrap(), &["--once"]);
        send(&peer(&abstract_name()), b"?", &name);
        skat.finish().assert_status(5).assert_told(told);
    }
    for (target, told) in [
        ("tls:localhost:1", "unix:PATH or HOST:PORT only"),
        ("/tmp/x", "unix:/tmp/x"),
        ("unix:", "empty"),
        (&format!("unix:{name}"), "listens there itself"),
    ] {
        server(&name, &["--forward", target]).run().assert_status(2).assert_told(told);
    }
    // By another path too.
    let (own, link) = (folder.path().join("own"), folder.path().join("link"));
    std::os::unix::fs::symlink(&own, &link).unwrap();
    let forward = format!("unix:{}", link.display());
    let words = ["unix-server", "--type", "dgram", "--forward", &forward, own.to_str().unwrap()];
    skat(words).run().assert_status(2).assert_told("listens there itself");
}

#[test]
fn an_answer_that_is_cut_is_told_with_its_size() {
    let (name, target_name) = (abstract_name(), abstract_name());
    let (target, asking) = (peer(&target_name), peer(&abstract_name()));
    let size = sockopt::int(4 << 20);
    let forced = sockopt::set(&target, libc::SOL_SOCKET, libc::SO_SNDBUFFORCE, &size);
    if let Err(error) = forced {
        return not_tested("datagrams of more than 1 MiB", &error.to_string());
    }
    let mut skat = relay(&name, &target_name, &[]);
    send(&asking, b"question", &name);
    let (_, from) = receive_from(&target);
    target.send_to(&pattern((1 << 20) + 7), &from).expect("skat receives");
    skat.wait_for_stderr("a datagram of 1048583 bytes was cut to 1048576");
    skat.stop();
}
