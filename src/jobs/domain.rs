//! A deterministic domain moves from one form to another: from key to key, from plain to sealed and
//! back (docs/format.md, section 4).
//!
//! The unit is the whole domain, rewritten in one transaction, since two forms of one value can be
//! held apart neither by UNIQUE and foreign keys nor in joins and grouping. The run has no state of
//! its own: where a former one ended stands in the keyring's window and in what is stored, so that
//! the same command, run again, finishes it.
//!
//! ORDER, each step depending on the one before:
//! 1. the window is opened, durable, and every instance has acknowledged that nothing in progress
//!    was planned before it: from here on constants are matched in both forms;
//! 2. one transaction rewrites every value and leaves behind a trigger that stops whoever sealed
//!    before it ([`rewrite`]);
//! 3. the domain has moved: writers use the new form, and every instance has acknowledged that no
//!    older writer is left;
//! 4. tables that were made meanwhile are rewritten too ([`latecomers`]);
//! 5. the trigger goes, then the window is closed.
//!
//! - [`shape`]: where the values are; [`obstacles`]: what else holds them and stands in the way.
//! - [`statements`]: the SQL, pure; [`reform`]: one value from form to form.
//! - [`estimate`]: how long the tables will be locked; [`keys`]: the keyring as it is changed here.
//! - [`back`]: the way back, while nothing is rewritten.

pub mod back;
pub mod estimate;
pub mod keys;
mod latecomers;
pub mod obstacles;
pub mod reform;
pub mod rewrite;
pub mod shape;
pub mod statements;

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::catalog::model::Catalog;
use crate::crypto::domains::{Form, Window};
use crate::crypto::keyring::ChangeError;
use crate::crypto::{Keyring, KeyringError};
use crate::jobs::admin::{Admin, AdminError, StatementError};
use crate::jobs::apply::{ApplyError, RUN_LOCK};
use crate::jobs::defaults::DefaultError;
use crate::jobs::guards::Post;
use crate::jobs::instances::roll::Missing;
use crate::jobs::instances::row::Standing;
use crate::jobs::instances::{Instances, InstancesError};
use crate::jobs::reseal::Reseal;
use crate::policy::model::Policy;
use crate::protect::Protector;
use estimate::Estimate;
use keys::Keys;
use obstacles::Obstacle;
use reform::Reform;
use rewrite::{Rewrite, RewriteError, Rewritten};
use shape::Shape;

/// What a run is to do.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The form that the domain shall have.
    pub to: Form,
    /// The tables may be locked for this long at most; `None`: as long as it takes.
    pub max_lock: Option<Duration>,
}

/// Everything that a run works with.
pub struct Site<'s> {
    /// The operator's connection.
    pub admin: &'s Admin,
    /// The keyring.
    pub keys: &'s mut dyn Keys,
    /// Who must acknowledge.
    pub instances: &'s mut Instances,
    /// With types.
    pub policy: &'s Policy,
    /// The pinned shape, open where the server agrees.
    pub catalog: &'s Catalog,
}

/// A boundary that a run has passed. What stands behind it is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody else runs, nothing is in the way.
    Checked,
    /// The keyring says that the window is open.
    Opened,
    /// Every instance matches both forms, and nothing older is in progress.
    OpenAcknowledged,
    /// Decrypting: the guards are gone.
    Unguarded,
    /// The transaction: the tables are locked.
    Locked,
    /// The transaction: stale writers would be stopped.
    Fenced,
    /// The transaction: every old value has its new form.
    Mapped,
    /// The transaction: every value is rewritten and compared.
    Rewritten,
    /// The transaction is over.
    Committed,
    /// The keyring says that writers use the new form.
    Moved,
    /// No writer of the old form is left.
    MoveAcknowledged,
    /// Encrypting: the guards are there and validated.
    Guarded,
    /// The temporary triggers are gone.
    Unfenced,
    /// The keyring says that the window is closed: the end.
    Closed,
}

impl Stage {
    /// All, in the order of a run.
    pub const ALL: [Stage; 14] = [
        Stage::Checked,
        Stage::Opened,
        Stage::OpenAcknowledged,
        Stage::Unguarded,
        Stage::Locked,
        Stage::Fenced,
        Stage::Mapped,
        Stage::Rewritten,
        Stage::Committed,
        Stage::Moved,
        Stage::MoveAcknowledged,
        Stage::Guarded,
        Stage::Unfenced,
        Stage::Closed,
    ];
}

