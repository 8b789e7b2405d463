//! The first question: could this text touch something protected at all?
//!
//! Asked of the tokens, before anything is parsed, in every spelling of a name. A text that passes
//! names no protected relation, no function that could reach one, and runs no text.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::catalog::model::{Function, Relation};
use crate::catalog::movers::Stir;
use crate::policy::reach::option_name;
use crate::sql::ast::{Statement, StatementKind};
use crate::sql::expressions::{hit, runs_text};
use crate::sql::known::Known;
use crate::sql::lexer::{
    self, Keyword, Strings, TokenKind, Tokens, identifier, lex, names_in, string_value, words_in,
};
use crate::sql::refusal::{Cause, Objection};
use crate::sql::row_types::{names_array, takes_row};
use crate::sql::verdict::{Cleared, Refusal};
use crate::types::Oid;

/// Functions that a function may call, and those in turn; one that reaches more counts as opaque.
const MAX_CALLED: usize = 256;

/// Bodies in language `internal` that the server itself makes, one of a kind for every range type
/// (manual, 8.17.6): they compute on their arguments.
const RANGE_CONSTRUCTORS: &[&str] = &[
    "multirange_constructor0",
    "multirange_constructor1",
    "multirange_constructor2",
    "range_constructor2",
    "range_constructor3",
];

/// Extensions whose functions compute on their arguments and run no SQL of their own.
const COMPUTING_EXTENSIONS: &[&str] = &[
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "postgis",
    "seg",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "vector",
];

/// Could a statement of this text touch something protected? False is a proof, true is not.
pub fn may_touch(text: &[u8], tokens: &Tokens, known: &Known) -> bool {
    if !has_protected(known) {
        return false;
    }
    let strings = match holds_code(tokens) || holds_options(tokens) {
        true => Strings::Inside,
        false => Strings::Skip,
    };
    begins_with(tokens, Keyword::Do)
        || begins_with(tokens, Keyword::Fetch)
        || names_in(text, tokens, strings, &mut |word| hit(is_watched(word, known))).is_break()
}

/// Is it one CREATE SCHEMA that touches nothing but names which stand for nothing, and is to make them anew?
pub fn only_makes_anew(text: &[u8], tokens: &Tokens, known: &Known) -> bool {
    let mut kinds = tokens.as_slice().iter().map(|token| token.kind).filter(|kind| !kind.is_comment());
    let creates =
        [Keyword::Create, Keyword::Schema].iter().all(|word| kinds.next() == Some(TokenKind::Keyword(*word)));
    let is_one =
        kinds.skip_while(|kind| *kind != TokenKind::Semicolon).all(|kind| kind == TokenKind::Semicolon);
    let names = &known.names.temporary;
    // What the server has denied it may have.
    let is_nothing =
        |word: &str| known.has_lost(None, word) && !names.is_unsettled(word) && !names.is_denied(word);
    let mut leads = |word: &str| hit(is_watched(word, known) && !is_nothing(word));
    creates
        && is_one
        && !holds_code(tokens)
        && names_in(text, tokens, Strings::Inside, &mut leads).is_continue()
}

/// Does a statement of the text begin with this word? ON CONFLICT DO and FETCH FIRST ROW ONLY are not
/// what is looked for.
pub fn begins_with(tokens: &Tokens, word: Keyword) -> bool {
    let own = || tokens.as_slice().iter().map(|token| token.kind).filter(|kind| !kind.is_comment());
    let before = std::iter::once(TokenKind::Semicolon).chain(own());
    // Most texts have no such word at all.
    tokens.as_slice().iter().any(|token| token.kind == TokenKind::Keyword(word))
        && before
            .zip(own())
            .any(|(before, kind)| before == TokenKind::Semicolon && kind == TokenKind::Keyword(word))
}

/// Does one of these tokens call what may change the search_path, or does a DO block say how?
pub(in crate::sql) fn may_move_path(text: &[u8], tokens: &Tokens, known: &Known) -> bool {
    let moves =
        |word: &str| known.catalog.stirs(Stir::Path, word) || known.catalog.stirs(Stir::Unheard, word);
    (known.catalog.has_stirring(Stir::Path) || known.catalog.has_stirring(Stir::Unheard))
        && names_in(text, tokens, Strings::Skip, &mut |word| hit(moves(word))).is_break()
}

