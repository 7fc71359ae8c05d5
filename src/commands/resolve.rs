//! `resolve`: each call is a function of the system's resolver.
//!
//! ```text
//! NAME | ADDRESS  getaddrinfo | getnameinfo   --fqdn       getaddrinfo, gethostbyaddr
//! --all           getaddrinfo                 --name-info  getnameinfo
//! --canonical     getaddrinfo                 --service    getservbyname
//! --host-entry    gethostbyname2 |            --port       getservbyport
//!                 gethostbyaddr               --protocol   getprotobyname | getprotobynumber
//! ```

use std::cell::RefCell;
use std::io;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::net::resolver::batch::ask_all;
use crate::net::resolver::calls::{self, Filter};
use crate::net::resolver::deadline::answer_by;
use crate::net::resolver::name;
use crate::net::resolver::names::Names;
use crate::net::resolver::output::{Asked, Form, Output};
use crate::outcome::Outcome;
use crate::report::Report;

/// What is asked of each name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Call {
    AddressesOrNames,
    All,
    Canonical,
    HostEntry,
    Fqdn,
    NameInfo,
    Service,
    Port,
    Protocol,
}

/// What `resolve` is asked to do.
#[derive(Debug)]
pub struct Config {
    /// What to ask.
    pub call: Call,
    /// Of what.
    pub names: Names,
    /// Narrowed by what.
    pub filter: Filter,
    /// How many at once.
    pub jobs: usize,
    /// For how long each.
    pub timeout: Option<Duration>,
    /// How to print the answers.
    pub form: Form,
    /// Stderr.
    pub report: Report,
}

impl Call {
    fn function(self) -> fn(&str, Filter) -> calls::Answered {
        match self {
            Call::AddressesOrNames => calls::addresses_or_names,
            Call::All => calls::all,
            Call::Canonical => calls::canonical,
            Call::HostEntry => calls::host_entry,
            Call::Fqdn => calls::fqdn,
            Call::NameInfo => calls::name_info,
            Call::Service => calls::service,
            Call::Port => calls::port,
            Call::Protocol => calls::protocol,
        }
    }
}

/// Asks, and tells the answers in the order of the names.
///
/// # Errors
/// Where stdin cannot be read or stdout not be written; a name without an answer is an outcome.
pub fn run(config: Config) -> anyhow::Result<Outcome> {
    let Config { call, names, filter, jobs, timeout, form, report } = config;
    let ask = move |query: io::Result<Vec<u8>>| -> io::Result<Asked> {
        let query = query?;
        let begin = Instant::now();
        let word = name::word(&query).map(str::to_owned);
        let answer = word.and_then(|word| {
            let deadline = timeout.map(|timeout| begin + timeout);
            answer_by(deadline, move || call.function()(&word, filter)).and_then(|answer| answer)
        });
        Ok(Asked { query, answer, seconds: begin.elapsed().as_secs_f64() })
    };
    let output = RefCell::new(Output::new(form, names.is_batch(), report));
    let tell = |asked: io::Result<Asked>| output.borrow_mut().tell(asked.context("read stdin")?);
    ask_all(names.read(), jobs, ask, tell, || output.borrow_mut().flush())?;
    output.into_inner().outcome()
}
