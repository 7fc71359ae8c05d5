//! What scripts and tests in CI do: wait, probe, send, and learn how it went.

use serde_json::Value;

use super::{readme, shown};
use crate::support::{
    Listener, Peer, UdpPeer, refusing, refusing_address, server, udp_server, wait_until,
};

#[test]
fn probes_tell_open_from_closed() {
    let listener = Listener::new();
    let (_closed, closed) = refusing();
    let (open, closed) = (listener.address().port(), closed.port());
    let ports = format!("127.0.0.1 {closed},{open}");
    for line in [
        "skat tcp-client --probe -v --connect-timeout 1s host.example 22,80,8000-8100",
        "skat tcp-client --probe --connect-timeout 1s host.example 22,80,8000-8100",
    ] {
        let finished = shown(line, &[("host.example 22,80,8000-8100", &ports)]).run();
        finished.assert_status(0).assert_stdout(format!("127.0.0.1 {open}\n"));
        let names = finished.stderr.contains(&format!("connect 127.0.0.1:{closed}"));
        assert_eq!(names, line.contains("-v"), "{}", finished.stderr);
    }
    let line = "skat tcp-client --probe --retry-for 1m host.example 5432,6379";
    let both = format!("127.0.0.1 {open}");
    shown(line, &[("host.example 5432,6379", &both)]).run().assert_status(0);
}

#[test]
fn a_udp_port_is_open_if_it_answers() {
    let echo = udp_server(&["--echo"]).listen();
    let silent = UdpPeer::new();
    let line = "echo ping | skat udp-client --probe host.example 9000";
    for (address, status) in [(echo.address, 0), (refusing_address(), 5), (silent.address(), 8)] {
        let address = address.to_string();
        shown(line, &[("host.example 9000", &address)]).run().assert_status(status);
    }
    let line = "echo ping | skat udp-client --replies 1 --after-eof 2s host.example 9000";
    let address = echo.address.to_string();
    let finished = shown(line, &[("host.example 9000", &address)]).run();
    finished.assert_status(0).assert_stdout("ping\n");
    let address = silent.address().to_string();
    let stand_ins = [("host.example 9000", address.as_str()), ("2s", "100ms")];
    shown(line, &stand_ins).run().assert_status(8);
    echo.stop();
}

#[test]
fn a_client_waits_for_its_server() {
    let address = refusing_address();
    let line = "echo hello | skat tcp-client --retry-for 30s localhost 9000";
    let text = address.to_string();
    let client = shown(line, &[("localhost 9000", &text)]).start();
    let listener = Listener::on(address);
    let mut peer = listener.accept();
    peer.expect("hello\n");
    peer.finish();
    client.finish().assert_status(0);
}

#[test]
fn a_failed_upload_is_told() {
    let line = "skat tcp-client host.example 9000 <file || echo \"not delivered: status $?\"";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "content").unwrap();
    let discard = server(&["--discard"]).listen();
    for (address, told) in
        [(discard.address, ""), (refusing_address(), "not delivered: status 5\n")]
    {
        let address = address.to_string();
        let skat = shown(line, &[("host.example 9000", &address)]).directory(folder.path());
        skat.run().assert_status(0).assert_stdout(told);
    }
    discard.stop();
}

/// The line that is shown has the members of a real one.
#[test]
fn an_event_is_logged_in_json() {
    let folder = tempfile::tempdir().unwrap();
    let address = refusing_address();
    let line = "skat tcp-server --log json -v 9000 2>events.json >received";
    let skat = shown(line, &[("9000", &address.port().to_string())]).directory(folder.path());
    let mut skat = skat.start();
    skat.close_stdin();
    let mut peer = None;
    wait_until("a server", || {
        peer = Peer::try_connect(address).ok();
        peer.is_some()
    });
    let mut peer = peer.unwrap();
    peer.send("hello\n");
    peer.finish();
    peer.expect_end();
    skat.finish().assert_status(0);
    let read = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("received"), "hello\n");
    assert_eq!(members(&read("events.json")), members(&readme()));
}

/// The names of the members of the event that tells of an end.
fn members(lines: &str) -> Vec<String> {
    let is_event = |line: &&str| line.contains("\"event\":\"disconnected\"");
    let event = lines.lines().find(is_event).expect("the event");
    let members: Value = serde_json::from_str(event).unwrap();
    members.as_object().unwrap().keys().cloned().collect()
}
