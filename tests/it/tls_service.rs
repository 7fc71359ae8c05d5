//! Servers over TLS: services, peers that do not shake hands, many at once.

use std::time::{Duration, Instant};

use rustls::ALL_VERSIONS;

use crate::support::process::{assert_idle, descriptors};
use crate::support::tls::{Authority, TlsPeer, connect, converse_tls, serve};
use crate::support::{
    Listener, Peer, Role, Running, Way, assert_same_bytes, client, pattern, server, shell,
    wait_until,
};

/// An echo over TLS, and how to talk to it.
fn echo(options: &[&str]) -> (Running, Authority) {
    serve(&[&["--echo"], options].concat())
}

#[test]
fn an_echo_ends_with_the_peer() {
    let (skat, authority) = echo(&["-v"]);
    let mut peer = connect(&skat, &authority).shake();
    peer.send("ping");
    peer.expect("ping");
    peer.finish();
    assert_eq!(peer.receive_to_end(), b"");
    skat.stop().assert_told("(4 bytes in, 4 out");
}

#[test]
fn much_is_echoed_while_more_comes() {
    let (skat, authority) = echo(&[]);
    let mut asking = client(skat.address, &["--tls", "--ca", &authority.file()]).start();
    let data = pattern(20 << 20);
    let typist = asking.type_all(&data);
    let finished = asking.finish();
    typist.join().unwrap();
    finished.assert_status(0).assert_stdout(&data).assert_silent();
    skat.stop().assert_silent();
}

#[test]
fn lines_are_stamped() {
    let (skat, authority) = serve(&["--stamp=epoch"]);
    let mut peer = connect(&skat, &authority).shake();
    peer.send("one\ntwo");
    peer.finish();
    let answer = String::from_utf8(peer.receive_to_end()).unwrap();
    let lines: Vec<&str> =
        answer.lines().filter_map(|line| line.split_once("]: ")).map(|it| it.1).collect();
    assert_eq!(lines, ["one", "two"], "{answer}");
    skat.stop();
}

#[test]
fn what_is_discarded_is_acknowledged() {
    let (skat, authority) = serve(&["--discard", "--once"]);
    let mut sending = client(skat.address, &["--tls", "--ca", &authority.file()]).start();
    sending.type_in(pattern(300_000));
    sending.close_stdin();
    sending.finish().assert_status(0).assert_silent();
    skat.finish().assert_status(0).assert_silent();
}

/// Nobody waits for peers that are silent, talk plainly, or stop in the middle of a handshake;
/// they are dropped in time, and leave nothing behind.
#[test]
fn peers_that_do_not_shake_hands_delay_nobody() {
    let (skat, authority) = echo(&["--handshake-timeout", "3s", "-v"]);
    let before = descriptors(skat.id());
    let silent: Vec<_> = (0..20).map(|_| skat.connect()).collect();
    let mut plain = skat.connect();
    plain.send("GET / HTTP/1.0\r\n\r\n");
    let mut half = connect(&skat, &authority);
    let mut hello = Vec::new();
    half.connection.write_tls(&mut hello).unwrap();
    half.peer.send(&hello[..hello.len() / 2]);
    let mut peer = connect(&skat, &authority).shake();
    peer.send("ping");
    peer.expect("ping");
    assert!(silent.iter().all(is_open), "others waited");
    drop(peer);
    // A plain-text peer gets an alert, and the end.
    let answer = plain.receive_to_end();
    assert_eq!(answer.first(), Some(&21), "an alert: {answer:?}");
    drop(plain);
    for mut peer in silent {
        assert_eq!(peer.receive_to_end(), b"");
    }
    assert_eq!(half.peer.receive_to_end(), b"");
    wait_until("all are gone", || descriptors(skat.id()) == before);
    assert_idle(&skat);
    let told = skat.stop();
    told.assert_told("the peer does not speak TLS (0 bytes in, 0 out");
    told.assert_told("not done within 3 s (0 bytes in, 0 out");
}

