//! The tree of checks, for a person and for a program.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// In order.
    Success,
    /// Worth knowing; nothing is wrong.
    Note,
    /// Works, and is likely not what is wanted.
    Warning,
    /// Does not work, or is not safe.
    Failure,
}

/// One check.
pub struct Check {
    /// How it went.
    pub grade: Grade,
    /// What was seen. Never a value or a secret.
    pub said: String,
    /// What to do.
    pub advice: Option<String>,
}

impl Check {
    /// In order.
    pub fn success(said: impl Into<String>) -> Self {
        Check { grade: Grade::Success, said: said.into(), advice: None }
    }

    /// Worth knowing.
    pub fn note(said: impl Into<String>) -> Self {
        Check { grade: Grade::Note, said: said.into(), advice: None }
    }

    /// Works, and should be otherwise.
    pub fn warning(said: impl Into<String>, advice: impl Into<String>) -> Self {
        Check { grade: Grade::Warning, said: said.into(), advice: Some(advice.into()) }
    }

    /// Not in order.
    pub fn failure(said: impl Into<String>, advice: impl Into<String>) -> Self {
        Check { grade: Grade::Failure, said: said.into(), advice: Some(advice.into()) }
    }
}

/// A branch.
pub struct Section {
    /// What it is about.
    pub title: &'static str,
    /// In order.
    pub checks: Vec<Check>,
}

impl Section {
    /// Without checks yet.
    pub fn new(title: &'static str) -> Self {
        Section { title, checks: Vec::new() }
    }

    /// One more.
    pub fn add(&mut self, check: Check) {
        self.checks.push(check);
    }
}

fn mark(grade: Grade) -> (&'static str, &'static str) {
    match grade {
        Grade::Success => ("✓", "success"),
        Grade::Note => ("·", "note"),
        Grade::Warning => ("!", "warning"),
        Grade::Failure => ("✗", "failure"),
    }
}

/// For a person.
pub fn text(sections: &[Section]) -> String {
    let mut out = String::new();
    for section in sections {
        let _written = writeln!(out, "{}", section.title);
        let last = section.checks.len().saturating_sub(1);
        for (at, check) in section.checks.iter().enumerate() {
            let (fork, stem) = if at == last { ("└─", "   ") } else { ("├─", "│  ") };
            let _written = writeln!(out, "{fork} {} {}", mark(check.grade).0, check.said);
            if let Some(advice) = &check.advice {
                let _written = writeln!(out, "{stem}    → {advice}");
            }
        }
    }
    let count = |grade| sections.iter().flat_map(|s| &s.checks).filter(|c| c.grade == grade).count();
    let (good, warned, failed) = (count(Grade::Success), count(Grade::Warning), count(Grade::Failure));
    let _written = writeln!(out, "{good} in order, {warned} warnings, {failed} failures");
    out
}

/// For a program.
pub fn value(sections: &[Section]) -> Value {
    let check =
        |check: &Check| json!({ "grade": mark(check.grade).1, "said": check.said, "advice": check.advice });
    let section = |section: &Section| json!({ "section": section.title, "checks": section.checks.iter().map(check).collect::<Vec<_>>() });
    sections.iter().map(section).collect()
}
