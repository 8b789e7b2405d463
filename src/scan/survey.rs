//! One scan: columns with what is known of them and their sampled values in, findings out.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;

use super::dictionary::Dictionary;
use super::evidence::{Evidence, Finding, weigh};
use super::family::Family;
use super::json;
use super::kind::Kind;
use super::overlap::Fingerprints;
use super::shape::{self, Shapes};

/// Fewer values than this prove little.
const FEW: usize = 5;
/// From this many values on, a shape that never occurs speaks against the name.
const MANY: usize = 20;
/// A column is a copy of another if this share of its values stands there.
const COPIED: f64 = 0.5;
/// Fewer distinct values are shared by chance.
const FEWEST_COPIED: usize = 10;
/// Only what is found as surely as this is looked for elsewhere.
const SURE: u8 = 60;

/// A column, as the catalog describes it.
#[derive(Clone, Debug)]
pub struct ColumnSeen {
    /// Its table's name, without the schema.
    pub table: String,
    /// Its name.
    pub name: String,
    /// Of its type.
    pub family: Family,
    /// `schema.table.column`, for evidence that names it.
    pub qualified: String,
    /// Positions of the columns that it references.
    pub references: Vec<usize>,
}

/// Sampled values of one column, as text; empty if none were taken.
#[derive(Clone, Debug, Default)]
pub struct Samples(pub Vec<String>);

/// Looks at columns. Made once per scan.
#[derive(Default)]
pub struct Scanner {
    dictionary: Dictionary,
    shapes: Shapes,
    key: RandomState,
}

impl Scanner {
    /// What looks like personal data with at least this score, the surest first.
    pub fn survey(&self, columns: &[ColumnSeen], samples: &[Samples], least: u8) -> Vec<Finding> {
        let none = Samples::default();
        let of = |at: usize| samples.get(at).unwrap_or(&none);
        let mut evidence: Vec<Vec<Evidence>> =
            columns.iter().enumerate().map(|(at, column)| self.single(column, of(at))).collect();
        self.copies(columns, samples, &mut evidence);
        references(columns, &mut evidence);
        let mut findings: Vec<Finding> =
            evidence.into_iter().enumerate().filter_map(|(at, evidence)| weigh(at, evidence)).collect();
        findings.retain(|finding| finding.score >= least);
        findings.sort_by(|a, b| b.score.cmp(&a.score).then(a.column.cmp(&b.column)));
        findings
    }

    /// What a column says for itself.
    fn single(&self, column: &ColumnSeen, samples: &Samples) -> Vec<Evidence> {
        let mut evidence = Vec::new();
        let about_people = self.dictionary.is_about_people(&column.table);
        let named = self.dictionary.find(&column.name, &column.table);
        if let Some(term) = named.filter(|term| column.family.admits(term.kind)) {
            let people = if about_people { ", in a table about people" } else { "" };
            let said = format!("its name says {}{people}", term.kind.label());
            evidence.push(Evidence { kind: term.kind, weight: f64::from(term.strength), said });
        }
        let filled: Vec<&str> = samples.0.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).collect();
        match column.family {
            Family::Json => self.inside(&filled, &mut evidence),
            Family::Text | Family::TextArray | Family::Number | Family::Date | Family::Network => {
                self.values(column, &filled, about_people, &mut evidence);
            }
            Family::Real
            | Family::Moment
            | Family::Bytes
            | Family::Bool
            | Family::Uuid
            | Family::Enum
            | Family::Other => {}
        }
        evidence
    }

    fn values(&self, column: &ColumnSeen, values: &[&str], about_people: bool, evidence: &mut Vec<Evidence>) {
        if values.is_empty() {
            return;
        }
        let mut counts: HashMap<Kind, usize> = HashMap::new();
        let mut within: HashMap<Kind, usize> = HashMap::new();
        for value in values {
            let kinds = self.shapes.whole(value);
            if kinds.is_empty() && column.family == Family::Text {
                shape::within(value).into_iter().for_each(|kind| *within.entry(kind).or_default() += 1);
                if value.starts_with(['{', '[']) {
                    let inside = json::look(std::iter::once(*value), &self.dictionary, &self.shapes);
                    inside
                        .leaves
                        .into_keys()
                        .filter(|k| *k != Kind::Name && *k != Kind::BirthDate)
                        .for_each(|kind| *within.entry(kind).or_default() += 1);
                }
            }
            kinds.into_iter().for_each(|kind| *counts.entry(kind).or_default() += 1);
        }
        let total = values.len();
        let mut distinct = values.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        // Numbers have check digits by chance, dates are of births or of anything.
        contradict(evidence, &counts, total);
        for (kind, count) in counts {
            let share = count as f64 / total as f64;
            let Some(weight) = told(kind, column.family, share, about_people) else { continue };
            if !column.family.admits(kind) {
                continue;
            }
            let weight = weight * if distinct.len() < FEW { 0.5 } else { 1.0 };
            let said = format!("{count} of {total} sampled values have the shape of {}", kind.label());
            evidence.push(Evidence { kind, weight, said });
        }
        let embedded: usize = within.values().copied().max().unwrap_or(0);
        if embedded > 0 && embedded * 20 >= total {
            let kinds: Vec<&str> = within.keys().map(|kind| kind.label()).collect();
            let share = embedded as f64 / total as f64;
            let said = format!("{embedded} of {total} sampled texts contain {}", sorted(kinds).join(", "));
            evidence.push(Evidence { kind: Kind::Mixed, weight: 55.0 + 35.0 * share, said });
        }
    }

    fn inside(&self, documents: &[&str], evidence: &mut Vec<Evidence>) {
        let inside = json::look(documents.iter().copied(), &self.dictionary, &self.shapes);
        if inside.documents == 0 {
            return;
        }
        let total = inside.documents;
        for (kind, (count, path)) in &inside.keys {
            let share = *count as f64 / total as f64;
            let said =
                format!("{count} of {total} sampled documents have a key for {} ({path})", kind.label());
            evidence.push(Evidence { kind: Kind::Mixed, weight: 45.0 + 30.0 * share, said });
        }
        for (kind, count) in &inside.leaves {
            let share = *count as f64 / total as f64;
            if share >= 0.05 && !matches!(kind, Kind::BirthDate | Kind::TaxId | Kind::NationalId) {
                let said = format!("{count} of {total} sampled documents hold {}", kind.label());
                let weight = if *kind == Kind::Name { 30.0 } else { 50.0 };
                evidence.push(Evidence { kind: Kind::Mixed, weight: weight + 40.0 * share, said });
            }
        }
    }

    /// Audit tables, queues and exports hold what other tables hold, under other names.
    fn copies(&self, columns: &[ColumnSeen], samples: &[Samples], evidence: &mut [Vec<Evidence>]) {
        let prints: Vec<Fingerprints> = samples
            .iter()
            .map(|samples| Fingerprints::of(samples.0.iter().map(String::as_str), &self.key))
            .collect();
        let sources: Vec<Finding> = evidence
            .iter()
            .enumerate()
            .filter_map(|(at, evidence)| weigh(at, evidence.clone()))
            .filter(|f| f.score >= SURE && !f.kind.is_coarse() && f.kind != Kind::Mixed)
            .collect();
        for (at, (own, print)) in columns.iter().zip(&prints).enumerate() {
            if own.family != Family::Text || print.len() < FEWEST_COPIED {
                continue;
            }
            let shares = sources
                .iter()
                .filter(|source| source.column != at)
                .filter_map(|source| Some((source, print.share_in(prints.get(source.column)?))));
            let best = shares.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, share)| *share >= COPIED);
            let Some((source, share)) = best else { continue };
            let name = columns.get(source.column).map_or("", |column| column.qualified.as_str());
            let said = format!("{:.0} % of its sampled values stand in {name} too", share * 100.0);
            if let Some(evidence) = evidence.get_mut(at) {
                evidence.push(Evidence { kind: source.kind, weight: 55.0 + 35.0 * share, said });
            }
        }
    }
}

