//! One instance among those that change keys together: it answers the worker's steps and renews its
//! lease (docs/format.md, section 4).
//!
//! Knows the table of the instances, which generation each epoch is of, and this machine's monotonic
//! clock. Runs on the vigil's thread; what it asks the server takes a bounded time.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::material;
use crate::config::Config;
use crate::crypto::Keyring;
use crate::crypto::store::{read_private, write_private};
use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::instances::lease::{self, Lease};
use crate::jobs::instances::row::{Answer, Challenge, Standing};
use crate::jobs::instances::table::Table;
use crate::server::epoch::Current;
use crate::session::judge::EpochId;

/// Between two looks while a step is on, or while keys have just changed.
const EAGER: Duration = Duration::from_millis(250);
/// For so long after a change of the keyring a step is expected.
const EXPECTING: Duration = Duration::from_secs(30);
/// undefined_table.
const UNDEFINED_TABLE: &str = "42P01";
/// Numbers that are reserved at once, so that not every answer is written to disk.
const RESERVED: u64 = 1 << 20;

/// The instance's own part.
pub struct Attendance {
    table: Table,
    /// `None`: the configuration does not say which instance this is.
    name: Option<String>,
    leased: bool,
    counter: Counter,
    lease: Lease,
    begun: Instant,
    looked: Option<Instant>,
    expecting: Option<Instant>,
    admin: Option<Admin>,
    epochs: Arc<Current>,
    /// What was answered last.
    answered: Option<(Challenge, Standing, u64)>,
    /// The first epoch of each generation that something may still depend on, in order.
    generations: Vec<(EpochId, u64)>,
}

impl Attendance {
    /// Begins with the epoch in force; a moment ago the server was heard.
    pub fn begin(config: &Config, keyring: &Keyring, epochs: &Arc<Current>) -> Self {
        let cluster = &config.cluster;
        let begun = Instant::now();
        let attendance = Attendance {
            table: Table::new(cluster.table.clone()),
            name: cluster.instance.clone(),
            leased: cluster.leased,
            counter: Counter::begin(keyring, cluster.instance.as_deref().unwrap_or_default()),
            lease: Lease::begin(Duration::ZERO),
            begun,
            looked: None,
            expecting: None,
            admin: None,
            epochs: Arc::clone(epochs),
            answered: None,
            generations: vec![(epochs.latest(), keyring.generation())],
        };
        if attendance.leased {
            epochs.serve_until(begun, lease::LENGTH);
        }
        attendance
    }

    /// The epoch in force is of this generation from now on.
    pub fn in_force(&mut self, generation: u64) {
        self.generations.push((self.epochs.latest(), generation));
        self.expecting = Some(Instant::now());
    }

    /// Looks at the table, if it is time to. `read` is when the keyring's file was last looked at: the
    /// lease is renewed from then.
    pub fn attend(&mut self, runtime: &Runtime, config: &Config, keyring: &Keyring, read: Instant) {
        let expecting = self.expecting.is_some_and(|since| since.elapsed() < EXPECTING);
        let interval = if expecting { EAGER } else { lease::RENEWAL };
        if self.looked.is_some_and(|looked| looked.elapsed() < interval) {
            return;
        }
        let Some(name) = self.name.clone() else { return };
        self.looked = Some(Instant::now());
        let asked = read.saturating_duration_since(self.begun);
        let done = runtime.block_on(async { timeout(lease::LOOK, self.meet(config, keyring, &name)).await });
        match done {
            Ok(Ok(is_news)) => {
                if is_news {
                    self.expecting = Some(Instant::now());
                }
                self.lease.renew(asked);
                if self.leased {
                    self.epochs.serve_until(self.begun, asked + lease::LENGTH);
                }
            }
            Ok(Err(why)) => self.unheard(&why),
            Err(_) => self.unheard("no answer in time"),
        }
    }

