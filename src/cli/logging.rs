//! Options on what is logged, which every command has some of.

use clap::{ArgMatches, Args, ValueEnum};

use super::headings::LOGGING;
use crate::report::{Form, Level, Report};

/// What is logged on stderr.
#[derive(Debug, Args)]
pub struct LoggingArguments {
    /// Log connections; twice: every step
    #[arg(short, long, action = clap::ArgAction::Count, help_heading = LOGGING, conflicts_with = "quiet")]
    verbose: u8,
    /// Log errors only
    #[arg(long, help_heading = LOGGING)]
    quiet: bool,
    #[command(flatten)]
    log: LogArguments,
}

impl LoggingArguments {
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

/// The form of what is logged on stderr.
#[derive(Debug, Args)]
pub struct LogArguments {
    /// Format of the log on stderr
    #[arg(long, value_name = "FORM", default_value = "text", help_heading = LOGGING, global = true)]
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
    /// A sentence per line
    Text,
    /// A JSON object per line
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
