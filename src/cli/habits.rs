//! Netcat's command line, answered with skat's.

use std::ffi::OsString;

use crate::report::escape;

/// What a netcat command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Habit {
    listen: bool,
    /// A letter that means something else to skat, or nothing.
    foreign: bool,
    udp: bool,
    unix: bool,
    keep_open: bool,
    /// All peers are joined; skat's option has the same name as ncat's.
    joined: Option<String>,
    broadcast: bool,
    no_stdin: bool,
    after_eof: Option<String>,
    source_port: Option<String>,
    /// What a server runs for each peer, with its letter.
    program: Option<[String; 2]>,
    options: Vec<String>,
    words: Vec<String>,
}

/// The skat command line that does what a netcat one asks for; `None` if it names a command of
/// skat's, or asks for nothing.
#[must_use]
pub fn translate(arguments: &[OsString]) -> Option<String> {
    // ncat has what skat has not, such as TLS over UDP.
    translated(arguments)
        .filter(|line| shlex::split(line).is_some_and(|words| super::Command::parse(words).is_ok()))
}

fn translated(arguments: &[OsString]) -> Option<String> {
    let words = arguments.iter().skip(1).map(plain).collect::<Option<Vec<String>>>()?;
    let first = words.first()?;
    if super::command().find_subcommand(first).is_none() {
        return read(&words).filter(Habit::asks).and_then(Habit::command_line);
    }
    // The right command with netcat's letters.
    let (transport, role) = first.split_once('-')?;
    let mut habit = read(&words[1..]).filter(|habit| habit.foreign)?;
    habit.listen |= role == "server";
    habit.udp |= transport == "udp";
    habit.unix |= transport == "unix";
    habit.command_line()
}

/// A word that can be shown as it is: escaped, it would be another word.
fn plain(word: &OsString) -> Option<String> {
    let word = word.to_str()?;
    let is_plain = escape(word.as_bytes()) == word.replace('\\', "\\\\");
    is_plain.then(|| word.to_owned())
}

fn read(words: &[String]) -> Option<Habit> {
    let mut habit = Habit::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            habit.words.push(word.clone());
            continue;
        };
        if let Some(name) = letters.strip_prefix('-') {
            habit.take_long(name)?;
            continue;
        }
        for (at, letter) in letters.char_indices() {
            let rest = &letters[at + letter.len_utf8()..];
            let mut value = || {
                if rest.is_empty() { words.next().cloned() } else { Some(rest.to_owned()) }
            };
            match letter {
                'l' => (habit.listen, habit.foreign) = (true, true),
                'u' => (habit.udp, habit.foreign) = (true, true),
                'U' => (habit.unix, habit.foreign) = (true, true),
                'k' => habit.keep_open = true,
                'p' => (habit.source_port, habit.foreign) = (Some(value()?), true),
                's' | 'w' | 'i' => habit.options.extend([format!("-{letter}"), value()?]),
                'v' | 'n' | '4' | '6' | 'C' | 'z' => habit.options.push(format!("-{letter}")),
                // What skat does anyway.
                'N' | 't' | 'r' => habit.foreign = true,
                'e' | 'c' => habit.program = Some([format!("-{letter}"), value()?]),
                'd' => (habit.no_stdin, habit.foreign) = (true, true),
                'b' => habit.broadcast = true,
                'q' => (habit.after_eof, habit.foreign) = (Some(value()?), true),
                _ => return None,
            }
            if matches!(letter, 'p' | 's' | 'w' | 'i' | 'q' | 'e' | 'c') {
                break;
            }
        }
    }
    // No client of skat's runs a program.
    let runs = habit.program.is_none() || habit.listen;
    (runs && habit.words.len() <= 2).then_some(habit)
}

impl Habit {
    /// Takes what ncat writes in full; `None` for what is not known.
    fn take_long(&mut self, name: &str) -> Option<()> {
        match name {
            "listen" => (self.listen, self.foreign) = (true, true),
            "udp" => (self.udp, self.foreign) = (true, true),
            "unixsock" => (self.unix, self.foreign) = (true, true),
            "keep-open" => self.keep_open = true,
            "recv-only" => (self.no_stdin, self.foreign) = (true, true),
            "no-shutdown" => {
                self.foreign = true;
                self.options.push("--no-half-close".to_owned());
            }
            "ssl" => {
                self.foreign = true;
                self.options.push("--tls".to_owned());
            }
            // What skat does anyway.
            "ssl-verify" => self.foreign = true,
            "chat" | "broker" => self.joined = Some(format!("--{name}")),
            "send-only" => self.options.push(format!("--{name}")),
            _ => return None,
        }
        Some(())
    }
}

impl Habit {
    /// True if it asks for something, and is not just a word.
    fn asks(&self) -> bool {
        // Two words that are no address are somebody else's.
        let address = self.words.len() == 2
            && self.words[0]
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-:%_".contains(&byte))
            && self.words[1].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let path = !self.unix || self.words.len() == 1;
        path && (self.listen || self.source_port.is_some() || address || self.udp || self.unix)
    }

