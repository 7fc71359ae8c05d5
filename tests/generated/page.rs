//! A manual page: the parser's options with the texts of `cli::manual` around them.

use clap::{Arg, Command};
use roff::{Inline, Roff, bold, italic, roman};
use skat::cli::manual::{self, Part};
use skat::net::options::{self, Kind, Transport};
use skat::outcome::STATUSES;

/// The name of a subcommand's page; `skat` has its own.
pub fn name_of(page: &str) -> String {
    if page == "skat" { page.to_owned() } else { format!("skat-{page}") }
}

/// The page of `skat` itself or, named, of one of its subcommands.
pub fn render(skat: &Command, page: &str) -> String {
    let command = skat.find_subcommand(page).unwrap_or(skat);
    let name = name_of(page);
    let mut roff = Roff::new();
    let version = format!("skat {}", skat.get_version().unwrap_or_default());
    let title = name.to_uppercase();
    roff.control("TH", [title.as_str(), "1", manual::DATE, version.as_str(), "User Commands"]);
    // Commands to type are not hyphenated, and not stretched.
    roff.control("nh", []);
    roff.control("ad", ["l"]);

    heading(&mut roff, "NAME");
    roff.text([roman(format!("{name} - {}", in_a_sentence(&about(command))))]);
    heading(&mut roff, "SYNOPSIS");
    synopsis(&mut roff, command, page);
    heading(&mut roff, "DESCRIPTION");
    paragraphs(&mut roff, manual::DESCRIPTIONS.iter().find(|(it, _)| *it == page).unwrap().1);
    examples(&mut roff, page);
    if page == "skat" {
        commands(&mut roff, skat);
    }
    command_line_options(&mut roff, command);
    if page != "skat" && command.has_subcommands() {
        topics(&mut roff, command);
    }
    sections(&mut roff, page);
    socket_options(&mut roff, page);
    exit_status(&mut roff, page);
    environment(&mut roff, page);
    see_also(&mut roff, skat, page);
    roff.render()
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// With a small first letter, unless the first word is a name.
fn in_a_sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn heading(roff: &mut Roff, title: &str) {
    roff.control("SH", [title]);
}

fn paragraphs(roff: &mut Roff, texts: &[&str]) {
    for (at, text) in texts.iter().enumerate() {
        // A heading begins a paragraph itself.
        if at > 0 {
            roff.control("PP", []);
        }
        roff.text(marked_up(text));
    }
}

fn item(roff: &mut Roff, term: impl Into<Vec<Inline>>, text: &str) {
    roff.control("TP", []);
    roff.text(term);
    roff.text(marked_up(text));
}

/// What is between backquotes, in bold.
fn marked_up(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { bold(part) } else { roman(part) }).collect()
}

fn synopsis(roff: &mut Roff, command: &Command, page: &str) {
    if page == "skat" {
        roff.text([bold("skat"), roman(" "), italic("COMMAND"), roman(" [OPTIONS] [ARGUMENTS]")]);
        return;
    }
    let mut line = vec![bold(format!("skat {page}")), roman(" [OPTIONS]")];
    line.extend(positionals(command));
    if command.has_subcommands() {
        line.extend([roman(" ["), italic("TOPIC"), roman(" ["), italic("ARG"), roman("]...]")]);
    }
    roff.text(line);
}

fn positionals(command: &Command) -> Vec<Inline> {
    let mut words = Vec::new();
    for argument in command.get_positionals() {
        let names = argument.get_value_names().unwrap_or_default();
        let most = argument.get_num_args().map_or(1, |range| range.max_values());
        let dots = if most > names.len() { "..." } else { "" };
        for name in names {
            let (open, close) = if argument.is_required_set() { ("", "") } else { ("[", "]") };
            let close = format!("{close}{dots}");
            words.extend([roman(format!(" {open}")), italic(name.as_str()), roman(close)]);
        }
    }
    words
}

