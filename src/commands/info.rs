//! `info`: each topic is a function that looks for itself.
//!
//! ```text
//! hostname   gethostname         interfaces  getifaddrs
//! families   socket              limits      getrlimit, getsockopt, /proc/sys
//! types      socket              services    getservent, getservbyname, getservbyport
//! features   tried on loopback   protocols   getprotoent, getprotobyname, getprotobynumber
//! options    getsockopt          errors      outcome::STATUSES, errno
//! address    inet_pton, inet_aton, inet_ntop
//! order      htons, htonl, ntohs, ntohl
//! ```

use crate::net::inspection::{
    self, Facts, address, databases, defaults, errors, features, interfaces, limits, order, sockets,
};
use crate::net::options::Transport;
use crate::outcome::{Outcome, cause_of};
use crate::report::Report;
use crate::sys::stdio;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Topic {
    Hostname,
    Families,
    Types,
    Features,
    Options(Option<Transport>),
    Interfaces,
    Limits,
    Services(Option<String>),
    Protocols(Option<String>),
    Errors,
    Address(Vec<Vec<u8>>),
    Order(Vec<String>),
}

/// What `info` is asked to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// The topic; `None`: all of them.
    pub topic: Option<Topic>,
    /// JSON rather than text.
    pub json: bool,
    /// Stderr.
    pub report: Report,
}

/// What the page for people has.
const PAGE: [Topic; 7] = [
    Topic::Hostname,
    Topic::Interfaces,
    Topic::Families,
    Topic::Types,
    Topic::Features,
    Topic::Limits,
    Topic::Options(None),
];
/// What JSON has in addition.
const TABLES: [Topic; 3] = [Topic::Services(None), Topic::Protocols(None), Topic::Errors];

/// The table: a topic, its name and its function; for words, an answer to each.
fn facts(topic: &Topic) -> (&'static str, Vec<anyhow::Result<Facts>>) {
    match topic {
        Topic::Hostname => ("hostname", vec![inspection::hostname()]),
        Topic::Interfaces => ("interfaces", vec![interfaces::interfaces()]),
        Topic::Families => ("families", vec![Ok(sockets::families())]),
        Topic::Types => ("types", vec![Ok(sockets::types())]),
        Topic::Features => ("features", vec![Ok(features::features())]),
        Topic::Limits => ("limits", vec![Ok(limits::limits())]),
        Topic::Options(transport) => ("options", vec![Ok(defaults::options(*transport))]),
        Topic::Services(word) => ("services", vec![databases::services(word.as_deref())]),
        Topic::Protocols(word) => ("protocols", vec![databases::protocols(word.as_deref())]),
        Topic::Errors => ("errors", vec![Ok(errors::errors())]),
        Topic::Address(texts) => {
            ("address", texts.iter().map(|text| address::address(text)).collect())
        }
        Topic::Order(numbers) => ("order", numbers.iter().map(|text| order::order(text)).collect()),
    }
}

/// Looks, and tells what there is.
///
/// # Errors
/// Where stdout cannot be written. A text or number that is none, and an unknown service or protocol,
/// is an outcome.
pub fn run(config: &Config) -> anyhow::Result<Outcome> {
    let found = |topic| {
        let (name, found) = facts(topic);
        found.into_iter().map(move |found| (name, found))
    };
    match (&config.topic, config.json) {
        (Some(topic), _) => return tell(topic, config),
        (None, true) => {
            stdio::print(&inspection::everything(PAGE.iter().chain(&TABLES).flat_map(found)))?;
        }
        (None, false) => stdio::print(&inspection::page(PAGE.iter().flat_map(found)))?,
    }
    Ok(Outcome::Success)
}

/// Tells what there is of one topic; where a word is no such thing, only that.
fn tell(topic: &Topic, config: &Config) -> anyhow::Result<Outcome> {
    let (name, found) = facts(topic);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for found in found {
        match found {
            Ok(facts) => known.push(facts),
            Err(error) => unknown.push(error.context(format!("info {name}"))),
        }
    }
    if let Some(last) = unknown.last() {
        for error in &unknown {
            config.report.error(error);
        }
        return Ok(Outcome::Failure(cause_of(last)));
    }
    stdio::print(&match topic {
        _ if !config.json => inspection::blocks(&known),
        Topic::Address(_) | Topic::Order(_) => inspection::objects(known),
        _ => inspection::everything(known.into_iter().map(|facts| (name, Ok(facts)))),
    })?;
    Ok(Outcome::Success)
}
