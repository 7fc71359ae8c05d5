//! What cannot be tested here: it is said aloud, and fails where it must be tested.

use std::io::Write as _;

/// Says it past the harness, which keeps what a test prints for itself; fails where everything must
/// be tested, with `SKAT_REQUIRE_PEERS=1`.
#[track_caller]
pub fn not_tested(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "NOT TESTED: {what}: {why}");
    assert!(!is_required("SKAT_REQUIRE_PEERS"), "{what} must be tested: {why}");
}

/// Whoever runs the tests may be able to install a program, and not be root.
#[track_caller]
pub fn not_installed(command: &str) {
    not_tested(command, "it is not installed, or does not work");
    assert!(!is_required("SKAT_REQUIRE_PROGRAMS"), "{command} is required");
}

fn is_required(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| value == "1")
}
