//! What a server does with verified peers: one conversation after another, and processes. Nothing
//! is begun with a peer before it is verified.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustls::ALL_VERSIONS;

use crate::forward::assert_reset;
use crate::support::process::assert_idle;
use crate::support::programs::program;
use crate::support::tls::{Authority, TlsPeer, connect, serve};
use crate::support::{
    Listener, Peer, Running, assert_same_bytes, client, moments, pattern, process, server,
    wait_until,
};

#[test]
fn one_conversation_after_another_whoever_is_silent() {
    let (mut skat, authority) = serve(&["-k"]);
    let silent = skat.connect();
    let mut plain = skat.connect();
    plain.send("GET / HTTP/1.0\r\n\r\n");
    let mut first = connect(&skat, &authority).shake();
    first.send("first ");
    skat.wait_for_stdout("first ");
    skat.type_in("for the first");
    first.expect("for the first");
    first.finish();
    assert_eq!(first.receive_to_end(), b"");
    drop(first);
    let mut second = connect(&skat, &authority).shake();
    second.send("second");
    skat.wait_for_stdout("first second");
    drop(silent);
    drop(second);
    skat.stop();
}

/// The one peer is who is verified: no stranger takes its place, none is waited for once it has
/// come.
#[test]
fn a_conversation_is_with_the_first_that_is_verified() {
    let (mut skat, authority) = serve(&[]);
    let mut silent = skat.connect();
    let mut plain = skat.connect();
    plain.send("GET / HTTP/1.0\r\n\r\n");
    skat.wait_for_stderr("does not speak TLS");
    client(skat.address, &["--tls"]).run().assert_status(7);
    let mut peer = connect(&skat, &authority).shake();
    silent.expect_end();
    client(skat.address, &[]).run().assert_status(5);
    peer.send("hello");
    skat.wait_for_stdout("hello");
    skat.type_in("and good-bye");
    skat.close_stdin();
    assert_eq!(peer.receive_to_end(), b"and good-bye");
    peer.finish();
    drop(peer);
    skat.finish().assert_status(0).assert_stdout("hello").assert_told("unknown ca");
}

/// With `--once` it is who comes first.
#[test]
fn once_is_for_the_first_that_comes() {
    let (skat, _) = serve(&["--once"]);
    let mut plain = skat.connect();
    plain.send("GET / HTTP/1.0\r\n\r\n");
    plain.finish();
    skat.finish().assert_status(7);
    let (skat, _) = serve(&["--once", "--handshake-timeout", "100ms"]);
    let _silent = skat.connect();
    skat.finish().assert_status(6);
}

/// Strangers are nobody: the time to wait for a peer goes on, and then the run is over.
#[test]
fn strangers_alone_are_nobody() {
    let (skat, _) = serve(&["--accept-timeout", "300ms"]);
    let _silent = skat.connect();
    skat.finish().assert_status(6).assert_told("no client connected in time");
}

/// Two are verified at once; the slower one's conversation follows.
#[test]
fn a_verified_peer_waits_for_the_one_before() {
    let (skat, authority) = serve(&["-k"]);
    let (mut one, mut other) = (connect(&skat, &authority), connect(&skat, &authority));
    // Both have begun when neither is done.
    one.flush();
    other.flush();
    let (mut one, mut other) = (one.shake(), other.shake());
    one.send("one");
    skat.wait_for_stdout("one");
    other.send("other");
    other.finish();
    one.finish();
    assert_eq!(one.receive_to_end(), b"");
    assert_eq!(other.receive_to_end(), b"");
    skat.wait_for_stdout("oneother");
    skat.stop();
}

#[test]
fn a_process_is_served_over_tls() {
    let (skat, authority) = serve(&["--sh-exec", "wc -c; echo done"]);
    let mut asking = client(skat.address, &["--tls", "--ca", &authority.file()]).start();
    asking.type_in(pattern(300_000));
    asking.close_stdin();
    asking.finish().assert_status(0).assert_stdout("300000\ndone\n").assert_silent();
    skat.stop();
}

#[test]
fn a_process_may_say_much_before_it_ends() {
    let (skat, authority) = serve(&["--sh-exec", "head -c 5000000 /dev/zero"]);
    let mut peer = connect(&skat, &authority).shake();
    assert_same_bytes(&peer.receive_to_end(), &vec![0; 5_000_000]);
    skat.stop();
}

/// What a process says before it ends: no more than skat reads at once, and more than the sockets
/// hold between skat and a peer that does not read.
const LAST_WORDS: usize = 150_000;

