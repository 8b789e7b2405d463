//! Temporary relations of one session, as the client's own statements tell of them.
//!
//! Knows names, the tags that columns inherit, and what a transaction that is taken back brings back; and
//! names under which the client has asked for something tagged, whatever the server says became of it.
//! Does not know who says how a transaction ended, nor what shape relations have that outlive the session.

use std::collections::{HashMap, HashSet};

use crate::catalog::model::Relation;
use crate::sql::judge::is_temporary_schema;

/// In place of the schema of something that was not made, where nobody has said which.
pub const ANY_SCHEMA: &str = "";

/// Names of attempts that are remembered: of more the oldest is forgotten, first of those that stand for
/// nothing. Sessions of a pool live for weeks, and may give every temporary table a name of its own.
const MOST: usize = 1_000;

/// The temporary relations that are there now, and what stood in their place before the transaction.
#[derive(Clone, Debug, Default)]
pub struct Temporaries {
    relations: HashMap<String, Relation>,
    /// What each name stood for before each change of the transaction under way, oldest first.
    replaced: Vec<(String, Option<Relation>)>,
    /// Names of tagged relations that the client has sent a definition of, those that outlive the session
    /// among them. The server that says that it made none may have one all the same.
    attempts: HashMap<String, Attempt>,
    /// How many attempts there have been.
    attempted: u64,
    revision: u64,
}

/// A definition that would make something tagged.
#[derive(Clone, Debug)]
struct Attempt {
    /// What it makes, closed.
    relation: Relation,
    /// A definition of the name has succeeded, or the client has dropped it, and knows what is there.
    settled: bool,
    /// The number of the attempt.
    age: u64,
}

impl Temporaries {
    /// The relation of this bare name; a closed one, while it is open what a definition of it came to.
    pub fn get(&self, name: &str) -> Option<&Relation> {
        match self.attempts.get(name) {
            Some(attempt) if attempt.is_open_of_session() => Some(&attempt.relation),
            Some(_) | None => self.relations.get(name),
        }
    }

