//! `tcp-client --probe`: which ports are open, told in order, with little waiting.

use std::io::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::support::hosts::{NAME, with_addresses};
use crate::support::programs::is_usable;
use crate::support::{
    Finished, Listener, Skat, client, refusing, refusing_address, server, shell, silent, skat,
};

/// A probe of these ports of 127.0.0.1.
fn probe(options: &[&str], ports: &[SocketAddr]) -> Skat {
    let list: Vec<String> = ports.iter().map(|address| address.port().to_string()).collect();
    let list = list.join(",");
    skat([&["tcp-client", "--probe"], options, &["127.0.0.1", list.as_str()]].concat())
}

fn lines(ports: &[SocketAddr]) -> String {
    let line = |address: &SocketAddr| format!("127.0.0.1 {}\n", address.port());
    ports.iter().map(line).collect::<Vec<String>>().concat()
}

fn usage(words: &[&str]) -> Finished {
    let finished = skat([&["tcp-client"], words].concat()).run();
    finished.assert_status(2).assert_stdout("");
    finished
}

#[test]
fn open_ports_are_printed_in_the_order_of_the_list() {
    let listeners: Vec<Listener> = (0..3).map(|_| Listener::new()).collect();
    let [a, b, c] = [0, 1, 2].map(|index: usize| listeners[index].address());
    let (_closed, closed) = refusing();
    let finished = probe(&[], &[c, closed, a, b]).run();
    finished.assert_status(0).assert_stdout(lines(&[c, a, b])).assert_silent();
}

#[test]
fn nothing_is_sent_or_read() {
    let listener = Listener::new();
    let mut running = client(listener.address(), &["-z", "-v"]).start();
    // skat may be done before anything is typed.
    let _ = running.take_stdin().write_all(b"not for the peer");
    let finished = running.finish();
    listener.accept().expect_end();
    let address = listener.address();
    finished.assert_status(0).assert_stdout(format!("127.0.0.1 {}\n", address.port()));
    finished.assert_told(&format!("with {address}"));
}

#[test]
fn a_single_closed_port_fails_as_a_connection_does() {
    let (_closed, closed) = refusing();
    let finished = probe(&["-v"], &[closed]).run();
    finished.assert_status(5).assert_stdout("");
    assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
    finished.assert_told(&format!("skat: connect {closed}: connection refused"));
    finished.assert_told("--retry-for");
}

#[test]
fn of_many_closed_ports_the_first_is_named_and_v_names_all() {
    let (_one, one) = refusing();
    let (_two, two) = refusing();
    let (_three, three) = refusing();
    let finished = probe(&[], &[one, two, three]).run();
    let told =
        format!("skat: connect {one}: connection refused; 2 more are not open (-v names all)");
    finished.assert_status(5).assert_told(&told);
    assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);

    let listener = Listener::new();
    let finished = probe(&["-v"], &[one, listener.address(), two]).run();
    finished.assert_status(0).assert_stdout(lines(&[listener.address()]));
    for closed in [one, two] {
        finished.assert_told(&format!("skat: connect {closed}: connection refused\n"));
    }
    // What it has named is not named again.
    let finished = probe(&["-v"], &[one, two]).run();
    finished.assert_status(5).assert_told("skat: 2 of 2 ports are not open\n");
    let finished = probe(&[], &[one, two]).run();
    finished.assert_status(5).assert_told("refused; one more is not open (-v names all)\n");
    let finished = probe(&["-v", "--log", "json"], &[one, two]).run();
    let event = format!("\"event\":\"not-open\",\"peer\":\"{one}\"");
    finished.assert_status(5).assert_told(&event).assert_told("\"status\":5");
}

