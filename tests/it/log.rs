//! What stderr tells: one line an event, in words or as JSON.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::process;
use crate::support::terminal::Terminal;
use crate::support::{
    Finished, Listener, Peer, Role, Running, Skat, TCP_ROLES, Way, client, converse, converse_with,
    server, shell, skat, wait_until,
};

fn events(finished: &Finished) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str::<Value>(line).expect(line);
    finished.stderr.lines().map(parse).collect()
}

#[track_caller]
fn find<'a>(events: &'a [Value], name: &str) -> &'a Value {
    events.iter().find(|event| event["event"] == name).unwrap_or_else(|| panic!("{events:?}"))
}

#[test]
fn json_of_a_server() {
    let skat = server(&["-vv", "--log", "json"]).listen();
    let mut peer = skat.connect();
    let (local, remote) = (peer.remote().to_string(), peer.local().to_string());
    peer.send("12345");
    let mut skat = skat;
    skat.type_in("123");
    skat.close_stdin();
    assert_eq!(peer.receive_to_end(), b"123");
    drop(peer);
    let finished = skat.finish();
    finished.assert_status(0);
    let events = events(&finished);
    for event in &events {
        let time = event["time"].as_str().expect("every line has a time");
        let form =
            predicates::str::is_match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$");
        assert!(predicates::Predicate::eval(&form.unwrap(), time), "{time}");
        assert!(event["event"].is_string());
    }
    assert_eq!(find(&events, "listening")["local"], local.as_str());
    let connected = find(&events, "connected");
    assert_eq!(
        (&connected["local"], &connected["peer"]),
        (&local.as_str().into(), &remote.as_str().into())
    );
    let disconnected = find(&events, "disconnected");
    assert_eq!(disconnected["peer"], remote.as_str());
    assert_eq!((&disconnected["bytes_in"], &disconnected["bytes_out"]), (&5.into(), &3.into()));
    assert!(disconnected["seconds"].is_f64() && disconnected["reason"].is_string());
    let ended = find(&events, "ended");
    assert_eq!((&ended["status"], &ended["bytes_in"]), (&0.into(), &5.into()));
}

#[test]
fn json_of_a_client() {
    let listener = Listener::new();
    let address = listener.address().to_string();
    let mut running = client(listener.address(), &["-vv", "--log=json"]).start();
    let mut peer = listener.accept();
    running.type_in("123");
    peer.expect("123");
    peer.reset();
    let finished = running.finish();
    finished.assert_status(1);
    let events = events(&finished);
    assert_eq!(find(&events, "connecting")["peer"], address.as_str());
    assert_eq!(find(&events, "connected")["peer"], address.as_str());
    let error = find(&events, "error");
    assert_eq!(error["status"], 1);
    assert!(error["reason"].as_str().unwrap().contains("connection reset by peer"));
    let ended = find(&events, "ended");
    assert_eq!((&ended["status"], &ended["bytes_out"]), (&1.into(), &3.into()));
}

#[test]
fn json_of_failures_and_times_that_are_over() {
    let words = ["tcp-server", "--log", "json", "192.0.2.1", "0"];
    assert_eq!(find(&events(&skat(words).run()), "error")["status"], 9);
    let usage = skat(["tcp-server", "--log", "json", "--nosuch"]).run();
    assert_eq!(find(&events(&usage), "error")["status"], 2);
    for option in ["--max-time", "--accept-timeout"] {
        let finished = server(&["-v", "--log", "json", "--echo", option, "100ms"]).start().finish();
        let events = events(finished.assert_status(6));
        assert_eq!(find(&events, "error")["status"], 6);
        assert_eq!(find(&events, "ended")["status"], 6);
    }
}

