//! What is known of each port, told in the order of the list.

use crate::net::attempt::{Failed, all_failed, cause_of_all};
use crate::net::retry::{out_of_time, time_is_over};
use crate::outcome::{Outcome, cause_of, refusal};
use crate::report::{Report, sentence};
use crate::sys::stdio;

/// What is known of a port, given by its place in the list.
pub enum Found {
    /// It is open.
    Open(usize),
    /// It is not: each address with its reason.
    Closed(usize, Vec<Failed>),
}

/// The results of all probes.
pub struct Results {
    host: String,
    ports: Vec<u16>,
    /// Every port was waited for.
    all_are_wanted: bool,
    report: Report,
    known: Vec<Option<Found>>,
    /// How many ports have been handed out.
    told: usize,
    open: usize,
    /// Why a port is not open: the first of those with the worst cause.
    worst: Option<anyhow::Error>,
    /// The time was over before all was known.
    cut_off: bool,
}

impl Results {
    pub fn new(host: String, ports: Vec<u16>, all_are_wanted: bool, report: Report) -> Self {
        Self {
            host,
            known: ports.iter().map(|_| None).collect(),
            ports,
            all_are_wanted,
            report,
            told: 0,
            open: 0,
            worst: None,
            cut_off: false,
        }
    }

    /// The port at a place of the list.
    pub fn port(&self, index: usize) -> u16 {
        self.ports[index]
    }

    /// A port has become known.
    pub fn note(&mut self, found: Found) {
        let (Found::Open(index) | Found::Closed(index, _)) = found;
        self.known[index] = Some(found);
    }

    /// No more will be known of any port.
    pub fn cut_off(&mut self) {
        self.cut_off = true;
    }

    /// True until all ports were handed out.
    pub fn are_wanted(&self) -> bool {
        self.told < self.ports.len()
    }

    /// True if the next in order is known.
    pub fn know_next(&self) -> bool {
        self.known.get(self.told).is_some_and(Option::is_some)
    }

    /// The next in order, if it is known; the next that is, where nothing is to come any more.
    pub fn next_in_order(&mut self) -> Option<Found> {
        while let Some(known) = self.known.get_mut(self.told) {
            match known.take() {
                None if !self.cut_off => return None,
                None => self.told += 1,
                found => {
                    self.told += 1;
                    return found;
                }
            }
        }
        None
    }

    /// Prints a port that is open; one that is not is for stderr.
    pub fn tell(&mut self, found: Found, operation: &str) -> anyhow::Result<()> {
        match found {
            Found::Open(index) => {
                self.open += 1;
                stdio::print(&format!("{} {}\n", self.host, self.ports[index]))
            }
            Found::Closed(index, failed) => {
                let cause = cause_of_all(failed.iter().map(|(_, error)| error));
                let is_worst = self.worst.as_ref().is_none_or(|worst| cause > cause_of(worst));
                // Words are put together for somebody to read only.
                if !is_worst && !self.report.tells_connections() {
                    return Ok(());
                }
                let name = format!("{}:{}", self.host, self.ports[index]);
                let error = all_failed(operation, &name, failed);
                // Of a single port the error at the end is enough.
                if self.ports.len() > 1 {
                    self.report.not_open(&name, &error);
                }
                if is_worst {
                    self.worst = Some(error);
                }
                Ok(())
            }
        }
    }

    /// The verdict.
    pub fn close(self) -> anyhow::Result<Outcome> {
        if self.cut_off {
            return Err(match self.worst {
                Some(worst) => out_of_time(&sentence(&worst)),
                None => time_is_over(),
            });
        }
        let enough = if self.all_are_wanted { self.ports.len() } else { 1 };
        let Some(worst) = self.worst.filter(|_| self.open < enough) else {
            return Ok(Outcome::Success);
        };
        let closed = self.ports.len() - self.open;
        let text = if self.ports.len() > 1 && self.report.tells_connections() {
            format!("{closed} of {} ports are not open", self.ports.len())
        } else {
            match closed - 1 {
                // Whoever has waited is not advised to wait.
                0 if self.all_are_wanted => sentence(&worst),
                0 => return Err(worst),
                1 => format!("{}; one more is not open (-v names all)", sentence(&worst)),
                more => format!("{}; {more} more are not open (-v names all)", sentence(&worst)),
            }
        };
        Err(refusal(cause_of(&worst), text))
    }
}
