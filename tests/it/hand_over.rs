//! Sockets that another process has opened: `--listen-fd`, LISTEN_FDS; and NOTIFY_SOCKET.

use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::UnixDatagram;

use nix::sys::signal::Signal;
use socket2::{Domain, Socket, Type};

use crate::support::process::{assert_idle, descriptors};
use crate::support::programs::is_usable;
use crate::support::{
    PATIENCE, Peer, Running, Skat, UdpPeer, refusing, refusing_address, server, shell, skat,
    wait_until,
};

/// A blocking socket that is bound to an address, and listens if it is one of streams.
fn opened(address: &str, kind: Type) -> Socket {
    let address: std::net::SocketAddr = address.parse().unwrap();
    let socket = Socket::new(Domain::for_address(address), kind, None).unwrap();
    socket.bind(&address.into()).unwrap();
    if kind == Type::STREAM {
        socket.listen(64).unwrap();
    }
    socket
}

/// A shell that has `socket` as descriptor 3, and `other` as 4, if there is one, and becomes skat.
fn handed(socket: impl Into<OwnedFd>, other: Option<Socket>, line: &str) -> Skat {
    let more = if other.is_some() { "exec 4>&1 1>&2;" } else { "" };
    let script = format!("exec 3<&0 </dev/null; {more} {line}");
    let skat = shell(&script).stdin(socket.into());
    match other {
        Some(other) => skat.stdout(OwnedFd::from(other)),
        None => skat,
    }
}

fn port(socket: &Socket) -> u16 {
    socket.local_addr().unwrap().as_socket().unwrap().port()
}

fn assert_echoes(mut peer: Peer) {
    peer.send("hello");
    peer.finish();
    assert_eq!(peer.receive_to_end(), b"hello");
}

