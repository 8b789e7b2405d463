//! From a text to verdicts: remembered by shape, or analysed now.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::catalog::path::Source;
use crate::session::epoch::Epoch;
use crate::session::judge::report_of;
use crate::sql::ast::Span;
use crate::sql::known::{Known, Protocol, SessionNames};
use crate::sql::lexer::{Keyword, Strings, Token, TokenKind, Tokens, lex, names_in};
use crate::sql::settings::SettingEffect;
use crate::sql::verdict::{Cleared, Plan, Refusal, Rows, Verdict};
use crate::sql::witness::{Witness, is_plain, witness};
use crate::sql::{Effect, Judged, TextVerdict, gate, judge_text, judge_tokens, shape, unseen};
use crate::types::Oid;
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// Verdicts on all statements of one text; good for every text of its shape.
#[derive(Debug)]
pub struct Remembered {
    /// From `sql`, if nothing in the text needs a look; and whether the server may ask for CopyData.
    pub clear: Option<(Cleared, bool)>,
    /// In order.
    pub statements: Vec<Arc<Ruling>>,
    /// It names a relation that the catalog does not have. Never kept: the next time it may.
    pub unseen: bool,
}

impl Remembered {
    /// Some statement of it touches something protected.
    pub fn touches(&self) -> bool {
        self.statements.iter().any(|ruling| matches!(ruling.judged.verdict, Verdict::Plan(_)))
    }

    /// Cursors opened by others that are read.
    pub fn fetched(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().filter_map(|ruling| match &ruling.judged.verdict {
            Verdict::Plan(plan) => match &plan.rows {
                Rows::Strange(cursor) => Some(&**cursor),
                Rows::Untouched | Rows::Columns(_) | Rows::Definitions(_) => None,
            },
            Verdict::Clear(_) | Verdict::Refuse(_) => None,
        })
    }

    /// Something is written in place of the client's tokens.
    pub fn is_edited(&self) -> bool {
        self.statements.iter().any(|ruling| match &ruling.judged.verdict {
            Verdict::Plan(plan) => !plan.edits.is_empty() || !plan.bound.is_empty(),
            Verdict::Clear(_) => false,
            Verdict::Refuse(_) => true,
        })
    }
}

/// Longest text that is known byte for byte.
const KNOWN_TEXT_BYTES: usize = 4 * 1024;

/// What is known of one statement.
#[derive(Debug)]
pub struct Ruling {
    /// Its tokens.
    pub span: Span,
    /// The verdict, and what follows from the statement.
    pub judged: Judged,
    /// The server may ask for CopyData.
    pub takes_data: bool,
}

impl Ruling {
    /// Does it change anything in the session?
    pub fn acts(&self) -> bool {
        !self.judged.effects.is_empty() || !self.judged.settings.is_empty() || !self.judged.changes.is_empty()
    }

    /// Must it be answered before what follows it can be judged? Where a transaction or a savepoint
    /// begins, nothing changes that a verdict depends on: `BEGIN` and what the client sends right
    /// behind it travel together.
    pub fn settles(&self) -> bool {
        let changes = |setting: &SettingEffect| match setting {
            SettingEffect::Begin | SettingEffect::Savepoint(_) | SettingEffect::Release(_) => false,
            SettingEffect::Set { .. }
            | SettingEffect::ResetAll
            | SettingEffect::LoseSight
            | SettingEffect::LosePath { .. }
            | SettingEffect::End(_)
            | SettingEffect::RollbackTo(_) => true,
        };
        !self.judged.effects.is_empty()
            || !self.judged.changes.is_empty()
            || self.judged.settings.iter().any(changes)
    }

    /// Does its shape alone say what it does? Effects on names and settings hang on what is written.
    fn is_shared(&self) -> bool {
        let by_shape = |setting: &SettingEffect| match setting {
            SettingEffect::Begin
            | SettingEffect::End(_)
            | SettingEffect::Savepoint(_)
            | SettingEffect::RollbackTo(_)
            | SettingEffect::Release(_)
            | SettingEffect::LosePath { .. } => true,
            SettingEffect::Set { .. } | SettingEffect::ResetAll | SettingEffect::LoseSight => false,
        };
        let refused = matches!(self.judged.verdict, Verdict::Refuse(_));
        let names = self.judged.effects.is_empty() && self.judged.changes.is_empty();
        !refused && names && self.judged.settings.iter().all(by_shape)
    }

