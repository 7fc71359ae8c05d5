//! A UDP server's lifetime: until interrupted, for a command, or for a time; and its port.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::support::process::{assert_idle, descriptors, exists};
use crate::support::{Running, UdpPeer, most_runs, refusing_address, skat, udp_server, wait_until};

/// Sends without a pause until the address refuses or `Flood` is dropped.
struct Flood {
    over: std::sync::Arc<std::sync::atomic::AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Flood {
    fn of(skat: &Running) -> Self {
        let over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let flood = |()| {
            let (over, peer) = (over.clone(), UdpPeer::of(skat.address));
            std::thread::spawn(move || {
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    let _ = peer.try_send([b'x'; 100]);
                }
            })
        };
        let threads = [(); 2].map(flood).into();
        Self { over, threads }
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.over.store(true, std::sync::atomic::Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}

const KINDS: [&[&str]; 4] =
    [&["--echo"], &["--discard"], &["--echo", "--threads", "3"], &["--frame", "block"]];

#[test]
fn a_server_runs_until_a_signal_ends_it() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        for options in KINDS {
            let mut skat = udp_server(options).listen();
            let peer = UdpPeer::of(skat.address);
            peer.send("x");
            peer.send("");
            skat.assert_running();
            skat.signal(signal);
            skat.finish().assert_died_of(signal).assert_silent();
        }
    }
}

/// However much comes: the loop looks up from it.
#[test]
fn a_flood_does_not_make_it_deaf() {
    for options in [&["--echo"][..], &["--echo", "--threads", "3"], &["--frame", "block"]] {
        let start = |more: &[&str]| {
            // A line for each datagram takes longer than sending it.
            let skat = udp_server(&[options, more, &["-v", "--log", "json"]].concat());
            skat.stdout(std::process::Stdio::null()).listen()
        };
        let skat = start(&[]);
        let flood = Flood::of(&skat);
        wait_until("a busy skat", || crate::support::process::ticks(skat.id()) > 5);
        skat.signal(Signal::SIGTERM);
        skat.finish().assert_died_of(Signal::SIGTERM);
        drop(flood);

        let skat = start(&["--max-time", "500ms"]);
        let flood = Flood::of(&skat);
        skat.finish().assert_status(6).assert_told("--max-time");
        drop(flood);

        let skat = start(&["--run", "sleep 0.2; exit 7"]);
        let flood = Flood::of(&skat);
        skat.finish().assert_status(7);
        drop(flood);
    }
}

/// Nor does it wait for a pause to look at stdin.
#[test]
fn a_flood_does_not_keep_stdin_from_being_sent() {
    let mut skat =
        udp_server(&["--reply-to", "first"]).stdout(std::process::Stdio::null()).listen();
    let peer = UdpPeer::of(skat.address);
    peer.send("I\n");
    skat.type_in("you\n");
    peer.expect("you\n");
    let flood = Flood::of(&skat);
    for line in ["one\n", "two\n", "three\n"] {
        skat.type_in(line);
        peer.expect(line);
    }
    drop(flood);
    skat.stop();
}

#[test]
fn time_and_idleness_are_bounded() {
    let cases: [(&[&str], &str); 5] = [
        (&["--accept-timeout", "200ms"], "no client connected"),
        (&["--accept-timeout", "200ms", "--echo", "--threads", "2"], "no client connected"),
        (&["--max-time", "200ms"], "--max-time"),
        (&["--max-time", "200ms", "--echo"], "--max-time"),
        (&["-i", "200ms"], "no datagram for 0.2 s"),
    ];
    for (options, text) in cases {
        let began = Instant::now();
        let skat = udp_server(&[options, &["-v", "--log", "json"]].concat()).listen();
        let finished = skat.finish();
        finished.assert_status(6).assert_told(text);
        assert!(began.elapsed() >= Duration::from_millis(200), "{options:?}");
        let last = finished.stderr.lines().find(|line| line.contains("\"ended\"")).unwrap();
        let last: serde_json::Value = serde_json::from_str(last).unwrap();
        assert_eq!(last["status"], 6, "{options:?}");
    }
}