/// The subcommands of a subcommand.
fn topics(roff: &mut Roff, command: &Command) {
    heading(roff, "TOPICS");
    for topic in command.get_subcommands() {
        let mut term = vec![bold(topic.get_name())];
        term.extend(positionals(topic));
        item(roff, term, &format!("{}.", about(topic)));
    }
}

fn examples(roff: &mut Roff, page: &str) {
    heading(roff, "EXAMPLES");
    let own = manual::EXAMPLES.iter().filter(|example| example.page == page);
    for (at, example) in own.enumerate() {
        if at > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(format!("{}:", example.about))]);
        roff.control("RS", ["4"]);
        roff.control("nf", []);
        for line in example.command.lines() {
            roff.text([bold(line)]);
        }
        roff.control("fi", []);
        roff.control("RE", []);
    }
}

fn commands(roff: &mut Roff, skat: &Command) {
    heading(roff, "COMMANDS");
    for command in skat.get_subcommands() {
        item(
            roff,
            [bold(format!("skat-{}", command.get_name())), roman("(1)")],
            &format!("{}.", about(command)),
        );
    }
}

fn command_line_options(roff: &mut Roff, command: &Command) {
    heading(roff, "OPTIONS");
    let arguments: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
    let mut headings: Vec<Option<&str>> = Vec::new();
    for argument in &arguments {
        if !headings.contains(&argument.get_help_heading()) {
            headings.push(argument.get_help_heading());
        }
    }
    // What has no heading, help and version, comes last.
    headings.sort_by_key(Option::is_none);
    let only = headings.len() == 1;
    for heading in headings {
        if !only {
            roff.control("SS", [heading.unwrap_or("Help")]);
        }
        for argument in &arguments {
            if argument.get_help_heading() == heading && !argument.is_positional() {
                option(roff, argument);
            }
        }
    }
}

fn option(roff: &mut Roff, argument: &Arg) {
    let mut term = Vec::new();
    if let Some(short) = argument.get_short() {
        term.push(bold(format!("-{short}")));
    }
    if let Some(long) = argument.get_long() {
        if !term.is_empty() {
            term.push(roman(", "));
        }
        term.push(bold(format!("--{long}")));
    }
    if argument.get_action().takes_values() {
        let optional = argument.get_num_args().is_some_and(|range| range.min_values() == 0);
        let (open, close) = match (optional, argument.is_require_equals_set()) {
            (true, true) => ("[=", "]"),
            (true, false) => (" [", "]"),
            (false, true) => ("=", ""),
            (false, false) => (" ", ""),
        };
        let names = argument.get_value_names().unwrap_or_default();
        let names: Vec<&str> = names.iter().map(clap::builder::Str::as_str).collect();
        term.extend([roman(open), italic(names.join(" ")), roman(close)]);
    }
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let mut help = format!("{}.", help.map(ToString::to_string).unwrap_or_default());
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
    if argument.get_action().takes_values() && !defaults.is_empty() {
        help.extend([" Default: `", defaults.join(" ").as_str(), "`."]);
    }
    item(roff, term, &help);
    let values = argument.get_possible_values();
    let told = argument.get_action().takes_values() && !argument.is_hide_possible_values_set();
    if told && !values.is_empty() {
        roff.control("RS", []);
        for value in values.iter().filter(|value| !value.is_hide_set()) {
            let help = value.get_help().map(ToString::to_string).unwrap_or_default();
            item(roff, [bold(value.get_name())], &help);
        }
        roff.control("RE", []);
    }
}

fn sections(roff: &mut Roff, page: &str) {
    for section in manual::SECTIONS.iter().filter(|section| section.pages.contains(&page)) {
        heading(roff, section.title);
        for (at, part) in section.body.iter().filter_map(|part| on_page(page, part)).enumerate() {
            match part {
                Part::Item(term, text) => item(roff, [bold(*term)], text),
                Part::Text(text) => {
                    // A heading begins a paragraph itself.
                    if at > 0 {
                        roff.control("PP", []);
                    }
                    roff.text(marked_up(text));
                }
                Part::On(..) => {}
            }
        }
    }
}

