//! Does an edit fit a text? A plan that was made for one text serves others of its shape; before its
//! edits are applied, their spans must hold what such edits are for.
//!
//! Knows tokens only. How a constant is sealed and how the text is spliced is the session's.

use super::lexer::{Keyword, TokenKind, Tokens};
use super::verdict::{Edit, Replacement};

/// True if the span of the edit lies in the text and holds the tokens that such an edit is for: a
/// constant with or without a minus before it, or comments only.
pub fn fits(tokens: &Tokens, edit: &Edit) -> bool {
    let span = tokens.as_slice().get(edit.tokens.start as usize..edit.tokens.end as usize);
    let Some(span) = span else { return false };
    match &edit.with {
        Replacement::Text(_) => true,
        Replacement::Blank => !span.is_empty() && span.iter().all(|token| token.kind.is_comment()),
        Replacement::Repeat(range) => {
            span.is_empty() && range.start < range.end && tokens.get(range.end - 1).is_some()
        }
        Replacement::Seal { literal, negated, .. } => {
            // A constant that is sealed once more elsewhere stays where it is.
            let from = if span.is_empty() { literal.saturating_sub(1) } else { edit.tokens.start };
            let before = tokens.as_slice().get(from as usize..*literal as usize);
            let minus = before.unwrap_or_default().iter().any(|token| token.kind == TokenKind::Minus);
            let inside = edit.tokens.contains(literal) || edit.tokens.is_empty();
            inside && minus == *negated && is_constant_at(tokens, *literal)
        }
        Replacement::Pair { literal, .. } => is_constant_at(tokens, *literal),
    }
}

fn is_constant_at(tokens: &Tokens, index: u32) -> bool {
    tokens.get(index).is_some_and(|token| is_constant(token.kind))
}

/// A literal, or a constant that is a keyword.
fn is_constant(kind: TokenKind) -> bool {
    kind.is_literal() || matches!(kind, TokenKind::Keyword(Keyword::True | Keyword::False))
}