#[test]
fn a_listening_socket_by_its_number() {
    for options in ["", "--threads 3", "--max-conns 1"] {
        let socket = opened("127.0.0.1:0", Type::STREAM);
        let port = port(&socket);
        let line = format!(r#"exec "$SKAT" tcp-server --echo --listen-fd 3 {options}"#);
        let running = handed(socket.try_clone().unwrap(), None, &line).listen();
        assert_eq!(running.address.port(), port);
        let peers: Vec<Peer> = (0..20).map(|_| Peer::connect(running.address)).collect();
        peers.into_iter().for_each(assert_echoes);
        assert_idle(&running);
        running.stop().assert_silent();
        // It is still there for whoever has opened it.
        assert!(Peer::try_connect(socket.local_addr().unwrap().as_socket().unwrap()).is_ok());
    }
}

/// Who came before skat did is served.
#[test]
fn the_queue_is_handed_over_too() {
    let socket = opened("127.0.0.1:0", Type::STREAM);
    let peer = Peer::connect(socket.local_addr().unwrap().as_socket().unwrap());
    let line = r#"exec "$SKAT" tcp-server --echo --once --listen-fd 3"#;
    let running = handed(socket, None, line).listen();
    assert_echoes(peer);
    running.finish().assert_status(0);
}

/// As inetd(8) starts a server with `wait`.
#[test]
fn stdin_may_be_the_socket() {
    let socket = opened("127.0.0.1:0", Type::STREAM);
    let running = skat(["tcp-server", "--listen-fd", "0"]).stdin(OwnedFd::from(socket)).listen();
    let mut peer = Peer::connect(running.address);
    peer.send("hello");
    peer.finish();
    peer.expect_end();
    running.finish().assert_status(0).assert_stdout("hello");
}

#[test]
fn a_udp_socket_answers_from_the_address_that_was_asked() {
    let socket = opened("0.0.0.0:0", Type::DGRAM);
    let port = port(&socket);
    let line = r#"exec "$SKAT" udp-server --echo --listen-fd 3"#;
    let running = handed(socket, None, line).listen();
    let peer = UdpPeer::of(format!("127.0.0.2:{port}").parse().unwrap());
    peer.send("hello");
    peer.expect("hello");
    running.stop().assert_silent();
}

#[test]
fn a_service_manager_hands_over_several() {
    let (v4, v6) = (opened("127.0.0.1:0", Type::STREAM), opened("[::1]:0", Type::STREAM));
    let addresses = [&v4, &v6].map(|one| one.local_addr().unwrap().as_socket().unwrap());
    let line = r#"LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b exec "$SKAT" tcp-server --echo"#;
    let mut running = handed(v4, Some(v6), line).start();
    for address in addresses {
        running.wait_for_stderr(&format!("listening on {address}"));
        assert_echoes(Peer::connect(address));
    }
    running.stop();
}

#[test]
fn what_is_meant_for_another_process_is_ignored() {
    let socket = opened("127.0.0.1:0", Type::STREAM);
    let theirs = port(&socket);
    let line = r#"LISTEN_PID=1 LISTEN_FDS=1 exec "$SKAT" tcp-server --echo 127.0.0.1 0"#;
    let running = handed(socket, None, line).listen();
    assert_ne!(running.address.port(), theirs);
    assert_echoes(running.connect());
}

#[test]
fn variables_and_options_that_make_no_sense_are_refused() {
    let refused = |line: &str, told: &str| {
        let socket = opened("127.0.0.1:0", Type::STREAM);
        handed(socket, None, line).run().assert_status(2).assert_told(told);
    };
    for (variables, told) in [
        ("LISTEN_PID=$$ LISTEN_FDS=x", "LISTEN_FDS='x'"),
        ("LISTEN_PID=$$ LISTEN_FDS=-1", "LISTEN_FDS='-1'"),
        ("LISTEN_PID=x LISTEN_FDS=1", "LISTEN_PID='x'"),
        ("LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:gone", "descriptor 4 (gone): it is not open"),
    ] {
        refused(&format!(r#"{variables} exec "$SKAT" tcp-server --echo"#), told);
    }
    let activated = "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$SKAT\"";
    for (line, told) in [
        (&format!("{activated} tcp-server 127.0.0.1 0")[..], "HOST and PORT"),
        (&format!("{activated} tcp-server --backlog 5"), "--backlog"),
        (r#"exec "$SKAT" tcp-server --listen-fd 3 0"#, "HOST and PORT"),
        (r#"exec "$SKAT" udp-server --listen-fd 3 0"#, "HOST and PORT"),
        (r#"exec "$SKAT" tcp-server --listen-fd 3 -O mptcp"#, "mptcp"),
        (r#"exec "$SKAT" tcp-server --listen-fd 3 --ready-fd 3"#, "--ready-fd"),
        (&format!("{activated} tcp-server --ready-fd 3"), "--ready-fd"),
        (&format!("{activated} udp-server --ready-fd 3"), "--ready-fd"),
        (&format!("{activated} tcp-server --listen-fd 0 --ready-fd 3"), "--ready-fd"),
        (r#"exec "$SKAT" tcp-server --listen-fd 1"#, "stdout"),
        (r#"exec "$SKAT" tcp-server --listen-fd 77"#, "descriptor 77: it is not open"),
        (r#"exec "$SKAT" tcp-server -6 --listen-fd 3"#, "family"),
        (r#"exec "$SKAT" udp-server --listen-fd 3"#, "not a bound UDP socket"),
        (r#"exec "$SKAT" tcp-server --listen-fd 5 5</dev/null"#, "not a socket"),
    ] {
        refused(line, told);
    }
}

#[test]
fn a_socket_of_the_wrong_kind_is_refused() {
    let refused = |socket: OwnedFd, command: &str, told: &str| {
        let line = format!(r#"exec "$SKAT" {command} --listen-fd 3"#);
        handed(socket, None, &line).run().assert_status(2).assert_told(told);
    };
    let tcp = "not a listening TCP socket";
    refused(opened("127.0.0.1:0", Type::DGRAM).into(), "tcp-server", tcp);
    refused(refusing().0.into(), "tcp-server", "does not listen");
    let unbound = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    refused(unbound.into(), "udp-server", "is not bound");
    let (ours, _theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    refused(ours.into(), "tcp-server", tcp);
    let listening = server(&["--echo"]).listen();
    let connected = Peer::connect(listening.address).stream().try_clone().unwrap();
    refused(connected.into(), "tcp-server", "does not listen");
}

/// `--run` shows what a child gets.
#[test]
fn children_inherit_nothing_of_it() {
    let (one, two) = (opened("127.0.0.1:0", Type::STREAM), opened("127.0.0.1:0", Type::STREAM));
    let show = "env | grep -cE \"^(LISTEN|NOTIFY)_\"; ls -l /proc/self/fd | grep -c socket: >&2";
    for options in ["", "--listen-fd 3"] {
        let line = format!(
            r#"NOTIFY_SOCKET=@nobody LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b exec "$SKAT" tcp-server --echo --quiet {options} --run '{show}; echo END >&2'"#
        );
        let mut running =
            handed(one.try_clone().unwrap(), Some(two.try_clone().unwrap()), &line).start();
        // Where its stdout is a socket of the test's, the command writes to stderr.
        let told = running.wait_for_stderr("END");
        let counts: Vec<&str> = told.lines().collect();
        assert_eq!(counts, ["0", "0", "END"], "{told}");
    }
}

#[test]
fn a_hundred_connections_leave_nothing() {
    let socket = opened("127.0.0.1:0", Type::STREAM);
    let line = r#"exec "$SKAT" tcp-server --echo --listen-fd 3"#;
    let running = handed(socket, None, line).listen();
    assert_echoes(running.connect());
    wait_until("only its own", || descriptors(running.id()) < 12);
    let before = descriptors(running.id());
    for _ in 0..100 {
        assert_echoes(running.connect());
    }
    wait_until("nothing left", || descriptors(running.id()) <= before);
}

fn notified(options: &str, socket: &UnixDatagram, name: &str) -> Running {
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let script = format!(r#"exec "$SKAT" {options} 127.0.0.1 0"#);
    shell(&script).env("NOTIFY_SOCKET", name).listen()
}

fn hear(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 512];
    let count = crate::support::uninterrupted(|| socket.recv(&mut bytes)).expect("a notice");
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

#[test]
fn a_service_manager_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notify");
    let name = format!("@skat-test-{}", std::process::id());
    for command in ["tcp-server --echo", "udp-server --echo"] {
        let by_path = UnixDatagram::bind(&path).unwrap();
        let running = notified(command, &by_path, path.to_str().unwrap());
        assert_eq!(hear(&by_path), "READY=1");
        running.signal(Signal::SIGTERM);
        assert_eq!(hear(&by_path), "STOPPING=1");
        running.finish().assert_died_of(Signal::SIGTERM);
        std::fs::remove_file(&path).unwrap();

        let address = std::os::unix::net::SocketAddr::from_abstract_name(&name[1..]).unwrap();
        let by_name = UnixDatagram::bind_addr(&address).unwrap();
        let running = notified(command, &by_name, &name);
        assert_eq!(hear(&by_name), "READY=1");
        running.stop();
    }
}

#[test]
fn a_service_manager_that_is_not_there_is_no_reason_not_to_serve() {
    for name in ["/nonexistent/notify", "@nobody-is-there", "vsock:2:1234"] {
        let mut running = server(&["--echo"]).env("NOTIFY_SOCKET", name).listen();
        running.wait_for_stderr("skat: NOTIFY_SOCKET: tell ");
        assert_echoes(running.connect());
    }
}

#[test]
fn systemd_hands_over_and_is_understood() {
    if !is_usable("systemd-socket-activate", &["--version"]) {
        return;
    }
    let address = refusing_address();
    let line = format!(
        "exec systemd-socket-activate -l {address} --fdname=web \"$SKAT\" tcp-server --echo"
    );
    let mut running = shell(&line).start();
    running.wait_for_stderr("Listening on");
    assert_echoes(Peer::connect(address));
    running.wait_for_stderr(&format!("skat: listening on {address}"));
    assert_echoes(Peer::connect(address));
    running.signal(Signal::SIGTERM);
    running.finish().assert_died_of(Signal::SIGTERM);

    let address = refusing_address();
    let line = format!("exec systemd-socket-activate -d -l {address} \"$SKAT\" udp-server --echo");
    let mut running = shell(&line).start();
    running.wait_for_stderr("Listening on");
    let peer = UdpPeer::of(address);
    peer.send("hello");
    peer.expect("hello");
    running.signal(Signal::SIGTERM);
    running.finish().assert_died_of(Signal::SIGTERM);
}
