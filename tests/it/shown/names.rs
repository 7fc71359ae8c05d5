//! Unix sockets, by file and by name.

use std::os::unix::fs::PermissionsExt as _;

use socket2::Type;

use super::shown;
use crate::support::unix::{abstract_name, address, listening, socket, unix_server};

#[test]
fn two_programs_talk_over_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |line| shown(line, &[]).directory(folder.path());
    let mut server = listening(in_folder("skat unix-server --mode 600 talk.sock"));
    assert!(server.stderr().contains("listening on talk.sock"));
    let file = std::fs::metadata(folder.path().join("talk.sock")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    let mut client = in_folder("skat unix-client talk.sock").start();
    client.type_in("hello\n");
    server.wait_for_stdout("hello\n");
    server.type_in("back\n");
    client.wait_for_stdout("back\n");
    client.close_stdin();
    server.close_stdin();
    client.finish().assert_status(0);
    server.finish().assert_status(0);
    assert!(!folder.path().join("talk.sock").exists());
}

#[test]
fn a_name_echoes_and_answers_a_dialogue() {
    let name = abstract_name();
    let server = listening(shown("skat unix-server --echo @echo", &[("@echo", &name)]));
    let mut client = shown("skat unix-client --prompt @service", &[("@service", &name)]).start();
    client.type_in("hello\n");
    client.wait_for_stdout("hello\n");
    client.close_stdin();
    client.finish().assert_status(0);
    server.stop();
}

#[test]
fn a_line_goes_to_the_log() {
    let name = abstract_name();
    let log = socket(Type::DGRAM);
    log.bind(&address(&name)).unwrap();
    let line = "echo '<13>backup: done' | skat unix-client --type dgram --send-only /dev/log";
    shown(line, &[("/dev/log", &name)]).run().assert_status(0).assert_silent();
    let mut got = [0; 64];
    let count = std::io::Read::read(&mut &log, &mut got).unwrap();
    assert_eq!(&got[..count], b"<13>backup: done\n");
}

#[test]
fn bytes_of_datagrams_and_records_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let line = "skat unix-server --type dgram --frame hex log.sock";
    let server = listening(shown(line, &[]).directory(folder.path()));
    socket(Type::DGRAM).send_to(b"\x01\xff", &address(folder.path().join("log.sock"))).unwrap();
    server.wait_for_stdout("01ff\n");
    server.stop();

    let name = abstract_name();
    let echo = listening(unix_server(&name, &["--type", "seqpacket", "--echo"]));
    let line = "echo 01000008 | skat unix-client --type seqpacket --frame hex service.sock";
    shown(line, &[("service.sock", &name)]).run().assert_status(0).assert_stdout("01000008\n");
    echo.stop();
}
