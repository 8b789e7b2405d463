//! A judge with a table of plans, and cells that seal by putting angle brackets round a value.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use pgveil::names::ColumnId;
use pgveil::policy::model::Purpose;
use pgveil::session::judge::{
    CellError, Cells, Constant, Effect, Elsewhere, EpochId, Event, Judge, Judged, Known, ParseVerdict,
    QueryVerdict, Shown, Text,
};
use pgveil::session::names::Names;
use pgveil::session::position::Positions;
use pgveil::sql::verdict::{Cleared, Document, Open, Plan, Seal, ServerParam, Treat};
use pgveil::types::{Extent, StoredType, oid};
use pgveil::wire::from_client::Format;
use pgveil::wire::report::Report;

/// What is planned for one text.
#[derive(Clone)]
pub struct Entry {
    pub sent: Option<&'static str>,
    pub judged: Judged,
    pub positions: Positions,
}

/// Texts that are not in the table are clear.
#[derive(Clone, Default)]
pub struct Planner {
    pub table: HashMap<&'static str, Entry>,
    /// The epoch now; changed by the test while the session lives.
    pub epoch: Arc<Mutex<u64>>,
    /// What the session told.
    pub heard: Arc<Mutex<Vec<String>>>,
    /// Names that mean something to the judge alone.
    pub elsewhere: HashMap<&'static str, Elsewhere>,
    /// Epochs below have no keys.
    pub oldest: u64,
    /// A sealed value does not show what it was.
    pub hides: bool,
}

impl Planner {
    pub fn plan(mut self, text: &'static str, sent: Option<&'static str>, plan: Plan) -> Self {
        let judged = Judged::plan(Arc::new(plan), EpochId(0));
        self.table.insert(text, Entry { sent, judged, positions: Positions::default() });
        self
    }

    pub fn judged(mut self, text: &'static str, judged: Judged) -> Self {
        self.table.insert(text, Entry { sent: None, judged, positions: Positions::default() });
        self
    }

    pub fn positions(mut self, text: &'static str, positions: Positions) -> Self {
        self.table.get_mut(text).expect("a planned text").positions = positions;
        self
    }

    pub fn hiding(mut self) -> Self {
        self.hides = true;
        self
    }

    fn look(&self, text: &[u8], sent: &mut Vec<u8>) -> (Judged, Text, Positions) {
        let text = std::str::from_utf8(text).expect("text");
        let clear = Judged::clear(Cleared::nothing_is_tagged());
        let Some(entry) = self.table.get(text) else { return (clear, Text::AsIs, Positions::default()) };
        let mut judged = entry.judged.clone();
        if let pgveil::session::judge::Treatment::Plan(planned) = &mut judged.treatment {
            planned.epoch = self.epoch();
        }
        let what = match entry.sent {
            Some(other) => {
                sent.extend_from_slice(other.as_bytes());
                Text::Rewritten
            }
            None => Text::AsIs,
        };
        (judged, what, entry.positions.clone())
    }
}

impl Judge for Planner {
    fn epoch(&self) -> EpochId {
        EpochId(*self.epoch.lock().expect("the epoch"))
    }

    fn query(&mut self, text: &[u8], _: &dyn Known, sent: &mut Vec<u8>) -> QueryVerdict {
        let (judged, text, positions) = self.look(text, sent);
        QueryVerdict::Statements { text, statements: vec![judged], positions }
    }

    fn parse(
        &mut self,
        text: &[u8],
        declared: &[u32],
        known: &dyn Known,
        sent: &mut Vec<u8>,
    ) -> ParseVerdict {
        self.heard.lock().expect("notes").push(format!("parse {declared:?} settled={}", known.settled()));
        let (judged, text, positions) = self.look(text, sent);
        ParseVerdict { judged, text, positions }
    }

    fn unknown_statement(&mut self, name: &[u8]) -> Elsewhere {
        self.unknown_portal(name)
    }

    fn unknown_portal(&mut self, name: &[u8]) -> Elsewhere {
        let name = std::str::from_utf8(name).expect("a name");
        self.elsewhere.get(name).cloned().unwrap_or(Elsewhere::Unknown)
    }

    fn function_call(&mut self, _: u32) -> Result<Cleared, Box<Report>> {
        Ok(Cleared::nothing_is_tagged())
    }

