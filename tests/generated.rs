//! man/ and completions/ are rendered from the parser and compared with the committed files.
//!
//! `SKAT_REGENERATE=1 cargo test --test generated` rewrites them.
// A test fails by a panic, also in what it calls.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "generated/page.rs"]
mod page;
#[path = "it/support/required.rs"]
mod required;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Arg;
use clap_complete::Shell;
use skat::cli::manual::{self, Part};
use skat::report::Event;

const FIX: &str = "SKAT_REGENERATE=1 cargo test --locked --test generated";

/// The parser, complete: clap adds help and version when it builds.
fn parser() -> clap::Command {
    let mut command = skat::cli::command();
    command.build();
    command
}

/// The pages there must be.
fn pages() -> Vec<String> {
    let subcommands = parser().get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    [vec!["skat".to_owned()], subcommands].concat()
}

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Compares a directory with what it should hold, or rewrites it if so asked.
fn compare(name: &str, files: &[(String, String)]) {
    let directory = directory(name);
    let wanted: BTreeSet<String> = files.iter().map(|(file, _)| file.clone()).collect();
    if std::env::var_os("SKAT_REGENERATE").is_some() {
        for stale in present(&directory).difference(&wanted) {
            fs::remove_file(directory.join(stale)).unwrap();
        }
        fs::create_dir_all(&directory).unwrap();
        for (file, text) in files {
            fs::write(directory.join(file), text).unwrap();
        }
    }
    assert_eq!(present(&directory), wanted, "the files in {name}/; to set this right: {FIX}");
    for (file, text) in files {
        let committed = fs::read_to_string(directory.join(file)).unwrap();
        if let Some(difference) = difference(&committed, text) {
            panic!(
                "{name}/{file} is not what the parser says:\n{difference}to set this right: {FIX}"
            );
        }
    }
}

fn present(directory: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(directory) else { return BTreeSet::new() };
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The first lines that differ, if any do.
fn difference(committed: &str, rendered: &str) -> Option<String> {
    if committed == rendered {
        return None;
    }
    let (old, new): (Vec<&str>, Vec<&str>) =
        (committed.lines().collect(), rendered.lines().collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let mut text = format!("from line {}:\n", same + 1);
    for (sign, lines) in [('-', old), ('+', new)] {
        for line in lines.iter().skip(same).take(4) {
            text.extend([sign.to_string().as_str(), line, "\n"]);
        }
    }
    Some(text)
}

#[test]
fn manual_pages_say_what_the_parser_says() {
    let skat = parser();
    let files: Vec<(String, String)> = pages()
        .iter()
        .map(|page| (format!("{}.1", page::name_of(page)), page::render(&skat, page)))
        .collect();
    compare("man", &files);
}

#[test]
fn completions_offer_what_the_parser_takes() {
    let shells = [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell];
    compare("completions", &shells.map(|shell| (file_name(shell).to_owned(), completions(shell))));
}

fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut skat::cli::command(), "skat", &mut text);
    let text = String::from_utf8(text).unwrap();
    match shell {
        Shell::Bash => in_bash(&text),
        Shell::Fish => in_fish(&text),
        _ => text,
    }
}

/// The options that take a value only behind an '=', which `clap_complete` does not know.
fn joined_options() -> BTreeSet<String> {
    let skat = parser();
    let options = skat.get_subcommands().flat_map(clap::Command::get_arguments);
    let joined = options.filter(|option| option.is_require_equals_set());
    joined.filter_map(Arg::get_long).map(str::to_owned).collect()
}

/// bash has `--option=VALUE` as three words.
fn in_bash(text: &str) -> String {
    let joined = joined_options().into_iter().map(|name| format!("\"${{prev}}\" == --{name}"));
    let joined = joined.collect::<Vec<_>>().join(" || ");
    let begin = "    prev=\"$3\"\n";
    assert_eq!(text.matches(begin).count(), 1);
    let more = format!(
        r#"    if [[ "${{COMP_WORDS[COMP_CWORD]}}" == "=" ]]; then
        cur=""
    elif [[ "${{prev}}" == "=" ]]; then
        prev="${{COMP_WORDS[COMP_CWORD-2]}}"
    elif [[ {joined} ]]; then
        prev=""
    fi
"#
    );
    text.replace(begin, &(begin.to_owned() + &more))
}

/// fish takes `-r` for a value in a word of its own.
fn in_fish(text: &str) -> String {
    let joined = joined_options();
    let mut lines = String::new();
    for line in text.lines() {
        let is_joined = joined.iter().any(|name| line.contains(&format!(" -l {name} -d ")));
        let line = if is_joined { line.replacen("' -r", "'", 1) } else { line.to_owned() };
        lines.extend([line.as_str(), "\n"]);
    }
    let skat = parser();
    let commands: Vec<&str> = skat.get_subcommands().map(clap::Command::get_name).collect();
    let line = format!(
        "complete -c skat -n \"__fish_skat_using_subcommand help\" -f -a \"{}\"\n",
        commands.join(" ")
    );
    lines.push_str(&line);
    for topic in skat.find_subcommand("info").unwrap().get_subcommands() {
        for argument in topic.get_positionals() {
            let values = argument.get_possible_values();
            let values: Vec<&str> =
                values.iter().map(clap::builder::PossibleValue::get_name).collect();
            let name = topic.get_name();
            let line = format!(
                "complete -c skat -n \"__fish_skat_using_subcommand info; and \
                 __fish_seen_subcommand_from {name}\" -f -a \"{}\"\n",
                values.join(" ")
            );
            lines.push_str(&line);
        }
    }
    lines
}

