//! What is measured: one file a family, each a table of command lines.

mod bulk;
mod connect;
mod echo;
mod exec;
mod forward;
mod growth;
mod memory;
mod ports;
mod small;
mod startup;
mod tls;
mod udp;

use anyhow::ensure;

use crate::command::{self, Bindings};
use crate::contender::{Contender, NoFigure, Role, Sample, Work};
use crate::options::Setting;

/// All works, in the order of the documentation.
fn all(setting: &Setting) -> Vec<Work> {
    if setting.growth {
        return growth::works(setting);
    }
    let families = [
        bulk::works(setting),
        small::works(setting),
        echo::works(setting),
        connect::works(setting),
        forward::works(setting),
        exec::works(setting),
        udp::works(setting),
        tls::works(setting),
        ports::works(setting),
        startup::works(setting),
        memory::works(setting),
    ];
    families.into_iter().flatten().collect()
}

/// The works whose names begin like one of `names`; all if there is none.
pub fn chosen(names: &[String], setting: &Setting) -> anyhow::Result<Vec<Work>> {
    let is_chosen = |work: &Work| {
        names.is_empty() || names.iter().any(|name| work.name.starts_with(name.as_str()))
    };
    let works: Vec<Work> = all(setting).into_iter().filter(is_chosen).collect();
    ensure!(!works.is_empty(), "no such work; --list names them");
    Ok(works)
}

/// Who takes part, and by which command lines. `limit` and `skat` are known by their names.
type Entry<const LINES: usize> = (&'static str, [&'static str; LINES]);

/// Makes contenders of a table: the limit, skat, the peers, and the limit once more. `measure`
/// gets their command lines, and what the words in braces stand for.
fn contenders<const LINES: usize>(
    table: &[Entry<LINES>],
    setting: &Setting,
    measure: impl Fn([&'static str; LINES], &Bindings, &Setting) -> anyhow::Result<Sample>
    + Clone
    + 'static,
) -> Vec<Contender> {
    let named = |name, role, skat: &str, lines| Contender {
        name,
        role,
        check: None,
        measure: Box::new(bound(skat.to_owned(), lines, measure.clone())),
    };
    each(table, setting, named)
}

/// As [`contenders`], each of which is checked by `check` before it is measured.
fn checked_contenders<const LINES: usize>(
    table: &[Entry<LINES>],
    setting: &Setting,
    check: impl Fn([&'static str; LINES], &Bindings, &Setting) -> anyhow::Result<()> + Clone + 'static,
    measure: impl Fn([&'static str; LINES], &Bindings, &Setting) -> anyhow::Result<Sample>
    + Clone
    + 'static,
) -> Vec<Contender> {
    let named = |name, role, skat: &str, lines| Contender {
        name,
        role,
        check: Some(Box::new(bound(skat.to_owned(), lines, check.clone()))),
        measure: Box::new(bound(skat.to_owned(), lines, measure.clone())),
    };
    each(table, setting, named)
}

fn each<const LINES: usize>(
    table: &[Entry<LINES>],
    setting: &Setting,
    contender: impl Fn(String, Role, &str, [&'static str; LINES]) -> Contender,
) -> Vec<Contender> {
    let mut contenders = Vec::new();
    for (name, lines) in table {
        match *name {
            "skat" => {
                for (name, program) in &setting.skats {
                    let role = if name == "skat" { Role::Skat } else { Role::OtherSkat };
                    contenders.push(contender(name.clone(), role, program, *lines));
                }
            }
            "limit" => contenders.push(contender((*name).to_owned(), Role::Limit, "", *lines)),
            _ => contenders.push(contender((*name).to_owned(), Role::Peer, "", *lines)),
        }
    }
    if let Some((_, lines)) = table.iter().find(|(name, _)| *name == "limit") {
        contenders.push(contender("limit again".to_owned(), Role::LimitAgain, "", *lines));
    }
    contenders
}

/// A function of the setting alone.
fn bound<T, const LINES: usize>(
    skat: String,
    lines: [&'static str; LINES],
    work: impl Fn([&'static str; LINES], &Bindings, &Setting) -> anyhow::Result<T>,
) -> impl Fn(&Setting) -> anyhow::Result<T> {
    move |setting| {
        ensure!(lines.iter().all(|line| command::is_installed(line)), NoFigure::NotInstalled);
        work(lines, &Bindings::new()?.with("skat", &skat), setting)
    }
}
