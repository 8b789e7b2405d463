//! TLS on both legs, and to a key service: TLS 1.2 and 1.3 by rustls with aws-lc-rs.
//!
//! Knows certificates, keys and `sslmode`. Does not know what is said inside; the negotiation that
//! comes before a handshake (SSLRequest) is [`crate::server::intake`]'s and
//! [`crate::server::upstream`]'s.

pub mod binding;
pub mod clients;
pub mod https;
mod name;
pub mod operator;
pub mod pem;
pub mod upstream;
mod verify;

use std::sync::Arc;

use rustls::crypto::CryptoProvider;

pub use binding::EndPoint;
pub use clients::{Acceptor, ClientStream};
pub use https::Https;
pub use operator::OperatorTls;
pub use upstream::{Dialer, ServerStream};

/// The protocol name that `sslnegotiation=direct` requires (manual 55.2.11).
pub const ALPN: &[u8] = b"postgresql";

/// What is wrong with a certificate, key or trust store. Never holds key material.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or holds no PEM of the kind that is needed.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The certificate and the key, or the trust store, do not do.
    #[error("{what}: {reason}")]
    Unfit {
        /// Which setting.
        what: &'static str,
        /// What rustls says.
        reason: String,
    },
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}
