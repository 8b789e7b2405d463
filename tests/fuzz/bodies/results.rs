//! Rows that a server makes up of real envelopes: what it was given, in places that it chooses.

use std::sync::OnceLock;

use super::messages::{Column, complete, frame, query, ready, rows};
use super::protected::Both;

const EMAIL: &[u8] = b"plain-email";
const NAME: &[u8] = b"plain-name";

/// An e-mail and a name, as they are stored.
struct Stored {
    email: Vec<u8>,
    name: Vec<u8>,
}

/// As a statement sends them.
fn stored() -> &'static Stored {
    static STORED: OnceLock<Stored> = OnceLock::new();
    STORED.get_or_init(|| {
        let mut both = Both::new();
        let (email, name) = (String::from_utf8_lossy(EMAIL), String::from_utf8_lossy(NAME));
        both.client(&query(&format!("INSERT INTO customers (email, name) VALUES ('{email}', '{name}')")));
        let sent = String::from_utf8_lossy(&both.out.to_server).into_owned();
        let mut envelopes =
            sent.match_indices("pgV1:").filter_map(|(at, _)| sent[at..].split_inclusive('.').next());
        let mut next = || envelopes.next().expect("an envelope").as_bytes().to_vec();
        Stored { email: next(), name: next() }
    })
}

/// What cells are put together of, besides single bytes.
const PIECES: [&[u8]; 12] =
    [b"{", b"}", b"[", b"]", b"\"mail\" : ", b"\"n\" : ", b"\"", b", ", b"null", b"[]", b"pgV1:", b"."];

/// The next cell: bytes below 32 say what comes next in it, others stand for themselves.
fn cell(data: &mut &[u8]) -> Option<Vec<u8>> {
    let mut made = Vec::new();
    while let [byte, rest @ ..] = *data {
        *data = rest;
        match byte {
            0 => return Some(made),
            1 => made.extend_from_slice(&stored().email),
            2 => made.extend_from_slice(&stored().name),
            3 => return None,
            // Damage to a place of what is made so far.
            4 => {
                if let [at, by, rest @ ..] = *data {
                    *data = rest;
                    let at = usize::from(*at) % made.len().max(1);
                    made.get_mut(at).into_iter().for_each(|place| *place ^= by);
                }
            }
            5..32 => made.extend_from_slice(PIECES.get(usize::from(byte - 5) % PIECES.len()).expect("below")),
            _ => made.push(*byte),
        }
    }
    Some(made)
}

const ID: Column<'_> = ("id", 1000, 1, 23);
const MAIL: Column<'_> = ("email", 1000, 2, 25);
const CALLED: Column<'_> = ("name", 1000, 3, 1043);
/// `json`, of no table.
const DOCUMENT: Column<'_> = ("d", 0, 0, 114);
const TEXT: Column<'_> = ("t", 0, 0, 25);

const ASKED: [(&str, &[Column<'_>]); 6] = [
    ("SELECT id, email, name FROM customers", &[ID, MAIL, CALLED]),
    ("SELECT json_build_object('mail', email, 'n', name) AS d FROM customers", &[DOCUMENT]),
    ("SELECT json_agg(json_build_array(email, name)) AS d FROM customers", &[DOCUMENT]),
    ("SELECT json_object_agg(id, email) AS d FROM customers", &[DOCUMENT]),
    ("SELECT email || name AS t FROM customers", &[TEXT]),
    ("SELECT array_agg(email) AS t FROM customers", &[("t", 0, 0, 1009)]),
];

/// The first byte says what is asked; cells follow. Whatever they are, an e-mail is read where one was asked
/// for and nothing else is, and nothing comes out as it is stored.
pub fn fuzz_results(data: &[u8]) {
    let Some((which, mut rest)) = data.split_first() else { return };
    let (text, columns) = ASKED.get(usize::from(*which) % ASKED.len()).expect("below the count");
    let mut both = Both::new();
    if !both.client(&query(text)) || !both.server(&rows(columns)) {
        return;
    }
    while !rest.is_empty() {
        both.out.to_client.clear();
        let mut body = (columns.len() as u16).to_be_bytes().to_vec();
        let cells: Vec<_> = columns.iter().map(|_| cell(&mut rest)).collect();
        for cell in &cells {
            let length = cell.as_ref().map_or(-1, |bytes| bytes.len() as i32);
            body.extend(length.to_be_bytes());
            body.extend(cell.as_deref().unwrap_or_default());
        }
        let goes_on = both.server(&frame(b'D', &body));
        judge(text, columns, &both.out.to_client);
        if !goes_on {
            return;
        }
    }
    both.server(&[complete("SELECT 1"), ready('I')].concat());
}

/// Where an id stands, as a column or as the key of a document, the server may show what it likes.
fn judge(asked: &str, columns: &[Column<'_>], shown: &[u8]) {
    let has = |what: &[u8]| shown.windows(what.len()).any(|window| window == what);
    let [b'D', shown_cells @ ..] = shown else { return assert!(!has(EMAIL) && !has(NAME)) };
    // Length of the message, count of columns.
    let Some(mut rest) = shown_cells.get(6..) else { return };
    for (name, ..) in columns {
        let Some((length, after)) = rest.split_first_chunk::<4>() else { return };
        let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
        let (cell, after) = after.split_at(length.min(after.len()));
        rest = after;
        match *name {
            "email" => assert!(cell.is_empty() || cell == EMAIL),
            "name" => assert!(cell.is_empty() || cell == NAME),
            "t" if columns[0].3 == 25 => {
                let whole = [EMAIL, NAME].concat();
                assert!([b"", EMAIL, NAME, &whole].contains(&cell), "{}", cell.escape_ascii());
            }
            // What was asked for in clear, or what PostgreSQL makes around the values.
            _ => {}
        }
    }
    let plain = columns[0].0 == "id" || asked.contains("json_object_agg(id,");
    assert!(plain || !has(&stored().email) && !has(&stored().name));
}
