//! What all connections of one proxy share: read at the start of a connection, never per message.

use std::collections::HashMap;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::StartError;
use super::auth::client::Refusals;
use super::auth::scram_client::Pin;
use super::auth::secrets::{SecretsPlace, UpstreamSecrets};
use super::auth::users::Users;
use super::cancel::CancelKeys;
use super::clock::Clock;
use super::contact::Contact;
use super::crew::Hands;
use super::epoch::Judges;
use super::limits::Places;
use super::shutdown::Shutdown;
use super::tls::{Acceptor, pem};
use super::upstream::Upstream;
use crate::config::Config;
use crate::config::resolved::{AuthMode, Limits};
use crate::observe::metrics::{Certificate, Metrics, Shard};
use crate::session::crew::Crew;

/// Shared by all threads.
pub struct Shared {
    /// Makes the judge of a session.
    pub judges: Arc<dyn Judges>,
    /// How clients prove who they are.
    pub auth_mode: AuthMode,
    /// `allow_weak_upstream_auth`.
    pub allow_weak_upstream_auth: bool,
    /// Clients beyond loopback must use TLS.
    pub tls_required: bool,
    /// Bounds.
    pub limits: Limits,
    /// Refused logins.
    pub refusals: Refusals,
    /// What the server asked users of `relay` with.
    pub pins: Pins,
    /// Key data of all sessions.
    pub cancels: Arc<CancelKeys>,
    /// Sessions.
    pub sessions: Arc<Places>,
    /// Connections that have no session yet.
    pub pending: Arc<Places>,
    /// Where the proxy stands.
    pub shutdown: Shutdown,
    /// Every limit of time.
    pub clock: Clock,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// When the server was last reached.
    pub contact: Contact,
    /// Threads for large results.
    pub crew: Option<Arc<dyn Crew>>,
    files: Files,
    secrets_place: SecretsPlace,
    reloaded: Reloaded,
}

/// A handle of one thread.
#[derive(Clone)]
pub struct Proxy {
    shared: Arc<Shared>,
    /// What this thread counts.
    pub shard: Arc<Shard>,
}

impl Proxy {
    /// For the thread that calls.
    pub fn new(shared: Arc<Shared>) -> Proxy {
        Proxy { shard: shared.metrics.shard(), shared }
    }
}

impl Deref for Proxy {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

/// What is read from files and replaced while running.
struct Reloaded {
    acceptor: ArcSwapOption<Acceptor>,
    upstream: ArcSwap<Upstream>,
    users: ArcSwapOption<Users>,
    secrets: ArcSwap<UpstreamSecrets>,
    certificates: ArcSwap<Vec<Certificate>>,
}

/// Where that lies.
struct Files {
    config: Config,
    seen: Mutex<HashMap<PathBuf, Option<SystemTime>>>,
}

impl Shared {
    /// Reads every file that the configuration names.
    pub fn load(
        config: Config,
        judges: Arc<dyn Judges>,
        secrets: SecretsPlace,
        (clock, metrics): (Clock, Arc<Metrics>),
    ) -> Result<Shared, StartError> {
        let reloaded = Reloaded {
            acceptor: ArcSwapOption::new(acceptor(&config)?),
            upstream: ArcSwap::new(Arc::new(Upstream::load(&config.upstream, &clock)?)),
            users: ArcSwapOption::new(users(&config)?),
            secrets: ArcSwap::new(Arc::new(secrets.read()?)),
            certificates: ArcSwap::from_pointee(certificates(&config)?),
        };
        // The thread that reads a large result is one of those that open it.
        let crew = Hands::start(config.limits.threads.saturating_sub(1));
        let shared = Shared {
            crew: crew.map_err(|error| StartError::System(io::Error::other(error)))?,
            judges,
            auth_mode: config.auth.mode,
            allow_weak_upstream_auth: config.auth.allow_weak_upstream_auth,
            tls_required: config.listen.tls.as_ref().is_some_and(|tls| tls.required),
            refusals: Refusals::new(config.limits.login_failures),
            pins: Pins::default(),
            cancels: Arc::new(CancelKeys::new(config.limits.cancels)),
            sessions: Places::new(config.limits.connections),
            pending: Places::new(config.limits.pending_connections),
            shutdown: Shutdown::default(),
            clock,
            metrics,
            contact: Contact::default(),
            limits: config.limits.clone(),
            files: Files { config, seen: Mutex::default() },
            secrets_place: secrets,
            reloaded,
        };
        shared.files.changed();
        Ok(shared)
    }

    /// Our certificate, if there is one.
    pub fn acceptor(&self) -> Option<Arc<Acceptor>> {
        self.reloaded.acceptor.load_full()
    }

