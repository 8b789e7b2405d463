//! Literals and parameters of the client, one site for each place where one stands.
//!
//! A site is sealed, or left, by what its class turns out to be. Never reads a value: a literal is
//! a token number.

use crate::names::ColumnId;
use crate::policy::standing::Side;
use crate::sql::ast::Span;
use crate::sql::roles::Class;
use crate::sql::verdict::{Literal, Purpose};
use crate::types::{Cast, LogicalType, Oid, TextFunction, oid};

/// A site, by its position among the sites of the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sql) struct SiteId(u32);

/// One place where the client wrote a constant.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Site {
    pub constant: Constant,
    /// The constant with the casts and the sign on it: what a seal replaces.
    pub span: Span,
    /// Innermost first.
    pub casts: Vec<Cast>,
    /// Functions of text on it, innermost first.
    pub computed: Vec<TextFunction>,
    /// A cast to a type that pgveil cannot evaluate stands on it.
    pub strange_cast: Option<Span>,
    /// Its own type, before any cast.
    pub given: Option<Cast>,
    /// That type is text since nothing around says another.
    pub assumed: bool,
    pub class: Class,
    /// It is written to this column as it stands.
    pub stored: Option<ColumnId>,
    /// It is compared with the text of a value.
    pub spelt: bool,
    /// Its type is to be said, or the server takes it for another.
    pub typed: bool,
    /// What it is for, where a statement that was prepared before has said so.
    pub purpose: Option<Purpose>,
    /// In which form it is wanted, where a statement that was prepared before has said so.
    pub side: Option<Side>,
    /// Its sealed form is written already, elsewhere; another site has the same constant.
    pub repeated: bool,
    /// One of several in the list of an IN: PostgreSQL takes them as of the column's own type.
    pub as_column: bool,
    /// It is the DEFAULT of a column, which the jobs find there and change with the rows.
    pub default: bool,
}

/// What the client wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) enum Constant {
    /// A literal, or several strings put together.
    Literal(Literal),
    /// B'…' or X'…'.
    Bits,
    /// `$number` at a token.
    Param { number: u32, token: u32 },
}

/// All sites of a statement.
#[derive(Debug, Default)]
pub(in crate::sql) struct Sites {
    list: Vec<Site>,
}

impl Sites {
    pub fn add(&mut self, constant: Constant, span: Span, given: Option<Cast>, class: Class) -> SiteId {
        let id = SiteId(self.list.len() as u32);
        self.list.push(Site {
            constant,
            span,
            casts: Vec::new(),
            computed: Vec::new(),
            strange_cast: None,
            given,
            assumed: false,
            class,
            stored: None,
            spelt: false,
            typed: false,
            purpose: None,
            side: None,
            repeated: false,
            as_column: false,
            default: false,
        });
        id
    }

    pub fn get_mut(&mut self, id: SiteId) -> Option<&mut Site> {
        self.list.get_mut(id.0 as usize)
    }

    /// See [`Site::as_column`].
    pub fn as_column(&mut self, id: SiteId) {
        if let Some(site) = self.get_mut(id) {
            site.as_column = true;
        }
    }

    pub fn get(&self, id: SiteId) -> Option<&Site> {
        self.list.get(id.0 as usize)
    }

    pub fn ids(&self) -> impl Iterator<Item = (SiteId, &Site)> {
        (0u32..).map(SiteId).zip(&self.list)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Site> {
        self.list.iter()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Site> {
        self.list.iter_mut()
    }

    /// Those that were added since there were so many.
    pub fn since_mut(&mut self, first: usize) -> impl Iterator<Item = &mut Site> {
        self.list.iter_mut().skip(first)
    }

    pub fn since(&self, first: usize) -> impl Iterator<Item = &Site> {
        self.list.iter().skip(first)
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }
}

/// What the client declared of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sql) enum Declared {
    /// Nothing.
    Open,
    /// A type that pgveil can evaluate, or an array of it.
    Type(Cast),
    /// Any other type.
    Strange,
}

/// bpchar without a length, of which a parameter may be: as long as any can be.
pub(in crate::sql) const ANY_BPCHAR: LogicalType = LogicalType::Bpchar(10_485_760);

/// The type that a client declared (oids of `pg_type.dat`).
pub(in crate::sql) fn declared(declared: Oid) -> Declared {
    use LogicalType as T;
    let scalar = |to| Declared::Type(Cast { to, array: false });
    let array = |to| Declared::Type(Cast { to, array: true });
    match declared {
        0 | oid::UNKNOWN => Declared::Open,
        oid::TEXT | oid::NAME => scalar(T::Text),
        oid::VARCHAR => scalar(T::Varchar(None)),
        oid::INT2 => scalar(T::Int2),
        oid::INT4 => scalar(T::Int4),
        oid::INT8 => scalar(T::Int8),
        oid::BOOL => scalar(T::Bool),
        oid::NUMERIC => scalar(T::Numeric(None)),
        oid::DATE => scalar(T::Date),
        oid::TIMESTAMP => scalar(T::Timestamp(None)),
        oid::TIMESTAMPTZ => scalar(T::Timestamptz(None)),
        oid::TIME => scalar(T::Time(None)),
        oid::TIMETZ => scalar(T::Timetz(None)),
        oid::INTERVAL => scalar(T::Interval),
        oid::FLOAT4 => scalar(T::Float4),
        oid::FLOAT8 => scalar(T::Float8),
        oid::UUID => scalar(T::Uuid),
        oid::BYTEA => scalar(T::Bytea),
        oid::JSON => scalar(T::Json),
        oid::JSONB => scalar(T::Jsonb),
        oid::INET => scalar(T::Inet),
        oid::CIDR => scalar(T::Cidr),
        oid::TEXT_ARRAY => array(T::Text),
        oid::VARCHAR_ARRAY => array(T::Varchar(None)),
        oid::BPCHAR => scalar(ANY_BPCHAR),
        199 => array(T::Json),
        651 => array(T::Cidr),
        1000 => array(T::Bool),
        1001 => array(T::Bytea),
        1005 => array(T::Int2),
        1007 => array(T::Int4),
        1016 => array(T::Int8),
        1021 => array(T::Float4),
        1014 => array(ANY_BPCHAR),
        1022 => array(T::Float8),
        1041 => array(T::Inet),
        1115 => array(T::Timestamp(None)),
        1182 => array(T::Date),
        1183 => array(T::Time(None)),
        1185 => array(T::Timestamptz(None)),
        1187 => array(T::Interval),
        1231 => array(T::Numeric(None)),
        1270 => array(T::Timetz(None)),
        2951 => array(T::Uuid),
        3807 => array(T::Jsonb),
        _ => Declared::Strange,
    }
}