/// Whichever thread has read it.
#[test]
fn a_datagram_ends_the_accept_timeout() {
    let kinds = [&["--echo"][..], &["--echo", "--threads", "4"], &[]];
    let servers = kinds.map(|options| {
        let options = [options, &["--accept-timeout", "3s", "-v"]].concat();
        let mut skat = udp_server(&options).listen();
        UdpPeer::of(skat.address).send("I\n");
        skat.wait_for_stderr("datagram of 2 bytes");
        skat
    });
    std::thread::sleep(Duration::from_millis(3300));
    for mut skat in servers {
        skat.assert_running();
        skat.stop();
    }
}

#[test]
fn a_live_port_is_not_stolen() {
    let first = udp_server(&["--echo"]).listen();
    let (host, port) = ("127.0.0.1", first.address.port().to_string());
    for arguments in [&["--echo", host, &port][..], &[&port], &["-4", &port], &[host, &port]] {
        let second = skat([&["udp-server"], arguments].concat()).run();
        second.assert_status(9).assert_told("bind").assert_told("already in use");
    }
    let peer = UdpPeer::of(first.address);
    peer.send("mine");
    peer.expect("mine");
    first.stop();
}

#[test]
fn a_restart_right_away_works() {
    let mut address = udp_server(&["--echo"]).listen();
    for _ in 0..10 {
        let (host, port) = (address.address.ip().to_string(), address.address.port().to_string());
        let peer = UdpPeer::of(address.address);
        peer.send("x");
        peer.expect("x");
        address.stop();
        address = skat(["udp-server", "--echo", &host, &port]).listen();
    }
    address.stop();
}

#[test]
fn an_address_that_is_not_here_cannot_be_bound() {
    skat(["udp-server", "192.0.2.1", "9"]).run().assert_status(9).assert_told("bind 192.0.2.1:9");
    skat(["udp-server", "127.0.0.1", "65536"]).run().assert_status(2);
    skat(["udp-server", "-6", "127.0.0.1", "0"]).run().assert_status(3);
    skat(["udp-server", "-n", "localhost", "0"]).run().assert_status(2);
}

/// The status is passed on, and what came before the command's end is served after it.
#[test]
fn a_command_is_served_and_its_status_passed_on() {
    let ask = r#"answer=$(echo hello | "$SKAT" udp-client --replies 1 --after-eof 20 "$SKAT_ADDR")
        [ "$answer" = hello ] && [ "$SKAT_HOST:$SKAT_PORT" = "$SKAT_ADDR" ] && exit 42"#;
    for options in [&["--echo"][..], &["--echo", "--threads", "2"]] {
        let skat = udp_server(&[options, &["--run", ask]].concat()).start();
        skat.finish().assert_status(42).assert_silent();
    }
    let wildcard = skat(["udp-server", "--echo", "--run", ask, "0"]).run();
    wildcard.assert_status(42);
    udp_server(&["--echo", "--run", "kill -9 $$"]).run().assert_status(137);
    udp_server(&["--echo", "--run", "exit 0"]).run().assert_status(0);
}

#[test]
fn what_is_queued_at_the_commands_end_is_still_printed() {
    // The command itself sees to it that skat is stopped while the datagrams come.
    let send = r#"kill -STOP $PPID
        for number in 1 2 3 4 5; do echo $number | "$SKAT" udp-client --send-only "$SKAT_ADDR"; done
        (sleep 0.3; kill -CONT $PPID) & exit 3"#;
    let skat = udp_server(&["--run", send]).start();
    skat.finish().assert_status(3).assert_stdout("1\n2\n3\n4\n5\n").assert_silent();
}

