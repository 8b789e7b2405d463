//! The verdict on a statement, and what the session must remember of it.

use std::sync::Arc;

use crate::catalog::change::Change;
use crate::catalog::model::{Column, Relation, RelationKind};
use crate::catalog::movers::Stir;
use crate::names::QualifiedName;
use crate::sql::analysis::{Analysis, MadeOfQuery};
use crate::sql::ast::{
    CreateTable, Discard, FunctionBody, ObjectKind, ObjectName, Persistence, Statement, StatementKind,
    Transaction, TypeName,
};
use crate::sql::builtin::is_builtin;
use crate::sql::gate;
use crate::sql::known::{Known, Protocol};
use crate::sql::lexer::{Keyword, TokenKind, Tokens, identifier, string_value};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::row_types::names_row;
use crate::sql::settings::{self, SettingEffect};
use crate::sql::statements::definitions::gone::of_schemas;
use crate::sql::unmade;
use crate::sql::verdict::{Cleared, Refusal, Verdict};
use crate::types::oid;

/// A verdict with what follows from the statement once the server has carried it out.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What is done with it.
    pub verdict: Verdict,
    /// To be taken over at the CommandComplete that proves the statement, in this order.
    pub effects: Vec<Effect>,
    /// Likewise, of settings and transactions.
    pub settings: Vec<SettingEffect>,
    /// Likewise, of the pinned shape; in force for everybody when the transaction is committed.
    pub changes: Vec<Change>,
}

impl Judged {
    /// A statement that is not sent changes nothing.
    pub(in crate::sql) fn refused(refusal: Refusal) -> Self {
        let verdict = Verdict::Refuse(Box::new(refusal));
        Judged { verdict, effects: Vec::new(), settings: Vec::new(), changes: Vec::new() }
    }
}

/// What a statement changes in [`crate::sql::known::SessionNames`].
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// PREPARE: this name runs what the verdict of the statement says (its rows are those of EXECUTE);
    /// with the words of the text that could come to name something protected.
    Prepared(Box<str>, Arc<[Box<str>]>),
    /// DEALLOCATE; `None` is all.
    Deallocated(Option<Box<str>>),
    /// DECLARE: this cursor gives the rows that the verdict says.
    Declared(Box<str>),
    /// CLOSE; `None` is all.
    Closed(Option<Box<str>>),
    /// A temporary relation with the tags that its columns inherit.
    Made(Box<Relation>),
    /// The same with IF NOT EXISTS.
    MadeUnlessThere(Box<Relation>),
    /// A relation that outlives the session is made under this bare name, which was a tagged one's.
    Taken(Box<str>),
    /// A definition of this was refused: the name stands for nothing, whatever the client takes it for.
    Missed(Box<Relation>),
    /// DROP of a relation of this bare name, if it was a temporary one.
    Dropped(Box<str>),
    /// CREATE FUNCTION of this bare name, with a body that pgveil cannot judge: the catalog does not
    /// have it yet, or never will, since it is refused.
    Doubted(Box<str>),
    /// CREATE FUNCTION of this bare name, with a body that is judged: what was refused under it is made
    /// otherwise now.
    Vouched(Box<str>),
    /// DISCARD ALL: everything of the session.
    Discarded,
    /// DISCARD TEMP: all temporary relations.
    TemporaryDiscarded,
}

/// The verdict alone; see [`judge`].
pub fn analyse(statement: &Statement, text: &[u8], tokens: &Tokens, known: &Known) -> Verdict {
    judge(statement, text, tokens, known).verdict
}

/// Judges one statement of a text. `tokens` are those of the whole text.
pub fn judge(statement: &Statement, text: &[u8], tokens: &Tokens, known: &Known) -> Judged {
    let mut effects = effects(statement, text, tokens, known);
    effects.extend(doubted(statement, text, tokens, known));
    let mut settings = settings::effects(statement, text, tokens);
    if gate::stirs(Stir::Path, statement, text, tokens, known) {
        settings.push(SettingEffect::LosePath { for_good: !settings::is_run_at_once(&statement.kind) });
    }
    if gate::stirs(Stir::Unheard, statement, text, tokens, known) {
        settings.push(SettingEffect::LoseSight);
    }
    // Of several statements each is asked for itself, or their number would count twice.
    let may_touch = match known.protocol {
        Protocol::Batch | Protocol::Pipeline => gate::may_touch(text, &tokens.within(statement.span), known),
        Protocol::Simple | Protocol::Extended => gate::may_touch(text, tokens, known),
    };
    let outcome = match may_touch {
        true => touching(statement, text, tokens, known),
        false => Ok(Touching::default()),
    };
    let outcome = outcome.and_then(|mut touching| {
        touching.changes.extend(of_schemas(statement, known)?);
        may_change(&touching.changes, statement, known)?;
        may_be_prepared(statement, known)?;
        Ok(touching)
    });
    match outcome {
        Ok(Touching { verdict, made, changes }) => {
            if made.is_some() {
                // What has tags is not made without them first.
                effects.retain(|effect| !matches!(effect, Effect::Made(_) | Effect::MadeUnlessThere(_)));
            }
            effects.extend(made);
            Judged { verdict, effects, settings, changes }
        }
        Err(objection) => {
            let refused = Judged::refused(objection.into_refusal(known.policy));
            effects.retain(|effect| matches!(effect, Effect::Doubted(_)));
            effects.extend(unmade::by_statement(text, &tokens.within(statement.span)));
            Judged { effects, ..refused }
        }
    }
}

