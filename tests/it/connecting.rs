//! Connecting: which addresses are tried, for how long, and what a failure is called.

use std::time::{Duration, Instant};

use crate::support::hosts::{NAME, with_addresses};
use crate::support::programs::is_usable;
use crate::support::{
    Finished, Listener, Peer, Running, client, refusing, refusing_address, server, shell, silent,
    skat, wait_until,
};

/// What a client is told to say reaches the peer that it connects to, and it ends well.
#[track_caller]
fn finish_talking(mut running: Running, listener: &Listener) -> Finished {
    let mut peer = listener.accept();
    running.type_in("here");
    running.close_stdin();
    assert_eq!(peer.receive_to_end(), b"here");
    drop(peer);
    let finished = running.finish();
    finished.assert_status(0);
    finished
}

#[test]
fn nobody_listens_is_5_with_advice() {
    let (_socket, address) = refusing();
    let finished = client(address, &[]).run();
    finished.assert_status(5).assert_stdout("");
    finished.assert_told(&format!("skat: connect {address}: connection refused"));
    finished.assert_told("--retry-for");
}

#[test]
fn an_address_of_a_link_needs_its_zone() {
    for words in [
        "tcp-client fe80::1 80",
        "tcp-client -s fe80::1 ::1 80",
        "udp-client fe80::1 80",
        "tcp-server fe80::1 0",
        "udp-server fe80::1 0",
    ] {
        let mut skat = skat(words.split(' ')).start();
        skat.type_in("x\n");
        skat.finish().assert_told("a link-local address needs its zone, such as fe80::1%eth0");
    }
}

/// In a network of its own, which leads nowhere.
#[test]
fn what_cannot_be_reached_is_5() {
    if !is_usable("unshare", &["-rn", "ip", "link", "set", "lo", "up"]) {
        return;
    }
    for (command, did) in [("tcp-client", "connect"), ("udp-client", "send to")] {
        let inside = format!("ip link set lo up; echo x | \"$SKAT\" {command} 192.0.2.1 9");
        let finished = shell(&format!("exec unshare -rn sh -c '{inside}'")).run();
        finished.assert_status(5).assert_stdout("");
        finished.assert_told(&format!("{did} 192.0.2.1:9: network is unreachable"));
    }
}

#[test]
fn no_answer_in_time_is_6() {
    let (_socket, address, _peers) = silent();
    let began = Instant::now();
    let finished = client(address, &["-w", "300ms"]).run();
    finished.assert_status(6).assert_told(&format!("connect {address}: no answer in time"));
    assert!(began.elapsed() >= Duration::from_millis(300));
}

/// With no time at all a server that is there is found; which one is absent is told.
#[test]
fn no_time_is_time_for_one_attempt() {
    for options in [["-w", "0"], ["--retry-for", "0"]] {
        let listener = Listener::new();
        let running = client(listener.address(), &options).start();
        finish_talking(running, &listener).assert_silent();
        let absent = client(refusing_address(), &options).run();
        absent.assert_status(5).assert_told("connection refused");
    }
    let (_socket, address, _peers) = silent();
    let finished = client(address, &["-w", "0"]).run();
    finished.assert_status(6).assert_told(&format!("connect {address}: no answer in time"));
}

#[test]
fn max_time_counts_connecting() {
    let (_socket, address, _peers) = silent();
    let began = Instant::now();
    let finished = client(address, &["--max-time", "300ms"]).run();
    let told = format!("--max-time is over; connect {address}: no answer in time");
    finished.assert_status(6).assert_told(&told);
    assert!(began.elapsed() >= Duration::from_millis(300));
}

/// Where nothing could be tried, neither the resolver nor the server is to blame.
#[test]
fn a_limit_of_nothing_is_named() {
    let port = refusing_address().port().to_string();
    for command in ["tcp-client", "tcp-client -z", "tcp-client --prompt", "udp-client -z"] {
        let words = |option: &'static str| {
            command.split(' ').chain([option, "0", "localhost", &port]).map(str::to_owned)
        };
        let finished = skat(words("--max-time").collect::<Vec<String>>()).run();
        finished.assert_status(6).assert_stdout("");
        assert_eq!(finished.stderr, "skat: the time limit of --max-time is over\n", "{command}");
    }
    let (_socket, address, _peers) = silent();
    let finished = client(address, &["-w", "0"]).run();
    finished.assert_status(6).assert_told("skat: the time limit of --connect-timeout is over; ");
}

/// `resolve::statuses` has names that do not exist.
#[test]
fn a_service_that_is_not_is_3() {
    let finished = skat(["tcp-client", "127.0.0.1", "no-such-service"]).run();
    finished.assert_status(3).assert_told("no-such-service: no such service");
}

