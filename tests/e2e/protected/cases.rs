//! Cases as data: SQL in, what the client gets back out. `tests/cases/protected` and
//! `tests/cases/attack`.
//!
//! A case is a paragraph. Its lines:
//! - `# title`
//! - `host> SQL`, `owner> SQL`: straight on the server, as superuser or as the application's role
//! - `> SQL`: a Query through the proxy
//! - `$ SQL ;; value ;; value`: Parse, Describe, Bind, Execute, Sync; values are text, `\N` is NULL,
//!   `\xHEX` binary, and `OID:` before a value declares its type
//! - `$b SQL …`: the same with binary results, shown in hexadecimal
//! - `$n SQL …`: the same, but Parse declares no types
//! - `= line`: one line of the answer: `T name:oid …`, `D cell|cell`, `C tag`, `E SQLSTATE`
//!
//! Each case has a connection of its own. Lines of the answer without `=` in the file are only
//! checked for the secret.

use std::fmt::Write as _;

use super::place::Place;
use crate::canary::needles::found;
use crate::support::{self, Client, Message};

/// What must never be seen on the wire: every secret of the case files holds this word, and the
/// values of types that cannot hold a word are these.
pub const SECRETS: &[&str] = &["kanarie", "1987-06-05", "73310973", "8d1f0f6e", "73310.97"];

/// What went wrong, if anything.
pub fn run(place: &Place, text: &str) -> Vec<String> {
    let cases = text.split("\n\n").map(str::trim).filter(|case| !case.is_empty());
    cases.flat_map(|case| faults(place, case)).collect()
}

/// Runs of rows sorted: without ORDER BY their order is the heap's, which depends on when it was
/// pruned.
fn rows_sorted(lines: &[String]) -> Vec<String> {
    let mut sorted = lines.to_vec();
    for run in sorted.chunk_by_mut(|a, b| a.starts_with("D ") && b.starts_with("D ")) {
        run.sort();
    }
    sorted
}

fn faults(place: &Place, case: &str) -> Vec<String> {
    let (mut faults, mut shown) = (Vec::new(), String::new());
    let mut client = place.client();
    let mut lines = case.lines().peekable();
    while let Some(line) = lines.next() {
        place.tap.to_server.clear();
        let answer = step(place, &mut client, line);
        let mut wanted = Vec::new();
        while let Some(want) = lines.next_if(|line| line.starts_with("= ")) {
            wanted.push(want[2..].to_owned());
        }
        let shown_answer: String = answer.iter().map(|line| format!("= {line}\n")).collect();
        let _ = write!(shown, "{line}\n{shown_answer}");
        // The answer has come, so all that it needed has passed the tap.
        let seen = found(SECRETS, &place.tap.to_server.bytes());
        if !seen.is_empty() {
            faults.push(format!("LEAK of {seen:?}\n{line}\n{shown_answer}"));
        }
        if !wanted.is_empty() && rows_sorted(&wanted) != rows_sorted(&answer) {
            faults.push(format!("{line}\n{shown_answer}wanted {wanted:#?}"));
        }
    }
    if std::env::var_os("PGVEIL_SHOW_CASES").is_some() {
        println!("{shown}");
    }
    faults
}

fn step(place: &Place, client: &mut Client, line: &str) -> Vec<String> {
    let Some((kind, sql)) = line.split_once(' ') else { panic!("not a line of a case: {line}") };
    let sql = &sql.replace("\\n", "\n");
    match kind {
        "#" => Vec::new(),
        "host>" => answer(&place.database.host().run(sql)),
        "owner>" => answer(&place.direct().run(sql)),
        ">" => {
            client.query(sql);
            answer(&client.until_ready())
        }
        "$" => extended(client, sql, 0, true),
        "$b" => extended(client, sql, 1, true),
        "$n" => extended(client, sql, 0, false),
        _ => panic!("not a line of a case: {line}"),
    }
}

fn extended(client: &mut Client, line: &str, format: i16, declares: bool) -> Vec<String> {
    let mut parts = line.split(" ;; ");
    let sql = parts.next().unwrap_or_default();
    let (mut types, mut formats, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        let declared = part.split_once(':').and_then(|(oid, rest)| Some((oid.parse().ok()?, rest)));
        let (oid, value) = declared.unwrap_or((0u32, part));
        types.push(oid);
        let binary = value.strip_prefix("\\x").map(|digits| hex::decode(digits).expect("hexadecimal"));
        formats.push(i16::from(binary.is_some()));
        cells.push(match (value, binary) {
            ("\\N", _) => None,
            (_, Some(bytes)) => Some(bytes),
            (text, None) => Some(text.as_bytes().to_vec()),
        });
    }
    let cells: Vec<Option<&[u8]>> = cells.iter().map(|cell| cell.as_deref()).collect();
    client.parse("", sql, if declares { &types } else { &[] });
    client.describe('S', "");
    client.bind("", "", &formats, &cells, &[format]);
    client.execute("", 0);
    client.sync();
    answer(&client.until_ready())
}

/// What a case compares: no text of errors, no oids of tables.
pub fn answer(messages: &[Message]) -> Vec<String> {
    messages.iter().filter_map(line).collect()
}

