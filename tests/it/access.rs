//! `--allow` and `--deny`: who may talk to a server.

use std::fs;
use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};

use crate::support::process::{self, descriptors};
use crate::support::programs::is_usable;
use crate::support::{Peer, Running, UdpPeer, client, server, shell, skat, udp_server, wait_until};

/// Connects from an address of 127.0.0.0/8; `None` if the reset comes before connect(2) is back.
#[track_caller]
fn from(source: &str, running: &Running) -> Option<Peer> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::new(source.parse().unwrap(), 0).into()).unwrap();
    match socket.connect(&running.address.into()) {
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => None,
        connected => {
            connected.expect("skat listens");
            Some(Peer::of_stream(socket.into()))
        }
    }
}

/// True if the server answers whoever comes from there; false if it resets the connection.
#[track_caller]
fn lets_in(source: &str, running: &Running) -> bool {
    let Some(mut peer) = from(source, running) else { return false };
    let broken = |error: std::io::Error| {
        let kinds = [std::io::ErrorKind::ConnectionReset, std::io::ErrorKind::BrokenPipe];
        assert!(kinds.contains(&error.kind()), "{error}");
        false
    };
    if let Err(error) = peer.try_send(b"hello\n") {
        return broken(error);
    }
    peer.finish_if_open();
    match peer.try_receive_to_end() {
        Ok(bytes) => {
            assert_eq!(bytes, b"hello\n");
            true
        }
        Err(error) => broken(error),
    }
}

#[test]
fn with_allow_all_others_are_denied_and_deny_beats_allow() {
    let options =
        ["--echo", "--allow", "127.0.0.0/24", "--allow", "127.0.9.9", "--deny", "127.0.0.7"];
    let running = server(&options).listen();
    for (source, wanted) in [
        ("127.0.0.1", true),
        ("127.0.0.200", true),
        ("127.0.9.9", true),
        ("127.0.0.7", false),
        ("127.0.9.8", false),
    ] {
        assert_eq!(lets_in(source, &running), wanted, "{source}");
    }
    running.stop().assert_silent();

    let running = server(&["--echo", "--deny", "127.0.0.7"]).listen();
    assert!(lets_in("127.0.9.8", &running) && !lets_in("127.0.0.7", &running));
}

#[test]
fn an_ipv4_rule_matches_on_a_dual_stack_socket() {
    let running = skat(["tcp-server", "--echo", "--allow", "127.0.0.2", "0"]).listen();
    assert!(lets_in("127.0.0.2", &running) && !lets_in("127.0.0.1", &running));
}

#[test]
fn rules_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let text = "# who may come\n\n127.0.0.2 127.0.1.0/24   # two\n\t::1\n";
    fs::write(directory.path().join("list"), text).unwrap();
    let running = server(&["--echo", "--allow", "@list"]).directory(directory.path()).listen();
    for (source, wanted) in [("127.0.0.2", true), ("127.0.1.9", true), ("127.0.0.1", false)] {
        assert_eq!(lets_in(source, &running), wanted, "{source}");
    }
    // As editors of another system write it.
    let text = "\u{feff}127.0.0.2\r\n# nobody else\r\n\r\n";
    fs::write(directory.path().join("list"), text).unwrap();
    let running = server(&["--echo", "--allow", "@list"]).directory(directory.path()).listen();
    assert!(lets_in("127.0.0.2", &running) && !lets_in("127.0.0.1", &running));
}

