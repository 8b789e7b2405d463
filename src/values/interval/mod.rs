//! interval: i64 microseconds, i32 days, i32 months, as `interval_send` writes them.
//!
//! Knows that months, days and time are not converted into each other. Equality of intervals is not
//! equality of these bytes, so the type is randomized only.

mod read;
mod show;
mod tokens;

use super::converter::Format;
use super::error::ValueError;
use super::scan::{exact, stored, trimmed};
use super::settings::TextSettings;

/// `interval` in errors.
const NAME: &str = "interval";

/// A value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Interval {
    pub months: i32,
    pub days: i32,
    pub micros: i64,
}

impl Interval {
    fn from_bytes(bytes: [u8; 16]) -> Self {
        let [a, b, c, d, e, f, g, h, d1, d2, d3, d4, m1, m2, m3, m4] = bytes;
        Interval {
            micros: i64::from_be_bytes([a, b, c, d, e, f, g, h]),
            days: i32::from_be_bytes([d1, d2, d3, d4]),
            months: i32::from_be_bytes([m1, m2, m3, m4]),
        }
    }

    /// Appends the canonical bytes.
    pub fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.micros.to_be_bytes());
        out.extend_from_slice(&self.days.to_be_bytes());
        out.extend_from_slice(&self.months.to_be_bytes());
    }

    /// From canonical bytes.
    pub fn stored(canonical: &[u8]) -> Result<Self, ValueError> {
        stored(canonical).map(Self::from_bytes)
    }
}

/// Text, or 16 bytes.
pub(super) fn canonical(
    format: Format,
    bytes: &[u8],
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let value = match format {
        Format::Text => read::interval(trimmed(bytes), settings.interval_style)?,
        Format::Binary => Interval::from_bytes(exact(bytes, NAME)?),
    };
    value.write(out);
    Ok(())
}

/// In the session's IntervalStyle, or 16 bytes.
pub(super) fn shown(
    canonical: &[u8],
    format: Format,
    settings: &TextSettings,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    match format {
        Format::Binary => out.extend_from_slice(&stored::<16>(canonical)?),
        Format::Text => show::interval(Interval::stored(canonical)?, settings.interval_style, out),
    }
    Ok(())
}
