//! Judges for the tests of the session.

use pgveil::session::judge::{
    Cells, Elsewhere, EpochId, Event, Judge, Judged, Known, ParseVerdict, QueryVerdict, SUBSTITUTE, Text,
};
use pgveil::session::names::Names;
use pgveil::session::position::Positions;
use pgveil::sql::verdict::Cleared;
use pgveil::wire::report::Report;

/// Refuses every statement that contains the marker. Statements end at `;`: no quoting is understood.
pub struct RefuseMarked(pub &'static str);

/// What a refused statement is answered with.
pub fn refusal() -> Report {
    Report::error("0A000", "marked").hint("Leave the mark out.")
}

pub fn refused() -> Vec<u8> {
    let mut out = Vec::new();
    refusal().write(&mut out);
    out
}

fn takes_data(text: &str) -> bool {
    let text = text.trim_start().to_ascii_uppercase();
    text.starts_with("COPY") && text.contains("STDIN") || text.starts_with("START_REPLICATION")
}

impl RefuseMarked {
    fn judged(&self, text: &str) -> Judged {
        if text.contains(self.0) {
            Judged::refuse(refusal())
        } else {
            Judged { takes_data: takes_data(text), ..Judged::clear(Cleared::nothing_is_tagged()) }
        }
    }
}

impl Judge for RefuseMarked {
    fn query(&mut self, text: &[u8], _: &dyn Known, sent: &mut Vec<u8>) -> QueryVerdict {
        let text = String::from_utf8_lossy(text);
        let pieces: Vec<&str> = text.split(';').filter(|s| !s.trim().is_empty()).collect();
        if !text.contains(self.0) {
            let proof = Cleared::nothing_is_tagged();
            return QueryVerdict::Clear { proof, takes_data: pieces.iter().any(|p| takes_data(p)) };
        }
        let mut statements = Vec::new();
        for piece in pieces {
            let judged = self.judged(piece);
            let refused = piece.contains(self.0);
            sent.extend_from_slice(if refused { SUBSTITUTE } else { piece }.as_bytes());
            sent.push(b';');
            statements.push(judged);
        }
        QueryVerdict::Statements { text: Text::Rewritten, statements, positions: Positions::default() }
    }

    fn parse(&mut self, text: &[u8], _: &[u32], _: &dyn Known, _: &mut Vec<u8>) -> ParseVerdict {
        ParseVerdict::as_is(self.judged(&String::from_utf8_lossy(text)))
    }

    fn unknown_statement(&mut self, name: &[u8]) -> Elsewhere {
        if String::from_utf8_lossy(name).contains(self.0) {
            Elsewhere::Refuse(Box::new(refusal()))
        } else {
            Elsewhere::Unknown
        }
    }

    fn unknown_portal(&mut self, _: &[u8]) -> Elsewhere {
        Elsewhere::Unknown
    }

    fn function_call(&mut self, function: u32) -> Result<Cleared, Box<Report>> {
        if function == 666 { Err(Box::new(refusal())) } else { Ok(Cleared::nothing_is_tagged()) }
    }

    fn event(&mut self, _: Event<'_>, _: &mut dyn Names) -> Result<(), Box<Report>> {
        Ok(())
    }

    fn cells(&mut self, _: EpochId) -> Option<&mut dyn Cells> {
        None
    }
}
