//! What the analysis of one statement says: nothing protected, a plan, or a refusal.
//!
//! Pure data: no keys, no values of the client; cacheable and printable. Positions are token
//! numbers of the lexer, not bytes, so that one plan serves every statement of the same shape.

use std::ops::Range;
use std::sync::Arc;

use crate::catalog::model::Relation;
use crate::names::{ColumnId, QualifiedName};
use crate::policy::model::Policy;
pub use crate::policy::model::Purpose;
pub use crate::policy::standing::Side;
pub use crate::types::{Cast, Document, Extent, Shape, TextFunction};
use crate::types::{LogicalType, Oid, StoredType};

/// The verdict on one statement.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Touches nothing protected: the client's bytes are forwarded as they are.
    Clear(Cleared),
    /// Touches something protected, and this makes it safe.
    Plan(Arc<Plan>),
    /// Cannot be shown to be safe.
    Refuse(Box<Refusal>),
}

/// Proof that `sql` found nothing protected in a statement. Only `sql` can make one.
#[derive(Clone, Copy, Debug)]
pub struct Cleared(());

impl Cleared {
    pub(in crate::sql) fn new() -> Self {
        Cleared(())
    }

    /// For a relay without a policy (nothing is tagged, so nothing can be protected), and for tests
    /// of the session with an artificial judge.
    pub fn nothing_is_tagged() -> Self {
        Cleared(())
    }
}

/// How a statement is sent, and how what comes back is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Splices into the client's text, ordered, not overlapping.
    pub edits: Vec<Edit>,
    /// `$1 …` as the server gets them. Empty: as the client's, all kept.
    pub params: Vec<ServerParam>,
    /// How many parameters the client's statement has, those declared and never used among them.
    /// `None`: only the server counts them.
    pub parameters: Option<u16>,
    /// What ParameterDescription shows for the client's `$1 …`; `None` leaves what the server says.
    pub client_params: Vec<Option<ShownType>>,
    /// What the rows carry.
    pub rows: Rows,
    /// COPY of a protected relation.
    pub copy: Option<CopyPlan>,
    /// Literal tokens whose value the analysis looked at; a statement of the same shape shares this
    /// plan only if these read the same.
    pub fixed_literals: Vec<u32>,
    /// Which value goes where hangs on the order of a relation's columns, or on a view's definition,
    /// and not on names alone: values are sent only after a look at the shape that began after the
    /// client sent them (docs/decisions/0007).
    pub by_position: bool,
    /// Protected relations that were named without a schema, and which they were. A statement that stays
    /// prepared would mean others under another search_path.
    pub unqualified: Vec<(Box<str>, QualifiedName)>,
    /// Temporary relations of the session that hold sealed values, as they were. A statement that stays
    /// prepared would go to what has taken their place.
    pub temporary: Vec<Relation>,
    /// Literals that go up as the parameters `$1 …` of a statement that has none of its own.
    pub bound: Vec<Bound>,
    /// A statement of pgveil's own that has to run right behind it, in the same transaction: the guards of a
    /// table that is made of a query. Its answer is not the client's.
    pub behind: Option<Box<str>>,
}

impl Plan {
    /// Does a constant in it say a time or a date?
    pub fn reads_time(&self, policy: &Policy) -> bool {
        let timed = |seal: &Seal| {
            let of_column = policy.column(seal.column).is_none_or(|column| column.logical.tells_time());
            let given = seal.given.iter().chain(seal.casts.iter().map(|cast| &cast.to));
            of_column || given.into_iter().any(LogicalType::tells_time)
        };
        let written = self.edits.iter().any(|edit| match &edit.with {
            Replacement::Seal { seal, .. } => timed(seal),
            Replacement::Pair { seals, .. } => seals.iter().any(timed),
            Replacement::Text(_) | Replacement::Blank | Replacement::Repeat(_) => false,
        });
        written || self.bound.iter().any(|bound| timed(&bound.seal))
    }

    /// A constant or parameter of it is written to a protected column.
    pub fn stores(&self) -> bool {
        let stored = |seal: &Seal| seal.purpose == Purpose::Store;
        let written = self.edits.iter().any(|edit| match &edit.with {
            Replacement::Seal { seal, .. } => stored(seal),
            Replacement::Text(_) | Replacement::Blank | Replacement::Repeat(_) | Replacement::Pair { .. } => {
                false
            }
        });
        let bound = |param: &ServerParam| match &param.treat {
            Treat::Seal(seal, _) => stored(seal),
            Treat::Keep | Treat::Null => false,
        };
        written || self.params.iter().any(bound)
    }
}

