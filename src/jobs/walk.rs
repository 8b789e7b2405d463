//! A walk over the stored rows of a table, by several workers, until none is left to turn.
//!
//! Knows pages and passes. Keeps no state of its own: what is left to do is a question to the
//! stored heads, so a run that ended anywhere is simply run again. A concurrent writer always wins;
//! rows that somebody holds are passed over, and met again in the next pass.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::batches::{BatchError, Batches, DURABLE, Done, Leftover, PageFrom, SETTINGS, wanted_rows};
use crate::jobs::leaves::{Leaf, LeafError};
use crate::jobs::pace::Pace;
use crate::jobs::progress::{Moment, Progress};
use crate::jobs::reading;
use crate::jobs::reseal::{Bench, Order, Reseal};
use crate::names::{QualifiedName, literal};
use crate::protect::NoRandomness;

/// Rows of the first page of a table; pages grow from there.
const FIRST_PAGE: i64 = 128;
/// Bytes of cells that a page aims at: what a worker holds in memory a few times over.
const PAGE_BYTES: usize = 4 << 20;
/// Blocks that a worker takes at a time where there is no key.
const BLOCKS: i64 = 16;
/// Passes after which rows that are always held, or written anew in the old form, are given up.
const PASSES: u32 = 40;
/// Pause before a pass that only waits for others; it grows by this much.
const PAUSE: Duration = Duration::from_millis(50);
/// Leftovers that are told one by one; the others are counted.
const TOLD: usize = 20;
/// Blocks that are read to foresee the work on a table that has more (16 MiB).
const SAMPLE: i64 = 2_048;

/// Why a walk ended early. What was committed stays; run it again.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The tables below the tagged one.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// A batch.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The server's refusal.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// No nonces, no sealing.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A worker ended by itself.
    #[error("a worker failed")]
    Worker,
    /// Others hold rows, or write them in the old form.
    #[error("{relation}: {rows} rows are held by other transactions or written again in the old form")]
    Held {
        /// The table.
        relation: QualifiedName,
        /// How many.
        rows: u64,
    },
}

/// What a walk over one table has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Rows written.
    pub written: u64,
    /// Cells written.
    pub cells: u64,
    /// Cells left as they are, in the last pass: all of them.
    pub left: u64,
    /// The first of them.
    pub leftovers: Vec<Leftover>,
    /// Leaves without a key, paged by ctid.
    pub by_ctid: Vec<QualifiedName>,
    /// The run was told to end.
    pub interrupted: bool,
}

/// What every worker of a run needs.
pub struct Work {
    /// The cells that are after.
    pub orders: Vec<Order>,
    /// What becomes of them.
    pub reseal: Reseal,
    /// How fast.
    pub pace: Arc<Pace>,
    /// Who is told.
    pub progress: Arc<Progress>,
    /// Most rows of a page.
    pub batch: i64,
    /// How what there is to do is told beforehand.
    pub foresight: Foresight,
}

/// How many rows there are to do, asked before the first is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foresight {
    /// A large table is sampled: the figure is for people.
    Sampled,
    /// All are counted: where there is none, nothing is walked.
    Counted,
}

/// Walks every leaf of `relation` with one worker a connection.
///
/// # Errors
/// At the first batch that the server refuses or changes.
pub async fn table(
    seats: &[Arc<Admin>],
    relation: &QualifiedName,
    work: &Arc<Work>,
) -> Result<Walked, WalkError> {
    let mut walked = Walked::default();
    let Some(first) = seats.first() else { return Err(WalkError::Worker) };
    for seat in seats {
        seat.run(SETTINGS).await?;
    }
    let targets: Vec<_> = work.orders.iter().map(|order| order.target.clone()).collect();
    for leaf in Leaf::of(first, relation, &targets).await? {
        if leaf.key.is_empty() {
            work.progress.say(&format!("{} has no usable key: its rows are paged by ctid", leaf.name));
            walked.by_ctid.push(leaf.name.clone());
        }
        passes(seats, first, leaf, work, &mut walked).await?;
        if walked.interrupted {
            break;
        }
    }
    // The catalog's queries, which may follow, want every plan there is.
    first.run(reading::SETTINGS).await?;
    if walked.written > 0 {
        first.run(DURABLE).await?;
    }
    Ok(walked)
}

/// Rows of `relation` that have a wanted cell now, as the server counts them: for people to know how
/// much there is.
///
/// # Errors
/// The server's refusal.
pub async fn expected(
    admin: &Admin,
    relation: &QualifiedName,
    orders: &[Order],
) -> Result<u64, StatementError> {
    let sql = format!("SELECT count(*)::text FROM {relation} AS t WHERE {}", wanted_rows(orders, "t"));
    Ok(admin.texts(&sql).await?.first().and_then(|count| count.parse().ok()).unwrap_or(0))
}

