//! UDP services: any number of peers on one socket, each answered from the address it asked.

use std::net::{IpAddr, SocketAddr};

use crate::support::{UdpPeer, assert_same_bytes, pattern, skat, udp_server, wait_until};

#[test]
fn each_of_many_peers_gets_its_own_answers() {
    for threads in ["1", "3"] {
        let server = udp_server(&["--echo", "--threads", threads]).listen();
        let peers: Vec<UdpPeer> = (0..200).map(|_| UdpPeer::of(server.address)).collect();
        // What is on its way in a round fits the smallest buffers.
        for round in 0..3 {
            let questions = |number: usize| [0, 1].map(|which| format!("{number} {round}.{which}"));
            for (number, peer) in peers.iter().enumerate() {
                for question in questions(number) {
                    peer.send(question);
                }
            }
            for (number, peer) in peers.iter().enumerate() {
                let mut got = [peer.receive().0, peer.receive().0];
                // One thread keeps the order.
                if threads != "1" {
                    got.sort();
                }
                for (got, question) in got.iter().zip(questions(number)) {
                    assert_same_bytes(got, question.as_bytes());
                }
            }
        }
        server.stop().assert_silent();
    }
}

/// A peer that is not connected sees where an answer comes from; one that is would not get it.
#[test]
fn answers_come_from_the_address_that_was_asked() {
    let wildcards: [(&[&str], &[&str]); 3] = [
        (&["0"], &["127.0.0.1", "127.0.0.2", "127.8.9.10", "::1"]),
        (&["-4", "0"], &["127.0.0.1", "127.0.0.2"]),
        (&["-6", "0"], &["::1"]),
    ];
    for (arguments, asked) in wildcards {
        let server = skat([&["udp-server", "--echo"], arguments].concat()).listen();
        for host in asked {
            let host: IpAddr = host.parse().unwrap();
            let asked = SocketAddr::new(host, server.address.port());
            let any = if host.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
            let peer = UdpPeer::on(any.parse().unwrap());
            peer.send_to("who?", asked);
            assert_eq!(peer.expect("who?"), asked);
        }
        server.stop().assert_silent();
    }
}

#[test]
fn a_conversation_answers_from_the_address_that_was_asked() {
    let mut server = skat(["udp-server", "0"]).listen();
    for host in ["127.0.0.1", "127.0.0.2", "::1"] {
        let asked = SocketAddr::new(host.parse().unwrap(), server.address.port());
        let any = if asked.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
        let peer = UdpPeer::on(any.parse().unwrap());
        let heard = server.stdout().len();
        peer.send_to("who?\n", asked);
        wait_until("the question", || server.stdout().len() > heard);
        server.type_in("I\n");
        assert_eq!(peer.expect("I\n"), asked);
    }
    server.stop();
}

/// A closed port answers with an ICMP error, which some servers take for their own end.
#[test]
fn peers_that_leave_before_the_answer_end_nothing() {
    for options in [&["--echo"][..], &["--stamp"], &["--echo", "--threads", "2"]] {
        let server = udp_server(options).listen();
        for _ in 0..300 {
            UdpPeer::of(server.address).send("gone");
        }
        let peer = UdpPeer::of(server.address);
        peer.send("still there?");
        // An answer to one that left may come first: its port may be this one's now.
        while !peer.receive().0.ends_with(b"still there?") {}
        server.stop().assert_silent();
    }
}

#[test]
fn an_empty_datagram_is_answered_and_ends_nothing() {
    let server = udp_server(&["--echo"]).listen();
    let peer = UdpPeer::of(server.address);
    for wanted in ["", "", "after", ""] {
        peer.send(wanted);
        peer.expect(wanted);
    }
    server.stop();
    let server = udp_server(&["--stamp=epoch"]).listen();
    let peer = UdpPeer::of(server.address);
    peer.send("");
    assert!(peer.receive().0.ends_with(b"]: "));
    server.stop();
}

#[test]
fn the_largest_datagrams_are_echoed() {
    for (host, size) in [("127.0.0.1", 65_507), ("::1", 65_527)] {
        let server = skat(["udp-server", "--echo", host, "0"]).listen();
        let peer = UdpPeer::of(server.address);
        for size in [size, size - 1, 1, size] {
            let datagram = pattern(size);
            peer.send(&datagram);
            peer.expect(&datagram);
        }
        server.stop().assert_silent();
    }
}

/// The time makes it larger than a datagram can be.
#[test]
fn an_answer_too_large_to_send_is_told_with_its_size() {
    let mut server = udp_server(&["--stamp=rfc3339"]).listen();
    let peer = UdpPeer::on("127.0.0.1:0".parse().unwrap());
    peer.send_to(pattern(65_507), server.address);
    let size = 65_507 + "[2026-11-22T10:29:05+01:00]: ".len();
    let told = server.wait_for_stderr("message too long");
    assert!(told.contains(&format!("send {size} bytes to {}", peer.address())), "{told}");
    peer.send_to("small", server.address);
    assert!(peer.receive().0.ends_with(b"]: small"));
    server.stop();
}

