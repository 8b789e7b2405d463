//! The configuration file exactly as it is written: names and shapes, no meaning.
//!
//! Every key that may stand in the file stands here, and only those: an unknown key is an error
//! that names the nearest known one.

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, Source};
use crate::policy::fault::nearest;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The form of the file: 1.
    pub version: Spanned<i64>,
    /// Where clients connect.
    pub listen: Spanned<Listen>,
    /// The database.
    pub upstream: Spanned<Upstream>,
    /// Who may connect.
    pub auth: Spanned<Auth>,
    /// The keyring.
    pub keys: Option<Keys>,
    /// Credentials for the jobs.
    pub admin: Option<Admin>,
    /// Several proxies before one database.
    pub cluster: Option<Cluster>,
    /// Bounds.
    #[serde(default)]
    pub limits: Limits,
    /// Logs.
    #[serde(default)]
    pub log: Log,
    /// Where the process says how it is.
    pub metrics: Option<Metrics>,
    /// Read by `policy::load`.
    pub column: Option<toml::Value>,
    /// Read by `policy::load`.
    pub function: Option<toml::Value>,
}

/// One string, or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// `"a"`
    One(String),
    /// `["a", "b"]`
    Many(Vec<String>),
}

/// `[listen]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// `host:port` or `unix:/directory`, one or several.
    pub address: Spanned<OneOrMany>,
    /// PEM certificate chain shown to clients.
    pub tls_cert: Option<String>,
    /// PEM private key of it.
    pub tls_key: Option<Spanned<String>>,
    /// PEM certificates of the authorities whose client certificates are accepted.
    pub tls_client_ca: Option<Spanned<String>>,
    /// Clients beyond loopback may connect without TLS.
    #[serde(default)]
    pub allow_plaintext: bool,
}

/// `[upstream]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// `host:port` or `unix:/directory`, tried in order.
    pub hosts: Spanned<Vec<String>>,
    /// As in libpq.
    pub sslmode: Option<Spanned<String>>,
    /// A PEM file, or `system`.
    pub sslrootcert: Option<Spanned<String>>,
    /// PEM client certificate.
    pub sslcert: Option<String>,
    /// PEM key of it.
    pub sslkey: Option<Spanned<String>>,
    /// `postgres` or `direct`.
    pub sslnegotiation: Option<Spanned<String>>,
    /// As in libpq.
    pub target_session_attrs: Option<Spanned<String>>,
    /// For one host: TCP, TLS and login.
    pub connect_timeout: Option<Spanned<String>>,
}

/// `[auth]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// `scram` or `relay`.
    pub mode: Option<Spanned<String>>,
    /// Written by `pgveil users`.
    pub users: Option<String>,
    /// Secrets for the server's side, until they are in the keyring.
    pub upstream_secrets: Option<String>,
    /// md5, cleartext and trust upstream beyond loopback.
    #[serde(default)]
    pub allow_weak_upstream_auth: bool,
    /// Roles that may change the shape of what is protected; without it all may.
    pub ddl_roles: Option<Vec<String>>,
}

/// `[keys]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The keyring file.
    pub keyring: String,
    /// How it is opened.
    pub unlock: Spanned<String>,
    /// The lowest generation that may be served.
    pub min_generation: Option<u64>,
}

/// `[admin]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// `file:…` or `env:…` holding a connection URL.
    pub url: Spanned<String>,
}

/// `[cluster]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// The names of all proxies.
    pub instances: Spanned<Vec<String>>,
    /// Which of them this one is.
    pub instance: Option<Spanned<String>>,
    /// `schema.table` through which they agree while keys change.
    pub table: Option<Spanned<String>>,
}

/// `[limits]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Sessions at one time.
    pub connections: Option<u32>,
    /// Connections that are not yet sessions.
    pub pending_connections: Option<u32>,
    /// Bytes of a start-up packet.
    pub startup_packet: Option<Spanned<u32>>,
    /// Bytes of one message.
    pub message: Option<Spanned<u32>>,
    /// From accept to the end of the login.
    pub authentication_timeout: Option<Spanned<String>>,
    /// An idle session is closed after this; `"0"` never.
    pub idle_timeout: Option<Spanned<String>>,
    /// At shutdown sessions at work get this long.
    pub drain_timeout: Option<Spanned<String>>,
    /// Refused logins of one user from one address within a minute.
    pub login_failures: Option<u32>,
    /// Cancel requests from one address within a second.
    pub cancels: Option<u32>,
    /// Threads that move bytes; default one per core.
    pub threads: Option<Spanned<u32>>,
}

/// `[log]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `text` or `json`.
    pub format: Option<Spanned<String>>,
    /// `error`, `warn`, `info`, `debug`.
    pub level: Option<Spanned<String>>,
}

/// `[metrics]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// `host:port`.
    pub listen: Spanned<String>,
}

/// Reads the text; an unknown key is named with its nearest known neighbour.
pub fn parse(source: &Source) -> Result<File, ConfigError> {
    toml::from_str(&source.text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        source.wrong(at, explained(error.message()))
    })
}

/// serde says ``unknown field `x`, expected one of `a`, `b` ``; we say what was meant.
fn explained(message: &str) -> String {
    if message.starts_with("invalid ")
        && let Some((_, expected)) = message.rsplit_once(", expected ")
    {
        // serde would repeat the value, and it may be a secret in the wrong place.
        return format!("not what is expected here: {}", expected.trim_end());
    }
    let Some(rest) = message.strip_prefix("unknown field ") else {
        return message.trim_end().to_owned();
    };
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let Some(unknown) = quoted.next() else {
        return message.to_owned();
    };
    match nearest(unknown, quoted) {
        Some(known) => format!("unknown key {unknown:?}; did you mean {known:?}?"),
        None => format!("unknown key {unknown:?}"),
    }
}
