//! Rows that are stored become what the policy says: sealed, opened, or sealed anew.
//!
//! Knows phases, guards and walks, and in which order they come. Does not know configuration files
//! or how anything is printed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::catalog::fetch::Live;
use crate::crypto::{Form, Keyring};
use crate::jobs::admin::{Admin, AdminError, StatementError};
use crate::jobs::apply::{ApplyError, RUN_LOCK};
use crate::jobs::cells::{Target, Wanted};
use crate::jobs::defaults::{self, DefaultError};
use crate::jobs::guards::Post;
use crate::jobs::leaves::{Leaf, LeafError};
use crate::jobs::pace::Pace;
use crate::jobs::progress::{Moment, Progress};
use crate::jobs::reading::{self, Reading, ReadingError};
use crate::jobs::reseal::{Bench, Order, Reseal, Unfit};
use crate::jobs::walk::{self, Foresight, WalkError, Walked, Work};
use crate::names::{ColumnId, QualifiedName};
use crate::policy::edit;
use crate::policy::join::Joined;
use crate::policy::model::{Mode, Phase, ProtectedColumn, column_name};
use crate::protect::{NoRandomness, Protector, suite_of};

/// What is done with the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Plaintext becomes envelopes.
    Encrypt,
    /// Envelopes become plaintext.
    Decrypt,
    /// Envelopes under an older key are sealed under the active one.
    Rotate,
    /// Envelopes of an older declaration become those of the present one.
    Redeclare,
}

/// The columns of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// As the policy names it.
    pub relation: QualifiedName,
    /// Which of its cells are after.
    pub orders: Vec<Order>,
}

/// Why nothing is begun. Each ends with exit code 7.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a tagged column.
    #[error("{0} is not a column of the policy")]
    NotTagged(String),
    /// The policy says another phase.
    #[error("{column} is in phase \"{phase}\": {hint}")]
    Phase {
        /// `schema.table.column`.
        column: String,
        /// Its phase.
        phase: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// No column is in the phase.
    #[error("no column is in phase \"{0}\"")]
    Nothing(&'static str),
    /// Only columns that move with their domain are.
    #[error(
        "only deterministic domains are in phase \"{phase}\", and each moves as a whole: --domain {domains}"
    )]
    Domains {
        /// The phase.
        phase: &'static str,
        /// Their names.
        domains: String,
    },
    /// The relation is closed.
    #[error("{relation} is closed: {why}")]
    Closed {
        /// The table.
        relation: QualifiedName,
        /// The first finding.
        why: String,
    },
    /// Its values are of two declarations.
    #[error("{column} is redeclared (`was`): first run `pgveil encrypt --reseal`")]
    Redeclared {
        /// `schema.table.column`.
        column: String,
    },
    /// Nothing is redeclared.
    #[error("no column says what it was (`was = {{ … }}`): there is nothing to seal anew")]
    NotRedeclared,
    /// The keys.
    #[error("{column}: {why}")]
    Keys {
        /// `schema.table.column`.
        column: String,
        /// What is wrong.
        why: String,
    },
    /// Stored plaintext that looks like an envelope.
    #[error(
        "{relation}.{column}: {count} stored values begin like an envelope and are none of this column \
         (the first at {first}): they could not be told from encrypted ones; change them first"
    )]
    Impostors {
        /// The table.
        relation: QualifiedName,
        /// The column.
        column: String,
        /// How many.
        count: u64,
        /// Where the first lies.
        first: String,
    },
}

