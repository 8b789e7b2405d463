//! The shape of a text: its tokens without what its constants say. Texts of one shape have the same
//! token numbers and the same tree, so a verdict on one serves the others.
//!
//! Spaces do not count. A comment counts as a token, since it has a number; what it says does not,
//! unless it is a hint. Of a number it counts whether it is an int4, an int8 or larger, since that is
//! its type. Keywords (NULL, TRUE) are no constants.

use super::lexer::{TokenKind, Tokens, fits_int4};

/// Ends a token: no text of the protocol holds a NUL.
const END: u8 = 0;
/// A comment that is no hint.
const COMMENT: u8 = 1;
/// A constant; its class follows.
const CONSTANT: u8 = 2;
/// Anything else; as it is written.
const WORD: u8 = 3;

/// Most digits that an int8 surely holds.
const INT8_DIGITS: usize = 18;

/// Appends the shape of a text.
pub fn write(text: &[u8], tokens: &Tokens, shape: &mut Vec<u8>) {
    for token in tokens.as_slice() {
        let bytes = token.bytes(text);
        match token.kind {
            TokenKind::LineComment | TokenKind::BlockComment => shape.push(COMMENT),
            kind if kind.is_literal() => shape.extend([CONSTANT, class(kind, bytes)]),
            _ => {
                shape.push(WORD);
                shape.extend_from_slice(bytes);
                shape.push(END);
            }
        }
    }
}

fn class(kind: TokenKind, bytes: &[u8]) -> u8 {
    match kind {
        TokenKind::String => b's',
        TokenKind::EscapeString => b'e',
        TokenKind::UnicodeString => b'u',
        TokenKind::DollarString => b'$',
        TokenKind::BitString => b'b',
        TokenKind::HexString => b'x',
        TokenKind::Integer if fits_int4(bytes) => b'4',
        TokenKind::Integer if bytes.len() <= INT8_DIGITS => b'8',
        TokenKind::Integer => b'n',
        _ => b'.',
    }
}
