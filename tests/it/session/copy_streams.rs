//! Random rows in every format, cut at random: opening what was sealed gives the rows back, and
//! fields that are kept pass byte for byte.

use pgveil::sql::verdict::{CopyField, CopyFormat, CopyHeader, CopyPlan, Plan};
use proptest::prelude::*;

use super::conversation::Machine;
use super::copy_cells::{open, seal};
use super::messages::*;
use super::planner::Planner;

/// A row: `None` is NULL.
type Row = Vec<Option<String>>;

/// Options under which the streams are written.
#[derive(Clone, Debug)]
struct Style {
    delimiter: u8,
    quote: u8,
    escape: u8,
    null: &'static str,
    ending: &'static str,
    csv: bool,
}

impl Style {
    fn format(&self) -> CopyFormat {
        let (delimiter, null, header) = (self.delimiter, self.null.to_owned(), CopyHeader::Absent);
        match self.csv {
            false => CopyFormat::Text { delimiter, null, header },
            true => CopyFormat::Csv {
                delimiter,
                null,
                quote: self.quote,
                escape: self.escape,
                header,
                force_quote: Vec::new(),
                force_null: Vec::new(),
                force_not_null: Vec::new(),
            },
        }
    }

    /// As a client writes it.
    fn write(&self, rows: &[Row]) -> Vec<u8> {
        let mut out = Vec::new();
        for row in rows {
            for (index, value) in row.iter().enumerate() {
                if index > 0 {
                    out.push(self.delimiter);
                }
                match value {
                    None => out.extend_from_slice(self.null.as_bytes()),
                    Some(value) if self.csv => {
                        out.push(self.quote);
                        for byte in value.bytes() {
                            if byte == self.quote || byte == self.escape {
                                out.push(self.escape);
                            }
                            out.push(byte);
                        }
                        out.push(self.quote);
                    }
                    Some(value) => value.bytes().for_each(|byte| match byte {
                        b'\n' => out.extend_from_slice(b"\\n"),
                        b'\r' => out.extend_from_slice(b"\\015"),
                        b'a' => out.extend_from_slice(b"\\x61"),
                        b'\\' => out.extend_from_slice(b"\\\\"),
                        byte if byte == self.delimiter => out.extend_from_slice(&[b'\\', byte]),
                        byte => out.push(byte),
                    }),
                }
            }
            out.extend_from_slice(self.ending.as_bytes());
        }
        out
    }

    /// As a server reads it; independent of the product's own reader.
    fn read(&self, stream: &[u8]) -> Vec<Row> {
        let (mut rows, mut row, mut value) = (Vec::new(), Row::new(), Vec::new());
        let (mut at, mut quoted, mut saw_quote, mut begin) = (0, false, false, 0);
        while at < stream.len() {
            let byte = stream[at];
            let ends = stream[at..].starts_with(self.ending.as_bytes());
            if !quoted && (byte == self.delimiter || ends) {
                let is_null = !saw_quote && &stream[begin..at] == self.null.as_bytes();
                let text = String::from_utf8(std::mem::take(&mut value)).expect("text");
                row.push((!is_null).then_some(text));
                at += if ends { self.ending.len() } else { 1 };
                (begin, saw_quote) = (at, false);
                if ends {
                    rows.push(std::mem::take(&mut row));
                }
                continue;
            }
            at += 1;
            if self.csv {
                let next = stream.get(at).copied();
                if quoted && byte == self.escape && (next == Some(self.quote) || next == Some(self.escape)) {
                    value.extend(next);
                    at += 1;
                } else if byte == self.quote {
                    (quoted, saw_quote) = (!quoted, true);
                } else {
                    value.push(byte);
                }
            } else if byte == b'\\' {
                let escaped = stream[at];
                at += 1;
                match escaped {
                    b'n' => value.push(b'\n'),
                    b'r' => value.push(b'\r'),
                    b't' => value.push(b'\t'),
                    b'x' => {
                        value.push(0x61);
                        at += 2;
                    }
                    b'0'..=b'7' => {
                        let digits = std::str::from_utf8(&stream[at - 1..at + 2]).expect("digits");
                        value.push(u8::from_str_radix(digits, 8).expect("octal"));
                        at += 2;
                    }
                    other => value.push(other),
                }
            } else {
                value.push(byte);
            }
        }
        assert!(value.is_empty() && row.is_empty(), "a last line without its end");
        rows
    }
}

