//! Certificates and keys in PEM files (RFC 7468).

use std::path::{Path, PathBuf};

use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, RootCertStore};

use super::certificate::is_authority;
use super::provider;
use crate::outcome::{Cause, refusal};
use crate::report::{escape, reason};

/// The files that say who we are.
#[derive(Clone, Debug)]
pub struct IdentityFiles {
    /// The certificate, with its chain.
    pub cert: PathBuf,
    /// The key, if it is not in the same file.
    pub key: Option<PathBuf>,
}

impl IdentityFiles {
    /// Reads them.
    ///
    /// # Errors
    /// [`Cause::Usage`] for files that cannot be read or do not belong together.
    pub fn load(&self) -> anyhow::Result<CertifiedKey> {
        let chain = certificates("--cert", &self.cert)?;
        let (option, path, wanted) = match &self.key {
            Some(key) => ("--key", key, "private key"),
            None => ("--cert", &self.cert, "private key (--key FILE)"),
        };
        let key = PrivateKeyDer::from_pem_file(path).map_err(|error| {
            if is_encrypted(path) {
                encrypted(option, path)
            } else {
                unreadable(option, path, &error, wanted)
            }
        })?;
        CertifiedKey::from_der(chain, key, &provider()).map_err(|error| {
            let shown = escape(path.as_os_str().as_encoded_bytes());
            let text = match error {
                Error::InconsistentKeys(_) => "the key is not that of the certificate".to_owned(),
                other => other.to_string(),
            };
            refusal(Cause::Usage, format!("{option} {shown}: {text}"))
        })
    }
}

/// True for a key that a passphrase protects: as PKCS#8, or in openssl's older form (RFC 1421).
fn is_encrypted(path: &Path) -> bool {
    let text = std::fs::read(path).unwrap_or_default();
    let marks = [&b"BEGIN ENCRYPTED PRIVATE KEY"[..], b"Proc-Type: 4,ENCRYPTED"];
    marks.iter().any(|mark| text.windows(mark.len()).any(|part| part == *mark))
}

fn encrypted(option: &str, path: &Path) -> anyhow::Error {
    let shown = escape(path.as_os_str().as_encoded_bytes());
    let text = "the key is encrypted, and nobody is asked for a passphrase (openssl pkey -in FILE \
                -out PLAIN decrypts it)";
    refusal(Cause::Usage, format!("{option} {shown}: {text}"))
}

/// The authorities among the certificates of a file.
pub fn authorities(
    option: &str,
    path: &Path,
    certificates: &[CertificateDer<'static>],
) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let added = match is_authority(certificate) {
            Ok(true) => roots.add(certificate.clone()),
            other => other.map(|_| ()),
        };
        added.map_err(|error| {
            let shown = escape(path.as_os_str().as_encoded_bytes());
            refusal(Cause::Usage, format!("{option} {shown}: {error}"))
        })?;
    }
    Ok(roots)
}

/// Reads all certificates of a file, of which there must be one.
pub fn certificates(option: &str, path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(certificates) if certificates.is_empty() => {
            Err(unreadable(option, path, &PemError::NoItemsFound, "certificate"))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unreadable(option, path, &error, "certificate")),
    }
}

fn unreadable(option: &str, path: &Path, error: &PemError, wanted: &str) -> anyhow::Error {
    let shown = escape(path.as_os_str().as_encoded_bytes());
    let why = match error {
        PemError::Io(error) => reason(error),
        PemError::NoItemsFound => format!("it holds no {wanted} in PEM"),
        other => other.to_string(),
    };
    refusal(Cause::Usage, format!("{option} {shown}: {why}"))
}
