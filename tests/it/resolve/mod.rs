//! `skat resolve`: with data bases of the test's own, and against Python and getent.
// A test fails by a panic, also in what it calls.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod agreement;
mod batches;
mod getent;
mod name_server;
mod private;
mod python;
mod statuses;

pub use private::with_private_data_bases;
pub use python::python;

use std::process::Output;
use std::time::Duration;

use serde_json::Value;

/// What `skat` says with these arguments and this stdin, as it was started from here.
#[track_caller]
fn skat_with(arguments: &[&str], stdin: &str) -> Output {
    let mut skat = assert_cmd::Command::new(env!("CARGO_BIN_EXE_skat"));
    skat.args(arguments).env("NO_COLOR", "1").timeout(Duration::from_secs(30)).write_stdin(stdin);
    let output = skat.output().expect("skat runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!told.contains("panicked"), "{arguments:?}: {told}");
    output
}

#[track_caller]
fn skat(arguments: &[&str]) -> Output {
    skat_with(arguments, "")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The objects of JSON lines.
#[track_caller]
fn objects(output: &Output) -> Vec<Value> {
    let text = stdout(output);
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}
