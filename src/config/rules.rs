//! Rules between settings of different sections.

use super::place::Place;
use super::resolved::{AuthMode, Config, Negotiation, Roots, SslMode};

/// Where the broken setting stands.
pub enum Section {
    /// `[upstream]`
    Upstream,
    /// `[auth]`
    Auth,
}

/// A rule that the file breaks.
pub struct Broken {
    /// Which section to point at.
    pub section: Section,
    /// What is wrong, and the way out.
    pub message: String,
}

/// REFUSES: combinations in which a password or a protected value could reach somebody else.
pub fn check(config: &Config) -> Result<(), Broken> {
    let broken = |section, message: &str| Err(Broken { section, message: message.to_owned() });
    let upstream = &config.upstream;
    let remote = upstream.hosts.iter().find(|host| !host.is_local());
    if let (SslMode::Disable, Some(host)) = (upstream.sslmode, remote) {
        let message =
            format!("sslmode \"disable\" is only for loopback and Unix sockets, and {host} is neither");
        return Err(Broken { section: Section::Upstream, message });
    }
    if upstream.sslmode == SslMode::VerifyCa && upstream.roots == Roots::System {
        return broken(
            Section::Upstream,
            "sslmode \"verify-ca\" with the system's authorities accepts anybody's certificate; \
             use \"verify-full\" or name a file in sslrootcert",
        );
    }
    if upstream.negotiation == Negotiation::Direct && upstream.sslmode == SslMode::Disable {
        return broken(Section::Upstream, "sslnegotiation \"direct\" needs TLS");
    }
    match (config.auth.mode, &config.auth.users) {
        (AuthMode::Scram, None) => broken(
            Section::Auth,
            "mode \"scram\" needs users = \"users.toml\" (written by `pgveil users add`)",
        ),
        (AuthMode::Relay, None) if !config.listen.places.iter().all(Place::is_local) => broken(
            Section::Auth,
            "mode \"relay\" without a users file is only for loopback and private Unix sockets: \
             the server alone would decide who the client is",
        ),
        (AuthMode::Scram | AuthMode::Relay, Some(_)) | (AuthMode::Relay, None) => Ok(()),
    }
}
