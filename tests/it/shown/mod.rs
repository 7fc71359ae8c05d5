//! Commands that the README and the manual show, run with addresses and files of the test's own:
//! what a reader copies does what the words before it say.

mod names;
mod relays;
mod scripts;
#[cfg(feature = "tls")]
mod tls;

use skat::cli::manual;

use crate::support::{Skat, shell};

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// A command line that is shown, with what stands in for its addresses and files. It must be shown
/// in these words, and have them all.
#[track_caller]
fn shown(line: &str, stand_ins: &[(&str, &str)]) -> Skat {
    let readme = readme();
    let of_readme = readme.lines().map(|shown| shown.strip_prefix("$ ").unwrap_or(shown));
    let of_readme = of_readme.map(str::to_owned);
    let of_manual = manual::EXAMPLES.iter().map(|it| it.command.replace("\\\n    ", ""));
    assert!(of_readme.chain(of_manual).any(|shown| shown == line), "not shown: {line}");
    let mut line = line.to_owned();
    for (shown, real) in stand_ins {
        assert!(line.contains(shown), "no '{shown}' in: {line}");
        line = line.replace(shown, real);
    }
    let skat = "\"$SKAT\" ";
    // Operators within quotes are not this shell's.
    let is_alone = line.starts_with("skat ")
        && !line.split('\'').step_by(2).any(|unquoted| unquoted.contains('|'));
    let line = if is_alone { format!("exec {line}") } else { line };
    shell(&line.replace("skat ", skat))
}