/// What comes out on the other side, in CopyData of these lengths.
fn through(from_client: bool, format: CopyFormat, stream: &[u8], cuts: &[usize]) -> Vec<u8> {
    let fields = match from_client {
        true => vec![CopyField::Keep, seal(1), CopyField::Keep, seal(2)],
        false => vec![CopyField::Keep, open(1), CopyField::Keep, open(2)],
    };
    let plan = Plan { copy: Some(CopyPlan { from_client, fields, format }), ..Plan::default() };
    let mut planner = Planner::default().plan("copy", None, plan);
    planner.table.get_mut("copy").expect("planned").judged.takes_data = true;
    let mut machine = Machine::started(Box::new(planner));
    machine.client(&query("copy"));
    machine.out = Default::default();
    let tag = if from_client { b'G' } else { b'H' };
    machine.server(&frame(tag, &[0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0]));
    machine.out.to_client.clear();
    let (mut rest, mut cuts) = (stream, cuts.iter().cycle());
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(cuts.next().copied().unwrap_or(7).min(rest.len()));
        rest = after;
        let message = frame(b'd', chunk);
        if from_client { machine.client(&message) } else { machine.server(&message) }
    }
    if from_client {
        machine.client(&copy_done())
    } else {
        machine.server(&copy_done())
    }
    assert_eq!(machine.fault, None);
    let mut bytes = &(if from_client { machine.out.to_server } else { machine.out.to_client })[..];
    let mut data = Vec::new();
    while let [b'd', a, b, c, d, ..] = bytes {
        let end = u32::from_be_bytes([*a, *b, *c, *d]) as usize + 1;
        data.extend_from_slice(&bytes[5..end]);
        bytes = &bytes[end..];
    }
    assert_eq!(bytes, copy_done(), "the stream did not end well");
    data
}

fn value() -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.8, "[abN,;|\"'\\\\\n\r\t.xé ]{0,6}")
}

fn style() -> impl Strategy<Value = Style> {
    let text =
        (prop_oneof![Just(b'\t'), Just(b','), Just(b'|')], prop_oneof![Just("\\N"), Just("N"), Just("")]);
    let csv = (
        prop_oneof![Just(b','), Just(b';'), Just(b'\t')],
        prop_oneof![Just((b'"', b'"')), Just((b'\'', b'\\')), Just((b'"', b'\\'))],
        prop_oneof![Just("NULL"), Just("")],
    );
    let ending = prop_oneof![Just("\n"), Just("\r"), Just("\r\n")];
    prop_oneof![
        (text, ending.clone()).prop_map(|((delimiter, null), ending)| Style {
            delimiter,
            quote: 0,
            escape: 0,
            null,
            ending,
            csv: false
        }),
        (csv, ending).prop_map(|((delimiter, (quote, escape), null), ending)| Style {
            delimiter,
            quote,
            escape,
            null,
            ending,
            csv: true
        }),
    ]
}

/// A value that the client's spelling in text format would make NULL has no spelling there.
fn spellable(style: &Style, rows: Vec<Row>) -> Vec<Row> {
    let ambiguous = |value: &String| !style.csv && value == style.null;
    let spell = |value: Option<String>| value.filter(|value| !ambiguous(value));
    rows.into_iter().map(|row| row.into_iter().map(spell).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn opening_what_was_sealed_gives_the_rows_back(
        style in style(),
        rows in proptest::collection::vec(proptest::collection::vec(value(), 4), 0..6),
        cuts in proptest::collection::vec(1_usize..20, 1..5),
    ) {
        let rows = spellable(&style, rows);
        let sealed = through(true, style.format(), &style.write(&rows), &cuts);
        let seen: Vec<Row> = style.read(&sealed);
        let bracketed = |column: u32, value: &Option<String>| value.as_ref().map(|v| format!("<{column}:{v}>"));
        let expected: Vec<Row> = rows.iter().map(|row| vec![
            row[0].clone(), bracketed(1, &row[1]), row[2].clone(), bracketed(2, &row[3]),
        ]).collect();
        prop_assert_eq!(&seen, &expected);
        let opened = through(false, style.format(), &sealed, &cuts);
        prop_assert_eq!(style.read(&opened), rows);
    }
}