/// The places of `--max-conns` are for peers that are served, each for one.
#[test]
fn strangers_take_no_place() {
    for threads in ["1", "3"] {
        let options = ["-m", "1", "--handshake-timeout", "25s", "--threads", threads];
        let (skat, authority) = echo(&options);
        let silent: Vec<_> = (0..5).map(|_| skat.connect()).collect();
        let late = connect(&skat, &authority);
        let mut first = connect(&skat, &authority).shake();
        first.send("ping");
        first.expect("ping");
        let mut second = skat.connect();
        assert!(second.hears_nothing());
        drop(first);
        let mut third = connect(&skat, &authority).shake();
        third.send("ping");
        third.expect("ping");
        second.finish();
        assert!(silent.iter().all(is_open), "others waited");
        // One that is verified and waits for the place keeps nobody from stopping.
        let waiting = late.shake();
        drop((silent, second));
        skat.stop();
        drop((waiting, third));
    }
}

/// True unless skat has ended the connection.
/// However many strangers there are, who is verified finds the descriptors that a service takes.
#[test]
fn strangers_leave_descriptors_for_the_verified() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    let target = server(&["--sh-exec", "echo hello"]).listen();
    for service in [["--sh-exec", "echo hello"], ["--forward", &target.address.to_string()]] {
        let words = [&identity.options()[..], &service, &["127.0.0.1", "0"]].concat();
        let line = shlex::try_join(words).unwrap();
        let script = format!(r#"ulimit -n 64; exec "$SKAT" tcp-server {line}"#);
        let skat = shell(&script).listen();
        let known = connect(&skat, &authority);
        let strangers: Vec<_> = (0..60).map(|_| skat.connect()).collect();
        assert_eq!(known.shake().receive_to_end(), b"hello\n", "{service:?}");
        drop(strangers);
        skat.stop().assert_silent();
    }
}

/// The last stranger may be another thread's.
#[test]
fn strangers_do_not_keep_a_server_of_several_threads_whose_command_has_ended() {
    let options = ["--threads", "2", "--handshake-timeout", "2s", "--run", "sleep 0.2"];
    let servers: Vec<_> = (0..6)
        .map(|_| {
            let (skat, _) = echo(&options);
            let strangers: Vec<_> = (0..3).map(|_| skat.connect()).collect();
            (skat, strangers)
        })
        .collect();
    for (skat, _strangers) in servers {
        skat.finish().assert_status(0).assert_silent();
    }
}

fn is_open(peer: &Peer) -> bool {
    peer.stream().set_nonblocking(true).unwrap();
    let open = peer.stream().peek(&mut [0]).is_err();
    peer.stream().set_nonblocking(false).unwrap();
    open
}

#[test]
fn a_handshake_may_come_a_byte_at_a_time() {
    let (skat, authority) = echo(&[]);
    let mut slow = connect(&skat, &authority);
    while slow.connection.is_handshaking() {
        let mut records = Vec::new();
        while slow.connection.wants_write() {
            slow.connection.write_tls(&mut records).unwrap();
        }
        for byte in records {
            slow.peer.send([byte]);
        }
        if slow.connection.is_handshaking() {
            slow.connection.read_tls(&mut slow.peer.stream()).unwrap();
            slow.connection.process_new_packets().unwrap();
        }
    }
    slow.flush();
    slow.send("ping");
    slow.expect("ping");
    skat.stop();
}

