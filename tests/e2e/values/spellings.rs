//! Random texts of every type, most of them valid.

use pgveil::types::LogicalType;

use super::dice::Dice;

const MONTHS: [&str; 8] = ["Jan", "february", "Mar", "May", "JUNE", "Sept", "Oct", "Dec"];

/// One text for a column of this type.
pub fn text(dice: &mut Dice, logical: &LogicalType) -> String {
    match logical {
        LogicalType::Text | LogicalType::Varchar(_) | LogicalType::Bpchar(_) | LogicalType::Citext => {
            words(dice)
        }
        LogicalType::Int2 | LogicalType::Int4 | LogicalType::Int8 => integer(dice),
        LogicalType::Bool => boolean(dice),
        LogicalType::Numeric(_) => numeric(dice),
        LogicalType::Date => date(dice),
        LogicalType::Timestamp(_) | LogicalType::Timestamptz(_) => stamp(dice),
        LogicalType::Time(_) | LogicalType::Timetz(_) => time_with_zone(dice),
        LogicalType::Interval => interval(dice),
        LogicalType::Float4 | LogicalType::Float8 => float(dice),
        LogicalType::Uuid => uuid(dice),
        LogicalType::Bytea => bytea(dice),
        LogicalType::Json | LogicalType::Jsonb => json(dice, 0),
        LogicalType::Inet | LogicalType::Cidr => network(dice),
        LogicalType::TextArray => array(dice),
    }
}

fn words(dice: &mut Dice) -> String {
    let pieces = ["a", "é", "日本", " ", "  ", "Z", "\\", "'", "\"", "\t", "🦀", "ß"];
    (0..dice.range(0, 14)).map(|_| dice.pick(&pieces)).collect()
}

fn integer(dice: &mut Dice) -> String {
    let count = dice.range(1, 20);
    let digits = dice.digits(count);
    let sign = dice.pick(&["", "", "-", "+"]);
    let edge = [
        "32767",
        "-32768",
        "32768",
        "2147483647",
        "-2147483648",
        "9223372036854775807",
        "-9223372036854775808",
        "-9223372036854775809",
        "9223372036854775808",
        "007",
        " 12 ",
        "-0",
    ];
    if dice.once_in(4) { dice.pick(&edge).to_owned() } else { format!("{sign}{digits}") }
}

fn boolean(dice: &mut Dice) -> String {
    let all = [
        "t", "tr", "TRUE", "f", "False", "fal", "y", "yes", "ye", "n", "no", "on", "off", "of", "o", "1",
        "0", " true ", "tru e", "10", "",
    ];
    dice.pick(&all).to_owned()
}

fn numeric(dice: &mut Dice) -> String {
    let (whole, places) = (dice.pick(&[0, 1, 2, 3, 5, 8, 13, 30]), dice.pick(&[0, 0, 1, 2, 3, 4, 7, 25]));
    let sign = dice.pick(&["", "", "-", "+"]);
    let exponent = dice.pick(&["", "", "", "e3", "E-4", "e+10", "e-30"]);
    let point = if places > 0 || dice.once_in(5) { "." } else { "" };
    let edge = [
        "NaN",
        "nan",
        "0",
        "-0",
        "0.000",
        "1e-5",
        "99999999.995",
        "99999999.994",
        "0.005",
        "-0.005",
        "1e131071",
        "1e-16383",
        "Infinity",
        "-inf",
        "12345678901234567890123456789012345678",
        "0e-3",
    ];
    if dice.once_in(6) {
        return dice.pick(&edge).to_owned();
    }
    let (whole, places) = (dice.digits(whole), dice.digits(places));
    format!("{sign}{whole}{point}{places}{exponent}")
}

fn float(dice: &mut Dice) -> String {
    let edge = [
        "NaN",
        "Infinity",
        "-Infinity",
        "inf",
        "-0",
        "0",
        "1e400",
        "1e-400",
        "1e39",
        "1e-46",
        "5e-324",
        "4.9406564584124654e-324",
        "1.7976931348623157e308",
        "3.4028235e38",
        "1e-45",
        "9007199254740993",
        "0.1",
        "1e15",
        "1e16",
        "123456789012345",
        "1e6",
        "123456",
        "1e-4",
        "1e-5",
        ".5",
        "5.",
        "8388608.5",
        "16777216",
        "33554432",
        "9.5367431640625e-07",
    ];
    match dice.next() % 5 {
        0 => dice.pick(&edge).to_owned(),
        1 => format!("{}", f64::from_bits(dice.next())),
        2 => format!("{:e}", f32::from_bits(dice.next() as u32)),
        3 => format!("{}", (1u64 << (dice.next() % 63)) as f64 * if dice.once_in(2) { 1.0 } else { 0.5 }),
        _ => numeric(dice),
    }
}

fn year(dice: &mut Dice) -> i64 {
    match dice.next() % 8 {
        0 => dice.range(1, 9999),
        1 => dice.range(9990, 300_000),
        _ => dice.range(1900, 2100),
    }
}

