//! The same bytes over TLS with other people's programs: openssl, ncat and socat, in both roles;
//! keys as openssl writes them.

use std::process::Command;

use crate::support::programs::program;
use crate::support::tls::{Authority, Identity};
use crate::support::{Running, Skat, client, free_port, pattern, server, wait_until};

/// An authority and a certificate for this machine.
fn made() -> (Authority, Identity) {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1", "localhost"]);
    (authority, identity)
}

/// A client that waits for another program's server.
fn client_of(port: &str, authority: &Authority, options: &[&str]) -> Skat {
    let ca = authority.file();
    let options = [&["--tls", "--ca", &ca, "--retry-for", "20"], options].concat();
    client(format!("127.0.0.1:{port}").parse().unwrap(), &options)
}

/// Bytes without what openssl takes for its commands at the beginning of a line; more than a
/// record, and no more than a pipe takes at once.
fn text() -> Vec<u8> {
    b"a line like any other\n".repeat(2000)
}

/// skat says all, then the other does, then skat ends and the other with it. (Who writes to openssl
/// before it has heard anything may leave it waiting in a read.)
fn exchange(mut skat: Running, mut other: Running) {
    let bytes = text();
    skat.type_in(&bytes);
    wait_until("all of it", || other.stdout().len() >= bytes.len());
    other.type_in(&bytes);
    skat.wait_for_stdout(&bytes);
    skat.close_stdin();
    other.close_stdin();
    let (skat, other) = (skat.finish(), other.finish());
    skat.assert_status(0).assert_stdout(&bytes);
    other.assert_stdout(&bytes);
}

#[test]
fn openssl_connects() {
    let (authority, identity) = made();
    for version in ["-tls1_2", "-tls1_3"] {
        let skat = server(&identity.options()).listen();
        let (ca, address) = (authority.file(), skat.address.to_string());
        let arguments = ["s_client", "-quiet", "-verify_return_error", version, "-CAfile", &ca];
        let arguments = [&arguments[..], &["-connect", &address]].concat();
        let Some(openssl) = program("openssl", &arguments) else { return };
        exchange(skat, openssl.start());
    }
}

#[test]
fn openssl_listens() {
    let (authority, identity) = made();
    for version in ["-tls1_2", "-tls1_3"] {
        let port = free_port().to_string();
        let arguments = ["s_server", "-quiet", version, "-naccept", "1", "-accept", &port];
        let arguments =
            [&arguments[..], &["-cert", &identity.cert, "-key", &identity.key]].concat();
        let Some(openssl) = program("openssl", &arguments) else { return };
        let openssl = openssl.start();
        exchange(client_of(&port, &authority, &[]).start(), openssl);
    }
}

/// openssl demands a certificate, and gets it.
#[test]
fn openssl_knows_the_client() {
    let (authority, identity) = made();
    let ours = authority.issue(&["client.example"]);
    let (port, ca) = (free_port().to_string(), authority.file());
    let arguments = ["s_server", "-quiet", "-Verify", "1", "-verify_return_error", "-CAfile", &ca];
    let files = ["-cert", &identity.cert, "-key", &identity.key, "-naccept", "1", "-accept", &port];
    let Some(openssl) = program("openssl", &[&arguments[..], &files].concat()) else { return };
    let openssl = openssl.start();
    let known = ["--cert", &ours.cert, "--key", &ours.key];
    exchange(client_of(&port, &authority, &known).start(), openssl);
}

/// ncat ends without close_notify.
#[test]
fn ncat_connects() {
    let (_authority, identity) = made();
    let options = [&identity.options()[..], &["--ignore-unexpected-eof"]].concat();
    let skat = server(&options).listen();
    let port = skat.address.port().to_string();
    let Some(ncat) = program("ncat", &["--ssl", "127.0.0.1", &port]) else { return };
    exchange(skat, ncat.start());
}

#[test]
fn ncat_listens() {
    let (authority, identity) = made();
    let port = free_port().to_string();
    let files = ["--ssl-cert", &identity.cert, "--ssl-key", &identity.key];
    let arguments = [&["--ssl", "-l", "127.0.0.1", &port], &files[..]].concat();
    let Some(ncat) = program("ncat", &arguments) else { return };
    let ncat = ncat.start();
    exchange(client_of(&port, &authority, &["--ignore-unexpected-eof"]).start(), ncat);
}

#[test]
fn socat_connects() {
    let (authority, identity) = made();
    let skat = server(&identity.options()).listen();
    let address =
        format!("OPENSSL:{},cafile={},commonname=localhost", skat.address, authority.file());
    let Some(socat) = program("socat", &["-t", "20", "-", &address]) else { return };
    exchange(skat, socat.start());
}

#[test]
fn socat_listens() {
    let (authority, identity) = made();
    let port = free_port().to_string();
    let address = format!(
        "OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,cert={},key={},verify=0",
        identity.cert, identity.key
    );
    let Some(socat) = program("socat", &["-t", "20", "-", &address]) else { return };
    let socat = socat.start();
    exchange(client_of(&port, &authority, &[]).start(), socat);
}

/// PKCS#1 and SEC1 beside the PKCS#8 of all other tests, and the key in the certificate's file.
#[test]
fn keys_come_in_three_forms() {
    let authority = Authority::new("A");
    let kinds = [
        ("rsa", "openssl genrsa -traditional 2048", "BEGIN RSA PRIVATE KEY"),
        ("sec1", "openssl ecparam -genkey -name prime256v1", "BEGIN EC PRIVATE KEY"),
        (
            "pkcs8",
            "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
            "BEGIN PRIVATE KEY",
        ),
    ];
    for (name, make, form) in kinds {
        let (key, cert) = (authority.path(&format!("{name}.key")), authority.path(name));
        let script = format!(
            "{make} >{key} 2>/dev/null && openssl req -x509 -new -key {key} -out {cert} -days 2 \
             -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
        );
        if program("openssl", &[]).is_none() {
            return;
        }
        let made = Command::new("/bin/sh").args(["-c", &script]).status().unwrap();
        assert!(made.success());
        let text = std::fs::read_to_string(&key).unwrap();
        assert!(text.contains(form), "{text}");
        let both = authority.write("both", &(text + &std::fs::read_to_string(&cert).unwrap()));
        for options in [&["--cert", &cert, "--key", &key][..], &["--cert", &both]] {
            let options = [&["--tls", "--echo"], options].concat();
            let skat = server(&options).listen();
            let mut asking = client(skat.address, &["--tls", "--ca", &cert]).start();
            let data = pattern(100_000);
            let typing = asking.type_all(&data);
            asking.finish().assert_status(0).assert_stdout(&data);
            typing.join().unwrap();
            skat.stop();
        }
    }
}
