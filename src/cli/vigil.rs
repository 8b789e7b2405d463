//! What `serve` does beside serving, when something is tagged: the first epoch, the live shape of
//! the database compared with the pin again and again, and policy, pin and keyring read again when
//! their files change or the operator asks (SIGHUP).
//!
//! A relation that differs from its pin is closed until the operator accepts it; one that agrees
//! again is opened. Nothing is ever loosened: the pin decides what is sealed. What cannot be read, was
//! not accepted, or is older than what was seen leaves everything as it is, and the log says why. The
//! pin follows what clients define through pgveil (docs/decisions/0004). A glance tells twice a second,
//! and whenever a session waits for it, whether anything was defined by somebody else (0007).

mod glance;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::attendance::Attendance;
use super::keyring::KeyringPlace;
use super::material::{self, Material, PinPlace};
use super::uses::Ledger;
use super::{Exit, Failure};
use crate::catalog::fetch::Live;
use crate::catalog::finding::{Finding, Weight};
use crate::catalog::pin::Pin;
use crate::config::{self, Config};
use crate::crypto::{Keyring, KeyringError, KeyringFile};
use crate::jobs::accepted;
use crate::jobs::admin::AdminError;
use crate::names::QualifiedName;
use crate::observe::metrics::Metrics;
use crate::policy::join::{Joined, join};
use crate::policy::load;
use crate::policy::model::Tags;
use crate::policy::settle::{self, settle};
use crate::protect::Protector;
use crate::server::epoch::{Current, Defined};
use crate::session::epoch::{Epoch, Epochs};
use crate::session::judge::EpochId;
use crate::session::look::Sight;
use crate::sql::parse::STACK;
use crate::sql::view_lineage;
use crate::types::Oid;
use glance::Glance;

/// Between two looks at the live catalog.
const CATALOG_INTERVAL: Duration = Duration::from_secs(10);
/// Between two looks at the files: a window is opened and closed in files.
const FILES_INTERVAL: Duration = Duration::from_millis(250);
/// The catalog is read so often for one look, while clients go on defining.
const READINGS: usize = 3;
/// The server's catalog is read in this time or not at all.
const CATALOG_LIMIT: Duration = Duration::from_secs(10);

/// One lock of a definition is waited for so long, in milliseconds.
const LOCK_MS: u32 = 2_000;

/// What the process shares of the keyring.
pub type SharedKeyring = Arc<Mutex<KeyringFile>>;

/// What the process shares of what its keys have sealed.
pub type SharedLedger = Arc<Mutex<Ledger>>;

/// The shape under watch.
pub struct Vigil {
    config: Config,
    tags: Tags,
    pin: Pin,
    pin_path: PathBuf,
    place: PinPlace,
    live: Live,
    keyring: SharedKeyring,
    /// Those in force: what the file held when it was last found in order.
    keys: Arc<Keyring>,
    protector: Arc<Protector>,
    /// Tags, pin or keys are not those of the epoch in force.
    renew: bool,
    /// The pin in force could not be stored: the file has an older one.
    unstored: bool,
    /// The live catalog could not be read the last time.
    unreachable: bool,
    epochs: Arc<Current>,
    findings: Vec<Finding>,
    attendance: Attendance,
    glance: Glance,
    seen: HashMap<PathBuf, Option<SystemTime>>,
    /// Why the files were not taken the last time.
    complaint: Option<String>,
    ledger: SharedLedger,
    metrics: Arc<Metrics>,
    runtime: Runtime,
}

/// Policy, pin and keys as the files say them now.
struct Reread {
    tags: Tags,
    pin: Pin,
    keyring: Arc<Keyring>,
}

