//! What an analysis may look at beside the statement itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::catalog::change::Change;
use crate::catalog::lookup::Resolution;
use crate::catalog::model::{Catalog, Relation};
use crate::catalog::path::SearchPath;
use crate::policy::model::Policy;
use crate::policy::standing::Standings;
use crate::sql::gate;
use crate::sql::judge::{Effect, Judged};
use crate::sql::lexer::{Tokens, lex};
use crate::sql::settings::{SettingEffect, is_on, is_utf8};
use crate::sql::temporary::Temporaries;
use crate::sql::verdict::{Plan, Rows, Verdict};
use crate::types::Oid;

/// Everything that a verdict depends on, beside the client's text.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The pinned shape, joined with what the server says of the rest.
    pub catalog: &'a Catalog,
    /// What is tagged.
    pub policy: &'a Policy,
    /// In which forms deterministic domains stand.
    pub standings: &'a Standings,
    /// What the client made in this session.
    pub names: &'a SessionNames,
    /// Types that the client declared for `$1 …` in Parse; 0 is "not said".
    pub declared: &'a [Oid],
    /// How the statement came.
    pub protocol: Protocol,
}

impl Known<'_> {
    /// Has the client sent a definition that would make something tagged under this name, of which it is open
    /// what it came to, or which is gone so that the name stands for nothing?
    pub fn has_lost(&self, schema: Option<&str>, name: &str) -> bool {
        let temporary = &self.names.temporary;
        if temporary.is_unsettled(name) || !temporary.is_gone(name) {
            return temporary.is_unsettled(name);
        }
        match self.catalog.resolve(schema, name, &self.names.search_path) {
            Resolution::Found(relation) => !relation.pinned && temporary.is_denied(name),
            Resolution::Ambiguous(_) => false,
            Resolution::Unknown => true,
        }
    }

    /// Does each bare name of a plan mean the same protected relation now?
    pub fn means_the_same(&self, plan: &Plan) -> bool {
        let stays = |was: &Relation| self.names.temporary.get(&was.name.name) == Some(was);
        plan.temporary.iter().all(stays)
            && plan.unqualified.iter().all(|(bare, was)| {
                !self.names.temporary.contains(bare)
                    && matches!(self.catalog.resolve(None, bare, &self.names.search_path),
                    Resolution::Found(relation) if relation.name == *was)
            })
    }
}

/// How a statement came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Alone in a Query message: no parameters.
    Simple,
    /// In a Query message with other statements.
    Batch,
    /// The same, and each of them may be sent with parameters.
    Pipeline,
    /// In a Parse message.
    Extended,
}

/// Names that live in one session, as far as the client's own statements tell.
#[derive(Clone, Debug)]
pub struct SessionNames {
    /// `search_path`, "$user" replaced. No decision to leave a value
    /// unsealed depends on it.
    pub search_path: SearchPath,
    /// Where RESET leads.
    pub start_path: SearchPath,
    /// The transaction under way has changed it, so that its end does, too.
    pub path_hangs: bool,
    /// As whom the client has logged in, unless it has become somebody else.
    pub role: Option<String>,
    /// How often the path has changed.
    pub paths: u64,
    /// Temporary relations, by name, with the tags that their columns inherit.
    pub temporary: Temporaries,
    /// Prepared statements, of PREPARE and of Parse alike.
    pub prepared: HashMap<String, Prepared>,
    /// Open cursors of DECLARE, with what their rows carry.
    pub cursors: HashMap<String, Rows>,
    /// Functions made in this session whose body pgveil cannot judge, by bare name.
    pub doubted: HashSet<String>,
    /// Those of them that were refused, and of which nothing was made.
    pub unmade: HashSet<String>,
    /// How often these have changed.
    pub doubts: u64,
    /// `standard_conforming_strings`.
    pub standard_strings: bool,
    /// Client and server encoding are both UTF8.
    pub utf8: bool,
    /// A parameter of which the server says what the client's statements do not explain: nothing
    /// protected is touched until they agree again.
    pub unexplained: Option<&'static str>,
    /// A COPY FROM STDIN came in a Query, and no statement since: what cannot be read may be its rows.
    pub rows_may_follow: bool,
    /// The role may change the shape of what is protected.
    pub may_define: bool,
    /// The transaction has changed that shape, and is not committed.
    pub has_changed: bool,
}

