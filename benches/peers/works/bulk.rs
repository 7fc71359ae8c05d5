//! Bytes from a client to a server.

use super::{Entry, checked_contenders};
use crate::contender::{Better, Goal, Work};
use crate::options::Setting;
use crate::transfer::{self, Route};

/// A server that listens and a client that connects.
pub type Pair = Entry<2>;

const SKAT: Pair =
    ("skat", ["{skat} tcp-server 127.0.0.1 {port}", "{skat} tcp-client 127.0.0.1 {port}"]);

/// From the client to the server.
pub const ONE_WAY: &[Pair] = &[
    ("limit", ["{self} limit receive {port}", "{self} limit send {port}"]),
    SKAT,
    (
        "socat, 1 MiB",
        [
            "socat -u -b1048576 TCP-LISTEN:{port},bind=127.0.0.1 STDOUT",
            "socat -u -b1048576 STDIN TCP:127.0.0.1:{port}",
        ],
    ),
    ("nc", ["nc -l 127.0.0.1 {port}", "nc -N 127.0.0.1 {port}"]),
    (
        "socat",
        ["socat -u TCP-LISTEN:{port},bind=127.0.0.1 STDOUT", "socat -u STDIN TCP:127.0.0.1:{port}"],
    ),
    ("ncat", ["ncat --recv-only -l 127.0.0.1 {port}", "ncat --send-only 127.0.0.1 {port}"]),
];

const BOTH_WAYS: &[Pair] = &[
    ("limit", ["{self} limit duplex listen {port}", "{self} limit duplex connect {port}"]),
    SKAT,
    (
        "socat, 1 MiB",
        [
            "socat -t60 -b1048576 TCP-LISTEN:{port},bind=127.0.0.1 STDIO",
            "socat -t60 -b1048576 STDIO TCP:127.0.0.1:{port}",
        ],
    ),
    ("nc", ["nc -N -l 127.0.0.1 {port}", "nc -N 127.0.0.1 {port}"]),
    ("ncat", ["ncat -l 127.0.0.1 {port}", "ncat 127.0.0.1 {port}"]),
];

pub fn works(setting: &Setting) -> Vec<Work> {
    let work = |name: &str, title: &str, table: &[Pair], route, goal| Work {
        name: name.to_owned(),
        title: title.to_owned(),
        unit: "GB/s",
        better: Better::More,
        goal,
        contenders: checked_contenders(
            table,
            setting,
            move |lines, bindings, setting| transfer::check(lines, route, bindings, setting),
            move |lines, bindings, setting| {
                let seconds = transfer::timed(lines, route, bindings, setting)?;
                Ok((setting.size as f64 / seconds / 1e9).into())
            },
        ),
    };
    let one_way = |name, title, route, goal| work(name, title, ONE_WAY, route, goal);
    vec![
        one_way("bulk-null", "file to /dev/null", Route::FileToNull, Goal::Limit(0.95)),
        one_way("bulk-pipe", "pipe to pipe", Route::PipeToPipe, Goal::Limit(0.95)),
        one_way("bulk-file", "file to file", Route::FileToFile, Goal::Limit(0.9)),
        work(
            "bulk-both",
            "files to /dev/null, both ways at once, each",
            BOTH_WAYS,
            Route::BothWays,
            Goal::BestPeer(2.0),
        ),
    ]
}
