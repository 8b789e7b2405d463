//! A canary: a row of known values that is stored through pgveil as a client would, looked for past it
//! wherever the operator can look, and taken away again.
//!
//! Knows what a row of a table needs to be admitted, and how the planted row is told from every other
//! one: by its transaction, and by values that open to the canary. What is planted is no secret.
//!
//! - [`places`]: where it is looked for.

pub mod places;

use std::sync::Arc;

use serde::Deserialize;

use crate::crypto::nonces::{NoRandomness, fill_random};
use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::cells::Target;
use crate::jobs::convert::Table;
use crate::jobs::leaves::{Leaf, LeafError};
use crate::jobs::needles::Needles;
use crate::jobs::reseal::Bench;
use crate::names::{QualifiedName, literal, quoted};
use crate::policy::model::{Policy, column_name};
use crate::protect::Protector;
use crate::types::LogicalType;

/// A row that was planted and must be taken away.
pub struct Planted {
    /// The table.
    pub relation: QualifiedName,
    /// Its columns that hold the canary.
    pub columns: Vec<String>,
    targets: Vec<Target>,
    xid: String,
}

/// Why a table carries no canary. Nothing is left in it.
#[derive(Debug, thiserror::Error)]
pub enum Unplanted {
    /// No protected column holds a text of its length.
    #[error("no protected column of it holds text, bytes or JSON")]
    NoText,
    /// A column that must be given a value.
    #[error("column {0} must have a value, and there is none to be had for its type")]
    Column(String),
    /// The statement, as pgveil or the server answered it.
    #[error("the row was not admitted: {0}")]
    Statement(#[from] StatementError),
}

/// Why a canary was not taken away.
#[derive(Debug, thiserror::Error)]
pub enum Remaining {
    /// The server's refusal.
    #[error("{relation}: the canary row is still there: {why}")]
    Statement {
        /// The table.
        relation: QualifiedName,
        /// The server's word.
        why: StatementError,
    },
    /// The table's parts.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// Not one row.
    #[error("{0}: the canary row was not found again: look for {1} through pgveil and delete it")]
    Lost(QualifiedName, String),
    /// No nonces.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// One run's canary.
pub struct Canary {
    word: String,
}

/// A column as the catalog describes it, with what a row that must be admitted could hold.
#[derive(Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    type_name: String,
    required: bool,
    /// Of a row that is there.
    sample: bool,
    /// What gives every value that a foreign key admits.
    referenced: Option<String>,
    label: Option<String>,
}

impl Canary {
    /// Drawn anew.
    ///
    /// # Errors
    /// If the operating system gives no randomness.
    pub fn new() -> Result<Self, NoRandomness> {
        let mut drawn = [0; 12];
        fill_random(&mut drawn)?;
        let hex: String = drawn.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Canary { word: format!("canary-{hex}") })
    }

    /// In every spelling.
    pub fn needles(&self) -> Needles {
        let mut needles = Needles::default();
        needles.add("canary", self.word.as_bytes());
        needles
    }

