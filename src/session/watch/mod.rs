//! The judge of a session with a policy: asks `sql` for verdicts, `protect` for cells, and follows
//! what the client's statements do to the session.
//!
//! Knows no protocol beyond [`super::judge::Judge`]. One [`Watch`] per session; what sessions share is
//! in the [`Epoch`], an immutable value.

mod effects;
mod epochs;
mod executed;
mod moving;
mod reading;
mod sight;
mod startup;
mod text;

use std::sync::Arc;

use super::cells::EpochCells;
use super::epoch::{Dependence, Epoch, Epochs};
use super::following::Following;
use super::judge::{
    Cells, Elsewhere, EpochId, Event, Judge, Judged, Known, ParseVerdict, Part, Planned, QueryVerdict, Sees,
    Text, Treatment, report_of,
};
use super::look::Look;
use super::names::Names;
use super::position::Positions;
use super::tally::Tally;
use crate::catalog::path::SearchPath;
use crate::protect::{Desk, TextSettings};
use crate::sql::gate;
use crate::sql::known::{Prepared, Protocol, SessionNames};
use crate::sql::lexer::{Keyword, TokenKind, Tokens};
use crate::sql::unmade;
use crate::sql::verdict::{Cleared, Plan, Refusal};
use crate::types::Oid;
use crate::wire::from_server::Status;
use crate::wire::report::Report;
use crate::wire::sqlstate;
use effects::{Effects, Followed};
use epochs::Own;
use moving::Moving;
pub use reading::Remembered;
use reading::{Looked, Reading};
use sight::Looking;

/// The judge of one session.
pub struct Watch {
    epochs: Arc<dyn Epochs>,
    /// The desk of the session, at the epoch last used.
    cells: EpochCells,
    /// Older epochs that something in progress may depend on.
    kept: Vec<Arc<Epoch>>,
    /// Where the proxy sees the oldest of them.
    dependence: Arc<Dependence>,
    /// Something is in progress, and `dependence` says so.
    holds: bool,
    following: Following,
    moving: Moving,
    own: Option<Own>,
    /// Revision of `following` that names and desk agree with.
    applied: u64,
    /// What the paths of `names` were made of.
    paths: Option<Paths>,
    names: SessionNames,
    effects: Effects,
    tokens: Tokens,
    shape: Vec<u8>,
    looked: Looked,
    looking: Looking,
    parts: Vec<Part>,
}

/// The search_path of now and that which RESET leads to, before a role's name is put into them.
struct Paths {
    now: SearchPath,
    start: SearchPath,
}

impl Watch {
    /// A session that begins now, in the epoch in force.
    pub fn new(epochs: Arc<dyn Epochs>, desk: Desk) -> Self {
        let (epoch, dependence) = (epochs.current(), epochs.attend());
        Watch {
            epochs,
            dependence,
            holds: false,
            cells: EpochCells { epoch, desk },
            kept: Vec::new(),
            following: Following::default(),
            moving: Moving::default(),
            own: None,
            applied: 0,
            paths: None,
            names: SessionNames::default(),
            effects: Effects::default(),
            tokens: Tokens::default(),
            shape: Vec::new(),
            looked: Looked::default(),
            looking: Looking::default(),
            parts: Vec::new(),
        }
    }

    /// Settings as the start-up packet asks for them: the client's word, taken before any report.
    pub fn started_with(&mut self, name: &str, value: &str) {
        match name {
            "options" => startup::settings(value, |name, value| self.following.ask(name, value)),
            _ => self.following.ask(name, value),
        }
    }

    /// What the server says, asked before the session begins, of a parameter that it does not report.
    pub fn told(&mut self, name: &str, value: &str) {
        self.following.told(name, value);
    }

    /// The role of the session, on the server too.
    pub fn is_of(&mut self, role: &str) {
        self.following.is_of(role);
    }

    /// Whether the role may change the shape of what is protected.
    pub fn may_define(&mut self, may: bool) {
        self.names.may_define = may;
    }

    /// Makes what analysis and cells look at agree with what is followed.
    fn apply_settings(&mut self) {
        self.names.has_changed = !self.moving.changes().is_empty();
        if self.applied == self.following.revision() {
            return;
        }
        self.applied = self.following.revision();
        self.follow_path();
        let now = self.following.now();
        self.names.standard_strings = now.standard_strings;
        self.names.utf8 = now.client_utf8 && now.server_utf8;
        self.names.unexplained = self.following.closed();
        self.cells.desk.settings = TextSettings::clone(&now.text);
    }

