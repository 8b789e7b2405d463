//! What the server says its shape is: the SQL that asks, and the decoding of its rows.
//!
//! Knows the system catalogs of PostgreSQL 13 to 18 (manual, chapter 53) and JSON. Opens no
//! connection and trusts nothing: what comes back is a witness that `join` holds against the pin.
//!
//! Each query gives one column, a JSON object a row, so that rows decode by name and a test can
//! write them by hand.

use std::collections::HashMap;

use serde::Deserialize;

use crate::catalog::model::{Attachment, AttachmentKind, Column, Function, Relation, RelationKind};
use crate::names::QualifiedName;
use crate::types::Oid;

/// What the server says: every relation and function, nothing pinned, nothing tagged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// With columns in order; also those of pg_catalog and information_schema.
    pub relations: Vec<Relation>,
    /// Outside pg_catalog and information_schema.
    pub functions: Vec<Function>,
    /// Settings that decide whether anything can be protected at all.
    pub server: Server,
}

/// Settings of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// `server_version_num`.
    pub version: u32,
    /// `server_encoding`; statements on protected relations need `UTF8`.
    pub encoding: String,
    /// `current_database()`.
    pub database: String,
    /// The locale that lower and upper follow: ICU's where the database has one (`datlocale`, before version 17
    /// `daticulocale`), else `datctype`.
    #[serde(default)]
    pub locale: String,
}

/// ORDER: before the parts, on the same connection. One snapshot; every name comes back qualified. What is
/// asked looks dear to the planner, and compiling it takes the server a hundred times as long as the answer.
pub const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
     SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off; SET LOCAL jit = off";

/// ORDER: after the parts.
pub const END: &str = "COMMIT";

/// One text that differs whenever a definition has changed which relations there are, the columns of
/// those in `$1` (`oid[]`), the definitions of views, what foreign tables stand for, who inherits from whom,
/// triggers, or functions. Cheap enough
/// to be asked all the time; takes no lock that a definition under way would hold up.
pub const FINGERPRINT: &str = include_str!("fetch/fingerprint.sql");

/// One query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// [`Server`]: one row.
    Server,
    /// Relations without their columns.
    Relations,
    /// Columns in order.
    Columns,
    /// Unique keys.
    Keys,
    /// Rules, triggers, row policies, checks, foreign keys, indexes.
    Attachments,
    /// Functions.
    Functions,
}

impl Part {
    /// ORDER: relations stand before what belongs to them.
    pub const ALL: [Part; 6] =
        [Part::Server, Part::Relations, Part::Columns, Part::Keys, Part::Attachments, Part::Functions];

    /// Does its query take `$1`, `text[]`: the relations (`schema.name`) of which defaults, checks, indexes and
    /// row policies are read, and NULL for all? The server locks a relation to write those out, and waits for
    /// who is changing it; views and rules of others, that somebody's lock holds up, are left out.
    pub fn takes_relations(self) -> bool {
        matches!(self, Part::Relations | Part::Columns | Part::Attachments)
    }

    /// The query; its only column is JSON as text.
    pub fn sql(self) -> &'static str {
        match self {
            Part::Server => include_str!("fetch/server.sql"),
            Part::Relations => {
                concat!(include_str!("fetch/spared.sql"), include_str!("fetch/relations.sql"))
            }
            Part::Columns => include_str!("fetch/columns.sql"),
            Part::Keys => include_str!("fetch/keys.sql"),
            Part::Attachments => {
                concat!(include_str!("fetch/spared.sql"), include_str!("fetch/attachments.sql"))
            }
            Part::Functions => include_str!("fetch/functions.sql"),
        }
    }
}

/// A row that is not what its query gives.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not the JSON that was asked for.
    #[error("the server's catalog answer to {part:?} cannot be read: {why}")]
    Unreadable {
        /// Which query.
        part: Part,
        /// Where it went wrong.
        why: serde_json::Error,
    },
    /// Relation kinds and the like that no PostgreSQL has.
    #[error("the server's catalog answer to {part:?} holds an unknown {what}")]
    Unknown {
        /// Which query.
        part: Part,
        /// What is unknown.
        what: &'static str,
    },
    /// No row of [`Part::Server`].
    #[error("the server did not say its version")]
    NoServer,
}

/// Collects the rows of all parts.
#[derive(Debug, Default)]
pub struct Reader {
    live: Live,
    by_oid: HashMap<Oid, usize>,
    server_seen: bool,
}

impl Reader {
    /// Takes one row.
    ///
    /// # Errors
    /// A row that its query cannot have given.
    pub fn row(&mut self, part: Part, json: &str) -> Result<(), FetchError> {
        match part {
            Part::Server => {
                self.live.server = decode(part, json)?;
                self.server_seen = true;
            }
            Part::Relations => self.relation(decode(part, json)?)?,
            Part::Columns => self.column(decode(part, json)?),
            Part::Keys => self.key(&decode(part, json)?),
            Part::Attachments => self.attachment(decode(part, json)?)?,
            Part::Functions => self.live.functions.push(decode::<FunctionRow>(part, json)?.into()),
        }
        Ok(())
    }

