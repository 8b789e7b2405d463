//! What is wrong in a policy file: a place and a sentence.
//!
//! Knows files and lines. Does not know what the policy means.

use std::fmt;

/// One fault. Prints as `file:line: message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// As the operator named it.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// One sentence.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// All faults of a file; never empty. One a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            let line_end = if i == 0 { "" } else { "\n" };
            write!(f, "{line_end}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// A file with its name: turns byte offsets into lines, and collects faults.
pub(in crate::policy) struct Page<'t> {
    file: &'t str,
    line_starts: Vec<usize>,
    faults: Vec<Fault>,
}

impl<'t> Page<'t> {
    pub fn new(file: &'t str, text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Page { file, line_starts: ends.collect(), faults: Vec::new() }
    }

    /// The line that a byte offset is on, from 1.
    pub fn line_of(&self, offset: usize) -> usize {
        1 + self.line_starts.partition_point(|start| *start <= offset)
    }

    pub fn fault(&mut self, line: usize, message: impl Into<String>) {
        self.faults.push(Fault { file: self.file.to_owned(), line, message: message.into() });
    }

    pub fn result<T>(self, value: T) -> Result<T, Faults> {
        if self.faults.is_empty() { Ok(value) } else { Err(Faults(self.faults)) }
    }
}

/// The candidate that differs from `word` in the fewest letters (Damerau and Levenshtein), if it is
/// near enough to be meant.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let far = |candidate| (strsim::damerau_levenshtein(word, candidate), candidate);
    let best = candidates.into_iter().map(far).min_by_key(|(distance, _)| *distance)?;
    (best.0 <= 1 + word.chars().count() / 3).then_some(best.1)
}