/// Why a run ended early. What was committed stays; run it again.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// Nothing was begun.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The connection or the catalog.
    #[error(transparent)]
    Admin(#[from] AdminError),
    /// The rows.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// The guard.
    #[error(transparent)]
    Guard(#[from] ApplyError),
    /// A look at the rows before they are touched.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// What a column holds where no value is given.
    #[error(transparent)]
    Default(#[from] DefaultError),
}

impl From<StatementError> for ConvertError {
    fn from(error: StatementError) -> Self {
        ConvertError::Admin(error.into())
    }
}

impl From<LeafError> for ConvertError {
    fn from(error: LeafError) -> Self {
        ConvertError::Walk(error.into())
    }
}

impl From<NoRandomness> for ConvertError {
    fn from(error: NoRandomness) -> Self {
        ConvertError::Walk(error.into())
    }
}

/// What a run has done with one table.
#[derive(Clone, Debug)]
pub struct Converted {
    /// As the policy names it.
    pub table: Table,
    /// Its rows.
    pub walked: Walked,
    /// Every column's guard stands and is validated.
    pub guarded: bool,
    /// Of the walk.
    pub took: Duration,
}

/// The phase that a verb works in, and what to do where it is another.
fn demanded(verb: Verb, phase: Phase) -> Result<(), &'static str> {
    match (verb, phase) {
        (Verb::Encrypt, Phase::Encrypting)
        | (Verb::Decrypt, Phase::Decrypting)
        | (Verb::Rotate, Phase::Encrypted | Phase::Encrypting)
        | (Verb::Redeclare, Phase::Encrypted) => Ok(()),
        (Verb::Encrypt, Phase::Plain | Phase::Encrypted | Phase::Decrypting) => {
            Err("set it to \"encrypting\", run `pgveil policy accept` and have every proxy load it")
        }
        (Verb::Decrypt, Phase::Plain | Phase::Encrypting | Phase::Encrypted) => {
            Err("set it to \"decrypting\", run `pgveil policy accept` and have every proxy load it")
        }
        (Verb::Rotate, Phase::Plain | Phase::Decrypting)
        | (Verb::Redeclare, Phase::Plain | Phase::Encrypting | Phase::Decrypting) => {
            Err("only what is encrypted is encrypted anew")
        }
    }
}

/// Of [`whole_domains`] those that have yet to move: the keyring knows.
pub fn domains_to_move(joined: &Joined, keyring: &Keyring, phase: Phase) -> Vec<String> {
    let mut domains = whole_domains(joined, phase);
    let is_plain = |name: &String| keyring.domain(name).is_some_and(|domain| domain.writes == Form::Plain);
    domains.retain(|name| is_plain(name) != (phase == Phase::Decrypting));
    domains
}

/// Deterministic domains in this phase: their rows are converted in one transaction, and by name.
pub fn whole_domains(joined: &Joined, phase: Phase) -> Vec<String> {
    let moved = joined.policy.columns.iter().filter(|column| column.phase == phase && !row_by_row(column));
    let mut names: Vec<String> = moved.map(|column| column.domain.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// REFUSES: a run without anything to do in this phase, and says where there is.
///
/// # Errors
/// [`Refused::Nothing`] or [`Refused::Domains`].
pub fn something_to_do(tables: &[Table], joined: &Joined, phase: Phase) -> Result<(), Refused> {
    match (tables.is_empty(), whole_domains(joined, phase)) {
        (false, _) => Ok(()),
        (true, domains) if domains.is_empty() => Err(Refused::Nothing(edit::word(phase))),
        (true, domains) => {
            Err(Refused::Domains { phase: edit::word(phase), domains: domains.join(" --domain ") })
        }
    }
}

/// Whether the rows of a column are converted one by one.
pub fn row_by_row(column: &ProtectedColumn) -> bool {
    column.mode == Mode::Randomized || column.online
}

/// The tables and cells that a run is about. `only` are names as `schema.table.column`; empty: all
/// columns whose phase asks for the verb.
///
/// # Errors
/// REFUSES: a column that was named and whose phase is another; a closed relation; missing keys.
pub fn tables(
    joined: &Joined,
    keyring: &Keyring,
    verb: Verb,
    only: &[ColumnId],
) -> Result<Vec<Table>, Refused> {
    let mut tables: Vec<Table> = Vec::new();
    for (id, column) in joined.policy.ids() {
        let name = || column_name(&column.relation, &column.column);
        let meant = if only.is_empty() { row_by_row(column) } else { only.contains(&id) };
        match demanded(verb, column.phase) {
            _ if !meant => continue,
            Ok(()) => {}
            Err(_) if only.is_empty() => continue,
            Err(hint) => {
                return Err(Refused::Phase { column: name(), phase: edit::word(column.phase), hint });
            }
        }
        match (verb, &column.redeclared) {
            (Verb::Redeclare, Some(_)) | (Verb::Encrypt | Verb::Decrypt | Verb::Rotate, None) => {}
            (Verb::Redeclare, None) if only.is_empty() => continue,
            (Verb::Redeclare, None) => return Err(Refused::NotRedeclared),
            // The older declaration's values would be left out.
            (Verb::Encrypt | Verb::Decrypt | Verb::Rotate, Some(_)) => {
                return Err(Refused::Redeclared { column: name() });
            }
        }
        open_for_work(joined, &column.relation)?;
        let wanted = match (verb, column.mode) {
            (Verb::Encrypt, _) => Wanted::Bare,
            (Verb::Decrypt | Verb::Redeclare, _) => Wanted::Armoured,
            (Verb::Rotate, Mode::Randomized) => {
                let active = keyring.active().ok_or_else(|| Refused::Keys {
                    column: name(),
                    why: "the keyring has no active key".into(),
                })?;
                Wanted::other_than(suite_of(column.mode), active)
            }
            // A domain is rotated as one, in its own transaction.
            (Verb::Rotate, Mode::Deterministic) => continue,
        };
        let order =
            Order { target: Target { id, name: column.column.clone(), stored: column.stored }, wanted };
        match tables.iter_mut().find(|table| table.relation == column.relation) {
            Some(table) => table.orders.push(order),
            None => tables.push(Table { relation: column.relation.clone(), orders: vec![order] }),
        }
    }
    Ok(tables)
}

/// REFUSES: a relation of which pin and server disagree, or that cannot hold envelopes yet.
fn open_for_work(joined: &Joined, relation: &QualifiedName) -> Result<(), Refused> {
    let open = joined.catalog.relations().iter().any(|shown| shown.name == *relation && shown.open);
    if open {
        return Ok(());
    }
    let finding = joined.findings.iter().find(|finding| finding.shuts(relation));
    let why = finding.map_or_else(|| "the server does not show it".to_owned(), ToString::to_string);
    Err(Refused::Closed { relation: relation.clone(), why })
}

/// Keeps this run apart from `apply` and from the work on whole domains; several runs of this kind
/// share the rows.
///
/// # Errors
/// [`ApplyError::Locked`] if one of these is at work.
pub async fn share_the_database(admin: &Admin) -> Result<(), ConvertError> {
    let lock = format!("SELECT pg_catalog.pg_try_advisory_lock_shared({RUN_LOCK})::text");
    if admin.texts(&lock).await? == ["true"] { Ok(()) } else { Err(ApplyError::Locked.into()) }
}

/// One run: connections, keys, pace, and who is told.
pub struct Run {
    /// One a worker; the first also carries the guards.
    pub seats: Vec<Arc<Admin>>,
    /// What reads and writes.
    pub reseal: Reseal,
    /// How fast.
    pub pace: Arc<Pace>,
    /// Who is told.
    pub progress: Arc<Progress>,
    /// Most rows of a page.
    pub batch: i64,
}

impl Run {
    /// Does what `verb` says with one table.
    ///
    /// # Errors
    /// At the first thing that is not as it must be; what was committed stays.
    pub async fn table(&self, verb: Verb, table: &Table) -> Result<Converted, ConvertError> {
        let first = self.seats.first().ok_or(WalkError::Worker)?;
        match verb {
            Verb::Encrypt => self.encrypt(first, table).await,
            Verb::Decrypt => {
                // ORDER: before the first row, or the server would refuse it.
                let live = first.live().await?;
                for post in posts(&live, table) {
                    post.lower(first).await?;
                }
                self.defaults(first, table).await?;
                self.walk(table, Foresight::Sampled).await
            }
            Verb::Rotate | Verb::Redeclare => {
                self.defaults(first, table).await?;
                self.walk(table, Foresight::Sampled).await
            }
        }
    }

    /// ORDER: before the rows: those to come take a copy of it.
    async fn defaults(&self, first: &Admin, table: &Table) -> Result<(), ConvertError> {
        defaults::turn(first, &table.relation, &table.orders, &self.reseal).await?;
        Ok(())
    }

    async fn walk(&self, table: &Table, foresight: Foresight) -> Result<Converted, ConvertError> {
        let begun = Instant::now();
        let work = Arc::new(Work {
            orders: table.orders.clone(),
            reseal: self.reseal.clone(),
            pace: Arc::clone(&self.pace),
            progress: Arc::clone(&self.progress),
            batch: self.batch,
            foresight,
        });
        let walked = walk::table(&self.seats, &table.relation, &work).await?;
        Ok(Converted { table: table.clone(), walked, guarded: false, took: begun.elapsed() })
    }

    /// ORDER: the walk, the guard without a look at the rows, the walk again over what was written
    /// between (as a rule nothing: they are counted first), and only then the look at the rows.
    async fn encrypt(&self, first: &Admin, table: &Table) -> Result<Converted, ConvertError> {
        impostors(first, table, &self.reseal.to).await?;
        self.defaults(first, table).await?;
        let mut converted = self.walk(table, Foresight::Sampled).await?;
        if converted.walked.interrupted || converted.walked.left > 0 {
            return Ok(converted);
        }
        let live = first.live().await?;
        if posts(&live, table).all(|post| post.is_validated()) {
            return Ok(Converted { guarded: true, ..converted });
        }
        for post in posts(&live, table) {
            post.raise(first).await?;
        }
        self.progress.at(Moment::Guarded);
        let again = self.walk(table, Foresight::Counted).await?;
        converted.walked.written += again.walked.written;
        converted.walked.cells += again.walked.cells;
        converted.walked.left = again.walked.left;
        converted.walked.leftovers = again.walked.leftovers;
        converted.walked.interrupted = again.walked.interrupted;
        if converted.walked.interrupted || converted.walked.left > 0 {
            return Ok(converted);
        }
        let live = first.live().await?;
        Post::validate_all(&posts(&live, table).collect::<Vec<_>>(), first).await?;
        Ok(Converted { guarded: true, ..converted })
    }
}

fn posts<'l>(live: &'l Live, table: &'l Table) -> impl Iterator<Item = Post<'l>> {
    table
        .orders
        .iter()
        .filter_map(|order| Post::of(live, &table.relation, &order.target.name, order.target.stored))
}

/// REFUSES: a stored value that begins with the armour's prefix and does not open: it would be taken
/// for an envelope for ever after. One reading of the table, whatever the number of columns.
async fn impostors(admin: &Admin, table: &Table, protector: &Arc<Protector>) -> Result<(), ConvertError> {
    admin.run(reading::SETTINGS).await?;
    let mut bench = Bench::new()?;
    let targets: Vec<Target> = table.orders.iter().map(|order| order.target.clone()).collect();
    let armoured: Vec<String> =
        targets.iter().map(|target| target.is_wanted("t", &Wanted::Armoured)).collect();
    let mut found: Vec<(u64, String)> = vec![(0, String::new()); targets.len()];
    for leaf in Leaf::of(admin, &table.relation, &targets).await? {
        let condition = Some(format!("({})", armoured.join(" OR ")));
        let reading = Reading { leaf: &leaf, targets: &targets, condition, blocks: None };
        let look = |place: reading::Place, cells: &[Option<&[u8]>]| {
            for ((target, cell), (count, first)) in targets.iter().zip(cells).zip(&mut found) {
                let Some(stored) = cell else { continue };
                let is_armoured = target.wants(stored, &Wanted::Armoured).unwrap_or(true);
                let opened: Result<(), Unfit> = match is_armoured {
                    true => bench.opens(protector, target.id, stored),
                    false => continue,
                };
                if opened.is_err() {
                    *count += 1;
                    if first.is_empty() {
                        *first = place.to_string();
                    }
                }
            }
        };
        reading.each(admin, look).await?;
    }
    for (target, (count, first)) in targets.iter().zip(found) {
        if count > 0 {
            let (relation, column) = (table.relation.clone(), target.name.clone());
            return Err(Refused::Impostors { relation, column, count, first }.into());
        }
    }
    Ok(())
}

/// The tables with columns that hold envelopes or are to, to be looked at: closed ones too. `only` as
/// in [`tables`].
pub fn protected_tables(joined: &Joined, only: &[ColumnId]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for (id, column) in joined.policy.ids() {
        let meant = if only.is_empty() { column.phase != Phase::Plain } else { only.contains(&id) };
        if !meant {
            continue;
        }
        let target = Target { id, name: column.column.clone(), stored: column.stored };
        let order = Order { target, wanted: Wanted::Armoured };
        match tables.iter_mut().find(|table| table.relation == column.relation) {
            Some(table) => table.orders.push(order),
            None => tables.push(Table { relation: column.relation.clone(), orders: vec![order] }),
        }
    }
    tables
}
