//! Random values in binary format, over the whole range of each type, as the server shows them.

use pgveil::types::LogicalType;
use pgveil::values::{ArrayBuilder, Converter, Format};

use super::dice::Dice;
use super::probe::Probe;
use super::{SEED, convert, show, types};

/// Bytes of the type's size, small or anything at all.
fn bytes(dice: &mut Dice, logical: &LogicalType) -> Vec<u8> {
    let mut number = || match dice.next() % 4 {
        0 => dice.next() as i64,
        1 => dice.range(-100, 100),
        2 => dice.range(-1_000_000_000_000, 1_000_000_000_000),
        _ => (dice.next() as i64) >> (dice.next() % 60),
    };
    let (a, b, c) = (number(), number(), number());
    match logical {
        LogicalType::Date | LogicalType::Float4 => (a as i32).to_be_bytes().to_vec(),
        LogicalType::Time(_) => (a.unsigned_abs() % 86_400_000_001).to_be_bytes().to_vec(),
        LogicalType::Timetz(_) => {
            let micros = (a.unsigned_abs() % 86_400_000_001).to_be_bytes();
            [micros.as_slice(), &((b % 57_600) as i32).to_be_bytes()].concat()
        }
        LogicalType::Interval => {
            [a.to_be_bytes().as_slice(), &(b as i32).to_be_bytes(), &(c as i32).to_be_bytes()].concat()
        }
        _ => a.to_be_bytes().to_vec(),
    }
}

#[test]
fn values_of_every_size_are_shown_as_the_server_shows_them() {
    let (mut probe, mut dice, mut compared) = (Probe::start(), Dice(SEED + 8), 0);
    let all = types(&[
        "int8",
        "date",
        "timestamp",
        "timestamptz",
        "time",
        "timetz",
        "interval",
        "float4",
        "float8",
    ]);
    let styles = [
        ("ISO, MDY", "postgres", "Europe/Paris"),
        ("SQL, DMY", "postgres_verbose", "America/St_Johns"),
        ("Postgres, MDY", "sql_standard", "Asia/Kolkata"),
        ("German", "iso_8601", "Australia/Sydney"),
    ];
    for (date, interval, zone) in styles {
        probe.set("DateStyle", date);
        probe.set("IntervalStyle", interval);
        probe.set("TimeZone", zone);
        for logical in &all {
            let converter = Converter::for_type(logical, false).expect("a type");
            let values: Vec<Vec<u8>> = (0..2000)
                .map(|_| bytes(&mut dice, logical))
                .filter(|v| convert(&converter, Format::Binary, v, &probe.settings).is_ok())
                .collect();
            let mut array = Vec::new();
            let mut builder = ArrayBuilder::new(Format::Binary, logical.oid(), &mut array);
            values.iter().for_each(|v| builder.push(Some(v)));
            builder.finish();
            let sql = format!("SELECT v FROM unnest($1::{logical}[]) WITH ORDINALITY AS u(v, n) ORDER BY n");
            let rows = probe.ask_with(&sql, 0, &array, &[0]);
            assert_eq!(rows.len(), values.len(), "{logical}");
            for (value, row) in values.iter().zip(rows) {
                let canonical =
                    convert(&converter, Format::Binary, value, &probe.settings).expect("taken before");
                let ours = show(&converter, &canonical, Format::Text, &probe.settings);
                let (ours, servers) = (String::from_utf8(ours), String::from_utf8(row[0].clone().unwrap()));
                assert_eq!(ours, servers, "{logical} {date} {zone} {}", hex::encode(value));
                compared += 1;
            }
        }
    }
    println!("{compared} values");
    assert!(compared > 40_000, "{compared}");
}
