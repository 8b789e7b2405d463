//! How long the tables of a domain will be locked, from a sample.
//!
//! The rows of a sample are copied into temporary tables with the same indexes and changed there, so
//! that nothing of the application's is touched. What a copy cannot show (foreign keys, the log that
//! temporary tables do not write, the map) is a factor, measured with `scripts/stored`: `--max-lock` is
//! enforced by the server's statement_timeout whatever the estimate said.

use std::time::{Duration, Instant};

use super::DomainError;
use super::shape::{Shape, Table};
use super::statements;
use crate::catalog::model::{AttachmentKind, Catalog};
use crate::crypto::domains::Form;
use crate::jobs::admin::Admin;
use crate::names::{QualifiedName, quoted};
use crate::policy::check::references;
use crate::types::StoredType;

/// Rows of each table that are tried.
const SAMPLE: u64 = 4_000;
/// What the rewriting of a real row costs beside one of the sample: the log, the map looked up, two
/// counts. Measured 2.0 to 2.7 with one table of 60,000 rows.
const FACTOR: f64 = 3.0;
/// The same where a foreign key inside the domain is checked on both sides. Measured 5.2 to 7.7 with
/// two tables of 60,000 to 200,000 rows.
const TIED: f64 = 7.0;
/// Reading, sealing and loading of one distinct value, beside the change of one row of the sample.
/// Measured 0.7 to 1.7.
const PER_VALUE: f64 = 1.0;

/// What to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Rows that must change, in all tables.
    pub rows: u64,
    /// How long the tables will be locked.
    pub lock: Duration,
}

/// Counts, and tries a sample.
///
/// # Errors
/// The server's refusal.
pub async fn estimate(
    admin: &Admin,
    shape: &Shape,
    catalog: &Catalog,
    to: Form,
) -> Result<Estimate, DomainError> {
    let counted = admin.texts(&statements::count(to, shape)).await?;
    let counted = counted.first().ok_or(DomainError::Senseless)?;
    let counted: Vec<u64> = serde_json::from_str(counted).map_err(|_| DomainError::Senseless)?;
    let factor = if is_tied(shape, catalog) { TIED } else { FACTOR };
    let (mut lock, mut row) = (Duration::ZERO, Duration::ZERO);
    for (number, (table, rows)) in shape.tables.iter().zip(&counted).enumerate() {
        if *rows == 0 {
            continue;
        }
        admin.run("BEGIN").await?;
        let tried = trial(admin, table, number, *rows).await;
        admin.run("ROLLBACK").await?;
        let (sampled, took) = tried?;
        let one = took.div_f64(sampled.max(1) as f64);
        lock += one.mul_f64(*rows as f64 * factor);
        row = row.max(one);
    }
    // Every value of a key column is distinct; the others repeat them.
    let values = counted.iter().copied().max().unwrap_or(0);
    lock += row.mul_f64(values as f64 * PER_VALUE);
    Ok(Estimate { rows: counted.iter().sum(), lock })
}

/// Whether a foreign key ties two tables of the domain, or one to itself.
fn is_tied(shape: &Shape, catalog: &Catalog) -> bool {
    let of_domain = |name: &QualifiedName| shape.triggered.iter().any(|table| table.name == *name);
    let relations = catalog.relations().iter().filter(|relation| of_domain(&relation.name));
    let keys = relations.flat_map(|relation| &relation.attachments);
    let mut targets = keys
        .filter(|attachment| attachment.kind == AttachmentKind::ForeignKey)
        .filter_map(|key| references(&key.definition));
    targets.any(|(target, _)| of_domain(&target))
}

/// Rows tried, and how long it took.
async fn trial(
    admin: &Admin,
    table: &Table,
    number: usize,
    rows: u64,
) -> Result<(u64, Duration), DomainError> {
    let (name, copy) = (&table.name, format!("pg_temp.pgveil_sample_{number}"));
    let bare = format!("pgveil_sample_{number}");
    admin
        .run(&format!(
            "CREATE TEMPORARY TABLE {bare} (LIKE {name} INCLUDING INDEXES) ON COMMIT DROP; \
             INSERT INTO {copy} SELECT * FROM {name} {} LIMIT {SAMPLE}; ANALYZE {copy}",
            sampled(rows)
        ))
        .await?;
    let columns = table.columns.iter().filter(|column| match column.stored {
        StoredType::Text | StoredType::Varchar => true,
        StoredType::Json | StoredType::Jsonb | StoredType::Bytea | StoredType::TextArray => false,
    });
    // As long as before and different in every row: the indexes get new entries.
    let changes: Vec<String> =
        columns.map(|c| quoted(&c.name)).map(|name| format!("{name} = reverse({name})")).collect();
    let changes = match changes.is_empty() {
        true => {
            table.columns.iter().map(|c| quoted(&c.name)).map(|name| format!("{name} = {name}")).collect()
        }
        false => changes,
    };
    let begun = Instant::now();
    let update = format!(
        "WITH u AS (UPDATE {copy} SET {} RETURNING 1) SELECT count(*)::text FROM u",
        changes.join(", ")
    );
    let tried = admin.texts(&update).await?;
    let took = begun.elapsed();
    let tried = tried.first().and_then(|count| count.parse().ok()).ok_or(DomainError::Senseless)?;
    Ok((tried, took))
}

/// Whole pages of a large table, the first rows of a small one.
fn sampled(rows: u64) -> String {
    match rows > 10 * SAMPLE {
        true => format!("TABLESAMPLE SYSTEM ({:.4})", 200.0 * SAMPLE as f64 / rows as f64),
        false => String::new(),
    }
}
