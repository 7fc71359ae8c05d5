//! Listening: where, how others learn of it, and who may have a port.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::resolve::with_private_data_bases;
use crate::support::programs::is_usable;
use crate::support::{Bounded, Listener, Peer, free_port, server, shell, skat, wait_until};

#[test]
fn port_0_tells_the_real_one() {
    let skat = server(&["--echo"]).listen();
    assert_ne!(skat.address.port(), 0);
    assert_eq!(skat.stderr(), format!("skat: listening on {}\n", skat.address));
    skat.connect();
}

/// Every address, however it is spelt, is served on both families; an IPv4-mapped one is IPv4.
#[test]
fn a_host_is_served_by_its_value() {
    for host in ["::", "::0", "0:0:0:0:0:0:0:0"] {
        let serving = skat(["tcp-server", "--echo", host, "0"]).listen();
        Peer::connect(("127.0.0.1".parse::<IpAddr>().unwrap(), serving.address.port()).into());
        let ask = r#"echo hello | "$SKAT" udp-client "$SKAT_ADDR""#;
        let finished = skat(["udp-server", "--echo", "--run", ask, host, "0"]).run();
        finished.assert_status(0).assert_stdout("hello\n");
    }
    for command in ["tcp-server", "udp-server"] {
        let serving = skat([command, "--echo", "-4", "::", "0"]).listen();
        assert!(serving.stderr().contains("listening on 0.0.0.0:"), "{}", serving.stderr());
        let serving = skat([command, "--echo", "::ffff:127.0.0.1", "0"]).listen();
        assert_eq!(serving.address.ip().to_string(), "127.0.0.1");
    }
}

/// Other programs write it for every address; a resolver may take it for any name.
#[test]
fn a_star_is_no_host() {
    for command in ["tcp-server", "udp-server"] {
        let finished = skat([command, "*", "0"]).run();
        finished.assert_status(2).assert_told("'*' is not a HOST");
    }
}

#[test]
fn the_look_up_of_a_server_ends_with_its_run() {
    with_private_data_bases("a server's look-up that nobody answers", |_| {
        for command in ["tcp-server", "udp-server"] {
            let options = [command, "--echo", "--max-time", "500ms", "silent.test", "4000"];
            // A look-up takes so long.
            let finished = skat(options).env("RES_OPTIONS", "timeout:30 attempts:2").run();
            finished.assert_status(6).assert_told("look up silent.test: no answer in time");
        }
    });
}

#[test]
fn quiet_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready");
    let skat = server(&["--echo", "--quiet", "--ready-file", file.to_str().unwrap()]).start();
    wait_until("the ready file", || file.exists());
    skat.signal(Signal::SIGTERM);
    assert_eq!(skat.finish().stderr, "");
}

#[test]
fn a_ready_file_appears_complete() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ready");
        let skat = server(&["--echo", "--ready-file", file.to_str().unwrap()]).start();
        wait_until("the ready file", || file.exists());
        let text = fs::read_to_string(&file).unwrap();
        let address: SocketAddr = text.strip_suffix('\n').expect("a whole line").parse().unwrap();
        Peer::connect(address);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file is left");
        skat.stop();
    }
}

#[test]
fn a_ready_file_that_cannot_be_written_is_told() {
    let finished = server(&["--echo", "--ready-file", "/nonexistent/ready"]).run();
    finished.assert_status(1).assert_told("write /nonexistent/ready: no such file or directory");
}

/// A rename would put the file in the place of what is not one.
#[test]
fn a_ready_file_replaces_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let [fifo, link, file] = ["fifo", "link", "file"].map(|name| folder.path().join(name));
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    fs::write(&file, "before").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for place in [fifo.as_path(), &link, folder.path(), Path::new(".")] {
        let place = place.to_str().unwrap();
        let finished = server(&["--echo", "--ready-file", place]).run();
        finished.assert_status(1).assert_told("exists and is not a regular file");
    }
    assert_eq!(fs::read_to_string(&link).unwrap(), "before");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "a temporary file is left");
    let skat = server(&["--echo", "--ready-file", file.to_str().unwrap()]).start();
    wait_until("the ready file", || fs::read_to_string(&file).unwrap() != "before");
    skat.stop();
}

/// In a directory that all may write to, others put links where they expect a file.
#[test]
fn a_ready_file_is_written_through_no_link() {
    let folder = tempfile::tempdir().unwrap();
    let script = r#"umask 027; ln -s victim ready.$$
        exec "$SKAT" tcp-server --echo --ready-file ready 127.0.0.1 0"#;
    let skat = shell(script).directory(folder.path()).listen();
    let [victim, ready] = ["victim", "ready"].map(|name| folder.path().join(name));
    wait_until("the ready file", || ready.exists());
    assert!(!victim.exists());
    // Whoever may read other files may read this one.
    assert_eq!(fs::symlink_metadata(&ready).unwrap().permissions().mode() & 0o7777, 0o640);
    skat.stop();
}

