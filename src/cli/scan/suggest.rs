//! What to write into the policy for a finding.

use std::collections::HashSet;

use crate::jobs::scan::Read;
use crate::names::quoted;
use crate::policy::model::Mode;
use crate::policy::types::{logical_of, unfit_mode};
use crate::scan::{Finding, Kind};

/// Fewer distinct values among the sampled ones than this share: equality would give them away.
const DISTINCT: f64 = 0.2;

/// A suggestion.
pub struct Suggestion {
    /// What is suggested.
    pub mode: Mode,
    /// One domain for all columns that are joined by foreign keys.
    pub domain: String,
    /// Why this mode.
    pub why: &'static str,
}

/// For a finding; `None` if a column of this type cannot be tagged.
pub fn suggest(read: &Read, finding: &Finding) -> Option<Suggestion> {
    let place = read.places.get(finding.column)?;
    let logical = logical_of(&place.type_name, place.typmod)?;
    let root = root(read, finding.column);
    let root_place = read.places.get(root)?;
    let domain = format!("{}.{}", root_place.relation, quoted(&root_place.column));
    let is_referenced = read.places.iter().any(|other| other.references.contains(&finding.column));
    let randomized = |why| Some(Suggestion { mode: Mode::Randomized, domain: domain.clone(), why });
    if unfit_mode(&logical, Mode::Deterministic).is_some() {
        return randomized("its type admits no equality on envelopes");
    }
    let why = if place.is_unique {
        "a unique index stands on it"
    } else if is_referenced || root != finding.column {
        "a foreign key joins it"
    } else if place.lookups > 0 && !matches!(finding.kind, Kind::Note | Kind::Mixed | Kind::Picture) {
        "it is looked up by an index"
    } else {
        return randomized("nothing compares it");
    };
    if finding.kind.is_coarse() || !is_varied(read, finding.column) {
        return randomized("few distinct values: equal envelopes would give them away");
    }
    Some(Suggestion { mode: Mode::Deterministic, domain, why })
}

/// Follows foreign keys to the column that references nothing.
fn root(read: &Read, from: usize) -> usize {
    let mut at = from;
    let mut seen = HashSet::from([from]);
    while let Some(&next) = read.places.get(at).and_then(|place| place.references.first()) {
        if !seen.insert(next) {
            break;
        }
        at = next;
    }
    at
}

fn is_varied(read: &Read, column: usize) -> bool {
    let Some(samples) = read.samples.get(column).filter(|s| s.0.len() >= 20) else { return true };
    let distinct: HashSet<&String> = samples.0.iter().collect();
    distinct.len() as f64 >= samples.0.len() as f64 * DISTINCT
}
