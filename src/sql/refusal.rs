//! Why a statement is refused: one cause each, with its sentence and the way out.
//!
//! Knows names of relations and columns. Never sees a value, so that no sentence can hold one.

use crate::names::ColumnId;
use crate::policy::model::{Policy, column_name};
use crate::sql::ast::Span;
use crate::sql::verdict::{Reason, Refusal};

/// A cause with its place; what the walk over a statement gives up with.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sql) struct Objection {
    pub cause: Cause,
    /// Where the error points; `None` for the statement as a whole.
    pub span: Option<Span>,
    pub column: Option<ColumnId>,
}

/// What a walk returns.
pub(in crate::sql) type Checked<T> = Result<T, Box<Objection>>;

impl Objection {
    pub fn at(cause: Cause, span: Span) -> Box<Self> {
        Box::new(Objection { cause, span: Some(span), column: None })
    }

    pub fn on(cause: Cause, span: Span, column: ColumnId) -> Box<Self> {
        Box::new(Objection { cause, span: Some(span), column: Some(column) })
    }

    pub fn whole(cause: Cause) -> Box<Self> {
        Box::new(Objection { cause, span: None, column: None })
    }

    /// The refusal that the client gets.
    pub fn into_refusal(self, policy: &Policy) -> Refusal {
        let tagged = self.column.and_then(|id| policy.column(id));
        let label = tagged.map_or_else(
            || "a protected column".to_owned(),
            |c| format!("protected column {}", column_name(&c.relation, &c.column)),
        );
        Refusal {
            reason: self.cause.reason(),
            sqlstate: self.cause.sqlstate(),
            message: self.cause.message(&label),
            detail: self.cause.detail().map(str::to_owned),
            hint: self.cause.hint().map(str::to_owned),
            tokens: self.span.map(Span::range),
            column: tagged.map(|c| (c.relation.schema.clone(), c.relation.name.clone(), c.column.clone())),
        }
    }
}

impl Refusal {
    /// Text is read by other rules than protected columns need.
    pub fn of_text_rules(policy: &Policy) -> Refusal {
        Objection::whole(Cause::TextRules).into_refusal(policy)
    }

    /// FETCH of what another message has opened over something protected.
    pub fn of_cursor(policy: &Policy) -> Refusal {
        Objection::whole(Cause::UntrackedCursor).into_refusal(policy)
    }
}