#[test]
fn a_ready_descriptor_gets_a_line_and_its_end() {
    let (reader, writer) = std::io::pipe().unwrap();
    let script = r#"exec "$SKAT" tcp-server --echo --ready-fd 5 127.0.0.1 0 5>&1 >/dev/null"#;
    let skat = shell(script).stdout(writer).start();
    let mut lines = BufReader::new(Bounded::new(reader));
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    Peer::connect(line.trim_end().parse().unwrap());
    line.clear();
    // Closed after the line: whoever waits for the end goes on.
    assert_eq!(lines.read_line(&mut line).unwrap(), 0);
    skat.stop();
}

#[test]
fn a_ready_descriptor_that_is_not_open_is_told() {
    let finished = server(&["--echo", "--ready-fd", "9"]).run();
    finished.assert_status(2).assert_told("--ready-fd 9");
    assert!(!finished.stderr.contains("listening"), "{}", finished.stderr);
}

#[test]
fn every_address_on_one_port() {
    let mut skat = skat(["tcp-server", "--echo", "-v", "0"]).listen();
    assert!(skat.stderr().contains("listening on [::]:"), "{}", skat.stderr());
    let port = skat.address.port();
    for host in ["127.0.0.1", "[::1]", "127.0.0.2"] {
        let mut peer = Peer::connect(format!("{host}:{port}").parse().unwrap());
        peer.send("hello");
        peer.expect("hello");
        // An IPv4 peer is shown as one.
        skat.wait_for_stderr(&format!("with {}", peer.local()));
    }
    assert!(!skat.stderr().contains("ffff"), "{}", skat.stderr());
}

#[test]
fn one_family_only() {
    for (option, serves, does_not) in [("-4", "127.0.0.1", "[::1]"), ("-6", "[::1]", "127.0.0.1")] {
        let port = free_port().to_string();
        let _only = skat(["tcp-server", "--echo", option, &port]).listen();
        let connect = |host| Peer::try_connect(format!("{host}:{port}").parse().unwrap());
        connect(serves).unwrap();
        assert!(connect(does_not).is_err(), "{option}");
    }
}

#[test]
fn a_restart_right_after_a_stop() {
    let skat = server(&["--echo"]).listen();
    let address = skat.address;
    let mut peer = skat.connect();
    peer.send("x");
    peer.expect("x");
    // skat closes first, so that its system remembers the connection for a minute.
    skat.signal(Signal::SIGTERM);
    peer.expect_end();
    drop(peer);
    skat.finish();
    let again = crate::support::skat(["tcp-server", "--echo", &address.to_string()]).listen();
    let mut peer = again.connect();
    peer.send("x");
    peer.expect("x");
}

#[test]
fn a_live_port_is_not_shared() {
    let first = server(&["--echo"]).listen();
    for options in [&[][..], &["--threads", "2"]] {
        let address = first.address.to_string();
        let words = [&["tcp-server", "--echo"], options, &[address.as_str()]].concat();
        let finished = skat(words).run();
        finished.assert_status(9).assert_told(&address).assert_told("address already in use");
    }
    let taken = Listener::new();
    skat(["tcp-server", &taken.address().to_string()]).run().assert_status(9);
    first.connect();
}

#[test]
fn an_address_of_another_machine_is_9() {
    skat(["tcp-server", "192.0.2.1", "0"]).run().assert_status(9).assert_told("192.0.2.1");
}

/// accept(2) passes on what has become of a connection; the next one is served without a pause.
#[test]
fn a_connection_that_failed_in_the_queue_stops_nothing() {
    if !is_usable("strace", &["true"]) {
        return;
    }
    for error in [
        "ECONNABORTED",
        "EPROTO",
        "ENOPROTOOPT",
        "EOPNOTSUPP",
        "ENONET",
        "ENETDOWN",
        "ENETUNREACH",
        "EHOSTDOWN",
        "EHOSTUNREACH",
    ] {
        let script = format!(
            r#"exec strace -f -qq --signal=none -e trace=accept4 -o /dev/null \
            -e inject=accept4:error={error}:when=1 "$SKAT" tcp-server --echo 127.0.0.1 0"#
        );
        let skat = shell(&script).listen();
        let mut peer = skat.connect();
        peer.send("x");
        peer.expect("x");
        assert_eq!(skat.stderr().lines().count(), 1, "{}", skat.stderr());
    }
}

#[test]
fn nobody_in_time_is_6() {
    for options in [&[][..], &["-k"], &["--echo"], &["--echo", "--threads", "2"]] {
        let began = Instant::now();
        let finished = server(&[options, &["--accept-timeout", "200ms"]].concat()).start().finish();
        finished.assert_status(6).assert_told("no client connected in time");
        assert!(began.elapsed() >= Duration::from_millis(200), "{options:?}");
    }
}

#[test]
fn somebody_in_time_ends_the_accept_timeout() {
    let servers = [&[][..], &["--echo"]].map(|options| {
        let skat = server(&[options, &["--accept-timeout", "3s"]].concat()).listen();
        let peer = skat.connect();
        (skat, peer)
    });
    std::thread::sleep(Duration::from_millis(3300));
    for (mut skat, mut peer) in servers {
        skat.assert_running();
        peer.send("y");
    }
}
