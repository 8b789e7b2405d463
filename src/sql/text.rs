//! The verdict on a whole text: the statements of a Query, or the one of a Parse.
//!
//! A text that names nothing protected is not even parsed. One that cannot be read and does is
//! refused as a whole, since it is not known where its statements begin.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::catalog::movers::Stir;
use crate::sql::ast::{Span, Statement, StatementKind, Transaction};
use crate::sql::gate;
use crate::sql::judge::{Judged, judge};
use crate::sql::known::{Known, Protocol};
use crate::sql::lexer::{LexErrorKind, TokenKind, Tokens, lex};
use crate::sql::opening::begins_as_a_statement;
use crate::sql::parse::{ParseErrorKind, parse};
use crate::sql::refusal::{Cause, Objection};
use crate::sql::settings::{self, SettingEffect};
use crate::sql::shown_defaults;
use crate::sql::statements::goes_in_a_pipeline;
use crate::sql::verdict::{Cleared, Edit, Refusal, Replacement, Rows, Verdict};
use crate::sql::witness::{Witness, witness};

/// What is done with a text.
#[derive(Clone, Debug)]
pub enum TextVerdict {
    /// Nothing protected is named: the text is forwarded as it is. It was not parsed.
    Clear(Cleared),
    /// Every statement of it, in order, with its tokens.
    Statements(Vec<(Span, Judged)>),
    /// It cannot be read.
    Refuse(Box<Refusal>),
}

/// Judges a text. `tokens` is a buffer that is filled with the tokens of the text.
pub fn judge_text(text: &[u8], tokens: &mut Tokens, known: &Known) -> TextVerdict {
    match lex(text, known.names.standard_strings, tokens) {
        Ok(()) => judge_tokens(text, tokens, known),
        Err(error) if gate::unread_may_touch(text, known) => {
            let cause = if is_wrong(error.kind) { Cause::Syntax } else { Cause::Unreadable };
            unreadable(cause, None, known)
        }
        Err(_) if is_no_statement(text, known) || known.names.rows_may_follow => {
            unreadable(Cause::NoStatement, None, known)
        }
        Err(_) => TextVerdict::Clear(Cleared::new()),
    }
}

/// Judges a text whose tokens these are.
pub fn judge_tokens(text: &[u8], tokens: &Tokens, known: &Known) -> TextVerdict {
    let watched = gate::may_touch(text, tokens, known);
    let follows = || settings::possible(text, tokens) || gate::may_move_path(text, tokens, known);
    let defaults = shown_defaults::are_asked_for(text, tokens, known);
    // REFUSES: rows of a COPY that did not begin, which psql takes for SQL.
    if !watched && is_no_statement(text, known) {
        let begins =
            |kind: TokenKind| !kind.is_comment() && !matches!(kind, TokenKind::Semicolon | TokenKind::Open);
        let first = tokens.as_slice().iter().position(|token| begins(token.kind)).map(|first| first as u32);
        return unreadable(
            Cause::NoStatement,
            first.map(|first| Span { start: first, end: first + 1 }),
            known,
        );
    }
    if !watched && !defaults && !known.names.rows_may_follow && !gate::may_change_names(tokens) && !follows()
    {
        return TextVerdict::Clear(Cleared::new());
    }
    if watched && let Witness::Disagrees(at) = witness(text, tokens) {
        return two_readings(tokens, at, known);
    }
    if tokens.as_slice().iter().all(|token| token.kind == TokenKind::Semicolon) {
        return TextVerdict::Clear(Cleared::new());
    }
    match parse(text, tokens) {
        Ok(statements) => judge_statements(&statements, text, tokens, known),
        Err(_) if !watched && known.names.rows_may_follow => unreadable(Cause::NoStatement, None, known),
        Err(_) if !watched || gate::only_makes_anew(text, tokens, known) => {
            TextVerdict::Clear(Cleared::new())
        }
        Err(error) => {
            let cause = match error.kind {
                ParseErrorKind::Syntax => Cause::Syntax,
                ParseErrorKind::Depth => Cause::TooDeep,
                ParseErrorKind::Name | ParseErrorKind::LeftOut => Cause::Unreadable,
            };
            unreadable(cause, Some(Span { start: error.token, end: error.token + 1 }), known)
        }
    }
}

/// More statements in a Query than these do not go as a pipeline.
const MAX_PIPELINE: usize = 256;

