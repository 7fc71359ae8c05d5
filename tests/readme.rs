//! The commands that the README and the manual show: they parse, and those that bring their own
//! client are run.
// A test fails by a panic, also in what it calls.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

#[path = "readme/shell.rs"]
mod shell;
#[path = "it/support/unanswering.rs"]
#[allow(dead_code, reason = "only a port that refuses is needed here")]
mod unanswering;

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use skat::cli::{self, manual};
use skat::outcome::{Cause, STATUSES};

const TEST_COMMAND: &str = "cargo test --locked";

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The command lines within fenced blocks of Markdown; output, which follows a line that begins
/// with `$ `, is left out.
fn shown_lines(markdown: &str) -> Vec<String> {
    let (mut lines, mut fence) = (Vec::new(), None);
    for line in markdown.lines() {
        if let Some(language) = line.strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(language.to_owned()) };
        } else if let Some(language) = &fence {
            match (language.as_str(), line.strip_prefix("$ ")) {
                ("console", Some(command)) => lines.push(command.to_owned()),
                ("sh", _) => lines.push(line.to_owned()),
                _ => {}
            }
        }
    }
    lines
}

/// What stands between backquotes in a line outside of fences.
fn spans(markdown: &str) -> Vec<String> {
    let mut spans = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        fenced ^= line.starts_with("```");
        if !fenced {
            spans.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    spans
}

/// `cargo run -- ` is how skat is run before it is installed.
fn as_installed(line: &str) -> String {
    line.replace("cargo run -- ", "skat ")
}

fn assert_parses(line: &str, place: &str) -> usize {
    let commands = shell::skat_commands(&as_installed(line));
    for words in &commands {
        // What a server tells its command.
        let words = words.iter().map(|word| word.replace("$SKAT_ADDR", "host.example:80"));
        let words: Vec<OsString> = words.map(OsString::from).collect();
        if let Err(error) = cli::parse(&words) {
            panic!("{place}: {line}\n{error:#}");
        }
    }
    commands.len()
}

#[test]
fn commands_of_the_readme_parse() {
    let readme = file("README.md");
    let mut lines = shown_lines(&readme);
    // Netcat's command line is shown with its refusal.
    lines.retain(|line| line != "skat -l 8080");
    let count: usize = lines.iter().map(|line| assert_parses(line, "README.md")).sum();
    assert!(count > 10, "only {count} commands were found");
    for span in spans(&readme).iter().filter(|span| span.starts_with("skat ")) {
        if let Some((_, name)) = span.split_once(' ').filter(|(_, rest)| !rest.contains(' ')) {
            assert!(cli::command().find_subcommand(name).is_some(), "README.md: {span}");
            continue;
        }
        // Words in capitals stand for what a user puts there.
        let span = span
            .replace("HOST", "host")
            .replace("PORT", "80")
            .replace("ADDR", "::1")
            .replace("NAME", "name");
        assert_parses(&span, "README.md");
    }
}

#[test]
fn options_of_the_readme_exist() {
    let mut parser = cli::command();
    parser.build();
    let exists = |option: &str| {
        parser.get_subcommands().flat_map(clap::Command::get_arguments).any(|argument| match option
            .strip_prefix("--")
        {
            Some(long) => argument.get_long() == Some(long),
            None => argument.get_short() == option.chars().nth(1),
        })
    };
    let readme = file("README.md");
    for line in readme.lines() {
        // Other programs' options stand in the columns before the last.
        let own = match line.strip_prefix('|') {
            Some(row) => row.trim_end_matches('|').rsplit('|').next().unwrap(),
            None => line,
        };
        for span in spans(own) {
            let word = span.split([' ', '=']).next().unwrap();
            if word.starts_with('-') {
                let option = if word.starts_with("-v") { "-v" } else { word };
                assert!(exists(option), "README.md: there is no option {word}: {line}");
            }
        }
    }
}

/// What Cargo.toml says of the program, `--help` says too.
#[test]
fn readme_begins_with_the_description() {
    let readme = file("README.md");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let begin = format!("# skat {}.", env!("CARGO_PKG_DESCRIPTION"));
    assert!(words(&readme).starts_with(&begin), "README.md does not begin with: {begin}");
    assert_eq!(cli::command().get_about().unwrap().to_string(), env!("CARGO_PKG_DESCRIPTION"));
}

#[test]
fn readme_and_ci_run_the_same_test_command() {
    let readme = file("README.md");
    let tests: Vec<String> =
        shown_lines(&readme).into_iter().filter(|line| line.contains("cargo test")).collect();
    assert_eq!(tests, [TEST_COMMAND]);
    assert!(file(".ci/run").lines().any(|line| line == TEST_COMMAND));
    let shown = shown_lines(&readme);
    assert_eq!(
        shown[0],
        r#"cargo run -- tcp-server --stamp --run 'echo hello | "$SKAT" tcp-client'"#
    );
}

#[test]
fn documents_name_files_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        for span in spans(&file(document)) {
            let is_source = Path::new(&span).extension().is_some_and(|extension| extension == "rs");
            let is_path = is_source || (span.ends_with('/') && !span.starts_with('/'));
            let exists =
                ["", "src", "src/engine"].iter().any(|base| root.join(base).join(&span).exists());
            assert!(!is_path || exists, "{document}: there is no {span}");
        }
    }
}

