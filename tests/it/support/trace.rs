//! What strace(1) sees.

use super::programs::is_usable;
use super::shell;

/// The calls about sockets of a server that echoes one line, and of its client with these options.
#[track_caller]
pub fn calls_of_an_echo(protocol: &str, options: &str) -> Option<[Vec<String>; 2]> {
    if !is_usable("strace", &["true"]) {
        return None;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (served, asked, ready) = (path("server"), path("client"), path("ready"));
    let traced = "strace -f -qq --signal=none -e trace=%network";
    let serve = format!("{protocol}-server --echo --once 127.0.0.1 0 --ready-file {ready}");
    let run = format!(
        r#"{traced} -o {served} "$SKAT" {serve} &
        while ! [ -e {ready} ]; do sleep 0.02; done
        echo hello | {traced} -o {asked} "$SKAT" {protocol}-client {options} "$(cat {ready})"
        wait"#
    );
    shell(&run).run().assert_status(0).assert_stdout("hello\n");
    Some([calls(&served), calls(&asked)])
}

/// The calls of a trace that found something to do, each once where it is repeated.
fn calls(trace: &str) -> Vec<String> {
    let trace = std::fs::read_to_string(trace).unwrap();
    let lines = trace.lines().filter(|line| !line.contains("EAGAIN"));
    let mut calls: Vec<String> = lines
        .filter_map(|line| line.split_once(' ')?.1.trim_start().split_once('('))
        .map(|(call, _)| call.to_owned())
        // A call that the thread did not outlive has no name.
        .filter(|call| call.bytes().all(|letter| letter.is_ascii_alphanumeric()))
        .collect();
    calls.dedup();
    calls
}
