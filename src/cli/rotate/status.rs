//! `pgveil rotate status`: values per column and key.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::material::{Material, run_to_end};
use crate::cli::stored::{self, SCHEMA_VERSION};
use crate::cli::{Common, Exit, Failure, Outcome};
use crate::config;
use crate::crypto::Keyring;
use crate::jobs::admin::Admin;
use crate::jobs::cells::Target;
use crate::jobs::census::{self, Census, CensusError, Kept};
use crate::jobs::convert::{ConvertError, Table, protected_tables};
use crate::jobs::walk::WalkError;
use crate::names::QualifiedName;
use crate::policy::edit;
use crate::policy::join::Joined;
use crate::policy::model::{Mode, column_name};

/// `pgveil rotate status`
#[derive(Args)]
pub struct Arguments {
    /// Only this column (schema.table.column); may be repeated. Default: all that are protected.
    #[arg(long = "column", value_name = "NAME")]
    columns: Vec<String>,
    /// Count by reading every value, and not by asking the server for its count.
    #[arg(long)]
    walk: bool,
}

/// One column's counts.
struct Line {
    column: String,
    domain: String,
    mode: Mode,
    phase: &'static str,
    census: Census,
}

/// Counts and shows.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let material = Material::load(config::load(&common.config)?)?;
    let lines = run_to_end(async {
        let admin = material.admin().await?;
        let joined = material.joined(&admin).await?;
        let only = stored::columns(&joined, &arguments.columns)?;
        let tables = protected_tables(&joined, &only);
        let counted = count(&admin, &tables, arguments.walk).await?;
        Ok(lines(&joined, &tables, counted))
    })?;
    let keyring = material.keyring.keyring();
    if common.json {
        println!("{:#}", value(&lines, keyring, arguments.walk));
    } else {
        print!("{}", report(&lines, keyring));
    }
    Ok(Exit::Done)
}

async fn count(admin: &Admin, tables: &[Table], walk: bool) -> Result<Vec<Vec<Census>>, Failure> {
    if walk {
        let targets = |table: &Table| -> (QualifiedName, Vec<Target>) {
            let targets = table.orders.iter().map(|order| order.target.clone()).collect();
            (table.relation.clone(), targets)
        };
        let tables: Vec<_> = tables.iter().map(targets).collect();
        return Ok(census::walked(admin, &tables).await?);
    }
    let mut all = Vec::new();
    for table in tables {
        let mut counted = Vec::new();
        for order in &table.orders {
            let census = census::asked(admin, &table.relation, &order.target).await;
            counted.push(census.map_err(ConvertError::from)?);
        }
        all.push(counted);
    }
    Ok(all)
}

fn lines(joined: &Joined, tables: &[Table], counted: Vec<Vec<Census>>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (table, counted) in tables.iter().zip(counted) {
        for (order, census) in table.orders.iter().zip(counted) {
            let Some(column) = joined.policy.column(order.target.id) else { continue };
            lines.push(Line {
                column: column_name(&column.relation, &column.column),
                domain: column.domain.clone(),
                mode: column.mode,
                phase: edit::word(column.phase),
                census,
            });
        }
    }
    lines
}

fn state(keyring: &Keyring, kept: Kept) -> String {
    let Some(key) = kept.key() else {
        return match kept {
            Kept::Plain => "no envelope".into(),
            Kept::Randomized(_) | Kept::Deterministic(_) | Kept::Odd => "no known envelope".into(),
        };
    };
    let held = keyring.keys().iter().find(|held| held.id == key).map(|held| held.state.name());
    let destroyed = keyring.tombstones().iter().any(|tomb| tomb.id == key);
    held.map_or_else(|| if destroyed { "destroyed".into() } else { "unknown".into() }, str::to_owned)
}

fn value(lines: &[Line], keyring: &Keyring, walked: bool) -> Value {
    let columns: Vec<Value> = lines
        .iter()
        .map(|line| {
            let counts: Vec<Value> = line
                .census
                .counts
                .iter()
                .map(|(kept, count)| {
                    json!({ "key": kept.key().map(|key| key.to_string()), "state": state(keyring, *kept),
                            "values": count })
                })
                .collect();
            let mode = match line.mode {
                Mode::Randomized => "randomized",
                Mode::Deterministic => "deterministic",
            };
            json!({ "column": line.column, "domain": line.domain, "mode": mode, "phase": line.phase,
                    "values": line.census.total(), "counts": counts })
        })
        .collect();
    let active = keyring.active().map(|key| key.to_string());
    json!({ "schema_version": SCHEMA_VERSION, "active": active, "walked": walked, "columns": columns })
}

fn report(lines: &[Line], keyring: &Keyring) -> String {
    let mut out = match keyring.active() {
        Some(active) => format!("active key {active}\n"),
        None => "no active key\n".to_owned(),
    };
    for line in lines {
        let _written = writeln!(out, "{}  {}  {} values", line.column, line.phase, line.census.total());
        for (kept, count) in &line.census.counts {
            let key = kept.key().map_or("--------".to_owned(), |key| key.to_string());
            let _written = writeln!(out, "  {key}  {:<13} {count:>12}", state(keyring, *kept));
        }
    }
    out
}

impl From<CensusError> for Failure {
    fn from(error: CensusError) -> Failure {
        match error {
            CensusError::Leaf(error) => ConvertError::from(WalkError::from(error)).into(),
            CensusError::Reading(error) => ConvertError::from(error).into(),
            CensusError::Statement(error) => ConvertError::from(error).into(),
        }
    }
}