/// The part as this page has it, if it does.
fn on_page(page: &str, part: &'static Part) -> Option<&'static Part> {
    match part {
        Part::On(pages, part) => pages.contains(&page).then_some(part),
        part => Some(part),
    }
}

fn socket_options(roff: &mut Roff, page: &str) {
    let transport = match page.split_once('-') {
        Some(("tcp", _)) => Transport::Tcp,
        Some(("udp", _)) => Transport::Udp,
        Some(("unix", _)) => Transport::Unix,
        _ => return,
    };
    heading(roff, "SOCKET OPTIONS");
    let default =
        if transport == Transport::Tcp { " `nodelay` is on unless `-O nodelay=0`." } else { "" };
    let text = format!(
        "The names that `--sockopt` accepts. A bad value, or one that the system refuses, is an error.{default}"
    );
    roff.text(marked_up(&text));
    for option in options::TABLE.iter().filter(|option| option.transports.contains(&transport)) {
        let range = match option.kind {
            Kind::Number(least, most) => format!(" From {least} to {most}."),
            _ => String::new(),
        };
        let text = format!("{}.{range}", option.about);
        item(roff, [bold(option.name), roman(value_of(option.kind))], &text);
    }
}

/// The form of an option's value.
fn value_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Flag => "[=0|1]",
        Kind::Number(..) => "=NUMBER",
        Kind::Count(..) => "[=NUMBER]",
        Kind::Size => "=SIZE",
        Kind::Text => "=NAME",
        Kind::Linger => "=SECONDS|off",
        Kind::Keepalive => "[=0|1|IDLE[,INTERVAL[,COUNT]]]",
    }
}

fn exit_status(roff: &mut Roff, page: &str) {
    heading(roff, "EXIT STATUS");
    item(roff, [bold("0")], "done; all bytes delivered as far as the system can tell.");
    let own = manual::STATUSES.iter().find(|(it, _)| *it == page).map(|(_, own)| *own);
    for (_, status, meaning) in STATUSES {
        if own.is_none_or(|own| own.contains(status)) {
            item(roff, [bold(status.to_string())], &format!("{meaning}."));
        }
    }
    if page.ends_with("-server") || page == "skat" {
        item(
            roff,
            [bold("the command's")],
            "with `--run`, and with `--exec` or `--sh-exec` and `--once`: its status, 128+N for a \
             signal.",
        );
    }
    item(
        roff,
        [bold("a signal")],
        "SIGINT, SIGTERM, SIGHUP and SIGPIPE end skat as they end any program: a shell shows 130, \
         143, 129 and 141. As process 1, skat exits with that number.",
    );
}

fn environment(roff: &mut Roff, page: &str) {
    heading(roff, "ENVIRONMENT");
    for (pages, name, meaning) in manual::ENVIRONMENT {
        if pages.contains(&page) {
            item(roff, [bold(*name)], meaning);
        }
    }
}

fn see_also(roff: &mut Roff, skat: &Command, page: &str) {
    heading(roff, "SEE ALSO");
    let own = std::iter::once("skat").chain(skat.get_subcommands().map(Command::get_name));
    let own = own.filter(|other| *other != page).map(|other| (name_of(other), "1"));
    let looks_up = std::iter::once("getent").filter(|_| page == "resolve");
    let others = ["nc", "ncat", "socat"].into_iter().chain(looks_up);
    let others = others.map(|name| (name.to_owned(), "1"));
    let system = ["tcp", "udp"].into_iter().filter(|name| page == "skat" || page.starts_with(name));
    let system = system.map(|name| (name.to_owned(), "7"));
    let mut line = Vec::new();
    for (name, section) in own.chain(others).chain(system) {
        if !line.is_empty() {
            line.push(roman(", "));
        }
        line.extend([bold(name), roman(format!("({section})"))]);
    }
    roff.text(line);
}