    fn unheard(&mut self, why: &str) {
        self.admin = None;
        let holds = self.lease.holds(self.begun.elapsed());
        if self.leased && !holds {
            tracing::error!(why, "the lease has run out: protected columns are not served");
        } else {
            tracing::warn!(why, "the table of the instances could not be reached");
        }
    }

    /// Says where this instance stands; true if that is news: a step has begun, or is met further.
    async fn meet(&mut self, config: &Config, keyring: &Keyring, name: &str) -> Result<bool, String> {
        let admin = match self.admin.take() {
            Some(admin) => admin,
            None => material::admin(config).await.map_err(|failure| failure.to_string())?,
        };
        let met = match self.answer(&admin, keyring, name).await {
            // The worker has ended meanwhile, and its table with it.
            Err(error) if error.sqlstate == UNDEFINED_TABLE => false,
            met => met.map_err(|error| error.to_string())?,
        };
        self.admin = Some(admin);
        Ok(met)
    }

    async fn answer(&mut self, admin: &Admin, keyring: &Keyring, name: &str) -> Result<bool, StatementError> {
        if !self.table.exists(admin).await? {
            return Ok(false);
        }
        let announced = self.table.announced(admin, keyring).await?;
        if announced.is_none() && !self.leased {
            return Ok(false);
        }
        let loaded = self.generations.last().map_or(0, |(_, generation)| *generation);
        let asked = announced.as_ref().map_or(loaded, |step| step.generation);
        let answer = Answer {
            instance: name.to_owned(),
            standing: Standing::of(asked, loaded, self.oldest()),
            generation: loaded,
            counter: self.counter.next(),
            challenge: announced.as_ref().map_or(Challenge::default(), |step| step.challenge),
        };
        let said = Some((answer.challenge, answer.standing, answer.generation));
        // A worker that was killed leaves its step behind: it is answered once.
        if self.answered == said && !self.leased {
            return Ok(false);
        }
        self.table.answer(admin, keyring, &answer).await?;
        Ok(std::mem::replace(&mut self.answered, said) != said && announced.is_some())
    }

    /// The generation of the oldest epoch that anything in progress depends on.
    fn oldest(&mut self) -> u64 {
        let oldest = self.epochs.oldest();
        let of_older = self.generations.iter().rposition(|(first, _)| *first <= oldest).unwrap_or(0);
        self.generations.drain(..of_older);
        self.generations.first().map_or(0, |(_, generation)| *generation)
    }
}

/// Strictly increasing for this instance, over restarts too: from a file in the state directory, and
/// where there is none from the clock.
struct Counter {
    file: Option<PathBuf>,
    last: u64,
    reserved: u64,
}

impl Counter {
    fn begin(keyring: &Keyring, name: &str) -> Self {
        let realm: String = keyring.realm().iter().map(|byte| format!("{byte:02x}")).collect();
        let state = std::env::var_os("STATE_DIRECTORY").map(PathBuf::from);
        let file = state.map(|state| state.join(format!("{realm}.{name}.counter")));
        let read = |path: &PathBuf| {
            let bytes = read_private(path, 64).ok()?;
            std::str::from_utf8(&bytes).ok()?.trim_end().parse::<u64>().ok()
        };
        let stored = file.as_ref().and_then(read).unwrap_or(0);
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
        let last = stored.max(u64::try_from(clock).unwrap_or(0));
        Counter { file, last, reserved: 0 }
    }

    /// ORDER: what is reserved is on disk before the first number of it is used.
    fn next(&mut self) -> u64 {
        self.last = self.last.saturating_add(1);
        if self.last > self.reserved {
            self.reserved = self.last.saturating_add(RESERVED);
            if let Some(file) = &self.file
                && let Err(error) = write_private(file, format!("{}\n", self.reserved).as_bytes())
            {
                tracing::warn!(%error, "the counter of this instance could not be kept");
            }
        }
        self.last
    }
}
