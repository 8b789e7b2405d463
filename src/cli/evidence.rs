//! The evidence file: what a proof has found, dated and signed by the realm.
//!
//! Knows JSON. What is signed is the `evidence` object as compact JSON with its members in the order
//! of the file, so that the file can be read, printed and checked anywhere.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Exit, Failure};
use crate::crypto::evidence::{Signer, is_signed};
use crate::crypto::{Keyring, evidence};

/// Where the evidence of a configuration goes if nothing else is said.
pub fn default_path(config: &Path, stamp: &str) -> PathBuf {
    let compact: String = stamp.chars().filter(|c| !matches!(c, ':' | '-')).collect();
    let short = compact.split('.').next().unwrap_or(&compact).trim_end_matches('Z');
    config.with_file_name("evidence").join(format!("verify-{short}Z.json"))
}

/// Signs and writes.
///
/// # Errors
/// A file that cannot be written, or is there already.
pub fn write(path: &Path, content: &Value, keyring: &Keyring) -> Result<(), Failure> {
    let signer = Signer::of(keyring).map_err(|error| Failure::new(Exit::Keys, error))?;
    let failed = |error: evidence::NoSigningKey| Failure::new(Exit::Keys, error);
    let signature = signer.sign(content.to_string().as_bytes()).map_err(failed)?;
    let file = json!({
        "evidence": content,
        "algorithm": "Ed25519 over the compact JSON of `evidence`",
        "public_key": hex(&signer.public().map_err(failed)?),
        "signature": hex(&signature),
    });
    let shown = path.display();
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory)?;
    }
    let mut new = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| Failure::said(Exit::Failed, format!("{shown}: {error}")))?;
    std::io::Write::write_all(&mut new, format!("{file:#}\n").as_bytes())?;
    Ok(new.sync_all()?)
}

/// The public key of a realm, as `keys export-public-info` shows it.
///
/// # Errors
/// If the library refuses.
pub fn public_key(keyring: &Keyring) -> Result<String, Failure> {
    let signer = Signer::of(keyring).map_err(|error| Failure::new(Exit::Keys, error))?;
    Ok(hex(&signer.public().map_err(|error| Failure::new(Exit::Keys, error))?))
}

/// The content of an evidence file that the holder of `public_key` (hex) has signed.
///
/// # Errors
/// REFUSES: another key, a changed content, anything that is no evidence file.
pub fn checked(path: &Path, public_key: &str) -> Result<Value, Failure> {
    let shown = path.display();
    let found = |what: &str| Failure::said(Exit::Findings, format!("{shown}: {what}"));
    let text =
        std::fs::read_to_string(path).map_err(|e| Failure::said(Exit::Failed, format!("{shown}: {e}")))?;
    let file: Value = serde_json::from_str(&text).map_err(|_| found("not an evidence file"))?;
    let member = |name: &str| file.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let public =
        unhex(public_key).ok_or_else(|| Failure::said(Exit::Usage, "the public key is no hex text"))?;
    if !member("public_key").eq_ignore_ascii_case(public_key) {
        return Err(found("it is signed with another key"));
    }
    let content = file.get("evidence").ok_or_else(|| found("not an evidence file"))?;
    let signature = unhex(&member("signature")).ok_or_else(|| found("its signature is no hex text"))?;
    if !is_signed(&public, content.to_string().as_bytes(), &signature) {
        return Err(found("its signature does not match: it was changed after it was signed"));
    }
    Ok(content.clone())
}

/// Two lower-case digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    bytes.chunks_exact(2).map(pair).collect()
}
