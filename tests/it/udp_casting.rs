//! Broadcast, on the loopback interface, and multicast, in a network of the test's own.

use std::net::SocketAddr;

use crate::support::network::on_private_network;
use crate::support::{UdpPeer, refusing_address, skat, wait_until};

#[test]
fn members_of_a_group_hear_a_multicast() {
    for (group, wildcard, from) in [
        ("239.1.2.3", "0.0.0.0", "near"),
        ("239.1.2.3", "0.0.0.0", "10.9.8.7"),
        ("239.1.2.3", "::", "near"),
        ("ff15::2:3", "::", "near"),
    ] {
        let script = format!(
            r#"exec "$SKAT" udp-server --join {group}%near --once {wildcard} 0 --run "
                echo hello | \"\$SKAT\" udp-client --multicast-if {from} --send-only \
                    {group} \$SKAT_PORT" </dev/null"#
        );
        let Some(skat) = on_private_network(&script) else { return };
        skat.run().assert_status(0).assert_stdout("hello\n").assert_silent();
    }
}

/// Several receivers share the port of a group, and each hears everything; each answer comes, from
/// whatever address its sender has.
#[test]
fn every_member_answers_and_all_answers_are_printed() {
    for (group, family) in [("239.1.2.3", "-4"), ("ff15::2:3", "-6"), ("239.1.2.3", "")] {
        let script = format!(
            r#""$SKAT" udp-server --stamp --quiet --join {group}%near {family} 5000 --ready-file one &
            one=$!
            "$SKAT" udp-server --echo --quiet --join {group}%near {family} 5000 --ready-file two &
            two=$!
            trap "kill $one $two; wait" EXIT
            while ! [ -e one ] || ! [ -e two ]; do sleep 0.02; done
            echo hello |
                "$SKAT" udp-client --multicast-if near --replies 2 --after-eof 20 {group} 5000"#
        );
        let directory = tempfile::tempdir().unwrap();
        let Some(skat) = on_private_network(&script) else { return };
        let finished = skat.directory(directory.path()).run();
        finished.assert_status(0);
        let mut lines: Vec<_> = finished.stdout.split_inclusive(|byte| *byte == b'\n').collect();
        lines.sort_by_key(|line| line.len());
        assert_eq!(lines.len(), 2, "{}", finished.stderr);
        assert_eq!(lines[0], b"hello\n");
        assert!(lines[1].ends_with(b"]: hello\n"));
    }
}

