//! The table as a picture: for each work, skat and the best peer as parts of the limit.

use std::path::Path;

use anyhow::Context as _;
use svg::Document;
use svg::node::element::{Line, Rectangle, Style, Text};

use crate::contender::{Better, Role};
use crate::rounds::{Outcome, Standing};
use crate::table::number;

const ROW: f64 = 44.0;
const TOP: f64 = 56.0;
/// Where bars begin.
const LEFT: f64 = 150.0;
/// As long as the limit.
const UNIT: f64 = 420.0;
const WIDTH: f64 = 820.0;
/// The longest bar that is shown as it is, in units.
const MOST: f64 = 1.25;

/// It fits a bright and a dark page.
const STYLE: &str = "text { font: 13px sans-serif; fill: #24292f } \
    .note { font-size: 11px } .skat { fill: #1a7f5a } .peer { fill: #9aa4af } \
    .limit { stroke: #24292f; stroke-dasharray: 4 3 } \
    @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .limit { stroke: #e6edf3 } }";

pub fn write(path: &Path, outcomes: &[Outcome]) -> anyhow::Result<()> {
    let drawn: Vec<&Outcome> =
        outcomes.iter().filter(|outcome| outcome.of(Role::Skat).is_some()).collect();
    let height = TOP + ROW * drawn.len() as f64 + 10.0;
    let mut document = Document::new()
        .set("viewBox", (0, 0, WIDTH, height))
        .set("width", WIDTH)
        .set("height", height)
        .add(Style::new(STYLE))
        .add(text(10.0, 20.0, "skat (green) and its best peer (grey), as parts of the limit"))
        .add(note(
            10.0,
            38.0,
            "longer is better; a dashed line is a bare program that does the same; » is a bar that is cut",
        ));
    for (index, outcome) in drawn.iter().enumerate() {
        let top = TOP + ROW * index as f64;
        document = document.add(text(10.0, top + 20.0, &outcome.name));
        if outcome.of(Role::Limit).is_some() {
            document = document.add(limit(top));
        }
        let skat = outcome.of(Role::Skat).map(|figure| ("skat", figure));
        let bars = [(skat, "skat", 0.0), (outcome.best_peer(), "peer", 17.0)];
        for (who, class, offset) in bars {
            let Some((name, figure)) = who else { continue };
            let share = share(outcome, figure);
            let length = share.min(MOST) * UNIT;
            let cut = if share > MOST { "» " } else { "" };
            let bar = Rectangle::new()
                .set("class", class)
                .set("x", LEFT)
                .set("y", top + 4.0 + offset)
                .set("width", format!("{length:.1}"))
                .set("height", 15);
            let label = format!("{cut}{name}: {} {}", number(figure), outcome.unit);
            document =
                document.add(bar).add(note(LEFT + length + 6.0, top + 15.0 + offset, &label));
        }
    }
    svg::save(path, &document).with_context(|| format!("write {}", path.display()))
}

/// Where bars of a row are as long as the limit.
fn limit(top: f64) -> Line {
    Line::new()
        .set("class", "limit")
        .set("x1", LEFT + UNIT)
        .set("x2", LEFT + UNIT)
        .set("y1", top)
        .set("y2", top + ROW - 4.0)
}

/// How near a figure is to the limit; where there is none, to the best of all.
fn share(outcome: &Outcome, figure: f64) -> f64 {
    let figures = outcome.standings.iter().filter_map(Standing::figure);
    match outcome.better {
        Better::More => {
            figure / outcome.of(Role::Limit).unwrap_or_else(|| figures.fold(0.0, f64::max))
        }
        Better::Less => {
            outcome.of(Role::Limit).unwrap_or_else(|| figures.fold(f64::INFINITY, f64::min))
                / figure
        }
    }
}

fn text(x: f64, y: f64, content: &str) -> Text {
    Text::new(content).set("x", format!("{x:.1}")).set("y", format!("{y:.1}"))
}

fn note(x: f64, y: f64, content: &str) -> Text {
    text(x, y, content).set("class", "note")
}
