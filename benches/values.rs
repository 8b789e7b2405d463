//! How long one cell takes to its canonical plaintext, and back to what a client sees.
//!
//! The limit for fixed-size types is 50 ns a cell. `cargo bench --bench values`

use divan::{Bencher, black_box};
use pgveil::types::LogicalType;
use pgveil::values::{Converter, Format, TextSettings};

fn main() {
    divan::main();
}

const FIXED: &[(&str, &str)] = &[
    ("int4", "-1234567"),
    ("int8", "1234567890123"),
    ("bool", "true"),
    ("numeric(10,2)", "12345.67"),
    ("date", "1987-06-05"),
    ("timestamp", "1987-06-05 04:03:02.123456"),
    ("timestamptz", "1987-06-05 04:03:02.123456+02"),
    ("timestamptz", "1987-06-05 04:03:02"),
    ("time", "04:03:02"),
    ("timetz", "04:03:02+02"),
    ("interval", "3 days 04:05:06"),
    ("float4", "3.14159"),
    ("float8", "3.141592653589793"),
    ("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
];

const VARIABLE: &[(&str, &str)] = &[
    ("text", "someone.with.a.long.name@mail.example.net, in 64 bytes of text.."),
    ("varchar(80)", "someone.with.a.long.name@mail.example.net, in 64 bytes of text.."),
    ("char(20)", "Amsterdam"),
    ("numeric", "12345.67"),
    ("bytea", "\\x000102030405060708090a0b0c0d0e0f"),
    ("json", "{\"a\": 1, \"b\": [true, null, \"x\"]}"),
    ("jsonb", "{\"b\": 1, \"a\": [true, null, \"x\"]}"),
    ("inet", "192.168.100.200"),
    ("cidr", "2001:db8::/32"),
];

struct Cell {
    converter: Converter,
    settings: TextSettings,
    canonical: Vec<u8>,
    binary: Vec<u8>,
}

fn cell((name, text): &(&str, &str)) -> Cell {
    let logical = LogicalType::parse(name).expect("a type");
    let converter = Converter::for_type(&logical, true)
        .or_else(|_| Converter::for_type(&logical, false))
        .expect("randomized takes every type");
    let mut settings = TextSettings::default();
    settings.set("TimeZone", "Europe/Amsterdam");
    let (mut canonical, mut binary) = (Vec::new(), Vec::new());
    converter.canonical(Format::Text, text.as_bytes(), &settings, &mut canonical).expect("a value");
    converter.shown(&canonical, Format::Binary, &settings, &mut binary).expect("a value");
    Cell { converter, settings, canonical, binary }
}

fn read(bencher: Bencher, format: Format, bytes: &[u8], cell: &Cell) {
    let mut out = Vec::with_capacity(256);
    bencher.bench_local(|| {
        out.clear();
        cell.converter.canonical(format, black_box(bytes), &cell.settings, &mut out)
    });
}

fn show(bencher: Bencher, format: Format, cell: &Cell) {
    let mut out = Vec::with_capacity(256);
    bencher.bench_local(|| {
        out.clear();
        cell.converter.shown(black_box(&cell.canonical), format, &cell.settings, &mut out)
    });
}

macro_rules! directions {
    ($name:ident, $values:ident) => {
        mod $name {
            use super::*;

            #[divan::bench(args = $values.iter().map(|v| format!("{} {}", v.0, v.1)))]
            fn a_text_to_canonical(bencher: Bencher, value: &str) {
                let value = value.split_once(' ').expect("type and text");
                read(bencher, Format::Text, value.1.as_bytes(), &cell(&value));
            }

            #[divan::bench(args = $values.iter().map(|v| format!("{} {}", v.0, v.1)))]
            fn b_binary_to_canonical(bencher: Bencher, value: &str) {
                let cell = cell(&value.split_once(' ').expect("type and text"));
                read(bencher, Format::Binary, &cell.binary, &cell);
            }

            #[divan::bench(args = $values.iter().map(|v| format!("{} {}", v.0, v.1)))]
            fn c_canonical_to_text(bencher: Bencher, value: &str) {
                show(bencher, Format::Text, &cell(&value.split_once(' ').expect("type and text")));
            }

            #[divan::bench(args = $values.iter().map(|v| format!("{} {}", v.0, v.1)))]
            fn d_canonical_to_binary(bencher: Bencher, value: &str) {
                show(bencher, Format::Binary, &cell(&value.split_once(' ').expect("type and text")));
            }
        }
    };
}

directions!(fixed_size, FIXED);
directions!(variable_size, VARIABLE);
