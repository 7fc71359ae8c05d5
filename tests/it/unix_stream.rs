//! Streams over Unix sockets: what a server and a client do with peers. How conversations end is
//! tested for them where it is tested for TCP.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use socket2::Type;

use crate::support::skat::bytes_argument;
use crate::support::unix::{UnixListener, abstract_name, address, connect, socket};
use crate::support::unix::{listening, unix_client, unix_server};
use crate::support::{Role, Skat, converse, on_each_way, pattern, process, programs, wait_until};

const UNIX_ROLES: [Role; 2] = [Role::UnixServer, Role::UnixClient];

on_each_way! {
    fn a_peer_that_closes_without_reading_has_reset(way) {
        for role in UNIX_ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            peer.send("all of it");
            skat.type_in("unread");
            wait_until("bytes to come", || peer.unread() == 6);
            drop(peer);
            let finished = skat.finish();
            finished.assert_status(1).assert_stdout("all of it").assert_told("connection reset");
        }
    }

    /// No keepalive tells of it, but the system does.
    fn a_peer_that_has_gone_is_not_waited_for(way) {
        let conversations = UNIX_ROLES.map(|role| {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("heard");
            peer.expect("heard");
            peer.send("the last answer");
            drop(peer);
            skat
        });
        for skat in conversations {
            let finished = skat.finish();
            finished.assert_status(0).assert_stdout("the last answer").assert_silent();
        }
    }

    fn passed_descriptors_keep_nothing_back(way) {
        for role in UNIX_ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("x");
            peer.expect("x");
            let before = process::descriptors(skat.id());
            // A read stops where descriptors are passed, though there is more behind them: all of
            // which is there before skat reads any of it. Nothing is answered, since an answer
            // that is read would be a new event.
            skat.signal(Signal::SIGSTOP);
            for piece in [&b"one"[..], b"two", b"three"] {
                let bytes = [std::io::IoSlice::new(piece)];
                let passed = [ControlMessage::ScmRights(&[0])];
                let fd = std::os::fd::AsRawFd::as_raw_fd(peer.stream());
                sendmsg::<()>(fd, &bytes, &passed, MsgFlags::empty(), None).unwrap();
            }
            skat.signal(Signal::SIGCONT);
            skat.wait_for_stdout("onetwothree");
            assert_eq!(process::descriptors(skat.id()), before);
        }
    }

    fn much_through_an_echo(way) {
        let name = abstract_name();
        let skat = listening(unix_server(&name, &["--echo"]).way(way));
        let data = pattern(8 << 20);
        let mut client = unix_client(&name, &[]).way(way).start();
        let typing = client.type_all(&data);
        client.finish().assert_status(0).assert_stdout(&data).assert_silent();
        typing.join().unwrap();
        skat.stop().assert_silent();
    }
}

#[test]
fn services_answer_over_a_stream() {
    let name = abstract_name();
    let ask = |question: &str| {
        let mut client = unix_client(&name, &[]).start();
        client.type_in(question);
        client.close_stdin();
        let finished = client.finish();
        finished.assert_status(0);
        String::from_utf8(finished.stdout).unwrap()
    };
    let skat = listening(unix_server(&name, &["--stamp=epoch"]));
    assert!(ask("hello\n").ends_with("]: hello\n"));
    skat.stop();
    let skat = listening(unix_server(&name, &["--discard", "--threads", "2"]));
    assert_eq!(ask("hello\n"), "");
    skat.stop();
    let skat = listening(unix_server(&name, &["-k"]).stdin(Stdio::null()));
    for _ in 0..3 {
        assert_eq!(ask("hello\n"), "");
    }
    skat.wait_for_stdout("hello\nhello\nhello\n");
    skat.stop();
    let skat = listening(unix_server(&name, &["--echo", "-m", "1"]));
    let (mut first, mut second) = (connect(&name), connect(&name));
    first.send("1");
    second.send("2");
    first.expect("1");
    assert!(second.hears_nothing());
    drop(first);
    second.expect("2");
    skat.stop();
}