#[test]
fn ranges_and_names() {
    let listener = Listener::new();
    let port = listener.address().port();
    let range = format!("{}-{}", port - 1, port);
    for words in
        [vec!["127.0.0.1", range.as_str()], vec![&format!("127.0.0.1:{range}")], vec!["-4", &range]]
    {
        let finished = skat([&["tcp-client", "-z"], &words[..]].concat()).run();
        let told = String::from_utf8_lossy(&finished.stdout).into_owned();
        finished.assert_status(0);
        assert!(told.lines().any(|line| line.ends_with(&format!(" {port}"))), "{told}");
    }
    // Whether anybody listens there or not, the name is understood.
    let finished = skat(["tcp-client", "-z", "127.0.0.1", "http,ssh"]).run();
    assert!([Some(0), Some(5)].contains(&finished.status.code()), "{}", finished.stderr);
    let finished = skat(["tcp-client", "-z", "127.0.0.1", "22,no-such-service"]).run();
    finished.assert_status(3).assert_told("no-such-service: no such service");
}

#[test]
fn port_lists_and_options_that_make_no_sense_are_refused() {
    for list in ["", ",", "22,", "1,,2", "9-8", "0", "0-9", "65536", "1-70000", "5-"] {
        usage(&["-z", "127.0.0.1", list]);
    }
    usage(&["-z", "-n", "127.0.0.1", "http"]).assert_told("--numeric");
    usage(&["--jobs", "3", "127.0.0.1", "80"]).assert_told("--probe");
    usage(&["-z", "--jobs", "0", "127.0.0.1", "80"]);
    for option in [
        "--prompt",
        "--no-stdin",
        "--send-only",
        "--no-half-close",
        "-C",
        "-i1",
        "--after-eof=1",
        "--bufsize=1K",
    ] {
        usage(&["-z", option, "127.0.0.1", "80"]).assert_told("--probe");
    }
}

#[test]
fn a_filtered_port_takes_as_long_as_it_may() {
    let (_socket, filtered, _peers) = silent();
    let began = Instant::now();
    let finished = probe(&["-w", "300ms"], &[filtered]).run();
    finished.assert_status(6).assert_told(&format!("connect {filtered}: no answer in time"));
    assert!(began.elapsed() >= Duration::from_millis(300));
    // 5 if all refuse, and only then: what is said is about the port that gave the status.
    let (_closed, closed) = refusing();
    for ports in [[closed, filtered], [filtered, closed]] {
        let finished = probe(&["-w", "300ms"], &ports).run();
        let told = format!("skat: connect {filtered}: no answer in time; one more is not open");
        finished.assert_status(6).assert_told(&told);
    }
    let listener = Listener::new();
    let finished = probe(&["-w", "300ms"], &[filtered, listener.address()]).run();
    finished.assert_status(0).assert_stdout(lines(&[listener.address()]));
}

/// As without --probe: who answers at once is found.
#[test]
fn no_time_is_time_for_one_attempt() {
    let listener = Listener::new();
    let address = listener.address();
    for option in ["--retry-for", "--connect-timeout"] {
        let finished = client(address, &["-z", option, "0"]).run();
        finished.assert_status(0).assert_stdout(format!("127.0.0.1 {}\n", address.port()));
        let absent = client(refusing_address(), &["-z", option, "0"]).run();
        absent.assert_status(5).assert_stdout("").assert_told("connection refused");
    }
    let (_socket, address, _peers) = silent();
    let finished = client(address, &["-z", "-w", "0"]).run();
    let told = format!("connect {address}: no answer in time");
    finished.assert_status(6).assert_stdout("").assert_told(&told);
}

#[test]
fn many_filtered_ports_are_waited_for_at_once() {
    let filtered: Vec<_> = (0..40).map(|_| silent()).collect();
    let ports: Vec<SocketAddr> = filtered.iter().map(|(_, address, _)| *address).collect();
    let began = Instant::now();
    probe(&["-w", "500ms"], &ports).run().assert_status(6).assert_told("39 more");
    assert!(began.elapsed() < Duration::from_secs(10), "one after another: {:?}", began.elapsed());
    let began = Instant::now();
    probe(&["-w", "100ms", "--jobs", "4"], &ports[..12]).run().assert_status(6);
    assert!(began.elapsed() >= Duration::from_millis(300), "more than 4: {:?}", began.elapsed());
}

