//! Who is trusted: names, dates, authorities, pins, protocols. Where
//! verification fails no byte of either side's is seen by the other.

use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::{ALL_VERSIONS, ServerConfig};

use crate::support::tls::{Authority, Identity, TlsPeer};
use crate::support::{Finished, Listener, Skat, client, server, skat};

/// skat as a client of a server with this identity; the server must not hear a byte of it.
fn refused_client(identity: &Identity, options: &[&str]) -> Finished {
    let listener = Listener::new();
    let port = listener.address().port().to_string();
    let arguments = [&["tcp-client", "--tls"], options, &["127.0.0.1", &port]].concat();
    refused(skat(arguments), &listener, identity)
}

fn refused(client: Skat, listener: &Listener, identity: &Identity) -> Finished {
    let mut running = client.start();
    running.type_in("a secret");
    let mut peer = TlsPeer::server(listener.accept(), identity.server(ALL_VERSIONS));
    // Whatever the server's side of the handshake makes of the alert, it hears nothing.
    let _ = peer.try_shake();
    peer.receive_error();
    drop(peer);
    let finished = running.finish();
    finished.assert_status(7).assert_stdout("");
    finished
}

/// skat as a client that accepts the server.
pub fn accepted_client(config: ServerConfig, options: &[&str]) -> Finished {
    let listener = Listener::new();
    let port = listener.address().port().to_string();
    let arguments = [&["tcp-client", "--tls"], options, &["127.0.0.1", &port]].concat();
    accepted(skat(arguments), &listener, config)
}

fn accepted(client: Skat, listener: &Listener, config: ServerConfig) -> Finished {
    let mut running = client.start();
    let mut peer = TlsPeer::server(listener.accept(), config).shake();
    running.type_in("hello");
    running.close_stdin();
    assert_eq!(peer.receive_to_end(), b"hello");
    peer.send("and goodbye");
    peer.finish();
    let finished = running.finish();
    finished.assert_status(0).assert_stdout("and goodbye");
    finished
}

#[test]
fn a_certificate_for_the_address_or_the_name_is_accepted() {
    let authority = Authority::new("A");
    let ca = authority.file();
    for (names, server_name) in [
        (&["127.0.0.1"][..], "127.0.0.1"),
        (&["a.example", "b.example"], "b.example"),
        (&["*.a.example"], "any.a.example"),
    ] {
        let identity = authority.issue(names);
        let options = ["--ca", &ca, "--server-name", server_name];
        accepted_client(identity.server(ALL_VERSIONS), &options).assert_silent();
    }
    let by_address = authority.issue(&["127.0.0.1"]);
    accepted_client(by_address.server(ALL_VERSIONS), &["--ca", &ca]).assert_silent();
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new("A");
    let ca = authority.file();
    for (names, server_name) in [
        (&["a.example", "127.0.0.2"][..], "127.0.0.1"),
        (&["a.example"], "b.example"),
        (&["::1", "127.0.0.2"], "127.0.0.1"),
        (&["*.a.example"], "two.levels.a.example"),
        (&["*.a.example"], "a.example"),
    ] {
        let identity = authority.issue(names);
        let finished = refused_client(&identity, &["--ca", &ca, "--server-name", server_name]);
        finished.assert_told(&format!("is not for {server_name}, but for {}", names[0]));
    }
}

