//! The proof: every stored value of every protected column is read past the proxy and opened.
//!
//! Knows what may stand in a column in its phase, and counts what does not belong there. Reads in one
//! snapshot, over several connections; writes nothing. A value is in memory while it is opened and
//! in no result, except for the samples that a search is made for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::crypto::Keyring;
use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::cells::Target;
use crate::jobs::census::{Census, CensusError, Kept};
use crate::jobs::convert::Table;
use crate::jobs::defaults;
use crate::jobs::leaves::Leaf;
use crate::jobs::pace::Pace;
use crate::jobs::progress::Progress;
use crate::jobs::reading::{self, Place, Reading};
use crate::jobs::reseal::{Bench, Unfit};
use crate::names::{ColumnId, QualifiedName};
use crate::policy::model::{Phase, Policy};
use crate::protect::{NoRandomness, Protector};

/// Blocks that a worker reads at a time: 32 MiB.
const BLOCKS: i64 = 4_096;
/// From this server version a range of ctids is read without reading the whole table.
const TID_RANGES: u32 = 140_000;
/// Faults that are told one by one; the others are counted.
const TOLD: usize = 20;

/// What is wrong with a stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No envelope, where every value must be one.
    Plaintext,
    /// Begins as an envelope and does not open: changed, cut, or moved from another column.
    Damaged,
    /// Under a key that the keyring has never held.
    Foreign,
    /// Under a key that is disabled or destroyed.
    Unreadable,
}

impl Fault {
    /// As in `--json`.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Plaintext => "plaintext",
            Fault::Damaged => "damaged",
            Fault::Foreign => "foreign",
            Fault::Unreadable => "unreadable",
        }
    }
}

/// Where a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The table that holds the row.
    pub relation: QualifiedName,
    /// Where the row lies; `None`: it is the column's DEFAULT.
    pub place: Option<Place>,
    /// What is wrong.
    pub fault: Fault,
}

/// What was found in one column.
#[derive(Clone, Debug)]
pub struct ColumnProof {
    /// Of the policy.
    pub column: ColumnId,
    /// Rows.
    pub rows: u64,
    /// Cells that are NULL.
    pub nulls: u64,
    /// Cells that opened, or whose head is in order if nothing was opened.
    pub good: u64,
    /// Cells without an envelope, in a phase that admits them.
    pub admitted: u64,
    /// Values by key.
    pub census: Census,
    /// How many faults of each kind.
    pub faults: Vec<(Fault, u64)>,
    /// The first of them.
    pub found: Vec<Found>,
    /// Values as they are now, to be searched for elsewhere; wiped when dropped.
    pub samples: Samples,
}

impl ColumnProof {
    fn new(column: ColumnId, samples: usize) -> Self {
        ColumnProof {
            column,
            rows: 0,
            nulls: 0,
            good: 0,
            admitted: 0,
            census: Census::default(),
            faults: Vec::new(),
            found: Vec::new(),
            samples: Samples::of(samples),
        }
    }

    /// All faults.
    pub fn faulty(&self) -> u64 {
        self.faults.iter().map(|(_, count)| count).sum()
    }

    fn fault(&mut self, fault: Fault, relation: &QualifiedName, place: Option<Place>) {
        match self.faults.iter_mut().find(|(known, _)| *known == fault) {
            Some((_, count)) => *count += 1,
            None => self.faults.push((fault, 1)),
        }
        if self.found.len() < TOLD {
            self.found.push(Found { relation: relation.clone(), place, fault });
        }
    }

    fn merge(&mut self, other: ColumnProof) {
        self.rows += other.rows;
        self.nulls += other.nulls;
        self.good += other.good;
        self.admitted += other.admitted;
        self.census.merge(&other.census);
        for (fault, count) in other.faults {
            match self.faults.iter_mut().find(|(known, _)| *known == fault) {
                Some((_, known)) => *known += count,
                None => self.faults.push((fault, count)),
            }
        }
        self.found.extend(other.found);
        self.found.truncate(TOLD);
        self.samples.values.extend(other.samples.values);
    }
}

/// Every so-manieth value of a column; the interval grows as values come, so that they are from all
/// over the table.
#[derive(Clone, Debug)]
pub struct Samples {
    /// As text.
    pub values: Vec<Zeroizing<Vec<u8>>>,
    most: usize,
    every: u64,
    seen: u64,
}

impl Samples {
    fn of(most: usize) -> Self {
        Samples { values: Vec::new(), most, every: 1, seen: 0 }
    }

