//! The session parameters that decide how values are read and shown as text.
//!
//! Knows their spellings (manual, 20.11 Client Connection Defaults). Does not know who set them: the
//! session follows what its client sent.

use super::zone::Zone;

/// Everything outside the text itself on which its meaning depends.
#[derive(Clone, Debug)]
pub struct TextSettings {
    /// Second half of DateStyle: the order in which an ambiguous date is read.
    pub date_order: DateOrder,
    /// First half of DateStyle: how dates are shown.
    pub date_style: DateStyle,
    /// TimeZone.
    pub time_zone: Zone,
    /// IntervalStyle.
    pub interval_style: IntervalStyle,
    /// bytea_output.
    pub bytea_output: ByteaOutput,
    /// extra_float_digits, -15 to 3; above 0: shortest exact.
    pub extra_float_digits: i8,
}

/// Second half of DateStyle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 1/8/1999 is the 8th of January.
    Mdy,
    /// 8/1/1999 is the 8th of January.
    Dmy,
    /// 99/1/8 is the 8th of January.
    Ymd,
}

/// First half of DateStyle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateStyle {
    /// 1997-12-17 07:37:16-08
    Iso,
    /// 12/17/1997 07:37:16.00 PST
    Sql,
    /// Wed Dec 17 07:37:16 1997 PST
    Postgres,
    /// 17.12.1997 07:37:16.00 PST
    German,
}

/// IntervalStyle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalStyle {
    /// 1 year 2 mons 3 days 04:05:06
    Postgres,
    /// @ 1 year 2 mons 3 days 4 hours 5 mins 6 secs
    PostgresVerbose,
    /// +1-2 +3 +4:05:06
    SqlStandard,
    /// P1Y2M3DT4H5M6S
    Iso8601,
}

/// bytea_output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteaOutput {
    /// `\x6869`
    Hex,
    /// `hi`, with backslashes and octal.
    Escape,
}

/// What became of a parameter that was offered to [`TextSettings::set`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It is one of these and was taken.
    Taken,
    /// It is none of these.
    NotOurs,
    /// It is one of these, and the value is none that the server would admit; nothing changed.
    Invalid,
}

impl Default for TextSettings {
    /// The server's built-in defaults, with TimeZone GMT as in `guc_tables.c`.
    fn default() -> Self {
        TextSettings {
            date_order: DateOrder::Mdy,
            date_style: DateStyle::Iso,
            time_zone: Zone::utc(),
            interval_style: IntervalStyle::Postgres,
            bytea_output: ByteaOutput::Hex,
            extra_float_digits: 1,
        }
    }
}

impl TextSettings {
    /// Follows one parameter, by its name in any case, as SET, a start-up packet or ParameterStatus
    /// gives it. A TimeZone that is not known here is taken as "unknown": values that need it are
    /// then refused instead of guessed.
    pub fn set(&mut self, name: &str, value: &str) -> Followed {
        let taken = if name.eq_ignore_ascii_case("DateStyle") {
            self.set_date_style(value)
        } else if name.eq_ignore_ascii_case("TimeZone") {
            self.time_zone = Zone::session(value);
            Some(())
        } else if name.eq_ignore_ascii_case("IntervalStyle") {
            interval_style(value).map(|style| self.interval_style = style)
        } else if name.eq_ignore_ascii_case("bytea_output") {
            bytea_output(value).map(|output| self.bytea_output = output)
        } else if name.eq_ignore_ascii_case("extra_float_digits") {
            let digits = value.trim().parse::<i8>().ok().filter(|d| (-15..=3).contains(d));
            digits.map(|d| self.extra_float_digits = d)
        } else {
            return Followed::NotOurs;
        };
        match taken {
            Some(()) => Followed::Taken,
            None => Followed::Invalid,
        }
    }

    /// `ISO, MDY`, `German`, `SQL, DMY`, `euro`: one or two words, of which each sets one half. As on
    /// the server, German alone brings DMY with it.
    fn set_date_style(&mut self, value: &str) -> Option<()> {
        let (mut style, mut order) = (None, None);
        for word in value.split(',').map(str::trim) {
            match word.to_ascii_lowercase().as_str() {
                "iso" => style = Some(DateStyle::Iso),
                "sql" => style = Some(DateStyle::Sql),
                "german" => {
                    style = Some(DateStyle::German);
                    order = order.or(Some(DateOrder::Dmy));
                }
                w if w.starts_with("postgres") => style = Some(DateStyle::Postgres),
                "ymd" => order = Some(DateOrder::Ymd),
                "dmy" => order = Some(DateOrder::Dmy),
                w if w.starts_with("euro") => order = Some(DateOrder::Dmy),
                "mdy" | "us" => order = Some(DateOrder::Mdy),
                w if w.starts_with("noneuro") => order = Some(DateOrder::Mdy),
                "default" => {
                    style = style.or(Some(DateStyle::Iso));
                    order = order.or(Some(DateOrder::Mdy));
                }
                _ => return None,
            }
        }
        self.date_style = style.unwrap_or(self.date_style);
        self.date_order = order.unwrap_or(self.date_order);
        Some(())
    }
}

fn interval_style(value: &str) -> Option<IntervalStyle> {
    Some(match value.to_ascii_lowercase().as_str() {
        "postgres" => IntervalStyle::Postgres,
        "postgres_verbose" => IntervalStyle::PostgresVerbose,
        "sql_standard" => IntervalStyle::SqlStandard,
        "iso_8601" => IntervalStyle::Iso8601,
        _ => return None,
    })
}

fn bytea_output(value: &str) -> Option<ByteaOutput> {
    Some(match value.to_ascii_lowercase().as_str() {
        "hex" => ByteaOutput::Hex,
        "escape" => ByteaOutput::Escape,
        _ => return None,
    })
}
