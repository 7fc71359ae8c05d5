//! The options of nc and ncat, and skat's among them.

use super::Habit;
use crate::cli::owners;
use crate::net::address::is_number;

/// The letters of options that have a value, and what that is; those without a counterpart in skat
/// last.
const WITH_VALUES: &[(&str, &str)] = &[
    ("p", "PORT"),
    ("s", "HOST"),
    ("wiq", "DUR"),
    ("mMT", "NUMBER"),
    ("OI", "SIZE"),
    ("ec", "CMD"),
    ("xXPVWogG", "value"),
];

/// What ncat writes in full, with a value, and skat does not have.
const FOREIGN: &[&str] = &[
    "delay",
    "hex-dump",
    "lua-exec",
    "output",
    "proxy",
    "proxy-auth",
    "proxy-dns",
    "proxy-type",
    "ssl-ciphers",
];

/// Why an option is not taken.
fn no_equivalent(option: &str) -> String {
    let is_of_proxies = option.starts_with("--proxy") || ["-x", "-X", "-P"].contains(&option);
    let advice = if is_of_proxies { "; for a proxy, use socat or ncat" } else { "" };
    format!("skat has no equivalent of '{option}'{advice}")
}

/// True for a time with a unit.
fn is_time(word: &str) -> bool {
    let unit = word.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    unit.len() < word.len() && ["ms", "s", "m", "h"].contains(&unit)
}