/// Does this statement call or touch what does it, or is it a DO block that does?
pub(in crate::sql) fn stirs(
    stir: Stir,
    statement: &Statement,
    text: &[u8],
    tokens: &Tokens,
    known: &Known,
) -> bool {
    let mut names = statement.span.range().filter_map(|index| identifier(text, tokens, index).ok());
    let calls = known.catalog.has_stirring(stir) && names.any(|name| known.catalog.stirs(stir, &name));
    let StatementKind::Do(block) = &statement.kind else { return calls };
    let mut scratch = Vec::new();
    block.body.iter().any(|token| match string_value(text, tokens, *token, &mut scratch) {
        Ok(body) => {
            let mut visit = |word: &str| hit(known.catalog.stirs(stir, word));
            stir.is_in(&String::from_utf8_lossy(body)) || words_in(body, &mut visit).is_break()
        }
        Err(_) => true,
    })
}

/// Could a text that no lexer reads touch something protected? Asked of its words, in any case.
pub fn unread_may_touch(text: &[u8], known: &Known) -> bool {
    let visit = |word: &str| hit(matches!(word, "do" | "fetch") || is_watched(word, known));
    has_protected(known) && words_in(text, &mut { visit }).is_break()
}

/// Could a text change what later statements mean: prepared statements, cursors, temporary tables?
pub fn may_change_names(tokens: &Tokens) -> bool {
    tokens.as_slice().iter().any(|token| {
        let TokenKind::Keyword(keyword) = token.kind else { return false };
        matches!(
            keyword,
            Keyword::Prepare
                | Keyword::Deallocate
                | Keyword::Declare
                | Keyword::Close
                | Keyword::Discard
                | Keyword::Temp
                | Keyword::Temporary
                | Keyword::Drop
                | Keyword::Schema
                | Keyword::Function
                | Keyword::Procedure
        )
    })
}

/// Functions on large objects (`pg_proc.dat`): lo_create, lo_open, lo_close, loread, lowrite, lo_lseek,
/// lo_creat, lo_tell, lo_unlink, lo_truncate, lo_lseek64, lo_tell64, lo_truncate64.
const LARGE_OBJECT_FUNCTIONS: [Oid; 13] =
    [715, 952, 953, 954, 955, 956, 957, 958, 964, 1004, 3170, 3171, 3172];

/// May a function be called by its oid, with arguments that nobody looks at? Those on large objects,
/// and those of the database whose body is known and leaves protected columns alone.
pub fn function_call(function: Oid, known: &Known) -> Result<Cleared, Box<Refusal>> {
    if !has_protected(known) || LARGE_OBJECT_FUNCTIONS.contains(&function) {
        return Ok(Cleared::new());
    }
    let found = known.catalog.functions().iter().find(|f| f.oid == function);
    let name: Box<str> = match found {
        // REFUSES: one that the operator has declared takes its arguments sealed.
        Some(found) if known.policy.functions.iter().any(|f| f.name == found.name) => {
            found.name.to_string().into()
        }
        Some(found) if !is_opaque(found, known) && !known.catalog.stirs(Stir::Path, &found.name.name) => {
            return Ok(Cleared::new());
        }
        Some(found) => found.name.to_string().into(),
        // REFUSES: a built-in one may run its argument as SQL, and one that is not in the catalog anything.
        None => format!("with oid {function}").into(),
    };
    let objection = Objection { cause: Cause::UndeclaredFunction(name), span: None, column: None };
    Err(Box::new(objection.into_refusal(known.policy)))
}

/// Is anything protected in this database?
pub fn has_protected(known: &Known) -> bool {
    known.policy.columns.iter().any(|c| c.phase != crate::policy::model::Phase::Plain)
}

/// Does a verdict on this text hang on what its constants say? Such a verdict is good for no other
/// text of the same shape.
pub fn reads_constants(text: &[u8], tokens: &Tokens) -> bool {
    holds_code(tokens)
        || holds_options(tokens)
        || names_in(text, tokens, Strings::Skip, &mut |word| hit(runs_text(word) || word == "set_config"))
            .is_break()
}

