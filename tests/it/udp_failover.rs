//! UDP and a name with several addresses: the next gets what the first refuses.

use std::net::{Ipv6Addr, SocketAddr};

use crate::support::hosts::{NAME, with_addresses};
use crate::support::{Running, Skat, UdpPeer, refusing_address, wait_until};

/// skat with these arguments, to which the name is ::1 and 127.0.0.1, in this order.
fn with_two_addresses(arguments: &str) -> Option<Skat> {
    with_addresses(&["::1", "127.0.0.1"], arguments)
}

fn client(port: u16, options: &str) -> Option<Running> {
    Some(with_two_addresses(&format!("udp-client {options} {NAME} {port}"))?.start())
}

#[test]
fn what_the_first_address_refuses_goes_to_the_next() {
    for options in ["", "--rate 1M", "-s :0", "--send-only"] {
        let waits = if options == "--send-only" { "" } else { "--replies 3 --after-eof 30s" };
        let peer = UdpPeer::new();
        let skat = client(peer.address().port(), &format!("{options} {waits}"));
        let Some(mut skat) = skat else { return };
        skat.type_in("a\nb\nc\n");
        skat.close_stdin();
        let mut got = Vec::new();
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
    let peer = UdpPeer::new();
    let port = refusing_address().port();
    let options = format!("-s :{port}");
    let Some(mut skat) = client(peer.address().port(), &options) else { return };
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
    let pairs = std::iter::repeat_with(|| {
        let peer = UdpPeer::on((Ipv6Addr::LOCALHOST, 0).into());
        let v4 = SocketAddr::from(([127, 0, 0, 1], peer.address().port()));
        Some((peer, UdpPeer::try_on(v4).ok()?))
    });
    let (peer, silent) = pairs.take(100).flatten().next().expect("a port that is free at both");
    let Some(mut skat) = client(peer.address().port(), "--replies 1") else { return };
    skat.type_in("a\n");
    let client = peer.expect("a\n");
    peer.send_to("A\n", client);
    skat.finish().assert_status(0).assert_stdout("A\n").assert_silent();
    assert!(silent.hears_nothing());
}

#[test]
fn only_when_all_refuse_is_it_refused() {
    for options in ["", "--send-only", "--prompt"] {
        let port = refusing_address().port();
        let Some(mut skat) = client(port, options) else { return };
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
    let port = UdpPeer::new().echo_in_background().port();
    let Some(mut skat) = client(port, "--prompt=") else { return };
    skat.type_in("a\nb\n\n");
    skat.finish().assert_status(0).assert_stdout("a\nb\n").assert_silent();
}

#[test]
fn a_server_on_a_name_serves_each_of_its_addresses() {
    let skat = with_two_addresses(&format!("udp-server --echo {NAME} 0"));
    let Some(skat) = skat.map(Skat::listen) else { return };
    for host in ["::1", "127.0.0.1"] {
        let address = SocketAddr::new(host.parse().unwrap(), skat.address.port());
        let peer = UdpPeer::of(address);
        peer.send("hello");
        assert_eq!(peer.expect("hello"), address);
    }
    wait_until("both lines", || skat.stderr().matches("listening on").count() == 2);
    skat.stop();
}