#[test]
fn a_signal_reaches_the_command_first() {
    let directory = tempfile::tempdir().unwrap();
    let note = directory.path().join("note");
    let command = r#"trap 'echo told >"$NOTE.tmp"; mv "$NOTE.tmp" "$NOTE"; exit 0' TERM
        echo $$ >"$NOTE.id.tmp"; mv "$NOTE.id.tmp" "$NOTE.id"; while :; do sleep 0.05; done"#;
    let mut skat = udp_server(&["--echo", "--run", command]).env("NOTE", &note).listen();
    let id = directory.path().join("note.id");
    wait_until("the command", || id.exists());
    skat.signal(Signal::SIGTERM);
    let id: u32 = std::fs::read_to_string(id).unwrap().trim().parse().unwrap();
    wait_until("skat's end", || skat.has_ended());
    assert!(note.exists(), "the command was not told");
    assert!(!exists(id), "the command outlives skat");
    skat.finish().assert_died_of(Signal::SIGTERM);
}

/// Whatever has failed: the command is told, and has time to end.
#[test]
fn a_stdout_that_fails_ends_the_command_gently() {
    let command = r#"trap 'sleep 0.3; echo "got TERM" >&2; exit 3' TERM
        echo ready >&2; while :; do sleep 0.05; done"#;
    let mut skat = udp_server(&["--run", command]).stdout(full_disk()).listen();
    skat.wait_for_stderr("ready");
    UdpPeer::of(skat.address).send("x");
    let finished = skat.finish();
    finished.assert_status(1).assert_told("no space left").assert_told("got TERM");

    let mut skat = udp_server(&["--run", command]).start_unread().until_listening();
    skat.wait_for_stderr("ready");
    drop(skat.take_stdout());
    skat.finish().assert_died_of(Signal::SIGPIPE).assert_told("got TERM");
}

/// There is nothing to wait for without one.
#[test]
fn a_stdout_that_fails_ends_a_run_at_once() {
    let at_once = || {
        let skat = udp_server(&[]).stdout(full_disk()).listen();
        let began = Instant::now();
        UdpPeer::of(skat.address).send("x");
        skat.finish().assert_status(1).assert_told("no space left");
        began.elapsed() < Duration::from_secs(1)
    };
    assert!(most_runs(at_once), "it waits for something");
}

fn full_disk() -> std::fs::File {
    std::fs::File::options().write(true).open("/dev/full").unwrap()
}

#[test]
fn a_server_says_when_it_is_ready() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ready");
    let file = path.to_str().unwrap();
    let skat = udp_server(&["--echo", "--quiet", "--ready-file", file]).start();
    wait_until("the file", || path.exists());
    let address = std::fs::read_to_string(&path).unwrap();
    let peer = UdpPeer::of(address.strip_suffix('\n').unwrap().parse().unwrap());
    peer.send("x");
    peer.expect("x");
    skat.stop();
}

#[test]
fn a_quiet_server_computes_nothing_and_holds_nothing() {
    for options in KINDS {
        let skat = udp_server(&[options, &["-v"]].concat()).listen();
        let peer = UdpPeer::of(skat.address);
        peer.send("x");
        wait_until("the first", || skat.stderr().contains("datagram"));
        let before = descriptors(skat.id());
        for number in 0..100 {
            UdpPeer::of(skat.address).send([b'x'; 2]);
            // Not too many at once for the slowest of machines.
            wait_until("all of them", || skat.stderr().matches("datagram of 2").count() > number);
        }
        assert_eq!(descriptors(skat.id()), before, "descriptors are leaked: {options:?}");
        assert_idle(&skat);
        skat.stop();
    }
}

#[test]
fn unknown_socket_options_are_refused() {
    for option in ["nosuch", "nodelay", "rcvbuf", "rcvbuf=x", "bindtodevice=nosuch0"] {
        let skat = udp_server(&["--echo", "-O", option]).run();
        assert!(skat.status.code() == Some(2), "{option}: {}", skat.stderr);
        skat.assert_told("socket option");
    }
}

/// A port of one's own choice, and the default.
#[test]
fn the_port_that_was_asked_for_is_served() {
    let port = refusing_address().port();
    let skat = skat(["udp-server", "--echo", &port.to_string()]).listen();
    assert_eq!(skat.address.port(), port);
    skat.stop();
}
