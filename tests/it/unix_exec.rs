//! `--exec` and `--sh-exec` over Unix sockets.

use std::io::Read as _;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use socket2::Type;

use crate::support::process::{assert_idle, is_in_state, only_child};
use crate::support::unix::{abstract_name, address, connect, socket};
use crate::support::unix::{listening, unix_client, unix_server};
use crate::support::{Way, uninterrupted, wait_until};

/// The environment names the sockets; `-v` counts, for which the bytes pass through skat.
#[test]
fn a_process_serves_a_unix_peer() {
    for (options, way) in [
        (&[][..], Way::Fast),
        (&["-v"], Way::Fast),
        (&["-v"], Way::Copying),
        (&["-i", "5m"], Way::Fast),
    ] {
        let name = abstract_name();
        let command = "echo $PROTO $UNIXLOCALPATH $UNIXREMOTEPATH$TCPREMOTEIP; sort";
        let options = [&["-c", command], options].concat();
        let mut skat = listening(unix_server(&name, &options).way(way));
        let mut peer = connect(&name);
        assert_eq!(peer.expect_line(), format!("UNIX {name}\n"));
        peer.send("b\na\n");
        peer.finish();
        assert_eq!(peer.receive_to_end(), b"a\nb\n");
        drop(peer);
        if options.contains(&"-v") {
            let wanted = format!("(4 bytes in, {} out", 4 + 6 + name.len());
            skat.wait_for_stderr(&wanted);
        }
        skat.stop();
    }
}

/// A variable cannot hold a NUL, and an abstract name can.
#[test]
fn a_peer_whose_name_holds_a_nul_is_served() {
    let kinds = [("stream", Type::STREAM), ("seqpacket", Type::SEQPACKET), ("dgram", Type::DGRAM)];
    for (word, kind) in kinds {
        let (name, own) = (abstract_name(), abstract_name() + "\0end");
        let command = "echo \"$(head -n 1) $UNIXREMOTEPATH\"";
        let skat = listening(unix_server(&name, &["--type", word, "-c", command]));
        let peer = socket(kind);
        peer.bind(&address(&own)).unwrap();
        peer.connect(&address(&name)).unwrap();
        peer.send(b"hello\n").unwrap();
        let mut answer = [0; 100];
        let count = uninterrupted(|| (&peer).read(&mut answer)).expect("skat answers");
        let wanted = format!("hello {}\n", own.replace('\0', "\\u{0}"));
        assert_eq!(String::from_utf8_lossy(&answer[..count]), wanted);
        skat.stop().assert_silent();
    }
}

#[test]
fn its_last_words_arrive_and_its_status_is_passed_on() {
    for options in [&[][..], &["-i", "5m"]] {
        let name = abstract_name();
        let options = [&["--once", "-c", "head -c 3000000 /dev/zero; exit 4"], options].concat();
        let skat = listening(unix_server(&name, &options));
        let got = unix_client(&name, &[]).run();
        assert_eq!(got.stdout.len(), 3_000_000);
        skat.finish().assert_status(4);
    }
}

/// A peer that closes with something unread resets; what it sent before is the process's input.
#[test]
fn all_that_came_before_a_reset_is_a_processs_input() {
    let (name, folder) = (abstract_name(), tempfile::tempdir().unwrap());
    let command = r#"echo hi; kill -STOP $$; exec wc -c >"$FOLDER/count""#;
    let skat = unix_server(&name, &["--once", "-v", "-c", command]);
    let skat = listening(skat.env("FOLDER", folder.path()));
    let mut peer = connect(&name);
    peer.send(vec![0; 300_000]);
    let child = only_child(skat.id());
    wait_until("it stands still", || is_in_state('T', u32::try_from(child).unwrap()));
    drop(peer);
    assert_idle(&skat);
    kill(Pid::from_raw(child), Signal::SIGCONT).unwrap();
    skat.finish().assert_status(1).assert_told("connection reset by peer");
    assert_eq!(std::fs::read_to_string(folder.path().join("count")).unwrap(), "300000\n");
}