    /// The line as a shell takes it.
    fn command_line(self) -> Option<String> {
        let transport = match (self.unix, self.udp) {
            (true, _) => "unix",
            (_, true) => "udp",
            _ => "tcp",
        };
        let role = if self.listen { "server" } else { "client" };
        let mut line = vec!["skat".to_owned(), format!("{transport}-{role}")];
        if self.unix && self.udp {
            line.extend(["--type", "dgram"].map(str::to_owned));
        }
        match (self.program.is_some(), self.keep_open) {
            _ if self.joined.is_some() => line.extend(self.joined),
            // A program serves one after another, unless it is told not to.
            (true, false) => line.push("--once".to_owned()),
            (false, true) if self.listen && !self.udp => line.push("-k".to_owned()),
            _ => {}
        }
        line.extend(self.options);
        line.extend(self.program.into_iter().flatten());
        // Whom a server answers is never a broadcast address; what is not read has no end.
        if self.broadcast && self.udp && !self.listen {
            line.push("--broadcast".to_owned());
        }
        match self.after_eof {
            _ if self.no_stdin && !self.udp => line.push("--no-stdin".to_owned()),
            Some(seconds) if !(self.udp && self.listen) => {
                line.extend(["--after-eof".to_owned(), seconds]);
            }
            _ => {}
        }
        match self.source_port {
            // Of old, a server's port was given like a client's own.
            Some(port) if self.listen => line.push(port),
            Some(port) => line.extend(["-s".to_owned(), format!(":{port}")]),
            None => {}
        }
        line.extend(self.words);
        shlex::try_join(line.iter().map(String::as_str)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "tls")]
    #[test]
    fn ncat_s_tls_becomes_skat_s() {
        for (ncat, skat) in [
            ("--ssl host 443", "skat tcp-client --tls host 443"),
            ("--listen --ssl 443", "skat tcp-server --tls 443"),
            ("tcp-client --ssl host 443", "skat tcp-client --tls host 443"),
        ] {
            let words: Vec<OsString> = format!("skat {ncat}").split(' ').map(Into::into).collect();
            assert_eq!(translate(&words).as_deref(), Some(skat), "{ncat}");
        }
    }

    #[test]
    fn netcat_lines_become_skat_lines() {
        for (netcat, skat) in [
            ("-l 8080", "skat tcp-server 8080"),
            ("-lvp 8080", "skat tcp-server -v 8080"),
            ("-lk 8080", "skat tcp-server -k 8080"),
            ("host 80", "skat tcp-client host 80"),
            ("-u host 53", "skat udp-client host 53"),
            ("-ul 53", "skat udp-server 53"),
            ("-p 1000 host 80", "skat tcp-client -s :1000 host 80"),
            ("-w3 host 80", "skat tcp-client -w 3 host 80"),
            ("-d -q 1 host 80", "skat tcp-client --no-stdin host 80"),
            ("-q 1 host 80", "skat tcp-client --after-eof 1 host 80"),
            ("-ub host 80", "skat udp-client --broadcast host 80"),
            ("-lub 80", "skat udp-server 80"),
            ("-lU path", "skat unix-server path"),
            ("-NU path", "skat unix-client path"),
            ("-lkU path", "skat unix-server -k path"),
            ("-zv host 20-30", "skat tcp-client -z -v host 20-30"),
            ("-uU path", "skat unix-client --type dgram path"),
            ("-luU path", "skat unix-server --type dgram path"),
            ("-l --chat 80", "skat tcp-server --chat 80"),
            ("-lk --broker 80", "skat tcp-server --broker 80"),
            ("--recv-only host 80", "skat tcp-client --no-stdin host 80"),
            ("tcp-server -l -p 80", "skat tcp-server 80"),
            ("-lk -e /bin/cat 80", "skat tcp-server -e /bin/cat 80"),
            ("-lc a;b 80", "skat tcp-server --once -c 'a;b' 80"),
            ("tcp-client -u host 80", "skat udp-client host 80"),
        ] {
            let line = format!("skat {netcat}");
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(translate(&words).as_deref(), Some(skat), "{netcat}");
        }
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let program = r#"printf "a\tb""#;
        let line = translate(&words(&["skat", "-l", "-c", program, "80"])).unwrap();
        let wanted = ["skat", "tcp-server", "--once", "-c", program, "80"];
        assert_eq!(shlex::split(&line).unwrap(), wanted);
        assert_eq!(translate(&words(&["skat", "-l", "-c", "a\tb", "80"])), None);
        for other in [
            "skat",
            "skat tcp-server --nosuch",
            "skat tcp-server -Q",
            "skat --nosuch",
            "skat -lU path 80",
            "skat -u --ssl host 80",
            "skat --chat host 80",
            "skat -Q",
            "skat -e sh host 80",
        ] {
            let words: Vec<OsString> = other.split(' ').map(OsString::from).collect();
            assert_eq!(translate(&words), None, "{other}");
        }
    }
}
