//! What stays behind in the clear, shown; and `pgveil scrub`, which does what can be done about it.

use clap::Args;
use serde_json::{Value, json};

use super::material::{Material, run_to_end};
use super::stored::{self, SCHEMA_VERSION};
use super::{Common, Exit, Failure, Outcome};
use crate::config;
use crate::jobs::admin::Admin;
use crate::jobs::convert::{Table, protected_tables};
use crate::jobs::leaves::LeafError;
use crate::jobs::remains::{self, Remain};
use crate::jobs::walk::WalkError;

/// `pgveil scrub`
#[derive(Args)]
pub struct Arguments {
    /// Only this column (schema.table.column); may be repeated. Default: all that are encrypted.
    #[arg(long = "column", value_name = "NAME")]
    columns: Vec<String>,
    /// Rewrite each table (VACUUM FULL): nothing old is left in its file, and nobody can use it
    /// meanwhile.
    #[arg(long)]
    full: bool,
}

/// Vacuums, has the statistics forget, and prints what only time can do.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let material = Material::load(config::load(&common.config)?)?;
    let (done, left) = run_to_end(async {
        let admin = material.admin().await?;
        let joined = material.joined(&admin).await?;
        let only = stored::columns(&joined, &arguments.columns)?;
        let tables = protected_tables(&joined, &only);
        let done = match common.dry_run {
            true => Vec::new(),
            false => remains::scrub(&admin, &tables, arguments.full).await.map_err(failed)?,
        };
        Ok((done, of(&admin, &tables).await?))
    })?;
    if common.json {
        let value = json!({ "schema_version": SCHEMA_VERSION, "done": done, "remains": values(&left) });
        println!("{value:#}");
    } else {
        done.iter().for_each(|statement| println!("{statement}"));
        print!("{}", report(&left));
    }
    Ok(Exit::Done)
}

/// See [`remains::of`].
pub async fn of(admin: &Admin, tables: &[Table]) -> Result<Vec<Remain>, Failure> {
    remains::of(admin, tables).await.map_err(failed)
}

fn failed(error: LeafError) -> Failure {
    crate::jobs::convert::ConvertError::from(WalkError::from(error)).into()
}

/// For a program.
pub fn values(remains: &[Remain]) -> Value {
    let value = |one: &Remain| {
        let relation = one.relation.as_ref().map(ToString::to_string);
        json!({ "kind": one.kind, "relation": relation, "what": one.what, "remedy": one.remedy })
    };
    remains.iter().map(value).collect()
}

/// For a person.
pub fn report(remains: &[Remain]) -> String {
    let mut out = String::from("what stays behind in the clear:\n");
    for one in remains {
        let place = one.relation.as_ref().map(|relation| format!("{relation}: ")).unwrap_or_default();
        out += &format!("  {place}{}\n    {}\n", one.what, one.remedy);
    }
    out
}