    /// The plan of the statement itself: PREPARE and DECLARE give no rows, whatever is said of those
    /// that EXECUTE and FETCH give, and the parameters inside a PREPARE are those of EXECUTE.
    pub fn own(&self, plan: &Arc<Plan>) -> Arc<Plan> {
        let own = |effect: &Effect| match effect {
            Effect::Prepared(..) => {
                let (params, client_params) = (Vec::new(), Vec::new());
                let edits = plan.edits.clone();
                Some(Plan { edits, params, client_params, parameters: Some(0), ..Plan::default() })
            }
            Effect::Declared(_) => Some(Plan { rows: Rows::Untouched, ..Plan::clone(plan) }),
            Effect::Deallocated(_)
            | Effect::Closed(_)
            | Effect::Made(_)
            | Effect::Taken(_)
            | Effect::Missed(_)
            | Effect::Vouched(_)
            | Effect::MadeUnlessThere(_)
            | Effect::Dropped(_)
            | Effect::Doubted(_)
            | Effect::Discarded
            | Effect::TemporaryDiscarded => None,
        };
        self.judged.effects.iter().find_map(own).map_or_else(|| Arc::clone(plan), Arc::new)
    }

    /// Do both do the same? Names of statements and cursors stand for what the verdict says, so
    /// these are never the same.
    pub fn acts_as(&self, other: &Ruling) -> bool {
        self.judged.effects.is_empty()
            && other.judged.effects.is_empty()
            && self.judged.changes == other.judged.changes
            && self.judged.settings == other.judged.settings
    }
}

/// A text to be judged, and what the verdict depends on.
pub struct Reading<'a> {
    pub text: &'a [u8],
    pub declared: &'a [Oid],
    pub protocol: Protocol,
    pub epoch: &'a Epoch,
    pub names: &'a SessionNames,
    pub tokens: &'a mut Tokens,
    pub shape: &'a mut Vec<u8>,
    pub looked: &'a mut Looked,
}

/// How many verdicts were known, and how many had to be found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looked {
    pub known: u64,
    pub analysed: u64,
}

/// What was found.
pub enum Found {
    /// Nothing protected and no effect.
    Clear(Cleared, bool),
    /// One by one; or clear, once it is certain that nobody has made what it names.
    Statements(Arc<Remembered>),
    /// The whole text is refused.
    Refuse(Box<Report>),
}

impl<'a> Reading<'a> {
    /// Judges the text. Leaves its tokens for whoever writes what is sent.
    pub fn read(&mut self) -> Found {
        if let Some(found) = self.recognised() {
            self.looked.known += 1;
            return found;
        }
        if lex(self.text, self.names.standard_strings, self.tokens).is_err() {
            self.looked.analysed += 1;
            return self.unread();
        }
        self.write_shape();
        let (text, tokens) = (self.text, &*self.tokens);
        let literal = |token| tokens.get(token).map(|token| token.bytes(text));
        if self.names_stand_in_the_shape() && !self.names_gone() {
            // What is clear is so by our own lexer alone; what is planned has two readers.
            let one_reading = |found: &Arc<Remembered>| {
                found.clear.is_some()
                    || is_plain(text, tokens)
                    || !matches!(witness(text, tokens), Witness::Disagrees(_))
            };
            if let Some(found) = self.epoch.plans.find(self.shape, literal).filter(one_reading) {
                self.looked.known += 1;
                self.remember_text(&found);
                return found_of(found);
            }
        }
        self.looked.analysed += 1;
        self.judge()
    }

    /// A text of Parse that came before, byte for byte: nothing of it is read, unless something is to
    /// be written in place of its tokens.
    fn recognised(&mut self) -> Option<Found> {
        let unread = self.names.temporary.has_gone() || !self.names_stand_in_the_shape();
        if self.protocol != Protocol::Extended || unread {
            return None;
        }
        self.write_text();
        let found = self.epoch.texts.find(self.shape, |_| None)?;
        // ORDER: tokens of this text or none, never those of the one before.
        let read = if found.is_edited() { self.text } else { &[] };
        lex(read, self.names.standard_strings, self.tokens).ok()?;
        Some(found_of(found))
    }

