//! Parse, Bind, Describe, Execute and Close, where a judge watches (Describe, Execute and Close
//! also where none does).

use std::sync::{Arc, OnceLock};

use super::Session;
use super::bind::{self, Unbound};
use super::fault::Fault;
use super::judge::{Elsewhere, Judged, ParseVerdict, Planned, Sees, Text, Treatment};
use super::known::Followed;
use super::owed::{Entry, Owes};
use super::position::Positions;
use super::prepared::{Portal, Prepared, ResultFormats, Witness};
use super::relay::{Fate, Relay};
use super::results;
use super::simple::is_of_unknown;
use crate::sql::verdict::Treat;
use crate::types::{Extent, Oid};
use crate::wire::from_client::{self, Bind, Execute, Parse, Target};
use crate::wire::report::Report;
use crate::wire::write;

/// A name that no client can use: the judge knows of no statement that it did not see made.
const OWN: &[u8] = b"pgveil behind";

/// What a name stands for when a message uses it.
enum Named {
    /// Nothing that has to be looked at.
    Plain,
    /// Nothing that may see a value.
    Nothing,
    /// This.
    Known(Arc<Prepared>),
    /// That is not certain yet.
    Unsettled,
    /// Not to be used.
    Refused(Box<Report>),
}

impl Session {
    pub(super) fn parse(&mut self, body: &[u8], relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let parse = Parse::read(body).map_err(Fault::Client)?;
        if self.skipping {
            self.doubt(&parse);
            return Ok(Fate::Drop);
        }
        if self.owed.is_settling() {
            return Ok(self.hold_for_answer(relay));
        }
        if self.is_prepared_already(parse.name) {
            return Ok(Fate::Drop);
        }
        let declared: Vec<Oid> = parse.declared().collect();
        let verdict = self.judge_parse(parse.text, &declared);
        if self.judge.awaited().is_some() {
            return Ok(Fate::Hold);
        }
        if !self.owed.is_empty() && is_of_unknown(&verdict.judged.treatment) {
            return Ok(self.hold_for_answer(relay));
        }
        if let Treatment::Refuse(report) = verdict.judged.treatment {
            return Ok(self.refuse_parse(parse.name, report, relay));
        }
        let prepared = self.prepared(parse.name, parse.text, declared, verdict.judged, verdict.positions);
        let fate = self.send_parse(&prepared, verdict.text, relay);
        let seq = self.owed.next_seq();
        self.statements.set(seq, parse.name, Some(Arc::clone(&prepared)));
        self.owe(Entry::forward(Owes::Parse(Some(prepared))));
        Ok(fate)
    }

    /// A Parse that is dropped, since the server discards until Sync. The client may not know yet, and
    /// send values after that Sync for the statement that it believes to be there.
    fn doubt(&mut self, parse: &Parse<'_>) {
        let known = self.statements.get(parse.name);
        if !known.is_some_and(|known| known.is_same(parse.text, parse.declared())) {
            let uncertain = Some(Arc::new(Prepared::uncertain()));
            // ORDER: as part of the Sync to come, which is never discarded.
            self.statements.set(self.owed.next_seq(), parse.name, uncertain);
        }
    }

    fn judge_parse(&mut self, text: &[u8], declared: &[Oid]) -> ParseVerdict {
        self.sent.clear();
        let known = Followed {
            status: self.status,
            owed: &self.owed,
            statements: &self.statements,
            portals: &self.portals,
        };
        self.judge.parse(text, declared, &known, &mut self.sent)
    }

    fn prepared(
        &self,
        server_name: &[u8],
        text: &[u8],
        declared: Vec<Oid>,
        judged: Judged,
        positions: Positions,
    ) -> Arc<Prepared> {
        let epoch = match &judged.treatment {
            Treatment::Plan(planned) => planned.epoch,
            Treatment::Clear(_) | Treatment::Refuse(_) => self.judge.epoch(),
        };
        Arc::new(Prepared {
            server_name: server_name.into(),
            text: text.into(),
            declared: declared.into(),
            judged,
            epoch,
            names: self.judge.names(),
            positions,
            witness: Witness::default(),
            described: OnceLock::new(),
            is_certain: true,
        })
    }