/// Of a certificate that may not vouch for others, only the certificate itself is trusted.
#[test]
fn who_may_not_vouch_for_others_is_no_authority() {
    let folder = Authority::new("A");
    for (is_ca, usages) in [
        (IsCa::ExplicitNoCa, vec![KeyUsagePurpose::DigitalSignature]),
        (IsCa::NoCa, vec![]),
        (IsCa::Ca(BasicConstraints::Unconstrained), vec![KeyUsagePurpose::DigitalSignature]),
    ] {
        let (key, issued_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut params = CertificateParams::new(["a.example".to_owned()]).unwrap();
        (params.is_ca, params.key_usages) = (is_ca, usages);
        let ca = folder.write("leaf.pem", &params.self_signed(&key).unwrap().pem());
        let leaf =
            Identity { cert: ca.clone(), key: folder.write("leaf.key", &key.serialize_pem()) };
        // What its key can do all the same.
        params.key_usages.clear();
        let authority = Issuer::new(params, key);
        let issued = CertificateParams::new(["b.example".to_owned()]).unwrap();
        let issued = issued.signed_by(&issued_key, &authority).unwrap();
        let issued = Identity {
            cert: folder.write("issued.pem", &issued.pem()),
            key: folder.write("issued.key", &issued_key.serialize_pem()),
        };

        let other = ["--ca", &ca, "--server-name", "b.example"];
        refused_client(&issued, &other).assert_told("not trusted here");
        let itself = ["--ca", &ca, "--server-name", "a.example"];
        accepted_client(leaf.server(ALL_VERSIONS), &itself).assert_silent();
        // The same where the system knows it.
        let listener = Listener::new();
        let client = client(listener.address(), &["--tls", "--server-name", "b.example"])
            .env("SSL_CERT_FILE", &ca)
            .env("SSL_CERT_DIR", "");
        refused(client, &listener, &issued).assert_told("not trusted here");
        let told = server(&["--tls", "--discard", "--client-ca", &ca]).run();
        told.assert_status(2).assert_told("that is not an authority's");
    }
}

/// As with --ca, and as openssl takes it, whose `req -x509` makes certificates of authorities.
#[test]
fn a_certificate_that_the_system_knows_itself_is_accepted() {
    let folder = Authority::new("A");
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let itself = Identity {
        cert: folder.write("itself.pem", &params.self_signed(&key).unwrap().pem()),
        key: folder.write("itself.key", &key.serialize_pem()),
    };
    let listener = Listener::new();
    let client = client(listener.address(), &["--tls"])
        .env("SSL_CERT_FILE", &itself.cert)
        .env("SSL_CERT_DIR", "");
    accepted(client, &listener, itself.server(ALL_VERSIONS)).assert_silent();
}

#[test]
fn dates_are_looked_at() {
    let authority = Authority::new("A");
    let ca = authority.file();
    let old = authority.issue_with(&["127.0.0.1"], |params| {
        (params.not_before, params.not_after) =
            (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 2, 3));
    });
    let finished = refused_client(&old, &["--ca", &ca]);
    finished.assert_told("out of date since 2021-02-03T00:00:00Z");
    let early = authority.issue_with(&["127.0.0.1"], |params| {
        params.not_before = date_time_ymd(2999, 1, 1);
    });
    let finished = refused_client(&early, &["--ca", &ca]);
    finished.assert_told("not valid before 2999-01-01T00:00:00Z");
}

#[test]
fn a_certificate_of_somebody_else_is_refused() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let identity = theirs.issue(&["127.0.0.1"]);
    let finished = refused_client(&identity, &["--ca", &ours.file()]);
    finished.assert_told("CN=theirs, which is not trusted here (--ca FILE");
    // The system does not know them either.
    let finished = refused_client(&identity, &[]);
    finished.assert_told("CN=theirs, which is not trusted here");
}

/// The system's authorities are those of a file that the environment names.
#[test]
fn the_system_may_know_the_authority() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    let listener = Listener::new();
    let running = client(listener.address(), &["--tls"])
        .env("SSL_CERT_FILE", authority.file())
        .env("SSL_CERT_DIR", "")
        .start();
    let mut peer = TlsPeer::server(listener.accept(), identity.server(ALL_VERSIONS)).shake();
    peer.finish();
    drop(peer);
    let mut running = running;
    running.close_stdin();
    running.finish().assert_status(0).assert_silent();
}

