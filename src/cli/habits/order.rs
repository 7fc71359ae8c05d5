//! Command lines that do not begin with skat's command, though they name it or mean it.

use crate::cli::{is_command, owners};

/// Words put where a command belongs, and skat's for them.
const WORDS: &[(&[&str], &[&str])] = &[
    (&["listen", "serve", "server"], &["tcp-server"]),
    (&["connect", "client"], &["tcp-client"]),
    (&["probe", "scan"], &["tcp-client", "-z"]),
    (&["echo"], &["tcp-server", "--echo"]),
    (&["stamp"], &["tcp-server", "--stamp"]),
    (&["discard"], &["tcp-server", "--discard"]),
    (&["forward", "relay"], &["tcp-server", "--forward"]),
    (&["chat"], &["tcp-server", "--chat"]),
    (&["broker"], &["tcp-server", "--broker"]),
    // Databases of getent(1).
    (&["hosts", "ahosts", "lookup", "nslookup", "dig"], &["resolve"]),
    (&["services"], &["resolve", "--service"]),
    (&["protocols"], &["resolve", "--protocol"]),
];

/// What begins a word as it does a URL, and skat's command for it.
const SCHEMES: &[(&str, &str)] =
    &[("tcp://", "tcp-client"), ("udp://", "udp-client"), ("unix://", "unix-client")];

/// What is to be said of such a line, and its words in skat's order; `None` if it is not one.
pub fn arranged<'a>(words: &[&'a str]) -> Option<(String, Vec<&'a str>)> {
    let words = if words.first() == Some(&"getent") { &words[1..] } else { words };
    let first = *words.first()?;
    if let Some(at) = misplaced_command(words) {
        let command = [words[at]].into_iter();
        let words = command.chain(words[..at].iter().copied()).chain(words[at + 1..].to_vec());
        return Some(("options follow the command".to_owned(), words.collect()));
    }
    let told = format!("'{first}' is not a command");
    let known = WORDS.iter().find(|(names, _)| names.contains(&first));
    if let Some((_, skat)) = known {
        return Some((told, [skat, &words[1..]].concat()));
    }
    let of_scheme = |(scheme, command): &(&str, &'static str)| {
        let address = first.strip_prefix(scheme)?.trim_end_matches('/');
        (!address.is_empty()).then_some([*command, address])
    };
    let start = SCHEMES.iter().find_map(of_scheme)?;
    Some((told, [&start, &words[1..]].concat()))
}

/// Where a command is that has only options before it.
fn misplaced_command(words: &[&str]) -> Option<usize> {
    let mut at = 0;
    while let Some(option) = words.get(at).filter(|word| word.starts_with('-')) {
        at += 1 + usize::from(takes_next(option));
    }
    (at > 0 && is_command(words.get(at)?)).then_some(at)
}

/// Whether an option of skat's, or the letters of several, take the next word.
fn takes_next(option: &str) -> bool {
    let takes = |name: &str| owners(name).first().is_some_and(|(_, takes)| *takes);
    if option.starts_with("--") {
        return takes(option);
    }
    let letters = option.trim_start_matches('-');
    let first = letters.char_indices().find(|(_, letter)| takes(&format!("-{letter}")));
    first.is_some_and(|(at, letter)| at + letter.len_utf8() == letters.len())
}