/// What comes of a statement that may touch something protected.
struct Touching {
    verdict: Verdict,
    made: Option<Effect>,
    changes: Vec<Change>,
}

impl Default for Touching {
    fn default() -> Self {
        Touching { verdict: Verdict::Clear(Cleared::new()), made: None, changes: Vec::new() }
    }
}

fn touching(statement: &Statement, text: &[u8], tokens: &Tokens, known: &Known) -> Checked<Touching> {
    let mut analysis = Analysis::new(text, tokens, *known);
    let rows = analysis.judge(statement)?;
    let (made, changes) = (analysis.made.take().map(inherited), std::mem::take(&mut analysis.changes));
    let verdict = match analysis.into_plan(rows)? {
        Some(plan) => Verdict::Plan(plan.into()),
        None => Verdict::Clear(Cleared::new()),
    };
    Ok(Touching { verdict, made, changes })
}

// REFUSES: a change of what the operator pinned, by a role that the operator does not let do that.
fn may_change(changes: &[Change], statement: &Statement, known: &Known) -> Checked<()> {
    match changes.is_empty() || known.names.may_define {
        true => Ok(()),
        false => Err(Objection::at(Cause::DefinitionRole, statement.span)),
    }
}

// REFUSES: a transaction that is left to whoever commits it, with a change of the pinned shape in it. Its locks would
// hold up every look at the shape, and its COMMIT PREPARED says nothing of what comes into force.
fn may_be_prepared(statement: &Statement, known: &Known) -> Checked<()> {
    match &statement.kind {
        StatementKind::Transaction(Transaction::PrepareTransaction) if known.names.has_changed => {
            Err(Objection::at(Cause::PreparedDefinition, statement.span))
        }
        _ => Ok(()),
    }
}

/// What the statement itself says that it changes.
fn effects(statement: &Statement, bytes: &[u8], tokens: &Tokens, known: &Known) -> Vec<Effect> {
    let text = |name: &crate::sql::ast::Ident| name.text.clone();
    match &statement.kind {
        StatementKind::Prepare(prepare) => {
            vec![Effect::Prepared(text(&prepare.name), gate::unwatched_words(bytes, tokens, known))]
        }
        StatementKind::Deallocate(name) => vec![Effect::Deallocated(name.as_ref().map(text))],
        StatementKind::Declare(declare) => vec![Effect::Declared(text(&declare.name))],
        StatementKind::Close(name) => vec![Effect::Closed(name.as_ref().map(text))],
        StatementKind::Discard(Discard::All) => vec![Effect::Discarded],
        StatementKind::Discard(Discard::Temporary) => vec![Effect::TemporaryDiscarded],
        StatementKind::CreateTable(table) if !is_temporary(table.persistence, &table.name) => {
            taken(&table.name, known)
        }
        StatementKind::CreateTable(table) => temporary(table),
        StatementKind::CreateTableAs(table) if !is_temporary(table.persistence, &table.name) => {
            taken(&table.name, known)
        }
        StatementKind::CreateView(view) if !is_temporary(view.persistence, &view.name) => {
            taken(&view.name, known)
        }
        StatementKind::Drop(drop) if is_relation(drop.kind) => {
            let own = drop.names.iter().filter(|name| name.schema().is_none_or(is_temporary_schema));
            own.map(|name| Effect::Dropped(name.name().into())).collect()
        }
        _ => Vec::new(),
    }
}

