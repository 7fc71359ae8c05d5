//! Options on what is told, which every command has some of.

use clap::{ArgMatches, Args, ValueEnum};

use crate::report::{Form, Level, Report};

/// The heading of these options, and of those on the form of answers.
pub const TELLING: &str = "Output";

/// What is told on stderr.
#[derive(Debug, Args)]
pub struct TellingArguments {
    /// Report connections; -vv reports every step
    #[arg(short, action = clap::ArgAction::Count, help_heading = TELLING, conflicts_with = "quiet")]
    verbose: u8,
    /// Report errors only
    #[arg(long, help_heading = TELLING)]
    quiet: bool,
    #[command(flatten)]
    log: LogArguments,
}

impl TellingArguments {
    pub fn report(&self) -> Report {
        let level = match (self.quiet, self.verbose) {
            (true, _) => Level::Errors,
            (_, 0) => Level::Normal,
            (_, 1) => Level::Connections,
            _ => Level::Steps,
        };
        Report { level, form: self.log.form() }
    }
}

/// The form of what is told on stderr.
#[derive(Debug, Args)]
pub struct LogArguments {
    /// The form of the lines on stderr
    #[arg(long, value_name = "FORM", default_value = "text", help_heading = TELLING, global = true)]
    log: LogForm,
}

impl LogArguments {
    pub fn form(&self) -> Form {
        self.log.form()
    }
}

/// The form that the arguments of a command ask for.
pub fn form(matches: &ArgMatches) -> Form {
    let log = matches.try_get_one::<LogForm>("log").ok().flatten();
    log.map_or(Form::Text, |log| log.form())
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogForm {
    /// A sentence a line
    Text,
    /// A JSON object a line
    Json,
}

impl LogForm {
    fn form(self) -> Form {
        match self {
            LogForm::Text => Form::Text,
            LogForm::Json => Form::Json,
        }
    }
}
