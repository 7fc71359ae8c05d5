//! stdin and stdout of the UDP commands: of every kind, slow, full, and gone.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::process::{assert_idle, peak_memory};
use crate::support::{
    Running, Skat, UdpPeer, on_each_stdio, pattern, udp_client, udp_server, wait_until,
};

on_each_stdio! {
    fn a_reader_that_goes_away_ends_a_server_at_once(way) {
        let mut skat = udp_server(&[]).way(way).start_unread().until_listening();
        let peer = UdpPeer::of(skat.address);
        peer.send("x");
        let mut stdout = skat.take_stdout();
        stdout.read_exact(&mut [0]).unwrap();
        drop(stdout);
        skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
    }

    fn a_reader_that_goes_away_ends_a_client_at_once(way) {
        let peer = UdpPeer::new();
        let mut skat = udp_client(peer.address(), &[]).way(way).start_unread();
        skat.type_in("question\n");
        peer.expect("question\n");
        drop(skat.take_stdout());
        skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
    }

    fn a_full_disk_is_an_error(way) {
        let full = || File::options().write(true).open("/dev/full").unwrap();
        let skat = udp_server(&[]).way(way).stdout(full()).listen();
        UdpPeer::of(skat.address).send("x");
        skat.finish().assert_status(1).assert_told("write stdout: no space left");
        let peer = UdpPeer::new();
        let mut skat = udp_client(peer.address(), &[]).way(way).stdout(full()).start();
        skat.type_in("question\n");
        let client = peer.expect("question\n");
        peer.send_to("answer\n", client);
        skat.finish().assert_status(1).assert_told("write stdout: no space left");
    }

    /// Datagrams wait for a reader up to a bound, then in the system's buffer; none is cut.
    fn a_reader_that_waits_finds_whole_datagrams_in_order(way) {
        let options = ["--frame", "len32"];
        let mut skat = udp_server(&options).way(way).start_unread().until_listening();
        let peer = UdpPeer::of(skat.address);
        for number in 0..20_000_u32 {
            peer.send([&number.to_be_bytes()[..], &[b'x'; 1196]].concat());
        }
        assert_idle(&skat);
        assert!(peak_memory(skat.id()) < 48, "{} MiB", peak_memory(skat.id()));
        let mut stdout = skat.take_stdout();
        let mut last = None;
        for _ in 0..1000 {
            let mut datagram = [0; 1204];
            stdout.read_exact(&mut datagram).unwrap();
            assert_eq!(datagram[..4], 1200_u32.to_be_bytes());
            let number = u32::from_be_bytes(datagram[4..8].try_into().unwrap());
            assert!(last < Some(number) && datagram[8..].iter().all(|byte| *byte == b'x'));
            last = Some(number);
        }
        drop(stdout);
        skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
    }

    /// A reader that reads on, yet never catches up.
    fn a_slow_reader_costs_no_memory(way) {
        let options = ["--frame", "block"];
        let mut skat = udp_server(&options).way(way).start_unread().until_listening();
        let (peer, mut stdout) = (UdpPeer::of(skat.address), skat.take_stdout());
        let flood = std::thread::spawn(move || {
            let datagram = pattern(60_000);
            while peer.try_send(&datagram).is_ok() {}
        });
        let mut buffer = vec![0; 64 << 10];
        for _ in 0..1500 {
            stdout.read_exact(&mut buffer).unwrap();
            if way == crate::support::Way::Fast {
                std::thread::sleep(Duration::from_micros(100));
            }
        }
        assert!(peak_memory(skat.id()) < 48, "{} MiB", peak_memory(skat.id()));
        drop(stdout);
        skat.finish().assert_died_of(Signal::SIGPIPE).assert_silent();
        flood.join().unwrap();
    }

    fn a_signal_ends_it_though_nobody_reads(way) {
        let options = ["--frame", "block"];
        let skat = udp_server(&options).way(way).start_unread().until_listening();
        let peer = UdpPeer::of(skat.address);
        for _ in 0..1000 {
            peer.send([b'x'; 1200]);
        }
        skat.signal(Signal::SIGTERM);
        skat.finish().assert_died_of(Signal::SIGTERM);
        let peer = UdpPeer::new();
        let mut skat = udp_client(peer.address(), &options).way(way).start_unread();
        skat.type_in([b'x'; 1400]);
        let (_, client) = peer.receive();
        for _ in 0..1000 {
            peer.send_to([b'x'; 1200], client);
        }
        skat.signal(Signal::SIGINT);
        skat.finish().assert_died_of(Signal::SIGINT);
    }
}

