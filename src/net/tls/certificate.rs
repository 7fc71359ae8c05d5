//! Certificates, as far as people are told of them.

use std::fmt;

use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError, Error};
use x509_cert::Version;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::time::Time;

use super::Fingerprint;
use crate::report::escape;

impl Fingerprint {
    /// The fingerprint of a certificate.
    #[must_use]
    pub fn of(certificate: &CertificateDer<'_>) -> Self {
        let mut bytes = [0; SHA256_OUTPUT_LEN];
        bytes.copy_from_slice(digest(&SHA256, certificate).as_ref());
        Self(bytes)
    }

    /// Reads what [`Display`](fmt::Display) writes, and openssl's form with colons.
    ///
    /// # Errors
    /// For what is not one, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits: Vec<u32> = text
            .chars()
            .filter(|letter| *letter != ':')
            .map(|letter| {
                letter.to_digit(16).ok_or_else(|| format!("not a hexadecimal digit: '{letter}'"))
            })
            .collect::<Result<_, _>>()?;
        if digits.len() != 64 {
            return Err(format!("64 hexadecimal digits (SHA-256), not {}", digits.len()));
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::try_from(pair[0] << 4 | pair[1]).unwrap_or(0);
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a certificate says of itself.
pub struct Description {
    /// Whose it is (RFC 4514).
    pub subject: String,
    /// Who vouches for it.
    pub issuer: String,
    /// Since when it is valid.
    pub not_before: String,
    /// Until when.
    pub not_after: String,
}

/// Reads a certificate; `None` if it is none.
pub fn describe(certificate: &CertificateDer<'_>) -> Option<Description> {
    let read = x509_cert::Certificate::from_der(certificate).ok()?;
    let part = read.tbs_certificate();
    let name = |name: &x509_cert::name::Name| escape(name.to_string().as_bytes());
    let time = |time: Time| moment(time.to_unix_duration().as_secs());
    Some(Description {
        subject: name(part.subject()),
        issuer: name(part.issuer()),
        not_before: time(part.validity().not_before),
        not_after: time(part.validity().not_after),
    })
}

/// True for a certificate that may vouch for others (RFC 5280, 4.2.1.3 and 4.2.1.9). webpki does
/// not check this of those that it is told to trust.
///
/// # Errors
/// For what is no certificate.
pub fn is_authority(certificate: &CertificateDer<'_>) -> Result<bool, Error> {
    let read =
        x509_cert::Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let part = read.tbs_certificate();
    if part.version() == Version::V1 {
        // Version 1 has no extensions. Only roots count as authorities then, as with openssl.
        return Ok(part.issuer() == part.subject());
    }
    let constraints = part.get_extension::<BasicConstraints>();
    let usage = part.get_extension::<KeyUsage>();
    let is_authority = matches!(constraints, Ok(Some((_, it))) if it.ca);
    let signs = usage.is_ok_and(|it| it.is_none_or(|(_, usage)| usage.key_cert_sign()));
    Ok(is_authority && signs)
}

/// Checks that a certificate is valid now.
pub fn verify_dates(certificate: &CertificateDer<'_>, time: UnixTime) -> Result<(), Error> {
    let read =
        x509_cert::Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let validity = read.tbs_certificate().validity();
    let moment = |time: Time| UnixTime::since_unix_epoch(time.to_unix_duration());
    let (not_before, not_after) = (moment(validity.not_before), moment(validity.not_after));
    if time < not_before {
        return Err(CertificateError::NotValidYetContext { time, not_before }.into());
    }
    if time > not_after {
        return Err(CertificateError::ExpiredContext { time, not_after }.into());
    }
    Ok(())
}

/// A moment in seconds since 1970, as text.
pub fn moment(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|it| jiff::Timestamp::from_second(it).ok());
    time.map_or_else(|| "the end of time".to_owned(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_they_are_written() {
        let bytes: Vec<u8> = (0..32).map(|byte| byte * 7).collect();
        let fingerprint = Fingerprint(bytes.try_into().unwrap());
        let text = fingerprint.to_string();
        assert_eq!(Fingerprint::parse(&text), Ok(fingerprint));
        let pairs: Vec<String> = text.to_uppercase().as_bytes().chunks(2).map(escape).collect();
        assert_eq!(Fingerprint::parse(&pairs.join(":")), Ok(fingerprint));
        for wrong in ["", "ab", &text[1..], &text.replace('0', "x")] {
            assert!(Fingerprint::parse(wrong).is_err(), "{wrong}");
        }
    }
}
