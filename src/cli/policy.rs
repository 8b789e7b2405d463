//! `pgveil policy accept`: from now on this is the policy.

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::json;

use super::material::Material;
use super::{Common, Exit, Failure, Outcome};
use crate::config;
use crate::policy::canonical;
use crate::policy::load;
use crate::policy::model::{Mode, Phase, Tag};

/// `pgveil policy VERB`
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Accept the policy as it is written now. Domains that are not written are written out.
    Accept,
}

/// Carries the verb out.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    match arguments.verb {
        Verb::Accept => accept(common),
    }
}

fn accept(common: &Common) -> Outcome {
    let mut material = Material::load(config::load(&common.config)?)?;
    let digest: String = canonical::digest(&material.tags).iter().map(|b| format!("{b:02x}")).collect();
    if common.json {
        let columns: Vec<String> = material.tags.columns.iter().map(line).collect();
        println!("{:#}", json!({ "columns": columns, "digest": digest }));
    } else {
        material.tags.columns.iter().for_each(|tag| println!("{}", line(tag)));
        println!("digest {digest}");
    }
    if common.dry_run {
        return Ok(Exit::Done);
    }
    let file = material.config.source.path.clone();
    if let Some(text) = load::with_domains(&material.config.source.text) {
        write_out(&file, &text).map_err(|error| {
            let file = file.display();
            Failure::said(Exit::Failed, format!("{file}: cannot write out the domains: {error}"))
        })?;
        eprintln!("wrote out the domains in {}: a renamed column keeps its domain", file.display());
    }
    material.accept_policy()?;
    eprintln!("accepted; next: `pgveil catalog diff`");
    Ok(Exit::Done)
}

fn line(tag: &Tag) -> String {
    let mode = match tag.mode {
        Mode::Randomized => "randomized",
        Mode::Deterministic => "deterministic",
    };
    let phase = match tag.phase {
        Phase::Plain => "plain",
        Phase::Encrypting => "encrypting",
        Phase::Encrypted => "encrypted",
        Phase::Decrypting => "decrypting",
    };
    let was = if tag.formerly.is_some() { ", redeclared" } else { "" };
    format!("{}  {mode}, domain {}, {phase}{was}", tag.name(), tag.domain)
}

/// Temporary file beside, then rename: a crash leaves the old or the new file.
fn write_out(file: &Path, text: &str) -> std::io::Result<()> {
    let mut temporary = file.as_os_str().to_owned();
    temporary.push(".new");
    std::fs::write(&temporary, text)?;
    std::fs::set_permissions(&temporary, std::fs::metadata(file)?.permissions())?;
    std::fs::File::open(&temporary)?.sync_all()?;
    std::fs::rename(&temporary, file)
}
