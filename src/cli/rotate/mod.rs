//! `pgveil rotate`: values are sealed under a new key while they are in use.

mod cancel;
mod data;
mod root;
mod status;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::stored::pause_file;
use super::{Common, Exit, Failure, Outcome};
use crate::config;

/// `pgveil rotate VERB`
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Seal every stored value under a new data key; goes on where an earlier run ended.
    Data(data::Arguments),
    /// Turn a deterministic domain back whose run was stopped before it rewrote anything.
    Cancel(cancel::Arguments),
    /// Give the keyring a new file key; data stays as it is.
    Root(root::Arguments),
    /// Show how many values there are under each key.
    Status(status::Arguments),
    /// Have the jobs of this configuration wait between two batches.
    Pause,
    /// Let them go on.
    Resume,
}

/// Carries the verb out.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    match &arguments.verb {
        Verb::Data(arguments) => data::run(arguments, common),
        Verb::Cancel(arguments) => cancel::run(arguments, common),
        Verb::Root(arguments) => root::run(arguments, common),
        Verb::Status(arguments) => status::run(arguments, common),
        Verb::Pause => pause(common),
        Verb::Resume => resume(common),
    }
}

/// REFUSES: a configuration that is none, or jobs of another one would go on unnoticed.
fn beside_config(common: &Common) -> Result<PathBuf, Failure> {
    config::load(&common.config)?;
    Ok(pause_file(&common.config))
}

fn pause(common: &Common) -> Outcome {
    let file = beside_config(common)?;
    if !common.dry_run {
        std::fs::write(&file, "jobs of this configuration wait: see `pgveil rotate resume`\n")?;
    }
    println!("jobs wait after the batch at hand ({})", file.display());
    Ok(Exit::Done)
}

fn resume(common: &Common) -> Outcome {
    let file = beside_config(common)?;
    match file.exists() {
        true if !common.dry_run => std::fs::remove_file(&file)?,
        true | false => {}
    }
    println!("jobs go on");
    Ok(Exit::Done)
}
