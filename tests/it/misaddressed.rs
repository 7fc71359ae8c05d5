//! Addresses of another kind, or for another command, where HOST and PORT belong: what to write is
//! told.

use crate::support::hosts::with_addresses;
use crate::support::skat;
use crate::support::unanswering::refusing;
use crate::support::unix::UnixListener;

#[track_caller]
fn assert_refused(lines: &[(&str, &str)]) {
    for (line, told) in lines {
        skat(line.split(' ')).run().assert_status(2).assert_stdout("").assert_told(told);
    }
}

/// Brackets are for IPv6 addresses, and for what nearly is one.
#[test]
fn colons_are_told_from_those_of_ipv6() {
    assert_refused(&[
        ("tcp-client ::1:80:", "'::1:80:': write [IPV6]:PORT"),
        ("tcp-client tls:localhost:443", "write --tls, which TCP has, and HOST:PORT: --tls loc"),
        ("tcp-client TCP:localhost:9", "write HOST:PORT without 'TCP:': localhost:9"),
        ("tcp-server --forward tcp:localhost:80", "--forward: 'tcp:localhost:80': write HOST:PORT"),
        ("udp-server --forward udp:localhost:80", "without 'udp:': localhost:80"),
        ("tcp-client host:80:http", "'host:80:http' is not HOST:PORT: it has a colon too many"),
    ]);
}

#[test]
fn a_path_is_for_the_commands_of_unix_sockets() {
    assert_refused(&[
        ("tcp-client /run/docker.sock", "for a Unix socket: skat unix-client /run/docker.sock"),
        ("udp-client ./d.sock", "for a Unix socket: skat unix-client ./d.sock"),
        ("tcp-client -z unix:d.sock", "for a Unix socket: skat unix-client d.sock"),
        ("tcp-server --echo unix:@echo", "for a Unix socket: skat unix-server @echo"),
        ("tcp-server --forward /run/docker.sock", "a Unix socket: unix:/run/docker.sock"),
        ("tcp-server --forward @echo", "a Unix socket: unix:@echo"),
        // Not there.
        ("udp-server --forward /run/x", "'/run/x' has no port: write HOST:PORT"),
        // A host may have this name.
        ("tcp-client -n unix:80", "'unix' is a name, and --numeric allows no look-up"),
    ]);
}

#[test]
fn a_path_has_no_prefix() {
    let folder = tempfile::tempdir().unwrap();
    let client = || skat(["unix-client", "unix:d.sock"]).directory(folder.path());
    let told = "connect unix:d.sock: no such file or directory (PATH is written without 'unix:')";
    client().run().assert_status(5).assert_told(told);
    let listener = UnixListener::on(folder.path().join("unix:d.sock"));
    let mut skat = client().start();
    skat.close_stdin();
    let mut peer = listener.accept();
    peer.send("by this name");
    peer.finish();
    drop(peer);
    skat.finish().assert_status(0).assert_stdout("by this name");
}

#[test]
fn one_port_is_served_and_one_connected_to() {
    assert_refused(&[
        ("tcp-server --echo localhost 18500,18501", "a server serves one port, not a list"),
        ("udp-server 80,443", "a server serves one port, not a list"),
        ("tcp-server localhost 22-25", "a server serves one port, not a list"),
        ("tcp-server localhost:http,https", "a server serves one port, not a list"),
        ("tcp-client localhost 80,http", "one port; --probe takes a list"),
        ("tcp-server --forward localhost:80,81", "'80,81' is more than one port"),
    ]);
    // Hyphens are for names too: these are looked up.
    skat(["tcp-client", "localhost", "no-such-service"]).run().assert_status(3);
    let (_bound, address) = refusing();
    let client = format!("tcp-client 1-2:{}", address.port());
    let Some(hyphens) = with_addresses(&["127.0.0.1 1-2"], &client) else { return };
    hyphens.run().assert_status(5).assert_told(&address.to_string());
}

#[test]
fn a_relay_is_told_its_target_in_full() {
    assert_refused(&[
        ("tcp-server --forward 38080", "'38080' has no host: write HOST:PORT, such as localhost:3"),
        ("udp-server --forward 53", "'53' has no host"),
    ]);
}

#[test]
fn the_default_host_is_told() {
    for (command, told) in [
        ("tcp-client", "[default: localhost]"),
        ("udp-client", "[default: localhost]"),
        ("tcp-server", "[default: every address of this machine]"),
        ("udp-server", "[default: every address of this machine]"),
    ] {
        let help = String::from_utf8(skat([command, "-h"]).run().stdout).unwrap();
        let host = help.split("  [PORT]").next().unwrap();
        assert!(host.contains(told), "{command}: {help}");
    }
}
