//! The text that is sent in place of the client's: splices of plans, sealed constants, substitutes.

use std::ops::Range;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::reading::{self, Remembered, Ruling};
use crate::protect::Format;
use crate::session::cells::EpochCells;
use crate::session::judge::{CellError, Parameter, Part, SUBSTITUTE};
use crate::session::position::{Positions, Splice};
use crate::sql::ast::Span;
use crate::sql::edits::{fits, is_constant_at};
use crate::sql::known::Protocol;
use crate::sql::lexer::{Keyword, TokenKind, Tokens, number_text, string_value};
use crate::sql::verdict::{Bound, Cleared, Edit, Literal, Plan, Replacement, Seal, Verdict};
use crate::types::{Extent, TextFunction};
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// What became of one statement.
pub enum Written {
    Clear(Cleared),
    Plan(Arc<Plan>),
    Refuse(Box<Report>),
}

/// What is sent.
pub struct Sent {
    /// One for each statement.
    pub treatments: Vec<Written>,
    /// Anything else than the client's text.
    pub rewritten: bool,
    /// From it to the client's.
    pub positions: Positions,
    /// Its statements, if they go up as such with parameters.
    pub parts: Vec<Part>,
}

/// Appends the text to send. Nothing that is refused stands in it, nor what comes after. In a Query what runs
/// behind a statement stands in it.
pub fn write(
    text: &[u8],
    tokens: &Tokens,
    remembered: &Remembered,
    protocol: Protocol,
    cells: &mut EpochCells,
    sent: &mut Vec<u8>,
) -> Sent {
    let source = Source { text, tokens };
    let mut splices = Splices::default();
    let mut treatments = Vec::with_capacity(remembered.statements.len());
    let mut refused_at = None;
    let edited = remembered.is_edited();
    let mut begun: Vec<(usize, Vec<Parameter>)> = Vec::new();
    for ruling in &remembered.statements {
        let mut bound = Vec::new();
        let written = match &ruling.judged.verdict {
            Verdict::Clear(proof) => Written::Clear(*proof),
            Verdict::Refuse(refusal) => Written::refuse(reading::report(refusal, text, tokens)),
            Verdict::Plan(plan) if refused_at.is_some() => Written::Plan(ruling.own(plan)),
            Verdict::Plan(plan) => {
                let before = splices.list.len();
                let spliced = plan.edits.iter().try_for_each(|edit| source.splice(edit, cells, &mut splices));
                if let (Some(behind), Protocol::Simple) = (&plan.behind, protocol) {
                    source.behind(ruling, behind, &mut splices);
                }
                let given = spliced.and_then(|()| {
                    plan.bound
                        .iter()
                        .try_for_each(|one| source.bind(one, cells).map(|value| bound.push(value)))
                });
                match given {
                    Ok(()) => Written::Plan(ruling.own(plan)),
                    Err(report) => {
                        splices.list.truncate(before);
                        bound.clear();
                        Written::refuse(report)
                    }
                }
            }
        };
        if edited && refused_at.is_none() {
            begun.push((source.start_of(ruling), bound));
        }
        if matches!(written, Written::Refuse(_)) {
            refused_at.get_or_insert(source.start_of(ruling));
        }
        treatments.push(written);
    }
    if refused_at.is_none() && splices.list.is_empty() {
        return Sent { treatments, rewritten: false, positions: Positions::default(), parts: Vec::new() };
    }
    let end = refused_at.unwrap_or(text.len());
    splices.list.retain(|splice| splice.bytes.end <= end);
    splices.list.sort_by_key(|splice| (splice.bytes.start, splice.bytes.end));
    // REFUSES: edits that cut into each other would leave pieces of the client's text between them.
    if splices.list.is_sorted_by(|one, next| one.bytes.end <= next.bytes.start) {
        let positions = source.write(&splices, end, sent);
        if refused_at.is_some() {
            sent.extend_from_slice(SUBSTITUTE.as_bytes());
        }
        let parts = match begun.iter().any(|(_, bound)| !bound.is_empty()) {
            true => splices.parts(begun, sent),
            false => Vec::new(),
        };
        return Sent { treatments, rewritten: true, positions: Positions(positions), parts };
    }
    sent.extend_from_slice(SUBSTITUTE.as_bytes());
    treatments.iter_mut().for_each(|treatment| *treatment = Written::refuse(foreign()));
    Sent { treatments, rewritten: true, positions: Positions::default(), parts: Vec::new() }
}

impl Written {
    fn refuse(report: Report) -> Self {
        Written::Refuse(Box::new(report))
    }
}

/// Bytes of the client's text, and what stands there instead.
struct Replaced {
    bytes: Range<usize>,
    /// Where it lies in [`Splices::room`].
    with: Range<usize>,
}

