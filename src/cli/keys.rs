//! `pgveil keys`: the keyring.
//!
//! Knows the verbs and how a keyring is shown. [`super::keyring`] opens and changes it.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::keyring::KeyringPlace;
use super::{Common, Exit, Outcome};
use crate::crypto::keyring::ChangeError;
use crate::crypto::nonces::fill_random;
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
        Verb::Disable(one) => change(&place, common, |keyring| keyring.with_disabled(one.key)),
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
        println!("{}", report(&facts_of(file.path(), &next), common.json));
        return Ok(Exit::Done);
    }
    place.change(&mut file, |keyring| change(keyring).map(Some))?;
    show(&file, common.json);
    Ok(Exit::Done)
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
        keyring.domains().filter(|(_, domain)| domain.uses(key)).map(|(name, _)| name).collect()
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
