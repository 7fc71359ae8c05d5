//! `udp-server --forward`: a session for each peer, with answers of its own.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::support::hosts::{NAME, with_addresses};
use crate::support::process::{assert_idle, descriptors};
use crate::support::{
    PATIENCE, Running, Skat, UdpPeer, moments, pattern, refusing_address, shell, skat, udp_server,
    wait_until,
};

/// A relay to this target on a free port of 127.0.0.1.
fn relay(target: &UdpPeer, options: &[&str]) -> Running {
    let target = target.address().to_string();
    udp_server(&[&["--forward", target.as_str()], options].concat()).listen()
}

/// What the target hears of a question through the relay: where it comes from.
fn asks(peer: &UdpPeer, target: &UdpPeer, question: &str) -> SocketAddr {
    peer.send(question);
    target.expect(question)
}

#[test]
fn each_peer_has_a_session_of_its_own() {
    let target = UdpPeer::new();
    let relay = relay(&target, &["-v"]);
    let peers: Vec<UdpPeer> = (0..50).map(|_| UdpPeer::of(relay.address)).collect();
    let mut sources = Vec::new();
    for (number, peer) in peers.iter().enumerate() {
        let source = asks(peer, &target, &format!("question {number}"));
        assert_eq!(asks(peer, &target, "again"), source);
        sources.push(source);
    }
    for (number, source) in sources.iter().enumerate().rev() {
        target.send_to(format!("answer {number}"), *source);
    }
    for (number, peer) in peers.iter().enumerate() {
        assert_eq!(peer.expect(format!("answer {number}")), relay.address);
    }
    sources.sort();
    sources.dedup();
    assert_eq!(sources.len(), peers.len());
    let told = relay.stop().stderr;
    let ended = "disconnected 127.0.0.1:";
    assert_eq!(told.matches(ended).count(), peers.len(), "{told}");
    // "question N" and "again"; "answer N".
    for (digits, sessions) in [(1, 10), (2, 40)] {
        let counted = format!("the server ends ({} bytes in, {} out", 14 + digits, 7 + digits);
        assert_eq!(told.matches(&counted).count(), sessions, "{told}");
    }
}

