//! The lies: one message of the server, changed.

use std::sync::Arc;

use super::relay::Lie;
use crate::support::client::{Message, framed};

/// What must come of a lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    /// A clear error and the end of the connection, whatever was asked.
    Close,
    /// The same answer as the truth.
    Nothing,
    /// No secret is lost; the client may be told what the server says.
    Hold,
}

/// One row of the table.
pub struct Row {
    pub name: &'static str,
    pub must: Must,
    pub lie: Lie,
}

fn row(
    name: &'static str,
    must: Must,
    tag: u8,
    telling: impl Fn(&Message) -> Vec<u8> + Send + Sync + 'static,
) -> Row {
    Row { name, must, lie: Lie { tag, telling: Arc::new(telling), last: false } }
}

/// One column of a RowDescription.
#[derive(Clone)]
struct Field {
    name: Vec<u8>,
    table: u32,
    attnum: i16,
    oid: u32,
    tail: [u8; 6],
    format: i16,
}

fn fields(message: &Message) -> Vec<Field> {
    let mut rest = &message.body[2..];
    let mut fields = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == 0) {
        let at = &rest[end + 1..end + 19];
        fields.push(Field {
            name: rest[..end].to_vec(),
            table: u32::from_be_bytes(at[..4].try_into().expect("four bytes")),
            attnum: i16::from_be_bytes(at[4..6].try_into().expect("two bytes")),
            oid: u32::from_be_bytes(at[6..10].try_into().expect("four bytes")),
            tail: at[10..16].try_into().expect("six bytes"),
            format: i16::from_be_bytes(at[16..18].try_into().expect("two bytes")),
        });
        rest = &rest[end + 19..];
    }
    fields
}

fn described(fields: &[Field]) -> Vec<u8> {
    let mut body = (fields.len() as u16).to_be_bytes().to_vec();
    for field in fields {
        body.extend_from_slice(&field.name);
        body.push(0);
        body.extend_from_slice(&field.table.to_be_bytes());
        body.extend_from_slice(&field.attnum.to_be_bytes());
        body.extend_from_slice(&field.oid.to_be_bytes());
        body.extend_from_slice(&field.tail);
        body.extend_from_slice(&field.format.to_be_bytes());
    }
    framed(b'T', &body)
}

/// A RowDescription, changed.
fn columns(change: impl Fn(&mut Vec<Field>)) -> impl Fn(&Message) -> Vec<u8> {
    move |message| {
        let mut fields = fields(message);
        change(&mut fields);
        described(&fields)
    }
}

fn data(cells: &[Option<Vec<u8>>]) -> Vec<u8> {
    let mut body = (cells.len() as u16).to_be_bytes().to_vec();
    for cell in cells {
        match cell {
            None => body.extend_from_slice(&(-1i32).to_be_bytes()),
            Some(bytes) => {
                body.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
                body.extend_from_slice(bytes);
            }
        }
    }
    framed(b'D', &body)
}

/// A DataRow, changed.
fn cells(change: impl Fn(&mut Vec<Option<Vec<u8>>>)) -> impl Fn(&Message) -> Vec<u8> {
    move |message| {
        let mut cells = message.cells();
        change(&mut cells);
        data(&cells)
    }
}

/// Something first, then the truth.
fn before(bytes: Vec<u8>) -> impl Fn(&Message) -> Vec<u8> {
    move |message| [bytes.clone(), message.bytes()].concat()
}

/// Something else.
fn instead(bytes: Vec<u8>) -> impl Fn(&Message) -> Vec<u8> {
    move |_| bytes.clone()
}

fn error(sqlstate: &str) -> Vec<u8> {
    framed(b'E', format!("SERROR\0VERROR\0C{sqlstate}\0Mthe server says so\0\0").as_bytes())
}

fn status(name: &str, value: &str) -> Vec<u8> {
    framed(b'S', format!("{name}\0{value}\0").as_bytes())
}

