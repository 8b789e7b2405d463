//! Why a value was not converted: the server's own SQLSTATEs and, where it carries no value, its own
//! words.
//!
//! Never holds the value or a part of it, so an error may be shown to a client and written to a log.

use thiserror::Error;

/// Why one cell could not be converted. SQLSTATEs are those of the server (manual, appendix A).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ValueError {
    /// Text that is not of the type.
    #[error("invalid input syntax for type {0}")]
    Syntax(&'static str),
    /// A number that the type cannot hold.
    #[error("value is out of range for type {0}")]
    OutOfRange(&'static str),
    /// `numeric(precision, scale)` cannot hold it.
    #[error("numeric field overflow")]
    NumericOverflow,
    /// Text that is no date, time, timestamp or interval.
    #[error("invalid input syntax for type {0}")]
    DateTimeSyntax(&'static str),
    /// A month 13, a 30th of February, a year that the type does not reach.
    #[error("date/time field value out of range")]
    DateTimeOverflow,
    /// A part of an interval is too large.
    #[error("interval field value out of range")]
    IntervalOverflow,
    /// An offset from UTC that is too large.
    #[error("time zone displacement out of range")]
    ZoneOverflow,
    /// A time zone that the server does not know either.
    #[error("time zone not recognized")]
    UnknownZone,
    /// More characters than declared.
    #[error("value too long for type {name}({limit})")]
    TooLong {
        /// As `format_type` spells it, without the length.
        name: &'static str,
        /// The declared length in characters.
        limit: u32,
    },
    /// Not UTF-8, or with a NUL.
    #[error("invalid byte sequence for encoding \"UTF8\"")]
    Encoding,
    /// `\u0000` in a jsonb string.
    #[error("unsupported Unicode escape sequence")]
    UnicodeEscape,
    /// Binary format: too few bytes, or values that the type does not have.
    #[error("incorrect binary data format for type {0}")]
    Binary(&'static str),
    /// Binary format: the value ends too early.
    #[error("insufficient data left in message")]
    Short,
    /// Binary array of other elements than expected.
    #[error("binary data has wrong array element type")]
    ElementType,
    /// Hexadecimal text of bytea that is damaged.
    #[error("invalid hexadecimal data")]
    Hexadecimal,
    /// Text that is no array.
    #[error("malformed array literal")]
    ArraySyntax,
    /// json nested too deep.
    #[error("stack depth limit exceeded")]
    Depth,
    /// Larger than the type admits.
    #[error("value exceeds a limit of type {0}")]
    Limit(&'static str),
    /// A value that no row of the column can have (only from [`super::Converter::matching`]): it is
    /// equal to nothing.
    #[error("value cannot occur in the column")]
    CannotOccur,
    /// A spelling that the server may know, and whose meaning is not certain here.
    #[error("{0} is not supported by pgveil")]
    Unsupported(&'static str),
    /// The canonical bytes are not of this type: they were damaged or sealed as another type.
    #[error("stored value is damaged")]
    Damaged,
}

impl ValueError {
    /// The five characters of the SQLSTATE.
    pub fn sqlstate(&self) -> &'static str {
        match self {
            Self::Syntax(_) | Self::ArraySyntax => "22P02",
            Self::OutOfRange(_) | Self::NumericOverflow | Self::CannotOccur => "22003",
            Self::DateTimeSyntax(_) => "22007",
            Self::DateTimeOverflow => "22008",
            Self::IntervalOverflow => "22015",
            Self::ZoneOverflow => "22009",
            Self::UnknownZone | Self::Hexadecimal => "22023",
            Self::TooLong { .. } => "22001",
            Self::Encoding => "22021",
            Self::UnicodeEscape => "22P05",
            Self::Binary(_) => "22P03",
            Self::Short => "08P01",
            Self::ElementType => "42804",
            Self::Depth => "54001",
            Self::Limit(_) => "54000",
            Self::Unsupported(_) => "0A000",
            Self::Damaged => "XX001",
        }
    }
}

/// Why a column cannot have this type in this mode, or why a cast is not made here.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unfit {
    /// Equality of the type is not equality of bytes, or its values are too few.
    #[error("{0} cannot be deterministic")]
    Deterministic(String),
    /// numeric without precision and scale, or with more than 38 digits.
    #[error("a deterministic numeric needs a precision of at most 38 digits and a scale")]
    NumericPrecision,
    /// A cast that pgveil does not evaluate.
    #[error("a cast from {from} to {to} is not evaluated by pgveil")]
    Cast {
        /// As `format_type` spells it.
        from: String,
        /// As `format_type` spells it.
        to: String,
    },
}
