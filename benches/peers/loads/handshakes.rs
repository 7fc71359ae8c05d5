//! Full TLS handshakes, on connections that are made for nothing else, some at a time.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, ClientConnection, Resumption};
use rustls::crypto::ring::default_provider;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

use super::tally::Tally;

const PATIENCE: Duration = Duration::from_secs(3);

/// What `clients` threads did in that time.
pub fn run(port: u16, clients: usize, millis: u64) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let config = Arc::new(anybody()?);
    let began = Instant::now();
    let end = began + Duration::from_millis(millis);
    let client = |config| move || shake_until(port, &config, end);
    let threads: Vec<_> =
        (0..clients).map(|_| std::thread::spawn(client(Arc::clone(&config)))).collect();
    let mut tally = Tally::begin();
    for thread in threads {
        let times = thread.join().ok().context("a client has failed")??;
        for time in times {
            tally.took(time);
        }
    }
    Ok(tally.end_after(began.elapsed()))
}

fn shake_until(
    port: u16,
    config: &Arc<ClientConfig>,
    end: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    while Instant::now() < end {
        let asked = Instant::now();
        shake(port, config)?;
        times.push(asked.elapsed());
    }
    Ok(times)
}

/// One handshake, then close_notify and the server's end.
fn shake(port: u16, config: &Arc<ClientConfig>) -> anyhow::Result<()> {
    let name = ServerName::try_from("localhost")?;
    let mut connection = ClientConnection::new(Arc::clone(config), name)?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("connect")?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).context("handshake")?;
    }
    connection.send_close_notify();
    while connection.wants_write() {
        connection.write_tls(&mut stream).context("close")?;
    }
    let mut rest = [0; 4096];
    loop {
        match stream.read(&mut rest) {
            Ok(0) => return Ok(()),
            // Who closed before it had read our close_notify is done too.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(()),
            Err(error) => return Err(error).context("wait for the end"),
            Ok(_) => {}
        }
    }
}

/// Nothing of before is resumed, and nobody's certificate is looked at.
fn anybody() -> anyhow::Result<ClientConfig> {
    let provider = Arc::new(default_provider());
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(config)
}

#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
