//! Each kind of answer and of failure has its status, its words and its JSON.

use std::time::{Duration, Instant};

use super::private::with_private_data_bases;
use super::{objects, skat, skat_with, stdout};
use crate::forward::assert_no_target;

/// Arguments, status, stdout, and what stderr says.
type Row = (&'static [&'static str], i32, &'static str, &'static str);

#[track_caller]
fn assert_rows(command: &str, rows: &[Row]) {
    for (arguments, status, wanted, told) in rows {
        let output = skat(&[&[command], *arguments].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*status), "{arguments:?}: {stderr}");
        assert_eq!(stdout(&output), *wanted, "{arguments:?}");
        assert!(stderr.contains(told), "{arguments:?}: {stderr}");
        assert_eq!(stderr.is_empty(), *status == 0, "{arguments:?}: {stderr}");
    }
}

/// Every call, and its answer.
const CALLS: &[Row] = &[
    (&["one.test"], 0, "192.0.2.1\n", ""),
    (&["-4", "both.test"], 0, "192.0.2.2\n", ""),
    (&["-6", "both.test"], 0, "2001:db8::2\n", ""),
    (&["six.test"], 0, "2001:db8::6\n", ""),
    (&["compatible.test"], 0, "::1.2.3.4\n", ""),
    (&["-6", "--v4mapped", "one.test"], 0, "::ffff:192.0.2.1\n", ""),
    (&["bücher.test"], 0, "192.0.2.77\n", ""),
    (&["192.0.2.1"], 0, "one.test\n", ""),
    (&["2001:db8::2"], 0, "both.test\n", ""),
    (&["127.1"], 0, "127.0.0.1\n", ""),
    (&["dotless"], 0, "192.0.2.51\n", ""),
    (&["192.0.2.52"], 0, "caf\u{fffd}.example\n", ""),
    (&["--canonical", "alias.test"], 0, "both.test\n", ""),
    (&["--canonical", "hosted"], 0, "hosted.example\n", ""),
    (&["--canonical", "latin1"], 0, "caf\u{fffd}.example\n", ""),
    (
        &["--all", "--type", "stream", "alias.test:http", "-4"],
        0,
        "AF_INET\tSOCK_STREAM\tIPPROTO_TCP\t192.0.2.2\t80\tboth.test\n",
        "",
    ),
    (
        &["--all", "one.test", "--type", "dgram"],
        0,
        "AF_INET\tSOCK_DGRAM\tIPPROTO_UDP\t192.0.2.1\t0\tone.test\n",
        "",
    ),
    (
        &["--all", "--passive", "-6", "--type", "stream", ":443"],
        0,
        "AF_INET6\tSOCK_STREAM\tIPPROTO_TCP\t::\t443\t-\n",
        "",
    ),
    (
        &["--host-entry", "alias.test"],
        0,
        "name\tboth.test\nalias\talias.test\naddress\t192.0.2.2\n",
        "",
    ),
    (&["--host-entry", "-6", "both.test"], 0, "name\tboth.test\naddress\t2001:db8::2\n", ""),
    (
        &["--host-entry", "192.0.2.50"],
        0,
        "name\thosted.example\nalias\thosted\nalias\talso-hosted\naddress\t192.0.2.50\n",
        "",
    ),
    (&["--fqdn", "also-hosted"], 0, "hosted.example\n", ""),
    (&["--fqdn", "dotless"], 0, "dotless\n", ""),
    (&["--fqdn", "plain"], 0, "plain.example\n", ""),
    (&["--name-info", "192.0.2.1:80"], 0, "one.test\thttp\n", ""),
    (&["--name-info", "192.0.2.52:80"], 0, "caf\u{fffd}.example\thttp\n", ""),
    (&["--name-info", "[::1]:514", "--datagram"], 0, "localhost\tsyslog\n", ""),
    (&["--name-info", "-n", "[::1]:514"], 0, "::1\t514\n", ""),
    (&["--name-info", "-n", "[fe80::1%lo]:514"], 0, "fe80::1%lo\t514\n", ""),
    (&["--with-name", "one.test"], 0, "one.test\t192.0.2.1\n", ""),
    (&["--no-name", "-4", "one.test", "both.test"], 0, "192.0.2.1\n192.0.2.2\n", ""),
    (&["--service", "www"], 0, "80\n", ""),
    (&["--service", "domain/udp"], 0, "53\n", ""),
    (&["--port", "514/udp"], 0, "syslog\n", ""),
    (&["--port", "514/tcp"], 0, "shell\n", ""),
    (&["--protocol", "TCP"], 0, "6\n", ""),
    (&["--protocol", "262"], 0, "mptcp\n", ""),
];

#[test]
fn every_call_answers() {
    with_private_data_bases("the calls of resolve", |_| {
        assert_rows("resolve", CALLS);
    });
}