#[test]
fn what_is_no_rule_is_a_usage_error() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("list"), "127.0.0.1\n# fine\n10.0.0.0/8 10.0.0.0/40\n")
        .unwrap();
    for command in ["tcp-server", "udp-server"] {
        for (rule, told) in [
            ("host.example", "--allow: 'host.example' is not an address"),
            ("", "--allow"),
            ("10.0.0.0/40", "10.0.0.0/40"),
            ("@list", "--allow: list, line 3: '10.0.0.0/40'"),
            ("@nosuch", "--allow: read nosuch: no such file"),
            ("@.", "--allow: read .: "),
        ] {
            let finished = skat([command, "--allow", rule, "127.0.0.1", "0"]);
            let finished = finished.directory(directory.path()).run();
            finished.assert_status(2).assert_told(told);
            assert!(!finished.stderr.contains("listening"), "{}", finished.stderr);
        }
    }
}

#[test]
fn a_denied_connection_is_not_the_one_that_is_waited_for() {
    for options in [&["--once", "--echo"][..], &[], &["--keep-open"]] {
        let options = [options, &["--deny", "127.0.0.7", "-v"]].concat();
        let mut running = server(&options).listen();
        let mut attempts = (0..100).map(|_| from("127.0.0.7", &running));
        let denied = attempts.find_map(|denied| denied).expect("a connection before its reset");
        running.wait_for_stderr(&format!("denied {}", denied.local()));
        assert_eq!(denied.unread(), 0);
        let mut peer = running.connect();
        if options.contains(&"--echo") {
            peer.send("hello");
            peer.expect("hello");
        } else {
            peer.send("hello");
            running.wait_for_stdout("hello");
        }
        drop(peer);
        if !options.contains(&"--keep-open") {
            running.close_stdin();
            running.finish().assert_status(0);
        }
    }
}

#[test]
fn nothing_is_started_for_who_is_denied() {
    let directory = tempfile::tempdir().unwrap();
    let options = ["--sh-exec", "echo >>started; cat", "--deny", "127.0.0.7"];
    let running = server(&options).directory(directory.path()).listen();
    assert!(!lets_in("127.0.0.7", &running));
    assert!(!directory.path().join("started").exists());
    assert!(lets_in("127.0.0.8", &running));
    assert!(directory.path().join("started").exists());

    let denied = UdpPeer::on("127.0.0.7:0".parse().unwrap());
    let target = udp_server(&["--echo", "-v"]).listen();
    let target_address = target.address.to_string();
    for service in [["--sh-exec", "cat"], ["--forward", &target_address]] {
        let options = [&service[..], &["--deny", "127.0.0.7", "-v"]].concat();
        let mut running = udp_server(&options).listen();
        denied.send_to("start nothing", running.address);
        running.wait_for_stderr("denied");
        let before = descriptors(running.id());
        denied.send_to("start nothing", running.address);
        let allowed = UdpPeer::of(running.address);
        allowed.send("hello");
        allowed.expect("hello");
        assert!(denied.hears_nothing());
        // A session has one descriptor, and there is none but that of who was allowed.
        assert!(descriptors(running.id()) <= before + 1);
    }
    assert!(!target.stop().stderr.contains("datagram of 13 bytes"));
}

