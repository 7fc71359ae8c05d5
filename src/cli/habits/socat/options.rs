//! socat's own options, and those of its addresses.

use super::{Address, Server, Way};

/// What is asked for besides the addresses, and these.
pub(super) struct Globals<'a> {
    pub(super) way: Way,
    /// How long one end may go on after the other.
    pub(super) wait: Option<&'a str>,
    /// What skat has for socat's own options.
    pub(super) options: Vec<String>,
    pub(super) addresses: Vec<&'a str>,
}

impl<'a> Globals<'a> {
    pub(super) fn read(words: &'a [&'a str]) -> Result<Self, Option<String>> {
        let (mut way, mut wait) = (Way::Both, None);
        let (mut options, mut addresses) = (Vec::new(), Vec::new());
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            let (letter, glued) = word.split_at_checked(2).unwrap_or((word, ""));
            let mut value = || if glued.is_empty() { words.next() } else { Some(glued) };
            match letter {
                "-" => addresses.push(word),
                "-u" if glued.is_empty() => way = Way::FromFirst,
                "-U" if glued.is_empty() => way = Way::FromSecond,
                "-4" | "-6" if glued.is_empty() => options.push(word.to_owned()),
                "-T" => options.extend(["-i".to_owned(), value().ok_or(None)?.to_owned()]),
                "-t" => wait = Some(value().ok_or(None)?),
                // How much skat tells and reads at once is its own affair.
                "-d" => {}
                "-b" => drop(value()),
                _ if word.starts_with('-') => return Err(Some(not_translated(word))),
                _ => addresses.push(word),
            }
        }
        Ok(Self { way, wait, options, addresses })
    }
}

/// What skat has for the options of an address, and its words for the address itself.
pub(super) fn translated(socket: &Address) -> Result<(Vec<String>, Vec<String>), Option<String>> {
    let listens = matches!(socket.end, Server(_));
    let (mut options, mut host) = (Vec::new(), None);
    for option in &socket.options {
        match option.split_once('=').unwrap_or((option, "")) {
            ("bind", value) if listens => host = Some(value.to_owned()),
            (name, value) => {
                let skat = option_of(name, value, listens);
                options.extend(skat.ok_or_else(|| Some(not_translated(option)))?);
            }
        }
    }
    let is_path = socket.command().is_some_and(|command| command[0].starts_with("unix"));
    let is_number = socket.rest.bytes().all(|byte| byte.is_ascii_digit());
    // A word alone that is no number is a HOST to skat.
    let is_service = listens && !is_path && !is_number && host.is_none();
    let rest = format!("{}{}", if is_service { ":" } else { "" }, socket.rest);
    Ok((options, host.into_iter().chain([rest]).collect()))
}

/// skat's words for an option of an address; none if skat does it anyway, or says it elsewhere.
fn option_of(name: &str, value: &str, listens: bool) -> Option<Vec<String>> {
    let skat = match name {
        "bind" => "-s",
        "range" => "--allow",
        "max-children" => "-m",
        "backlog" => "--backlog",
        "mode" => "--mode",
        "connect-timeout" => "-w",
        "cert" => "--cert",
        "key" => "--key",
        "cafile" if listens => "--client-ca",
        "cafile" => "--ca",
        "commonname" => "--server-name",
        "sourceport" | "sp" if !listens => return Some(vec!["-s".into(), format!(":{value}")]),
        "ip-add-membership" => return Some(vec!["--join".into(), value.replace(':', "%")]),
        "ttl" | "tos" => return Some(vec!["-O".into(), format!("{name}={value}")]),
        "keepalive" | "so-keepalive" => return Some(vec!["-O".into(), "keepalive".into()]),
        "crnl" | "crlf" => return Some(vec!["-C".into()]),
        "shut-none" => return Some(vec!["--no-half-close".into()]),
        "broadcast" => return Some(vec!["--broadcast".into()]),
        "verify" if !listens && value == "0" => return Some(vec!["--insecure".into()]),
        "nodelay" if !value.is_empty() => return None,
        "fork" | "reuseaddr" | "so-reuseaddr" | "nodelay" | "unlink-early" | "unlink-close"
        | "verify" => return Some(Vec::new()),
        _ => return None,
    };
    Some(vec![skat.to_owned(), value.to_owned()])
}

fn not_translated(option: &str) -> String {
    format!("its '{option}' is not translated (see 'skat --help')")
}
