//! TLS towards clients: our certificate, and client certificates if an authority for them is named.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{ALPN, EndPoint, TlsError, pem, provider};
use crate::config::resolved::ListenTls;
use crate::server::line::Line;

/// A client's connection after the handshake.
pub type ClientStream = tokio_rustls::server::TlsStream<Line>;

/// Our certificate and key, loaded; a new one takes its place when the files change.
pub struct Acceptor {
    acceptor: TlsAcceptor,
    /// What clients bind a SCRAM login to.
    pub end_point: Option<EndPoint>,
}

impl Acceptor {
    /// Reads the files.
    pub fn load(tls: &ListenTls) -> Result<Acceptor, TlsError> {
        let chain = pem::certificates(&tls.cert)?;
        let key = pem::private_key(&tls.key)?;
        let end_point = chain.first().and_then(|leaf| EndPoint::of(leaf));
        let unfit = |reason: String| TlsError::Unfit { what: "tls_cert and tls_key", reason };
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| unfit(error.to_string()))?;
        let builder = match &tls.client_ca {
            Some(path) => builder.with_client_cert_verifier(client_verifier(path)?),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain, key).map_err(|error| unfit(error.to_string()))?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Acceptor { acceptor: TlsAcceptor::from(Arc::new(config)), end_point })
    }

    /// The handshake. Nothing of the socket may have been read after the client's SSLRequest: what
    /// came early is then part of the handshake, and fails it (CVE-2021-23214).
    pub async fn accept(&self, socket: TcpStream) -> std::io::Result<ClientStream> {
        self.acceptor.accept(Line::Tcp(socket)).await
    }
}

fn client_verifier(path: &Path) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, TlsError> {
    let roots = pem::roots(&pem::certificates(path)?, path)?;
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
        .allow_unauthenticated()
        .build()
        .map_err(|error| TlsError::File { path: path.to_owned(), reason: error.to_string() })
}

/// The client negotiated ALPN `postgresql`.
pub fn spoke_postgresql(stream: &ClientStream) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(ALPN)
}

/// Common name of the client's certificate, which the handshake has verified.
pub fn client_name(stream: &ClientStream) -> Option<String> {
    let leaf = stream.get_ref().1.peer_certificates()?.first()?;
    let (_, parsed) = X509Certificate::from_der(leaf).ok()?;
    let mut names = parsed.subject().iter_common_name();
    let name = names.next()?.as_str().ok()?.to_owned();
    // REFUSES: a certificate of several common names (or with NUL in it) names nobody.
    (names.next().is_none() && !name.is_empty() && !name.contains('\0')).then_some(name)
}