/// Each kind of stdin, with these bytes in it.
fn stdins(bytes: &[u8]) -> Vec<(&'static str, Stdio)> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(bytes).unwrap();
    let (socket, mut other) = std::os::unix::net::UnixStream::pair().unwrap();
    other.write_all(bytes).unwrap();
    let socket = Stdio::from(std::os::fd::OwnedFd::from(socket));
    vec![("file", file.into()), ("pipe", reader.into()), ("socket", socket)]
}

#[test]
fn stdin_may_be_of_any_kind() {
    for (kind, stdin) in stdins(b"one\ntwo\n") {
        let peer = UdpPeer::new();
        let skat = udp_client(peer.address(), &["--send-only"]).stdin(stdin).start();
        peer.expect("one\n");
        peer.expect("two\n");
        skat.finish().assert_status(0).assert_silent();
        assert!(peer.hears_nothing(), "{kind}");
    }
    for (_, stdin) in stdins(b"one\ntwo\n") {
        let skat = udp_server(&[]).stdin(stdin).listen();
        let peer = UdpPeer::of(skat.address);
        peer.send("I\n");
        peer.expect("one\n");
        peer.expect("two\n");
        skat.stop().assert_silent();
    }
}

#[test]
fn a_stdin_with_nothing_in_it() {
    let closed = |skat: &str| crate::support::skat::shell(&format!("exec \"$SKAT\" {skat} <&-"));
    let peer = UdpPeer::new();
    let address = peer.address();
    let clients: [Skat; 2] =
        [udp_client(address, &[]).stdin(Stdio::null()), closed(&format!("udp-client {address}"))];
    for client in clients {
        client.start().finish().assert_status(0).assert_stdout("").assert_silent();
        assert!(peer.hears_nothing());
    }
    let servers: [Skat; 2] =
        [udp_server(&[]).stdin(Stdio::null()), closed("udp-server 127.0.0.1 0")];
    for server in servers {
        let skat = server.listen();
        prints(&skat, "one\n");
        assert_idle(&skat);
        skat.stop().assert_silent();
    }
}

fn prints(skat: &Running, text: &str) {
    UdpPeer::of(skat.address).send(text);
    skat.wait_for_stdout(text);
}

/// A stdout that is closed counts as /dev/null.
#[test]
fn a_stdout_that_is_closed_from_the_start() {
    let skat = crate::support::skat::shell("exec \"$SKAT\" udp-server -v 127.0.0.1 0 >&-");
    let mut skat = skat.listen();
    UdpPeer::of(skat.address).send("x");
    wait_until("the datagram", || skat.stderr().contains("datagram of 1 bytes"));
    assert_idle(&skat);
    skat.assert_running();
    skat.stop();
}

#[test]
fn a_file_takes_what_comes() {
    let mut file = tempfile::tempfile().unwrap();
    let skat = udp_server(&["-v"]).stdout(file.try_clone().unwrap()).listen();
    let peer = UdpPeer::of(skat.address);
    for number in 0..100 {
        peer.send(format!("{number}\n"));
    }
    wait_until("all of them", || skat.stderr().matches("datagram of").count() == 100);
    skat.stop();
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    assert!(text.lines().eq((0..100).map(|number| number.to_string())));
}
