//! TCP and a name with several addresses: a client tries the next while the first is silent
//! (RFC 8305), a server serves each.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::hosts::{NAME, script_with_addresses, with_addresses};
use crate::support::network::on_private_network;
use crate::support::{
    Listener, Peer, Skat, free_port, most_runs, refusing_address, silent_on, wait_until,
};

/// In the order that the resolver gives them (RFC 6724): the first is silent, the second answers.
const PAIRS: [[&str; 2]; 2] = [["::1", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]];

/// Somebody who accepts nobody at the first address, and a listener at the second, on one port.
fn silent_and_answering(pair: [&str; 2]) -> (impl Drop, Listener) {
    let [first, second] = pair.map(|text| text.parse::<IpAddr>().unwrap());
    loop {
        let (socket, address, peers) = silent_on((first, 0).into());
        if let Some(listener) = Listener::try_on((second, address.port()).into()) {
            return (Box::new((socket, peers)), listener);
        }
    }
}

/// When it began to connect to each address, as it told it.
fn beginnings(told: &str) -> Vec<(jiff::Timestamp, SocketAddr)> {
    let events = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let word = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    events
        .filter(|event| event["event"] == "connecting")
        .map(|event| (word(&event, "time"), word(&event, "peer")))
        .map(|(time, peer)| (time.parse().unwrap(), peer.parse().unwrap()))
        .collect()
}

/// Under load either may be told late. Where there is no network of the test's own, nothing is tried.
#[test]
fn a_silent_address_has_a_head_start_of_250_ms() {
    let allowed = Duration::from_millis(249)..Duration::from_secs(5);
    for pair in PAIRS {
        let is_right = || head_start(pair).is_none_or(|took| allowed.contains(&took));
        assert!(most_runs(is_right), "{pair:?}");
    }
}

/// How long the first of two addresses, which is silent, has the field to itself.
#[track_caller]
fn head_start(pair: [&str; 2]) -> Option<Duration> {
    let (_silent, listener) = silent_and_answering(pair);
    let port = listener.address().port();
    let command = format!("tcp-client -vv --log json {NAME} {port}");
    let mut skat = with_addresses(&pair, &command)?.start();
    let mut peer = listener.accept();
    peer.send("answer");
    skat.wait_for_stdout("answer");
    skat.close_stdin();
    peer.expect_end();
    drop(peer);
    let finished = skat.finish();
    finished.assert_status(0);
    let [(first, silent), (second, answering)] = beginnings(&finished.stderr)[..] else {
        panic!("{}", finished.stderr)
    };
    assert_eq!([silent, answering].map(|peer| peer.ip().to_string()), pair);
    Some(Duration::try_from(second - first).unwrap())
}

/// The first is silent, the second refuses. Under load any attempt may be late; not all are.
#[test]
fn the_next_address_is_tried_as_soon_as_one_refuses() {
    let addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
    let [silent, _, answering] = addresses.map(|ip| SocketAddr::new(ip.parse().unwrap(), 0));
    let port = free_port();
    let with_port = |mut address: SocketAddr| {
        address.set_port(port);
        address
    };
    let _silent = silent_on(with_port(silent));
    let listener = Listener::on(with_port(answering));
    let command = format!("tcp-client --no-stdin -vv --log json {NAME} {port}");
    let handed_over_at_once = || {
        let skat = with_addresses(&addresses, &command)?.start();
        drop(listener.accept());
        let finished = skat.finish();
        finished.assert_status(0);
        let [_, (second, refusing), (third, answering)] = beginnings(&finished.stderr)[..] else {
            panic!("{}", finished.stderr)
        };
        assert_eq!([refusing, answering].map(|peer| peer.ip().to_string()), addresses[1..]);
        Some(Duration::try_from(third - second).unwrap() < Duration::from_millis(200))
    };
    let is_right = || handed_over_at_once().unwrap_or(true);
    assert!(most_runs(is_right), "it has a head start too");
}

/// The time to connect is one for all of them.
#[test]
fn silent_addresses_are_given_up_together() {
    for pair in PAIRS {
        let [first, second] = pair.map(|text| text.parse::<IpAddr>().unwrap());
        let port = free_port();
        let _silent = [first, second].map(|ip| silent_on((ip, port).into()));
        let began = Instant::now();
        let command = format!("tcp-client -w 1s {NAME} {port}");
        let Some(skat) = with_addresses(&pair, &command) else { return };
        let finished = skat.run();
        finished.assert_status(6);
        for ip in [first, second] {
            let address = SocketAddr::new(ip, port);
            finished.assert_told(&format!("{address}: no answer in time"));
        }
        assert!(began.elapsed() >= Duration::from_secs(1));
        assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
    }
}