fn line(message: &Message) -> Option<String> {
    match message.tag {
        b'T' => Some(format!("T {}", fields(&message.body))),
        b't' => Some(format!("t {}", oids(&message.body[2..]))),
        b'D' => {
            let cells = message.cells().into_iter().map(|cell| match cell {
                None => "\\N".to_owned(),
                Some(bytes) => match String::from_utf8(bytes) {
                    Ok(text) if !text.contains(|c: char| c.is_ascii_control()) => text,
                    Ok(text) => format!("\\x{}", hex::encode(text)),
                    Err(bytes) => format!("\\x{}", hex::encode(bytes.into_bytes())),
                },
            });
            Some(format!("D {}", cells.collect::<Vec<_>>().join("|")))
        }
        b'C' => {
            let tag = message.body.strip_suffix(b"\0").unwrap_or(&message.body);
            Some(format!("C {}", String::from_utf8_lossy(tag)))
        }
        b'E' => {
            let mut text = format!("E {}", message.sqlstate());
            if std::env::var_os("PGVEIL_SHOW_CASES").is_some() {
                println!("{}", message.line());
            }
            if let Some(position) = message.field(b'P') {
                let _ = write!(text, " at {position}");
            }
            Some(text)
        }
        b'G' | b'H' | b'I' => Some(char::from(message.tag).into()),
        _ => None,
    }
}

/// RowDescription: `name:type`.
fn fields(body: &[u8]) -> String {
    let mut fields = Vec::new();
    let mut rest = &body[2..];
    while let Some(end) = rest.iter().position(|byte| *byte == 0) {
        let name = String::from_utf8_lossy(&rest[..end]).into_owned();
        let tail = &rest[end + 1..end + 19];
        fields.push(format!("{name}:{}", oids(&tail[6..10])));
        rest = &rest[end + 19..];
    }
    fields.join(" ")
}

fn oids(bytes: &[u8]) -> String {
    let oids =
        bytes.chunks_exact(4).map(|oid| u32::from_be_bytes(oid.try_into().expect("four bytes")).to_string());
    oids.collect::<Vec<_>>().join(" ")
}

/// In Turkish the small letter of I has no dot: what pgveil computes would not be what the server computes.
#[test]
fn lower_and_upper_of_a_constant_are_refused_where_the_database_maps_ascii_otherwise() {
    let table = "CREATE TABLE people (id int PRIMARY KEY, email text)";
    let tag = "[[column]]\nname = 'public.people.email'\nmode = 'deterministic'\n";
    let icu = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C.UTF-8'";
    for (label, options, dotless) in [("case_plain", "", false), ("case_tr", icu, true)] {
        let place = Place::in_database(support::server().database_with(label, options), table, tag);
        assert_eq!(place.direct().value("SELECT lower('INFO')") != "info", dotless);
        let mut client = place.client();
        client.run("INSERT INTO people VALUES (1, 'info'), (2, 'INFO'), (3, '\u{131}nfo')");
        let (lower, upper) = ("email = lower('INFO')", "email = upper('info')");
        for (condition, plain) in [(lower, "1"), (upper, "2")] {
            let select = format!("SELECT id FROM people WHERE {condition}");
            match dotless {
                true => assert_eq!(client.fails(&select).0, "0A000"),
                false => assert_eq!(client.value(&select), plain),
            }
        }
        assert_eq!(client.value("SELECT id FROM people WHERE email = btrim(' INFO ')"), "2");
    }
}

/// As the libraries of JavaScript name things: who writes the policy without the quotes protects nothing.
#[test]
fn what_is_made_in_other_letters_than_the_policy_says_is_refused() {
    let tags = ["user.email", "people.firstname", "people.email"];
    let policy: String = tags.iter().map(|tag| format!("[[column]]\nname = 'public.{tag}'\n")).collect();
    let place = Place::of("letters", "CREATE TABLE elsewhere (id int)", &policy);
    let mut client = place.client();
    client.run("CREATE TABLE people (id int PRIMARY KEY, email text)");
    for sql in [
        "CREATE TABLE \"User\" (id int, email text)",
        "CREATE TABLE IF NOT EXISTS public.\"USER\" (id int, email text)",
        "CREATE TABLE \"User\" AS SELECT 1 AS id, 'kanarie' AS email",
        "SELECT 'kanarie' AS email INTO \"User\"",
        "ALTER TABLE people ADD COLUMN \"firstName\" text",
        "ALTER TABLE people ADD COLUMN plain text, ADD \"FirstName\" text",
        "BEGIN; CREATE TABLE \"User\" (id int, email text); INSERT INTO \"User\" VALUES (1, 'kanarie'); COMMIT",
    ] {
        let (state, message) = client.fails(sql);
        assert_eq!(state, "0A000", "{sql}");
        assert!(message.contains("in other letters"), "{sql}: {message}");
        client.query("ROLLBACK");
        client.until_ready();
    }
    client.run("CREATE TABLE other (\"firstName\" text, \"User\" text)");
    client.run("CREATE TABLE \"user\" (id int, email text); INSERT INTO \"user\" VALUES (1, 'kanarie')");
    assert_eq!(client.value("SELECT email FROM \"user\""), "kanarie");
    client.run("ALTER TABLE people ADD COLUMN firstname text; UPDATE people SET firstname = 'kanarie'");
    assert!(!place.tap.to_server.contains(b"kanarie"));
}
