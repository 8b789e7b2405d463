//! What the file means: validated, absolute, defaulted. Plain fields, read directly.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use tracing::level_filters::LevelFilter;

use super::cluster::{self, Cluster};
use super::metrics::{self, Metrics};
use super::place::Place;
use super::reference::SecretRef;
use super::written::{self, OneOrMany};
use super::{ConfigError, Source, duration, rules};

/// Where a pooler usually listens; pgveil does by default.
pub const DEFAULT_LISTEN_PORT: u16 = 6432;
/// PostgreSQL's own port.
pub const DEFAULT_SERVER_PORT: u16 = 5432;

/// The whole configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The text it came from; `policy::load` reads `[[column]]` and `[[function]]` here.
    pub source: Source,
    /// Where clients connect.
    pub listen: Listen,
    /// The database.
    pub upstream: Upstream,
    /// Who may connect.
    pub auth: Auth,
    /// The keyring; none in a plain relay.
    pub keys: Option<Keys>,
    /// A connection URL for the jobs.
    pub admin: Option<SecretRef>,
    /// Several proxies before one database.
    pub cluster: Cluster,
    /// Bounds.
    pub limits: Limits,
    /// Logs.
    pub log: Log,
    /// Where the process says how it is; nowhere by default.
    pub metrics: Option<Metrics>,
}

/// Where clients connect.
#[derive(Clone, Debug)]
pub struct Listen {
    /// At least one.
    pub places: Vec<Place>,
    /// None: clients connect in plaintext.
    pub tls: Option<ListenTls>,
}

/// TLS towards clients.
#[derive(Clone, Debug)]
pub struct ListenTls {
    /// PEM chain.
    pub cert: PathBuf,
    /// PEM key.
    pub key: PathBuf,
    /// PEM authorities for client certificates.
    pub client_ca: Option<PathBuf>,
    /// Clients beyond loopback must use TLS.
    pub required: bool,
}

/// The database.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// At least one, tried in order.
    pub hosts: Vec<Place>,
    /// How the leg is protected and the server's certificate is checked.
    pub sslmode: SslMode,
    /// Whom to trust.
    pub roots: Roots,
    /// Our own certificate and key.
    pub client_cert: Option<(PathBuf, PathBuf)>,
    /// How TLS begins.
    pub negotiation: Negotiation,
    /// Which of the hosts will do.
    pub target: TargetAttrs,
    /// For one host: TCP, TLS and login.
    pub connect_timeout: Duration,
}

/// As in libpq, without the modes that fall back to plaintext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    /// No TLS; loopback and Unix sockets only.
    Disable,
    /// TLS, the certificate is not checked.
    Require,
    /// The certificate must come from a trusted authority.
    VerifyCa,
    /// And must be for the name that we connect to.
    VerifyFull,
}

/// `sslrootcert`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// What the operating system trusts.
    System,
    /// A PEM file.
    File(PathBuf),
}

/// `sslnegotiation` of libpq 17.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Negotiation {
    /// SSLRequest first.
    Postgres,
    /// The TLS handshake at once, with ALPN `postgresql`.
    Direct,
}

/// `target_session_attrs` of libpq.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetAttrs {
    /// The first that answers.
    Any,
    /// Not in recovery and not read-only by default.
    ReadWrite,
    /// The opposite.
    ReadOnly,
    /// Not in recovery.
    Primary,
    /// In recovery.
    Standby,
    /// In recovery if there is one, else any.
    PreferStandby,
}

/// Who may connect.
#[derive(Clone, Debug)]
pub struct Auth {
    /// How a client proves who it is.
    pub mode: AuthMode,
    /// Verifiers and certificate mapping; always there in `scram`.
    pub users: Option<PathBuf>,
    /// The server-side secrets of the users, mode 0600.
    pub upstream_secrets: Option<PathBuf>,
    /// md5, cleartext and trust upstream beyond loopback.
    pub allow_weak_upstream_auth: bool,
    /// Roles that may change the shape of what is protected; `None` is all.
    pub ddl_roles: Option<Vec<String>>,
}