    /// Writes a Parse as its plan wants it, unless it can pass as it is.
    fn send_parse(&mut self, prepared: &Prepared, text: Text, relay: &mut Relay<'_>) -> Fate {
        let server_oids = prepared.planned().and_then(|p| server_oids(p, &prepared.declared));
        if text == Text::AsIs && server_oids.is_none() {
            return Fate::Pass;
        }
        let text = match text {
            Text::AsIs => &*prepared.text,
            Text::Rewritten => &self.sent,
        };
        let oids = server_oids.as_deref().unwrap_or(&prepared.declared);
        write::parse(relay.own(), &prepared.server_name, text, oids);
        Fate::Drop
    }

    /// Looks a statement's name up, judging it again if its epoch has passed.
    fn statement(&mut self, name: &[u8], relay: &mut Relay<'_>) -> Named {
        if self.statements.is_unsettled(name, self.owed.last_sync()) {
            return Named::Unsettled;
        }
        if let Some(prepared) = self.statements.get(name).map(Arc::clone) {
            if !prepared.is_certain {
                return Named::Nothing;
            }
            let current = prepared.epoch == self.judge.enter() && prepared.names == self.judge.names();
            return if current { Named::Known(prepared) } else { self.renew(name, &prepared, relay) };
        }
        match self.judge.unknown_statement(name) {
            Elsewhere::Clear(_) => Named::Plain,
            Elsewhere::Unknown => Named::Nothing,
            Elsewhere::Plan(planned) => {
                let judged = Judged::plan(planned.plan, planned.epoch);
                Named::Known(self.prepared(name, &[], Vec::new(), judged, Positions::default()))
            }
            Elsewhere::Refuse(report) => Named::Refused(report),
        }
    }

    /// A statement of an older epoch: judged anew, and prepared anew under a name of pgveil's own if
    /// the server has to hold another text for it.
    fn renew(&mut self, name: &[u8], old: &Prepared, relay: &mut Relay<'_>) -> Named {
        let verdict = self.judge_parse(&old.text, &old.declared);
        if self.judge.awaited().is_some() {
            return Named::Unsettled;
        }
        if let Treatment::Refuse(report) = verdict.judged.treatment {
            return Named::Refused(report);
        }
        if self.describes_otherwise(old, &verdict.judged) {
            return Named::Refused(Self::stale_plan());
        }
        let same_text = matches!(
            (&verdict.judged.treatment, &old.judged.treatment),
            (Treatment::Clear(_), Treatment::Clear(_))
        );
        let ours = format!("pgveil {}", self.renewed);
        let server_name = match (same_text, name) {
            (true, _) => &*old.server_name,
            (false, b"") => name,
            (false, _) => ours.as_bytes(),
        };
        let declared = old.declared.to_vec();
        let renewed = self.prepared(server_name, &old.text, declared, verdict.judged, verdict.positions);
        if !same_text {
            self.renewed += 1;
            if self.send_parse(&renewed, verdict.text, relay) == Fate::Pass {
                write::parse(relay.own(), server_name, &old.text, &old.declared);
            }
            self.owe(Entry::skip(Owes::Parse(Some(Arc::clone(&renewed)))));
            if !name.is_empty() {
                write::close(relay.own(), Target::Statement(&old.server_name));
                self.owe(Entry::skip(Owes::Close));
            }
        }
        let seq = self.owed.next_seq();
        self.statements.set(seq, name, Some(Arc::clone(&renewed)));
        Named::Known(renewed)
    }

