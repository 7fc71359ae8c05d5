//! `--exec` and `--sh-exec` over Unix sockets.

use crate::support::Way;
use crate::support::unix::{abstract_name, connect, listening, unix_client, unix_server};

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
