//! What is told of TLS: of a connection in words and as JSON, of keys; and the certificate that a
//! server makes for itself.

use rustls::ALL_VERSIONS;
use serde_json::Value;

use crate::support::programs::is_usable;
use crate::support::tls::{Authority, TlsPeer};
use crate::support::{client, server, shell, skat};

/// A server and a client that know each other tell who the other is, and what was agreed on.
#[test]
fn both_tell_what_was_agreed_on_and_with_whom() {
    let authority = Authority::new("A");
    let (its, ours) = (authority.issue(&["127.0.0.1"]), authority.issue(&["c.example"]));
    let ca = authority.file();
    for form in ["text", "json"] {
        let common = ["--alpn", "echo", "-v", "--log", form];
        let options = [&its.options()[..], &["--client-ca", &ca, "--echo"], &common].concat();
        let skat = server(&options).listen();
        let known = ["--tls", "--ca", &ca, "--cert", &ours.cert, "--key", &ours.key];
        let asking = client(skat.address, &[&known[..], &common].concat()).run();
        asking.assert_status(0);
        for told in [&asking.stderr, &skat.stop().stderr] {
            let line = told.lines().find(|line| line.contains("connected")).expect(told);
            if form == "text" {
                for part in [
                    "tls 1.3, cipher ",
                    "TLS_AES_128_GCM_SHA256",
                    "alpn echo",
                    "subject CN=the peer, issuer CN=A",
                    "not_before ",
                    "not_after ",
                    "fingerprint ",
                ] {
                    assert!(line.contains(part), "{part}: {told}");
                }
                continue;
            }
            let event: Value = serde_json::from_str(line).unwrap();
            for (name, value) in [
                ("tls", "1.3"),
                ("cipher", "TLS_AES_128_GCM_SHA256"),
                ("alpn", "echo"),
                ("subject", "CN=the peer"),
                ("issuer", "CN=A"),
            ] {
                assert_eq!(event[name], value, "{event}");
            }
            assert_eq!(event["fingerprint"].as_str().map(str::len), Some(64));
            assert!(event["not_before"].as_str() < event["not_after"].as_str());
        }
    }
}

#[test]
fn a_server_logs_its_keys_where_the_environment_asks_for_it() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    let path = authority.path("keys");
    let options = [&identity.options()[..], &["--echo"]].concat();
    let skat = server(&options).env("SSLKEYLOGFILE", &path).listen();
    let config = authority.client(ALL_VERSIONS);
    let mut peer = TlsPeer::client(skat.connect(), config, "127.0.0.1").shake();
    peer.send("ping");
    peer.expect("ping");
    let keys = std::fs::read_to_string(&path).unwrap();
    assert!(keys.contains("SERVER_TRAFFIC_SECRET_0 "), "{keys}");
    skat.stop().assert_told("SSLKEYLOGFILE is set");
}

/// It is for whatever name or address a client may know the server by.
#[test]
fn a_self_made_certificate_names_the_host_and_the_address() {
    if !is_usable("openssl", &["version"]) {
        return;
    }
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let host = host.trim();
    for (listens, address) in [("127.0.0.1", "127.0.0.1"), ("::1", "0:0:0:0:0:0:0:1")] {
        let skat = skat(["tcp-server", "--tls", "--echo", listens, "0"]).listen();
        let script = format!(
            "openssl s_client -connect {} </dev/null 2>&1 | openssl x509 -noout -ext subjectAltName",
            skat.address
        );
        let finished = shell(&script).run();
        let names = String::from_utf8(finished.stdout).unwrap();
        for wanted in ["DNS:localhost", host, &format!("IP Address:{address}")] {
            assert!(names.contains(wanted), "{wanted}: {names}{}", finished.stderr);
        }
        skat.stop();
    }
}

/// Whoever opens this file for reading waits for ever.
#[test]
fn the_systems_authorities_are_read_only_where_they_are_asked() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    let (ca, fifo) = (authority.file(), authority.path("fifo"));
    shell(&format!("mkfifo {fifo}")).run().assert_status(0);
    let options = [&identity.options()[..], &["--discard"]].concat();
    let secure = server(&options).env("SSL_CERT_FILE", &fifo).listen();
    let plain = server(&["--discard"]).env("SSL_CERT_FILE", &fifo).listen();
    for (skat, options) in
        [(&plain, &[][..]), (&secure, &["--tls", "--insecure"]), (&secure, &["--tls", "--ca", &ca])]
    {
        client(skat.address, options).env("SSL_CERT_FILE", &fifo).run().assert_status(0);
    }
}
