//! TLS towards the server, with libpq's `sslmode` semantics (manual 34.19), without its fallbacks.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::verify::{Trust, Verifier};
use super::{ALPN, EndPoint, TlsError, pem, provider};
use crate::config::resolved::{Negotiation, Roots, SslMode, Upstream};
use crate::server::line::Line;

/// The server's connection after the handshake.
pub type ServerStream = tokio_rustls::client::TlsStream<Line>;

/// How the server's leg is protected; also for the cancel requests and the jobs.
#[derive(Clone)]
pub struct Dialer {
    connector: TlsConnector,
    /// How TLS begins.
    pub negotiation: Negotiation,
}

impl Dialer {
    /// Reads the trust store and our certificate. `None` with `sslmode = "disable"`.
    pub fn load(upstream: &Upstream) -> Result<Option<Dialer>, TlsError> {
        if upstream.sslmode == SslMode::Disable {
            return Ok(None);
        }
        let config = client_config(upstream)?;
        let connector = TlsConnector::from(Arc::new(config));
        Ok(Some(Dialer { connector, negotiation: upstream.negotiation }))
    }

    /// The handshake. Nothing of the socket may have been read after the server's `S`
    /// (CVE-2021-23222).
    pub async fn connect(&self, host: &str, socket: TcpStream) -> std::io::Result<ServerStream> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| std::io::Error::other("the host's name cannot stand in a certificate"))?;
        let stream = self.connector.connect(name, Line::Tcp(socket)).await?;
        if self.negotiation == Negotiation::Direct && stream.get_ref().1.alpn_protocol() != Some(ALPN) {
            // REFUSES: a peer that was not told, and did not confirm, that this is PostgreSQL.
            return Err(std::io::Error::other("the server did not negotiate ALPN \"postgresql\""));
        }
        Ok(stream)
    }
}

/// What a SCRAM login over this connection is bound to.
pub fn end_point(stream: &ServerStream) -> Option<EndPoint> {
    EndPoint::of(stream.get_ref().1.peer_certificates()?.first()?)
}

/// rustls's settings for the server's leg.
pub fn client_config(upstream: &Upstream) -> Result<ClientConfig, TlsError> {
    let provider = provider();
    let verifier = Verifier {
        trust: trust(upstream)?,
        check_name: upstream.sslmode == SslMode::VerifyFull,
        algorithms: provider.signature_verification_algorithms,
    };
    let unfit = |reason: String| TlsError::Unfit { what: "sslcert and sslkey", reason };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unfit(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &upstream.client_cert {
        Some((cert, key)) => builder
            .with_client_auth_cert(pem::certificates(cert)?, pem::private_key(key)?)
            .map_err(|error| unfit(error.to_string()))?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

/// As in libpq, `require` with a file of authorities checks against it.
fn trust(upstream: &Upstream) -> Result<Option<Trust>, TlsError> {
    match (&upstream.roots, upstream.sslmode) {
        (_, SslMode::Disable) | (Roots::System, SslMode::Require) => Ok(None),
        (Roots::System, SslMode::VerifyCa | SslMode::VerifyFull) => Ok(Some(system_trust()?)),
        (Roots::File(path), SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => {
            Ok(Some(file_trust(path)?))
        }
    }
}

fn file_trust(path: &Path) -> Result<Trust, TlsError> {
    let listed = pem::certificates(path)?;
    let roots = Arc::new(pem::roots(&listed, path)?);
    Ok(Trust { roots, listed })
}

fn system_trust() -> Result<Trust, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    if usable == 0 {
        let reason = "this system has no trusted certificates; set sslrootcert".to_owned();
        return Err(TlsError::Unfit { what: "sslrootcert", reason });
    }
    Ok(Trust { roots: Arc::new(roots), listed: Vec::new() })
}
