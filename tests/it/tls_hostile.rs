//! TLS with peers that are strange or mean harm, and ends that must not be mistaken for others.

use nix::sys::signal::Signal;
use rcgen::{DnType, DnValue, string::BmpString};
use rustls::ALL_VERSIONS;

use crate::support::process::peak_memory;
use crate::support::programs::program;
use crate::support::tls::{Authority, Identity, TlsPeer, connect, converse_tls, serve};
use crate::support::{Role, Running, Way, client, pattern, server, wait_until};

/// Who only sends, and closes without having read: a ticket that lies unread would have the
/// system reset the connection, and what was sent be lost.
#[test]
fn nothing_is_sent_that_nobody_asked_for() {
    let versions = [&rustls::version::TLS13];
    let (mut skat, mut peer) = converse_tls(Role::Server, &["--no-stdin"], Way::Fast, &versions);
    let bytes = pattern(3 << 20);
    assert_eq!(peer.peer.unread(), 0);
    peer.send(&bytes);
    assert_eq!(peer.peer.unread(), 0);
    peer.finish();
    drop(peer);
    skat.close_stdin();
    skat.finish().assert_status(0).assert_stdout(&bytes).assert_silent();
}

/// Every service and conversation that ends well says so, and the ones that are stopped too.
#[test]
fn every_clean_end_is_a_close_notify() {
    let handlers: [&[&str]; 5] =
        [&["--echo"], &["--discard"], &["--stamp"], &["--sh-exec", "cat"], &["--chat"]];
    for handler in handlers {
        let (skat, authority) = serve(&[handler, &["-v"]].concat());
        let mut peer = connect(&skat, &authority).shake();
        peer.finish();
        if handler != ["--chat"] {
            assert_eq!(peer.receive_to_end(), b"", "{handler:?}");
        }
        let mut stopped = connect(&skat, &authority).shake();
        wait_until("it is verified", || skat.stderr().matches("skat: connected").count() == 2);
        skat.signal(Signal::SIGTERM);
        assert_eq!(stopped.receive_to_end(), b"", "{handler:?}");
        skat.finish().assert_died_of(Signal::SIGTERM);
    }
    for role in [Role::Client, Role::Server] {
        let (skat, mut peer) = converse_tls(role, &[], Way::Fast, ALL_VERSIONS);
        peer.send("here");
        skat.wait_for_stdout("here");
        skat.signal(Signal::SIGINT);
        assert_eq!(peer.receive_to_end(), b"", "{role:?}");
        drop(peer);
        skat.finish().assert_died_of(Signal::SIGINT);
    }
}

/// A truncated transfer is one whatever the handler is.
#[test]
fn truncation_is_told_by_every_service() {
    let handlers: [&[&str]; 4] =
        [&["--echo"], &["--discard"], &["--stamp"], &["--sh-exec", "cat >/dev/null"]];
    for handler in handlers {
        let (skat, authority) = serve(&[handler, &["--once"]].concat());
        let mut peer = connect(&skat, &authority).shake();
        peer.send("cut o");
        peer.peer.finish();
        let finished = skat.finish();
        finished.assert_told("without a TLS close_notify").assert_status(1);
    }
}