#[test]
fn each_datagram_is_stamped_in_three_forms() {
    let forms = [
        ("--stamp", r"^\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]: two\nlines\n$"),
        ("--stamp=ctime", r"^\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]: two\nlines\n$"),
        ("--stamp=epoch", r"^\[\d{10}\.\d{6}\]: two\nlines\n$"),
        ("--stamp=rfc3339", r"^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\]: two\nlines\n$"),
    ];
    for (option, form) in forms {
        let server = udp_server(&[option]).listen();
        let peer = UdpPeer::of(server.address);
        peer.send("two\nlines\n");
        let answer = String::from_utf8(peer.receive().0).unwrap();
        let form = predicates::str::is_match(form).unwrap();
        assert!(predicates::Predicate::eval(&form, &answer), "{option}: {answer}");
        server.stop();
    }
}

#[test]
fn discard_answers_nothing() {
    let server = udp_server(&["--discard", "-v", "--log", "json"]).listen();
    let peer = UdpPeer::of(server.address);
    peer.send("x");
    peer.send("");
    wait_until("both datagrams", || server.stderr().matches("\"datagram\"").count() == 2);
    assert!(peer.hears_nothing());
    server.stop();
}

#[test]
fn once_serves_one_datagram_and_ends_well() {
    for service in ["--echo", "--stamp", "--discard"] {
        let server = udp_server(&["--once", service]).listen();
        let peer = UdpPeer::of(server.address);
        peer.send("only");
        if service != "--discard" {
            assert!(peer.receive().0.ends_with(b"only"));
        }
        server.finish().assert_status(0).assert_silent();
    }
}

#[test]
fn one_line_of_json_a_datagram() {
    let server = skat(["udp-server", "--echo", "-v", "--log", "json", "0"]).listen();
    let peer = UdpPeer::of(server.address);
    peer.send("12345");
    peer.expect("12345");
    let told = server.stop().stderr;
    let events: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["listening", "datagram", "ended"]);
    assert_eq!(events[1]["bytes_in"], 5);
    assert_eq!(events[1]["peer"], peer.address().to_string());
    assert!(
        events[1]["local"].as_str().unwrap().ends_with(&events[0]["local"].as_str().unwrap()[4..])
    );
    assert_eq!(events[2]["bytes_in"], 5);
    assert_eq!(events[2]["bytes_out"], 5);
    assert_eq!(events[2]["status"], 143);
    assert!(events.iter().all(|event| event["time"].is_string()));
}

/// Datagrams that find the receive buffer full are lost; with -v that is told.
#[test]
fn what_is_lost_is_told() {
    lose(&[]);
    // The threads share the socket, and its count.
    lose(&["--threads", "3"]);
}

fn lose(options: &[&str]) {
    use nix::sys::signal::{Signal, kill};
    let options = [&["--discard", "-v", "-O", "rcvbuf=4K"], options].concat();
    let mut server = udp_server(&options).listen();
    let id = nix::unistd::Pid::from_raw(server.id().try_into().unwrap());
    let peer = UdpPeer::of(server.address);
    kill(id, Signal::SIGSTOP).unwrap();
    for _ in 0..200 {
        peer.send(pattern(1000));
    }
    kill(id, Signal::SIGCONT).unwrap();
    // The count comes with the next one that is received, and each thread tells in its time.
    let mut more = 0;
    wait_until("all that came or were lost", || {
        peer.send("x");
        more += 1;
        let (came, lost) = came_and_lost(&server.stderr());
        assert!(came + lost <= 200 + more, "{came} came, {lost} were lost");
        lost > 0 && came + lost >= 200
    });
    server.wait_for_stderr("the receive buffer was full");
    server.stop();
}

/// How many of the datagrams are told to have come, and to have been lost.
fn came_and_lost(told: &str) -> (usize, usize) {
    let counts = told
        .lines()
        .filter_map(|line| line.strip_prefix("skat: ")?.split_once(" datagrams were lost at 127."))
        .map(|(count, _)| count.parse::<usize>().unwrap());
    let lost = counts.inspect(|count| assert_ne!(*count, 0)).sum();
    (told.matches("datagram of 1000 bytes").count(), lost)
}

/// Nobody who is let in has to come for that to be told.
#[test]
fn what_is_lost_for_denied_peers_is_told_at_once() {
    let options = ["--discard", "--deny", "127.0.0.1", "-v", "-O", "rcvbuf=4K"];
    let server = udp_server(&options).listen();
    let peer = UdpPeer::of(server.address);
    server.signal(nix::sys::signal::Signal::SIGSTOP);
    for _ in 0..200 {
        peer.send(pattern(1000));
    }
    server.signal(nix::sys::signal::Signal::SIGCONT);
    wait_until("the count", || {
        peer.send("x");
        server.stderr().contains("datagrams were lost at 127.0.0.1:")
    });
    server.stop();
}