/// A type as the client sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShownType {
    /// The type, or that of the elements.
    pub logical: LogicalType,
    /// An array of it (`= ANY($1)`).
    pub array: bool,
}

impl ShownType {
    /// Its oid.
    pub fn oid(&self) -> Oid {
        if self.array { self.logical.array_oid() } else { self.logical.oid() }
    }
}

/// One splice.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Tokens that are replaced; an empty range inserts before the token `start`.
    pub tokens: Range<u32>,
    /// What stands there instead.
    pub with: Replacement,
}

/// What an edit writes.
#[derive(Clone, Debug, PartialEq)]
pub enum Replacement {
    /// Text of the analysis itself: a schema, a column list, `::text`, `$3`.
    Text(Box<str>),
    /// Blanks, as many as there were bytes.
    Blank,
    /// What the client wrote in these tokens, once more, without comments.
    Repeat(Range<u32>),
    /// A literal of the client, sealed, as a quoted literal.
    Seal {
        /// What the plaintext is read from.
        literal: Literal,
        /// How.
        seal: Seal,
    },
    /// A literal of the client in both forms of a domain that stands in two, as quoted literals with
    /// a comma between them.
    Pair {
        /// Text of the analysis before them.
        before: Box<str>,
        /// As in [`Replacement::Seal`]; it may stand beside the replaced tokens, and is itself removed
        /// by another edit then.
        literal: Literal,
        /// How, once for each form.
        seals: Box<[Seal; 2]>,
        /// Text of the analysis behind them.
        after: Box<str>,
    },
}

/// A constant in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal {
    /// Its first token.
    pub first: u32,
    /// The token behind its last. Of several tokens the strings among them, put together (`'a' || 'b'`),
    /// are the plaintext; a single token's decoded value is it.
    pub end: u32,
    /// A unary minus stands before it and is part of the value.
    pub negated: bool,
}

impl Literal {
    /// One token.
    pub fn at(token: u32, negated: bool) -> Self {
        Literal { first: token, end: token + 1, negated }
    }

    /// The tokens.
    pub fn tokens(self) -> Range<u32> {
        self.first..self.end
    }

    /// Is it put together from several?
    pub fn is_joined(self) -> bool {
        self.end != self.first + 1
    }
}

/// How a constant of the client becomes ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seal {
    /// Governs domain, mode, type and stored form.
    pub column: ColumnId,
    /// Whether the constant is a value of the column, an array of them, or an element of one.
    pub extent: Extent,
    /// The type of the constant as the client gives it, before any cast: a number literal's own type
    /// (int4, int8 or numeric), a parameter's declared type. `None`: the client left it open (an
    /// untyped string literal, an undeclared parameter), so it is read as the first cast's type, or
    /// as the column's own if there is no cast. A given type that is neither the column's nor
    /// castable to it is a refusal of the analysis, never a guess.
    pub given: Option<LogicalType>,
    /// Casts that stood on the constant, innermost first, evaluated on the plaintext.
    pub casts: Vec<Cast>,
    /// Functions of text on it, innermost first, evaluated on what the casts give.
    pub computed: Vec<TextFunction>,
    /// Stored, or only matched.
    pub purpose: Purpose,
    /// In which form, where the domain stands in two.
    pub side: Side,
}

/// A literal of the client that the server gets as a parameter, since in the text it would show a value
/// in the clear.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// Which.
    pub literal: Literal,
    /// In which form.
    pub seal: Seal,
    /// Declared as this, or as an array of it.
    pub stored: StoredType,
}

/// One parameter as the server gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerParam {
    /// Zero-based position among the client's.
    pub client: u16,
    /// Kept, or sealed.
    pub treat: Treat,
}

/// What happens to a parameter on its way.
#[derive(Clone, Debug, PartialEq)]
pub enum Treat {
    /// Forwarded as it is.
    Keep,
    /// Sealed; declared to the server with this type, or as an array of it, always sent in text format.
    Seal(Seal, StoredType),
    /// No place of the text uses it: NULL goes up under its number and declared type, and its value
    /// stays here, whatever it was meant for.
    Null,
}

