//! Holds one conversation and writes down what came back, with what differs between two
//! connections by nature (process ids, cancel keys, oids of fresh tables) masked.

use std::thread::sleep;
use std::time::Duration;

use crate::support::client::Message;
use crate::support::{Client, Database};

use super::script::{Script, Until};

/// Long enough that two writes are two reads, usually; correctness does not hang on it.
const PAUSE: Duration = Duration::from_micros(300);

/// Where the client's bytes of a conversation are cut in two writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Each turn in one write.
    Nowhere,
    /// Before this byte of the conversation's turns laid end to end.
    Before(usize),
    /// Every turn in pieces of this many bytes.
    Pieces(usize),
}

/// The lines of a conversation with whoever listens on `address`.
pub fn converse(script: &Script, database: &Database, address: &str, cut: Cut) -> Vec<String> {
    let mut login = database.login();
    login.parameters.extend(script.parameters.iter().cloned());
    let mut client =
        Client::connect(address, &login).unwrap_or_else(|error| panic!("{}: {error:?}", script.name));
    let mut lines = greeting(&client);
    let mut sent = 0;
    for turn in &script.turns {
        send(&mut client, &turn.bytes, sent, cut);
        sent += turn.bytes.len();
        let messages = match &turn.until {
            Until::End => client.until_end(),
            Until::Tags(tags) => tags.iter().flat_map(|tag| client.read_until(*tag)).collect(),
        };
        lines.extend(messages.iter().map(line));
        lines.push("--".into());
    }
    // A conversation ends politely, so that the server's log and slots stay clean.
    client.send(b'X', b"");
    if script.tags_only { only_tags(lines) } else { lines }
}

fn send(client: &mut Client, bytes: &[u8], sent: usize, cut: Cut) {
    let size = match cut {
        Cut::Nowhere => bytes.len(),
        Cut::Before(position) => position.checked_sub(sent).unwrap_or(bytes.len()),
        Cut::Pieces(size) => size,
    };
    if matches!(cut, Cut::Pieces(_)) {
        for piece in bytes.chunks(size) {
            client.send_raw(piece);
            sleep(PAUSE);
        }
    } else {
        let (first, second) = bytes.split_at(size.min(bytes.len()));
        client.send_raw(first);
        if !second.is_empty() {
            sleep(PAUSE);
            client.send_raw(second);
        }
    }
}

/// What the server said of itself at login.
fn greeting(client: &Client) -> Vec<String> {
    let mut lines: Vec<String> =
        client.parameters.iter().map(|(name, value)| format!("S {name}={value}")).collect();
    lines.sort();
    lines.push(format!("K of {} bytes", client.key_data.len()));
    lines
}

fn line(message: &Message) -> String {
    let mut masked = message.clone();
    match message.tag {
        b'A' => masked.body.iter_mut().take(4).for_each(|byte| *byte = 0),
        b'T' => mask_table_oids(&mut masked.body),
        _ => {}
    }
    without_digits_after("pg_temp_", masked.line())
}

/// The number of a session's temporary schema.
fn without_digits_after(label: &str, line: String) -> String {
    let mut parts = line.split(label);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + label + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// RowDescription: name, then table oid (4), attribute (2), type (4), length (2), modifier (4),
/// format (2); manual 55.7.
fn mask_table_oids(body: &mut [u8]) {
    let mut at = 2;
    while at < body.len() {
        let name = body[at..].iter().position(|byte| *byte == 0).expect("an end of the name");
        let oid = at + name + 1;
        if body[oid..oid + 4] != [0; 4] {
            body[oid..oid + 4].copy_from_slice(b"~~~~");
        }
        at = oid + 18;
    }
}

/// Keepalives of a replication come by time, so CopyData is left out.
fn only_tags(lines: Vec<String>) -> Vec<String> {
    lines.iter().filter(|line| !line.starts_with("d ")).map(|line| line.chars().take(2).collect()).collect()
}
