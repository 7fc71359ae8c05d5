//! `info`: each topic is a function that looks for itself.
//!
//! ```text
//! hostname   gethostname         interfaces  getifaddrs
//! families   socket              limits      getrlimit, getsockopt, /proc/sys
//! types      socket              services    getservent, getservbyname
//! features   tried on loopback   protocols   getprotoent, getprotobyname
//! options    getsockopt          errors      outcome::STATUSES, errno
//! address    inet_pton, inet_aton, inet_ntop
//! order      htons, htonl, ntohs, ntohl
//! ```

use anyhow::Context as _;

use crate::net::inspection::{
    self, Facts, address, databases, defaults, errors, features, interfaces, limits, order, sockets,
};
use crate::net::options::Transport;
use crate::outcome::Outcome;

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

/// The table: a topic, its name and its function.
fn facts(topic: &Topic) -> (&'static str, anyhow::Result<Vec<Facts>>) {
    let one = |facts: Facts| Ok(vec![facts]);
    match topic {
        Topic::Hostname => ("hostname", inspection::hostname().and_then(one)),
        Topic::Interfaces => ("interfaces", interfaces::interfaces().and_then(one)),
        Topic::Families => ("families", one(sockets::families())),
        Topic::Types => ("types", one(sockets::types())),
        Topic::Features => ("features", one(features::features())),
        Topic::Limits => ("limits", one(limits::limits())),
        Topic::Options(transport) => ("options", one(defaults::options(*transport))),
        Topic::Services(name) => ("services", databases::services(name.as_deref()).and_then(one)),
        Topic::Protocols(name) => {
            ("protocols", databases::protocols(name.as_deref()).and_then(one))
        }
        Topic::Errors => ("errors", one(errors::errors())),
        Topic::Address(texts) => {
            ("address", texts.iter().map(|text| address::address(text)).collect())
        }
        Topic::Order(numbers) => ("order", numbers.iter().map(|text| order::order(text)).collect()),
    }
}

/// Looks, and tells what there is.
///
/// # Errors
/// [`Cause::Usage`](crate::outcome::Cause::Usage) for a text or number that is none;
/// [`Cause::NotFound`](crate::outcome::Cause::NotFound) for an unknown service or protocol.
pub fn run(config: &Config) -> anyhow::Result<Outcome> {
    let text = match (&config.topic, config.json) {
        (None, true) => inspection::everything(PAGE.iter().chain(&TABLES).map(facts)),
        (None, false) => inspection::page(PAGE.iter().map(facts)),
        (Some(topic), json) => {
            let (name, found) = facts(topic);
            let found = found.with_context(|| format!("info {name}"))?;
            match topic {
                _ if !json => inspection::blocks(&found),
                Topic::Address(_) | Topic::Order(_) => inspection::objects(found),
                _ => inspection::everything([(name, Ok(found))]),
            }
        }
    };
    inspection::print(&text)?;
    Ok(Outcome::Success)
}
