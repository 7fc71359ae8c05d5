//! Options of TLS, which every command of streams has.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum, ValueHint};

use super::changes::ChangeArg as _;
use super::refusals::{Given, refuse};
use super::{usage, values};
use crate::net::tls::{
    ClientSettings, Fingerprint, IdentityFiles, Oldest, Options, ServerSettings, Trust,
};

const TLS: &str = "TLS";
const TARGET_TLS: &str = "TLS to the target of --forward tls:HOST:PORT";
/// The default of `--handshake-timeout`.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// What both roles have, where there is a connection to secure.
#[derive(Debug, Args)]
struct TlsArguments {
    /// Speak TLS over the connection
    #[arg(long, help_heading = TLS)]
    tls: bool,
    /// Certificate chain (PEM), for a server that asks for one
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "secured", help_heading = TLS)]
    cert: Option<PathBuf>,
    /// Private key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if not in that file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cert", help_heading = TLS)]
    key: Option<PathBuf>,
    /// Application protocols, best first, as in h2,http/1.1; none in common: status 7
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = protocol, requires = "secured", help_heading = TLS)]
    alpn: Vec<String>,
    /// The oldest TLS version to accept [default: 1.2]
    #[arg(long, value_name = "VERSION", requires = "secured", help_heading = TLS)]
    tls_min: Option<Version>,
    /// Give up a handshake after this long: status 6 [default: 10s]
    #[arg(long, value_name = "DUR", value_parser = values::duration, requires = "secured", help_heading = TLS)]
    handshake_timeout: Option<Duration>,
    /// Treat a close without close_notify as a normal end
    #[arg(long, requires = "secured", help_heading = TLS)]
    ignore_unexpected_eof: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Version {
    /// TLS 1.2 and 1.3
    #[value(name = "1.2")]
    Tls12,
    /// TLS 1.3 only
    #[value(name = "1.3")]
    Tls13,
}

impl TlsArguments {
    fn options(&self) -> Options {
        Options {
            alpn: self.alpn.clone(),
            oldest: match self.tls_min {
                None | Some(Version::Tls12) => Oldest::Tls12,
                Some(Version::Tls13) => Oldest::Tls13,
            },
            handshake_timeout: self.handshake_timeout.unwrap_or(HANDSHAKE_TIMEOUT),
            ignore_unexpected_eof: self.ignore_unexpected_eof,
        }
    }

    fn identity(&self) -> Option<IdentityFiles> {
        let cert = self.cert.clone()?;
        Some(IdentityFiles { cert, key: self.key.clone() })
    }

    fn given(&self) -> [Given<'static>; 6] {
        [
            (self.tls, "--tls"),
            (self.cert.is_some(), "--cert"),
            (!self.alpn.is_empty(), "--alpn"),
            (self.tls_min.is_some(), "--tls-min"),
            (self.handshake_timeout.is_some(), "--handshake-timeout"),
            (self.ignore_unexpected_eof, "--ignore-unexpected-eof"),
        ]
    }
}

/// Whom to trust, where the peer is a server.
#[derive(Debug, Args)]
struct TrustArguments {
    /// Trust the authorities in this file (PEM) instead of the system's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = TLS)]
    ca: Option<PathBuf>,
    /// Accept only the certificate with this SHA-256 fingerprint, whoever issued it; with --ca, both
    /// must hold
    #[arg(long, value_name = "SHA256", value_parser = Fingerprint::parse, help_heading = TLS)]
    pin: Option<Fingerprint>,
    /// Accept any certificate: anyone in between can read and change the data
    #[arg(long, conflicts_with_all = ["ca", "pin"], help_heading = TLS)]
    insecure: bool,
    /// The server name to request and verify, if not HOST
    #[arg(long, value_name = "NAME", help_heading = TLS)]
    server_name: Option<String>,
}

impl TrustArguments {
    fn trust(&self) -> Trust {
        match &self.ca {
            Some(file) => Trust::Authorities(file.clone()),
            None if self.pin.is_some() || self.insecure => Trust::Anybody,
            None => Trust::System,
        }
    }

    fn given(&self) -> [Given<'static>; 4] {
        [
            (self.ca.is_some(), "--ca"),
            (self.pin.is_some(), "--pin"),
            (self.insecure, "--insecure"),
            (self.server_name.is_some(), "--server-name"),
        ]
    }
}