/// Every cause of a refusal.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sql) enum Cause {
    /// The text cannot be read, and it names something protected.
    Unreadable,
    /// 54001: it is read no further, and it names something protected.
    TooDeep,
    /// 42601: the grammar has no such statement, and it names something protected.
    Syntax,
    /// 42601: it names nothing protected, but it is no statement either: what it is, is not to be logged.
    NoStatement,
    /// The lexer and its witness read the text differently.
    TwoReadings,
    /// Read, but the analysis has no rule for it; what it is.
    NotUnderstood(&'static str),
    /// Encoding or string rules under which the text may read differently on the server.
    TextRules,
    /// Several protected relations share the bare name, or a temporary one hides it.
    AmbiguousRelation(Box<str>),
    /// A qualified name that is in no catalog while a protected relation has the same bare name.
    UnresolvedRelation(Box<str>),
    /// 42P01: the policy tags it, and the database has none of the name.
    UndefinedRelation(Box<str>),
    /// A definition of it in this session failed, or was taken back.
    UnsettledRelation(Box<str>),
    /// The live relation differs from the pin.
    RelationClosed(Box<str>),
    /// The server's catalog would decide whether this is a protected column.
    UnqualifiedColumn(Box<str>),
    /// 42703.
    UndefinedColumn(Box<str>),
    /// 42702.
    AmbiguousColumn(Box<str>),
    /// 42P01, for an alias.
    MissingFrom(Box<str>),
    /// Equality on a randomized column.
    Equality,
    /// DISTINCT, GROUP BY, UNION … on a randomized column.
    Grouping,
    /// Two domains, modes or types meet.
    CrossDomain,
    /// A protected value meets a column or expression that is not.
    Mixed,
    /// ORDER BY.
    OrderBy,
    /// < > BETWEEN.
    Range,
    /// LIKE and regular expressions.
    Pattern,
    /// min, max, GREATEST, LEAST.
    Extremes,
    /// Any other operator.
    Operator(Box<str>),
    /// A function that the table does not admit.
    Function(Box<str>),
    /// A cast that may change the value.
    Cast,
    /// A protected boolean as a condition.
    Condition,
    /// A subscript or field of a protected value.
    Subscript,
    /// A whole row with a protected column in it.
    WholeRow,
    /// A row or nested array with a protected value in it as a result.
    Composite,
    /// COLLATE that may call different bytes equal.
    Collate,
    /// Stored where nothing would open it.
    IntoPlain,
    /// The server computes what would be stored in the clear.
    PlainInto,
    /// 42804.
    TypeMismatch,
    /// 42883: compared with what it has no operator for.
    NoOperator,
    /// 42883: a function that the server does not have, or not for values of its type.
    NoFunction(Box<str>),
    /// 42846: from its type there is no cast to the other.
    NoCast,
    /// 42809: an array, or a row, is wanted.
    WrongKind,
    /// 42P10: a position behind the last column of the result.
    NoPosition,
    /// NATURAL JOIN with a relation whose shape is not pinned.
    NaturalJoin,
    /// Two `*` of relations whose shape is not known.
    UnknownShape,
    /// A deterministic column between plaintext and ciphertext.
    Transitional,
    /// A constant whose domain stands in two forms, where only one can be compared.
    WindowOpen,
    /// A constant that would have to be shown to the server in the statement's text.
    PlainInText,
    /// Text that the server would run.
    DynamicSql,
    /// A function whose body pgveil cannot judge.
    UndeclaredFunction(Box<str>),
    /// COPY to or from the server's own files.
    CopyFile,
    /// COPY options that change how the stream reads.
    CopyOption,
    /// FETCH of a cursor that was not seen declared.
    UntrackedCursor,
    /// EXECUTE of a statement that was not seen prepared.
    UntrackedPrepared,
    /// EXECUTE of a statement that policy or keys have outdated.
    StalePrepared,
    /// CREATE TABLE AS, SELECT INTO, a materialised view of protected columns.
    TableFromProtected,
    /// A view over protected columns that is not pinned yet.
    ViewOverProtected,
    /// ALTER TABLE forms.
    AlterProtected(&'static str),
    /// A new table or column with the letters of one that the policy names otherwise.
    LetterCase(Box<str>),
    /// An index that means nothing on ciphertext.
    IndexOnProtected,
    /// DEFAULT, CHECK, GENERATED, index predicate, policy or rule with a protected column.
    BodyOnProtected(&'static str),
    /// A role that may not change what is pinned.
    DefinitionRole,
    /// PREPARE TRANSACTION of what has changed the pinned shape: nobody follows when it is committed.
    PreparedDefinition,
    /// 42601: more or fewer of something than there is a place for; what the server says of it.
    WrongCount(&'static str),
    /// A parameter used for what cannot be one.
    TooManyParameters,
}

/// Every reason there is: docs/errors.md has an entry for each.
pub const REASONS: &[Reason] = &[
    Reason("unreadable-statement"),
    Reason("nested-too-deeply"),
    Reason("two-readings"),
    Reason("not-understood"),
    Reason("text-rules"),
    Reason("ambiguous-relation"),
    Reason("unresolved-relation"),
    Reason("undefined-relation"),
    Reason("relation-closed"),
    Reason("unqualified-column"),
    Reason("undefined-column"),
    Reason("ambiguous-column"),
    Reason("missing-from"),
    Reason("equality-on-randomized"),
    Reason("grouping-on-randomized"),
    Reason("cross-domain"),
    Reason("mixed-with-plain"),
    Reason("order-by-protected"),
    Reason("range-on-protected"),
    Reason("pattern-on-protected"),
    Reason("extremes-of-protected"),
    Reason("operator-on-protected"),
    Reason("function-on-protected"),
    Reason("cast-of-protected"),
    Reason("condition-on-protected"),
    Reason("subscript-of-protected"),
    Reason("whole-row"),
    Reason("composite-result"),
    Reason("collate-protected"),
    Reason("protected-into-plain"),
    Reason("plain-into-protected"),
    Reason("type-mismatch"),
    Reason("natural-join"),
    Reason("unknown-shape"),
    Reason("transitional-phase"),
    Reason("window-open"),
    Reason("plain-in-text"),
    Reason("dynamic-sql"),
    Reason("undeclared-function"),
    Reason("copy-file"),
    Reason("copy-option"),
    Reason("untracked-cursor"),
    Reason("untracked-prepared"),
    Reason("stale-prepared"),
    Reason("table-from-protected"),
    Reason("view-over-protected"),
    Reason("alter-protected"),
    Reason("letter-case"),
    Reason("index-on-protected"),
    Reason("body-on-protected"),
    Reason("definition-role"),
    Reason("prepared-definition"),
    Reason("no-statement"),
    Reason("too-many-parameters"),
];

impl Cause {
    /// The stable name.
    pub fn reason(&self) -> Reason {
        Reason(match self {
            Cause::Unreadable | Cause::Syntax | Cause::WrongCount(_) => "unreadable-statement",
            Cause::TooDeep => "nested-too-deeply",
            Cause::NoStatement => "no-statement",
            Cause::TwoReadings => "two-readings",
            Cause::NotUnderstood(_) => "not-understood",
            Cause::TextRules => "text-rules",
            Cause::AmbiguousRelation(_) => "ambiguous-relation",
            Cause::UnresolvedRelation(_) => "unresolved-relation",
            Cause::UndefinedRelation(_) => "undefined-relation",
            Cause::UnsettledRelation(_) => "unsettled-relation",
            Cause::RelationClosed(_) => "relation-closed",
            Cause::UnqualifiedColumn(_) => "unqualified-column",
            Cause::UndefinedColumn(_) => "undefined-column",
            Cause::AmbiguousColumn(_) => "ambiguous-column",
            Cause::MissingFrom(_) => "missing-from",
            Cause::Equality => "equality-on-randomized",
            Cause::Grouping => "grouping-on-randomized",
            Cause::CrossDomain => "cross-domain",
            Cause::Mixed => "mixed-with-plain",
            Cause::OrderBy => "order-by-protected",
            Cause::Range => "range-on-protected",
            Cause::Pattern => "pattern-on-protected",
            Cause::Extremes => "extremes-of-protected",
            Cause::Operator(_) => "operator-on-protected",
            Cause::Function(_) => "function-on-protected",
            Cause::Cast => "cast-of-protected",
            Cause::Condition => "condition-on-protected",
            Cause::Subscript => "subscript-of-protected",
            Cause::WholeRow => "whole-row",
            Cause::Composite => "composite-result",
            Cause::Collate => "collate-protected",
            Cause::IntoPlain => "protected-into-plain",
            Cause::PlainInto => "plain-into-protected",
            Cause::TypeMismatch | Cause::NoOperator | Cause::NoFunction(_) => "type-mismatch",
            Cause::NoCast | Cause::WrongKind => "type-mismatch",
            Cause::NoPosition => "undefined-column",
            Cause::NaturalJoin => "natural-join",
            Cause::UnknownShape => "unknown-shape",
            Cause::Transitional => "transitional-phase",
            Cause::WindowOpen => "window-open",
            Cause::PlainInText => "plain-in-text",
            Cause::DynamicSql => "dynamic-sql",
            Cause::UndeclaredFunction(_) => "undeclared-function",
            Cause::CopyFile => "copy-file",
            Cause::CopyOption => "copy-option",
            Cause::UntrackedCursor => "untracked-cursor",
            Cause::UntrackedPrepared => "untracked-prepared",
            Cause::StalePrepared => "stale-prepared",
            Cause::TableFromProtected => "table-from-protected",
            Cause::ViewOverProtected => "view-over-protected",
            Cause::AlterProtected(_) => "alter-protected",
            Cause::LetterCase(_) => "letter-case",
            Cause::IndexOnProtected => "index-on-protected",
            Cause::BodyOnProtected(_) => "body-on-protected",
            Cause::DefinitionRole => "definition-role",
            Cause::PreparedDefinition => "prepared-definition",
            Cause::TooManyParameters => "too-many-parameters",
        })
    }

    /// The standard code that drivers map to an exception.
    fn sqlstate(&self) -> &'static str {
        match self {
            Cause::UndefinedColumn(_) => "42703",
            Cause::AmbiguousColumn(_) => "42702",
            Cause::MissingFrom(_) | Cause::UndefinedRelation(_) | Cause::UnsettledRelation(_) => "42P01",
            Cause::Syntax | Cause::NoStatement | Cause::WrongCount(_) => "42601",
            Cause::TypeMismatch => "42804",
            Cause::NoOperator | Cause::NoFunction(_) => "42883",
            Cause::NoCast => "42846",
            Cause::WrongKind => "42809",
            Cause::NoPosition => "42P10",
            Cause::UntrackedPrepared => "26000",
            Cause::TooDeep => "54001",
            Cause::TooManyParameters => "54000",
            Cause::DefinitionRole => "42501",
            _ => "0A000",
        }
    }

    /// One sentence; `column` is a label of the column, never a value.
    fn message(&self, column: &str) -> String {
        match self {
            Cause::Unreadable => "this statement cannot be read, and it names something protected".into(),
            Cause::TooDeep => "this statement is nested too deeply, and it names something protected".into(),
            Cause::Syntax => "syntax error in a statement that names something protected".into(),
            Cause::NoStatement => "syntax error: this is no statement, and is not sent".into(),
            Cause::TwoReadings => {
                "this statement can be read in two ways, and it names something protected".into()
            }
            Cause::NotUnderstood(what) => {
                format!("{what} is not supported in a statement that touches protected columns")
            }
            Cause::TextRules => {
                "protected columns need UTF8 encoding on both sides and standard_conforming_strings = on"
                    .into()
            }
            Cause::AmbiguousRelation(name) => {
                format!("relation name \"{name}\" could mean more than one relation")
            }
            Cause::UnresolvedRelation(name) => {
                format!("relation {name} is not known, and a protected relation has the same name")
            }
            Cause::UndefinedRelation(name) | Cause::UnsettledRelation(name) => {
                format!("relation \"{name}\" does not exist")
            }
            Cause::RelationClosed(name) => format!("relation {name} differs from its accepted shape"),
            Cause::UnqualifiedColumn(name) => {
                format!("column reference \"{name}\" could be {column} or a column of another relation")
            }
            Cause::UndefinedColumn(name) => format!("column \"{name}\" does not exist"),
            Cause::AmbiguousColumn(name) => format!("column reference \"{name}\" is ambiguous"),
            Cause::MissingFrom(name) => format!("missing FROM-clause entry for table \"{name}\""),
            Cause::Equality => format!("{column} is randomized, so that equal values cannot be found"),
            Cause::Grouping => {
                format!("{column} is randomized, so that equal values cannot be brought together")
            }
            Cause::CrossDomain => format!("{column} meets a protected value of another domain, mode or type"),
            Cause::Mixed => format!("{column} meets a value that is not protected"),
            Cause::OrderBy => format!("cannot sort by {column}"),
            Cause::Range => format!("cannot compare the order of {column}"),
            Cause::Pattern => format!("cannot match a pattern on {column}"),
            Cause::Extremes => format!("cannot take a minimum or maximum of {column}"),
            Cause::Operator(symbol) => format!("operator {symbol} cannot be applied to {column}"),
            Cause::Function(name) => format!("function {name} cannot be applied to {column}"),
            Cause::Cast => format!("this cast cannot be applied to {column}"),
            Cause::Condition => format!("{column} cannot be used as a condition"),
            Cause::Subscript => format!("cannot take a part of {column}"),
            Cause::WholeRow => format!("a whole row that contains {column} cannot be used as one value"),
            Cause::Composite => {
                format!("{column} cannot stand in a row, a nested array, a document or a composed text here")
            }
            Cause::Collate => format!("this collation cannot be applied to {column}"),
            Cause::IntoPlain => format!("{column} cannot be stored in a column that is not protected"),
            Cause::PlainInto => format!("a value that the server computes cannot be stored in {column}"),
            Cause::NoOperator => {
                format!("operator does not exist: {column} is of another type than this expression")
            }
            Cause::NoFunction(name) => format!("function {name} does not exist for values of {column}"),
            Cause::NoCast => format!("cannot cast values of {column} to this type"),
            Cause::WrongKind => format!("{column} meets what is no array or row here"),
            Cause::NoPosition => "this position is not in the select list".into(),
            Cause::TypeMismatch => format!("{column} is of another type than this expression"),
            Cause::NaturalJoin => {
                format!("NATURAL JOIN could match {column} with a column that is not protected")
            }
            Cause::UnknownShape => "the columns of this result cannot be counted".into(),
            Cause::Transitional => format!("{column} is between plaintext and ciphertext"),
            Cause::WindowOpen => {
                format!("{column} is changing its key, and this constant cannot be compared")
            }
            Cause::PlainInText => {
                format!("{column} is between plaintext and ciphertext, and is compared only with parameters")
            }
            Cause::DynamicSql => "SQL text that the server runs could reach protected columns".into(),
            Cause::UndeclaredFunction(name) => format!("function {name} could reach protected columns"),
            Cause::CopyFile => {
                "COPY between a protected relation and a file or program of the server is not possible".into()
            }
            Cause::CopyOption => "this option of COPY is not supported for a protected relation".into(),
            Cause::UntrackedCursor => "this cursor was not declared through pgveil in this session".into(),
            Cause::UntrackedPrepared => "this prepared statement does not exist".into(),
            Cause::StalePrepared => "cached plan must not change result type".into(),
            Cause::TableFromProtected => format!("{column} cannot be copied into a new table"),
            Cause::ViewOverProtected => format!("a view over {column} has to be pinned before it is used"),
            Cause::AlterProtected(what) => format!("{what} is not possible on {column}"),
            Cause::LetterCase(tagged) => format!("the policy names {tagged}, in other letters"),
            Cause::IndexOnProtected => format!("this index means nothing on {column}"),
            Cause::BodyOnProtected(what) => format!("{what} cannot use {column}"),
            Cause::WrongCount(what) => (*what).into(),
            Cause::DefinitionRole => {
                "permission denied: this role may not change the shape of protected relations".into()
            }
            Cause::PreparedDefinition => {
                "a transaction that has changed the shape of protected relations cannot be prepared".into()
            }
            Cause::TooManyParameters => {
                "the statement needs more parameters than the protocol carries".into()
            }
        }
    }

    fn detail(&self) -> Option<&'static str> {
        match self {
            Cause::Cast => {
                Some("On the server the column holds an envelope, and a cast could change or cut it.")
            }
            Cause::UnqualifiedColumn(_) => {
                Some("Which of them it is would be decided by the server's catalog, which is not trusted.")
            }
            Cause::OrderBy | Cause::Range | Cause::Extremes => {
                Some("On the server the column holds envelopes, whose order says nothing.")
            }
            _ => None,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        super::hints::hint(self)
    }
}