    /// Most of what is followed leaves the path as it was, BEGIN and COMMIT first: then nothing is built.
    fn follow_path(&mut self) {
        let (now, start) = (&self.following.now().search_path, &self.following.start().search_path);
        let role = self.following.role();
        self.names.path_hangs = self.following.path_hangs();
        let same = |made: &Paths| (&made.now, &made.start) == (now, start);
        if self.paths.as_ref().is_some_and(same) && self.names.role.as_deref() == role {
            return;
        }
        self.names.follow_path(now.of_role(role));
        self.names.start_path = start.of_role(role);
        self.names.role = role.map(str::to_owned);
        self.paths = Some(Paths { now: now.clone(), start: start.clone() });
    }

    /// Judges `text` as a whole; what is sent in its place is appended to `sent`.
    fn judge(
        &mut self,
        text: &[u8],
        declared: &[Oid],
        protocol: Protocol,
        portals: &dyn Known,
        sent: &mut Vec<u8>,
    ) -> Outcome {
        if self.looking.is_under_way() {
            return Outcome::Later;
        }
        let look = self.looking.awaited.take();
        self.catch_up();
        let suspended = self.epochs.are_suspended().then(Self::out_of_touch);
        let counted = self.looked;
        let mut reading = Reading {
            text,
            declared,
            protocol,
            epoch: &self.cells.epoch,
            names: &self.names,
            tokens: &mut self.tokens,
            shape: &mut self.shape,
            looked: &mut self.looked,
        };
        let mut found = reading.read();
        if self.looked.analysed > counted.analysed {
            found = self.with_executed(text, declared, protocol, portals).unwrap_or(found);
        }
        let is_read = !matches!(found, reading::Found::Refuse(_));
        if is_read && (self.names.rows_may_follow || protocol == Protocol::Simple) {
            let says_nothing = |kind: TokenKind| kind.is_comment() || kind == TokenKind::Semicolon;
            if !self.tokens.as_slice().iter().all(|token| says_nothing(token.kind)) {
                self.names.rows_may_follow =
                    protocol == Protocol::Simple && gate::begins_with(&self.tokens, Keyword::Copy);
            }
        }
        if look.is_some() {
            // It was counted when it was held.
            self.looked = counted;
        }
        let remembered = match found {
            reading::Found::Clear(proof, takes_data) => return Outcome::Clear { proof, takes_data },
            reading::Found::Refuse(report) => {
                // REFUSES: values for what it would have made, for a client that does not listen.
                let unmade = unmade::by_text(text, &self.tokens);
                unmade.iter().for_each(|relation| self.names.temporary.missed(relation));
                return Outcome::Refuse(report);
            }
            reading::Found::Statements(remembered) => remembered,
        };
        match self.sees_for(&remembered, look) {
            Sees::Current => {}
            Sees::Later => return Outcome::Later,
            Sees::Nothing(report) => return Outcome::Refuse(report),
        }
        if let Some((proof, takes_data)) = remembered.clear {
            return Outcome::Clear { proof, takes_data };
        }
        // REFUSES: to touch what is protected while others may have changed its keys.
        if let Some(report) = suspended.filter(|_| remembered.touches()) {
            return Outcome::Refuse(report);
        }
        // REFUSES: rows of a portal that Bind has named, opened as FETCH's own.
        let opens = |name: &str| portals.portal(name.as_bytes()).is_some_and(Planned::opens);
        if remembered.fetched().any(opens) {
            let refusal = Refusal::of_cursor(&self.cells.epoch.policy);
            return Outcome::Refuse(Box::new(report_of(&refusal, None)));
        }
        self.carry_out(text, &remembered, protocol, sent)
    }

    /// REFUSES: values for what was prepared, or rows of an open portal, that are text of another encoding by
    /// now, or are read by other rules. What is judged by its text is refused by the analysis.
    fn reads_other_text(&self) -> Option<Box<Report>> {
        let usual = self.names.reads_as_usual();
        (!usual).then(|| Box::new(report_of(&Refusal::of_text_rules(&self.cells.epoch.policy), None)))
    }

