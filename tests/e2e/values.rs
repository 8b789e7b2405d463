//! Conversions of values against the real server: what it takes, what it shows in text and binary,
//! what it refuses and with which SQLSTATE, what it holds equal.

mod arrays;
mod casts;
mod dice;
mod probe;
mod random_binary;
mod spellings;

use std::collections::{BTreeMap, HashSet};

use pgveil::types::LogicalType;
use pgveil::values::{Converter, DateOrder, DateStyle, Format, TextSettings, ValueError};

use dice::Dice;
use probe::{Outcome, Probe};

const SEED: u64 = 20_000_101;

/// What a comparison came to: how many values agreed, were refused alike, or were not supported.
#[derive(Default, Debug)]
struct Tally {
    agreed: usize,
    refused: usize,
    unsupported: usize,
    states: BTreeMap<String, usize>,
}

fn convert(
    converter: &Converter,
    format: Format,
    bytes: &[u8],
    settings: &TextSettings,
) -> Result<Vec<u8>, ValueError> {
    let mut out = Vec::new();
    converter.canonical(format, bytes, settings, &mut out).map(|()| out)
}

fn show(converter: &Converter, canonical: &[u8], format: Format, settings: &TextSettings) -> Vec<u8> {
    let mut out = Vec::new();
    converter.shown(canonical, format, settings, &mut out).expect("a canonical plaintext is shown");
    out
}

/// Compares pgveil with the server on every text. What pgveil takes, the server takes, and in the
/// same bytes; what pgveil calls an error, the server calls the same error. Gives the faults.
fn compare(probe: &mut Probe, logical: &LogicalType, texts: &[String], tally: &mut Tally) -> Vec<String> {
    let converter = Converter::for_type(logical, false).expect("randomized takes every type");
    let outcomes = probe.outcomes(logical, texts);
    let settings = &probe.settings;
    let mut faults = Vec::new();
    for (text, outcome) in texts.iter().zip(outcomes) {
        let ours = convert(&converter, Format::Text, text.as_bytes(), settings);
        let mut fault = |what: String| faults.push(format!("{logical} {text:?}: {what}"));
        match (ours, outcome) {
            (Ok(canonical), Outcome::Value { text: shown, binary }) => {
                tally.agreed += 1;
                let (our_text, our_binary) = (
                    show(&converter, &canonical, Format::Text, settings),
                    show(&converter, &canonical, Format::Binary, settings),
                );
                if our_binary != binary {
                    fault(format!("binary {} and not {}", hex::encode(&our_binary), hex::encode(&binary)));
                } else if our_text != shown {
                    fault(format!(
                        "shown {:?} and not {:?}",
                        String::from_utf8_lossy(&our_text),
                        String::from_utf8_lossy(&shown)
                    ));
                } else if convert(&converter, Format::Binary, &binary, settings).as_ref() != Ok(&canonical) {
                    fault("its binary form gives another canonical plaintext".into());
                }
                let again = convert(&converter, Format::Text, &shown, settings);
                match again {
                    _ if !reads_its_own_dates(settings) => {}
                    Ok(again) if again != canonical && settings.extra_float_digits > 0 => {
                        fault("its text form gives another canonical plaintext".into());
                    }
                    Err(error)
                        if !matches!(error, ValueError::Unsupported(_))
                            && settings.extra_float_digits > 0 =>
                    {
                        fault(format!("its own text form gives {error}"));
                    }
                    Ok(_) | Err(_) => {}
                }
            }
            (Ok(_), Outcome::Error(state)) => fault(format!("taken, and the server says {state}")),
            (Err(ValueError::Unsupported(_)), _) => tally.unsupported += 1,
            (Err(error), Outcome::Value { .. }) => fault(format!("{error}, and the server takes it")),
            (Err(error), Outcome::Error(state)) => {
                tally.refused += 1;
                *tally.states.entry(state.clone()).or_default() += 1;
                if error.sqlstate() != state {
                    fault(format!("{} and not {state}", error.sqlstate()));
                }
            }
        }
    }
    faults
}

/// In these styles the server shows days before months and reads them the other way round.
fn reads_its_own_dates(settings: &TextSettings) -> bool {
    match settings.date_style {
        DateStyle::Iso => true,
        DateStyle::German => settings.date_order == DateOrder::Dmy,
        DateStyle::Sql | DateStyle::Postgres => settings.date_order != DateOrder::Ymd,
    }
}

fn report(name: &str, tally: &Tally, faults: &[String]) {
    println!("{name}: {tally:?}");
    let shown = faults.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(faults.is_empty(), "{} faults, the first:\n{shown}", faults.len());
}

fn types(names: &[&str]) -> Vec<LogicalType> {
    names.iter().map(|n| LogicalType::parse(n).expect("a type")).collect()
}