#[test]
fn json_of_an_error_names_the_peer() {
    let refused = client("127.0.0.1:1".parse().unwrap(), &["--log", "json"]).run();
    let events = events(refused.assert_status(5));
    assert_eq!(find(&events, "error")["peer"], "127.0.0.1:1");
    for role in TCP_ROLES {
        let (skat, peer) = converse(role, &["--log", "json"], Way::Fast);
        let address = peer.local().to_string();
        peer.reset();
        let finished = skat.finish();
        let events = self::events(finished.assert_status(1));
        assert_eq!(find(&events, "error")["peer"], address);
    }
}

/// A full disk is not the peer's fault.
#[test]
fn json_of_an_error_of_our_own_names_no_peer() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let prepare = |skat: Skat| skat.stdout(full);
    let (skat, mut peer) = converse_with(Role::Client, &["--log", "json"], Way::Fast, prepare);
    peer.send("no room for this");
    let finished = skat.finish();
    let events = events(finished.assert_status(1));
    assert_eq!(find(&events, "error")["peer"], Value::Null);
}

/// What is not an option says nothing of the form.
#[test]
fn the_form_is_that_of_the_option() {
    let finished = skat(["tcp-client", "--", "--log", "json"]).run();
    assert!(finished.stderr.starts_with("skat: "), "{}", finished.stderr);
    for form in [&["--log", "json"][..], &["--log=json"]] {
        let unbound = skat([&["info"], form, &["services", "nosuch"]].concat()).run();
        assert!(unbound.stderr.starts_with('{'), "{}", unbound.stderr);
        let inner = skat([&["info", "services", "nosuch"], form].concat()).run();
        assert!(inner.stderr.starts_with('{'), "{}", inner.stderr);
    }
}

/// Bytes that others chose cannot write lines or drive a terminal.
#[test]
fn hostile_text_is_escaped() {
    let finished = skat(["tcp-client", "evil\x1b[2Jname.invalid", "80"]).run();
    assert!(!finished.stderr.contains('\x1b'), "{}", finished.stderr);
    assert_eq!(finished.stderr.lines().count(), 1);
    let finished = skat(["tcp-client", "--log", "json", "x\ny", "80"]).run();
    events(&finished);
    finished.assert_status(2);
}

/// The prefix of an error is red on a terminal, unless the user wants no colours.
#[test]
fn no_colour_but_on_a_terminal() {
    let fails = r#"exec "$SKAT" tcp-server 192.0.2.1 0"#;
    let red = "\x1b[31mskat:\x1b[0m listen on 192.0.2.1:0";
    for (colours, wanted) in
        [("unset NO_COLOR", red), ("export NO_COLOR=1", "skat: listen on 192.0.2.1:0")]
    {
        let mut ends = Terminal::open();
        let skat = shell(&format!("{colours}; {fails} 2>&1")).env("TERM", "xterm");
        skat.stdout(ends.its()).start().finish().assert_status(9);
        let mut line = String::new();
        BufReader::new(&mut ends.ours).read_line(&mut line).unwrap();
        assert!(line.starts_with(wanted), "{line:?}");
        let piped = shell(&format!("{colours}; {fails}")).env("TERM", "xterm").run();
        piped.assert_status(9);
        assert!(piped.stderr.starts_with("skat: listen on"), "{:?}", piped.stderr);
    }
}

#[test]
fn quiet_keeps_errors() {
    let listener = Listener::new();
    let quiet = client(listener.address(), &["--quiet"]).start();
    listener.accept().reset();
    let finished = quiet.finish();
    finished.assert_status(1).assert_told("connection reset by peer");
    assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
    let finished = skat(["tcp-server", "--quiet", "192.0.2.1", "0"]).run();
    finished.assert_status(9).assert_told("listen on 192.0.2.1:0");
    let insecure = server(&["--quiet", "-m", "0", "--echo"]).run();
    insecure.assert_status(2).assert_told("at least 1");
}

