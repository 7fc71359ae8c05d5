//! The behaviour of the program, seen from outside.

use assert_cmd::Command;

/// The README's first command.
#[test]
fn a_line_is_stamped_and_comes_back() {
    let mut skat = Command::new(env!("CARGO_BIN_EXE_skat"));
    skat.args(["tcp-server", "0", "--stamp", "--run"])
        .arg(r#"echo hello | "$SKAT" tcp-client "$SKAT_HOST" "$SKAT_PORT""#)
        .timeout(std::time::Duration::from_secs(20));
    skat.assert().success().stdout(predicates::str::is_match(r"^\[.{24}\]: hello\n$").unwrap());
}