/// So many random texts of each type under the settings in force.
fn sweep(
    probe: &mut Probe,
    dice: &mut Dice,
    types: &[LogicalType],
    count: usize,
    tally: &mut Tally,
) -> Vec<String> {
    let mut faults = Vec::new();
    for logical in types {
        let texts: Vec<String> = (0..count).map(|_| spellings::text(dice, logical)).collect();
        faults.extend(compare(probe, logical, &texts, tally));
    }
    faults
}

#[test]
fn types_without_settings_agree_with_the_server() {
    let (mut probe, mut dice, mut tally) = (Probe::start(), Dice(SEED), Tally::default());
    let all = types(&[
        "text",
        "varchar",
        "varchar(7)",
        "char(7)",
        "int2",
        "int4",
        "int8",
        "bool",
        "numeric",
        "numeric(10,2)",
        "numeric(38,10)",
        "numeric(3,5)",
        "numeric(5,-2)",
        "uuid",
        "json",
        "jsonb",
        "inet",
        "cidr",
    ]);
    let faults = sweep(&mut probe, &mut dice, &all, 1500, &mut tally);
    report("types without settings", &tally, &faults);
    assert!(tally.agreed > 10_000 && tally.refused > 1_000, "{tally:?}");
}

#[test]
fn floats_and_bytea_agree_under_their_settings() {
    let (mut probe, mut dice, mut tally) = (Probe::start(), Dice(SEED + 1), Tally::default());
    let mut faults = Vec::new();
    for digits in ["1", "3", "0", "-5", "-15"] {
        probe.set("extra_float_digits", digits);
        faults.extend(sweep(&mut probe, &mut dice, &types(&["float4", "float8"]), 2000, &mut tally));
    }
    for output in ["hex", "escape"] {
        probe.set("bytea_output", output);
        faults.extend(sweep(&mut probe, &mut dice, &types(&["bytea"]), 500, &mut tally));
    }
    report("floats and bytea", &tally, &faults);
}

const STYLES: [&str; 12] = [
    "ISO, MDY",
    "ISO, DMY",
    "ISO, YMD",
    "SQL, MDY",
    "SQL, DMY",
    "SQL, YMD",
    "Postgres, MDY",
    "Postgres, DMY",
    "Postgres, YMD",
    "German, MDY",
    "German, DMY",
    "German, YMD",
];

const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Tokyo",
    "Europe/London",
    "Pacific/Apia",
    "<+03>-03",
    "-3.5",
    "Europe/Dublin",
];

#[test]
fn dates_and_times_agree_under_every_style() {
    let (mut probe, mut dice, mut tally) = (Probe::start(), Dice(SEED + 2), Tally::default());
    let all = types(&[
        "date",
        "timestamp",
        "timestamptz",
        "timestamptz(2)",
        "timestamp(0)",
        "time",
        "time(3)",
        "timetz",
    ]);
    let mut faults = Vec::new();
    for (style, zone) in STYLES.into_iter().zip(ZONES).chain(STYLES.into_iter().zip(ZONES.into_iter().rev()))
    {
        probe.set("DateStyle", style);
        probe.set("TimeZone", zone);
        let under = sweep(&mut probe, &mut dice, &all, 150, &mut tally);
        faults.extend(under.into_iter().map(|f| format!("{style}; {zone}: {f}")));
    }
    report("dates and times", &tally, &faults);
}

#[test]
fn intervals_agree_under_every_style() {
    let (mut probe, mut dice, mut tally) = (Probe::start(), Dice(SEED + 3), Tally::default());
    let mut faults = Vec::new();
    for style in ["postgres", "postgres_verbose", "sql_standard", "iso_8601"] {
        probe.set("IntervalStyle", style);
        let under = sweep(&mut probe, &mut dice, &types(&["interval"]), 1500, &mut tally);
        faults.extend(under.into_iter().map(|f| format!("{style}: {f}")));
    }
    report("intervals", &tally, &faults);
}

/// A text that is damaged may be refused in another way than by the server, but never taken with
/// another meaning, and never refused as an error where the server takes it.
#[test]
fn damaged_texts_are_never_read_with_another_meaning() {
    let (mut probe, mut dice, mut tally) = (Probe::start(), Dice(SEED + 4), Tally::default());
    let all = types(&[
        "int4",
        "bool",
        "numeric",
        "numeric(10,2)",
        "float8",
        "uuid",
        "bytea",
        "json",
        "jsonb",
        "inet",
        "cidr",
        "date",
        "timestamp",
        "timestamptz",
        "time",
        "timetz",
        "interval",
    ]);
    // More of them in one long run: PGVEIL_DAMAGED=20000.
    let per_type = std::env::var("PGVEIL_DAMAGED").map_or(700, |n| n.parse().expect("a number"));
    let mut faults = Vec::new();
    for style in ["ISO, MDY", "Postgres, DMY", "SQL, YMD"] {
        probe.set("DateStyle", style);
        for logical in &all {
            let texts: Vec<String> = (0..per_type)
                .map(|_| {
                    let whole = spellings::text(&mut dice, logical);
                    dice.damaged(&whole)
                })
                .collect();
            faults.extend(compare(&mut probe, logical, &texts, &mut tally));
        }
    }
    faults.retain(|f| !f.contains(" and not 2"));
    // REFUSES: what PostgreSQL reads since 16 (`0x7`, `1_000`, a word without meaning in an interval).
    if probe.major() >= 16 {
        faults.retain(|f| !f.ends_with("and the server takes it"));
    }
    report("damaged texts", &tally, &faults);
}