/// How strongly this share of values of a shape speaks for the kind; `None`: not at all.
fn told(kind: Kind, family: Family, share: f64, about_people: bool) -> Option<f64> {
    let (least, most) = match kind {
        Kind::Email | Kind::BankAccount | Kind::Ip | Kind::Password => (0.3, 96.0),
        Kind::Card => (0.6, 92.0),
        Kind::Phone => (0.5, if family == Family::Text { 88.0 } else { 40.0 }),
        Kind::NationalId => (0.7, 90.0),
        Kind::TaxId => (0.6, 80.0),
        Kind::Secret => (0.6, 78.0),
        Kind::Address => (0.5, 82.0),
        Kind::Name => (0.35, 80.0),
        // Any old date has this shape: only in a table about people does it say something.
        Kind::BirthDate => (0.9, if about_people { 58.0 } else { 25.0 }),
        Kind::Place
        | Kind::Login
        | Kind::Health
        | Kind::Belief
        | Kind::Gender
        | Kind::Pay
        | Kind::Location
        | Kind::Device
        | Kind::Plate
        | Kind::Picture
        | Kind::Note
        | Kind::Mixed => return None,
    };
    (share >= least).then(|| most * (0.7 + 0.3 * share))
}

/// A name that promises a shape which no value has says little.
fn contradict(evidence: &mut [Evidence], counts: &HashMap<Kind, usize>, total: usize) {
    for one in evidence.iter_mut() {
        let seen = counts.get(&one.kind).copied().unwrap_or(0);
        if one.kind.is_checkable() && total >= MANY && seen * 50 < total {
            one.weight *= 0.6;
            one.said.push_str(", but its values do not look like it");
        }
    }
}

/// What references a personal column holds the same values.
fn references(columns: &[ColumnSeen], evidence: &mut [Vec<Evidence>]) {
    let found: Vec<Option<Finding>> =
        evidence.iter().enumerate().map(|(at, evidence)| weigh(at, evidence.clone())).collect();
    for (at, column) in columns.iter().enumerate() {
        for &target in &column.references {
            let finding = found.get(target).and_then(Option::as_ref).filter(|f| f.score >= SURE);
            let Some(finding) = finding else { continue };
            let name = columns.get(target).map_or("", |column| column.qualified.as_str());
            if let Some(evidence) = evidence.get_mut(at) {
                let said = format!("it references {name}");
                evidence.push(Evidence { kind: finding.kind, weight: f64::from(finding.score), said });
            }
        }
    }
}

fn sorted(mut labels: Vec<&str>) -> Vec<&str> {
    labels.sort_unstable();
    labels
}