    /// Only a text without constants comes again as it was; others are known by their shape.
    fn remember_text(&mut self, remembered: &Arc<Remembered>) {
        let constant = |token: &Token| token.kind.is_literal();
        if self.protocol == Protocol::Extended
            && self.text.len() <= KNOWN_TEXT_BYTES
            && !self.tokens.as_slice().iter().any(constant)
        {
            self.write_text();
            self.epoch.texts.keep(self.shape, Vec::new(), Arc::clone(remembered));
        }
    }

    /// A text that is not one of SQL has no shape: nothing is remembered of it.
    fn unread(&mut self) -> Found {
        let known = self.known();
        match judge_text(self.text, self.tokens, &known) {
            TextVerdict::Clear(proof) => Found::Clear(proof, begins_replication(self.text)),
            TextVerdict::Refuse(refusal) => Found::Refuse(Box::new(report(&refusal, self.text, self.tokens))),
            // REFUSES: statements found where the lexer found none.
            TextVerdict::Statements(_) => {
                Found::Refuse(Box::new(Report::error(sqlstate::SYNTAX_ERROR, "the statement cannot be read")))
            }
        }
    }

    fn judge(&self) -> Found {
        let known = self.known();
        match judge_tokens(self.text, self.tokens, &known) {
            TextVerdict::Clear(proof) => {
                let clear = Some((proof, takes_data(self.text, self.tokens)));
                self.remember(
                    Remembered { clear, statements: Vec::new(), unseen: self.is_unseen() },
                    Vec::new(),
                )
            }
            TextVerdict::Refuse(refusal) => Found::Refuse(Box::new(report(&refusal, self.text, self.tokens))),
            TextVerdict::Statements(judged) => {
                let mut fixed = Vec::new();
                let statements = judged.into_iter().map(|(span, judged)| {
                    if let Verdict::Plan(plan) = &judged.verdict {
                        fixed.extend(plan.fixed_literals.iter().copied());
                    }
                    let takes_data = match &judged.verdict {
                        Verdict::Plan(plan) => plan.copy.as_ref().is_some_and(|copy| copy.from_client),
                        Verdict::Clear(_) | Verdict::Refuse(_) => takes_data(self.text, self.tokens),
                    };
                    Arc::new(Ruling { span, judged, takes_data })
                });
                let statements = statements.collect();
                self.remember(Remembered { clear: None, statements, unseen: self.is_unseen() }, fixed)
            }
        }
    }

    fn is_unseen(&self) -> bool {
        unseen::names_unseen(self.text, self.tokens, &self.known())
    }

    fn known(&self) -> Known<'a> {
        Known {
            catalog: &self.epoch.catalog,
            policy: &self.epoch.policy,
            standings: &self.epoch.standings,
            names: self.names,
            declared: self.declared,
            protocol: self.protocol,
        }
    }

    /// No name of this session changes what a text of this shape means.
    fn names_stand_in_the_shape(&self) -> bool {
        self.names.temporary.is_empty()
            && self.names.prepared.is_empty()
            && self.names.cursors.is_empty()
            && self.names.doubted.is_empty()
            && self.names.unexplained.is_none()
            && !self.names.rows_may_follow
    }

    /// Does the text name what was something tagged in this session, and is gone?
    fn names_gone(&self) -> bool {
        let gone = |word: &str| match self.names.temporary.is_gone(word) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        self.names.temporary.has_gone()
            && names_in(self.text, self.tokens, Strings::Skip, &mut { gone }).is_break()
    }

    fn write_shape(&mut self) {
        self.write_circumstances();
        shape::write(self.text, self.tokens, self.shape);
    }

    fn write_text(&mut self) {
        self.write_circumstances();
        self.shape.extend_from_slice(self.text);
    }

    /// What a verdict depends on beside the text.
    fn write_circumstances(&mut self) {
        self.shape.clear();
        self.shape.push(match self.protocol {
            Protocol::Simple | Protocol::Batch | Protocol::Pipeline => b'Q',
            Protocol::Extended => b'P',
        });
        self.shape.push(u8::from(self.names.standard_strings) | u8::from(self.names.utf8) << 1);
        let path = &self.names.search_path;
        self.shape.push(match path.source() {
            Source::Said => b's',
            Source::Assumed => b'a',
            Source::Lost => b'l',
        });
        for name in path.schemas() {
            self.shape.extend_from_slice(name.as_bytes());
            self.shape.push(0);
        }
        self.shape.push(0);
        self.shape.extend((self.declared.len() as u32).to_be_bytes());
        self.declared.iter().for_each(|oid| self.shape.extend(oid.to_be_bytes()));
    }

    /// Keeps verdicts that depend on nothing but shape and fixed literals.
    fn remember(&self, remembered: Remembered, fixed: Vec<u32>) -> Found {
        let remembered = Arc::new(remembered);
        // Everything that a verdict depends on stands in the key, or nothing is remembered. Whether
        // constants are read is a matter of names and keywords, so what was never kept is not found.
        if self.names_stand_in_the_shape()
            && !self.names_gone()
            && !remembered.unseen
            && remembered.statements.iter().all(|ruling| ruling.is_shared())
            && !gate::reads_constants(self.text, self.tokens)
        {
            let written = |token: u32| {
                let bytes = self.tokens.get(token).map(|token| token.bytes(self.text));
                bytes.map(|bytes| (token, bytes.into()))
            };
            let fixed = fixed.into_iter().filter_map(written).collect();
            self.epoch.plans.keep(self.shape, fixed, Arc::clone(&remembered));
        }
        found_of(remembered)
    }
}

