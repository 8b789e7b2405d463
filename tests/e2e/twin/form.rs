//! The forms in which a client may send a statement.

use super::kinds::Kinds;
use super::statement::{Hole, Statement};
use crate::support::{Client, Message};

/// One way to send a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// Query, constants in the text.
    Simple,
    /// Query, between two other statements of the same text.
    Several,
    /// Parse with the constants in the text; results in binary.
    Literals,
    /// Parameters without types, values and results in text.
    Text,
    /// Parameters with types, values in text, results in binary.
    Typed,
    /// Parameters with types, values and results in binary.
    Binary,
    /// A named statement, bound twice, described before it is bound.
    Named,
    /// Two Binds and Executes before one Sync.
    Pipelined,
    /// Execute with a row limit until nothing is left.
    Limited,
    /// PREPARE and EXECUTE, types left out.
    Prepared,
    /// PREPARE with types, EXECUTE twice.
    PreparedTyped,
    /// DECLARE, FETCH, MOVE, CLOSE.
    Cursor,
    /// DECLARE … BINARY.
    BinaryCursor,
}

pub const ALL: [Form; 13] = [
    Form::Simple,
    Form::Several,
    Form::Literals,
    Form::Text,
    Form::Typed,
    Form::Binary,
    Form::Named,
    Form::Pipelined,
    Form::Limited,
    Form::Prepared,
    Form::PreparedTyped,
    Form::Cursor,
    Form::BinaryCursor,
];

/// A value on the wire: `None` is NULL.
type Cell = Option<Vec<u8>>;

impl Form {
    /// Can this statement be sent so?
    pub fn fits(self, statement: &Statement) -> bool {
        match self {
            Form::Simple | Form::Several => true,
            Form::Literals | Form::Text | Form::Typed | Form::Binary | Form::Named | Form::Pipelined => true,
            Form::Prepared | Form::PreparedTyped => statement.is_preparable(),
            Form::Limited | Form::Cursor | Form::BinaryCursor => statement.is_query(),
        }
    }

    /// Sends the statement and reads everything until the last ReadyForQuery that it causes.
    pub fn send(
        self,
        client: &mut Client,
        statement: &Statement,
        kinds: &Kinds,
        data: &[String],
    ) -> Vec<Message> {
        match self {
            Form::Simple => copied(client, &statement.with_literals(), data),
            Form::Several => query(client, &format!("SELECT 1; {}; SELECT 2", statement.with_literals())),
            Form::Literals => {
                client.parse("", &statement.with_literals(), &[]);
                bound(client, &[], &[], 1)
            }
            Form::Text => {
                let (text, holes) = statement.with_parameters();
                client.parse("", &text, &[]);
                bound(client, &text_cells(&holes), &[0], 0)
            }
            Form::Typed => {
                let (text, holes) = statement.with_parameters();
                client.parse("", &text, &kinds.oids(&holes));
                bound(client, &text_cells(&holes), &[0], 1)
            }
            Form::Binary => {
                let (text, holes) = statement.with_parameters();
                client.parse("", &text, &kinds.oids(&holes));
                bound(client, &kinds.binary(&holes), &[1], 1)
            }
            Form::Named => named(client, statement),
            Form::Pipelined => pipelined(client, statement),
            Form::Limited => limited(client, statement),
            Form::Prepared => prepared(client, statement, false),
            Form::PreparedTyped => prepared(client, statement, true),
            Form::Cursor => cursor(client, statement, "CURSOR"),
            Form::BinaryCursor => cursor(client, statement, "BINARY CURSOR"),
        }
    }
}

fn query(client: &mut Client, text: &str) -> Vec<Message> {
    client.query(text);
    client.until_ready()
}

/// A Query that may ask for data.
fn copied(client: &mut Client, text: &str, data: &[String]) -> Vec<Message> {
    client.query(text);
    let mut messages = Vec::new();
    loop {
        let message = client.read();
        let tag = message.tag;
        messages.push(message);
        match tag {
            b'G' => {
                data.iter().for_each(|line| client.copy_data(format!("{line}\n").as_bytes()));
                client.send(b'c', b"");
            }
            b'Z' => return messages,
            _ => {}
        }
    }
}

fn text_cells(holes: &[Hole]) -> Vec<Cell> {
    holes.iter().map(|hole| hole.value.as_ref().map(|value| value.clone().into_bytes())).collect()
}

fn borrowed(cells: &[Cell]) -> Vec<Option<&[u8]>> {
    cells.iter().map(|cell| cell.as_deref()).collect()
}

fn bound(client: &mut Client, cells: &[Cell], formats: &[i16], results: i16) -> Vec<Message> {
    client.describe('S', "");
    client.bind("", "", formats, &borrowed(cells), &[results]);
    client.describe('P', "");
    client.execute("", 0);
    client.sync();
    client.until_ready()
}

fn named(client: &mut Client, statement: &Statement) -> Vec<Message> {
    let (text, holes) = statement.with_parameters();
    let cells = text_cells(&holes);
    client.parse("twin", &text, &[]);
    client.describe('S', "twin");
    client.sync();
    let mut messages = client.until_ready();
    for results in [0, 1] {
        client.bind("gate", "twin", &[0], &borrowed(&cells), &[results]);
        client.describe('P', "gate");
        client.execute("gate", 0);
        client.close('P', "gate");
        client.sync();
        messages.extend(client.until_ready());
    }
    client.close('S', "twin");
    client.sync();
    messages.extend(client.until_ready());
    messages
}

fn pipelined(client: &mut Client, statement: &Statement) -> Vec<Message> {
    let (text, holes) = statement.with_parameters();
    let cells = text_cells(&holes);
    client.parse("", &text, &[]);
    for _ in 0..2 {
        client.bind("", "", &[0], &borrowed(&cells), &[]);
        client.execute("", 0);
    }
    client.parse("", "SELECT 7", &[]);
    client.bind("", "", &[], &[], &[]);
    client.execute("", 0);
    client.sync();
    client.until_ready()
}

fn limited(client: &mut Client, statement: &Statement) -> Vec<Message> {
    let (text, holes) = statement.with_parameters();
    client.parse("", &text, &[]);
    client.bind("", "", &[0], &borrowed(&text_cells(&holes)), &[]);
    client.execute("", 2);
    client.execute("", 1);
    client.execute("", 0);
    client.sync();
    client.until_ready()
}

fn prepared(client: &mut Client, statement: &Statement, typed: bool) -> Vec<Message> {
    let (text, holes) = statement.with_parameters();
    let types: Vec<&str> = holes.iter().map(|hole| hole.ty.as_str()).collect();
    let types = if typed && !types.is_empty() { format!(" ({})", types.join(", ")) } else { String::new() };
    let values: Vec<String> = holes.iter().map(Hole::literal).collect();
    let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let mut messages = query(client, &format!("PREPARE twin{types} AS {text}"));
    for _ in 0..if typed { 2 } else { 1 } {
        messages.extend(query(client, &format!("EXECUTE twin{values}")));
    }
    messages.extend(query(client, "DEALLOCATE twin"));
    messages
}

fn cursor(client: &mut Client, statement: &Statement, kind: &str) -> Vec<Message> {
    let mut messages = query(client, &format!("DECLARE twin {kind} FOR {}", statement.with_literals()));
    let skip = if statement.is_ordered() { "MOVE 1 FROM twin" } else { "MOVE 0 FROM twin" };
    for step in ["FETCH 2 FROM twin", skip, "FETCH ALL FROM twin", "CLOSE twin"] {
        messages.extend(query(client, step));
    }
    messages
}
