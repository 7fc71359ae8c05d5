//! A process for each connection.

use std::process::Stdio;

use super::{Entry, contenders};
use crate::command::{Bindings, Table, load, serve};
use crate::contender::{Better, Goal, Work};
use crate::options::Setting;

/// Servers that run a program which says an empty line.
const SERVERS: &[Entry<1>] = &[
    ("limit", ["{self} limit exec {port}"]),
    ("skat", ["{skat} tcp-server --exec /bin/echo 127.0.0.1 {port}"]),
    ("ncat", ["ncat -l -k -m 100000 -e /bin/echo 127.0.0.1 {port}"]),
    ("socat", ["socat TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,backlog=128 EXEC:/bin/echo"]),
];

pub fn works(setting: &Setting) -> Vec<Work> {
    let measure = |[server]: [&'static str; 1], bindings: &Bindings, setting: &Setting| {
        let (_server, port) = serve(server, bindings, Table::Tcp, Stdio::null(), Stdio::null())?;
        let millis = setting.duration.as_millis();
        load(&format!("churn {port} 8 {millis} \\n"), bindings, setting)
    };
    vec![Work {
        name: "exec".to_owned(),
        title: "a process for each connection".to_owned(),
        unit: "connections/s",
        better: Better::More,
        goal: Goal::BestPeer(1.5),
        contenders: contenders(SERVERS, setting, measure),
    }]
}
