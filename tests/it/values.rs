//! Conversions of values: what can be said without a server. What the server says of them is in
//! tests/e2e/values.rs.

use pgveil::types::{LogicalType, oid};
use pgveil::values::{
    ArrayBuilder, Casting, Converter, Followed, Format, TextSettings, Unfit, ValueError, elements,
};
use proptest::prelude::*;

use crate::fuzzed::TYPES;

fn logical(name: &str) -> LogicalType {
    LogicalType::parse(name).expect("a type")
}

fn randomized(name: &str) -> Converter {
    Converter::for_type(&logical(name), false).expect("randomized takes every type")
}

fn deterministic(name: &str) -> Converter {
    Converter::for_type(&logical(name), true).expect("may be deterministic")
}

fn under(settings: &[(&str, &str)]) -> TextSettings {
    let mut all = TextSettings::default();
    for (name, value) in settings {
        assert_eq!(all.set(name, value), Followed::Taken, "{name}");
    }
    all
}

fn canonical(converter: &Converter, text: &str) -> Result<Vec<u8>, ValueError> {
    let mut out = Vec::new();
    converter.canonical(Format::Text, text.as_bytes(), &TextSettings::default(), &mut out).map(|()| out)
}

fn shown(converter: &Converter, bytes: &[u8], settings: &TextSettings) -> Result<String, ValueError> {
    let mut out = Vec::new();
    converter.shown(bytes, Format::Text, settings, &mut out)?;
    Ok(String::from_utf8(out).expect("UTF-8"))
}

/// The table of docs/format.md, section 2.
#[test]
fn canonical_plaintexts_are_those_of_the_format() {
    let table: [(&str, bool, u16, &str, &str); 27] = [
        ("text", true, 1, "é", "c3a9"),
        ("varchar(3)", true, 1, "abc   ", "616263"),
        ("citext", false, 1, "AbC", "416243"),
        ("text[]", true, 1, "an element", "616e20656c656d656e74"),
        ("char(4)", true, 2, "ab  ", "6162"),
        ("int2", true, 3, "-2", "fffffffffffffffe"),
        ("int4", true, 3, "-2", "fffffffffffffffe"),
        ("int8", true, 3, "-2", "fffffffffffffffe"),
        ("bool", false, 4, "yes", "01"),
        ("numeric", false, 5, "12345.670", "0003000100000003000109291a2c"),
        ("numeric(10,2)", true, 20, "-1.5", "ffffffffffffffffffffffffffffff6a"),
        ("numeric(10,2)", true, 20, "NaN", "80000000000000000000000000000000"),
        ("date", true, 6, "2000-01-02", "00000001"),
        ("date", true, 6, "infinity", "7fffffff"),
        ("timestamp", true, 7, "2000-01-01 00:00:01", "00000000000f4240"),
        ("timestamptz", true, 8, "2000-01-01 01:00:01+01", "00000000000f4240"),
        ("time", true, 9, "00:00:01", "00000000000f4240"),
        ("timetz", true, 10, "00:00:01+01", "00000000000f4240fffff1f0"),
        ("interval", false, 11, "1 mon 2 days 00:00:01", "00000000000f42400000000200000001"),
        ("float4", true, 12, "-0", "00000000"),
        ("float8", true, 13, "-0", "0000000000000000"),
        ("uuid", true, 14, "{00112233-4455-6677-8899-AABBCCDDEEFF}", "00112233445566778899aabbccddeeff"),
        ("bytea", true, 15, "\\xDE AD", "dead"),
        ("json", false, 16, "{ }", "7b207d"),
        ("jsonb", false, 17, "{\"b\":1,\"a\":1e2}", hex_of("{\"a\": 100, \"b\": 1}")),
        ("inet", true, 18, "10.1.2.3", "0220000a010203"),
        ("cidr", true, 18, "10", "0208010a000000"),
    ];
    for (name, equality, tag, text, bytes) in table {
        let converter = Converter::for_type(&logical(name), equality).expect(name);
        assert_eq!(converter.type_tag(), tag, "{name}");
        let found = canonical(&converter, text).expect(name);
        assert_eq!(hex::encode(&found), bytes, "{name} {text}");
        if let Some(size) = converter.fixed_size() {
            assert_eq!(found.len(), size, "{name}");
        }
    }
}

