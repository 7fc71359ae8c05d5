//! Socket options as the kernel has them: set on skat's sockets, counted where they were used.

use std::collections::HashMap;
use std::time::Duration;

use socket2::Socket;

use crate::support::programs::is_usable;
use crate::support::sockets::sockets;
use crate::support::{
    Finished, Listener, Role, UdpPeer, Way, client, converse, server, shell, skat, udp_client,
    udp_server,
};

/// An option, and what tells that it is set.
type Row = (&'static str, fn(&Socket) -> bool);

/// Of every socket.
const COMMON: &[Row] = &[
    ("ttl=5", |socket| socket.ttl_v4().unwrap() == 5),
    ("tos=0x10", |socket| socket.tos_v4().unwrap() == 0x10),
    // The system doubles it, for what it needs itself.
    ("rcvbuf=64K", |socket| socket.recv_buffer_size().unwrap() == 128 << 10),
    ("sndbuf=64K", |socket| socket.send_buffer_size().unwrap() == 128 << 10),
];

/// Of TCP.
const STREAMS: &[Row] = &[
    // It is on unless it is turned off.
    ("rcvlowat=1", |socket| socket.tcp_nodelay().unwrap()),
    ("nodelay=0", |socket| !socket.tcp_nodelay().unwrap()),
    ("linger=7", |socket| socket.linger().unwrap() == Some(Duration::from_secs(7))),
    ("linger=off", |socket| socket.linger().unwrap().is_none()),
    ("keepalive=60,10,3", |socket| {
        socket.keepalive().unwrap()
            && socket.tcp_keepalive_time().unwrap() == Duration::from_secs(60)
            && socket.tcp_keepalive_interval().unwrap() == Duration::from_secs(10)
            && socket.tcp_keepalive_retries().unwrap() == 3
    }),
    ("keepalive=0", |socket| !socket.keepalive().unwrap()),
];

#[test]
fn a_connection_has_what_was_asked_for() {
    for (option, is_set) in COMMON.iter().chain(STREAMS) {
        for role in [Role::Server, Role::Client] {
            let (mut skat, peer) = converse(role, &["-O", option, "-v"], Way::Fast);
            skat.wait_for_stderr("connected");
            let Some(sockets) = sockets(&skat) else { return };
            let connected = sockets.iter().find(|socket| socket.peer_addr().is_ok());
            assert!(is_set(connected.expect("a connection")), "{option}, {role:?}");
            drop(peer);
        }
    }
}

/// What waits for delivery is the event loop, and not close(2), which would hold up all.
#[test]
fn a_peer_that_does_not_read_holds_up_nobody_by_a_lingering_close() {
    // Longer than the patience of a test.
    let linger = ["-O", "linger=90"];
    let mut skat = server(&[&linger[..], &["--echo", "-v"]].concat()).listen();
    let mut silent = skat.connect().with_small_buffers();
    silent.send(vec![b'x'; 60_000]);
    silent.finish();
    skat.wait_for_stderr("disconnected");
    let mut other = skat.connect();
    other.send("hello\n");
    other.expect("hello\n");
    drop(silent);
    skat.stop();

    let listener = Listener::new();
    let endless = std::fs::File::open("/dev/zero").unwrap();
    let skat = client(listener.address(), &linger).stdin(endless).start();
    let mut silent = listener.accept().with_small_buffers();
    silent.expect(vec![0; 1000]);
    skat.stop();
}

#[test]
fn a_datagram_socket_has_what_was_asked_for() {
    let datagrams: &[Row] = &[
        ("broadcast", |socket| socket.broadcast().unwrap()),
        ("broadcast=0", |socket| !socket.broadcast().unwrap()),
        ("multicast-loop=0", |socket| !socket.multicast_loop_v4().unwrap()),
    ];
    for (option, is_set) in COMMON.iter().chain(datagrams) {
        let server = udp_server(&["-O", option]).listen();
        let peer = UdpPeer::new();
        let mut client = udp_client(peer.address(), &["-O", option]).start();
        client.type_in("x\n");
        peer.expect("x\n");
        for skat in [server, client] {
            let Some(sockets) = sockets(&skat) else { return };
            assert!(sockets.iter().any(is_set), "{option}: {sockets:?}");
        }
    }
}

/// Runs a script in a network of its own, beside a server with this service and this socket option,
/// whose address is `$server`; `None`, said aloud, where that is not permitted.
fn beside_server(enable: &str, service: &str, option: &str, script: &str) -> Option<Finished> {
    let enable = format!("ip link set lo up; {enable}");
    if !is_usable("unshare", &["-rn", "sh", "-ec", &enable]) {
        return None;
    }
    let script = format!(
        r#"{enable}; "$SKAT" tcp-server {service} -O {option} --ready-file "$READY" 127.0.0.1 0 &
        trap "kill $!" EXIT
        until [ -e "$READY" ]; do sleep 0.01; done
        server=$(cat "$READY")
        {script}"#
    );
    let folder = tempfile::tempdir().unwrap();
    let skat = shell(r#"exec unshare -rn sh -ec "$SCRIPT""#).env("SCRIPT", script);
    Some(skat.env("READY", folder.path().join("ready")).run())
}

/// Two clients, one after the other, of an echo, all with one socket option; what their network has
/// counted since (proc_pid_net(5)).
fn counted(enable: &str, option: &str) -> Option<HashMap<String, u64>> {
    let script = format!(
        r#"for word in one two; do
            echo $word | "$SKAT" tcp-client -O {option} "$server" >&2
        done
        cat /proc/net/netstat"#
    );
    let finished = beside_server(enable, "--echo", option, &script)?;
    finished.assert_status(0).assert_told("one\ntwo\n");
    let text = String::from_utf8(finished.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.chunks(2).flat_map(|lines| {
        let [names, values] = lines else { panic!("{text}") };
        names.split(' ').zip(values.split(' ')).skip(1)
    });
    Some(pairs.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect())
}

#[test]
fn multipath_tcp_is_spoken_by_both() {
    let Some(counted) = counted("echo 1 >/proc/sys/net/mptcp/enabled", "mptcp") else { return };
    assert_eq!(counted["MPCapableSYNRX"], 2);
    assert_eq!(counted["MPCapableACKRX"], 2);
}

const FAST_OPEN: &str = "echo 3 >/proc/sys/net/ipv4/tcp_fastopen";

/// The first client gets a cookie, with which the second's SYN makes its connection (RFC 7413).
#[test]
fn fast_open_connects_with_the_syn() {
    let Some(counted) = counted(FAST_OPEN, "fastopen=16") else { return };
    assert_eq!((counted["TCPFastOpenCookieReqd"], counted["TCPFastOpenPassive"]), (1, 1));
}

/// Whether it has a cookie or not, a client says the same: that it is connected, to a server that
/// talks first too, or that it is not.
#[test]
fn a_cookie_of_fast_open_changes_nothing_that_is_told() {
    let script = r#"ask() { "$SKAT" tcp-client --max-time 20 -O fastopen "$@" && echo 0 || echo $?; }
        for cookie in no yes; do
            ask "$server" </dev/null
        done
        ask --no-stdin "$server"
        ask -z "$server" | tail -n 1
        for closed in --no-stdin -z; do
            ask $closed 127.0.0.1 9
        done
        echo question | ask 127.0.0.1 9"#;
    let service = "--sh-exec 'echo greeting'";
    let Some(finished) = beside_server(FAST_OPEN, service, "fastopen=16", script) else { return };
    let greeted = "greeting\n0\n".repeat(3);
    finished.assert_status(0).assert_stdout(format!("{greeted}0\n5\n5\n5\n"));
}

/// Every socket gets less than was asked for, which root alone can force.
#[test]
fn a_size_that_the_system_cuts_is_told_once() {
    if !is_usable("unshare", &["-r", "true"]) {
        return;
    }
    let listeners = [Listener::new(), Listener::new()];
    let ports = listeners.each_ref().map(|it| it.address().port().to_string()).join(",");
    let line = format!("tcp-client -z -O rcvbuf=1G -O sndbuf=1G 127.0.0.1 {ports}");
    let finished = shell(&format!(r#"exec unshare -r "$SKAT" {line}"#)).run();
    finished.assert_status(0);
    for option in ["rcvbuf", "sndbuf"] {
        let told = finished.stderr.matches(&format!("{option}=1073741824: the system's")).count();
        assert_eq!(told, 1, "{}", finished.stderr);
    }
}

/// A port on which a connection has ended is taken in its TIME_WAIT, unless the option is on.
#[test]
fn a_port_is_not_used_again_where_the_user_says_so() {
    let echo = server(&["--echo"]).listen();
    let mut asking = client(echo.address, &["-v", "-s", "127.0.0.1"]).start();
    let told = asking.wait_for_stderr("connected");
    let (_, port) = told.split_once("127.0.0.1:").unwrap();
    let port = port.split(' ').next().unwrap();
    asking.close_stdin();
    asking.finish().assert_status(0);
    let option = ["-O", "reuseaddr=0"];
    let source = format!("127.0.0.1:{port}");
    let again = [&option[..], &["-s", &source]].concat();
    client(echo.address, &again).run().assert_status(9).assert_told("address already in use");
    let serve = ["tcp-server", "--echo", "--run", "true", "127.0.0.1", port];
    skat([&serve[..1], &option, &serve[1..]].concat()).run().assert_status(9);
    skat(serve).run().assert_status(0);

    let group = ["udp-server", "--discard", "--join", "239.9.8.7%lo"];
    let served = skat([&group[..], &option, &["0.0.0.0", "0"]].concat()).listen();
    let port = served.address.port().to_string();
    skat([&group[..], &option, &["0.0.0.0", &port]].concat()).run().assert_status(9);
}