/// An orderly end would look like success to a client that had nothing to send.
#[test]
fn who_is_denied_gets_a_reset() {
    let running = server(&["--echo", "--deny", "127.0.0.7"]).listen();
    for _ in 0..20 {
        let Some(mut denied) = from("127.0.0.7", &running) else { continue };
        let error = denied.try_receive_to_end().expect_err("no orderly end");
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    let finished = client(running.address, &["-s", "127.0.0.7"]).run();
    finished.assert_status(1).assert_stdout("");
}

#[test]
fn who_is_denied_does_not_end_the_accept_timeout() {
    let options = ["--echo", "--deny", "127.0.0.7", "--accept-timeout", "3s"];
    let running = server(&options).listen();
    assert!(!lets_in("127.0.0.7", &running));
    running.finish().assert_status(6).assert_told("no client connected");
}

#[test]
fn a_thousand_denied_connections_leave_nothing() {
    for threads in ["1", "2"] {
        let options = ["--echo", "--deny", "127.0.0.7", "--threads", threads];
        let running = server(&options).listen();
        // All its descriptors are open by then.
        let loops: usize = threads.parse().unwrap();
        wait_until("its loops", || process::threads(running.id()) == loops);
        let before = descriptors(running.id());
        let mut allowed = running.connect();
        for _ in 0..1000 {
            drop(from("127.0.0.7", &running));
        }
        allowed.send("still here");
        allowed.expect("still here");
        wait_until("only the allowed one", || descriptors(running.id()) <= before + 1);
        drop(allowed);
        wait_until("nothing left", || descriptors(running.id()) <= before);
        running.stop().assert_silent();
    }
}

#[test]
fn a_denied_client_is_told_in_json() {
    let mut running =
        server(&["--echo", "--deny", "::/0", "--deny", "0.0.0.0/0", "-v", "--log", "json"])
            .listen();
    let peer = running.connect();
    let wanted = format!(r#""event":"denied","peer":"{}""#, peer.local());
    running.wait_for_stderr(&wanted);
}

#[test]
fn datagrams_of_who_is_denied_are_dropped() {
    let denied = UdpPeer::on("127.0.0.7:0".parse().unwrap());
    for options in [&["--echo"][..], &["--echo", "--threads", "2"], &["--echo", "--once"]] {
        let options = [options, &["--deny", "127.0.0.7", "-v"]].concat();
        let mut running = udp_server(&options).listen();
        for _ in 0..100 {
            denied.send_to("drop this", running.address);
        }
        running.wait_for_stderr(&format!("denied {}", denied.address()));
        let allowed = UdpPeer::of(running.address);
        allowed.send("answer this");
        allowed.expect("answer this");
        assert!(denied.hears_nothing());
        if options.contains(&"--once") {
            running.finish().assert_status(0);
        } else {
            assert!(!running.stop().stderr.contains("datagram of 9 bytes"));
        }
    }
}

#[test]
fn what_is_dropped_is_not_printed_and_does_not_count() {
    let denied = UdpPeer::on("127.0.0.7:0".parse().unwrap());
    let mut running = skat(["udp-server", "--allow", "127.0.0.1", "--once", "-v", "0"]).listen();
    denied.send_to("drop this", running.address);
    running.wait_for_stderr("denied");
    let allowed = UdpPeer::of(running.address);
    allowed.send("print this");
    running.wait_for_stdout("print this\n");
    running.close_stdin();
    running.finish().assert_status(0).assert_stdout("print this\n");

    // Whoever is denied keeps nobody waiting, and is nobody to wait for.
    let running = udp_server(&["--deny", "127.0.0.7", "--accept-timeout", "500ms"]).listen();
    denied.send_to("drop this", running.address);
    running.finish().assert_status(6);
    let running = udp_server(&["--deny", "127.0.0.7", "-i", "500ms"]).listen();
    denied.send_to("drop this", running.address);
    running.finish().assert_status(6).assert_stdout("");
}

#[test]
fn other_programs_are_turned_away() {
    let running = server(&["--echo", "--deny", "127.0.0.7"]).listen();
    let port = running.address.port();
    for (program, sign, text) in [
        ("ncat", "--version", "ncat -s SOURCE 127.0.0.1 PORT"),
        ("nc", "-h", "nc -N -s SOURCE 127.0.0.1 PORT"),
        ("socat", "-V", "socat - TCP:127.0.0.1:PORT,bind=SOURCE"),
    ] {
        if !is_usable(program, &[sign]) {
            continue;
        }
        for (source, wanted) in [("127.0.0.8", "hello\n"), ("127.0.0.7", "")] {
            let text = text.replace("SOURCE", source).replace("PORT", &port.to_string());
            let mut client = shell(&format!("exec {text}")).start();
            let mut stdin = client.take_stdin();
            let _ = std::io::Write::write_all(&mut stdin, b"hello\n");
            drop(stdin);
            client.finish().assert_stdout(wanted);
        }
    }
}
