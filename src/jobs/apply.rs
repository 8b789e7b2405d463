//! `apply`: makes the database such that the tagged columns can hold envelopes: widens types, adds
//! and drops guards. Creates nothing else, and changes no row.
//!
//! Each change is a transaction of its own with a short lock timeout, tried again: a table in use is
//! never held up for long, and a run that was stopped anywhere is simply run again.

pub mod steps;

use std::time::Duration;

use crate::catalog::fetch::Live;
use crate::catalog::finding::{Finding, Weight};
use crate::catalog::guard;
use crate::catalog::pin::Pin;
use crate::jobs::admin::{Admin, AdminError, StatementError};
use crate::jobs::plan::readers::ReaderKind;
use crate::jobs::plan::{Look, look, views};
use crate::names::quoted;
use crate::policy::join::{Joined, join, take};
use crate::policy::model::{Phase, Policy, Tags};
use crate::policy::reach::Lineage;
use crate::policy::types::{fits, stored_as};
use steps::{Rows, Step, steps};

/// How long one attempt waits for a lock: queries that queue behind it wait as long.
const LOCK_TIMEOUT_MS: u32 = 1_000;
/// Attempts, with a pause between that grows by this much each time.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(200);
/// Key of the advisory lock that keeps two runs apart: "pgveil" in ASCII.
pub const RUN_LOCK: i64 = 0x7067_7665_696c;

/// What goes before every step: how a value that is turned into text is written must not depend on
/// the role's settings.
const SETTINGS: &str = "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; \
     SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'";
/// Bytes a second that a rewrite of a table does on a small machine; an estimate's basis.
const REWRITTEN_A_SECOND: f64 = 30e6;

/// What the operator asked for beyond the policy.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// CHECKs of the application's own on tagged columns are dropped.
    pub drop_checks: bool,
    /// Longest time in seconds that a table may be rewritten under an exclusive lock.
    pub max_lock: f64,
}

impl Default for Wishes {
    fn default() -> Self {
        Wishes { drop_checks: false, max_lock: 5.0 }
    }
}

/// What a run would do.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Who reads the tagged columns, and what it will cost.
    pub look: Look,
    /// The policy with the types of before.
    pub policy: Policy,
    /// In order.
    pub steps: Vec<Step>,
    /// What stands in the way; these columns are left as they are.
    pub blocked: Vec<Finding>,
    /// The pin of before: it remembers the types that clients see.
    pub before: Pin,
}

/// What a run has done.
#[derive(Clone, Debug)]
pub struct Applied {
    /// To be accepted.
    pub pin: Pin,
    /// With that pin.
    pub joined: Joined,
}

/// Why a run ended early. What was done stays done; run it again.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The connection or the catalog.
    #[error(transparent)]
    Admin(#[from] AdminError),
    /// Another run.
    #[error("another run of pgveil is at work on this database")]
    Locked,
    /// A step.
    #[error("`{sql}` failed: {why}")]
    Step {
        /// The statement: shapes only, no value.
        sql: String,
        /// The server's word.
        why: StatementError,
    },
}

/// Finds out what there is to do. `was` is the accepted pin.
///
/// # Errors
/// The connection, or a catalog that makes no sense.
pub async fn propose(
    admin: &Admin,
    tags: &Tags,
    was: &Pin,
    lineage: Lineage<'_>,
) -> Result<Proposal, ApplyError> {
    propose_with(admin, tags, was, lineage, &Wishes::default()).await
}

/// As [`propose`], with the operator's wishes.
///
/// # Errors
/// The connection, or a catalog that makes no sense.
pub async fn propose_with(
    admin: &Admin,
    tags: &Tags,
    was: &Pin,
    lineage: Lineage<'_>,
    wishes: &Wishes,
) -> Result<Proposal, ApplyError> {
    let live = admin.live().await?;
    let before = take(tags, was, &live, lineage);
    let policy = join(tags, &before, &live, lineage).policy;
    let look = look(admin, tags, &policy).await?;
    let mut rows = rows(admin, &policy, &live).await?;
    for ((id, _), looked) in policy.ids().zip(&look.columns) {
        let seconds = looked.cost.as_ref().map_or(f64::MAX, |cost| cost.bytes as f64 / REWRITTEN_A_SECOND);
        rows.quickly_rewritten.insert(id, seconds <= wishes.max_lock);
    }
    let shuts = look.findings.iter().filter(|finding| finding.weight == Weight::Closes);
    let mut blocked: Vec<Finding> = shuts.cloned().collect();
    rows.barred = blocked.iter().filter_map(|f| Some((f.relation.clone()?, f.column.clone()?))).collect();
    let (mut steps, more) = steps(&policy, &live.relations, &rows);
    blocked.extend(more);
    if wishes.drop_checks {
        steps.splice(0..0, dropped_checks(&policy, &look));
    }
    let mut through = Vec::new();
    for step in steps {
        match around_views(admin, step).await? {
            Ok(step) => through.push(step),
            Err(finding) => blocked.push(*finding),
        }
    }
    Ok(Proposal { steps: through, blocked, before, look, policy })
}

