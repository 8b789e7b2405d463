//! What a text names, asked before anything is parsed: "could this touch something protected?"

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::chars::{self, IDENT, IDENT_START};
use super::{TokenKind, Tokens, identifier, lex, string_value};
use crate::names::{self, MAX_IDENTIFIER_BYTES};

/// Strings nested deeper than this are only searched word by word.
const MAX_NESTING: u32 = 4;

/// Are names looked for inside string constants too?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strings {
    /// Identifiers of the statement itself only.
    Skip,
    /// Also in every string constant: a body of DO or CREATE FUNCTION, a name that is cast to
    /// regclass, a query given as text.
    Inside,
}

/// Calls `visit` with every name that the text could mean: identifiers and keywords, folded, unescaped
/// and cut as the server does; with [`Strings::Inside`] also those in string constants, by every
/// reading of them. Names that are too long, and bytes that are no UTF-8, come as the server or
/// nothing would match them. `visit` breaks to end the search; that is what is returned.
pub fn names_in<B>(
    text: &[u8],
    tokens: &Tokens,
    strings: Strings,
    visit: &mut dyn FnMut(&str) -> ControlFlow<B>,
) -> ControlFlow<B> {
    search(text, tokens, strings, MAX_NESTING, visit)
}

fn search<B>(
    text: &[u8],
    tokens: &Tokens,
    strings: Strings,
    nesting: u32,
    visit: &mut dyn FnMut(&str) -> ControlFlow<B>,
) -> ControlFlow<B> {
    for (index, token) in tokens.as_slice().iter().enumerate() {
        match token.kind {
            TokenKind::Ident | TokenKind::Keyword(_) => visit_folded(token.bytes(text), visit)?,
            TokenKind::QuotedIdent | TokenKind::UnicodeIdent => {
                match identifier(text, tokens, index as u32) {
                    Ok(name) => visit(&name)?,
                    // The server refuses such a name, or it is in another encoding.
                    Err(_) => visit(&String::from_utf8_lossy(token.bytes(text)))?,
                }
            }
            kind if kind.is_string() && strings == Strings::Inside => {
                let mut scratch = Vec::new();
                let body = match string_value(text, tokens, index as u32, &mut scratch) {
                    Ok(value) => Cow::Borrowed(value),
                    Err(_) => Cow::Borrowed(token.bytes(text)),
                };
                inside(&body, nesting, visit)?;
            }
            _ => {}
        }
    }
    ControlFlow::Continue(())
}

/// Names in a string that may be SQL: read as SQL if it can be, and word by word in any case.
fn inside<B>(body: &[u8], nesting: u32, visit: &mut dyn FnMut(&str) -> ControlFlow<B>) -> ControlFlow<B> {
    if let Some(deeper) = nesting.checked_sub(1) {
        let mut tokens = Tokens::default();
        if lex(body, true, &mut tokens).is_ok() {
            search(body, &tokens, Strings::Inside, deeper, visit)?;
        }
    }
    words_in(body, visit)
}

/// Calls `visit` with every word of a text that may not even be SQL: each run of identifier
/// characters, folded, and also as it stands; and what stands between two double quotes.
pub fn words_in<B>(text: &[u8], visit: &mut dyn FnMut(&str) -> ControlFlow<B>) -> ControlFlow<B> {
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if !chars::is(byte, IDENT) {
            at += 1;
            continue;
        }
        let end = chars::skip(text, at, IDENT);
        let word = text.get(at..end).unwrap_or_default();
        if word.iter().any(|&b| chars::is(b, IDENT_START)) {
            visit_folded(word, visit)?;
            if word.iter().any(u8::is_ascii_uppercase) {
                visit(&String::from_utf8_lossy(word))?;
            }
        }
        at = end;
    }
    let mut quotes = memchr::memchr_iter(b'"', text);
    let mut open = quotes.next();
    while let (Some(from), Some(to)) = (open, quotes.next()) {
        visit(&String::from_utf8_lossy(text.get(from + 1..to).unwrap_or_default()))?;
        open = Some(to);
    }
    ControlFlow::Continue(())
}

fn visit_folded<B>(word: &[u8], visit: &mut dyn FnMut(&str) -> ControlFlow<B>) -> ControlFlow<B> {
    let mut buffer = [0u8; MAX_IDENTIFIER_BYTES];
    let text = std::str::from_utf8(word);
    match (text, buffer.get_mut(..word.len())) {
        (Ok(word), _)
            if !word.bytes().any(|b| b.is_ascii_uppercase()) && word.len() <= MAX_IDENTIFIER_BYTES =>
        {
            visit(word)
        }
        (Ok(word), Some(folded)) => {
            folded.copy_from_slice(word.as_bytes());
            folded.make_ascii_lowercase();
            visit(std::str::from_utf8(folded).unwrap_or(word))
        }
        (Ok(word), None) => visit(&names::folded(word)),
        (Err(_), _) => visit(&names::folded(&String::from_utf8_lossy(word))),
    }
}
