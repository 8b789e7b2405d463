//! Everything on the server that reads or assigns a tagged column, and what becomes of it once the
//! column holds envelopes.

use serde::Deserialize;

use super::{column_name, senseless};
use crate::catalog::finding::{Finding, Weight};
use crate::catalog::guard;
use crate::jobs::admin::{Admin, AdminError};
use crate::policy::model::{Mode, Phase, ProtectedColumn, Tag};

const READERS: &str = include_str!("readers.sql");

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderKind {
    /// A CHECK constraint.
    Check,
    /// A domain with a constraint, as the column's type.
    Domain,
    /// An exclusion constraint.
    Exclusion,
    /// A foreign key, to or from it.
    ForeignKey,
    /// An index on the column itself.
    Index,
    /// A unique index on the column itself.
    UniqueIndex,
    /// An index with a WHERE.
    PartialIndex,
    /// An index on an expression of it.
    ExpressionIndex,
    /// A view.
    View,
    /// A materialised view.
    MaterializedView,
    /// A rule.
    Rule,
    /// A row security policy.
    RowPolicy,
    /// A column generated from it.
    Generated,
    /// Extended statistics.
    Statistics,
    /// A publication with a row filter or a column list.
    Publication,
    /// A BEFORE trigger for each row: it can change what is stored.
    AssigningTrigger,
    /// Another trigger.
    Trigger,
    /// A function whose text names table and column.
    Function,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// What it is.
    pub kind: ReaderKind,
    /// Its name.
    pub name: String,
    /// As the server prints it, where that says more than the name.
    pub definition: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    schema: String,
    table: String,
    column: String,
    kind: ReaderKind,
    name: String,
    definition: Option<String>,
}

/// All of them, each with the column's name.
pub(super) async fn read(admin: &Admin, columns: &str) -> Result<Vec<(String, Reader)>, AdminError> {
    let mut readers = Vec::new();
    for json in admin.texts(&READERS.replace("%COLUMNS%", columns)).await? {
        let row: Row = serde_json::from_str(&json).map_err(|error| senseless(&error))?;
        let name = column_name(&row.schema, &row.table, &row.column);
        readers.push((name, Reader { kind: row.kind, name: row.name, definition: row.definition }));
    }
    Ok(readers)
}

impl ReaderKind {
    /// For a person.
    pub fn label(self) -> &'static str {
        match self {
            ReaderKind::Check => "CHECK",
            ReaderKind::Domain => "domain",
            ReaderKind::Exclusion => "exclusion constraint",
            ReaderKind::ForeignKey => "foreign key",
            ReaderKind::Index => "index",
            ReaderKind::UniqueIndex => "unique index",
            ReaderKind::PartialIndex => "partial index",
            ReaderKind::ExpressionIndex => "expression index",
            ReaderKind::View => "view",
            ReaderKind::MaterializedView => "materialized view",
            ReaderKind::Rule => "rule",
            ReaderKind::RowPolicy => "row policy",
            ReaderKind::Generated => "generated column",
            ReaderKind::Statistics => "statistics",
            ReaderKind::Publication => "publication",
            ReaderKind::AssigningTrigger => "BEFORE ROW trigger",
            ReaderKind::Trigger => "trigger",
            ReaderKind::Function => "function",
        }
    }

    /// What becomes of it.
    pub fn fate(self, mode: Mode) -> &'static str {
        match (self, mode) {
            (ReaderKind::Check | ReaderKind::Domain, _) => "is evaluated on the envelope, not on the value",
            (ReaderKind::Exclusion, _) => "compares envelopes: it no longer excludes what it did",
            (ReaderKind::ForeignKey, Mode::Randomized) => "cannot hold: equal values get different envelopes",
            (ReaderKind::ForeignKey, Mode::Deterministic) => "holds if its partner is in the same domain",
            (ReaderKind::Index, Mode::Randomized) => "serves nothing any more, and costs writes",
            (ReaderKind::Index, Mode::Deterministic) => "serves equality; not ranges, prefixes or order",
            (ReaderKind::UniqueIndex, Mode::Randomized) => "no longer keeps values unique",
            (ReaderKind::UniqueIndex, Mode::Deterministic) => "keeps values unique",
            (ReaderKind::PartialIndex, _) => "its WHERE is evaluated on the envelope if it names the column",
            (ReaderKind::ExpressionIndex, _) => "indexes an expression of the envelope: nothing can use it",
            (ReaderKind::View, _) => "passes envelopes on; through pgveil they are opened",
            (ReaderKind::MaterializedView, _) => "holds a plaintext copy until it is refreshed",
            (ReaderKind::Rule, _) => "sees envelopes",
            (ReaderKind::RowPolicy, _) => "decides on the envelope: it may hide every row, or none",
            (ReaderKind::Generated, _) => "would be computed from the envelope",
            (ReaderKind::Statistics, _) => "describes envelopes",
            (ReaderKind::Publication, _) => "filters by the envelope if its WHERE names the column",
            (ReaderKind::AssigningTrigger, _) => {
                "can change what is stored: an envelope that is changed is lost"
            }
            (ReaderKind::Trigger | ReaderKind::Function, _) => "sees envelopes",
        }
    }
}

