//! The same questions to skat and to getent(1): where it answers, skat says the same.

use std::collections::BTreeSet;
use std::process::Command;

use super::agreement::HOSTS;
use super::private::with_private_data_bases;
use super::stdout;
use crate::support::not_tested;

/// The words of a line after the first.
fn lines_of(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn skat_says_what_getent_says_where_it_answers() {
    with_private_data_bases("agreement with getent", |_| {
        if Command::new("getent").arg("--version").output().is_err() {
            return not_tested("agreement with getent", "there is none");
        }
        let getent = |base: &str, key: &str| {
            let output = Command::new("getent").args([base, key]).output().unwrap();
            output.status.success().then(|| stdout(&output))
        };
        let mut compared = 0;
        let mut agree =
            |base: &str, key: &str, arguments: &[&str], read: fn(&str) -> BTreeSet<String>| {
                let Some(wanted) = getent(base, key) else { return };
                let found = super::skat(&[&["resolve"], arguments, &[key]].concat());
                let found: BTreeSet<String> = stdout(&found).lines().map(str::to_owned).collect();
                assert_eq!(found, read(&wanted), "getent {base} {key}: {wanted}");
                compared += 1;
            };
        // Of an address skat tells the names.
        let is_name =
            |host: &&&str| host.parse::<std::net::IpAddr>().is_err() && !host.contains('%');
        for host in HOSTS.iter().filter(is_name) {
            agree("ahosts", host, &[], |text| {
                lines_of(text).iter().map(|w| w[0].to_owned()).collect()
            });
        }
        for service in ["http", "domain/udp", "echo/tcp", "www"] {
            agree("services", service, &["--service"], |text| {
                lines_of(text).iter().map(|w| w[1].split('/').next().unwrap().to_owned()).collect()
            });
        }
        for protocol in ["tcp", "udp", "mptcp", "sctp"] {
            agree("protocols", protocol, &["--protocol"], |text| {
                lines_of(text).iter().map(|words| words[1].to_owned()).collect()
            });
        }
        for number in ["0", "1", "6", "17", "41", "132", "262", "255"] {
            agree("protocols", number, &["--protocol"], |text| {
                lines_of(text).iter().map(|words| words[0].to_owned()).collect()
            });
        }
        assert!(compared > 30, "{compared}");
    });
}
