//! The tables that really hold the rows of a tagged one, and how each is paged.
//!
//! Knows the system catalogs. A partitioned or inherited table is walked leaf by leaf, so that a
//! page is one table's. What it reads here decides only the order of the work and never what is
//! sealed.

use serde::Deserialize;

use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::cells::Target;
use crate::names::{QualifiedName, literal, quoted};

/// One table that holds rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Schema and name.
    pub name: QualifiedName,
    /// The columns by which it is paged; empty: by ctid.
    pub key: Vec<KeyColumn>,
    /// Pages of the file when it was looked at.
    pub blocks: i64,
}

/// A column of the key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct KeyColumn {
    /// Its name.
    pub name: String,
    /// `format_type`, with the modifier: what its text is cast to.
    #[serde(rename = "type")]
    pub type_name: String,
}

/// What stands in the way of a walk.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// The server's refusal.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Rows that a foreign server holds.
    #[error("{0} is a foreign table: its rows are not this server's to rewrite")]
    Foreign(QualifiedName),
    /// An answer that makes no sense.
    #[error("the server's answer on the tables below {0} cannot be read")]
    Unreadable(QualifiedName),
    /// No table of this name, or one without any storage.
    #[error("there is no table {0}")]
    Missing(QualifiedName),
}

#[derive(Deserialize)]
struct Row {
    schema: String,
    name: String,
    kind: String,
    blocks: i64,
    key: Option<Vec<KeyColumn>>,
}

impl Leaf {
    /// The leaves of a table. A key that holds one of `targets` cannot page a walk that changes it:
    /// such a table is paged by ctid, as is one without a primary key or another unique key of
    /// columns that are never NULL.
    ///
    /// # Errors
    /// The server's refusal; a leaf that is not this server's.
    pub async fn of(
        admin: &Admin,
        relation: &QualifiedName,
        targets: &[Target],
    ) -> Result<Vec<Leaf>, LeafError> {
        let rows = admin.texts(&query(relation)).await?;
        let mut leaves = Vec::new();
        for row in rows {
            let row: Row = serde_json::from_str(&row).map_err(|_| LeafError::Unreadable(relation.clone()))?;
            let name = QualifiedName::new(row.schema, row.name);
            match row.kind.as_str() {
                "r" => {}
                "p" => continue,
                "f" => return Err(LeafError::Foreign(name)),
                _ => return Err(LeafError::Unreadable(relation.clone())),
            }
            let key = row.key.unwrap_or_default();
            let moves = key.iter().any(|column| targets.iter().any(|target| target.name == column.name));
            leaves.push(Leaf { name, key: if moves { Vec::new() } else { key }, blocks: row.blocks });
        }
        Ok(leaves)
    }

    /// The key's columns as a list of SQL, of the row `row`.
    pub fn key_list(&self, row: &str) -> String {
        let columns: Vec<String> =
            self.key.iter().map(|column| format!("{row}.{}", quoted(&column.name))).collect();
        columns.join(", ")
    }
}

/// One JSON object a table, the table itself first. Only ascending btree keys of the default order
/// serve a comparison of rows.
fn query(relation: &QualifiedName) -> String {
    format!(
        "WITH RECURSIVE tree AS (
             SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = {} AND c.relname = {}
             UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid)
         SELECT pg_catalog.json_build_object(
             'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
             'blocks', CASE WHEN c.relkind = 'r' THEN pg_catalog.pg_relation_size(c.oid)
                       / pg_catalog.current_setting('block_size')::int8 ELSE 0 END,
             'key', (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('name', a.attname,
                         'type', pg_catalog.format_type(a.atttypid, a.atttypmod)) ORDER BY k.n)
                     FROM (SELECT x.indkey::int2[] AS indkey, x.indnkeyatts FROM pg_catalog.pg_index x
                           JOIN pg_catalog.pg_class ic ON ic.oid = x.indexrelid
                           JOIN pg_catalog.pg_am m ON m.oid = ic.relam AND m.amname = 'btree'
                           WHERE x.indrelid = c.oid AND x.indisunique AND x.indisvalid AND x.indimmediate
                             AND x.indpred IS NULL AND 0 <> ALL (x.indkey::int2[])
                             AND 0 = ALL (x.indoption::int2[])
                             AND NOT EXISTS (SELECT FROM pg_catalog.unnest(x.indclass::oid[]) o(oid)
                                 JOIN pg_catalog.pg_opclass USING (oid) WHERE NOT opcdefault)
                             AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                 WHERE a.attrelid = c.oid AND a.attnum = ANY (x.indkey::int2[])
                                   AND NOT a.attnotnull)
                           ORDER BY NOT x.indisprimary, x.indnkeyatts, x.indexrelid LIMIT 1) x,
                          pg_catalog.unnest(x.indkey) WITH ORDINALITY k(attnum, n)
                     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
                     WHERE k.n <= x.indnkeyatts))::text
         FROM tree JOIN pg_catalog.pg_class c USING (oid)
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY c.oid",
        literal(&relation.schema),
        literal(&relation.name)
    )
}
