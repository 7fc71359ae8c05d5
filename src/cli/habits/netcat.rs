//! The command lines of nc and ncat.

use super::Translation;

/// The letters of options that have a value, those without a counterpart in skat last.
const WITH_VALUES: &str = "pswiqmOecITMxXPVW";

/// What a netcat command line asks for.
#[derive(Debug, Default)]
struct Habit {
    /// It names none of skat's commands.
    bare: bool,
    listen: bool,
    /// An option that means something else to skat, or nothing.
    foreign: bool,
    /// The first option that neither netcat nor skat has, or that lacks its value.
    unknown: Option<String>,
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

/// The skat command line that does what a netcat one asks for; `None` if it is not one.
pub fn translate(words: &[&str]) -> Option<Translation> {
    let first = *words.first()?;
    let mut habit = Habit { bare: !is_command(first), ..Habit::default() };
    if habit.bare {
        habit.read(words);
    } else {
        // The right command with netcat's letters.
        let (transport, role) = first.split_once('-')?;
        habit.listen = role == "server";
        habit.udp = transport == "udp";
        habit.unix = transport == "unix";
        habit.read(&words[1..]);
        habit.foreign |= habit.listen && (habit.source.is_some() || habit.wait.is_some());
    }
    if !habit.asks() {
        return habit.lone_port();
    }
    if let Some(option) = &habit.unknown {
        return Some(Translation::Unclear(format!(
            "skat has no equivalent of '{option}' (see 'skat {} --help')",
            habit.command()
        )));
    }
    Some(habit.line().map_or_else(Translation::Unclear, Translation::Words))
}

fn is_command(word: &str) -> bool {
    super::super::command().find_subcommand(word).is_some()
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an option of skat's takes the next word as its value; `None` if there is no such
/// option.
fn takes_a_word(long: &str) -> Option<bool> {
    let mut parser = super::super::command();
    parser.build();
    let mut arguments = parser.get_subcommands().flat_map(clap::Command::get_arguments);
    let argument = arguments.find(|argument| argument.get_long() == Some(long))?;
    Some(argument.get_action().takes_values() && !argument.is_require_equals_set())
}

impl Habit {
    fn read(&mut self, words: &[&str]) {
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            let known = match word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                None => {
                    self.words.push(word.to_owned());
                    Some(())
                }
                Some(rest) => match rest.strip_prefix('-') {
                    Some(long) => self.take_long(long, &mut words),
                    None => self.take_letters(rest, &mut words),
                },
            };
            if known.is_none() {
                self.unknown.get_or_insert_with(|| word.to_owned());
            }
        }
    }

