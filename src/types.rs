//! The types of PostgreSQL that a protected column may have, as the operator declares them and as
//! the client sees them: a name, an oid, a modifier.
//!
//! Knows oids of `pg_type.dat` and how a declaration is spelt. Does not know how a value of a type
//! is written (that is `values`) nor which columns exist. Stands beside `names`: every layer may
//! use it.

mod function;

use std::fmt;

pub use self::function::{Piece, TextFunction};
use crate::names::ColumnId;

/// A type oid of the server's `pg_type`; 0 is "unspecified" in the protocol.
pub type Oid = u32;

/// What a protected column holds, as the client sees it (docs/format.md, section 2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LogicalType {
    /// `text`.
    Text,
    /// `varchar`, with its length in characters if one is declared.
    Varchar(Option<u32>),
    /// `char(n)`; n in characters.
    Bpchar(u32),
    /// The contrib type, stored as text; randomized only.
    Citext,
    /// `int2`, `int4`, `int8`.
    Int2,
    /// See [`LogicalType::Int2`].
    Int4,
    /// See [`LogicalType::Int2`].
    Int8,
    /// `bool`; randomized only.
    Bool,
    /// `numeric`, with precision and scale if declared; deterministic needs them.
    Numeric(Option<(u16, i16)>),
    /// `date`.
    Date,
    /// `timestamp`, with fractional digits if declared.
    Timestamp(Option<u8>),
    /// `timestamptz`, with fractional digits if declared.
    Timestamptz(Option<u8>),
    /// `time`, with fractional digits if declared.
    Time(Option<u8>),
    /// `timetz`, with fractional digits if declared.
    Timetz(Option<u8>),
    /// `interval`; randomized only.
    Interval,
    /// `float4`.
    Float4,
    /// `float8`.
    Float8,
    /// `uuid`.
    Uuid,
    /// `bytea`.
    Bytea,
    /// `json`; randomized only.
    Json,
    /// `jsonb`; randomized only.
    Jsonb,
    /// `inet`.
    Inet,
    /// `cidr`.
    Cidr,
    /// `text[]`, stored element by element.
    TextArray,
}

impl LogicalType {
    /// A time, a date, or a span of time: the session's settings say how it is read.
    pub fn tells_time(&self) -> bool {
        match self {
            LogicalType::Date
            | LogicalType::Timestamp(_)
            | LogicalType::Timestamptz(_)
            | LogicalType::Time(_)
            | LogicalType::Timetz(_)
            | LogicalType::Interval => true,
            LogicalType::Text
            | LogicalType::Varchar(_)
            | LogicalType::Bpchar(_)
            | LogicalType::Citext
            | LogicalType::Bytea
            | LogicalType::Json
            | LogicalType::Jsonb
            | LogicalType::TextArray
            | LogicalType::Int2
            | LogicalType::Int4
            | LogicalType::Int8
            | LogicalType::Bool
            | LogicalType::Numeric(_)
            | LogicalType::Float4
            | LogicalType::Float8
            | LogicalType::Uuid
            | LogicalType::Inet
            | LogicalType::Cidr => false,
        }
    }

