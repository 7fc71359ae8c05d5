//! The command lines of nc and ncat.

mod line;
mod options;

use std::ffi::CString;

use super::{Translation, lacks_an_option, refusal_of, shown};
use crate::cli::is_command;
use crate::net::address::is_number;
use crate::sys::netdb::services;

/// What a netcat command line asks for.
#[derive(Clone, Debug, Default)]
struct Habit {
    /// It names none of skat's commands.
    bare: bool,
    /// It has netcat's -l.
    listen: bool,
    /// It is a server's, as -l or skat's command says.
    serves: bool,
    /// An option that means something else to skat, or nothing.
    foreign: bool,
    /// What is wrong with the first option that skat cannot be given.
    unclear: Option<String>,
    udp: bool,
    unix: bool,
    tls: bool,
    keep_open: bool,
    /// A service is asked for.
    service: bool,
    broadcast: bool,
    no_stdin: bool,
    /// ncat's, which does not wait for the peer's end.
    send_only: bool,
    probe: bool,
    wait: Option<String>,
    after_eof: Option<String>,
    max_conns: Option<String>,
    source: Option<String>,
    source_port: Option<String>,
    options: Vec<String>,
    words: Vec<String>,
}

/// The skat command line that does what a netcat one asks for; `None` if it is not one, which only
/// netcat's name before it would make some of two words.
pub fn translate(words: &[&str], is_named: bool) -> Option<Translation> {
    let first = *words.first()?;
    let mut habit = Habit { bare: !is_command(first), ..Habit::default() };
    if habit.bare && !is_named && is_other_command(words) {
        return None;
    }
    if habit.bare {
        habit.read(words);
    } else {
        // The right command with netcat's letters.
        let (transport, role) = first.split_once('-')?;
        habit.serves = role == "server";
        habit.udp = transport == "udp";
        habit.unix = transport == "unix";
        habit.read(&words[1..]);
        habit.foreign |= habit.serves && (habit.source.is_some() || habit.wait.is_some());
    }
    habit.arrange_words();
    if !habit.asks() {
        return None;
    }
    if let Some(reason) = &habit.unclear {
        let command = habit.command();
        return Some(Translation::Unclear(format!("{reason} (see 'skat {command} --help')")));
    }
    Some(habit.translation())
}

/// Whether two words are a command and what it is for, rather than a host and its port or options:
/// `curl x`.
fn is_other_command(words: &[&str]) -> bool {
    let [host, port] = words else { return false };
    let is_host = host.contains(['.', ':']) || is_number(host) || *host == "localhost";
    let is_option = host.starts_with('-') || port.starts_with('-');
    !(is_host || is_option || is_number(port) || is_service(port))
}

/// Whether the system has a service of that name, of whatever protocol.
fn is_service(word: &str) -> bool {
    CString::new(word).is_ok_and(|name| matches!(services::by_name(&name, None), Ok(Some(_))))
}

/// Whether a word has nothing but letters, digits and some marks.
fn is_name(word: &str, marks: &[u8]) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte))
}

impl Habit {
    /// Puts HOST before PORT, and the ports of a probe into one list.
    fn arrange_words(&mut self) {
        let is_host = |word: &str| !word.bytes().all(|byte| b"0123456789-,".contains(&byte));
        match &mut self.words[..] {
            [port, host] if is_number(port) && is_host(host) => self.words.swap(0, 1),
            [_, ports @ ..] if self.probe && ports.len() > 1 => {
                let list = ports.join(",");
                self.words.splice(1.., [list]);
                self.foreign = true;
            }
            _ => {}
        }
    }

    /// True if it asks for something in netcat's way, and is not just words.
    fn asks(&self) -> bool {
        if !self.bare {
            return self.foreign;
        }
        // Words that are no address are somebody else's.
        let is_address = match &self.words[..] {
            [host, port] => is_name(host, b".-:%_") && is_name(port, b"-,"),
            [word] => is_number(word) || (word.contains(':') && is_name(word, b".-:%_[]")),
            _ => false,
        };
        let path = !self.unix || self.words.len() == 1;
        let chosen = self.serves || self.source_port.is_some() || self.udp || self.unix;
        path && (chosen || (is_address && (self.foreign || self.unclear.is_none())))
    }

    fn command(&self) -> String {
        let transport = match (self.unix, self.udp) {
            (true, _) => "unix",
            (_, true) => "udp",
            _ => "tcp",
        };
        format!("{transport}-{}", if self.serves { "server" } else { "client" })
    }

    /// The line of whom it is for. Where neither -l nor a command says it, that is a client, unless
    /// only a server has such options; a port alone may be either's.
    fn translation(self) -> Translation {
        if self.serves || !self.bare {
            return self.line().into();
        }
        let is_port = !self.unix && matches!(&self.words[..], [port] if is_number(port));
        let can_be = |line: &[String]| {
            if is_port { refusal_of(line).is_none() } else { !lacks_an_option(line) }
        };
        let server = Habit { serves: true, ..self.clone() }.line();
        match (self.line(), server) {
            (Ok(client), Ok(server)) if is_port && can_be(&client) && can_be(&server) => {
                let (server, client) = (shown(&server), shown(&client));
                let text = format!("with skat, '{server}' listens and '{client}' connects");
                Translation::Unclear(text)
            }
            // Who runs a program for a host with a port connects to it.
            (client, Ok(server))
                if can_be(&server) && client.as_ref().map_or(is_port, |it| !can_be(it)) =>
            {
                Translation::Words(server)
            }
            (client, _) => client.into(),
        }
    }
}
