//! What stays behind in the clear when the rows of a column are encrypted, and what can be done
//! about it.
//!
//! Knows where PostgreSQL keeps copies of values: dead row versions, `pg_statistic`, indexes, WAL,
//! replicas, backups. Reads counts and dates of these and never a value.

use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::convert::Table;
use crate::jobs::leaves::{Leaf, LeafError};
use crate::names::{QualifiedName, literal, quoted};

/// How a sample begins that is an envelope, in whatever type.
const ARMOURED: &str = r#"'^["{]?(pgV1:|\\x706756313a)'"#;

/// One copy that is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remain {
    /// What kind, as in `--json`.
    pub kind: &'static str,
    /// Where, if it is one table's.
    pub relation: Option<QualifiedName>,
    /// What is left, for a person.
    pub what: String,
    /// What can be done about it.
    pub remedy: String,
}

/// Everything that may still hold values of these tables as they were.
///
/// # Errors
/// The server's refusal.
pub async fn of(admin: &Admin, tables: &[Table]) -> Result<Vec<Remain>, LeafError> {
    let mut remains = Vec::new();
    for table in tables {
        for leaf in Leaf::of(admin, &table.relation, &[]).await? {
            remains.extend(of_leaf(admin, table, &leaf).await?);
        }
    }
    remains.extend(of_cluster(admin).await?);
    Ok(remains)
}

async fn of_leaf(admin: &Admin, table: &Table, leaf: &Leaf) -> Result<Vec<Remain>, StatementError> {
    let mut remains = Vec::new();
    let (schema, name) = (literal(&leaf.name.schema), literal(&leaf.name.name));
    let dead = admin
        .texts(&format!(
            "SELECT n_dead_tup::text FROM pg_catalog.pg_stat_all_tables \
             WHERE schemaname = {schema} AND relname = {name}"
        ))
        .await?;
    let dead: u64 = dead.first().and_then(|count| count.parse().ok()).unwrap_or(0);
    remains.push(Remain {
        kind: "dead-rows",
        relation: Some(leaf.name.clone()),
        what: format!("about {dead} dead row versions hold values as they were, in the file and its indexes"),
        remedy: "`pgveil scrub` removes them; free space is overwritten in time, at once with --full".into(),
    });
    let columns: Vec<String> = table.orders.iter().map(|order| literal(&order.target.name)).collect();
    let statistics = admin
        .texts(&format!(
            "SELECT attname::text FROM pg_catalog.pg_stats WHERE schemaname = {schema} AND tablename = {name} \
             AND attname IN ({}) AND EXISTS (SELECT FROM unnest(coalesce(most_common_vals::text::text[], '{{}}') \
             || coalesce(histogram_bounds::text::text[], '{{}}') || coalesce(most_common_elems::text::text[], '{{}}')) \
             AS e WHERE e !~ {ARMOURED})",
            columns.join(", ")
        ))
        .await?;
    for column in statistics {
        remains.push(Remain {
            kind: "statistics",
            relation: Some(leaf.name.clone()),
            what: format!("pg_statistic holds sample values of {column} from an earlier ANALYZE"),
            remedy: "`pgveil scrub` turns the column's statistics off and has the samples replaced".into(),
        });
    }
    Ok(remains)
}

async fn of_cluster(admin: &Admin) -> Result<Vec<Remain>, StatementError> {
    let mut remains = Vec::new();
    let facts = admin
        .texts(
            "SELECT pg_catalog.current_setting('archive_mode') || '|' || pg_catalog.current_setting('wal_level') || \
             '|' || (SELECT count(*) FROM pg_catalog.pg_stat_replication)::text || '|' || \
             (SELECT count(*) FROM pg_catalog.pg_replication_slots)::text || '|' || \
             to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')",
        )
        .await?;
    let facts: Vec<&str> = facts.first().map(|row| row.split('|').collect()).unwrap_or_default();
    let [archive, level, replicas, slots, now] = facts.as_slice() else { return Ok(remains) };
    let cluster = |kind, what: String, remedy: String| Remain { kind, relation: None, what, remedy };
    remains.push(cluster(
        "wal",
        format!(
            "WAL written before {now} UTC (level {level}, archive_mode {archive}) holds the rows as they were"
        ),
        "the server recycles it after a checkpoint; archived segments go with the backups that need them"
            .into(),
    ));
    if *replicas != "0" || *slots != "0" {
        remains.push(cluster(
            "replicas",
            format!("{replicas} replicas and {slots} replication slots keep what they have not yet replayed"),
            "they follow by themselves; a slot that nobody reads keeps WAL for ever: drop it".into(),
        ));
    }
    remains.push(cluster(
        "backups",
        format!("every backup and snapshot taken before {now} UTC holds the values in the clear"),
        "take a new one now, and have the older ones deleted when they are no longer needed".into(),
    ));
    Ok(remains)
}

/// What `scrub` has done, in statements.
///
/// # Errors
/// The server's refusal.
pub async fn scrub(admin: &Admin, tables: &[Table], full: bool) -> Result<Vec<String>, LeafError> {
    let mut done = Vec::new();
    for table in tables {
        for leaf in Leaf::of(admin, &table.relation, &[]).await? {
            let mut statements = Vec::new();
            for order in &table.orders {
                let column = quoted(&order.target.name);
                statements
                    .push(format!("ALTER TABLE ONLY {} ALTER COLUMN {column} SET STATISTICS 0", leaf.name));
            }
            statements.push(format!("{} {}", if full { "VACUUM (FULL)" } else { "VACUUM" }, leaf.name));
            let columns: Vec<String> = table.orders.iter().map(|order| quoted(&order.target.name)).collect();
            statements.push(clear_statistics(&leaf.name, &columns));
            statements.push(format!("ANALYZE {}", leaf.name));
            for statement in statements {
                admin.run(&statement).await?;
                done.push(statement);
            }
        }
    }
    Ok(done)
}

/// With a target of 0 ANALYZE leaves what it has gathered earlier: it must gather once more, from
/// rows that hold envelopes now.
fn clear_statistics(leaf: &QualifiedName, columns: &[String]) -> String {
    let on: Vec<String> =
        columns.iter().map(|column| format!("ALTER COLUMN {column} SET STATISTICS 1")).collect();
    let off: Vec<String> =
        columns.iter().map(|column| format!("ALTER COLUMN {column} SET STATISTICS 0")).collect();
    format!(
        "ALTER TABLE ONLY {leaf} {}; ANALYZE {leaf} ({}); ALTER TABLE ONLY {leaf} {}",
        on.join(", "),
        columns.join(", "),
        off.join(", ")
    )
}
