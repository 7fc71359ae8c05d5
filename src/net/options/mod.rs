//! Socket options by name: one table to parse, set, list and document them.

mod set;
mod table;
mod value;

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use anyhow::Context as _;

pub use set::set_keepalive;
pub use table::TABLE;
use value::Value;
pub use value::{form_of, parse_size};

use crate::outcome::{Cause, refusal};
use crate::report::{Report, escape};
use crate::sys::sockopt;

/// When an option is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It decides which socket is made.
    Create,
    /// Before bind, listen and connect; an accepted connection inherits it.
    Open,
    /// On each connection once it stands.
    Connected,
}

/// The type of an option's value and its form on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 1 or 0; 1 if no value is given.
    Flag,
    /// A decimal or 0x number, from the first of these to the second: what the kernel takes, and
    /// does not cut or wrap (ip(7), ipv6(7), tcp(7), socket(7)).
    Number(i64, i64),
    /// The same; 1 if no value is given.
    Count(i64, i64),
    /// Bytes, with K, M or G.
    Size,
    /// The name of an interface, a congestion control …
    Text,
    /// Seconds to linger on close; `off`: do not linger.
    Linger,
    /// 1, 0, or `IDLE[,INTERVAL[,COUNT]]` in seconds.
    Keepalive,
}

/// Where an option applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP over IPv4 or IPv6.
    Tcp,
    /// UDP over IPv4 or IPv6.
    Udp,
    /// Unix sockets of any type.
    Unix,
}

/// One row of the table.
#[derive(Debug)]
pub struct SocketOption {
    /// Its name for `-O`.
    pub name: &'static str,
    /// Level and number, for IPv4 and for either family where there is one.
    pub v4: (i32, i32),
    /// Level and number for IPv6 where they differ.
    pub v6: Option<(i32, i32)>,
    /// Its value's type.
    pub kind: Kind,
    /// When it is set.
    pub phase: Phase,
    /// Where it applies.
    pub transports: &'static [Transport],
    /// What it is, with the manual's name.
    pub about: &'static str,
}

/// An option with the value that the user gave it.
#[derive(Clone, Debug)]
pub struct Setting {
    option: &'static SocketOption,
    value: Value,
    /// As the user wrote it.
    text: String,
}

/// All of a command's `-O`.
#[derive(Clone, Debug, Default)]
pub struct Settings(Vec<Setting>);

impl Settings {
    /// Reads `NAME[=VALUE]` words for a transport.
    ///
    /// # Errors
    /// [`Cause::Usage`] for an unknown name and for a value that is not of the option's type.
    pub fn parse(words: &[String], transport: Transport) -> anyhow::Result<Self> {
        words.iter().map(|word| Setting::parse(word, transport)).collect::<Result<_, _>>().map(Self)
    }

    /// True if the user set the option `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|setting| setting.option.name == name)
    }

    /// True if the user switched the flag `name` on.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.last(name) == Some(&Value::Number(1))
    }

    /// True if close(2) waits for the peer (SO_LINGER with a time in socket(7)).
    #[must_use]
    pub fn let_close_wait(&self) -> bool {
        matches!(self.last("linger"), Some(Value::Linger(Some(1..))))
    }

    fn last(&self, name: &str) -> Option<&Value> {
        let last = self.0.iter().rfind(|setting| setting.option.name == name);
        last.map(|setting| &setting.value)
    }

    /// True if an option is set in this phase.
    #[must_use]
    pub fn has_phase(&self, phase: Phase) -> bool {
        self.0.iter().any(|setting| setting.option.phase == phase)
    }

    /// Sets the options of `phase` on a socket.
    ///
    /// # Errors
    /// The system's refusal, with the option as the user wrote it; [`Cause::Usage`] where it is
    /// the value that is refused.
    pub fn apply(
        &self,
        fd: impl AsFd,
        phase: Phase,
        socket: SocketKind,
        report: Report,
    ) -> anyhow::Result<()> {
        for setting in self.0.iter().filter(|setting| setting.option.phase == phase) {
            let text = escape(setting.text.as_bytes());
            setting
                .apply(fd.as_fd(), socket, report)
                .map_err(|error| {
                    let cause = refusal_cause(&error);
                    crate::outcome::failure(cause, error)
                })
                .with_context(|| format!("set socket option {text}"))?;
            report.step(format!("set socket option {text}"));
        }
        Ok(())
    }
}

/// What an option needs to know of the socket that it is set on.
#[derive(Clone, Copy, Debug)]
pub struct SocketKind {
    /// An IPv6 socket, dual-stack or not.
    pub v6: bool,
    /// A socket that will listen.
    pub listens: bool,
}

fn refusal_cause(error: &io::Error) -> Cause {
    match error.raw_os_error() {
        Some(libc::EINVAL | libc::ENODEV | libc::EDOM | libc::ERANGE | libc::ENOENT) => {
            Cause::Usage
        }
        _ => Cause::Transfer,
    }
}

