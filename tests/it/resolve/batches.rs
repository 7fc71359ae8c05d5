//! Many names: at once, in order, in bounded memory, and without waiting for the last.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::thread;
use std::time::{Duration, Instant};

use super::name_server::LATE;
use super::private::with_private_data_bases;
use super::{skat_with, stdout};
use crate::support::process::peak_memory;
use crate::support::skat;

#[test]
fn names_are_asked_at_once_and_told_in_order() {
    with_private_data_bases("--jobs", |_| {
        let names: Vec<String> = (0..200).map(|n| format!("late-{n}.test")).collect();
        let begin = Instant::now();
        let output = skat_with(&["resolve", "-4", "--jobs", "100", "-"], &names.join("\n"));
        let took = begin.elapsed();
        let wanted: Vec<String> = names.iter().map(|name| name.clone() + "\t192.0.2.3\n").collect();
        assert_eq!(stdout(&output), wanted.concat());
        // Two rounds; one by one it would be 100 seconds.
        assert!(took >= LATE * 2 && took < LATE * 40, "{took:?}");
    });
}

#[test]
fn an_answer_is_told_before_the_next_question_is_asked() {
    let mut skat = skat(["resolve", "-n", "-"]).start();
    let mut told = String::new();
    for (name, address) in [("127.1", "127.0.0.1"), ("::1", "::1"), ("0x7f.2", "127.0.0.2")] {
        skat.type_in(format!("{name}\n"));
        told.extend([name, "\t", address, "\n"]);
        skat.wait_for_stdout(&told);
    }
    skat.close_stdin();
    skat.finish().assert_status(0).assert_stdout(told).assert_silent();
}

#[test]
fn memory_is_bounded_however_many_names_there_are() {
    const NAMES: u32 = 100_000;
    let mut skat = skat(["resolve", "-n", "--no-name", "-"]).start();
    let mut stdin = skat.take_stdin();
    let names = (0..NAMES).map(|n| Ipv4Addr::from(0x0a00_0000 + n).to_string() + "\n");
    let names: String = names.collect();
    let typed = names.clone();
    let typing = thread::spawn(move || stdin.write_all(typed.as_bytes()).map(|()| stdin));
    // All that was read is told, although there may be more to come.
    skat.wait_for_stdout(&names);
    let peak = peak_memory(skat.id());
    drop(typing.join().unwrap().unwrap());
    skat.finish().assert_status(0);
    assert!(peak < 22, "{peak} MiB for {NAMES} names");
}

#[test]
fn a_reader_that_goes_ends_it_as_sigpipe_does() {
    let mut bash = assert_cmd::Command::new("/bin/bash");
    bash.args(["-c", r#"yes 127.1 | "$SKAT" resolve -n - | head -1; echo "${PIPESTATUS[1]}""#])
        .env("SKAT", env!("CARGO_BIN_EXE_skat"));
    let output = bash.timeout(Duration::from_secs(20)).output().unwrap();
    assert_eq!(stdout(&output), "127.1\t127.0.0.1\n141\n");
    assert!(output.stderr.is_empty());
}

#[test]
fn a_disk_that_is_full_is_an_error() {
    for arguments in ["resolve -n 127.1 127.2", "info errors"] {
        let mut shell = assert_cmd::Command::new("/bin/sh");
        shell
            .args(["-c", &format!("\"$SKAT\" {arguments} >/dev/full")])
            .env("SKAT", env!("CARGO_BIN_EXE_skat"))
            .timeout(Duration::from_secs(20));
        let told = "skat: write stdout: no space left on device\n";
        shell.assert().code(1).stderr(told);
    }
}

#[test]
fn lines_that_are_no_names_are_refused_and_the_rest_go_on() {
    let lines = b"127.1\na\0b\n\xff\n\n127.2\r\n";
    let mut skat = assert_cmd::Command::new(env!("CARGO_BIN_EXE_skat"));
    skat.args(["resolve", "-n", "-"]).write_stdin(&lines[..]).timeout(Duration::from_secs(20));
    let told = "skat: look up a\\u{0}b: no name has a NUL in it\n\
                skat: look up \u{fffd}: not UTF-8\n\
                skat: look up '': the name is empty\n";
    skat.assert().code(3).stdout("127.1\t127.0.0.1\n127.2\t127.0.0.2\n").stderr(told);
}