    fn take(&mut self, value: &[u8]) {
        self.seen += 1;
        if self.most == 0 || !self.seen.is_multiple_of(self.every) {
            return;
        }
        if self.values.len() >= self.most {
            let mut keep = false;
            self.values.retain(|_| {
                keep = !keep;
                keep
            });
            self.every *= 2;
        }
        self.values.push(Zeroizing::new(value.to_vec()));
    }
}

/// What is verified, and with what.
pub struct Survey {
    /// The tables and their columns.
    pub tables: Vec<Table>,
    /// Phases.
    pub policy: Policy,
    /// Opens; `None`: only heads are looked at.
    pub protector: Option<Arc<Protector>>,
    /// Tells a foreign key from one that is closed.
    pub keyring: Arc<Keyring>,
    /// Values to keep of each column.
    pub samples: usize,
    /// The server's version number.
    pub server_version: u32,
    /// Who is told.
    pub progress: Arc<Progress>,
    /// Says when to end.
    pub pace: Arc<Pace>,
}

/// What a survey has found.
#[derive(Clone, Debug)]
pub struct Proof {
    /// By column.
    pub columns: Vec<ColumnProof>,
    /// It was told to end, and proves nothing.
    pub interrupted: bool,
}

struct Piece {
    table: usize,
    leaf: Arc<Leaf>,
    blocks: Option<(i64, i64)>,
}

/// Reads everything; the connections share one snapshot.
///
/// # Errors
/// The server's refusal; a stream that is none.
pub async fn survey(seats: &[Arc<Admin>], survey: &Arc<Survey>) -> Result<Proof, CensusError> {
    let Some(first) = seats.first() else { return Ok(survey.nothing()) };
    first.run(reading::SETTINGS).await?;
    first.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let snapshot = first.texts("SELECT pg_catalog.pg_export_snapshot()").await?;
    let snapshot = snapshot.first().cloned().unwrap_or_default().replace('\'', "");
    for seat in seats.iter().skip(1) {
        seat.run(reading::SETTINGS).await?;
        seat.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        seat.run(&format!("SET TRANSACTION SNAPSHOT '{snapshot}'")).await?;
    }
    let pieces = Arc::new(Mutex::new(survey.pieces(first).await?));
    let mut workers = JoinSet::new();
    for seat in seats {
        let (seat, survey, pieces) = (Arc::clone(seat), Arc::clone(survey), Arc::clone(&pieces));
        workers.spawn(async move { survey.worker(&seat, &pieces).await });
    }
    let mut proof = survey.nothing();
    while let Some(ended) = workers.join_next().await {
        // A worker that panicked has proven nothing.
        let Ok(share) = ended else { return Err(lost().into()) };
        let share = share?;
        proof.interrupted |= share.interrupted;
        for (column, more) in proof.columns.iter_mut().zip(share.columns) {
            column.merge(more);
        }
    }
    survey.defaults(first, &mut proof).await?;
    for seat in seats {
        seat.run("COMMIT").await?;
    }
    survey.progress.end();
    Ok(proof)
}

fn no_randomness(why: NoRandomness) -> StatementError {
    StatementError { sqlstate: String::new(), message: why.to_string() }
}

fn lost() -> StatementError {
    StatementError { sqlstate: String::new(), message: "a worker failed".into() }
}

impl Survey {
    fn nothing(&self) -> Proof {
        let columns = self.tables.iter().flat_map(|table| &table.orders);
        let columns = columns.map(|order| ColumnProof::new(order.target.id, self.samples)).collect();
        Proof { columns, interrupted: false }
    }

    async fn pieces(&self, admin: &Admin) -> Result<VecDeque<Piece>, CensusError> {
        let mut pieces = VecDeque::new();
        let mut blocks = 0;
        for (table, orders) in self.tables.iter().enumerate() {
            for leaf in Leaf::of(admin, &orders.relation, &[]).await? {
                let leaf = Arc::new(leaf);
                blocks += leaf.blocks;
                if self.server_version < TID_RANGES {
                    pieces.push_back(Piece { table, leaf, blocks: None });
                    continue;
                }
                let mut from = 0;
                // The file may have grown since the snapshot, but only by rows that it does not show.
                while from <= leaf.blocks {
                    let blocks = Some((from, from + BLOCKS));
                    pieces.push_back(Piece { table, leaf: Arc::clone(&leaf), blocks });
                    from += BLOCKS;
                }
            }
        }
        self.progress.begin("verify", u64::try_from(blocks).unwrap_or(0));
        Ok(pieces)
    }

