//! `udp-server --exec` and `--sh-exec`: a process for each datagram.

use std::fs;
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::process::{descriptors, exists};
use crate::support::{Running, UdpPeer, assert_same_bytes, pattern, skat, udp_server, wait_until};

fn exec(command: &str, options: &[&str]) -> Running {
    udp_server(&[&["--exec", command], options].concat()).listen()
}

fn sh_exec(command: &str, options: &[&str]) -> Running {
    udp_server(&[&["-c", command], options].concat()).listen()
}

#[test]
fn each_datagram_is_answered_by_a_process() {
    let server = exec("tr a-z A-Z", &[]);
    let peers = [UdpPeer::of(server.address), UdpPeer::of(server.address)];
    for (number, peer) in peers.iter().enumerate() {
        peer.send(format!("question {number}"));
        peer.expect(format!("QUESTION {number}"));
    }
    let datagram = pattern(65_507);
    let server = exec("cat", &[]);
    let peer = UdpPeer::of(server.address);
    for size in [1, 65_507, 65_506, 2000] {
        peer.send(&datagram[..size]);
        assert_same_bytes(&peer.receive().0, &datagram[..size]);
    }
    server.stop().assert_silent();
}

#[test]
fn words_are_split_as_by_a_shell() {
    let server = exec(r#"printf '%s|' 'a b' "c d" e\ f $HOME"#, &[]);
    let peer = UdpPeer::of(server.address);
    peer.send("");
    peer.expect("a b|c d|e f|$HOME|");
    server.stop();
}

#[test]
fn the_environment_tells_who_asks_and_where() {
    let script = r#"echo "$PROTO $UDPLOCALIP $UDPLOCALPORT $UDPREMOTEIP $UDPREMOTEPORT $TCPREMOTEIP."; test -x "$SKAT""#;
    let server = skat(["udp-server", "-c", script, "0"]).env("TCPREMOTEIP", "stale").listen();
    let port = server.address.port();
    for (asked, any) in [("127.0.0.2", "127.0.0.1:0"), ("::1", "[::1]:0")] {
        let peer = UdpPeer::on(any.parse().unwrap());
        peer.send_to("?", (asked.parse::<std::net::IpAddr>().unwrap(), port).into());
        let remote = peer.address();
        peer.expect(format!("UDP {asked} {port} {} {} .\n", remote.ip(), remote.port()));
    }
    server.stop();
}

#[test]
fn who_prints_nothing_answers_nothing() {
    let server = exec("cat", &[]);
    let peer = UdpPeer::of(server.address);
    peer.send("");
    assert!(peer.hears_nothing());
    peer.send("x");
    peer.expect("x");
    server.stop().assert_silent();
}

/// A process may leave its stdin alone, and leave something behind that holds its stdout.
#[test]
fn the_answer_is_what_was_written_at_the_end() {
    let command = "printf 'a'; sleep 0.2; printf 'b'; sleep 20 2>/dev/null & echo $! >left";
    let folder = tempfile::tempdir().unwrap();
    let server = udp_server(&["-c", command]).directory(folder.path()).listen();
    let peer = UdpPeer::of(server.address);
    peer.send(pattern(65_507));
    peer.expect("ab");
    server.stop().assert_silent();
    let left: i32 = fs::read_to_string(folder.path().join("left")).unwrap().trim().parse().unwrap();
    let _ = kill(Pid::from_raw(left), Signal::SIGKILL);
}

#[test]
fn no_more_than_max_conns_at_a_time_and_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let script = format!("echo + >>{0}; cat; sleep 0.1; echo - >>{0}", log.display());
    let server = sh_exec(&script, &["-m", "2"]);
    let peer = UdpPeer::of(server.address);
    for number in 0..8 {
        peer.send(number.to_string());
    }
    let mut got: Vec<Vec<u8>> = (0..8).map(|_| peer.receive().0).collect();
    got.sort();
    assert_eq!(got, (0..8).map(|number| number.to_string().into_bytes()).collect::<Vec<_>>());
    server.stop().assert_silent();
    let (mut running, mut most) = (0, 0);
    for line in fs::read_to_string(log).unwrap().lines() {
        running += if line == "+" { 1 } else { -1 };
        most = most.max(running);
    }
    assert_eq!(most, 2);
}

#[test]
fn an_answer_too_large_is_told_with_its_size() {
    let mut server =
        sh_exec("case $(cat) in large) head -c 70000 /dev/zero;; *) echo ok;; esac", &[]);
    let peer = UdpPeer::of(server.address);
    peer.send("large");
    server.wait_for_stderr("wrote 70000 bytes: too large for a datagram (65507 at most)");
    peer.send("small");
    peer.expect("ok\n");
    server.stop();
}

#[test]
fn a_process_that_writes_without_end_is_stopped() {
    let mut server = exec("yes", &["-m", "1"]);
    let peer = UdpPeer::of(server.address);
    for _ in 0..2 {
        peer.send("?");
    }
    wait_until("two complaints", || server.stderr().matches("wrote more than").count() == 2);
    server.wait_for_stderr("too large for a datagram");
    server.stop();
}

#[test]
fn once_passes_the_status_on() {
    for (command, status) in [("cat", 0), ("cat; exit 7", 7), ("kill -9 $$", 137)] {
        let server = sh_exec(command, &["--once"]);
        UdpPeer::of(server.address).send("x");
        server.finish().assert_status(status).assert_silent();
    }
    for (command, status, told) in
        [("head -c 70000 /dev/zero", 1, "70000"), ("sleep 30 >&2", 6, "wrote nothing for 0.3 s")]
    {
        let server = sh_exec(command, &["--once", "-i", "300ms"]);
        UdpPeer::of(server.address).send("x");
        server.finish().assert_status(status).assert_told(told);
    }
}

