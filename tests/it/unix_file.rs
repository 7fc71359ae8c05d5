//! The file of a Unix socket: who may take its name, with which permissions, and when it goes.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Stdio;

use nix::sys::signal::Signal;
use socket2::Type;

use crate::support::skat::bytes_argument;
use crate::support::unix::{UnixListener, abstract_name, address, connect, socket};
use crate::support::unix::{listening, unix_client, unix_server};
use crate::support::{Running, programs, shell, skat, wait_until};

/// What kills by default, can be caught and is no fault of the program's own (signal(7)).
pub const FATAL: [Signal; 14] = [
    Signal::SIGTERM,
    Signal::SIGINT,
    Signal::SIGHUP,
    Signal::SIGQUIT,
    Signal::SIGABRT,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGALRM,
    Signal::SIGVTALRM,
    Signal::SIGPROF,
    Signal::SIGXCPU,
    Signal::SIGXFSZ,
    Signal::SIGIO,
    Signal::SIGPWR,
];

fn is_socket(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket())
}

/// A file that a server left behind.
fn leave_behind(path: &Path) {
    let left = socket(Type::STREAM);
    left.bind(&address(path)).unwrap();
    left.listen(1).unwrap();
}

/// skat answers there.
#[track_caller]
fn assert_served(path: &Path) {
    let mut peer = connect(path);
    peer.send("x");
    peer.expect("x");
}

#[test]
fn a_file_that_nobody_serves_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    leave_behind(&path);
    let skat = listening(unix_server(&path, &["--echo", "-vv"]));
    assert_served(&path);
    skat.stop().assert_told("a stale socket");
    // Killed, skat leaves one too, and does not mind it.
    let skat = listening(unix_server(&path, &["--echo"]));
    skat.signal(Signal::SIGKILL);
    skat.finish();
    assert!(is_socket(&path));
    listening(unix_server(&path, &["--echo"])).stop();
    assert!(!path.exists());
}

#[test]
fn a_live_server_is_not_robbed_and_notices_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for kind in [Type::STREAM, Type::SEQPACKET, Type::DGRAM] {
        let path = folder.path().join(format!("{kind:?}"));
        let live = socket(kind);
        live.bind(&address(&path)).unwrap();
        if kind != Type::DGRAM {
            // It is live before it listens.
            unix_server(&path, &[]).run().assert_status(9).assert_told("another program serves");
            live.listen(0).unwrap();
            let full = socket(kind);
            full.connect(&address(&path)).unwrap();
        }
        unix_server(&path, &[]).run().assert_status(9).assert_told("another program serves");
        live.set_nonblocking(true).unwrap();
        if kind != Type::DGRAM {
            live.accept().unwrap();
            live.accept().expect_err("nobody else came");
        }
        assert!(is_socket(&path));
    }
}

#[test]
fn a_file_that_is_no_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "precious").unwrap();
    let (directory, link) = (folder.path().join("directory"), folder.path().join("link"));
    fs::create_dir(&directory).unwrap();
    let stale = folder.path().join("stale");
    leave_behind(&stale);
    symlink(&stale, &link).unwrap();
    for (path, told) in [
        (&file, "a regular file is there, not a socket; it is left alone"),
        (&directory, "a directory is there"),
        (&link, "a symbolic link is there"),
        (&folder.path().join("nosuch/socket"), "no such file or directory"),
        (&file.join("socket"), "not a directory"),
    ] {
        unix_server(path, &[]).run().assert_status(9).assert_told(told);
    }
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    assert!(is_socket(&stale));
}

#[test]
fn of_servers_that_start_at_once_one_has_the_name() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let path = folder.path().join("socket");
        if round > 0 {
            leave_behind(&path);
        }
        let start = || unix_server(&path, &["--echo"]).stdin(Stdio::null()).start();
        let mut servers: Vec<Running> = (0..6).map(|_| start()).collect();
        wait_until("five that give up", || {
            servers.iter_mut().filter_map(|one| one.has_ended().then_some(())).count() == 5
        });
        for mut server in servers {
            if server.has_ended() {
                server.finish().assert_status(9);
            } else {
                server.wait_for_stderr("listening");
                assert_served(&path);
                server.stop();
            }
        }
        assert!(!path.exists());
    }
}

#[test]
fn the_file_goes_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    for signal in FATAL {
        let skat = listening(unix_server(&path, &["--echo"]));
        assert!(is_socket(&path));
        skat.signal(signal);
        skat.finish().assert_died_of(signal);
        assert!(!path.exists(), "{signal}");
    }
    unix_server(&path, &["--echo", "--max-time", "50ms"]).run().assert_status(6);
    unix_server(&path, &["--accept-timeout", "50ms"]).run().assert_status(6);
    unix_server(&path, &["--echo", "--run", "exit 7"]).run().assert_status(7);
    let unwritable = ["--echo", "--ready-file", "/nosuch/file"];
    unix_server(&path, &unwritable).run().assert_status(1);
    assert!(!path.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_file_goes_at_a_real_time_signal_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    for signal in [nix::libc::SIGRTMIN(), nix::libc::SIGRTMAX()] {
        let skat = listening(unix_server(&path, &["--echo"]));
        shell(&format!("kill -{signal} {}", skat.id())).run().assert_status(0);
        assert_eq!(skat.finish().status.signal(), Some(signal));
        assert!(!path.exists(), "{signal}");
    }
}

