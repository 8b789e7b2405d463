//! The locked transaction: fence, map, one rewriting statement, comparison, commit.
//!
//! Plain reading goes on all the while. Everything else on the tables waits; so the lock is waited
//! for only briefly, and given up and asked for again when it is not to be had.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

use super::reform::{Reform, Unmoved};
use super::shape::{Shape, Stored, Table};
use super::statements::{self as sql, Waits};
use super::{Event, Stage, Tell};
use crate::crypto::Suite;
use crate::crypto::domains::{Form, Window};
use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::cells::Wanted;
use crate::jobs::defaults::{self, Constant, DefaultError};
use crate::jobs::reseal::{Order, Reseal};
use crate::names::QualifiedName;

/// A client that holds one of the tables and wants the first waits for us while we wait for it, and it
/// may have begun when we queued for the first. So that it is we who give up, never the client, we wait
/// for all locks together this part of what the server waits before it looks for a deadlock, at most.
const OF_DEADLOCK_TIMEOUT: f64 = 0.45;
/// Of that, the part for the first table.
const OF_FIRST: f64 = 0.6;
/// And no longer than this, in milliseconds, whatever the server's setting is: writers that queue behind
/// us wait as long.
const LONGEST_MS: f64 = 450.0;
/// How long it waits for a lock once it has its tables, or for the only one that it needs.
const LATER_LOCK_MS: u32 = 1_000;
/// Whoever waits for a lock looks for a deadlock once, when it has waited for deadlock_timeout. An attempt
/// is not begun while that moment of anybody's lies in it, or so many milliseconds beside it; but it is
/// begun after so many looks for such, so far apart, in any case.
const BESIDE_MS: f64 = 30.0;
const LOOKS: u32 = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// Attempts, and the pause between them, which grows by as much each time up to the longest.
const ATTEMPTS: u32 = 150;
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// Values that are fetched, sealed and loaded at a time: some megabytes.
const BATCH: usize = 20_000;

/// What the transaction is to do.
pub struct Rewrite<'r> {
    /// Where.
    pub shape: &'r Shape,
    /// The form that every value shall have.
    pub to: Form,
    /// From form to form.
    pub reform: Arc<Reform>,
    /// The tables are not held longer than this.
    pub max_lock: Option<Duration>,
}

/// What the transaction has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// Rows changed, in the order of [`Shape::tables`].
    pub rows: Vec<u64>,
    /// Distinct values.
    pub values: u64,
    /// How long the tables were held.
    pub locked: Duration,
    /// Of that, reading, sealing and loading the map.
    pub mapping: Duration,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// The locks were not to be had.
    #[error("the tables could not be locked in {attempts} attempts: long transactions hold them")]
    NoLock {
        /// Attempts.
        attempts: u32,
    },
    /// The server's refusal.
    #[error("nothing was changed: {0}")]
    Statement(StatementError),
    /// A stored value cannot be moved.
    #[error("nothing was changed: a stored value cannot be moved: {0}; `pgveil verify` finds it")]
    Value(#[from] Unmoved),
    /// The tables were held as long as the operator allows.
    #[error("nothing was changed: the tables had been locked for {0:?}")]
    MaxLock(Duration),
    /// A trigger or rule of the application has changed what was sent, or has kept it from being
    /// stored.
    #[error("nothing was changed: {0} does not hold what was sent (a trigger or rule stands between)")]
    Differs(String),
    /// An answer that makes no sense.
    #[error("nothing was changed: the server's answer makes no sense")]
    Senseless,
}

impl From<StatementError> for RewriteError {
    fn from(error: StatementError) -> Self {
        RewriteError::Statement(error)
    }
}

impl From<tokio_postgres::Error> for RewriteError {
    fn from(error: tokio_postgres::Error) -> Self {
        RewriteError::Statement(error.into())
    }
}

impl RewriteError {
    /// A lock that was not to be had, or a deadlock that we lost.
    fn is_passing(&self) -> bool {
        matches!(self, RewriteError::Statement(error) if is_passing(error))
    }
}

