//! Query and FunctionCall, where a judge watches.

use super::Session;
use super::fault::Fault;
use super::judge::{Judged, QueryVerdict, Text, Treatment};
use super::known::Followed;
use super::owed::{Entry, Owes, QueryRun};
use super::position::Positions;
use super::relay::{Fate, Relay};
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
        // What stands behind a refused one is not run.
        let run = statements.iter().take_while(|s| !matches!(s.treatment, Treatment::Refuse(_))).count();
        statements.iter().take(run + 1).for_each(|s| self.tally.statement(&s.treatment));
        let fate = match text {
            Text::AsIs => Fate::Pass,
            Text::Rewritten => {
                write::query(relay.own(), &self.sent);
                Fate::Drop
            }
        };
        let entry = Entry {
            takes_data: statements.iter().any(|s| s.takes_data),
            settles: statements.iter().any(Judged::holds_what_follows),
            ..Entry::forward(Owes::Query(Some(Box::new(QueryRun { statements, at: 0, positions }))))
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
