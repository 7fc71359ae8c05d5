//! Certificates of clients: demanded of skat, and demanded by it.

use rcgen::date_time_ymd;

use crate::support::tls::{Authority, TlsPeer};
use crate::support::{Listener, client, server};
use crate::tls_trust::accepted_client;

#[test]
fn a_server_may_demand_a_certificate() {
    let authority = Authority::new("A");
    let (identity, ours) = (authority.issue(&["127.0.0.1"]), authority.issue(&["client.example"]));
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13]] {
        let ca = authority.file();
        let demanding = || authority.demanding_server(&identity, versions);
        let known = ["--ca", &ca, "--cert", &ours.cert, "--key", &ours.key];
        accepted_client(demanding(), &known).assert_silent();
        let listener = Listener::new();
        let mut running = client(listener.address(), &["--tls", "--ca", &ca]).start();
        running.close_stdin();
        let mut peer = TlsPeer::server(listener.accept(), demanding());
        assert!(peer.try_shake().is_err());
        drop(peer);
        running.finish().assert_status(7).assert_stdout("").assert_told("TLS alert");
    }
}

#[test]
fn skat_demands_a_certificate_of_its_clients() {
    let authority = Authority::new("A");
    let (identity, known) = (authority.issue(&["127.0.0.1"]), authority.issue(&["c.example"]));
    let others = Authority::new("B");
    let foreign = others.issue(&["c.example"]);
    let ca = authority.file();
    let options = [&identity.options()[..], &["--client-ca", &ca, "--discard", "-v"]].concat();
    let skat = server(&options).listen();
    let ask = |options: &[&str]| {
        let options = [&["--tls", "--ca", &ca], options].concat();
        let mut asking = client(skat.address, &options).start();
        asking.type_in("a byte");
        asking.close_stdin();
        asking.finish()
    };
    ask(&["--cert", &known.cert, "--key", &known.key]).assert_status(0).assert_silent();
    let nameless = ask(&[]);
    nameless.assert_status(7).assert_told("certificate required (it wants to know the client");
    ask(&["--cert", &foreign.cert, "--key", &foreign.key]).assert_status(7);
    let told = skat.stop();
    told.assert_told("subject CN=the peer, issuer CN=A");
    told.assert_told("shown no certificate (0 bytes in, 0 out");
    told.assert_told(
        "which is not trusted here (--client-ca FILE names who is trusted) (0 bytes in",
    );
}

/// Each in either version: that of TLS 1.3 learns of a refusal after its own handshake is done.
#[test]
fn clients_without_a_good_certificate_are_refused() {
    let (authority, others) = (Authority::new("A"), Authority::new("B"));
    let identity = authority.issue(&["127.0.0.1"]);
    let ca = authority.file();
    let old = authority.issue_with(&["old.example"], |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 2, 3);
    });
    let foreign = others.issue(&["foreign.example"]);
    let options = [&identity.options()[..], &["--client-ca", &ca, "--echo", "-v"]].concat();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for (shown, told) in [
            (None, "shown no certificate"),
            (Some(&foreign), "which is not trusted here (--client-ca"),
            (Some(&old), "out of date since 2021-02-03T00:00:00Z"),
        ] {
            let skat = server(&options).listen();
            let config = authority.client_showing(shown, &[version]);
            let mut peer = TlsPeer::client(skat.connect(), config, "127.0.0.1");
            let _ = peer.try_shake();
            peer.receive_error();
            drop(peer);
            skat.stop().assert_told(told).assert_told("(0 bytes in, 0 out");
        }
    }
}