/// All that is replaced. What is put in lies in one room, as a statement may have thousands.
#[derive(Default)]
struct Splices {
    list: Vec<Replaced>,
    room: Zeroizing<Vec<u8>>,
}

impl Splices {
    /// What was written, cut where the client's statements begin; the first has what stands before it.
    fn parts(&self, begun: Vec<(usize, Vec<Parameter>)>, sent: &[u8]) -> Vec<Part> {
        let mut splices = self.list.iter().peekable();
        // What has been put in and taken out so far.
        let (mut added, mut removed) = (0, 0);
        let mut parts: Vec<Part> = Vec::with_capacity(begun.len());
        for (start, parameters) in begun {
            while let Some(splice) = splices.next_if(|splice| splice.bytes.start < start) {
                added += splice.with.len();
                removed += splice.bytes.len();
            }
            let at = (start + added).saturating_sub(removed);
            let (begin, before) = match parts.last_mut() {
                None => (0, 0),
                Some(last) => {
                    last.text.end = at;
                    let own = sent.get(last.text.clone()).unwrap_or_default();
                    (at, last.before + reading::characters(own))
                }
            };
            parts.push(Part { text: begin..sent.len(), before, parameters });
        }
        parts
    }
}

/// The client's text.
struct Source<'a> {
    text: &'a [u8],
    tokens: &'a Tokens,
}