    /// The whole.
    ///
    /// # Errors
    /// If the server's own row is missing.
    pub fn finish(self) -> Result<Live, FetchError> {
        if self.server_seen { Ok(self.live) } else { Err(FetchError::NoServer) }
    }

    fn of(&mut self, oid: Oid) -> Option<&mut Relation> {
        self.by_oid.get(&oid).and_then(|&i| self.live.relations.get_mut(i))
    }

    fn relation(&mut self, row: RelationRow) -> Result<(), FetchError> {
        let unknown = FetchError::Unknown { part: Part::Relations, what: "kind of relation" };
        let kind = kind(&row.kind).ok_or(unknown)?;
        self.by_oid.insert(row.oid, self.live.relations.len());
        self.live.relations.push(Relation {
            oid: row.oid,
            definition: row.definition,
            parents: row.parents.into_iter().map(|(s, n)| QualifiedName::new(s, n)).collect(),
            ..Relation::new(QualifiedName::new(row.schema, row.name), kind)
        });
        Ok(())
    }

    /// What belongs to a relation that was not listed (made since, or hidden) is left out.
    fn column(&mut self, row: ColumnRow) {
        if let Some(relation) = self.of(row.relation) {
            relation.columns.push(row.into());
        }
    }

    fn key(&mut self, row: &KeyRow) {
        let Some(relation) = self.of(row.relation) else { return };
        let position = |attnum: &i16| relation.columns.iter().position(|c| c.attnum == *attnum);
        if let Some(key) = row.columns.iter().map(position).collect() {
            relation.unique_keys.push(key);
        }
    }

    fn attachment(&mut self, row: AttachmentRow) -> Result<(), FetchError> {
        let kind = match row.kind.as_str() {
            "rule" => AttachmentKind::Rule,
            "trigger" => AttachmentKind::Trigger,
            "policy" => AttachmentKind::RowPolicy,
            "check" => AttachmentKind::Check,
            "foreign key" => AttachmentKind::ForeignKey,
            "index" => AttachmentKind::Index,
            _ => return Err(FetchError::Unknown { part: Part::Attachments, what: "kind of attachment" }),
        };
        if let Some(relation) = self.of(row.relation) {
            let (name, definition, validated) = (row.name, row.definition, row.validated);
            relation.attachments.push(Attachment { kind, name, definition, validated });
        }
        Ok(())
    }
}

fn decode<'j, T: Deserialize<'j>>(part: Part, json: &'j str) -> Result<T, FetchError> {
    serde_json::from_str(json).map_err(|why| FetchError::Unreadable { part, why })
}

fn kind(relkind: &str) -> Option<RelationKind> {
    match relkind {
        "r" => Some(RelationKind::Table),
        "p" => Some(RelationKind::Partitioned),
        "v" => Some(RelationKind::View),
        "m" => Some(RelationKind::MaterializedView),
        "f" => Some(RelationKind::Foreign),
        "S" => Some(RelationKind::Sequence),
        "c" => Some(RelationKind::Composite),
        _ => None,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RelationRow {
    oid: Oid,
    schema: String,
    name: String,
    kind: String,
    definition: Option<String>,
    parents: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnRow {
    relation: Oid,
    attnum: i16,
    name: String,
    type_oid: Oid,
    type_name: String,
    #[serde(default)]
    base_type: Option<String>,
    typmod: i32,
    collation: Option<String>,
    nondeterministic: bool,
    generated: bool,
    identity: Option<char>,
    has_default: bool,
    expression: Option<String>,
    not_null: bool,
}

impl From<ColumnRow> for Column {
    fn from(row: ColumnRow) -> Self {
        Column {
            name: row.name,
            attnum: row.attnum,
            type_oid: row.type_oid,
            type_name: row.type_name,
            base_type: row.base_type.unwrap_or_default(),
            typmod: row.typmod,
            collation: row.collation,
            nondeterministic: row.nondeterministic,
            generated: row.generated,
            identity: row.identity,
            has_default: row.has_default,
            expression: row.expression,
            not_null: row.not_null,
            tag: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRow {
    relation: Oid,
    columns: Vec<i16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttachmentRow {
    relation: Oid,
    kind: String,
    name: String,
    definition: String,
    validated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionRow {
    oid: Oid,
    schema: String,
    name: String,
    arguments: String,
    language: String,
    body: String,
    returns_rows: bool,
    extension: Option<String>,
}

impl From<FunctionRow> for Function {
    fn from(row: FunctionRow) -> Self {
        Function {
            oid: row.oid,
            arguments: row.arguments,
            returns_rows: row.returns_rows,
            extension: row.extension,
            ..Function::new(QualifiedName::new(row.schema, row.name), row.language, row.body)
        }
    }
}
