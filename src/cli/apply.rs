//! `pgveil apply`: makes the database such that the tagged columns can hold envelopes, and accepts
//! the shape that results.

use clap::Args;
use serde_json::{Value, json};

use super::material::{Material, run_to_end};
use super::{Common, Exit, Failure, Outcome, findings};
use crate::catalog::drift;
use crate::catalog::finding::{Finding, MISSING_TABLE};
use crate::config;
use crate::jobs::apply::{Applied, Proposal, Wishes, apply, propose_with};
use crate::sql::view_lineage;

/// `pgveil apply`
#[derive(Args)]
pub struct Arguments {
    /// Drop CHECKs of the application's own on columns that are tagged; their text is printed.
    #[arg(long)]
    drop_checks: bool,
    /// Longest time that a table with rows may be rewritten under an exclusive lock.
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS")]
    max_lock: f64,
}

/// Says what it will do; does it, unless `--dry-run`.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let mut material = Material::load(config::load(&common.config)?)?;
    let (proposal, applied) = run_to_end(carry_out(&material, arguments, common))?;
    let Some(applied) = applied else {
        return Ok(exit(proposal.blocked));
    };
    let was = material.pin()?;
    let lines = drift::lines(&was, &applied.pin);
    material.accept(&applied.pin, &applied.joined)?;
    if common.json {
        let mut done = value(&proposal);
        done["accepted"] = json!(lines);
        done["findings"] = findings::values(&applied.joined.findings);
        println!("{done:#}");
    } else {
        println!("accepted in {}:", material.pin_path.display());
        lines.iter().for_each(|line| println!("{line}"));
        print!("{}", findings::tree(&applied.joined.catalog, &applied.joined.findings));
    }
    Ok(exit([proposal.blocked, applied.joined.findings].concat()))
}

/// A tagged table that the application's migrations have yet to make through pgveil is nothing that
/// `apply` could mend: it is said, and no fault.
fn exit(mut found: Vec<Finding>) -> Exit {
    let all = found.len();
    found.retain(|finding| finding.code != MISSING_TABLE);
    if found.len() < all {
        eprintln!(
            "a tagged table that does not exist is made through pgveil, with its guards, when a client creates it"
        );
    }
    findings::exit(&found)
}

async fn carry_out(
    material: &Material,
    arguments: &Arguments,
    common: &Common,
) -> Result<(Proposal, Option<Applied>), Failure> {
    let wishes = Wishes { drop_checks: arguments.drop_checks, max_lock: arguments.max_lock };
    let was = material.pin()?;
    let admin = material.admin().await?;
    let proposal = propose_with(&admin, &material.tags, &was, &view_lineage, &wishes).await?;
    if !common.json {
        print(&proposal);
    } else if common.dry_run {
        println!("{:#}", value(&proposal));
    }
    if common.dry_run {
        return Ok((proposal, None));
    }
    let applied = apply(&admin, &material.tags, &proposal, &view_lineage).await?;
    Ok((proposal, Some(applied)))
}

fn value(proposal: &Proposal) -> Value {
    let steps: Vec<_> =
        proposal.steps.iter().map(|step| json!({ "sql": step.sql, "why": step.why })).collect();
    json!({ "steps": steps, "blocked": findings::values(&proposal.blocked) })
}

fn print(proposal: &Proposal) {
    if proposal.steps.is_empty() {
        println!("-- nothing to change in the database");
    }
    for step in &proposal.steps {
        println!("{};  -- {}", step.sql, step.why);
    }
    for finding in &proposal.blocked {
        println!("-- left as it is: {finding}");
    }
}
