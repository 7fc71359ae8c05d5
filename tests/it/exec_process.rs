//! `--exec` and `--sh-exec`: the process itself: program, environment, descriptors, signals,
//! status, and what is left of it.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::support::passage::{PASSAGES, Passage, server_by};
use crate::support::{Peer, Running, Skat, process, server, shell, skat, wait_until};

/// What the process says to one client.
#[track_caller]
fn answer(skat: &Running) -> String {
    let mut peer = skat.connect();
    peer.finish();
    String::from_utf8(peer.receive_to_end()).unwrap()
}

fn sorted(lines: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.sort_unstable();
    lines
}

/// skat's own environment, whom it serves, and nothing of another peer or meant for skat alone.
#[test]
fn the_environment_is_exact() {
    for passage in PASSAGES {
        let copying = if passage == Passage::Copied { "SKAT_PUMP=copy" } else { "A=b" };
        let idle = if passage == Passage::Socket { "" } else { "-i 5m" };
        let script = format!(
            "exec env -i PATH=/usr/bin:/bin {copying} PROTO=SSL TCPREMOTEHOST=old TCPREMOTEIP=1.1.1.1 \
             UNIXLOCALPATH=/old LISTEN_FDS=1 LISTEN_PID=1 LISTEN_FDNAMES=x NOTIFY_SOCKET=/x \
             SKAT=old \"$SKAT\" tcp-server {idle} --exec env 127.0.0.1 0"
        );
        let skat = shell(&script).listen();
        let mut peer = skat.connect();
        peer.finish();
        let told = String::from_utf8(peer.receive_to_end()).unwrap();
        let program = fs::canonicalize(env!("CARGO_BIN_EXE_skat")).unwrap();
        let wanted = format!(
            "{copying}\nPATH=/usr/bin:/bin\nPROTO=TCP\nSKAT={}\nTCPLOCALIP=127.0.0.1\n\
             TCPLOCALPORT={}\nTCPREMOTEIP=127.0.0.1\nTCPREMOTEPORT={}",
            program.display(),
            skat.address.port(),
            peer.local().port(),
        );
        assert_eq!(sorted(&told), sorted(&wanted), "{passage:?}");
        skat.stop();
    }
}

#[test]
fn addresses_are_shown_as_everywhere() {
    let command = "echo $TCPLOCALIP $TCPREMOTEIP";
    let skat = skat(["tcp-server", "-c", command, "::1", "0"]).listen();
    assert_eq!(answer(&skat), "::1 ::1\n");
    skat.stop();
    // An IPv4 peer of a socket that serves both families.
    let skat = crate::support::skat(["tcp-server", "-c", command, "0"]).listen();
    let address: SocketAddr = format!("127.0.0.1:{}", skat.address.port()).parse().unwrap();
    let mut peer = Peer::connect(address);
    assert_eq!(peer.expect_line(), "127.0.0.1 127.0.0.1\n");
    skat.stop();
}

/// Nothing but 0, 1 and 2, whatever skat itself has open or was left with.
#[test]
fn a_program_has_three_descriptors() {
    for options in ["", "-i 5m", "--threads 3", "--ready-fd 8"] {
        let script = format!(
            "exec \"$SKAT\" tcp-server {options} --exec 'ls /proc/self/fd' 127.0.0.1 0 \
             7</dev/null 8>/dev/null 9>/dev/null"
        );
        let skat = shell(&script).listen();
        let _others = [skat.connect(), skat.connect()];
        // 3 is that of ls, which reads the directory.
        assert_eq!(answer(&skat), "0\n1\n2\n3\n", "{options}");
        skat.stop();
    }
}

/// Its stderr is skat's.
#[test]
fn its_stderr_is_that_of_skat() {
    for passage in PASSAGES {
        let mut skat =
            server_by(passage, &["-c", "echo to the log >&2; echo to the peer"]).listen();
        assert_eq!(answer(&skat), "to the peer\n");
        skat.wait_for_stderr("to the log");
        skat.stop();
    }
}

