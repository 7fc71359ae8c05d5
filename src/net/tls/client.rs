//! A client's side: whom it wants to talk to.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::{ClientConfig, Resumption, WebPkiServerVerifier};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::SingleCertAndKey;

use super::certificate::is_authority;
use super::verifier::{Demand, Verifier};
use super::{
    Context, Fingerprint, IdentityFiles, Options, Side, files, key_log, protocols, provider,
    versions,
};
use crate::outcome::{Cause, WithCause as _, refusal};
use crate::report::{Report, escape};

/// Who vouches for a server.
#[derive(Clone, Debug)]
pub enum Trust {
    /// The authorities that this system knows.
    System,
    /// Those of a file.
    Authorities(PathBuf),
    /// Nobody.
    Anybody,
}

impl Trust {
    /// True if a certificate is of use only with the right name.
    fn needs_name(&self) -> bool {
        match self {
            Trust::System | Trust::Authorities(_) => true,
            Trust::Anybody => false,
        }
    }
}

/// How a client speaks TLS.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// What both roles have.
    pub options: Options,
    /// Who vouches for the server.
    pub trust: Trust,
    /// The one certificate that the server may have.
    pub pin: Option<Fingerprint>,
    /// The name to verify and to ask for, if it is not that of the address.
    pub server_name: Option<String>,
    /// Who the client is, for servers that want to know.
    pub identity: Option<IdentityFiles>,
}

impl ClientSettings {
    /// A context for talking to `host`, unless the settings have another name.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a name that no certificate can have, and for files that are no good.
    pub fn context(&self, host: &str, report: Report) -> anyhow::Result<Context> {
        let name = match server_name(self.server_name.as_deref().unwrap_or(host)) {
            // The name is not verified, and an address is not sent to the server either.
            Err(_) if self.server_name.is_none() && !self.trust.needs_name() => {
                ServerName::from(Ipv4Addr::UNSPECIFIED)
            }
            name => name?,
        };
        let verifier = Verifier::new(self.demand()?, self.pin);
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(versions(self.options.oldest))
            .cause(Cause::Tls)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier.clone()));
        let mut config = match &self.identity {
            Some(identity) => {
                let resolver = SingleCertAndKey::from(identity.load()?);
                builder.with_client_cert_resolver(Arc::new(resolver))
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = protocols(&self.options);
        config.resumption = Resumption::disabled();
        if let Some(log) = key_log(report)? {
            config.key_log = log;
        }
        let side = Side::Client { config: Arc::new(config), name, verifier };
        Ok(Context::new(side, &self.options))
    }

    fn demand(&self) -> anyhow::Result<Demand> {
        let (roots, named) = match &self.trust {
            Trust::Anybody => return Ok(Demand::Nothing),
            Trust::System => system_roots()?,
            Trust::Authorities(path) => {
                let certificates = files::certificates("--ca", path)?;
                (files::authorities("--ca", path, &certificates)?, certificates)
            }
        };
        // A verifier without authorities cannot be built.
        let authorities = (!roots.is_empty())
            .then(|| WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()))
            .map(|builder| builder.build().cause(Cause::Tls))
            .transpose()?;
        Ok(Demand::Trust { authorities, named })
    }
}

/// The authorities that this system knows, and all certificates, which are trusted themselves;
/// `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
fn system_roots() -> anyhow::Result<(RootCertStore, Vec<CertificateDer<'static>>)> {
    let found = rustls_native_certs::load_native_certs();
    let (mut roots, mut named) = (RootCertStore::empty(), Vec::new());
    for certificate in found.certs {
        // A system may have certificates that are too old to be read.
        match is_authority(&certificate) {
            Ok(true) => drop(roots.add(certificate.clone())),
            Ok(false) => {}
            Err(_) => continue,
        }
        named.push(certificate);
    }
    if named.is_empty() {
        let why = found.errors.first().map_or_else(String::new, |error| format!(": {error}"));
        let text = format!(
            "this system knows no certificate authorities{why} (--ca FILE names some; --pin \
             accepts one certificate; the package is often called ca-certificates)"
        );
        return Err(refusal(Cause::Tls, text));
    }
    Ok((roots, named))
}

/// The name as certificates have it: an address without its zone, a name in ASCII without a dot
/// at its end.
fn server_name(host: &str) -> anyhow::Result<ServerName<'static>> {
    let plain = host.split_once('%').map_or(host, |(address, _)| address);
    let plain = plain.strip_suffix('.').unwrap_or(plain);
    let ascii = idna::domain_to_ascii_cow(plain.as_bytes(), idna::AsciiDenyList::EMPTY);
    let ascii = ascii.as_deref().unwrap_or(plain).to_owned();
    ServerName::try_from(ascii).map_err(|_| {
        let shown = escape(host.as_bytes());
        let text = format!("no certificate can be for '{shown}': --server-name NAME");
        refusal(Cause::Usage, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_certificates() {
        let name = |host: &str| server_name(host).unwrap().to_str().into_owned();
        assert_eq!(name("host.example."), "host.example");
        assert_eq!(name("bücher.example"), "xn--bcher-kva.example");
        assert_eq!(name("fe80::1%eth0"), "fe80::1");
        assert!(server_name("a b").is_err());
        assert!(server_name("").is_err());
    }
}
