//! Which servers are accepted.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::certificate::verify_dates;
use super::{Fingerprint, provider};

/// Verifies one server, and remembers what it showed, for those who explain a refusal.
#[derive(Clone, Debug)]
pub struct Verifier {
    demand: Demand,
    pin: Option<Fingerprint>,
    algorithms: WebPkiSupportedAlgorithms,
    shown: OnceLock<CertificateDer<'static>>,
}

/// What is demanded of a certificate.
#[derive(Clone, Debug)]
pub enum Demand {
    /// That it has the name, and that one of the authorities vouches for it, or that it is one of
    /// the named certificates itself, as when one was made by hand for a test.
    Trust { authorities: Option<Arc<WebPkiServerVerifier>>, named: Vec<CertificateDer<'static>> },
    /// Nothing.
    Nothing,
}

impl Verifier {
    /// A verifier that demands this, and that the certificate is the one of `pin`, if there is one.
    pub fn new(demand: Demand, pin: Option<Fingerprint>) -> Self {
        let algorithms = provider().signature_verification_algorithms;
        Self { demand, pin, algorithms, shown: OnceLock::new() }
    }

    /// True if only one certificate will do.
    pub fn pins(&self) -> bool {
        self.pin.is_some()
    }

    /// True unless any server would do.
    pub fn verifies(&self) -> bool {
        self.pin.is_some() || !matches!(self.demand, Demand::Nothing)
    }

    /// The certificate that the server has shown.
    pub fn shown(&self) -> Option<&CertificateDer<'static>> {
        self.shown.get()
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.shown.get_or_init(|| end_entity.clone().into_owned());
        if self.pin.is_some_and(|pin| pin != Fingerprint::of(end_entity)) {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        match &self.demand {
            Demand::Trust { named, .. } if named.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                verify_dates(end_entity, now)?;
                Ok(ServerCertVerified::assertion())
            }
            Demand::Trust { authorities: None, .. } => Err(CertificateError::UnknownIssuer.into()),
            Demand::Trust { authorities: Some(authorities), .. } => authorities.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ),
            Demand::Nothing => Ok(ServerCertVerified::assertion()),
        }
    }

    // Whoever shows a certificate must have its key, even where the certificate is not verified.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
