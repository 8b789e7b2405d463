//! Which logical types a mode admits, and which stored types may hold them (docs/format.md,
//! sections 1 and 2).
//!
//! Knows the two tables. Does not know values or what any database holds.

use crate::policy::model::Mode;
use crate::types::{LogicalType, StoredType};

/// Why a type cannot be tagged in this mode; `None` if it can.
pub fn unfit_mode(logical: &LogicalType, mode: Mode) -> Option<&'static str> {
    match mode {
        Mode::Randomized => return None,
        Mode::Deterministic => {}
    }
    match logical {
        LogicalType::Citext => Some("citext values that differ in bytes may be equal"),
        LogicalType::Bool => Some("a bool has two values: equal envelopes would give it away"),
        LogicalType::Interval => Some("intervals that differ in bytes may be equal (1 mon = 30 days)"),
        LogicalType::Json => Some("json has no equality"),
        LogicalType::Jsonb => Some("jsonb values that differ in bytes may be equal"),
        LogicalType::Numeric(None) => Some("numeric needs a precision and a scale, such as numeric(12,2)"),
        LogicalType::Text
        | LogicalType::Varchar(_)
        | LogicalType::Bpchar(_)
        | LogicalType::Int2
        | LogicalType::Int4
        | LogicalType::Int8
        | LogicalType::Numeric(Some(_))
        | LogicalType::Date
        | LogicalType::Timestamp(_)
        | LogicalType::Timestamptz(_)
        | LogicalType::Time(_)
        | LogicalType::Timetz(_)
        | LogicalType::Float4
        | LogicalType::Float8
        | LogicalType::Uuid
        | LogicalType::Bytea
        | LogicalType::Inet
        | LogicalType::Cidr
        | LogicalType::TextArray => None,
    }
}

/// Are equal values of the two types the same sealed bytes, of deterministic columns of one domain?
/// The type tag and the scale of a numeric are part of them (docs/format.md, section 2).
pub fn same_form(one: &LogicalType, other: &LogicalType) -> bool {
    form(one) == form(other)
}

/// The tag of docs/format.md, section 2, and the scale, if it is part of the form.
fn form(logical: &LogicalType) -> (u8, Option<i16>) {
    match logical {
        LogicalType::Text | LogicalType::Varchar(_) | LogicalType::Citext | LogicalType::TextArray => {
            (1, None)
        }
        LogicalType::Bpchar(_) => (2, None),
        LogicalType::Int2 | LogicalType::Int4 | LogicalType::Int8 => (3, None),
        LogicalType::Bool => (4, None),
        LogicalType::Numeric(None) => (5, None),
        LogicalType::Numeric(Some((_, scale))) => (20, Some(*scale)),
        LogicalType::Date => (6, None),
        LogicalType::Timestamp(_) => (7, None),
        LogicalType::Timestamptz(_) => (8, None),
        LogicalType::Time(_) => (9, None),
        LogicalType::Timetz(_) => (10, None),
        LogicalType::Interval => (11, None),
        LogicalType::Float4 => (12, None),
        LogicalType::Float8 => (13, None),
        LogicalType::Uuid => (14, None),
        LogicalType::Bytea => (15, None),
        LogicalType::Json => (16, None),
        LogicalType::Jsonb => (17, None),
        LogicalType::Inet | LogicalType::Cidr => (18, None),
    }
}

/// The stored type of a column of this server type as it is, without widening; `None` if it cannot
/// hold an envelope.
pub fn stored_as(type_name: &str) -> Option<StoredType> {
    match type_name {
        "text" => Some(StoredType::Text),
        "character varying" => Some(StoredType::Varchar),
        "json" => Some(StoredType::Json),
        "jsonb" => Some(StoredType::Jsonb),
        "bytea" => Some(StoredType::Bytea),
        "text[]" => Some(StoredType::TextArray),
        _ => None,
    }
}

/// The stored type that `apply` gives a column of a logical type: its own where that can hold an
/// envelope, else text.
pub fn stored_for(logical: &LogicalType) -> StoredType {
    match logical {
        LogicalType::Varchar(_) => StoredType::Varchar,
        LogicalType::Json => StoredType::Json,
        LogicalType::Jsonb => StoredType::Jsonb,
        LogicalType::Bytea => StoredType::Bytea,
        LogicalType::TextArray => StoredType::TextArray,
        LogicalType::Text
        | LogicalType::Bpchar(_)
        | LogicalType::Citext
        | LogicalType::Int2
        | LogicalType::Int4
        | LogicalType::Int8
        | LogicalType::Bool
        | LogicalType::Numeric(_)
        | LogicalType::Date
        | LogicalType::Timestamp(_)
        | LogicalType::Timestamptz(_)
        | LogicalType::Time(_)
        | LogicalType::Timetz(_)
        | LogicalType::Interval
        | LogicalType::Float4
        | LogicalType::Float8
        | LogicalType::Uuid
        | LogicalType::Inet
        | LogicalType::Cidr => StoredType::Text,
    }
}

/// May a value of this logical type be kept in this stored type?
pub fn fits(logical: &LogicalType, stored: StoredType) -> bool {
    let own = stored_for(logical);
    match stored {
        StoredType::Text | StoredType::Varchar => own != StoredType::TextArray,
        StoredType::Json | StoredType::Jsonb | StoredType::Bytea | StoredType::TextArray => own == stored,
    }
}

/// The logical type that a server type stands for when the policy declares none.
pub fn logical_of(type_name: &str, typmod: i32) -> Option<LogicalType> {
    // `bpchar` without a length is not `char(1)`, which LogicalType::parse would make of it.
    if type_name == "bpchar" && typmod < 0 {
        return None;
    }
    let bare = type_name.rsplit_once('.').map_or(type_name, |(_, name)| name);
    match bare {
        "citext" => Some(LogicalType::Citext),
        _ => LogicalType::parse(type_name),
    }
}

/// The server's spelling of a stored type, as `format_type` prints it.
pub fn spelled(stored: StoredType) -> &'static str {
    match stored {
        StoredType::Text => "text",
        StoredType::Varchar => "character varying",
        StoredType::Json => "json",
        StoredType::Jsonb => "jsonb",
        StoredType::Bytea => "bytea",
        StoredType::TextArray => "text[]",
    }
}
