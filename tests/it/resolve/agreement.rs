//! The same questions to skat and to Python's socket module: the same answers, or the same kind of
//! failure.

use serde_json::{Value, json};

use super::private::with_private_data_bases;
use super::python::python;
use super::{objects, skat_with};

/// Names and addresses of every kind.
pub const HOSTS: &[&str] = &[
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ip6-localhost",
    "hosted",
    "hosted.example",
    "Hosted",
    "also-hosted",
    "dotless",
    "plain",
    "one.test",
    "ONE.test",
    "one.test.",
    "both.test",
    "alias.test",
    "six.test",
    "compatible.test",
    "many.test",
    "nx.test",
    "nodata.test",
    "fail.test",
    "bücher.test",
    "xn--bcher-kva.test",
    "nosuch",
    "-dash.test",
    "under_score.test",
    "a.b.c.d.e",
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0177.1",
    "2130706433",
    "0",
    "0.0.0.0",
    "1.2.3",
    "255.255.255.255",
    "256.1.1.1",
    "1.2.3.4.5",
    "1.2.3.",
    "010.1.1.1",
    "4294967295",
    "4294967296",
    "0x100000000",
    "::",
    "::1",
    "::1.2.3.4",
    "::ffff:1.2.3.4",
    "::ffff:0:0",
    "::2",
    "1::",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:1.2.3.4",
    "2001:DB8::1",
    "fe80::1",
    "fe80::1%lo",
    "fe80::1%1",
    "::1%lo",
    "ff02::1%lo",
    "1:0:0:2:0:0:0:3",
    "0:0:1::",
    "64:ff9b::192.0.2.33",
    "a..b",
    ".a",
    "bü..a",
];
/// Those that Python asks a server for and skat refuses, or the other way round.
const MALFORMED: &[&str] =
    &["a b", "a\tb", "", "a:b", "[::1]", ":::", "1:2:3:4:5:6:7:8:9", "::1::"];

const SERVICES: &[&str] =
    &["", "http", "www", "domain", "ssh", "echo", "syslog", "nosuch", "0", "80", "65535"];

/// skat's filters with those of Python: options, family, type, flags.
type Hints = (&'static [&'static str], &'static str, &'static str, &'static [&'static str]);
const HINTS: &[Hints] = &[
    (&[], "AF_UNSPEC", "", &[]),
    (&["-4"], "AF_INET", "", &[]),
    (&["-6"], "AF_INET6", "", &[]),
    (&["--type", "stream"], "AF_UNSPEC", "SOCK_STREAM", &[]),
    (&["--type", "dgram", "-4"], "AF_INET", "SOCK_DGRAM", &[]),
    (&["--type", "raw"], "AF_UNSPEC", "SOCK_RAW", &[]),
    (&["-n"], "AF_UNSPEC", "", &["AI_NUMERICHOST"]),
    (&["-6", "--v4mapped"], "AF_INET6", "", &["AI_V4MAPPED"]),
    (&["--addrconfig", "--passive"], "AF_UNSPEC", "", &["AI_ADDRCONFIG", "AI_PASSIVE"]),
];

fn protocol(name: &str) -> i32 {
    match name {
        "IPPROTO_IP" => libc::IPPROTO_IP,
        "IPPROTO_TCP" => libc::IPPROTO_TCP,
        "IPPROTO_UDP" => libc::IPPROTO_UDP,
        other => panic!("{other}"),
    }
}

/// Questions to skat's `arguments` by word, with the same to Python, and how to read skat's answer.
struct Comparison {
    arguments: Vec<&'static str>,
    questions: Vec<(String, Value)>,
    read: fn(&Value) -> Value,
}

