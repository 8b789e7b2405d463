//! What a token says: the value of a constant, the name that an identifier stands for.
//!
//! Values are plaintext of the client: they are borrowed from the text where that is possible, and
//! otherwise written into a buffer of the caller, who wipes it.

use std::borrow::Cow;

use super::quoted::{continuation, dollar_delimiter, piece_end};
use super::{Keyword, Token, TokenKind, Tokens};
use crate::names;

/// A constant that the server would refuse (22025, 22P02 …), or that has no string value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiteralError {
    /// No token of this kind stands there.
    #[error("not a constant of this kind")]
    OtherKind,
    /// An escape sequence that stands for no character.
    #[error("invalid escape sequence")]
    Escape,
    /// `UESCAPE` without a proper character.
    #[error("invalid Unicode escape character")]
    EscapeCharacter,
    /// Bytes that are no UTF-8.
    #[error("invalid byte sequence")]
    Encoding,
}

/// The value of the string constant at `index`: every form of quotes, pieces joined, escapes resolved.
/// `scratch` is overwritten if the value is not a part of the text as it stands.
///
/// # Errors
/// [`LiteralError`], if the server would refuse the constant or it is no string.
pub fn string_value<'a>(
    text: &'a [u8],
    tokens: &Tokens,
    index: u32,
    scratch: &'a mut Vec<u8>,
) -> Result<&'a [u8], LiteralError> {
    let token = tokens.get(index).ok_or(LiteralError::OtherKind)?;
    let bytes = token.bytes(text);
    scratch.clear();
    match token.kind {
        TokenKind::DollarString => dollar_body(bytes).ok_or(LiteralError::OtherKind),
        TokenKind::String => {
            let inner = bytes.get(1..bytes.len().saturating_sub(1)).unwrap_or_default();
            if memchr::memchr(b'\'', inner).is_none() {
                return Ok(inner);
            }
            join_pieces(bytes, 0, false, scratch)?;
            Ok(scratch)
        }
        TokenKind::EscapeString => {
            let open = usize::from(bytes.first() != Some(&b'\''));
            join_pieces(bytes, open, true, scratch)?;
            let value = std::str::from_utf8(scratch).map_err(|_| LiteralError::Encoding)?;
            if value.contains('\0') { Err(LiteralError::Encoding) } else { Ok(scratch) }
        }
        TokenKind::UnicodeString => {
            let mut raw = Vec::with_capacity(bytes.len());
            join_pieces(bytes, 2, false, &mut raw)?;
            let escape = escape_character(text, tokens, index)?;
            unescape_unicode(&raw, escape, scratch)?;
            Ok(scratch)
        }
        _ => Err(LiteralError::OtherKind),
    }
}

fn dollar_body(bytes: &[u8]) -> Option<&[u8]> {
    let delimiter = dollar_delimiter(bytes, 0)?.len();
    bytes.get(delimiter..bytes.len().checked_sub(delimiter)?)
}

/// Appends the pieces of a string whose first quote is at `open`, quotes undoubled and, with
/// `escapes`, backslashes resolved.
fn join_pieces(bytes: &[u8], open: usize, escapes: bool, out: &mut Vec<u8>) -> Result<(), LiteralError> {
    let mut at = open + 1;
    loop {
        let end = piece_end(bytes, at, escapes).ok_or(LiteralError::OtherKind)?;
        let piece = bytes.get(at..end).unwrap_or_default();
        if escapes {
            unescape(piece, out)?
        } else {
            undouble(piece, b'\'', out)
        }
        match continuation(bytes, end + 1) {
            Some(next) => at = next + 1,
            None => return Ok(()),
        }
    }
}