/// Statements that carry code in string constants, or run what was prepared.
pub(in crate::sql) fn holds_code(tokens: &Tokens) -> bool {
    let is_code = |kind| matches!(kind, TokenKind::Keyword(keyword) if is_code_keyword(keyword));
    begins_with(tokens, Keyword::Do) || tokens.as_slice().iter().any(|token| is_code(token.kind))
}

/// A definition with OPTIONS in it, whose strings may say what a foreign table stands for; or COPY and a PROGRAM
/// of the server's, which may send statements of its own.
fn holds_options(tokens: &Tokens) -> bool {
    let is_one = |kind| matches!(kind, TokenKind::Keyword(Keyword::Options | Keyword::Program));
    // Almost no text has one of these words.
    tokens.as_slice().iter().any(|token| is_one(token.kind))
        && [Keyword::Create, Keyword::Alter, Keyword::Copy].iter().any(|word| begins_with(tokens, *word))
}

/// Is an option of a foreign table the name of something protected, or text that names it?
pub(in crate::sql) fn option_leads_to_protected(value: &str, known: &Known) -> bool {
    match option_name(value) {
        Some(name) => names_protected(name, known) || names_protected(&name.to_lowercase(), known),
        None => text_names_protected(value.as_bytes(), known),
    }
}

fn is_code_keyword(keyword: Keyword) -> bool {
    matches!(keyword, Keyword::Function | Keyword::Procedure | Keyword::Routine)
}

/// A word that could lead to something protected.
fn is_watched(word: &str, known: &Known) -> bool {
    known.catalog.is_pinned_word(word)
        || word == "execute"
        || runs_text(word)
        || names_array(word, known)
        || known.names.temporary.get(word).is_some_and(Relation::is_tagged)
        || known.has_lost(None, word)
        // In whichever letters: a table that is to be made may be meant.
        || known.policy.columns.iter().any(|c| c.relation.name.eq_ignore_ascii_case(word))
        || known.policy.functions.iter().any(|f| f.name.name == word)
        || known.names.doubted.contains(word)
        || known.catalog.functions_named(word).any(|f| is_opaque(f, known))
}

/// The words of a text that lead to nothing protected now.
pub(in crate::sql) fn unwatched_words(text: &[u8], tokens: &Tokens, known: &Known) -> Arc<[Box<str>]> {
    let mut words: Vec<Box<str>> = Vec::new();
    let mut visit = |word: &str| {
        if !is_watched(word, known) && words.iter().all(|seen| **seen != *word) {
            words.push(word.into());
        }
        ControlFlow::<()>::Continue(())
    };
    let _: ControlFlow<()> = names_in(text, tokens, Strings::Skip, &mut visit);
    words.into()
}

/// Could one of these words lead to something protected by now?
pub fn are_watched(words: &[Box<str>], known: &Known) -> bool {
    has_protected(known) && words.iter().any(|word| is_watched(word, known))
}

/// Does a text name a protected relation, or a function that could reach one, in any spelling?
pub(in crate::sql) fn text_names_protected(text: &[u8], known: &Known) -> bool {
    let mut tokens = Tokens::default();
    let mut visit = |word: &str| hit(names_protected(word, known));
    let read = match lex(text, true, &mut tokens) {
        Ok(()) => names_in(text, &tokens, Strings::Inside, &mut visit),
        Err(_) => ControlFlow::Continue(()),
    };
    read.is_break() || words_in(text, &mut visit).is_break()
}

fn names_protected(word: &str, known: &Known) -> bool {
    known.catalog.is_pinned_word(word)
        || names_array(word, known)
        || known.policy.columns.iter().any(|c| c.relation.name == word)
        || known.policy.functions.iter().any(|f| f.name.name == word)
        || known.names.temporary.get(word).is_some_and(Relation::is_tagged)
}

/// Does a text of code hold a constant, or is it unreadable?
pub(in crate::sql) fn code_holds_constants(text: &[u8]) -> bool {
    let mut tokens = Tokens::default();
    lexer::lex(text, true, &mut tokens).is_err() || tokens.as_slice().iter().any(|t| t.kind.is_literal())
}

