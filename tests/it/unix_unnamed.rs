//! Datagrams of Unix sockets without a name, such as those of logger(1): nobody can answer them.

use socket2::Type;

use crate::support::programs::is_usable;
use crate::support::shell;
use crate::support::unix::{abstract_name, listening, receive, socket};
use crate::unix_dgram::{hears_nothing, peer, send, server};

#[test]
fn who_has_no_name_is_heard_and_has_no_answer() {
    let name = abstract_name();
    let named_name = abstract_name();
    let named = peer(&named_name);
    let unnamed = socket(Type::DGRAM);
    let skat = listening(server(&name, &["--echo"]));
    // An answer must not go to who sent in the same place before.
    for _ in 0..3 {
        send(&named, b"named", &name);
        assert_eq!(receive(&named), b"named");
        send(&unnamed, b"unnamed", &name);
    }
    hears_nothing(&named);
    let told = skat.stop().stderr;
    assert_eq!(told.matches("a socket without a name").count(), 1, "{told}");
    let mut skat = listening(server(&name, &[]));
    send(&unnamed, b"unnamed\n", &name);
    skat.wait_for_stderr("without a name, which cannot be answered");
    skat.type_in("for the other\n");
    send(&named, b"named\n", &name);
    assert_eq!(receive(&named), b"for the other\n");
    skat.wait_for_stdout("unnamed\nnamed\n");
    skat.stop();
}

/// The one datagram has come, and stdin's answer has nowhere to go.
#[test]
fn once_ends_after_a_datagram_that_cannot_be_answered() {
    let unnamed = socket(Type::DGRAM);
    for frame in ["line", "hex"] {
        let name = abstract_name();
        let mut skat = listening(server(&name, &["--once", "--frame", frame]));
        skat.type_in("41\n");
        send(&unnamed, b"\x41", &name);
        let printed = if frame == "hex" { "41\n" } else { "A\n" };
        skat.finish().assert_status(0).assert_stdout(printed).assert_told("without a name");
    }
}

/// A program's log may have answers for some of what it is sent; a receiver that has none is silent.
#[test]
fn who_has_no_name_is_told_of_once_and_only_where_there_is_an_answer() {
    let unnamed = socket(Type::DGRAM);
    let name = abstract_name();
    let command = "read what; echo $what; echo $what >&2";
    let mut skat = listening(server(&name, &["-m", "1", "-c", command]));
    for what in ["one", "two", "three"] {
        send(&unnamed, what.as_bytes(), &name);
    }
    skat.wait_for_stderr("three");
    let told = skat.stop().stderr;
    assert_eq!(told.matches("without a name").count(), 1, "{told}");

    let receivers = [
        (&["-c", "cat >&2"][..], "four"),
        (&["--discard", "-v"], "datagram of 5 bytes"),
        (&["-v"], "datagram of 5 bytes"),
    ];
    for (options, seen) in receivers {
        let name = abstract_name();
        let nothing = std::fs::File::open("/dev/null").unwrap();
        let mut skat = listening(server(&name, options).stdin(nothing));
        send(&unnamed, b"four\n", &name);
        skat.wait_for_stderr(seen);
        let told = skat.stop().stderr;
        assert!(!told.contains("without a name"), "{options:?}: {told}");
    }
}

/// The advice for ports would not help.
#[test]
fn a_folder_that_cannot_be_entered_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = ["--reuid=54321", "--clear-groups"];
    let works = [&nobody[..], &[env!("CARGO_BIN_EXE_skat"), "--version"]].concat();
    if !is_usable("setpriv", &works) {
        return;
    }
    let script =
        format!(r#"exec setpriv {} "$SKAT" unix-client --type dgram @x"#, nobody.join(" "));
    let finished = shell(&script).env("TMPDIR", folder.path()).run();
    let told = format!("answered at, in {}: permission denied\n", folder.path().display());
    finished.assert_status(9).assert_told(&told);
}
