//! How a keyring is shown: for people a line a key, for machines everything that is no secret.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::cli::evidence;
use crate::crypto::keyring::{DataKey, KEY_AGE};
use crate::crypto::unlock::Stanza;
use crate::crypto::{Keyring, KeyringFile};

/// Prints it.
pub fn show(file: &KeyringFile, json: bool) {
    println!("{}", report(&facts(file), json));
}

/// Everything about a keyring file that is no secret.
pub fn facts(file: &KeyringFile) -> Value {
    facts_of(file, file.keyring())
}

/// As [`facts`], of what the keyring would be.
pub fn facts_of(file: &KeyringFile, keyring: &Keyring) -> Value {
    let sealed_with = |key| -> Vec<&str> {
        keyring.domains().filter(|(_, domain)| domain.uses(key)).map(|(name, _)| name).collect()
    };
    let keys: Vec<Value> = keyring
        .keys()
        .iter()
        .map(|key| {
            json!({ "id": key.id.to_string(), "state": key.state.name(), "created": date(key.created),
                    "check": hex(&key.check), "domains": sealed_with(key.id),
                    "compromised": key.compromised.map(date), "warning": warning(keyring, key, now()) })
        })
        .collect();
    let destroyed: Vec<Value> = keyring
        .tombstones()
        .iter()
        .map(|tomb| {
            json!({ "id": tomb.id.to_string(), "destroyed": date(tomb.destroyed), "check": hex(&tomb.check) })
        })
        .collect();
    let windows: Vec<Value> = keyring
        .domains()
        .filter_map(|(name, domain)| domain.window.map(|window| (name, window)))
        .map(|(name, window)| {
            json!({ "domain": name, "from": window.from.to_string(), "to": window.to.to_string(),
                    "moved": window.moved })
        })
        .collect();
    let opened_by: Vec<String> = file.stanzas().iter().map(Stanza::label).collect();
    json!({ "keyring": file.path().display().to_string(), "realm": hex(keyring.realm()),
            "generation": keyring.generation(), "keys": keys, "destroyed": destroyed,
            "policy_digest": keyring.policy_digest().map(|digest| hex(digest)),
            "evidence_public_key": evidence::public_key(keyring).ok(),
            "pin_digest": keyring.pin_digest().map(|digest| hex(digest)),
            "users": keyring.users().collect::<Vec<_>>(),
            "opened_by": opened_by, "windows": windows })
}

/// For people: one line a key. For machines: the facts.
pub fn report(facts: &Value, json: bool) -> String {
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
        if let Some(warning) = key["warning"].as_str() {
            lines.push(format!("          {warning}"));
        }
    }
    for tomb in facts["destroyed"].as_array().into_iter().flatten() {
        lines.push(format!("{}  {:<12}  {}", text(&tomb["id"]), "destroyed", text(&tomb["destroyed"])));
    }
    for window in facts["windows"].as_array().into_iter().flatten() {
        let moved = if window["moved"] == true { "moved" } else { "not moved yet" };
        let [domain, from, to] = ["domain", "from", "to"].map(|field| text(&window[field]));
        lines.push(format!("window    {domain}: {from} to {to}, {moved}"));
    }
    for (number, stanza) in facts["opened_by"].as_array().into_iter().flatten().enumerate() {
        lines.push(format!("opened by {}  {}", number + 1, text(stanza)));
    }
    lines.join("\n")
}

/// What the operator should do about a key that still seals, if anything.
fn warning(keyring: &Keyring, key: &DataKey, now: u64) -> Option<String> {
    let seals = keyring.active() == Some(key.id) || keyring.domains().any(|(_, domain)| domain.uses(key.id));
    let months = now.saturating_sub(key.created) / (KEY_AGE / 12);
    match key.compromised {
        Some(_) => Some("compromised: run `pgveil rotate data`, then disable and destroy it".to_owned()),
        None if seals && now.saturating_sub(key.created) >= KEY_AGE => {
            Some(format!("{months} months old: add a key, promote it and run `pgveil rotate data`"))
        }
        None => None,
    }
}

/// Seconds since 1970-01-01 UTC.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// As RFC 3339 has it.
pub fn date(seconds: u64) -> String {
    let stamp = i64::try_from(seconds).ok().and_then(|s| jiff::Timestamp::from_second(s).ok());
    stamp.map_or_else(|| seconds.to_string(), |stamp| stamp.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