    /// Would the client be shown other columns than it has been told of?
    fn describes_otherwise(&mut self, old: &Prepared, judged: &Judged) -> bool {
        let Some(told) = old.described.get() else { return false };
        let Some(planned) = judged.planned() else { return told.iter().any(Option::is_some) };
        let now = self.judge.cells(planned.epoch).map(|cells| results::shown(&planned.plan, cells));
        now.is_none_or(|now| !results::reads_as(told, &now))
    }

    pub(super) fn bind(&mut self, body: &[u8], relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let bind = Bind::read(body).map_err(Fault::Client)?;
        if self.owed.is_settling() {
            return Ok(self.hold_for_answer(relay));
        }
        let prepared = match self.statement(bind.statement, relay) {
            Named::Plain => return Ok(self.bind_plain(&bind, Fate::Pass)),
            Named::Nothing => {
                bind::strip(&bind, relay.own());
                return Ok(self.bind_plain(&bind, Fate::Drop));
            }
            Named::Known(prepared) => prepared,
            Named::Unsettled => return Ok(self.hold_for_answer(relay)),
            Named::Refused(report) => return Ok(self.refuse_extended(report, relay)),
        };
        let for_nothing = || bind::for_nothing(&bind, &prepared);
        let misformed = prepared.planned().and_then(|p| bind::misformed(&bind, &p.plan));
        if let Some(Unbound(report)) = misformed.or_else(for_nothing) {
            return Ok(self.refuse_extended(report, relay));
        }
        if let Some(report) = prepared.planned().and_then(|_| self.judge.suspended()) {
            return Ok(self.refuse_extended(report, relay));
        }
        match prepared.planned().map_or(Sees::Current, |planned| self.judge.admits(planned)) {
            Sees::Current => {}
            Sees::Later => return Ok(Fate::Hold),
            Sees::Nothing(report) => return Ok(self.refuse_extended(report, relay)),
        }
        let renamed = *prepared.server_name != *bind.statement;
        let fate = match prepared.planned() {
            Some(planned) if renamed || !planned.plan.params.is_empty() => {
                let Some(cells) = self.judge.cells(planned.epoch) else {
                    return Ok(self.refuse_extended(Self::stale_plan(), relay));
                };
                let out = relay.own();
                let before = out.len();
                if let Err(Unbound(report)) = bind::rewrite(&bind, &prepared, &planned.plan, cells, out) {
                    out.truncate(before);
                    return Ok(self.refuse_extended(report, relay));
                }
                Fate::Drop
            }
            _ if renamed => {
                bind::rename(&bind, &prepared.server_name, relay.own());
                Fate::Drop
            }
            _ => Fate::Pass,
        };
        self.remember(&bind, &prepared);
        self.owe(Entry::forward(Owes::Bind(Some(prepared))));
        Ok(fate)
    }

    /// A Bind whose replies need not be looked at.
    fn bind_plain(&mut self, bind: &Bind<'_>, fate: Fate) -> Fate {
        self.remember(bind, &Arc::new(Prepared::uncertain()));
        self.owe(Entry::forward(Owes::Bind(None)));
        fate
    }

    /// What the portal of a Bind is. A named one is kept even if nothing has to be looked at: the
    /// judge is asked only about names that this session did not make.
    fn remember(&mut self, bind: &Bind<'_>, prepared: &Arc<Prepared>) {
        let seq = self.owed.next_seq();
        let kept = !prepared.is_plain() || !bind.portal.is_empty();
        let portal = kept.then(|| {
            let formats = ResultFormats::new(&bind.result_formats);
            Arc::new(Portal { prepared: Arc::clone(prepared), formats, seq })
        });
        self.portals.set(seq, bind.portal, portal);
    }