/// A day in a spelling that names its month, or that DateStyle orders.
pub fn date(dice: &mut Dice) -> String {
    let (y, m, d) = (year(dice), dice.range(1, 12), dice.range(1, 28));
    let d = if dice.once_in(6) { dice.range(29, 31) } else { d };
    let month = dice.pick(&MONTHS);
    match dice.next() % 16 {
        0 => format!("{m:02}/{d:02}/{y}"),
        1 => format!("{d}.{m}.{y}"),
        2 => format!("{d:02}-{month}-{y}"),
        3 => format!("{month} {d}, {y}"),
        4 => format!("{d} {month} {y}"),
        5 if y < 10_000 => format!("{y:04}{m:02}{d:02}"),
        6 => format!("{:02}/{m}/{d:02}", y % 100),
        7 => format!("{d}-{m}-{:02}", y % 100),
        8 => format!("{:04}-{m:02}-{d:02} BC", y % 4714 + 1),
        9 => format!("{y:04}-{month}-{d:02}"),
        10 => format!("{month}-{d:02}-{y:04}"),
        11 => format!("{y:04}/{m}/{d}"),
        12 => dice.pick(&["infinity", "-infinity", "epoch", "Infinity"]).to_owned(),
        13 => format!("{y:04}-{m:02}-{d:02}{}", dice.pick(&[" +00", " +05:30", " -08", " +00 BC"])),
        _ => format!("{y:04}-{m:02}-{d:02}"),
    }
}

pub fn time(dice: &mut Dice) -> String {
    let (h, m, s) = (dice.range(0, 23), dice.range(0, 59), dice.range(0, 59));
    let count = dice.range(1, 9);
    let places = dice.digits(count);
    match dice.next() % 8 {
        0 => format!("{h}:{m:02}"),
        1 => format!("{h:02}:{m:02}:{s:02}.{places}"),
        2 => format!("{:02}:{m:02}:{s:02} {}", h % 12 + 1, dice.pick(&["AM", "pm"])),
        3 => dice.pick(&["24:00:00", "23:59:60", "23:59:59.9999999", "00:00:00"]).to_owned(),
        _ => format!("{h:02}:{m:02}:{s:02}"),
    }
}

fn zone(dice: &mut Dice) -> String {
    let (h, m) = (dice.range(0, 14), dice.range(0, 59));
    match dice.next() % 12 {
        0 => "Z".into(),
        1 => format!("+{h:02}"),
        2 => format!("-{h:02}:{m:02}"),
        3 => format!(" +{h:02}{m:02}"),
        4 => format!("-{h:02}:{m:02}:{:02}", dice.range(0, 59)),
        5 => format!(" {}", dice.pick(&["UTC", "PST", "cest", "EDT", "JST"])),
        6 => format!(
            " {}",
            dice.pick(&["Europe/Paris", "america/new_york", "Asia/Kolkata", "Australia/Lord_Howe"])
        ),
        _ => String::new(),
    }
}

fn stamp(dice: &mut Dice) -> String {
    let date = date(dice);
    if date.ends_with('y') || date == "epoch" {
        return date;
    }
    let separator = if date.ends_with("BC") || !date.as_bytes()[0].is_ascii_digit() || date.contains(' ') {
        " "
    } else {
        dice.pick(&[" ", " ", "T"])
    };
    match dice.next() % 8 {
        0 => format!("{date}{}", dice.pick(&["", " +02", " -0530", " +00", "+14:30"])),
        1 if date.starts_with(|c: char| c.is_ascii_alphabetic()) => format!("Wed {date} {}", time(dice)),
        _ => format!("{date}{separator}{}{}", time(dice), zone(dice)),
    }
}

fn time_with_zone(dice: &mut Dice) -> String {
    match dice.next() % 6 {
        0 => format!("2001-06-07 {}{}", time(dice), zone(dice)),
        _ => format!("{}{}", time(dice), zone(dice)),
    }
}

pub fn interval(dice: &mut Dice) -> String {
    let number = |dice: &mut Dice| {
        let size = dice.pick(&[5, 40, 2000]);
        dice.range(-size, size)
    };
    let units = [
        "day",
        "days",
        "hours",
        "mins",
        "s",
        "mon",
        "months",
        "year",
        "years",
        "weeks",
        "w",
        "ms",
        "milliseconds",
        "us",
        "decade",
        "century",
        "h",
        "sec",
    ];
    match dice.next() % 9 {
        0 => format!(
            "P{}Y{}M{}DT{}H{}M{}.25S",
            number(dice),
            number(dice),
            number(dice),
            number(dice),
            number(dice),
            number(dice)
        ),
        1 => format!("{}-{}", number(dice).abs(), dice.range(0, 11)),
        2 => format!(
            "{}{}-{} {} {}",
            dice.pick(&["-", "+", ""]),
            number(dice).abs(),
            dice.range(0, 11),
            number(dice),
            time_of(dice)
        ),
        3 => format!("{} {}", number(dice), time_of(dice)),
        4 => format!("{}{}", dice.pick(&["-", ""]), time_of(dice)),
        5 => format!("{} {} {} {}", number(dice), dice.pick(&units), number(dice), dice.pick(&units)),
        6 => format!("{}.{} {}", number(dice), dice.range(0, 99), dice.pick(&units)),
        7 => format!("@ {} days {} secs{}", number(dice), number(dice), dice.pick(&["", " ago"])),
        _ => format!("{}", number(dice)),
    }
}