impl Habit {
    pub(super) fn read(&mut self, words: &[&str]) {
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            let taken = match word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                None => {
                    self.words.push(word.to_owned());
                    Ok(())
                }
                Some(rest) => match rest.strip_prefix('-') {
                    Some(long) => self.take_long(long, &mut words),
                    None => self.take_letters(rest, &mut words),
                },
            };
            if let Err(reason) = taken {
                self.unclear.get_or_insert(reason);
            }
        }
    }

    fn take_letters<'a>(
        &mut self,
        letters: &'a str,
        words: &mut (impl Iterator<Item = &'a str> + Clone),
    ) -> Result<(), String> {
        for (at, letter) in letters.char_indices() {
            let rest = &letters[at + letter.len_utf8()..];
            let has = |(letters, _): &&(&str, &str)| letters.contains(letter);
            if let Some((_, name)) = WITH_VALUES.iter().find(has) {
                let value = if rest.is_empty() { words.next() } else { Some(rest) };
                let value = value.ok_or_else(|| format!("-{letter} needs a {name}"))?;
                return self.take_value(letter, value);
            }
            match letter {
                'l' => (self.listen, self.serves, self.foreign) = (true, true, true),
                'u' => (self.udp, self.foreign) = (true, true),
                'U' => (self.unix, self.foreign) = (true, true),
                // ncat's delay.
                'd' if rest.is_empty() && words.clone().next().is_some_and(is_time) => {
                    self.foreign = true;
                    words.next();
                    return Err(no_equivalent("-d"));
                }
                'd' => (self.no_stdin, self.foreign) = (true, true),
                // What skat does anyway.
                'N' | 't' | 'r' | 'D' => self.foreign = true,
                'k' => self.keep_open = true,
                'b' => self.broadcast = true,
                'z' => self.probe = true,
                'v' | 'n' | '4' | '6' | 'C' => self.options.push(format!("-{letter}")),
                _ => return Err(no_equivalent(&format!("-{letter}"))),
            }
        }
        Ok(())
    }

    /// Takes an option that has a value.
    fn take_value(&mut self, letter: char, value: &str) -> Result<(), String> {
        let given = Some(value.to_owned());
        match letter {
            'p' => (self.source_port, self.foreign) = (given, true),
            's' => self.source = given,
            'w' => self.wait = given,
            'm' => self.max_conns = given,
            // Of old, a negative number stands for ever.
            'q' if value.parse::<f64>().is_ok() => {
                self.after_eof = given.filter(|it| !it.starts_with('-'));
                self.foreign = true;
            }
            'e' | 'c' => {
                self.service = true;
                self.options.extend([format!("-{letter}"), value.to_owned()]);
            }
            'O' if is_number(value) => self.set_option("sndbuf", value),
            'i' | 'O' => self.options.extend([format!("-{letter}"), value.to_owned()]),
            'I' => self.set_option("rcvbuf", value),
            'M' => self.set_option("ttl", value),
            'T' if value.starts_with(|first: char| first.is_ascii_digit()) => {
                self.set_option("tos", value);
            }
            _ => {
                self.foreign = true;
                return Err(no_equivalent(&format!("-{letter}")));
            }
        }
        Ok(())
    }

    /// Takes a socket option that netcat has a letter for.
    fn set_option(&mut self, name: &str, value: &str) {
        self.options.extend(["-O".to_owned(), format!("{name}={value}")]);
        self.foreign = true;
    }

    /// Takes what ncat or skat writes in full.
    fn take_long<'a>(
        &mut self,
        option: &'a str,
        words: &mut impl Iterator<Item = &'a str>,
    ) -> Result<(), String> {
        let (name, given) = option.split_once('=').map_or((option, None), |(n, v)| (n, Some(v)));
        let mut value = || {
            let value = given.or_else(|| words.next());
            value.ok_or_else(|| format!("--{name} needs a value"))
        };
        match name {
            "exec" => return self.take_value('e', value()?),
            "sh-exec" => return self.take_value('c', value()?),
            "source" => return self.take_value('s', value()?),
            "max-conns" => return self.take_value('m', value()?),
            "keep-open" => self.keep_open = true,
            "broadcast" => {
                self.broadcast = true;
                self.udp |= self.bare;
            }
            "probe" => self.probe = true,
            "no-stdin" => self.no_stdin = true,
            "tls" => self.tls = true,
            _ if self.take_ncat_option(name, &mut value)? => self.foreign = true,
            _ => {
                let owners = owners(&format!("--{name}"));
                let Some((_, takes_a_word)) = owners.first() else {
                    return Err(no_equivalent(&format!("--{name}")));
                };
                let are = |transport| owners.iter().all(|(name, _)| name.starts_with(transport));
                self.udp |= self.bare && are("udp");
                self.unix |= self.bare && are("unix");
                self.service |=
                    ["echo", "stamp", "discard", "forward", "chat", "broker"].contains(&name);
                self.options.push(format!("--{option}"));
                if *takes_a_word && given.is_none() {
                    self.options.push(value()?.to_owned());
                }
            }
        }
        Ok(())
    }

    /// Takes what only ncat writes in full; `false` if it is something else.
    fn take_ncat_option<'a>(
        &mut self,
        name: &str,
        value: &mut impl FnMut() -> Result<&'a str, String>,
    ) -> Result<bool, String> {
        let renamed = [
            ("ssl-cert", "--cert"),
            ("ssl-key", "--key"),
            ("ssl-trustfile", "--ca"),
            ("ssl-servername", "--server-name"),
            ("ssl-alpn", "--alpn"),
        ];
        let new = renamed.iter().find(|(ncat, _)| *ncat == name).map(|(_, skat)| *skat);
        match name {
            "listen" => (self.listen, self.serves) = (true, true),
            "udp" => self.udp = true,
            "unixsock" => self.unix = true,
            "recv-only" => self.no_stdin = true,
            "send-only" if self.bare => self.send_only = true,
            "no-shutdown" => self.options.push("--no-half-close".to_owned()),
            "nodns" => self.options.push("-n".to_owned()),
            // Unlike nc's -w, it bears any silence.
            "wait" => self.options.extend(["-w".to_owned(), value()?.to_owned()]),
            "source-port" => self.source_port = Some(value()?.to_owned()),
            "allowfile" => self.options.extend(["--allow".to_owned(), format!("@{}", value()?)]),
            "denyfile" => self.options.extend(["--deny".to_owned(), format!("@{}", value()?)]),
            // skat verifies anyway.
            "ssl" | "ssl-verify" => self.tls = true,
            _ if FOREIGN.contains(&name) => {
                self.foreign = true;
                value()?;
                return Err(no_equivalent(&format!("--{name}")));
            }
            _ => {
                let Some(new) = new else { return Ok(false) };
                self.tls = true;
                self.options.extend([new.to_owned(), value()?.to_owned()]);
            }
        }
        Ok(true)
    }
}
