//! The scanner: from bytes to tokens.

use super::chars::{self, DIGIT, IDENT, IDENT_START, OPERATOR, SPACE};
use super::{Keyword, LexError, LexErrorKind, Token, TokenKind, Tokens, number, quoted};

/// NAMEDATALEN - 1: a longer operator is an error.
const MAX_OPERATOR_BYTES: usize = 63;

/// Cuts a text into tokens. `standard_conforming_strings` off makes backslashes escape in `'…'`.
///
/// # Errors
/// Where PostgreSQL's lexer raises one; the tokens before it stay in `tokens`. Escapes inside a string
/// are looked at only when its value is wanted.
pub fn lex(text: &[u8], standard_conforming_strings: bool, tokens: &mut Tokens) -> Result<(), LexError> {
    tokens.list.clear();
    if u32::try_from(text.len()).is_err() {
        return Err(LexError { at: 0, kind: LexErrorKind::TooLong });
    }
    let scanner = Scanner { text, standard_conforming_strings };
    let mut at = 0;
    while let Some(&first) = text.get(at) {
        if chars::is(first, SPACE) {
            at += 1;
            continue;
        }
        let (kind, end) = scanner.token(at, first)?;
        tokens.list.push(Token { kind, start: at as u32, end: end as u32 });
        at = end;
    }
    Ok(())
}

struct Scanner<'a> {
    text: &'a [u8],
    standard_conforming_strings: bool,
}