impl Source<'_> {
    fn start_of(&self, ruling: &Ruling) -> usize {
        self.tokens.get(ruling.span.start).map_or(self.text.len(), |token| token.start as usize)
    }

    /// Adds a statement behind one of the client's.
    fn behind(&self, ruling: &Ruling, statement: &str, splices: &mut Splices) {
        let end = self.tokens.bytes_of(ruling.span).map_or(self.text.len(), |bytes| bytes.end);
        let start = splices.room.len();
        splices.room.extend_from_slice(b"; ");
        splices.room.extend_from_slice(statement.as_bytes());
        splices.list.push(Replaced { bytes: end..end, with: start..splices.room.len() });
    }

    /// Adds what an edit does to this text.
    fn splice(&self, edit: &Edit, cells: &mut EpochCells, splices: &mut Splices) -> Result<(), Report> {
        let span = Span { start: edit.tokens.start, end: edit.tokens.end };
        // REFUSES: an edit that does not lie on the tokens that it is for is of another text.
        let bytes = self.tokens.bytes_of(span).filter(|_| fits(self.tokens, edit)).ok_or_else(foreign)?;
        let removed = self.text.get(bytes.clone()).ok_or_else(foreign)?;
        let with = &mut splices.room;
        let start = with.len();
        let at = |literal, error| self.at(literal, error);
        match &edit.with {
            Replacement::Text(new) => with.extend_from_slice(new.as_bytes()),
            Replacement::Blank => {
                let blank = |&byte: &u8| if byte == b'\n' { b'\n' } else { b' ' };
                with.extend(removed.iter().map(blank));
            }
            Replacement::Repeat(range) => self.repeat(range.clone(), with),
            Replacement::Seal { literal, seal } => {
                self.seal(*literal, seal, cells, with).map_err(|error| at(*literal, error))?;
            }
            Replacement::Pair { before, literal, seals, after } => {
                with.extend_from_slice(before.as_bytes());
                let [written, other] = &**seals;
                self.seal(*literal, written, cells, with).map_err(|error| at(*literal, error))?;
                with.extend_from_slice(b", ");
                self.seal(*literal, other, cells, with).map_err(|error| at(*literal, error))?;
                with.extend_from_slice(after.as_bytes());
            }
        }
        let with = start..splices.room.len();
        splices.list.push(Replaced { bytes, with });
        Ok(())
    }

    /// What a literal is as a parameter.
    fn bind(&self, bound: &Bound, cells: &mut EpochCells) -> Result<Parameter, Report> {
        // REFUSES: a literal where there is none is of another text.
        if !is_constant_at(self.tokens, bound.literal) {
            return Err(foreign());
        }
        let mut value = Zeroizing::new(Vec::new());
        let sealed = self.constant(bound.literal, &mut |constant| {
            cells.seal_constant(&bound.seal, Format::Text, constant, &mut value)
        });
        sealed.map_err(|error| self.at(bound.literal, error))?;
        let oid = match bound.seal.extent {
            Extent::Array => bound.stored.array_oid(),
            Extent::Value | Extent::Element => bound.stored.oid(),
        };
        Ok(Parameter { oid, value })
    }

    /// An error at its place in the client's text.
    fn at(&self, literal: Literal, error: CellError) -> Report {
        let place = self.tokens.get(literal.first).map_or(0, |token| token.start as usize);
        Report { position: Some(reading::position_of(self.text, place)), ..error.report() }
    }

    /// The tokens of a range, apart from each other and without comments.
    fn repeat(&self, tokens: Range<u32>, out: &mut Vec<u8>) {
        let range = tokens.start as usize..tokens.end as usize;
        for token in self.tokens.as_slice().get(range).unwrap_or_default() {
            if !token.kind.is_comment() {
                out.extend_from_slice(token.bytes(self.text));
                out.push(b' ');
            }
        }
    }

    fn seal(
        &self,
        literal: Literal,
        seal: &Seal,
        cells: &mut EpochCells,
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        let start = out.len();
        let mut is_null = false;
        out.push(b'\'');
        self.constant(literal, &mut |value| {
            is_null = TextFunction::make_null(&seal.computed, value);
            if is_null { Ok(()) } else { cells.seal_constant(seal, Format::Text, value, out) }
        })?;
        if is_null {
            out.truncate(start);
            out.extend_from_slice(b"NULL");
            return Ok(());
        }
        let sealed = out.get(start + 1..).unwrap_or_default();
        if memchr::memchr2(b'\'', b'\\', sealed).is_some() {
            let sealed = Zeroizing::new(sealed.to_vec());
            out.truncate(start);
            quote(&sealed, out);
        } else {
            out.push(b'\'');
        }
        Ok(())
    }

    /// Hands the value of a literal on.
    fn constant(
        &self,
        literal: Literal,
        take: &mut dyn FnMut(&[u8]) -> Result<(), CellError>,
    ) -> Result<(), CellError> {
        let mut scratch = Zeroizing::new(Vec::new());
        let mut signed = Zeroizing::new(Vec::new());
        let word = self.tokens.get(literal.first).map(|token| token.kind);
        let joined = literal.is_joined().then(|| self.joined(literal)).transpose()?;
        let value = match string_value(self.text, self.tokens, literal.first, &mut scratch) {
            _ if let Some(joined) = &joined => joined,
            Ok(value) => value,
            Err(_) if word == Some(TokenKind::Keyword(Keyword::True)) => b"true",
            Err(_) if word == Some(TokenKind::Keyword(Keyword::False)) => b"false",
            Err(_) => {
                let number = number_text(self.text, self.tokens, literal.first).map_err(|_| unreadable())?;
                signed.extend(literal.negated.then_some(b'-'));
                signed.extend_from_slice(number.as_bytes());
                &signed
            }
        };
        take(value)
    }

    /// The strings of a constant, put together.
    fn joined(&self, literal: Literal) -> Result<Zeroizing<Vec<u8>>, CellError> {
        let mut whole = Zeroizing::new(Vec::new());
        // The string behind UESCAPE is no part of the text.
        let mut escapes = false;
        for token in literal.tokens() {
            let kind = self.tokens.get(token).map(|token| token.kind);
            escapes |= kind == Some(TokenKind::Keyword(Keyword::Uescape));
            if kind.is_some_and(TokenKind::is_string) && !std::mem::take(&mut escapes) {
                let mut scratch = Zeroizing::new(Vec::new());
                let piece = string_value(self.text, self.tokens, token, &mut scratch);
                whole.extend_from_slice(piece.map_err(|_| unreadable())?);
            }
        }
        Ok(whole)
    }

    /// The text up to `end`, with everything replaced; and where, in characters.
    fn write(&self, splices: &Splices, end: usize, sent: &mut Vec<u8>) -> Vec<Splice> {
        let mut copied = 0;
        let mut at = 0;
        let mut positions = Vec::with_capacity(splices.list.len());
        sent.reserve(self.text.len() + splices.room.len());
        for splice in &splices.list {
            let between = self.text.get(copied..splice.bytes.start).unwrap_or_default();
            let removed = self.text.get(splice.bytes.clone()).unwrap_or_default();
            sent.extend_from_slice(between);
            let with = splices.room.get(splice.with.clone()).unwrap_or_default();
            sent.extend_from_slice(with);
            at += reading::characters(between);
            let removed = reading::characters(removed);
            positions.push(Splice { at, removed, inserted: reading::characters(with) });
            at += removed;
            copied = splice.bytes.end;
        }
        sent.extend_from_slice(self.text.get(copied..end).unwrap_or_default());
        positions
    }
}

/// As a string constant that reads the same whatever standard_conforming_strings is.
fn quote(value: &[u8], out: &mut Vec<u8>) {
    let escaped = value.contains(&b'\\');
    out.extend_from_slice(if escaped { b" E'" } else { b"'" });
    for &byte in value {
        if byte == b'\'' || byte == b'\\' {
            out.push(byte);
        }
        out.push(byte);
    }
    out.push(b'\'');
}

fn foreign() -> Report {
    Report::error(sqlstate::INTERNAL_ERROR, "the plan of this statement is not of its text")
}

fn unreadable() -> CellError {
    CellError {
        sqlstate: sqlstate::INVALID_TEXT,
        message: "invalid constant for a protected column".into(),
        hint: None,
        column: None,
    }
}
