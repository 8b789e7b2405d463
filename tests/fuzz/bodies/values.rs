//! Cells of every type, in both formats; and what the scanner makes of them.

use super::types::TYPES;
use pgveil::scan;
use pgveil::types::LogicalType;
use pgveil::values::{Converter, Format, TextSettings, Zone};

/// A value of the type that the first byte names, in the format of the second. What is taken is shown,
/// and what is shown is taken as the same value.
pub fn fuzz_values(data: &[u8]) {
    let [which, format, value @ ..] = data else { return };
    let name = TYPES.get(usize::from(*which) % TYPES.len()).expect("below the count");
    let logical = LogicalType::parse(name).expect("a type");
    let converter = Converter::for_type(&logical, false).expect("randomized takes every type");
    let given = if format % 2 == 0 { Format::Text } else { Format::Binary };
    let settings = TextSettings::default();
    let mut canonical = Vec::new();
    // Canonical bytes of another: damaged at worst.
    let _ = converter.shown(value, given, &settings, &mut canonical);
    canonical.clear();
    if converter.canonical(given, value, &settings, &mut canonical).is_err() {
        assert!(canonical.is_empty());
        return;
    }
    for format in [Format::Text, Format::Binary] {
        let (mut shown, mut again) = (Vec::new(), Vec::new());
        converter.shown(&canonical, format, &settings, &mut shown).expect("what was taken is shown");
        let taken = converter.canonical(format, &shown, &settings, &mut again);
        if taken.is_err() && is_least_interval(&logical, &shown) {
            continue;
        }
        taken.expect("what is shown is taken");
        // A NaN that came in binary keeps its bits, and in text they do not show.
        let is_nan = format == Format::Text && shown == b"NaN";
        assert!(again == canonical || is_nan, "{name}: {again:x?} and {canonical:x?}");
    }
    if let Ok(text) = std::str::from_utf8(value) {
        let _ = Zone::session(text).east_at(0);
    }
}

/// Is it the text of the longest time backwards there is? PostgreSQL 15 shows it, and says 22007 to it.
pub fn is_least_interval(logical: &LogicalType, shown: &[u8]) -> bool {
    *logical == LogicalType::Interval && shown.windows(9).any(|part| part == b"54.775808")
}

/// Detectors of the scanner.
pub fn fuzz_scan(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = scan::shape::within(text);
        let _ = scan::checksum::is_iban(text);
        let _ = scan::checksum::is_card(text);
        let _ = scan::checksum::is_codice_fiscale(text);
    }
}
