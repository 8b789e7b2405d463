//! Casts that are evaluated here, because the constant or the value is ciphertext on the server.
//!
//! Knows what an explicit cast does between the types of docs/format.md (`pg_cast`, and the input and
//! output functions where it has no entry). What is not known to be the server's own result is not a
//! cast of ours.

use super::converter::{Converter, Format};
use super::datetime::moment;
use super::decimal::Number;
use super::error::{Unfit, ValueError};
use super::float::{self, Precision};
use super::integer::{Width, checked};
use super::numeric;
use super::scan::stored;
use super::settings::TextSettings;
use super::{inet, text};
use crate::types::LogicalType;

/// An explicit cast from one type to another, chosen once per statement. Both ends are canonical
/// plaintexts as a randomized column of that type has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Casting {
    from: Converter,
    to: Converter,
    route: Route,
}

/// How a cast is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    /// The bytes stay.
    Same,
    /// The operand as text becomes characters, cut to the declared length.
    Characters,
    /// The operand as text is read by the result's input function.
    Text,
    /// Rounded to a whole number.
    ToInteger(Width),
    /// float4 and float8 into each other.
    Float,
    /// With as many digits as the type surely has.
    FloatToNumeric,
    /// Zero is false.
    IntegerToBool,
    /// 0 or 1.
    BoolToInteger,
    /// Between dates, timestamps and times of day.
    Moment,
    /// Bits right of the mask become zero.
    InetToCidr,
}

impl Casting {
    /// The cast, or that it is not evaluated here.
    pub fn between(from: &LogicalType, to: &LogicalType) -> Result<Casting, Unfit> {
        let route = route(from, to);
        let unfit = || Unfit::Cast { from: from.to_string(), to: to.to_string() };
        Ok(Casting {
            from: Converter::for_type(from, false)?,
            to: Converter::for_type(to, false)?,
            route: route.ok_or_else(unfit)?,
        })
    }

