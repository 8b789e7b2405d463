//! Functions of text that pgveil evaluates itself. Knows which there are, and which of them make NULL;
//! does not compute them.

/// A function of text that is evaluated on a constant before it is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum TextFunction {
    Lower,
    Upper,
    Ltrim,
    Rtrim,
    Btrim,
    /// `NULLIF(…, '')`.
    NullIfEmpty,
}

impl TextFunction {
    /// Do these, one after the other, make NULL of the text?
    pub fn make_null(functions: &[TextFunction], text: &[u8]) -> bool {
        let mut trimmed = false;
        functions.iter().any(|function| match function {
            TextFunction::Ltrim | TextFunction::Rtrim | TextFunction::Btrim => {
                trimmed = true;
                false
            }
            TextFunction::NullIfEmpty => text.iter().all(|byte| trimmed && *byte == b' '),
            TextFunction::Lower | TextFunction::Upper => false,
        })
    }
}
