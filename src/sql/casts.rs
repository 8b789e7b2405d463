//! Casts: those that pgveil evaluates on a constant, and those on the column's side, which are
//! taken out of the text and must keep every value, or be the last thing before the client.

use crate::sql::ast::{CastForm, ExprKind, LiteralKind, Span, TypeName};
use crate::sql::constants::ANY_BPCHAR;
use crate::sql::refusal::Cause;
use crate::sql::roles::Class;
use crate::types::{Cast, LogicalType};

/// A cast on something that is no constant, by its position among those of the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) struct PendingId(pub u32);

/// A cast whose fate hangs on the class of what is cast.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Pending {
    pub class: Class,
    /// `None`: to a type that pgveil cannot evaluate.
    pub to: Option<Cast>,
    /// The cast that stands on the same value before this one.
    pub over: Option<PendingId>,
    /// What is cast goes on to be compared or stored, so the cast must keep every value.
    pub strict: bool,
    /// To text, and what is cast is compared with a constant.
    pub as_text: bool,
    pub form: CastForm,
    /// The whole cast.
    pub span: Span,
    /// The type's name.
    pub type_span: Span,
}

/// Is it the name of a type that is called like a function to cast to it?
pub(in crate::sql) fn is_type_function(name: &str) -> bool {
    !matches!(
        name,
        "char" | "bpchar" | "decimal" | "int" | "integer" | "smallint" | "bigint" | "boolean" | "real"
    ) && !name.contains([' ', '(', '['])
        && LogicalType::parse(name).is_some()
        && name != "citext"
        && !name.contains(|c: char| c.is_ascii_uppercase())
}