fn time_of(dice: &mut Dice) -> String {
    let count = dice.range(0, 8);
    let places = dice.digits(count);
    let places = if places.is_empty() { places } else { format!(".{places}") };
    format!("{}:{:02}:{:02}{places}", dice.range(0, 200), dice.range(0, 59), dice.range(0, 59))
}

fn uuid(dice: &mut Dice) -> String {
    let digits = format!("{:016x}{:016x}", dice.next(), dice.next());
    let at = |a: usize, b: usize| &digits[a..b];
    match dice.next() % 5 {
        0 => digits.to_uppercase(),
        1 => format!("{{{digits}}}"),
        2 => {
            digits.as_bytes().chunks(4).map(|c| std::str::from_utf8(c).unwrap()).collect::<Vec<_>>().join("-")
        }
        _ => format!("{}-{}-{}-{}-{}", at(0, 8), at(8, 12), at(12, 16), at(16, 20), at(20, 32)),
    }
}

fn bytea(dice: &mut Dice) -> String {
    let bytes: Vec<u8> = (0..dice.range(0, 20)).map(|_| dice.next() as u8).collect();
    match dice.next() % 3 {
        0 => bytes.iter().map(|b| format!("\\{b:03o}")).collect(),
        1 => words(dice).replace('\\', "\\\\"),
        _ => format!(
            "\\x{}",
            bytes.iter().map(|b| format!("{b:02x}{}", dice.pick(&["", "", " "]))).collect::<String>()
        ),
    }
}

fn json_string(dice: &mut Dice) -> String {
    let pieces = [
        "a",
        "b",
        "é",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u00e9",
        "\\u0001",
        "\\ud83e\\udd80",
        "\\b\\f\\r\\t",
        " ",
        "\u{7f}",
        "日",
    ];
    let inner: String = (0..dice.range(0, 4)).map(|_| dice.pick(&pieces)).collect();
    format!("\"{inner}\"")
}

fn json(dice: &mut Dice, depth: u32) -> String {
    let blank = dice.pick(&["", "", " ", "\n\t"]);
    let kind = if depth > 3 { dice.next() % 4 } else { dice.next() % 7 };
    match kind {
        0 => dice.pick(&["true", "false", "null"]).to_owned(),
        1 => dice
            .pick(&[
                "0",
                "-0",
                "1.0",
                "1e5",
                "-12.50E-2",
                "1E+3",
                "0.00",
                "123456789012345678901234567890",
                "-0.0",
            ])
            .to_owned(),
        2 | 3 => json_string(dice),
        4 | 5 => {
            let count = dice.range(0, 5);
            let members: Vec<String> = (0..count)
                .map(|_| format!("{blank}{}{blank}:{}", json_string(dice), json(dice, depth + 1)))
                .collect();
            format!("{{{}{blank}}}", members.join(","))
        }
        _ => {
            let count = dice.range(0, 4);
            let elements: Vec<String> =
                (0..count).map(|_| format!("{blank}{}", json(dice, depth + 1))).collect();
            format!("[{}{blank}]", elements.join(","))
        }
    }
}

fn network(dice: &mut Dice) -> String {
    let octet = |dice: &mut Dice| dice.range(0, 255);
    let v4 = format!("{}.{}.{}.{}", octet(dice), octet(dice), octet(dice), octet(dice));
    let group = |dice: &mut Dice| {
        if dice.once_in(2) { "0".to_owned() } else { format!("{:x}", dice.range(0, 65535)) }
    };
    let v6 = (0..8).map(|_| group(dice)).collect::<Vec<_>>().join(":");
    match dice.next() % 10 {
        0 => format!("{v4}/{}", dice.range(0, 33)),
        1 => format!("{v6}/{}", dice.range(0, 129)),
        2 => v6,
        3 => format!("{}.{}/{}", octet(dice), octet(dice), dice.range(0, 20)),
        4 => format!("{}.{}.{}", octet(dice), octet(dice), octet(dice)),
        5 => format!("{}", octet(dice)),
        6 => dice
            .pick(&[
                "::1",
                "::",
                "::ffff:1.2.3.4",
                "::1.2.3.4",
                "fe80::1/64",
                "2001:db8::/32",
                "1::8",
                "::5",
                "::ffff:0:0/96",
                "0:0:1::",
            ])
            .to_owned(),
        7 => format!("{}.{}.0.0/16", octet(dice), octet(dice)),
        _ => v4,
    }
}

fn array(dice: &mut Dice) -> String {
    let elements = [
        "a",
        "b c",
        "\"x y\"",
        "\"\"",
        "NULL",
        "null",
        "\"NULL\"",
        "\"q\\\"\\\\\"",
        "é",
        " pad ",
        "\"a,b\"",
        "a\\,b",
    ];
    let count = dice.range(0, 5);
    let inner: Vec<&str> = (0..count).map(|_| dice.pick(&elements)).collect();
    format!("{{{}}}", inner.join(","))
}
