//! How lines end: learnt from the first, and then required of all (manual, COPY, File Formats).
//!
//! Knows CR, LF and the end marker. Does not know fields.

use super::spoilt::Spoilt;

/// How lines end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ending {
    /// No line has ended yet.
    #[default]
    Unknown,
    Lf,
    Cr,
    CrLf,
}

/// What the front of a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// It has not arrived in full.
    More,
    /// A line of `text` bytes; with its end it takes `whole`.
    Whole { text: usize, whole: usize },
    /// The end marker after `text` bytes: nothing behind it counts. `whole` is taken with it.
    Last { text: usize, whole: usize },
}

impl Ending {
    /// Bytes of a line's end.
    pub fn bytes(self) -> usize {
        match self {
            Ending::Unknown => 0,
            Ending::Lf | Ending::Cr => 1,
            Ending::CrLf => 2,
        }
    }

    /// Bytes of the line's end at the front of `rest`, which begins with CR or LF; `None` if the next
    /// byte decides.
    pub fn take(&mut self, rest: &[u8], ended: bool) -> Result<Option<usize>, Spoilt> {
        match (rest.first(), *self) {
            (Some(b'\n'), Ending::Unknown | Ending::Lf) => {
                *self = Ending::Lf;
                Ok(Some(1))
            }
            (Some(b'\n'), Ending::Cr | Ending::CrLf) => Err(Spoilt::Format("literal newline found in data")),
            (_, Ending::Lf) => Err(Spoilt::Format("literal carriage return found in data")),
            (_, Ending::Cr) => Ok(Some(1)),
            (_, Ending::Unknown | Ending::CrLf) => match rest.get(1) {
                None if !ended => Ok(None),
                Some(b'\n') => {
                    *self = Ending::CrLf;
                    Ok(Some(2))
                }
                Some(_) | None if *self == Ending::CrLf => {
                    Err(Spoilt::Format("literal carriage return found in data"))
                }
                Some(_) | None => {
                    *self = Ending::Cr;
                    Ok(Some(1))
                }
            },
        }
    }

    /// Bytes of the line's end that must follow an end marker; `Some(0)` if something else follows,
    /// `None` if more must arrive to tell.
    pub fn after_marker(self, rest: &[u8]) -> Option<usize> {
        match (self, rest) {
            (_, []) => None,
            (Ending::Unknown | Ending::Lf, [b'\n', ..]) => Some(1),
            (Ending::CrLf, [b'\r']) => None,
            (Ending::CrLf, [b'\r', b'\n', ..]) => Some(2),
            (Ending::Unknown | Ending::Cr, [b'\r', ..]) => Some(1),
            (Ending::Unknown | Ending::Lf | Ending::Cr | Ending::CrLf, _) => Some(0),
        }
    }
}