/// A certificate made by hand vouches for itself.
#[test]
fn a_self_signed_certificate_given_as_ca_is_accepted() {
    let authority = Authority::new("A");
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let identity = Identity {
        cert: authority.write("self.pem", &certificate.pem()),
        key: authority.write("self.key", &key.serialize_pem()),
    };
    let options = ["--ca", &identity.cert];
    accepted_client(identity.server(ALL_VERSIONS), &options).assert_silent();
    let other_name = ["--ca", &identity.cert, "--server-name", "b.example"];
    refused_client(&identity, &other_name).assert_told("is not for b.example");
}

#[test]
fn a_pin_accepts_one_certificate_and_no_other() {
    let skat = server(&["--tls", "--echo"]).listen();
    let told = skat.stderr();
    let (_, rest) = told.split_once("--pin ").expect("the certificate is told");
    let pin = rest.split_whitespace().next().unwrap().to_owned();
    let ask = |pin: &str| {
        let mut asking = client(skat.address, &["--tls", "--pin", pin]).start();
        asking.type_in("ping");
        asking.close_stdin();
        asking.finish()
    };
    ask(&pin).assert_status(0).assert_stdout("ping").assert_silent();
    // As openssl writes it.
    let pairs: Vec<String> = pin
        .to_uppercase()
        .as_bytes()
        .chunks(2)
        .map(|it| String::from_utf8_lossy(it).into())
        .collect();
    ask(&pairs.join(":")).assert_status(0).assert_stdout("ping");
    let other = pin.chars().rev().collect::<String>();
    let refused = ask(&other);
    refused.assert_status(7).assert_stdout("").assert_told(&format!("not the one of --pin: {pin}"));
    let usage = ask("abc");
    usage.assert_status(2).assert_told("64 hexadecimal digits");
    skat.stop().assert_told("made a certificate");
}

#[test]
fn insecure_accepts_anybody_and_says_so() {
    let skat = server(&["--tls", "--echo"]).listen();
    let told = skat.stderr();
    let pin = told.split_once("--pin ").unwrap().1.split_whitespace().next().unwrap().to_owned();
    let mut asking = client(skat.address, &["--tls", "--insecure"]).start();
    asking.type_in("ping");
    asking.close_stdin();
    let finished = asking.finish();
    finished.assert_status(0).assert_stdout("ping").assert_told("not verified (--insecure)");
    finished.assert_told(&pin);
    skat.stop();
}

/// A host that no certificate can be for, where nobody looks for its name.
#[test]
fn a_name_matters_only_where_it_is_verified() {
    let serving = server(&["--tls", "--echo"]).listen();
    let ask = |trust: &[&str]| {
        let port = serving.address.port().to_string();
        let mut asking = skat([&["tcp-client", "--tls", "127.1", &port], trust].concat()).start();
        asking.type_in("ping");
        asking.close_stdin();
        asking.finish()
    };
    ask(&["--insecure"]).assert_status(0).assert_stdout("ping");
    ask(&[]).assert_status(2).assert_told("no certificate can be for '127.1'");
    ask(&["--insecure", "--server-name", "a b"]).assert_status(2);
    serving.stop();
}

#[test]
fn protocols_are_agreed_on() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    let ca = authority.file();
    let options = [&identity.options()[..], &["--alpn", "h2,http/1.1", "--echo", "-v"]].concat();
    let skat = server(&options).listen();
    let ask = |alpn: &str| {
        let mut asking =
            client(skat.address, &["--tls", "--ca", &ca, "-v", "--alpn", alpn]).start();
        asking.type_in("ping");
        asking.close_stdin();
        asking.finish()
    };
    ask("http/1.1,h2").assert_status(0).assert_told("alpn h2");
    ask("http/1.1").assert_status(0).assert_told("alpn http/1.1");
    ask("smtp").assert_status(7).assert_stdout("").assert_told("speaks none of --alpn");
    skat.stop().assert_told("have no protocol in common");
    // A server that has none to choose from would take what is sent for something else.
    let refused = refused_client(&identity, &["--ca", &ca, "--alpn", "h2"]);
    refused.assert_told("chose none of the protocols in --alpn");
}

