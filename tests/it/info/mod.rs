//! `skat info`: agrees with the C functions, with the kernel's files and with Python.
// A test fails by a panic, also in what it calls.
#![allow(clippy::unwrap_used)]

mod usable;

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::process::Output;
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::resolve::{python, with_private_data_bases};
use skat::net::inspection::{address, order};
use skat::net::options::{TABLE, Transport};

#[track_caller]
fn info(arguments: &[&str]) -> Output {
    let mut skat = assert_cmd::Command::new(env!("CARGO_BIN_EXE_skat"));
    skat.arg("info").args(arguments).timeout(Duration::from_secs(20));
    skat.output().unwrap()
}

/// The value of a topic.
#[track_caller]
fn facts(topic: &str) -> Value {
    let output = info(&[topic, "--json"]);
    assert!(output.status.success(), "{topic}");
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    object[topic].clone()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const TOPICS: [&str; 10] = [
    "hostname",
    "families",
    "types",
    "features",
    "options",
    "interfaces",
    "limits",
    "services",
    "protocols",
    "errors",
];

#[test]
fn every_topic_is_text_and_json_and_part_of_everything() {
    let everything = info(&["--json"]);
    let everything: Value = serde_json::from_slice(&everything.stdout).unwrap();
    for topic in TOPICS {
        assert!(info(&[topic]).stdout.len() > 1, "{topic}");
        assert_eq!(everything.get(topic), Some(&facts(topic)), "{topic}");
        let too_many = info(&[topic, "--", "x", "y"]);
        assert_eq!(too_many.status.code(), Some(2), "{topic}");
        assert!(too_many.stdout.is_empty(), "{topic}");
    }
    let page = text(&info(&[]));
    for heading in ["HOSTNAME\n", "FAMILIES\n", "FEATURES\n", "OPTIONS\n", "LIMITS\n"] {
        assert!(page.contains(heading), "{heading}");
    }
}

#[test]
fn words_that_make_no_sense_are_usage_errors() {
    for arguments in [
        &["nosuch"][..],
        &["address"],
        &["address", "not-an-address"],
        &["address", "127.0.0.1", ""],
        &["address", "fe80::1%lo"],
        &["order"],
        &["order", "4294967296"],
        &["order", "-1"],
        &["order", "1", "x"],
        &["order", "0x"],
        &["options", "sctp"],
        &["services", "+80"],
        &["services", "65536"],
    ] {
        let output = info(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    for arguments in [&["services", "nosuch"][..], &["protocols", "nosuch"], &["protocols", "+6"]] {
        assert_eq!(info(arguments).status.code(), Some(3), "{arguments:?}");
    }
}

/// Each of them, and nothing else.
#[test]
fn words_that_are_none_are_all_told() {
    let output = info(&["address", "127.1", "foo", "bar"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(told.contains("'foo' is not") && told.contains("'bar' is not"), "{told}");
}

/// Texts that look like addresses, and some that are.
fn texts() -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let zeros = prop_oneof![Just(0_u16), Just(0), Just(1), Just(0xffff), any::<u16>()];
    let strategies = [
        any::<u32>().prop_map(|bits| Ipv4Addr::from(bits).to_string()).boxed(),
        prop::array::uniform8(zeros).prop_map(|groups| Ipv6Addr::from(groups).to_string()).boxed(),
        "[0-9]{1,4}(\\.[0-9]{1,4}){0,4}".boxed(),
        "0x[0-9a-fA-F]{0,9}(\\.0[0-7]{0,4}){0,3}".boxed(),
        "[0-9a-f:]{1,16}".boxed(),
        "::[0-9a-f]{0,4}:[0-9]{1,3}(\\.[0-9]{1,3}){3}".boxed(),
        "[ -~]{1,12}".boxed(),
        "1\\.2\\.3\\.4[ -~]{1,3}".boxed(),
    ];
    let mut texts = Vec::new();
    for strategy in &strategies {
        for _ in 0..250 {
            texts.push(strategy.new_tree(&mut runner).unwrap().current());
        }
    }
    texts
}

#[test]
fn addresses_are_what_the_c_functions_say() {
    let texts = texts();
    let questions: Vec<Value> = texts.iter().map(|text| json!(["address", text])).collect();
    let Some(answers) = python(&questions) else { return };
    let mut accepted = 0;
    for (text, wanted) in texts.iter().zip(&answers) {
        let found = address::address(text.as_bytes()).map(|facts| facts.value);
        let found = found.map_or(Value::Null, |found| {
            let integer = found["integer"].to_string();
            json!([
                found["family"],
                found["canonical"],
                found["packed"],
                integer,
                found["inet_pton"],
                found["inet_aton"]
            ])
        });
        assert_eq!(found, wanted["ok"], "{text:?}: {wanted}");
        accepted += usize::from(!found.is_null());
    }
    assert!(accepted > 500 && accepted < texts.len() - 200, "{accepted} of {}", texts.len());
}

#[test]
fn orders_are_what_the_c_functions_say() {
    let mut runner = TestRunner::deterministic();
    let random = prop_oneof![any::<u32>().boxed(), any::<u16>().prop_map(u32::from).boxed()];
    let mut numbers = vec![0, 1, 0xff, 0x100, 0xffff, 0x1_0000, u32::MAX];
    numbers.extend((0..1000).map(|_| random.new_tree(&mut runner).unwrap().current()));
    let questions: Vec<Value> = numbers.iter().map(|number| json!(["order", number])).collect();
    let Some(answers) = python(&questions) else { return };
    for (number, wanted) in numbers.iter().zip(&answers) {
        for written in [number.to_string(), format!("{number:#x}")] {
            let found = order::order(&written).unwrap().value;
            let found = json!([found["htons"], found["ntohs"], found["htonl"], found["ntohl"]]);
            assert_eq!(found, wanted["ok"], "{written}");
        }
    }
}

#[test]
fn an_address_in_json_has_the_keys_of_the_manual() {
    let output = info(&["address", "127.1", "::ffff:1.2.3.4", "--json"]);
    let text = text(&output);
    let objects: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(
        objects,
        [
            json!({
                "text": "127.1", "family": "AF_INET", "canonical": "127.0.0.1", "packed": "7f000001",
                "integer": 2_130_706_433_u32, "inet_pton": false, "inet_aton": true,
            }),
            json!({
                "text": "::ffff:1.2.3.4", "family": "AF_INET6", "canonical": "::ffff:1.2.3.4",
                "packed": "00000000000000000000ffff01020304", "integer": 281_470_698_652_420_u64,
                "inet_pton": true, "inet_aton": false,
            }),
        ]
    );
    // More than 64 bits, to the last digit.
    let all = info(&["address", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "--json"]);
    assert!(self::text(&all).contains("\"integer\":340282366920938463463374607431768211454,"));
}

/// inet_aton(3) ends at a space, whatever follows.
#[test]
fn a_text_forges_no_line() {
    let told = text(&info(&["address", "1.2.3.4\ncanonical  6.6.6.6"]));
    assert!(told.starts_with("text       1.2.3.4\\ncanonical  6.6.6.6\nfamily "), "{told}");
}

#[test]
fn every_socket_option_is_listed_with_its_default() {
    let options = facts("options");
    let names: Vec<&str> =
        options.as_array().unwrap().iter().map(|o| o["name"].as_str().unwrap()).collect();
    assert_eq!(names, TABLE.iter().map(|row| row.name).collect::<Vec<_>>());
    for (option, row) in options.as_array().unwrap().iter().zip(TABLE) {
        for (name, transport) in
            [("tcp", Transport::Tcp), ("udp", Transport::Udp), ("unix", Transport::Unix)]
        {
            let has = option["defaults"].get(name).is_some();
            assert_eq!(has, row.transports.contains(&transport), "{option}");
            assert!(!has || !option["defaults"][name].is_null(), "{option}: not read");
        }
    }
    let default = |name: &str, transport: &str| {
        let option = options.as_array().unwrap().iter().find(|o| o["name"] == name).unwrap();
        option["defaults"][transport].clone()
    };
    let file = |path: &str| fs::read_to_string(path).unwrap().trim().to_owned();
    assert_eq!(default("rcvbuf", "tcp").to_string(), {
        let sizes = file("/proc/sys/net/ipv4/tcp_rmem");
        sizes.split_whitespace().nth(1).unwrap().to_owned()
    });
    assert_eq!(default("congestion", "tcp"), file("/proc/sys/net/ipv4/tcp_congestion_control"));
    assert_eq!(default("ttl", "udp").to_string(), file("/proc/sys/net/ipv4/ip_default_ttl"));
    let table = text(&info(&["options"]));
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(table.contains("\n    no Nagle delay"), "{table}");
    let listed = text(&info(&["options", "unix"]));
    // A Unix socket has no receive buffer of its own.
    assert!(listed.contains("sndbuf") && !listed.contains("rcvbuf"), "{listed}");
    assert!(!listed.contains("nodelay"), "{listed}");
}

#[test]
fn interfaces_and_limits_are_those_of_the_kernel() {
    let interfaces = facts("interfaces");
    let names: BTreeSet<&str> =
        interfaces.as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap()).collect();
    let kernel: Vec<String> = fs::read_dir("/sys/class/net")
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("mtu").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, kernel.iter().map(String::as_str).collect());
    let loopback =
        interfaces.as_array().unwrap().iter().find(|i| i["name"] == "lo").unwrap().clone();
    assert_eq!(loopback["addresses"][0]["address"], "127.0.0.1");
    assert_eq!(loopback["addresses"][0]["prefix"], 8);
    assert!(loopback["flags"].as_array().unwrap().contains(&json!("LOOPBACK")));

    let limits = facts("limits");
    let file = |path: &str| fs::read_to_string(path).unwrap().trim().to_owned();
    assert_eq!(limits["somaxconn"].to_string(), file("/proc/sys/net/core/somaxconn"));
    if let Ok(most) = fs::read_to_string("/proc/sys/net/core/rmem_max") {
        assert_eq!(limits["rcvbuf_max"].to_string(), most.trim());
    }
    let ports = limits["ephemeral_ports"].as_array().unwrap();
    let ports: Vec<String> = ports.iter().map(Value::to_string).collect();
    let range = file("/proc/sys/net/ipv4/ip_local_port_range");
    assert_eq!(ports, range.split_whitespace().collect::<Vec<_>>());
    let (soft, hard) =
        nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE).unwrap();
    assert_eq!(limits["descriptors"], json!(soft));
    assert_eq!(limits["descriptors_max"], json!(hard));
}

#[test]
fn errors_are_those_of_the_manual_and_the_system() {
    let errors = facts("errors");
    let statuses: Vec<String> =
        errors["statuses"].as_array().unwrap().iter().map(|s| s["status"].to_string()).collect();
    let numbers = (0..10).chain([126, 127]).map(|n| n.to_string());
    let wanted: Vec<String> = numbers.chain(["\"child's\"".into(), "\"signal\"".into()]).collect();
    assert_eq!(statuses, wanted);
    let errno = errors["errno"].as_array().unwrap();
    assert!(errno.len() > 120, "{}", errno.len());
    assert!(errno.iter().any(|e| e["name"] == "ECONNREFUSED" && e["number"] == 111));
    assert!(errno.iter().any(|e| e["name"] == "EOPNOTSUPP" && e["number"] == 95));
    assert!(errno.iter().any(|e| e["name"] == "ENOTSUP" && e["number"] == 95));
    // In the words of strerror(3).
    assert!(errno.iter().any(|e| e["meaning"] == "Bad file descriptor"), "{errno:?}");
}

#[test]
fn services_and_protocols_are_those_of_the_data_bases() {
    with_private_data_bases("info services", |_| {
        assert_eq!(facts("services").as_array().unwrap().len(), 11);
        assert_eq!(facts("protocols").as_array().unwrap().len(), 7);
        let echo = info(&["services", "echo", "--json"]);
        let echo: Value = serde_json::from_slice(&echo.stdout).unwrap();
        assert_eq!(echo["services"].as_array().unwrap().len(), 2, "{echo}");
        assert_eq!(text(&info(&["services", "www"])), "http  80/tcp  www web\n");
        assert_eq!(text(&info(&["protocols", "mptcp"])), "mptcp  262  MPTCP\n");
        // By number, as getent(1) finds them.
        assert_eq!(text(&info(&["services", "80"])), "http  80/tcp  www web\n");
        assert_eq!(text(&info(&["services", "514"])), "shell   514/tcp  cmd\nsyslog  514/udp\n");
        assert_eq!(text(&info(&["protocols", "262"])), "mptcp  262  MPTCP\n");
    });
}
