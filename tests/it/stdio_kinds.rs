//! stdin and stdout of every kind, and what skat leaves of them.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::Signal;

use crate::support::terminal::Terminal;
use crate::support::{
    Bounded, Role, Skat, assert_same_bytes, converse, converse_with, on_each_way, pattern, shell,
    wait_until,
};

on_each_way! {
    fn a_file_to_send(way) {
        let data = pattern(3_000_001);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&data).unwrap();
        file.rewind().unwrap();
        let (skat, mut peer) = converse_with(Role::Client, &[], way, |skat| skat.stdin(file));
        assert_same_bytes(&peer.receive_to_end(), &data);
        drop(peer);
        skat.finish().assert_status(0);
    }

    fn a_file_is_read_from_where_it_stands_and_no_further_than_sent(way) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"skipped, sent").unwrap();
        file.seek(std::io::SeekFrom::Start(9)).unwrap();
        let ours = file.try_clone().unwrap();
        let (skat, mut peer) = converse_with(Role::Client, &[], way, |skat| skat.stdin(file));
        assert_eq!(peer.receive_to_end(), b"sent");
        drop(peer);
        skat.finish().assert_status(0);
        let mut ours = ours;
        assert_eq!(ours.stream_position().unwrap(), 13);
    }

    fn files_to_receive_into(way) {
        let folder = tempfile::tempdir().unwrap();
        let data = pattern(2_000_003);
        let path = folder.path().join("truncated");
        let appended = folder.path().join("appended");
        fs::write(&appended, "before ").unwrap();
        let opened = [
            (b"".as_slice(), &path, File::create(&path).unwrap()),
            (b"before ", &appended, OpenOptions::new().append(true).open(&appended).unwrap()),
        ];
        for (before, path, file) in opened {
            let (mut skat, mut peer) =
                converse_with(Role::Server, &[], way, |skat| skat.stdout(file));
            skat.close_stdin();
            peer.send(&data);
            peer.finish();
            peer.expect_end();
            skat.finish().assert_status(0).assert_silent();
            assert_same_bytes(&fs::read(path).unwrap(), &[before, data.as_slice()].concat());
        }
    }

    fn a_socket_for_both(way) {
        // As under inetd, or `socat EXEC:`.
        let (mut ours, its) = UnixStream::pair().unwrap();
        ours.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
        let its = OwnedFd::from(its);
        let prepare = |skat: Skat| skat.stdin(its.try_clone().unwrap()).stdout(its);
        let (skat, mut peer) = converse_with(Role::Client, &[], way, prepare);
        ours.write_all(b"question").unwrap();
        peer.expect("question");
        peer.send("answer");
        peer.finish();
        let mut got = String::new();
        ours.read_to_string(&mut got).unwrap();
        assert_eq!(got, "answer");
        ours.write_all(b", more").unwrap();
        peer.expect(", more");
        ours.shutdown(std::net::Shutdown::Write).unwrap();
        peer.expect_end();
        drop(peer);
        skat.finish().assert_status(0).assert_silent();
    }

    fn dev_null_for_both(way) {
        let prepare = |skat: Skat| skat.stdin(Stdio::null()).stdout(Stdio::null());
        let (skat, mut peer) = converse_with(Role::Client, &[], way, prepare);
        peer.send(pattern(1_000_000));
        peer.finish();
        peer.expect_end();
        drop(peer);
        skat.finish().assert_status(0).assert_silent();
    }

    fn a_full_disk_is_told(way) {
        for role in crate::support::ROLES {
            let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
            let (skat, mut peer) = converse_with(role, &[], way, |skat| skat.stdout(full));
            peer.send("no room for this");
            let finished = skat.finish();
            finished.assert_status(1).assert_told("write stdout: no space left on device");
        }
    }

    fn all_closed_from_the_start(way) {
        let listener = crate::support::Listener::new();
        let script = format!(r#"exec "$SKAT" tcp-client {} <&- >&-"#, listener.address());
        let skat = shell(&script).way(way).start();
        let mut peer = listener.accept();
        peer.send("into the void");
        peer.finish();
        peer.expect_end();
        drop(peer);
        skat.finish().assert_status(0).assert_stdout("").assert_silent();
    }

    fn a_directory_to_read_is_an_error(way) {
        let listener = crate::support::Listener::new();
        let script = format!(r#"exec "$SKAT" tcp-client {} </tmp"#, listener.address());
        let skat = shell(&script).way(way).start();
        let mut peer = listener.accept();
        peer.expect_end();
        drop(peer);
        skat.finish().assert_status(1).assert_told("read stdin: is a directory");
    }

    /// Whatever ends the conversation, what was to be sent is not whole.
    fn a_directory_to_read_is_an_error_however_it_ends(way) {
        for limit in ["--after-eof 100ms", "-i 100ms", "--max-time 500ms"] {
            let listener = crate::support::Listener::new();
            let address = listener.address();
            let script = format!(r#"exec "$SKAT" tcp-client {limit} {address} </tmp"#);
            let skat = shell(&script).way(way).start();
            let _peer = listener.accept();
            skat.finish().assert_status(1).assert_told("read stdin: is a directory");
        }
    }

    fn a_terminal_for_both(way) {
        let mut terminal = Terminal::open().plain();
        let prepare = |skat: Skat| skat.stdin(terminal.its()).stdout(terminal.its());
        let (skat, mut peer) = converse_with(Role::Client, &[], way, prepare);
        terminal.ours.write_all(b"typed\n").unwrap();
        peer.expect("typed\n");
        peer.send("shown");
        let mut shown = [0; 5];
        terminal.ours.read_exact(&mut shown).unwrap();
        assert_eq!(&shown, b"shown");
        // Nobody waits for somebody at a terminal once the peer has ended.
        peer.finish();
        peer.expect_end();
        drop(peer);
        skat.finish().assert_status(0).assert_silent();
        assert!(!is_nonblocking(&terminal.its));
    }

    fn the_end_typed_at_a_terminal_is_a_half_close(way) {
        let mut terminal = Terminal::open();
        let its = terminal.its();
        let (skat, mut peer) = converse_with(Role::Client, &[], way, |skat| skat.stdin(its));
        terminal.ours.write_all(b"typed\n\x04").unwrap();
        assert_eq!(peer.receive_to_end(), b"typed\n");
        peer.send("answer");
        drop(peer);
        skat.finish().assert_status(0).assert_stdout("answer");
    }

    fn no_description_is_left_nonblocking(way) {
        for end in [None, Some(Signal::SIGTERM), Some(Signal::SIGKILL)] {
            let (reader, writer) = std::io::pipe().unwrap();
            let (its_reader, its_writer) = std::io::pipe().unwrap();
            let (shared_in, shared_out) =
                (reader.try_clone().unwrap(), its_writer.try_clone().unwrap());
            let prepare = |skat: Skat| skat.stdin(reader).stdout(its_writer);
            let (skat, mut peer) = converse_with(Role::Client, &[], way, prepare);
            (&writer).write_all(b"x").unwrap();
            peer.expect("x");
            peer.send("y");
            Bounded::new(&its_reader).read_exact(&mut [0]).unwrap();
            assert!(!is_nonblocking(&shared_in) && !is_nonblocking(&shared_out));
            if let Some(signal) = end {
                skat.signal(signal);
            } else {
                drop(writer);
                drop(peer);
            }
            skat.finish();
            assert!(!is_nonblocking(&shared_in) && !is_nonblocking(&shared_out), "{end:?}");
        }
    }

    fn no_socket_is_left_nonblocking(way) {
        let (ours, its) = UnixStream::pair().unwrap();
        let its = OwnedFd::from(its);
        let shared = its.try_clone().unwrap();
        let prepare = |skat: Skat| skat.stdin(its.try_clone().unwrap()).stdout(its);
        let (skat, mut peer) = converse_with(Role::Client, &[], way, prepare);
        (&ours).write_all(b"x").unwrap();
        peer.expect("x");
        assert!(!is_nonblocking(&shared));
        skat.signal(Signal::SIGKILL);
        skat.finish();
        assert!(!is_nonblocking(&shared));
    }

    fn a_reader_of_stdout_that_pauses_gets_everything(way) {
        let (mut skat, mut peer) = crate::support::converse_unread(Role::Client, &[], way);
        skat.close_stdin();
        let data = pattern(2_000_000);
        let sent = data.clone();
        let sending = std::thread::spawn(move || {
            peer.send(sent);
            drop(peer);
        });
        let mut stdout = skat.take_stdout();
        let (mut got, mut piece) = (Vec::new(), vec![0; 50_000]);
        while let Ok(count @ 1..) = stdout.read(&mut piece) {
            got.extend_from_slice(&piece[..count]);
            std::thread::yield_now();
        }
        assert_same_bytes(&got, &data);
        sending.join().unwrap();
        skat.finish().assert_status(0);
    }
}

fn is_nonblocking(fd: impl AsFd) -> bool {
    let flags = fcntl(fd, FcntlArg::F_GETFL).unwrap();
    OFlag::from_bits_truncate(flags).contains(OFlag::O_NONBLOCK)
}

/// What can be waited for, yet neither opened again nor asked without waiting.
#[test]
fn a_stdin_that_is_no_pipe_and_blocks_stops_nothing() {
    for end in [&["--max-time", "2s"][..], &[]] {
        let event = EventFd::from_flags(EfdFlags::EFD_CLOEXEC).unwrap();
        let its = event.as_fd().try_clone_to_owned().unwrap();
        let way = crate::support::Way::Fast;
        let (skat, mut peer) = converse_with(Role::Client, end, way, |skat| skat.stdin(its));
        peer.send("before");
        skat.wait_for_stdout("before");
        event.write(7).unwrap();
        peer.expect(7_u64.to_ne_bytes());
        peer.send(", after");
        skat.wait_for_stdout("before, after");
        assert!(!is_nonblocking(&event));
        if end.is_empty() {
            skat.signal(Signal::SIGTERM);
            peer.expect_end();
            drop(peer);
            skat.finish().assert_died_of(Signal::SIGTERM);
        } else {
            skat.finish().assert_status(6);
        }
    }
}

/// A terminal that hangs up while skat uses it is an end, not a loop.
#[test]
fn a_terminal_that_hangs_up_ends_stdin() {
    let Terminal { ours, its, .. } = Terminal::open();
    let way = crate::support::Way::Fast;
    let (skat, mut peer) = converse_with(Role::Client, &[], way, |skat| skat.stdin(its));
    drop(ours);
    peer.expect_end();
    drop(peer);
    skat.finish().assert_status(0);
}

/// Bytes that skat has not asked for stay for the next program.
#[test]
fn no_stdin_leaves_stdin_whole() {
    for helpers in ["", "helper"] {
        let script = r#""$SKAT" tcp-server --no-stdin 127.0.0.1 0; cat"#;
        let mut skat = shell(script).env("SKAT_STDIO", helpers).listen();
        skat.type_in("for cat");
        skat.close_stdin();
        let mut peer = skat.connect();
        peer.send("from the peer, ");
        peer.finish();
        peer.expect_end();
        skat.finish().assert_status(0).assert_stdout("from the peer, for cat");
    }
}

/// The first byte is not kept until there are more.
#[test]
fn a_single_byte_passes_at_once() {
    for way in [crate::support::Way::Fast, crate::support::Way::Copying] {
        let (mut skat, mut peer) = converse(Role::Server, &[], way);
        for byte in b"abc" {
            skat.type_in([*byte]);
            peer.expect([*byte]);
            peer.send([*byte]);
            wait_until("the byte on stdout", || skat.stdout().last() == Some(byte));
        }
    }
}
