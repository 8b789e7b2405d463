//! Temporary relations of one session, as the client's own statements tell of them.
//!
//! Knows names, the tags that columns inherit, and what a transaction that is taken back brings back.
//! Does not know who says how a transaction ended, nor anything of relations that outlive the session.

use std::collections::HashMap;

use crate::catalog::model::Relation;

/// The temporary relations that are there now, and what stood in their place before the transaction.
#[derive(Clone, Debug, Default)]
pub struct Temporaries {
    relations: HashMap<String, Relation>,
    /// What each name stood for before each change of the transaction under way, oldest first.
    replaced: Vec<(String, Option<Relation>)>,
    revision: u64,
}

impl Temporaries {
    /// The relation of this bare name.
    pub fn get(&self, name: &str) -> Option<&Relation> {
        self.relations.get(name)
    }

    /// Is there one of this bare name?
    pub fn contains(&self, name: &str) -> bool {
        self.relations.contains_key(name)
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.relations.is_empty()
    }

    /// Another number whenever a name stands, or no longer stands, for something tagged.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// CREATE: from now on the name stands for this.
    pub fn made(&mut self, relation: &Relation) {
        self.put(&relation.name.name, Some(relation.clone()));
    }

    /// CREATE … IF NOT EXISTS. The server does not say whether it made anything.
    pub fn made_unless_there(&mut self, relation: &Relation) {
        match self.get(&relation.name.name) {
            None => self.made(relation),
            Some(there) if !tags(there).eq(tags(relation)) => {
                // REFUSES: a name that may stand for sealed values, or for values that are not.
                let tagged = if there.is_tagged() { there } else { relation };
                let closed = closed(tagged);
                self.put(&relation.name.name, Some(closed));
            }
            Some(_) => {}
        }
    }

    /// DROP: the name stands for nothing. If that is not `certain`, since the DROP may have met another
    /// relation of the name, what is tagged stays and is closed.
    pub fn dropped(&mut self, name: &str, certain: bool) {
        let kept = self.get(name).filter(|relation| !certain && relation.is_tagged()).map(closed);
        if self.contains(name) {
            self.put(name, kept);
        }
    }

    /// DISCARD.
    pub fn clear(&mut self) {
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
                before.is_tagged() && self.get(name).is_none_or(|now| !tags(now).eq(tags(before)))
            })
            .map(|(_, before)| closed(before))
            .collect();
        tagged.iter().for_each(|relation| self.made(relation));
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
