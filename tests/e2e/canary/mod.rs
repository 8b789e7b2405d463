//! Known strings, written, searched, updated, refused, mistyped and cancelled through the proxy,
//! then looked for everywhere the host can look, in every form.

pub mod needles;

use std::path::Path;
use std::time::Duration;

use crate::protected::place::Place;
use crate::support::{Client, Login, server};
use needles::found;

/// Each way of saying a value has a string of its own, so that a leak names its way.
const WRITTEN: &str = "kanarie-written";
const BOUND: &str = "kanarie-bound";
const SEARCHED: &str = "kanarie-searched";
const UPDATED: &str = "kanarie-updated";
const REFUSED: &str = "kanarie-refused";
const MISTYPED: &str = "kanarie-mistyped";
const CANCELLED: &str = "kanarie-cancelled";
const PREPARED: &str = "kanarie-prepared";
const DOUBLE: &str = "kanarie-double";
pub const SECRETS: &[&str] =
    &[WRITTEN, BOUND, SEARCHED, UPDATED, REFUSED, MISTYPED, CANCELLED, PREPARED, DOUBLE];

/// Stands in a plain column: it must be found in every place, or the search proves nothing.
const PLANTED: &str = "kanarie-planted";

fn extended(client: &mut Client, sql: &str, value: &str) -> bool {
    client.parse("", sql, &[]);
    client.bind("", "", &[], &[Some(value.as_bytes())], &[]);
    client.execute("", 0);
    client.sync();
    !client.until_ready().iter().any(|message| message.tag == b'E')
}

fn refused(client: &mut Client, sql: &str) {
    client.query(sql);
    assert!(client.until_ready().iter().any(|message| message.tag == b'E'), "{sql}");
}

/// Every way in which a client says a value.
pub fn live(place: &Place) {
    let mut client = place.client();
    client.run(&format!(
        "INSERT INTO people (id, email, name, doc, tags) \
         VALUES (1, '{WRITTEN}', '{WRITTEN}', '{{\"a\":\"{WRITTEN}\"}}', '{{{WRITTEN}}}')"
    ));
    client.run(&format!("INSERT INTO plain (id, body) VALUES (1, '{PLANTED}')"));
    assert!(extended(&mut client, "INSERT INTO people (id, name, photo) VALUES (2, $1, 'x')", BOUND));
    assert!(extended(&mut client, "SELECT id FROM people WHERE email = $1", SEARCHED));
    assert!(extended(&mut client, "SELECT id FROM people WHERE $1 IS NULL OR email = $1", SEARCHED));
    client.run(&format!("SELECT id FROM people WHERE email IN ('{SEARCHED}') /* {SEARCHED} */"));
    client.run(&format!("UPDATE people SET name = '{UPDATED}' WHERE email = '{WRITTEN}'"));
    assert_eq!(client.value("SELECT name FROM people WHERE id = 1"), UPDATED);
    refused(&mut client, &format!("SELECT id FROM people WHERE email LIKE '{REFUSED}%'"));
    refused(&mut client, &format!("SELECT id FROM people WHERE name = '{REFUSED}'"));
    assert!(!extended(&mut client, "SELECT id FROM people WHERE lower(email) = $1", REFUSED));
    refused(&mut client, &format!("SELECT id FROM people WEHRE email = '{MISTYPED}'"));
    refused(&mut client, &format!("INSERT INTO people (id, birth) VALUES (3, '{MISTYPED}')"));
    refused(&mut client, &format!("INSERT INTO people (id, nick) VALUES (3, '{MISTYPED}-and-too-long')"));
    refused(&mut client, &format!("INSERT INTO people (id, emial) VALUES (3, '{MISTYPED}')"));
    refused(&mut client, &format!("SELECT id FROM people WHERE email = '{MISTYPED}"));
    assert!(!extended(&mut client, "INSERT INTO people (id, level) VALUES (3, $1)", MISTYPED));
    refused(&mut client, &format!("INSERT INTO people (id, email) VALUES (4, '{DOUBLE}'), (5, '{DOUBLE}')"));
    client.run("PREPARE q AS SELECT id FROM people WHERE email = $1");
    client.run(&format!("EXECUTE q ('{PREPARED}')"));
    cancelled(place);
}

fn cancelled(place: &Place) {
    let mut client = place.client();
    client.query(&format!("SELECT pg_sleep(30) FROM people WHERE email = '{CANCELLED}' OR id = 1"));
    std::thread::sleep(Duration::from_millis(300));
    let mut other = Client::dial(&place.proxy.address).expect("a connection");
    let length = (8 + client.key_data.len() as u32).to_be_bytes();
    other.send_raw(&[&length[..], &[0x04, 0xd2, 0x16, 0x2e], &client.key_data].concat());
    let messages = client.until_ready();
    let error = messages.iter().find(|message| message.tag == b'E').expect("cancelled");
    assert_eq!(error.sqlstate(), "57014");
}