/// 55P03 lock_not_available, 40P01 deadlock_detected.
fn is_passing(error: &StatementError) -> bool {
    matches!(error.sqlstate.as_str(), "55P03" | "40P01")
}

impl Rewrite<'_> {
    /// Runs the transaction, as often as its locks are not to be had.
    ///
    /// # Errors
    /// Whatever keeps it from being committed; then nothing has changed, unless the connection was
    /// lost in the commit itself. Running it again is right in every case.
    pub async fn run(&self, admin: &Admin, tell: Tell<'_>) -> Result<Rewritten, RewriteError> {
        let wait = self.waits(admin).await?;
        let mut attempt = 0;
        // Each in turn is the one that is waited for: it may be the one that was not to be had.
        let mut turns = self.shape.tables.iter().cycle();
        loop {
            attempt += 1;
            // A shape without tables is none.
            let first = turns.next().ok_or(RewriteError::Senseless)?;
            let_looks_pass(admin, &wait).await?;
            let error = match self.attempt(admin, first, &wait, tell).await {
                Ok(rewritten) => return Ok(rewritten),
                Err(error) => error,
            };
            // If the connection is lost, so is the transaction.
            let _rolled_back = admin.run("ROLLBACK").await;
            if !error.is_passing() {
                return Err(error);
            }
            if attempt == ATTEMPTS {
                return Err(RewriteError::NoLock { attempts: ATTEMPTS });
            }
            tell(Event::Busy { attempt });
            tokio::time::sleep((PAUSE * attempt).min(LONGEST_PAUSE)).await;
        }
    }

    async fn waits(&self, admin: &Admin) -> Result<Waits, RewriteError> {
        let said = admin.texts(sql::DEADLOCK_TIMEOUT_MS).await?;
        let said: f64 = said.first().and_then(|ms| ms.parse().ok()).ok_or(RewriteError::Senseless)?;
        let together = (said * OF_DEADLOCK_TIMEOUT).min(LONGEST_MS);
        let further = self.shape.tables.len().saturating_sub(1).max(1) as f64;
        let looked_ms = (said - together - BESIDE_MS, said + BESIDE_MS);
        // Zero would be no limit.
        let whole = |ms: f64| ms.max(1.0) as u32;
        Ok(Waits {
            first_ms: whole(together * OF_FIRST),
            further_ms: whole(together * (1.0 - OF_FIRST) / further),
            later_ms: LATER_LOCK_MS,
            looked_ms,
        })
    }

    /// Waits for `first` before it asks for the others.
    async fn attempt(
        &self,
        admin: &Admin,
        first: &Table,
        wait: &Waits,
        tell: Tell<'_>,
    ) -> Result<Rewritten, RewriteError> {
        let defaults = self.defaults(admin).await?;
        let redefined: Vec<&QualifiedName> = defaults.iter().map(|(table, _)| *table).collect();
        admin.run(&sql::begin(self.shape, first, &redefined, wait)).await?;
        let held = Held { since: Instant::now(), limit: self.max_lock };
        tell(Event::Passed(Stage::Locked));
        self.fence(admin).await?;
        tell(Event::Passed(Stage::Fenced));
        let values = self.map(admin, &held).await?;
        let mapping = held.since.elapsed();
        tell(Event::Passed(Stage::Mapped));
        let rows = self.change(admin, &held).await?;
        // What is deferred fails here, where it can be told from a lost connection.
        held.bound(admin).await?;
        admin.run("SET CONSTRAINTS ALL IMMEDIATE").await?;
        // ORDER: no table with a check to come can be altered.
        self.redefine(admin).await?;
        tell(Event::Passed(Stage::Rewritten));
        admin.run("COMMIT").await?;
        Ok(Rewritten { rows, values, locked: held.since.elapsed(), mapping })
    }

    /// The constants in DEFAULTs that have another form, each with the table at the top.
    async fn defaults(&self, admin: &Admin) -> Result<Vec<(&QualifiedName, Constant)>, RewriteError> {
        let mut found = Vec::new();
        for table in &self.shape.tables {
            let targets: Vec<_> = table.columns.iter().map(Stored::target).collect();
            for default in defaults::of(admin, &table.name, &targets).await? {
                if default.is_outside(self.to) {
                    found.push((&table.name, default));
                }
            }
        }
        Ok(found)
    }

    /// One that has come since the look before the locks may cost a lock that is not to be had.
    async fn redefine(&self, admin: &Admin) -> Result<(), RewriteError> {
        for (_, default) in self.defaults(admin).await? {
            let moved = self.reform.all(vec![default.text.to_string()])?;
            for (_, new) in moved {
                admin.run(&default.set(&new)).await?;
            }
        }
        Ok(())
    }

    /// The triggers of a run that was stopped behind its commit are there already.
    async fn fence(&self, admin: &Admin) -> Result<(), RewriteError> {
        let there = admin.texts(&sql::find_triggers()).await?;
        for table in &self.shape.triggered {
            if !there.contains(&table.name.to_string()) {
                admin.run(&sql::create_trigger(self.to, table)).await?;
            }
        }
        Ok(())
    }

    /// Reads every value that must change, seals it, and loads both; fetching and sealing overlap.
    async fn map(&self, admin: &Admin, held: &Held) -> Result<u64, RewriteError> {
        held.bound(admin).await?;
        admin.run(&sql::create_map()).await?;
        admin.run(&sql::declare_values(self.to, self.shape)).await?;
        let mut values = 0;
        let mut batch = fetch(admin).await?;
        while !batch.is_empty() {
            let sealed = self.reform.spread(std::mem::take(&mut batch));
            let (sealed, next) = tokio::join!(sealed, fetch(admin));
            let sealed = sealed?;
            load(admin, &sealed).await?;
            values += sealed.len() as u64;
            batch = next?;
            held.bound(admin).await?;
        }
        admin.run(&sql::close_map()).await?;
        Ok(values)
    }

    /// The statement, between two counts. The comparison is the server's own, row by row inside the
    /// statement: it is there for triggers and rules of the application. A server that lies is found
    /// by `verify`.
    async fn change(&self, admin: &Admin, held: &Held) -> Result<Vec<u64>, RewriteError> {
        held.bound(admin).await?;
        let expected = numbers(admin, &sql::count(self.to, self.shape)).await?;
        held.bound(admin).await?;
        let answers = numbers(admin, &sql::rewrite(self.shape)).await?;
        if expected.len() != self.shape.tables.len() || answers.len() != 2 * expected.len() {
            return Err(RewriteError::Senseless);
        }
        for ((table, expected), answer) in self.shape.tables.iter().zip(&expected).zip(answers.chunks(2)) {
            // REFUSES: one row too few, one too many, one that differs.
            if answer != [*expected, 0] {
                return Err(RewriteError::Differs(table.name.to_string()));
            }
        }
        held.bound(admin).await?;
        let left = numbers(admin, &sql::count(self.to, self.shape)).await?;
        match self.shape.tables.iter().zip(&left).find(|(_, left)| **left != 0) {
            Some((table, _)) => Err(RewriteError::Differs(table.name.to_string())),
            None => Ok(expected),
        }
    }
}