impl Scanner<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    /// The token that begins at `at`, whose byte is `first`: kind and end.
    #[inline]
    fn token(&self, at: usize, first: u8) -> Result<(TokenKind, usize), LexError> {
        if chars::is(first, IDENT_START) {
            return self.word(at, first);
        }
        if chars::is(first, DIGIT) {
            return number::scan(self.text, at).map(|(end, kind)| (kind, end));
        }
        if chars::is(first, OPERATOR) {
            return self.operator(at, first);
        }
        let next = self.byte(at + 1);
        Ok(match first {
            b',' => (TokenKind::Comma, at + 1),
            b'(' => (TokenKind::Open, at + 1),
            b')' => (TokenKind::Close, at + 1),
            b'[' => (TokenKind::OpenBracket, at + 1),
            b']' => (TokenKind::CloseBracket, at + 1),
            b';' => (TokenKind::Semicolon, at + 1),
            b'\'' => {
                let escapes = !self.standard_conforming_strings;
                let kind = if escapes { TokenKind::EscapeString } else { TokenKind::String };
                (kind, quoted::string_end(self.text, at, escapes, at)?)
            }
            b'"' => (TokenKind::QuotedIdent, quoted::identifier_end(self.text, at, at)?),
            b'.' if chars::is(next, DIGIT) => {
                return number::scan(self.text, at).map(|(end, kind)| (kind, end));
            }
            b'.' if next == b'.' => (TokenKind::DotDot, at + 2),
            b'.' => (TokenKind::Dot, at + 1),
            b':' if next == b':' => (TokenKind::TypeCast, at + 2),
            b':' if next == b'=' => (TokenKind::ColonEquals, at + 2),
            b':' => (TokenKind::Colon, at + 1),
            b'$' if chars::is(next, DIGIT) => (TokenKind::Param, number::param(self.text, at)?),
            b'$' => match quoted::dollar_end(self.text, at)? {
                Some(end) => (TokenKind::DollarString, end),
                None => (TokenKind::Unknown, at + 1),
            },
            _ => (TokenKind::Unknown, at + 1),
        })
    }

    /// An identifier or keyword, or a string with a letter before its quote.
    #[inline]
    fn word(&self, at: usize, first: u8) -> Result<(TokenKind, usize), LexError> {
        let text = self.text;
        match (first, self.byte(at + 1)) {
            (b'e' | b'E', b'\'') => {
                return Ok((TokenKind::EscapeString, quoted::string_end(text, at + 1, true, at)?));
            }
            (b'b' | b'B', b'\'') => {
                return Ok((TokenKind::BitString, quoted::string_end(text, at + 1, false, at)?));
            }
            (b'x' | b'X', b'\'') => {
                return Ok((TokenKind::HexString, quoted::string_end(text, at + 1, false, at)?));
            }
            // N'…' is the keyword NCHAR with a width of one byte, then an ordinary string.
            (b'n' | b'N', b'\'') => return Ok((TokenKind::Keyword(Keyword::Nchar), at + 1)),
            (b'u' | b'U', b'&') => match self.byte(at + 2) {
                b'\'' if !self.standard_conforming_strings => {
                    return Err(LexError { at: at as u32, kind: LexErrorKind::UnsafeUnicode });
                }
                b'\'' => {
                    return Ok((TokenKind::UnicodeString, quoted::string_end(text, at + 2, false, at)?));
                }
                b'"' => return Ok((TokenKind::UnicodeIdent, quoted::identifier_end(text, at + 2, at)?)),
                _ => {}
            },
            _ => {}
        }
        let end = chars::skip(text, at + 1, IDENT);
        let kind = match Keyword::lookup(text, at, end) {
            Some(keyword) => TokenKind::Keyword(keyword),
            None => TokenKind::Ident,
        };
        Ok((kind, end))
    }

    /// An operator or a comment.
    #[inline]
    fn operator(&self, at: usize, first: u8) -> Result<(TokenKind, usize), LexError> {
        match (first, self.byte(at + 1)) {
            (b'-', b'-') => return Ok((TokenKind::LineComment, chars::line_end(self.text, at))),
            (b'/', b'*') => {
                let kind = if self.byte(at + 2) == b'+' { TokenKind::Hint } else { TokenKind::BlockComment };
                return Ok((kind, quoted::comment_end(self.text, at)?));
            }
            (_, next) if !chars::is(next, OPERATOR) => return Ok((single(first), at + 1)),
            _ => {}
        }
        let run = self.text.get(at..chars::skip(self.text, at, OPERATOR)).unwrap_or_default();
        let run = without_comment(run);
        let run = without_trailing_sign(run);
        let kind = match run {
            [one] => single(*one),
            b"<=" => TokenKind::LessEquals,
            b">=" => TokenKind::GreaterEquals,
            b"<>" | b"!=" => TokenKind::NotEquals,
            b"=>" => TokenKind::EqualsGreater,
            _ if run.len() > MAX_OPERATOR_BYTES => {
                return Err(LexError { at: at as u32, kind: LexErrorKind::LongOperator });
            }
            _ => TokenKind::Operator,
        };
        Ok((kind, at + run.len()))
    }
}

fn single(byte: u8) -> TokenKind {
    match byte {
        b'+' => TokenKind::Plus,
        b'-' => TokenKind::Minus,
        b'*' => TokenKind::Star,
        b'/' => TokenKind::Slash,
        b'%' => TokenKind::Percent,
        b'^' => TokenKind::Caret,
        b'<' => TokenKind::Less,
        b'>' => TokenKind::Greater,
        b'=' => TokenKind::Equals,
        _ => TokenKind::Operator,
    }
}

/// A comment begins inside a run of operator characters wherever its two characters stand.
fn without_comment(run: &[u8]) -> &[u8] {
    let comment = run.windows(2).position(|pair| pair == b"--" || pair == b"/*");
    comment.and_then(|at| run.get(..at)).unwrap_or(run)
}

/// An operator of several characters ends in `+` or `-` only if it also holds one of
/// `~ ! @ # ^ & | \` ? %` (manual, 4.1.3).
fn without_trailing_sign(mut run: &[u8]) -> &[u8] {
    while let [before @ .., b'+' | b'-'] = run {
        let keeps = before
            .iter()
            .any(|b| matches!(b, b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'%'));
        if before.is_empty() || keeps {
            break;
        }
        run = before;
    }
    run
}