    pub(super) fn describe(&mut self, body: &[u8], relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let target = from_client::target(body, "Describe").map_err(Fault::Client)?;
        match target {
            Target::Statement(_) if !self.watches => {
                self.owe(Entry::forward(Owes::DescribeStatement(None)));
                Ok(Fate::Pass)
            }
            Target::Portal(_) if !self.watches => {
                self.owe(Entry::forward(Owes::DescribePortal(None)));
                Ok(Fate::Pass)
            }
            // ORDER: a DECLARE or PREPARE before it may give the name that it asks about.
            Target::Statement(_) | Target::Portal(_) if self.owed.is_settling() => {
                Ok(self.hold_for_answer(relay))
            }
            Target::Statement(name) => Ok(self.describe_statement(name, relay)),
            Target::Portal(name) => Ok(self.describe_portal(name, relay)),
        }
    }

    fn describe_statement(&mut self, name: &[u8], relay: &mut Relay<'_>) -> Fate {
        let prepared = match self.statement(name, relay) {
            Named::Plain | Named::Nothing => None,
            Named::Known(prepared) => Some(prepared),
            Named::Unsettled => return self.hold_for_answer(relay),
            Named::Refused(report) => return self.refuse_extended(report, relay),
        };
        let renamed = prepared.as_ref().filter(|p| *p.server_name != *name);
        let fate = match renamed {
            Some(prepared) => {
                write::describe(relay.own(), Target::Statement(&prepared.server_name));
                Fate::Drop
            }
            None => Fate::Pass,
        };
        let planned = prepared.filter(|p| p.planned().is_some());
        if let Some(prepared) = &planned {
            prepared.witness.ask(self.owed.next_seq());
        }
        self.owe(Entry::forward(Owes::DescribeStatement(planned)));
        fate
    }

    fn describe_portal(&mut self, name: &[u8], relay: &mut Relay<'_>) -> Fate {
        let portal = match self.portal(name) {
            Ok(portal) => portal,
            Err(None) => return self.hold_for_answer(relay),
            Err(Some(report)) => return self.refuse_extended(report, relay),
        };
        let planned = portal.filter(|p| p.prepared.planned().is_some());
        if let Some(portal) = &planned {
            portal.prepared.witness.ask(self.owed.next_seq());
        }
        self.owe(Entry::forward(Owes::DescribePortal(planned)));
        Fate::Pass
    }

    /// `Err(None)`: not certain yet; `Err(Some)`: not to be used; `Ok(None)`: nothing to look at.
    fn portal(&mut self, name: &[u8]) -> Result<Option<Arc<Portal>>, Option<Box<Report>>> {
        if self.portals.is_unsettled(name, self.owed.last_sync()) {
            return Err(None);
        }
        if let Some(portal) = self.portals.get(name) {
            return Ok(Some(Arc::clone(portal)));
        }
        if name.is_empty() {
            return Ok(None);
        }
        match self.judge.unknown_portal(name) {
            Elsewhere::Clear(_) | Elsewhere::Unknown => Ok(None),
            Elsewhere::Plan(planned) => {
                let judged = Judged::plan(planned.plan, planned.epoch);
                let prepared = self.prepared(b"", &[], Vec::new(), judged, Positions::default());
                let formats = ResultFormats::All(from_client::Format::Text);
                Ok(Some(Arc::new(Portal { prepared, formats, seq: self.owed.next_seq() })))
            }
            Elsewhere::Refuse(report) => Err(Some(report)),
        }
    }

