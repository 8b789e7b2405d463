//! `pgveil keys`: the keyring.
//!
//! Every change raises `keys.min_generation` in the configuration, so that an older keyring put
//! back is noticed also on a machine that keeps no state.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Common, Exit, Failure, Outcome, prompt};
use crate::config;
use crate::crypto::generations::Generations;
use crate::crypto::keyring::ChangeError;
use crate::crypto::nonces::fill_random;
use crate::crypto::unlock::{KdfCost, UnlockReference};
use crate::crypto::{KeyId, Keyring, KeyringError, KeyringFile};

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
    Disable(One),
    /// A disabled key opens again.
    Enable(One),
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
    let place = Place::of(arguments, common)?;
    match &arguments.verb {
        Verb::New => place.make(common),
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
            place.change(common, |keyring| keyring.with_new_key(now, &mut fill_random))
        }
        Verb::Promote(one) => place.change(common, |keyring| keyring.with_promoted(one.key)),
        Verb::Disable(one) => place.change(common, |keyring| keyring.with_disabled(one.key)),
        Verb::Enable(one) => place.change(common, |keyring| keyring.with_enabled(one.key)),
    }
}

/// Which keyring, what opens it, and what its generation must be.
struct Place {
    keyring: PathBuf,
    unlock: UnlockReference,
    generations: Generations,
    /// Whose `keys.min_generation` is raised.
    config: Option<PathBuf>,
}

impl Place {
    fn of(arguments: &Arguments, common: &Common) -> Result<Self, Failure> {
        let accepted = arguments.accept_generation;
        let state_dir = std::env::var_os("STATE_DIRECTORY").map(PathBuf::from);
        if let (Some(keyring), Some(unlock)) = (&arguments.keyring, &arguments.unlock) {
            let unlock = UnlockReference::parse(unlock, Path::new(""))?;
            let generations = Generations { state_dir, min: 0, accepted };
            return Ok(Place { keyring: keyring.clone(), unlock, generations, config: None });
        }
        let keys = config::load(&common.config)?.keys.ok_or_else(|| {
            let file = common.config.display();
            Failure::said(Exit::Usage, format!("{file}: no [keys]; give --keyring and --unlock"))
        })?;
        let base = common.config.parent().unwrap_or(Path::new(""));
        let unlock = UnlockReference::parse(&keys.unlock, base)?;
        let generations = Generations { state_dir, min: keys.min_generation, accepted };
        Ok(Place { keyring: keys.keyring, unlock, generations, config: Some(common.config.clone()) })
    }

    fn open(&self) -> Result<KeyringFile, Failure> {
        let unlock = self.unlock.fetch(&mut || prompt::passphrase("Passphrase of the keyring"))?;
        let file = KeyringFile::open(&self.keyring, &unlock)?;
        self.generations.admit(file.keyring())?;
        Ok(file)
    }

    fn make(&self, common: &Common) -> Outcome {
        // ORDER: before a root key is made or asked for.
        if self.keyring.exists() {
            return Err(KeyringError::Exists(self.keyring.clone()).into());
        }
        if common.dry_run {
            println!("would make {}", self.keyring.display());
            return Ok(Exit::Done);
        }
        let unlock = self.unlock.fetch_or_make(&mut prompt::new_passphrase, &mut fill_random)?;
        let keyring = Keyring::new(now(), &mut fill_random).map_err(KeyringError::from)?;
        let file = KeyringFile::create(&self.keyring, keyring, &unlock, KdfCost::DEFAULT, &mut fill_random)?;
        self.generations.admit(file.keyring())?;
        self.raise(file.keyring().generation());
        show(&file, common.json);
        Ok(Exit::Done)
    }

    fn change(
        &self,
        common: &Common,
        change: impl FnOnce(&Keyring) -> Result<Keyring, ChangeError>,
    ) -> Outcome {
        let mut file = self.open()?;
        if common.dry_run {
            let next = change(file.keyring()).map_err(KeyringError::from)?;
            if !common.json {
                println!("would become:");
            }
            println!("{}", report(&facts_of(file.path(), &next), common.json));
            return Ok(Exit::Done);
        }
        file.change(change)?;
        let generations = Generations { accepted: None, ..self.generations.clone() };
        generations.admit(file.keyring())?;
        self.raise(file.keyring().generation());
        show(&file, common.json);
        Ok(Exit::Done)
    }

