//! Every line on stderr: one event a line, as text or as JSON.
//!
//! A [`Report`] says how much is told and in which form; it is a small value that is handed to
//! whoever has something to tell. Bytes that a peer chose reach stderr only through [`escape()`].

mod escape;
mod event;
pub mod prompt;
mod stderr;

use std::fmt::Write as _;
use std::io;

use nix::errno::Errno;
use serde_json::Value;

pub use escape::escape;
pub use event::Event;
use stderr::Stderr;
pub use stderr::share as share_stderr;

use crate::outcome::{self, Cause, Outcome, cause_of};

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Errors only.
    Errors,
    /// Also where a server listens, and warnings.
    Normal,
    /// Also connections (`-v`).
    Connections,
    /// Also each step (`-vv`).
    Steps,
}

/// The form of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `skat: ` and a sentence.
    Text,
    /// One JSON object.
    Json,
}

/// Tells stderr what happens.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// How much is told.
    pub level: Level,
    /// The form of each line.
    pub form: Form,
}

/// What is known of a conversation or connection when it is over.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    /// Our address.
    pub local: Option<String>,
    /// The peer's address.
    pub peer: Option<String>,
    /// Bytes that came from the peer.
    pub bytes_in: u64,
    /// Bytes that were sent to the peer.
    pub bytes_out: u64,
    /// How long it lasted.
    pub seconds: f64,
    /// Why it is over.
    pub reason: String,
}

