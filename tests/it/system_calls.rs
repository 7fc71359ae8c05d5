//! What a simple TCP server and client ask the system for, as strace(1) sees it: the loops of the
//! textbook. UDP's are in `udp_peers`.

use crate::support::programs::is_usable;
use crate::support::shell;
use crate::support::trace::calls_of_an_echo;

/// What may stand between the steps, as often as it is needed.
const BESIDE: [&str; 6] =
    ["setsockopt", "getsockopt", "getsockname", "recvfrom", "sendto", "shutdown"];

/// The calls that are the steps of the loop.
fn steps(calls: &[String]) -> Vec<&str> {
    calls.iter().map(String::as_str).filter(|call| !BESIDE.contains(call)).collect()
}

#[test]
fn those_of_tcp_are_those_of_the_textbook() {
    let Some([served, asked]) = calls_of_an_echo("tcp", "") else { return };
    assert_eq!(steps(&served), ["socket", "bind", "listen", "accept4"]);
    assert_eq!(steps(&asked), ["socket", "connect"]);
    for calls in [served, asked] {
        for needed in ["sendto", "recvfrom"] {
            assert!(calls.iter().any(|call| call == needed), "{calls:?}");
        }
    }
}

/// The names of an address have nothing to do with services.
#[test]
fn no_service_is_looked_up_for_an_address() {
    if !is_usable("strace", &["true"]) {
        return;
    }
    let line = r#"exec strace -f -qq -e trace=openat "$SKAT" resolve 127.0.0.1"#;
    let finished = shell(line).run();
    finished.assert_told("/etc/hosts");
    assert!(!finished.stderr.contains("/etc/services"), "{}", finished.stderr);
}
