//! `pgveil plan`: what tagging changes in the database, what it costs and what it reveals, before
//! anything is done.

use clap::Args;
use serde_json::{Value, json};

use super::material::{Material, run_to_end};
use super::{Common, Failure, Outcome, findings};
use crate::catalog::finding::{Finding, Weight};
use crate::config;
use crate::jobs::apply::{Proposal, propose};
use crate::jobs::plan::Looked;
use crate::policy::model::{Mode, Phase, Policy};
use crate::sql::view_lineage;

/// `pgveil plan`
#[derive(Args)]
pub struct Arguments {
    /// Print only the statements that `apply` would run.
    #[arg(long)]
    sql: bool,
}

/// Prints the plan: 2 if something stands in its way.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let material = Material::load(config::load(&common.config)?)?;
    let proposal = run_to_end(look(&material))?;
    if arguments.sql {
        proposal.steps.iter().for_each(|step| println!("BEGIN; {}; COMMIT;  -- {}", step.sql, step.why));
    } else if common.json {
        println!("{:#}", value(&proposal));
    } else {
        print(&proposal);
    }
    Ok(findings::exit(&proposal.blocked))
}

async fn look(material: &Material) -> Result<Proposal, Failure> {
    let was = material.pin()?;
    let admin = material.admin().await?;
    Ok(propose(&admin, &material.tags, &was, &view_lineage).await?)
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Randomized => "randomized",
        Mode::Deterministic => "deterministic",
    }
}

fn value(proposal: &Proposal) -> Value {
    let column = |column: &Looked| {
        let readers: Vec<Value> = column
            .readers
            .iter()
            .map(|r| json!({ "kind": r.kind.label(), "name": r.name, "fate": r.kind.fate(column.mode) }))
            .collect();
        json!({
            "column": column.name,
            "mode": mode(column.mode),
            "reveals": column.reveals,
            "rows": column.cost.as_ref().map(|cost| cost.rows),
            "bytes": column.cost.as_ref().map(|cost| cost.bytes),
            "grows_by_bytes": column.cost.as_ref().map(|cost| cost.grows_by()),
            "seconds": column.cost.as_ref().map(|cost| cost.seconds().ceil()),
            "distinct": column.cost.as_ref().and_then(|cost| cost.distinct()),
            "longest_bytes": column.cost.as_ref().and_then(|cost| cost.longest()),
            "readers": readers,
        })
    };
    let steps: Vec<Value> =
        proposal.steps.iter().map(|step| json!({ "sql": step.sql, "why": step.why })).collect();
    json!({
        "schema_version": 1,
        "steps": steps,
        "columns": proposal.look.columns.iter().map(column).collect::<Vec<_>>(),
        "blocked": findings::values(&proposal.blocked),
        "findings": findings::values(&proposal.look.findings),
        "exceptions": exceptions(&proposal.policy),
    })
}

/// The one place where a plaintext goes to the server, said wherever the plan is read.
fn exceptions(policy: &Policy) -> Vec<String> {
    let transitional = policy.columns.iter().filter(|column| {
        column.mode == Mode::Deterministic && matches!(column.phase, Phase::Encrypting | Phase::Decrypting)
    });
    transitional
        .map(|column| {
            format!(
                "{}.{}: until its domain has moved, equality with a constant is sent in both forms, the plain \
                 one as a bound parameter",
                column.relation, column.column
            )
        })
        .collect()
}

fn print(proposal: &Proposal) {
    for column in &proposal.look.columns {
        println!("{}  {}", column.name, mode(column.mode));
        println!("  reveals: {}", column.reveals);
        if let Some(cost) = &column.cost {
            let distinct =
                cost.distinct().map(|d| format!(", about {d:.0} distinct values")).unwrap_or_default();
            println!(
                "  about {} rows, {}{distinct}; `encrypt` takes about {:.0} s and adds about {}",
                cost.rows,
                size(cost.bytes),
                cost.seconds().ceil(),
                size(cost.grows_by()),
            );
            if let Some(longest) = cost.longest().filter(|_| column.mode == Mode::Deterministic) {
                println!("  values of up to {longest} bytes fit its index");
            }
        }
        for reader in &column.readers {
            println!("  {} {}: {}", reader.kind.label(), reader.name, reader.kind.fate(column.mode));
        }
    }
    exceptions(&proposal.policy).iter().for_each(|line| println!("plaintext: {line}"));
    match proposal.steps.as_slice() {
        [] => println!("`apply` has nothing to change in the database"),
        steps => {
            println!("`apply` would run, each in a transaction of its own with a lock timeout:");
            steps.iter().for_each(|step| println!("  {};  -- {}", step.sql, step.why));
        }
    }
    for (weight, word) in
        [(Weight::Closes, "in the way"), (Weight::Warning, "warning"), (Weight::Note, "note")]
    {
        let all = proposal.blocked.iter().chain(&proposal.look.findings);
        let mut seen: Vec<&Finding> = Vec::new();
        for finding in all.filter(|finding| finding.weight == weight) {
            if !seen.contains(&finding) {
                println!("{word}: {finding}");
                seen.push(finding);
            }
        }
    }
}

fn size(bytes: i64) -> String {
    const STEP: f64 = 1024.0;
    let mut size = bytes as f64;
    let mut unit = "B";
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if size < STEP {
            break;
        }
        size /= STEP;
        unit = next;
    }
    format!("{size:.0} {unit}")
}
