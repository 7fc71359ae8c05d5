//! `--exec` and `--sh-exec`: clients that leave, processes that stay, and a skat that is stopped.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::support::passage::{PASSAGES, Passage, server_by};
use crate::support::process::assert_idle;
use crate::support::{
    Finished, Peer, Running, assert_second_signal_counts, moments, most_runs, process, server,
    wait_until,
};
use crate::unix_file::FATAL;

/// Signals that skat ends at in order.
const TERMINATION: [Signal; 3] = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP];

/// Connects to a server whose process first says its number.
#[track_caller]
fn connect(skat: &Running) -> (Peer, u32) {
    let mut peer = skat.connect();
    let id = peer.expect_line().trim().parse().unwrap();
    assert!(process::exists(id));
    (peer, id)
}

/// skat has nothing to tell; a shell or cat may.
#[track_caller]
fn assert_only_others_spoke(finished: &Finished) {
    assert_eq!(finished.stderr.matches("skat:").count(), 1, "{}", finished.stderr);
}

/// A client's leaving is the end of the process's input, whichever way it leaves.
#[test]
fn a_client_that_leaves_is_the_end_of_input() {
    for passage in PASSAGES {
        let folder = tempfile::tempdir().unwrap();
        let command = r#"echo $$; cat >/dev/null 2>&1; touch "$FOLDER/$$""#;
        let skat = server_by(passage, &["-c", command]).env("FOLDER", folder.path()).listen();
        let leave: [fn(Peer); 3] = [drop, Peer::reset, |mut peer| peer.finish()];
        for leaves in leave {
            let (mut peer, id) = connect(&skat);
            peer.send("some");
            leaves(peer);
            wait_until("the end of its input", || folder.path().join(id.to_string()).exists());
        }
        skat.stop().assert_silent();
    }
}

/// A process that writes to a client that has gone is stopped as any filter is.
#[test]
fn a_client_that_leaves_stops_who_writes() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["-c", "echo $$; exec yes 2>/dev/null"]).listen();
        let leave: [fn(Peer); 2] = [drop, Peer::reset];
        for leaves in leave {
            let (mut peer, id) = connect(&skat);
            peer.expect("y\n");
            leaves(peer);
            wait_until("the end of the process", || !process::exists(id));
        }
        skat.stop().assert_silent();
    }
}

/// What was cut off is no success, even if the process took it for all there was.
#[test]
fn a_reset_of_the_input_is_no_success() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["--once", "-c", "cat >/dev/null"]).listen();
        let mut peer = skat.connect();
        peer.send("half of it");
        peer.reset();
        skat.finish().assert_status(1);
    }
}

#[test]
fn resets_silence_and_garbage_end_no_server() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["-e", "cat"]).listen();
        let silent: Vec<Peer> = (0..5).map(|_| skat.connect()).collect();
        for number in 0..40u8 {
            let mut peer = skat.connect();
            peer.send(vec![number; usize::from(number) * 100]);
            peer.reset();
        }
        let mut peer = skat.connect();
        peer.send("still there");
        peer.expect("still there");
        drop(silent);
        assert_only_others_spoke(&skat.stop());
    }
}

#[test]
fn a_signal_ends_the_processes_too() {
    for passage in PASSAGES {
        let servers = TERMINATION.map(|signal| {
            let skat = server_by(passage, &["-c", "echo $$; exec sleep 30"]).listen();
            let peers = [connect(&skat), connect(&skat)];
            skat.signal(signal);
            (skat, signal, peers)
        });
        for (skat, signal, [(mut one, first), (_two, second)]) in servers {
            one.expect_end();
            skat.finish().assert_died_of(signal).assert_silent();
            assert!(!process::exists(first) && !process::exists(second));
        }
    }
}

/// What a process says when it is told to end still arrives.
#[test]
fn last_words_at_a_stop_arrive() {
    for passage in PASSAGES {
        let command = "trap 'echo bye; exit' TERM; echo $$; while :; do sleep 0.02; done";
        let skat = server_by(passage, &["-c", command]).listen();
        let (mut peer, id) = connect(&skat);
        skat.signal(Signal::SIGTERM);
        peer.expect("bye\n");
        peer.expect_end();
        drop(peer);
        let finished = skat.finish();
        finished.assert_died_of(Signal::SIGTERM);
        assert_only_others_spoke(&finished);
        assert!(!process::exists(id));
    }
}

