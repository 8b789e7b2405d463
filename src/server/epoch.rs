//! One immutable epoch behind one swap pointer, and where a session gets its judge.
//!
//! A judge reads the pointer once per statement; nothing else of the process is shared between
//! statements.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::lookout::Lookout;
use super::unreported::Setting;
use crate::catalog::change::Change;
use crate::crypto::Keyring;
use crate::names::QualifiedName;
use crate::observe::metrics;
use crate::policy::model::Policy;
use crate::protect::{Desk, NoRandomness, Protector, TextSettings};
use crate::session::epoch::{Dependence, Epoch, Epochs};
use crate::session::judge::{EpochId, ForwardAll, Judge};
use crate::session::look::Look;
use crate::session::watch::Watch;

/// The swap pointer, and what the sessions depend on.
pub struct Current {
    present: ArcSwap<Epoch>,
    /// Number of the present epoch, for a look that costs nothing.
    latest: AtomicU64,
    /// Of the sessions that there are. Locked when one begins, and when the oldest is asked for.
    attending: Mutex<Vec<Weak<Dependence>>>,
    /// When the lease runs out, in milliseconds since `begun`; `u64::MAX` if there is none.
    until: AtomicU64,
    begun: Instant,
    /// When the present epoch came into force, in milliseconds since `begun`.
    since: AtomicU64,
    /// The number of the epoch that is made next.
    next: AtomicU64,
    defining: Mutex<Defining>,
    /// Where sessions ask for a look at the live shape.
    pub lookout: Lookout,
}

/// What is changed under one lock: held by whoever changes the pointer.
struct Defining {
    /// The keys of the present epoch, for one with other types of columns.
    keys: Arc<Keyring>,
    defined: Defined,
}

/// Definitions of clients that are committed, and not yet compared with what the server has.
#[derive(Clone, Debug, Default)]
pub struct Defined {
    /// Commits so far.
    pub commits: u64,
    /// The relations that they touched.
    pub touched: BTreeSet<QualifiedName>,
}

impl Current {
    /// Begins with this epoch.
    pub fn new(first: Epoch, keys: Arc<Keyring>) -> Self {
        Current {
            next: AtomicU64::new(first.id.0 + 1),
            defining: Mutex::new(Defining { keys, defined: Defined::default() }),
            latest: AtomicU64::new(first.id.0),
            present: ArcSwap::from_pointee(first),
            attending: Mutex::default(),
            until: AtomicU64::new(u64::MAX),
            begun: Instant::now(),
            since: AtomicU64::new(0),
            lookout: Lookout::default(),
        }
    }

    /// The oldest epoch that anything in progress depends on; the present one if nothing does.
    pub fn oldest(&self) -> EpochId {
        let latest = self.latest();
        let mut attending = self.attending.lock().unwrap_or_else(PoisonError::into_inner);
        attending.retain(|session| session.strong_count() > 0);
        let held = attending.iter().filter_map(|session| session.upgrade()?.oldest());
        held.fold(latest, EpochId::min)
    }

    /// Some session has a definition under way, which it will follow by itself.
    pub fn is_defining(&self) -> bool {
        let attending = self.attending.lock().unwrap_or_else(PoisonError::into_inner);
        attending.iter().any(|session| session.upgrade().is_some_and(|session| session.defines()))
    }

    /// The number of the epoch in force.
    pub fn latest(&self) -> EpochId {
        EpochId(self.latest.load(Ordering::SeqCst))
    }