#[test]
fn answers_come_from_the_address_that_was_asked() {
    let target = UdpPeer::new();
    let forward = target.address().to_string();
    let relay = skat(["udp-server", "--forward", &forward, "0"]).listen();
    // One peer that asks three addresses has three sessions.
    for host in ["127.0.0.1", "127.0.0.2", "::1"] {
        let host: IpAddr = host.parse().unwrap();
        let asked = SocketAddr::new(host, relay.address.port());
        let peer =
            UdpPeer::on(if host.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" }.parse().unwrap());
        peer.send_to("who?", asked);
        let source = target.expect("who?");
        target.send_to("I", source);
        assert_eq!(peer.expect("I"), asked);
    }
    relay.stop().assert_silent();
}

#[test]
fn empty_and_large_datagrams_pass() {
    let target = UdpPeer::new();
    let relay = relay(&target, &[]);
    let peer = UdpPeer::of(relay.address);
    for size in [0, 1, 0, 1400, 65_507, 0] {
        let datagram = pattern(size);
        peer.send(&datagram);
        let source = target.expect(&datagram);
        target.send_to(&datagram, source);
        peer.expect(&datagram);
    }
    relay.stop().assert_silent();
}

/// An IPv6 peer may send more than an IPv4 target can be sent.
#[test]
fn one_too_large_for_the_target_is_told_once_with_its_size() {
    let target = UdpPeer::new();
    let forward = target.address().to_string();
    let mut relay = skat(["udp-server", "--forward", &forward, "::1", "0"]).listen();
    let peer = UdpPeer::of(relay.address);
    peer.send(pattern(65_508));
    let told = format!("send 65508 bytes to {forward}: message too long (65507 at most)");
    relay.wait_for_stderr(&told);
    asks(&peer, &target, "small");
    let stderr = relay.stop().stderr;
    assert_eq!(stderr.matches("too long").count(), 1, "{stderr}");
}

/// Both ways, more at once than a batch holds; what is in flight fits the smallest buffers.
#[test]
fn many_datagrams_keep_their_order() {
    let target = UdpPeer::new().echo_in_background();
    let relay = udp_server(&["--forward", &target.to_string()]).listen();
    let peers = [UdpPeer::of(relay.address), UdpPeer::of(relay.address)];
    for round in 0..40 {
        for number in 0..40 {
            for peer in &peers {
                peer.send(format!("{round} {number}"));
            }
        }
        for number in 0..40 {
            for peer in &peers {
                peer.expect(format!("{round} {number}"));
            }
        }
    }
    relay.stop().assert_silent();
}

#[test]
fn a_quiet_session_ends() {
    let target = UdpPeer::new();
    let relay = relay(&target, &["-i", "400ms", "-v"]);
    let peer = UdpPeer::of(relay.address);
    let before = descriptors(relay.id());
    let source = asks(&peer, &target, "one");
    assert_eq!(asks(&peer, &target, "two"), source);
    wait_until("the end", || relay.stderr().contains("no datagram for 0.4 s (6 bytes in, 0 out"));
    assert_eq!(descriptors(relay.id()), before);
    assert_ne!(asks(&peer, &target, "three"), source);
    relay.stop();
}

/// Answers alone keep a session.
#[test]
fn a_session_with_answers_is_not_quiet() {
    let target = UdpPeer::new();
    let relay = relay(&target, &["-i", "1500ms"]);
    let peer = UdpPeer::of(relay.address);
    let source = asks(&peer, &target, "?");
    for number in moments(Duration::from_millis(1800)) {
        target.send_to(number.to_string(), source);
        peer.expect(number.to_string());
    }
    assert_eq!(asks(&peer, &target, "!"), source);
    relay.stop().assert_silent();
}

#[test]
fn the_session_that_was_quiet_longest_makes_room() {
    let target = UdpPeer::new();
    let relay = relay(&target, &["-m", "2", "-v"]);
    let [a, b, c] = [(); 3].map(|()| UdpPeer::of(relay.address));
    let of_a = asks(&a, &target, "a");
    let of_b = asks(&b, &target, "b");
    assert_eq!(asks(&a, &target, "a"), of_a);
    // b is the one.
    let of_c = asks(&c, &target, "c");
    assert_eq!(asks(&a, &target, "a"), of_a);
    // What was meant for b goes to nobody else.
    target.send_to("late", of_b);
    target.send_to("for c", of_c);
    c.expect("for c");
    assert_ne!(asks(&b, &target, "b"), of_b);
    assert!(a.hears_nothing());
    relay.stop().assert_told("another peer has come");
}

#[test]
fn where_descriptors_are_short_the_oldest_session_makes_room() {
    // To look up a name takes descriptors too.
    for host in ["127.0.0.1", "localhost"] {
        let target = UdpPeer::new();
        let port = target.address().port();
        let script =
            format!(r#"ulimit -n 20; exec "$SKAT" udp-server --forward {host}:{port} 127.0.0.1 0"#);
        let relay = shell(&script).listen();
        let peers: Vec<UdpPeer> = (0..40).map(|_| UdpPeer::of(relay.address)).collect();
        for peer in &peers {
            asks(peer, &target, "hello");
        }
        let last = peers.last().unwrap();
        target.send_to("answer", asks(last, &target, "?"));
        last.expect("answer");
        relay.stop().assert_silent();
    }
}

#[test]
fn a_target_that_refuses_is_told_once_and_may_come_back() {
    let address = refusing_address();
    let mut relay = udp_server(&["--forward", &address.to_string()]).listen();
    let peer = UdpPeer::of(relay.address);
    peer.send("lost");
    relay.wait_for_stderr(&format!("forward to {address}: connection refused"));
    for _ in 0..20 {
        peer.send("lost too");
    }
    let target = UdpPeer::on(address);
    // What was sent before may come yet.
    peer.send("heard");
    let source = loop {
        let (datagram, source) = target.receive();
        if datagram == b"heard" {
            break source;
        }
    };
    target.send_to("answer", source);
    peer.expect("answer");
    let told = relay.stop().stderr;
    assert_eq!(told.matches("refused").count(), 1, "{told}");
}

/// What the first address of a name refuses goes to the next.
#[test]
fn a_name_with_several_addresses() {
    let target = UdpPeer::new();
    let relay = format!("udp-server --forward {NAME}:{} 127.0.0.1 0", target.address().port());
    let relay = with_addresses(&["::1", "127.0.0.1"], &relay);
    let Some(relay) = relay.map(Skat::listen) else { return };
    for question in ["one", "two"] {
        let peer = UdpPeer::of(relay.address);
        let source = asks(&peer, &target, question);
        target.send_to("answer", source);
        peer.expect("answer");
    }
    // Many go to the first address before it has refused one.
    let peer = UdpPeer::of(relay.address);
    let questions: Vec<String> = (0..60).map(|number| format!("question {number}")).collect();
    relay.signal(Signal::SIGSTOP);
    for question in &questions {
        peer.send(question);
    }
    relay.signal(Signal::SIGCONT);
    for question in &questions {
        target.expect(question);
    }
    relay.stop().assert_silent();
}

#[test]
fn a_name_that_does_not_exist_is_told_and_ends_nothing() {
    let mut relay = udp_server(&["--forward", "no-such-host.invalid:9"]).listen();
    let peer = UdpPeer::of(relay.address);
    for _ in 0..100 {
        peer.send("?");
    }
    relay.wait_for_stderr("look up no-such-host.invalid");
    assert_idle(&relay);
    relay.stop();
}

/// Only the target's own answers are passed back.
#[test]
fn nobody_else_answers_for_the_target() {
    let (target, stranger) = (UdpPeer::new(), UdpPeer::new());
    let relay = relay(&target, &[]);
    let peer = UdpPeer::of(relay.address);
    let source = asks(&peer, &target, "?");
    stranger.send_to("forged", source);
    target.send_to("true", source);
    peer.expect("true");
    assert!(peer.hears_nothing());
    relay.stop().assert_silent();
}

#[test]
fn once_relays_one_datagram_and_its_answer() {
    let target = UdpPeer::new();
    let server = relay(&target, &["--once"]);
    let peer = UdpPeer::of(server.address);
    let source = asks(&peer, &target, "?");
    target.send_to("!", source);
    peer.expect("!");
    server.finish().assert_status(0).assert_silent();

    let silent = relay(&target, &["--once", "-i", "200ms"]);
    asks(&UdpPeer::of(silent.address), &target, "?");
    silent.finish().assert_status(6).assert_told("no answer");

    let refusing = udp_server(&["--once", "--forward", &refusing_address().to_string()]).listen();
    UdpPeer::of(refusing.address).send("?");
    refusing.finish().assert_status(5).assert_told("connection refused");
}

#[test]
fn a_target_that_is_many_is_reached_by_broadcast() {
    let target = UdpPeer::on("0.0.0.0:0".parse().unwrap());
    let everybody = format!("127.255.255.255:{}", target.address().port());
    let relay = udp_server(&["--forward", &everybody, "--broadcast"]).listen();
    let peer = UdpPeer::of(relay.address);
    let source = asks(&peer, &target, "anybody?");
    target.send_to("I", source);
    peer.expect("I");
    relay.stop().assert_silent();
}

/// One datagram would go around for ever.
#[test]
fn a_circle_is_refused() {
    let port = refusing_address().port().to_string();
    for (target, host) in [("127.0.0.1", ""), ("[::1]", ""), ("0.0.0.0", "127.0.0.1")] {
        let target = format!("{target}:{port}");
        let finished = skat(["udp-server", "--forward", &target, host, &port]).run();
        finished.assert_status(2).assert_told("listens there itself");
    }
    // A server on every address is on each of this machine's.
    let own = ::skat::net::inspection::interfaces::addresses();
    for address in own.iter().filter(|address| address.is_ipv4()) {
        let target = format!("{address}:{port}");
        let finished = skat(["udp-server", "--broadcast", "--forward", &target, &port]).run();
        finished.assert_status(2).assert_told("listens there itself");
    }
    // A name is looked up when it is needed.
    let target = format!("localhost:{port}");
    let mut relay = skat(["udp-server", "-v", "--forward", &target, "127.0.0.1", &port]).listen();
    UdpPeer::of(relay.address).send("?");
    relay.wait_for_stderr("listens there itself");
    assert_eq!(relay.stop().stderr.matches("datagram of").count(), 1);
}

#[test]
fn the_same_port_of_the_other_family_is_no_circle() {
    let target = UdpPeer::new();
    let (forward, port) = (target.address().to_string(), target.address().port().to_string());
    let relay = skat(["udp-server", "-6", "--forward", &forward, &port]).listen();
    let peer = UdpPeer::on("[::1]:0".parse().unwrap());
    peer.send_to("?", SocketAddr::new(Ipv6Addr::LOCALHOST.into(), target.address().port()));
    let source = target.expect("?");
    target.send_to("!", source);
    peer.expect("!");
    relay.stop().assert_silent();
}

#[test]
fn a_signal_ends_it_at_once() {
    let target = UdpPeer::new();
    let relay = relay(&target, &[]);
    asks(&UdpPeer::of(relay.address), &target, "?");
    let began = Instant::now();
    relay.stop().assert_silent();
    assert!(began.elapsed() < PATIENCE / 2);
}

/// An IPv6 target may answer more than an IPv4 peer can be sent.
#[test]
fn an_answer_that_cannot_be_sent_is_not_counted() {
    let target = UdpPeer::on((Ipv6Addr::LOCALHOST, 0).into());
    let mut relay = relay(&target, &["-v"]);
    let peer = UdpPeer::of(relay.address);
    let source = asks(&peer, &target, "question");
    target.send_to(pattern(65_508), source);
    relay.wait_for_stderr("send 65508 bytes to 127.0.0.1:");
    target.send_to("answer", source);
    peer.expect("answer");
    relay.stop().assert_told("the server ends (8 bytes in, 6 out");
}
