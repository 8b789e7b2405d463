//! Sockets, TLS, time: moves bytes between two sockets and a session.
//!
//! One thread accepts, watches files and signals; others let clients in, each connection in a task of its
//! own; others again move bytes, each between the sockets of its connections. Knows the configuration, the
//! login on both sides and how a session is fed. Does not know what a statement means, nor a key.

mod attributes;
pub mod auth;
mod cancel;
mod carriers;
mod clock;
mod connection;
mod contact;
mod crew;
mod door;
pub mod epoch;
mod health;
mod inside;
mod intake;
mod leg;
mod limits;
mod line;
mod listen;
pub mod lookout;
mod meter;
mod proxy;
mod pump;
mod running;
mod service;
mod shutdown;
pub mod tls;
pub mod unreported;
mod upstream;
mod workers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep, sleep_until};

use self::auth::secrets::SecretsPlace;
use self::auth::users::StoreError;
use self::clock::Clock;
use self::epoch::Judges;
use self::listen::{Bound, Listener};
use self::proxy::Shared;
use self::shutdown::Phase;
use self::tls::TlsError;
use self::workers::Workers;
use crate::config::place::Place;
use crate::config::{self, Config};
use crate::observe::log::Level;
use crate::observe::metrics::{Metrics, Unserved};

/// How often the files of certificates and users are looked at.
const FILES_INTERVAL: Duration = Duration::from_secs(2);
/// How often it is looked whether all sessions have ended during shutdown.
const DRAIN_INTERVAL: Duration = Duration::from_millis(50);
/// After the drain sessions get this long to hear why.
const CLOSING_LIMIT: Duration = Duration::from_secs(5);

/// Why the proxy does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file that the configuration names.
    #[error("{0}")]
    Setting(String),
    /// An address cannot be listened on.
    #[error("cannot listen on {place}: {reason}")]
    Listen {
        /// As configured.
        place: String,
        /// What the system says.
        reason: std::io::Error,
    },
    /// Threads, signals.
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
}

impl From<TlsError> for StartError {
    fn from(error: TlsError) -> StartError {
        StartError::Setting(error.to_string())
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> StartError {
        StartError::Setting(error.to_string())
    }
}

/// Everything is read and checked; nothing listens yet.
pub struct Prepared {
    runtime: Runtime,
    shared: Arc<Shared>,
    config: Config,
    level: Level,
}

/// How the process is watched.
pub struct Watched {
    /// What it counts.
    pub metrics: Arc<Metrics>,
    /// Of the log; SIGHUP sets it anew.
    pub level: Level,
}

/// Sockets are bound; [`Listening::serve`] accepts.
pub struct Listening {
    runtime: Runtime,
    shared: Arc<Shared>,
    bound: Vec<Bound>,
    health: Vec<Bound>,
    level: Level,
    threads: usize,
    drain: Duration,
}

/// Ends a running proxy from outside.
#[derive(Clone)]
pub struct Stopper(Arc<Shared>);

impl Stopper {
    /// As SIGTERM: drains, then closes.
    pub fn stop(&self) {
        self.0.shutdown.advance(Phase::Draining);
    }
}

impl Prepared {
    /// Reads every file that the configuration names.
    pub fn new(
        config: Config,
        judges: Arc<dyn Judges>,
        secrets: SecretsPlace,
        watched: Watched,
    ) -> Result<Prepared, StartError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let clock = Clock::of(runtime.handle());
        let Watched { metrics, level } = watched;
        let shared = Arc::new(Shared::load(config.clone(), judges, secrets, (clock, metrics))?);
        Ok(Prepared { runtime, shared, config, level })
    }

    /// Binds the sockets.
    pub fn listen(self) -> Result<Listening, StartError> {
        let private = self.config.auth.users.is_none();
        let bind = |place: &Place| {
            listen::bind(place, private)
                .map_err(|reason| StartError::Listen { place: place.to_string(), reason })
        };
        // ORDER: whoever finds pgveil listening finds its probes as well.
        let health = self.config.metrics.iter().map(|metrics| bind(&metrics.listen));
        let health: Vec<Vec<Bound>> = health.collect::<Result<_, _>>()?;
        let mut bound = Vec::new();
        for place in &self.config.listen.places {
            bound.extend(bind(place)?);
        }
        Ok(Listening {
            runtime: self.runtime,
            shared: self.shared,
            bound,
            health: health.into_iter().flatten().collect(),
            level: self.level,
            threads: self.config.limits.threads,
            drain: self.config.limits.drain_timeout,
        })
    }
}

