//! Whom `--forward` leads to: names, Unix sockets, targets that do not answer, the server itself.

use std::time::Instant;

use socket2::{Domain, Socket, Type};

use crate::forward::assert_reset;
use crate::support::hosts::{NAME, with_addresses};
use crate::support::unix::{self, UnixListener, abstract_name, unix_server};
use crate::support::{Listener, PATIENCE, Peer, Skat, free_port, programs, server, wait_until};

#[test]
fn a_circle_is_refused() {
    let port = free_port().to_string();
    for target in [format!("127.0.0.1:{port}"), format!("0.0.0.0:{port}")] {
        crate::support::skat(["tcp-server", "--forward", &target, "127.0.0.1", &port])
            .run()
            .assert_status(2)
            .assert_told("listens there itself");
    }
    // A name is looked up when it is needed.
    let target = format!("localhost:{port}");
    let skat = crate::support::skat(["tcp-server", "--forward", &target, &port]).listen();
    assert_reset(&mut Peer::connect(skat.address));
    skat.stop().assert_told("listens there itself");
}

#[test]
fn the_same_port_of_the_other_family_is_no_circle() {
    let target = Listener::new();
    let (address, port) = (target.address().to_string(), target.address().port().to_string());
    let skat = crate::support::skat(["tcp-server", "-6", "--forward", &address, &port]).listen();
    let mut peer = Peer::connect(format!("[::1]:{port}").parse().unwrap());
    peer.send("?");
    target.accept().expect("?");
    skat.stop().assert_silent();
}

#[test]
fn a_name_is_looked_up_and_each_of_its_addresses_tried() {
    let listener = Listener::new();
    let target = format!("localhost:{}", listener.address().port());
    let skat = server(&["--forward", &target]).listen();
    let mut peers: Vec<Peer> = (0..20).map(|_| skat.connect()).collect();
    for peer in &mut peers {
        peer.send("x");
    }
    for _ in 0..20 {
        let mut target = listener.accept();
        target.expect("x");
        target.send("y");
        target.finish();
    }
    for peer in &mut peers {
        peer.expect("y");
        peer.expect_end();
    }
    drop(peers);
    skat.stop().assert_silent();
}

/// An IPv4 target by a name that has an IPv6 address too, at which nobody listens.
#[test]
fn the_next_address_is_tried_where_one_refuses() {
    let listener = Listener::new();
    let target = format!("{NAME}:{}", listener.address().port());
    let relay = format!("tcp-server --forward {target} 127.0.0.1 0");
    let Some(skat) = with_addresses(&["::1", "127.0.0.1"], &relay) else { return };
    let skat = skat.listen();
    let mut peer = Peer::connect(skat.address);
    let mut target = listener.accept();
    peer.send("found");
    target.expect("found");
    drop((peer, target));
    skat.stop().assert_silent();
}

#[test]
fn unix_sockets_by_path_and_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket").to_str().unwrap().to_owned();
    for name in [path, abstract_name()] {
        let listener = UnixListener::on(&name);
        let skat = server(&["--once", "--forward", &format!("unix:{name}")]).listen();
        let mut peer = skat.connect();
        let mut target = listener.accept();
        peer.send("question");
        peer.finish();
        target.expect("question");
        target.expect_end();
        target.send("answer");
        target.finish();
        peer.expect("answer");
        peer.expect_end();
        skat.finish().assert_status(0).assert_silent();
    }
}

#[test]
fn from_a_unix_socket_to_a_port() {
    let listener = Listener::new();
    let name = abstract_name();
    let target = listener.address().to_string();
    let skat = unix::listening(unix_server(&name, &["--forward", &target]));
    let mut peer = unix::connect(&name);
    let mut target = listener.accept();
    peer.send("x");
    target.expect("x");
    target.send("y");
    target.finish();
    peer.expect("y");
    peer.expect_end();
    drop((peer, target));
    skat.stop().assert_silent();
}