impl Default for SessionNames {
    fn default() -> Self {
        SessionNames {
            search_path: SearchPath::default(),
            start_path: SearchPath::default(),
            path_hangs: false,
            role: None,
            paths: 0,
            temporary: Temporaries::default(),
            prepared: HashMap::new(),
            cursors: HashMap::new(),
            doubted: HashSet::new(),
            unmade: HashSet::new(),
            doubts: 0,
            standard_strings: true,
            utf8: true,
            unexplained: None,
            rows_may_follow: false,
            may_define: true,
            has_changed: false,
        }
    }
}

impl SessionNames {
    /// Does a bare name mean a temporary relation before any other? It does, unless the search_path
    /// names their schema elsewhere (manual, 20.11.1, search_path).
    pub fn finds_temporary_first(&self) -> bool {
        self.search_path.schemas().iter().position(|schema| schema == "pg_temp").is_none_or(|at| at == 0)
    }

    /// Are text and constants what pgveil takes them for?
    pub fn reads_as_usual(&self) -> bool {
        self.utf8 && self.standard_strings && self.unexplained.is_none()
    }

    /// Another number whenever what the client has made or set in this session may change what a text
    /// means that was judged before. None of its parts ever falls.
    pub fn revision(&self) -> u64 {
        self.temporary.revision().wrapping_add(self.doubts).wrapping_add(self.paths)
    }

    /// The path is this from now on.
    pub fn follow_path(&mut self, path: SearchPath) {
        if self.search_path != path {
            self.search_path = path;
            self.paths = self.paths.wrapping_add(1);
        }
    }

