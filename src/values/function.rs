//! Functions of text as the server computes them (manual, 9.4), where its collation has no say.

use zeroize::Zeroizing;

use crate::types::TextFunction;

/// The case of a letter outside ASCII hangs on the collation of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collated;

/// Leaves the result in place of the text, which is UTF-8.
///
/// # Errors
/// lower or upper of a text with a letter outside ASCII that has the other case.
pub fn apply(function: &TextFunction, text: &mut Zeroizing<Vec<u8>>) -> Result<(), Collated> {
    match function {
        TextFunction::Lower => {
            cased_as(text, |c| c.to_lowercase().eq([c]))?;
            text.make_ascii_lowercase();
        }
        TextFunction::Upper => {
            cased_as(text, |c| c.to_uppercase().eq([c]))?;
            text.make_ascii_uppercase();
        }
        TextFunction::Ltrim => cut_front(text),
        TextFunction::Rtrim => cut_back(text),
        TextFunction::Btrim => {
            cut_back(text);
            cut_front(text);
        }
        // What it makes NULL of is never sealed.
        TextFunction::NullIfEmpty => {}
        TextFunction::Prepend(piece) => put_together([piece.as_str().as_bytes(), text].concat(), text),
        TextFunction::Append(piece) => put_together([text, piece.as_str().as_bytes()].concat(), text),
    }
    Ok(())
}

/// What a vector leaves behind when it grows would not be wiped.
fn put_together(whole: Vec<u8>, text: &mut Zeroizing<Vec<u8>>) {
    *text = Zeroizing::new(whole);
}

fn cased_as(text: &[u8], stays: impl Fn(char) -> bool) -> Result<(), Collated> {
    let read = std::str::from_utf8(text).map_err(|_| Collated)?;
    match read.chars().filter(|c| !c.is_ascii()).all(stays) {
        true => Ok(()),
        false => Err(Collated),
    }
}

fn cut_front(text: &mut Vec<u8>) {
    let blanks = text.iter().take_while(|byte| **byte == b' ').count();
    text.drain(..blanks);
}

fn cut_back(text: &mut Vec<u8>) {
    let kept = text.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    text.truncate(kept);
}