/// Each hears what comes to the group; one that has joined none would take what is for others.
#[test]
fn a_port_is_shared_by_members_of_a_group_only() {
    let run = r#"for member in "" "--join 239.1.2.3%near"; do
            "$SKAT" udp-server $member --echo --run true 0.0.0.0 "$SKAT_PORT"
            echo $?
        done"#;
    for (first, wanted) in [("--join 239.1.2.3%near", "9\n0\n"), ("", "9\n9\n")] {
        let script = format!(r#"exec "$SKAT" udp-server {first} --echo --run "$RUN" 0.0.0.0 5000"#);
        let Some(skat) = on_private_network(&script) else { return };
        skat.env("RUN", run).run().assert_status(0).assert_stdout(wanted);
    }
}

/// Nobody knows how many answers there will be: the whole second is waited for.
#[test]
fn a_multicast_waits_for_all_answers() {
    let run = r#"echo "anybody?" | "$SKAT" udp-client --multicast-if near 239.1.2.3 "$SKAT_PORT""#;
    let server = r#"exec "$SKAT" udp-server --join 239.1.2.3%near --echo --run "$RUN" 0.0.0.0 0"#;
    let began = std::time::Instant::now();
    let Some(skat) = on_private_network(server) else { return };
    skat.env("RUN", run).run().assert_status(0).assert_stdout("anybody?\n").assert_silent();
    assert!(began.elapsed() >= std::time::Duration::from_secs(1));
}

/// The same for a broadcast, which needs to be allowed.
#[test]
fn a_broadcast_needs_to_be_allowed_and_waits_for_all_answers() {
    let server = skat(["udp-server", "--echo", "0.0.0.0", "0"]).listen();
    let everybody = SocketAddr::from(([127, 255, 255, 255], server.address.port())).to_string();
    let refused = skat(["udp-client", &everybody]).run();
    refused.assert_status(5).assert_told("broadcast").assert_told("--broadcast");
    let began = std::time::Instant::now();
    let mut skat = skat(["udp-client", "-b", &everybody]).start();
    skat.type_in("anybody?\n");
    skat.close_stdin();
    skat.wait_for_stdout("anybody?\n");
    skat.finish().assert_status(0).assert_stdout("anybody?\n").assert_silent();
    assert!(began.elapsed() >= std::time::Duration::from_secs(1));
    server.stop().assert_silent();
}

/// By all who are bound to that port: here, one that is bound to the broadcast address.
#[test]
fn a_conversation_hears_a_broadcast_and_answers_it() {
    for address in ["0.0.0.0", "::"] {
        let mut server = skat(["udp-server", address, "0"]).listen();
        let port = server.address.port();
        let everybody = SocketAddr::from(([127, 255, 255, 255], port)).to_string();
        let options = ["udp-client", "-b", "--replies", "1", "--after-eof", "20", &everybody];
        let mut skat = skat(options).start();
        skat.type_in("anybody?\n");
        skat.close_stdin();
        server.wait_for_stdout("anybody?\n");
        server.type_in("I\n");
        skat.finish().assert_status(0).assert_stdout("I\n").assert_silent();
        server.stop().assert_silent();
    }
}

#[test]
fn a_dialogue_may_be_with_whoever_answers_a_broadcast() {
    let server = skat(["udp-server", "--echo", "0.0.0.0", "0"]).listen();
    let everybody = SocketAddr::from(([127, 255, 255, 255], server.address.port())).to_string();
    let mut skat = skat(["udp-client", "-b", "--prompt=", &everybody]).start();
    skat.type_in("one\ntwo\n\n");
    skat.finish().assert_status(0).assert_stdout("one\ntwo\n");
    server.stop();
}

#[test]
fn what_is_no_group_or_interface_is_refused() {
    for group in ["127.0.0.1", "nosuch", "239.1.2.3%", "ff15::1%nosuch0", "239.1.2.3%nosuch0"] {
        let finished = skat(["udp-server", "--join", group, "0"]).run();
        finished.assert_status(2).assert_stdout("");
    }
    // Nor one that no socket of the server hears.
    for [host, group] in [
        ["-4", "ff15::1%lo"],
        ["-6", "239.1.2.3%lo"],
        ["::1", "239.1.2.3%lo"],
        ["::1", "ff15::1%lo"],
        ["127.0.0.1", "239.1.2.3%lo"],
    ] {
        let finished = skat(["udp-server", "--join", group, host, "0"]).run();
        finished.assert_status(2).assert_stdout("").assert_told("it is heard by a server on all");
    }
    // Nor the same one again, whichever way the interface is named.
    for (again, status) in [
        (["239.1.2.3%lo", "239.1.2.3%lo"], 2),
        (["239.1.2.3%127.0.0.1", "239.1.2.3%127.0.0.1"], 2),
        (["ff15::1%lo", "ff15::1%lo"], 2),
        (["239.1.2.3%lo", "239.1.2.3%127.0.0.1"], 9),
        (["239.1.2.3%127.0.0.1", "239.1.2.3%lo"], 9),
    ] {
        let finished = skat(["udp-server", "--join", again[0], "--join", again[1], "0"]).run();
        finished.assert_status(status).assert_stdout("");
        assert!(!finished.stderr.contains("another port"), "{}", finished.stderr);
    }
    let port = refusing_address().port().to_string();
    let client = |interface: &str| {
        skat(["udp-client", "--multicast-if", interface, "239.1.2.3", &port]).run()
    };
    client("nosuch0").assert_status(2).assert_told("nosuch0");
    client("").assert_status(2);
    client("192.0.2.9").assert_status(9).assert_told("no interface here has this address");
    skat(["udp-server", "--join", "239.1.2.3%192.0.2.9", "0"]).run().assert_status(9);
}

/// A server that has joined a group is still reached at its own addresses.
#[test]
fn a_member_is_reached_by_its_address_too() {
    let skat = skat(["udp-server", "-4", "--join", "239.1.2.3%lo", "0", "-v"]).listen();
    UdpPeer::of(skat.address).send("hello\n");
    wait_until("the datagram", || skat.stdout() == b"hello\n");
    skat.stop();
}
