//! A POST over HTTPS: the way to a key service. Blocking; used before anything is served.
//!
//! Knows certificates, time limits and sizes. Does not know what is posted.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use super::pem;
use crate::crypto::unlock::vault::Service;

/// A key service answers in milliseconds; one that does not is down.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// Posts to whoever shows a certificate of these authorities.
pub struct Https(Agent);

impl Https {
    /// With the authorities in the file `ca`; without one, the system's.
    ///
    /// # Errors
    /// A sentence, if there is no authority to trust.
    pub fn new(ca: Option<&Path>) -> Result<Self, String> {
        let authorities = match ca {
            Some(path) => pem::certificates(path).map_err(|error| error.to_string())?,
            None => rustls_native_certs::load_native_certs().certs,
        };
        if authorities.is_empty() {
            return Err("the system trusts no certificate authority; give ca=FILE".to_owned());
        }
        let owned = |der: &CertificateDer<'_>| Certificate::from_der(der).to_owned();
        let roots: Vec<Certificate<'static>> = authorities.iter().map(owned).collect();
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .root_certs(RootCerts::new_with_certs(&roots))
            .build();
        // REFUSES: plain HTTP, and a service that sends us elsewhere with our token.
        let config = Agent::config_builder()
            .https_only(true)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .tls_config(tls)
            .proxy(None)
            .build();
        Ok(Https(Agent::new_with_config(config)))
    }
}

impl Service for Https {
    fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<(u16, Vec<u8>), String> {
        let mut request = self.0.post(url).header("Content-Type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = request.send(body).map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
        Ok((status, body.map_err(|error| error.to_string())?))
    }
}