/// Since when the tables are held, and how long they may be.
struct Held {
    since: Instant,
    limit: Option<Duration>,
}

impl Held {
    /// Bounds the statements to come by what is left of the time.
    async fn bound(&self, admin: &Admin) -> Result<(), RewriteError> {
        let Some(limit) = self.limit else { return Ok(()) };
        let left = limit.checked_sub(self.since.elapsed()).filter(|left| *left >= Duration::from_millis(1));
        let left = left.ok_or(RewriteError::MaxLock(limit))?;
        Ok(admin.run(&format!("SET LOCAL statement_timeout = {}", left.as_millis())).await?)
    }
}

async fn fetch(admin: &Admin) -> Result<Vec<String>, RewriteError> {
    let rows = admin.client().query(&sql::fetch_values(BATCH), &[]).await?;
    rows.iter().map(|row| Ok(row.try_get::<_, String>(0)?)).collect()
}

async fn load(admin: &Admin, pairs: &[(String, String)]) -> Result<(), RewriteError> {
    let sink = admin.client().copy_in(&sql::fill_map()).await?;
    let writer = BinaryCopyInWriter::new(sink, &[Type::TEXT, Type::TEXT]);
    tokio::pin!(writer);
    for (old, new) in pairs {
        writer.as_mut().write(&[old, new]).await?;
    }
    match writer.finish().await? {
        loaded if loaded == pairs.len() as u64 => Ok(()),
        _ => Err(RewriteError::Senseless),
    }
}