fn judge_statements(statements: &[Statement], text: &[u8], tokens: &Tokens, known: &Known) -> TextVerdict {
    let protocol = match (known.protocol, statements.len()) {
        (Protocol::Simple, 2..) => Protocol::Batch,
        (protocol, _) => protocol,
    };
    let mut verdicts = judge_each(statements, text, tokens, &Known { protocol, ..*known });
    let in_text = Cause::PlainInText.reason();
    let shows = |(_, judged): &(Span, Judged)| match &judged.verdict {
        Verdict::Refuse(refusal) => refusal.reason == in_text,
        Verdict::Clear(_) | Verdict::Plan(_) => false,
    };
    if protocol == Protocol::Batch && verdicts.iter().any(shows) && is_pipeline(statements, tokens) {
        let known = Known { protocol: Protocol::Pipeline, ..*known };
        verdicts = judge_each(statements, text, tokens, &known);
    }
    blank_once(&mut verdicts);
    TextVerdict::Statements(verdicts)
}

/// May the statements of a Query go one by one with parameters, to the same end? A `$1` of the client's own
/// has no value in a Query, and must not find one.
fn is_pipeline(statements: &[Statement], tokens: &Tokens) -> bool {
    statements.len() <= MAX_PIPELINE
        && statements.iter().all(|statement| goes_in_a_pipeline(&statement.kind))
        && tokens.as_slice().iter().all(|token| token.kind != TokenKind::Param)
}

fn judge_each(statements: &[Statement], text: &[u8], tokens: &Tokens, known: &Known) -> Vec<(Span, Judged)> {
    let defaults = shown_defaults::are_asked_for(text, tokens, known);
    let mut names = Cow::Borrowed(known.names);
    let mut catalog = Cow::Borrowed(known.catalog);
    let mut policy = Cow::Borrowed(known.policy);
    let mut stirred = false;
    let mut verdicts = Vec::with_capacity(statements.len());
    for statement in statements {
        let now = Known { names: &names, catalog: &catalog, policy: &policy, ..*known };
        let mut judged = judge(statement, text, tokens, &now);
        if defaults && let Some(shown) = shown_defaults::shown(statement, &judged.verdict, &now) {
            judged.verdict = shown;
        }
        // REFUSES: a time that is read under settings which a statement before it changes.
        if stirred && matches!(&judged.verdict, Verdict::Plan(plan) if plan.reads_time(known.policy)) {
            let objection = Objection { cause: Cause::TextRules, span: Some(statement.span), column: None };
            judged = Judged::refused(objection.into_refusal(known.policy));
        }
        // REFUSES: values for what was prepared, or rows of a cursor, that are text of another encoding by now,
        // or are read by other rules: EXECUTE and FETCH name no relation. Definitions have said what they name.
        let reads = |verdict: &Verdict| matches!(verdict, Verdict::Plan(plan) if !matches!(plan.rows, Rows::Strange(_) | Rows::Definitions(_)));
        let runs = judged.changes.is_empty() && reads(&judged.verdict);
        if runs && !names.reads_as_usual() {
            let objection = Objection { cause: Cause::TextRules, span: Some(statement.span), column: None };
            judged = Judged::refused(objection.into_refusal(known.policy));
        }
        stirred |= judged.settings.iter().any(SettingEffect::stirs)
            || (statements.len() > 1 && gate::stirs(Stir::Time, statement, text, tokens, known));
        if statements.len() > 1 {
            // A later statement of the same text may use what this one makes.
            if !judged.effects.is_empty() {
                let names = names.to_mut();
                judged.effects.iter().for_each(|effect| names.apply(effect, &judged.verdict));
            }
            if !judged.changes.is_empty() {
                let after = catalog.after(&judged.changes, |relation| policy.names(relation)).catalog;
                let types = policy.after(&judged.changes);
                (catalog, policy) = (Cow::Owned(after), Cow::Owned(types));
                names.to_mut().has_changed = true;
            }
            if !judged.settings.is_empty() {
                judged.settings.iter().for_each(|setting| names.to_mut().set(setting));
            }
            if ends(&statement.kind) && names.temporary.mark() > 0 {
                names.to_mut().temporary.doubt();
            }
            if names.has_changed && takes_back(&statement.kind) {
                // REFUSES: what is protected, in a text that takes back what has changed its shape.
                names.to_mut().unexplained = Some("ROLLBACK");
            }
        }
        verdicts.push((statement.span, judged));
    }
    verdicts
}