/// What a certificate says is a peer's text like any other.
#[test]
fn subjects_are_escaped() {
    let authority = Authority::new("A");
    let nasty = "red \u{1b}[31m\nskat: forged \"quoted\" \u{202e}";
    let identity = authority.issue_with(&["127.0.0.1"], |params| {
        params.distinguished_name.push(DnType::CommonName, nasty);
        let name = BmpString::try_from("a\u{7}b").unwrap();
        params.distinguished_name.push(DnType::OrganizationName, DnValue::BmpString(name));
    });
    let skat = server(&[&identity.options()[..], &["--echo"]].concat()).listen();
    let ca = authority.file();
    for (form, trust) in
        [("text", &["--ca", &ca][..]), ("json", &["--ca", &ca]), ("text", &["--insecure"])]
    {
        let options = [&["--tls", "-v", "--log", form], trust].concat();
        let finished = client(skat.address, &options).run();
        finished.assert_status(0).assert_told("forged");
        for line in finished.stderr.lines() {
            assert!(!line.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{line:?}");
            assert!(!line.starts_with("skat: forged"), "{line:?}");
            if form == "json" {
                serde_json::from_str::<serde_json::Value>(line).unwrap();
            }
        }
    }
    skat.stop();
}

/// Certificates of many names, up to more than the protocol's implementations take.
#[test]
fn certificates_may_be_large() {
    let authority = Authority::new("A");
    for (count, status) in [(1000, 0), (20_000, 7)] {
        let names: Vec<String> = (0..count).map(|it| format!("host-{it}.example")).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names[0] = "127.0.0.1";
        let identity = authority.issue(&names);
        let Some(openssl) = listen_by_openssl(&identity) else { return };
        let (running, port) = openssl;
        let address = format!("127.0.0.1:{port}").parse().unwrap();
        let options = ["--tls", "--ca", &authority.file(), "--retry-for", "10"];
        let finished = client(address, &options).run();
        assert_eq!(finished.status.code(), Some(status), "{}", finished.stderr);
        drop(running);
    }
}

fn listen_by_openssl(identity: &Identity) -> Option<(Running, String)> {
    let port = crate::support::free_port().to_string();
    let files = ["-cert", &identity.cert, "-key", &identity.key, "-accept", &port];
    let arguments = [&["s_server", "-quiet", "-www"], &files[..]].concat();
    Some((program("openssl", &arguments)?.start(), port))
}

/// Each update costs a key: who wants nothing else is sent away, and the others are served.
#[test]
fn a_flood_of_key_updates_ends_the_connection() {
    let (skat, authority) = serve(&["--echo", "-v"]);
    let mut flood = connect(&skat, &authority).shake();
    for _ in 0..100 {
        if flood.connection.refresh_traffic_keys().is_err() {
            break;
        }
    }
    let mut records = Vec::new();
    while flood.connection.wants_write() {
        flood.connection.write_tls(&mut records).unwrap();
    }
    let _ = flood.peer.try_send(&records);
    flood.receive_error();
    let mut other = connect(&skat, &authority).shake();
    other.send("ping");
    other.expect("ping");
    skat.stop().assert_told("too many key update requests");
}

/// A connection that is idle holds no more than its keys.
#[test]
fn idle_connections_are_small() {
    let (skat, authority) = serve(&["--echo"]);
    let config = std::sync::Arc::new(authority.client(ALL_VERSIONS));
    let mut idle = Vec::new();
    let mut connect = |count| {
        for _ in 0..count {
            let name = rustls::pki_types::ServerName::try_from("127.0.0.1").unwrap();
            let connection = rustls::ClientConnection::new(config.clone(), name).unwrap();
            let mut peer = TlsPeer { connection: connection.into(), peer: skat.connect() }.shake();
            peer.send("ping");
            peer.expect("ping");
            idle.push(peer);
        }
        peak_memory(skat.id())
    };
    // In MiB.
    let (few, many) = (connect(20), connect(300));
    assert!(many - few <= 4, "{} MiB for 300", many - few);
    skat.stop();
}

/// Names that no certificate has, but that clients ask for all the same.
#[test]
fn odd_server_names_are_no_obstacle() {
    let (skat, authority) = serve(&["--echo"]);
    let address = skat.address.to_string();
    for name in ["127.0.0.1", "under_score", "trailing.dot.", "xn--bcher-kva.example"] {
        let ca = authority.file();
        let arguments = ["s_client", "-quiet", "-verify_return_error", "-CAfile", &ca];
        let arguments = [&arguments[..], &["-servername", name, "-connect", &address]].concat();
        let Some(openssl) = program("openssl", &arguments) else { return };
        let mut openssl = openssl.start();
        openssl.type_in("hello\n");
        openssl.wait_for_stdout("hello\n");
        openssl.close_stdin();
    }
    skat.stop();
}

/// A key that a passphrase protects is not taken for a file without one.
#[test]
fn encrypted_keys_are_refused_by_name() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    for (form, name) in [(&["-traditional"][..], "older.key"), (&[], "pkcs8.key")] {
        let path = authority.path(name);
        let files = ["-in", &identity.key, "-out", &path, "-aes128", "-passout", "pass:secret"];
        let Some(openssl) = program("openssl", &[&["pkey"], &files[..], form].concat()) else {
            return;
        };
        openssl.run().assert_status(0);
        let options = ["--tls", "--cert", &identity.cert, "--key", &path];
        server(&options).run().assert_status(2).assert_told("the key is encrypted");
    }
    let options = ["--tls", "--cert", &identity.cert, "--key", "/"];
    server(&options).run().assert_status(2).assert_told("--key /: is a directory");
}