    /// Is there one of this bare name?
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.relations.is_empty() && !self.attempts.values().any(Attempt::is_open_of_session)
    }

    /// Is it open what a definition of a temporary relation of this name came to?
    pub fn is_unsettled(&self, name: &str) -> bool {
        self.attempts.get(name).is_some_and(Attempt::is_open_of_session)
    }

    /// The same of a relation that outlives the session.
    pub fn is_denied(&self, name: &str) -> bool {
        self.attempts.get(name).is_some_and(|attempt| !attempt.settled && !attempt.is_of_session())
    }

    /// Did the name stand for something tagged, and stands for nothing now? Whoever has lost sight of that
    /// sends values for what it was.
    pub fn is_gone(&self, name: &str) -> bool {
        self.attempts.contains_key(name) && !self.contains(name)
    }

    /// Was a relation of this schema meant by what is gone or open?
    pub fn is_of(&self, schema: &str, name: &str) -> bool {
        self.attempts.get(name).is_some_and(|attempt| match attempt.is_of_session() {
            true => is_temporary_schema(schema),
            false => [schema, ANY_SCHEMA].contains(&attempt.relation.name.schema.as_str()),
        })
    }

    /// Is there a name that stands for nothing any more?
    pub fn has_gone(&self) -> bool {
        self.attempts.keys().any(|name| !self.contains(name))
    }

    /// Another number whenever a name stands, or no longer stands, for something tagged.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// A definition that makes this, if it is tagged, goes to the server.
    // REFUSES: the name, until the client has been told that the definition has succeeded: a server that has
    // made the relation may deny it, and a client may not listen.
    pub fn attempted(&mut self, relation: &Relation) {
        let same = |there: &Relation| tags(there).eq(tags(relation));
        if relation.is_tagged() && !self.relations.get(&relation.name.name).is_some_and(same) {
            self.unsettle(relation);
        }
    }

    fn unsettle(&mut self, relation: &Relation) {
        self.remember(relation, false);
        self.revision = self.revision.wrapping_add(1);
    }

    fn remember(&mut self, relation: &Relation, settled: bool) {
        let name = &relation.name.name;
        if self.attempts.len() >= MOST && !self.attempts.contains_key(name) {
            let is_gone =
                |name: &str, attempt: &Attempt| attempt.settled && !self.relations.contains_key(name);
            let oldest = self.attempts.iter().min_by_key(|(name, a)| (!is_gone(name, a), a.age));
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                self.attempts.remove(&oldest);
            }
        }
        self.attempted += 1;
        let attempt = Attempt { relation: closed(relation), settled, age: self.attempted };
        self.attempts.insert(name.clone(), attempt);
    }

    /// The client knows what the name stands for.
    pub fn settled(&mut self, name: &str) {
        if let Some(attempt) = self.attempts.get_mut(name).filter(|attempt| !attempt.settled) {
            attempt.settled = true;
            self.revision = self.revision.wrapping_add(1);
        }
    }

    /// A definition of this was kept from the server.
    // REFUSES: values under a name that stands for nothing: the server would say so, and log them.
    pub fn missed(&mut self, relation: &Relation) {
        let name = &relation.name.name;
        if !self.attempts.contains_key(name) && !self.relations.contains_key(name) {
            self.remember(relation, true);
            self.revision = self.revision.wrapping_add(1);
        }
    }

    /// A relation that outlives the session has been made under this name: the catalog tells of it.
    pub fn taken(&mut self, name: &str) {
        if self.is_gone(name) && !self.is_denied(name) {
            self.attempts.remove(name);
            self.revision = self.revision.wrapping_add(1);
        }
    }

    /// What was made since the transaction began is not there any more, and not by the client's word.
    // REFUSES: what it made with tags.
    pub fn lose(&mut self) {
        let names: HashSet<&str> = self.replaced.iter().map(|(name, _)| name.as_str()).collect();
        let tagged = names.into_iter().filter_map(|name| self.relations.get(name)).filter(|r| r.is_tagged());
        let tagged: Vec<Relation> = tagged.cloned().collect();
        self.take_back(0);
        tagged.iter().for_each(|relation| self.attempted(relation));
    }

    /// CREATE: from now on the name stands for this.
    pub fn made(&mut self, relation: &Relation) {
        let name = &relation.name.name;
        if relation.is_tagged() && !self.attempts.contains_key(name) {
            self.remember(relation, true);
        }
        self.settled(name);
        self.put(name, Some(relation.clone()));
    }

    /// CREATE … IF NOT EXISTS. The server does not say whether it made anything.
    pub fn made_unless_there(&mut self, relation: &Relation) {
        let same = |there: &Relation| tags(there).eq(tags(relation));
        match self.relations.get(&relation.name.name) {
            // REFUSES: what may be what was asked for before.
            None if !self.get(&relation.name.name).is_none_or(same) => {}
            None => self.made(relation),
            Some(there) if !same(there) => {
                // REFUSES: a name that may stand for sealed values, or for values that are not.
                let tagged = if there.is_tagged() { there } else { relation };
                let closed = closed(tagged);
                self.settled(&relation.name.name);
                self.put(&relation.name.name, Some(closed));
            }
            Some(_) => {}
        }
    }

    /// DROP: the name stands for nothing. If that is not `certain`, since the DROP may have met another
    /// relation of the name, what is tagged stays and is closed.
    pub fn dropped(&mut self, name: &str, certain: bool) {
        if certain {
            self.settled(name);
        }
        let kept = self.relations.get(name).filter(|relation| !certain && relation.is_tagged()).map(closed);
        if self.relations.contains_key(name) {
            self.put(name, kept);
        }
    }

    /// DISCARD TEMP: each is dropped, and of the others the client knows that they are not there.
    pub fn discarded(&mut self) {
        let before = self.attempts.len();
        self.attempts.retain(|name, _| self.relations.contains_key(name));
        if self.attempts.len() < before {
            self.revision = self.revision.wrapping_add(1);
        }
        let names: Vec<String> = self.relations.keys().cloned().collect();
        names.iter().for_each(|name| self.dropped(name, true));
    }

    /// DISCARD ALL: the connection is as a new one.
    pub fn clear(&mut self) {
        if !self.attempts.is_empty() {
            self.attempts.clear();
            self.revision = self.revision.wrapping_add(1);
        }
        let names: Vec<String> = self.relations.keys().cloned().collect();
        names.iter().for_each(|name| self.put(name, None));
    }

    /// The tags do not say any more what they said: everything is closed.
    pub fn close(&mut self) {
        let before = self.replaced.iter_mut().filter_map(|(_, relation)| relation.as_mut());
        self.relations.values_mut().chain(before).for_each(|relation| relation.open = false);
    }

    fn put(&mut self, name: &str, relation: Option<Relation>) {
        let before = self.replace(name, relation);
        self.replaced.push((name.to_owned(), before));
    }

    fn replace(&mut self, name: &str, relation: Option<Relation>) -> Option<Relation> {
        let tagged = relation.as_ref().is_some_and(Relation::is_tagged);
        let before = match relation {
            Some(relation) => self.relations.insert(name.to_owned(), relation),
            None => self.relations.remove(name),
        };
        if tagged || before.as_ref().is_some_and(Relation::is_tagged) {
            self.revision = self.revision.wrapping_add(1);
        }
        before
    }

    /// How much the transaction has changed: what [`Temporaries::take_back`] leads back to.
    pub fn mark(&self) -> usize {
        self.replaced.len()
    }

    /// What was changed since the mark is as it was.
    pub fn take_back(&mut self, mark: usize) {
        while self.replaced.len() > mark {
            if let Some((name, before)) = self.replaced.pop() {
                self.replace(&name, before);
            }
        }
    }

    /// The transaction is committed.
    pub fn keep(&mut self) {
        self.replaced.clear();
    }

    /// What the transaction has changed may be taken back before the next statement of this text.
    // REFUSES: a name that may again stand for sealed values.
    pub fn doubt(&mut self) {
        let tagged = self.replaced.iter().rev().filter_map(|(name, before)| Some((name, before.as_ref()?)));
        let tagged: Vec<Relation> = tagged
            .filter(|(name, before)| {
                before.is_tagged() && self.relations.get(*name).is_none_or(|now| !tags(now).eq(tags(before)))
            })
            .map(|(_, before)| closed(before))
            .collect();
        tagged.iter().for_each(|relation| self.made(relation));
    }
}

impl Attempt {
    fn is_of_session(&self) -> bool {
        is_temporary_schema(&self.relation.name.schema)
    }

    fn is_open_of_session(&self) -> bool {
        !self.settled && self.is_of_session()
    }
}

fn closed(relation: &Relation) -> Relation {
    Relation { open: false, ..relation.clone() }
}

/// What the columns are called, and which are tagged.
fn tags(relation: &Relation) -> impl Iterator<Item = (&str, Option<crate::names::ColumnId>)> {
    let tagged = relation.is_tagged();
    relation.columns.iter().filter(move |_| tagged).map(|column| (column.name.as_str(), column.tag))
}