/// Does a definition that has no tree name something protected beside constants of its own? Roles,
/// sequences and the like hold no expressions, whatever they are called.
pub(in crate::sql) fn definition_keeps_constants(text: &[u8], known: &Known) -> bool {
    let mut tokens = Tokens::default();
    if lexer::lex(text, true, &mut tokens).is_err() {
        return true;
    }
    let own = || tokens.as_slice().iter().filter(|token| !token.kind.is_comment());
    if let Some(TokenKind::Keyword(kind)) = own().nth(1).map(|token| token.kind)
        && matches!(
            kind,
            Keyword::Database
                | Keyword::Group
                | Keyword::Role
                | Keyword::Sequence
                | Keyword::System
                | Keyword::User
        )
    {
        return false;
    }
    own().any(|token| token.kind.is_literal())
        && names_in(text, &tokens, Strings::Skip, &mut |word| hit(names_protected(word, known))).is_break()
}

/// Could code do what its text does not show: run text, or call what could?
pub(in crate::sql) fn code_is_opaque(text: &[u8], language: &str, known: &Known) -> bool {
    let mut called = Vec::new();
    does_unseen(text, language, known, &mut called) || reaches_opaque(called, known)
}

/// A function whose body pgveil cannot show to leave protected columns alone.
pub(in crate::sql) fn is_opaque(function: &Function, known: &Known) -> bool {
    reaches_opaque(vec![function], known)
}

/// Is any of these opaque by itself, or does it call one that is? What calls itself, or says its own
/// name in a message, is looked at once.
fn reaches_opaque<'a>(mut called: Vec<&'a Function>, known: &Known<'a>) -> bool {
    let mut at = 0;
    while let Some(function) = called.get(at).copied() {
        at += 1;
        if function.pinned || !function.open || takes_row(&function.arguments, known) {
            return true;
        }
        let computing = function.extension.as_deref().is_some_and(|e| COMPUTING_EXTENSIONS.contains(&e))
            || (function.language == "internal" && RANGE_CONSTRUCTORS.contains(&&*function.body));
        let mut unseen = || does_unseen(function.body.as_bytes(), &function.language, known, &mut called);
        if !computing && unseen() {
            return true;
        }
    }
    false
}

/// Does the code itself run text, or name something protected, or can it not be read? Adds the functions
/// that it may call to those that are known already. True, too, where there are too many of them.
fn does_unseen<'a>(text: &[u8], language: &str, known: &Known<'a>, called: &mut Vec<&'a Function>) -> bool {
    let mut tokens = Tokens::default();
    if !matches!(language, "sql" | "plpgsql") || lex(text, true, &mut tokens).is_err() {
        return true;
    }
    let mut visit = |word: &str| {
        for function in known.catalog.functions_named(word) {
            if !called.iter().any(|other| std::ptr::eq(*other, function)) {
                called.push(function);
            }
        }
        hit(word == "execute"
            || called.len() > MAX_CALLED
            || runs_text(word)
            || names_protected(word, known)
            || known.names.doubted.contains(word))
    };
    names_in(text, &tokens, Strings::Inside, &mut visit).is_break()
}

/// Is there a function that could leave a cursor open over something protected? Nothing else does: DO is
/// judged when it comes, and those of extensions in C open none that outlives them.
pub(in crate::sql) fn may_open_cursors(known: &Known) -> bool {
    let opens = |function: &&Function| {
        let mut tokens = Tokens::default();
        let body = function.body.as_bytes();
        let read = matches!(&*function.language, "sql" | "plpgsql") && lex(body, true, &mut tokens).is_ok();
        let mut visit = |word: &str| hit(matches!(word, "open" | "execute") || runs_text(word));
        !read || names_in(body, &tokens, Strings::Inside, &mut visit).is_break()
    };
    let extensions = |function: &&Function| function.extension.is_none() || function.language != "c";
    let functions = known.catalog.functions().iter();
    !known.names.doubted.is_empty() || functions.filter(extensions).filter(opens).any(|f| is_opaque(f, known))
}

/// Is a function of this name one that could reach something protected?
pub(in crate::sql) fn calls_opaque(name: &str, known: &Known) -> bool {
    known.names.doubted.contains(name) || known.catalog.functions_named(name).any(|f| is_opaque(f, known))
}
