//! `tls-server-end-point`: what ties a SCRAM login to the certificate of the TLS connection
//! (RFC 5929, section 4.1).

use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::signature_algorithm::SignatureAlgorithm;

/// Hash of the server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndPoint(pub Vec<u8>);

const SHA224: &str = "2.16.840.1.101.3.4.2.4";
const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const SHA384: &str = "2.16.840.1.101.3.4.2.2";
const SHA512: &str = "2.16.840.1.101.3.4.2.3";

impl EndPoint {
    /// The certificate's hash by the hash function of its own signature, SHA-256 in place of MD5 and
    /// SHA-1. `None` where the signature has no single hash (Ed25519): then there is no binding, as
    /// in PostgreSQL.
    pub fn of(certificate: &[u8]) -> Option<EndPoint> {
        let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
        let oid = parsed.signature_algorithm.algorithm.to_id_string();
        let hash = match oid.as_str() {
            // rsaEncryption with SHA-224 … SHA-512, and ECDSA with them.
            "1.2.840.113549.1.1.14" | "1.2.840.10045.4.3.1" => SHA224.to_owned(),
            "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => SHA256.to_owned(),
            "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => SHA384.to_owned(),
            "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => SHA512.to_owned(),
            // With MD5 and SHA-1: the RFC says SHA-256.
            "1.2.840.113549.1.1.4" | "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" => SHA256.to_owned(),
            _ => match SignatureAlgorithm::try_from(&parsed.signature_algorithm).ok()? {
                SignatureAlgorithm::RSASSA_PSS(pss) => pss.hash_algorithm_oid().to_id_string(),
                _ => return None,
            },
        };
        let digest = match hash.as_str() {
            SHA224 => Sha224::digest(certificate).to_vec(),
            SHA384 => Sha384::digest(certificate).to_vec(),
            SHA512 => Sha512::digest(certificate).to_vec(),
            SHA256 | "1.3.14.3.2.26" => Sha256::digest(certificate).to_vec(),
            _ => return None,
        };
        Some(EndPoint(digest))
    }
}