/// As pgjdbc writes a java.sql.Date; and the zone of a day without a time is that of its midnight.
#[test]
fn a_date_may_be_followed_by_a_zone() {
    let read = |name: &str, text: &str| {
        let converter = Converter::for_type(&logical(name), true).expect(name);
        canonical(&converter, text).map(hex::encode)
    };
    for text in [
        "2000-01-02 +00",
        "2000-01-02 -08",
        "2000-01-02 +05:30",
        "2000-01-02 +0530",
        "2000-01-02+05",
        "01/02/2000 +05",
    ] {
        assert_eq!(read("date", text), Ok("00000001".into()), "{text}");
    }
    assert_eq!(read("date", "0044-03-15 +00 BC"), read("date", "0044-03-15 BC"));
    assert_eq!(read("timestamp", "2000-01-01 +05"), Ok("0000000000000000".into()));
    assert_eq!(read("timestamptz", "2000-01-01 -00:01"), Ok("0000000003938700".into()));
    for text in ["2000-01-02 +16", "2000-01-02 +05 +05", "2000-01-02 +5x", "2000-01 +05", "+05"] {
        assert!(read("date", text).is_err(), "{text}");
    }
    assert!(read("time", "2000-01-02 +05").is_err());
}

fn hex_of(text: &str) -> &'static str {
    Box::leak(hex::encode(text).into_boxed_str())
}

#[test]
fn types_whose_equality_is_not_bytewise_cannot_be_deterministic() {
    for name in ["citext", "bool", "interval", "json", "jsonb"] {
        let refused = Converter::for_type(&logical(name), true);
        assert!(matches!(refused, Err(Unfit::Deterministic(_))), "{name}");
    }
    for name in ["numeric", "numeric(39,2)"] {
        assert_eq!(Converter::for_type(&logical(name), true), Err(Unfit::NumericPrecision), "{name}");
    }
}

#[test]
fn errors_have_the_servers_states_and_never_the_value() {
    let cases = [
        ("int2", "98765", "22003"),
        ("int4", "9x8765", "22P02"),
        ("numeric(4,2)", "98765", "22003"),
        ("date", "98765-13-01", "22008"),
        ("date", "nonsense", "22007"),
        ("timestamptz", "2001-98-76", "22008"),
        ("timestamptz", "2001-01-01 10:00+98", "22009"),
        ("timestamptz", "2001-01-01 10:00 Nowhere/Xq", "22023"),
        ("interval", "98765 dayz", "22007"),
        ("varchar(3)", "x98765", "22001"),
        ("char(4)", "x98765", "22001"),
        ("text", "x98765\0", "22021"),
        ("uuid", "98765", "22P02"),
        ("bytea", "\\x98765", "22023"),
        ("json", "{98765}", "22P02"),
        ("jsonb", "\"98765\\u0000\"", "22P05"),
        ("inet", "98765", "22P02"),
        ("cidr", "98.76.5.1/8", "22P02"),
        ("float8", "98765e999", "22003"),
        ("bool", "98765", "22P02"),
        ("date", "today", "0A000"),
    ];
    for (name, text, state) in cases {
        let error = canonical(&randomized(name), text).expect_err(name);
        assert_eq!(error.sqlstate(), state, "{name}");
        for said in [error.to_string(), format!("{error:?}")] {
            assert!(!said.contains("98") && !said.contains("765") && !said.contains("today"), "{said}");
        }
    }
}

#[test]
fn binary_values_of_the_wrong_size_are_refused() {
    for (name, size) in [("int2", 2), ("int4", 4), ("int8", 8), ("date", 4), ("timetz", 12), ("uuid", 16)] {
        let converter = randomized(name);
        let at = |length: usize| {
            converter.canonical(Format::Binary, &vec![0; length], &TextSettings::default(), &mut Vec::new())
        };
        assert_eq!(at(size), Ok(()), "{name}");
        assert_eq!(at(size - 1), Err(ValueError::Short), "{name}");
        assert!(matches!(at(size + 1), Err(ValueError::Binary(_))), "{name}");
    }
}

#[test]
fn a_value_that_is_only_compared_is_not_bound_by_the_declaration() {
    let equal = |name: &str, stored: &str, compared: &str| {
        let column = deterministic(name);
        canonical(&column, stored) == canonical(&column.matching(), compared)
    };
    assert!(equal("numeric(6,2)", "1.5", "1.50"));
    assert!(equal("char(4)", "ab", "ab   "));
    assert!(equal("int2", "7", "7"));
    assert!(!equal("varchar(3)", "abc", "abc "), "trailing blanks count in varchar");
    assert!(!equal("timestamp(0)", "2001-01-01 00:00:00", "2001-01-01 00:00:00.4"));

    let compared = |name: &str, text: &str| canonical(&deterministic(name).matching(), text);
    assert_eq!(compared("numeric(6,2)", "1.501"), Err(ValueError::CannotOccur));
    assert_eq!(compared("numeric(6,2)", "12345"), Err(ValueError::CannotOccur));
    assert!(compared("varchar(3)", "abcdef").is_ok());
    assert_eq!(compared("int2", "99999"), Err(ValueError::OutOfRange("smallint")));
}

