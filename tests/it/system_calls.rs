//! What a simple TCP server and client ask the system for, as strace(1) sees it: the loops of the
//! textbook. UDP's are in `udp_peers`.

use crate::support::programs::is_usable;
use crate::support::shell;
use crate::support::trace::calls;

/// What may stand between the steps, as often as it is needed.
const BESIDE: [&str; 6] =
    ["setsockopt", "getsockopt", "getsockname", "recvfrom", "sendto", "shutdown"];

/// The calls that are the steps of the loop.
fn steps(trace: &str) -> Vec<String> {
    let is_step = |call: &String| !BESIDE.contains(&call.as_str());
    calls(trace).into_iter().filter(is_step).collect()
}

#[test]
fn those_of_tcp_are_those_of_the_textbook() {
    if !is_usable("strace", &["true"]) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let trace = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (served, asked) = (trace("server"), trace("client"));
    let traced = "strace -f -qq --signal=none -e trace=%network";
    let run = format!(
        r#"{traced} -o {served} "$SKAT" tcp-server --echo --once 127.0.0.1 0 --ready-file {ready} &
        while ! [ -e {ready} ]; do sleep 0.02; done
        echo hello | {traced} -o {asked} "$SKAT" tcp-client "$(cat {ready})"
        wait"#,
        ready = trace("ready"),
    );
    shell(&run).run().assert_status(0).assert_stdout("hello\n");
    assert_eq!(steps(&served), ["socket", "bind", "listen", "accept4"]);
    assert_eq!(steps(&asked), ["socket", "connect"]);
    for trace in [served, asked] {
        let calls = calls(&trace);
        for needed in ["sendto", "recvfrom"] {
            assert!(calls.iter().any(|call| call == needed), "{calls:?}");
        }
    }
}
