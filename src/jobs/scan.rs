//! Reads names and samples for a scan, over the operator's connection, in a read-only transaction.
//!
//! The sampled values stay in this process's memory and leave it as counts only.

use std::collections::HashMap;

use serde::Deserialize;

use super::admin::{Admin, AdminError, StatementError};
use crate::names::{QualifiedName, quoted};
use crate::scan::{ColumnSeen, Family, Samples};

const COLUMNS: &str = include_str!("scan/columns.sql");

/// Longest piece of a value that is looked at, in characters.
const LONGEST_TEXT: u32 = 600;
/// Of a document.
const LONGEST_DOCUMENT: u32 = 20_000;
/// Beyond this many samples' worth of rows a table is sampled by block instead of read from its start.
const READ_WHOLE: u64 = 10;

/// How much is read.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Where samples come from.
    pub source: Source,
    /// Rows of each table.
    pub rows: u32,
    /// What one statement may take, in seconds.
    pub timeout: u32,
    /// Only these schemas; empty: all.
    pub schemas: Vec<String>,
}

/// Where samples come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The tables.
    Rows,
    /// The planner's statistics, which hold real values too; no table is read.
    Statistics,
    /// Nowhere: names only.
    Nothing,
}

/// A column with what the catalog says of it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its table.
    pub relation: QualifiedName,
    /// Its name.
    pub column: String,
    /// Its type, of a domain the base type.
    pub type_name: String,
    /// Its type modifier, -1 for none.
    pub typmod: i32,
    /// A unique index on it alone.
    pub is_unique: bool,
    /// How often an index that begins with it was used since statistics were reset.
    pub lookups: u64,
    /// Positions of the columns that it references.
    pub references: Vec<usize>,
    tuples: u64,
    is_foreign: bool,
    family: Family,
}

/// What was read.
#[derive(Debug, Default)]
pub struct Read {
    /// Every column, in order of table and position.
    pub places: Vec<Place>,
    /// By position, as [`Read::places`].
    pub samples: Vec<Samples>,
    /// Tables that could not be sampled, and why.
    pub skipped: Vec<(QualifiedName, String)>,
    /// Rows read in all.
    pub rows: u64,
}

impl Read {
    /// As the survey wants them.
    pub fn columns(&self) -> Vec<ColumnSeen> {
        let seen = |place: &Place| ColumnSeen {
            table: place.relation.name.clone(),
            name: place.column.clone(),
            family: place.family,
            qualified: format!("{}.{}", place.relation, quoted(&place.column)),
            references: place.references.clone(),
        };
        self.places.iter().map(seen).collect()
    }
}

#[derive(Deserialize)]
struct Row {
    schema: String,
    table: String,
    kind: char,
    tuples: u64,
    relation: i64,
    attnum: i64,
    column: String,
    type_name: String,
    typmod: i32,
    is_enum: bool,
    is_unique: bool,
    lookups: u64,
    references: Vec<(i64, i64)>,
}

/// Reads the catalog, then samples, all in one read-only transaction that is rolled back.
///
/// # Errors
/// The connection, or a catalog that makes no sense. A table that cannot be read is skipped.
pub async fn read(admin: &Admin, limits: &Limits) -> Result<Read, AdminError> {
    let timeout = limits.timeout;
    admin
        .run(&format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ''; \
             SET LOCAL statement_timeout = '{timeout}s'; SET LOCAL lock_timeout = '1s'; \
             SET LOCAL datestyle = 'ISO, YMD'"
        ))
        .await?;
    let mut read = places(admin, limits).await?;
    read.samples = read.places.iter().map(|_| Samples::default()).collect();
    match limits.source {
        Source::Rows => rows(admin, limits, &mut read).await?,
        Source::Statistics => statistics(admin, &mut read).await?,
        Source::Nothing => {}
    }
    admin.run("ROLLBACK").await?;
    Ok(read)
}

async fn places(admin: &Admin, limits: &Limits) -> Result<Read, AdminError> {
    let mut rows = Vec::new();
    for json in admin.texts(COLUMNS).await? {
        let row: Row = serde_json::from_str(&json).map_err(|error| StatementError {
            sqlstate: String::new(),
            message: format!("the server's catalog makes no sense: {error}"),
        })?;
        if limits.schemas.is_empty() || limits.schemas.contains(&row.schema) {
            rows.push(row);
        }
    }
    let at: HashMap<(i64, i64), usize> =
        rows.iter().enumerate().map(|(at, row)| ((row.relation, row.attnum), at)).collect();
    let place = |row: &Row| Place {
        relation: QualifiedName { schema: row.schema.clone(), name: row.table.clone() },
        column: row.column.clone(),
        family: Family::of(&row.type_name, row.is_enum),
        type_name: row.type_name.clone(),
        typmod: row.typmod,
        is_unique: row.is_unique,
        lookups: row.lookups,
        references: row.references.iter().filter_map(|target| at.get(target).copied()).collect(),
        tuples: row.tuples,
        is_foreign: row.kind == 'f',
    };
    Ok(Read { places: rows.iter().map(place).collect(), ..Read::default() })
}

