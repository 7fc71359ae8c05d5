//! HOST and PORT: whom to serve at or to connect to, and what is written there by mistake.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use clap::{Args, ValueHint};

use super::refusals::Given;
use super::usage;
use crate::net::address::{Address, NO_PORT_0, Port};
use crate::net::ports::Ports;
use crate::report::escape;

/// HOST as a client's help has it.
pub const CLIENT_HOST_HELP: &str = "A name or an address [default: localhost]; also HOST:PORT or \
                                    [IPV6]:PORT in one word. One word of only digits is a PORT";
/// HOST as a server's help has it.
pub const SERVER_HOST_HELP: &str = "A name or an address [default: every address of this machine]; \
                                    also HOST:PORT or [IPV6]:PORT in one word. One word of only \
                                    digits is a PORT";
/// What is said of a list to a client.
const CLIENT_TAKES_ONE: &str = "a client connects to one port; --probe takes a list";
/// The same to a server.
const SERVER_TAKES_ONE: &str = "a server serves one port, not a list";

/// HOST and PORT. Their help depends on the command.
#[derive(Debug, Args)]
pub struct AddressArguments {
    #[arg(value_hint = ValueHint::Hostname)]
    host: Option<OsString>,
    /// A number or a service name (as the only word, :http); 21567 by default
    port: Option<OsString>,
}

impl AddressArguments {
    /// Whether HOST or PORT was given.
    pub fn given(&self) -> Given<'static> {
        (self.host.is_some(), "HOST and PORT")
    }

    fn words(&self) -> Vec<OsString> {
        self.host.iter().chain(&self.port).cloned().collect()
    }

    /// For a server.
    pub fn served(&self) -> anyhow::Result<Address> {
        self.refuse_path("unix-server")?;
        self.one_port(SERVER_TAKES_ONE)
    }

    /// For a probe: the host with port 0, and the ports.
    pub fn ports(&self) -> anyhow::Result<(Address, Ports)> {
        self.refuse_path("unix-client")?;
        Ports::parse_words(&self.words())
    }

    /// For a client, which cannot ask port 0.
    pub fn target(&self) -> anyhow::Result<Address> {
        self.refuse_path("unix-client")?;
        let address = self.one_port(CLIENT_TAKES_ONE)?;
        if address.port == Port::Number(0) {
            return usage(NO_PORT_0);
        }
        Ok(address)
    }

    fn one_port(&self, takes_one: &str) -> anyhow::Result<Address> {
        let words = self.words();
        if words.last().is_some_and(|word| is_list(word, words.len() == 1)) {
            return usage(takes_one);
        }
        let address = Address::parse(&words)?;
        match &address.port {
            Port::Service(name) if is_range(name) => usage(takes_one),
            _ => Ok(address),
        }
    }

    /// Refuses a path, for which the command `unix` is.
    fn refuse_path(&self, unix: &str) -> anyhow::Result<()> {
        let Some(host) = &self.host else { return Ok(()) };
        let path =
            host.as_bytes().strip_prefix(b"unix:").map_or(host.as_os_str(), OsStr::from_bytes);
        // A host may be called 'unix', but no service has a dot or a slash in its name.
        if is_path(path) || (path != host && path.as_bytes().contains(&b'.')) {
            let (word, path) = (escape(host.as_bytes()), escape(path.as_bytes()));
            return usage(format!("'{word}' is not a HOST; for a Unix socket: skat {unix} {path}"));
        }
        Ok(())
    }
}

/// True for several ports with commas between; neither a host nor a service has one in its name. A
/// word that `may_be_host` is a list only of numbers, or behind a colon.
fn is_list(word: &OsStr, may_be_host: bool) -> bool {
    let word = word.as_bytes();
    let is_number = |byte: &u8| byte.is_ascii_digit() || b",-".contains(byte);
    word.contains(&b',') && (!may_be_host || word.contains(&b':') || word.iter().all(is_number))
}

/// True for what can be the path or the abstract name of a Unix socket, and no HOST.
fn is_path(word: &OsStr) -> bool {
    let word = word.as_bytes();
    let begins = [&b"/"[..], b"./", b"../", b"@"].iter().any(|begin| word.starts_with(begin));
    begins || (word.contains(&b'/') && !word.contains(&b':'))
}

/// True for what only a probe takes for PORT. Names of services may have a hyphen too.
fn is_range(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// Refuses a target of --forward that is a path without what says so.
pub fn refuse_bare_path(word: &OsStr) -> anyhow::Result<()> {
    if is_path(word) {
        let path = escape(word.as_bytes());
        return usage(format!("--forward: '{path}' has no port; for a Unix socket: unix:{path}"));
    }
    Ok(())
}
