//! Options of TLS, which every command of streams has.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::values;
use crate::net::tls::{
    ClientSettings, Fingerprint, IdentityFiles, Manner, Oldest, ServerSettings, Trust,
};

const TLS: &str = "TLS";
/// The default of `--handshake-timeout`.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// What both roles have.
#[derive(Debug, Args)]
struct TlsArguments {
    /// Speak TLS over the connection
    #[arg(long, help_heading = TLS)]
    tls: bool,
    /// Our certificate and those that vouch for it, in PEM
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "tls", help_heading = TLS)]
    cert: Option<PathBuf>,
    /// The key of --cert (PKCS#8, PKCS#1 or SEC1 in PEM), if it is not in that file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cert", help_heading = TLS)]
    key: Option<PathBuf>,
    /// Application protocols to agree on, best first, as in h2,http/1.1
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = protocol, requires = "tls", help_heading = TLS)]
    alpn: Vec<String>,
    /// The oldest version to accept
    #[arg(long, value_name = "VERSION", default_value = "1.2", requires = "tls", help_heading = TLS)]
    tls_min: Version,
    /// Give up a handshake after this long: status 6
    #[arg(long, value_name = "DUR", value_parser = values::duration, default_value = "10s", requires = "tls", help_heading = TLS)]
    handshake_timeout: Duration,
    /// Take an end without close_notify for an end, and not for a broken transfer
    #[arg(long, requires = "tls", help_heading = TLS)]
    ignore_unexpected_eof: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Version {
    /// TLS 1.2
    #[value(name = "1.2")]
    Tls12,
    /// TLS 1.3
    #[value(name = "1.3")]
    Tls13,
}

impl TlsArguments {
    fn manner(&self) -> Manner {
        Manner {
            alpn: self.alpn.clone(),
            oldest: match self.tls_min {
                Version::Tls12 => Oldest::Tls12,
                Version::Tls13 => Oldest::Tls13,
            },
            handshake_timeout: self.handshake_timeout,
            ignore_unexpected_eof: self.ignore_unexpected_eof,
        }
    }

    fn identity(&self) -> Option<IdentityFiles> {
        let cert = self.cert.clone()?;
        Some(IdentityFiles { cert, key: self.key.clone() })
    }
}

/// What clients have.
#[derive(Debug, Args)]
pub struct TlsClientArguments {
    #[command(flatten)]
    both: TlsArguments,
    /// Trust the authorities in this file (PEM) instead of those that the system knows
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "tls", help_heading = TLS)]
    ca: Option<PathBuf>,
    /// Accept only the certificate with this SHA-256 fingerprint, whoever vouches for it
    #[arg(long, value_name = "SHA256", value_parser = Fingerprint::parse, requires = "tls", conflicts_with = "ca", help_heading = TLS)]
    pin: Option<Fingerprint>,
    /// Accept any certificate: whoever is in between can read and change everything
    #[arg(long, requires = "tls", conflicts_with_all = ["ca", "pin"], help_heading = TLS)]
    insecure: bool,
    /// The name to ask for and to verify, if it is not HOST
    #[arg(long, value_name = "NAME", requires = "tls", help_heading = TLS)]
    server_name: Option<String>,
}

impl TlsClientArguments {
    /// How to speak TLS, if asked to.
    pub fn settings(&self) -> Option<ClientSettings> {
        self.both.tls.then(|| ClientSettings {
            manner: self.both.manner(),
            trust: match (&self.ca, self.pin, self.insecure) {
                (Some(file), ..) => Trust::Authorities(file.clone()),
                (_, Some(pin), _) => Trust::Pin(pin),
                (.., true) => Trust::Anybody,
                _ => Trust::System,
            },
            server_name: self.server_name.clone(),
            identity: self.both.identity(),
        })
    }
}

/// What --cert is to a server.
const SERVER_CERT_HELP: &str = "Our certificate and those that vouch for it, in PEM; without one, a \
    certificate is made for the run";
/// What --handshake-timeout is to a server.
const SERVER_TIMEOUT_HELP: &str =
    "Give up a handshake after this long: status 6 (a service only drops that peer)";

/// What servers have.
#[derive(Debug, Args)]
#[command(mut_arg("cert", |arg| arg.help(SERVER_CERT_HELP)))]
#[command(mut_arg("handshake_timeout", |arg| arg.help(SERVER_TIMEOUT_HELP)))]
pub struct TlsServerArguments {
    #[command(flatten)]
    both: TlsArguments,
    /// Let in only clients with a certificate that an authority in this file (PEM) vouches for
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "tls", help_heading = TLS)]
    client_ca: Option<PathBuf>,
}

impl TlsServerArguments {
    /// How to speak TLS, if asked to.
    pub fn settings(&self) -> Option<ServerSettings> {
        self.both.tls.then(|| ServerSettings {
            manner: self.both.manner(),
            identity: self.both.identity(),
            client_ca: self.client_ca.clone(),
        })
    }
}

/// How a server speaks TLS with those that it forwards to: verified by the authorities that the
/// system knows.
#[allow(clippy::unnecessary_wraps, reason = "without the feature there is none")]
pub fn to_target() -> Option<ClientSettings> {
    let manner = Manner {
        alpn: Vec::new(),
        oldest: Oldest::Tls12,
        handshake_timeout: HANDSHAKE_TIMEOUT,
        ignore_unexpected_eof: false,
    };
    Some(ClientSettings { manner, trust: Trust::System, server_name: None, identity: None })
}

/// Reads the name of a protocol (RFC 7301: 1 to 255 bytes).
fn protocol(text: &str) -> Result<String, String> {
    match text.len() {
        1..=255 => Ok(text.to_owned()),
        length => Err(format!("a protocol's name has 1 to 255 bytes, not {length}")),
    }
}