    /// Appends the canonical plaintext of the result for the canonical plaintext of the operand. On
    /// an error `out` is as it was in length.
    pub fn apply(
        &self,
        canonical: &[u8],
        settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        let start = out.len();
        let result = self.write(canonical, settings, out);
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    /// As [`Casting::apply`], for a value that is only compared with one of the result's type: what that
    /// cannot hold as it is gives [`ValueError::CannotOccur`]. With float8 everything is compared as float8.
    pub fn exactly(
        &self,
        canonical: &[u8],
        settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        let start = out.len();
        let (from, to) = (self.from.logical(), self.to.logical());
        match self.apply(canonical, settings, out) {
            Ok(()) => {}
            Err(ValueError::OutOfRange(_) | ValueError::NumericOverflow | ValueError::DateTimeOverflow) => {
                return Err(ValueError::CannotOccur);
            }
            // NaN and infinity are no integers.
            Err(ValueError::Unsupported(_)) if matches!(self.route, Route::ToInteger(_)) => {
                return Err(ValueError::CannotOccur);
            }
            Err(error) => return Err(error),
        }
        let result = out.get(start..).unwrap_or_default();
        let same = match (from, to) {
            (_, LogicalType::Float8) => Ok(true),
            (LogicalType::Numeric(_), LogicalType::Int2 | LogicalType::Int4 | LogicalType::Int8) => {
                numeric::is_whole(canonical)
            }
            (from, LogicalType::Float4) => {
                let double = LogicalType::Float8;
                back(from, &double, canonical, settings)
                    .and_then(|given| Ok(given == back(to, &double, result, settings)?))
            }
            (from, to) => back(to, from, result, settings).map(|given| given.as_slice() == canonical),
        };
        match same {
            Ok(true) => Ok(()),
            Ok(false) => {
                out.truncate(start);
                Err(ValueError::CannotOccur)
            }
            Err(error) => {
                out.truncate(start);
                Err(error)
            }
        }
    }

    fn write(&self, canonical: &[u8], settings: &TextSettings, out: &mut Vec<u8>) -> Result<(), ValueError> {
        let (from, to) = (self.from.logical(), self.to.logical());
        match self.route {
            Route::Same => out.extend_from_slice(canonical),
            Route::Characters => {
                let mut shown = zeroize::Zeroizing::new(Vec::new());
                self.as_text(canonical, settings, &mut shown)?;
                write_characters(&shown, to, out)?;
            }
            Route::Text => {
                let mut shown = zeroize::Zeroizing::new(Vec::new());
                self.from.shown(canonical, Format::Text, settings, &mut shown)?;
                self.to.canonical(Format::Text, &shown, settings, out)?;
            }
            Route::ToInteger(width) => {
                let value = checked(to_integer(canonical, from, width)?, width)?;
                out.extend_from_slice(&value.to_be_bytes());
            }
            Route::Float => write_float(canonical, from, out)?,
            Route::FloatToNumeric => {
                let mut shown = zeroize::Zeroizing::new(Vec::new());
                let (value, precision) = as_double(canonical, from)?;
                match value.is_finite() {
                    true => float::for_numeric(value, precision, &mut shown),
                    false => self.from.shown(canonical, Format::Text, settings, &mut shown)?,
                }
                self.to.canonical(Format::Text, &shown, settings, out)?;
            }
            Route::IntegerToBool => out.push(u8::from(i64::from_be_bytes(stored(canonical)?) != 0)),
            Route::BoolToInteger => {
                let [value] = stored::<1>(canonical)?;
                out.extend_from_slice(&i64::from(value).to_be_bytes());
            }
            Route::Moment => moment::cast(canonical, from, to, settings, out)?,
            Route::InetToCidr => inet::to_cidr(canonical, out)?,
        }
        Ok(())
    }

    /// The operand as a cast to text gives it: not always what the output function shows.
    fn as_text(
        &self,
        canonical: &[u8],
        settings: &TextSettings,
        out: &mut Vec<u8>,
    ) -> Result<(), ValueError> {
        match self.from.logical() {
            LogicalType::Bool => {
                let [value] = stored::<1>(canonical)?;
                out.extend_from_slice(if value == 0 { b"false" } else { b"true" });
                Ok(())
            }
            LogicalType::Inet | LogicalType::Cidr => inet::with_mask(canonical, out),
            LogicalType::Bpchar(_) => {
                out.extend_from_slice(canonical);
                Ok(())
            }
            _ => self.from.shown(canonical, Format::Text, settings, out),
        }
    }
}

/// A value of one type as one of another, in a buffer that is wiped.
fn back(
    from: &LogicalType,
    to: &LogicalType,
    canonical: &[u8],
    settings: &TextSettings,
) -> Result<zeroize::Zeroizing<Vec<u8>>, ValueError> {
    let casting = Casting::between(from, to).map_err(|_| ValueError::Unsupported("this comparison"))?;
    let mut out = zeroize::Zeroizing::new(Vec::new());
    casting.apply(canonical, settings, &mut out)?;
    Ok(out)
}

fn route(from: &LogicalType, to: &LogicalType) -> Option<Route> {
    use LogicalType as T;
    Some(match (from, to) {
        (from, to) if from == to => Route::Same,
        (T::TextArray, _) | (_, T::TextArray) => return None,
        (_, T::Text | T::Varchar(_) | T::Bpchar(_) | T::Citext) => Route::Characters,
        (T::Text | T::Varchar(_) | T::Bpchar(_) | T::Citext, _) => Route::Text,
        (T::Int4, T::Bool) => Route::IntegerToBool,
        (T::Bool, T::Int4) => Route::BoolToInteger,
        (T::Int2 | T::Int4 | T::Int8, T::Int2 | T::Int4 | T::Int8) => Route::Text,
        (T::Numeric(_) | T::Float4 | T::Float8, T::Int2) => Route::ToInteger(Width::Two),
        (T::Numeric(_) | T::Float4 | T::Float8, T::Int4) => Route::ToInteger(Width::Four),
        (T::Numeric(_) | T::Float4 | T::Float8, T::Int8) => Route::ToInteger(Width::Eight),
        (T::Int2 | T::Int4 | T::Int8 | T::Numeric(_), T::Numeric(_) | T::Float4 | T::Float8) => Route::Text,
        (T::Float4 | T::Float8, T::Float4 | T::Float8) => Route::Float,
        (T::Float4 | T::Float8, T::Numeric(_)) => Route::FloatToNumeric,
        (T::Json, T::Jsonb) | (T::Jsonb, T::Json) | (T::Cidr, T::Inet) => Route::Text,
        (T::Inet, T::Cidr) => Route::InetToCidr,
        (from, to) if moment::is_cast(from, to) => Route::Moment,
        _ => return None,
    })
}

/// An explicit cast cuts silently (SQL-92), and char(n) keeps no trailing blanks.
fn write_characters(shown: &[u8], to: &LogicalType, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let shown = text::valid(shown)?;
    let kept = match to {
        LogicalType::Varchar(Some(n)) => text::cut(shown, *n).0,
        LogicalType::Bpchar(n) => text::without_blanks(text::cut(shown, *n).0),
        _ => shown,
    };
    out.extend_from_slice(kept.as_bytes());
    Ok(())
}

fn as_double(canonical: &[u8], from: &LogicalType) -> Result<(f64, Precision), ValueError> {
    if *from == LogicalType::Float4 {
        return Ok((f32::from_be_bytes(stored(canonical)?).into(), Precision::Single));
    }
    Ok((f64::from_be_bytes(stored(canonical)?), Precision::Double))
}

/// float8 to float4 may overflow or vanish; both are errors.
fn write_float(canonical: &[u8], from: &LogicalType, out: &mut Vec<u8>) -> Result<(), ValueError> {
    match as_double(canonical, from)? {
        (value, Precision::Single) => float::push_double(value, false, out),
        (value, Precision::Double) => {
            let narrow = value as f32;
            if (narrow.is_infinite() && value.is_finite()) || (narrow == 0.0 && value != 0.0) {
                return Err(ValueError::OutOfRange(Precision::Single.name()));
            }
            float::push_single(narrow, false, out);
        }
    }
    Ok(())
}

/// numeric rounds half away from zero, floats half to even.
fn to_integer(canonical: &[u8], from: &LogicalType, width: Width) -> Result<i64, ValueError> {
    let overflow = ValueError::OutOfRange(width.name());
    if let LogicalType::Numeric(_) = from {
        return match numeric::read(Format::Binary, canonical)? {
            Number::Finite(mut value) => {
                value.round(0);
                value.scaled(0).and_then(|v| i64::try_from(v).ok()).ok_or(overflow)
            }
            Number::NaN | Number::Infinite(_) => {
                Err(ValueError::Unsupported("a conversion of NaN or infinity to an integer"))
            }
        };
    }
    let value = as_double(canonical, from)?.0.round_ties_even();
    // 2^63 itself does not fit, and is the first float that does not.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value) {
        Ok(value as i64)
    } else {
        Err(overflow)
    }
}