    /// Stores one row through `proxy`. `admin` says what the table looks like, and nothing that is
    /// protected.
    ///
    /// # Errors
    /// A table that admits no such row; then nothing is stored.
    pub async fn plant(
        &self,
        proxy: &Admin,
        admin: &Admin,
        policy: &Policy,
        table: &Table,
    ) -> Result<Planted, Unplanted> {
        let mut names = Vec::new();
        let mut values = Vec::new();
        let mut held = Vec::new();
        let mut targets = Vec::new();
        for order in &table.orders {
            let Some(column) = policy.column(order.target.id) else { continue };
            if let Some(value) = self.value(&column.logical) {
                names.push(quoted(&order.target.name));
                values.push(literal(&value));
                held.push(column_name(&table.relation, &order.target.name));
                targets.push(order.target.clone());
            }
        }
        if targets.is_empty() {
            return Err(Unplanted::NoText);
        }
        for column in columns(admin, &table.relation).await? {
            if names.contains(&quoted(&column.name)) || !column.required {
                continue;
            }
            let tagged = table.orders.iter().find(|order| order.target.name == column.name);
            let logical =
                tagged.and_then(|order| policy.column(order.target.id)).map(|tag| tag.logical.to_string());
            // What is stored in a protected column is no value of it.
            let column = match logical {
                Some(type_name) => Column { type_name, sample: false, referenced: None, ..column },
                None => column,
            };
            values.push(self.filler(admin, table, &column).await?);
            names.push(quoted(&column.name));
        }
        let insert =
            format!("INSERT INTO {} ({}) VALUES ({})", table.relation, names.join(", "), values.join(", "));
        proxy.run("BEGIN").await?;
        let stored = async {
            proxy.run(&insert).await?;
            // What a row shows of it are the lower 32 bits.
            let asked = "SELECT (pg_catalog.pg_current_xact_id()::text::numeric % 4294967296)::text";
            let xid = proxy.texts(asked).await?.into_iter().next().unwrap_or_default();
            proxy.run("COMMIT").await.map(|()| xid)
        };
        match stored.await {
            Ok(xid) => Ok(Planted { relation: table.relation.clone(), columns: held, targets, xid }),
            Err(error) => {
                let _rolled_back = proxy.run("ROLLBACK").await;
                Err(error.into())
            }
        }
    }

    /// The canary as text of a type that can hold it.
    fn value(&self, logical: &LogicalType) -> Option<String> {
        match logical {
            LogicalType::Text | LogicalType::Citext => Some(self.word.clone()),
            LogicalType::Varchar(None) => Some(self.word.clone()),
            LogicalType::Varchar(Some(length)) | LogicalType::Bpchar(length) => {
                usize::try_from(*length).is_ok_and(|n| n >= self.word.len()).then(|| self.word.clone())
            }
            LogicalType::TextArray => Some(format!("{{{}}}", self.word)),
            LogicalType::Json | LogicalType::Jsonb => Some(format!("\"{}\"", self.word)),
            LogicalType::Bytea => {
                let hex: String = self.word.bytes().map(|byte| format!("{byte:02x}")).collect();
                Some(format!("\\x{hex}"))
            }
            LogicalType::Int2
            | LogicalType::Int4
            | LogicalType::Int8
            | LogicalType::Bool
            | LogicalType::Numeric(_)
            | LogicalType::Date
            | LogicalType::Timestamp(_)
            | LogicalType::Timestamptz(_)
            | LogicalType::Time(_)
            | LogicalType::Timetz(_)
            | LogicalType::Interval
            | LogicalType::Float4
            | LogicalType::Float8
            | LogicalType::Uuid
            | LogicalType::Inet
            | LogicalType::Cidr => None,
        }
    }

    /// A value that a column which must have one admits: what a foreign key refers to, or what another
    /// row holds there; or, where that would be a second one of the same key, a rare one.
    async fn filler(&self, admin: &Admin, table: &Table, column: &Column) -> Result<String, Unplanted> {
        let name = quoted(&column.name);
        let own = format!("SELECT {name}::text FROM {} WHERE {name} IS NOT NULL LIMIT 1", table.relation);
        if let Some(sql) = column.referenced.clone().or(column.sample.then_some(own)) {
            if let Some(text) = admin.texts(&sql).await?.into_iter().next() {
                return Ok(literal(&text));
            }
        }
        let made = match column.type_name.as_str() {
            "smallint" => "-32001".to_owned(),
            "integer" => "-2000000001".to_owned(),
            "bigint" => "-9000000000000000001".to_owned(),
            "real" | "double precision" => "-1".to_owned(),
            "boolean" => "false".to_owned(),
            "date" => "'1900-01-01'".to_owned(),
            "uuid" => format!("'{:0>32}'", self.word.trim_start_matches("canary-")),
            "json" | "jsonb" => "'{}'".to_owned(),
            "text" | "bytea" => "'c'".to_owned(),
            name if name.starts_with("timestamp") => "'1900-01-01'".to_owned(),
            name if name.starts_with("numeric") => "0".to_owned(),
            name if name.starts_with("character") => "'c'".to_owned(),
            _ => match &column.label {
                Some(label) => literal(label),
                None => return Err(Unplanted::Column(column.name.clone())),
            },
        };
        Ok(made)
    }
}

