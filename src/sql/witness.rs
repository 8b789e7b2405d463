//! A second reading of where quoted things and comments stand, by a tokenizer that others wrote
//! (the crate `sqlparser`): asked for each plan, and for a statement of a known shape if anything in it
//! could be read otherwise than in the text that the plan was made for.
//!
//! Our lexer is the ground truth. But a mistake in it about where a string ends would move plaintext
//! into the clear, so a text that somebody else reads otherwise is a text with two readings, and is
//! refused. Only this file knows the crate; its parser is not used (docs/decisions/0001-parser.md).

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Location, Token as Theirs, TokenWithSpan, Tokenizer, Whitespace};

use super::lexer::{Token, TokenKind, Tokens};

/// What the second reader says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// Strings, quoted names and comments begin and end where ours do.
    Agrees,
    /// The text holds a form that it is known not to read as PostgreSQL does, or it reads no text of
    /// this kind at all.
    Abstains,
    /// It reads the text otherwise, from this byte on.
    // REFUSES: a statement with two readings.
    Disagrees(u32),
}

/// What may hide text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    String,
    Name,
    Comment,
}

/// A thing that may hide text, by bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hiding {
    class: Class,
    start: u32,
    end: u32,
}

/// Asks the second reader about a text and our tokens of it.
pub fn witness(text: &[u8], tokens: &Tokens) -> Witness {
    let Ok(sql) = std::str::from_utf8(text) else { return Witness::Abstains };
    if tokens.as_slice().iter().any(|token| misread_form(token, text)) {
        return Witness::Abstains;
    }
    let dialect = PostgreSqlDialect {};
    let Ok(theirs) = Tokenizer::new(&dialect, sql).with_unescape(false).tokenize_with_location() else {
        return Witness::Abstains;
    };
    let mut places = Places { sql, at: 0, line: 1, column: 1 };
    let mut theirs = theirs.iter().filter_map(|token| their_hiding(token, &mut places));
    let mut ours = tokens.as_slice().iter().filter_map(our_hiding);
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return Witness::Agrees,
            (Some(ours), Some(theirs)) if ours == theirs => {}
            (Some(one), _) | (None, Some(one)) => return Witness::Disagrees(one.start),
        }
    }
}

/// Does nothing in a text invite a second reading? Texts of one shape differ in what their strings and
/// comments hold and in the spaces between; without backslashes, comments and other quotes than `'…'`
/// all readers cut them alike.
pub fn is_plain(text: &[u8], tokens: &Tokens) -> bool {
    memchr::memchr(b'\\', text).is_none()
        && tokens.as_slice().iter().all(|token| match token.kind {
            TokenKind::EscapeString | TokenKind::DollarString | TokenKind::UnicodeString => false,
            TokenKind::String => !is_continued(token.bytes(text)),
            kind => !kind.is_comment(),
        })
}

/// Forms that sqlparser 0.63 is known to read otherwise than PostgreSQL (measured, see the decision):
/// `U&` strings and names, strings continued on another line, names with `$` or bytes above ASCII
/// beside quotes, `@` and `#` operators that it takes for something else.
fn misread_form(token: &Token, text: &[u8]) -> bool {
    match token.kind {
        TokenKind::UnicodeIdent | TokenKind::UnicodeString => true,
        TokenKind::String | TokenKind::EscapeString | TokenKind::BitString | TokenKind::HexString => {
            is_continued(token.bytes(text))
        }
        _ => false,
    }
}

/// Is there white space with a newline between two quotes of this string? (More is taken for a
/// continuation than is one: then the witness abstains.)
fn is_continued(bytes: &[u8]) -> bool {
    bytes.contains(&b'\n') && memchr::memchr_iter(b'\'', bytes).count() > 2
}

fn our_hiding(token: &Token) -> Option<Hiding> {
    let class = match token.kind {
        kind if kind.is_string() => Class::String,
        TokenKind::BitString | TokenKind::HexString => Class::String,
        TokenKind::QuotedIdent => Class::Name,
        kind if kind.is_comment() => Class::Comment,
        _ => return None,
    };
    Some(Hiding { class, start: token.start, end: token.end })
}

fn their_hiding(token: &TokenWithSpan, places: &mut Places<'_>) -> Option<Hiding> {
    let mut cut = 0;
    let class = match &token.token {
        Theirs::SingleQuotedString(_)
        | Theirs::DollarQuotedString(_)
        | Theirs::EscapedStringLiteral(_)
        | Theirs::SingleQuotedByteStringLiteral(_)
        | Theirs::UnicodeStringLiteral(_) => Class::String,
        // 0x1F is a number.
        Theirs::HexStringLiteral(_) => {
            let whole = places.hiding(token, Class::String);
            return (places.sql.as_bytes().get(whole.start as usize) != Some(&b'0')).then_some(whole);
        }
        // N'…' is two tokens of ours: the letter, then the string.
        Theirs::NationalStringLiteral(_) => {
            let whole = places.hiding(token, Class::String);
            return Some(Hiding { start: whole.start + 1, ..whole });
        }
        Theirs::Word(word) if word.quote_style.is_some() => Class::Name,
        Theirs::DoubleQuotedString(_) => Class::Name,
        Theirs::Whitespace(Whitespace::MultiLineComment(_)) => Class::Comment,
        Theirs::Whitespace(Whitespace::SingleLineComment { comment, .. }) => {
            cut = (comment.len() - comment.trim_end_matches(['\n', '\r']).len()) as u32;
            Class::Comment
        }
        _ => return None,
    };
    let whole = places.hiding(token, class);
    Some(Hiding { end: whole.end.saturating_sub(cut), ..whole })
}

/// Turns line and column, in characters from 1 and rising, into bytes.
struct Places<'a> {
    sql: &'a str,
    at: usize,
    line: u64,
    column: u64,
}

impl Places<'_> {
    fn hiding(&mut self, token: &TokenWithSpan, class: Class) -> Hiding {
        let (start, end) = (self.byte(token.span.start), self.byte(token.span.end));
        Hiding { class, start, end }
    }

    fn byte(&mut self, place: Location) -> u32 {
        for c in self.sql.get(self.at..).unwrap_or_default().chars() {
            if (self.line, self.column) >= (place.line, place.column) {
                break;
            }
            self.at += c.len_utf8();
            (self.line, self.column) =
                if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        self.at as u32
    }
}