/// `[auth] mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// SCRAM against the operator's verifiers; the server's side has a secret of its own.
    Scram,
    /// The client's password is checked and then used upstream.
    Relay,
}

/// The keyring.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Its file.
    pub keyring: PathBuf,
    /// As written; `crypto::unlock` reads it, relative to the directory of the file.
    pub unlock: String,
    /// The lowest generation that may be served.
    pub min_generation: u64,
}

/// Bounds, each with its reason.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Sessions at one time; one more gets 53300.
    pub connections: u32,
    /// Connections that are not yet sessions; one more is closed without a word.
    pub pending_connections: u32,
    /// Bytes; PostgreSQL's own limit is 10,000.
    pub startup_packet: u32,
    /// Bytes of one message; PostgreSQL's own limit is 1 GiB.
    pub message: u32,
    /// From accept to the end of the login.
    pub authentication_timeout: Duration,
    /// Zero: an idle session is never closed.
    pub idle_timeout: Duration,
    /// At shutdown sessions at work get this long.
    pub drain_timeout: Duration,
    /// Refused logins of one user from one address within a minute; more are refused unheard.
    pub login_failures: u32,
    /// Cancel requests from one address within a second; more are dropped.
    pub cancels: u32,
    /// Threads that move bytes.
    pub threads: usize,
}

/// Logs, on stderr.
#[derive(Clone, Debug)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// The least important that is written.
    pub level: LevelFilter,
}

/// `[log] format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// Checks the file and gives every setting its meaning.
pub fn resolve(source: Source) -> Result<Config, ConfigError> {
    let file = written::parse(&source)?;
    if *file.version.get_ref() != 1 {
        return Err(source.wrong(file.version.span().start, "this pgveil reads version = 1"));
    }
    let reader = Reader { source: &source };
    let cluster = cluster::resolve(file.cluster, &source)?;
    let metrics = metrics::resolve(file.metrics, &source)?;
    let listen = reader.listen(&file.listen)?;
    let upstream = reader.upstream(&file.upstream)?;
    let auth = reader.auth(file.auth.get_ref())?;
    let config = Config {
        listen,
        upstream,
        auth,
        cluster,
        keys: file.keys.map(|keys| reader.keys(keys)),
        admin: match file.admin {
            Some(admin) => Some(reader.secret(&admin.url)?),
            None => None,
        },
        limits: reader.limits(file.limits)?,
        log: reader.log(file.log)?,
        metrics,
        source: source.clone(),
    };
    rules::check(&config).map_err(|broken| {
        let at = match broken.section {
            rules::Section::Upstream => file.upstream.span().start,
            rules::Section::Auth => file.auth.span().start,
        };
        source.wrong(at, broken.message)
    })?;
    Ok(config)
}

/// Turns what is written into what it means; errors carry the line.
struct Reader<'a> {
    source: &'a Source,
}