#[test]
fn a_port_is_printed_as_soon_as_those_before_it_are_known() {
    let (first, last) = (Listener::new(), Listener::new());
    let (_socket, filtered, _peers) = silent();
    let ports = [first.address(), filtered, last.address()];
    let running = probe(&["-w", "1500ms"], &ports).start();
    running.wait_for_stdout(lines(&ports[..1]));
    last.accept().expect_end();
    assert_eq!(running.stdout(), lines(&ports[..1]).into_bytes());
    running.finish().assert_status(0).assert_stdout(lines(&[ports[0], ports[2]]));
}

#[test]
fn retry_for_waits_until_all_are_open() {
    let there = Listener::new();
    let (first, second) = (refusing_address(), refusing_address());
    let ports = [first, there.address(), second];
    let mut running = probe(&["--retry-for", "30s", "-vv"], &ports).start();
    running.wait_for_stderr(&format!("connecting to {second}"));
    let second = Listener::on(second);
    second.accept();
    assert_eq!(running.stdout(), b"");
    let _first = Listener::on(first);
    let finished = running.finish();
    finished.assert_status(0).assert_stdout(lines(&ports));
    // One that is open is not asked again.
    drop(there.accept());
    assert_eq!(finished.stderr.matches(&format!("connecting to {}\n", ports[1])).count(), 1);
}

#[test]
fn retry_for_fails_if_one_stays_closed() {
    let there = Listener::new();
    let (_closed, closed) = refusing();
    let (_socket, filtered, _peers) = silent();
    let began = Instant::now();
    let finished = probe(&["--retry-for", "400ms"], &[there.address(), closed]).run();
    assert!(began.elapsed() >= Duration::from_millis(400));
    finished.assert_status(5).assert_stdout(lines(&[there.address()]));
    finished.assert_told(&format!("connect {closed}: connection refused"));
    let finished = probe(&["-v", "--retry-for", "50ms"], &[there.address(), closed]).run();
    finished.assert_status(5).assert_told("skat: 1 of 2 ports are not open\n");
    assert_eq!(finished.stderr.matches(&closed.to_string()).count(), 1, "{}", finished.stderr);
    probe(&["--retry-for", "400ms"], &[there.address(), filtered]).run().assert_status(6);
}

#[test]
fn max_time_ends_it_all() {
    let there = Listener::new();
    let (_socket, filtered, _peers) = silent();
    let finished = probe(&["--max-time", "300ms"], &[filtered, there.address()]).run();
    finished.assert_status(6).assert_stdout(lines(&[there.address()])).assert_told("--max-time");
    let (_closed, closed) = refusing();
    let cut_off = probe(&["--max-time", "300ms", "--retry-for", "1h"], &[closed]).run();
    cut_off.assert_status(6).assert_told("--max-time").assert_told("connection refused");
}

#[test]
fn few_descriptors_are_enough() {
    let listeners: Vec<Listener> = (0..30).map(|_| Listener::new()).collect();
    let silent: Vec<_> = (0..10).map(|_| silent()).collect();
    let filtered = silent.iter().map(|(_, address, _)| *address);
    let ports: Vec<SocketAddr> = filtered.chain(listeners.iter().map(Listener::address)).collect();
    let list: Vec<String> = ports.iter().map(|address| address.port().to_string()).collect();
    let script = format!(
        r#"ulimit -n 11 && exec "$SKAT" tcp-client -z -w 200ms 127.0.0.1 {}"#,
        list.join(",")
    );
    let finished = shell(&script).run();
    finished.assert_status(0).assert_stdout(lines(&ports[10..])).assert_silent();
}

