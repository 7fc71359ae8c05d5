//! What went wrong, and what the user can do about it.

use std::fmt::Debug;
use std::io;

use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

use super::certificate::{describe, moment};
use super::{Connection, Fingerprint};
use crate::outcome::{Cause, IoFailure};
use crate::report::{escape, reason};
use crate::sys::netdb::inet;

/// The connection ended, or failed, before the handshake was done.
#[must_use]
pub fn interrupted(error: Option<&io::Error>) -> IoFailure {
    let what = error.map_or("the peer has ended".to_owned(), reason);
    IoFailure::new(Cause::Tls, format!("{what} during the TLS handshake"))
}

/// The refusal that an error of rustls is; `secured` says that the handshake had been done.
#[must_use]
pub fn explain(error: &Error, connection: &Connection, secured: bool) -> IoFailure {
    let text = match error {
        Error::InvalidCertificate(error) => certificate(error, connection),
        Error::AlertReceived(alert) => alerted(*alert, connection),
        Error::NoCertificatesPresented => "the peer has shown no certificate".to_owned(),
        Error::InvalidMessage(_) if !secured => "the peer does not speak TLS".to_owned(),
        Error::NoApplicationProtocol => "the peer and --alpn have no protocol in common".to_owned(),
        Error::PeerIncompatible(why) => incompatible(why),
        Error::PeerMisbehaved(why) => format!("the peer breaks the rules of TLS: {}", words(why)),
        Error::DecryptError => "a TLS record was tampered with or damaged".to_owned(),
        other => escape(other.to_string().as_bytes()),
    };
    let is_verdict = match error {
        Error::AlertReceived(alert) => is_about_handshake(*alert),
        _ => false,
    };
    let cause = if secured && !is_verdict { Cause::Transfer } else { Cause::Tls };
    IoFailure::new(cause, text)
}

fn certificate(error: &CertificateError, connection: &Connection) -> String {
    let whose = if connection.is_client() { "the server's" } else { "the client's" };
    match error {
        CertificateError::ExpiredContext { not_after, .. } => format!(
            "{whose} certificate has been out of date since {} (its owner has to renew it, if \
             the clock here is right)",
            moment(not_after.as_secs())
        ),
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "{whose} certificate is not valid before {} (is the clock here right?)",
            moment(not_before.as_secs())
        ),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names: Vec<String> = presented.iter().map(|name| plain_name(name)).collect();
            let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
            format!(
                "{whose} certificate is not for {}, but for {names} (--server-name NAME looks \
                 for another name)",
                escape(expected.to_str().as_bytes())
            )
        }
        CertificateError::UnknownIssuer => unknown_issuer(whose, connection),
        CertificateError::ApplicationVerificationFailure => {
            format!("{whose} certificate is not the one of --pin: {}", fingerprint(connection))
        }
        // What `openssl req -x509` makes is an authority, which webpki says no server should be.
        CertificateError::Other(_) if is_self_signed(connection) => {
            unknown_issuer(whose, connection)
        }
        CertificateError::Other(why) => {
            format!("{whose} certificate is no good: {}", words(&why.0))
        }
        other => format!("{whose} certificate is no good: {}", words(other)),
    }
}

fn unknown_issuer(whose: &str, connection: &Connection) -> String {
    let what = if is_self_signed(connection) {
        "is self-signed and not trusted here".to_owned()
    } else {
        let issuer = connection.peer_certificate().and_then(describe).map(|it| it.issuer);
        let issuer = issuer.as_deref().unwrap_or("an unknown authority");
        format!("is vouched for by {issuer}, which is not trusted here")
    };
    let advice = if connection.is_pinned() {
        "--ca FILE names who else is trusted; --pin alone accepts this certificate".to_owned()
    } else if connection.is_client() {
        format!("--ca FILE names who else is trusted; --pin {}", fingerprint(connection))
            + " accepts this certificate"
    } else {
        "--client-ca FILE names who is trusted".to_owned()
    };
    format!("{whose} certificate {what} ({advice})")
}

fn is_self_signed(connection: &Connection) -> bool {
    connection.peer_certificate().and_then(describe).is_some_and(|it| it.issuer == it.subject)
}

fn fingerprint(connection: &Connection) -> String {
    connection.peer_certificate().map_or_else(String::new, |it| Fingerprint::of(it).to_string())
}

/// The name without rustls's word for its kind: `DnsName("a.example")`, `IpAddress(0::1)`.
fn plain_name(name: &str) -> String {
    let quoted = name.split_once('(').map_or(name, |(_, rest)| rest.trim_end_matches(')'));
    match quoted.parse() {
        Ok(address) => inet::ntop(address),
        Err(_) => escape(quoted.trim_matches('"').as_bytes()),
    }
}

fn alerted(alert: AlertDescription, connection: &Connection) -> String {
    let advice = match alert {
        AlertDescription::CertificateRequired if connection.is_client() => {
            " (it wants to know the client: --cert FILE)"
        }
        AlertDescription::NoApplicationProtocol => " (it speaks none of --alpn)",
        AlertDescription::ProtocolVersion => " (no version of TLS in common)",
        AlertDescription::UnknownCA if !connection.is_client() => {
            " (it does not trust who vouches for our certificate)"
        }
        _ => "",
    };
    format!("the peer sent a TLS alert: {}{advice}", words(alert))
}

fn incompatible(why: &PeerIncompatible) -> String {
    format!("the peer and skat have nothing in common: {}", words(why))
}

/// Alerts by which a peer refuses what the handshake showed; in TLS 1.3 those about a client's
/// certificate come when the client is done with it.
fn is_about_handshake(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::HandshakeFailure
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity
            | AlertDescription::MissingExtension
            | AlertDescription::UnrecognisedName
            | AlertDescription::CertificateRequired
            | AlertDescription::NoApplicationProtocol
    )
}

/// `CertificateRequired` as "certificate required".
fn words(name: impl Debug) -> String {
    let mut text = String::new();
    let mut before = ' ';
    for letter in format!("{name:?}").chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            text.push(' ');
        }
        text.push(letter.to_ascii_lowercase());
        before = letter;
    }
    escape(text.as_bytes())
}