/// The same for a client: its server's flight comes a byte at a time.
#[test]
fn a_servers_handshake_may_come_a_byte_at_a_time() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let listener = Listener::new();
        let mut skat = client(listener.address(), &["--tls", "--ca", &authority.file()]).start();
        let mut slow = TlsPeer::server(listener.accept(), identity.server(&[version]));
        while slow.connection.is_handshaking() {
            slow.connection.read_tls(&mut slow.peer.stream()).unwrap();
            slow.connection.process_new_packets().unwrap();
            let mut records = Vec::new();
            while slow.connection.wants_write() {
                slow.connection.write_tls(&mut records).unwrap();
            }
            for byte in records {
                slow.peer.send([byte]);
            }
        }
        skat.type_in("done");
        skat.close_stdin();
        assert_eq!(slow.receive_to_end(), b"done");
        slow.send("so it is");
        slow.finish();
        skat.finish().assert_status(0).assert_stdout("so it is").assert_silent();
    }
}

/// A connection that is cut at any stage of the handshake is an error that names it, for a
/// client and with `--once`; a service goes on.
#[test]
fn a_handshake_may_be_cut_at_each_stage() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    let ca = authority.file();
    for stage in 0..3 {
        let listener = Listener::new();
        let running = client(listener.address(), &["--tls", "--ca", &ca]).start();
        let mut peer = TlsPeer::server(listener.accept(), identity.server(ALL_VERSIONS));
        if stage > 0 {
            peer.connection.read_tls(&mut peer.peer.stream()).unwrap();
            peer.connection.process_new_packets().unwrap();
            let flight = flight(&mut peer);
            // In the middle of the server's flight.
            peer.peer.send(&flight[..flight.len() / (4 - stage)]);
        }
        drop(peer);
        running.finish().assert_status(7).assert_stdout("").assert_told("during the TLS handshake");
    }
    let (skat, authority) = echo(&[]);
    for cut in CUTS {
        let (once, its) = echo(&["--once"]);
        cut(connect(&once, &its));
        once.finish().assert_status(7).assert_told("TLS handshake");
        cut(connect(&skat, &authority));
    }
    let mut peer = connect(&skat, &authority).shake();
    peer.send("ping");
    peer.expect("ping");
    skat.stop().assert_silent();
}

/// What a side of a handshake has to send now.
fn flight(peer: &mut TlsPeer) -> Vec<u8> {
    let mut bytes = Vec::new();
    while peer.connection.wants_write() {
        peer.connection.write_tls(&mut bytes).unwrap();
    }
    bytes
}

/// How clients break off.
const CUTS: [fn(TlsPeer); 6] = [
    |mut peer| send_some(&mut peer, 0),
    |mut peer| send_some(&mut peer, 1),
    |mut peer| send_some(&mut peer, 5),
    |mut peer| send_some(&mut peer, 100),
    // With all of skat's flight there, and the client's Finished not sent.
    |mut peer| {
        send_some(&mut peer, usize::MAX);
        while peer.connection.is_handshaking() {
            peer.connection.read_tls(&mut peer.peer.stream()).unwrap();
            peer.connection.process_new_packets().unwrap();
        }
        peer.peer.finish();
        peer.peer.receive_to_end();
    },
    |mut peer| {
        send_some(&mut peer, usize::MAX);
        peer.peer.reset();
    },
];

/// Sends the beginning of a flight.
fn send_some(peer: &mut TlsPeer, most: usize) {
    let flight = flight(peer);
    peer.peer.send(&flight[..most.min(flight.len())]);
}

#[test]
fn a_handshake_that_takes_too_long_is_a_timeout() {
    let listener = Listener::new();
    let options = ["--tls", "--insecure", "--handshake-timeout", "300ms"];
    let began = Instant::now();
    let running = client(listener.address(), &options).start();
    let peer = listener.accept();
    running.finish().assert_status(6).assert_stdout("").assert_told("not done within 0.3 s");
    assert!(began.elapsed() >= Duration::from_millis(300));
    drop(peer);
    let skat = server(&["--tls", "--echo", "--once", "--handshake-timeout", "300ms"]).listen();
    let began = Instant::now();
    let peer = skat.connect();
    skat.finish().assert_status(6).assert_told("not done within 0.3 s");
    assert!(began.elapsed() >= Duration::from_millis(300));
    drop(peer);
}