    /// Parses a declaration as in the policy: `varchar(20)`, `numeric(10,2)`, `timestamp(3)`,
    /// `timestamp with time zone`, `text[]`. `None` if it is not one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (name, args) = match text.split_once('(') {
            None => (text.clone(), None),
            Some((before, rest)) => {
                let (args, after) = rest.split_once(')')?;
                let args: Option<Vec<i32>> = args.split(',').map(|a| a.trim().parse().ok()).collect();
                (format!("{}{}", before.trim(), after), Some(args?))
            }
        };
        let one = |max: i32, min: i32| match args.as_deref() {
            None => Some(None),
            Some([n]) if (min..=max).contains(n) => Some(Some(*n)),
            Some(_) => None,
        };
        let frac = || one(6, 0).map(|n| n.map(|n| n as u8));
        let bare = |t: LogicalType| args.is_none().then_some(t);
        let words: Vec<&str> = name.split_whitespace().collect();
        match words.as_slice() {
            ["text"] => bare(Self::Text),
            ["varchar"] | ["character", "varying"] => {
                one(10_485_760, 1).map(|n| Self::Varchar(n.map(|n| n as u32)))
            }
            ["char"] | ["bpchar"] | ["character"] => {
                one(10_485_760, 1).map(|n| Self::Bpchar(n.unwrap_or(1) as u32))
            }
            ["citext"] => bare(Self::Citext),
            ["int2"] | ["smallint"] => bare(Self::Int2),
            ["int4"] | ["int"] | ["integer"] => bare(Self::Int4),
            ["int8"] | ["bigint"] => bare(Self::Int8),
            ["bool"] | ["boolean"] => bare(Self::Bool),
            ["numeric"] | ["decimal"] => match args.as_deref() {
                None => Some(Self::Numeric(None)),
                Some([p]) if (1..=1000).contains(p) => Some(Self::Numeric(Some((*p as u16, 0)))),
                Some([p, s]) if (1..=1000).contains(p) && (-1000..=1000).contains(s) => {
                    Some(Self::Numeric(Some((*p as u16, *s as i16))))
                }
                Some(_) => None,
            },
            ["date"] => bare(Self::Date),
            ["timestamp"] | ["timestamp", "without", "time", "zone"] => frac().map(Self::Timestamp),
            ["timestamptz"] | ["timestamp", "with", "time", "zone"] => frac().map(Self::Timestamptz),
            ["time"] | ["time", "without", "time", "zone"] => frac().map(Self::Time),
            ["timetz"] | ["time", "with", "time", "zone"] => frac().map(Self::Timetz),
            ["interval"] => bare(Self::Interval),
            ["float4"] | ["real"] => bare(Self::Float4),
            ["float8"] | ["double", "precision"] => bare(Self::Float8),
            ["uuid"] => bare(Self::Uuid),
            ["bytea"] => bare(Self::Bytea),
            ["json"] => bare(Self::Json),
            ["jsonb"] => bare(Self::Jsonb),
            ["inet"] => bare(Self::Inet),
            ["cidr"] => bare(Self::Cidr),
            ["text[]"] => bare(Self::TextArray),
            _ => None,
        }
    }

    /// The oid that the client sees (`pg_type.dat`). citext has no fixed oid and is shown as text.
    pub fn oid(&self) -> Oid {
        match self {
            Self::Text | Self::Citext => oid::TEXT,
            Self::Varchar(_) => oid::VARCHAR,
            Self::Bpchar(_) => oid::BPCHAR,
            Self::Int2 => oid::INT2,
            Self::Int4 => oid::INT4,
            Self::Int8 => oid::INT8,
            Self::Bool => oid::BOOL,
            Self::Numeric(_) => oid::NUMERIC,
            Self::Date => oid::DATE,
            Self::Timestamp(_) => oid::TIMESTAMP,
            Self::Timestamptz(_) => oid::TIMESTAMPTZ,
            Self::Time(_) => oid::TIME,
            Self::Timetz(_) => oid::TIMETZ,
            Self::Interval => oid::INTERVAL,
            Self::Float4 => oid::FLOAT4,
            Self::Float8 => oid::FLOAT8,
            Self::Uuid => oid::UUID,
            Self::Bytea => oid::BYTEA,
            Self::Json => oid::JSON,
            Self::Jsonb => oid::JSONB,
            Self::Inet => oid::INET,
            Self::Cidr => oid::CIDR,
            Self::TextArray => oid::TEXT_ARRAY,
        }
    }

    /// The oid of an array of it (`pg_type.typarray`); for `text[]` itself, its own.
    pub fn array_oid(&self) -> Oid {
        match self {
            Self::Text | Self::Citext | Self::TextArray => oid::TEXT_ARRAY,
            Self::Varchar(_) => oid::VARCHAR_ARRAY,
            Self::Bpchar(_) => 1014,
            Self::Int2 => 1005,
            Self::Int4 => 1007,
            Self::Int8 => 1016,
            Self::Bool => 1000,
            Self::Numeric(_) => 1231,
            Self::Date => 1182,
            Self::Timestamp(_) => 1115,
            Self::Timestamptz(_) => 1185,
            Self::Time(_) => 1183,
            Self::Timetz(_) => 1270,
            Self::Interval => 1187,
            Self::Float4 => 1021,
            Self::Float8 => 1022,
            Self::Uuid => 2951,
            Self::Bytea => 1001,
            Self::Json => 199,
            Self::Jsonb => 3807,
            Self::Inet => 1041,
            Self::Cidr => 651,
        }
    }

    /// `pg_type.typlen`: bytes, or -1 for a variable length.
    pub fn typlen(&self) -> i16 {
        match self {
            Self::Bool => 1,
            Self::Int2 => 2,
            Self::Int4 | Self::Float4 | Self::Date => 4,
            Self::Int8 | Self::Float8 | Self::Timestamp(_) | Self::Timestamptz(_) | Self::Time(_) => 8,
            Self::Timetz(_) => 12,
            Self::Interval | Self::Uuid => 16,
            Self::Text
            | Self::Citext
            | Self::Varchar(_)
            | Self::Bpchar(_)
            | Self::Numeric(_)
            | Self::Bytea
            | Self::Json
            | Self::Jsonb
            | Self::Inet
            | Self::Cidr
            | Self::TextArray => -1,
        }
    }

    /// The type without its length or precision, if it has one and can be without.
    pub fn loose(&self) -> Option<LogicalType> {
        match self {
            Self::Varchar(Some(_)) => Some(Self::Varchar(None)),
            Self::Numeric(Some(_)) => Some(Self::Numeric(None)),
            Self::Timestamp(Some(_)) => Some(Self::Timestamp(None)),
            Self::Timestamptz(Some(_)) => Some(Self::Timestamptz(None)),
            Self::Time(Some(_)) => Some(Self::Time(None)),
            Self::Timetz(Some(_)) => Some(Self::Timetz(None)),
            _ => None,
        }
    }

    /// As what a constant is held that stands beside values of this type in a result, if the type would
    /// change it there: a length, blanks at the end, or a scale, is the column's and not the constant's
    /// (manual, 10.5: what COALESCE, CASE and UNION give has none).
    pub fn beside(&self) -> Option<LogicalType> {
        match self {
            Self::Varchar(Some(_)) | Self::Bpchar(_) => Some(Self::Text),
            Self::Numeric(Some(_)) => Some(Self::Numeric(None)),
            _ => None,
        }
    }

    /// Is an explicit cast of a single value to this type evaluated by pgveil? (`values::Casting` does
    /// it, and a test holds the two together.)
    pub fn casts_to(&self, to: &LogicalType) -> bool {
        use LogicalType as T;
        let moment = |t: &T| matches!(t, T::Timestamp(_) | T::Timestamptz(_));
        match (self, to) {
            (from, to) if from == to => true,
            (T::TextArray, _) | (_, T::TextArray) => false,
            (_, T::Text | T::Varchar(_) | T::Bpchar(_) | T::Citext) => true,
            (T::Text | T::Varchar(_) | T::Bpchar(_) | T::Citext, _) => true,
            (T::Int4, T::Bool) | (T::Bool, T::Int4) => true,
            (
                T::Int2 | T::Int4 | T::Int8 | T::Numeric(_) | T::Float4 | T::Float8,
                T::Int2 | T::Int4 | T::Int8 | T::Numeric(_) | T::Float4 | T::Float8,
            ) => true,
            (T::Json, T::Jsonb) | (T::Jsonb, T::Json) | (T::Cidr, T::Inet) | (T::Inet, T::Cidr) => true,
            (T::Date, to) => moment(to),
            (T::Timestamp(_), to) => moment(to) || matches!(to, T::Date | T::Time(_)),
            (T::Timestamptz(_), to) => moment(to) || matches!(to, T::Date | T::Time(_) | T::Timetz(_)),
            (T::Time(_), to) => matches!(to, T::Time(_) | T::Timetz(_) | T::Interval),
            (T::Timetz(_), to) => matches!(to, T::Time(_) | T::Timetz(_)),
            (T::Interval, to) => matches!(to, T::Time(_)),
            _ => false,
        }
    }

    /// `atttypmod` as RowDescription carries it; -1 if none.
    pub fn typmod(&self) -> i32 {
        match self {
            Self::Varchar(Some(n)) | Self::Bpchar(n) => *n as i32 + 4,
            Self::Numeric(Some((p, s))) => ((i32::from(*p) << 16) | (i32::from(*s) & 0x7ff)) + 4,
            Self::Timestamp(Some(n))
            | Self::Timestamptz(Some(n))
            | Self::Time(Some(n))
            | Self::Timetz(Some(n)) => i32::from(*n),
            _ => -1,
        }
    }
}

