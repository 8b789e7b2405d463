//! COPY of protected columns: a stream cut into rows, its fields sealed on their way to the server
//! and opened on their way to the client.
//!
//! Knows the three formats and holds at most one row. Does not know when a COPY is open: that is the
//! session's, in [`session`]. Chunks of CopyData say nothing; rows are cut wherever they begin.

mod binary;
mod csv;
mod fields;
mod lines;
mod session;
mod spoilt;
mod text;
mod way;

use std::sync::Arc;

use zeroize::Zeroizing;

use super::judge::{Cells, EpochId, Planned};
use crate::sql::verdict::{CopyFormat, CopyHeader, CopyPlan, Plan};
use crate::wire::frame::Frame;
use crate::wire::from_client::Format;
use crate::wire::report::Report;
use binary::Binary;
use csv::Csv;
use fields::{Fields, Scratch};
use lines::Line;
use spoilt::Spoilt;
use text::Text;
use way::Way;

/// One COPY that is open.
pub(super) struct CopyStream {
    plan: Arc<Plan>,
    epoch: EpochId,
    way: Way,
    shape: Shape,
    /// The first line is still to come.
    header: CopyHeader,
    /// What has come of a row.
    held: Zeroizing<Vec<u8>>,
    scratch: Scratch,
    /// Longest row, in bytes.
    limit: usize,
    /// Rows taken, the header among them.
    rows: u64,
    /// Nothing that comes now is read: the end marker has been.
    over: bool,
    /// Every message so far was one row.
    lone: bool,
    /// CopyFail has been sent because of this.
    failed: Option<Box<Report>>,
}

/// By format.
enum Shape {
    Text(Text),
    Csv(Csv),
    Binary(Binary),
}

impl CopyStream {
    /// The stream of a planned COPY; `None` if the plan is of none.
    pub fn new(planned: &Planned, limit: usize) -> Option<Self> {
        let copy = planned.plan.copy.as_ref()?;
        let way = if copy.from_client { Way::In } else { Way::Out };
        let (shape, header) = Shape::new(way, copy);
        Some(CopyStream {
            plan: Arc::clone(&planned.plan),
            epoch: planned.epoch,
            way,
            shape,
            header,
            held: Zeroizing::default(),
            scratch: Scratch::default(),
            limit,
            rows: 0,
            over: false,
            lone: true,
            failed: None,
        })
    }

    /// Whether the server announces the stream that was planned.
    pub fn agrees(&self, from_client: bool, overall: Format, columns: &[Format]) -> bool {
        let format = match &self.shape {
            Shape::Text(_) | Shape::Csv(_) => Format::Text,
            Shape::Binary(_) => Format::Binary,
        };
        let count = self.plan.copy.as_ref().map(|copy| copy.fields.len());
        (self.way == Way::In) == from_client
            && overall == format
            && count == Some(columns.len())
            && columns.iter().all(|column| *column == format)
    }

    /// Takes a chunk and appends the rows that are complete, changed. After an error nothing of the
    /// row that failed is in `out`.
    pub fn take(
        &mut self,
        bytes: &[u8],
        ended: bool,
        cells: &mut dyn Cells,
        out: &mut Vec<u8>,
    ) -> Result<(), Spoilt> {
        if matches!(self.shape, Shape::Text(_) | Shape::Csv(_)) && memchr::memchr(0, bytes).is_some() {
            return Err(Spoilt::Zero);
        }
        // What was held is the front of a row, so only a chunk that finds one is copied as a whole.
        let mut held = std::mem::take(&mut self.held);
        if held.is_empty() {
            let taken = self.pieces(bytes, ended, cells, out)?;
            held.extend_from_slice(bytes.get(taken..).unwrap_or(&[]));
        } else {
            held.extend_from_slice(bytes);
            let taken = self.pieces(&held, ended, cells, out)?.min(held.len());
            held.drain(..taken);
        }
        self.held = held;
        if self.held.len() > self.limit {
            return Err(Spoilt::TooLong { limit: self.limit });
        }
        Ok(())
    }