#[test]
fn a_dialogue_in_lockstep() {
    let name = abstract_name();
    let skat = listening(unix_server(&name, &["--echo"]));
    let mut client = unix_client(&name, &["--prompt=? "]).start();
    client.type_in("one\ntwo\n\nthree\n");
    let finished = client.finish();
    finished.assert_status(0).assert_stdout("one\ntwo\n").assert_told("? ");
    skat.stop();
}

#[test]
fn a_command_is_told_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(bytes_argument(b"a b\xff"));
    let script =
        r#"test -z "$SKAT_HOST$SKAT_PORT" && echo hello | "$SKAT" unix-client "$SKAT_ADDR""#;
    for name in [path.into_os_string(), abstract_name().into()] {
        let skat = unix_server(&name, &["--echo", "--run", script]).env("SKAT_PORT", "1");
        skat.run().assert_status(0).assert_stdout("hello\n");
    }
}

#[test]
fn a_client_waits_for_a_server() {
    let name = abstract_name();
    let mut client = unix_client(&name, &["--retry-for", "20s", "-vv"]).start();
    client.type_in("x");
    client.close_stdin();
    wait_until("a second attempt", || client.stderr().matches("connecting to").count() > 1);
    let skat = listening(unix_server(&name, &["--echo"]));
    client.finish().assert_status(0).assert_stdout("x");
    skat.stop();
    let began = Instant::now();
    let refused = unix_client(&name, &["--retry-for", "200ms"]).run();
    assert!(began.elapsed() >= Duration::from_millis(200));
    refused.assert_status(5).assert_told(&format!("connect {name}: connection refused"));
    let cut_off = unix_client(&name, &["--retry-for", "20s", "--max-time", "200ms"]).run();
    cut_off.assert_status(6).assert_told("--max-time").assert_told("connection refused (");
    // Nobody is advised to do what was done.
    for kind in ["stream", "dgram", "seqpacket"] {
        let options = ["--type", kind, "--retry-for", "100ms"];
        let absent = unix_client("/nonexistent/socket", &options).run();
        absent.assert_status(5).assert_told("no such file or directory");
        assert!(!absent.stderr.contains("--retry-for"), "{}", absent.stderr);
        let absent = unix_client("/nonexistent/socket", &options[..2]).run();
        absent.assert_status(5).assert_told("--retry-for waits for a server");
    }
}

/// Whose server is absent is told, however little time there is.
#[test]
fn no_time_at_all_is_no_full_backlog() {
    for options in [["-w", "0"], ["--retry-for", "0"]] {
        for kind in ["stream", "seqpacket"] {
            let options = [&["--type", kind][..], &options].concat();
            let absent = unix_client("/nonexistent/socket", &options).run();
            absent.assert_status(5).assert_told("no such file or directory");
        }
    }
}

#[test]
fn a_full_backlog_is_waited_for_as_long_as_told() {
    let name = abstract_name();
    let listener = socket(Type::STREAM);
    listener.bind(&address(&name)).unwrap();
    listener.listen(0).unwrap();
    let queued = socket(Type::STREAM);
    queued.connect(&address(&name)).unwrap();
    let began = Instant::now();
    for options in [["-w", "200ms"], ["--max-time", "200ms"]] {
        let finished = unix_client(&name, &options).run();
        finished.assert_status(6).assert_told("backlog is full");
    }
    assert!(began.elapsed() >= Duration::from_millis(400));
    let mut client = unix_client(&name, &["-w", "20s", "-vv"]).start();
    client.wait_for_stderr("connecting to");
    wait_until("a client that waits", || process::sleeps(client.id()));
    drop(listener.accept().unwrap());
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"late").unwrap();
    drop(peer);
    client.close_stdin();
    client.finish().assert_status(0).assert_stdout("late");
}

