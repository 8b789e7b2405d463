//! Statements about the session, transactions, cursors and prepared statements, and the rest.

use super::{Expr, Ident, ObjectName, OptionItem, Query, RelationRef, Span, Statement, TypeName};

/// PREPARE.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepare {
    /// Its name.
    pub name: Ident,
    /// Declared types of the parameters.
    pub types: Vec<TypeName>,
    /// What is prepared.
    pub statement: Statement,
}

/// EXECUTE.
#[derive(Clone, Debug, PartialEq)]
pub struct Execute {
    /// Which.
    pub name: Ident,
    /// Its arguments.
    pub args: Vec<Expr>,
}

/// DECLARE CURSOR.
#[derive(Clone, Debug, PartialEq)]
pub struct Declare {
    /// Its name.
    pub name: Ident,
    /// BINARY.
    pub binary: bool,
    /// WITH HOLD.
    pub hold: bool,
    /// The query.
    pub query: Query,
}

/// FETCH and MOVE.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetch {
    /// Which cursor.
    pub cursor: Ident,
    /// MOVE: no rows come.
    pub only_move: bool,
}

/// EXPLAIN.
#[derive(Clone, Debug, PartialEq)]
pub struct Explain {
    /// ANALYZE, VERBOSE, FORMAT …, in either syntax.
    pub options: Vec<OptionItem>,
    /// What is explained.
    pub statement: Statement,
}

/// SET, RESET, SHOW.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Which of them.
    pub action: SettingAction,
    /// Folded, with its dot if it has one; special forms under their parameter's name (`timezone`,
    /// `client_encoding`, `role`, `session_authorization`, `search_path` for SET SCHEMA, `xmloption`,
    /// `transaction`, `session characteristics`); `all` for RESET ALL and SHOW ALL.
    pub name: Box<str>,
    /// SET LOCAL.
    pub local: bool,
    /// Values as written; empty for TO DEFAULT, RESET and SHOW.
    pub values: Vec<SettingValue>,
}

/// What is done with a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SettingAction {
    Set,
    /// `SET x TO DEFAULT`, `RESET x`.
    Reset,
    Show,
    /// `SET x FROM CURRENT` (in a function's definition).
    FromCurrent,
}

/// One value of SET.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// A word, as written but folded; `true`, `on` too.
    Word(Ident),
    /// A string, by token.
    String(u32),
    /// A number, by token; the flag is a minus before it.
    Number(u32, bool),
    /// Anything else (`INTERVAL '…' HOUR TO MINUTE`, isolation levels), by tokens.
    Tokens(Span),
}

/// Transaction control.
#[derive(Clone, Debug, PartialEq)]
pub enum Transaction {
    /// BEGIN, START TRANSACTION, with their modes as tokens.
    Begin,
    /// COMMIT, END; the flag is AND CHAIN.
    Commit(bool),
    /// ROLLBACK, ABORT; the flag is AND CHAIN.
    Rollback(bool),
    /// SAVEPOINT.
    Savepoint(Ident),
    /// RELEASE.
    Release(Ident),
    /// ROLLBACK TO.
    RollbackTo(Ident),
    /// PREPARE TRANSACTION.
    PrepareTransaction,
    /// COMMIT PREPARED, ROLLBACK PREPARED.
    EndPrepared,
}

/// DISCARD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Discard {
    All,
    Plans,
    Sequences,
    Temporary,
}

/// DO.
#[derive(Clone, Debug, PartialEq)]
pub struct Do {
    /// String tokens of the body.
    pub body: Vec<u32>,
    /// LANGUAGE; `None` is plpgsql.
    pub language: Option<Box<str>>,
}

/// TRUNCATE.
#[derive(Clone, Debug, PartialEq)]
pub struct Truncate {
    /// These.
    pub relations: Vec<RelationRef>,
}

/// DROP.
#[derive(Clone, Debug, PartialEq)]
pub struct Drop {
    /// What kind of thing.
    pub kind: ObjectKind,
    /// These. For TRIGGER, RULE and POLICY the name of the object; see `on`.
    pub names: Vec<ObjectName>,
    /// `ON relation` of TRIGGER, RULE, POLICY.
    pub on: Option<ObjectName>,
    /// IF EXISTS.
    pub if_exists: bool,
    /// CASCADE.
    pub cascade: bool,
}

/// What kind of object a DROP or ALTER names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ObjectKind {
    Table,
    ForeignTable,
    View,
    MaterializedView,
    Index,
    Sequence,
    Schema,
    Trigger,
    Rule,
    Policy,
    Function,
    Type,
    Domain,
    /// Anything that is no relation, belongs to none and holds none.
    Other,
}

/// A statement of which no more is read than what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    /// Its first words in lower case, as the command tag would say: `grant`, `comment`, `vacuum`,
    /// `lock`, `create role` ….
    pub command: &'static str,
}
