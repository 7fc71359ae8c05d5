//! UDP with other programs, in both roles: nc (OpenBSD's), ncat, socat.

use std::process::Stdio;

use crate::support::programs::is_usable;
use crate::support::trace::calls_of_an_echo;
use crate::support::{UdpPeer, refusing_address, shell, udp_client, udp_server, wait_until};

/// Each program as a client of `ADDRESS PORT` that sends stdin and prints answers.
const CLIENTS: [(&str, &str, &str); 3] = [
    ("nc", "-h", "nc -u -w 2 HOST PORT"),
    ("ncat", "--version", "ncat -u -i 2s HOST PORT"),
    ("socat", "-V", "socat -t 2 - UDP:HOST:PORT"),
];

/// Each as a server that prints what comes and sends stdin to whom it heard first.
const SERVERS: [(&str, &str, &str); 3] = [
    ("nc", "-h", "nc -u -l HOST PORT"),
    ("ncat", "--version", "ncat -u -l HOST PORT"),
    ("socat", "-V", "socat - UDP-LISTEN:PORT,bind=HOST"),
];

fn command(text: &str, address: std::net::SocketAddr) -> String {
    let port = address.port().to_string();
    text.replace("HOST", &address.ip().to_string()).replace("PORT", &port)
}

#[test]
fn as_clients_of_an_echo() {
    for (program, sign_of_life, text) in CLIENTS {
        if !is_usable(program, &[sign_of_life]) {
            continue;
        }
        let server = udp_server(&["--echo"]).listen();
        let text = command(text, server.address);
        // stdin stays open until the answer has come.
        let mut client = shell(&format!("exec {text}")).start();
        client.type_in("hello\n");
        client.wait_for_stdout("hello\n");
        server.stop().assert_silent();
    }
}

#[test]
fn as_clients_of_a_conversation() {
    for (program, sign_of_life, text) in CLIENTS {
        if !is_usable(program, &[sign_of_life]) {
            continue;
        }
        let mut server = udp_server(&[]).listen();
        let text = command(text, server.address);
        let mut client = shell(&format!("exec {text}")).start();
        client.type_in("question\n");
        server.wait_for_stdout("question\n");
        server.type_in("answer\n");
        client.wait_for_stdout("answer\n");
        server.stop().assert_silent();
    }
}

#[test]
fn as_servers_of_a_client() {
    for (program, sign_of_life, text) in SERVERS {
        if !is_usable(program, &[sign_of_life]) {
            continue;
        }
        let address = refusing_address();
        let mut server = shell(&format!("exec {}", command(text, address))).start();
        // Until it is bound, the question is refused and sent again.
        let options = ["--retry-for", "30", "--replies", "1", "--after-eof", "20"];
        let mut client = udp_client(address, &options).start();
        client.type_in("question\n");
        client.close_stdin();
        server.wait_for_stdout("question\n");
        server.type_in("answer\n");
        client.finish().assert_status(0).assert_stdout("answer\n").assert_silent();
    }
}

#[test]
fn as_servers_of_a_dialogue() {
    if !is_usable("socat", &["-V"]) {
        return;
    }
    let address = refusing_address();
    let text = command("socat -T 30 UDP-RECVFROM:PORT,bind=HOST,fork EXEC:cat", address);
    let _server = shell(&format!("exec {text}")).stdin(Stdio::null()).start_unread();
    wait_until("socat", || UdpPeer::try_on(address).is_err());
    let mut client = udp_client(address, &["--prompt"]).start();
    client.type_in("one\ntwo\nthree\n\n");
    client.finish().assert_status(0).assert_stdout("one\ntwo\nthree\n");
}

/// strace(1) sees what a simple server and client ask the system for: what the textbook says and
/// nothing superfluous.
#[test]
fn system_calls_are_those_of_the_textbook() {
    let Some([served, asked]) = calls_of_an_echo("udp", "--after-eof 20 --replies 1") else {
        return;
    };
    assert_eq!(served, ["socket", "setsockopt", "bind", "getsockname", "recvmmsg", "sendmmsg"]);
    assert_eq!(asked, ["socket", "setsockopt", "connect", "sendmmsg", "recvmmsg"]);
}