fn copy(tag: u8, format: u8, columns: &[u16]) -> Vec<u8> {
    let mut body = vec![format];
    body.extend_from_slice(&(columns.len() as u16).to_be_bytes());
    columns.iter().for_each(|column| body.extend_from_slice(&column.to_be_bytes()));
    framed(tag, &body)
}

/// Of rows and their description.
pub fn of_results() -> Vec<Row> {
    use Must::{Close, Hold};
    let copied = |cells: &mut Vec<Option<Vec<u8>>>, from: usize, to: usize| {
        if let Some(value) = cells.get(from).cloned() {
            cells[to] = value;
        }
    };
    vec![
        row("another table", Close, b'T', columns(|f| f.iter_mut().for_each(|f| f.table += 1))),
        row("no table", Close, b'T', columns(|f| f.iter_mut().for_each(|f| f.table = 0))),
        row("another attribute", Close, b'T', columns(|f| f.iter_mut().for_each(|f| f.attnum += 1))),
        row("columns in another order", Close, b'T', columns(|f| f.swap(0, 1))),
        row("a column less", Close, b'T', columns(|f| drop(f.pop()))),
        row("a column more", Close, b'T', columns(|f| f.push(f[0].clone()))),
        row("no columns", Close, b'T', columns(Vec::clear)),
        row("no data for rows", Close, b'T', instead(framed(b'n', b""))),
        row("other names", Hold, b'T', columns(|f| f.iter_mut().for_each(|f| f.name = b"note".to_vec()))),
        row("other types", Hold, b'T', columns(|f| f.iter_mut().for_each(|f| f.oid = 23))),
        row("other formats", Hold, b'T', columns(|f| f.iter_mut().for_each(|f| f.format ^= 1))),
        row("a description twice", Close, b'T', |m| m.bytes().repeat(2)),
        row("a description cut", Close, b'T', |m| framed(b'T', &m.body[..m.body.len() - 3])),
        row("more columns than there are", Close, b'T', |m| {
            framed(b'T', &[b"\x7f\xff", &m.body[2..]].concat())
        }),
        row("cells in another order", Close, b'D', cells(|c| c.swap(0, 1))),
        row("a cell in two columns", Hold, b'D', cells(move |c| copied(c, 0, 1))),
        row("the other cell in two columns", Close, b'D', cells(move |c| copied(c, 1, 0))),
        row("plaintext for an envelope", Close, b'D', cells(|c| c[0] = Some(b"mallory".to_vec()))),
        row("nothing for an envelope", Hold, b'D', cells(|c| c[0] = None)),
        row("an envelope cut", Close, b'D', cells(|c| c[0].iter_mut().for_each(|c| c.truncate(60)))),
        row("an envelope of another key", Close, b'D', cells(|c| flip(c, 8))),
        row("an envelope changed", Close, b'D', cells(|c| flip(c, 40))),
        row("an envelope of another suite", Close, b'D', cells(|c| flip(c, 5))),
        row("a cell less", Close, b'D', cells(|c| drop(c.pop()))),
        row("a cell more", Close, b'D', cells(|c| c.push(c[0].clone()))),
        row("a row cut", Close, b'D', |m| framed(b'D', &m.body[..m.body.len() - 1])),
        row("a row longer", Close, b'D', |m| framed(b'D', &[&m.body[..], b"x"].concat())),
        row("a negative length", Close, b'D', |m| {
            framed(b'D', &[&m.body[..2], b"\xff\xff\xff\xfe"].concat())
        }),
        row("a length beyond the row", Close, b'D', |m| {
            framed(b'D', &[&m.body[..2], b"\x7f\xff\xff\xff"].concat())
        }),
        row("a replayed row", Hold, b'D', |m| m.bytes().repeat(2)),
        row("rows withheld", Hold, b'D', instead(Vec::new())),
        row("a row for a completion", Close, b'C', |m| [data(&[None]), m.bytes()].concat()),
        row("rows after their end", Close, b'C', |m| [m.bytes(), data(&[None, None])].concat()),
    ]
}