/// A change of type is wrapped in dropping and making again the views that stand in its way.
async fn around_views(admin: &Admin, mut step: Step) -> Result<Result<Step, Box<Finding>>, AdminError> {
    let Some(column) = &step.retyped else { return Ok(Ok(step)) };
    let around = match views::around(admin, &step.relation, column).await? {
        Ok(around) => around,
        Err(finding) => return Ok(Err(finding)),
    };
    step.sql = [around.before, vec![step.sql], around.after].concat().join("; ");
    Ok(Ok(step))
}

/// The application's own CHECKs on columns that are being tagged. Their text is part of the step, and
/// so of what is printed.
fn dropped_checks(policy: &Policy, look: &Look) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (tag, looked) in policy.columns.iter().zip(&look.columns).filter(|(tag, _)| tag.phase != Phase::Plain)
    {
        let checks =
            looked.readers.iter().filter(|r| r.kind == ReaderKind::Check && !r.is_guard(&tag.column));
        for check in checks {
            let sql = format!("ALTER TABLE {} DROP CONSTRAINT {}", tag.relation, quoted(&check.name));
            let why = format!("it was {}", check.definition.as_deref().unwrap_or("a CHECK"));
            if !steps.iter().any(|step| step.sql == sql) {
                steps.push(Step { relation: tag.relation.clone(), sql, why, retyped: None });
            }
        }
    }
    steps
}

/// Takes the steps, then the new pin.
///
/// # Errors
/// At the first step that fails for another reason than a lock that was not to be had.
pub async fn apply(
    admin: &Admin,
    tags: &Tags,
    proposal: &Proposal,
    lineage: Lineage<'_>,
) -> Result<Applied, ApplyError> {
    let lock = format!("SELECT pg_catalog.pg_try_advisory_lock({RUN_LOCK})::text");
    if admin.texts(&lock).await.map_err(AdminError::from)? != ["true"] {
        return Err(ApplyError::Locked);
    }
    for step in &proposal.steps {
        take_step(admin, step).await.map_err(|why| ApplyError::Step { sql: step.sql.clone(), why })?;
    }
    let unlock = format!("SELECT pg_catalog.pg_advisory_unlock({RUN_LOCK})::text");
    admin.texts(&unlock).await.map_err(AdminError::from)?;
    let live = admin.live().await?;
    let pin = take(tags, &proposal.before, &live, lineage);
    let joined = join(tags, &pin, &live, lineage);
    Ok(Applied { pin, joined })
}

/// One change, tried again while others hold the table.
pub(in crate::jobs) async fn take_step(admin: &Admin, step: &Step) -> Result<(), StatementError> {
    let transaction =
        format!("BEGIN; SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}; {SETTINGS}; {}; COMMIT", step.sql);
    let mut attempt = 0;
    loop {
        let Err(error) = admin.run(&transaction).await else { return Ok(()) };
        attempt += 1;
        admin.run("ROLLBACK").await?;
        // 55P03 lock_not_available, 40P01 deadlock_detected: nothing was changed.
        let is_passing = matches!(error.sqlstate.as_str(), "55P03" | "40P01");
        if !is_passing || attempt == ATTEMPTS {
            return Err(error);
        }
        tokio::time::sleep(PAUSE * attempt).await;
    }
}

/// Asks of the rows only what a step depends on.
async fn rows(admin: &Admin, policy: &Policy, live: &Live) -> Result<Rows, ApplyError> {
    let mut rows = Rows::default();
    for (id, tag) in policy.ids() {
        let Some(relation) = live.relations.iter().find(|r| r.name == tag.relation) else { continue };
        let Some((_, column)) = relation.column(&tag.column) else { continue };
        if !rows.empty.contains_key(&relation.name) {
            let any = exists(admin, &format!("SELECT FROM {}", relation.name)).await?;
            rows.empty.insert(relation.name.clone(), !any);
        }
        let stored = stored_as(&column.type_name).filter(|stored| fits(&tag.logical, *stored));
        let Some(stored) = stored.filter(|_| tag.phase == Phase::Encrypted) else { continue };
        if guard::find(relation, column, stored).is_none_or(|guard| !guard.validated) {
            let check = guard::predicate(column, stored);
            let any = exists(admin, &format!("SELECT FROM {} WHERE NOT ({check})", relation.name)).await?;
            rows.plaintext.insert(id, any);
        }
    }
    Ok(rows)
}

async fn exists(admin: &Admin, query: &str) -> Result<bool, AdminError> {
    Ok(admin.texts(&format!("SELECT EXISTS ({query})::text")).await? == ["true"])
}