/// One JSON array of numbers.
pub(super) async fn numbers(admin: &Admin, query: &str) -> Result<Vec<u64>, RewriteError> {
    let rows = admin.texts(query).await?;
    let row = rows.first().ok_or(RewriteError::Senseless)?;
    serde_json::from_str(row).map_err(|_| RewriteError::Senseless)
}

/// A DEFAULT that a client set while the domain moved, and sealed before.
///
/// ORDER: when no writer of the old form is left, and while the trigger still stops rows that take it.
///
/// # Errors
/// One that cannot be changed.
pub async fn late_defaults(
    admin: &Admin,
    shape: &Shape,
    window: Window,
    reseal: &Reseal,
) -> Result<(), DefaultError> {
    let wanted = match (window.from, window.to) {
        (_, Form::Plain) => Wanted::Armoured,
        (Form::Plain, Form::Sealed(_)) => Wanted::Bare,
        (Form::Sealed(_), Form::Sealed(key)) => Wanted::other_than(Suite::Deterministic, key),
    };
    for table in &shape.tables {
        let columns = table.columns.iter().map(Stored::target);
        let orders: Vec<Order> = columns.map(|target| Order { target, wanted: wanted.clone() }).collect();
        defaults::turn(admin, &table.name, &orders, reseal).await?;
    }
    Ok(())
}

/// Takes the temporary triggers away, table by table: each needs its table for itself for a moment.
///
/// # Errors
/// A table that is not to be had for a long time.
pub async fn drop_triggers(admin: &Admin, shape: &Shape, tell: Tell<'_>) -> Result<(), RewriteError> {
    for table in &shape.triggered {
        briefly(admin, &sql::drop_trigger(table), tell).await?;
    }
    Ok(())
}

/// A client that waits for another's row waits for us as soon as that other does, however long ago it began:
/// if its look for a deadlock then falls into an attempt, it is the client that fails.
async fn let_looks_pass(admin: &Admin, wait: &Waits) -> Result<(), RewriteError> {
    let (from_ms, to_ms) = wait.looked_ms;
    for _ in 0..LOOKS {
        if admin.texts(&sql::count_waiting(from_ms, to_ms)).await? == ["0"] {
            break;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(())
}

/// One statement in a transaction of its own that needs a lock only for a moment, tried as often as
/// the lock is not to be had.
///
/// # Errors
/// A lock that is not to be had for a long time, or another refusal.
pub(super) async fn briefly(admin: &Admin, statement: &str, tell: Tell<'_>) -> Result<(), RewriteError> {
    let transaction = format!("BEGIN; SET LOCAL lock_timeout = {LATER_LOCK_MS}; {statement}; COMMIT");
    let mut attempt = 0;
    loop {
        attempt += 1;
        let Err(error) = admin.run(&transaction).await else { return Ok(()) };
        let _rolled_back = admin.run("ROLLBACK").await;
        if !is_passing(&error) {
            return Err(error.into());
        }
        if attempt == ATTEMPTS {
            return Err(RewriteError::NoLock { attempts: ATTEMPTS });
        }
        tell(Event::Busy { attempt });
        tokio::time::sleep((PAUSE * attempt).min(LONGEST_PAUSE)).await;
    }
}
