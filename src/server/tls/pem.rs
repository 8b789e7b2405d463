//! Certificates and keys out of PEM files.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::TlsError;

/// All certificates of a file, in its order; at least one.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unfit = |reason: String| TlsError::File { path: path.to_owned(), reason };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(|found| found.collect::<Result<Vec<_>, _>>())
        .map_err(|error| unfit(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unfit("holds no certificate".to_owned()));
    }
    Ok(certificates)
}

/// The private key of a file: PKCS#8, PKCS#1 or SEC1.
pub fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path)
        .map_err(|error| TlsError::File { path: path.to_owned(), reason: error.to_string() })
}

/// The certificates of a file as trust anchors.
pub fn roots(certificates: &[CertificateDer<'static>], path: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(certificates.iter().cloned());
    if usable == 0 {
        let reason = "holds no certificate that can be trusted".to_owned();
        return Err(TlsError::File { path: path.to_owned(), reason });
    }
    Ok(roots)
}

/// When the first certificate of a PEM file ends.
///
/// # Errors
/// A file that cannot be read or holds no certificate.
pub fn first_expiry(path: &Path) -> Result<SystemTime, TlsError> {
    let unfit = |reason: &str| TlsError::File { path: path.to_owned(), reason: reason.to_owned() };
    let all = certificates(path)?;
    let first = all.first().ok_or_else(|| unfit("it holds no certificate"))?;
    let (_, certificate) = X509Certificate::from_der(first).map_err(|_| unfit("not a certificate"))?;
    let seconds = u64::try_from(certificate.validity().not_after.timestamp()).unwrap_or(0);
    Ok(UNIX_EPOCH + Duration::from_secs(seconds))
}
