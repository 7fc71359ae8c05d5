//! A work, those who do it, and what is wanted of skat.

use std::collections::BTreeMap;

use crate::options::Setting;

/// What one measurement gave.
#[derive(Clone, Debug)]
pub struct Sample {
    pub value: f64,
    /// What else was seen, by its name: latencies, shares.
    pub more: BTreeMap<String, f64>,
}

impl From<f64> for Sample {
    fn from(value: f64) -> Self {
        Self { value, more: BTreeMap::new() }
    }
}

/// What a contender gets instead of a figure.
#[derive(Debug)]
pub enum NoFigure {
    /// So many percent of the data did not come as they should.
    Lost(f64),
    NotInstalled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The least that the kernel needs.
    Limit,
    /// The limit once more, at the end of each round: how much it differs from itself.
    LimitAgain,
    Skat,
    /// One more skat, to compare with.
    OtherSkat,
    Peer,
}

pub type Check = Box<dyn Fn(&Setting) -> anyhow::Result<()>>;
pub type Measure = Box<dyn Fn(&Setting) -> anyhow::Result<Sample>>;

pub struct Contender {
    pub name: String,
    pub role: Role,
    /// Done once before it is measured, if what is measured cannot show that all came.
    pub check: Option<Check>,
    pub measure: Measure,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    More,
    Less,
}

/// What skat is measured against.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// So many times the limit: at least where more is better, at most where less is.
    Limit(f64),
    BestPeer(f64),
    Peer(&'static str, f64),
    /// A figure of its own.
    Figure(f64),
    /// Nothing is wanted; it is good to know.
    None,
}

pub struct Work {
    pub name: String,
    pub title: String,
    pub unit: &'static str,
    pub better: Better,
    pub goal: Goal,
    pub contenders: Vec<Contender>,
}

impl std::fmt::Display for NoFigure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoFigure::Lost(percent) => write!(formatter, "lost {percent:.3} %"),
            NoFigure::NotInstalled => formatter.write_str("not installed"),
        }
    }
}

impl std::error::Error for NoFigure {}
