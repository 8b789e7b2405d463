//! What is compared of an answer, and what a difference is.

use std::fmt::Write as _;

use crate::support::Message;

/// What became of a statement on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The same.
    Same,
    /// pgveil refused it, for this reason, where the server by itself gives this.
    Refused { why: String, direct: String },
    /// Not the same: the first lines that differ, direct and through.
    Differs { direct: String, through: String },
}

/// Lines of an answer: one for each message that a client can act on. Rows that nobody ordered are
/// sorted, in whatever portions they came.
pub fn lines(messages: &[Message], ordered: bool) -> Vec<String> {
    let mut lines: Vec<String> = messages.iter().filter_map(line).collect();
    if !ordered {
        let is_row = |line: &&mut String| line.starts_with("D ");
        let mut rows: Vec<String> = lines.iter_mut().filter(is_row).map(std::mem::take).collect();
        rows.sort();
        let places = lines.iter_mut().filter(|line| line.is_empty());
        places.zip(rows).for_each(|(place, row)| *place = row);
    }
    lines
}

/// A refusal by pgveil among the messages: what it says, without names.
fn refusal(messages: &[Message]) -> Option<String> {
    let error = messages.iter().find(|message| {
        message.tag == b'E'
            && message.field(b'R').as_deref() == Some("pgveil")
            && message.sqlstate() == "0A000"
    })?;
    Some(without_names(&error.field(b'M').unwrap_or_default()))
}

/// A message with its names blotted out, so that messages of one kind are one.
fn without_names(message: &str) -> String {
    let mut out = String::new();
    for (index, part) in message.split('"').enumerate() {
        out.push_str(if index % 2 == 0 { part } else { "…" });
    }
    let words = out.split(' ').map(|word| if word.contains('.') && word.len() > 2 { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Compares what both sides said.
pub fn compare(direct: &[Message], through: &[Message], ordered: bool) -> Outcome {
    let (expected, got) = (lines(direct, ordered), lines(through, ordered));
    if expected == got || same_error(&expected, &got) {
        return Outcome::Same;
    }
    if let Some(why) = refusal(through) {
        let error = expected.iter().find(|line| line.starts_with("E "));
        return Outcome::Refused { why, direct: error.map_or_else(|| "works".into(), Clone::clone) };
    }
    let at = expected.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let near = |lines: &[String]| {
        let mut near: Vec<String> = lines.iter().skip(at).take(3).cloned().collect();
        near.extend(lines.iter().skip(at + 3).find(|line| line.starts_with("E ")).cloned());
        near.join("\n      ")
    };
    Outcome::Differs { direct: near(&expected), through: near(&got) + &errors(through) }
}

/// The same error, and what follows it. pgveil reads a constant when it sees it, the server often only
/// when the statement runs: the error may come a step earlier.
fn same_error(expected: &[String], got: &[String]) -> bool {
    let from_error = |lines: &[String]| {
        let at = lines.iter().position(|line| line.starts_with("E "))?;
        Some((lines[at].clone(), lines.last()?.clone()))
    };
    let error = from_error(expected);
    error.is_some() && error == from_error(got)
}

/// Texts of errors, for the person who reads the difference.
fn errors(messages: &[Message]) -> String {
    let errors = messages.iter().filter(|message| message.tag == b'E');
    errors.fold(String::new(), |mut text, error| {
        let _ = write!(text, "\n      ({})", error.field(b'M').unwrap_or_default());
        text
    })
}

fn line(message: &Message) -> Option<String> {
    let tag = message.tag as char;
    match message.tag {
        b'T' => Some(format!("T {}", fields(&message.body))),
        b'D' => Some(format!("D {}", cells(message))),
        b'E' => Some(format!("E {}", message.sqlstate())),
        b'N' => Some(format!("N {}", message.sqlstate())),
        b'C' | b't' | b'Z' | b'd' => Some(format!("{tag} {}", shown(&message.body))),
        b'G' | b'H' | b'W' => Some(format!("{tag} {}", hex::encode(&message.body))),
        b'S' => Some(format!("{tag} {}", shown(&message.body))),
        _ => Some(tag.into()),
    }
}

fn cells(message: &Message) -> String {
    let cells = message.cells().into_iter().map(|cell| cell.map_or_else(|| "\\N".into(), |c| shown(&c)));
    cells.collect::<Vec<_>>().join("|")
}

fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(|c: char| c.is_ascii_control()) => text.to_owned(),
        Ok(_) | Err(_) => format!("\\x{}", hex::encode(bytes)),
    }
}

/// RowDescription without the table's oid: whether there is one, the column's number, type, length,
/// modifier and format.
fn fields(body: &[u8]) -> String {
    let mut text = String::new();
    let mut rest = body.get(2..).unwrap_or_default();
    while let Some(end) = rest.iter().position(|byte| *byte == 0) {
        let name = String::from_utf8_lossy(&rest[..end]).into_owned();
        let tail = &rest[end + 1..end + 19];
        let number = |from: usize, to: usize| {
            tail[from..to].iter().fold(0i64, |sum, byte| sum << 8 | i64::from(*byte))
        };
        let table = if number(0, 4) == 0 { "-" } else { "t" };
        let _ = write!(
            text,
            "{name}:{table}{}:{}:{}:{}:{} ",
            number(4, 6),
            number(6, 10),
            number(10, 12),
            number(12, 16),
            number(16, 18)
        );
        rest = &rest[end + 19..];
    }
    text
}
