//! A server's side: who it is, and whom it lets in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, ServerConfig, WantsServerCert, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ConfigBuilder, KeyLog};
use socket2::SockAddr;

use super::{
    Context, Fingerprint, IdentityFiles, Options, Side, files, key_log, protocols, provider,
    versions,
};
use crate::outcome::{Cause, WithCause as _, refusal};
use crate::report::{Report, escape};

/// How a server speaks TLS.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// What both roles have.
    pub options: Options,
    /// Who the server is; `None`: a certificate is made for the run.
    pub identity: Option<IdentityFiles>,
    /// The file of those who vouch for clients, if clients have to show a certificate.
    pub client_ca: Option<PathBuf>,
}

/// What the settings' files hold. They are read before anything is bound: only a certificate that is
/// made needs to know the addresses.
#[derive(Debug)]
pub struct ServerFiles {
    builder: ConfigBuilder<ServerConfig, WantsServerCert>,
    identity: Option<CertifiedKey>,
    key_log: Option<Arc<dyn KeyLog>>,
    options: Options,
}

impl ServerSettings {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Cause::Usage`] for files that are no good.
    pub fn load(&self, report: Report) -> anyhow::Result<ServerFiles> {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(versions(self.options.oldest))
            .cause(Cause::Tls)?;
        let builder = match &self.client_ca {
            Some(path) => builder.with_client_cert_verifier(clients_of(path)?),
            None => builder.with_no_client_auth(),
        };
        let identity = self.identity.as_ref().map(IdentityFiles::load).transpose()?;
        let (options, key_log) = (self.options.clone(), key_log(report)?);
        Ok(ServerFiles { builder, identity, key_log, options })
    }
}

impl ServerFiles {
    /// A context for serving at `locals`.
    ///
    /// # Errors
    /// [`Cause::Tls`] where a certificate is wanted and cannot be made.
    pub fn context(self, locals: &[SockAddr], report: Report) -> anyhow::Result<Context> {
        let identity = self.identity.map_or_else(|| self_signed(locals, report), Ok)?;
        let resolver = SingleCertAndKey::from(identity);
        let mut config = self.builder.with_cert_resolver(Arc::new(resolver));
        config.alpn_protocols = protocols(&self.options);
        // Nothing is sent that nobody asked for: a client that only sends and then closes, with a
        // ticket unread, would reset the connection, and what it sent would be lost.
        config.send_tls13_tickets = 0;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        if let Some(log) = self.key_log {
            config.key_log = log;
        }
        Ok(Context::new(Side::Server(Arc::new(config)), &self.options))
    }
}

/// Accepts only clients that an authority in this file vouches for.
fn clients_of(path: &Path) -> anyhow::Result<Arc<dyn ClientCertVerifier>> {
    let certificates = files::certificates("--client-ca", path)?;
    let roots = files::authorities("--client-ca", path, &certificates)?;
    if roots.len() < certificates.len() {
        let shown = escape(path.as_os_str().as_encoded_bytes());
        let text =
            "it contains a certificate that is not an authority's, and cannot vouch for others";
        return Err(refusal(Cause::Usage, format!("--client-ca {shown}: {text}")));
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
    verifier.build().cause(Cause::Usage).context("--client-ca")
}

/// A certificate that nobody vouches for; the user is told how a client knows it.
fn self_signed(locals: &[SockAddr], report: Report) -> anyhow::Result<CertifiedKey> {
    let failed = |error: rcgen::Error| {
        refusal(Cause::Tls, format!("make a certificate: {error} (--cert FILE has one)"))
    };
    let host = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
    let mut names = vec!["localhost".to_owned()];
    names.extend(host.clone().filter(|host| host != "localhost"));
    let addresses = locals.iter().filter_map(SockAddr::as_socket).map(|address| address.ip());
    names.extend(addresses.filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string()));
    names.dedup();
    let key = KeyPair::generate().map_err(failed)?;
    // A host's name may be one that no certificate can have.
    let params = CertificateParams::new(names)
        .or_else(|_| CertificateParams::new(vec!["localhost".to_owned()]));
    let mut params = params.map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, host.as_deref().unwrap_or("localhost"));
    let today = jiff::Zoned::now().date();
    let (year, month, day) = (i32::from(today.year()), today.month(), today.day());
    // No 29 February, which the other year may lack.
    let (month, day) = (month.unsigned_abs(), day.unsigned_abs().min(28));
    params.not_before = date_time_ymd(year - 1, month, day);
    params.not_after = date_time_ymd(year + 10, month, day);
    let certificate = params.self_signed(&key).map_err(failed)?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
    let fingerprint = Fingerprint::of(certificate.der());
    report.certificate(&fingerprint.to_string());
    CertifiedKey::from_der(vec![certificate.der().clone()], key, &provider())
        .cause(Cause::Tls)
        .context("use the certificate that was made")
}
