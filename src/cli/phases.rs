//! The phase of a column when the work on its rows is done: said, or written into the policy.
//!
//! Knows the configuration file. The operator's other words in it stay as they are.

use std::path::Path;

use super::material::Material;
use super::{Exit, Failure};
use crate::config;
use crate::policy::edit;
use crate::policy::model::Phase;

/// What to do next, in sentences; with `finish` it is done: the phase stands in the file, and the
/// policy is accepted.
///
/// # Errors
/// A file that was changed in the meantime, or cannot be written.
pub fn settle(
    material: Material,
    columns: &[String],
    phase: Phase,
    finish: bool,
) -> Result<Vec<String>, Failure> {
    let (path, word) = (material.config.source.path.clone(), edit::word(phase));
    let file = path.display();
    if !finish {
        return Ok(vec![
            format!("next: set phase = \"{word}\" in {file} for {}", columns.join(", ")),
            "      then `pgveil policy accept`, and `pgveil apply`".to_owned(),
        ]);
    }
    // The keyring's generation in the file may have been raised since; the policy may not.
    let now = Material::load(config::load(&path)?)?;
    if now.tags != material.tags {
        let message = format!("{file} was changed while the rows were: set phase = \"{word}\" by hand");
        return Err(Failure::said(Exit::Failed, message));
    }
    let text = edit::with_phase(&now.config.source.text, columns, phase, true);
    let text = text.ok_or_else(|| Failure::said(Exit::Failed, format!("{file}: cannot set the phase")))?;
    write(&path, &text)?;
    let mut settled = Material::load(config::load(&path)?)?;
    settled.accept_policy()?;
    Ok(vec![
        format!("phase = \"{word}\" is written in {file} and accepted: {}", columns.join(", ")),
        "next: have every proxy load it; `pgveil apply` finds what is left to do".to_owned(),
    ])
}

/// Temporary file beside, then rename: a crash leaves the old or the new file.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let mut temporary = file.as_os_str().to_owned();
    temporary.push(".new");
    std::fs::write(&temporary, text)?;
    std::fs::set_permissions(&temporary, std::fs::metadata(file)?.permissions())?;
    std::fs::File::open(&temporary)?.sync_all()?;
    std::fs::rename(&temporary, file)
}