    pub(super) fn execute(&mut self, body: &[u8], relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let execute = Execute::read(body).map_err(Fault::Client)?;
        if !self.watches {
            self.tally.clear += 1;
            self.owe(Entry { takes_data: true, ..Entry::forward(Owes::Execute(None)) });
            return Ok(Fate::Pass);
        }
        if self.owed.is_settling() {
            return Ok(self.hold_for_answer(relay));
        }
        let portal = match self.portal(execute.portal) {
            Ok(portal) => portal,
            Err(None) => return Ok(self.hold_for_answer(relay)),
            Err(Some(report)) => return Ok(self.refuse_extended(report, relay)),
        };
        let opens = |portal: &Arc<Portal>| portal.prepared.planned().is_some_and(Planned::opens);
        if let Some(report) = portal.as_ref().filter(|p| opens(p)).and_then(|_| self.judge.suspended()) {
            return Ok(self.refuse_extended(report, relay));
        }
        if let Some(portal) = &portal {
            self.ask_witness(execute.portal, portal, relay);
        }
        let judged = portal.as_ref().map(|p| &p.prepared.judged);
        match judged {
            Some(judged) => self.tally.statement(&judged.treatment),
            None => self.tally.clear += 1,
        }
        let entry = Entry {
            takes_data: judged.is_some_and(|j| j.takes_data),
            settles: judged.is_some_and(Judged::holds_what_follows),
            ..Entry::forward(Owes::Execute(None))
        };
        let behind = judged.and_then(Judged::behind).map(str::to_owned);
        self.owe(Entry { owes: Owes::Execute(portal), ..entry });
        let Some(behind) = behind else { return Ok(Fate::Pass) };
        write::execute(relay.own(), execute.portal);
        self.execute_behind(&behind, relay);
        Ok(Fate::Drop)
    }

    /// ORDER: before anything else of the client's, up to whose Sync all is one transaction.
    fn execute_behind(&mut self, statement: &str, relay: &mut Relay<'_>) {
        let out = relay.own();
        // One that failed has left it.
        write::close(out, Target::Statement(OWN));
        write::parse(out, OWN, statement.as_bytes(), &[]);
        write::bind_texts(out, OWN, std::iter::empty::<&[u8]>());
        write::execute(out, b"");
        write::close(out, Target::Portal(b""));
        write::close(out, Target::Statement(OWN));
        let owed =
            [Owes::Close, Owes::Parse(None), Owes::Bind(None), Owes::Execute(None), Owes::Close, Owes::Close];
        for owes in owed {
            self.owe(Entry { settles: true, ..Entry::skip(owes) });
        }
    }

    /// Rows are opened only after the server has said what they are: a client that never asks is
    /// asked for, once per statement.
    fn ask_witness(&mut self, name: &[u8], portal: &Arc<Portal>, relay: &mut Relay<'_>) {
        let opens = portal.prepared.planned().is_some_and(Planned::opens);
        let witness = &portal.prepared.witness;
        if opens && !witness.is_certain_after(self.owed.last_sync()) {
            witness.ask(self.owed.next_seq());
            write::describe(relay.own(), Target::Portal(name));
            self.owe(Entry::skip(Owes::DescribePortal(Some(Arc::clone(portal)))));
        }
    }

    pub(super) fn close(&mut self, body: &[u8], relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let target = from_client::target(body, "Close").map_err(Fault::Client)?;
        let seq = self.owed.next_seq();
        let fate = match target {
            Target::Portal(name) => {
                self.portals.set(seq, name, None);
                Fate::Pass
            }
            Target::Statement(name) => {
                let known = self.statements.get(name).filter(|p| p.is_certain && *p.server_name != *name);
                let fate = match known {
                    Some(prepared) => {
                        write::close(relay.own(), Target::Statement(&prepared.server_name));
                        Fate::Drop
                    }
                    None => Fate::Pass,
                };
                self.statements.set(seq, name, None);
                fate
            }
        };
        self.owe(Entry::forward(Owes::Close));
        Ok(fate)
    }
}

/// The types to declare for the server's `$1 …`; `None` if they are the client's own.
fn server_oids(planned: &Planned, declared: &[Oid]) -> Option<Vec<Oid>> {
    let params = &planned.plan.params;
    (!params.is_empty()).then(|| {
        let oid = |p: &crate::sql::verdict::ServerParam| match &p.treat {
            Treat::Keep | Treat::Null => declared.get(usize::from(p.client)).copied().unwrap_or(0),
            Treat::Seal(seal, stored) if seal.extent == Extent::Array => stored.array_oid(),
            Treat::Seal(_, stored) => stored.oid(),
        };
        params.iter().map(oid).collect()
    })
}