impl Listening {
    /// The TCP addresses, with the ports that they really have.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let tcp = self.bound.iter().filter_map(|bound| match bound {
            Bound::Tcp(_, address) => Some(*address),
            Bound::Unix(..) => None,
        });
        tcp.collect()
    }

    /// Ends the proxy from another thread.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.shared.clone())
    }

    /// Serves until SIGTERM, SIGINT or [`Stopper::stop`], then drains; blocks.
    pub fn serve(self) -> Result<(), StartError> {
        let workers = Workers::start(self.threads, &self.shared)?;
        for address in self.addresses() {
            tracing::info!(%address, "listening");
        }
        let Listening { runtime, shared, bound, health, level, drain, .. } = self;
        let served = runtime.block_on(async {
            let workers = Arc::new(workers);
            tokio::spawn(workers.clone().call(shared.clone()));
            for bound in bound {
                let listener = Listener::new(bound)?;
                tokio::spawn(accept(listener, shared.clone(), workers.clone()));
            }
            for bound in health {
                // The configuration admits no other.
                if let Bound::Tcp(listener, address) = bound {
                    tracing::info!(%address, "answering /healthz, /readyz and /metrics");
                    let listener = tokio::net::TcpListener::from_std(listener)?;
                    tokio::spawn(health::serve(listener, shared.clone()));
                }
            }
            tokio::spawn(service::watchdog());
            attend(&shared, &level, drain).await
        });
        served.map_err(StartError::System)
    }
}

/// Hands over what comes, until the process ends: during shutdown newcomers hear why.
async fn accept(listener: Listener, shared: Arc<Shared>, workers: Arc<Workers>) {
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                shared.metrics.accepted();
                match shared.pending.take() {
                    Some(place) => workers.give(accepted, place),
                    None => {
                        shared.metrics.unserved(Unserved::TooManyPending);
                        tracing::warn!("too many connections without a login; one was closed");
                    }
                }
            }
            Err(error) => {
                // Out of file descriptors, mostly: nothing is won by trying at once.
                tracing::error!(%error, "cannot accept");
                sleep(DRAIN_INTERVAL).await;
            }
        }
    }
}

/// Signals, files, and the end.
async fn attend(shared: &Shared, level: &Level, drain: Duration) -> std::io::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    // ORDER: whoever is told that we are ready may send a signal at once.
    service::ready();
    loop {
        tokio::select! {
            _ = term.recv() => break,
            _ = interrupt.recv() => break,
            () = shared.shutdown.reached(Phase::Draining) => break,
            _ = hangup.recv() => {
                service::reloading();
                follow_level(shared, level);
                shared.reload();
                shared.judges.reread();
                service::ready();
            }
            () = sleep(FILES_INTERVAL) => shared.reload_if_changed(),
        }
    }
    tracing::info!(sessions = shared.sessions.taken(), "shutting down");
    shared.shutdown.advance(Phase::Draining);
    service::stopping();
    let deadline = Instant::now() + drain;
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
        () = sleep_until(deadline) => {}
        () = emptied(shared) => {}
    }
    shared.shutdown.advance(Phase::Closing);
    tokio::select! {
        () = emptied(shared) => {}
        () = sleep(CLOSING_LIMIT) => {}
    }
    tracing::info!(sessions = shared.sessions.taken(), "ended");
    Ok(())
}

/// The level of the log is the one setting of the file itself that needs no restart.
fn follow_level(shared: &Shared, level: &Level) {
    match config::load(shared.configuration()) {
        Ok(config) => level.set(config.log.level),
        Err(error) => tracing::error!(%error, "the configuration stays as it was"),
    }
}

async fn emptied(shared: &Shared) {
    while shared.sessions.taken() > 0 {
        sleep(DRAIN_INTERVAL).await;
    }
}
