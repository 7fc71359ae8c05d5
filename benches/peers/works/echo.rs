//! Requests over connections that stand, each answered by itself.

use std::process::Stdio;

use super::{Entry, contenders};
use crate::command::{Table, load, serve};
use crate::contender::{Better, Goal, Work};
use crate::one_core::OneCore;
use crate::options::Setting;

/// Servers that send back what comes.
pub const SERVERS: &[Entry<1>] = &[
    ("limit", ["{self} limit echo {port}"]),
    ("skat", ["{skat} tcp-server --echo 127.0.0.1 {port}"]),
    ("socat", ["socat TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,nodelay,backlog=128 PIPE"]),
    ("ncat", ["ncat -l -k -m 100000 -e /bin/cat 127.0.0.1 {port}"]),
    ("python threads", ["python3 {here}/echo.py tcp {port}"]),
];

/// Those of [`SERVERS`] that serve thousands at a time.
pub const LARGE: &[Entry<1>] = &[SERVERS[0], SERVERS[1]];

pub fn works(setting: &Setting) -> Vec<Work> {
    let work = |connections, servers| over(connections, servers, setting);
    vec![work(1, SERVERS), work(50, SERVERS), work(500, SERVERS), work(5000, LARGE)]
}

/// So many connections, a request under way on each.
pub fn over(connections: usize, servers: &[Entry<1>], setting: &Setting) -> Work {
    Work {
        name: format!("echo-{connections}"),
        title: format!("echo of 64 bytes, {connections} connections"),
        unit: "requests/s",
        better: Better::More,
        goal: Goal::Limit(0.95),
        contenders: contenders(servers, setting, move |[server], bindings, setting| {
            let _core = (connections == 1).then(OneCore::take).transpose()?;
            let nothing = Stdio::null;
            let (_server, port) = serve(server, bindings, Table::Tcp, nothing(), nothing())?;
            let millis = setting.duration.as_millis();
            load(&format!("ping-pong {port} {connections} 64 {millis}"), bindings, setting)
        }),
    }
}
