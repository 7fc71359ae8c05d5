//! A name with several addresses: the next gets what the first refuses.
//!
//! The order of the addresses is made by a hosts file of the test's own, which skat sees through
//! a mount of its own (unshare(1)).

use std::net::{Ipv6Addr, SocketAddr};

use crate::support::programs::is_usable;
use crate::support::{Running, Skat, UdpPeer, refusing_address, skat::shell, wait_until};

const UNSHARE: [&str; 3] = ["--map-root-user", "--mount", "true"];

/// skat with these arguments, to which `twofold.test` is ::1 and 127.0.0.1, in this order.
fn with_two_addresses(arguments: &str) -> Skat {
    let script = format!(
        r#"exec unshare --map-root-user --mount sh -ec '
            hosts=$(mktemp); printf "::1 twofold.test\n127.0.0.1 twofold.test\n" >"$hosts"
            mount --bind "$hosts" /etc/hosts; rm "$hosts"
            exec "$SKAT" {arguments}'"#
    );
    shell(&script)
}

fn client(port: u16, options: &str) -> Running {
    with_two_addresses(&format!("udp-client {options} twofold.test {port}")).start()
}

#[test]
fn what_the_first_address_refuses_goes_to_the_next() {
    if !is_usable("unshare", &UNSHARE) {
        return;
    }
    let waiting = "--replies 3 --after-eof 30s";
    for options in [waiting, "--send-only", "--rate 1M --after-eof 5s", "-s :0 --after-eof 5s"] {
        let peer = UdpPeer::new();
        let mut skat = client(peer.address().port(), options);
        skat.type_in("a\nb\nc\n");
        skat.close_stdin();
        let mut got = Vec::new();
        // A datagram may come twice, if its refusal was heard of late; none may be missing.
        while !got.ends_with(b"c\n") {
            let (datagram, client) = peer.receive();
            got.extend_from_slice(&datagram);
            peer.send_to(datagram.to_ascii_uppercase(), client);
        }
        assert_eq!(got, b"a\nb\nc\n", "{options}");
        let finished = skat.finish();
        finished.assert_status(0).assert_silent();
        if options != "--send-only" {
            finished.assert_stdout("A\nB\nC\n");
        }
    }
}

#[test]
fn a_fixed_source_port_serves_both_families() {
    if !is_usable("unshare", &UNSHARE) {
        return;
    }
    let peer = UdpPeer::new();
    let port = refusing_address().port();
    let mut skat = client(peer.address().port(), &format!("-s :{port}"));
    skat.type_in("a\n");
    let client = peer.expect("a\n");
    assert_eq!(client.port(), port);
    peer.send_to("A\n", client);
    skat.wait_for_stdout("A\n");
    skat.close_stdin();
    skat.finish().assert_status(0).assert_silent();
}

#[test]
fn the_first_address_is_used_if_it_answers() {
    if !is_usable("unshare", &UNSHARE) {
        return;
    }
    let peer = UdpPeer::on((Ipv6Addr::LOCALHOST, 0).into());
    let v4 = SocketAddr::from(([127, 0, 0, 1], peer.address().port()));
    let Ok(silent) = UdpPeer::try_on(v4) else { return };
    let mut skat = client(peer.address().port(), "--replies 1");
    skat.type_in("a\n");
    let client = peer.expect("a\n");
    peer.send_to("A\n", client);
    skat.finish().assert_status(0).assert_stdout("A\n").assert_silent();
    assert!(silent.hears_nothing());
}

#[test]
fn only_when_all_refuse_is_it_refused() {
    if !is_usable("unshare", &UNSHARE) {
        return;
    }
    for options in ["", "--send-only", "--prompt"] {
        let port = refusing_address().port();
        let mut skat = client(port, options);
        skat.type_in("a\n");
        skat.close_stdin();
        let finished = skat.finish();
        finished.assert_status(5).assert_stdout("");
        finished.assert_told(&format!("[::1]:{port}: connection refused"));
        finished.assert_told(&format!("127.0.0.1:{port}: connection refused"));
    }
}

#[test]
fn a_dialogue_goes_on_with_the_next_address() {
    if !is_usable("unshare", &UNSHARE) {
        return;
    }
    let mut skat = client(UdpPeer::new().echo_in_background().port(), "--prompt=");
    skat.type_in("a\nb\n\n");
    skat.finish().assert_status(0).assert_stdout("a\nb\n").assert_silent();
}

#[test]
fn a_server_on_a_name_serves_each_of_its_addresses() {
    if !is_usable("unshare", &UNSHARE) {
        return;
    }
    let skat = with_two_addresses("udp-server --echo twofold.test 0").listen();
    for host in ["::1", "127.0.0.1"] {
        let address = SocketAddr::new(host.parse().unwrap(), skat.address.port());
        let peer = UdpPeer::of(address);
        peer.send("hello");
        assert_eq!(peer.expect("hello"), address);
    }
    wait_until("both lines", || skat.stderr().matches("listening on").count() == 2);
    skat.stop();
}