impl Reader {
    /// Is it a guard of ours?
    pub fn is_guard(&self, column: &str) -> bool {
        self.kind == ReaderKind::Check && self.name == guard::name(column)
    }

    /// What the operator must know; `None` if it needs nobody's attention.
    pub(super) fn finding(&self, tag: &Tag, column: &ProtectedColumn) -> Option<Finding> {
        if column.phase == Phase::Plain || self.is_guard(&column.column) {
            return None;
        }
        let message = format!("{} {} {}", self.kind.label(), self.name, self.kind.fate(column.mode));
        let (weight, code, hint) = match (self.kind, column.mode) {
            (ReaderKind::AssigningTrigger, _) if tag.reviewed_triggers.contains(&self.name) => return None,
            (ReaderKind::AssigningTrigger, _) => (
                Weight::Closes,
                "trigger",
                "read it; if it leaves the column alone, name it in the column's `reviewed_triggers`",
            ),
            (ReaderKind::Generated, _) => {
                (Weight::Closes, "generated-from", "drop the generated column, or leave this one untagged")
            }
            (ReaderKind::Exclusion, _) => (Weight::Closes, "exclusion", "drop the constraint"),
            (ReaderKind::Domain, _) => {
                (Weight::Warning, "domain", "`apply` changes the type: the domain's constraints go with it")
            }
            (ReaderKind::Check, _) => {
                (Weight::Warning, "check", "drop it (`apply --drop-checks`), or have the application check")
            }
            (ReaderKind::UniqueIndex, Mode::Randomized) => {
                (Weight::Warning, "unique-randomized", "tag it as deterministic")
            }
            (ReaderKind::ForeignKey, Mode::Randomized) => {
                (Weight::Closes, "foreign-key", "tag both columns as deterministic with one `domain`")
            }
            (ReaderKind::Index, Mode::Randomized) => (Weight::Note, "index", "drop it when nobody uses it"),
            (ReaderKind::ExpressionIndex, _) => (Weight::Warning, "expression-index", "drop it"),
            (
                ReaderKind::PartialIndex | ReaderKind::Publication | ReaderKind::RowPolicy | ReaderKind::Rule,
                _,
            ) => (Weight::Warning, "reader", "read its definition, and keep the column out of it"),
            (ReaderKind::MaterializedView, _) => {
                (Weight::Warning, "copy", "refresh it once the column is encrypted")
            }
            (ReaderKind::View, _)
            | (ReaderKind::Statistics, _)
            | (ReaderKind::Trigger, _)
            | (ReaderKind::Function, _)
            | (ReaderKind::ForeignKey | ReaderKind::Index | ReaderKind::UniqueIndex, Mode::Deterministic) => {
                return None;
            }
        };
        let mut finding = Finding::warns(&column.relation, code, message).at(&column.column).hint(hint);
        finding.weight = weight;
        Some(finding)
    }
}
