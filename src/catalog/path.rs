//! The search_path: in which schemas a bare name is looked for (manual, 5.9.3).
//!
//! Knows how such a list is written, and whose word it is. Does not know which schemas exist.

use crate::names::{folded, truncated};

/// What stands in a path for the schema of the current role.
const OF_ROLE: &str = "$user";

/// A search_path, and how far it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPath {
    schemas: Vec<String>,
    source: Source,
}

/// Whose word a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The client's own, to the letter.
    Said,
    /// What the server has by default, which nobody has said.
    Assumed,
    /// Something may have changed it unseen.
    Lost,
}

impl Default for SearchPath {
    /// The server's built-in default; role and database may have another.
    fn default() -> Self {
        SearchPath { schemas: vec!["public".into()], source: Source::Assumed }
    }
}

impl SearchPath {
    /// As the client wrote it, in the form in which SHOW prints it.
    pub fn said(value: &str) -> Self {
        match list(value) {
            Some(schemas) => SearchPath { schemas, source: Source::Said },
            // The server takes no such list.
            None => SearchPath { schemas: Vec::new(), source: Source::Lost },
        }
    }

    /// As the server reports it.
    pub fn assumed(value: &str) -> Self {
        SearchPath { schemas: list(value).unwrap_or_default(), source: Source::Assumed }
    }

    /// Something may have changed it.
    pub fn lose(&mut self) {
        self.source = Source::Lost;
    }

    /// Whose word it is.
    pub fn source(&self) -> Source {
        self.source
    }

    /// In order, without those that the server searches unasked.
    pub fn schemas(&self) -> &[String] {
        &self.schemas
    }

    /// With the schema of this role in its place; of a role that is not known, nothing is certain.
    pub fn of_role(&self, role: Option<&str>) -> SearchPath {
        if !self.schemas.iter().any(|schema| schema == OF_ROLE) {
            return self.clone();
        }
        let named = |schema: &String| match (schema == OF_ROLE, role) {
            (false, _) => Some(schema.clone()),
            (true, role) => role.map(str::to_owned),
        };
        let source = match (self.source, role) {
            (Source::Said, None) => Source::Assumed,
            (source, _) => source,
        };
        SearchPath { schemas: self.schemas.iter().filter_map(named).collect(), source }
    }
}

/// Names with commas between them, as `SplitIdentifierString` takes them
/// (src/backend/utils/adt/varlena.c): what is not quoted ends at a comma or white space.
fn list(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    if rest.is_empty() {
        return Some(names);
    }
    loop {
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_name(quoted)?,
            None => {
                let end = rest.find(|c| c == ',' || is_space(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at_checked(end)?;
                ((!word.is_empty()).then(|| folded(word))?, after)
            }
        };
        names.push(name);
        rest = after.trim_start_matches(is_space);
        match rest.strip_prefix(',') {
            Some(next) => rest = next.trim_start_matches(is_space),
            None => return rest.is_empty().then_some(names),
        }
    }
}

/// Up to the quote that ends it, and what follows.
fn quoted_name(mut rest: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(next) => {
                name.push('"');
                rest = next;
            }
            None => return Some((truncated(name), after)),
        }
    }
}

/// As `scanner_isspace` has it.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}
