//! One connection: its protocol's state, and what was agreed on.

use std::fmt;
use std::sync::Arc;

use rustls::client::{ClientConfig, UnbufferedClientConnection};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::{ServerConfig, UnbufferedServerConnection};
use rustls::{CommonState, Error, ProtocolVersion};

use super::Fingerprint;
use super::certificate::describe;
use super::verifier::Verifier;
use crate::report::escape;

/// A connection in either role.
pub enum Connection {
    /// Ours is the client's side.
    Client(Box<UnbufferedClientConnection>, Arc<Verifier>),
    /// Ours is the server's side.
    Server(Box<UnbufferedServerConnection>),
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("version", &self.version()).finish_non_exhaustive()
    }
}

impl Connection {
    /// Each connection has a verifier of its own, which remembers what it was shown.
    pub(super) fn client(
        config: &ClientConfig,
        name: ServerName<'static>,
        verifier: &Verifier,
    ) -> Result<Self, Error> {
        let verifier = Arc::new(verifier.clone());
        let mut config = config.clone();
        config.dangerous().set_certificate_verifier(Arc::<Verifier>::clone(&verifier));
        let connection = UnbufferedClientConnection::new(Arc::new(config), name)?;
        Ok(Self::Client(Box::new(connection), verifier))
    }

    pub(super) fn server(config: &Arc<ServerConfig>) -> Result<Self, Error> {
        let connection = UnbufferedServerConnection::new(Arc::clone(config))?;
        Ok(Self::Server(Box::new(connection)))
    }

    fn state(&self) -> &CommonState {
        match self {
            Self::Client(connection, _) => connection,
            Self::Server(connection) => connection,
        }
    }

    /// True for a client.
    #[must_use]
    pub fn is_client(&self) -> bool {
        matches!(self, Self::Client(..))
    }

    /// True if only one certificate will do for its peer.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        matches!(self, Self::Client(_, verifier) if verifier.pins())
    }

    /// True until the handshake is done.
    #[must_use]
    pub fn is_handshaking(&self) -> bool {
        self.state().is_handshaking()
    }

    /// True if the protocol itself has something to say: a step of the handshake, an alert.
    #[must_use]
    pub fn has_messages(&self) -> bool {
        self.state().wants_write()
    }

    /// The version that was agreed on.
    #[must_use]
    pub fn version(&self) -> Option<ProtocolVersion> {
        self.state().protocol_version()
    }

    /// The protocol that was agreed on by ALPN.
    #[must_use]
    pub fn alpn(&self) -> Option<&[u8]> {
        self.state().alpn_protocol()
    }

    /// The certificate that the peer has shown, even if it was refused.
    #[must_use]
    pub fn peer_certificate(&self) -> Option<&CertificateDer<'static>> {
        let agreed = self.state().peer_certificates().and_then(<[_]>::first);
        agreed.or_else(|| match self {
            Self::Client(_, verifier) => verifier.shown(),
            Self::Server(_) => None,
        })
    }
}

/// What was agreed on, and whom the connection is with, as fields of a log.
#[must_use]
pub fn negotiated(connection: &Connection) -> Vec<(&'static str, String)> {
    let version = match connection.version() {
        Some(ProtocolVersion::TLSv1_2) => "1.2".to_owned(),
        Some(ProtocolVersion::TLSv1_3) => "1.3".to_owned(),
        other => format!("{other:?}"),
    };
    let mut fields = vec![("tls", version)];
    if let Some(suite) = connection.state().negotiated_cipher_suite() {
        let name = format!("{:?}", suite.suite());
        fields.push(("cipher", name.replace("TLS13_", "TLS_")));
    }
    if let Some(protocol) = connection.alpn() {
        fields.push(("alpn", escape(protocol)));
    }
    if let Some(certificate) = connection.peer_certificate() {
        if let Some(it) = describe(certificate) {
            fields.extend([("subject", it.subject), ("issuer", it.issuer)]);
            fields.extend([("not_before", it.not_before), ("not_after", it.not_after)]);
        }
        fields.push(("fingerprint", Fingerprint::of(certificate).to_string()));
    }
    fields
}
