//! TLS: whom to trust, who we are, and what was agreed on. The records themselves are handled by
//! the engine.

mod certificate;
mod client;
mod connection;
mod explanation;
mod files;
mod server;
mod verifier;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::client::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::server::ServerConfig;
use rustls::{CipherSuite, KeyLog, KeyLogFile, SupportedCipherSuite, SupportedProtocolVersion};

pub use client::{ClientSettings, Trust};
pub use connection::{Connection, negotiated};
pub use explanation::{explain, interrupted};
pub use files::IdentityFiles;
pub use server::{ServerFiles, ServerSettings};
use verifier::Verifier;

use crate::outcome::{Cause, IoFailure, refusal};
use crate::report::{Report, escape};

/// A certificate's SHA-256, which identifies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

/// The oldest version of the protocol that is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oldest {
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

/// How TLS is spoken, in either role.
#[derive(Clone, Debug)]
pub struct Options {
    /// The protocols to choose from, best first (ALPN, RFC 7301).
    pub alpn: Vec<String>,
    /// The oldest version.
    pub oldest: Oldest,
    /// How long a handshake may take.
    pub handshake_timeout: Duration,
    /// An end without close_notify is an end.
    pub ignore_unexpected_eof: bool,
}

/// What connections are made from: all that does not change from one to the next.
#[derive(Clone, Debug)]
pub struct Context {
    side: Side,
    /// How long a handshake may take.
    pub handshake_timeout: Duration,
    /// An end without close_notify is an end.
    pub ignore_unexpected_eof: bool,
}

#[derive(Clone, Debug)]
enum Side {
    Client { config: Arc<ClientConfig>, name: ServerName<'static>, verifier: Verifier },
    Server(Arc<ServerConfig>),
}

impl Context {
    fn new(side: Side, options: &Options) -> Self {
        Self {
            side,
            handshake_timeout: options.handshake_timeout,
            ignore_unexpected_eof: options.ignore_unexpected_eof,
        }
    }

    /// A connection whose handshake has not begun.
    pub fn connection(&self) -> Result<Connection, IoFailure> {
        match &self.side {
            Side::Client { config, name, verifier } => {
                Connection::client(config, name.clone(), verifier)
            }
            Side::Server(config) => Connection::server(config),
        }
        .map_err(|error| IoFailure::new(Cause::Tls, error.to_string()))
    }

    /// Refuses a server that has left it open which protocol is spoken (RFC 7301, section 3.1),
    /// where the user said which: what is sent next is for that one.
    ///
    /// # Errors
    /// [`Cause::Tls`].
    pub fn require_protocol(&self, connection: &Connection) -> Result<(), IoFailure> {
        match &self.side {
            Side::Client { config, .. }
                if !config.alpn_protocols.is_empty() && connection.alpn().is_none() =>
            {
                let text = "the server chose none of the protocols in --alpn";
                Err(IoFailure::new(Cause::Tls, text))
            }
            _ => Ok(()),
        }
    }

    /// Warns the user of a server that was not verified.
    pub fn warn(&self, connection: &Connection, report: Report) {
        let Side::Client { verifier, .. } = &self.side else { return };
        if let (false, Some(certificate)) = (verifier.verifies(), connection.peer_certificate()) {
            let fingerprint = Fingerprint::of(certificate);
            report.warning(format!(
                "certificate not verified (--insecure); fingerprint {fingerprint}"
            ));
        }
    }
}

/// The ciphers that are fastest here, and no weaker than others.
const FASTEST: [CipherSuite; 3] = [
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
];

/// ring's cryptography, with the fastest ciphers of each version first.
fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
        let mut provider = rustls::crypto::ring::default_provider();
        let order = |suite: &SupportedCipherSuite| {
            (suite.tls13().is_none(), !FASTEST.contains(&suite.suite()))
        };
        provider.cipher_suites.sort_by_key(order);
        Arc::new(provider)
    });
    Arc::clone(&PROVIDER)
}

fn versions(oldest: Oldest) -> &'static [&'static SupportedProtocolVersion] {
    static ALL: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];
    match oldest {
        Oldest::Tls12 => &ALL,
        Oldest::Tls13 => &ALL[..1],
    }
}

fn protocols(options: &Options) -> Vec<Vec<u8>> {
    options.alpn.iter().map(|name| name.clone().into_bytes()).collect()
}

/// A log of the keys where `SSLKEYLOGFILE` asks for one, as browsers and curl do.
fn key_log(report: Report) -> anyhow::Result<Option<Arc<dyn KeyLog>>> {
    let Some(path) = std::env::var_os("SSLKEYLOGFILE").filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let log = KeyLogFile::new();
    let shown = escape(path.as_encoded_bytes());
    if let Err(error) = std::fs::OpenOptions::new().append(true).open(&path) {
        let reason = crate::report::reason(&error);
        return Err(refusal(Cause::Usage, format!("SSLKEYLOGFILE: write {shown}: {reason}")));
    }
    report.warning(format!(
        "SSLKEYLOGFILE is set: anyone who can read {shown} can decrypt the traffic"
    ));
    Ok(Some(Arc::new(log)))
}