#[test]
fn a_value_of_another_type_is_compared_as_it_is_or_equals_nothing() {
    let compared = |from: &str, to: &str, text: &str| {
        let (from, to) = (logical(from), logical(to));
        let given = canonical(&Converter::for_type(&from, false).expect("a type"), text).expect("a value");
        let mut out = Vec::new();
        let casting = Casting::between(&from, &to).expect("a cast");
        casting.exactly(&given, &TextSettings::default(), &mut out).map(|()| out)
    };
    let same = |from: &str, to: &str, text: &str, own: &str| {
        let own = canonical(&Converter::for_type(&logical(to), false).expect("a type"), own);
        assert_eq!(compared(from, to, text), own, "{text}::{from} as {to}");
    };
    same("int8", "int4", "42", "42");
    same("numeric", "int4", "42.00", "42");
    same("float8", "int8", "-1", "-1");
    same("timestamp", "date", "2001-02-03 00:00", "2001-02-03");
    same("date", "timestamp", "2001-02-03", "2001-02-03 00:00");
    same("numeric", "float8", "0.1", "0.1");
    same("numeric", "float4", "0.5", "0.5");
    for (from, to, text) in [
        ("int8", "int4", "99999999999"),
        ("int4", "int2", "70000"),
        ("numeric", "int4", "41.6"),
        ("numeric", "int4", "NaN"),
        ("float8", "int4", "41.6"),
        ("numeric", "float4", "0.1"),
        ("timestamp", "date", "2001-02-03 12:00"),
    ] {
        assert_eq!(compared(from, to, text), Err(ValueError::CannotOccur), "{text}::{from} as {to}");
    }
}

#[test]
fn the_types_say_which_casts_are_evaluated() {
    let names = [
        "text",
        "varchar",
        "varchar(5)",
        "char(4)",
        "citext",
        "int2",
        "int4",
        "int8",
        "bool",
        "numeric",
        "numeric(6,2)",
        "date",
        "timestamp",
        "timestamptz",
        "time",
        "timetz",
        "interval",
        "float4",
        "float8",
        "uuid",
        "bytea",
        "json",
        "jsonb",
        "inet",
        "cidr",
        "text[]",
    ];
    for from in names.map(logical) {
        for to in names.map(logical) {
            let evaluated = Casting::between(&from, &to).is_ok();
            assert_eq!(from.casts_to(&to), evaluated, "{from} to {to}");
        }
    }
}

#[test]
fn settings_are_followed_and_what_is_unknown_is_refused() {
    let instant = canonical(&randomized("timestamptz"), "2001-07-04 12:00:00.5Z").expect("a timestamp");
    let see = |settings: &[(&str, &str)]| shown(&randomized("timestamptz"), &instant, &under(settings));
    assert_eq!(see(&[]).as_deref(), Ok("2001-07-04 12:00:00.5+00"));
    assert_eq!(see(&[("timezone", "europe/paris")]).as_deref(), Ok("2001-07-04 14:00:00.5+02"));
    assert_eq!(
        see(&[("TimeZone", "America/New_York"), ("DateStyle", "Postgres, DMY")]).as_deref(),
        Ok("Wed 04 Jul 08:00:00.5 2001 EDT")
    );
    assert_eq!(see(&[("DateStyle", "German")]).as_deref(), Ok("04.07.2001 12:00:00.5 UTC"));
    assert_eq!(see(&[("TimeZone", "-3.5")]).as_deref(), Ok("2001-07-04 08:30:00.5-03:30"));
    assert_eq!(see(&[("TimeZone", "<+02>-02")]).as_deref(), Ok("2001-07-04 14:00:00.5+02"));
    assert!(matches!(see(&[("TimeZone", "Nowhere/Land")]), Err(ValueError::Unsupported(_))));

    let mut settings = TextSettings::default();
    assert_eq!(settings.set("application_name", "x"), Followed::NotOurs);
    assert_eq!(settings.set("DateStyle", "Klingon"), Followed::Invalid);
    assert_eq!(settings.set("extra_float_digits", "4"), Followed::Invalid);
}

#[test]
fn local_times_in_a_gap_or_a_fold_are_read_as_the_server_reads_them() {
    let read = |text: &str| {
        let (converter, settings) = (randomized("timestamptz"), under(&[("TimeZone", "Europe/Paris")]));
        let mut out = Vec::new();
        converter.canonical(Format::Text, text.as_bytes(), &settings, &mut out).expect(text);
        shown(&converter, &out, &TextSettings::default()).expect(text)
    };
    assert_eq!(read("2021-03-28 02:30:00"), "2021-03-28 01:30:00+00");
    assert_eq!(read("2021-10-31 02:30:00"), "2021-10-31 01:30:00+00");
    assert_eq!(read("12021-07-01 12:00:00"), "12021-07-01 10:00:00+00");
}