/// Does it undo what was done before it?
fn takes_back(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::Transaction(transaction) => match transaction {
            Transaction::Rollback(_) | Transaction::RollbackTo(_) | Transaction::PrepareTransaction => true,
            Transaction::Begin
            | Transaction::Commit(_)
            | Transaction::Savepoint(_)
            | Transaction::Release(_)
            | Transaction::EndPrepared => false,
        },
        _ => false,
    }
}

/// May it undo what was done before it? COMMIT does where the transaction has failed.
fn ends(kind: &StatementKind) -> bool {
    let commits = matches!(kind, StatementKind::Transaction(Transaction::Commit(_)));
    commits || takes_back(kind)
}

/// Is a text with this fault no text for any server?
fn is_wrong(kind: LexErrorKind) -> bool {
    match kind {
        LexErrorKind::UnterminatedString
        | LexErrorKind::UnterminatedDollar
        | LexErrorKind::UnterminatedIdentifier
        | LexErrorKind::UnterminatedComment
        | LexErrorKind::EmptyIdentifier
        | LexErrorKind::NumberJunk
        | LexErrorKind::LongOperator => true,
        LexErrorKind::UnsafeUnicode | LexErrorKind::BigParameter | LexErrorKind::TooLong => false,
    }
}

fn is_no_statement(text: &[u8], known: &Known) -> bool {
    !begins_as_a_statement(text) && gate::has_protected(known)
}

fn unreadable(cause: Cause, span: Option<Span>, known: &Known) -> TextVerdict {
    let objection = Objection { cause, span, column: None };
    TextVerdict::Refuse(Box::new(objection.into_refusal(known.policy)))
}

// REFUSES: a text whose strings, quoted names or comments a second reader finds elsewhere.
fn two_readings(tokens: &Tokens, byte: u32, known: &Known) -> TextVerdict {
    let token = tokens.as_slice().partition_point(|token| token.end <= byte) as u32;
    let span = Some(Span { start: token, end: token + 1 });
    let objection = Objection { cause: Cause::TwoReadings, span, column: None };
    TextVerdict::Refuse(Box::new(objection.into_refusal(known.policy)))
}

/// Every plan that seals blanks all comments of the text: once is enough, and not inside what another replaces.
fn blank_once(verdicts: &mut [(Span, Judged)]) {
    let is_blank = |edit: &Edit| edit.with == Replacement::Blank;
    let plans = verdicts.iter().filter_map(|(_, judged)| match &judged.verdict {
        Verdict::Plan(plan) => Some(plan),
        Verdict::Clear(_) | Verdict::Refuse(_) => None,
    });
    let edits = plans.clone().flat_map(|plan| &plan.edits);
    if plans.count() < 2 || !edits.clone().any(is_blank) {
        return;
    }
    let replaced = edits.filter(|edit| !is_blank(edit) && !edit.tokens.is_empty());
    let mut replaced: Vec<Range<u32>> = replaced.map(|edit| edit.tokens.clone()).collect();
    replaced.sort_by_key(|tokens| tokens.start);
    let is_inside = |comment: &Range<u32>| {
        let behind = replaced.partition_point(|tokens| tokens.start <= comment.start);
        behind.checked_sub(1).and_then(|at| replaced.get(at)).is_some_and(|tokens| comment.end <= tokens.end)
    };
    let mut blanked = false;
    for (_, judged) in verdicts {
        let Verdict::Plan(plan) = &mut judged.verdict else { continue };
        if plan.edits.iter().any(is_blank) {
            let first = !std::mem::replace(&mut blanked, true);
            Arc::make_mut(plan).edits.retain(|e| !is_blank(e) || (first && !is_inside(&e.tokens)));
        }
    }
}

impl TextVerdict {
    /// The verdict on a text of one statement, as Parse takes it; an empty text is clear.
    pub fn into_single(self) -> Verdict {
        match self {
            TextVerdict::Clear(cleared) => Verdict::Clear(cleared),
            TextVerdict::Refuse(refusal) => Verdict::Refuse(refusal),
            TextVerdict::Statements(mut statements) => match statements.pop() {
                Some((_, judged)) => judged.verdict,
                None => Verdict::Clear(Cleared::new()),
            },
        }
    }
}
