//! The keyring: where it lies, whether it opens, how old its keys are.

use std::time::{SystemTime, UNIX_EPOCH};

use super::local::writable;
use super::tree::{Check, Section};
use crate::cli::material::Material;
use crate::cli::uses::Uses;
use crate::config::Config;
use crate::crypto::keyring::KeyState;
use crate::crypto::store::is_ours_alone;

const MONTH: u64 = 30 * 86_400;

/// The checks, and the material if it opens.
pub fn section(config: &Config) -> (Section, Option<Material>) {
    let mut section = Section::new("keys");
    let Some(keys) = &config.keys else {
        section.add(Check::note("no [keys]: a plain relay"));
        return (section, None);
    };
    section.add(writable(&keys.keyring));
    if let Some(root) = keys.unlock.strip_prefix("file:") {
        let path = config.source.path.parent().map(|base| base.join(root)).unwrap_or_else(|| root.into());
        section.add(match std::fs::metadata(&path) {
            Ok(metadata) if !is_ours_alone(&metadata).unwrap_or(false) => Check::failure(
                format!("{} can be read by others", path.display()),
                format!("chmod 600 {}", path.display()),
            ),
            Ok(_) => Check::success(format!("{} is read by its owner only", path.display())),
            Err(error) => {
                Check::failure(format!("{}: {error}", path.display()), "restore it from its backup")
            }
        });
        if path.parent() == keys.keyring.parent() {
            section.add(Check::warning(
                "the keyring and what opens it lie in one directory: one backup holds both",
                "keep them apart, or unlock by a passphrase, an HSM or Vault",
            ));
        }
    }
    let material = match Material::load(config.clone()) {
        Ok(material) => material,
        Err(error) => {
            section.add(Check::failure(error.to_string(), "docs/runbooks says what to do about a lost key"));
            return (section, None);
        }
    };
    let keyring = material.keyring.keyring();
    section.add(Check::success(format!("the keyring opens, generation {}", keyring.generation())));
    if keys.min_generation == 0 {
        section.add(Check::warning(
            "keys.min_generation is not set: an older keyring that is put back is not noticed",
            "any `pgveil keys` command that changes it sets it",
        ));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let uses = match Uses::beside(&keys.keyring) {
        Ok(uses) => uses,
        Err(error) => {
            let said = format!("what the keys have sealed cannot be read beside the keyring: {error}");
            section.add(Check::warning(said, "it is counted anew if that file is removed"));
            Uses::default()
        }
    };
    for key in keyring.keys() {
        let age = now.saturating_sub(key.created);
        let days = age / 86_400;
        section.add(match key.state {
            KeyState::Active if key.is_due(now, uses.of(key.id)) => Check::warning(
                format!("key {} has sealed for {days} days, {} values here", key.id, uses.of(key.id)),
                "`pgveil rotate data`: a data key serves 12 months, or 2^40 values",
            ),
            KeyState::Active => Check::success(format!("key {} seals, {days} days old", key.id)),
            KeyState::Pending if age > MONTH => Check::warning(
                format!("key {} has been pending for {days} days", key.id),
                "go on with the rotation",
            ),
            KeyState::Pending => Check::note(format!("key {} is pending", key.id)),
            KeyState::DecryptOnly => Check::note(format!("key {} only opens", key.id)),
            KeyState::Disabled => Check::note(format!("key {} is disabled", key.id)),
        });
    }
    section.add(match material.pin() {
        Ok(_) => Check::success("policy and catalog are the accepted ones"),
        Err(error) => Check::failure(error.to_string(), "`pgveil policy accept`, `pgveil catalog diff`"),
    });
    (section, Some(material))
}