/// Nobody gives a service a name while a client waits.
#[test]
fn retry_for_does_not_wait_for_a_service_that_does_not_exist() {
    for command in ["tcp-client", "udp-client"] {
        let words =
            [command, "--retry-for", "1h", "--max-time", "20s", "127.0.0.1:no-such-service"];
        let finished = skat(words).run();
        finished.assert_status(3).assert_told("no-such-service: no such service");
        assert!(!finished.stderr.contains("attempts"), "{}", finished.stderr);
    }
}

#[test]
fn numeric_looks_nothing_up() {
    for words in [["localhost", "80"], ["127.0.0.1", "http"]] {
        let finished = skat(["tcp-client", "-n", words[0], words[1]]).run();
        finished.assert_status(2).assert_told("--numeric");
    }
    // What is wrong with an address is not that it is a name.
    for command in ["tcp-client -n fe80::1%nosuch0 80", "resolve -n fe80::1%nosuch0"] {
        let finished = skat(command.split(' ')).run();
        finished.assert_status(3).assert_told("look up fe80::1%nosuch0: no such zone");
    }
}

/// The host of a client that was given none needs no look-up.
#[test]
fn numeric_goes_to_loopback_addresses() {
    for (family, listens) in [("-4", "127.0.0.1:0"), ("-6", "[::1]:0"), ("-v", "127.0.0.1:0")] {
        let listener = Listener::on(listens.parse().unwrap());
        let port = listener.address().port().to_string();
        let running = skat(["tcp-client", "-n", family, &port]).start();
        finish_talking(running, &listener);
        let probe = skat(["tcp-client", "-n", family, "-z", &port]).run();
        probe.assert_status(0).assert_stdout(format!("localhost {port}\n"));
        drop(listener.accept());
        let relay = server(&["-n", "--once", "--forward", &format!(":{port}")]).listen();
        relay.connect().send("there");
        assert_eq!(listener.accept().receive_to_end(), b"there");
        relay.finish().assert_status(0);
    }
    let port = refusing_address().port();
    let both = format!("[::1]:{port}: connection refused; 127.0.0.1:{port}: connection refused");
    for command in ["tcp-client", "udp-client"] {
        let mut refused = skat([command, "-n", &port.to_string()]).start();
        refused.type_in("x");
        refused.close_stdin();
        refused.finish().assert_status(5).assert_told(&both);
    }
}

#[test]
fn families_that_do_not_fit() {
    skat(["tcp-client", "-4", "::", "80"]).run().assert_status(3);
    skat(["tcp-client", "-6", "127.0.0.1", "80"]).run().assert_status(3);
    skat(["tcp-client", "-4", "::1", "80"]).run().assert_status(3);
}

#[test]
fn retry_for_waits_for_a_server_that_comes_later() {
    let address = refusing_address();
    let mut client = client(address, &["--retry-for", "30", "-vv"]).start();
    wait_until("a second attempt", || client.stderr().matches("connecting to").count() > 1);
    let listener = Listener::on(address);
    let mut peer = listener.accept();
    client.type_in("at last");
    client.close_stdin();
    assert_eq!(peer.receive_to_end(), b"at last");
    drop(peer);
    client.finish().assert_status(0);
}

#[test]
fn retry_for_ends_with_the_last_cause() {
    let (_socket, address) = refusing();
    let began = Instant::now();
    let told = client(address, &["--retry-for", "400ms", "-vv"]).run();
    told.assert_status(5)
        .assert_told(&format!("connect {address}: connection refused; trying again"));
    let finished = client(address, &["--retry-for", "400ms"]).run();
    finished.assert_status(5).assert_told("connection refused (").assert_told("attempts)");
    assert!(!finished.stderr.contains("--retry-for"), "{}", finished.stderr);
    assert!(began.elapsed() >= Duration::from_millis(400));
    let cut_off = client(address, &["--retry-for", "1h", "--max-time", "300ms"]).run();
    cut_off.assert_status(6).assert_told("--max-time").assert_told("connection refused (");
}

/// What this system refuses is no word of the network's, and is not tried again.
#[test]
fn what_the_system_refuses_is_1_at_once() {
    if !is_usable("unshare", &["-r", "true"]) {
        return;
    }
    for command in ["tcp-client", "udp-client"] {
        // SO_MARK is for the administrators of the network (socket(7)).
        let script = format!(
            r#"exec unshare -r "$SKAT" {command} -vv -O mark=1 --retry-for 20 127.0.0.1 9"#
        );
        let finished = shell(&script).run();
        finished.assert_status(1).assert_told("mark=1: operation not permitted");
        assert_eq!(finished.stderr.matches("connecting to").count(), 1, "{}", finished.stderr);
    }
}