#[test]
fn a_wrong_target_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("file"), "").unwrap();
    drop(UnixListener::on(path("stale")));
    let _packets = UnixListener::of_kind(Type::SEQPACKET, path("seqpacket"));
    let datagrams = socket(Type::DGRAM);
    datagrams.bind(&address(path("dgram"))).unwrap();
    for (name, told) in [
        ("nosuch", "no such file or directory"),
        (".", "is a directory, not a socket"),
        ("file", "is a regular file, not a socket"),
        ("stale", "connection refused (nothing listens there"),
        ("seqpacket", "is a socket of another type: try --type seqpacket"),
        ("dgram", "is a socket of another type: try --type dgram"),
    ] {
        unix_client(path(name), &[]).run().assert_status(5).assert_told(told);
    }
}

#[test]
fn what_means_nothing_here_is_not_offered() {
    for option in ["-4", "-6", "-n", "-s", "--broadcast", "--join", "--allow", "--deny", "-z"] {
        for command in ["unix-server", "unix-client"] {
            crate::support::skat([command, option, "path"]).run().assert_status(2);
        }
    }
    for option in ["nodelay", "keepalive", "ttl=1", "mptcp", "rcvbuf=1M"] {
        let finished = unix_client("path", &["-O", option]).run();
        finished.assert_status(2).assert_told("unknown socket option");
    }
    for command in ["unix-server", "unix-client"] {
        let help = crate::support::skat([command, "--help"]).run();
        help.assert_status(0);
        let help = String::from_utf8(help.stdout).unwrap();
        assert!(help.contains("sndbuf=1M") && !help.contains("nodelay"), "{help}");
    }
    let name = abstract_name();
    let options = ["--echo", "-O", "sndbuf=64K", "-vv", "--run", "true"];
    let finished = unix_server(&name, &options).run();
    finished.assert_status(0).assert_told("set socket option sndbuf=64K");
}

#[test]
fn bytes_are_exchanged_with_other_programs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let path = path.to_str().unwrap();
    let clients: [(&str, &[&str]); 3] = [
        ("socat", &["-t20", "-", &format!("UNIX-CONNECT:{path}")]),
        ("nc", &["-N", "-U", path]),
        ("ncat", &["-U", path]),
    ];
    for (program, arguments) in clients {
        if !programs::is_usable("sh", &["-c", &format!("command -v {program}")]) {
            continue;
        }
        let skat = listening(unix_server(path, &["--echo", "--once"]));
        let mut client = Skat::another(program, arguments).start();
        client.type_in("hello\n");
        client.close_stdin();
        client.finish().assert_status(0).assert_stdout("hello\n");
        skat.finish().assert_status(0);
    }
    let servers: [(&str, &[&str]); 3] = [
        ("socat", &["-t20", &format!("UNIX-LISTEN:{path},unlink-early"), "PIPE"]),
        ("nc", &["-lU", path]),
        ("ncat", &["-lU", path, "--exec", "/bin/cat"]),
    ];
    for (program, arguments) in servers {
        if !programs::is_usable("sh", &["-c", &format!("command -v {program}")]) {
            continue;
        }
        let _ = std::fs::remove_file(path);
        let mut server = Skat::another(program, arguments).start();
        let mut client = unix_client(path, &["--retry-for", "20s"]).start();
        client.type_in("hello\n");
        if program == "nc" {
            server.wait_for_stdout("hello\n");
            server.type_in("hello\n");
            server.close_stdin();
        }
        client.wait_for_stdout("hello\n");
        client.close_stdin();
        client.finish().assert_status(0);
    }
}

/// A server's error lines name a peer that has no name.
#[test]
fn the_log_names_both_ends() {
    let name = abstract_name();
    let skat = listening(unix_server(&name, &["--echo", "--log", "json", "-v"]));
    let mut peer = connect(&name);
    peer.send("x");
    peer.expect("x");
    drop(peer);
    let mut skat = skat;
    let told = skat.wait_for_stderr("disconnected");
    assert!(told.contains(&format!(r#""event":"connected","local":"{name}""#)), "{told}");
    skat.stop();
}