    /// The messages at the front of `run`, whole CopyData, each of which is one row and nothing else,
    /// and how many there are. Without a server that writes otherwise, that is all of them.
    fn lone_rows<'r>(&mut self, run: &'r [u8]) -> (&'r [u8], u64) {
        let begun = self.held.is_empty() && matches!(self.header, CopyHeader::Absent) && !self.over;
        let (mut end, mut rows) = (0, 0);
        while begun && let Ok(Some(frame)) = Frame::cut(run.get(end..).unwrap_or(&[])) {
            if !self.shape.is_row(frame.body()) {
                self.lone = false;
                break;
            }
            end += frame.whole.len();
            rows += 1;
        }
        (run.get(..end).unwrap_or(&[]), rows)
    }

    /// Appends one of those rows, changed.
    fn lone_row(&self, body: &[u8], cells: &mut dyn Cells, out: &mut Vec<u8>) -> Result<(), Spoilt> {
        let copy = self.plan.copy.as_ref().ok_or(Spoilt::Stale)?;
        let mut scratch = Scratch::default();
        let mut fields = Fields { planned: &copy.fields, cells, scratch: &mut scratch };
        let (line, end) = body.split_at(body.len().saturating_sub(self.shape.ending_bytes()));
        self.shape.row(line, &mut fields, out)?;
        out.extend_from_slice(end);
        Ok(())
    }

    /// The rows at the front of `stream` that are complete; returns how many bytes they were.
    fn pieces(
        &mut self,
        stream: &[u8],
        ended: bool,
        cells: &mut dyn Cells,
        out: &mut Vec<u8>,
    ) -> Result<usize, Spoilt> {
        let plan = Arc::clone(&self.plan);
        let Some(copy) = &plan.copy else { return Err(Spoilt::Stale) };
        let mut at = 0;
        loop {
            let start = out.len();
            match self.piece(stream.get(at..).unwrap_or(&[]), ended, copy, cells, out) {
                Ok(Some(taken)) => {
                    at += taken;
                    self.rows += 1;
                }
                Ok(None) => return Ok(at),
                Err(spoilt) => {
                    out.truncate(start);
                    return Err(spoilt);
                }
            }
        }
    }

    /// One row at the front of `held`; `None` if it is not there in full.
    fn piece(
        &mut self,
        held: &[u8],
        ended: bool,
        copy: &CopyPlan,
        cells: &mut dyn Cells,
        out: &mut Vec<u8>,
    ) -> Result<Option<usize>, Spoilt> {
        let mut fields = Fields { planned: &copy.fields, cells, scratch: &mut self.scratch };
        if self.over {
            return match &self.shape {
                // The server reads nothing behind the marker either.
                Shape::Text(_) => Ok((!held.is_empty()).then_some(held.len())),
                // REFUSES: PostgreSQL 18 takes the marker for a row, and what follows for more.
                Shape::Csv(_) if !held.is_empty() => Err(AFTER_MARKER),
                Shape::Csv(_) | Shape::Binary(_) => Ok(None),
            };
        }
        let line = match &mut self.shape {
            Shape::Binary(binary) => return binary.take(held, ended, &mut fields, out),
            Shape::Text(text) => text.line(held, ended)?,
            Shape::Csv(csv) => csv.line(held, ended)?,
        };
        let (text, whole) = match line {
            Line::More => return Ok(None),
            Line::Whole { text, whole } => (text, whole),
            Line::Last { text, whole } => {
                self.over = true;
                if text == 0 {
                    return Ok(Some(whole));
                }
                (text, whole)
            }
        };
        let row = held.get(..text).unwrap_or(&[]);
        match (std::mem::replace(&mut self.header, CopyHeader::Absent), self.way) {
            (CopyHeader::Absent, _) => self.shape.row(row, &mut fields, out)?,
            // REFUSES: to show the server a line that nobody reads, and that may be a person's.
            (CopyHeader::Names, Way::In) => {}
            (CopyHeader::Match(names), Way::In) if !self.shape.names(row, &names)? => {
                return Err(Spoilt::Format("the header line does not give the names of the columns"));
            }
            (CopyHeader::Names | CopyHeader::Match(_), Way::Out) | (CopyHeader::Match(_), Way::In) => {
                out.extend_from_slice(row);
            }
        }
        if !self.over {
            out.extend_from_slice(held.get(text..whole).unwrap_or(&[]));
        }
        Ok(Some(whole))
    }
}

const AFTER_MARKER: Spoilt = Spoilt::Format("data after the end-of-copy marker");

impl Shape {
    fn new(way: Way, copy: &CopyPlan) -> (Self, CopyHeader) {
        match &copy.format {
            CopyFormat::Text { delimiter, null, header } => {
                (Shape::Text(Text::new(way, *delimiter, null)), header.clone())
            }
            CopyFormat::Csv {
                delimiter,
                null,
                quote,
                escape,
                header,
                force_quote,
                force_null,
                force_not_null,
            } => {
                let options = csv::Options {
                    delimiter: *delimiter,
                    null: null.as_bytes().into(),
                    quote: *quote,
                    escape: *escape,
                    force_quote: force_quote.as_slice().into(),
                    force_null: force_null.as_slice().into(),
                    force_not_null: force_not_null.as_slice().into(),
                };
                (Shape::Csv(Csv::new(way, options, copy.fields.len() == 1)), header.clone())
            }
            CopyFormat::Binary => (Shape::Binary(Binary::Header), CopyHeader::Absent),
        }
    }

    /// Whether `bytes`, at the start of a row, are one row with its end. Afterwards the next row starts.
    fn is_row(&mut self, bytes: &[u8]) -> bool {
        if memchr::memchr(0, bytes).is_some() {
            return false;
        }
        let line = match self {
            Shape::Text(text) => text.only_line(bytes),
            Shape::Csv(csv) => csv.only_line(bytes),
            Shape::Binary(_) => return false,
        };
        matches!(line, Ok(Line::Whole { whole, .. }) if whole == bytes.len())
    }

    /// Bytes of the end of a line.
    fn ending_bytes(&self) -> usize {
        match self {
            Shape::Text(text) => text.ending_bytes(),
            Shape::Csv(csv) => csv.ending_bytes(),
            Shape::Binary(_) => 0,
        }
    }

    fn row(&self, line: &[u8], fields: &mut Fields<'_>, out: &mut Vec<u8>) -> Result<(), Spoilt> {
        match self {
            Shape::Text(text) => text.row(line, fields, out),
            Shape::Csv(csv) => csv.row(line, fields, out),
            Shape::Binary(_) => Err(AFTER_MARKER),
        }
    }

    fn names(&self, line: &[u8], wanted: &[Box<str>]) -> Result<bool, Spoilt> {
        match self {
            Shape::Text(text) => Ok(text.names(line, wanted)),
            Shape::Csv(csv) => csv.names(line, wanted),
            Shape::Binary(_) => Err(AFTER_MARKER),
        }
    }
}