/// Passes over one leaf until nothing that can be turned is left.
async fn passes(
    seats: &[Arc<Admin>],
    first: &Admin,
    leaf: Leaf,
    work: &Arc<Work>,
    walked: &mut Walked,
) -> Result<(), WalkError> {
    let expected = foreseen(first, &leaf, work).await?;
    work.progress.begin(&leaf.name.to_string(), expected.rows());
    if expected == Expected::Exactly(0) {
        work.progress.at(Moment::Passed);
        work.progress.end();
        return Ok(());
    }
    let name = leaf.name.clone();
    let leaf = Arc::new(leaf);
    for pass in 0..PASSES {
        let done = one_pass(seats, &leaf, work).await?;
        work.progress.at(Moment::Passed);
        walked.written += done.written;
        walked.cells += done.cells;
        if done.interrupted {
            walked.interrupted = true;
            return Ok(());
        }
        let remaining = left(first, &leaf, work).await?;
        // A redeclared cell looks the same before and after: only a pass that changed nothing says so.
        let over = if work.reseal.redeclared { done.written == 0 } else { remaining <= done.left_rows };
        if over {
            walked.left += done.left;
            walked.leftovers.extend(done.leftovers);
            walked.leftovers.truncate(TOLD);
            work.progress.end();
            return Ok(());
        }
        if done.written == 0 {
            tokio::time::sleep(PAUSE * pass).await;
        }
    }
    let rows = left(first, &leaf, work).await?;
    Err(WalkError::Held { relation: name, rows })
}

/// Rows that are to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Exactly(u64),
    About(u64),
}

impl Expected {
    fn rows(self) -> u64 {
        match self {
            Expected::Exactly(rows) | Expected::About(rows) => rows,
        }
    }
}

/// Counted, or of a large table's sample: nothing is done by an estimate.
async fn foreseen(admin: &Admin, leaf: &Leaf, work: &Work) -> Result<Expected, WalkError> {
    match work.foresight {
        Foresight::Sampled if leaf.blocks > SAMPLE => {
            let share = SAMPLE as f64 / leaf.blocks as f64;
            let from = format!("{} AS t TABLESAMPLE SYSTEM ({})", leaf.name, 100.0 * share);
            let seen = counted(admin, &from, work).await?;
            Ok(Expected::About((seen as f64 / share) as u64))
        }
        Foresight::Sampled | Foresight::Counted => Ok(Expected::Exactly(left(admin, leaf, work).await?)),
    }
}

/// Rows of the leaf that have a wanted cell now.
async fn left(admin: &Admin, leaf: &Leaf, work: &Work) -> Result<u64, WalkError> {
    counted(admin, &format!("{} AS t", leaf.name), work).await
}

async fn counted(admin: &Admin, from: &str, work: &Work) -> Result<u64, WalkError> {
    let wanted = wanted_rows(&work.orders, "t");
    let sql = format!("SELECT count(*)::text FROM ONLY {from} WHERE {wanted}");
    Ok(admin.texts(&sql).await?.first().and_then(|count| count.parse().ok()).unwrap_or(0))
}

/// What one pass, or one worker's share of it, has done.
#[derive(Default)]
struct Pass {
    written: u64,
    cells: u64,
    left: u64,
    /// Rows with at least one cell that is left.
    left_rows: u64,
    leftovers: Vec<Leftover>,
    interrupted: bool,
}

impl Pass {
    fn add(&mut self, other: Pass) {
        self.written += other.written;
        self.cells += other.cells;
        self.left += other.left;
        self.left_rows += other.left_rows;
        self.leftovers.extend(other.leftovers);
        self.interrupted |= other.interrupted;
    }
}

/// Where the next page begins, and how long it is; `None`: the pass is over.
struct Cursor {
    next: Option<PageFrom>,
    limit: i64,
    end: i64,
}