/// One character of the first cell's armour becomes another of its alphabet.
fn flip(cells: &mut [Option<Vec<u8>>], at: usize) {
    if let Some(byte) = cells[0].as_mut().and_then(|cell| cell.get_mut(at)) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
}

/// Of parameters, completions, states and things that nobody asked for.
pub fn of_order() -> Vec<Row> {
    use Must::{Close, Hold, Nothing};
    let types = |oids: &[u32]| {
        let mut body = (oids.len() as u16).to_be_bytes().to_vec();
        oids.iter().for_each(|oid| body.extend_from_slice(&oid.to_be_bytes()));
        framed(b't', &body)
    };
    let complete = || framed(b'C', b"SELECT 1\0");
    let ready = |status: u8| framed(b'Z', &[status]);
    let mut rows = vec![
        row("fewer parameters", Close, b't', instead(types(&[]))),
        row("more parameters", Close, b't', instead(types(&[25, 25, 25, 25, 25, 25]))),
        row("parameters of other types", Hold, b't', |m| {
            let others: Vec<u8> = m.body[2..].chunks(4).flat_map(|_| 17u32.to_be_bytes()).collect();
            framed(b't', &[&m.body[..2], &others].concat())
        }),
        row("parameters described twice", Close, b't', |m| m.bytes().repeat(2)),
        row("a count of parameters beyond the message", Close, b't', instead(framed(b't', b"\xff\xff"))),
        row("two completions", Close, b'C', |m| m.bytes().repeat(2)),
        row("a completion before the rows", Close, b'D', before(complete())),
        row("a portal suspended that was not limited", Hold, b'C', instead(framed(b's', b""))),
        row("an empty query", Hold, b'C', instead(framed(b'I', b""))),
        row("a statement prepared twice", Close, b'1', |m| m.bytes().repeat(2)),
        row("a bind completed twice", Close, b'2', |m| m.bytes().repeat(2)),
        row("a bind for a parse", Close, b'1', instead(framed(b'2', b""))),
        row("a close that nobody asked for", Close, b'2', before(framed(b'3', b""))),
        row("an error, then success", Close, b'1', before(error("42601"))),
        row("an error in place of the binding", Hold, b'2', instead(error("22P02"))),
        row("an error of refusal, then success", Close, b'C', before(error("42703"))),
        row("success for a refused statement", Hold, b'E', instead(complete())),
        row("another error for a refused statement", Hold, b'E', instead(error("22P02"))),
        row("ready too early", Close, b'C', before(ready(b'I'))),
        row("ready in the middle of rows", Close, b'D', before(ready(b'I'))),
        row("ready twice", Close, b'Z', |m| m.bytes().repeat(2)),
        row("in a transaction", Hold, b'Z', instead(ready(b'T'))),
        row("in a failed transaction", Hold, b'Z', instead(ready(b'E'))),
        row("in no known state", Close, b'Z', instead(ready(b'X'))),
        row("a notice", Nothing, b'Z', before(framed(b'N', b"SNOTICE\0C00000\0Mhello\0\0"))),
        row("a notification", Nothing, b'Z', before(framed(b'A', b"\0\0\0\x01x\0y\0"))),
        row("another login", Close, b'Z', before(framed(b'R', &[0; 4]))),
        row("another key", Close, b'Z', before(framed(b'K', &[0; 8]))),
        row("a function's result", Close, b'Z', before(framed(b'V', &[0xff; 4]))),
        row("a negotiation", Close, b'Z', before(framed(b'v', &[0; 8]))),
        row("a message of no kind", Close, b'Z', before(framed(b'~', b"what"))),
        row("a message of the client", Close, b'Z', before(framed(b'Q', b"SELECT 1\0"))),
        row("a length below its own", Close, b'Z', instead(b"D\0\0\0\x03".to_vec())),
        row("a negative length of a message", Close, b'Z', instead(b"T\xff\xff\xff\xff".to_vec())),
        row("two gigabytes of a row", Close, b'D', instead(b"D\x7f\xff\xff\xff\0\x01".to_vec())),
    ];
    for tag in *b"GHW" {
        for at in *b"1CTZ" {
            rows.push(row("a COPY that nobody asked for", Close, at, before(copy(tag, 0, &[0, 0]))));
        }
    }
    rows.push(row("data that nobody asked for", Close, b'Z', before(framed(b'd', b"a\tb\n"))));
    rows.push(row("the end of a COPY that never was", Close, b'Z', before(framed(b'c', b""))));
    rows
}

