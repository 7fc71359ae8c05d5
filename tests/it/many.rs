//! As many connections as a process may have descriptors for.

use crate::support::programs::is_usable;
use crate::support::{process, shell};

/// Opens 10,000 connections, makes a request on some, and waits for a line. Closed by resets,
/// they leave nothing behind in the system.
const CLIENT: &str = r#"
import os, socket, struct
def connect():
    peer = socket.create_connection((os.environ["HOST"], os.environ["PORT"]))
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return peer
peers = [connect() for _ in range(10000)]
for peer in (peers[0], peers[5000], peers[-1]):
    peer.sendall(b"hello")
    assert peer.recv(5, socket.MSG_WAITALL) == b"hello"
print("open", flush=True)
input()
"#;

#[test]
fn ten_thousand_connections_in_one_thread() {
    const ENOUGH: &str = "ulimit -n 10100";
    if !is_usable("python3", &["--version"]) || !is_usable("sh", &["-c", ENOUGH]) {
        return;
    }
    let script = format!(r#"{ENOUGH} && exec "$SKAT" tcp-server --echo 127.0.0.1 0"#);
    let skat = shell(&script).listen();
    let threads = process::threads(skat.id());
    let client = shell(&format!(r#"{ENOUGH} && exec python3 -c "$CLIENT""#)).env("CLIENT", CLIENT);
    let client = client.env("HOST", skat.address.ip().to_string());
    let mut client = client.env("PORT", skat.address.port().to_string()).start();
    client.wait_for_stdout("open\n");
    assert!(process::descriptors(skat.id()) > 10_000);
    assert_eq!(process::threads(skat.id()), threads);
    assert!(threads < 4, "{threads} threads");
    let peak = process::peak_memory(skat.id());
    assert!(peak < 40, "{peak} MiB");
    client.type_in("\n");
    client.finish().assert_status(0);
    // As one who comes now is.
    let mut peer = skat.connect();
    peer.send("hello");
    peer.expect("hello");
    skat.stop().assert_silent();
}