    /// The hosts.
    pub fn upstream(&self) -> Arc<Upstream> {
        self.reloaded.upstream.load_full()
    }

    /// The operator's users, if there is a file of them.
    pub fn users(&self) -> Option<Arc<Users>> {
        self.reloaded.users.load_full()
    }

    /// The secrets for the server's side.
    pub fn secrets(&self) -> Arc<UpstreamSecrets> {
        self.reloaded.secrets.load_full()
    }

    /// The configuration file.
    pub fn configuration(&self) -> &Path {
        &self.files.config.source.path
    }

    /// When our own certificates end.
    pub fn certificates(&self) -> Vec<Certificate> {
        self.reloaded.certificates.load().to_vec()
    }

    /// Reads certificates, users and secrets again. A file that does not do leaves all as it was:
    /// sessions go on, and the log says why.
    pub fn reload(&self) {
        match self.reread() {
            Ok(()) => tracing::info!("certificates and users were read again"),
            Err(error) => {
                tracing::error!(%error, "certificates and users stay as they were");
                return self.metrics.reloaded(false);
            }
        }
        self.metrics.reloaded(true);
    }

    /// Reads them again if one of the files has changed.
    pub fn reload_if_changed(&self) {
        if self.files.changed() {
            self.reload();
        }
    }

    fn reread(&self) -> Result<(), StartError> {
        let config = &self.files.config;
        let (acceptor, users) = (acceptor(config)?, users(config)?);
        let (upstream, secrets) =
            (Upstream::load(&config.upstream, &self.clock)?, self.secrets_place.read()?);
        let certificates = certificates(config)?;
        self.reloaded.acceptor.store(acceptor);
        self.reloaded.certificates.store(Arc::new(certificates));
        self.reloaded.users.store(users);
        self.pins.clear();
        self.reloaded.upstream.store(Arc::new(upstream));
        self.reloaded.secrets.store(Arc::new(secrets));
        Ok(())
    }
}

fn acceptor(config: &Config) -> Result<Option<Arc<Acceptor>>, StartError> {
    let loaded = config.listen.tls.as_ref().map(Acceptor::load).transpose()?;
    Ok(loaded.map(Arc::new))
}

fn certificates(config: &Config) -> Result<Vec<Certificate>, StartError> {
    let shown = config.listen.tls.iter().map(|tls| ("client", &tls.cert));
    let all = shown.chain(config.upstream.client_cert.iter().map(|(cert, _)| ("server", cert)));
    all.map(|(leg, path)| {
        let ends = pem::first_expiry(path)?.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Ok(Certificate { leg, ends })
    })
    .collect()
}

fn users(config: &Config) -> Result<Option<Arc<Users>>, StartError> {
    let loaded = config.auth.users.as_deref().map(Users::load).transpose()?;
    Ok(loaded.map(Arc::new))
}

impl Files {
    /// Whether a file has another time of change than when this was last asked.
    fn changed(&self) -> bool {
        let config = &self.config;
        let listen = config.listen.tls.iter().flat_map(|tls| {
            [Some(tls.cert.clone()), Some(tls.key.clone()), tls.client_ca.clone()].into_iter().flatten()
        });
        let keyring = config.keys.as_ref().map(|keys| keys.keyring.clone());
        let auth = [config.auth.users.clone(), config.auth.upstream_secrets.clone(), keyring];
        let now: HashMap<PathBuf, Option<SystemTime>> = listen
            .chain(auth.into_iter().flatten())
            .map(|path| {
                let time = std::fs::metadata(&path).and_then(|file| file.modified()).ok();
                (path, time)
            })
            .collect();
        match self.seen.lock() {
            Ok(mut seen) => std::mem::replace(&mut *seen, now.clone()) != now,
            Err(_) => false,
        }
    }
}

/// Salt and iterations per user of `relay`, proven by a mutual login, until the users are read again.
#[derive(Default)]
pub struct Pins(Mutex<HashMap<String, Pin>>);

impl Pins {
    /// What the server must ask this user with.
    pub fn get(&self, user: &str) -> Option<Pin> {
        self.0.lock().ok()?.get(user).cloned()
    }

    /// New users, new passwords.
    fn clear(&self) {
        if let Ok(mut pins) = self.0.lock() {
            pins.clear();
        }
    }

    /// The first one stays.
    pub fn pin(&self, user: &str, pin: &Pin) {
        if let Ok(mut pins) = self.0.lock() {
            pins.entry(user.to_owned()).or_insert_with(|| pin.clone());
        }
    }
}