/// A process that ignores SIGTERM has a second, and so has what it has started.
#[test]
fn a_process_that_will_not_end_is_killed() {
    for passage in [Passage::Socket, Passage::Spliced] {
        let command = "trap '' TERM; sleep 30 & echo $!; echo $$; while :; do sleep 0.02; done";
        let skat = server_by(passage, &["-c", command]).listen();
        let (mut peer, grandchild) = connect(&skat);
        let id: u32 = peer.expect_line().trim().parse().unwrap();
        skat.signal(Signal::SIGTERM);
        peer.expect_end();
        skat.finish().assert_died_of(Signal::SIGTERM);
        wait_until("nobody left", || !process::exists(id) && !process::exists(grandchild));
    }
}

#[test]
fn a_second_signal_takes_all_along_at_once() {
    let command = "trap 'echo told' TERM; echo $$; while :; do sleep 0.02; done";
    assert_second_signal_counts(|| {
        let skat = server(&["-c", command, "--threads", "2"]).listen();
        let mut connections: Vec<(Peer, u32)> = (0..5).map(|_| connect(&skat)).collect();
        skat.signal(Signal::SIGTERM);
        for (peer, _) in &mut connections {
            peer.expect("told\n");
        }
        skat.signal(Signal::SIGINT);
        let finished = skat.finish();
        for (_, id) in connections {
            wait_until("the end of the process", || !process::exists(id));
        }
        finished
    });
}

/// Signals that nobody expects skat to survive.
#[test]
fn whatever_signal_kills_skat_takes_all_along() {
    for signal in FATAL.into_iter().filter(|signal| !TERMINATION.contains(signal)) {
        let skat = server(&["-c", "echo $$; exec sleep 60"]).listen();
        let (_peer, id) = connect(&skat);
        skat.signal(signal);
        skat.finish().assert_died_of(signal);
        wait_until("the end of the process", || !process::exists(id));
    }
}

#[test]
fn a_stopped_process_ends_too() {
    let skat = server(&["-c", "echo $$; exec sleep 30"]).listen();
    let (_peer, id) = connect(&skat);
    let pid = nix::unistd::Pid::from_raw(i32::try_from(id).unwrap());
    nix::sys::signal::kill(pid, Signal::SIGSTOP).unwrap();
    skat.stop();
    assert!(!process::exists(id));
}

#[test]
fn max_time_ends_the_processes() {
    let served = [Passage::Socket, Passage::Spliced].map(|passage| {
        let skat = server_by(passage, &["--max-time", "3s", "-c", "echo $$; exec sleep 30"]);
        let skat = skat.listen();
        let (peer, id) = connect(&skat);
        (skat, peer, id)
    });
    for (skat, _peer, id) in served {
        skat.finish().assert_status(6).assert_told("--max-time");
        assert!(!process::exists(id));
    }
}

/// A peer and a process that are silent are both let go; the server goes on, and --once tells.
#[test]
fn silence_ends_both() {
    let command = ["-c", "echo $$; exec cat"];
    let skat = server(&[&["-i", "1500ms"], &command[..]].concat()).listen();
    let (mut silent, id) = connect(&skat);
    let (mut lively, _) = connect(&skat);
    for _ in moments(Duration::from_millis(1800)) {
        lively.send("x");
        lively.expect("x");
    }
    silent.expect_end();
    wait_until("the end of the process", || !process::exists(id));
    drop(lively);
    skat.stop().assert_silent();

    let skat = server(&[&["--once", "-i", "1500ms"], &command[..]].concat()).listen();
    let (mut silent, _) = connect(&skat);
    silent.expect_end();
    drop(silent);
    skat.finish().assert_status(6).assert_told("no byte for 1.5 s");
}

/// The connection ends with the process, not with what that has left behind.
/// The child is told once, and not again each time that this makes an event.
#[test]
fn a_child_that_outlives_its_peer_takes_no_work() {
    let skat = server(&["-i", "60s", "--sh-exec", "echo $$; exec sleep 60"]).listen();
    let (peer, child) = connect(&skat);
    peer.reset();
    assert_idle(&skat);
    skat.stop();
    wait_until("the child's end", || !process::exists(child));
}

