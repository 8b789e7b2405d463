//! Cells as text under every setting that decides how text is read and shown, and casts between all types.

use super::types::TYPES;
use super::values::is_least_interval;
use pgveil::types::LogicalType;
use pgveil::values::{Casting, Converter, DateStyle, Format, IntervalStyle, TextSettings};

const DATE_STYLES: [&str; 6] =
    ["ISO, YMD", "ISO, DMY", "SQL, DMY", "SQL, MDY", "Postgres, DMY", "German, DMY"];
const INTERVAL_STYLES: [&str; 4] = ["postgres", "postgres_verbose", "sql_standard", "iso_8601"];
const ZONES: [&str; 6] =
    ["UTC", "Europe/Rome", "America/New_York", "<-03:30>3:30", "Asia/Kathmandu", "-15:59:59"];
const DIGITS: [&str; 4] = ["-15", "0", "1", "3"];

fn settings(which: u8, zone: u8) -> TextSettings {
    let mut settings = TextSettings::default();
    let pick = |of: &[&'static str], by: u8| of.get(usize::from(by) % of.len()).copied().unwrap_or_default();
    settings.set("DateStyle", pick(&DATE_STYLES, which));
    settings.set("IntervalStyle", pick(&INTERVAL_STYLES, which / 8));
    settings.set("bytea_output", pick(&["hex", "escape"], which / 32));
    settings.set("extra_float_digits", pick(&DIGITS, which / 64));
    settings.set("TimeZone", pick(&ZONES, zone));
    settings
}

/// Whether PostgreSQL reads again what it shows of this type under these settings as the same value.
fn is_read_again(logical: &LogicalType, settings: &TextSettings) -> bool {
    let name = logical.to_string();
    match name.split('(').next().unwrap_or_default() {
        // Abbreviations of zones stand for offsets that a zone has had at another time; German and the others alike.
        "timestamptz" => settings.date_style == DateStyle::Iso,
        kind if kind.starts_with("timestamp") && name.ends_with(" with time zone") => {
            settings.date_style == DateStyle::Iso
        }
        "float4" | "real" | "float8" | "double precision" => settings.extra_float_digits > 0,
        // Signs of parts that differ are not all shown in that style.
        "interval" => settings.interval_style != IntervalStyle::SqlStandard,
        _ => true,
    }
}

/// A text of the type that the first byte names, under settings that the third and fourth choose: what is taken is
/// shown, and read again as the same value; and it is cast to the type of the second byte.
pub fn fuzz_styles(data: &[u8]) {
    let [from, to, which, zone, value @ ..] = data else { return };
    let named = |which: &u8| TYPES.get(usize::from(*which) % TYPES.len()).expect("below the count");
    let (from, to) =
        (LogicalType::parse(named(from)).expect("a type"), LogicalType::parse(named(to)).expect("a type"));
    let settings = settings(*which, *zone);
    let converter = Converter::for_type(&from, false).expect("randomized takes every type");
    let mut canonical = Vec::new();
    if converter.canonical(Format::Text, value, &settings, &mut canonical).is_err() {
        assert!(canonical.is_empty());
        return;
    }
    let (mut shown, mut again) = (Vec::new(), Vec::new());
    converter.shown(&canonical, Format::Text, &settings, &mut shown).expect("what was taken is shown");
    // The sign of a NaN is kept, as PostgreSQL does, and never shown.
    if is_read_again(&from, &settings) && !is_least_interval(&from, &shown) && shown != b"NaN" {
        let taken = converter.canonical(Format::Text, &shown, &settings, &mut again);
        assert!(
            taken.is_ok(),
            "{from}: what is shown is taken: {} {taken:?}",
            String::from_utf8_lossy(&shown)
        );
        assert_eq!(again, canonical, "{from}: {}", String::from_utf8_lossy(&shown));
    }
    if let Ok(casting) = Casting::between(&from, &to) {
        let (mut cast, mut exact) = (Vec::new(), Vec::new());
        match casting.apply(&canonical, &settings, &mut cast) {
            Ok(()) => {
                let to = Converter::for_type(&to, false).expect("randomized takes every type");
                to.shown(&cast, Format::Binary, &settings, &mut Vec::new()).expect("a value of its type");
            }
            Err(_) => assert!(cast.is_empty()),
        }
        if casting.exactly(&canonical, &settings, &mut exact).is_err() {
            assert!(exact.is_empty());
        }
    }
}