/// The name under which a shell looks for it.
fn file_name(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => "skat.bash",
        Shell::Zsh => "_skat",
        Shell::Fish => "skat.fish",
        Shell::Elvish => "skat.elv",
        _ => "_skat.ps1",
    }
}

#[test]
fn manual_pages_pass_the_linter() {
    let skat = parser();
    for name in pages() {
        let Some(told) = told_by("mandoc", &["-Tlint", "-Wwarning"], &page::render(&skat, &name))
        else {
            return required::not_installed("mandoc");
        };
        assert_eq!(told, "", "the page of {name}");
    }
}

#[test]
fn bash_can_read_its_completions() {
    let told = told_by("bash", &["-n"], &completions(Shell::Bash));
    assert_eq!(told.expect("bash is there"), "");
}

/// A value that has to follow an '=' is offered there, and not as a word of its own.
#[test]
fn bash_offers_values_where_they_are_taken() {
    let script = completions(Shell::Bash)
        + r#"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_skat skat "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
echo "${COMPREPLY[*]}""#;
    for (words, wanted) in [
        (&["--stamp", "="][..], "ctime epoch rfc3339"),
        (&["--stamp", "=", "c"], "ctime"),
        (&["--log", "="], "text json"),
        (&["--log", "j"], "json"),
        (&["--stamp", "e"], ""),
    ] {
        let mut bash = Command::new("bash");
        bash.args(["-c", &script, "bash", "skat", "tcp-server"]).args(words);
        let offered = String::from_utf8(bash.output().unwrap().stdout).unwrap();
        assert_eq!(offered.trim_end(), wanted, "{words:?}");
    }
}

/// What a program has to say of a text, and its failure; `None` if it is not installed.
fn told_by(program: &str, arguments: &[&str], text: &str) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let output = match Command::new(program).args(arguments).arg(file.path()).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        output => output.unwrap(),
    };
    let told = [output.stdout, output.stderr].concat();
    let status = if output.status.success() { String::new() } else { output.status.to_string() };
    Some(String::from_utf8_lossy(&told).into_owned() + &status)
}

#[test]
fn every_command_and_option_is_explained() {
    let skat = parser();
    skat::cli::command().debug_assert();
    for command in skat.get_subcommands() {
        assert!(command.get_about().is_some(), "{command} says nothing of itself");
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.trim().is_empty(), "{command}: no help for {}", argument.get_id());
            assert!(!help.ends_with('.'), "{command}: {}: a period is added", argument.get_id());
            for value in argument.get_possible_values() {
                let flag = !argument.get_action().takes_values();
                assert!(flag || value.get_help().is_some(), "{command}: {}", value.get_name());
            }
        }
    }
}

#[test]
fn every_page_has_examples_and_every_example_a_page() {
    let pages = pages();
    for page in &pages {
        let count = manual::EXAMPLES.iter().filter(|example| example.page == *page).count();
        assert!(count >= 2, "{page} has {count} examples");
    }
    let named = manual::EXAMPLES.iter().map(|example| example.page);
    let named =
        named.chain(manual::SECTIONS.iter().flat_map(|section| section.pages.iter().copied()));
    let named =
        named.chain(manual::ENVIRONMENT.iter().flat_map(|(pages, ..)| pages.iter().copied()));
    for page in named {
        assert!(pages.iter().any(|known| known == page), "there is no page {page}");
    }
}

/// What `--log json` writes is part of the interface, so the manual has all of it.
#[test]
fn the_manual_names_every_event() {
    let told = manual::SECTIONS.iter().find(|section| section.title == "LOGGING").unwrap();
    for page in told.pages {
        let texts: String = told.body.iter().filter_map(|part| text_on(page, part)).collect();
        for event in Event::ALL {
            assert!(texts.contains(&format!("`{}`", event.name())), "{page}: {event:?}");
        }
    }
}

/// What a part says, if the page has it.
fn text_on(page: &str, part: &Part) -> Option<&'static str> {
    match part {
        Part::Text(text) | Part::Item(_, text) => Some(text),
        Part::On(pages, part) if pages.contains(&page) => text_on(page, part),
        Part::On(..) => None,
    }
}

/// Where a page speaks of another command's option: the probe of a client is a connection to a
/// server.
const OF_OTHERS: [(&str, &str); 1] = [("tcp-client", "--once")];

/// A page is of one command, also where it has its texts in common with others.
#[test]
fn a_page_speaks_of_the_options_that_its_command_has() {
    let skat = parser();
    for command in skat.get_subcommands() {
        let page = command.get_name();
        let text = page::render(&skat, page).replace("\\-", "-").replace("\\f", " ");
        // Examples are of several commands.
        let (_, text) = text.split_once(".SH OPTIONS").unwrap();
        let offered: BTreeSet<String> =
            command.get_arguments().filter_map(Arg::get_long).map(|it| format!("--{it}")).collect();
        let is_of_option = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        for word in text.split(|letter| !is_of_option(letter)) {
            let word = &word[word.find("--").unwrap_or(word.len())..];
            let is_option = word.len() > 2 && !OF_OTHERS.contains(&(page, word));
            assert!(!is_option || offered.contains(word), "the page of {page} speaks of {word}");
        }
    }
}
