//! PostgreSQL's own lexical rules (manual, 4.1 Lexical Structure; scan.l of 13 to 18), exactly.
//!
//! The ground truth of where a literal, a name or a comment begins and ends, of what a literal's
//! value is, and of what a text names. Works on bytes, keeps no text, allocates nothing once the
//! token buffer has grown. Does not know the grammar: a sequence of tokens that makes no statement
//! is none of its business.
//!
//! Where versions differ the newer rule is taken (`0x1F`, `1_000`, junk after a number): an older
//! server then reports an error or reads an alias, and no literal changes its ends.

mod chars;
mod decode;
mod keyword;
mod names;
mod number;
mod quoted;
mod scan;

pub use decode::{LiteralError, identifier, number_text, string_value};
pub use keyword::{Category, Keyword};
pub use names::{Strings, names_in, words_in};
pub use number::fits_int4;
pub use scan::lex;

use crate::sql::ast::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An unquoted identifier that is no keyword.
    Ident,
    /// `"…"`.
    QuotedIdent,
    /// `U&"…"`; `UESCAPE '…'` after it is two tokens more.
    UnicodeIdent,
    /// A keyword of any category, in any case.
    Keyword(Keyword),
    /// `'…'`, with whatever pieces continue it on the next lines.
    String,
    /// `E'…'`; with `standard_conforming_strings` off also `'…'`.
    EscapeString,
    /// `U&'…'`; `UESCAPE '…'` after it is two tokens more.
    UnicodeString,
    /// `$tag$…$tag$`.
    DollarString,
    /// `B'…'`.
    BitString,
    /// `X'…'`.
    HexString,
    /// Digits without point or exponent, in any base.
    Integer,
    /// Digits with a point or an exponent.
    Number,
    /// `$n`.
    Param,
    /// `,`
    Comma,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `.`
    Dot,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `%`
    Percent,
    /// `^`
    Caret,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `=`
    Equals,
    /// `::`
    TypeCast,
    /// `..`
    DotDot,
    /// `:=`
    ColonEquals,
    /// `=>`
    EqualsGreater,
    /// `<=`
    LessEquals,
    /// `>=`
    GreaterEquals,
    /// `<>` or `!=`
    NotEquals,
    /// Any other operator.
    Operator,
    /// `-- …`, without the end of the line.
    LineComment,
    /// `/* … */`, nested ones inside it.
    BlockComment,
    /// `/*+ … */`.
    Hint,
    /// A character that no rule takes; no statement holds one.
    Unknown,
}

impl TokenKind {
    /// A comment of any kind.
    pub fn is_comment(self) -> bool {
        matches!(self, TokenKind::LineComment | TokenKind::BlockComment | TokenKind::Hint)
    }

    /// A quoted constant whose value is a string (not a bit string).
    pub fn is_string(self) -> bool {
        matches!(
            self,
            TokenKind::String | TokenKind::EscapeString | TokenKind::UnicodeString | TokenKind::DollarString
        )
    }

    /// A constant: string, bit string or number.
    pub fn is_literal(self) -> bool {
        self.is_string()
            || matches!(
                self,
                TokenKind::BitString | TokenKind::HexString | TokenKind::Integer | TokenKind::Number
            )
    }

    /// An identifier that is no keyword.
    pub fn is_ident(self) -> bool {
        matches!(self, TokenKind::Ident | TokenKind::QuotedIdent | TokenKind::UnicodeIdent)
    }
}

/// One token: bytes `start..end` of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Token {
    /// Its bytes; empty if the token is not of this text.
    pub fn bytes<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// The tokens of a text, comments among them. Made to be reused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    list: Vec<Token>,
}

impl Tokens {
    /// All, in order.
    pub fn as_slice(&self) -> &[Token] {
        &self.list
    }

    /// Those of a span, as a text of their own.
    pub fn within(&self, span: Span) -> Tokens {
        let of_span = span.start as usize..span.end as usize;
        Tokens { list: self.list.get(of_span).unwrap_or(&self.list).to_vec() }
    }

    /// One.
    pub fn get(&self, index: u32) -> Option<Token> {
        self.list.get(index as usize).copied()
    }

    /// How many.
    pub fn len(&self) -> u32 {
        self.list.len() as u32
    }

    /// None at all, not even a comment.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Bytes from the first to the last token of a span (whatever stands between them included);
    /// an empty span is the empty range before its token, or at the end of the text.
    pub fn bytes_of(&self, span: Span) -> Option<std::ops::Range<usize>> {
        if span.start >= span.end {
            let at = match self.get(span.start) {
                Some(token) => token.start,
                None => self.list.last()?.end,
            };
            return (span.start == span.end).then_some(at as usize..at as usize);
        }
        let (first, last) = (self.get(span.start)?, self.get(span.end - 1)?);
        Some(first.start as usize..last.end as usize)
    }
}

/// A text that PostgreSQL's lexer refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {at}")]
pub struct LexError {
    /// Where, in bytes from 0.
    pub at: u32,
    /// What.
    pub kind: LexErrorKind,
}

/// What a lexer refuses a text for (the server answers 42601 to all of them).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum LexErrorKind {
    #[error("unterminated quoted string")]
    UnterminatedString,
    #[error("unterminated dollar-quoted string")]
    UnterminatedDollar,
    #[error("unterminated quoted identifier")]
    UnterminatedIdentifier,
    #[error("unterminated comment")]
    UnterminatedComment,
    #[error("zero-length delimited identifier")]
    EmptyIdentifier,
    #[error("trailing junk after a number or parameter")]
    NumberJunk,
    #[error("operator too long")]
    LongOperator,
    #[error("U& string with standard_conforming_strings off")]
    UnsafeUnicode,
    #[error("parameter number too large")]
    BigParameter,
    #[error("text longer than 4 GiB")]
    TooLong,
}