async fn one_pass(seats: &[Arc<Admin>], leaf: &Arc<Leaf>, work: &Arc<Work>) -> Result<Pass, WalkError> {
    let (next, end) = match (leaf.key.is_empty(), seats.first()) {
        (false, _) | (true, None) => (PageFrom::Start, 0),
        (true, Some(seat)) => (PageFrom::Blocks(0, BLOCKS), blocks(seat, leaf).await?),
    };
    let limit = FIRST_PAGE.min(work.batch);
    let cursor = Arc::new(Mutex::new(Cursor { next: Some(next), limit, end }));
    let mut workers = JoinSet::new();
    for seat in seats {
        let (seat, leaf) = (Arc::clone(seat), Arc::clone(leaf));
        let (work, cursor) = (Arc::clone(work), Arc::clone(&cursor));
        workers.spawn(async move { worker(&seat, &leaf, &work, &cursor).await });
    }
    let mut pass = Pass::default();
    let mut failure = None;
    while let Some(ended) = workers.join_next().await {
        match ended.unwrap_or(Err(WalkError::Worker)) {
            Ok(share) => pass.add(share),
            Err(error) => {
                // The others end after the batch at hand.
                cursor.lock().await.next = None;
                failure.get_or_insert(error);
            }
        }
    }
    failure.map_or(Ok(pass), Err)
}

async fn blocks(admin: &Admin, leaf: &Leaf) -> Result<i64, WalkError> {
    let name = literal(&leaf.name.to_string());
    let sql = format!(
        "SELECT (pg_catalog.pg_relation_size({name}::pg_catalog.regclass) \
         / pg_catalog.current_setting('block_size')::int8)::text"
    );
    Ok(admin.texts(&sql).await?.first().and_then(|count| count.parse().ok()).unwrap_or(0))
}

async fn worker(seat: &Admin, leaf: &Leaf, work: &Work, cursor: &Mutex<Cursor>) -> Result<Pass, WalkError> {
    let batches = Batches::prepare(seat, leaf, &work.orders).await?;
    let mut bench = Bench::new()?;
    let mut pass = Pass::default();
    loop {
        if !work.pace.admit(seat, |waiting| work.progress.waits(waiting)).await? {
            pass.interrupted = true;
            return Ok(pass);
        }
        match batch(&batches, leaf, work, cursor, &mut bench, &mut pass).await {
            Ok(true) => {}
            Ok(false) => return Ok(pass),
            // Its rows are met again in the next pass.
            Err(error) if error.is_passing() => batches.roll_back().await?,
            Err(error) => {
                // The connection may be gone, and the transaction with it.
                let _rolled_back = batches.roll_back().await;
                return Err(error.into());
            }
        }
    }
}

/// One batch; false if the pass is over.
async fn batch(
    batches: &Batches<'_>,
    leaf: &Leaf,
    work: &Work,
    cursor: &Mutex<Cursor>,
    bench: &mut Bench,
    pass: &mut Pass,
) -> Result<bool, BatchError> {
    let page = {
        // ORDER: pages are claimed one after the other, so that no worker goes over the rows that
        // another one is about to claim.
        let mut cursor = cursor.lock().await;
        let Some(from) = cursor.next.clone() else { return Ok(false) };
        let limit = cursor.limit.min(work.pace.largest_batch());
        let page = batches.claim(&from, limit).await?;
        cursor.go_on(leaf, &page, limit, work.batch);
        page
    };
    work.progress.at(Moment::Claimed);
    let turned = batches.turn(&page, &work.reseal, bench);
    work.progress.at(Moment::Turned);
    let done: Done = batches.write(&page, &turned).await?;
    work.progress.at(Moment::Written);
    batches.commit().await?;
    work.progress.at(Moment::Committed);
    work.pace.spent(done.rows);
    work.progress.advance(done.written);
    pass.written += done.written;
    pass.cells += done.cells;
    pass.left += turned.leftovers.len() as u64;
    let mut rows: Vec<&str> = turned.leftovers.iter().map(|left| left.ctid.as_str()).collect();
    rows.dedup();
    pass.left_rows += rows.len() as u64;
    let room = TOLD.saturating_sub(pass.leftovers.len());
    pass.leftovers.extend(turned.leftovers.into_iter().take(room));
    Ok(true)
}

impl Cursor {
    /// After this page, which had room for `limit` rows.
    fn go_on(&mut self, leaf: &Leaf, page: &crate::jobs::batches::Page, limit: i64, most: i64) {
        let rows = i64::try_from(page.len()).unwrap_or(i64::MAX);
        self.next = match (self.next.take(), leaf.key.is_empty()) {
            (Some(PageFrom::Blocks(_, end)), true) => {
                (end < self.end).then_some(PageFrom::Blocks(end, end.saturating_add(BLOCKS)))
            }
            (Some(_), false) if rows == limit => page.last_key().map(PageFrom::After),
            (_, _) => None,
        };
        let bytes = i64::try_from(page.bytes() / page.len().max(1)).unwrap_or(i64::MAX).max(1);
        let fits = (PAGE_BYTES as i64 / bytes).max(1);
        self.limit = limit.saturating_mul(4).min(fits).min(most).max(1);
    }
}
