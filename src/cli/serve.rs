//! `pgveil serve`: runs the proxy until SIGTERM or SIGINT.

use std::sync::{Arc, Mutex};

use clap::Args;

use super::keyring::KeyringPlace;
use super::{Common, Exit, Failure, Outcome};
use crate::config;
use crate::config::resolved::{AuthMode, LogFormat};
use crate::observe::log::{self, Form};
use crate::server::auth::secrets::SecretsPlace;
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
    let keyring = match config.keys {
        Some(_) => Some(Arc::new(Mutex::new(KeyringPlace::configured(&config.source.path, None)?.open()?))),
        None => None,
    };
    let secrets = match (config.auth.mode, &keyring, &config.auth.upstream_secrets) {
        (AuthMode::Scram, Some(keyring), _) => SecretsPlace::Keyring(keyring.clone()),
        (AuthMode::Scram, None, Some(path)) => SecretsPlace::File(path.clone()),
        (AuthMode::Scram, None, None) | (AuthMode::Relay, ..) => SecretsPlace::Nowhere,
    };
    let prepared = server::Prepared::new(config, server::epoch::nothing_tagged(), secrets)?;
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
