//! Unix sockets that another process has opened: `--listen-fd`, LISTEN_FDS.

use std::os::fd::OwnedFd;
use std::path::Path;

use socket2::{Socket, Type};

use crate::support::programs::is_usable;
use crate::support::unix::{
    abstract_name, address, connect, listening, socket, unix_client, unix_server,
};
use crate::support::{Skat, shell, wait_until};

/// A blocking socket with this name, which listens if it is of a type that does.
fn opened(kind: Type, name: impl AsRef<std::ffi::OsStr>) -> Socket {
    let opened = socket(kind);
    opened.bind(&address(name)).unwrap();
    if kind != Type::DGRAM {
        opened.listen(16).unwrap();
    }
    opened
}

/// A shell that has the socket as descriptor 3 and becomes `skat unix-server` with these options.
fn handed(socket: &Socket, options: &str) -> Skat {
    let line = format!(r#"exec 3<&0 </dev/null; exec "$SKAT" unix-server {options}"#);
    shell(&line).stdin(OwnedFd::from(socket.try_clone().unwrap()))
}

fn assert_echoes(kind: &str, name: impl AsRef<std::ffi::OsStr>) {
    let mut client = unix_client(name, &["--type", kind]).start();
    client.type_in("hello\n");
    client.close_stdin();
    client.finish().assert_status(0).assert_stdout("hello\n");
}

const KINDS: [(&str, Type); 3] =
    [("stream", Type::STREAM), ("seqpacket", Type::SEQPACKET), ("dgram", Type::DGRAM)];

#[test]
fn a_socket_by_its_number_and_its_file_stays() {
    for (word, kind) in KINDS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let socket = opened(kind, &path);
        let skat = listening(handed(&socket, &format!("--type {word} --echo --listen-fd 3")));
        for _ in 0..3 {
            assert_echoes(word, &path);
        }
        skat.stop().assert_told(&format!("listening on {}", path.display()));
        assert!(path.exists());
        // One after another may serve on it.
        let once = handed(&socket, &format!("--type {word} --echo --once --listen-fd 3"));
        let once = listening(once);
        assert_echoes(word, &path);
        once.finish().assert_status(0);
        assert!(path.exists());
    }
}

#[test]
fn a_conversation_on_an_abstract_name() {
    let name = abstract_name();
    let socket = opened(Type::STREAM, &name);
    let line = r#"exec 3<&0; exec "$SKAT" unix-server --no-stdin --listen-fd 3"#;
    let skat = shell(line).stdin(OwnedFd::from(socket));
    let skat = listening(skat);
    let mut peer = connect(&name);
    peer.send("hello");
    peer.finish();
    peer.expect_end();
    skat.finish().assert_status(0).assert_stdout("hello");
}

#[test]
fn a_service_manager_hands_them_over() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["one", "two"].map(|name| folder.path().join(name));
    let [one, two] = paths.each_ref().map(|path| opened(Type::STREAM, path));
    let line = r#"exec 3<&0 </dev/null 4>&1 1>&2; LISTEN_PID=$$ LISTEN_FDS=2 exec "$SKAT" unix-server --echo"#;
    let skat = shell(line).stdin(OwnedFd::from(one)).stdout(OwnedFd::from(two));
    let mut skat = skat.start();
    for path in &paths {
        skat.wait_for_stderr(&format!("listening on {}", path.display()));
        assert_echoes("stream", path);
    }
    skat.stop();
    assert!(paths.iter().all(|path| path.exists()));
}

#[test]
fn sockets_and_options_that_make_no_sense_together_are_refused() {
    let name = abstract_name();
    let by_type = KINDS.map(|(word, kind)| (word, opened(kind, format!("{name}-{word}"))));
    for (word, socket) in &by_type {
        for (other, _) in KINDS.iter().filter(|(other, _)| other != word) {
            let told = format!("Unix socket of type {other}");
            let options = format!("--type {other} --listen-fd 3");
            handed(socket, &options).run().assert_status(2).assert_told(&told);
        }
    }
    let streams = &by_type[0].1;
    for (options, told) in [
        ("--listen-fd 3 path", "PATH has no effect with --listen-fd"),
        ("--listen-fd 3 --mode 600", "--mode has no effect"),
        ("--listen-fd 3 --backlog 5", "--backlog has no effect"),
        ("--listen-fd 3 --ready-fd 3", "that descriptor is a socket to serve on"),
        ("--listen-fd 77", "descriptor 77: it is not open"),
        ("--listen-fd 5 5</dev/null", "not a socket"),
        ("--echo", "a PATH is missing"),
    ] {
        handed(streams, options).run().assert_status(2).assert_told(told);
    }
    let activated = r#"exec 3<&0; LISTEN_PID=$$ LISTEN_FDS=1 exec "$SKAT" unix-server --echo path"#;
    let skat = shell(activated).stdin(OwnedFd::from(streams.try_clone().unwrap()));
    skat.run().assert_status(2).assert_told("PATH has no effect with LISTEN_FDS");
    handed(&socket(Type::STREAM), "--listen-fd 3").run().assert_status(2).assert_told("not listen");
    handed(&socket(Type::DGRAM), "--type dgram --listen-fd 3").run().assert_status(2);
    let tcp = r#"exec 3<&0; exec "$SKAT" tcp-server --listen-fd 3"#;
    let skat = shell(tcp).stdin(OwnedFd::from(streams.try_clone().unwrap()));
    skat.run().assert_status(2).assert_told("not a listening TCP socket");
}

/// A name is only free for others once the socket is gone, not when skat is.
#[test]
fn another_server_does_not_replace_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let socket = opened(Type::STREAM, &path);
    listening(handed(&socket, "--echo --listen-fd 3")).stop();
    unix_server(&path, &[]).run().assert_status(9).assert_told("another program serves");
    drop(socket);
    listening(unix_server(&path, &["--echo"])).stop();
    wait_until("the file's end", || !path.exists());
}

#[test]
fn systemd_hands_over() {
    if !is_usable("systemd-socket-activate", &["--version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (option, word) in [("", "stream"), ("-d", "dgram"), ("--seqpacket", "seqpacket")] {
        let path = folder.path().join(word);
        assert_activated(option, word, &path);
    }
}

fn assert_activated(option: &str, word: &str, path: &Path) {
    let line = format!(
        r#"exec systemd-socket-activate {option} -l "$FILE" "$SKAT" unix-server --type {word} --echo"#
    );
    let mut skat = shell(&line).env("FILE", path).start();
    skat.wait_for_stderr("Listening on");
    assert_echoes(word, path);
    skat.stop();
}
