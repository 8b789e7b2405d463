//! The check of the server's certificate for each `sslmode`.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::name;

/// Whom we believe, and what else must be true.
#[derive(Debug)]
pub struct Verifier {
    /// `None`: the certificate is not checked (`require`).
    pub trust: Option<Trust>,
    /// Its name must be that of the host (`verify-full`).
    pub check_name: bool,
    /// Of the provider.
    pub algorithms: WebPkiSupportedAlgorithms,
}

/// Trust anchors.
#[derive(Debug)]
pub struct Trust {
    /// Authorities.
    pub roots: Arc<RootCertStore>,
    /// Certificates that the operator's own file lists: trusted for themselves, as OpenSSL does it,
    /// since the usual self-signed certificate of a PostgreSQL server is its own authority.
    pub listed: Vec<CertificateDer<'static>>,
}

impl Trust {
    fn check(
        &self,
        leaf: &CertificateDer<'_>,
        parsed: &ParsedCertificate<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
        algorithms: &WebPkiSupportedAlgorithms,
    ) -> Result<(), Error> {
        if self.listed.iter().any(|listed| listed.as_ref() == leaf.as_ref()) {
            return valid_now(leaf, now);
        }
        rustls::client::verify_server_cert_signed_by_trust_anchor(
            parsed,
            &self.roots,
            intermediates,
            now,
            algorithms.all,
        )
    }
}

fn valid_now(leaf: &[u8], now: UnixTime) -> Result<(), Error> {
    let unreadable = || Error::InvalidCertificate(CertificateError::BadEncoding);
    let (_, certificate) = X509Certificate::from_der(leaf).map_err(|_| unreadable())?;
    let now = i64::try_from(now.as_secs()).map_err(|_| unreadable())?;
    if now < certificate.validity().not_before.timestamp() {
        return Err(Error::InvalidCertificate(CertificateError::NotValidYet));
    }
    if now > certificate.validity().not_after.timestamp() {
        return Err(Error::InvalidCertificate(CertificateError::Expired));
    }
    Ok(())
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trust) = &self.trust else {
            return Ok(ServerCertVerified::assertion());
        };
        let parsed = ParsedCertificate::try_from(end_entity)?;
        trust.check(end_entity, &parsed, intermediates, now, &self.algorithms)?;
        if self.check_name {
            name::check(end_entity, &parsed, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
