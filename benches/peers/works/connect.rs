//! Connections that are made, used for one request and closed.

use std::process::Stdio;

use super::contenders;
use super::echo::SERVERS;
use crate::command::{Table, load, serve};
use crate::contender::{Better, Goal, Work};
use crate::options::Setting;

pub fn works(setting: &Setting) -> Vec<Work> {
    let measure = |[server]: [&'static str; 1], bindings: &_, setting: &Setting| {
        let (_server, port) = serve(server, bindings, Table::Tcp, Stdio::null(), Stdio::null())?;
        let millis = setting.duration.as_millis();
        load(&format!("churn {port} 8 {millis} echo"), bindings, setting)
    };
    vec![Work {
        name: "connect".to_owned(),
        title: "connect, echo of 64 bytes, close; 8 at a time".to_owned(),
        unit: "connections/s",
        better: Better::More,
        goal: Goal::Limit(0.9),
        contenders: contenders(SERVERS, setting, measure),
    }]
}