type Fields<'a> = &'a [(&'a str, Value)];

impl Report {
    /// True if connections are told: what is costly to put together need not be otherwise.
    #[must_use]
    pub fn tells_connections(self) -> bool {
        self.level >= Level::Connections
    }

    /// True if each step is told.
    #[must_use]
    pub fn tells_steps(self) -> bool {
        self.level >= Level::Steps
    }

    /// A server listens on `local`.
    pub fn listening(self, local: &str) {
        let fields = [("local", local.into())];
        self.tell(Level::Normal, Event::Listening, &format!("listening on {local}"), &fields);
    }

    /// An address is tried.
    pub fn connecting(self, peer: &str) {
        let fields = [("peer", peer.into())];
        self.tell(Level::Steps, Event::Connecting, &format!("connecting to {peer}"), &fields);
    }

    /// A connection stands.
    pub fn connected(self, local: &str, peer: &str) {
        let text = format!("connected {local} with {peer}");
        let fields = [("local", local.into()), ("peer", peer.into())];
        self.tell(Level::Connections, Event::Connected, &text, &fields);
    }

    /// A connection stands, is secured, and its peer verified; `agreed` says how and who.
    pub fn secured(self, local: &str, peer: &str, agreed: &[(&'static str, String)]) {
        let details: Vec<String> =
            agreed.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let text = format!("connected {local} with {peer}: {}", details.join(", "));
        let mut fields = vec![("local", local.into()), ("peer", peer.into())];
        fields.extend(agreed.iter().map(|(name, value)| (*name, value.as_str().into())));
        self.tell(Level::Connections, Event::Connected, &text, &fields);
    }

    /// A server has made itself a certificate, which its clients know by this.
    pub fn certificate(self, fingerprint: &str) {
        let text = format!("made a certificate for this run; connect with --pin {fingerprint}");
        let fields = [("fingerprint", fingerprint.into())];
        self.tell(Level::Normal, Event::Certificate, &text, &fields);
    }

    /// A peer was not let in.
    pub fn denied(self, peer: &str) {
        let fields = [("peer", peer.into())];
        self.tell(Level::Connections, Event::Denied, &format!("denied {peer}"), &fields);
    }

    /// A port that was probed is not open.
    pub fn not_open(self, peer: &str, error: &anyhow::Error) {
        if self.tells_connections() {
            let text = sentence(error);
            let status = outcome::cause_of(error).status();
            let fields = [
                ("peer", peer.into()),
                ("reason", text.as_str().into()),
                ("status", status.into()),
            ];
            self.tell(Level::Connections, Event::NotOpen, &text, &fields);
        }
    }

    /// A connection is over.
    pub fn disconnected(self, ended: &Ended) {
        self.tell_end(Event::Disconnected, None, ended);
    }

    /// The run is over; the reason in `ended` is that of a run that was neither stopped nor failed.
    pub fn ended(self, result: &anyhow::Result<Outcome>, mut ended: Ended) {
        let status = match result {
            Ok(outcome) => outcome.status(),
            Err(error) => cause_of(error).status(),
        };
        match result {
            Ok(Outcome::Signal(signal)) => ended.reason = format!("stopped by signal {signal}"),
            Ok(_) => {}
            Err(error) => ended.reason = sentence(error),
        }
        self.tell_end(Event::Ended, Some(status), &ended);
    }

    fn tell_end(self, event: Event, status: Option<u8>, ended: &Ended) {
        if !self.tells_connections() {
            return;
        }
        let mut fields: Vec<(&str, Value)> = Vec::new();
        let mut text = event.name().to_owned();
        if let Some(local) = &ended.local {
            fields.push(("local", local.as_str().into()));
        }
        if let Some(peer) = &ended.peer {
            fields.push(("peer", peer.as_str().into()));
            let _ = write!(text, " {peer}");
        }
        let _ = write!(
            text,
            ": {} ({} bytes in, {} out, {:.3} s)",
            ended.reason, ended.bytes_in, ended.bytes_out, ended.seconds
        );
        fields.push(("bytes_in", ended.bytes_in.into()));
        fields.push(("bytes_out", ended.bytes_out.into()));
        fields.push(("seconds", ended.seconds.into()));
        fields.push(("reason", ended.reason.as_str().into()));
        if let Some(status) = status {
            fields.push(("status", status.into()));
        }
        self.tell(Level::Connections, event, &text, &fields);
    }

    /// A datagram of `bytes` bytes came from `peer`.
    pub fn datagram(self, local: &str, peer: &str, bytes: usize) {
        let text = format!("datagram of {bytes} bytes from {peer}");
        let fields =
            [("local", local.into()), ("peer", peer.into()), ("bytes_in", (bytes as u64).into())];
        self.tell(Level::Connections, Event::Datagram, &text, &fields);
    }

    /// A step that only `-vv` shows.
    pub fn step(self, text: impl AsRef<str>) {
        let text = text.as_ref();
        self.tell(Level::Steps, Event::Step, text, &[("reason", text.into())]);
    }

    /// This many datagrams that came to `local` were lost there; only `-v` shows it.
    pub fn lost(self, local: &str, datagrams: u32) {
        let text =
            format!("{datagrams} datagrams were lost at {local}: the receive buffer was full");
        let fields = [("local", local.into()), ("reason", text.as_str().into())];
        self.tell(Level::Connections, Event::Warning, &text, &fields);
    }

    /// Something that the user should know though nothing failed.
    pub fn warning(self, text: impl AsRef<str>) {
        let text = text.as_ref();
        self.tell(Level::Normal, Event::Warning, text, &[("reason", text.into())]);
    }

    /// A possible reason for something unexpected; if it is not `likely`, only `-v` shows it.
    pub fn hint(self, likely: bool, text: impl AsRef<str>) {
        let text = text.as_ref();
        let level = if likely { Level::Normal } else { Level::Connections };
        self.tell(level, Event::Warning, text, &[("reason", text.into())]);
    }

    /// Something failed. If stdout's reader has gone, nothing is reported.
    pub fn error(self, error: &anyhow::Error) {
        if outcome::is_reader_gone(error) {
            return;
        }
        let mut text = sentence(error);
        if let Some(advice) = advice(error) {
            let _ = write!(text, " ({advice})");
        }
        let mut fields: Vec<(&str, Value)> = Vec::new();
        if let Some(peer) = outcome::peer_of(error) {
            fields.push(("peer", peer.into()));
        }
        fields.push(("reason", text.as_str().into()));
        fields.push(("status", outcome::cause_of(error).status().into()));
        self.tell(Level::Errors, Event::Error, &text, &fields);
    }

    fn tell(self, level: Level, event: Event, text: &str, fields: Fields) {
        if self.level < level {
            return;
        }
        let Some((stderr, lost)) = Stderr::with_room() else { return };
        let line = self.line(level, event, text, fields);
        stderr.write(&(prompt::line_end().to_owned() + &self.missing(lost) + &line));
    }

    /// Tells of lines that found no room, if it finds some itself. After the last line.
    pub fn tell_missing(self) {
        if stderr::lost() > 0
            && let Some((stderr, lost)) = Stderr::with_room()
        {
            stderr.write(&self.missing(lost));
        }
    }

    fn missing(self, lost: u64) -> String {
        if lost == 0 {
            return String::new();
        }
        let text = format!("{lost} lines are missing here: stderr was not read");
        self.line(Level::Normal, Event::Warning, &text, &[("reason", text.as_str().into())])
    }

    fn line(self, level: Level, event: Event, text: &str, fields: Fields) -> String {
        match self.form {
            Form::Text => format!("{} {text}\n", prefix(level)),
            Form::Json => json_line(event, fields),
        }
    }
}

fn prefix(level: Level) -> &'static str {
    if level == Level::Errors && allows_colour(&io::stderr()) {
        "\x1b[31mskat:\x1b[0m"
    } else {
        "skat:"
    }
}

/// True for a terminal that has colours (`TERM`), unless the user wants none (`NO_COLOR`).
#[must_use]
pub fn allows_colour(stream: &impl io::IsTerminal) -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_none_or(|terminal| terminal == "dumb");
    !unwanted && !dumb && stream.is_terminal()
}

fn json_line(event: Event, fields: Fields) -> String {
    let now = jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string();
    let mut line = format!("{{\"time\":\"{now}\",\"event\":\"{}\"", event.name());
    for (name, value) in fields {
        let _ = write!(line, ",\"{name}\":{value}");
    }
    line.push_str("}\n");
    line
}

/// The whole chain of an error as one line: operation, address, reason.
#[must_use]
pub fn sentence(error: &anyhow::Error) -> String {
    let parts: Vec<String> = outcome::links(error)
        .into_iter()
        .map(|link| link.downcast_ref::<io::Error>().map_or_else(|| link.to_string(), reason))
        .collect();
    parts.join(": ")
}

/// An error in the system's words (strerror(3)), without its number.
#[must_use]
pub fn system_text(error: &io::Error) -> String {
    let text = error.to_string();
    let number = error.raw_os_error().map(|number| format!(" (os error {number})"));
    number.and_then(|number| text.strip_suffix(&number)).unwrap_or(&text).to_owned()
}

/// The reason of a failed system call, as a part of a sentence.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    let text = system_text(error);
    let acronym = text.chars().take(2).all(char::is_uppercase);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if !acronym => first.to_lowercase().chain(letters).collect(),
        _ => text,
    }
}

