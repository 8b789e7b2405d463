//! `pgveil keys`: the keyring.
//!
//! Knows the verbs and how a keyring is shown. [`super::keyring`] opens and changes it.

mod custody;
mod retire;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::keyring::KeyringPlace;
use super::{Common, Exit, Failure, Outcome};
use crate::crypto::keyring::ChangeError;
use crate::crypto::nonces::fill_random;
use crate::crypto::{KeyId, Keyring, KeyringError};
use show::{facts, facts_of, now, report, show};

/// `pgveil keys VERB`
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
    /// The keyring, in place of `keys.keyring` of the configuration.
    #[arg(long, global = true, value_name = "FILE", requires = "unlock")]
    keyring: Option<PathBuf>,
    /// What opens it, in place of `keys.unlock`.
    #[arg(long, global = true, value_name = "HOW", requires = "keyring")]
    unlock: Option<String>,
    /// Accept this older generation.
    #[arg(long, global = true, value_name = "N")]
    accept_generation: Option<u64>,
}

#[derive(Subcommand)]
enum Verb {
    /// Make a keyring with one active key, and a root key if there is none.
    New,
    /// Show keys, their states, and the deterministic domains.
    List,
    /// Add a key: pending, it opens and does not seal yet.
    Add,
    /// Make a key the active one; the active one then only opens.
    Promote(One),
    /// A key no longer opens anything.
    Disable(retire::DisableArguments),
    /// A disabled key opens again.
    Enable(One),
    /// A disabled key under which nothing is stored any more is gone for ever.
    Destroy(retire::DestroyArguments),
    /// Add or remove a way to open the keyring, without touching data.
    Rewrap(custody::RewrapArguments),
    /// Make shares for custodians, of whom some together can open the keyring.
    Split(custody::SplitArguments),
    /// Open the keyring with the custodians' shares.
    Combine(custody::CombineArguments),
    /// Copy the keyring, and show that the copy opens.
    Backup(custody::BackupArguments),
    /// Print what may be shown to an auditor: ids, states and check values, no key.
    ExportPublicInfo,
}

#[derive(Args)]
struct One {
    /// Eight hex digits, as `keys list` shows them.
    #[arg(value_parser = key_id)]
    key: KeyId,
}

fn key_id(text: &str) -> Result<KeyId, String> {
    KeyId::parse(text).ok_or_else(|| "eight hex digits are expected".to_owned())
}

/// Carries the verb out.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let accepted = arguments.accept_generation;
    let place = match (&arguments.keyring, &arguments.unlock) {
        (Some(keyring), Some(unlock)) => KeyringPlace::given(keyring, unlock, accepted)?,
        (Some(_) | None, Some(_) | None) => KeyringPlace::configured(&common.config, accepted)?,
    };
    match &arguments.verb {
        Verb::New => make(&place, common),
        Verb::List => {
            let file = place.open()?;
            show(&file, common.json);
            Ok(Exit::Done)
        }
        Verb::ExportPublicInfo => {
            println!("{:#}", facts(&place.open()?));
            Ok(Exit::Done)
        }
        Verb::Add => {
            let now = now();
            change(&place, common, |keyring| keyring.with_new_key(now, &mut fill_random))
        }
        Verb::Promote(one) => change(&place, common, |keyring| keyring.with_promoted(one.key)),
        Verb::Disable(arguments) => retire::disable(arguments, &place, common),
        Verb::Destroy(destroy) if arguments.keyring.is_none() => retire::destroy(destroy, &place, common),
        Verb::Destroy(_) => {
            let why = "a census is of a database: destroy needs a configuration, not --keyring";
            Err(Failure::said(Exit::Usage, why))
        }
        Verb::Rewrap(arguments) => custody::rewrap(arguments, &place, common),
        Verb::Split(arguments) => custody::split(arguments, &place, common),
        Verb::Combine(arguments) => custody::combine(arguments, &place, common),
        Verb::Backup(arguments) => custody::backup(arguments, &place, common),
        Verb::Enable(one) => change(&place, common, |keyring| keyring.with_enabled(one.key)),
    }
}

fn make(place: &KeyringPlace, common: &Common) -> Outcome {
    // ORDER: before a root key is made or asked for.
    if place.path().exists() {
        return Err(KeyringError::Exists(place.path().to_owned()).into());
    }
    if common.dry_run {
        println!("would make {}", place.path().display());
        return Ok(Exit::Done);
    }
    show(&place.make(now())?, common.json);
    Ok(Exit::Done)
}

fn change(
    place: &KeyringPlace,
    common: &Common,
    change: impl FnOnce(&Keyring) -> Result<Keyring, ChangeError>,
) -> Outcome {
    let mut file = place.open()?;
    if common.dry_run {
        let next = change(file.keyring()).map_err(KeyringError::from)?;
        if !common.json {
            println!("would become:");
        }
        println!("{}", report(&facts_of(&file, &next), common.json));
        return Ok(Exit::Done);
    }
    place.change(&mut file, |keyring| change(keyring).map(Some))?;
    show(&file, common.json);
    Ok(Exit::Done)
}