impl fmt::Display for LogicalType {
    /// As `format_type` of the server spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frac = |n: &Option<u8>| n.map(|n| format!("({n})")).unwrap_or_default();
        match self {
            Self::Text => f.write_str("text"),
            Self::Varchar(None) => f.write_str("character varying"),
            Self::Varchar(Some(n)) => write!(f, "character varying({n})"),
            Self::Bpchar(n) => write!(f, "character({n})"),
            Self::Citext => f.write_str("citext"),
            Self::Int2 => f.write_str("smallint"),
            Self::Int4 => f.write_str("integer"),
            Self::Int8 => f.write_str("bigint"),
            Self::Bool => f.write_str("boolean"),
            Self::Numeric(None) => f.write_str("numeric"),
            Self::Numeric(Some((p, s))) => write!(f, "numeric({p},{s})"),
            Self::Date => f.write_str("date"),
            Self::Timestamp(n) => write!(f, "timestamp{} without time zone", frac(n)),
            Self::Timestamptz(n) => write!(f, "timestamp{} with time zone", frac(n)),
            Self::Time(n) => write!(f, "time{} without time zone", frac(n)),
            Self::Timetz(n) => write!(f, "time{} with time zone", frac(n)),
            Self::Interval => f.write_str("interval"),
            Self::Float4 => f.write_str("real"),
            Self::Float8 => f.write_str("double precision"),
            Self::Uuid => f.write_str("uuid"),
            Self::Bytea => f.write_str("bytea"),
            Self::Json => f.write_str("json"),
            Self::Jsonb => f.write_str("jsonb"),
            Self::Inet => f.write_str("inet"),
            Self::Cidr => f.write_str("cidr"),
            Self::TextArray => f.write_str("text[]"),
        }
    }
}