#[test]
fn a_closed_stderr_harms_nobody() {
    let script = r#"exec "$SKAT" tcp-server -vv --run 'printf x | "$SKAT" tcp-client "$SKAT_ADDR"' 127.0.0.1 0 2>&-"#;
    shell(script).run().assert_status(0).assert_stdout("x");
}

/// How a conversation ends, with the peer if it stays; the status, and the reason that is told.
type End = (fn(&mut Running, Peer) -> Option<Peer>, Option<i32>, &'static str);

const ENDS: [End; 4] = [
    (
        |skat, mut peer| {
            skat.close_stdin();
            peer.finish();
            peer.expect_end();
            None
        },
        Some(0),
        "",
    ),
    (
        |_, peer| {
            peer.reset();
            None
        },
        Some(1),
        "connection reset by peer",
    ),
    (|_, peer| Some(peer), Some(6), "no byte for 2 s"),
    (
        |skat, peer| {
            skat.signal(Signal::SIGTERM);
            Some(peer)
        },
        None,
        "stopped",
    ),
];

#[test]
fn each_end_is_told_with_its_reason() {
    let each = TCP_ROLES.into_iter().flat_map(|role| ENDS.map(|end| (role, end)));
    let conversations = each.map(|(role, (ends, status, reason))| {
        let (mut skat, mut peer) = converse(role, &["-v", "--log", "json", "-i", "2s"], Way::Fast);
        peer.send("12345");
        skat.wait_for_stdout("12345");
        let stays = ends(&mut skat, peer);
        (skat, role, status, reason, stays)
    });
    for (skat, role, status, reason, _stays) in conversations.collect::<Vec<_>>() {
        let finished = skat.finish();
        assert_eq!(finished.status.code(), status, "{}", finished.stderr);
        let events = events(&finished);
        // A client has no more than one connection.
        let names = if role == Role::Client { &["ended"][..] } else { &["disconnected", "ended"] };
        for name in names {
            let event = find(&events, name);
            assert_eq!(event["bytes_in"], 5, "{event}");
            assert!(event["seconds"].as_f64().is_some_and(|seconds| seconds < 60.0), "{event}");
            let told = event["reason"].as_str().unwrap();
            assert!(!told.is_empty() && told.contains(reason), "{role:?}: {event}");
        }
    }
}

/// Also of a client whose peer ends in answer.
#[test]
fn a_signal_is_told_as_the_reason() {
    let (skat, mut peer) = converse(Role::Client, &["-v", "--log", "json"], Way::Fast);
    peer.send("x");
    skat.wait_for_stdout("x");
    skat.signal(Signal::SIGTERM);
    peer.expect_end();
    drop(peer);
    let finished = skat.finish();
    finished.assert_died_of(Signal::SIGTERM);
    let events = events(&finished);
    let ended = find(&events, "ended");
    assert_eq!((&ended["reason"], &ended["status"]), (&"stopped by signal 15".into(), &143.into()));
}

#[test]
fn verbose_says_why_it_ended_and_how_much_passed() {
    let skat = server(&["-v"]).listen();
    let mut peer = skat.connect();
    peer.send("12345");
    let mut skat = skat;
    skat.close_stdin();
    peer.finish();
    peer.expect_end();
    drop(peer);
    skat.finish().assert_told("(5 bytes in, 0 out, ").assert_told("skat: ended");
}

/// A stderr whose reader is the test, which may leave it full.
struct Stderr {
    folder: tempfile::TempDir,
    pipe: File,
    told: Vec<u8>,
}

impl Stderr {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(nix::libc::O_NONBLOCK);
        Self { pipe: options.open(&path).unwrap(), folder, told: Vec::new() }
    }

    fn fill(&mut self) {
        while self.pipe.write(&[b'x'; 4096]).is_ok() {}
    }

    fn read(&mut self) {
        let _ = self.pipe.read_to_end(&mut self.told);
    }

    /// Everything up to a whole line with `text`.
    fn wait_for(&mut self, text: &str) -> String {
        wait_until(text, || {
            self.read();
            String::from_utf8_lossy(&self.told).contains(text) && self.told.ends_with(b"\n")
        });
        String::from_utf8(std::mem::take(&mut self.told)).unwrap()
    }

    /// A tcp-server that writes to it, and its address.
    fn server(&self, options: &str) -> (Running, SocketAddr) {
        let ready = self.folder.path().join("ready");
        let script = format!(
            r#"exec "$SKAT" tcp-server {options} --ready-file "$READY" 127.0.0.1 0 2>"$STDERR""#
        );
        let skat = shell(&script).env("STDERR", self.folder.path().join("pipe"));
        let skat = skat.env("READY", &ready).start();
        wait_until("the ready file", || ready.exists());
        (skat, fs::read_to_string(&ready).unwrap().trim().parse().unwrap())
    }
}