    fn take_letters<'a>(
        &mut self,
        letters: &'a str,
        words: &mut impl Iterator<Item = &'a str>,
    ) -> Option<()> {
        for (at, letter) in letters.char_indices() {
            let rest = &letters[at + letter.len_utf8()..];
            if WITH_VALUES.contains(letter) {
                let value = if rest.is_empty() { words.next()? } else { rest };
                return self.take_value(letter, value);
            }
            match letter {
                'l' => (self.listen, self.foreign) = (true, true),
                'u' => (self.udp, self.foreign) = (true, true),
                'U' => (self.unix, self.foreign) = (true, true),
                'd' => (self.no_stdin, self.foreign) = (true, true),
                // What skat does anyway.
                'N' | 't' | 'r' => self.foreign = true,
                'k' => self.keep_open = true,
                'b' => self.broadcast = true,
                'z' => self.probe = true,
                'v' | 'n' | '4' | '6' | 'C' => self.options.push(format!("-{letter}")),
                _ => return None,
            }
        }
        Some(())
    }

    /// Takes an option that has a value.
    fn take_value(&mut self, letter: char, value: &str) -> Option<()> {
        let given = Some(value.to_owned());
        match letter {
            'p' => (self.source_port, self.foreign) = (given, true),
            's' => self.source = given,
            'w' => self.wait = given,
            'm' => self.max_conns = given,
            'q' if value.parse::<f64>().is_err() => return None,
            // Of old, a negative number stands for ever.
            'q' => (self.after_eof, self.foreign) = (given.filter(|it| !it.starts_with('-')), true),
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
                return None;
            }
        }
        Some(())
    }

    /// Takes a socket option that netcat has a letter for.
    fn set_option(&mut self, name: &str, value: &str) {
        self.options.extend(["-O".to_owned(), format!("{name}={value}")]);
        self.foreign = true;
    }

    /// Takes what ncat or skat writes in full; `None` for what neither has.
    fn take_long<'a>(
        &mut self,
        option: &'a str,
        words: &mut impl Iterator<Item = &'a str>,
    ) -> Option<()> {
        let (name, given) = option.split_once('=').map_or((option, None), |(n, v)| (n, Some(v)));
        let mut value = || given.or_else(|| words.next());
        match name {
            "exec" => return self.take_value('e', value()?),
            "sh-exec" => return self.take_value('c', value()?),
            "source" => return self.take_value('s', value()?),
            "max-conns" => return self.take_value('m', value()?),
            "connect-timeout" => return self.take_value('w', value()?),
            "keep-open" => self.keep_open = true,
            "broadcast" => self.broadcast = true,
            "probe" => self.probe = true,
            "no-stdin" => self.no_stdin = true,
            "tls" => self.tls = true,
            _ if self.take_ncat_option(name, &mut value)? => self.foreign = true,
            _ => {
                self.service |=
                    ["echo", "stamp", "discard", "forward", "chat", "broker"].contains(&name);
                self.options.push(format!("--{option}"));
                if takes_a_word(name)? && given.is_none() {
                    self.options.push(value()?.to_owned());
                }
            }
        }
        Some(())
    }

    /// Takes what only ncat writes in full; `false` if it is something else, `None` for want of
    /// a value.
    fn take_ncat_option<'a>(
        &mut self,
        name: &str,
        value: &mut impl FnMut() -> Option<&'a str>,
    ) -> Option<bool> {
        let renamed = [
            ("ssl-cert", "--cert"),
            ("ssl-key", "--key"),
            ("ssl-trustfile", "--ca"),
            ("ssl-servername", "--server-name"),
            ("ssl-alpn", "--alpn"),
        ];
        let new = renamed.iter().find(|(ncat, _)| *ncat == name).map(|(_, skat)| *skat);
        match name {
            "listen" => self.listen = true,
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
            _ => {
                let Some(new) = new else { return Some(false) };
                self.tls = true;
                self.options.extend([new.to_owned(), value()?.to_owned()]);
            }
        }
        Some(true)
    }

    /// True if it asks for something in netcat's way, and is not just words.
    fn asks(&self) -> bool {
        if !self.bare {
            return self.foreign;
        }
        let is_name = |word: &str, marks: &[u8]| {
            word.bytes().all(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte))
        };
        // Words that are no address are somebody else's.
        let is_address = match &self.words[..] {
            [host, port] => is_name(host, b".-:%_") && is_name(port, b"-"),
            [word] => word.contains(':') && is_name(word, b".-:%_[]"),
            _ => false,
        };
        let path = !self.unix || self.words.len() == 1;
        let chosen = self.listen || self.source_port.is_some() || self.udp || self.unix;
        path && (chosen || (is_address && (self.foreign || self.unknown.is_none())))
    }

    /// What to say of a line that is a port, which says nothing of who listens.
    fn lone_port(&self) -> Option<Translation> {
        let [port] = &self.words[..] else { return None };
        let is_port = self.bare && self.unknown.is_none() && is_number(port);
        is_port.then(|| {
            Translation::Unclear(format!(
                "with skat, 'skat tcp-server {port}' listens and 'skat tcp-client {port}' connects"
            ))
        })
    }

    fn command(&self) -> String {
        let transport = match (self.unix, self.udp) {
            (true, _) => "unix",
            (_, true) => "udp",
            _ => "tcp",
        };
        format!("{transport}-{}", if self.listen { "server" } else { "client" })
    }

    /// The words of skat's command line, or why there is none.
    fn line(mut self) -> Result<Vec<String>, String> {
        let runs = ["-e", "-c"].iter().any(|letter| self.options.iter().any(|it| it == letter));
        if runs && !self.listen {
            return Err("skat runs programs for servers only (see 'skat tcp-server --help')".into());
        }
        let address = if self.listen { self.server_address()? } else { self.words.clone() };
        let mut line = vec!["skat".to_owned(), self.command()];
        let mut add = |is_wanted: bool, words: &[&str]| {
            if is_wanted {
                line.extend(words.iter().map(|word| (*word).to_owned()));
            }
        };
        add(self.unix && self.udp, &["--type", "dgram"]);
        // A program serves one after another, unless it is told not to.
        let once = self.bare && runs && !self.keep_open;
        add(once, &["--once"]);
        add(self.keep_open && self.listen && !self.service && !self.udp, &["-k"]);
        add(self.tls, &["--tls"]);
        add(self.probe, &["-z"]);
        let options: Vec<&str> = self.options.iter().map(String::as_str).collect();
        add(true, &options);
        if let Some(most) = self.max_conns.as_deref() {
            // Only a service that goes on has several at a time.
            add(self.service && !once, &["-m", most]);
        }
        // Whom a server answers is never a broadcast address; what is not read has no end.
        add(self.broadcast && self.udp && !self.listen, &["--broadcast"]);
        add(self.no_stdin && !self.udp && !self.service, &["--no-stdin"]);
        add(self.send_only, &["--send-only"]);
        add(self.send_only && !self.udp && self.after_eof.is_none(), &["--after-eof", "0"]);
        add(true, &self.times());
        if let Some(source) = self.client_source() {
            add(true, &["-s", &source]);
        }
        line.extend(address);
        Ok(line)
    }

    /// The options on time.
    fn times(&self) -> Vec<&str> {
        let mut words = Vec::new();
        let exchanges = self.udp && !self.listen && !self.probe;
        if let Some(time) = self.wait.as_deref() {
            match (self.listen, exchanges) {
                // A service of datagrams has nobody to drop.
                (true, _) if self.udp && self.service => {}
                // nc waits for a client for ever, and then for its bytes.
                (true, _) => words.extend(["-i", time]),
                (_, true) if self.after_eof.is_some() => {}
                (_, true) => words.extend(["--after-eof", time]),
                (_, false) if self.probe => words.extend(["-w", time]),
                // It limits a silence too.
                _ => words.extend(["-w", time, "-i", time]),
            }
        }
        if let Some(time) = self.after_eof.as_deref()
            && (exchanges || !(self.udp || self.no_stdin || self.service))
        {
            words.extend(["--after-eof", time]);
        }
        words
    }

    /// HOST and PORT of a server: of old, its own port and address are given as a client's.
    fn server_address(&mut self) -> Result<Vec<String>, String> {
        let mut words = self.words.clone();
        let has_port = self.source_port.is_some();
        if let Some(port) = self.source_port.take() {
            match &words[..] {
                [] => {}
                [host] if !is_number(host) => {}
                _ => return Err(format!("which port is meant, {port} or {}?", words.join(" "))),
            }
            words.push(port);
        }
        if let Some(host) = self.source.take() {
            match &words[..] {
                [] => {}
                [port] if is_number(port) => {}
                _ => return Err(format!("which address is meant, {host} or {}?", words[0])),
            }
            words.insert(0, host);
        }
        // Netcat's one word is a PORT; skat's is, if it is a number or has a colon.
        let is_port = has_port || (self.bare && !self.unix);
        if let [port] = &mut words[..]
            && is_port
            && !is_number(port)
            && !port.contains(':')
        {
            port.insert(0, ':');
        }
        Ok(words)
    }

    /// What a client is to bind first.
    fn client_source(&self) -> Option<String> {
        match (&self.source, &self.source_port) {
            (Some(host), Some(port)) if host.contains(':') => Some(format!("[{host}]:{port}")),
            (host, Some(port)) => Some(format!("{}:{port}", host.as_deref().unwrap_or_default())),
            (host, None) => host.clone(),
        }
    }
}