#[test]
fn two_hundred_shake_hands_at_once() {
    let (skat, authority) = echo(&[]);
    let mut peers: Vec<TlsPeer> = (0..200).map(|_| connect(&skat, &authority)).collect();
    for peer in &mut peers {
        peer.flush();
    }
    let mut peers: Vec<TlsPeer> = peers.into_iter().map(TlsPeer::shake).collect();
    for (number, peer) in peers.iter_mut().enumerate() {
        peer.send(format!("number {number}"));
    }
    for (number, peer) in peers.iter_mut().enumerate() {
        peer.expect(format!("number {number}"));
    }
    skat.stop().assert_silent();
}

#[test]
fn the_keys_are_logged_where_the_environment_asks_for_it() {
    let (skat, authority) = echo(&[]);
    let path = authority.path("keys");
    let mut asking = client(skat.address, &["--tls", "--ca", &authority.file()])
        .env("SSLKEYLOGFILE", &path)
        .start();
    asking.type_in("ping");
    asking.close_stdin();
    let finished = asking.finish();
    finished.assert_status(0).assert_stdout("ping").assert_told("SSLKEYLOGFILE is set");
    let keys = std::fs::read_to_string(&path).unwrap();
    assert!(keys.contains("CLIENT_TRAFFIC_SECRET_0 "), "{keys}");
    let cannot = client(skat.address, &["--tls", "--insecure"]).env("SSLKEYLOGFILE", "/");
    cannot.run().assert_status(2).assert_told("SSLKEYLOGFILE: write /: ");
    skat.stop();
}

#[test]
fn the_log_tells_what_was_agreed_on() {
    let (skat, authority) = echo(&["--log", "json", "-v"]);
    let options = ["--tls", "--ca", &authority.file(), "--log", "json", "-v"];
    let finished = client(skat.address, &options).run();
    finished.assert_status(0);
    let line = finished.stderr.lines().find(|line| line.contains(r#""event":"connected""#));
    let event: serde_json::Value = serde_json::from_str(line.expect("it is told")).unwrap();
    assert_eq!(event["tls"], "1.3");
    assert_eq!(event["cipher"], "TLS_AES_128_GCM_SHA256");
    assert_eq!(event["subject"], "CN=the peer");
    assert_eq!(event["issuer"], "CN=A");
    assert_eq!(event["fingerprint"].as_str().map(str::len), Some(64));
    assert!(event["not_before"].as_str() < event["not_after"].as_str());
    skat.stop();
}

/// The dialogue in lockstep.
#[test]
fn a_prompt_over_tls() {
    let (skat, authority) = echo(&[]);
    let options = ["--tls", "--ca", &authority.file(), "--prompt"];
    let mut asking = client(skat.address, &options).start();
    asking.type_in("one\n");
    asking.wait_for_stdout("one\n");
    asking.type_in("two\n\n");
    asking.finish().assert_status(0).assert_stdout("one\ntwo\n");
    let refused = client(skat.address, &["--tls", "--prompt"]).run();
    refused.assert_status(7).assert_stdout("").assert_told("which is not trusted here");
    skat.stop();
}

/// A peer that does not read keeps skat from reading more of stdin, not from printing.
#[test]
fn a_peer_that_does_not_read_does_not_stop_receiving() {
    let (mut skat, mut peer) = converse_tls(Role::Server, &[], Way::Fast, ALL_VERSIONS);
    let upload = pattern(12 << 20);
    let typist = skat.type_all(&upload);
    let flood = pattern(4 << 20);
    peer.send(&flood);
    peer.finish();
    skat.wait_for_end_of_stdout();
    assert_same_bytes(&peer.receive_to_end(), &upload);
    typist.join().unwrap();
    skat.finish().assert_status(0).assert_stdout(&flood);
}
