//! Does an edit fit a text? A plan that was made for one text serves others of its shape; before its
//! edits are applied, their spans must hold what such edits are for.
//!
//! Knows tokens only. How a constant is sealed and how the text is spliced is the session's.

use super::lexer::{Keyword, Token, TokenKind, Tokens};
use super::verdict::{Edit, Literal, Replacement};

/// True if the span of the edit lies in the text and holds the tokens that such an edit is for: a
/// constant with or without signs before it, or comments only.
pub fn fits(tokens: &Tokens, edit: &Edit) -> bool {
    let span = tokens.as_slice().get(edit.tokens.start as usize..edit.tokens.end as usize);
    let Some(span) = span else { return false };
    match &edit.with {
        Replacement::Text(_) => true,
        Replacement::Blank => !span.is_empty() && span.iter().all(|token| token.kind.is_comment()),
        Replacement::Repeat(range) => {
            span.is_empty() && range.start < range.end && tokens.get(range.end - 1).is_some()
        }
        Replacement::Seal { literal, .. } => {
            let inside = edit.tokens.start <= literal.first && literal.end <= edit.tokens.end;
            // A constant that is sealed once more elsewhere stays where it is.
            let elsewhere = edit.tokens.is_empty();
            let before = if elsewhere { 0 } else { edit.tokens.start as usize };
            let before = tokens.as_slice().get(before..literal.first as usize).unwrap_or_default();
            let minus = if elsewhere { signs(before) } else { minuses(before) } % 2 == 1;
            (inside || elsewhere) && minus == literal.negated && is_constant_at(tokens, *literal)
        }
        Replacement::Pair { literal, .. } => is_constant_at(tokens, *literal),
    }
}

fn minuses(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| token.kind == TokenKind::Minus).count()
}

/// How many of the signs right before a constant are a minus.
fn signs(before: &[Token]) -> usize {
    let sign = |kind| matches!(kind, TokenKind::Minus | TokenKind::Plus | TokenKind::Open);
    let own = before.iter().rposition(|token| !sign(token.kind) && !token.kind.is_comment());
    minuses(before.get(own.map_or(0, |at| at + 1)..).unwrap_or_default())
}

/// A constant, or strings of several tokens among which no other constant stands.
pub fn is_constant_at(tokens: &Tokens, literal: Literal) -> bool {
    let range = literal.first as usize..literal.end as usize;
    let mut constants =
        tokens.as_slice().get(range).unwrap_or_default().iter().filter(|token| is_constant(token.kind));
    let whole = |token: &Token| !literal.is_joined() || token.kind.is_string();
    constants.clone().next().is_some() && constants.all(whole)
}

/// A literal, or a constant that is a keyword.
fn is_constant(kind: TokenKind) -> bool {
    kind.is_literal() || matches!(kind, TokenKind::Keyword(Keyword::True | Keyword::False))
}
