//! `--run`: a command that the server is there for.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::programs::is_usable;
use crate::support::terminal::Terminal;
use crate::support::{Skat, assert_second_signal_counts, process, server, shell, skat, wait_until};

#[test]
fn the_command_knows_where_the_server_is() {
    let command = r#"echo "$SKAT|$SKAT_HOST|$SKAT_PORT|$SKAT_ADDR""#;
    for words in [["127.0.0.1", "0"], ["::1", "0"], ["::", "0"], ["0.0.0.0", "0"]] {
        let arguments = ["tcp-server", "--echo", "--run", command, words[0], words[1]];
        let finished = skat(arguments).run();
        finished.assert_status(0);
        let told = String::from_utf8(finished.stdout).unwrap();
        let fields: Vec<&str> = told.trim_end().split('|').collect();
        assert_eq!(
            fields[0],
            std::fs::canonicalize(env!("CARGO_BIN_EXE_skat")).unwrap().to_str().unwrap()
        );
        let host = if words[0] == "::1" { "::1" } else { "127.0.0.1" };
        assert_eq!(fields[1], host, "{told}");
        let shown = if host == "::1" { "[::1]" } else { host };
        assert_eq!(fields[3], format!("{shown}:{}", fields[2]));
    }
}

#[test]
fn its_status_is_passed_on() {
    for (command, status) in [
        ("exit 0", 0),
        ("exit 7", 7),
        ("kill -TERM $$", 143),
        // A real-time signal.
        ("kill -35 $$", 163),
        ("nosuch", 127),
    ] {
        let finished = server(&["--echo", "--run", command]).run();
        finished.assert_status(status);
    }
}

