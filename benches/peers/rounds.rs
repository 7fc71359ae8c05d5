//! Every contender of a work in turn, again and again.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;

use crate::contender::{Better, Contender, Goal, NoFigure, Role, Sample, Work};
use crate::options::Setting;

/// A limit that differs from itself by more than this says nothing of others.
const TELLING: f64 = 0.8;

/// What a contender reached.
pub struct Standing {
    pub name: String,
    pub role: Role,
    pub samples: Vec<f64>,
    /// Medians of what else was seen.
    pub more: BTreeMap<String, f64>,
    /// Why there is no figure.
    pub reason: Option<String>,
}

pub struct Outcome {
    pub name: String,
    pub title: String,
    pub unit: &'static str,
    pub better: Better,
    pub goal: Goal,
    pub standings: Vec<Standing>,
}

/// Measures a work: one of each contender, as many times as there are rounds.
pub fn run(work: Work, setting: &Setting) -> Outcome {
    let mut taken: Vec<Vec<Sample>> = work.contenders.iter().map(|_| Vec::new()).collect();
    let mut reasons: Vec<Option<String>> = Vec::new();
    for contender in &work.contenders {
        progress(&format!("{} checked: {}", work.name, contender.name));
        let checked = contender.check.as_ref().map_or(Ok(()), |check| check(setting));
        reasons.push(checked.err().map(|error| told(&error)));
    }
    for round in 1..=setting.rounds {
        for (index, contender) in work.contenders.iter().enumerate() {
            if reasons[index].is_some() {
                continue;
            }
            progress(&format!("{} {round}/{}: {}", work.name, setting.rounds, contender.name));
            match (contender.measure)(setting) {
                Ok(sample) => taken[index].push(sample),
                Err(error) => reasons[index] = Some(told(&error)),
            }
        }
    }
    progress("");
    let contenders = work.contenders.into_iter().zip(taken).zip(reasons);
    let standings = contenders.map(|((contender, taken), reason)| stand(contender, &taken, reason));
    Outcome {
        name: work.name,
        title: work.title,
        unit: work.unit,
        better: work.better,
        goal: work.goal,
        standings: standings.collect(),
    }
}

/// Shows a person what is being done.
fn progress(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
    }
}

fn told(error: &anyhow::Error) -> String {
    match error.downcast_ref::<NoFigure>() {
        Some(reason) => reason.to_string(),
        None => format!("failed: {error:#}"),
    }
}

fn stand(contender: Contender, taken: &[Sample], reason: Option<String>) -> Standing {
    let mut more: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (name, value) in taken.iter().flat_map(|sample| &sample.more) {
        more.entry(name.clone()).or_default().push(*value);
    }
    Standing {
        name: contender.name,
        role: contender.role,
        samples: taken.iter().map(|sample| sample.value).collect(),
        more: more.into_iter().filter_map(|(name, all)| Some((name, median(&all)?))).collect(),
        reason,
    }
}

impl Standing {
    /// The median; none for whoever failed once.
    pub fn figure(&self) -> Option<f64> {
        if self.reason.is_some() { None } else { median(&self.samples) }
    }
}

impl Outcome {
    pub fn of(&self, role: Role) -> Option<f64> {
        self.standings.iter().find(|standing| standing.role == role)?.figure()
    }

    pub fn peer(&self, name: &str) -> Option<f64> {
        self.standings.iter().find(|standing| standing.name == name)?.figure()
    }

    /// The best peer by its figure.
    pub fn best_peer(&self) -> Option<(&str, f64)> {
        let peers = self.standings.iter().filter(|standing| standing.role == Role::Peer);
        let figures = peers.filter_map(|peer| Some((peer.name.as_str(), peer.figure()?)));
        figures.reduce(|one, other| {
            let other_is_better = match self.better {
                Better::More => other.1 > one.1,
                Better::Less => other.1 < one.1,
            };
            if other_is_better { other } else { one }
        })
    }

    /// How far the limit is from itself: 1 is not at all, 0.9 is a tenth.
    pub fn spread(&self) -> Option<f64> {
        let ratio = self.of(Role::LimitAgain)? / self.of(Role::Limit)?;
        Some(ratio.min(1.0 / ratio))
    }

    /// What skat reached of the goal, what was wanted, and whether it is enough.
    pub fn verdict(&self) -> Option<Verdict> {
        let skat = self.of(Role::Skat)?;
        let (base, wanted, of) = match self.goal {
            Goal::Limit(wanted) => (self.of(Role::Limit)?, wanted, "limit".to_owned()),
            Goal::BestPeer(wanted) => {
                let (name, figure) = self.best_peer()?;
                (figure, wanted, name.to_owned())
            }
            Goal::Peer(name, wanted) => (self.peer(name)?, wanted, name.to_owned()),
            Goal::Figure(wanted) => (1.0, wanted, self.unit.to_owned()),
            Goal::None => return None,
        };
        let reached = skat / base;
        let spread = self.spread().unwrap_or(1.0);
        let tells = spread >= TELLING || matches!(self.goal, Goal::Figure(_));
        let (strictly, enough) = match self.better {
            Better::More => (reached >= wanted, reached >= wanted * spread),
            Better::Less => (reached <= wanted, reached <= wanted / spread),
        };
        Some(Verdict { reached, wanted, of, tells, strictly, enough })
    }
}

/// The works in which skat or a limit has no figure.
pub fn without_figures(outcomes: &[Outcome]) -> impl Iterator<Item = &str> {
    let needed = |standing: &Standing| matches!(standing.role, Role::Skat | Role::Limit);
    let failed = move |outcome: &&Outcome| {
        outcome.standings.iter().any(|standing| needed(standing) && standing.figure().is_none())
    };
    outcomes.iter().filter(failed).map(|outcome| outcome.name.as_str())
}

pub struct Verdict {
    pub reached: f64,
    pub wanted: f64,
    pub of: String,
    /// The run was quiet enough to judge.
    pub tells: bool,
    /// The goal is reached as it is.
    pub strictly: bool,
    /// It is reached, or missed by no more than the limit differs from itself.
    pub enough: bool,
}

/// The middle one; the mean of the middle two.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}
