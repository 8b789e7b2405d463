//! `pgveil serve`: runs the proxy until SIGTERM or SIGINT.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;

use super::keyring::KeyringPlace;
use super::material::Material;
use super::vigil::{SharedKeyring, Vigil};
use super::{Common, Exit, Failure, Outcome};
use crate::config::resolved::{AuthMode, LogFormat};
use crate::config::{self, Config};
use crate::crypto::locked::harden_process;
use crate::observe::log::{self, Form};
use crate::observe::metrics::Metrics;
use crate::policy::load;
use crate::server::auth::secrets::SecretsPlace;
use crate::server::{self, StartError, Watched};
use crate::sql::REASONS;

/// `pgveil serve -c pgveil.toml`
#[derive(Args)]
pub struct Arguments {
    /// Check the configuration, certificates and users, and end.
    #[arg(long)]
    pub check: bool,
}

/// Runs the proxy.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    // ORDER: before a key or a password is read.
    harden_process().map_err(|error| Failure::new(Exit::Failed, error))?;
    let config = config::load(&common.config)?;
    let form = match config.log.format {
        LogFormat::Text => Form::Text,
        LogFormat::Json => Form::Json,
    };
    let level = log::start(form, config.log.level);
    let metrics = Metrics::new(REASONS.iter().map(|reason| reason.0));
    // ORDER: before the first key or password is read.
    harden_process().map_err(|error| Failure::new(Exit::Failed, error))?;
    let offline = arguments.check || common.dry_run;
    let (keyring, vigil) = open(&config, offline, &metrics)?;
    let secrets = match (config.auth.mode, &keyring, &config.auth.upstream_secrets) {
        (AuthMode::Scram, Some(keyring), _) => SecretsPlace::Keyring(keyring.clone()),
        (AuthMode::Scram, None, Some(path)) => SecretsPlace::File(path.clone()),
        (AuthMode::Scram, None, None) | (AuthMode::Relay, ..) => SecretsPlace::Nowhere,
    };
    let (bell, rings) = sync_channel(1);
    let judges = match &vigil {
        Some(vigil) => server::epoch::watching(vigil.epochs(), config.auth.ddl_roles.clone(), bell),
        None => server::epoch::nothing_tagged(),
    };
    let prepared = server::Prepared::new(config, judges, secrets, Watched { metrics, level })?;
    if offline {
        println!("configuration, policy, keys, certificates and users are in order");
        return Ok(Exit::Done);
    }
    let listening = prepared.listen()?;
    let ledger = vigil.as_ref().map(Vigil::ledger);
    if let Some(vigil) = vigil {
        vigil.keep(rings)?;
    }
    listening.serve()?;
    if let Some(ledger) = ledger {
        ledger.lock().unwrap_or_else(PoisonError::into_inner).settle();
    }
    Ok(Exit::Done)
}

/// The keyring, and, if something is tagged, the watch over the shape of the database. Offline, what
/// was accepted is checked and the server not asked.
fn open(
    config: &Config,
    offline: bool,
    metrics: &Arc<Metrics>,
) -> Result<(Option<SharedKeyring>, Option<Vigil>), Failure> {
    let file = config.source.path.display().to_string();
    let tags = load::tags(&file, &config.source.text)?;
    if tags.columns.is_empty() {
        let keyring = match config.keys {
            Some(_) => Some(KeyringPlace::configured(&config.source.path, None)?.open()?),
            None => None,
        };
        return Ok((keyring.map(|keyring| Arc::new(Mutex::new(keyring))), None));
    }
    let mut material = Material::load(config.clone())?;
    // Clients wait for what is stored here; what cannot be now is by the next look.
    material.keyring.waits_for_nobody();
    let pin = material.pin()?;
    if offline {
        return Ok((Some(Arc::new(Mutex::new(material.keyring))), None));
    }
    let vigil = Vigil::begin(material, pin, metrics)?;
    Ok((Some(vigil.keyring()), Some(vigil)))
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