fn found_of(remembered: Arc<Remembered>) -> Found {
    match remembered.clear.filter(|_| !remembered.unseen) {
        Some((proof, takes_data)) => Found::Clear(proof, takes_data),
        None => Found::Statements(remembered),
    }
}

/// Commands of a replication session after which the client sends data (manual, "Streaming Replication
/// Protocol"; the second one since version 17).
const REPLICATION: [&[u8]; 2] = [b"start_replication", b"upload_manifest"];

/// Could the server answer with a request for data? COPY, and the commands of a replication session.
fn takes_data(text: &[u8], tokens: &Tokens) -> bool {
    tokens.as_slice().iter().any(|token| match token.kind {
        TokenKind::Keyword(word) => word == Keyword::Copy,
        TokenKind::Ident => REPLICATION.iter().any(|name| token.bytes(text).eq_ignore_ascii_case(name)),
        _ => false,
    })
}

/// The same of a text that no lexer of SQL reads: a place in the log, `0/1A2B3C`, is no number there. Any
/// other such text the server reads no better, and asks for no data.
fn begins_replication(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    REPLICATION.iter().any(|name| text.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name)))
}

/// A byte as a position in characters, from 1.
pub fn position_of(text: &[u8], at: usize) -> u32 {
    let before = text.get(..at).unwrap_or(text);
    characters(before) + 1
}

/// Characters of UTF-8 (bytes that continue none).
pub fn characters(text: &[u8]) -> u32 {
    text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u32
}

/// A refusal with its place in the client's text.
pub fn report(refusal: &Refusal, text: &[u8], tokens: &Tokens) -> Report {
    let first = refusal.tokens.as_ref().and_then(|range| tokens.get(range.start));
    report_of(refusal, first.map(|token| position_of(text, token.start as usize)))
}

/// A function called by oid. Large-object functions pass; of the others only those whose body is
/// known and leaves protected columns alone.
pub fn function_call(function: Oid, epoch: &Epoch) -> Result<Cleared, Box<Report>> {
    let names = SessionNames::default();
    gate::function_call(function, &known_in(epoch, &names))
        .map_err(|refusal| Box::new(report_of(&refusal, None)))
}

/// Could one of the words of a text that was clear lead to something protected by now?
pub fn are_watched(words: &[Box<str>], epoch: &Epoch, names: &SessionNames) -> bool {
    gate::are_watched(words, &known_in(epoch, names))
}

/// Do the bare names of a plan that was made before mean the same relations now?
pub fn means_the_same(plan: &Plan, epoch: &Epoch, names: &SessionNames) -> bool {
    known_in(epoch, names).means_the_same(plan)
}

fn known_in<'k>(epoch: &'k Epoch, names: &'k SessionNames) -> Known<'k> {
    Known {
        catalog: &epoch.catalog,
        policy: &epoch.policy,
        standings: &epoch.standings,
        names,
        declared: &[],
        protocol: Protocol::Extended,
    }
}
