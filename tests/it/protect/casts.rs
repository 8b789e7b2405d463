//! Casts on a constant and on a shown value, and constants that are compared with the text of values.

use super::*;

const NUMBER: &LogicalType = &LogicalType::Numeric(None);
const NEVER: &[u8] = b"pgV1:.";

fn to(logical: LogicalType) -> Cast {
    Cast { to: logical, array: false }
}

#[test]
fn every_cast_of_a_chain_counts() {
    let mut b = Bench::one(LogicalType::Timestamp(None), Mode::Deterministic);
    let casts = [to(LogicalType::Timestamp(None)), to(LogicalType::Date)];
    let how = Sealing { casts: &casts, ..storing(None) };
    let midnight = b.seal(&how, Format::Text, b"2001-02-03 10:11:12").unwrap();
    assert_eq!(midnight, b.store("2001-02-03 00:00:00"), "a date has no time");
}

#[test]
fn what_is_stored_is_rounded_and_what_is_compared_is_not() {
    let mut b = Bench::one(LogicalType::Int4, Mode::Deterministic);
    let stored = b.seal(&storing(Some(NUMBER)), Format::Text, b"1.7").unwrap();
    assert_eq!(stored, b.store("2"));
    let matched = Sealing { purpose: Purpose::Match, ..storing(Some(NUMBER)) };
    assert_eq!(b.seal(&matched, Format::Text, b"1.7").unwrap(), NEVER);
    assert_eq!(b.seal(&matched, Format::Text, b"2.0").unwrap(), stored);
}

#[test]
fn text_beside_characters_of_fixed_length_is_compared_blanks_and_all() {
    let mut b = Bench::one(LogicalType::Bpchar(4), Mode::Deterministic);
    let given = Some(&LogicalType::Text);
    let matched = Sealing { purpose: Purpose::Match, ..storing(given) };
    let stored = b.store("ab");
    assert_eq!(b.seal(&matched, Format::Text, b"ab").unwrap(), stored);
    assert_eq!(b.seal(&matched, Format::Text, b"ab ").unwrap(), NEVER);
    assert_eq!(b.seal(&storing(given), Format::Text, b"ab ").unwrap(), stored, "stored they are padding");
    let bare = Sealing { purpose: Purpose::Match, ..storing(None) };
    assert_eq!(b.seal(&bare, Format::Text, b"ab ").unwrap(), stored, "and beside their like too");
}

#[test]
fn a_shown_value_goes_through_its_casts() {
    let shown = |logical: LogicalType, mode, value: &str, casts: &[Cast]| {
        let mut b = Bench::one(logical, mode);
        let stored = b.store(value);
        b.desk.settings.set("DateStyle", "German");
        String::from_utf8(b.open_with(casts, Extent::Value, Format::Text, &stored).unwrap()).unwrap()
    };
    let (text, money) = (LogicalType::Text, LogicalType::Numeric(Some((10, 2))));
    for mode in [Mode::Deterministic, Mode::Randomized] {
        assert_eq!(shown(LogicalType::Date, mode, "2001-02-03", &[to(text.clone())]), "03.02.2001");
        let long = [to(LogicalType::Timestamp(None)), to(text.clone())];
        assert_eq!(shown(LogicalType::Date, mode, "2001-02-03", &long), "03.02.2001 00:00:00");
        assert_eq!(shown(money.clone(), mode, "12.50", &[to(LogicalType::Int4)]), "13");
        assert_eq!(shown(money.clone(), mode, "12.50", &[to(text.clone())]), "12.50");
        assert_eq!(shown(text.clone(), mode, "abcdef", &[to(LogicalType::Varchar(Some(2)))]), "ab");
    }
}

#[test]
fn a_text_equals_a_value_that_is_written_so() {
    let spelt = |logical: LogicalType, value: &str, texts: &[(&str, bool)]| {
        let mut b = Bench::one(logical.clone(), Mode::Deterministic);
        b.desk.settings.set("DateStyle", "German");
        let stored = b.store(value);
        let how = Sealing { purpose: Purpose::Spelt, ..storing(Some(&LogicalType::Text)) };
        for (text, is_so) in texts {
            let sealed = b.seal(&how, Format::Text, text.as_bytes()).unwrap();
            assert_eq!(sealed, if *is_so { stored.as_slice() } else { NEVER }, "{logical}: {text:?}");
        }
    };
    spelt(LogicalType::Int4, "7", &[("7", true), ("07", false), ("7 ", false), ("seven", false)]);
    spelt(LogicalType::Date, "3.2.2001", &[("03.02.2001", true), ("3.2.2001", false), ("2001-02-03", false)]);
    spelt(LogicalType::Bpchar(4), "ab", &[("ab", true), ("ab  ", false)]);
    spelt(LogicalType::Inet, "10.0.0.1", &[("10.0.0.1/32", true), ("10.0.0.1", false)]);
    spelt(LogicalType::Cidr, "10.0.0.0/8", &[("10.0.0.0/8", true), ("10/8", false)]);
}

#[test]
fn a_constant_beside_values_goes_through_their_casts() {
    let cases = [
        (LogicalType::Bpchar(6), None, "none ", "none ", "none"),
        (LogicalType::Bpchar(6), Some(&LogicalType::Bpchar(1)), "none ", "none ", "none"),
        (LogicalType::Varchar(Some(4)), None, "longer ", "longer ", "longer "),
        (LogicalType::Numeric(Some((10, 2))), None, "0", "0", "0"),
    ];
    for (logical, given, constant, shown, text) in cases {
        let mut b = Bench::one(logical.clone(), Mode::Randomized);
        let how = Sealing { purpose: Purpose::Beside, ..storing(given) };
        let sealed = b.seal(&how, Format::Text, constant.as_bytes()).unwrap();
        for (casts, expected) in [(&[][..], shown), (&[to(LogicalType::Text)][..], text)] {
            let both = Opening { column: ID, extent: Extent::Value, casts, beside: true };
            let mut out = Vec::new();
            b.protector.open(&both, Format::Text, &sealed, &mut b.desk, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{logical}");
        }
    }
}

#[test]
fn the_longest_value_of_a_column_is_admitted_and_one_byte_more_is_not() {
    let short = ProtectedColumn {
        max_bytes: Some(4),
        ..column(LogicalType::Text, StoredType::Text, Mode::Deterministic)
    };
    let mut b = bench(vec![short]);
    let matched = Sealing { purpose: Purpose::Match, ..storing(None) };
    let longest = b.store("abcd");
    assert_eq!(b.seal(&matched, Format::Text, b"abcd").unwrap(), longest);
    assert_eq!(b.seal(&storing(None), Format::Text, b"abcde").unwrap_err().sqlstate, "54000");
    assert_eq!(b.seal(&matched, Format::Text, b"abcde").unwrap(), NEVER, "nothing so long is stored");
}