/// What a run tells while it works.
#[derive(Clone, Copy, Debug)]
pub enum Event<'e> {
    /// How long the lock is expected to last.
    Expected(Estimate),
    /// A boundary was passed.
    Passed(Stage),
    /// A step waits for these instances.
    Waiting(&'e [Missing]),
    /// A lock was not to be had, and is tried again.
    Busy {
        /// Attempts so far.
        attempt: u32,
    },
    /// The transaction went through.
    Done(&'e Rewritten),
}

/// Who hears the events.
pub type Tell<'t> = &'t mut dyn FnMut(Event<'_>);

/// What came of a run.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The domain has the form already, and nothing was left over.
    Nothing,
    /// It has moved now; `None` if an earlier run had rewritten the rows.
    Moved(Option<Rewritten>),
}

/// Why a run ended early. What was done stays done; the same command finishes it.
#[derive(Debug, thiserror::Error)]
pub enum DomainError {
    /// Another run.
    #[error("another run of pgveil is at work on this database")]
    Locked,
    /// The domain is not in the keyring.
    #[error("the domain {0:?} is not recorded in the keyring: run `pgveil catalog accept`")]
    NotRecorded(String),
    /// Nothing to move yet.
    #[error(
        "the database has no table of the domain {0:?} yet: make it first, or say phase = \"encrypted\" of columns \
         that are to be made sealed"
    )]
    NoTable(String),
    /// A former run was to another form.
    #[error("the domain is on its way to {to}: finish that first, it cannot turn round")]
    Underway {
        /// Where to.
        to: Form,
    },
    /// There is nothing to turn back.
    #[error("the domain {0:?} has no open window: nothing is under way")]
    NoWindow(String),
    /// The way back is over.
    #[error("values of the domain are rewritten to {to} already: run the same command again to finish it")]
    Rewritten {
        /// Where to.
        to: Form,
    },
    /// The operator's connection, or what the server shows of itself.
    #[error(transparent)]
    Admin(#[from] AdminError),
    /// A guard that could not be made or taken away.
    #[error(transparent)]
    Guard(#[from] ApplyError),
    /// What a column holds where no value is given.
    #[error(transparent)]
    Default(#[from] DefaultError),
    /// A transaction that may hold old values and that nobody can see into.
    #[error("{0} prepared transaction(s) in pg_prepared_xacts: commit them or roll them back first")]
    Prepared(u64),
    /// Things that hold values of the domain and cannot be rewritten with it.
    #[error("in the way: {}", obstacles.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Obstructed {
        /// All of them.
        obstacles: Vec<Obstacle>,
    },
    /// The tables would be locked for too long.
    #[error("the tables would be locked for about {expected:.1?}, longer than --max-lock {limit:?}")]
    TooLong {
        /// From a sample.
        expected: Duration,
        /// As given.
        limit: Duration,
    },
    /// Where the values are.
    #[error(transparent)]
    Shape(#[from] shape::ShapeError),
    /// The locked transaction.
    #[error(transparent)]
    Rewrite(#[from] RewriteError),
    /// A step that was not acknowledged.
    #[error(transparent)]
    Instances(#[from] InstancesError),
    /// The keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The server's refusal.
    #[error("the server refused a statement of pgveil: {0}")]
    Statement(#[from] StatementError),
    /// An answer of the server that makes no sense.
    #[error("the server's answer makes no sense")]
    Senseless,
}

impl From<ChangeError> for DomainError {
    fn from(error: ChangeError) -> Self {
        DomainError::Keyring(error.into())
    }
}

/// What a run would do, without doing it: the obstacles, and how long the tables would be locked.
///
/// # Errors
/// The server's refusal, or a domain that is not there.
pub async fn look(
    site: &Site<'_>,
    domain: &str,
    to: Form,
) -> Result<(Shape, Vec<Obstacle>, Estimate), DomainError> {
    let shape = Shape::of(domain, site.policy, site.catalog)?;
    there(&shape)?;
    let keyring = site.keys.keyring();
    let obstacles = obstacles::all(site.policy, site.catalog, &shape, &keyring, to);
    let estimate = estimate::estimate(site.admin, &shape, site.catalog, to).await?;
    Ok((shape, obstacles, estimate))
}

/// REFUSES: a domain of which no table has been made.
fn there(shape: &Shape) -> Result<(), DomainError> {
    if shape.tables.is_empty() { Err(DomainError::NoTable(shape.domain.clone())) } else { Ok(()) }
}

/// Moves a domain, or finishes what an earlier run began.
///
/// # Errors
/// At the first step that cannot be taken.
pub async fn carry_out(
    site: &mut Site<'_>,
    domain: &str,
    order: Order,
    tell: Tell<'_>,
) -> Result<Outcome, DomainError> {
    lock(site.admin).await?;
    let mut run = Run { site, shape: None, domain, order, tell };
    let outcome = run.to_the_end().await;
    unlock(site.admin).await;
    outcome
}

/// REFUSES: a second run beside one that is at work.
async fn lock(admin: &Admin) -> Result<(), DomainError> {
    let lock = format!("SELECT pg_catalog.pg_try_advisory_lock({RUN_LOCK})::text");
    match admin.texts(&lock).await? == ["true"] {
        true => Ok(()),
        false => Err(DomainError::Locked),
    }
}

async fn unlock(admin: &Admin) {
    let unlock = format!("SELECT pg_catalog.pg_advisory_unlock({RUN_LOCK})::text");
    // The lock ends with the connection in any case.
    let _unlocked = admin.texts(&unlock).await;
}

/// Which tables of the shape have a temporary trigger.
async fn triggers(admin: &Admin, shape: &Shape) -> Result<Vec<String>, DomainError> {
    let found = admin.texts(&statements::find_triggers()).await?;
    let own: Vec<String> = shape.triggered.iter().map(|table| table.name.to_string()).collect();
    Ok(found.into_iter().filter(|name| own.contains(name)).collect())
}

/// One run.
struct Run<'r, 's> {
    site: &'r mut Site<'s>,
    shape: Option<Shape>,
    domain: &'r str,
    order: Order,
    tell: Tell<'r>,
}

impl Run<'_, '_> {
    async fn to_the_end(&mut self) -> Result<Outcome, DomainError> {
        let mut shape = Shape::of(self.domain, self.site.policy, self.site.catalog)?;
        self.shape = Some(shape.clone());
        let keyring = self.site.keys.keyring();
        let recorded =
            keyring.domain(self.domain).ok_or_else(|| DomainError::NotRecorded(self.domain.to_owned()))?;
        let window = match recorded.window {
            Some(window) if window.to != self.order.to => {
                return Err(DomainError::Underway { to: window.to });
            }
            Some(window) => window,
            None if recorded.writes == self.order.to => return self.tidy(&shape).await,
            None => self.open(&shape).await?,
        };
        let rewritten = match window.moved {
            true => None,
            false => Some(self.rewrite(&shape, window).await?),
        };
        if !window.moved {
            self.change(|keyring, domain| keyring.move_domain(domain)).await?;
        }
        self.pass(Stage::Moved);
        self.meet(&format!("move of domain {}", self.domain)).await?;
        self.pass(Stage::MoveAcknowledged);
        self.fetch_latecomers(&mut shape, window).await?;
        self.close(&shape, window).await?;
        Ok(Outcome::Moved(rewritten))
    }

    /// A domain that has the form already: nothing may be left of an earlier run.
    async fn tidy(&mut self, shape: &Shape) -> Result<Outcome, DomainError> {
        if !triggers(self.site.admin, shape).await?.is_empty() {
            rewrite::drop_triggers(self.site.admin, shape, self.tell).await?;
        }
        Ok(Outcome::Nothing)
    }

    /// ORDER: everything that can be refused is refused before anything is changed.
    async fn open(&mut self, shape: &Shape) -> Result<Window, DomainError> {
        there(shape)?;
        let to = self.order.to;
        let keyring = self.site.keys.keyring();
        let open = keyring.open_window(self.domain, to)?;
        self.unprepared().await?;
        let obstacles = obstacles::all(self.site.policy, self.site.catalog, shape, &keyring, to);
        if !obstacles.is_empty() {
            return Err(DomainError::Obstructed { obstacles });
        }
        let estimate = estimate::estimate(self.site.admin, shape, self.site.catalog, to).await?;
        (self.tell)(Event::Expected(estimate));
        if let Some(limit) = self.order.max_lock
            && estimate.lock > limit
        {
            return Err(DomainError::TooLong { expected: estimate.lock, limit });
        }
        // A trigger that a run of long ago has left admits only a form that is gone.
        if !triggers(self.site.admin, shape).await?.is_empty() {
            rewrite::drop_triggers(self.site.admin, shape, self.tell).await?;
        }
        self.pass(Stage::Checked);
        drop(open);
        self.change(move |keyring, domain| keyring.open_window(domain, to)).await?;
        self.pass(Stage::Opened);
        self.site.keys.keyring().window(self.domain).ok_or(DomainError::Senseless)
    }

    async fn rewrite(&mut self, shape: &Shape, window: Window) -> Result<Rewritten, DomainError> {
        self.meet(&format!("window of domain {}", self.domain)).await?;
        self.pass(Stage::OpenAcknowledged);
        self.unprepared().await?;
        if window.to == Form::Plain {
            self.guard(shape, false).await?;
            self.pass(Stage::Unguarded);
        }
        let rewritten = self.rewrite_all(shape, window).await?;
        self.pass(Stage::Committed);
        (self.tell)(Event::Done(&rewritten));
        Ok(rewritten)
    }

    async fn rewrite_all(&mut self, shape: &Shape, window: Window) -> Result<Rewritten, DomainError> {
        let column = shape.tables.first().and_then(|table| table.columns.first());
        let column = column.ok_or(DomainError::Senseless)?.id;
        let reform = Arc::new(Reform::new(self.site.policy, column, &self.site.keys.keyring())?);
        let rewrite = Rewrite { shape, to: window.to, reform, max_lock: self.order.max_lock };
        Ok(rewrite.run(self.site.admin, self.tell).await?)
    }

    /// ORDER: guards before the trigger goes, so that at no moment an old form would be taken.
    async fn close(&mut self, shape: &Shape, window: Window) -> Result<(), DomainError> {
        let reseal = Reseal::with(Arc::new(Protector::new(self.site.policy, &self.site.keys.keyring())));
        rewrite::late_defaults(self.site.admin, shape, window, &reseal).await?;
        if window.from == Form::Plain {
            self.guard(shape, true).await?;
            self.pass(Stage::Guarded);
        }
        rewrite::drop_triggers(self.site.admin, shape, self.tell).await?;
        self.pass(Stage::Unfenced);
        self.change(|keyring, domain| keyring.close_window(domain)).await?;
        self.site.instances.rest(self.site.admin).await?;
        self.pass(Stage::Closed);
        Ok(())
    }

    /// REFUSES: prepared transactions hold what was sealed before, and nobody drains them.
    async fn unprepared(&self) -> Result<(), DomainError> {
        let sql = "SELECT pg_catalog.count(*)::text FROM pg_catalog.pg_prepared_xacts \
                   WHERE database = pg_catalog.current_database()";
        let count = self.site.admin.texts(sql).await?;
        match count.first().and_then(|count| count.parse().ok()) {
            Some(0) => Ok(()),
            Some(some) => Err(DomainError::Prepared(some)),
            None => Err(DomainError::Senseless),
        }
    }

    /// The guards of the domain's columns as they are on the server now: added and validated when the
    /// last plain value is gone, dropped before the first is stored again.
    async fn guard(&self, shape: &Shape, stands: bool) -> Result<(), DomainError> {
        let (admin, live) = (self.site.admin, self.site.admin.live().await?);
        for post in Post::all(&live, shape) {
            match stands {
                true => {
                    post.raise(admin).await?;
                    post.validate(admin).await?;
                }
                false => post.lower(admin).await?,
            }
        }
        Ok(())
    }

    async fn meet(&mut self, step: &str) -> Result<(), DomainError> {
        let keyring = self.site.keys.keyring();
        let tell = &mut self.tell;
        let mut waiting = |missing: &[Missing]| tell(Event::Waiting(missing));
        let met = self.site.instances.meet(self.site.admin, &keyring, step, Standing::Drained, &mut waiting);
        Ok(met.await?)
    }

    async fn change(
        &mut self,
        change: impl Fn(&Keyring, &str) -> Result<Keyring, ChangeError>,
    ) -> Result<(), DomainError> {
        let domain = self.domain;
        keys::change(self.site.keys, &|keyring| change(keyring, domain)).await?;
        Ok(())
    }

    fn pass(&mut self, stage: Stage) {
        (self.tell)(Event::Passed(stage));
    }
}

/// Values of one form in one table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Counted(
    /// Index into [`Shape::tables`].
    pub usize,
    /// The first 13 characters of the armour, or `plain`.
    pub String,
    /// Values.
    pub u64,
);

/// How many values of each form are stored, by the server's own count.
///
/// # Errors
/// The server's refusal.
pub async fn census(admin: &Admin, shape: &Shape) -> Result<Vec<Counted>, DomainError> {
    let rows = admin.texts(&statements::census(shape)).await?;
    rows.iter().map(|row| serde_json::from_str(row).map_err(|_| DomainError::Senseless)).collect()
}
