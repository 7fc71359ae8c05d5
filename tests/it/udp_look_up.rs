//! `udp-client` while its peer's name is looked up.

use std::fs;

use nix::sys::signal::Signal;

use crate::resolve::with_private_data_bases;
use crate::support::{refusing_address, skat, udp_client, wait_until};

/// A look-up that nobody answers takes so long.
const NO_HURRY: (&str, &str) = ("RES_OPTIONS", "timeout:30 attempts:2");

/// Neither the first look-up nor one that is repeated keeps it from a signal.
#[test]
fn a_signal_ends_a_client_that_looks_up() {
    with_private_data_bases("a look-up that takes its time", |server| {
        for first in ["", "127.0.0.1 silent.test\n"] {
            fs::write("/etc/hosts", first).unwrap();
            let options = ["udp-client", "-vv", "--retry-for", "60", "silent.test", "9"];
            let mut skat = skat(options).env(NO_HURRY.0, NO_HURRY.1).start();
            skat.type_in("anybody?\n");
            if !first.is_empty() {
                skat.wait_for_stderr("connecting to 127.0.0.1:9");
                fs::write("/etc/hosts", "").unwrap();
            }
            let is_asked = || server.asked().iter().any(|name| name == "silent.test");
            wait_until("a question", is_asked);
            skat.signal(Signal::SIGTERM);
            skat.finish().assert_died_of(Signal::SIGTERM);
        }
    });
}

#[test]
fn the_time_of_a_look_up_is_bounded() {
    with_private_data_bases("a look-up in bounded time", |_| {
        for option in ["--max-time", "--connect-timeout"] {
            let skat = skat(["udp-client", option, "300ms", "silent.test", "9"]);
            let finished = skat.env(NO_HURRY.0, NO_HURRY.1).start().finish();
            finished.assert_status(6).assert_told("look up silent.test: no answer in time");
        }
    });
}

/// The last attempt of all has no time for a look-up, and says nothing of why the others failed.
#[test]
fn a_name_to_come_from_hides_no_refusal() {
    let options = ["--retry-for", "300ms", "-s", "localhost:0"];
    let mut skat = udp_client(refusing_address(), &options).start();
    skat.type_in("anybody?\n");
    let finished = skat.finish();
    finished.assert_status(5).assert_told("connection refused (");
}