fn undouble(mut piece: &[u8], quote: u8, out: &mut Vec<u8>) {
    while let Some(at) = memchr::memchr(quote, piece) {
        let (before, after) = piece.split_at(at + 1);
        out.extend_from_slice(before);
        piece = after.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(piece);
}

/// C-style escapes (manual, 4.1.2.2).
fn unescape(mut piece: &[u8], out: &mut Vec<u8>) -> Result<(), LiteralError> {
    let mut high: Option<u32> = None;
    loop {
        let (used, unit) = match piece {
            [] => return if high.is_none() { Ok(()) } else { Err(LiteralError::Escape) },
            [b'\'', b'\'', ..] => (2, Err(b'\'')),
            [b'\\', b'u', rest @ ..] => (6, Ok(hex(rest, 4)?)),
            [b'\\', b'U', rest @ ..] => (10, Ok(hex(rest, 8)?)),
            [b'\\', b'x', rest @ ..] => match leading(rest, 2, 16) {
                (0, _) => (2, Err(b'x')),
                (n, value) => (2 + n, Err(value as u8)),
            },
            [b'\\', b'0'..=b'7', ..] => {
                let (n, value) = leading(piece.get(1..).unwrap_or_default(), 3, 8);
                (1 + n, Err(value as u8))
            }
            [b'\\', c, ..] => (2, Err(control(*c))),
            [c, ..] => (1, Err(*c)),
        };
        match unit {
            Err(byte) => out.push(byte),
            Ok(unit) => push_unit(unit, &mut high, out)?,
        }
        if high.is_some() && unit.is_err() {
            return Err(LiteralError::Escape);
        }
        piece = piece.get(used..).unwrap_or_default();
    }
}

fn control(escaped: u8) -> u8 {
    match escaped {
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        other => other,
    }
}

/// Up to `most` leading digits of a base: how many, and their value.
fn leading(bytes: &[u8], most: usize, base: u32) -> (usize, u32) {
    let digits = bytes.iter().take(most).map_while(|&b| char::from(b).to_digit(base));
    digits.fold((0, 0), |(n, value), digit| (n + 1, value * base + digit))
}

/// Exactly `count` hexadecimal digits.
fn hex(bytes: &[u8], count: usize) -> Result<u32, LiteralError> {
    let digits = bytes.get(..count).ok_or(LiteralError::Escape)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(LiteralError::Escape);
    }
    let digits = std::str::from_utf8(digits).map_err(|_| LiteralError::Escape)?;
    u32::from_str_radix(digits, 16).map_err(|_| LiteralError::Escape)
}

/// Appends a code point, or keeps the first half of a surrogate pair until the second comes.
fn push_unit(unit: u32, high: &mut Option<u32>, out: &mut Vec<u8>) -> Result<(), LiteralError> {
    let point = match (high.take(), unit) {
        (None, 0xd800..=0xdbff) => {
            *high = Some(unit);
            return Ok(());
        }
        (Some(first), 0xdc00..=0xdfff) => 0x10000 + ((first & 0x3ff) << 10) + (unit & 0x3ff),
        (None, unit) => unit,
        (Some(_), _) => return Err(LiteralError::Escape),
    };
    let c = char::from_u32(point).filter(|&c| c != '\0').ok_or(LiteralError::Escape)?;
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    Ok(())
}

/// The escapes of `U&'…'` and `U&"…"`: four hexadecimal digits, or `+` and six; and the escape character doubled.
fn unescape_unicode(mut raw: &[u8], escape: u8, out: &mut Vec<u8>) -> Result<(), LiteralError> {
    let mut high = None;
    while let Some((&first, rest)) = raw.split_first() {
        let (used, unit) = if first != escape {
            (1, None)
        } else if rest.first() == Some(&escape) {
            (2, None)
        } else if rest.first() == Some(&b'+') {
            (8, Some(hex(rest.get(1..).unwrap_or_default(), 6)?))
        } else {
            (5, Some(hex(rest, 4)?))
        };
        match unit {
            Some(unit) => push_unit(unit, &mut high, out)?,
            None if high.is_some() => return Err(LiteralError::Escape),
            None => out.push(first),
        }
        raw = raw.get(used..).unwrap_or_default();
    }
    if high.is_some() { Err(LiteralError::Escape) } else { Ok(()) }
}

