//! Whether a certificate is for a host, as libpq reads it: subject alternative names, and the common
//! name only where there is none of them (manual 34.19.1; RFC 6125, section 6.4.4).

use rustls::pki_types::ServerName;
use rustls::server::ParsedCertificate;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// REFUSES: a certificate for another host.
pub fn check(
    certificate: &[u8],
    parsed: &ParsedCertificate<'_>,
    host: &ServerName<'_>,
) -> Result<(), rustls::Error> {
    match rustls::client::verify_server_name(parsed, host) {
        Ok(()) => Ok(()),
        Err(error) => match common_name_matches(certificate, host) {
            Some(true) => Ok(()),
            Some(false) | None => Err(error),
        },
    }
}

/// `None` if the certificate has alternative names, so that its common name says nothing.
fn common_name_matches(certificate: &[u8], host: &ServerName<'_>) -> Option<bool> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    if let Some(names) = certificate.subject_alternative_name().ok()? {
        let says_host =
            |name: &GeneralName<'_>| matches!(name, GeneralName::DNSName(_) | GeneralName::IPAddress(_));
        if names.value.general_names.iter().any(says_host) {
            return None;
        }
    }
    let name = certificate.subject().iter_common_name().next()?.as_str().ok()?;
    Some(matches(name, &host.to_str()))
}

/// One leading `*.` stands for exactly one label; otherwise equal without regard to case.
fn matches(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(label, parent)| {
            !label.is_empty() && parent.contains('.') && parent.eq_ignore_ascii_case(rest)
        }),
        None => name.eq_ignore_ascii_case(host),
    }
}