impl Vigil {
    /// Reads the live catalog, makes the first epoch, and says what the operator should know of it.
    pub fn begin(material: Material, pin: Pin, metrics: &Arc<Metrics>) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let detailed = in_detail(&material.tags, &pin, []);
        let live = runtime.block_on(live(&material.config, &detailed))?;
        let Joined { policy, catalog, findings } = join(&material.tags, &pin, &live, &view_lineage);
        let keys = Arc::clone(material.keyring.keyring());
        let protector = Arc::new(Protector::new(&policy, &keys));
        say_unfit(&protector);
        let first = Epoch::new(EpochId(1), catalog, policy, Arc::clone(&protector));
        let epochs = Arc::new(Current::new(first, Arc::clone(&keys)));
        let place = material.pin_place();
        report(&findings);
        let Material { config, tags, keyring, pin_path, .. } = material;
        let attendance = Attendance::begin(&config, &keys, &epochs);
        let ledger = Arc::new(Mutex::new(Ledger::new(keyring.path(), metrics)));
        let mut vigil = Vigil {
            config,
            tags,
            pin,
            pin_path,
            place,
            live,
            keyring: Arc::new(Mutex::new(keyring)),
            keys,
            protector,
            renew: false,
            unstored: false,
            unreachable: false,
            epochs,
            findings,
            attendance,
            glance: Glance::default(),
            seen: HashMap::new(),
            complaint: None,
            ledger,
            metrics: Arc::clone(metrics),
            runtime,
        };
        vigil.seen = vigil.files();
        Ok(vigil)
    }

    /// Where sessions find the epoch in force.
    pub fn epochs(&self) -> &Arc<Current> {
        &self.epochs
    }

    /// The keyring, read again by whoever looks first.
    pub fn keyring(&self) -> SharedKeyring {
        Arc::clone(&self.keyring)
    }

    /// Where what the keys have sealed is added up.
    pub fn ledger(&self) -> SharedLedger {
        Arc::clone(&self.ledger)
    }

    /// Keeps looking, on a thread of its own, until the process ends. `bell` rings when a session waits
    /// for a look, or when the operator wishes that everything be read again.
    pub fn keep(mut self, bell: Receiver<()>) -> std::io::Result<()> {
        std::thread::Builder::new().name("pgveil-vigil".into()).stack_size(STACK).spawn(move || {
            let mut looked = Instant::now();
            loop {
                if let Err(RecvTimeoutError::Disconnected) = bell.recv_timeout(FILES_INTERVAL) {
                    break;
                }
                // ORDER: a lease is counted from before the files were read: whoever slept since then, for
                // however long, does not serve under keys of before.
                let read = Instant::now();
                self.reread_if(self.epochs.lookout.takes_reread());
                self.look_out();
                self.attendance.attend(&self.runtime, &self.config, &self.keys, read);
                self.ledger.lock().unwrap_or_else(PoisonError::into_inner).attend();
                let defined = !self.unreachable && !self.epochs.seen().touched.is_empty();
                if defined || looked.elapsed() >= CATALOG_INTERVAL {
                    looked = Instant::now();
                    self.look();
                }
            }
        })?;
        Ok(())
    }

    /// Sees whether anything has been defined, and tells whoever waits.
    fn look_out(&mut self) {
        // ORDER: only who waited before the glance began is answered by it.
        let waiting = self.epochs.lookout.waiting();
        // What a client of our own defines is not taken for somebody else's before its session follows.
        if waiting.is_empty() && (!self.glance.is_due() || self.epochs.is_defining()) {
            return;
        }
        let sight = if self.is_current() { Sight::Current } else { Sight::Unknown };
        waiting.iter().for_each(|look| look.answer(sight));
    }

    /// The epoch in force has the live shape, or has it now.
    fn is_current(&mut self) -> bool {
        let pinned = self.live.relations.iter().filter(|live| self.pin.relation(&live.name).is_some());
        let pinned: Vec<Oid> = pinned.map(|relation| relation.oid).collect();
        let Some(seen) = self.glance.take(&self.runtime, &self.config, &pinned) else { return false };
        if self.glance.is_known(&seen) {
            return true;
        }
        let current = (0..READINGS).any(|_| self.look());
        match current {
            true => self.glance.has_read(seen),
            false => self.glance.has_failed(),
        }
        current
    }

    /// Reads the live shape; true if the epoch in force has it.
    fn look(&mut self) -> bool {
        // ORDER: before the live shape is read, so that nothing defined later is missed in it.
        let seen = self.epochs.seen();
        // What is defined meanwhile is looked at next time.
        self.read_live() && self.follow(&seen) && self.put_in_force(&seen)
    }

    /// Reads the live catalog. What was read before stays if it cannot be.
    fn read_live(&mut self) -> bool {
        let detailed = in_detail(&self.tags, &self.pin, &self.epochs.seen().touched);
        let read = self.runtime.block_on(async {
            let twice = async {
                match live(&self.config, &detailed).await {
                    // What was dropped while it was read reads as NULL, and is gone the next time.
                    Err(_) => live(&self.config, &detailed).await,
                    read => read,
                }
            };
            timeout(CATALOG_LIMIT, twice).await
        });
        self.unreachable = !matches!(read, Ok(Ok(_)));
        match read {
            Ok(Ok(live)) => self.live = live,
            Ok(Err(failure)) => tracing::warn!(%failure, "the live catalog could not be read"),
            Err(_) => tracing::warn!("the live catalog could not be read in time"),
        }
        !self.unreachable
    }

    /// The pin with what clients have defined; false if they or the operator have changed it again.
    fn follow(&mut self, seen: &Defined) -> bool {
        if seen.touched.is_empty() {
            // What could not be stored before may be now.
            return !self.unstored || self.store(&self.pin.clone());
        }
        let present = self.epochs.current();
        let (policy, catalog) = (&present.policy, &present.catalog);
        let defined = settle::Defined { tags: &self.tags, policy, catalog, touched: &seen.touched };
        let pin = settle(defined, &self.pin, &self.live, &view_lineage);
        if self.epochs.seen().commits != seen.commits {
            return false;
        }
        let stored = (pin == self.pin && !self.unstored) || self.store(&pin);
        if stored {
            self.pin = pin;
        }
        stored
    }

    /// Durably; false if the operator has accepted another pin meanwhile. What cannot be stored (a full
    /// disk) is in force all the same, and every look tries again; if the process ends before, the
    /// relations differ from the older pin and are closed.
    fn store(&mut self, pin: &Pin) -> bool {
        let mut file = self.file();
        let stored = self.place.store(pin, &self.tags, &mut file);
        let keys = Arc::clone(file.keyring());
        drop(file);
        match stored {
            Ok(true) => {
                tracing::info!("the accepted catalog follows what clients have defined");
                (self.keys, self.renew, self.unstored) = (keys, true, false);
                // What this process has written is not to be read again.
                self.seen = self.files();
            }
            Ok(false) => return false,
            // A verb holds the keyring for a moment: the next look stores it.
            Err(failure) if failure.exit == Exit::Locked => return false,
            Err(failure) => {
                if !std::mem::replace(&mut self.unstored, true) {
                    tracing::error!(%failure, "what clients have defined could not be stored: tried again");
                }
            }
        }
        true
    }

    fn file(&self) -> MutexGuard<'_, KeyringFile> {
        self.keyring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the next epoch, if anything is other than in the present one. False: clients have defined
    /// something meanwhile.
    fn put_in_force(&mut self, seen: &Defined) -> bool {
        let Joined { policy, catalog, findings } = join(&self.tags, &self.pin, &self.live, &view_lineage);
        let renewed = self.renew || self.epochs.current().policy != policy;
        if renewed {
            self.protector = Arc::new(Protector::new(&policy, &self.keys));
            say_unfit(&self.protector);
        }
        let protector = Arc::clone(&self.protector);
        let advanced = self.epochs.advance_if(
            seen,
            &self.keys,
            |present| {
                renewed
                    || present.catalog.relations() != catalog.relations()
                    || present.catalog.functions() != catalog.functions()
            },
            |id| Epoch::new(id, catalog.clone(), policy, protector),
        );
        if !advanced {
            return false;
        }
        if findings != self.findings {
            report(&findings);
            self.findings = findings;
        }
        if std::mem::take(&mut self.renew) {
            self.attendance.in_force(self.keys.generation());
        }
        true
    }

    fn reread_if(&mut self, asked: bool) {
        let now = self.files();
        let changed = std::mem::replace(&mut self.seen, now.clone()) != now;
        // What was refused may be half of a change: the other half may change no file's time.
        if !(asked || changed || self.complaint.is_some()) {
            return;
        }
        match self.reread() {
            Ok(reread) => {
                self.complaint = None;
                self.metrics.reloaded(true);
                self.take(reread, asked);
            }
            Err(failure) => {
                let complaint = failure.to_string();
                if asked || self.complaint.as_ref() != Some(&complaint) {
                    self.metrics.reloaded(false);
                    tracing::error!(%failure, "policy, catalog and keys stay as they were");
                }
                self.complaint = Some(complaint);
            }
        }
    }

    fn take(&mut self, reread: Reread, asked: bool) {
        let Reread { tags, mut pin, keyring } = reread;
        // The file has the pin that ours follows, and could not yet give way to: the operator has accepted
        // no other.
        if self.unstored && keyring.pin_digest() == self.keys.pin_digest() {
            pin = self.pin.clone();
        } else {
            self.unstored = false;
        }
        let same = tags == self.tags && pin == self.pin && keyring.generation() == self.keys.generation();
        if same && !asked {
            return;
        }
        // ORDER: before the live shape is read. What a client defines after this is not in it, or not
        // yet known to come from a client: neither is to be taken for drift.
        let seen = self.epochs.seen();
        let reads = asked || tags != self.tags || pin != self.pin;
        let tags = tags.in_places_of(&self.tags);
        (self.tags, self.pin, self.keys) = (tags, pin, keyring);
        // The operator has changed the database too: a guard made, a column widened.
        if reads {
            self.read_live();
        }
        self.renew = true;
        if seen.touched.is_empty() {
            self.put_in_force(&seen);
        }
        // What was defined meanwhile is followed first, and the keys come into force with it.
        if self.renew {
            self.look();
        }
        let generation = self.keys.generation();
        tracing::info!(generation, "policy, catalog and keys were read again");
    }

    /// Policy, pin and keyring as the files have them.
    ///
    /// # Errors
    /// REFUSES: a policy or a pin that was not accepted, a keyring of another realm or of an older
    /// generation than any seen.
    fn reread(&self) -> Result<Reread, Failure> {
        let path = &self.config.source.path;
        let config = config::load(path)?;
        let tags = load::tags(&path.display().to_string(), &config.source.text)?;
        let place = KeyringPlace::configured(path, None)?;
        let mut file = self.keyring.lock().unwrap_or_else(PoisonError::into_inner);
        let known = file.keyring().generation();
        match file.reload() {
            Ok(_) => {}
            // Another root key, since `rotate root`: it is unlocked as at the start.
            Err(KeyringError::Damaged | KeyringError::WrongRootKey) => {
                let opened = place.open()?;
                let (realm, found) = (opened.keyring().realm(), opened.keyring().generation());
                if realm != file.keyring().realm() {
                    return Err(KeyringError::Content("another realm than before").into());
                }
                if found < known {
                    return Err(KeyringError::Older { found, known }.into());
                }
                *file = opened;
                file.waits_for_nobody();
            }
            Err(error) => return Err(error.into()),
        }
        place.admit(&file)?;
        let keyring = Arc::clone(file.keyring());
        drop(file);
        accepted::policy(&tags, &keyring)?;
        let pin = accepted::pin(&self.pin_path, &keyring)?;
        Ok(Reread { tags, pin, keyring })
    }

    /// When the files were last changed.
    fn files(&self) -> HashMap<PathBuf, Option<SystemTime>> {
        let keyring = self.config.keys.as_ref().map(|keys| keys.keyring.clone());
        let paths = [Some(self.config.source.path.clone()), keyring, Some(self.pin_path.clone())];
        let time = |path: PathBuf| {
            let time = std::fs::metadata(&path).and_then(|file| file.modified()).ok();
            (path, time)
        };
        paths.into_iter().flatten().map(time).collect()
    }
}