/// A cast that pgveil evaluates itself, on the plaintext.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cast {
    /// To this type, with its modifier (an explicit cast to `varchar(n)` cuts silently).
    pub to: LogicalType,
    /// To an array of it.
    pub array: bool,
}

/// How much of a column's value a constant or a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// One value.
    Value,
    /// An array of values (`= ANY($1)`, `array_agg`).
    Array,
    /// One element of a value that is an array.
    Element,
}

/// A JSON document that the server makes of values of a statement (`json_build_object`, `json_agg`, …), or
/// text that it puts together of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// jsonb, which has a binary format of its own, and writes numbers and documents inside anew.
    pub binary: bool,
    /// Cast to text, so that it has the same bytes in both formats.
    pub written: bool,
    /// Where protected values stand in it.
    pub shape: Shape,
}

/// What stands at one place of a document. A document may be NULL, an empty array or an empty object
/// wherever it may be anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Nothing protected.
    Keep,
    /// A value of a protected column.
    Value {
        /// Governs domain, mode, type and stored form.
        column: ColumnId,
        /// A value, or an element of one.
        extent: Extent,
        /// As the client casts it, innermost first.
        casts: Vec<Cast>,
    },
    /// An object of these members, each at most once.
    Members(Vec<(Box<str>, Shape)>),
    /// An object whose members are all alike.
    Every(Box<Shape>),
    /// An array of these elements, in order.
    Items(Vec<Shape>),
    /// An array whose elements are all alike.
    Each(Box<Shape>),
    /// Text: values of these columns one behind the other, in this order.
    Joined {
        /// Some may be left out, where a NULL is.
        columns: Box<[ColumnId]>,
        /// It may begin anew, again and again: the text is of many rows.
        repeats: bool,
    },
}