async fn rows(admin: &Admin, limits: &Limits, read: &mut Read) -> Result<(), AdminError> {
    let mut from = 0;
    while let Some(first) = read.places.get(from) {
        let (relation, is_foreign, tuples) = (first.relation.clone(), first.is_foreign, first.tuples);
        let to = from + read.places.iter().skip(from).take_while(|p| p.relation == relation).count();
        let sampled: Vec<usize> =
            (from..to).filter(|at| read.places.get(*at).is_some_and(|p| p.family.is_sampled())).collect();
        from = to;
        if is_foreign {
            read.skipped.push((relation, "it is a foreign table".to_owned()));
            continue;
        }
        if sampled.is_empty() {
            continue;
        }
        let list: Vec<String> =
            sampled.iter().filter_map(|at| read.places.get(*at)).map(expression).collect();
        match table(admin, &relation, &list.join(", "), tuples, limits.rows).await {
            Ok(rows) => {
                read.rows += rows.len() as u64;
                for (at, value) in rows.into_iter().flat_map(|row| sampled.clone().into_iter().zip(row)) {
                    let Some(value) = value else { continue };
                    if let Some(samples) = read.samples.get_mut(at) {
                        samples.0.extend(value.split('\n').map(str::to_owned).take(8));
                    }
                }
            }
            Err(error) if error.sqlstate.is_empty() => return Err(error.into()),
            Err(error) => read.skipped.push((relation, error.to_string())),
        }
    }
    Ok(())
}

/// A piece of a column's value as text.
fn expression(place: &Place) -> String {
    let name = quoted(&place.column);
    match place.family {
        Family::TextArray => {
            format!("pg_catalog.\"left\"(pg_catalog.array_to_string({name}, E'\\n'), {LONGEST_TEXT})")
        }
        Family::Json => format!(
            "pg_catalog.\"left\"(pg_catalog.replace({name}::pg_catalog.text, E'\\n', ' '), {LONGEST_DOCUMENT})"
        ),
        Family::Text
        | Family::Number
        | Family::Real
        | Family::Date
        | Family::Moment
        | Family::Network
        | Family::Bytes
        | Family::Bool
        | Family::Uuid
        | Family::Enum
        | Family::Other => format!("pg_catalog.\"left\"({name}::pg_catalog.text, {LONGEST_TEXT})"),
    }
}

async fn table(
    admin: &Admin,
    relation: &QualifiedName,
    list: &str,
    tuples: u64,
    rows: u32,
) -> Result<Vec<Vec<Option<String>>>, StatementError> {
    let wanted = u64::from(rows.max(1));
    let is_large = tuples > wanted.saturating_mul(READ_WHOLE);
    // Three times what is wanted, since a block may hold few rows of use.
    let share = (wanted as f64 * 300.0 / tuples.max(1) as f64).clamp(0.0001, 100.0);
    let sample = if is_large { format!(" TABLESAMPLE SYSTEM ({share:.4})") } else { String::new() };
    let sql = |sample: &str| {
        format!("SELECT pg_catalog.array_to_json(ARRAY[{list}])::text FROM {relation}{sample} LIMIT {wanted}")
    };
    // A table that fails must not fail the others.
    admin.run("SAVEPOINT pgveil_scan").await?;
    let mut found = admin.texts(&sql(&sample)).await;
    if is_large && found.as_ref().is_ok_and(Vec::is_empty) {
        found = admin.texts(&sql("")).await;
    }
    match found {
        Ok(texts) => {
            admin.run("RELEASE pgveil_scan").await?;
            Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
        }
        Err(error) => {
            admin.run("ROLLBACK TO pgveil_scan").await?;
            Err(error)
        }
    }
}

async fn statistics(admin: &Admin, read: &mut Read) -> Result<(), AdminError> {
    let sql = "SELECT pg_catalog.json_build_array(schemaname, tablename, attname, \
               most_common_vals::text::text[], histogram_bounds::text::text[])::text FROM pg_catalog.pg_stats";
    type Line = (String, String, String, Option<Vec<Option<String>>>, Option<Vec<Option<String>>>);
    for json in admin.texts(sql).await? {
        let Ok((schema, table, column, common, bounds)) = serde_json::from_str::<Line>(&json) else {
            continue;
        };
        let at = read.places.iter().position(|place| {
            place.relation.schema == schema && place.relation.name == table && place.column == column
        });
        if let Some(samples) = at.and_then(|at| read.samples.get_mut(at)) {
            let values = common.into_iter().chain(bounds).flatten().flatten();
            samples.0.extend(values);
        }
    }
    Ok(())
}