    /// The change itself is durable by now, so a configuration that cannot be written is a warning.
    fn raise(&self, generation: u64) {
        let Some(config) = &self.config else { return };
        if let Err(error) = raise_min_generation(config, generation) {
            let file = config.display();
            eprintln!("pgveil: {file}: set keys.min_generation = {generation} by hand: {error}");
        }
    }
}

/// Sets `keys.min_generation`, leaving everything else in the file as it is.
fn raise_min_generation(config: &Path, generation: u64) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(config)?;
    let mut document: toml_edit::DocumentMut = text.parse()?;
    document["keys"]["min_generation"] = toml_edit::value(i64::try_from(generation)?);
    let mut temporary = config.as_os_str().to_owned();
    temporary.push(".new");
    std::fs::write(&temporary, document.to_string())?;
    std::fs::set_permissions(&temporary, std::fs::metadata(config)?.permissions())?;
    std::fs::File::open(&temporary)?.sync_all()?;
    std::fs::rename(&temporary, config)?;
    Ok(())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn show(file: &KeyringFile, json: bool) {
    println!("{}", report(&facts(file), json));
}

fn facts(file: &KeyringFile) -> Value {
    facts_of(file.path(), file.keyring())
}

/// Everything about a keyring that is no secret.
fn facts_of(path: &Path, keyring: &Keyring) -> Value {
    let sealed_with = |key| -> Vec<&str> {
        keyring.domains().filter(|(_, domain)| domain.key == key).map(|(name, _)| name).collect()
    };
    let keys: Vec<Value> = keyring
        .keys()
        .iter()
        .map(|key| {
            json!({ "id": key.id.to_string(), "state": key.state.name(), "created": date(key.created),
                    "check": hex(&key.check), "domains": sealed_with(key.id) })
        })
        .collect();
    let destroyed: Vec<Value> = keyring
        .tombstones()
        .iter()
        .map(|tomb| {
            json!({ "id": tomb.id.to_string(), "destroyed": date(tomb.destroyed), "check": hex(&tomb.check) })
        })
        .collect();
    json!({ "keyring": path.display().to_string(), "realm": hex(keyring.realm()),
            "generation": keyring.generation(), "keys": keys, "destroyed": destroyed,
            "policy_digest": keyring.policy_digest().map(|digest| hex(digest)),
            "pin_digest": keyring.pin_digest().map(|digest| hex(digest)),
            "users": keyring.users().collect::<Vec<_>>() })
}

/// For people: one line a key. For machines: the facts.
fn report(facts: &Value, json: bool) -> String {
    if json {
        return format!("{facts:#}");
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![format!(
        "{}  realm {}  generation {}",
        text(&facts["keyring"]),
        text(&facts["realm"]),
        facts["generation"]
    )];
    for key in facts["keys"].as_array().into_iter().flatten() {
        let domains: Vec<String> = key["domains"].as_array().into_iter().flatten().map(text).collect();
        let seals =
            if domains.is_empty() { String::new() } else { format!("  seals {}", domains.join(", ")) };
        lines.push(format!(
            "{}  {:<12}  {}{seals}",
            text(&key["id"]),
            text(&key["state"]),
            text(&key["created"])
        ));
    }
    for tomb in facts["destroyed"].as_array().into_iter().flatten() {
        lines.push(format!("{}  {:<12}  {}", text(&tomb["id"]), "destroyed", text(&tomb["destroyed"])));
    }
    lines.join("\n")
}

fn date(seconds: u64) -> String {
    let stamp = i64::try_from(seconds).ok().and_then(|s| jiff::Timestamp::from_second(s).ok());
    stamp.map_or_else(|| seconds.to_string(), |stamp| stamp.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl From<KeyringError> for Failure {
    fn from(error: KeyringError) -> Failure {
        let exit = match &error {
            KeyringError::Busy(_) => Exit::Locked,
            KeyringError::Reference(_) => Exit::Usage,
            KeyringError::Change(_) | KeyringError::Exists(_) => Exit::Failed,
            KeyringError::Missing(_)
            | KeyringError::Io { .. }
            | KeyringError::Permissions { .. }
            | KeyringError::Shape(_)
            | KeyringError::Damaged
            | KeyringError::Content(_)
            | KeyringError::WrongRootKey
            | KeyringError::WrongPassphrase
            | KeyringError::KdfBounds(_)
            | KeyringError::RootKeyText(_)
            | KeyringError::NotInEnvironment(_)
            | KeyringError::Older { .. }
            | KeyringError::Memory(_)
            | KeyringError::Randomness(_) => Exit::Keys,
        };
        Failure::new(exit, error)
    }
}