    /// Writes the text to send and gives each statement its treatment.
    fn carry_out(
        &mut self,
        text: &[u8],
        remembered: &Remembered,
        protocol: Protocol,
        sent: &mut Vec<u8>,
    ) -> Outcome {
        if remembered.statements.iter().any(|ruling| !ruling.judged.changes.is_empty()) {
            self.dependence.define();
        }
        for ruling in &remembered.statements {
            self.names.attempted(&ruling.judged, &self.cells.epoch.catalog);
        }
        let (before, earlier) = self.foresee(remembered);
        let later = self.cells.epoch.id;
        let written = text::write(text, &self.tokens, remembered, protocol, &mut self.cells, sent);
        self.parts = written.parts;
        let statements = remembered.statements.iter().zip(written.treatments).enumerate();
        let judged = statements.map(|(index, (statement, treatment))| Judged {
            treatment: match treatment {
                text::Written::Clear(proof) => Treatment::Clear(proof),
                text::Written::Plan(plan) => {
                    let epoch = if index < before { earlier } else { later };
                    Treatment::Plan(Planned { plan, epoch })
                }
                text::Written::Refuse(report) => Treatment::Refuse(report),
            },
            takes_data: statement.takes_data,
            settles: statement.settles(),
            effect: self.effects.enter(statement),
        });
        Outcome::Statements {
            text: if written.rewritten { Text::Rewritten } else { Text::AsIs },
            statements: judged.collect(),
            positions: written.positions,
        }
    }

    fn no_such(&self, sqlstate: &'static str, what: &str, name: &[u8]) -> Elsewhere {
        let name = String::from_utf8_lossy(name);
        Elsewhere::Refuse(Box::new(Report::error(sqlstate, format!("{what} \"{name}\" does not exist"))))
    }

    fn planned(&self, plan: &Arc<Plan>) -> Elsewhere {
        Elsewhere::Plan(Planned { plan: Arc::clone(plan), epoch: self.cells.epoch.id })
    }
}

/// What is to be done with a whole text.
enum Outcome {
    Clear {
        proof: Cleared,
        takes_data: bool,
    },
    Statements {
        text: Text,
        statements: Vec<Judged>,
        positions: Positions,
    },
    Refuse(Box<Report>),
    /// When somebody has looked at the shape.
    Later,
}

impl Outcome {
    /// REFUSES: whatever is not asked again, as [`Judge::awaited`] says that it must be.
    fn later() -> Report {
        Report::error(sqlstate::CANNOT_CONNECT_NOW, "the shape of the database has not been looked at yet")
    }
}

impl Judge for Watch {
    fn epoch(&self) -> EpochId {
        self.cells.epoch.id
    }

    fn enter(&mut self) -> EpochId {
        self.catch_up();
        if self.applied != self.following.revision() {
            self.follow_path();
        }
        self.cells.epoch.id
    }

    fn names(&self) -> u64 {
        self.names.revision()
    }

    fn rest(&mut self) {
        self.leave();
    }

    fn has_windows(&mut self) -> bool {
        self.catch_up();
        self.cells.epoch.has_windows()
    }

    fn go_ahead(&mut self) -> bool {
        self.catch_up();
        self.seal_ahead()
    }

    fn newest_for(&mut self, planned: &Planned) -> EpochId {
        self.catch_up();
        self.newest_of(planned)
    }

    fn count(&mut self, tally: &mut Tally) {
        let Looked { known, analysed } = std::mem::take(&mut self.looked);
        (tally.known, tally.analysed) = (tally.known + known, tally.analysed + analysed);
        tally.cells = std::mem::take(&mut self.cells.desk.counts);
    }

    fn take_parts(&mut self) -> Vec<Part> {
        std::mem::take(&mut self.parts)
    }

    fn awaited(&self) -> Option<Arc<Look>> {
        self.looking.awaited.clone()
    }

    fn admits(&mut self, planned: &Planned) -> Sees {
        if self.looking.is_under_way() {
            return Sees::Later;
        }
        let look = self.looking.awaited.take();
        self.sees_for_values(planned, look)
    }

    fn suspended(&self) -> Option<Box<Report>> {
        match self.epochs.are_suspended() {
            true => Some(Self::out_of_touch()),
            false => self.reads_other_text(),
        }
    }

    fn query(&mut self, text: &[u8], known: &dyn Known, sent: &mut Vec<u8>) -> QueryVerdict {
        match self.judge(text, &[], Protocol::Simple, known, sent) {
            Outcome::Clear { proof, takes_data } => QueryVerdict::Clear { proof, takes_data },
            Outcome::Statements { text, statements, positions } => {
                QueryVerdict::Statements { text, statements, positions }
            }
            Outcome::Refuse(report) => QueryVerdict::Refuse(report),
            Outcome::Later => QueryVerdict::Refuse(Box::new(Outcome::later())),
        }
    }

