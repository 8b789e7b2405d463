//! What the name of a column says, in eight languages (English, Romanian, German, French, Spanish,
//! Italian, Polish, Dutch).
//!
//! Knows words. A word that says little alone ("name", "ort") says more in a table about people.

use std::collections::{HashMap, HashSet};

use super::kind::Kind;
use super::spelling;

const TERMS: &str = include_str!("terms.tsv");
const SUBJECTS: &str = include_str!("subjects.txt");
const NEUTRAL: &str = include_str!("neutral.txt");
const AGAINST: &str = include_str!("against.txt");

/// Longest term, in words.
const LONGEST: usize = 4;
/// A compound ("kundentelefon") is told by an ending of at least this many letters.
const SHORTEST_ENDING: usize = 5;
/// Shorter than this an ending must be of a kind that no other word ends with.
const SURE_ENDING: usize = 6;
/// Words that are left out of names and terms.
const STOP: &[&str] =
    &["de", "du", "des", "la", "le", "les", "del", "di", "der", "die", "das", "van", "of", "the", "do"];

/// What a term speaks for, and how strongly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// The kind.
    pub kind: Kind,
    /// 0 to 100.
    pub strength: u8,
}

#[derive(Clone, Copy)]
struct Entry {
    kind: Kind,
    among_people: u8,
    elsewhere: u8,
}

/// All words, ready to be asked.
pub struct Dictionary {
    terms: HashMap<String, Entry>,
    glued: HashMap<String, Entry>,
    endings: HashMap<String, Entry>,
    people: HashSet<&'static str>,
    subjects: HashSet<&'static str>,
    neutral: HashSet<&'static str>,
    against: HashSet<&'static str>,
    single: HashSet<String>,
}

impl Default for Dictionary {
    fn default() -> Self {
        let mut terms = HashMap::new();
        for line in TERMS.lines().filter(|line| !line.starts_with('#')) {
            let mut fields = line.split('\t');
            let kind = fields.next().and_then(kind_of);
            let mut weight = || fields.next().and_then(|w| w.parse().ok()).unwrap_or(0);
            let (among_people, elsewhere) = (weight(), weight());
            let (Some(kind), Some(list)) = (kind, fields.next()) else { continue };
            for term in list.split(", ") {
                // The first line that has a term keeps it.
                terms.entry(meant(term.split(' ')).join(" ")).or_insert(Entry {
                    kind,
                    among_people,
                    elsewhere,
                });
            }
        }
        let glued: HashMap<String, Entry> =
            terms.iter().map(|(term, entry): (&String, _)| (term.replace(' ', ""), *entry)).collect();
        let is_ending = |term: &str, entry: &Entry| {
            term.len() >= SURE_ENDING
                || term.len() >= SHORTEST_ENDING && matches!(entry.kind, Kind::Email | Kind::Phone)
        };
        let endings = glued
            .iter()
            .filter(|(term, entry)| is_ending(term, entry))
            .map(|(t, e)| (t.clone(), *e))
            .collect();
        let single = terms.keys().flat_map(|term| term.split(' ')).map(str::to_owned).collect();
        let set = |text: &'static str| text.split_whitespace().collect();
        // Lines with a tilde are papers about people, not people.
        let people = SUBJECTS.lines().filter(|line| !line.starts_with('~'));
        let people = people.flat_map(str::split_whitespace).collect();
        Dictionary {
            terms,
            glued,
            endings,
            people,
            subjects: set(SUBJECTS),
            neutral: set(NEUTRAL),
            against: set(AGAINST),
            single,
        }
    }
}

/// The words that mean something.
fn meant<W: AsRef<str>>(words: impl Iterator<Item = W>) -> Vec<W> {
    words.filter(|word| !STOP.contains(&word.as_ref())).collect()
}

fn kind_of(label: &str) -> Option<Kind> {
    let label = serde_json::Value::String(label.to_owned());
    serde_json::from_value(label).ok()
}

impl Dictionary {
    /// Does this table hold people, by its name?
    pub fn is_about_people(&self, table: &str) -> bool {
        spelling::words(table).iter().any(|word| self.subjects.contains(word.as_str()))
    }

    /// Are all words of this identifier words of the dictionary?
    pub fn knows_all(&self, identifier: &str) -> bool {
        spelling::words(identifier).iter().all(|word| {
            let word = word.as_str();
            self.single.contains(word) || self.subjects.contains(word) || self.neutral.contains(word)
        })
    }

    /// What the name of a column of this table says.
    pub fn find(&self, column: &str, table: &str) -> Option<Term> {
        let words = meant(spelling::words(column).into_iter());
        let (from, to, entry) = self.longest(&words)?;
        let rest =
            || words.iter().enumerate().filter(|(at, _)| !(from..to).contains(at)).map(|(_, w)| w.as_str());
        if rest().any(|word| self.against.contains(word)) {
            return None;
        }
        let subjects = if entry.kind == Kind::Name { &self.people } else { &self.subjects };
        let has_subject = rest().any(|word| subjects.contains(word));
        let is_plain = rest().all(|word| self.neutral.contains(word) || self.subjects.contains(word));
        let among_people = has_subject
            || is_plain && spelling::words(table).iter().any(|word| subjects.contains(word.as_str()));
        let strength = if among_people { entry.among_people } else { entry.elsewhere };
        // A word that is neither neutral nor a person's takes some of it away.
        let strength = if is_plain { strength } else { strength.saturating_sub(8) };
        Some(Term { kind: entry.kind, strength })
    }

    /// The longest term in these words: its place and entry. Of two as long, the stronger.
    fn longest(&self, words: &[String]) -> Option<(usize, usize, Entry)> {
        for length in (1..=LONGEST.min(words.len())).rev() {
            let found = words.windows(length).enumerate().filter_map(|(from, window)| {
                let entry = self.terms.get(window.join(" ").as_str());
                let entry = entry.or_else(|| self.glued.get(&window.concat()));
                entry.map(|entry| (from, from + length, *entry))
            });
            if let Some(best) = found.max_by_key(|(_, _, entry)| entry.elsewhere) {
                return Some(best);
            }
        }
        let last = words.last()?;
        (SHORTEST_ENDING..last.len()).rev().find_map(|length| {
            let ending = last.get(last.len() - length..)?;
            let entry = self.endings.get(ending)?;
            let weaker = |weight: u8| weight.saturating_sub(12);
            let entry = Entry {
                kind: entry.kind,
                among_people: weaker(entry.among_people),
                elsewhere: weaker(entry.elsewhere),
            };
            Some((words.len() - 1, words.len(), entry))
        })
    }
}