/// Reads wait: the process knows nothing of skat's way to use a socket.
#[test]
fn its_socket_blocks() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["-c", "grep flags /proc/$$/fdinfo/0"]).listen();
        let told = answer(&skat);
        let flags = told.split_whitespace().last().unwrap();
        let flags = i32::from_str_radix(flags, 8).unwrap();
        assert_eq!(flags & nix::libc::O_NONBLOCK, 0, "{passage:?}: {told}");
        skat.stop();
    }
}

#[test]
fn its_limit_of_descriptors_is_that_of_skat_when_it_started() {
    let script = "ulimit -Sn 200; exec \"$SKAT\" tcp-server -c 'ulimit -Sn' 127.0.0.1 0";
    let skat = shell(script).listen();
    assert_eq!(answer(&skat), "200\n");
    skat.stop();
}

/// Whatever skat was left with and does with its own.
#[test]
fn none_of_its_signals_is_blocked_or_ignored() {
    for passage in ["", "-i 5m"] {
        let script = format!(
            "trap '' HUP INT QUIT PIPE CHLD USR1; \
             exec \"$SKAT\" tcp-server {passage} -e 'grep -E Sig(Blk|Ign) /proc/self/status' 127.0.0.1 0"
        );
        let skat = shell(&script).listen();
        let told = answer(&skat);
        assert_eq!(told.lines().count(), 2, "{told}");
        for line in told.lines() {
            let (what, mask) = line.split_once('\t').unwrap();
            // From 32 on they are the C library's own.
            let mask = u64::from_str_radix(mask, 16).unwrap() & 0x7fff_ffff;
            assert_eq!(mask, 0, "{what}");
        }
        skat.stop();
    }
}

/// Or else what looks for the terminal, as `sh -i` does, would be stopped.
#[test]
fn a_program_leads_a_process_group_and_a_session() {
    let command = "read id name state parent group session rest </proc/$$/stat; \
                   test $id = $group && test $id = $session && echo leads";
    let skat = server(&["-c", command]).listen();
    assert_eq!(answer(&skat), "leads\n");
    skat.stop();
}

