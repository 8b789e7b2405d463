//! Positions in a text that was edited, mapped back to the text that the client wrote.

/// One edit, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splice {
    /// Where it begins in the client's text, from 0.
    pub at: u32,
    /// Characters of the client's text that were replaced.
    pub removed: u32,
    /// Characters that stand there instead.
    pub inserted: u32,
}

/// All edits of a text, ordered by place. The default is the identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Positions(pub Vec<Splice>);

impl Positions {
    /// The client's character position (from 1, as field P counts) for that of the sent text. A
    /// place inside an edit is the edit's first character.
    pub fn client(&self, sent: u32) -> u32 {
        let place = i64::from(sent) - 1;
        let mut shift = 0i64;
        for splice in &self.0 {
            let from = i64::from(splice.at) + shift;
            if place < from {
                break;
            }
            if place < from + i64::from(splice.inserted) {
                return splice.at + 1;
            }
            shift += i64::from(splice.inserted) - i64::from(splice.removed);
        }
        u32::try_from(place - shift + 1).unwrap_or(1).max(1)
    }
}