/// A look-up that cannot begin is not late.
#[test]
fn no_thread_for_a_look_up_is_4() {
    let nobody = ["--reuid=54321", "--clear-groups", "prlimit", "--nproc=0"];
    let works = [&nobody[..], &[env!("CARGO_BIN_EXE_skat"), "--version"]].concat();
    if !is_usable("setpriv", &works) {
        return;
    }
    for (command, status, told) in [
        ("tcp-client -w 20 localhost 9", 4, "look up localhost: start a thread: resource"),
        ("resolve --timeout 20 localhost", 1, "start a thread for the look-ups: resource"),
    ] {
        let script = format!(r#"exec setpriv {} "$SKAT" {command}"#, nobody.join(" "));
        shell(&script).run().assert_status(status).assert_told(told);
    }
}

#[test]
fn a_source_address_and_port() {
    let source = refusing_address();
    for given in [source.to_string(), "127.0.0.1".to_owned(), format!(":{}", source.port())] {
        let listener = Listener::new();
        let running = client(listener.address(), &["-s", &given, "-O", "linger=0"]).start();
        let mut peer = listener.accept();
        assert_eq!(peer.remote().ip(), source.ip());
        if given.contains(':') {
            assert_eq!(peer.remote().port(), source.port());
        }
        peer.send("x");
        running.wait_for_stdout("x");
        running.stop();
    }
}

#[test]
fn a_source_that_cannot_be_is_told() {
    let listener = Listener::new();
    let finished = client(listener.address(), &["-s", "192.0.2.1"]).run();
    finished.assert_status(9).assert_told("bind 192.0.2.1:0");
    // What makes no sense is not tried again.
    let address = listener.address();
    let finished = client(address, &["-s", "::1", "--retry-for", "1m"]).run();
    let told = "the source address ::1 is of the other family";
    finished.assert_status(2).assert_told(&format!("skat: connect {address}: {told}\n"));
    let finished = client(address, &["-s", "::1", "-z"]).run();
    finished.assert_status(2).assert_told(&format!("skat: connect 127.0.0.1: {told}\n"));
}

/// TCP lets a socket connect to itself: that is nobody.
#[test]
fn a_connection_to_itself_is_no_success() {
    let address = refusing_address();
    let finished = client(address, &["-s", &address.to_string()]).run();
    finished.assert_status(5).assert_told("connected to itself");
}

#[test]
fn a_peer_that_resets_at_once_was_there() {
    // Whenever the reset comes, the connection stood: what it brought is printed, the status is 1.
    for _ in 0..30 {
        let listener = Listener::new();
        let mut running = client(listener.address(), &[]).start();
        let mut peer = listener.accept();
        peer.send("hello");
        peer.reset();
        running.close_stdin();
        running.finish().assert_status(1).assert_stdout("hello").assert_told("reset");
    }
}

#[test]
fn a_client_tries_every_address_of_a_name() {
    let addresses = ["::1", "127.0.0.1"];
    for listens in ["127.0.0.1:0", "[::1]:0"] {
        let listener = Listener::on(listens.parse().unwrap());
        let command = format!("tcp-client {NAME} {}", listener.address().port());
        let Some(skat) = with_addresses(&addresses, &command) else { return };
        finish_talking(skat.start(), &listener).assert_silent();
    }
    let address = refusing_address();
    let port = address.port();
    let command = format!("tcp-client {NAME} {port}");
    let Some(skat) = with_addresses(&addresses, &command) else { return };
    let finished = skat.run();
    finished.assert_status(5).assert_told(&format!("[::1]:{port}: connection refused"));
    finished.assert_told(&format!("{address}: connection refused"));
}

#[test]
fn ipv6_with_brackets_and_without() {
    let listener = Listener::on("[::1]:0".parse().unwrap());
    let port = listener.address().port();
    for words in [vec!["::1".to_owned(), port.to_string()], vec![format!("[::1]:{port}")]] {
        let mut running = skat([vec!["tcp-client".to_owned()], words].concat()).start();
        let mut peer: Peer = listener.accept();
        running.close_stdin();
        peer.expect_end();
        drop(peer);
        running.finish().assert_status(0);
    }
}

#[test]
fn a_server_tells_who_came() {
    let mut running = server(&["--echo", "-v"]).listen();
    let peer = running.connect();
    running.wait_for_stderr(&format!("connected {} with {}", running.address, peer.local()));
    drop(peer);
    running.wait_for_stderr("disconnected");
}