/// The command's failure says more than the program's, and a program's more than success.
#[test]
fn a_program_that_fails_is_not_hidden_by_a_command_that_does_not() {
    for (program, command, status) in [(7, 0, 7), (7, 3, 3), (0, 3, 3), (0, 0, 0)] {
        let program = format!("exit {program}");
        let command = format!(r#""$SKAT" tcp-client "$SKAT_ADDR" </dev/null; exit {command}"#);
        let options = ["--once", "--sh-exec", &program, "--run", &command];
        server(&options).run().assert_status(status);
    }
}

#[test]
fn the_command_talks_to_the_server() {
    let command = r#"for n in 1 2 3; do echo "$n" | "$SKAT" tcp-client "$SKAT_ADDR"; done"#;
    for threads in ["1", "3"] {
        let finished = server(&["--echo", "--threads", threads, "--run", command]).run();
        finished.assert_status(0).assert_stdout("1\n2\n3\n").assert_silent();
    }
}

/// Who is being served, or queued, when the command ends is served to the end.
#[test]
fn open_connections_are_served_to_their_end() {
    let mut skat = server(&["--echo", "-m", "1", "--run", "read go"]).listen();
    let mut first = skat.connect();
    first.send("1");
    first.expect("1");
    let mut queued = skat.connect();
    queued.send("2");
    skat.type_in("go\n");
    first.send("still");
    first.expect("still");
    drop(first);
    queued.expect("2");
    skat.assert_running();
    queued.finish();
    queued.expect_end();
    drop(queued);
    skat.finish().assert_status(0);
}

#[test]
fn the_command_feeds_a_conversation() {
    let command = r#"printf hello | "$SKAT" tcp-client "$SKAT_ADDR""#;
    let finished = server(&["--run", command]).run();
    finished.assert_status(0).assert_stdout("hello").assert_silent();
}

#[test]
fn the_command_gets_stdin_only_where_skat_does_not_read_it() {
    for (options, gets) in [
        (&["--echo"][..], true),
        (&["--no-stdin"], true),
        (&["--no-stdin", "-k"], true),
        (&[], false),
    ] {
        let mut skat = server(&[options, &["--run", "cat; exit 5"]].concat()).start();
        skat.type_in("for whoever reads");
        skat.close_stdin();
        let wanted = if gets { "for whoever reads" } else { "" };
        skat.finish().assert_status(5).assert_stdout(wanted);
    }
}

#[test]
fn a_signal_is_passed_to_the_command_first() {
    let command = "trap 'echo got TERM; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    let skat = server(&["--echo", "--run", command]).stdin(Stdio::null()).start();
    skat.wait_for_stdout("ready\n");
    skat.signal(Signal::SIGTERM);
    let finished = skat.finish();
    finished.assert_died_of(Signal::SIGTERM).assert_stdout("ready\ngot TERM\n");
}

#[test]
fn a_command_that_ignores_the_signal_does_not_outlive_skat() {
    let command = "trap '' TERM; echo $$; while :; do sleep 0.05; done";
    let skat = server(&["--echo", "--run", command]).stdin(Stdio::null()).start();
    wait_until("the command's number", || skat.stdout().ends_with(b"\n"));
    let id: u32 = String::from_utf8(skat.stdout()).unwrap().trim().parse().unwrap();
    assert!(process::exists(id));
    skat.signal(Signal::SIGTERM);
    skat.finish().assert_died_of(Signal::SIGTERM);
    wait_until("the end of the command", || !process::exists(id));
}

#[test]
fn whatever_ends_skat_the_command_ends() {
    let command = "echo $$; exec sleep 60";
    let start = |limit: &[&str]| {
        let skat = server(&[&["--echo", "--run", command], limit].concat()).start();
        wait_until("the command's number", || skat.stdout().ends_with(b"\n"));
        let id: u32 = String::from_utf8(skat.stdout()).unwrap().trim().parse().unwrap();
        (skat, id)
    };
    for (skat, id) in ["--max-time", "--accept-timeout"].map(|limit| start(&[limit, "3s"])) {
        skat.finish().assert_status(6);
        assert!(!process::exists(id));
    }
    for signal in [Signal::SIGQUIT, Signal::SIGUSR1] {
        let (skat, id) = start(&[]);
        skat.signal(signal);
        skat.finish().assert_died_of(signal);
        wait_until("the end of the command", || !process::exists(id));
    }
}

/// It is told to end, and has time for it, as when skat itself is told.
#[test]
fn what_cannot_be_written_ends_the_command_too() {
    let command = "trap 'echo told >&2; exit' TERM; echo ready >&2; while :; do sleep 0.05; done";
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let options = ["-v", "--log", "json", "--run", command];
    let mut skat = server(&options).stdout(full).listen();
    skat.wait_for_stderr("ready");
    skat.connect().send("x");
    let finished = skat.finish();
    finished.assert_status(1).assert_told("told\n").assert_told(r#""event":"ended""#);
}

#[test]
fn a_second_signal_takes_the_command_along() {
    let command = "trap 'echo told' TERM; echo $$; while :; do sleep 0.05; done";
    assert_second_signal_counts(|| {
        let skat = server(&["--echo", "--run", command]).stdin(Stdio::null()).start();
        wait_until("the command's number", || skat.stdout().ends_with(b"\n"));
        let id: u32 = String::from_utf8(skat.stdout()).unwrap().trim().parse().unwrap();
        skat.signal(Signal::SIGTERM);
        skat.wait_for_stdout(format!("{id}\ntold\n"));
        skat.signal(Signal::SIGINT);
        let finished = skat.finish();
        wait_until("the end of the command", || !process::exists(id));
        finished
    });
}

/// Descriptors and signals are as skat found them.
#[test]
fn the_command_is_started_clean() {
    // Of the signals that are ignored, the C library's own (32 and up) do not count.
    let command = "ls /proc/self/fd | wc -l; ulimit -Sn; grep SigBlk /proc/self/status; \
                   grep SigIgn /proc/self/status | tail -c 8";
    let wanted = shell(command).run().stdout;
    let got = server(&["--echo", "--run", command]).run().stdout;
    assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(&wanted));
}

/// On a terminal, a command that reads it is not stopped.
#[test]
fn on_a_terminal_the_command_may_read() {
    let mut terminal = Terminal::open().plain();
    let script = format!(
        r#"exec setsid --ctty --wait "$SKAT" tcp-server --echo --run \
        'read word; echo "got $word"' 127.0.0.1 0 <{}"#,
        terminal.name
    );
    let skat = shell(&script).listen();
    terminal.ours.write_all(b"a word\n").unwrap();
    skat.wait_for_stdout("got a word\n");
    skat.finish().assert_status(0);
    drop(terminal.its);
    let _ = terminal.ours.read(&mut [0; 10]);
}

/// A terminal tells all in the foreground; skat itself is told by others too.
#[test]
fn what_is_typed_at_a_terminal_reaches_the_command_once() {
    let mut terminal = Terminal::open();
    let script = format!(
        r#"exec setsid --ctty --wait "$SKAT" tcp-server --quiet --echo --run "$COMMAND" 127.0.0.1 0 <{}"#,
        terminal.name
    );
    let command = "trap 'echo told' INT; echo ready; while :; do sleep 0.02; done";
    for types in [true, false, true, true] {
        let skat = shell(&script).env("COMMAND", command).start();
        skat.wait_for_stdout("ready\n");
        if types {
            terminal.ours.write_all(b"\x03").unwrap();
        } else {
            kill(Pid::from_raw(process::only_child(skat.id())), Signal::SIGINT).unwrap();
        }
        skat.finish().assert_stdout("ready\ntold\n");
    }
}

/// skat's own errors take no backtraces; what it starts is told what the user wants.
#[test]
fn what_a_user_wants_of_backtraces_reaches_the_command() {
    let show = r#"echo "${RUST_BACKTRACE-unset} ${RUST_LIB_BACKTRACE-unset}""#;
    let run = || server(&["--echo", "--run", show]).env("RUST_BACKTRACE", "1");
    run().run().assert_status(0).assert_stdout("1 unset\n");
    run().env("RUST_LIB_BACKTRACE", "full").run().assert_status(0).assert_stdout("1 full\n");
}

/// With few descriptors nobody may ever be let in; the end of the command is the end all the same.
#[test]
fn want_of_descriptors_does_not_keep_a_server_whose_command_has_ended() {
    for limit in 6..14 {
        let run = r#"true | "$SKAT" tcp-client -w 1s --after-eof 1s "$SKAT_ADDR""#;
        let script = format!(
            r#"ulimit -n {limit}; exec "$SKAT" tcp-server --echo --run '{run}' 127.0.0.1 0"#
        );
        let finished = shell(&script).run();
        assert!(finished.status.code().is_some(), "{limit}: {:?}", finished.status);
    }
}

/// A server with this command, whose calls strace(1) makes fail, or answers with a signal.
fn with_faults(faults: &str, command: &str) -> Option<Skat> {
    let call = faults.split(':').next().unwrap();
    is_usable("strace", &["true"]).then(|| {
        shell(&format!(
            r#"exec strace -D -f -qq -o /dev/null -e trace={call} -e signal=none \
            -e inject={faults} "$SKAT" tcp-server --quiet --echo --run '{command}' 127.0.0.1 0"#
        ))
    })
}

/// The command has begun before skat learns that it cannot wait for it.
#[test]
fn a_command_that_cannot_be_waited_for_is_not_left_running() {
    let Some(server) = with_faults("pidfd_open:error=EPERM", "exec sleep 60") else { return };
    let finished = server.run();
    finished.assert_status(1).assert_told("start /bin/sh: operation not permitted");
}

/// Whom a signal is for between fork and exec has skat's handlers still.
#[test]
fn a_signal_that_comes_while_the_command_begins_is_not_lost() {
    let Some(server) = with_faults("setpgid:signal=SIGINT", "echo began") else { return };
    server.run().assert_status(130).assert_stdout("");
}