#[test]
fn a_program_that_cannot_be_run_has_the_status_of_a_shell() {
    for (command, status) in [("/there/is/none", 127), ("no-such-program", 127), ("/etc", 126)] {
        let finished = udp_server(&["--once", "--exec", command]).run();
        finished.assert_status(status).assert_told(command);
    }
    udp_server(&["--exec", "a 'b"]).run().assert_status(2).assert_told("quote");
}

/// One that vanishes while the server runs is told, and ends nothing.
#[test]
fn a_program_that_vanishes_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    let appears = || {
        fs::write(&program, "#!/bin/sh\ncat\n").unwrap();
        let runs = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&program, runs).unwrap();
    };
    appears();
    let mut server = exec(program.to_str().unwrap(), &[]);
    let peer = UdpPeer::of(server.address);
    fs::remove_file(&program).unwrap();
    peer.send("lost");
    server.wait_for_stderr("no such file");
    appears();
    // A file that was being written when another test forked cannot be run for a moment.
    wait_until("an answer", || {
        peer.send("x");
        !peer.hears_nothing()
    });
    peer.expect("x");
    server.stop();
}

#[test]
fn children_end_with_the_server() {
    for command in ["echo $$; exec sleep 30 >&2", "trap '' TERM; echo $$; exec >&2; sleep 30"] {
        let server = sh_exec(command, &[]);
        let peer = UdpPeer::of(server.address);
        peer.send("?");
        let id = String::from_utf8(peer.receive().0).unwrap().trim().parse().unwrap();
        assert!(exists(id), "{command}");
        let began = Instant::now();
        server.stop();
        assert!(began.elapsed().as_secs() < 10, "{command}");
        wait_until("the child's end", || !exists(id));
    }
}

#[test]
fn a_silent_process_is_stopped() {
    let mut server =
        sh_exec("read line; test \"$line\" = x && sleep 30; echo ok", &["-m", "1", "-i", "300ms"]);
    let peer = UdpPeer::of(server.address);
    peer.send("x\n");
    peer.send("y\n");
    server.wait_for_stderr("wrote nothing for 0.3 s: stopped");
    peer.expect("ok\n");
    server.stop();
}

#[test]
fn many_leave_neither_zombies_nor_descriptors() {
    let server = exec("cat", &["-m", "8"]);
    let peer = UdpPeer::of(server.address);
    let before = descriptors(server.id());
    for round in 0..30 {
        for _ in 0..10 {
            peer.send(round.to_string());
        }
        for _ in 0..10 {
            peer.expect(round.to_string());
        }
    }
    let children = format!("/proc/{0}/task/{0}/children", server.id());
    wait_until("no child", || fs::read_to_string(&children).is_ok_and(|list| list.is_empty()));
    assert_eq!(descriptors(server.id()), before);
    server.stop().assert_silent();
}

/// Signals as a program expects them, and nothing of skat's beside the standard three.
#[test]
fn a_child_has_what_a_program_expects() {
    let server = exec("cat /proc/self/status", &[]);
    let peer = UdpPeer::of(server.address);
    peer.send("?");
    let status = String::from_utf8(peer.receive().0).unwrap();
    for name in ["SigBlk:", "SigIgn:"] {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let (_, mask) = line.split_once('\t').unwrap();
        // From 32 on they are the C library's own.
        assert_eq!(u64::from_str_radix(mask, 16).unwrap() & 0x7fff_ffff, 0, "{line}");
    }
    server.stop();
    let server = exec("ls /proc/self/fd", &[]);
    let peer = UdpPeer::of(server.address);
    peer.send("?");
    // The fourth is that of ls itself.
    peer.expect("0\n1\n2\n3\n");
    server.stop();
}

#[test]
fn what_the_command_started_is_answered_before_the_end() {
    let run = r#"echo hello | "$SKAT" udp-client --replies 1 --after-eof 20 "$SKAT_ADDR""#;
    let finished = udp_server(&["--exec", "tr a-z A-Z", "--run", run]).run();
    finished.assert_status(0).assert_stdout("HELLO\n");
}

/// The same for datagrams of a Unix socket.
#[test]
fn datagrams_of_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket").to_str().unwrap().to_owned();
    let run =
        r#"echo hello | "$SKAT" unix-client --type dgram --replies 1 --after-eof 20 "$SKAT_ADDR""#;
    let script = r#"echo "$(tr a-z A-Z) $PROTO $UNIXLOCALPATH""#;
    let words = ["unix-server", "--type", "dgram", "-c", script, "-m", "2", "--run", run, &path];
    let finished = skat(words).run();
    finished.assert_status(0).assert_stdout(format!("HELLO UNIX {path}\n"));
}

#[test]
fn a_warning_where_everybody_can_run_the_command() {
    for (host, warned) in [("0.0.0.0", true), ("127.0.0.1", false)] {
        let finished = skat(["udp-server", "-e", "cat", "--run", "true", host, "0"]).run();
        finished.assert_status(0);
        assert_eq!(finished.stderr.contains("can run the command"), warned, "{host}");
    }
}

/// Those too that wait for their turn, however long it takes.
#[test]
fn processes_run_to_their_end_when_the_command_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("marker");
    let command = format!("cat; sleep 1.3; echo done >>{}", marker.display());
    let run = r#"for n in 1 2; do echo "$n" | "$SKAT" udp-client --send-only "$SKAT_ADDR"; done"#;
    let options = ["--max-conns", "1", "--sh-exec", &command, "--run", run];
    udp_server(&options).run().assert_status(0);
    assert_eq!(fs::read_to_string(&marker).unwrap(), "done\ndone\n");
}