/// The option that the system calls so: `SO_RCVBUF`.
fn by_system_name(name: &str, transport: Transport) -> Option<&'static SocketOption> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let names =
        |row: &SocketOption| row.about.split(|letter| !is_name(letter)).any(|it| it == name);
    let mut rows = TABLE.iter().filter(|row| row.transports.contains(&transport));
    name.contains('_').then(|| rows.find(|row| names(row))).flatten()
}

impl Setting {
    fn parse(word: &str, transport: Transport) -> anyhow::Result<Self> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let option = TABLE
            .iter()
            .find(|row| row.name == name && row.transports.contains(&transport))
            .ok_or_else(|| {
                let shown = escape(name.as_bytes());
                let advice = match by_system_name(name, transport) {
                    Some(row) => format!("it is '{}' here", row.name),
                    None => "see 'skat info options'".to_owned(),
                };
                refusal(Cause::Usage, format!("unknown socket option '{shown}': {advice}"))
            })?;
        let value = value::parse_value(option.kind, value).ok_or_else(|| {
            let (word, form) = (escape(word.as_bytes()), form_of(option.kind));
            refusal(Cause::Usage, format!("socket option '{word}' takes {form}"))
        })?;
        Ok(Self { option, value, text: word.to_owned() })
    }

    fn apply(&self, fd: BorrowedFd<'_>, socket: SocketKind, report: Report) -> io::Result<()> {
        let option = self.option;
        match &self.value {
            // Already decided by socket(2).
            _ if option.phase == Phase::Create => Ok(()),
            Value::Number(number) if option.name == "fastopen" && !socket.listens => {
                // A client has no queue, only the choice to use the cookies (Linux 4.11).
                let on = sockopt::int(i32::from(*number != 0));
                sockopt::set(fd, libc::IPPROTO_TCP, libc::TCP_FASTOPEN_CONNECT, &on)
            }
            Value::Number(number) if option.kind == Kind::Size => {
                set::set_size(fd, option, *number, report)
            }
            Value::Number(number) => set::set_number(fd, option, *number, socket.v6),
            Value::Text(text) => sockopt::set(fd, option.v4.0, option.v4.1, text.as_bytes()),
            Value::Linger(seconds) => set::set_linger(fd, *seconds),
            Value::Keepalive(on, times) => set_keepalive(fd, *on, times),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Transport::Tcp;
    use super::*;
    use crate::report::{Form, Level};

    #[test]
    fn the_table_is_in_order_and_names_are_unique() {
        assert!(TABLE.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    /// The system takes what the table says that it takes.
    #[test]
    fn both_ends_of_a_range_are_taken_and_no_more() {
        use socket2::{Domain, Socket, Type};
        for option in TABLE {
            let Kind::Number(least, most) = option.kind else { continue };
            let kind = if option.transports.contains(&Tcp) { Type::STREAM } else { Type::DGRAM };
            for number in [least, most] {
                let socket = Socket::new(Domain::IPV4, kind, None).unwrap();
                let word = format!("{}={number}", option.name);
                let setting = Setting::parse(&word, option.transports[0]).unwrap();
                let report = Report { level: Level::Errors, form: Form::Text };
                match setting.apply(socket.as_fd(), SocketKind { v6: false, listens: true }, report)
                {
                    // Not for this user, or not in this kernel.
                    Err(error)
                        if [Some(libc::EPERM), Some(libc::ENOPROTOOPT)]
                            .contains(&error.raw_os_error()) => {}
                    result => result.expect(&word),
                }
            }
            for number in [least - 1, most + 1] {
                let word = format!("{}={number}", option.name);
                let error = Setting::parse(&word, option.transports[0]).unwrap_err();
                let told = format!("socket option '{word}' takes a number from {least} to {most}");
                assert_eq!(error.to_string(), told);
            }
        }
    }

    #[test]
    fn words_become_settings_or_usage_errors() {
        let parse = |word: &str| Setting::parse(word, Transport::Tcp).map(|s| s.value);
        assert_eq!(parse("nodelay").unwrap(), Value::Number(1));
        assert_eq!(parse("nodelay=0").unwrap(), Value::Number(0));
        assert_eq!(parse("rcvbuf=1M").unwrap(), Value::Number(1 << 20));
        assert_eq!(parse("tos=0x10").unwrap(), Value::Number(16));
        assert_eq!(parse("keepalive=60,10,3").unwrap(), Value::Keepalive(true, vec![60, 10, 3]));
        assert_eq!(parse("linger=0").unwrap(), Value::Linger(Some(0)));
        // The system takes an unsigned number as the int with the same bits.
        assert_eq!(parse("mark=0xffffffff").unwrap(), Value::Number(-1));
        for word in [
            "nosuch",
            "rcvbuf",
            "rcvbuf=1X",
            "rcvbuf=9999999999",
            "tos=x",
            "tos=+5",
            "tos=0x+5",
            "broadcast",
        ] {
            let error = parse(word).unwrap_err();
            assert_eq!(crate::outcome::cause_of(&error), Cause::Usage, "{word}");
        }
    }
}
