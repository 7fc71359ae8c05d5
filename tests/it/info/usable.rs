//! What `skat info` says to be usable is probed, and right where there is less: no IPv6, features
//! that are switched off, no privilege.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::{facts, text};
use crate::resolve::with_private_data_bases;
use crate::support::not_tested;

/// Whether a family is usable, by its name.
fn usable(families: &Value, name: &str) -> bool {
    families.as_array().unwrap().iter().find(|f| f["name"] == name).unwrap()["usable"] == true
}

#[test]
fn what_is_usable_is_what_opens() {
    let families = facts("families");
    for (name, number) in [
        ("AF_UNIX", 1),
        ("AF_INET", 2),
        ("AF_INET6", 10),
        ("AF_NETLINK", 16),
        ("AF_PACKET", 17),
        ("AF_TIPC", 30),
        ("AF_VSOCK", 40),
    ] {
        let family = families.as_array().unwrap().iter().find(|f| f["name"] == name).unwrap();
        assert_eq!(family["number"], number);
        assert_eq!(family["usable"] == true, family["reason"].is_null(), "{family}");
    }
    assert!(usable(&families, "AF_UNIX") && usable(&families, "AF_INET"));
    let features = facts("features");
    for name in [
        "has_ipv6",
        "dual_stack",
        "reuseport",
        "mptcp",
        "fastopen",
        "fastopen_server",
        "udp_gso",
        "udp_gro",
    ] {
        let yes = features[name].as_bool().unwrap();
        assert_eq!(yes, features["reasons"].get(name).is_none(), "{name}: {features}");
    }
}

/// Runs a command whose socket(AF_INET6) fails with EAFNOSUPPORT, by a filter of seccomp(2).
const WITHOUT_IPV6: &str = r#"
import ctypes, os, struct, sys
libc = ctypes.CDLL(None)
load, equal, give = 0x20, 0x15, 0x06
rules = [(load, 0, 0, 0), (equal, 0, 3, 41), (load, 0, 0, 16), (equal, 0, 1, 10),
         (give, 0, 0, 0x50000 | 97), (give, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
program = struct.pack("HxxxxxxQ", len(rules), ctypes.addressof(code))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
"#;

#[test]
fn where_there_is_no_ipv6_none_is_claimed() {
    if std::env::consts::ARCH != "x86_64" {
        return not_tested("info without IPv6", "the filter is one for x86-64");
    }
    let skat = |arguments: &[&str]| {
        let mut python = assert_cmd::Command::new("python3");
        python.args(["-c", WITHOUT_IPV6, env!("CARGO_BIN_EXE_skat")]).args(arguments);
        python.timeout(Duration::from_secs(20)).output()
    };
    let output = match skat(&["info", "--json"]) {
        Ok(output) if output.status.success() => output,
        other => return not_tested("info without IPv6", &format!("{other:?}")),
    };
    let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!usable(&facts["families"], "AF_INET6") && usable(&facts["families"], "AF_INET"));
    for (feature, there) in [("has_ipv6", false), ("dual_stack", false), ("udp_gso", true)] {
        assert_eq!(facts["features"][feature], there, "{feature}");
    }
    let types = facts["types"].to_string();
    assert!(types.contains("AF_INET6\":\"address family not supported"), "{types}");
    let stream = &facts["types"][0]["families"];
    assert!(!stream.as_array().unwrap().contains(&json!("AF_INET6")), "{stream}");
    let found = skat(&["resolve", "-n", "::1"]).unwrap();
    assert_eq!(text(&found), "::1\n");
}

/// Sets a file of /proc/sys in the network that the test has to itself.
fn set(path: &str, value: &str) {
    fs::write(format!("/proc/sys/net/{path}"), value).unwrap();
}

#[test]
fn what_the_kernel_is_told_to_refuse_is_not_there() {
    with_private_data_bases("features that are switched off", |_| {
        let before = facts("features");
        assert_eq!((&before["has_ipv6"], &before["dual_stack"]), (&json!(true), &json!(true)));
        // Both ends of fast open: a client that may, a server that may not, and so on.
        for (bits, client, server) in [("0", false, false), ("1", true, false), ("3", true, true)] {
            set("ipv4/tcp_fastopen", bits);
            let features = facts("features");
            assert_eq!(features["fastopen"], client, "{bits}: {features}");
            assert_eq!(features["fastopen_server"], server, "{bits}: {features}");
        }
        set("ipv6/conf/all/disable_ipv6", "1");
        let features = facts("features");
        assert_eq!(features["has_ipv6"], false, "{features}");
        assert!(facts("interfaces").to_string().find("::1").is_none());
        if fs::exists("/proc/sys/net/mptcp/enabled").unwrap() {
            set("mptcp/enabled", "0");
            assert_eq!(facts("features")["mptcp"], false);
        }
        set("ipv4/ip_local_port_range", "40000 40100");
        assert_eq!(facts("limits")["ephemeral_ports"], json!([40_000, 40_100]));
    });
}

#[test]
fn an_ordinary_user_is_told_what_an_ordinary_user_can() {
    if !nix::unistd::Uid::effective().is_root() {
        return not_tested("info as another user", "this is no root");
    }
    let directory = tempfile::tempdir_in("/tmp").unwrap();
    let program = directory.path().join("skat");
    // By another process: a program that is open for writing here, and so in every child that is
    // started meanwhile, cannot be run.
    let copied =
        std::process::Command::new("cp").arg(env!("CARGO_BIN_EXE_skat")).arg(&program).status();
    assert!(copied.unwrap().success());
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(directory.path(), open).unwrap();
    let mut info = std::process::Command::new(&program);
    info.args(["info", "--json"]).current_dir("/").uid(65_534).gid(65_534);
    let mut info = assert_cmd::Command::from_std(info);
    let output = info.timeout(Duration::from_secs(20)).output().unwrap();
    let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!usable(&facts["families"], "AF_PACKET"));
    assert!(usable(&facts["families"], "AF_INET"));
    let raw = facts["types"].as_array().unwrap().iter().find(|t| t["name"] == "SOCK_RAW").unwrap();
    assert!(!raw["families"].as_array().unwrap().contains(&json!("AF_INET")), "{raw}");
    assert_eq!(raw["refused"]["AF_INET"], "operation not permitted");
    assert!(facts["interfaces"].as_array().is_some_and(|list| !list.is_empty()));
    assert_eq!(facts["features"]["reuseport"], true);
}
