//! `.pgt`: one conversation, one message a line.
//!
//! ```text
//! # a comment
//! login replication=database      one more start-up parameter
//! compare tags                    only the order of message types, without CopyData
//! Q "SELECT 1"                    Query
//! P "name" "SELECT $1" 23         Parse, with declared type oids
//! B "portal" "name" f=0,1 'text' NULL x'00ff' r=1     Bind: formats, values, result formats
//! D S "name"   D P "portal"       Describe
//! C S "name"   C P "portal"       Close
//! E "portal" 0                    Execute, with a row limit
//! S   H   X   c                   Sync, Flush, Terminate, CopyDone
//! d "line\n"   d x'00ff'          CopyData
//! f "reason"                      CopyFail
//! F 1598 0                        FunctionCall without arguments: oid, result format; then values
//! raw x'51000000'                 any bytes
//! read Z                          send what stands above in one piece, then read up to a tag;
//! read ZZ    read end             … up to the second; … until the other side closes
//! ```

use crate::support::client::{bind_body, framed, parse_body};

/// One piece of a conversation: bytes sent together, then what is waited for.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    pub bytes: Vec<u8>,
    pub until: Until,
}

/// When a turn has been answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// After messages with these tags, in this order, others in between.
    Tags(Vec<u8>),
    /// When the connection is closed.
    #[default]
    End,
}

/// A file, understood.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub name: String,
    pub parameters: Vec<(String, String)>,
    pub tags_only: bool,
    pub turns: Vec<Turn>,
}

/// Parses a file; a mistake in it fails the test.
pub fn parse(name: &str, text: &str) -> Script {
    let mut script = Script { name: name.into(), ..Script::default() };
    let mut bytes = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words = words(line);
        let (first, rest) = words.split_first().expect("a word");
        match (first.text().as_str(), rest) {
            ("login", [parameter]) => {
                let text = parameter.text();
                let (key, value) = text.split_once('=').expect("name=value");
                script.parameters.push((key.into(), value.into()));
            }
            ("compare", _) => script.tags_only = true,
            ("read", [until]) => {
                let until = match until.text().as_str() {
                    "end" => Until::End,
                    tags => Until::Tags(tags.bytes().collect()),
                };
                script.turns.push(Turn { bytes: std::mem::take(&mut bytes), until });
            }
            (kind, rest) => bytes.extend(message(kind, rest).unwrap_or_else(|| panic!("{name}: {line}"))),
        }
    }
    assert!(bytes.is_empty(), "{name}: the last line is a `read`");
    script
}

fn message(kind: &str, words: &[Word]) -> Option<Vec<u8>> {
    let zero = |word: &Word| [word.0.clone(), vec![0]].concat();
    let body = match (kind, words) {
        ("raw", [bytes]) => return Some(bytes.0.clone()),
        ("S" | "H" | "X" | "c", []) => Vec::new(),
        ("Q" | "f", [text]) => zero(text),
        ("d", [data]) => data.0.clone(),
        ("D" | "C", [what, name]) => [what.0.clone(), zero(name)].concat(),
        ("E", [portal, rows]) => {
            [zero(portal), rows.text().parse::<u32>().ok()?.to_be_bytes().to_vec()].concat()
        }
        ("P", [name, sql, types @ ..]) => {
            let types: Option<Vec<u32>> = types.iter().map(|word| word.text().parse().ok()).collect();
            parse_body(&name.text(), &sql.text(), &types?)
        }
        ("B", [portal, statement, rest @ ..]) => bind(&portal.text(), &statement.text(), rest)?,
        ("F", [oid, format, values @ ..]) => function_call(oid, format, values)?,
        _ => return None,
    };
    Some(framed(*kind.as_bytes().first()?, &body))
}

fn bind(portal: &str, statement: &str, words: &[Word]) -> Option<Vec<u8>> {
    let (mut formats, mut results, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for word in words {
        let text = word.text();
        match (text.strip_prefix("f="), text.strip_prefix("r=")) {
            (Some(codes), _) => formats = numbers(codes)?,
            (_, Some(codes)) => results = numbers(codes)?,
            _ if text == "NULL" => cells.push(None),
            _ => cells.push(Some(word.0.as_slice())),
        }
    }
    Some(bind_body(portal, statement, &formats, &cells, &results))
}

/// Values in text format.
fn function_call(oid: &Word, format: &Word, values: &[Word]) -> Option<Vec<u8>> {
    let mut body = oid.text().parse::<u32>().ok()?.to_be_bytes().to_vec();
    body.extend_from_slice(&0u16.to_be_bytes());
    body.extend_from_slice(&(values.len() as u16).to_be_bytes());
    for value in values {
        body.extend_from_slice(&(value.0.len() as u32).to_be_bytes());
        body.extend_from_slice(&value.0);
    }
    body.extend_from_slice(&format.text().parse::<u16>().ok()?.to_be_bytes());
    Some(body)
}

fn numbers(codes: &str) -> Option<Vec<i16>> {
    codes.split(',').map(|code| code.parse().ok()).collect()
}

/// A word of a line: bare, `"with escapes"`, `'plain'` or `x'hex'`.
struct Word(Vec<u8>);

impl Word {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, after) = if let Some(body) = rest.strip_prefix('"') {
            escaped(body)
        } else if let Some(body) = rest.strip_prefix("x'") {
            let (digits, after) = body.split_once('\'').expect("a closing quote");
            (hex::decode(digits).expect("hex"), after)
        } else if let Some(body) = rest.strip_prefix('\'') {
            let (text, after) = body.split_once('\'').expect("a closing quote");
            (text.as_bytes().to_vec(), after)
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (rest.as_bytes()[..end].to_vec(), &rest[end..])
        };
        words.push(Word(word));
        rest = after.trim_start();
    }
    words
}

fn escaped(body: &str) -> (Vec<u8>, &str) {
    let mut bytes = Vec::new();
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        let literal = match character {
            '"' => return (bytes, &body[at + 1..]),
            '\\' => match characters.next().expect("an escape").1 {
                'n' => '\n',
                't' => '\t',
                other => other,
            },
            other => other,
        };
        bytes.extend_from_slice(literal.encode_utf8(&mut [0; 4]).as_bytes());
    }
    panic!("no closing quote: {body}")
}
