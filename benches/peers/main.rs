//! skat beside its peers and the bare limits: `cargo bench --bench peers -- --help`.
//!
//! - `options`: what to measure, how often, how large
//! - `rounds`: every contender of a work in turn, again and again
//! - `works/`: what is measured, one file a family; tables of command lines
//! - `limits/`: what the kernel needs at least, as small programs
//! - `loads/`: what asks and counts
//! - `network`: where all of it runs
//! - `command`: the processes of a contender
//! - `transfer`: bytes through them, and whether they came
//! - `circumstances`, `table`, `report`, `plot`: what comes out
//!
//! Limits and loads are this program again, with other arguments, so that each contender is a
//! process of its own.
// A measuring program prints its results, and makes its sockets itself.
#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]
// Figures are for people: counts and times lose nothing that shows.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod circumstances;
mod command;
mod contender;
mod limits;
mod loads;
mod network;
mod one_core;
mod options;
mod pattern;
mod plot;
mod report;
mod rounds;
mod table;
mod transfer;
mod works;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((word, rest)) if word == "limit" => limits::run(rest),
        Some((word, rest)) if word == "load" => loads::run(rest),
        _ => measure(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> anyhow::Result<()> {
    let options = options::Options::parse();
    network::enter()?;
    let setting = options.setting()?;
    let works = works::chosen(&options.works, &setting)?;
    if options.list {
        for work in works {
            println!("{:<16}{}", work.name, work.title);
        }
        return Ok(());
    }
    let circumstances = circumstances::told(&setting);
    println!("{circumstances}");
    let mut details = String::new();
    let mut results = Vec::new();
    for work in works {
        let result = rounds::run(work, &setting);
        let text = format!("\n{}", table::render(&result));
        print!("{text}");
        details += &text;
        results.push(result);
    }
    let goals = table::goals(&results);
    print!("\n{goals}");
    if let Some(path) = &options.json {
        report::write_json(path, &setting, &results)?;
    }
    if let Some(path) = &options.plot {
        plot::write(path, &results)?;
    }
    match &options.page {
        Some(path) if setting.growth => {
            let text = format!("{}\n{circumstances}\n", table::growth(&results));
            report::write_page(path, report::GROWTH, &text)?;
        }
        Some(path) => {
            let text = format!("```text\n{circumstances}\n\n{goals}{details}```\n");
            report::write_page(path, report::RESULTS, &text)?;
        }
        None => {}
    }
    let failed: Vec<&str> = rounds::without_figures(&results).collect();
    anyhow::ensure!(!options.strict || failed.is_empty(), "no figure: {}", failed.join(", "));
    Ok(())
}