/// Such a peer, whose process has ended: TLS records wait in skat for room.
fn with_last_words(options: &[&str]) -> (Running, TlsPeer) {
    let command = format!("echo $$; kill -STOP $$; exec head -c {LAST_WORDS} /dev/zero");
    let small = ["-O", "sndbuf=16K", "-O", "rcvbuf=16K", "--bufsize", "1M", "--sh-exec", &command];
    let (skat, authority) = serve(&[&small[..], options].concat());
    let peer = Peer::connect(skat.address).with_small_buffers();
    let mut peer = TlsPeer::client(peer, authority.client(ALL_VERSIONS), "127.0.0.1").shake();
    let id: u32 = peer.expect_line().trim().parse().unwrap();
    skat.signal(Signal::SIGSTOP);
    wait_until("both stand still", || {
        [id, skat.id()].iter().all(|it| process::is_in_state('T', *it))
    });
    kill(Pid::from_raw(i32::try_from(id).unwrap()), Signal::SIGCONT).unwrap();
    wait_until("the end of the process", || !process::exists(id));
    skat.signal(Signal::SIGCONT);
    (skat, peer)
}

/// However long a peer does not read, the last words of a process that has ended are kept for it,
/// and it may say more before than anybody listens to.
#[test]
fn the_last_words_of_a_process_wait_for_a_slow_peer() {
    let (mut skat, mut peer) = with_last_words(&["--once"]);
    for _ in moments(Duration::from_millis(2500)) {
        skat.assert_running();
    }
    peer.send(vec![0; 10_000_000]);
    assert_same_bytes(&peer.receive_to_end(), &vec![0; LAST_WORDS]);
    drop(peer);
    skat.finish().assert_status(0).assert_silent();
}

/// At a stop nobody is waited for; what is lost by it is told.
#[test]
fn last_words_that_a_stop_cuts_off_are_told() {
    let (skat, _peer) = with_last_words(&[]);
    skat.signal(Signal::SIGTERM);
    skat.finish().assert_died_of(Signal::SIGTERM).assert_told("bytes were not delivered");
}

/// Whoever is not verified starts no process.
#[test]
fn no_process_is_started_for_a_stranger() {
    let authority = Authority::new("A");
    let (identity, known) = (authority.issue(&["127.0.0.1"]), authority.issue(&["c.example"]));
    let ca = authority.file();
    let log = authority.path("log");
    let command = format!("echo started >>{log}; echo hello");
    let options = ["--client-ca", &ca, "--sh-exec", &command];
    let skat = server(&[&identity.options()[..], &options].concat()).listen();
    client(skat.address, &["--tls", "--ca", &ca]).run().assert_status(7).assert_stdout("");
    drop(skat.connect());
    let options = ["--tls", "--ca", &ca, "--cert", &known.cert, "--key", &known.key];
    client(skat.address, &options).run().assert_status(0).assert_stdout("hello\n");
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "started\n");
    skat.stop();
}

/// TLS ends at skat, and begins at skat: the same bytes either way, also both at once.
#[test]
fn connections_are_forwarded_from_tls_and_to_tls() {
    let (target, authority) = serve(&["--echo"]);
    let (name, ca) = (target.address.to_string(), authority.file());
    let identity = authority.issue(&["127.0.0.1"]);
    let to_tls = ["--forward", &format!("tls:{name}")];
    let skat = server(&to_tls).env("SSL_CERT_FILE", &ca).listen();
    let data = pattern(3 << 20);
    let ask = |running: &Running, options: &[&str]| {
        let mut asking = client(running.address, options).start();
        let typing = asking.type_all(&data);
        asking.finish().assert_status(0).assert_stdout(&data).assert_silent();
        typing.join().unwrap();
    };
    ask(&skat, &[]);
    let both = [&identity.options()[..], &to_tls].concat();
    let both = server(&both).env("SSL_CERT_FILE", &ca).listen();
    ask(&both, &["--tls", "--ca", &ca]);
    let plain = server(&["--echo"]).listen();
    let from_tls = ["--forward", &plain.address.to_string()];
    let from_tls = server(&[&identity.options()[..], &from_tls].concat()).listen();
    ask(&from_tls, &["--tls", "--ca", &ca]);
    for running in [skat, both, from_tls, plain, target] {
        running.stop().assert_silent();
    }
}

/// Nothing of a peer's reaches a target that is not who it should be, and the peer is cut off.
#[test]
fn a_target_that_is_not_verified_hears_nothing() {
    let (target, authority) = serve(&["--sh-exec", "cat >&2"]);
    let others = Authority::new("B");
    let options = ["--forward", &format!("tls:{}", target.address)];
    let skat = server(&options).env("SSL_CERT_FILE", others.file()).listen();
    let mut peer = skat.connect();
    // The reset may have come before.
    if peer.try_send(b"a secret").is_ok() {
        assert_reset(&mut peer);
    }
    // An end would look like an empty answer to who has nothing to say.
    assert_reset(&mut skat.connect());
    let told = skat.stop();
    told.assert_told("CN=A, which is not trusted here");
    assert!(!target.stop().stderr.contains("a secret"));
    drop(authority);
}