impl Comparison {
    fn new(
        arguments: &[&'static str],
        questions: impl IntoIterator<Item = (String, Value)>,
        read: fn(&Value) -> Value,
    ) -> Self {
        Self { arguments: arguments.to_vec(), questions: questions.into_iter().collect(), read }
    }

    /// How many questions were compared, and how many of them have an answer.
    fn run(&self) -> (usize, usize) {
        let asked: Vec<Value> = self.questions.iter().map(|(_, value)| value.clone()).collect();
        let Some(wanted) = python(&asked) else { return (0, 0) };
        let words: Vec<&str> = self.questions.iter().map(|(word, _)| word.as_str()).collect();
        let arguments = [&["resolve", "--json"], &self.arguments[..], &["-"]].concat();
        let found = objects(&skat_with(&arguments, &(words.join("\n") + "\n")));
        assert_eq!(found.len(), wanted.len(), "{arguments:?}");
        let mut answered = 0;
        for ((found, wanted), word) in found.iter().zip(&wanted).zip(&words) {
            let place =
                format!("skat {} {word:?}\nskat: {found}\nPython: {wanted}", arguments.join(" "));
            assert_eq!(found["query"], *word, "{place}");
            if found["status"] == "ok" {
                assert_eq!((self.read)(found), wanted["ok"], "{place}");
                answered += 1;
            } else if found["status"] == "refused" {
                // What skat does not even ask, nobody has an answer to.
                assert!(wanted["error"].is_string(), "{place}");
            } else {
                assert_eq!(found["status"], wanted["error"], "{place}");
            }
        }
        (found.len(), answered)
    }
}

fn read_entries(found: &Value) -> Value {
    let entries = found["entries"].as_array().unwrap().iter().map(|entry| {
        let address = entry["address"].as_str().unwrap();
        let address = address.split('%').next().unwrap();
        let canonical = entry["canonical"].as_str().unwrap_or("");
        let protocol = protocol(entry["protocol"].as_str().unwrap());
        json!([entry["family"], entry["type"], protocol, address, entry["port"], canonical])
    });
    entries.collect()
}

fn read_host(found: &Value) -> Value {
    json!([found["name"], found["aliases"], found["addresses"]])
}

fn all(hints: &Hints) -> Comparison {
    let (options, family, kind, flags) = hints;
    let mut questions = Vec::new();
    for host in HOSTS.iter().chain(MALFORMED) {
        for service in SERVICES {
            // Each service with a few hosts is enough.
            let few = ["localhost", "127.1", "::1", "both.test", "nx.test", "hosted"];
            if !service.is_empty() && !few.contains(host) {
                continue;
            }
            let host_word = if host.contains("::") && !service.is_empty() {
                format!("[{host}]")
            } else {
                (*host).to_owned()
            };
            let word =
                if service.is_empty() { host_word } else { format!("{host_word}:{service}") };
            let service = if service.is_empty() { Value::Null } else { json!(service) };
            if host.is_empty() || (host.starts_with('[') && service.is_null()) || *host == "a:b" {
                // These are other questions to skat: no host, an address in brackets, a service.
                continue;
            }
            questions.push((word, json!(["getaddrinfo", host, service, family, kind, flags])));
        }
    }
    for service in &SERVICES[1..] {
        let question = json!(["getaddrinfo", null, service, family, kind, flags]);
        questions.push((format!(":{service}"), question));
    }
    Comparison::new(&[&["--all"], *options].concat(), questions, read_entries)
}

fn entries_of_hosts() -> [Comparison; 2] {
    let is_address = |host: &&&str| {
        let bare = host.split('%').next().unwrap_or_default();
        bare.parse::<std::net::IpAddr>().is_ok()
    };
    let names = HOSTS.iter().filter(|host| !is_address(host));
    let names = names.map(|host| (host.to_string(), json!(["gethostbyname_ex", host])));
    let mut addresses: Vec<&str> = HOSTS.iter().filter(is_address).copied().collect();
    addresses.extend([
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.50",
        "192.0.2.7",
        "2001:db8::2",
        "2001:db8::50",
    ]);
    let addresses = addresses.into_iter().filter(|address| !address.contains('%'));
    let addresses =
        addresses.map(|address| (address.to_owned(), json!(["gethostbyaddr", address])));
    [
        Comparison::new(&["--host-entry"], names, read_host),
        Comparison::new(&["--host-entry"], addresses, read_host),
    ]
}

fn names_of_addresses() -> Vec<Comparison> {
    let addresses = [
        "127.0.0.1",
        "::1",
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.7",
        "192.0.2.8",
        "192.0.2.50",
        "2001:db8::2",
        "::1.2.3.4",
        "::ffff:192.0.2.1",
        "0.0.0.0",
    ];
    let ports = [0, 7, 22, 53, 80, 443, 514, 12345, 65535];
    let forms: [(&[&str], &[&str]); 4] = [
        (&[], &[]),
        (&["-n"], &["NI_NUMERICHOST", "NI_NUMERICSERV"]),
        (&["--datagram"], &["NI_DGRAM"]),
        (&["--datagram", "-n"], &["NI_NUMERICHOST", "NI_NUMERICSERV", "NI_DGRAM"]),
    ];
    let compare = |(options, flags): (&[&'static str], &[&str])| {
        let mut questions = Vec::new();
        for address in addresses {
            for port in ports {
                let shown =
                    if address.contains(':') { format!("[{address}]") } else { address.into() };
                questions.push((
                    format!("{shown}:{port}"),
                    json!(["getnameinfo", address, port, flags]),
                ));
            }
        }
        let read = |found: &Value| json!([found["host"], found["service"]]);
        Comparison::new(&[&["--name-info"], options].concat(), questions, read)
    };
    forms.into_iter().map(compare).collect()
}

fn services_and_protocols() -> [Comparison; 3] {
    let names = [
        "http", "www", "HTTP", "domain", "echo", "ssh", "https", "shell", "cmd", "syslog", "last",
        "nosuch", "80",
    ];
    let protocols = ["", "tcp", "udp", "TCP", "sctp", "nosuch"];
    let ports: Vec<u32> = (0..600).chain([65_534, 65_535, 65_536, 70_000]).collect();
    let by = |function: &'static str, what: Value, protocol: &str| {
        let word = what.as_str().map_or_else(|| what.to_string(), str::to_owned);
        match protocol {
            "" => (word, json!([function, what])),
            protocol => (format!("{word}/{protocol}"), json!([function, what, protocol])),
        }
    };
    let by_name =
        names.iter().flat_map(|name| protocols.map(|p| by("getservbyname", json!(name), p)));
    let by_port = ports
        .iter()
        .flat_map(|port| ["", "tcp", "udp"].map(|p| by("getservbyport", json!(port), p)));
    let protocols =
        ["tcp", "TCP", "udp", "ip", "icmp", "ipv6", "IPv6", "sctp", "mptcp", "nosuch", "Tcp"];
    let protocols =
        protocols.iter().map(|name| (name.to_string(), json!(["getprotobyname", name])));
    [
        Comparison::new(&["--service"], by_name, |found| found["port"].clone()),
        Comparison::new(&["--port"], by_port, |found| found["name"].clone()),
        Comparison::new(&["--protocol"], protocols, |found| found["number"].clone()),
    ]
}

fn qualified_names() -> Comparison {
    // Where a look-up fails getfqdn gives its argument back, which skat calls a failure.
    let hosts = [
        "localhost",
        "hosted",
        "also-hosted",
        "dotless",
        "one.test",
        "both.test",
        "alias.test",
        "127.0.0.1",
        "::1",
        "192.0.2.50",
        "192.0.2.1",
        "2001:db8::2",
    ];
    let questions = hosts.iter().map(|host| (host.to_string(), json!(["getfqdn", host])));
    Comparison::new(&["--fqdn"], questions, |found| found["fqdn"].clone())
}

#[test]
fn skat_and_python_agree() {
    with_private_data_bases("agreement with Python", |_| {
        let mut comparisons: Vec<Comparison> = HINTS.iter().map(all).collect();
        comparisons.extend(entries_of_hosts());
        comparisons.extend(names_of_addresses());
        comparisons.extend(services_and_protocols());
        comparisons.push(qualified_names());
        let (mut compared, mut answered) = (0, 0);
        for comparison in &comparisons {
            let (questions, answers) = comparison.run();
            compared += questions;
            answered += answers;
        }
        assert!(compared == 0 || (compared > 3000 && answered > 1000), "{compared}, {answered}");
    });
}
