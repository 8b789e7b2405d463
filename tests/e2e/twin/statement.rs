//! A statement with holes: the same text with its constants written out, or as parameters.
//!
//! In a case file a hole is `«type:value»`, for instance `«int4:5»`; the value `\N` is NULL.

use std::fmt::Write as _;

/// One constant: its type's name and its value in text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    pub ty: String,
    /// `None` is NULL.
    pub value: Option<String>,
}

/// Part of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Hole(Hole),
    /// What the statement can do without: left out by shrinking.
    Optional(Vec<Piece>),
}

/// A statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    pub pieces: Vec<Piece>,
}

impl Hole {
    pub fn new(ty: &str, value: &str) -> Hole {
        Hole { ty: ty.into(), value: (value != "\\N").then(|| value.to_owned()) }
    }

    /// As a literal that a driver would write.
    pub fn literal(&self) -> String {
        let Some(value) = &self.value else { return "NULL".into() };
        match self.ty.as_str() {
            "int2" | "int4" | "int8" | "numeric" | "bool" if is_bare(value) => value.clone(),
            _ => format!("'{}'", value.replace('\'', "''")),
        }
    }
}

/// A number or a word that needs no quotes.
fn is_bare(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    number || matches!(value, "true" | "false")
}

impl Statement {
    /// Reads the notation of the case files.
    pub fn read(text: &str) -> Statement {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('«') {
            let (hole, after) = after.split_once('»').expect("a closing »");
            let (ty, value) = hole.split_once(':').expect("type:value");
            pieces.push(Piece::Text(before.into()));
            pieces.push(Piece::Hole(Hole::new(ty, value)));
            rest = after;
        }
        pieces.push(Piece::Text(rest.into()));
        Statement { pieces }
    }

    /// In the notation of the case files.
    pub fn written(&self) -> String {
        let mut text = String::new();
        write_all(
            &self.pieces,
            &mut |piece, text| {
                let value = piece.value.as_deref().unwrap_or("\\N");
                let _ = write!(text, "«{}:{value}»", piece.ty);
            },
            &mut text,
        );
        text
    }

    /// With its constants in the text.
    pub fn with_literals(&self) -> String {
        let mut text = String::new();
        write_all(&self.pieces, &mut |hole, text| text.push_str(&hole.literal()), &mut text);
        text
    }

    /// With `$1 …` in the text, and what they stand for.
    pub fn with_parameters(&self) -> (String, Vec<Hole>) {
        let (mut text, mut holes) = (String::new(), Vec::new());
        let mut place = |hole: &Hole, text: &mut String| {
            holes.push(hole.clone());
            let _ = write!(text, "${}", holes.len());
        };
        write_all(&self.pieces, &mut place, &mut text);
        (text, holes)
    }

    /// Does it give rows and change nothing, so that a cursor can be declared for it?
    pub fn is_query(&self) -> bool {
        let text = self.with_literals();
        let word =
            text.trim_start_matches(['(', ' ']).split_whitespace().next().unwrap_or_default().to_owned();
        let reads = matches!(word.to_ascii_uppercase().as_str(), "SELECT" | "VALUES" | "TABLE" | "WITH");
        let upper = text.to_ascii_uppercase();
        reads && !["INSERT ", "UPDATE ", "DELETE ", "MERGE ", " INTO "].iter().any(|w| upper.contains(w))
    }

    /// Can the extended protocol prepare it?
    pub fn is_preparable(&self) -> bool {
        let text = self.with_literals();
        let word =
            text.trim_start_matches(['(', ' ']).split_whitespace().next().unwrap_or_default().to_owned();
        let word = word.to_ascii_uppercase();
        matches!(
            word.as_str(),
            "SELECT" | "VALUES" | "TABLE" | "WITH" | "INSERT" | "UPDATE" | "DELETE" | "MERGE"
        )
    }

    /// Are the rows in an order that the statement asks for?
    pub fn is_ordered(&self) -> bool {
        let text = self.with_literals();
        let tail = text.rfind(')').map_or(text.as_str(), |at| &text[at..]);
        tail.contains("ORDER BY")
    }

    /// Every statement that has one optional part less, the largest parts first.
    pub fn smaller(&self) -> Vec<Statement> {
        let mut all = Vec::new();
        for without in smaller(&self.pieces) {
            all.push(Statement { pieces: without });
        }
        all
    }
}

fn write_all(pieces: &[Piece], hole: &mut dyn FnMut(&Hole, &mut String), text: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(own) => text.push_str(own),
            Piece::Hole(own) => hole(own, text),
            Piece::Optional(inner) => write_all(inner, hole, text),
        }
    }
}

fn smaller(pieces: &[Piece]) -> Vec<Vec<Piece>> {
    let mut all = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Optional(inner) = piece else { continue };
        let mut without = pieces.to_vec();
        without.remove(at);
        all.push(without);
        for reduced in smaller(inner) {
            let mut with = pieces.to_vec();
            with[at] = Piece::Optional(reduced);
            all.push(with);
        }
    }
    all
}
