//! What this machine holds: configuration, certificates, the process's own limits.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::tree::{Check, Section};
use crate::config::Config;
use crate::config::place::Place;
use crate::config::resolved::{AuthMode, Roots, SslMode};
use crate::crypto::locked::harden_process;
use crate::server::tls::pem;

/// A certificate that ends sooner than this is warned of.
const SOON: Duration = Duration::from_secs(30 * 86_400);

/// The file itself.
pub fn configuration(config: &Config) -> Section {
    let mut section = Section::new("configuration");
    let path = &config.source.path;
    section.add(Check::success(format!("{} is read", path.display())));
    section.add(writable(path));
    section.add(match (config.auth.mode, &config.auth.users) {
        (AuthMode::Scram, _) => {
            Check::success("clients prove themselves by SCRAM against the operator's verifiers")
        }
        (AuthMode::Relay, Some(_)) => {
            Check::success("passwords are checked against the operator's verifiers")
        }
        (AuthMode::Relay, None) => Check::warning(
            "[auth] mode = \"relay\" without a users file: the server says who a client is",
            "use it on loopback for development only; `pgveil users add` and mode = \"scram\"",
        ),
    });
    if config.auth.allow_weak_upstream_auth {
        section.add(Check::warning(
            "allow_weak_upstream_auth admits md5, cleartext and trust on the server's leg",
            "give the roles SCRAM passwords and take it out",
        ));
    }
    section
}

/// Who else could change what is read.
pub fn writable(path: &Path) -> Check {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o022 != 0 => Check::failure(
            format!("{} can be written by others", path.display()),
            format!("chmod go-w {}", path.display()),
        ),
        Ok(_) => Check::success(format!("{} is written by its owner only", path.display())),
        Err(error) => Check::failure(format!("{}: {error}", path.display()), "restore it"),
    }
}

/// Both legs.
pub fn transport(config: &Config) -> Section {
    let mut section = Section::new("transport");
    match &config.listen.tls {
        Some(tls) => section.add(expiry("clients' leg", &tls.cert)),
        None if config.listen.places.iter().all(Place::is_local) => {
            section.add(Check::note("clients' leg: no TLS; it listens on this machine only"));
        }
        None => section.add(Check::failure(
            "clients' leg: no TLS, and it listens beyond this machine",
            "set listen.tls_cert and listen.tls_key",
        )),
    }
    let local = config.upstream.hosts.iter().all(Place::is_local);
    section.add(match config.upstream.sslmode {
        SslMode::VerifyFull => Check::success("server's leg: TLS, certificate and name are checked"),
        SslMode::VerifyCa => Check::warning(
            "server's leg: TLS, the name in the certificate is not checked",
            "sslmode = \"verify-full\"",
        ),
        SslMode::Require => Check::failure(
            "server's leg: TLS, the certificate is not checked: anybody on the way can stand in",
            "sslmode = \"verify-full\" and the provider's sslrootcert",
        ),
        SslMode::Disable => Check::note("server's leg: no TLS; loopback or a unix socket"),
    });
    if let Roots::File(path) = &config.upstream.roots {
        section.add(expiry("the provider's authority", path));
    }
    if local {
        section.add(Check::warning(
            "the server runs on this machine: whoever has its root has the keys in memory too",
            "run pgveil where the host's operators cannot log in (docs/threat-model.md)",
        ));
    }
    section
}

/// When the first certificate of a file ends.
fn expiry(what: &str, path: &Path) -> Check {
    let end = match pem::first_expiry(path) {
        Ok(end) => end,
        Err(error) => return Check::failure(format!("{what}: {error}"), "restore the file"),
    };
    match end.duration_since(SystemTime::now()) {
        Err(_) => Check::failure(format!("{what}: the certificate has ended"), "renew it"),
        Ok(left) if left < SOON => Check::warning(
            format!("{what}: the certificate ends in {} days", left.as_secs() / 86_400),
            "renew it",
        ),
        Ok(left) => {
            Check::success(format!("{what}: the certificate is good for {} days", left.as_secs() / 86_400))
        }
    }
}

/// What would become of keys in memory.
pub fn process() -> Section {
    let mut section = Section::new("process");
    section.add(match harden_process() {
        Ok(()) => Check::success("no core dump, no tracing by others"),
        Err(error) => {
            Check::failure(format!("core dumps cannot be turned off: {error}"), "run it as its own user")
        }
    });
    section
}