/// What a result's columns carry.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Rows {
    /// No column of the result is protected (or there is no result).
    #[default]
    Untouched,
    /// In order.
    Columns(Vec<OutColumn>),
    /// Of the cursor of this name, which somebody else has opened. Forwarded as long as nothing in them is sealed.
    Strange(Box<str>),
    /// Of the server's own catalogs: they may show these DEFAULTs, and clients see what they mean.
    Definitions(Arc<[SealedDefault]>),
}

/// A DEFAULT that holds a sealed constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedDefault {
    /// The constant with its quotes, as the server prints it.
    pub printed: Box<str>,
    /// What the quotes hold: a stored value as text.
    pub stored: Box<str>,
    /// Whose DEFAULT it is.
    pub column: ColumnId,
}

/// One column of a result, or a run of them.
#[derive(Clone, Debug, PartialEq)]
pub enum OutColumn {
    /// Forwarded.
    Keep,
    /// `plain.*` of a relation whose shape is not pinned: as many columns as it takes. At most one
    /// stands in a result.
    KeepRest,
    /// Opened.
    Open(Open),
    /// A JSON document of an expression, with protected values inside that are opened.
    Document(Box<Document>),
}

/// How a result column is opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Governs domain, mode, type and stored form.
    pub column: ColumnId,
    /// Whether it is a value of the column, an array of them, or an element of one.
    pub extent: Extent,
    /// The column is a plain reference, so RowDescription must name this (table oid, attnum; an oid
    /// of 0 means that the live one is not known); `None` for an expression, where it must name none.
    pub witness: Option<(Oid, i16)>,
    /// The client asked for a cast of the opened value (`birth_date::text`); innermost first.
    pub casts: Vec<Cast>,
    /// Of an expression, so that no length is shown although every value keeps that of its column:
    /// char(n) has no form without one.
    pub lengthless: bool,
    /// Of an expression, in which constants may stand as [`Purpose::Beside`] says.
    pub beside: bool,
}

/// COPY of a protected relation, or of a query over one.
#[derive(Clone, Debug, PartialEq)]
pub struct CopyPlan {
    /// Towards the server?
    pub from_client: bool,
    /// Per field of the stream.
    pub fields: Vec<CopyField>,
    /// How the stream is written.
    pub format: CopyFormat,
}

/// One field of a COPY stream.
#[derive(Clone, Debug, PartialEq)]
pub enum CopyField {
    /// Forwarded.
    Keep,
    /// Towards the server: sealed, to be stored in this column.
    Seal(ColumnId),
    /// From the server: opened.
    Open(Open),
}

/// The first line of a text or CSV stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyHeader {
    /// A row like the others.
    Absent,
    /// Names, which nobody reads.
    Names,
    /// HEADER MATCH: it must give these names.
    Match(Vec<Box<str>>),
}

/// Options of COPY that decide how fields are cut.
#[derive(Clone, Debug, PartialEq)]
pub enum CopyFormat {
    /// TEXT.
    Text {
        /// One byte.
        delimiter: u8,
        /// The string that stands for NULL.
        null: String,
        /// Its first line.
        header: CopyHeader,
    },
    /// CSV.
    Csv {
        /// One byte.
        delimiter: u8,
        /// Unquoted, it stands for NULL.
        null: String,
        /// One byte.
        quote: u8,
        /// One byte.
        escape: u8,
        /// Its first line.
        header: CopyHeader,
        /// Field positions under FORCE_QUOTE.
        force_quote: Vec<u16>,
        /// Field positions under FORCE_NULL.
        force_null: Vec<u16>,
        /// Field positions under FORCE_NOT_NULL.
        force_not_null: Vec<u16>,
    },
    /// BINARY.
    Binary,
}

/// Why a statement is not sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Entry in docs/errors.md.
    pub reason: Reason,
    /// SQLSTATE, five characters; `0A000` for most.
    pub sqlstate: &'static str,
    /// One sentence in the server's style. Never a value of the client.
    pub message: String,
    /// More, if there is more. Never a value.
    pub detail: Option<String>,
    /// The way out.
    pub hint: Option<String>,
    /// Tokens that the error points at.
    pub tokens: Option<Range<u32>>,
    /// Schema, table and column for the error's fields.
    pub column: Option<(String, String, String)>,
}

/// A short stable name of a refusal, such as `order-by-protected`: anchor in docs/errors.md, label
/// in metrics and in the cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reason(pub &'static str);
