//! The README's table "If you know nc, ncat or socat": each whole command line in it, of skat and
//! of the others, does what its row says.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::path::Path;

use socket2::Type;

use crate::support::programs::is_usable;
use crate::support::skat::Running;
#[cfg(feature = "tls")]
use crate::support::tls::Authority;
use crate::support::unix::{self, UnixListener};
use crate::support::{Listener, Peer, Skat, UdpPeer, free_port, shell, udp_server, wait_until};

/// The README's rows of tables, each by what is in its first cell, with the whole command lines of the
/// others.
fn rows() -> Vec<(String, Vec<String>)> {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    // A bar within a cell is escaped.
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| ")).map(|row| {
        row.replace("\\|", "\0").split('|').map(|cell| cell.trim().replace('\0', "|")).collect()
    });
    let is_whole = |code: &String| {
        ["skat ", "nc ", "ncat ", "socat "].iter().any(|program| code.starts_with(program))
    };
    rows.map(|cells: Vec<String>| {
        let code = cells[1..].iter().filter_map(|cell| cell.split('`').nth(1));
        (cells[0].clone(), code.map(str::to_owned).filter(is_whole).collect())
    })
    .collect()
}

/// The whole command lines of the row with these words, each with the port that it is to use.
fn commands(row: &str, port: impl Fn() -> u16) -> Vec<(String, u16)> {
    let mut rows = rows();
    rows.retain(|(words, _)| words == row);
    let (_, mut commands) = rows.pop().expect(row);
    commands.retain(|command| match command.split(' ').next() {
        Some("nc") => is_usable("nc", &["-h"]),
        Some("ncat") => is_usable("ncat", &["--version"]),
        Some("socat") => is_usable("socat", &["-V"]),
        _ => true,
    });
    assert!(!commands.is_empty(), "{row}");
    let with_port = |command: String| {
        let port = port();
        (filled(&command, &port.to_string()), port)
    };
    commands.into_iter().map(with_port).collect()
}

/// For a shell, with an address of this machine.
fn filled(command: &str, port: &str) -> String {
    let command = command.replace("HOST", "127.0.0.1").replace("ADDR", "127.0.0.1");
    let command = command.replace("8080", port).replace("5000", port).replace("PORT", port);
    match command.strip_prefix("skat ") {
        Some(arguments) => format!("exec \"$SKAT\" {arguments}"),
        None => format!("exec {command}"),
    }
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Connects as soon as somebody listens.
fn connect(port: u16) -> Peer {
    let mut peer = None;
    wait_until("a server", || {
        peer = Peer::try_connect(local(port)).ok();
        peer.is_some()
    });
    peer.unwrap()
}

fn prints(server: &Running, wanted: &str) {
    wait_until(wanted, || String::from_utf8_lossy(&server.stdout()).contains(wanted));
}

/// The client's question reaches the peer that it has connected to, and the answer comes back.
#[track_caller]
fn ask_and_answer(mut client: Running, mut peer: Peer) {
    client.type_in("question\n");
    peer.expect("question\n");
    peer.send("answer\n");
    client.wait_for_stdout("answer\n");
}

#[test]
fn each_row_with_a_whole_command_line_has_a_test() {
    let tests = include_str!("readme_table.rs");
    for (row, commands) in rows() {
        assert!(commands.is_empty() || tests.contains(&format!("\"{row}\"")), "no test of: {row}");
    }
}

#[test]
fn clients_connect() {
    let listener = Listener::new();
    for (command, _) in commands("connect", || listener.address().port()) {
        let client = shell(&command).start();
        ask_and_answer(client, listener.accept());
    }
}

#[test]
fn servers_print_what_comes() {
    for row in ["listen for one peer", "listen on one address", "one peer after another"] {
        for (command, port) in commands(row, free_port) {
            let server = shell(&command).start();
            for text in ["one\n", "two\n"].iter().take(if row.starts_with("one") { 2 } else { 1 }) {
                let mut peer = connect(port);
                peer.send(text);
                peer.finish();
                prints(&server, text);
            }
        }
    }
}

#[test]
fn servers_echo_to_many() {
    for (command, port) in commands("echo to many", free_port) {
        let _server = shell(&command).start();
        let mut peers = [connect(port), connect(port)];
        for peer in &mut peers {
            peer.send("hello\n");
            peer.expect("hello\n");
        }
    }
}

/// What a server's program makes of two lines, up to the end.
#[track_caller]
fn sorted(command: &str, port: u16) -> String {
    let _server = shell(command).start();
    let mut peer = connect(port);
    peer.send("b\na\n");
    peer.finish();
    String::from_utf8(peer.receive_to_end()).unwrap()
}

/// sort(1) says nothing before its input ends.
#[test]
fn servers_run_a_program_per_client() {
    for row in ["a program per client", "a shell command per client"] {
        for (command, port) in commands(row, free_port) {
            let wanted = if command.contains("ncat") { "" } else { "a\nb\n" };
            assert_eq!(sorted(&command, port), wanted, "{command}");
        }
    }
}

#[test]
fn only_skat_waits_for_a_slow_program() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("slow");
    std::fs::write(&script, "sort >\"$0.out\"; sleep 2; exec cat \"$0.out\"").unwrap();
    let slow = format!("/bin/sh {}", script.display());
    for (row, slow) in
        [("a program per client", format!("'{slow}'")), ("a shell command per client", slow)]
    {
        for (command, port) in commands(row, free_port) {
            let command = command.replace("/bin/sort", "sort").replace("sort", &slow);
            let wanted = if command.contains("$SKAT") { "a\nb\n" } else { "" };
            assert_eq!(sorted(&command, port), wanted, "{command}");
        }
    }
}