impl Reader<'_> {
    fn path(&self, written: &str) -> PathBuf {
        self.source.directory().join(Path::new(written))
    }

    fn wrong<T>(&self, at: &Spanned<T>, message: impl Into<String>) -> ConfigError {
        self.source.wrong(at.span().start, message)
    }

    fn secret(&self, written: &Spanned<String>) -> Result<SecretRef, ConfigError> {
        SecretRef::parse(written.get_ref(), self.source.directory())
            .map_err(|message| self.wrong(written, message))
    }

    /// One of a fixed set of words.
    fn word<T: Copy>(
        &self,
        written: Option<&Spanned<String>>,
        default: T,
        known: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let Some(written) = written else {
            return Ok(default);
        };
        let word = written.get_ref().as_str();
        if let Some((_, meaning)) = known.iter().find(|(name, _)| *name == word) {
            return Ok(*meaning);
        }
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let message = format!("{word:?} is none of {}", names.join(", "));
        Err(self.wrong(written, message))
    }

    fn time(&self, written: Option<&Spanned<String>>, default: u64) -> Result<Duration, ConfigError> {
        match written {
            None => Ok(Duration::from_secs(default)),
            Some(text) => duration::parse(text.get_ref()).map_err(|message| self.wrong(text, message)),
        }
    }

    /// A number of bytes or threads within bounds.
    fn number(
        &self,
        written: Option<&Spanned<u32>>,
        default: u32,
        bounds: std::ops::RangeInclusive<u32>,
    ) -> Result<u32, ConfigError> {
        match written {
            None => Ok(default),
            Some(number) if bounds.contains(number.get_ref()) => Ok(*number.get_ref()),
            Some(number) => {
                let message = format!("must be {} to {}", bounds.start(), bounds.end());
                Err(self.wrong(number, message))
            }
        }
    }

    fn listen(&self, section: &Spanned<written::Listen>) -> Result<Listen, ConfigError> {
        let listen = section.get_ref();
        let addresses = match listen.address.get_ref() {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many.as_slice(),
        };
        let places = self.places(addresses, DEFAULT_LISTEN_PORT, listen.address.span().start)?;
        let tls = match (&listen.tls_cert, &listen.tls_key) {
            (Some(cert), Some(key)) => Some(ListenTls {
                cert: self.path(cert),
                key: self.path(key.get_ref()),
                client_ca: listen.tls_client_ca.as_ref().map(|ca| self.path(ca.get_ref())),
                required: !listen.allow_plaintext,
            }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                let at = section.span().start;
                return Err(self.source.wrong(at, "tls_cert and tls_key belong together"));
            }
        };
        if let (None, Some(ca)) = (&tls, &listen.tls_client_ca) {
            return Err(self.wrong(ca, "tls_client_ca needs tls_cert and tls_key"));
        }
        if tls.is_none() && !listen.allow_plaintext && !places.iter().all(Place::is_local) {
            // REFUSES: passwords and opened values in plaintext on a network, unless it is asked for.
            let message = "beyond loopback, tls_cert and tls_key are required \
                           (or allow_plaintext = true, on a network that nobody else can read)";
            return Err(self.wrong(&listen.address, message));
        }
        Ok(Listen { places, tls })
    }

    fn places(&self, texts: &[String], port: u16, at: usize) -> Result<Vec<Place>, ConfigError> {
        if texts.is_empty() {
            return Err(self.source.wrong(at, "at least one is needed"));
        }
        let parsed = texts.iter().map(|text| Place::parse(text, port));
        parsed.collect::<Result<_, _>>().map_err(|message| self.source.wrong(at, message))
    }

    fn upstream(&self, section: &Spanned<written::Upstream>) -> Result<Upstream, ConfigError> {
        let upstream = section.get_ref();
        let hosts =
            self.places(upstream.hosts.get_ref(), DEFAULT_SERVER_PORT, upstream.hosts.span().start)?;
        let client_cert = match (&upstream.sslcert, &upstream.sslkey) {
            (Some(cert), Some(key)) => Some((self.path(cert), self.path(key.get_ref()))),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                let at = section.span().start;
                return Err(self.source.wrong(at, "sslcert and sslkey belong together"));
            }
        };
        Ok(Upstream {
            hosts,
            sslmode: self.sslmode(upstream.sslmode.as_ref())?,
            roots: match upstream.sslrootcert.as_ref().map(Spanned::get_ref) {
                None => Roots::System,
                Some(word) if word == "system" => Roots::System,
                Some(path) => Roots::File(self.path(path)),
            },
            client_cert,
            negotiation: self.word(
                upstream.sslnegotiation.as_ref(),
                Negotiation::Postgres,
                &[("postgres", Negotiation::Postgres), ("direct", Negotiation::Direct)],
            )?,
            target: self.word(upstream.target_session_attrs.as_ref(), TargetAttrs::Any, &TARGET_ATTRS)?,
            connect_timeout: self.time(upstream.connect_timeout.as_ref(), 10)?,
        })
    }

    fn sslmode(&self, written: Option<&Spanned<String>>) -> Result<SslMode, ConfigError> {
        if let Some(mode) = written
            && matches!(mode.get_ref().as_str(), "allow" | "prefer")
        {
            // REFUSES: a mode in which whoever stands between decides that there is no TLS.
            let message = "sslmode \"allow\" and \"prefer\" fall back to plaintext when asked to; \
                           use \"verify-full\" (or \"require\", or \"disable\" on loopback)";
            return Err(self.wrong(mode, message));
        }
        self.word(written, SslMode::VerifyFull, &SSL_MODES)
    }

    fn auth(&self, auth: &written::Auth) -> Result<Auth, ConfigError> {
        let known = [("scram", AuthMode::Scram), ("relay", AuthMode::Relay)];
        let users = auth.users.as_deref().map(|users| self.path(users));
        let beside = || users.as_ref().map(|users| users.with_extension("secrets"));
        Ok(Auth {
            mode: self.word(auth.mode.as_ref(), AuthMode::Scram, &known)?,
            upstream_secrets: match &auth.upstream_secrets {
                Some(path) => Some(self.path(path)),
                None => beside(),
            },
            users,
            allow_weak_upstream_auth: auth.allow_weak_upstream_auth,
            ddl_roles: auth.ddl_roles.clone(),
        })
    }

    fn keys(&self, keys: written::Keys) -> Keys {
        Keys {
            keyring: self.path(&keys.keyring),
            unlock: keys.unlock.into_inner(),
            min_generation: keys.min_generation.unwrap_or(0),
        }
    }

    fn limits(&self, limits: written::Limits) -> Result<Limits, ConfigError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.number(limits.threads.as_ref(), 0, 1..=1024)?;
        Ok(Limits {
            connections: limits.connections.unwrap_or(1_000),
            pending_connections: limits.pending_connections.unwrap_or(500),
            startup_packet: self.number(limits.startup_packet.as_ref(), 10_000, 64..=1_000_000)?,
            message: self.number(limits.message.as_ref(), 0x3fff_ffff, 65_536..=0x3fff_ffff)?,
            authentication_timeout: self.time(limits.authentication_timeout.as_ref(), 60)?,
            idle_timeout: self.time(limits.idle_timeout.as_ref(), 0)?,
            drain_timeout: self.time(limits.drain_timeout.as_ref(), 30)?,
            login_failures: limits.login_failures.unwrap_or(20),
            cancels: limits.cancels.unwrap_or(50),
            threads: if threads == 0 { cores } else { threads as usize },
        })
    }

    fn log(&self, log: written::Log) -> Result<Log, ConfigError> {
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        let levels = [
            ("error", LevelFilter::ERROR),
            ("warn", LevelFilter::WARN),
            ("info", LevelFilter::INFO),
            ("debug", LevelFilter::DEBUG),
        ];
        Ok(Log {
            format: self.word(log.format.as_ref(), LogFormat::Text, &formats)?,
            level: self.word(log.level.as_ref(), LevelFilter::INFO, &levels)?,
        })
    }
}

const SSL_MODES: [(&str, SslMode); 4] = [
    ("disable", SslMode::Disable),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

const TARGET_ATTRS: [(&str, TargetAttrs); 6] = [
    ("any", TargetAttrs::Any),
    ("read-write", TargetAttrs::ReadWrite),
    ("read-only", TargetAttrs::ReadOnly),
    ("primary", TargetAttrs::Primary),
    ("standby", TargetAttrs::Standby),
    ("prefer-standby", TargetAttrs::PreferStandby),
];
