//! From what a netcat command line asks for to skat's command line.

use super::Habit;
use crate::net::address::is_number;

impl Habit {
    /// The words of skat's command line, or why there is none.
    pub(super) fn line(mut self) -> Result<Vec<String>, String> {
        let runs = ["-e", "-c"].iter().any(|letter| self.options.iter().any(|it| it == letter));
        if runs && !self.serves {
            return Err("skat runs programs for servers only (see 'skat tcp-server --help')".into());
        }
        if let Some(port) = self.source_port.as_deref().filter(|it| !self.serves && !is_number(it))
        {
            return Err(format!("-p needs a PORT, not '{port}'"));
        }
        let address = if self.serves { self.server_address()? } else { self.words.clone() };
        let mut line = vec!["skat".to_owned(), self.command()];
        let mut add = |is_wanted: bool, words: &[&str]| {
            if is_wanted {
                line.extend(words.iter().map(|word| (*word).to_owned()));
            }
        };
        add(self.unix && self.udp, &["--type", "dgram"]);
        // netcat runs a program for one client, unless it is told to go on.
        let once = self.bare && self.listen && runs && !self.keep_open;
        add(once, &["--once"]);
        // What a client has not shows that a server is meant.
        add(self.keep_open && !(self.serves && (self.service || self.udp)), &["-k"]);
        add(self.tls, &["--tls"]);
        add(self.probe, &["-z"]);
        let options: Vec<&str> = self.options.iter().map(String::as_str).collect();
        add(true, &options);
        if let Some(most) = self.max_conns.as_deref() {
            // Only a service that goes on has several at a time.
            add((self.service && !once) || !self.serves, &["-m", most]);
        }
        // Whom a server answers is never a broadcast address; what is not read has no end.
        add(self.broadcast && self.udp && !self.serves, &["--broadcast"]);
        add(self.no_stdin && !self.udp && !self.service && !self.probe, &["--no-stdin"]);
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
        let exchanges = self.udp && !self.serves && !self.probe;
        if let Some(time) = self.wait.as_deref() {
            match (self.serves, exchanges) {
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
            && (exchanges || !(self.udp || self.no_stdin || self.service || self.probe))
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