#[test]
fn who_inherits_the_socket_is_not_waited_for() {
    for passage in PASSAGES {
        let skat = server_by(passage, &["-c", "sleep 30 & echo $!"]).listen();
        let (mut peer, left) = connect(&skat);
        peer.expect_end();
        drop(peer);
        wait_until("one descriptor less", || skat_has_no_peer(&skat));
        // It has skat's stderr too.
        let pid = nix::unistd::Pid::from_raw(i32::try_from(left).unwrap());
        nix::sys::signal::kill(pid, Signal::SIGKILL).unwrap();
        skat.stop().assert_silent();
    }
}

fn skat_has_no_peer(skat: &Running) -> bool {
    let links = std::fs::read_dir(format!("/proc/{}/fd", skat.id())).unwrap();
    let sockets = links.filter_map(|link| std::fs::read_link(link.ok()?.path()).ok());
    sockets.filter(|target| target.to_string_lossy().starts_with("socket:")).count() == 1
}

/// A client that has its answer and stays is not kept for long.
#[test]
fn a_client_that_stays_is_left() {
    for passage in [Passage::Socket, Passage::Spliced] {
        let skat = server_by(passage, &["-m", "1", "-e", "echo served"]).listen();
        let began = Instant::now();
        let mut stays = skat.connect();
        stays.expect("served\n");
        stays.expect_end();
        let mut next = skat.connect();
        next.expect("served\n");
        assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
        skat.stop().assert_silent();
    }
}

/// A stop does not wait for clients that stay.
#[test]
fn a_stop_waits_for_nobody_that_stays() {
    let stops_at_once = || {
        let skat = server(&["-e", "echo served"]).listen();
        let mut stays = skat.connect();
        stays.expect("served\n");
        stays.expect_end();
        let told = Instant::now();
        skat.stop().assert_silent();
        told.elapsed() < Duration::from_millis(1900)
    };
    assert!(most_runs(stops_at_once), "it waits for who stays");
}

/// A process that lets its input wait gets all that was acknowledged, and the reset is told.
#[test]
fn all_that_came_before_a_reset_is_a_processs_input() {
    for passage in [Passage::Spliced, Passage::Copied] {
        let folder = tempfile::tempdir().unwrap();
        let command = r#"echo $$; kill -STOP $$; exec wc -c >"$FOLDER/count""#;
        // More than the process's own socket takes, and room for the rest of it.
        let skat = server_by(passage, &["-O", "rcvbuf=1M", "--once", "-c", command]);
        let skat = skat.env("FOLDER", folder.path()).listen();
        let (mut peer, id) = connect(&skat);
        peer.send(vec![0; 300_000]);
        wait_until("everything to be acknowledged", || peer.unacknowledged() == 0);
        wait_until("the process to stand still", || process::is_in_state('T', id));
        peer.reset();
        assert_idle(&skat);
        let pid = nix::unistd::Pid::from_raw(i32::try_from(id).unwrap());
        nix::sys::signal::kill(pid, Signal::SIGCONT).unwrap();
        skat.finish().assert_status(1).assert_told("connection reset by peer");
        assert_eq!(std::fs::read_to_string(folder.path().join("count")).unwrap(), "300000\n");
    }
}

/// A process may have ended before a stop; what it said waits for a slow peer in a socket of skat's.
#[test]
fn a_stop_loses_nothing_of_a_process_that_has_ended() {
    for passage in [Passage::Spliced, Passage::Copied] {
        let command = "echo $$; kill -STOP $$; exec head -c 150000 /dev/zero";
        let skat = server_by(passage, &["-O", "sndbuf=16K", "-c", command]).listen();
        let mut peer = skat.connect().with_small_buffers();
        let id: u32 = peer.expect_line().trim().parse().unwrap();
        wait_until("the process to stand still", || process::is_in_state('T', id));
        let pid = nix::unistd::Pid::from_raw(i32::try_from(id).unwrap());
        nix::sys::signal::kill(pid, Signal::SIGCONT).unwrap();
        wait_until("the end of the process", || !process::exists(id));
        assert_idle(&skat);
        skat.signal(Signal::SIGTERM);
        assert_eq!(peer.receive_to_end().len(), 150_000);
        drop(peer);
        skat.finish().assert_died_of(Signal::SIGTERM).assert_silent();
    }
}