    fn event(&mut self, event: Event<'_>, names: &mut dyn Names) -> Result<(), Box<Report>> {
        let note = match event {
            Event::Completed { effect, tag } => {
                if effect == Effect(99) {
                    names.forget_statements();
                }
                format!("completed {} {}", effect.0, tag.escape_ascii())
            }
            Event::Failed { sqlstate } => format!("failed {}", sqlstate.escape_ascii()),
            Event::Ready(status) => format!("ready {status:?}"),
            Event::Parameter { name, value } => {
                if name == b"evil" {
                    return Err(Box::new(Report::fatal("0A000", "not explained")));
                }
                format!("parameter {} {}", name.escape_ascii(), value.escape_ascii())
            }
        };
        self.heard.lock().expect("notes").push(note);
        Ok(())
    }

    fn cells(&mut self, epoch: EpochId) -> Option<&mut dyn Cells> {
        (epoch.0 >= self.oldest).then_some(self as &mut dyn Cells)
    }
}

impl Cells for Planner {
    fn open_document(
        &mut self,
        document: &Document,
        _: Format,
        stored: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        out.extend_from_slice(if document.binary { b"jsonb of " } else { b"json of " });
        out.extend_from_slice(stored);
        Ok(())
    }

    fn seal(
        &mut self,
        seal: &Seal,
        _: StoredType,
        constant: Constant<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        if constant.value == b"unsealable" {
            return Err(CellError {
                sqlstate: "22P02",
                message: "invalid input".into(),
                hint: None,
                column: None,
            });
        }
        let format = if constant.format == Format::Binary { "b" } else { "" };
        out.extend_from_slice(format!("<{}{}:", seal.column.0, format).as_bytes());
        out.extend_from_slice(if self.hides { b"hidden" } else { constant.value });
        out.push(b'>');
        Ok(())
    }

    fn seal_field(
        &mut self,
        column: ColumnId,
        format: Format,
        value: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        let seal = Seal {
            column,
            extent: Extent::Value,
            given: None,
            casts: Vec::new(),
            computed: Vec::new(),
            purpose: Purpose::Store,
            side: Default::default(),
        };
        self.seal(&seal, StoredType::Text, Constant { format, declared: 0, value }, out)
    }

    fn open(
        &mut self,
        open: &Open,
        format: Format,
        stored: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), CellError> {
        let head = format!("<{}:", open.column.0);
        match stored.strip_prefix(head.as_bytes()).and_then(|s| s.strip_suffix(b">")) {
            Some(value) => {
                out.extend_from_slice(if format == Format::Binary { b"b" } else { b"" });
                out.extend_from_slice(value);
                Ok(())
            }
            None => {
                out.extend_from_slice(b"half a secret");
                Err(CellError { sqlstate: "XX001", message: "damaged".into(), hint: None, column: None })
            }
        }
    }

    fn beside(&self) -> Option<Box<dyn Cells + Send>> {
        Some(Box::new(self.clone()))
    }

    fn shown(&self, _: &Open) -> Shown {
        Shown { oid: oid::DATE, typlen: 4, typmod: -1, cast: false }
    }

    fn is_protected(&self, table: u32, attnum: i16) -> bool {
        (table, attnum) == (500, 2)
    }
}

/// Column `n`, stored in the client's `$client+1`.
pub fn sealed(client: u16, column: u32) -> ServerParam {
    let seal = Seal {
        column: ColumnId(column),
        extent: Extent::Value,
        given: None,
        casts: Vec::new(),
        computed: Vec::new(),
        purpose: Purpose::Store,
        side: Default::default(),
    };
    ServerParam { client, treat: Treat::Seal(seal, StoredType::Text) }
}

pub fn kept(client: u16) -> ServerParam {
    ServerParam { client, treat: Treat::Keep }
}

pub fn opened(column: u32, witness: Option<(u32, i16)>) -> pgveil::sql::verdict::OutColumn {
    let open = Open {
        column: ColumnId(column),
        extent: Extent::Value,
        witness,
        casts: Vec::new(),
        lengthless: false,
        beside: false,
    };
    pgveil::sql::verdict::OutColumn::Open(open)
}