/// Equal canonical plaintexts of a deterministic column exactly where the server says `=`.
#[test]
fn deterministic_equality_is_the_servers_equality() {
    let (mut probe, mut dice) = (Probe::start(), Dice(SEED + 5));
    let all = types(&[
        "text",
        "varchar(9)",
        "char(9)",
        "int2",
        "int4",
        "int8",
        "numeric(10,2)",
        "numeric(38,6)",
        "date",
        "timestamp",
        "timestamptz",
        "time",
        "timetz",
        "float4",
        "float8",
        "uuid",
        "bytea",
        "inet",
        "cidr",
    ]);
    for logical in all {
        let converter = Converter::for_type(&logical, true).expect("a type that may be deterministic");
        let mut texts: Vec<String> = (0..150).map(|_| spellings::text(&mut dice, &logical)).collect();
        texts.extend(near_equals(&logical).iter().map(|t| (*t).to_owned()));
        let repeated: Vec<String> = texts.iter().map(|t| format!("{t} ")).collect();
        texts.extend(repeated);
        let outcomes = probe.outcomes(&logical, &texts);
        let server: HashSet<(usize, usize)> = probe.equal_pairs().into_iter().collect();
        let canonical: Vec<Option<Vec<u8>>> = outcomes
            .iter()
            .map(|outcome| match outcome {
                Outcome::Value { binary, .. } => Some(
                    convert(&converter, Format::Binary, binary, &probe.settings)
                        .expect("the server's own value"),
                ),
                Outcome::Error(_) => None,
            })
            .collect();
        for ((text, outcome), canonical) in texts.iter().zip(&outcomes).zip(&canonical) {
            let (Outcome::Value { text: shown, binary }, Some(canonical)) = (outcome, canonical) else {
                continue;
            };
            match convert(&converter, Format::Text, text.as_bytes(), &probe.settings) {
                Ok(read) => assert_eq!(&read, canonical, "{logical} {text:?}"),
                Err(error) => {
                    assert!(matches!(error, ValueError::Unsupported(_)), "{logical} {text:?}: {error}")
                }
            }
            if !is_float(&logical) {
                assert_eq!(
                    &show(&converter, canonical, Format::Text, &probe.settings),
                    shown,
                    "{logical} {text:?}"
                );
                assert_eq!(
                    &show(&converter, canonical, Format::Binary, &probe.settings),
                    binary,
                    "{logical} {text:?}"
                );
            }
        }
        let mut pairs = 0;
        for (a, left) in canonical.iter().enumerate() {
            for (b, right) in canonical.iter().enumerate() {
                let (Some(left), Some(right)) = (left, right) else { continue };
                pairs += usize::from(left == right);
                assert_eq!(
                    left == right,
                    server.contains(&(a, b)),
                    "{logical}: {:?} {:?}",
                    texts[a],
                    texts[b]
                );
            }
        }
        println!("{logical}: {} values, {pairs} equal pairs", canonical.iter().flatten().count());
        assert!(
            pairs > canonical.iter().flatten().count(),
            "{logical}: nothing but each value itself was equal"
        );
    }
}

/// Of these, equality makes one zero and one NaN.
fn is_float(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::Float4 | LogicalType::Float8)
}

/// Values that are equal in one type and not in another.
fn near_equals(logical: &LogicalType) -> &'static [&'static str] {
    match logical {
        LogicalType::Float4 | LogicalType::Float8 => &["0", "-0", "NaN", "nan", "-NaN", "1", "1.0", "10e-1"],
        LogicalType::Numeric(_) => &["1", "1.0", "1.00", "1.001", "NaN", "nan", "0", "-0", "10e-1"],
        LogicalType::Timestamptz(_) => {
            &["2020-01-01 00:00Z", "2020-01-01 01:00+01", "2019-12-31 19:00:00-05", "infinity", "infinity"]
        }
        LogicalType::Timetz(_) => &["00:00:00+00", "01:00:00+01", "01:00+01", "00:00Z"],
        LogicalType::Inet => &["10.0.0.1", "10.0.0.1/32", "10.0.0.1/24", "::1", "::1/128"],
        LogicalType::Cidr => &["10.0.0.0/8", "10/8", "10", "10.0.0.0/16", "10.0"],
        LogicalType::Uuid => &[
            "00000000-0000-0000-0000-000000000001",
            "{00000000-0000-0000-0000-000000000001}",
            "00000000000000000000000000000001",
        ],
        LogicalType::Bytea => &["\\x41", "A", "\\101"],
        _ => &["a", "A", "a ", "1", "01", "+1", "2020-01-01", "20200101", "10:00", "10:00:00"],
    }
}