/// Of COPY.
pub fn of_copies() -> Vec<Row> {
    use Must::{Close, Hold};
    let mut rows = Vec::new();
    for tag in *b"GH" {
        for (name, format, columns) in [
            ("a COPY of more columns", 0, &[0, 0, 0, 0][..]),
            ("a COPY of fewer columns", 0, &[0]),
            ("a COPY of no columns", 0, &[]),
            ("a COPY in binary", 1, &[1, 1, 1]),
            ("a COPY of binary columns", 0, &[1, 1, 1]),
            ("a COPY of unknown format", 7, &[0, 0, 0]),
        ] {
            rows.push(row(name, Close, tag, instead(copy(tag, format, columns))));
        }
        rows.push(row("a COPY the other way", Close, tag, instead(copy(tag ^ b'G' ^ b'H', 0, &[0; 3]))));
        rows.push(row("a COPY both ways", Close, tag, instead(copy(b'W', 0, &[0; 3]))));
        rows.push(row("a COPY twice", Close, tag, |m| m.bytes().repeat(2)));
    }
    rows.push(row("a COPY line of fewer fields", Close, b'd', instead(framed(b'd', b"1\n"))));
    rows.push(row("a COPY line of plaintext", Close, b'd', instead(framed(b'd', b"mallory\tmallory\tx\n"))));
    rows.push(row("a COPY line in another order", Close, b'd', |m| {
        let line = m.body.strip_suffix(b"\n").expect("a line");
        let mut fields: Vec<&[u8]> = line.split(|byte| *byte == b'\t').collect();
        fields.swap(0, 1);
        framed(b'd', &[&fields.join(&b'\t')[..], b"\n"].concat())
    }));
    rows.push(row("a COPY line cut", Close, b'd', |m| framed(b'd', &m.body[..m.body.len() / 2])));
    rows.push(row("COPY data withheld", Hold, b'd', instead(Vec::new())));
    rows.push(row("no end of the COPY", Close, b'c', instead(Vec::new())));
    rows
}

/// Of settings: none makes a statement be read in another way than the client's.
pub fn of_settings() -> Vec<Row> {
    let settings = [
        ("standard_conforming_strings", "off"),
        ("client_encoding", "LATIN1"),
        ("client_encoding", "SJIS"),
        ("server_encoding", "SQL_ASCII"),
        ("DateStyle", "German, DMY"),
        ("TimeZone", "Pacific/Kiritimati"),
        ("IntervalStyle", "sql_standard"),
        ("search_path", "other, public"),
        ("session_authorization", "postgres"),
        ("integer_datetimes", "off"),
        ("", ""),
    ];
    let rows = settings.into_iter().flat_map(|(name, value)| {
        let at =
            |tag| row("a setting that the client never set", Must::Hold, tag, before(status(name, value)));
        [at(b'1'), at(b'T'), at(b'C'), at(b'Z')]
    });
    let cut = row("a setting cut", Must::Close, b'Z', before(framed(b'S', b"client_encoding\0UTF8")));
    rows.chain([cut]).collect()
}

/// The connection ends in the middle.
pub fn of_ends() -> Vec<Row> {
    let cut = |m: &Message| m.bytes()[..m.bytes().len() / 2].to_vec();
    b"12TtDCZGHdcE"
        .iter()
        .flat_map(|tag| {
            let mut half = row("half a message, and the end", Must::Hold, *tag, cut);
            let mut whole = row("the end behind a message", Must::Hold, *tag, Message::bytes);
            half.lie.last = true;
            whole.lie.last = true;
            [half, whole]
        })
        .collect()
}