/// A reader of stderr who does not read keeps nobody else waiting for long.
#[test]
fn a_full_stderr_stops_no_server() {
    let mut stderr = Stderr::new();
    stderr.fill();
    let (skat, address) = stderr.server("--echo -v");
    let echo = || {
        let mut peer = Peer::connect(address);
        peer.send("x");
        peer.finish();
        assert_eq!(peer.receive_to_end(), b"x");
    };
    echo();
    echo();
    stderr.read();
    stderr.told.clear();
    echo();
    let told = stderr.wait_for("disconnected");
    let (missing, _) = told.split_once(" lines are missing here: stderr was not read\n").unwrap();
    assert!(missing.starts_with("skat: "), "{told}");
    stderr.fill();
    echo();
    skat.signal(Signal::SIGTERM);
    skat.finish().assert_died_of(Signal::SIGTERM);
}

#[test]
fn a_signal_ends_the_wait_for_a_full_stderr() {
    let mut stderr = Stderr::new();
    let (skat, address) = stderr.server("--echo -v");
    stderr.wait_for("listening on");
    stderr.fill();
    let before = process::descriptors(skat.id());
    let _peer = Peer::connect(address);
    wait_until("the wait", || {
        process::descriptors(skat.id()) > before && process::sleeps(skat.id())
    });
    skat.signal(Signal::SIGTERM);
    skat.finish().assert_died_of(Signal::SIGTERM);
}

/// A pipe that has room has it for a page, and not for all of a long line.
#[test]
fn a_line_longer_than_the_room_stops_no_server() {
    let mut stderr = Stderr::new();
    // It is shown as an escape.
    let name = "\u{1}".repeat(250);
    let program = stderr.folder.path().join(&name);
    fs::copy("/bin/true", &program).unwrap();
    let folder = stderr.folder.path().to_str().unwrap();
    let command = format!(r#"--exec "{folder}/{}{name}""#, "./".repeat(1500));
    let (skat, address) = stderr.server(&command);
    fs::remove_file(&program).unwrap();
    stderr.wait_for("listening on");
    stderr.fill();
    assert_eq!(stderr.pipe.read(&mut [0; 4096]).unwrap(), 4096);
    let fails = || Peer::connect(address).receive_to_end();
    for _ in 0..2 {
        assert!(fails().is_empty());
    }
    stderr.read();
    assert!(fails().is_empty());
    // The next line does not go on with the one that was torn off.
    let told = stderr.wait_for("no such file or directory");
    let (before, _) = told.split_once(" lines are missing here").expect(&told);
    assert!(before.contains("skat: run") && before[..before.len() - 1].ends_with("\nskat: "));
    skat.stop();
}

/// A command that only answers waits for a slow reader of stderr, as any filter does.
#[test]
fn no_line_of_a_batch_is_lost() {
    let script = r#"for name in $(seq 3000); do echo "$name "; done |
        "$SKAT" resolve - 2>&1 >/dev/null | { sleep 1.2; grep -c 'no name has a space'; }"#;
    shell(script).run().assert_status(0).assert_stdout("3000\n");
}
