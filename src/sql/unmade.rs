//! What a definition that is not sent would have made: a client that does not listen to the refusal goes on
//! to write to it.

use super::ast::{AlterAction, ObjectName, Persistence, Statement, StatementKind};
use super::judge::{Effect, is_temporary};
use super::lexer::{Keyword, TokenKind, Tokens, identifier};
use super::statements::selected_into;
use crate::catalog::model::{Relation, RelationKind};
use crate::names::QualifiedName;

/// By a statement that is refused.
pub(in crate::sql) fn by(statement: &Statement) -> Vec<Effect> {
    let made = match &statement.kind {
        StatementKind::CreateTable(table) => Some((&table.name, table.persistence)),
        StatementKind::CreateTableAs(table) => Some((&table.name, table.persistence)),
        StatementKind::CreateView(view) => Some((&view.name, view.persistence)),
        StatementKind::Query(query) => selected_into(query).map(|into| (&into.name, into.persistence)),
        StatementKind::AlterTable(alter) => {
            let renamed = alter.actions.iter().find_map(|action| match action {
                AlterAction::Rename(to) => Some(to.as_str()),
                _ => None,
            });
            let schema = alter.table.name.schema();
            return renamed.map(|to| missed(schema, to)).into_iter().collect();
        }
        _ => None,
    };
    let effect = |(name, persistence): (&ObjectName, Persistence)| match is_temporary(persistence, name) {
        true => missed(Some("pg_temp"), name.name()),
        false => missed(name.schema(), name.name()),
    };
    made.map(effect).into_iter().collect()
}

fn missed(schema: Option<&str>, name: &str) -> Effect {
    let name = QualifiedName::new(schema.unwrap_or("public"), name);
    Effect::Missed(Box::new(Relation::new(name, RelationKind::Table)))
}

/// By a text that is refused as a whole, and has no tree: what follows CREATE … TABLE or VIEW, RENAME TO, and
/// INTO where nothing is inserted.
pub fn by_text(text: &[u8], tokens: &Tokens) -> Vec<Relation> {
    let own = |index: &u32| tokens.get(*index).is_some_and(|token| !token.kind.is_comment());
    let words: Vec<u32> = (0..tokens.as_slice().len() as u32).filter(own).collect();
    let kind = |at: usize| words.get(at).and_then(|index| tokens.get(*index)).map(|token| token.kind);
    let word = |at: usize| match kind(at) {
        Some(TokenKind::Keyword(keyword)) => Some(keyword),
        _ => None,
    };
    let mut found = Vec::new();
    for at in 0..words.len() {
        let mut name_at = match (word(at), at.checked_sub(1).and_then(word)) {
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
        let schema = if is_temporary { "pg_temp" } else { schema.as_deref().unwrap_or("public") };
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
