//! Which columns hold copies of what another column holds. Values are kept as keyed hashes only, for
//! the length of one scan.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// Shorter values are equal by chance.
const SHORTEST: usize = 6;

/// The values of one column, unreadable.
#[derive(Default)]
pub struct Fingerprints(HashSet<u64>);

impl Fingerprints {
    /// Of these values, in lower case.
    pub fn of<'v>(values: impl Iterator<Item = &'v str>, key: &RandomState) -> Self {
        let long = values.map(str::trim).filter(|value| value.len() >= SHORTEST);
        Fingerprints(long.map(|value| key.hash_one(value.to_lowercase())).collect())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What share of these stands in `other` too, 0 to 1.
    pub fn share_in(&self, other: &Fingerprints) -> f64 {
        if self.0.is_empty() {
            return 0.0;
        }
        self.0.intersection(&other.0).count() as f64 / self.0.len() as f64
    }
}
