//! Other programs that tests need: peers, and what makes a private network or a private
//! `/etc/hosts`.

use std::process::{Command, Stdio};

/// True if `program` runs with these arguments. Otherwise it is said loudly that the test did
/// nothing, or, with `SKAT_REQUIRE_PEERS=1`, the test fails.
#[track_caller]
pub fn is_usable(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if command.status().is_ok_and(|status| status.success()) {
        return true;
    }
    let what = format!("'{program} {}' does not work here", arguments.join(" "));
    assert!(std::env::var_os("SKAT_REQUIRE_PEERS").is_none_or(|v| v != "1"), "{what}");
    #[expect(clippy::print_stderr, reason = "the harness shows it with --nocapture")]
    {
        eprintln!("NOT TESTED: {what}");
    }
    false
}
