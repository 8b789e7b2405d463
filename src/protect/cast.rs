//! From the constant as the client gives it to the text that the column reads: the casts that stood
//! on it, evaluated on the plaintext.

use crate::policy::model::Purpose;
use crate::types::{Cast, LogicalType};
use crate::values::{Casting, Converter, Format, TextSettings, Unfit, ValueError};

use super::Desk;

/// Why a chain of casts gave nothing.
pub(super) enum CastError {
    Value(ValueError),
    Unfit(Unfit),
}

impl From<ValueError> for CastError {
    fn from(error: ValueError) -> Self {
        CastError::Value(error)
    }
}

impl From<Unfit> for CastError {
    fn from(unfit: Unfit) -> Self {
        CastError::Unfit(unfit)
    }
}

/// Evaluates the casts on `bytes` and leaves the text form of the result in `desk.other`. What is only
/// compared becomes the column's type without a change, or is a value that cannot occur.
pub(super) fn evaluate(
    given: Option<&LogicalType>,
    casts: &[Cast],
    (target, purpose): (&LogicalType, Purpose),
    (format, bytes): (Format, &[u8]),
    desk: &mut Desk,
) -> Result<(), CastError> {
    let first = casts.first().map(|cast| bare(&cast.to));
    let mut held = match given {
        // Each element by itself.
        Some(LogicalType::TextArray) => LogicalType::Text,
        Some(given) => given.clone(),
        None => first.unwrap_or_else(|| bare(target)),
    };
    let Desk { settings, plaintext, other, .. } = desk;
    plaintext.clear();
    Converter::for_type(&held, false)?.canonical(format, bytes, settings, plaintext)?;
    for to in casts.iter().map(|cast| &cast.to) {
        if *to == held {
            continue;
        }
        other.clear();
        Casting::between(&held, to)?.apply(plaintext, settings, other)?;
        std::mem::swap(plaintext, other);
        held = to.clone();
    }
    // As text it is compared blanks and all, and char(n) comes without them (manual, 8.3 and 10.2): text
    // is preferred where an operator could be of either type.
    let blanks_count = matches!((target, &held), (LogicalType::Bpchar(_), LogicalType::Text));
    if blanks_count && purpose != Purpose::Store && plaintext.ends_with(b" ") {
        return Err(ValueError::CannotOccur.into());
    }
    let last = bare(target);
    if last != held {
        other.clear();
        let casting = Casting::between(&held, &last)?;
        match purpose {
            Purpose::Store => casting.apply(plaintext, settings, other)?,
            Purpose::Match | Purpose::Spelt | Purpose::Show | Purpose::Beside => {
                casting.exactly(plaintext, settings, other)?
            }
        }
        std::mem::swap(plaintext, other);
        held = last;
    }
    other.clear();
    Converter::for_type(&held, false)?.shown(plaintext, Format::Text, settings, other)?;
    Ok(())
}

/// Opens up a shown value: the casts that the client asked for on the column's side.
pub(super) fn shown(
    held: &LogicalType,
    casts: &[Cast],
    format: Format,
    desk: &mut Desk,
    out: &mut Vec<u8>,
) -> Result<(), CastError> {
    let Desk { settings, plaintext, other, .. } = desk;
    let mut held = held;
    for cast in casts {
        other.clear();
        Casting::between(held, &cast.to)?.apply(plaintext, settings, other)?;
        std::mem::swap(plaintext, other);
        held = &cast.to;
    }
    Converter::for_type(held, false)?.shown(plaintext, format, settings, out)?;
    Ok(())
}

/// Appends the text of a value, as a cast to text gives it.
pub(super) fn spelt(
    converter: &Converter,
    canonical: &[u8],
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), CastError> {
    match converter.logical() {
        // Other than the type's own output it says how many bits there are.
        own @ (LogicalType::Inet | LogicalType::Cidr) => {
            Ok(Casting::between(own, &LogicalType::Text)?.apply(canonical, settings, out)?)
        }
        LogicalType::Bpchar(_) => {
            converter.shown(canonical, Format::Text, settings, out)?;
            let blanks = out.iter().rev().take_while(|byte| **byte == b' ').count();
            out.truncate(out.len().saturating_sub(blanks));
            Ok(())
        }
        _ => Ok(converter.shown(canonical, Format::Text, settings, out)?),
    }
}

/// The type without its length or precision: what an untyped literal is first read as.
fn bare(logical: &LogicalType) -> LogicalType {
    match logical {
        LogicalType::Varchar(_) => LogicalType::Varchar(None),
        LogicalType::Bpchar(_) | LogicalType::TextArray => LogicalType::Text,
        LogicalType::Numeric(_) => LogicalType::Numeric(None),
        LogicalType::Timestamp(_) => LogicalType::Timestamp(None),
        LogicalType::Timestamptz(_) => LogicalType::Timestamptz(None),
        LogicalType::Time(_) => LogicalType::Time(None),
        LogicalType::Timetz(_) => LogicalType::Timetz(None),
        LogicalType::Text
        | LogicalType::Citext
        | LogicalType::Int2
        | LogicalType::Int4
        | LogicalType::Int8
        | LogicalType::Bool
        | LogicalType::Date
        | LogicalType::Interval
        | LogicalType::Float4
        | LogicalType::Float8
        | LogicalType::Uuid
        | LogicalType::Bytea
        | LogicalType::Json
        | LogicalType::Jsonb
        | LogicalType::Inet
        | LogicalType::Cidr => logical.clone(),
    }
}