    /// What a statement sets that stands before others in one text, as far as those hang on it.
    pub fn set(&mut self, effect: &SettingEffect) {
        match effect {
            SettingEffect::Set { name, value, .. } => match (name.as_str(), value) {
                ("search_path", Some(value)) => {
                    self.follow_path(SearchPath::said(value).of_role(self.role.as_deref()));
                    self.path_hangs = true;
                }
                ("search_path", None) => {
                    self.follow_path(self.start_path.clone());
                    self.path_hangs = true;
                }
                ("role" | "session_authorization", _) => self.lose_path(),
                ("client_encoding", Some(value)) => self.utf8 &= is_utf8(value),
                ("client_encoding", None) => self.utf8 = false,
                // The text is cut already; but whoever wrote it may think otherwise.
                ("standard_conforming_strings", value) => {
                    self.standard_strings &= value.as_deref().is_some_and(is_on);
                }
                // Where RESET leads is not looked at.
                ("array_nulls", value) if !value.as_deref().is_some_and(is_on) => {
                    self.unexplained = Some("array_nulls");
                }
                ("timezone_abbreviations", value)
                    if !value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case("default")) =>
                {
                    self.unexplained = Some("timezone_abbreviations");
                }
                (_, _) => {}
            },
            SettingEffect::ResetAll => {
                (self.utf8, self.standard_strings) = (false, false);
                self.lose_path();
            }
            SettingEffect::LoseSight => self.unexplained = Some("set_config"),
            SettingEffect::LosePath { .. } => self.lose_path(),
            SettingEffect::End(_) | SettingEffect::RollbackTo(_) if self.path_hangs => self.lose_path(),
            SettingEffect::End(_)
            | SettingEffect::RollbackTo(_)
            | SettingEffect::Begin
            | SettingEffect::Savepoint(_)
            | SettingEffect::Release(_) => {}
        }
    }

    /// True if nobody has doubted it before.
    fn doubt(&mut self, function: &str) -> bool {
        let is_new = self.doubted.insert(function.to_owned());
        self.doubts = self.doubts.wrapping_add(u64::from(is_new));
        is_new
    }

    fn lose_path(&mut self) {
        let mut lost = self.search_path.clone();
        lost.lose();
        self.follow_path(lost);
        self.path_hangs = true;
    }

    /// A statement that was judged so goes to the server, or is kept from it.
    pub fn attempted(&mut self, judged: &Judged, catalog: &Catalog) {
        for effect in &judged.effects {
            match effect {
                Effect::Made(relation) | Effect::MadeUnlessThere(relation) => {
                    self.temporary.attempted(relation);
                }
                Effect::Missed(relation) => self.temporary.missed(relation),
                // REFUSES: what a client that does not listen calls it with; the server would log it.
                Effect::Doubted(name) if matches!(judged.verdict, Verdict::Refuse(_)) => {
                    if self.doubt(name) {
                        self.unmade.insert(name.to_string());
                    }
                }
                Effect::Prepared(..)
                | Effect::Deallocated(_)
                | Effect::Declared(_)
                | Effect::Closed(_)
                | Effect::Taken(_)
                | Effect::Dropped(_)
                | Effect::Doubted(_)
                | Effect::Vouched(_)
                | Effect::Discarded
                | Effect::TemporaryDiscarded => {}
            }
        }
        // A table that is attached is there, and without tags until then.
        let attached = |relation: &Relation| {
            catalog.relation(&relation.name).is_some_and(|there| !there.kind.is_defined())
        };
        for change in &judged.changes {
            if let Change::Made(relation) = change
                && !catalog.is_pinned_word(&relation.name.name)
                && !attached(relation)
            {
                self.temporary.attempted(relation);
            }
        }
    }

    /// These changes of the shape have succeeded.
    pub fn settled(&mut self, changes: &[Change]) {
        for change in changes {
            if let Change::Made(relation) = change
                && relation.is_tagged()
            {
                self.temporary.settled(&relation.name.name);
            }
        }
    }

    /// Takes over what a statement with this verdict did, once the server has said so.
    pub fn apply(&mut self, effect: &Effect, verdict: &Verdict) {
        match effect {
            Effect::Prepared(name, words) => {
                let prepared = match verdict {
                    Verdict::Plan(plan) => Prepared::Plan(Arc::clone(plan)),
                    Verdict::Clear(_) => Prepared::Clear(Arc::clone(words)),
                    Verdict::Refuse(_) => return,
                };
                self.prepared.insert(name.to_string(), prepared);
            }
            Effect::Deallocated(Some(name)) => {
                self.prepared.remove(&**name);
            }
            Effect::Deallocated(None) => self.prepared.clear(),
            Effect::Declared(name) => {
                let rows = match verdict {
                    Verdict::Plan(plan) => plan.rows.clone(),
                    Verdict::Clear(_) => Rows::Untouched,
                    Verdict::Refuse(_) => return,
                };
                self.cursors.insert(name.to_string(), rows);
            }
            Effect::Closed(Some(name)) => {
                self.cursors.remove(&**name);
            }
            Effect::Closed(None) => self.cursors.clear(),
            Effect::Made(relation) => self.temporary.made(relation),
            Effect::Taken(name) => self.temporary.taken(name),
            Effect::Missed(relation) => self.temporary.missed(relation),
            Effect::MadeUnlessThere(relation) => self.temporary.made_unless_there(relation),
            Effect::Dropped(name) => {
                let certain = self.finds_temporary_first();
                self.temporary.dropped(name, certain);
            }
            Effect::Doubted(name) => {
                self.unmade.remove(&**name);
                self.doubt(name);
            }
            Effect::Vouched(name) => {
                if self.unmade.remove(&**name) && self.doubted.remove(&**name) {
                    self.doubts = self.doubts.wrapping_add(1);
                }
            }
            Effect::TemporaryDiscarded => self.temporary.discarded(),
            Effect::Discarded => {
                self.temporary.clear();
                self.prepared.clear();
                self.cursors.clear();
            }
        }
    }
}

/// A statement that EXECUTE may run.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// It touches nothing protected, as long as these words name nothing that does.
    Clear(Arc<[Box<str>]>),
    /// Its plan; the parameters of the plan become arguments of EXECUTE.
    Plan(Arc<Plan>),
    /// Tags or keys have changed since, so that it does not say any more what it should.
    Stale,
}

impl Prepared {
    /// Of a text that touched nothing protected when it was prepared; `renamed` if the session has made or lost
    /// names since. `None` if it cannot be read.
    pub fn clear(text: &[u8], renamed: bool, known: &Known) -> Option<Prepared> {
        let mut tokens = Tokens::default();
        lex(text, known.names.standard_strings, &mut tokens).ok()?;
        // REFUSES: what has been made since under a name in it may be protected.
        if renamed && gate::may_touch(text, &tokens, known) {
            return Some(Prepared::Stale);
        }
        Some(Prepared::Clear(gate::unwatched_words(text, &tokens, known)))
    }
}
