//! Services over Unix sockets that are tested at length over TCP: relays, chat, and the way
//! of a process's bytes through skat.

use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;

use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use socket2::Type;

use crate::support::unix::{UnixListener, abstract_name, address, connect, socket};
use crate::support::unix::{listening, unix_server};
use crate::support::{Way, assert_same_bytes, pattern, process, skat, wait_until};

#[test]
fn a_relay_from_one_path_to_another() {
    for way in [Way::Fast, Way::Copying] {
        let (name, target) = (abstract_name(), abstract_name());
        let listener = UnixListener::on(&target);
        let forward = format!("unix:{target}");
        let skat = listening(unix_server(&name, &["--forward", &forward]).way(way));
        let mut peer = connect(&name);
        let mut target = listener.accept();
        peer.send("question");
        target.expect("question");
        // An end is passed on, and the other direction goes on.
        peer.finish();
        target.expect_end();
        let much = pattern(4 << 20);
        let mut sending = target.twin();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                sending.send(&much);
                sending.finish();
            });
            assert_same_bytes(&peer.receive_to_end(), &much);
        });
        drop((peer, target, sending));
        skat.stop().assert_silent();
    }
}

#[test]
fn a_chat_and_a_broker() {
    for (option, heard) in [("--chat", "<user-1> hello\n"), ("--broker", "hello\n")] {
        let name = abstract_name();
        let skat = listening(unix_server(&name, &[option]));
        let [mut one, mut two] = [connect(&name), connect(&name)];
        // Whoever is heard is there.
        two.send("here\n");
        one.expect_line();
        one.send("hello\n");
        two.expect(heard);
        drop((one, two));
        skat.stop().assert_silent();
    }
}

/// With --idle-timeout skat sees the bytes, and a silent peer ends.
#[test]
fn a_process_is_stopped_for_a_silent_peer() {
    let name = abstract_name();
    let skat = listening(unix_server(&name, &["--exec", "cat", "-i", "1500ms"]));
    let mut peer = connect(&name);
    peer.send("x");
    peer.expect("x");
    peer.expect_end();
    skat.stop();
}

/// Whoever passes descriptors must not fill skat's table with them.
#[test]
fn descriptors_that_come_with_datagrams_are_closed() {
    for options in [&["--echo"][..], &["--echo", "--threads", "2"], &["--exec", "cat"]] {
        let name = abstract_name();
        let options = [&["--type", "dgram"], options].concat();
        let skat = listening(unix_server(&name, &options));
        let peer = socket(Type::DGRAM);
        peer.bind(&address(abstract_name())).unwrap();
        peer.connect(&address(&name)).unwrap();
        let ask = || {
            let bytes = [std::io::IoSlice::new(b"question")];
            let passed = [ControlMessage::ScmRights(&[0, 1, 2])];
            sendmsg::<()>(peer.as_raw_fd(), &bytes, &passed, MsgFlags::empty(), None).unwrap();
            let mut answer = [0; 20];
            assert_eq!((&peer).read(&mut answer).unwrap(), 8);
        };
        ask();
        let before = process::descriptors(skat.id());
        (0..20).for_each(|_| ask());
        let few = before + 10;
        assert!(process::descriptors(skat.id()) < few, "{options:?}");
        skat.stop().assert_silent();
    }
}

/// Who has closed hears nothing any more, though nobody says a word.
#[test]
fn who_has_left_a_silent_room_takes_no_place() {
    for kind in [Type::STREAM, Type::SEQPACKET] {
        for service in ["--chat", "--broker"] {
            let name = abstract_name();
            let of_kind = if kind == Type::STREAM { "stream" } else { "seqpacket" };
            let options = ["-v", "--type", of_kind, service, "--max-conns", "2"];
            let skat = listening(unix_server(&name, &options));
            let enter = || {
                let peer = socket(kind);
                peer.connect(&address(&name)).unwrap();
                peer
            };
            drop((enter(), enter()));
            let (one, other) = (enter(), enter());
            wait_until("both", || skat.stderr().matches("skat: connected").count() == 4);
            (&one).write_all(b"is anybody here?\n").unwrap();
            let mut heard = [0; 100];
            let count = (&other).read(&mut heard).unwrap();
            assert!(heard[..count].ends_with(b"is anybody here?\n"), "{of_kind} {service}");
            skat.stop();
        }
    }
}

#[test]
fn what_has_no_meaning_for_a_type_is_refused() {
    for (kind, option, told) in [
        ("dgram", "--chat", "--chat needs connections"),
        ("dgram", "--broker", "--broker needs connections"),
        ("dgram", "--tls", "has no effect with"),
        ("seqpacket", "--tls", "has no effect with"),
    ] {
        if option == "--tls" && !cfg!(feature = "tls") {
            continue;
        }
        let words = ["unix-server", "--type", kind, option, "@x"];
        skat(words).run().assert_status(2).assert_stdout("").assert_told(told);
    }
}
