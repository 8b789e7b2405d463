//! Types whose values hold rows of protected relations: the row type that comes with each relation, and
//! the arrays of it (manual, 8.16.1; CREATE TYPE, Array Types).
//!
//! Knows names as they are written. Does not know what else a database made of such a type before
//! pgveil looked: domains and composites are found with the catalog (`policy/reach`), and closed.

use crate::catalog::model::Relation;
use crate::names::QualifiedName;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{ColumnTyped, Span, TypeName};
use crate::sql::known::Known;
use crate::sql::lexer::{Keyword, TokenKind, Tokens, identifier, lex};
use crate::sql::refusal::Checked;

/// The longest name; an array's type is the row's with `_` before it, cut to this (makeArrayTypeName of
/// `pg_type.c`).
const LONGEST: usize = 63;

/// Is this the bare name of a protected relation, and so of its row type, or that of an array of it?
pub(in crate::sql) fn names_row(word: &str, known: &Known) -> bool {
    is_relation(word, known) || names_array(word, known)
}

/// Is this the name of an array of rows? Such a name is no relation's, and is watched for itself.
pub(in crate::sql) fn names_array(word: &str, known: &Known) -> bool {
    let bare = word.trim_start_matches('_');
    if bare.len() == word.len() {
        return false;
    }
    let cut = |relation: &Relation| relation.pinned && relation.name.name.starts_with(bare);
    is_relation(bare, known) || (word.len() >= LONGEST && known.catalog.relations().iter().any(cut))
}

fn is_relation(word: &str, known: &Known) -> bool {
    known.catalog.pinned_named(word).next().is_some()
        || known.names.temporary.get(word).is_some_and(Relation::is_tagged)
}

/// Does a function with these arguments, as the server prints them with every type qualified, take the row
/// of something protected? What it is given for that would be stored or compared there as it stands.
pub(in crate::sql) fn takes_row(arguments: &str, known: &Known) -> bool {
    let mut tokens = Tokens::default();
    let text = arguments.as_bytes();
    if lex(text, true, &mut tokens).is_err() {
        return true;
    }
    let name = |index: usize| identifier(text, &tokens, index as u32).ok();
    tokens.as_slice().iter().enumerate().any(|(at, token)| {
        let (Some(before), TokenKind::Dot) = (at.checked_sub(1), token.kind) else { return false };
        let (Some(schema), Some(bare)) = (name(before), name(at + 1)) else { return false };
        known.catalog.relation(&QualifiedName::new(schema, bare)).is_some_and(|relation| relation.pinned)
    })
}

impl Analysis<'_> {
    // REFUSES: what is given for a protected row would be stored with every field as it stands, in a place
    // that has no tags.
    pub(in crate::sql) fn no_row_type(&self, to: &TypeName) -> Checked<()> {
        match !to.builtin && !to.percent_type && names_row(to.name.name(), &self.known) {
            true => self.strange("a column or field of the row type of a protected relation", to.span),
            false => Ok(()),
        }
    }

    /// Columns of what a function gives, as the statement spells them.
    pub(in crate::sql) fn no_row_types(&self, columns: &[ColumnTyped]) -> Checked<()> {
        columns.iter().try_for_each(|column| self.no_row_type(&column.type_name))
    }

    /// CREATE TYPE and ALTER TYPE, which have no tree: a name that does not stand where an attribute's own
    /// does is a type's.
    pub(in crate::sql) fn no_row_type_within(&self, span: Span) -> Checked<()> {
        let own = |index: &u32| self.tokens.get(*index).is_some_and(|token| !token.kind.is_comment());
        let kind = |index: u32| self.tokens.get(index).map(|token| token.kind);
        let mut words = span.range().filter(own).skip(1);
        if words.next().and_then(kind) != Some(TokenKind::Keyword(Keyword::Type)) {
            return Ok(());
        }
        let mut before = None;
        for index in words {
            let names_attribute = matches!(
                before,
                Some(TokenKind::Open | TokenKind::Comma | TokenKind::Keyword(Keyword::Attribute))
            );
            before = kind(index);
            let word = || identifier(self.text, self.tokens, index).ok();
            if !names_attribute && word().is_some_and(|word| names_row(&word, &self.known)) {
                let span = Span { start: index, end: index + 1 };
                return self.strange("a type made of the row type of a protected relation", span);
            }
        }
        Ok(())
    }
}
