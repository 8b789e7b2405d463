//! `pgveil users`

use clap::Args;

use super::{Common, Exit, Outcome};

/// `pgveil users add NAME`
#[derive(Args)]
pub struct Arguments {}

/// Writes the files.
pub fn run(_: &Arguments, _: &Common) -> Outcome {
    Ok(Exit::Done)
}