/// A target is trusted as a client trusts a server, and shown who we are.
#[test]
fn options_of_a_client_are_for_the_target() {
    let authority = Authority::new("A");
    let (identity, ours) = (authority.issue(&["b.example"]), authority.issue(&["c.example"]));
    let ca = authority.file();
    let options = [&identity.options()[..], &["--echo", "--client-ca", &ca]].concat();
    let target = server(&options).listen();
    let forward = ["--forward", &format!("tls:{}", target.address)];
    let known = ["--cert", &ours.cert, "--key", &ours.key];
    let Some(pin) = fingerprint(&identity.cert) else { return };
    let ask = |options: &[&str], wanted: &str| {
        let skat = server(&[&forward[..], &["-v"], options].concat()).listen();
        let mut asking = client(skat.address, &[]).start();
        asking.type_in("ping");
        asking.close_stdin();
        let finished = asking.finish();
        finished.assert_stdout(wanted);
        skat.stop()
    };
    let trusts: [&[&str]; 3] =
        [&["--ca", &ca, "--server-name", "b.example"], &["--pin", &pin], &["--insecure"]];
    for trust in trusts {
        let told = ask(&[&known[..], trust].concat(), "ping");
        assert_eq!(told.stderr.contains("not verified"), trust.contains(&"--insecure"));
        // Who shows no certificate is not let in.
        ask(trust, "").assert_told("certificate required");
    }
    let told = ask(&[&known[..], &["--ca", &ca]].concat(), "");
    told.assert_told("is not for 127.0.0.1, but for b.example");
    target.stop();
}

/// What would be for no target, and for nobody at all.
#[test]
fn options_for_a_target_want_one() {
    for given in [&["--ca", "x.pem"][..], &["--insecure"], &["--server-name", "x.example"]] {
        for service in [&["--tls", "--echo"][..], &["--forward", "127.0.0.1:9"]] {
            let refused = server(&[given, service].concat()).run();
            refused.assert_status(2).assert_told("is for the target of --forward tls:HOST:PORT");
        }
    }
    let plain = server(&["--forward", "127.0.0.1:9", "--tls-min", "1.3"]).run();
    plain.assert_status(2).assert_told("--tls-min has no effect with connections without TLS");
    server(&["--echo", "--alpn", "h2"]).run().assert_status(2).assert_told("--tls");
}

/// As openssl(1) tells it, where it is installed.
fn fingerprint(cert: &str) -> Option<String> {
    let arguments = ["x509", "-noout", "-fingerprint", "-sha256", "-in", cert];
    let finished = program("openssl", &arguments)?.run();
    finished.assert_status(0);
    let told = String::from_utf8(finished.stdout).unwrap();
    Some(told.trim().rsplit('=').next().unwrap().to_owned())
}

/// An end without close_notify may be an attacker's: the peer must not take it for the end.
#[test]
fn a_target_that_breaks_off_is_passed_on_as_a_reset() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    let listener = Listener::new();
    let options = ["--forward", &format!("tls:{}", listener.address()), "--ca", &authority.file()];
    let skat = server(&[&options[..], &["--once"]].concat()).listen();
    let mut peer = skat.connect();
    let mut target = TlsPeer::server(listener.accept(), identity.server(ALL_VERSIONS)).shake();
    peer.send("question");
    target.expect("question");
    target.send("half an answer");
    peer.expect("half an answer");
    target.peer.finish();
    assert_reset(&mut peer);
    skat.finish().assert_status(1).assert_told("without a TLS close_notify");
}

#[test]
fn a_broker_over_tls() {
    let (skat, authority) = serve(&["--broker"]);
    let mut one = connect(&skat, &authority).shake();
    one.send("anybody?");
    let mut other = connect(&skat, &authority).shake();
    // Whoever is heard is there.
    other.send("me");
    one.expect("me");
    let much = pattern(300_000);
    one.send(&much);
    other.expect(&much);
    skat.stop();
}

#[test]
fn a_chat_over_tls() {
    let (skat, authority) = serve(&["--chat"]);
    let mut one = connect(&skat, &authority).shake();
    one.send("anybody?\n");
    let mut other = connect(&skat, &authority).shake();
    // Whoever speaks is there.
    other.send("me\n");
    one.expect("<user-2> me\n");
    one.send("hello\n");
    other.expect("<user-1> hello\n");
    one.finish();
    drop(one);
    other.finish();
    skat.stop();
}

/// What a stopped relay has read is delivered, though both sides have ended and it waits in skat.
#[test]
fn a_stop_loses_nothing_of_a_relay_whose_sides_have_ended() {
    let listener = Listener::new();
    let to = listener.address().to_string();
    let options = ["-O", "sndbuf=16K", "--bufsize", "1M", "--forward", &to];
    let (skat, authority) = serve(&options);
    let peer = Peer::connect(skat.address).with_small_buffers();
    let mut peer = TlsPeer::client(peer, authority.client(ALL_VERSIONS), "127.0.0.1").shake();
    peer.send("question");
    let mut target = listener.accept();
    target.expect("question");
    target.send(vec![0; 450_000]);
    target.finish();
    peer.finish();
    target.expect_end();
    wait_until("all of it to be read", || target.unacknowledged() == 0);
    assert_idle(&skat);
    skat.signal(Signal::SIGTERM);
    assert_same_bytes(&peer.receive_to_end(), &vec![0; 450_000]);
    drop((peer, target));
    skat.finish().assert_died_of(Signal::SIGTERM).assert_silent();
}