/// An address of a link means nothing without its interface, which is told with it. One that has just
/// been brought up may lose a datagram.
#[test]
fn an_address_may_have_a_zone() {
    for (protocol, ends, whom) in
        [("tcp", "", "with"), ("udp", "--replies 1 --after-eof 2", "bytes from")]
    {
        let run = format!(
            r#"for address in "$SKAT_ADDR" "fe80::7%near $SKAT_PORT"; do
                until echo $address | "$SKAT" {protocol}-client {ends} -v $address; do :; done
            done"#
        );
        let server =
            format!(r#"exec "$SKAT" {protocol}-server -v --echo --run "$RUN" fe80::7%near 0"#);
        let Some(skat) = on_private_network(&server) else { return };
        let finished = skat.env("RUN", run).run();
        finished.assert_status(0);
        let answers = String::from_utf8(finished.stdout.clone()).unwrap();
        let [address, words] = answers.lines().collect::<Vec<_>>()[..] else {
            panic!("{answers}{}", finished.stderr)
        };
        assert!(address.starts_with("[fe80::7%near]:"), "{answers}");
        assert!(words.starts_with("fe80::7%near "), "{answers}");
        finished.assert_told(&format!("listening on {address}\n"));
        finished.assert_told(&format!("{whom} {address}"));
        assert!(!finished.stderr.contains("[fe80::7]"), "{}", finished.stderr);
    }
}

#[test]
fn a_source_port_serves_the_next_address_while_the_first_holds_it() {
    for pair in PAIRS {
        let (_silent, listener) = silent_and_answering(pair);
        let (port, source) = (listener.address().port(), refusing_address().port());
        let command = format!("tcp-client -s :{source} -O linger=0 {NAME} {port}");
        let Some(skat) = with_addresses(&pair, &command) else { return };
        let mut skat = skat.start();
        let mut peer = listener.accept();
        assert_eq!(peer.remote().port(), source);
        peer.send("answer");
        skat.wait_for_stdout("answer");
        peer.finish();
        skat.close_stdin();
        skat.finish().assert_status(0).assert_silent();
    }
}

#[test]
fn a_server_serves_each_address_on_one_port() {
    let addresses = ["::1", "127.0.0.1", "127.0.0.2"];
    let skat = with_addresses(&addresses, &format!("tcp-server --echo {NAME} 0"));
    let Some(skat) = skat.map(Skat::listen) else { return };
    for host in addresses {
        let mut peer = Peer::connect(SocketAddr::new(host.parse().unwrap(), skat.address.port()));
        peer.send("hello");
        peer.expect("hello");
    }
    wait_until("a line for each", || skat.stderr().matches("listening on").count() == 3);
    skat.stop();
}

/// A network of its own has so few ports to give away that every other one is taken at the second
/// address.
#[test]
fn a_port_that_is_taken_at_one_address_is_given_up() {
    let script = r#"ip link set lo up; echo 40000 40007 >/proc/sys/net/ipv4/ip_local_port_range
        "$SKAT" tcp-server --echo --quiet --ready-file "$READY" 127.0.0.1 40001 &
        trap "kill $!" EXIT
        until [ -e "$READY" ]; do sleep 0.01; done
        for _ in 1 2 3 4 5 6 7 8; do "$SKAT" tcp-server --echo --run true several.test 0; done"#;
    let folder = tempfile::tempdir().unwrap();
    let options = "--map-root-user --mount --net";
    let Some(skat) = script_with_addresses(&["::1", "127.0.0.1"], options, script) else { return };
    let finished = skat.env("READY", folder.path().join("ready")).run();
    finished.assert_status(0);
    let told = |address: &str| finished.stderr.matches(address).count();
    assert_eq!((told(" [::1]:4000"), told(" 127.0.0.1:4000")), (8, 8), "{}", finished.stderr);
    assert!(!finished.stderr.contains(":40001"), "{}", finished.stderr);
}

/// Each has a share of the time, however short that is. Under load an attempt may begin too late;
/// not in all tries.
#[test]
fn the_last_address_has_its_turn_before_the_time_is_over() {
    let pair = PAIRS[1];
    let (_silent, listener) = silent_and_answering(pair);
    let port = listener.address().port();
    for options in
        ["--after-eof 0 -w 200ms", "--after-eof 0 -w 200ms --retry-for 1s", "-z -w 200ms"]
    {
        let command = format!("tcp-client {options} {NAME} {port}");
        let connects = || Some(with_addresses(&pair, &command)?.run().status.success());
        let mut tries = (0..5).map_while(|_| connects()).peekable();
        assert!(tries.peek().is_none() || tries.any(|connects| connects), "{options}");
    }
}

/// A hosts file often names `::1` where the system has no IPv6, as in a container.
#[test]
fn a_server_leaves_ipv6_out_where_there_is_none() {
    let begin = "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; ip link set lo up";
    let options = "--map-root-user --mount --net";
    for protocol in ["tcp", "udp"] {
        let run = format!(r#"echo hello | "$SKAT" {protocol}-client $SKAT_ADDR"#);
        let serve = format!(r#"exec "$SKAT" {protocol}-server -vv --echo --run '{run}'"#);
        let script = format!("{begin}; {serve} {NAME} 0");
        let Some(skat) = script_with_addresses(&["::1", "127.0.0.1"], options, &script) else {
            return;
        };
        let finished = skat.run();
        finished.assert_status(0).assert_stdout("hello\n").assert_told("on 127.0.0.1:");
        let told = finished.stderr.lines().any(|line| {
            line.contains(" [::1]:") && line.ends_with("requested address, which is left out")
        });
        assert!(told, "{}", finished.stderr);
        let script = format!("{begin}; {serve} ::1 0");
        let skat = script_with_addresses(&["::1"], options, &script).unwrap();
        skat.run().assert_status(9).assert_told(" [::1]:0: cannot assign requested address");
    }
}

/// An address that the machine does not have, or not yet, is none that it may do without.
#[test]
fn a_server_serves_no_others_where_one_is_not_the_machines() {
    for protocol in ["tcp", "udp"] {
        let command = format!("{protocol}-server --echo --run true {NAME} 0");
        let Some(skat) = with_addresses(&["2001:db8::1", "127.0.0.1"], &command) else { return };
        skat.run().assert_status(9).assert_told("[2001:db8::1]:");
    }
}