    async fn worker(&self, seat: &Admin, pieces: &Mutex<VecDeque<Piece>>) -> Result<Proof, CensusError> {
        let mut proof = self.nothing();
        let mut bench = Bench::new().map_err(no_randomness)?;
        loop {
            if self.pace.is_stopped() {
                proof.interrupted = true;
                return Ok(proof);
            }
            let next = pieces.lock().ok().and_then(|mut pieces| pieces.pop_front());
            let Some(piece) = next else { return Ok(proof) };
            self.read(seat, &piece, &mut bench, &mut proof).await?;
            let (from, to) = piece.blocks.unwrap_or((0, piece.leaf.blocks));
            let read = to.min(piece.leaf.blocks) - from;
            self.progress.advance(u64::try_from(read).unwrap_or(0));
        }
    }

    async fn read(
        &self,
        seat: &Admin,
        piece: &Piece,
        bench: &mut Bench,
        proof: &mut Proof,
    ) -> Result<(), CensusError> {
        let Some(table) = self.tables.get(piece.table) else { return Ok(()) };
        let before: usize = self.tables.iter().take(piece.table).map(|table| table.orders.len()).sum();
        let targets: Vec<Target> = table.orders.iter().map(|order| order.target.clone()).collect();
        let reading = Reading { leaf: &piece.leaf, targets: &targets, condition: None, blocks: piece.blocks };
        let look = |place: Place, cells: &[Option<&[u8]>]| {
            let columns = proof.columns.iter_mut().skip(before);
            for ((cell, target), column) in cells.iter().zip(&targets).zip(columns) {
                column.rows += 1;
                match cell {
                    None => column.nulls += 1,
                    Some(stored) => match self.judge(target, stored, bench, column) {
                        Ok(true) => column.good += 1,
                        Ok(false) => column.admitted += 1,
                        Err(fault) => column.fault(fault, &piece.leaf.name, Some(place)),
                    },
                }
            }
        };
        reading.each(seat, look).await?;
        Ok(())
    }

    /// A constant in a DEFAULT is in order as a cell is. It is no row.
    async fn defaults(&self, admin: &Admin, proof: &mut Proof) -> Result<(), CensusError> {
        let mut bench = Bench::new().map_err(no_randomness)?;
        let mut columns = proof.columns.iter_mut();
        for table in &self.tables {
            let targets: Vec<Target> = table.orders.iter().map(|order| order.target.clone()).collect();
            let found = defaults::of(admin, &table.relation, &targets).await?;
            for (target, column) in targets.iter().zip(&mut columns) {
                for default in found.iter().filter(|default| default.target == *target) {
                    let stored = default.text.as_bytes();
                    if let Err(fault) = self.judge(target, stored, &mut bench, column) {
                        column.fault(fault, &default.relation, None);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a cell is in order: true as an envelope, false as plaintext that its phase admits.
    fn judge(
        &self,
        target: &Target,
        stored: &[u8],
        bench: &mut Bench,
        column: &mut ColumnProof,
    ) -> Result<bool, Fault> {
        let (mut plain, mut odd, mut key) = (false, false, None);
        let heads = target.each_head(stored, |head| {
            let kept = Kept::of(head);
            column.census.count(kept);
            plain |= kept == Kept::Plain;
            odd |= kept == Kept::Odd;
            key = key.or(kept.key().filter(|key| !self.is_readable(*key)));
        });
        if heads.is_err() || odd {
            return Err(Fault::Damaged);
        }
        let phase = self.policy.column(target.id).map(|column| column.phase);
        let admits = matches!(phase, Some(Phase::Plain | Phase::Encrypting | Phase::Decrypting));
        if plain && !admits {
            return Err(Fault::Plaintext);
        }
        if let Some(key) = key {
            let known = self.keyring.keys().iter().any(|held| held.id == key)
                || self.keyring.tombstones().iter().any(|tomb| tomb.id == key);
            return Err(if known { Fault::Unreadable } else { Fault::Foreign });
        }
        if let Some(protector) = &self.protector {
            let opened: Result<(), Unfit> = bench.opens(protector, target.id, stored);
            opened.map_err(|_| Fault::Damaged)?;
            column.samples.take(bench.opened());
        }
        Ok(!plain)
    }

    fn is_readable(&self, key: crate::crypto::KeyId) -> bool {
        use crate::crypto::keyring::KeyState;
        self.keyring.keys().iter().any(|held| match held.state {
            KeyState::Pending | KeyState::Active | KeyState::DecryptOnly => held.id == key,
            KeyState::Disabled => false,
        })
    }
}
