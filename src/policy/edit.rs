//! Changes of the policy file that a verb makes for the operator, leaving everything else in it as it
//! is.
//!
//! Knows TOML and the keys of `[[column]]`. Does no IO.

use toml_edit::{DocumentMut, value};

use crate::policy::load;
use crate::policy::model::Phase;

/// The text with `phase` written for these columns (`schema.table.column`, as [`super::model::Tag::name`]
/// gives it), and with their `was` taken out if `forget_was`: an older declaration, and an older name
/// unless the domain still hangs on it. `None` if a column is not in it, or if
/// it is no policy.
pub fn with_phase(text: &str, columns: &[String], phase: Phase, forget_was: bool) -> Option<String> {
    let tags = load::tags("", text).ok()?;
    let mut document: DocumentMut = text.parse().ok()?;
    let tables = document.get_mut("column")?.as_array_of_tables_mut()?;
    let mut found = 0;
    for (table, tag) in tables.iter_mut().zip(&tags.columns) {
        if columns.contains(&tag.name()) {
            found += 1;
            table.insert("phase", value(word(phase)));
            if forget_was && (tag.formerly.is_some() || tag.domain_written) {
                table.remove("was");
            }
        }
    }
    (found == columns.len()).then(|| document.to_string())
}

/// A phase as the policy spells it.
pub fn word(phase: Phase) -> &'static str {
    match phase {
        Phase::Plain => "plain",
        Phase::Encrypting => "encrypting",
        Phase::Encrypted => "encrypted",
        Phase::Decrypting => "decrypting",
    }
}
