//! The shape of a text: its tokens without what its constants say. Texts of one shape have the same
//! token numbers and the same tree, so a verdict on one serves the others.
//!
//! Spaces, the case of words and quotes around a plain name do not count. A comment counts as a token,
//! since it has a number; what it says does not. Of a number it counts whether it is an int4, an int8
//! or larger, since that is its type. Keywords (NULL, TRUE) are no constants. Two shapes are the same
//! if their bytes are: a hash of them is not enough. Costs little more than copying the tokens.

use super::lexer::{Keyword, Token, TokenKind, Tokens, fits_int4, identifier};

/// What stands for a token. What follows a mark with a spelling ends with [`mark::END`].
mod mark {
    /// No text of the protocol holds a NUL.
    pub const END: u8 = 0;
    pub const COMMENT: u8 = 1;
    pub const HINT: u8 = 2;
    /// A name as the server reads it.
    pub const NAME: u8 = 3;
    /// A keyword; its number follows in two bytes.
    pub const KEYWORD: u8 = 4;
    /// Anything whose spelling counts.
    pub const WRITTEN: u8 = 5;
    /// A constant; its class follows.
    pub const CONSTANT: u8 = 6;
    /// Kinds of token with one meaning; their number is added to it.
    pub const SINGLE: u8 = 32;
}

/// Most digits that an int8 surely holds.
pub(in crate::sql) const INT8_DIGITS: usize = 18;

/// Appends the shape of a text.
pub fn write(text: &[u8], tokens: &Tokens, shape: &mut Vec<u8>) {
    // UESCAPE and the string after it decide what the name before them is: they stay as written.
    let mut escape = 0;
    for (index, token) in tokens.as_slice().iter().enumerate() {
        if token.kind == TokenKind::Keyword(Keyword::Uescape) {
            escape = 2;
        }
        if escape > 0 && !token.kind.is_comment() {
            escape -= 1;
            spelt(mark::WRITTEN, token.bytes(text), shape);
        } else {
            write_token(text, tokens, index as u32, *token, shape);
        }
    }
}

fn write_token(text: &[u8], tokens: &Tokens, index: u32, token: Token, shape: &mut Vec<u8>) {
    let bytes = token.bytes(text);
    match token.kind {
        TokenKind::LineComment | TokenKind::BlockComment => shape.push(mark::COMMENT),
        TokenKind::Hint => shape.push(mark::HINT),
        TokenKind::Keyword(keyword) => {
            let [low, high] = (keyword as u16).to_le_bytes();
            shape.extend_from_slice(&[mark::KEYWORD, low, high]);
        }
        TokenKind::Ident => {
            let begin = shape.len();
            spelt(mark::NAME, bytes, shape);
            shape.get_mut(begin..).unwrap_or_default().make_ascii_lowercase();
        }
        TokenKind::QuotedIdent => match identifier(text, tokens, index) {
            Ok(name) => spelt(mark::NAME, name.as_bytes(), shape),
            Err(_) => spelt(mark::WRITTEN, bytes, shape),
        },
        kind if kind.is_literal() => shape.extend_from_slice(&[mark::CONSTANT, class(kind, bytes)]),
        kind => match single(kind) {
            Some(number) => shape.push(mark::SINGLE + number),
            None => spelt(mark::WRITTEN, bytes, shape),
        },
    }
}

fn spelt(mark: u8, bytes: &[u8], shape: &mut Vec<u8>) {
    shape.push(mark);
    shape.extend_from_slice(bytes);
    shape.push(mark::END);
}

fn class(kind: TokenKind, bytes: &[u8]) -> u8 {
    match kind {
        TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString => b's',
        TokenKind::UnicodeString => b'u',
        TokenKind::BitString => b'b',
        TokenKind::HexString => b'x',
        TokenKind::Integer if fits_int4(bytes) => b'4',
        TokenKind::Integer if bytes.len() <= INT8_DIGITS => b'8',
        TokenKind::Integer => b'n',
        _ => b'.',
    }
}

/// The number of a token kind that has one meaning, however it is spelt (`<>` and `!=` are one).
fn single(kind: TokenKind) -> Option<u8> {
    Some(match kind {
        TokenKind::Comma => 0,
        TokenKind::Open => 1,
        TokenKind::Close => 2,
        TokenKind::OpenBracket => 3,
        TokenKind::CloseBracket => 4,
        TokenKind::Dot => 5,
        TokenKind::Semicolon => 6,
        TokenKind::Colon => 7,
        TokenKind::Plus => 8,
        TokenKind::Minus => 9,
        TokenKind::Star => 10,
        TokenKind::Slash => 11,
        TokenKind::Percent => 12,
        TokenKind::Caret => 13,
        TokenKind::Less => 14,
        TokenKind::Greater => 15,
        TokenKind::Equals => 16,
        TokenKind::TypeCast => 17,
        TokenKind::DotDot => 18,
        TokenKind::ColonEquals => 19,
        TokenKind::EqualsGreater => 20,
        TokenKind::LessEquals => 21,
        TokenKind::GreaterEquals => 22,
        TokenKind::NotEquals => 23,
        TokenKind::UnicodeIdent | TokenKind::Param | TokenKind::Operator | TokenKind::Unknown => return None,
        // Those of a word, a constant or a comment have marks of their own.
        TokenKind::Ident
        | TokenKind::QuotedIdent
        | TokenKind::Keyword(_)
        | TokenKind::String
        | TokenKind::EscapeString
        | TokenKind::UnicodeString
        | TokenKind::DollarString
        | TokenKind::BitString
        | TokenKind::HexString
        | TokenKind::Integer
        | TokenKind::Number
        | TokenKind::LineComment
        | TokenKind::BlockComment
        | TokenKind::Hint => return None,
    })
}