#[test]
fn each_address_is_told_once_and_a_host_knows_its_own_name() {
    with_private_data_bases("a hosts file with this host in it", |_| {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        let host = host.trim();
        let hosts = format!(
            "127.0.1.1 {host}.example.org {host}\n192.0.2.60 twice\n192.0.2.61 twice\n\
             192.0.2.60 twice\n"
        );
        std::fs::write("/etc/hosts", hosts).unwrap();
        let twice = skat(&["resolve", "twice"]);
        assert_eq!(stdout(&twice), "192.0.2.60\n192.0.2.61\n");
        assert_eq!(stdout(&skat(&["resolve", "--fqdn"])), format!("{host}.example.org\n"));
        assert_eq!(stdout(&skat(&["info", "hostname"])), format!("{host}\n"));
    });
}

/// Every way to fail, and its status.
const FAILURES: &[Row] = &[
    (&["nx.test"], 3, "", "look up nx.test: no such name"),
    (&["nodata.test"], 3, "", "the name exists, but has no address of this kind"),
    (&["-4", "-n", "::1"], 3, "", "it is an address of the other family"),
    (&["-4", "six.test"], 3, "", "the name exists, but has no address of this kind"),
    (&["-6", "dotless"], 3, "", "no such name, or none that has an IPv6 address"),
    (&["-6", "nx.test"], 3, "", "look up nx.test: no such name"),
    (&["fail.test"], 4, "", "a name server failed"),
    (&["refused.test"], 4, "", ""),
    (&["silent.test"], 4, "", "none answered in time"),
    (&["192.0.2.7"], 3, "", "look up 192.0.2.7: no name for this address"),
    (&["--host-entry", "192.0.2.7"], 3, "", "no name for this address"),
    (&["192.0.2.8"], 4, "", "a name server failed"),
    (&["--host-entry", "nx.test"], 3, "", "no such name"),
    (&["--host-entry", "six.test"], 3, "", "has no address of this kind"),
    (&["--host-entry", "-6", "dotless"], 3, "", "no such name, or none that has an IPv6 address"),
    (&["--host-entry", "fail.test"], 4, "", "a name server failed"),
    (&["--fqdn", "nx.test"], 3, "", "no such name"),
    (&["--fqdn", "fail.test"], 4, "", "a name server failed"),
    (&["--canonical", "nx.test"], 3, "", "no such name"),
    (&["--all", "one.test:nosuch"], 3, "", "no such service"),
    (&["--all", "-n", "one.test:80"], 3, "", "not an address, and --numeric allows no look-up"),
    (&["--all", "-n", "127.0.0.1:nosuch"], 3, "", "no such service"),
    (&["--service", "nosuch"], 3, "", "no such service"),
    (&["--service", "syslog/tcp"], 3, "", "no such service"),
    (&["--service", "80"], 3, "", "no such service; --port finds the service on a port"),
    (&["--port", "65000"], 3, "", "no service on this port"),
    (&["--protocol", "nosuch"], 3, "", "no such protocol"),
    (&["--protocol", "255"], 3, "", "no such protocol"),
    // Out of range, or of no sense: not asked.
    (&["one.test:80"], 2, "", "no name has a colon in it; --all takes NAME:SERVICE"),
    (&["--port", "http"], 2, "", "0-65535; --service finds the port of a name"),
    (&["--port", "65536"], 2, "", "not within 0-65535"),
    (&["--all", "one.test:65536"], 2, "", "not within 0-65535"),
    (&["--name-info", "127.0.0.1:65536"], 2, "", "not within 0-65535"),
    (&["--protocol", "99999999999"], 2, "", "at most"),
    (&["--name-info", "one.test:80"], 2, "", "not an ADDRESS:PORT"),
    (&["a b"], 2, "", "a space"),
    (&[""], 2, "", "empty"),
    (&["bü-"], 2, "", "malformed as an international name"),
];

#[test]
fn every_failure_has_its_status() {
    with_private_data_bases("the failures of resolve", |_| {
        assert_rows("resolve", FAILURES);
        let of_clients: &[Row] = &[
            (&["nx.test", "80"], 3, "", "look up nx.test: no such name"),
            (&["-w", "20s", "nx.test", "80"], 3, "", "look up nx.test: no such name"),
            (&["fail.test", "80"], 4, "", "a name server failed"),
            (&["bü-", "80"], 2, "", "malformed as an international name"),
        ];
        assert_rows("tcp-client", of_clients);
        assert_rows("udp-client", of_clients);
        let in_time: Row = (&["-w", "300ms", "silent.test", "80"], 6, "", "no answer in time");
        assert_rows("tcp-client", &[in_time]);
        // A name is one of a transport.
        let of_streams: &[Row] = &[
            (&["127.0.0.1", "syslog"], 3, "", "syslog: no such service"),
            (
                &["-6", "dotless", "80"],
                3,
                "",
                "look up dotless: no such name, or none that has an IPv6",
            ),
            (&["-s", ":nosuch", "127.0.0.1", "80"], 3, "", "look up :nosuch: no such service"),
            (&["::1", "nosuch"], 3, "", "look up [::1]:nosuch: no such service"),
            (&["nx.test", "http"], 3, "", "look up nx.test: no such name"),
            (&["127.0.0.1", "shell"], 5, "", "connect 127.0.0.1:514: connection refused"),
        ];
        let of_datagrams: &[Row] = &[
            (&["127.0.0.1", "shell"], 3, "", "shell: no such service"),
            (&["-z", "127.0.0.1", "syslog"], 5, "", "ask 127.0.0.1:514: connection refused"),
        ];
        assert_rows("tcp-client", of_streams);
        assert_rows("tcp-server", &[(&[":nosuch"], 3, "", "look up :nosuch: no such service")]);
        assert_rows("udp-client", of_datagrams);
        assert_no_target("nx.test:1", 3, "look up nx.test: no such name");
        assert_no_target("fail.test:1", 4, "a name server failed");
    });
}