/// As it was ignored when skat started.
#[test]
fn an_ignored_signal_takes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let script = r#"trap "" USR1 ALRM; exec "$SKAT" unix-server --echo "$FILE""#;
    let skat = listening(shell(script).env("FILE", &path));
    for signal in [Signal::SIGUSR1, Signal::SIGALRM] {
        skat.signal(signal);
        assert_served(&path);
    }
    skat.signal(Signal::SIGUSR2);
    skat.finish().assert_died_of(Signal::SIGUSR2);
    assert!(!path.exists());
}

#[test]
fn the_file_goes_when_nobody_is_let_in_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    for options in [&[][..], &["--echo", "--once"]] {
        let mut skat = listening(unix_server(&path, options));
        let peer = connect(&path);
        wait_until("the file's end", || !path.exists());
        drop(peer);
        skat.close_stdin();
        skat.finish().assert_status(0);
    }
}

#[test]
fn a_second_signal_takes_the_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    // A stopped process takes both signals at once.
    let skat = listening(unix_server(&path, &["--echo"]));
    skat.signal(Signal::SIGSTOP);
    skat.signal(Signal::SIGTERM);
    skat.signal(Signal::SIGINT);
    skat.signal(Signal::SIGCONT);
    assert_eq!(skat.finish().status.code(), None);
    assert!(!path.exists());
}

#[test]
fn what_others_put_there_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let skat = listening(unix_server(&path, &["--echo"]));
    fs::remove_file(&path).unwrap();
    leave_behind(&path);
    let inode = fs::symlink_metadata(&path).unwrap().ino();
    skat.stop().assert_silent();
    assert_eq!(fs::symlink_metadata(&path).unwrap().ino(), inode);
}

#[test]
fn the_mode_is_in_force_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    for (options, mode) in
        [(&["--mode", "600"][..], 0o600), (&["--mode", "0666"], 0o666), (&[], 0o755)]
    {
        leave_behind(&path);
        let skat = listening(unix_server(&path, &[&["--echo"], options].concat()));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode, "{options:?}");
        skat.stop();
    }
    for wrong in ["800", "1777", "rw", "-1", "+7", ""] {
        unix_server(&path, &["--mode", wrong]).run().assert_status(2);
    }
    unix_server(abstract_name(), &["--mode", "600"]).run().assert_status(2);
    if !programs::is_usable("strace", &["-V"]) {
        return;
    }
    let script =
        "exec strace -f -o \"$TRACE\" \"$SKAT\" unix-server --mode 600 --echo --run true \"$FILE\"";
    let trace = folder.path().join("trace");
    let traced = shell(script).env("TRACE", &trace).env("FILE", &path).run();
    traced.assert_status(0);
    let calls = fs::read_to_string(&trace).unwrap();
    let calls: Vec<&str> = calls.lines().collect();
    let bind = calls.iter().position(|call| call.contains("bind(")).expect("it binds");
    assert!(calls[bind - 1].contains("umask(0177)"), "{}", calls[bind - 1]);
    assert!(!calls[bind..].iter().any(|call| call.contains("chmod")), "{calls:?}");
}

#[test]
fn names_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join(bytes_argument(b"so\xffck\net "));
    let names: [OsString; 2] = [odd.clone().into(), abstract_name().into()];
    for name in names {
        let ready = folder.path().join("ready");
        let skat = unix_server(&name, &["--echo", "--ready-file", ready.to_str().unwrap()]);
        let skat = listening(skat);
        let told = fs::read(&ready).unwrap();
        assert_eq!(told, [name.as_encoded_bytes(), b"\n"].concat());
        let mut client = unix_client(&name, &[]).start();
        client.type_in("hello");
        client.close_stdin();
        client.finish().assert_status(0).assert_stdout("hello");
        skat.stop();
    }
    assert!(!odd.exists());
    let relative = listening(unix_server("socket", &["--echo"]).directory(folder.path()));
    assert_served(&folder.path().join("socket"));
    relative.stop();
    assert!(!folder.path().join("socket").exists());
}

#[test]
fn a_name_that_is_too_long_is_refused() {
    for name in ["/".to_owned() + &"x".repeat(107), "@".to_owned() + &"x".repeat(108)] {
        for command in ["unix-server", "unix-client"] {
            skat([command, &name]).run().assert_status(2).assert_told("108 bytes are too long");
        }
    }
    for command in ["unix-server", "unix-client"] {
        skat([command]).run().assert_status(2);
        skat([command, ""]).run().assert_status(2).assert_told("the PATH is empty");
        skat([command, "@"]).run().assert_status(2).assert_told("the abstract name is empty");
    }
    let fits = abstract_name();
    let fits = fits.clone() + &"x".repeat(108 - fits.len());
    listening(unix_server(&fits, &["--echo"])).stop();
}

#[test]
fn an_abstract_name_is_not_shared() {
    let name = abstract_name();
    let live = UnixListener::on(&name);
    unix_server(&name, &[]).run().assert_status(9).assert_told("another program has that name");
    drop(live);
    listening(unix_server(&name, &["--echo"])).stop();
}
