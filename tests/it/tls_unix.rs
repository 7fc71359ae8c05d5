//! TLS over Unix sockets.

use rustls::ALL_VERSIONS;

use crate::support::programs::program;
use crate::support::tls::{Authority, TlsPeer};
use crate::support::unix::{
    UnixListener, abstract_name, connect, listening, unix_client, unix_server,
};
use crate::support::{Peer, Running, pattern, wait_until};

fn serve(options: &[&str]) -> (Running, Authority, String) {
    let authority = Authority::new("A");
    let identity = authority.issue(&["localhost"]);
    let name = abstract_name();
    let options = [&identity.options()[..], options].concat();
    (listening(unix_server(&name, &options)), authority, name)
}

#[test]
fn a_client_verifies_and_much_comes_back() {
    let (skat, authority, name) = serve(&["--echo"]);
    let much = pattern(3 << 20);
    let ca = authority.file();
    let mut asking = unix_client(&name, &["--tls", "--ca", &ca]).start();
    let typing = asking.type_all(&much);
    asking.finish().assert_status(0).assert_stdout(&much).assert_silent();
    typing.join().unwrap();
    // The name is localhost, unless another is asked for.
    let wrong = ["--tls", "--ca", &ca, "--server-name", "elsewhere.example"];
    unix_client(&name, &wrong).run().assert_status(7);
    skat.stop();
}

#[test]
fn a_process_a_relay_and_a_conversation() {
    let (skat, authority, name) = serve(&["--sh-exec", "sort; echo $UNIXLOCALPATH"]);
    let mut peer = secure(connect(&name), &authority);
    peer.send("b\na\n");
    peer.finish();
    assert_eq!(peer.receive_to_end(), format!("a\nb\n{name}\n").into_bytes());
    skat.stop();

    let target = abstract_name();
    let listener = UnixListener::on(&target);
    let (skat, authority, name) = serve(&["--forward", &format!("unix:{target}")]);
    let mut peer = secure(connect(&name), &authority);
    let mut target = listener.accept();
    peer.send("question");
    target.expect("question");
    target.send("answer");
    peer.expect("answer");
    drop((peer, target));
    skat.stop();

    let (mut skat, authority, name) = serve(&[]);
    let mut peer = secure(connect(&name), &authority);
    peer.send("hello");
    skat.wait_for_stdout("hello");
    peer.finish();
    skat.close_stdin();
    assert_eq!(peer.receive_to_end(), b"");
    skat.finish().assert_status(0);
}

fn secure(peer: Peer, authority: &Authority) -> TlsPeer {
    TlsPeer::client(peer, authority.client(ALL_VERSIONS), "localhost").shake()
}

#[test]
fn bytes_are_exchanged_with_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let (path, text) = (path.as_path(), path.to_str().unwrap());
    let skat = listening(unix_server(path, &["--tls", "--stamp=epoch", "--once"]));
    let arguments = ["s_client", "-quiet", "-no_ign_eof", "-unix", text];
    let Some(client) = program("openssl", &arguments) else { return };
    let mut client = client.start();
    client.type_in("hello\n");
    wait_until("the answer", || client.stdout().ends_with(b"]: hello\n"));
    client.close_stdin();
    client.finish().assert_status(0);
    skat.finish().assert_status(0);
}