/// The type as one that pgveil can evaluate. `constant`: what is cast is one, as it stands.
pub(in crate::sql) fn evaluable(
    name: &TypeName,
    constant: bool,
    text_of: impl Fn(u32) -> Option<String>,
) -> Option<Cast> {
    if name.set_of || name.percent_type || name.interval_fields.is_some() || name.dimensions.len() > 1 {
        return None;
    }
    if !name.builtin && !matches!(name.name.schema(), None | Some("pg_catalog")) {
        return None;
    }
    let base = name.name.name();
    // A quoted name in capitals is no type of the server's.
    if (base == "char" && !name.builtin) || base.contains(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let mut modifiers = Vec::new();
    for modifier in &name.modifiers {
        match modifier.kind {
            ExprKind::Literal(LiteralKind::Integer) => modifiers.push(text_of(modifier.span.start)?),
            _ => return None,
        }
    }
    if base == "bpchar" && modifiers.is_empty() {
        // `char 'x'` and `n'x'` keep their length.
        let array = !name.dimensions.is_empty();
        return (constant && !array).then_some(Cast { to: ANY_BPCHAR, array });
    }
    let spelt = match modifiers.is_empty() {
        true => base.to_owned(),
        false => format!("{base}({})", modifiers.join(",")),
    };
    let to = LogicalType::parse(&spelt)?;
    (to != LogicalType::TextArray).then_some(Cast { to, array: !name.dimensions.is_empty() })
}

/// Does a cast of a value of this type keep it as it is, to the byte of its canonical form?
pub(in crate::sql) fn keeps_value(from: &LogicalType, cast: &Cast, elements: bool) -> bool {
    use LogicalType as T;
    if *from == T::TextArray {
        return cast.array && matches!(cast.to, T::Text | T::Varchar(None));
    }
    if cast.array != elements {
        return false;
    }
    match (from, &cast.to) {
        (a, b) if a == b => true,
        (T::Text | T::Varchar(_) | T::Citext, T::Text | T::Varchar(None)) => true,
        (T::Varchar(Some(a)), T::Varchar(Some(b))) => a <= b,
        (T::Int2, T::Int4 | T::Int8) | (T::Int4, T::Int8) => true,
        (T::Numeric(_), T::Numeric(None)) => true,
        (T::Timestamp(_), T::Timestamp(None | Some(6))) => true,
        (T::Timestamptz(_), T::Timestamptz(None | Some(6))) => true,
        (T::Time(_), T::Time(None | Some(6))) => true,
        (T::Timetz(_), T::Timetz(None | Some(6))) => true,
        (T::Bpchar(a), T::Bpchar(b)) => a <= b,
        _ => false,
    }
}

/// Has each value of this type one text, and each text at most one value, so that texts are equal where
/// values are? Not so where settings round or leave out (floats), or name a zone.
pub(in crate::sql) fn has_one_spelling(logical: &LogicalType) -> bool {
    use LogicalType as T;
    matches!(
        logical,
        T::Int2
            | T::Int4
            | T::Int8
            | T::Numeric(Some(_))
            | T::Uuid
            | T::Date
            | T::Time(_)
            | T::Bpchar(_)
            | T::Inet
            | T::Cidr
    )
}

/// Can pgveil show a value of this type under the cast?
pub(in crate::sql) fn is_evaluated(from: &LogicalType, cast: &Cast, elements: bool) -> bool {
    match from {
        LogicalType::TextArray => {
            cast.array && matches!(cast.to, LogicalType::Text | LogicalType::Varchar(_))
        }
        from => cast.array == elements && from.casts_to(&cast.to),
    }
}

/// Does PostgreSQL have no cast from this type to the other (pg_cast.dat)?
pub(in crate::sql) fn is_missing(from: &LogicalType, cast: &Cast, elements: bool) -> bool {
    use LogicalType as T;
    let text = |t: &T| matches!(t, T::Text | T::Varchar(_) | T::Bpchar(_) | T::Citext);
    if text(&cast.to) && !cast.array {
        return false;
    }
    let array = elements || *from == T::TextArray;
    // A text becomes anything that can be read; an array does what its elements do.
    if array || cast.array {
        return array != cast.array && (array || !text(from));
    }
    match (from, &cast.to) {
        (T::Jsonb, T::Bool | T::Int2 | T::Int4 | T::Int8 | T::Numeric(_) | T::Float4 | T::Float8) => false,
        // Since version 18.
        (T::Bytea, T::Int2 | T::Int4 | T::Int8) | (T::Int2 | T::Int4 | T::Int8, T::Bytea) => false,
        (from, to) => !from.casts_to(to),
    }
}

/// May a constant of this type stand where a value of the column is wanted? As PostgreSQL's
/// assignment casts (storing) and implicit casts (comparing) between the built-in types.
pub(in crate::sql) fn fits(given: &LogicalType, column: &LogicalType, storing: bool) -> bool {
    use LogicalType as T;
    let text = |t: &T| matches!(t, T::Text | T::Varchar(_) | T::Bpchar(_) | T::Citext);
    let number = |t: &T| matches!(t, T::Int2 | T::Int4 | T::Int8 | T::Numeric(_) | T::Float4 | T::Float8);
    let moment = |t: &T| matches!(t, T::Date | T::Timestamp(_) | T::Timestamptz(_));
    let clock = |t: &T| matches!(t, T::Time(_) | T::Timetz(_));
    let json = |t: &T| matches!(t, T::Json | T::Jsonb);
    let net = |t: &T| matches!(t, T::Inet | T::Cidr);
    // citext compares without case, which bytes do not.
    if *given == T::Citext && *column != T::Citext && !storing {
        return false;
    }
    if drops_blanks(given, column) && !storing {
        return false;
    }
    std::mem::discriminant(given) == std::mem::discriminant(column)
        || (text(column) && (text(given) || storing))
        || (number(given) && number(column))
        || (moment(given) && moment(column))
        || (clock(given) && clock(column))
        || (json(given) && json(column))
        || (net(given) && net(column))
}

/// Is the column compared as char(n), without regard to blanks at the end, of which its envelopes know
/// nothing (manual, 8.3 and 10.2)?
pub(in crate::sql) fn drops_blanks(given: &LogicalType, column: &LogicalType) -> bool {
    matches!((given, column), (LogicalType::Bpchar(_), LogicalType::Varchar(_)))
}

/// A type of numbers that have a sign, alike on both sides of zero.
pub(in crate::sql) fn is_signed(cast: &Cast) -> bool {
    use LogicalType as T;
    let number = |t: &T| matches!(t, T::Int2 | T::Int4 | T::Int8 | T::Numeric(_) | T::Float4 | T::Float8);
    !cast.array && number(&cast.to)
}

/// Is it the first number that the type does not hold, though it does with a sign, or rounded to it? Wrongly
/// true of what is written with an exponent does no harm.
pub(in crate::sql) fn is_one_too_many(number: &str, cast: &Cast) -> bool {
    let beyond: u64 = match cast.to {
        LogicalType::Int2 => 1 << 15,
        LogicalType::Int4 => 1 << 31,
        LogicalType::Int8 => 1 << 63,
        _ => return false,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let Ok(whole) = (if whole.is_empty() { Ok(0) } else { whole.parse::<u64>() }) else { return true };
    let rounds_up = fraction.starts_with(['5', '6', '7', '8', '9']);
    fraction.contains(['e', 'E']) || whole.saturating_add(u64::from(rounds_up)) == beyond
}

/// Numbers in the order in which one becomes the next by itself (implicit casts of pg_cast.dat); 0 is no
/// number.
pub(in crate::sql) fn number_rank(logical: &LogicalType) -> u8 {
    use LogicalType as T;
    match logical {
        T::Int2 => 1,
        T::Int4 => 2,
        T::Int8 => 3,
        T::Numeric(_) => 4,
        T::Float4 => 5,
        T::Float8 => 6,
        _ => 0,
    }
}

/// Has the type a collation?
pub(in crate::sql) fn has_collation(logical: &LogicalType) -> bool {
    use LogicalType as T;
    matches!(logical, T::Text | T::Varchar(_) | T::Bpchar(_) | T::Citext | T::TextArray)
}

/// The cause for a cast that cannot be taken.
pub(in crate::sql) fn refused() -> Cause {
    Cause::Cast
}

/// Is it one to text without a length?
pub(in crate::sql) fn is_text(to: &Cast) -> bool {
    matches!(to.to, LogicalType::Text | LogicalType::Varchar(None)) && !to.array
}
