//! How many stored values there are under each key.
//!
//! Knows heads. Two ways: asked of the server, which is quick and is what it says; and counted by
//! pgveil itself from the values as they come, which is what a key is destroyed on.

use std::collections::BTreeMap;

use crate::crypto::armour::{CENSUS_LEN, PREFIX};
use crate::crypto::{KeyId, Suite, armour};
use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::cells::Target;
use crate::jobs::defaults;
use crate::jobs::leaves::{Leaf, LeafError};
use crate::jobs::reading::{self, Reading, ReadingError};
use crate::names::QualifiedName;

/// What a head says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kept {
    /// An envelope under this key.
    Randomized(KeyId),
    /// An envelope of a deterministic domain under this key.
    Deterministic(KeyId),
    /// No armour.
    Plain,
    /// An armour whose head names no suite and key.
    Odd,
}

impl Kept {
    /// Of the first [`CENSUS_LEN`] characters of a value.
    pub fn of(head: &[u8]) -> Self {
        if !head.starts_with(PREFIX) {
            return Kept::Plain;
        }
        // The head alone is no armour: it ends where a census stops reading.
        let mut whole = head.to_vec();
        whole.push(armour::TERMINATOR);
        match (head.len(), armour::census(&whole)) {
            (CENSUS_LEN, Ok((Suite::Randomized, key))) => Kept::Randomized(key),
            (CENSUS_LEN, Ok((Suite::Deterministic, key))) => Kept::Deterministic(key),
            (_, Ok(_) | Err(_)) => Kept::Odd,
        }
    }

    /// The key, if it is one's.
    pub fn key(self) -> Option<KeyId> {
        match self {
            Kept::Randomized(key) | Kept::Deterministic(key) => Some(key),
            Kept::Plain | Kept::Odd => None,
        }
    }
}

/// Values by what is said of them. Each element of an array is one value; NULL is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Counts, none of them 0.
    pub counts: BTreeMap<Kept, u64>,
}

impl Census {
    /// Counts one more.
    pub fn count(&mut self, kept: Kept) {
        self.add(kept, 1);
    }

    /// Counts so many more.
    pub fn add(&mut self, kept: Kept, count: u64) {
        if count > 0 {
            *self.counts.entry(kept).or_default() += count;
        }
    }

    /// Takes another one in.
    pub fn merge(&mut self, other: &Census) {
        other.counts.iter().for_each(|(kept, count)| self.add(*kept, *count));
    }

    /// Values under this key, of either suite.
    pub fn under(&self, key: KeyId) -> u64 {
        self.counts.iter().filter(|(kept, _)| kept.key() == Some(key)).map(|(_, count)| count).sum()
    }

    /// All values.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

/// What the server says of one column of a table and of everything below it.
///
/// # Errors
/// The server's refusal.
pub async fn asked(
    admin: &Admin,
    relation: &QualifiedName,
    target: &Target,
) -> Result<Census, StatementError> {
    let prefix = String::from_utf8_lossy(PREFIX);
    // What is no envelope stays where it is: only its number comes.
    let sql = format!(
        "SELECT count(*)::text || ' ' || coalesce(known, '') FROM {relation} AS t, \
         LATERAL {} AS h(head), LATERAL (SELECT CASE WHEN head ^@ '{prefix}' THEN head END) AS k(known) \
         GROUP BY known",
        target.heads("t")
    );
    let mut census = Census::default();
    for row in admin.texts(&sql).await? {
        let Some((count, head)) = row.split_once(' ') else { continue };
        let count = count.parse().unwrap_or(0);
        census.add(Kept::of(head.as_bytes()), count);
    }
    Ok(census)
}

/// Why a census was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CensusError {
    /// The tables.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// The rows.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// The server's refusal.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// What pgveil counts itself, in one snapshot of the database: every value of these columns comes
/// and is looked at, and so does the constant of each DEFAULT, from which values are still made.
///
/// # Errors
/// The server's refusal; a stream that is none.
pub async fn walked(
    admin: &Admin,
    tables: &[(QualifiedName, Vec<Target>)],
) -> Result<Vec<Vec<Census>>, CensusError> {
    admin.run(reading::SETTINGS).await?;
    admin.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let mut all = Vec::new();
    for (relation, targets) in tables {
        let mut counted = vec![Census::default(); targets.len()];
        for leaf in Leaf::of(admin, relation, targets).await? {
            let reading = Reading { leaf: &leaf, targets, condition: None, blocks: None };
            let look = |_, cells: &[Option<&[u8]>]| {
                for ((cell, target), census) in cells.iter().zip(targets).zip(&mut counted) {
                    let Some(cell) = cell else { continue };
                    let heads = target.each_head(cell, |head| census.count(Kept::of(head)));
                    if heads.is_err() {
                        census.count(Kept::Odd);
                    }
                }
            };
            reading.each(admin, look).await?;
        }
        for default in defaults::of(admin, relation, targets).await? {
            let place = targets.iter().zip(&mut counted).find(|(target, _)| **target == default.target);
            let Some((target, census)) = place else { continue };
            let heads = target.each_head(default.text.as_bytes(), |head| census.count(Kept::of(head)));
            if heads.is_err() {
                census.count(Kept::Odd);
            }
        }
        all.push(counted);
    }
    admin.run("COMMIT").await?;
    Ok(all)
}