#[test]
fn words_are_split_as_a_shell_does_it_and_not_expanded() {
    let skat = server(&["-e", r#"printf '%s|' 'a  b' c\ d "e'f" $HOME * '' g"#]).listen();
    assert_eq!(answer(&skat), "a  b|c d|e'f|$HOME|*||g|");
    skat.stop();
}

fn script(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A script is found in PATH and beside, also one that does not say what it is written in.
#[test]
fn scripts_are_programs_too() {
    let folder = tempfile::tempdir().unwrap();
    script(folder.path(), "marked", "#!/bin/sh\necho marked \"$@\"\n");
    script(folder.path(), "plain", "echo plain \"$@\"\n");
    fs::write(folder.path().join("no-program"), "").unwrap();
    let path = format!("/nowhere:{}:/usr/bin:/bin", folder.path().display());
    for (command, said) in [
        ("marked a 'b c'", "marked a b c\n"),
        ("plain a 'b c'", "plain a b c\n"),
        ("./plain x", "plain x\n"),
    ] {
        let skat = server(&["-e", command]).directory(folder.path()).env("PATH", &path).listen();
        assert_eq!(answer(&skat), said);
        skat.stop();
    }
    server(&["-e", "no-program"]).env("PATH", &path).run().assert_status(126);
}

#[test]
fn a_program_that_cannot_be_run_is_told_before_anybody_comes() {
    for (command, status) in [
        ("there-is-no-such-program", 127),
        ("/there/is/none", 127),
        ("/etc/passwd", 126),
        ("/etc", 126),
    ] {
        let finished = server(&["-e", command]).run();
        finished.assert_status(status).assert_told(&format!("run {command}: "));
        assert!(!finished.stderr.contains("listening"), "{}", finished.stderr);
    }
}

/// A program that vanishes is an error of each connection, and the end of none but --once.
#[test]
fn a_program_that_vanishes_ends_no_server() {
    let folder = tempfile::tempdir().unwrap();
    for idle in [&[][..], &["-i", "5m"]] {
        script(folder.path(), "here", "#!/bin/sh\necho here\n");
        let path = folder.path().join("here");
        let command = path.to_str().unwrap();
        let mut skat = server(&[&["-e", command], idle].concat()).listen();
        let once = server(&[&["--once", "-e", command], idle].concat()).listen();
        assert_eq!(answer(&skat), "here\n");
        fs::remove_file(&path).unwrap();
        for _ in 0..3 {
            assert_eq!(answer(&skat), "");
        }
        skat.wait_for_stderr("no such file");
        assert_eq!(answer(&once), "");
        once.finish().assert_status(127).assert_told("no such file");
        script(folder.path(), "here", "#!/bin/sh\necho here again\n");
        assert_eq!(answer(&skat), "here again\n");
        assert_eq!(skat.stop().stderr.matches("no such file").count(), 3);
    }
}

/// With --once its status is skat's.
#[test]
fn once_passes_its_status_on() {
    for passage in PASSAGES {
        for (command, status) in [
            ("exit 0", 0),
            ("cat; exit 3", 3),
            ("kill -TERM $$", 143),
            ("kill -9 $$", 137),
            ("kill -35 $$", 163),
        ] {
            let skat = server_by(passage, &["--once", "-c", command]).listen();
            answer(&skat);
            skat.finish().assert_status(status).assert_silent();
        }
    }
}

/// Also where skat was started with SIGCHLD ignored, which makes the system forget statuses.
#[test]
fn its_status_is_known_whatever_skat_was_left_with() {
    let script =
        "exec env --ignore-signal=CHLD \"$SKAT\" tcp-server --once -c 'exit 9' 127.0.0.1 0";
    let skat = shell(script).listen();
    answer(&skat);
    skat.finish().assert_status(9);
}

/// The processes whose parent is this one: the dead among them are zombies.
fn children(id: u32) -> usize {
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("stat")).ok())
        .filter(|stat| {
            stat.rsplit_once(") ")
                .is_some_and(|(_, rest)| rest.split(' ').nth(1) == Some(&id.to_string()))
        })
        .count()
}

#[test]
fn two_thousand_leave_no_zombie_and_no_descriptor() {
    let skat = server(&["-e", "true"]).listen();
    let before = process::descriptors(skat.id());
    let address = skat.address;
    let hands: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(move || {
                for _ in 0..500 {
                    Peer::connect(address).expect_end();
                }
            })
        })
        .collect();
    for hand in hands {
        hand.join().unwrap();
    }
    wait_until("as few descriptors as before", || process::descriptors(skat.id()) == before);
    assert_eq!(children(skat.id()), 0);
    skat.stop().assert_silent();
}

/// With few descriptors later peers wait for earlier ones; none is turned away.
#[test]
fn without_descriptors_peers_wait() {
    for (options, limit) in [("", 24), ("-i 5m", 24), ("--threads 2", 40)] {
        let script = format!(
            "ulimit -n {limit}; exec \"$SKAT\" tcp-server {options} -e 'tr a-z A-Z' 127.0.0.1 0"
        );
        let skat: Running = Skat::listen(shell(&script));
        let mut peers: Vec<Peer> = (0..30).map(|_| skat.connect()).collect();
        for peer in &mut peers {
            peer.send("hello");
            peer.finish();
        }
        for mut peer in peers {
            peer.expect("HELLO");
            peer.expect_end();
        }
        skat.stop().assert_silent();
    }
}

/// Whoever is let in is served, though what waits in skat for peers that do not read takes pipes.
#[test]
fn pipes_leave_descriptors_for_the_processes() {
    let options = "-i 60 -O sndbuf=64K -e 'head -c 1M /dev/zero'";
    let script = format!(r#"ulimit -n 256; exec "$SKAT" tcp-server {options} 127.0.0.1 0"#);
    let skat = shell(&script).listen();
    let peers: Vec<_> = (0..100).map(|_| skat.connect()).collect();
    process::assert_idle(&skat);
    for mut peer in peers {
        assert_eq!(peer.receive_to_end().len(), 1 << 20);
    }
    skat.stop().assert_silent();
}
