//! TLS: by an authority, by a pin, before and behind a relay.

use super::shown;
use crate::support::programs::program;
use crate::support::tls::Authority;
use crate::support::{client, free_port, server, shell};

#[test]
fn a_pin_is_all_that_a_client_needs() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sent"), "content").unwrap();
    let line = "skat tcp-server --tls 9000 >file";
    let server = shown(line, &[("9000", "127.0.0.1 0")]).directory(folder.path());
    let mut server = server.listen();
    server.close_stdin();
    let told = server.stderr();
    let pin = told.split("--pin ").nth(1).unwrap().split_whitespace().next().unwrap();
    let of_readme = "36d03267e21d85b6e2c8c6bff446aeea8498042eaa266148ff7aabebdca4abf0";
    let line = format!("skat tcp-client --tls --pin {of_readme} host.example 9000 <file");
    let address = server.address.to_string();
    let stand_ins = [(of_readme, pin), ("host.example 9000", &address), ("<file", "<sent")];
    shown(&line, &stand_ins).directory(folder.path()).run().assert_status(0);
    server.finish().assert_status(0);
    assert_eq!(std::fs::read(folder.path().join("file")).unwrap(), b"content");
}

#[test]
fn tls_before_a_server_and_an_authority_to_know_it_by() {
    let authority = Authority::new("authority");
    let identity = authority.issue(&["127.0.0.1"]);
    let plain = server(&["--echo"]).listen();
    let behind = plain.address.to_string();
    let line =
        "skat tcp-server --tls --cert server.pem --key server.key --forward localhost:8080 443";
    let stand_ins = [
        ("server.pem", identity.cert.as_str()),
        ("server.key", &identity.key),
        ("localhost:8080", &behind),
        (" 443", " 127.0.0.1 0"),
    ];
    let secured = shown(line, &stand_ins).listen();
    let line = "skat tcp-client --tls --ca authority.pem host.example 9000";
    let address = secured.address.to_string();
    let stand_ins = [("authority.pem", authority.file()), ("host.example 9000", address.clone())];
    let stand_ins = stand_ins.each_ref().map(|(shown, real)| (*shown, real.as_str()));
    let mut running = shown(line, &stand_ins).start();
    running.type_in("hello\n");
    running.close_stdin();
    running.finish().assert_status(0).assert_stdout("hello\n");

    // The authority is put among those that the system knows.
    let line = "skat tcp-server --forward tls:host.example:443 localhost 8080";
    let stand_ins = [("host.example:443", address.as_str()), ("localhost 8080", "127.0.0.1 0")];
    let relay = shown(line, &stand_ins).env("SSL_CERT_FILE", authority.file()).listen();
    let mut running = client(relay.address, &[]).start();
    running.type_in("hello\n");
    running.close_stdin();
    running.finish().assert_status(0).assert_stdout("hello\n");
    for skat in [relay, secured, plain] {
        skat.stop();
    }
}

/// As openssl(1) serves it, and as openssl reads it.
#[test]
fn a_servers_certificate_is_shown() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["localhost"]);
    let port = free_port().to_string();
    let arguments = ["s_server", "-quiet", "-naccept", "1", "-accept", &port];
    let files = ["-cert", identity.cert.as_str(), "-key", &identity.key];
    let Some(openssl) = program("openssl", &[&arguments[..], &files].concat()) else { return };
    let openssl = openssl.start();
    let line = "skat tcp-client --tls --insecure -v --after-eof 0 host.example https </dev/null";
    let address = format!("--retry-for 20s localhost {port}");
    let asking = shown(line, &[("host.example https", &address)]).run();
    let script = format!("openssl x509 -in {} -noout -fingerprint -sha256", identity.cert);
    let wanted = shell(&script).run().stdout;
    let wanted = String::from_utf8(wanted).unwrap().replace(':', "").to_lowercase();
    let fingerprint = wanted.trim().rsplit('=').next().unwrap();
    asking.assert_status(0).assert_stdout("");
    let connected = asking.stderr.lines().find(|line| line.contains("connected")).unwrap();
    for part in ["subject CN=the peer, issuer CN=A", "not_after ", fingerprint] {
        assert!(connected.contains(part), "{part}: {connected}");
    }
    openssl.finish();
}