/// What clients have.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("secured").args(["tls"]))]
#[command(change_arg("ca", |arg| arg.requires("tls")))]
#[command(change_arg("pin", |arg| arg.requires("tls")))]
#[command(change_arg("insecure", |arg| arg.requires("tls")))]
#[command(change_arg("server_name", |arg| arg.requires("tls")))]
pub struct TlsClientArguments {
    #[command(flatten)]
    both: TlsArguments,
    #[command(flatten)]
    trust: TrustArguments,
}

impl TlsClientArguments {
    /// How to speak TLS, if asked to.
    pub fn settings(&self) -> Option<ClientSettings> {
        self.both.tls.then(|| ClientSettings {
            options: self.both.options(),
            trust: self.trust.trust(),
            pin: self.trust.pin,
            server_name: self.trust.server_name.clone(),
            identity: self.both.identity(),
        })
    }
}

/// What options are to a server.
const CERT_HELP: &str = "Certificate chain (PEM) [default: a self-signed one, made for this run]";
const HANDSHAKE_TIMEOUT_HELP: &str = "Give up a handshake after this long: status 6 (a service \
    only drops that client) [default: 10s]";
/// What servers have, for their peers and for the target of `--forward tls:HOST:PORT`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("secured").args(["tls", "forward"]).multiple(true))]
#[command(change_arg("cert", |arg| arg.help(CERT_HELP)))]
#[command(change_arg("handshake_timeout", |arg| arg.help(HANDSHAKE_TIMEOUT_HELP)))]
#[command(change_arg("ca", |arg| arg.help_heading(TARGET_TLS)))]
#[command(change_arg("pin", |arg| arg.help_heading(TARGET_TLS)))]
#[command(change_arg("insecure", |arg| arg.help_heading(TARGET_TLS)))]
#[command(change_arg("server_name", |arg| arg.help_heading(TARGET_TLS)))]
pub struct TlsServerArguments {
    #[command(flatten)]
    both: TlsArguments,
    /// Require client certificates issued by an authority in this file (PEM)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "tls", help_heading = TLS)]
    client_ca: Option<PathBuf>,
    #[command(flatten)]
    target: TrustArguments,
}

impl TlsServerArguments {
    /// How to speak TLS, if asked to.
    pub fn settings(&self) -> Option<ServerSettings> {
        self.both.tls.then(|| ServerSettings {
            options: self.both.options(),
            identity: self.both.identity(),
            client_ca: self.client_ca.clone(),
        })
    }

    /// How to speak TLS with a target that is to be forwarded to. Who we are, and the protocols,
    /// are told to the peers if there is TLS with them, and else to the target.
    #[allow(clippy::unnecessary_wraps, reason = "without the feature there is none")]
    pub fn to_target(&self) -> Option<ClientSettings> {
        let options = self.both.options();
        let alpn = if self.both.tls { Vec::new() } else { options.alpn };
        Some(ClientSettings {
            options: Options { alpn, ..options },
            trust: self.target.trust(),
            pin: self.target.pin,
            server_name: self.target.server_name.clone(),
            identity: self.both.identity().filter(|_| !self.both.tls),
        })
    }

    /// Refuses options that are for a target, where none speaks TLS, and all others where no peer
    /// does either.
    pub fn refuse_without_target(&self) -> anyhow::Result<()> {
        let given = self.target.given().into_iter().find(|(given, _)| *given);
        if let Some((_, name)) = given {
            let text = "is for the target of --forward tls:HOST:PORT (--client-ca says which \
                        clients are let in)";
            return usage(format!("{name} {text}"));
        }
        if self.both.tls { Ok(()) } else { refuse(&self.both.given(), "connections without TLS") }
    }

    /// Whether each of these options was given, and its name, for whoever refuses them all.
    pub fn given(&self) -> Vec<Given<'static>> {
        self.both.given().into_iter().chain(self.target.given()).collect()
    }
}

/// Reads the name of a protocol (RFC 7301: 1 to 255 bytes).
fn protocol(text: &str) -> Result<String, String> {
    match text.len() {
        1..=255 => Ok(text.to_owned()),
        length => Err(format!("a protocol's name has 1 to 255 bytes, not {length}")),
    }
}
