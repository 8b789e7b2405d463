//! Findings that somebody has looked at: `[[ignore]]` with a column and a reason.

use std::path::Path;

use serde::Deserialize;

use crate::cli::{Exit, Failure};

const NAME: &str = "pgveil.ignore.toml";

/// The file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    #[serde(default, rename = "ignore")]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// `schema.table.column`, quoted where needed.
    column: String,
    /// Why it is none; for whoever reads the file next.
    reason: String,
}

impl Ignored {
    /// From this file, which must be there, or from the one beside the configuration, if it is.
    pub fn load(named: Option<&Path>, config: &Path) -> Result<Self, Failure> {
        let beside = config.parent().unwrap_or(Path::new(".")).join(NAME);
        let path = named.unwrap_or(&beside);
        if named.is_none() && !path.exists() {
            return Ok(Ignored::default());
        }
        let fault = |why: String| Failure::said(Exit::Usage, format!("{}: {why}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        let ignored: Ignored = toml::from_str(&text).map_err(|error| fault(error.to_string()))?;
        match ignored.entries.iter().find(|entry| entry.reason.trim().is_empty()) {
            Some(entry) => Err(fault(format!("{} is ignored without a reason", entry.column))),
            None => Ok(ignored),
        }
    }

    /// Is this column listed?
    pub fn has(&self, qualified: &str) -> bool {
        self.entries.iter().any(|entry| entry.column == qualified)
    }
}