/// The contents of all files under a directory, one after the other, each with its path.
fn files(directory: &Path, look: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&path, look),
            // Files come and go while a server runs; one that is gone holds nothing.
            Ok(kind) if kind.is_file() => look(&path, &std::fs::read(&path).unwrap_or_default()),
            _ => {}
        }
    }
}

/// What the host can read: a name and the bytes.
fn views(place: &Place) -> Vec<(&'static str, Vec<u8>)> {
    let mut host = place.database.host();
    let statements =
        match host.value("SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'") {
            none if none == "0" => Vec::new(),
            _ => format!("{:?}", host.rows("SELECT query FROM pg_stat_statements")).into_bytes(),
        };
    let activity = format!("{:?}", host.rows("SELECT query FROM pg_stat_activity"));
    let statistics = format!("{:?}", host.rows("SELECT * FROM pg_stats WHERE schemaname = 'public'"));
    let mut views = vec![
        ("the wire to the server", place.tap.to_server.bytes()),
        ("the wire from the server", place.tap.to_client.bytes()),
        ("the server's log", place.database.server.log()),
        ("pg_stat_statements", statements),
        ("pg_stat_activity", activity.into_bytes()),
        ("pg_stats", statistics.into_bytes()),
        ("pgveil's log", place.proxy.log().into_bytes()),
    ];
    if place.database.can_be_dumped() {
        let (good, dump, _) = place.database.program("pg_dump", &["--inserts", &place.database.host_url()]);
        assert!(good, "pg_dump");
        views.push(("pg_dump", dump.into_bytes()));
    }
    views
}

#[test]
fn nothing_that_a_client_says_of_a_protected_column_is_seen_by_the_host() {
    let place = Place::new("canary", "");
    let shared = server();
    if crate::support::postgres::has_library(&shared.installation, "pg_stat_statements.so") {
        place.database.host().run("CREATE EXTENSION pg_stat_statements");
    }
    live(&place);
    place.database.host().run("ANALYZE; CHECKPOINT");
    let mut leaks = Vec::new();
    let mut planted = Vec::new();
    let views = views(&place);
    let searched: Vec<&str> = views.iter().map(|(name, _)| *name).collect();
    for (name, bytes) in views {
        leaks.extend(found(SECRETS, &bytes).into_iter().map(|leak| format!("{name}: {leak}")));
        if !found(&[PLANTED], &bytes).is_empty() {
            planted.push(name);
        }
    }
    let mut in_files = 0;
    files(shared.postgres.socket_directory(), &mut |path, bytes| {
        leaks.extend(found(SECRETS, bytes).into_iter().map(|leak| format!("{}: {leak}", path.display())));
        in_files += usize::from(!found(&[PLANTED], bytes).is_empty());
    });
    assert!(leaks.is_empty(), "{leaks:#?}");
    // The same search finds what was put there to be found: on the wire, in the log and in the dump,
    // and in files of the table, of the write-ahead log and of the server's log.
    let shown = ["the wire to the server", "the server's log", "pg_dump"];
    for name in shown.iter().filter(|name| searched.contains(name) || **name != "pg_dump") {
        assert!(planted.contains(name), "the planted string was not found in {name}: {planted:?}");
    }
    assert!(in_files >= 3, "the planted string stands in {in_files} files");
}

#[test]
fn a_leak_is_caught_in_every_form() {
    let place = Place::new("canary_planted", "");
    if !place.database.can_be_dumped() {
        return;
    }
    let mut host = place.database.host();
    host.run("CREATE TABLE planted (a text)");
    let forms = [
        "'kanarie-planted'",
        "encode('kanarie-planted', 'hex')",
        "upper(encode('kanarie-planted', 'hex'))",
        "encode('kanarie-planted', 'base64')",
        "encode('xkanarie-planted', 'base64')",
        "encode('xykanarie-planted', 'base64')",
    ];
    for form in forms {
        host.run(&format!("TRUNCATE planted; INSERT INTO planted VALUES ({form})"));
        let (_, dump, _) =
            place.database.program("pg_dump", &["--table=planted", "--inserts", &place.database.host_url()]);
        assert_eq!(found(&[PLANTED], dump.as_bytes()).len(), 1, "{form} was not found");
    }
    let wide: Vec<u8> = PLANTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(found(&[PLANTED], &wide).len(), 1, "UTF-16 was not found");
    // A client that goes round pgveil: the search of the log sees it.
    place.direct().run("SELECT 'kanarie-planted' = email FROM people");
    assert!(!found(&[PLANTED], &place.database.server.log()).is_empty());
    let login = Login::trusted("postgres", &place.database.name);
    assert!(Client::connect(&place.database.server.address(), &login).is_ok());
}
