//! Casts that are evaluated here, because the constant or the value is ciphertext on the server.
//!
//! Knows what an explicit cast does between the types of docs/format.md. What is not known to be the
//! server's own result is not a cast of ours.

use super::converter::{Converter, Format};
use super::error::{Unfit, ValueError};
use super::settings::TextSettings;
use crate::types::LogicalType;

/// An explicit cast from one type to another, chosen once per statement. Both ends are canonical
/// plaintexts as a randomized column of that type has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Casting {
    from: Converter,
    to: Converter,
}

impl Casting {
    /// The cast, or that it is not evaluated here.
    pub fn between(from: &LogicalType, to: &LogicalType) -> Result<Casting, Unfit> {
        Ok(Casting { from: Converter::for_type(from, false)?, to: Converter::for_type(to, false)? })
    }

    /// Appends the canonical plaintext of the result for the canonical plaintext of the operand. On
    /// an error `out` is as it was in length.
    pub fn apply(
        &self,
        canonical: &[u8],
        settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        let mut text = zeroize::Zeroizing::new(Vec::new());
        self.from.shown(canonical, Format::Text, settings, &mut text)?;
        self.to.canonical(Format::Text, &text, settings, out)
    }
}