#[test]
fn an_old_version_may_be_refused() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    let ca = authority.file();
    let old = || identity.server(&[&rustls::version::TLS12]);
    accepted_client(old(), &["--ca", &ca]).assert_silent();
    let listener = Listener::new();
    let running = client(listener.address(), &["--tls", "--ca", &ca, "--tls-min", "1.3"]).start();
    let mut peer = TlsPeer::server(listener.accept(), old());
    assert!(peer.try_shake().is_err());
    drop(peer);
    running.finish().assert_status(7).assert_stdout("").assert_told("protocol version");
}

#[test]
fn files_that_are_no_good_are_usage_errors() {
    let authority = Authority::new("A");
    let (one, other) = (authority.issue(&["one.example"]), authority.issue(&["other.example"]));
    let empty = authority.write("empty.pem", "nothing here\n");
    let cases: [(&[&str], &str); 5] = [
        (&["--cert", "/nonexistent", "--key", &one.key], "--cert /nonexistent: no such file"),
        (&["--cert", &one.cert, "--key", &other.key], "the key is not that of the certificate"),
        (&["--cert", &one.cert], "it holds no private key (--key FILE)"),
        (&["--cert", &empty, "--key", &one.key], "it holds no certificate"),
        (&["--client-ca", &empty], "it holds no certificate"),
    ];
    for (options, told) in cases {
        let options = [&["--tls"], options].concat();
        server(&options).run().assert_status(2).assert_told(told);
    }
    let refused: [(&[&str], &str); 4] = [
        (&["--ca", &one.cert], "--tls"),
        (&["--tls", "--key", &one.key], "--cert"),
        (&["--tls", "--insecure", "--ca", &one.cert], "cannot be used with"),
        (&["--tls", "--ca", "/nonexistent"], "--ca /nonexistent: no such file"),
    ];
    for (options, told) in refused {
        let client: Skat = client("127.0.0.1:9".parse().unwrap(), options);
        client.run().assert_status(2).assert_told(told);
    }
}

/// What `openssl req -x509` makes is an authority too, and is known by --ca or --pin.
#[test]
fn a_certificate_that_vouches_for_itself() {
    let folder = Authority::new("A");
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let itself = params.self_signed(&key).unwrap();
    let cert = folder.write("itself.pem", &itself.pem());
    let identity = Identity { cert, key: folder.write("itself.key", &key.serialize_pem()) };
    let refused = refused_client(&identity, &[]);
    refused.assert_told("is self-signed and not trusted here").assert_told("--ca FILE");
    let pin = refused.stderr.split("--pin ").nth(1).unwrap().split(' ').next().unwrap();
    for options in [["--ca", &identity.cert], ["--pin", pin]] {
        accepted_client(identity.server(ALL_VERSIONS), &options).assert_silent();
    }
}

#[test]
fn a_pin_and_an_authority_must_both_hold() {
    let (authority, other) = (Authority::new("A"), Authority::new("B"));
    let (ca, other_ca) = (authority.file(), other.file());
    let identity = authority.issue(&["127.0.0.1"]);
    let unknown = refused_client(&identity, &["--ca", &other_ca]);
    let pin = unknown.stderr.split("--pin ").nth(1).unwrap().split(' ').next().unwrap();
    let wrong_pin = pin.chars().rev().collect::<String>();
    let trusted = ["--ca", &ca, "--pin", pin];
    accepted_client(identity.server(ALL_VERSIONS), &trusted).assert_silent();
    refused_client(&identity, &["--ca", &ca, "--pin", &wrong_pin]).assert_told("of --pin");
    let other = refused_client(&identity, &["--ca", &other_ca, "--pin", pin]);
    other.assert_told("is vouched for by").assert_told("--pin alone accepts this certificate");
    let other_name = ["--ca", &ca, "--pin", pin, "--server-name", "b.example"];
    refused_client(&identity, &other_name).assert_told("is not for b.example");
}