#[test]
fn arrays_of_more_dimensions_and_of_other_elements_are_refused() {
    let read = |format, bytes: &[u8]| elements(format, bytes, &[oid::TEXT], |_| Ok::<(), ValueError>(()));
    for text in ["{{a}}", "[2:3]={a,b}", "[1:1]={a}"] {
        assert!(matches!(read(Format::Text, text.as_bytes()), Err(ValueError::Unsupported(_))), "{text}");
    }
    for text in ["", "a", "{a", "{a,}", "{a}b", "{\"a}", "{a\"b\"}"] {
        assert_eq!(read(Format::Text, text.as_bytes()), Err(ValueError::ArraySyntax), "{text}");
    }
    let mut numbers = Vec::new();
    let mut builder = ArrayBuilder::new(Format::Binary, oid::INT4, &mut numbers);
    builder.push(Some(&7i32.to_be_bytes()));
    builder.push(None);
    builder.finish();
    assert_eq!(read(Format::Binary, &numbers), Err(ValueError::ElementType));
    for cut in 0..numbers.len() {
        let short = elements(Format::Binary, &numbers[..cut], &[], |_| Ok::<(), ValueError>(()));
        assert_eq!(short, Err(ValueError::Short), "cut at {cut}");
    }
}

#[test]
fn casts_cut_and_round_as_explicit_casts_do() {
    let cast = |from: &str, to: &str, text: &str| {
        let casting = Casting::between(&logical(from), &logical(to)).expect("a cast");
        let operand = canonical(&randomized(from), text).expect("an operand");
        let mut result = Vec::new();
        casting.apply(&operand, &TextSettings::default(), &mut result)?;
        shown(&randomized(to), &result, &TextSettings::default())
    };
    assert_eq!(cast("text", "varchar(3)", "abcdef").as_deref(), Ok("abc"));
    assert_eq!(cast("text", "date", "2001-02-03").as_deref(), Ok("2001-02-03"));
    assert_eq!(cast("int4", "text", "42").as_deref(), Ok("42"));
    assert_eq!(cast("bool", "text", "t").as_deref(), Ok("true"));
    assert_eq!(cast("numeric", "numeric(6,2)", "1.005").as_deref(), Ok("1.01"));
    assert_eq!(cast("numeric", "int4", "-2.5").as_deref(), Ok("-3"));
    assert_eq!(cast("float8", "int4", "2.5").as_deref(), Ok("2"));
    assert_eq!(
        cast("timestamp", "timestamp(1)", "2001-01-01 00:00:00.25").as_deref(),
        Ok("2001-01-01 00:00:00.3")
    );
    assert_eq!(cast("int8", "int2", "99999"), Err(ValueError::OutOfRange("smallint")));
    for (from, to) in [("uuid", "int4"), ("date", "int4"), ("jsonb", "numeric"), ("text", "text[]")] {
        assert!(
            matches!(Casting::between(&logical(from), &logical(to)), Err(Unfit::Cast { .. })),
            "{from} {to}"
        );
    }
}

#[test]
fn deep_json_is_refused_and_not_followed() {
    for open in ["[", "{\"a\":"] {
        assert_eq!(canonical(&randomized("json"), &open.repeat(100_000)), Err(ValueError::Depth));
        assert_eq!(canonical(&randomized("jsonb"), &open.repeat(100_000)), Err(ValueError::Depth));
    }
}

proptest! {
    /// Foreign bytes never do more than fail, and leave nothing behind.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40), text in "[-+0-9:./ TZa-z{}\\\\\"]{0,24}") {
        let settings = under(&[("TimeZone", "Europe/Paris"), ("DateStyle", "SQL, DMY")]);
        for name in TYPES {
            let converter = randomized(name);
            for (format, input) in [(Format::Binary, bytes.as_slice()), (Format::Text, text.as_bytes()), (Format::Text, &bytes)] {
                let mut out = b"before".to_vec();
                match converter.canonical(format, input, &settings, &mut out) {
                    Err(_) => prop_assert_eq!(out, b"before"),
                    Ok(()) => {
                        let mut text = Vec::new();
                        let shown = converter.shown(&out[6..], Format::Text, &settings, &mut text);
                        prop_assert!(shown.is_ok() || format == Format::Binary, "{} {:?}", name, shown);
                    }
                }
            }
        }
    }

    /// A plaintext that is none of the type is damaged, never a panic.
    #[test]
    fn any_plaintext_is_shown_or_damaged(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        for style in ["postgres", "postgres_verbose", "sql_standard", "iso_8601"] {
            let settings = under(&[("TimeZone", "Europe/Paris"), ("IntervalStyle", style), ("DateStyle", "Postgres")]);
            for name in TYPES {
                for format in [Format::Text, Format::Binary] {
                    let mut out = b"before".to_vec();
                    if randomized(name).shown(&bytes, format, &settings, &mut out).is_err() {
                        prop_assert_eq!(out, b"before");
                    }
                }
            }
        }
    }
}