/// The escape character of the U& token at `index`: a backslash, or what UESCAPE after it says.
fn escape_character(text: &[u8], tokens: &Tokens, index: u32) -> Result<u8, LiteralError> {
    let mut after = significant_after(tokens, index);
    if !matches!(after.next(), Some((_, Token { kind: TokenKind::Keyword(Keyword::Uescape), .. }))) {
        return Ok(b'\\');
    }
    let (at, _) = after
        .next()
        .filter(|(_, t)| t.kind.is_string() && t.kind != TokenKind::UnicodeString)
        .ok_or(LiteralError::EscapeCharacter)?;
    let mut scratch = Vec::new();
    match string_value(text, tokens, at, &mut scratch)? {
        [c] if !c.is_ascii_hexdigit() && !matches!(c, b'+' | b'\'' | b'"') && !c.is_ascii_whitespace() => {
            Ok(*c)
        }
        _ => Err(LiteralError::EscapeCharacter),
    }
}

fn significant_after(tokens: &Tokens, index: u32) -> impl Iterator<Item = (u32, Token)> {
    let rest = tokens.as_slice().get(index as usize + 1..).unwrap_or_default();
    rest.iter()
        .enumerate()
        .map(move |(i, t)| (index + 1 + i as u32, *t))
        .filter(|(_, t)| !t.kind.is_comment())
}

/// The name that the identifier or keyword at `index` stands for: folded unless quoted, unescaped, cut
/// to 63 bytes.
///
/// # Errors
/// [`LiteralError`], if the server would refuse it or it is no identifier.
pub fn identifier<'a>(text: &'a [u8], tokens: &Tokens, index: u32) -> Result<Cow<'a, str>, LiteralError> {
    let token = tokens.get(index).ok_or(LiteralError::OtherKind)?;
    let bytes = token.bytes(text);
    match token.kind {
        TokenKind::Keyword(Keyword::Nchar) => Ok(Cow::Borrowed("nchar")),
        TokenKind::Ident | TokenKind::Keyword(_) => {
            let word = std::str::from_utf8(bytes).map_err(|_| LiteralError::Encoding)?;
            let as_is =
                bytes.len() <= names::MAX_IDENTIFIER_BYTES && !bytes.iter().any(u8::is_ascii_uppercase);
            Ok(if as_is { Cow::Borrowed(word) } else { Cow::Owned(names::folded(word)) })
        }
        TokenKind::QuotedIdent => {
            let inner = bytes.get(1..bytes.len().saturating_sub(1)).unwrap_or_default();
            if inner.len() <= names::MAX_IDENTIFIER_BYTES && memchr::memchr(b'"', inner).is_none() {
                return std::str::from_utf8(inner).map(Cow::Borrowed).map_err(|_| LiteralError::Encoding);
            }
            let mut name = Vec::with_capacity(inner.len());
            undouble(inner, b'"', &mut name);
            cut(name)
        }
        TokenKind::UnicodeIdent => {
            let inner = bytes.get(3..bytes.len().saturating_sub(1)).unwrap_or_default();
            let (mut raw, mut name) = (Vec::new(), Vec::new());
            undouble(inner, b'"', &mut raw);
            unescape_unicode(&raw, escape_character(text, tokens, index)?, &mut name)?;
            cut(name)
        }
        _ => Err(LiteralError::OtherKind),
    }
}

fn cut<'a>(name: Vec<u8>) -> Result<Cow<'a, str>, LiteralError> {
    let name = String::from_utf8(name).map_err(|_| LiteralError::Encoding)?;
    Ok(Cow::Owned(names::truncated(name)))
}

/// A number token in decimal, without underscores: what the type's input function would be given.
///
/// # Errors
/// If it is no number, or has another base and does not fit 128 bits.
pub fn number_text<'a>(text: &'a [u8], tokens: &Tokens, index: u32) -> Result<Cow<'a, str>, LiteralError> {
    let token = tokens.get(index).ok_or(LiteralError::OtherKind)?;
    if !matches!(token.kind, TokenKind::Integer | TokenKind::Number) {
        return Err(LiteralError::OtherKind);
    }
    let word = std::str::from_utf8(token.bytes(text)).map_err(|_| LiteralError::Encoding)?;
    let plain = if word.contains('_') { Cow::Owned(word.replace('_', "")) } else { Cow::Borrowed(word) };
    let base = match plain.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => return Ok(plain),
    };
    let digits = plain.get(2..).unwrap_or_default();
    u128::from_str_radix(digits, base).map(|n| Cow::Owned(n.to_string())).map_err(|_| LiteralError::Encoding)
}
