//! What speaks for a finding, in counts and shapes, and how it adds up.

use super::kind::Kind;

/// One piece of evidence with its weight, 0 to 100.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What it speaks for.
    pub kind: Kind,
    /// How strongly.
    pub weight: f64,
    /// For a person: words of the dictionary, names of columns, counts. Never a value.
    pub said: String,
}

/// A column that looks like personal data.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The position of the column among those that were surveyed.
    pub column: usize,
    /// What it looks like most.
    pub kind: Kind,
    /// 0 to 100.
    pub score: u8,
    /// The strongest first.
    pub evidence: Vec<Evidence>,
}

/// Independent pieces for one kind add up to less than certainty.
fn together(weights: impl Iterator<Item = f64>) -> f64 {
    100.0 - 100.0 * weights.map(|weight| 1.0 - weight.clamp(0.0, 99.0) / 100.0).product::<f64>()
}

/// The kind for which most speaks, if anything does.
pub fn weigh(column: usize, mut evidence: Vec<Evidence>) -> Option<Finding> {
    let mut kinds: Vec<Kind> = evidence.iter().map(|e| e.kind).collect();
    kinds.sort();
    kinds.dedup();
    let score = |kind: Kind| together(evidence.iter().filter(|e| e.kind == kind).map(|e| e.weight));
    let best = kinds.into_iter().map(|kind| (kind, score(kind))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    evidence.sort_by(|a, b| (b.kind == best.0).cmp(&(a.kind == best.0)).then(b.weight.total_cmp(&a.weight)));
    Some(Finding { column, kind: best.0, score: best.1.round() as u8, evidence })
}
