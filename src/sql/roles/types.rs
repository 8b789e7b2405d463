//! What the types of protected columns say of their meetings: which have one form, and what PostgreSQL says
//! where it knows no way from one to the other.

use super::Roles;
use crate::names::ColumnId;
use crate::sql::casts::fits;
use crate::sql::refusal::{Cause, Objection};
use crate::types::LogicalType;

impl Roles<'_> {
    /// What is to be said of a column where its type alone rules it out already.
    pub(super) fn of_its_type(&self, cause: Cause, column: ColumnId) -> Cause {
        let logical = self.policy.column(column).map(|column| &column.logical);
        match (&cause, logical) {
            (Cause::Condition, Some(logical)) if *logical != LogicalType::Bool => Cause::TypeMismatch,
            (Cause::Function(name), Some(logical)) if is_no_function(name, logical) => {
                Cause::NoFunction(name.clone())
            }
            (_, _) => cause,
        }
    }
}

/// Why values of two columns do not meet that may not stand in each other's place: no type is that of both,
/// or the policy holds them apart.
pub(super) fn differing(a: &LogicalType, b: &LogicalType) -> Cause {
    match fits(a, b, false) || fits(b, a, false) {
        true => Cause::CrossDomain,
        false => Cause::TypeMismatch,
    }
}

/// What has no type in common has no operator, either, where it is compared.
pub(super) fn without_operator(mut objection: Box<Objection>) -> Box<Objection> {
    if objection.cause == Cause::TypeMismatch {
        objection.cause = Cause::NoOperator;
    }
    objection
}

/// Functions of text and of numbers that PostgreSQL has for no other types (manual, 9.4 and 9.21).
fn is_no_function(name: &str, logical: &LogicalType) -> bool {
    use LogicalType as T;
    let text = matches!(logical, T::Text | T::Varchar(_) | T::Bpchar(_) | T::Citext);
    let number = matches!(logical, T::Int2 | T::Int4 | T::Int8 | T::Numeric(_) | T::Float4 | T::Float8);
    match name {
        "lower" | "upper" | "initcap" | "char_length" | "character_length" | "split_part" | "replace"
        | "left" | "right" | "lpad" | "rpad" | "reverse" | "strpos" | "translate" => !text,
        "length" | "octet_length" | "btrim" | "ltrim" | "rtrim" => !text && *logical != T::Bytea,
        "sum" | "avg" => !number && !matches!(logical, T::Interval | T::Time(_)),
        "stddev" | "variance" | "sqrt" | "ceil" | "floor" | "abs" => !number,
        _ => false,
    }
}

/// Types whose canonical plaintext has one tag (docs/format.md, section 2), so that their values are
/// the same bytes. numeric(p,s) is its own: its scale is part of the form.
pub(in crate::sql) fn family(logical: &LogicalType) -> (u8, Option<(u16, i16)>) {
    match logical {
        LogicalType::Text | LogicalType::Varchar(_) | LogicalType::Citext | LogicalType::TextArray => {
            (1, None)
        }
        LogicalType::Bpchar(_) => (2, None),
        LogicalType::Int2 | LogicalType::Int4 | LogicalType::Int8 => (3, None),
        LogicalType::Bool => (4, None),
        LogicalType::Numeric(precision) => (5, *precision),
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
