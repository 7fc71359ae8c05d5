//! stdin and stdout that somebody else has made non-blocking: no failure, and nothing is lost.

use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsFd;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::support::process::sleeps;
use crate::support::{
    Bounded, Role, Skat, UdpPeer, assert_same_bytes, converse_with, on_each_way, pattern, skat,
    stands_still, udp_client, wait_until,
};

fn make_nonblocking(end: impl AsFd) {
    fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
}

/// For skat to read.
fn stdin() -> (PipeReader, Bounded<PipeWriter>) {
    let (its, ours) = std::io::pipe().unwrap();
    make_nonblocking(&its);
    (its, Bounded::new(ours))
}

/// For skat to write, with little room.
fn stdout() -> (Bounded<PipeReader>, PipeWriter) {
    let (ours, its) = std::io::pipe().unwrap();
    fcntl(&its, FcntlArg::F_SETPIPE_SZ(4096)).unwrap();
    make_nonblocking(&its);
    (Bounded::new(ours), its)
}

fn read_all(mut stdout: Bounded<PipeReader>) -> Vec<u8> {
    let mut bytes = Vec::new();
    stdout.read_to_end(&mut bytes).unwrap();
    bytes
}

on_each_way! {
    fn a_conversation_waits_for_both(way) {
        let ((its_stdin, mut stdin), (stdout, its_stdout)) = (stdin(), stdout());
        let prepare = |skat: Skat| skat.stdin(its_stdin).stdout(its_stdout);
        let (skat, mut peer) = converse_with(Role::Client, &[], way, prepare);
        let data = pattern(16 << 20);
        let (watched, mut twin, sent) = (peer.twin(), peer.twin(), data.clone());
        let sending = std::thread::spawn(move || {
            twin.send(sent);
            twin.finish();
        });
        wait_until("a full pipe", || stands_still(|| watched.unacknowledged()));
        assert_same_bytes(&read_all(stdout), &data);
        sending.join().unwrap();
        stdin.write_all(b"late").unwrap();
        drop(stdin);
        assert_eq!(peer.receive_to_end(), b"late");
        drop((watched, peer));
        skat.finish().assert_status(0).assert_silent();
    }
}

fn is_full(pipe: &PipeWriter) -> bool {
    let mut pipe = [PollFd::new(pipe.as_fd(), PollFlags::POLLOUT)];
    poll(&mut pipe, PollTimeout::ZERO).unwrap() == 0
}

#[test]
fn what_is_printed_waits_for_room() {
    let names = "127.0.0.1\n".repeat(1000);
    for arguments in
        [&["info", "errors"][..], &["tcp-server", "--help"], &["resolve", "--all", "-n", "-"]]
    {
        let print = || {
            let mut skat = skat(arguments).start();
            let typing = skat.type_all(&names);
            let finished = skat.finish();
            typing.join().unwrap();
            finished.stdout
        };
        let (ours, its) = stdout();
        let mut skat = skat(arguments).stdout(its.try_clone().unwrap()).start();
        let typing = skat.type_all(&names);
        wait_until("a full pipe", || is_full(&its));
        drop(its);
        let printed = read_all(ours);
        skat.finish().assert_status(0).assert_silent();
        typing.join().unwrap();
        assert_same_bytes(&printed, &print());
    }
}

#[test]
fn names_on_stdin_are_waited_for() {
    let (its, mut ours) = stdin();
    let skat = skat(["resolve", "--all", "-n", "-"]).stdin(its).start();
    wait_until("a skat that waits", || sleeps(skat.id()));
    ours.write_all(b"127.0.0.1\n").unwrap();
    drop(ours);
    let finished = skat.finish();
    finished.assert_status(0).assert_silent();
    assert_eq!(String::from_utf8_lossy(&finished.stdout).lines().count(), 3);
}

#[test]
fn the_datagram_of_a_probe_is_waited_for() {
    let peer = UdpPeer::new();
    let (its, mut ours) = stdin();
    let skat = udp_client(peer.address(), &["--probe"]).stdin(its).start();
    wait_until("a skat that waits", || sleeps(skat.id()));
    ours.write_all(b"question\n").unwrap();
    drop(ours);
    let from = peer.expect("question\n");
    peer.send_to("answer", from);
    skat.finish().assert_status(0).assert_silent();
}
