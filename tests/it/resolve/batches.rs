//! Many names: at once, in order, in bounded memory, and without waiting for the last.

use std::fs;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::name_server::LATE;
use super::private::with_private_data_bases;
use super::{skat_with, stdout};

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
        assert!(took >= LATE * 2 && took < LATE * 10, "{took:?}");
    });
}

#[test]
fn an_answer_is_told_before_the_next_question_is_asked() {
    let mut skat = Command::new(env!("CARGO_BIN_EXE_skat"))
        .args(["resolve", "-n", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = skat.stdin.take().unwrap();
    let mut answers = BufReader::new(skat.stdout.take().unwrap()).lines();
    for name in ["127.1", "::1", "0x7f.2"] {
        writeln!(stdin, "{name}").unwrap();
        assert!(answers.next().unwrap().unwrap().starts_with(&format!("{name}\t")));
    }
    drop(stdin);
    assert!(answers.next().is_none());
    assert!(skat.wait().unwrap().success());
}

#[test]
fn memory_is_bounded_however_many_names_there_are() {
    const NAMES: u32 = 200_000;
    let address = |n: u32| Ipv4Addr::from(0x0a00_0000 + n).to_string();
    let mut skat = Command::new(env!("CARGO_BIN_EXE_skat"))
        .args(["resolve", "-n", "--no-name", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = BufWriter::new(skat.stdin.take().unwrap());
    let asking = thread::spawn(move || {
        for n in 0..NAMES {
            writeln!(stdin, "{}", address(n)).unwrap();
        }
        stdin.flush().unwrap();
        // Kept open: it ends only when it has been looked at.
        stdin
    });
    let mut answers = BufReader::new(skat.stdout.take().unwrap()).lines();
    for n in 0..NAMES {
        assert_eq!(answers.next().unwrap().unwrap(), address(n));
    }
    let status = fs::read_to_string(format!("/proc/{}/status", skat.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    drop(asking.join().unwrap());
    assert!(skat.wait().unwrap().success());
    assert!(kilobytes < 32 * 1024, "{kilobytes} kB for {NAMES} names");
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
