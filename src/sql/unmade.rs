//! What a definition that is not sent would have made: a client that does not listen to the refusal goes on
//! to write to it, and a server that has no such relation logs what it wrote.
//!
//! Read from the tokens, so that it hangs neither on a tree nor on what stands around the definition (EXPLAIN,
//! CREATE SCHEMA, the code of a DO block). A name too many costs a statement that would have failed.

use super::gate;
use super::judge::Effect;
use super::lexer::{Keyword, TokenKind, Tokens, identifier, lex, string_value};
use crate::catalog::model::{Relation, RelationKind};
use crate::names::QualifiedName;
use crate::sql::temporary::ANY_SCHEMA;

/// Names that are taken from one text.
const MOST: usize = 100;

/// By a statement that is refused; `tokens` are its own.
pub(in crate::sql) fn by_statement(text: &[u8], tokens: &Tokens) -> Vec<Effect> {
    by_text(text, tokens).into_iter().map(|relation| Effect::Missed(Box::new(relation))).collect()
}

/// By a text that is refused: what follows CREATE … TABLE or VIEW, RENAME TO, and INTO where nothing is
/// inserted; in the code that it holds, too.
pub fn by_text(text: &[u8], tokens: &Tokens) -> Vec<Relation> {
    let mut found = by_tokens(text, tokens);
    if gate::holds_code(tokens) {
        let (mut scratch, mut inner) = (Vec::new(), Tokens::default());
        for index in 0..tokens.len() {
            let is_string = tokens.get(index).is_some_and(|token| token.kind.is_string());
            if is_string
                && let Ok(code) = string_value(text, tokens, index, &mut scratch)
                && lex(code, true, &mut inner).is_ok()
            {
                found.extend(by_tokens(code, &inner));
            }
        }
    }
    found
}

fn by_tokens(text: &[u8], tokens: &Tokens) -> Vec<Relation> {
    let own = |index: &u32| tokens.get(*index).is_some_and(|token| !token.kind.is_comment());
    let words: Vec<u32> = (0..tokens.as_slice().len() as u32).filter(own).collect();
    let kind = |at: usize| words.get(at).and_then(|index| tokens.get(*index)).map(|token| token.kind);
    let word = |at: usize| match kind(at) {
        Some(TokenKind::Keyword(keyword)) => Some(keyword),
        _ => None,
    };
    let mut found = Vec::new();
    // That which a CREATE SCHEMA makes, with what stands in it.
    let mut around = None;
    for at in 0..words.len() {
        if found.len() == MOST {
            break;
        }
        if kind(at) == Some(TokenKind::Semicolon) {
            around = None;
        }
        let mut name_at = match (word(at), at.checked_sub(1).and_then(word)) {
            (Some(Keyword::Schema), Some(Keyword::Create)) => {
                let before = [Keyword::If, Keyword::Not, Keyword::Exists, Keyword::Authorization];
                let name = (at + 1..).find(|at| !word(*at).is_some_and(|word| before.contains(&word)));
                let index = name.and_then(|at| words.get(at));
                around = index.and_then(|index| identifier(text, tokens, *index).ok());
                continue;
            }
            (Some(Keyword::Table | Keyword::View), _) if is_created(at, &word) => at + 1,
            (Some(Keyword::Into), Some(Keyword::Insert | Keyword::Merge)) => continue,
            (Some(Keyword::Into), _) => at + 1,
            (Some(Keyword::To), Some(Keyword::Rename)) => at + 1,
            _ => continue,
        };
        let mut is_temporary = is_created(at, &word) && has_temporary_before(at, &word);
        while let Some(
            before @ (Keyword::If
            | Keyword::Not
            | Keyword::Exists
            | Keyword::Temp
            | Keyword::Temporary
            | Keyword::Local
            | Keyword::Global
            | Keyword::Unlogged
            | Keyword::Table),
        ) = word(name_at)
        {
            is_temporary |= matches!(before, Keyword::Temp | Keyword::Temporary);
            name_at += 1;
        }
        let part = |at: usize| words.get(at).and_then(|index| identifier(text, tokens, *index).ok());
        let Some(mut name) = part(name_at) else { continue };
        let mut schema = None;
        while kind(name_at + 1) == Some(TokenKind::Dot)
            && let Some(next) = part(name_at + 2)
        {
            schema = Some(std::mem::replace(&mut name, next));
            name_at += 2;
        }
        // Which one it would have been made in is for a search_path to say.
        let schema = schema.as_deref().or(around.as_deref()).unwrap_or(ANY_SCHEMA);
        let schema = if is_temporary { "pg_temp" } else { schema };
        found.push(Relation::new(QualifiedName::new(schema, &*name), RelationKind::Table));
    }
    found
}

/// The words between CREATE and the kind of what is made.
const BETWEEN: &[Keyword] = &[
    Keyword::Or,
    Keyword::Replace,
    Keyword::Local,
    Keyword::Global,
    Keyword::Temp,
    Keyword::Temporary,
    Keyword::Unlogged,
    Keyword::Recursive,
    Keyword::Materialized,
    Keyword::Foreign,
];

fn before<'w>(
    at: usize,
    word: &'w dyn Fn(usize) -> Option<Keyword>,
) -> impl Iterator<Item = Option<Keyword>> + 'w {
    (0..at).rev().map(word)
}

fn is_created(at: usize, word: &dyn Fn(usize) -> Option<Keyword>) -> bool {
    let own = |word: &Option<Keyword>| word.is_some_and(|word| BETWEEN.contains(&word));
    before(at, word).find(|word| !own(word)).flatten() == Some(Keyword::Create)
}

fn has_temporary_before(at: usize, word: &dyn Fn(usize) -> Option<Keyword>) -> bool {
    let mut words = before(at, word).take_while(|word| *word != Some(Keyword::Create));
    words.any(|word| matches!(word, Some(Keyword::Temp | Keyword::Temporary)))
}
