//! Refusal by substitution: in place of what is refused goes what the server itself rejects at
//! analysis, so that order, discarding and transaction state are the server's own. In an aborted
//! transaction it answers 25P02 instead, which is forwarded.

use std::sync::Arc;

use super::Session;
use super::judge::{Judged, SUBSTITUTE, Treatment};
use super::owed::{Entry, Owes, QueryRun};
use super::position::Positions;
use super::prepared::Prepared;
use super::relay::{Fate, Relay};
use crate::wire::report::Report;
use crate::wire::write;

/// Named, so that the unnamed statement survives; never comes to be, since its analysis fails.
const SUBSTITUTE_NAME: &[u8] = b"pgveil refused";

impl Session {
    /// In place of a Query or FunctionCall: an error, then ReadyForQuery.
    pub(super) fn refuse_query(&mut self, report: Box<Report>, relay: &mut Relay<'_>) -> Fate {
        self.tally.refusal(&report);
        let treatment = Treatment::Refuse(report);
        let judged = Judged { treatment, takes_data: false, effect: None, settles: false };
        let run = QueryRun {
            statements: vec![judged],
            at: 0,
            behind: false,
            positions: Positions::default(),
            parts: Vec::new(),
        };
        write::query(relay.own(), SUBSTITUTE.as_bytes());
        self.owe(Entry::forward(Owes::Query(Some(Box::new(run)))));
        Fate::Drop
    }

    /// In place of a Parse: as there, a failed Parse of the unnamed statement drops the old one.
    /// Values that follow for this name do not go to what it stood for.
    pub(super) fn refuse_parse(&mut self, name: &[u8], report: Box<Report>, relay: &mut Relay<'_>) -> Fate {
        let uncertain = Some(Arc::new(Prepared::uncertain()));
        self.statements.set(self.owed.next_seq(), name, uncertain);
        let name = if name.is_empty() { name } else { SUBSTITUTE_NAME };
        self.refuse_named(name, report, relay)
    }

    /// In place of any other extended-protocol message.
    pub(super) fn refuse_extended(&mut self, report: Box<Report>, relay: &mut Relay<'_>) -> Fate {
        self.refuse_named(SUBSTITUTE_NAME, report, relay)
    }

    fn refuse_named(&mut self, name: &[u8], report: Box<Report>, relay: &mut Relay<'_>) -> Fate {
        self.tally.refusal(&report);
        write::parse(relay.own(), name, SUBSTITUTE.as_bytes(), &[]);
        self.owe(Entry::substitute(Owes::Parse(None), report));
        // ORDER: the server will discard until Sync, so nothing of the client is sent until then.
        self.skipping = true;
        Fate::Drop
    }

    /// The error that a plan meets whose epoch is gone.
    pub(super) fn stale_plan() -> Box<Report> {
        let message = "cached plan must not change result type";
        let report = Report::error(crate::wire::sqlstate::FEATURE_NOT_SUPPORTED, message);
        Box::new(Report { reason: "stale-plan", ..report })
    }
}