impl Planted {
    /// Deletes the row, past pgveil: the one of the planting transaction, and only if what it holds
    /// is the canary.
    ///
    /// # Errors
    /// If not exactly that row was deleted.
    pub async fn remove(
        &self,
        admin: &Admin,
        canary: &Canary,
        protector: &Arc<Protector>,
    ) -> Result<(), Remaining> {
        let lost = || Remaining::Lost(self.relation.clone(), canary.word.clone());
        let failed = |why| Remaining::Statement { relation: self.relation.clone(), why };
        let mut bench = Bench::new()?;
        let mut deleted = 0;
        for leaf in Leaf::of(admin, &self.relation, &self.targets).await? {
            let cells: Vec<String> = self.targets.iter().map(|target| target.text("t")).collect();
            let find = format!(
                "SELECT t.ctid::text, {} FROM ONLY {} AS t WHERE t.xmin::text = {}",
                cells.join(", "),
                leaf.name,
                literal(&self.xid)
            );
            let rows = admin.client().query(&find, &[]).await.map_err(|error| failed(error.into()))?;
            for row in rows {
                let mut is_canary = true;
                for (n, target) in self.targets.iter().enumerate() {
                    let stored: Option<&str> = row.try_get(n + 1).ok().flatten();
                    is_canary &= stored.is_some_and(|stored| {
                        stored.contains(&canary.word)
                            || (bench.opens(protector, target.id, stored.as_bytes()).is_ok()
                                && holds(bench.opened(), &canary.word))
                    });
                }
                // REFUSES: another row of a transaction with the same number.
                if !is_canary {
                    continue;
                }
                let place: &str = row.try_get(0).map_err(|error| failed(error.into()))?;
                let delete = format!(
                    "DELETE FROM ONLY {} AS t WHERE t.ctid = {}::tid AND t.xmin::text = {}",
                    leaf.name,
                    literal(place),
                    literal(&self.xid)
                );
                deleted +=
                    admin.client().execute(&delete, &[]).await.map_err(|error| failed(error.into()))?;
            }
        }
        if deleted == 1 { Ok(()) } else { Err(lost()) }
    }
}

/// Whether a value as text holds the word; bytes are shown as hex.
fn holds(opened: &[u8], word: &str) -> bool {
    let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
    let has = |needle: &[u8]| opened.windows(needle.len()).any(|window| window == needle);
    has(word.as_bytes()) || has(hex.as_bytes())
}

/// One JSON object a column. Required: NOT NULL, without a default, made by nobody else. A sample
/// serves where no key would meet it twice.
async fn columns(admin: &Admin, relation: &QualifiedName) -> Result<Vec<Column>, Unplanted> {
    let sql = format!(
        "SELECT pg_catalog.json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
             'required', a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '',
             'sample', NOT EXISTS (SELECT FROM pg_catalog.pg_index x WHERE x.indrelid = a.attrelid AND x.indisunique
                 AND a.attnum = ANY (x.indkey::int2[])),
             'referenced', (SELECT pg_catalog.format('SELECT %I::text FROM %I.%I LIMIT 1', f.attname, n.nspname, c.relname)
                 FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.confrelid
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_catalog.pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]
                 WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] LIMIT 1),
             'label', (SELECT e.enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid = a.atttypid
                 ORDER BY e.enumsortorder LIMIT 1))::text
         FROM pg_catalog.pg_attribute a WHERE a.attrelid = {}::pg_catalog.regclass AND a.attnum > 0
           AND NOT a.attisdropped ORDER BY a.attnum",
        literal(&relation.to_string())
    );
    let unreadable = |_| Unplanted::Column("?".to_owned());
    admin.texts(&sql).await?.iter().map(|row| serde_json::from_str(row).map_err(unreadable)).collect()
}
