//! Query and FunctionCall, where a judge watches.

use super::Session;
use super::fault::Fault;
use super::judge::{Judged, Part, QueryVerdict, Text, Treatment, UNTRACKED};
use super::known::Followed;
use super::owed::{Entry, Owes, QueryRun};
use super::position::Positions;
use super::relay::{Fate, Relay};
use crate::wire::from_client::Target;
use crate::wire::{from_client, write};

impl Session {
    pub(super) fn query(&mut self, body: &[u8], relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let text = from_client::query(body).map_err(Fault::Client)?;
        if self.owed.is_settling() {
            return Ok(self.hold_for_answer(relay));
        }
        self.sent.clear();
        let known = Followed {
            status: self.status,
            owed: &self.owed,
            statements: &self.statements,
            portals: &self.portals,
        };
        let verdict = self.judge.query(text, &known, &mut self.sent);
        if self.judge.awaited().is_some() {
            return Ok(Fate::Hold);
        }
        if !self.owed.is_empty() && executes_unknown(&verdict) {
            return Ok(self.hold_for_answer(relay));
        }
        match verdict {
            QueryVerdict::Clear { proof: _, takes_data } => {
                self.tally.clear += 1;
                self.owe(Entry { takes_data, ..Entry::forward(Owes::Query(None)) });
                Ok(Fate::Pass)
            }
            QueryVerdict::Statements { text, statements, positions } => {
                let refused = statements.iter().find_map(|s| s.refused_as_is(text));
                if let Some(report) = refused {
                    return Ok(self.refuse_query(report, relay));
                }
                Ok(self.query_run(text, statements, positions, relay))
            }
            QueryVerdict::Refuse(report) => Ok(self.refuse_query(report, relay)),
        }
    }

    fn query_run(
        &mut self,
        text: Text,
        statements: Vec<Judged>,
        positions: Positions,
        relay: &mut Relay<'_>,
    ) -> Fate {
        let parts = self.judge.take_parts();
        // What stands behind a refused one is not run.
        let run = statements.iter().take_while(|s| !matches!(s.treatment, Treatment::Refuse(_))).count();
        statements.iter().take(run + 1).for_each(|s| self.tally.statement(&s.treatment));
        let fate = match text {
            Text::AsIs => Fate::Pass,
            Text::Rewritten if parts.is_empty() => {
                write::query(relay.own(), &self.sent);
                Fate::Drop
            }
            Text::Rewritten => {
                with_parameters(&self.sent, &parts, relay.own());
                Fate::Drop
            }
        };
        let parts = parts.iter().map(|part| part.before).collect();
        let entry = Entry {
            takes_data: statements.iter().any(|s| s.takes_data),
            settles: statements.iter().any(Judged::holds_what_follows),
            ..Entry::forward(Owes::Query(Some(Box::new(QueryRun {
                statements,
                at: 0,
                behind: false,
                positions,
                parts,
            }))))
        };
        self.owe(entry);
        fate
    }

    pub(super) fn function_call(&mut self, body: &[u8], relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let function = from_client::function_call(body).map_err(Fault::Client)?;
        if self.owed.is_settling() {
            return Ok(self.hold_for_answer(relay));
        }
        match self.judge.function_call(function) {
            Ok(_cleared) => {
                self.tally.clear += 1;
                self.owe(Entry::forward(Owes::FunctionCall));
                Ok(Fate::Pass)
            }
            Err(report) => Ok(self.refuse_query(report, relay)),
        }
    }
}

/// Does it run a prepared statement that the judge knows nothing of? One whose Parse is in flight is known once it is
/// answered.
fn executes_unknown(verdict: &QueryVerdict) -> bool {
    match verdict {
        QueryVerdict::Clear { .. } => false,
        QueryVerdict::Statements { statements, .. } => {
            statements.iter().any(|statement| is_of_unknown(&statement.treatment))
        }
        QueryVerdict::Refuse(report) => report.reason == UNTRACKED,
    }
}

/// The same of one statement.
pub(super) fn is_of_unknown(treatment: &Treatment) -> bool {
    matches!(treatment, Treatment::Refuse(report) if report.reason == UNTRACKED)
}

/// A name that no client can use: the judge knows of no statement that it did not see made.
const OWN: &[u8] = b"pgveil query";

/// The statements of a Query as statements with parameters. Answered alike but for the messages that a
/// Query is not answered with, and for the statement, which is gone at once, as is the client's own without a
/// name (manual, "Message Flow", Extended Query). Up to the Sync all is one transaction, unless the client's
/// own words make others of it, as in a Query (manual, "Pipelining").
fn with_parameters(text: &[u8], parts: &[Part], out: &mut Vec<u8>) {
    write::close(out, Target::Statement(b""));
    for part in parts {
        let oids: Vec<_> = part.parameters.iter().map(|parameter| parameter.oid).collect();
        let values = part.parameters.iter().map(|parameter| parameter.value.as_slice());
        // One that failed has left it.
        write::close(out, Target::Statement(OWN));
        write::parse(out, OWN, text.get(part.text.clone()).unwrap_or_default(), &oids);
        write::bind_texts(out, OWN, values);
        write::describe(out, Target::Portal(b""));
        write::execute(out, b"");
        write::close(out, Target::Portal(b""));
    }
    write::close(out, Target::Statement(OWN));
    write::sync(out);
}
