//! `-O mptcp` and `-O fastopen` in connections: what the kernel counts tells that they were used.

use std::collections::HashMap;

use crate::support::programs::is_usable;
use crate::support::shell;

/// Two clients, one after the other, of an echo, all with one socket option in a network of their
/// own; what that network has counted since (proc_pid_net(5)).
fn counted(enable: &str, option: &str) -> Option<HashMap<String, u64>> {
    let enable = format!("ip link set lo up; {enable}");
    if !is_usable("unshare", &["-rn", "sh", "-ec", &enable]) {
        return None;
    }
    let script = format!(
        r#"{enable}; "$SKAT" tcp-server --echo -O {option} --ready-file "$READY" 127.0.0.1 0 &
        trap "kill $!" EXIT
        until [ -e "$READY" ]; do sleep 0.01; done
        for word in one two; do
            echo $word | "$SKAT" tcp-client -O {option} "$(cat "$READY")" >&2
        done
        cat /proc/net/netstat"#
    );
    let folder = tempfile::tempdir().unwrap();
    let skat = shell(r#"exec unshare -rn sh -ec "$SCRIPT""#).env("SCRIPT", script);
    let finished = skat.env("READY", folder.path().join("ready")).run();
    finished.assert_status(0).assert_told("one\ntwo\n");
    let text = String::from_utf8(finished.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.chunks(2).flat_map(|lines| {
        let [names, values] = lines else { panic!("{text}") };
        names.split(' ').zip(values.split(' ')).skip(1)
    });
    Some(pairs.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect())
}

#[test]
fn multipath_tcp_is_spoken_by_both() {
    let Some(counted) = counted("echo 1 >/proc/sys/net/mptcp/enabled", "mptcp") else { return };
    assert_eq!(counted["MPCapableSYNRX"], 2);
    assert_eq!(counted["MPCapableACKRX"], 2);
}

/// The first client gets a cookie, the second sends with its SYN (RFC 7413).
#[test]
fn fast_open_sends_with_the_syn() {
    let enable = "echo 3 >/proc/sys/net/ipv4/tcp_fastopen";
    let Some(counted) = counted(enable, "fastopen=16") else { return };
    assert_eq!(counted["TCPFastOpenCookieReqd"], 1);
    assert_eq!((counted["TCPFastOpenActive"], counted["TCPFastOpenPassive"]), (1, 1));
}