#[test]
fn json_tells_failures_apart() {
    with_private_data_bases("the JSON of resolve", |_| {
        let names = ["one.test", "nx.test", "nodata.test", "fail.test", "a b", "bücher.test"];
        let output = skat(&[&["resolve", "--json"], &names[..]].concat());
        assert_eq!(output.status.code(), Some(4));
        let objects = objects(&output);
        let queries: Vec<_> = objects.iter().map(|object| object["query"].as_str()).collect();
        assert_eq!(queries, names.map(Some));
        let statuses: Vec<_> = objects.iter().map(|o| o["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, ["ok", "not-found", "no-data", "temporary", "refused", "ok"]);
        assert_eq!(objects[0]["addresses"][0], "192.0.2.1");
        assert_eq!(objects[5]["ascii"], "xn--bcher-kva.test");
        let other = super::objects(&skat(&["resolve", "--json", "-6", "dotless"]));
        assert_eq!(other[0]["status"], "not-found");
        for object in &objects {
            assert!(object["seconds"].as_f64().is_some_and(|seconds| seconds < 20.0));
            assert_eq!(object["reason"].is_string(), object["status"] != "ok");
        }
    });
}

#[test]
fn the_worst_of_a_batch_is_its_status() {
    with_private_data_bases("the status of a batch", |_| {
        for (names, status) in [
            (&["one.test", "both.test"][..], 0),
            (&["one.test", "nx.test"], 3),
            (&["a b", "one.test"], 3),
            (&["fail.test", "nx.test", "one.test"], 4),
        ] {
            let by_words = skat(&[&["resolve"], names].concat());
            let by_lines = skat_with(&["resolve", "-"], &names.join("\n"));
            assert_eq!(by_words.status.code(), Some(status), "{names:?}");
            assert_eq!(by_lines.status.code(), Some(status), "{names:?}");
            assert_eq!(stdout(&by_words), stdout(&by_lines), "{names:?}");
        }
        let refused = skat_with(&["resolve", "-"], "a b\n");
        assert_eq!(refused.status.code(), Some(3));
    });
}

#[test]
fn what_is_numeric_is_not_asked() {
    with_private_data_bases("that no query is sent", |server| {
        for arguments in [
            &["resolve", "-n", "127.0.0.1"][..],
            &["resolve", "127.1"],
            &["resolve", "0x7f.1"],
            &["resolve", "--all", "[fe80::1%lo]:http"],
            &["resolve", "--name-info", "-n", "192.0.2.1:80"],
            &["resolve", "-n", "one.test"],
            &["resolve", &"a".repeat(64)],
            &["resolve", "a..b"],
            &["resolve", "nul\u{7f}.test"],
            &["tcp-client", "-w", "2s", "::1", "9"],
            &["tcp-client", "-w", "2s", "127.1", "9"],
            &["tcp-client", "-n", "one.test", "9"],
        ] {
            skat(arguments);
            assert_eq!(server.asked(), Vec::<String>::new(), "{arguments:?}");
        }
        skat(&["resolve", "one.test"]);
        assert!(!server.asked().is_empty(), "the server is not the one that is asked");
    });
}

#[test]
fn a_name_that_hangs_is_given_up_in_time() {
    with_private_data_bases("--timeout", |_| {
        std::fs::write("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:30\n").unwrap();
        let begin = Instant::now();
        let names: Vec<String> = (0..60).map(|n| format!("silent-{n}.test")).collect();
        let arguments = ["resolve", "--timeout", "300ms", "--jobs", "60", "-"];
        let output = skat_with(&arguments, &names.join("\n"));
        assert_eq!(output.status.code(), Some(4));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(told.matches(": no answer in time\n").count(), 60, "{told}");
        // The system itself would ask for half a minute.
        assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());

        let begin = Instant::now();
        let output = skat(&["resolve", "--timeout", "20s", "slow.test"]);
        assert_eq!(stdout(&output), "192.0.2.4\n");
        assert!(begin.elapsed() >= Duration::from_secs(1));
    });
}