/// What the user can do about an error, where there is something.
fn advice(error: &anyhow::Error) -> Option<&'static str> {
    let number = outcome::find::<io::Error>(error)?.raw_os_error()?;
    match (outcome::cause_of(error), Errno::from_raw(number)) {
        (Cause::Bind, Errno::EADDRINUSE) => Some(
            "something there still uses it, which 'ss -tunlp' may show: choose another port, or 0 for \
             any",
        ),
        (Cause::Bind, Errno::EACCES) => Some("ports below 1024 need root or CAP_NET_BIND_SERVICE"),
        (Cause::Bind, Errno::EADDRNOTAVAIL) => {
            Some("no interface here has this address: see 'skat info interfaces'")
        }
        // Of a Unix socket.
        (Cause::Unreachable, Errno::ENOENT) => {
            Some("nothing serves there; --retry-for waits for a server")
        }
        (Cause::Unreachable, Errno::ECONNREFUSED) => {
            Some("nothing listens there; --retry-for waits for a server")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::WithCause as _;
    use anyhow::Context as _;

    #[test]
    fn an_error_names_operation_address_and_reason() {
        let error = Err::<(), _>(io::Error::from_raw_os_error(libc::ECONNREFUSED))
            .cause(Cause::Unreachable)
            .context("connect 127.0.0.1:9")
            .unwrap_err();
        assert_eq!(sentence(&error), "connect 127.0.0.1:9: connection refused");
    }

    #[test]
    fn json_lines_are_json() {
        let line = json_line(Event::Error, &[("reason", "a \"quoted\"\nline".into())]);
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["reason"], "a \"quoted\"\nline");
    }
}
