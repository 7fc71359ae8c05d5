//! Parses, runs, reports, and ends the process; nothing else ends it.

use std::ffi::OsString;
use std::process::ExitCode;

use skat::cli::{self, Asked};
use skat::outcome::{self, Outcome};
use skat::sys::{backtraces, signals, stdio};

fn main() -> ExitCode {
    backtraces::disable_for_errors();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let (report, ended) = match cli::parse(&arguments) {
        Ok(Asked::Run(report, command)) => (report, command()),
        Ok(Asked::Tell(text)) => (cli::early_report(&arguments), tell(&text)),
        Err(error) => (cli::early_report(&arguments), Err(error)),
    };
    if let Err(error) = &ended {
        report.error(error);
    }
    report.tell_missing();
    match ended {
        Ok(Outcome::Signal(signal)) => signals::die(signal),
        Ok(outcome) => ExitCode::from(outcome.status()),
        // Nobody reads any more: end as any filter does, without a word.
        Err(error) if outcome::is_reader_gone(&error) => signals::die(libc::SIGPIPE),
        Err(error) => ExitCode::from(outcome::cause_of(&error).status()),
    }
}

fn tell(text: &str) -> anyhow::Result<Outcome> {
    stdio::print(text)?;
    Ok(Outcome::Success)
}