#[test]
fn clients_list_open_ports() {
    let listener = Listener::new();
    let port = listener.address().port();
    let range = format!("{port}-{}", port + 1);
    for (command, _) in commands("list open ports", || port) {
        let command = command.replace("20-25,80", &format!("{port},1"));
        let command = command.replace("20-25", &range);
        let command = match command.strip_suffix(" 22") {
            Some(before) => format!("{before} {port}"),
            None => command,
        };
        let finished = shell(&command).run();
        finished.assert_status(0);
        let told = String::from_utf8(finished.stdout).unwrap() + &finished.stderr;
        let is_told = |line: &str| line.contains(&port.to_string()) && !line.contains("refused");
        assert!(told.lines().any(is_told), "{command}: {told}");
    }
}

#[test]
fn a_name_is_looked_up() {
    let row = "look up a name (`getent ahosts NAME`)";
    let addresses = |command: &str| {
        let finished = shell(&command.replace("NAME", "localhost")).run();
        finished.assert_status(0);
        let stdout = String::from_utf8(finished.stdout).unwrap();
        let mut addresses: Vec<String> =
            stdout.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
        addresses.dedup();
        addresses
    };
    for (command, _) in commands(row, || 0) {
        let found = addresses(&command);
        assert!(found.iter().any(|address| address == "127.0.0.1"), "{found:?}");
        if is_usable("getent", &["--version"]) {
            assert_eq!(found, addresses("getent ahosts NAME"));
        }
    }
}

#[test]
fn servers_relay() {
    let target = Listener::new();
    for (command, port) in commands("relay to another address", free_port) {
        let command = command.replace("9000", &target.address().port().to_string());
        let _server = shell(&command).start();
        let mut peer = connect(port);
        peer.send("question\n");
        let mut target = target.accept();
        target.expect("question\n");
        target.send("answer\n");
        peer.expect("answer\n");
    }
}

#[test]
fn servers_join_all_peers() {
    for row in ["chat", "send all input to all others"] {
        for (command, port) in commands(row, free_port) {
            let _server = shell(&command).start();
            let (mut one, mut two) = (connect(port), connect(port));
            wait_until("the other's line", || {
                one.send("hello\n");
                !two.hears_nothing()
            });
            // ncat also tells who has come.
            loop {
                let line = two.expect_line();
                assert!(!line.is_empty(), "{command} has ended");
                if line.ends_with("hello\n") {
                    break;
                }
            }
        }
    }
}

#[test]
fn udp_clients_talk() {
    let server = udp_server(&["--echo"]).listen();
    for (command, _) in commands("talk UDP", || server.address.port()) {
        let mut client = shell(&command).start();
        client.type_in("hello\n");
        client.wait_for_stdout("hello\n");
    }
    server.stop();
}

#[test]
fn udp_servers_receive_from_many() {
    for (command, port) in commands("receive UDP from many", free_port) {
        let server = shell(&command).start();
        for text in ["one\n", "two\n"] {
            let peer = UdpPeer::of(local(port));
            wait_until(text, || {
                // Refused until somebody is there.
                let _ = peer.try_send(text);
                String::from_utf8_lossy(&server.stdout()).contains(text)
            });
        }
    }
}

#[test]
fn udp_servers_answer_many() {
    for (command, port) in commands("answer UDP from many", free_port) {
        let _server = shell(&command).start();
        for peer in [UdpPeer::new(), UdpPeer::new()] {
            wait_until("an answer", || {
                peer.send_to("hello\n", local(port));
                !peer.hears_nothing()
            });
            peer.expect("hello\n");
        }
    }
}

/// What a client of a row does at a Unix socket.
fn at(path: &Path, command: &str) -> Skat {
    shell(&command.replace("PATH", path.to_str().unwrap()))
}

#[test]
fn clients_of_unix_sockets_connect() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let listener = UnixListener::on(&path);
    for (command, _) in commands("connect to a Unix socket", || 0) {
        let client = at(&path, &command).start();
        ask_and_answer(client, listener.accept());
    }
}

#[test]
fn servers_of_unix_sockets_print_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    for (number, (command, _)) in commands("listen on a Unix socket", || 0).iter().enumerate() {
        let path = folder.path().join(number.to_string());
        let server = at(&path, command).start();
        let socket = unix::socket(Type::STREAM);
        wait_until("a server", || socket.connect(&unix::address(&path)).is_ok());
        let mut peer = Peer::of_unix(OwnedFd::from(socket));
        peer.send("hello\n");
        peer.finish();
        prints(&server, "hello\n");
    }
}

/// All know the authority by a variable of OpenSSL's, which skat reads too.
#[cfg(feature = "tls")]
#[test]
fn clients_connect_over_tls() {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1", "localhost"]);
    let server = crate::support::server(&[&identity.options()[..], &["--echo"]].concat()).listen();
    for (command, _) in commands("connect over TLS", || server.address.port()) {
        let client = shell(&command.replace("127.0.0.1", "localhost"));
        let mut client = client.env("SSL_CERT_FILE", authority.file()).start();
        client.type_in("hello\n");
        client.wait_for_stdout("hello\n");
    }
    server.stop();
}