#[test]
fn readme_states_the_exit_statuses() {
    let readme = file("README.md");
    for (_, status, meaning) in STATUSES {
        let row = format!("| {status} | {meaning} |");
        assert!(readme.lines().any(|line| line == row), "README.md lacks: {row}");
    }
}

#[test]
fn examples_of_the_manual_parse() {
    for example in manual::EXAMPLES {
        let count = assert_parses(example.command, example.page);
        assert!(count > 0, "no skat in {}", example.command);
        let named = shell::skat_commands(example.command)[0].get(1).cloned().unwrap();
        let own = example.page == "skat" || named == example.page;
        assert!(own, "{} is shown on the page of {}", example.command, example.page);
    }
}

#[test]
fn examples_with_a_client_of_their_own_work() {
    let readme = shown_lines(&file("README.md"));
    let shown = readme.iter().map(String::as_str).chain(manual::EXAMPLES.iter().map(|e| e.command));
    let mut lines: Vec<String> = shown
        .filter(|line| line.contains("--run") && !line.contains("./"))
        .map(as_installed)
        .collect();
    lines.sort();
    lines.dedup();
    assert!(lines.len() >= 2);
    for line in lines {
        run(&line);
    }
}

/// The script that waits for everything that a test needs: here, for two ports of which one opens
/// later, and for one.
#[test]
fn the_script_that_waits_for_several_servers_works() {
    let script = &block_with("./integration-test");
    let directory = directory_with("integration-test", "echo everything is there");

    let [(one, first), (two, second), (later, last)] = [(); 3].map(|()| unanswering::refusing());
    let database = format!("{first},{}", last.port());
    let queue = second.to_string();
    one.listen(8).unwrap();
    two.listen(8).unwrap();
    let comes_later = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        later.listen(8).unwrap();
        later
    });
    let output = shell_command(script, directory.path())
        .env("DATABASE", database)
        .env("QUEUE", queue)
        .output()
        .unwrap();
    comes_later.join().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {}\n{told}", output.status);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!((lines.len(), lines[3]), (4, "everything is there"), "{printed}");
}

/// The scripts that test a program against a server on a free port.
#[test]
fn the_scripts_that_serve_a_test_work() {
    for (name, program) in [
        ("client-test", r#"echo hello | skat tcp-client "$1" "$2""#),
        ("program-under-test", r#"skat tcp-client "$1" </dev/null && echo hello"#),
    ] {
        let script = &block_with(&format!("./{name}"));
        let directory = directory_with(name, program);
        let output = shell_command(script, directory.path()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {}\n{told}", output.status);
        assert_eq!(output.stdout, b"hello\n", "{script}");
    }
}

/// The block of the README's that has these words.
fn block_with(words: &str) -> String {
    let readme = file("README.md");
    let mut blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.find(|block| block.contains(words)).expect(words).to_owned()
}

/// A directory with a script in it.
fn directory_with(name: &str, script: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join(name);
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

/// A shell with this skat first in PATH.
fn shell_command(script: &str, directory: &Path) -> assert_cmd::Command {
    let programs = Path::new(env!("CARGO_BIN_EXE_skat")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = assert_cmd::Command::new("/bin/sh");
    shell.args(["-c", script]).current_dir(directory).timeout(Duration::from_secs(20));
    shell.env("PATH", format!("{}:{path}", programs.display()));
    shell
}

/// Runs a line with this skat first in PATH. Its port may be in use by something else for a
/// while.
fn run(line: &str) {
    let directory = tempfile::tempdir().unwrap();
    let patient_until = Instant::now() + Duration::from_secs(30);
    loop {
        let output = shell_command(line, directory.path()).output().unwrap();
        let busy = output.status.code() == Some(i32::from(Cause::Bind.status()));
        if busy && Instant::now() < patient_until {
            std::thread::sleep(Duration::from_millis(200));
            continue;
        }
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {}\n{told}", output.status);
        return;
    }
}
