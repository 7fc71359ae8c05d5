//! Other programs that tests need: peers, and what makes a private network or a private
//! `/etc/hosts`.

use std::process::{Command, Stdio};

use super::Skat;
use super::required::{not_installed, not_tested};

/// True if `program` runs with these arguments. Otherwise it is said aloud that the test did
/// nothing, or, where everything is required, the test fails.
#[track_caller]
pub fn is_usable(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if command.status().is_ok_and(|status| status.success()) {
        return true;
    }
    let command = format!("{program} {}", arguments.join(" "));
    if program == "unshare" {
        not_tested(&command, "namespaces are not permitted");
    } else {
        not_installed(&command);
    }
    false
}

/// The program with these arguments; `None`, said aloud, where it is not installed.
pub fn program(name: &str, arguments: &[&str]) -> Option<Skat> {
    let known = Command::new("/bin/sh").args(["-c", &format!("command -v {name}")]).output();
    if known.is_ok_and(|output| output.status.success()) {
        return Some(Skat::another(name, arguments));
    }
    not_installed(name);
    None
}
