//! What stands inside JSON: keys by the dictionary, leaves by their shape.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::dictionary::Dictionary;
use super::kind::Kind;
use super::shape::Shapes;

/// Deeper than this nothing is looked at.
const DEEPEST: usize = 12;
/// Longest path shown, in keys.
const SHOWN_KEYS: usize = 4;

/// In how many documents something was found.
#[derive(Default)]
pub struct Inside {
    /// Documents that could be read.
    pub documents: usize,
    /// Kinds by dictionary, with one path each that led there: keys of the dictionary's words only.
    pub keys: BTreeMap<Kind, (usize, String)>,
    /// Kinds by shape.
    pub leaves: BTreeMap<Kind, usize>,
}

/// Looks into these documents.
pub fn look<'v>(
    documents: impl Iterator<Item = &'v str>,
    dictionary: &Dictionary,
    shapes: &Shapes,
) -> Inside {
    let mut inside = Inside::default();
    for text in documents {
        let Ok(document) = serde_json::from_str::<Value>(text) else { continue };
        inside.documents += 1;
        let mut found = Found { keys: BTreeMap::new(), leaves: HashSet::new() };
        let eyes = Eyes { dictionary, shapes };
        eyes.walk(&document, &mut Vec::new(), &mut found);
        for (kind, path) in found.keys {
            inside.keys.entry(kind).or_insert((0, path)).0 += 1;
        }
        for kind in found.leaves {
            *inside.leaves.entry(kind).or_default() += 1;
        }
    }
    inside
}

struct Found {
    keys: BTreeMap<Kind, String>,
    leaves: HashSet<Kind>,
}

struct Eyes<'e> {
    dictionary: &'e Dictionary,
    shapes: &'e Shapes,
}

impl Eyes<'_> {
    fn walk<'d>(&self, value: &'d Value, path: &mut Vec<&'d str>, found: &mut Found) {
        if path.len() > DEEPEST {
            return;
        }
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    path.push(key);
                    let is_leaf = !member.is_object() && !member.is_null() && !member.is_boolean();
                    let term = self.dictionary.find(key, "").filter(|t| is_leaf && t.strength >= 50);
                    if let Some(term) = term {
                        found.keys.entry(term.kind).or_insert_with(|| self.shown(path));
                    }
                    self.walk(member, path, found);
                    path.pop();
                }
            }
            Value::Array(members) => members.iter().for_each(|member| self.walk(member, path, found)),
            Value::String(text) => found.leaves.extend(self.shapes.whole(text)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A key may itself be a value (an object keyed by e-mail address): only words of the dictionary
    /// are shown.
    fn shown(&self, path: &[&str]) -> String {
        let first = path.len().saturating_sub(SHOWN_KEYS);
        let keys = path.iter().skip(first);
        let key =
            |key: &&str| if self.dictionary.knows_all(key) { (*key).to_owned() } else { "…".to_owned() };
        keys.map(key).collect::<Vec<_>>().join(".")
    }
}