    fn parse(
        &mut self,
        text: &[u8],
        declared: &[Oid],
        known: &dyn Known,
        sent: &mut Vec<u8>,
    ) -> ParseVerdict {
        match self.judge(text, declared, Protocol::Extended, known, sent) {
            Outcome::Clear { proof, takes_data } => {
                ParseVerdict::as_is(Judged { takes_data, ..Judged::clear(proof) })
            }
            Outcome::Refuse(report) => ParseVerdict::as_is(Judged::refuse(*report)),
            Outcome::Later => ParseVerdict::as_is(Judged::refuse(Outcome::later())),
            Outcome::Statements { text, mut statements, positions } => {
                match (statements.pop(), statements.len()) {
                    (Some(judged), 0) => ParseVerdict { judged, text, positions },
                    // Several commands in one Parse: the server refuses that by itself (42601), and a text
                    // of which one part is protected is not shown to it.
                    _ => ParseVerdict::as_is(Judged::refuse(Report::error(
                        sqlstate::SYNTAX_ERROR,
                        "cannot insert multiple commands into a prepared statement",
                    ))),
                }
            }
        }
    }

    fn unknown_statement(&mut self, name: &[u8]) -> Elsewhere {
        let known = std::str::from_utf8(name).ok().and_then(|name| self.names.prepared.get(name));
        match known {
            // REFUSES: what has been made since under a name in it may be protected.
            Some(Prepared::Clear(words)) if reading::are_watched(words, &self.cells.epoch, &self.names) => {
                Elsewhere::Refuse(Self::outlived())
            }
            Some(Prepared::Clear(_)) => self.planned(&Arc::default()),
            // REFUSES: a statement that would mean other relations now.
            Some(Prepared::Plan(plan)) if !reading::means_the_same(plan, &self.cells.epoch, &self.names) => {
                Elsewhere::Refuse(Self::outlived())
            }
            Some(Prepared::Plan(plan)) => self.planned(&Arc::clone(plan)),
            Some(Prepared::Stale) => Elsewhere::Refuse(Self::outlived()),
            // REFUSES: a statement whose text was never seen, with what the server says of none.
            None => self.no_such(sqlstate::UNDEFINED_STATEMENT, "prepared statement", name),
        }
    }

    fn unknown_portal(&mut self, name: &[u8]) -> Elsewhere {
        let known = std::str::from_utf8(name).ok().and_then(|name| self.names.cursors.get(name));
        match known {
            Some(rows) => {
                let plan = Arc::new(Plan { rows: rows.clone(), ..Plan::default() });
                self.planned(&plan)
            }
            // REFUSES: a cursor that was never seen declared.
            None => self.no_such(sqlstate::UNDEFINED_CURSOR, "portal", name),
        }
    }

    fn function_call(&mut self, function: Oid) -> Result<Cleared, Box<Report>> {
        self.catch_up();
        reading::function_call(function, &self.cells.epoch)
    }

    fn event(&mut self, event: Event<'_>, names: &mut dyn Names) -> Result<(), Box<Report>> {
        match event {
            Event::Completed { effect, tag } => {
                self.looking.forget();
                match self.effects.find(effect) {
                    Some(ruling) => {
                        let followed = Followed {
                            following: &mut self.following,
                            moving: &mut self.moving,
                            session: &mut self.names,
                            protocol: names,
                        };
                        let committed = effects::carry_out(&ruling, tag, followed);
                        self.commit(&committed);
                    }
                    None => self.following.lose_sight(),
                }
                self.apply_settings();
            }
            Event::Failed { .. } => {
                self.looking.forget();
                self.following.failed();
                self.moving.failed(&mut self.names.temporary);
                self.apply_settings();
            }
            Event::Ready(status) => {
                self.following.ready(status == Status::Idle);
                let committed = self.moving.ready(status == Status::Idle, &mut self.names.temporary);
                self.commit(&committed);
                self.apply_settings();
            }
            Event::Parameter { name, value } => {
                let (name, value) = (String::from_utf8_lossy(name), String::from_utf8_lossy(value));
                self.following.report(&name, &value);
            }
        }
        Ok(())
    }

    fn cells(&mut self, epoch: EpochId) -> Option<&mut dyn Cells> {
        self.at(epoch)?;
        Some(&mut self.cells)
    }
}