    /// Statements on protected columns are refused from `since` plus `time` on, unless this is said
    /// again before.
    pub fn serve_until(&self, since: Instant, time: Duration) {
        let until = (since + time).saturating_duration_since(self.begun);
        self.until.store(u64::try_from(until.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// If the present epoch is not what it should be, statements are from now on judged in the one
    /// that `next` makes for the number it is given, with these keys. False: clients have defined
    /// something since `seen` was taken, so what `next` knows is of before, and nothing was done.
    pub fn advance_if(
        &self,
        seen: &Defined,
        keys: &Arc<Keyring>,
        stale: impl FnOnce(&Epoch) -> bool,
        next: impl FnOnce(EpochId) -> Epoch,
    ) -> bool {
        let mut defining = self.defining();
        if defining.defined.commits != seen.commits {
            return false;
        }
        if stale(&self.present.load()) {
            self.put_in_force(next(self.number()));
        }
        defining.keys = Arc::clone(keys);
        defining.defined.touched.clear();
        true
    }

    /// ORDER: in force before it is announced, and announced before anybody asks what older ones are
    /// still used for ([`Dependence::hold`]).
    fn put_in_force(&self, epoch: Epoch) {
        let id = epoch.id;
        self.present.store(Arc::new(epoch));
        self.latest.store(id.0, Ordering::SeqCst);
        let since = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.since.store(since, Ordering::Relaxed);
    }

    /// As it is counted.
    fn standing(&self) -> metrics::Epoch {
        let epoch = self.present.load();
        let keys = Arc::clone(&self.defining().keys);
        let facts = keys.keys().iter();
        metrics::Epoch {
            id: epoch.id.0,
            age: self
                .begun
                .elapsed()
                .saturating_sub(Duration::from_millis(self.since.load(Ordering::Relaxed))),
            plans: epoch.plans.len() + epoch.texts.len(),
            suspended: self.are_suspended(),
            closed_relations: epoch.catalog.relations().iter().filter(|relation| !relation.open).count(),
            generation: keys.generation(),
            keys: facts
                .map(|key| metrics::Key {
                    id: key.id.to_string(),
                    state: key.state.name(),
                    created: key.created,
                })
                .collect(),
        }
    }

    /// What clients have defined by now.
    pub fn seen(&self) -> Defined {
        self.defining().defined.clone()
    }

    fn defining(&self) -> MutexGuard<'_, Defining> {
        self.defining.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn number(&self) -> EpochId {
        EpochId(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn changed(&self, epoch: &Epoch, changes: &[Change], keys: &Keyring) -> (Epoch, BTreeSet<QualifiedName>) {
        let changed = epoch.catalog.after(changes, |relation| epoch.policy.names(relation));
        let policy: Policy = epoch.policy.after(changes);
        let protector = match policy == epoch.policy {
            true => Arc::clone(&epoch.protector),
            false => Arc::new(Protector::new(&policy, keys)),
        };
        (Epoch::new(self.number(), changed.catalog, policy, protector), changed.touched)
    }
}

impl Epochs for Current {
    fn current(&self) -> Arc<Epoch> {
        self.present.load_full()
    }

    fn other_than(&self, known: EpochId) -> Option<Arc<Epoch>> {
        let latest = self.latest.load(Ordering::SeqCst);
        (latest != known.0).then(|| self.present.load_full())
    }

    fn after(&self, epoch: &Epoch, changes: &[Change]) -> Arc<Epoch> {
        let keys = Arc::clone(&self.defining().keys);
        Arc::new(self.changed(epoch, changes, &keys).0)
    }

    fn commit(&self, changes: &[Change]) {
        let mut defining = self.defining();
        let (epoch, touched) = self.changed(&self.present.load(), changes, &defining.keys);
        self.put_in_force(epoch);
        defining.defined.commits += 1;
        defining.defined.touched.extend(touched);
        drop(defining);
        self.lookout.wake();
    }

    fn attend(&self) -> Arc<Dependence> {
        let dependence = Arc::<Dependence>::default();
        let mut attending = self.attending.lock().unwrap_or_else(PoisonError::into_inner);
        if attending.len() == attending.capacity() {
            attending.retain(|session| session.strong_count() > 0);
        }
        attending.push(Arc::downgrade(&dependence));
        dependence
    }

    fn look(&self) -> Option<Arc<Look>> {
        self.lookout.ask()
    }

    fn are_suspended(&self) -> bool {
        let until = self.until.load(Ordering::Relaxed);
        until != u64::MAX && self.begun.elapsed() >= Duration::from_millis(until)
    }
}

/// How a session begins, for the judge that follows it.
pub struct SessionStart {
    /// The role, proven.
    pub user: String,
    /// The database.
    pub database: Vec<u8>,
    /// The start-up packet's parameters in order, as the client sent them.
    pub parameters: Vec<Setting>,
    /// What the server says of parameters that it does not report.
    pub told: Vec<Setting>,
}

/// Makes the judge of each session.
pub trait Judges: Send + Sync {
    /// For one session.
    ///
    /// # Errors
    /// If the operating system gives no randomness.
    fn judge(&self, start: &SessionStart) -> Result<Box<dyn Judge>, NoRandomness>;

    /// The epoch in force, as it is counted; `None` where nothing is tagged.
    fn epoch(&self) -> Option<metrics::Epoch> {
        None
    }

    /// The operator asks that policy, catalog and keys be read again.
    fn reread(&self) {}
}

/// Nothing is tagged: everything is forwarded.
struct NothingTagged;

impl Judges for NothingTagged {
    fn judge(&self, _: &SessionStart) -> Result<Box<dyn Judge>, NoRandomness> {
        Ok(Box::new(ForwardAll))
    }
}

/// The judges of an empty policy.
pub fn nothing_tagged() -> Arc<dyn Judges> {
    Arc::new(NothingTagged)
}

/// Every session watches the epoch in force.
struct Watching {
    epochs: Arc<Current>,
    ddl_roles: Option<Vec<String>>,
}

impl Judges for Watching {
    fn judge(&self, start: &SessionStart) -> Result<Box<dyn Judge>, NoRandomness> {
        let epochs: Arc<dyn Epochs> = Arc::<Current>::clone(&self.epochs);
        let mut watch = Watch::new(epochs, Desk::from_os(TextSettings::default())?);
        watch.is_of(&start.user);
        watch.may_define(self.ddl_roles.as_ref().is_none_or(|roles| roles.contains(&start.user)));
        for (name, value) in &start.parameters {
            watch.started_with(&String::from_utf8_lossy(name), &String::from_utf8_lossy(value));
        }
        for (name, value) in &start.told {
            watch.told(&String::from_utf8_lossy(name), &String::from_utf8_lossy(value));
        }
        Ok(Box::new(watch))
    }

    fn epoch(&self) -> Option<metrics::Epoch> {
        Some(self.epochs.standing())
    }

    fn reread(&self) {
        self.epochs.lookout.ask_to_reread();
    }
}

/// The judges of a policy. `ddl_roles` may change the shape of what is protected; `None` is all. Who
/// looks at the shape, and reads policy, catalog and keys, hears by `bell` that it should.
pub fn watching(
    epochs: &Arc<Current>,
    ddl_roles: Option<Vec<String>>,
    bell: SyncSender<()>,
) -> Arc<dyn Judges> {
    epochs.lookout.staff(bell);
    Arc::new(Watching { epochs: Arc::clone(epochs), ddl_roles })
}