#[test]
fn a_probe_comes_from_the_source_that_is_given() {
    let listener = Listener::new();
    let finished = probe(&["-s", "127.0.0.2"], &[listener.address()]).run();
    finished.assert_status(0);
    assert_eq!(listener.accept().remote().ip().to_string(), "127.0.0.2");
    let finished = probe(&["-s", "192.0.2.1"], &[listener.address()]).run();
    finished.assert_status(9).assert_told("bind 192.0.2.1:0");
    probe(&["-s", "::1"], &[listener.address()]).run().assert_status(2);
}

/// A port is open if it is at any of the name's addresses.
#[test]
fn every_address_of_the_name_is_asked() {
    let probe = |port: u16| {
        let command = format!("tcp-client -z -v {NAME} {port}");
        with_addresses(&["::1", "127.0.0.1"], &command).map(Skat::run)
    };
    for listens in ["127.0.0.1:0", "[::1]:0"] {
        let listener = Listener::on(listens.parse().unwrap());
        let port = listener.address().port();
        let Some(finished) = probe(port) else { return };
        finished.assert_status(0).assert_stdout(format!("{NAME} {port}\n"));
    }
    let closed = refusing_address();
    let Some(finished) = probe(closed.port()) else { return };
    finished.assert_status(5).assert_told(&format!("[::1]:{}: connection refused", closed.port()));
    finished.assert_told(&format!("{closed}: connection refused"));
}

/// TCP lets a socket connect to itself, which happens where ports that the system gives out are
/// probed: that port is not open.
#[test]
fn a_socket_that_meets_itself_is_no_open_port() {
    if !is_usable("unshare", &["-rn", "true"]) {
        return;
    }
    let script = "ip link set lo up && echo 40000 40003 >/proc/sys/net/ipv4/ip_local_port_range \
                  && for i in 1 2 3 4 5 6; do \"$SKAT\" tcp-client -z -v 127.0.0.1 40000-40003; done";
    let finished = shell(&format!("exec unshare -rn sh -c '{script}'")).run();
    finished
        .assert_status(5)
        .assert_stdout("")
        .assert_told("nothing listens there (the socket connected to itself)");
}

#[test]
fn a_reader_that_has_gone_ends_it() {
    let listener = Listener::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let finished = probe(&[], &[listener.address()]).stdout(writer).run();
    finished.assert_died_of(Signal::SIGPIPE).assert_silent();
}

#[test]
fn servers_of_skat_and_of_others() {
    let echo = server(&["--echo"]).listen();
    probe(&[], &[echo.address]).run().assert_status(0).assert_stdout(lines(&[echo.address]));
    for (program, sign, text) in [
        ("ncat", "--version", "ncat -l -k 127.0.0.1 PORT"),
        ("nc", "-h", "nc -l -k 127.0.0.1 PORT"),
        ("socat", "-V", "socat TCP-LISTEN:PORT,bind=127.0.0.1,fork,reuseaddr PIPE"),
    ] {
        if !is_usable(program, &[sign]) {
            continue;
        }
        let address = refusing_address();
        let text = text.replace("PORT", &address.port().to_string());
        let mut server = shell(&format!("exec {text}")).start();
        let finished = probe(&["--retry-for", "20s"], &[address]).run();
        finished.assert_status(0).assert_stdout(lines(&[address]));
        server.assert_running();
    }
}

/// What nc says is open, and nothing else.
#[test]
fn nc_finds_the_same() {
    if !is_usable("nc", &["-h"]) {
        return;
    }
    let listeners: Vec<Listener> = (0..4).map(|_| Listener::new()).collect();
    let (_closed, closed) = refusing();
    for address in listeners.iter().map(Listener::address).chain([closed]) {
        let port = address.port().to_string();
        let nc = shell(&format!("nc -z 127.0.0.1 {port}")).run();
        let ours = probe(&[], &[address]).run();
        assert_eq!(nc.status.success(), ours.status.success(), "{address}");
    }
}
