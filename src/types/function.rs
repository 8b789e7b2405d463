//! Functions of text that pgveil evaluates itself. Knows which there are, and which of them make NULL;
//! does not compute them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use zeroize::Zeroizing;

/// A function of text that is evaluated on a constant before it is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum TextFunction {
    Lower,
    Upper,
    Ltrim,
    Rtrim,
    Btrim,
    /// `NULLIF(…, '')`.
    NullIfEmpty,
    /// `'…' || …`.
    Prepend(Piece),
    /// `… || '…'`.
    Append(Piece),
}

/// Text of the statement itself, which stands beside a constant.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece(Arc<Zeroizing<String>>);

impl Piece {
    /// Of this text.
    pub fn new(text: Zeroizing<String>) -> Self {
        Piece(Arc::new(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Hash for Piece {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Piece {
    /// It may be part of a value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Piece")
    }
}

impl TextFunction {
    /// Do these, one after the other, make NULL of the text?
    pub fn make_null(functions: &[TextFunction], text: &[u8]) -> bool {
        let is_blank = |text: &[u8]| text.iter().all(|byte| *byte == b' ');
        // Blanks alone are left of it, and how many: none, if it was trimmed.
        let (mut blank, mut empty) = (is_blank(text), text.is_empty());
        functions.iter().any(|function| match function {
            TextFunction::Ltrim | TextFunction::Rtrim | TextFunction::Btrim => {
                empty |= blank;
                false
            }
            TextFunction::Prepend(piece) | TextFunction::Append(piece) => {
                blank &= is_blank(piece.as_str().as_bytes());
                empty &= piece.as_str().is_empty();
                false
            }
            TextFunction::NullIfEmpty => empty,
            TextFunction::Lower | TextFunction::Upper => false,
        })
    }
}
