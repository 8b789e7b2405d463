//! `pgveil serve`: runs the proxy until SIGTERM or SIGINT.

use clap::Args;

use super::{Common, Exit, Failure, Outcome};
use crate::config;
use crate::config::resolved::LogFormat;
use crate::observe::log::{self, Form};
use crate::server::{self, StartError};

/// `pgveil serve -c pgveil.toml`
#[derive(Args)]
pub struct Arguments {
    /// Check the configuration, certificates and users, and end.
    #[arg(long)]
    pub check: bool,
}

/// Runs the proxy.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let config = config::load(&common.config)?;
    let form = match config.log.format {
        LogFormat::Text => Form::Text,
        LogFormat::Json => Form::Json,
    };
    log::start(form, config.log.level);
    let prepared = server::Prepared::new(config, server::epoch::nothing_tagged())?;
    if arguments.check || common.dry_run {
        println!("configuration, certificates and users are in order");
        return Ok(Exit::Done);
    }
    prepared.listen()?.serve()?;
    Ok(Exit::Done)
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Failure {
        let exit = match &error {
            StartError::Setting(_) => Exit::Usage,
            StartError::Listen { .. } | StartError::System(_) => Exit::Failed,
        };
        Failure::new(exit, error)
    }
}