#[test]
fn a_unix_socket_that_is_not_there_or_leads_back() {
    let skat = server(&["--once", "--forward", "unix:/nonexistent/socket"]).listen();
    assert_reset(&mut skat.connect());
    skat.finish().assert_status(5).assert_told("connect /nonexistent/socket: no such file");
    let folder = tempfile::tempdir().unwrap();
    let stale = folder.path().join("stale");
    drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
    let stale = stale.display();
    let skat = server(&["--once", "--forward", &format!("unix:{stale}")]).listen();
    assert_reset(&mut skat.connect());
    skat.finish().assert_status(5).assert_told(&format!("connect {stale}: connection refused"));
    let name = abstract_name();
    let mut skat = unix::listening(unix_server(&name, &["--forward", &format!("unix:{name}")]));
    unix::connect(&name).expect_end();
    skat.wait_for_stderr("listens there itself");
    skat.stop();
    server(&["--forward", "unix:"]).run().assert_status(2).assert_told("empty");
}

/// A target whose backlog is full holds up nobody who has one already; it is waited for.
#[test]
fn a_unix_target_with_a_full_backlog_is_waited_for() {
    let name = abstract_name();
    let listener = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    listener.bind(&unix::address(&name)).unwrap();
    listener.listen(0).unwrap();
    let skat = server(&["--forward", &format!("unix:{name}")]).listen();
    let mut peers: Vec<Peer> = (0..5).map(|_| skat.connect()).collect();
    for peer in &mut peers {
        peer.send("x");
    }
    assert!(peers[4].hears_nothing());
    for _ in 0..5 {
        let (target, _) = listener.accept().unwrap();
        let mut byte = [std::mem::MaybeUninit::uninit()];
        assert_eq!(target.recv(&mut byte).unwrap(), 1);
        assert_eq!(target.send(b"y").unwrap(), 1);
    }
    for peer in &mut peers {
        peer.expect("y");
    }
    drop(peers);
    skat.stop().assert_silent();
}

/// A full backlog of TCP drops SYNs, as a firewall does.
#[test]
fn one_who_waits_for_a_silent_target_holds_up_nobody_and_may_leave() {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let target = listener.local_addr().unwrap().as_socket().unwrap();
    let skat = server(&["-v", "--forward", &target.to_string()]).listen();
    let mut first = skat.connect();
    first.send("x");
    let (accepted, _) = listener.accept().unwrap();
    // Fill it.
    let fillers: Vec<Socket> = (0..4)
        .map(|_| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_nonblocking(true).unwrap();
            let _ = socket.connect(&target.into());
            socket
        })
        .collect();
    let mut waiting = skat.connect();
    waiting.send("y");
    assert!(waiting.hears_nothing());
    // The first goes on.
    assert_eq!(accepted.send(b"z").unwrap(), 1);
    first.expect("z");
    let began = Instant::now();
    waiting.reset();
    let mut skat = skat;
    skat.wait_for_stderr("connection reset");
    assert!(began.elapsed() < PATIENCE / 2);
    drop((fillers, first));
    // Nor is a stop held up.
    let _still_waiting = skat.connect();
    skat.stop();
}

#[test]
fn socat_at_both_ends() {
    if !programs::is_usable("socat", &["-V"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listen = format!("UNIX-LISTEN:{}", path.display());
    let mut upper = Skat::another("socat", &[&listen, "SYSTEM:cat; echo the end"]).start();
    upper.close_stdin();
    wait_until("socat's socket", || path.exists());
    let skat = server(&["--once", "--forward", &format!("unix:{}", path.display())]).listen();
    let target = format!("TCP:{}", skat.address);
    let mut client = Skat::another("socat", &["-t20", "-", &target]).start();
    client.type_in("hello\n");
    client.close_stdin();
    client.finish().assert_status(0).assert_stdout("hello\nthe end\n");
    skat.finish().assert_status(0);
    upper.finish();
}
