//! `pgveil catalog diff` and `accept`: the pinned shape of everything that holds protected columns.

use clap::{Args, Subcommand};
use serde_json::json;

use super::material::{Material, run_to_end};
use super::{Common, Exit, Failure, Outcome, findings};
use crate::catalog::drift;
use crate::catalog::pin::Pin;
use crate::config;
use crate::jobs::accepted;
use crate::policy::join::{Joined, join, take};
use crate::sql::view_lineage;

/// `pgveil catalog VERB`
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Show how the database differs from what was accepted; ends with 2 if it does.
    Diff,
    /// Accept the database's shape as it is now.
    Accept {
        /// Take nothing from an earlier pgveil.lock, also if it is damaged or lost. Columns that
        /// `apply` has widened are then shown to clients as text, unless their `type` is written.
        #[arg(long)]
        anew: bool,
    },
}

/// What there is to accept.
struct Shown {
    pin: Pin,
    joined: Joined,
    lines: Vec<String>,
}

/// Carries the verb out.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let mut material = Material::load(config::load(&common.config)?)?;
    match arguments.verb {
        Verb::Diff => {
            let shown = run_to_end(look(&material, material.pin()?))?;
            print(&shown, common);
            let differs = !shown.lines.is_empty();
            Ok(if differs { Exit::Findings } else { findings::exit(&shown.joined.findings) })
        }
        Verb::Accept { anew } => {
            accepted::policy(&material.tags, material.keyring.keyring())?;
            let was = if anew { Pin::empty() } else { material.pin()? };
            let shown = run_to_end(look(&material, was))?;
            print(&shown, common);
            if !common.dry_run {
                material.accept(&shown.pin, &shown.joined)?;
                eprintln!("accepted: {}", material.pin_path.display());
            }
            Ok(findings::exit(&shown.joined.findings))
        }
    }
}

async fn look(material: &Material, was: Pin) -> Result<Shown, Failure> {
    let live = material.admin().await?.live().await?;
    let pin = take(&material.tags, &was, &live, &view_lineage);
    let joined = join(&material.tags, &pin, &live, &view_lineage);
    Ok(Shown { lines: drift::lines(&was, &pin), pin, joined })
}

fn print(shown: &Shown, common: &Common) {
    if common.json {
        let findings = findings::values(&shown.joined.findings);
        println!("{:#}", json!({ "changes": shown.lines, "findings": findings }));
        return;
    }
    match shown.lines.as_slice() {
        [] => println!("nothing has changed since it was accepted"),
        lines => lines.iter().for_each(|line| println!("{line}")),
    }
    print!("{}", findings::tree(&shown.joined.catalog, &shown.joined.findings));
}
