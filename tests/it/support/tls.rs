//! Certificates made for a test, and scripted peers that speak TLS.

use std::io::{ErrorKind, Read as _, Write as _};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    ALL_VERSIONS, ClientConfig, Connection, RootCertStore, ServerConfig, SupportedProtocolVersion,
};
use tempfile::TempDir;

use super::{Peer, Role, Running, Skat, Way, assert_same_bytes, converse_with, server};

/// Who vouches for the certificates of a test, and a directory for their files.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: TempDir,
}

/// A certificate with its key, in files.
pub struct Identity {
    pub cert: String,
    pub key: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let authority = Self { issuer, directory: TempDir::new().unwrap() };
        authority.write("ca.pem", &authority.issuer.pem());
        authority
    }

    /// The file of its own certificate.
    pub fn file(&self) -> String {
        self.path("ca.pem")
    }

    pub fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file beside the certificates.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A certificate for these names or addresses.
    pub fn issue(&self, names: &[&str]) -> Identity {
        self.issue_with(names, |_| {})
    }

    /// A certificate that is changed before it is signed.
    pub fn issue_with(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let stem = names.first().map_or("nameless", String::as_str).replace('*', "any");
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "the peer");
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            cert: self.write(&format!("{stem}.cert.pem"), &certificate.pem()),
            key: self.write(&format!("{stem}.key.pem"), &key.serialize_pem()),
        }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        roots
    }

    /// How a scripted client trusts this authority.
    pub fn client(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        self.client_showing(None, versions)
    }

    /// The same for a client that may have a certificate.
    pub fn client_showing(
        &self,
        identity: Option<&Identity>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ClientConfig {
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(self.roots());
        match identity {
            None => config.with_no_client_auth(),
            Some(identity) => {
                config.with_client_auth_cert(identity.chain(), identity.private_key()).unwrap()
            }
        }
    }

    /// How a scripted server demands certificates of this authority.
    pub fn demanding_server(
        &self,
        identity: &Identity,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ServerConfig {
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()), provider());
        ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(identity.chain(), identity.private_key())
            .unwrap()
    }
}

impl Identity {
    fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![CertificateDer::from_pem_file(&self.cert).unwrap()]
    }

    fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from_pem_file(&self.key).unwrap()
    }

    /// How a scripted server is this.
    pub fn server(&self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain(), self.private_key())
            .unwrap()
    }

    /// The options by which skat is this.
    pub fn options(&self) -> [&str; 5] {
        ["--tls", "--cert", &self.cert, "--key", &self.key]
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The other side of a TLS connection with skat.
pub struct TlsPeer {
    pub connection: Connection,
    pub peer: Peer,
}

impl TlsPeer {
    /// A client of skat, whose handshake has not begun.
    pub fn client(peer: Peer, config: ClientConfig, name: &str) -> Self {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let connection = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
        Self { connection: connection.into(), peer }
    }

    /// A server of skat, whose handshake has not begun.
    pub fn server(peer: Peer, config: ServerConfig) -> Self {
        let connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        Self { connection: connection.into(), peer }
    }

    /// Makes the handshake.
    #[track_caller]
    pub fn shake(mut self) -> Self {
        self.try_shake().expect("the handshake is done");
        self
    }

    pub fn try_shake(&mut self) -> std::io::Result<()> {
        while self.connection.is_handshaking() || self.connection.wants_write() {
            self.connection.complete_io(&mut self.peer.stream())?;
        }
        Ok(())
    }

    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.connection.set_buffer_limit(None);
        self.connection.writer().write_all(bytes.as_ref()).unwrap();
        self.flush();
    }

    #[track_caller]
    pub fn flush(&mut self) {
        while self.connection.wants_write() {
            self.connection.write_tls(&mut self.peer.stream()).expect("skat takes what is sent");
        }
    }

    /// Receives exactly this.
    #[track_caller]
    pub fn expect(&mut self, wanted: impl AsRef<[u8]>) {
        let wanted = wanted.as_ref();
        let mut got = vec![0; wanted.len()];
        self.stream().read_exact(&mut got).expect("skat sends what is wanted");
        assert_same_bytes(&got, wanted);
    }

    /// Receives a line.
    #[track_caller]
    pub fn expect_line(&mut self) -> String {
        let mut line = String::new();
        while !line.ends_with('\n') {
            let mut byte = [0];
            self.stream().read_exact(&mut byte).expect("skat sends a line");
            line.push(byte[0].into());
        }
        line
    }

    /// Receives all up to skat's close_notify.
    #[track_caller]
    pub fn receive_to_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.stream().read_to_end(&mut bytes).expect("skat ends by a close_notify");
        bytes
    }

    /// Why nothing can be received.
    #[track_caller]
    pub fn receive_error(&mut self) -> std::io::Error {
        let mut bytes = Vec::new();
        let error = self.stream().read_to_end(&mut bytes).expect_err("skat refuses");
        assert_eq!(bytes, b"", "skat sent before it refused");
        error
    }

    fn stream(&mut self) -> impl std::io::Read {
        Reading(self)
    }

    /// Half-closes: close_notify, and the wire stays open.
    #[track_caller]
    pub fn finish(&mut self) {
        self.connection.send_close_notify();
        self.flush();
    }
}

/// Reads and, as the protocol demands, writes.
struct Reading<'a>(&'a mut TlsPeer);

impl std::io::Read for Reading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let TlsPeer { connection, peer } = &mut *self.0;
        loop {
            match connection.reader().read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                other => return other,
            }
            connection.read_tls(&mut peer.stream())?;
            let processed = connection.process_new_packets();
            while connection.wants_write() {
                connection.write_tls(&mut peer.stream())?;
            }
            processed.map_err(std::io::Error::other)?;
        }
    }
}

/// A tcp-server over TLS with these options, and who vouches for it.
#[track_caller]
pub fn serve(options: &[&str]) -> (Running, Authority) {
    let authority = Authority::new("A");
    let identity = authority.issue(&["127.0.0.1"]);
    (server(&[&identity.options()[..], options].concat()).listen(), authority)
}

/// A client of it, whose handshake has not begun.
#[track_caller]
pub fn connect(skat: &Running, authority: &Authority) -> TlsPeer {
    TlsPeer::client(skat.connect(), authority.client(ALL_VERSIONS), "127.0.0.1")
}

/// Begins a conversation over TLS of skat with a scripted peer.
#[track_caller]
pub fn converse_tls(
    role: Role,
    options: &[&str],
    way: Way,
    versions: &[&'static SupportedProtocolVersion],
) -> (Running, TlsPeer) {
    converse_tls_with(role, options, way, versions, |skat| skat)
}

/// The same with a skat that is prepared first.
#[track_caller]
pub fn converse_tls_with(
    role: Role,
    options: &[&str],
    way: Way,
    versions: &[&'static SupportedProtocolVersion],
    prepare: impl FnOnce(Skat) -> Skat,
) -> (Running, TlsPeer) {
    let authority = Authority::new("authority of the test");
    let identity = authority.issue(&["127.0.0.1", "localhost"]);
    let ca = authority.file();
    match role {
        Role::Server | Role::UnixServer => {
            let options = [options, &identity.options()].concat();
            let (running, peer) = converse_with(role, &options, way, prepare);
            let peer = TlsPeer::client(peer, authority.client(versions), "localhost");
            (running, peer.shake())
        }
        Role::Client | Role::UnixClient => {
            let options = [options, &["--tls", "--ca", &ca]].concat();
            let (running, peer) = converse_with(role, &options, way, prepare);
            (running, TlsPeer::server(peer, identity.server(versions)).shake())
        }
    }
}
