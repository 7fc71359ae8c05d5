//! The options of a probe.

use clap::Args;

use super::values;

/// The headings of these options.
const PROBING: &str = "Probing";

/// What every client has that can probe.
#[derive(Debug, Args)]
pub struct ProbeArguments {
    /// Only check whether ports are open, and print HOST PORT for each open one; PORT may be a
    /// list: 22,80,8000-8100,http
    #[arg(short = 'z', long, help_heading = PROBING)]
    probe: bool,
    /// Probes at once
    #[arg(long, value_name = "N", value_parser = values::at_least_one::<usize>, default_value = "512", requires = "probe", help_heading = PROBING)]
    jobs: usize,
}

impl ProbeArguments {
    /// How many probes at once, if there are to be any.
    pub fn jobs(&self) -> Option<usize> {
        self.probe.then_some(self.jobs)
    }
}
