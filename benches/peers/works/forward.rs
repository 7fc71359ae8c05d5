//! A relay between a client and an upstream server; the limit is none between.

use std::process::Stdio;

use super::{Entry, checked_contenders, contenders};
use crate::command::{Bindings, Table, load, serve};
use crate::contender::{Better, Contender, Goal, Sample, Work};
use crate::options::Setting;
use crate::transfer;

const RELAYS: &[Entry<1>] = &[
    ("limit", [""]),
    // A thread a core, as haproxy has.
    ("skat", ["{skat} tcp-server --threads 0 --forward 127.0.0.1:{upstream} 127.0.0.1 {port}"]),
    ("haproxy", ["haproxy -f {here}/haproxy.cfg"]),
    (
        "socat, 1 MiB",
        [concat!(
            "socat -b1048576 TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,nodelay,backlog=128",
            " TCP:127.0.0.1:{upstream},nodelay"
        )],
    ),
    (
        "socat",
        [concat!(
            "socat TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,nodelay,backlog=128",
            " TCP:127.0.0.1:{upstream},nodelay"
        )],
    ),
];

pub fn works(setting: &Setting) -> Vec<Work> {
    let work = |name: &str, title: &str, unit, goal, contenders| {
        let (name, title) = (name.to_owned(), title.to_owned());
        Work { name, title, unit, better: Better::More, goal, contenders }
    };
    let haproxy = Goal::Peer("haproxy", 1.0);
    let echoes = asked(setting, |port, millis| format!("ping-pong {port} 50 64 {millis}"));
    let connections = asked(setting, |port, millis| format!("churn {port} 8 {millis} echo"));
    vec![
        work("forward-echo", "echo through a relay, 50 connections", "requests/s", haproxy, echoes),
        work(
            "forward-connect",
            "connect, echo and close through a relay",
            "connections/s",
            haproxy,
            connections,
        ),
        work("forward-bulk", "bytes through a relay", "GB/s", Goal::BestPeer(2.0), bulk(setting)),
    ]
}

/// A load asks the bare echo server through the relay.
fn asked(setting: &Setting, arguments: fn(u16, u128) -> String) -> Vec<Contender> {
    let measure = move |[relay]: [&'static str; 1], bindings: &Bindings, setting: &Setting| {
        let echo = "{self} limit echo {port}";
        let (_server, upstream) = serve(echo, bindings, Table::Tcp, Stdio::null(), Stdio::null())?;
        let (_relay, port) = transfer::between(relay, upstream, bindings)?;
        load(&arguments(port, setting.duration.as_millis()), bindings, setting)
    };
    contenders(RELAYS, setting, measure)
}

fn bulk(setting: &Setting) -> Vec<Contender> {
    checked_contenders(
        RELAYS,
        setting,
        |[relay], bindings, setting| {
            transfer::through(relay, true, bindings, setting).map(|_seconds| ())
        },
        |[relay], bindings, setting| {
            let seconds = transfer::through(relay, false, bindings, setting)?;
            Ok(Sample::from(setting.size as f64 / seconds / 1e9))
        },
    )
}