/// A new function that could do what its text does not show, or name something protected.
fn doubted(statement: &Statement, text: &[u8], tokens: &Tokens, known: &Known) -> Option<Effect> {
    let function = match &statement.kind {
        StatementKind::CreateFunction(function) => function,
        StatementKind::Other(other) if other.command == "alter" => {
            return moved_function(statement, text, tokens, known).map(Effect::Doubted);
        }
        _ => return None,
    };
    let takes_row = |to: &TypeName| !to.builtin && !to.percent_type && names_row(to.name.name(), known);
    // Under a name of the server's it is called in place of the one that pgveil knows.
    let shadows = is_builtin(function.name.name());
    if shadows || function.parameters.iter().any(|parameter| takes_row(&parameter.type_name)) {
        return Some(Effect::Doubted(function.name.name().into()));
    }
    let language = function.language.as_deref().unwrap_or("sql");
    let mut scratch = Vec::new();
    let clear = match &function.body {
        FunctionBody::Text(pieces) => pieces.iter().all(|token| {
            let body = string_value(text, tokens, *token, &mut scratch);
            body.is_ok_and(|body| !gate::code_is_opaque(body, language, known))
        }),
        FunctionBody::Return(_) | FunctionBody::Atomic(_) => {
            let body = tokens.bytes_of(statement.span).and_then(|bytes| text.get(bytes));
            body.is_some_and(|body| !gate::code_is_opaque(body, "sql", known))
        }
        FunctionBody::Missing => false,
    };
    let name = function.name.name();
    match clear {
        true => known.names.unmade.contains(name).then(|| Effect::Vouched(name.into())),
        false => Some(Effect::Doubted(name.into())),
    }
}

/// The name that an ALTER FUNCTION gives to a function which could reach something protected, or leaves to
/// it in another schema.
fn moved_function(statement: &Statement, text: &[u8], tokens: &Tokens, known: &Known) -> Option<Box<str>> {
    let own = |index: &u32| tokens.get(*index).is_some_and(|token| !token.kind.is_comment());
    let is = |index: &u32, word| tokens.get(*index).is_some_and(|t| t.kind == TokenKind::Keyword(word));
    let name = |index: u32| identifier(text, tokens, index).ok();
    let words: Vec<u32> = statement.span.range().filter(own).collect();
    let kinds = [Keyword::Function, Keyword::Procedure, Keyword::Routine, Keyword::Aggregate];
    let moved = words.get(1).is_some_and(|index| kinds.iter().any(|kind| is(index, *kind)));
    let mut opaque =
        words.iter().filter_map(|index| name(*index)).filter(|name| gate::calls_opaque(name, known));
    let was = opaque.next().filter(|_| moved)?;
    match words.iter().any(|index| is(index, Keyword::Rename)) {
        true => words.last().and_then(|index| name(*index)).map(|name| name.into_owned().into()),
        false => Some(was.into_owned().into()),
    }
}

fn is_relation(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView)
}

fn is_temporary(persistence: Persistence, name: &ObjectName) -> bool {
    persistence == Persistence::Temporary || name.schema().is_some_and(is_temporary_schema)
}

/// The name stands for something again.
fn taken(name: &ObjectName, known: &Known) -> Vec<Effect> {
    let gone = known.names.temporary.is_gone(name.name());
    if gone { vec![Effect::Taken(name.name().into())] } else { Vec::new() }
}

/// A temporary table without tags: its name still hides others.
fn temporary(table: &CreateTable) -> Vec<Effect> {
    let relation = || Relation::new(QualifiedName::new("pg_temp", table.name.name()), RelationKind::Table);
    match table.if_not_exists {
        false => vec![Effect::Made(Box::new(relation()))],
        true => vec![Effect::MadeUnlessThere(Box::new(relation()))],
    }
}

/// The session's own, by its alias or by its name.
pub(in crate::sql) fn is_temporary_schema(schema: &str) -> bool {
    schema == "pg_temp" || schema.starts_with("pg_temp_")
}

/// A temporary relation made of a query. What columns it has need not be known if none is protected.
fn inherited(made: MadeOfQuery) -> Effect {
    let mut relation = Relation::new(QualifiedName::new("pg_temp", &*made.name), RelationKind::Table);
    if let Some(columns) = made.columns {
        relation.pinned = true;
        relation.columns = columns
            .into_iter()
            .map(|(name, tag)| {
                let mut column = Column::new(&*name, oid::TEXT, "text");
                column.tag = tag;
                column
            })
            .collect();
    }
    match made.unless_there {
        true => Effect::MadeUnlessThere(Box::new(relation)),
        false => Effect::Made(Box::new(relation)),
    }
}
