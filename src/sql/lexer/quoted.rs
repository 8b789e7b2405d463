//! Where quoted things end: strings of every kind, quoted identifiers, dollar quotes, comments.

use super::chars::{self, IDENT_START};
use super::{LexError, LexErrorKind};

fn error(at: usize, kind: LexErrorKind) -> LexError {
    LexError { at: at as u32, kind }
}

/// The end of a string whose opening quote is at `open`, one past its closing quote; `token` is where
/// an error points. Continued pieces on following lines belong to it.
pub(super) fn string_end(text: &[u8], open: usize, escapes: bool, token: usize) -> Result<usize, LexError> {
    let mut at = open + 1;
    loop {
        let quote =
            piece_end(text, at, escapes).ok_or_else(|| error(token, LexErrorKind::UnterminatedString))?;
        match continuation(text, quote + 1) {
            Some(next) => at = next + 1,
            None => return Ok(quote + 1),
        }
    }
}

/// The closing quote of the piece whose first byte is at `at`: not doubled, and not behind a
/// backslash where those escape.
pub(super) fn piece_end(text: &[u8], mut at: usize, escapes: bool) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        let found = if escapes { memchr::memchr2(b'\'', b'\\', rest)? } else { memchr::memchr(b'\'', rest)? };
        match (rest.get(found), rest.get(found + 1)) {
            (Some(b'\\'), Some(_)) | (Some(b'\''), Some(b'\'')) => at += found + 2,
            (Some(b'\''), _) => return Some(at + found),
            _ => return None,
        }
    }
}

/// The quote that continues a string which was closed just before `at`: only white space and line
/// comments lie between, at least one newline among them (manual, 4.1.2.1).
pub(super) fn continuation(text: &[u8], mut at: usize) -> Option<usize> {
    let mut newline = false;
    loop {
        match text.get(at)? {
            b'\n' | b'\r' => {
                newline = true;
                at += 1;
            }
            b'\'' => return newline.then_some(at),
            b'-' if text.get(at + 1) == Some(&b'-') => at = chars::line_end(text, at),
            &b if chars::is(b, chars::SPACE) => at += 1,
            _ => return None,
        }
    }
}

/// The end of a quoted identifier whose opening quote is at `open`.
pub(super) fn identifier_end(text: &[u8], open: usize, token: usize) -> Result<usize, LexError> {
    let mut at = open + 1;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(found) = memchr::memchr(b'"', rest) else {
            return Err(error(token, LexErrorKind::UnterminatedIdentifier));
        };
        let quote = at + found;
        if text.get(quote + 1) == Some(&b'"') {
            at = quote + 2;
        } else if quote == open + 1 {
            return Err(error(token, LexErrorKind::EmptyIdentifier));
        } else {
            return Ok(quote + 1);
        }
    }
}

/// The end of the dollar-quoted string that begins at `at`; `None` if the dollar there begins none.
pub(super) fn dollar_end(text: &[u8], at: usize) -> Result<Option<usize>, LexError> {
    let Some(delimiter) = dollar_delimiter(text, at) else { return Ok(None) };
    let body = at + delimiter.len();
    memchr::memmem::find(text.get(body..).unwrap_or_default(), delimiter)
        .map(|found| Some(body + found + delimiter.len()))
        .ok_or_else(|| error(at, LexErrorKind::UnterminatedDollar))
}

/// `$tag$` at `at`, if one stands there.
pub(super) fn dollar_delimiter(text: &[u8], at: usize) -> Option<&[u8]> {
    let rest = text.get(at + 1..)?;
    let tag = rest.iter().position(|&b| b == b'$' || !chars::is(b, chars::IDENT))?;
    let starts_well = tag == 0 || rest.first().is_some_and(|&b| chars::is(b, IDENT_START));
    (rest.get(tag) == Some(&b'$') && starts_well).then(|| text.get(at..at + tag + 2))?
}

/// The end of the block comment that begins at `open`; comments nest.
pub(super) fn comment_end(text: &[u8], open: usize) -> Result<usize, LexError> {
    let (mut at, mut depth) = (open + 2, 1u32);
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(found) = memchr::memchr2(b'*', b'/', rest) else {
            return Err(error(open, LexErrorKind::UnterminatedComment));
        };
        at += found;
        match (text.get(at), text.get(at + 1)) {
            (Some(b'*'), Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Ok(at);
                }
            }
            (Some(b'/'), Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
}