/// The relations of which defaults and constraints are read: for all others a migration may hold a lock as long
/// as it likes.
fn in_detail<'n>(
    tags: &'n Tags,
    pin: &'n Pin,
    touched: impl IntoIterator<Item = &'n QualifiedName>,
) -> Vec<String> {
    let tagged = tags.columns.iter().map(|tag| &tag.relation);
    let names = pin.relations.iter().map(|relation| &relation.name).chain(tagged).chain(touched);
    names.map(|name| format!("{}.{}", name.schema, name.name)).collect()
}

/// What a definition under way holds up is read the next time.
async fn live(config: &Config, detailed: &[String]) -> Result<Live, Failure> {
    let admin = material::admin(config).await?;
    admin.run(&format!("SET lock_timeout = {LOCK_MS}")).await.map_err(AdminError::from)?;
    Ok(admin.live_in_detail(detailed).await?)
}

fn say_unfit(protector: &Protector) {
    for unfit in protector.unfit() {
        tracing::error!("{unfit}");
    }
}

/// Findings as log lines.
fn report(findings: &[Finding]) {
    for finding in findings {
        match finding.weight {
            Weight::Note => tracing::info!("{finding}"),
            Weight::Warning => tracing::warn!("{finding}"),
            Weight::Closes => tracing::error!("{finding}"),
        }
    }
}
