//! Servers that join their peers with programs, targets and each other.

use super::shown;
use crate::support::unix::{abstract_name, connect, listening};
use crate::support::{Listener, UdpPeer, client, udp_server};
use crate::unix_dgram;

#[test]
fn programs_answer_connections() {
    let sort =
        shown("skat tcp-server --exec sort localhost 9000", &[("localhost 9000", "127.0.0.1 0")])
            .listen();
    let mut peer = sort.connect();
    peer.send("b\na\n");
    peer.finish();
    assert_eq!(peer.receive_to_end(), b"a\nb\n");
    sort.stop();

    let line = "skat tcp-server --sh-exec 'echo \"you are $TCPREMOTEIP\"; uptime' --max-conns 10 \
                localhost 9000";
    let skat = shown(line, &[("localhost 9000", "127.0.0.1 0")]).listen();
    assert_eq!(skat.connect().expect_line(), "you are 127.0.0.1\n");
    skat.stop();

    let line = "skat tcp-server --sh-exec 'gzip -dc | sort -u' --max-conns 10 --idle-timeout 1m \
                localhost 9000";
    let skat = shown(line, &[("gzip -dc", "cat"), ("localhost 9000", "127.0.0.1 0")]).listen();
    let mut peer = skat.connect();
    peer.send("b\na\nb\n");
    peer.finish();
    assert_eq!(peer.receive_to_end(), b"a\nb\n");
    skat.stop();
}

#[test]
fn a_program_for_one_client_unpacks_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("directory")).unwrap();
    std::fs::write(folder.path().join("directory/file"), "content").unwrap();
    let target = tempfile::tempdir().unwrap();
    for line in [
        "skat tcp-server --once --exec 'tar -xf -' localhost 9000",
        "skat tcp-server 9000 | tar -xf -",
    ] {
        let port = if line.contains("localhost") { "localhost 9000" } else { "9000" };
        let mut server = shown(line, &[(port, "127.0.0.1 0")]).directory(target.path()).listen();
        server.close_stdin();
        let address = server.address.to_string();
        let sender = "tar -cf - directory | skat tcp-client host.example 9000";
        let sender = shown(sender, &[("host.example 9000", &address)]).directory(folder.path());
        sender.run().assert_status(0).assert_silent();
        server.finish().assert_status(0);
        let copy = target.path().join("directory/file");
        assert_eq!(std::fs::read(&copy).unwrap(), b"content", "{line}");
        std::fs::remove_file(copy).unwrap();
    }
}

#[test]
fn datagrams_are_relayed_from_path_to_path() {
    let (name, target_name) = (abstract_name(), abstract_name());
    let line = "skat unix-server --type dgram --forward unix:/dev/log log.sock";
    let changes = [("/dev/log", target_name.as_str()), ("log.sock", name.as_str())];
    let skat = listening(shown(line, &changes));
    let target = unix_dgram::peer(&target_name);
    unix_dgram::send(&unix_dgram::peer(&abstract_name()), b"<13>backup: done", &name);
    assert_eq!(crate::support::unix::receive(&target), b"<13>backup: done");
    skat.stop().assert_silent();
}

#[test]
fn relays_lead_to_the_target() {
    let target = Listener::new();
    let address = target.address().to_string();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postgres.sock");
    for (line, to, at) in [
        (
            "skat tcp-server --forward host.example:80 localhost 8080",
            "host.example:80",
            "localhost 8080",
        ),
        (
            "skat unix-server --forward host.example:5432 postgres.sock",
            "host.example:5432",
            "postgres.sock",
        ),
    ] {
        let is_unix = at == "postgres.sock";
        let here = if is_unix { path.to_str().unwrap() } else { "127.0.0.1 0" };
        let skat = shown(line, &[(to, &address), (at, here)]);
        let (skat, mut peer) = if is_unix {
            (listening(skat), connect(&path))
        } else {
            let skat = skat.listen();
            let peer = skat.connect();
            (skat, peer)
        };
        let mut behind = target.accept();
        peer.send("question");
        peer.finish();
        assert_eq!(behind.receive_to_end(), b"question");
        behind.send("answer");
        behind.finish();
        assert_eq!(peer.receive_to_end(), b"answer");
        skat.stop();
    }
}

#[test]
fn peers_hear_each_other() {
    for (line, heard) in [
        ("skat tcp-server --chat 9000", "<user-1> hello\n"),
        ("skat tcp-server --chat --max-conns 50 9000", "<user-1> hello\n"),
        ("skat tcp-server --broker 9000", "hello\n"),
    ] {
        let skat = shown(line, &[("9000", "127.0.0.1 0")]).listen();
        let (mut one, mut other) = (skat.connect(), skat.connect());
        // Names are given in the order of coming; the second is there when it has said something.
        other.send("x\n");
        assert!(one.expect_line().ends_with("x\n"));
        one.send("hello\n");
        assert_eq!(other.expect_line(), heard, "{line}");
        skat.stop();
    }
}

#[test]
fn programs_and_targets_answer_datagrams() {
    let line = "skat udp-server --exec 'tr a-z A-Z' --max-conns 10 9000";
    let skat = shown(line, &[("9000", "127.0.0.1 0")]).listen();
    let peer = UdpPeer::of(skat.address);
    peer.send("hello");
    peer.expect("HELLO");
    skat.stop();

    let target = udp_server(&["--echo"]).listen();
    let line = "skat udp-server --forward ns.example:domain --idle-timeout 10s 5353";
    let address = target.address.to_string();
    let stand_ins = [("ns.example:domain", address.as_str()), ("5353", "127.0.0.1 0")];
    let skat = shown(line, &stand_ins).listen();
    let peer = UdpPeer::of(skat.address);
    peer.send("hello");
    peer.expect("hello");
    skat.stop();
    target.stop();
}

/// The addresses of the example are none of this machine.
#[test]
fn others_are_not_let_in() {
    for (line, is_let_in) in [
        ("skat tcp-server --echo --allow 192.0.2.0/24 --deny 192.0.2.13 7000", false),
        (
            "skat tcp-server --echo --allow 192.0.2.0/24 --allow fd00::/8 --deny 192.0.2.13 \
             --allow ::1 7000",
            true,
        ),
    ] {
        let here = if is_let_in { "::1 0" } else { "127.0.0.1 0" };
        let skat = shown(line, &[(" 7000", &format!(" {here}"))]).listen();
        let mut running = client(skat.address, &[]).start();
        running.type_in("hello\n");
        running.close_stdin();
        let finished = running.finish();
        let status = i32::from(!is_let_in);
        finished.assert_status(status).assert_stdout(if is_let_in { "hello\n" } else { "" });
        skat.stop();
    }
}