impl Shape {
    /// A protected column of which values stand in it.
    pub fn column(&self) -> Option<ColumnId> {
        match self {
            Shape::Keep => None,
            Shape::Value { column, .. } => Some(*column),
            Shape::Members(members) => members.iter().find_map(|(_, shape)| shape.column()),
            Shape::Items(items) => items.iter().find_map(Shape::column),
            Shape::Every(shape) | Shape::Each(shape) => shape.column(),
            Shape::Joined { columns, .. } => columns.first().copied(),
        }
    }
}

/// The type that holds the armour on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoredType {
    /// `text` (also for every logical type without a stored form of its own).
    Text,
    /// `varchar` without a length.
    Varchar,
    /// `json`: a JSON string.
    Json,
    /// `jsonb`: a JSON string.
    Jsonb,
    /// `bytea`: the armour's ASCII bytes.
    Bytea,
    /// `text[]`: one armour an element.
    TextArray,
}

impl StoredType {
    /// The oid that a parameter which is an array of such values is declared with. Text-like ones
    /// meet as text; arrays of `text[]` are none.
    pub fn array_oid(self) -> Oid {
        match self {
            Self::Text | Self::Varchar | Self::TextArray => oid::TEXT_ARRAY,
            Self::Json => LogicalType::Json.array_oid(),
            Self::Jsonb => LogicalType::Jsonb.array_oid(),
            Self::Bytea => LogicalType::Bytea.array_oid(),
        }
    }

    /// The oid that a parameter of this stored type is declared with.
    pub fn oid(self) -> Oid {
        match self {
            Self::Text => oid::TEXT,
            Self::Varchar => oid::VARCHAR,
            Self::Json => oid::JSON,
            Self::Jsonb => oid::JSONB,
            Self::Bytea => oid::BYTEA,
            Self::TextArray => oid::TEXT_ARRAY,
        }
    }
}

/// Oids of `pg_type.dat`; never changed by PostgreSQL.
#[allow(missing_docs)]
pub mod oid {
    use super::Oid;
    pub const BOOL: Oid = 16;
    pub const BYTEA: Oid = 17;
    pub const CHAR: Oid = 18;
    pub const NAME: Oid = 19;
    pub const INT8: Oid = 20;
    pub const INT2: Oid = 21;
    pub const INT4: Oid = 23;
    pub const TEXT: Oid = 25;
    pub const OID: Oid = 26;
    pub const JSON: Oid = 114;
    pub const FLOAT4: Oid = 700;
    pub const FLOAT8: Oid = 701;
    pub const UNKNOWN: Oid = 705;
    pub const INET: Oid = 869;
    pub const CIDR: Oid = 650;
    pub const BPCHAR: Oid = 1042;
    pub const VARCHAR: Oid = 1043;
    pub const DATE: Oid = 1082;
    pub const TIME: Oid = 1083;
    pub const TIMESTAMP: Oid = 1114;
    pub const TIMESTAMPTZ: Oid = 1184;
    pub const INTERVAL: Oid = 1186;
    pub const TIMETZ: Oid = 1266;
    pub const NUMERIC: Oid = 1700;
    pub const UUID: Oid = 2950;
    pub const JSONB: Oid = 3802;
    pub const TEXT_ARRAY: Oid = 1009;
    pub const VARCHAR_ARRAY: Oid = 1015;
}
