//! Changes of the pinned shape under way in one session: taken over at the reply that proves each,
//! undone with their transaction or savepoint, and in force for everybody once that is committed. The
//! session's temporary relations come and go with the same transaction.
//!
//! Knows the course of transactions as the client's statements and the server's replies tell it. Does
//! not know what the changes are for.

use crate::catalog::change::Change;
use crate::catalog::model::Relation;
use crate::sql::temporary::Temporaries;

/// What the transaction that is open has changed so far.
#[derive(Debug, Default)]
pub struct Moving {
    changes: Vec<Change>,
    savepoints: Vec<Savepoint>,
    in_block: bool,
    failed: bool,
    revision: u64,
}

/// How a transaction was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// By the client's COMMIT.
    Committed,
    /// By the client's ROLLBACK.
    TakenBack,
    /// By an error, or by the server's word alone: the client may not know.
    Lost,
}

/// A savepoint: how much there was when it was set.
#[derive(Debug)]
struct Savepoint {
    name: String,
    changes: usize,
    /// [`Temporaries::mark`].
    temporary: usize,
}

impl Moving {
    /// In the order in which they were made.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Another number whenever [`Moving::changes`] are others.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// A definition succeeded.
    pub fn made(&mut self, changes: &[Change]) {
        if !changes.is_empty() {
            self.revision = self.revision.wrapping_add(1);
            self.changes.extend_from_slice(changes);
        }
    }

    /// BEGIN succeeded. In a text with statements before it these belong to the transaction.
    pub fn begin(&mut self) {
        self.in_block = true;
    }

    /// The client has ended the block; what is committed by it.
    pub fn end(&mut self, over: Over, temporary: &mut Temporaries) -> Vec<Change> {
        let over = if over == Over::Committed && self.failed { Over::Lost } else { over };
        self.close(over, temporary)
    }

    /// SAVEPOINT succeeded.
    pub fn savepoint(&mut self, name: &str, temporary: usize) {
        self.savepoints.push(Savepoint { name: name.to_owned(), changes: self.changes.len(), temporary });
    }

    /// ROLLBACK TO succeeded.
    pub fn rollback_to(&mut self, name: &str, temporary: &mut Temporaries) {
        let Some(at) = self.savepoints.iter().rposition(|known| known.name == name) else { return };
        self.savepoints.truncate(at + 1);
        if let Some(savepoint) = self.savepoints.last() {
            temporary.take_back(savepoint.temporary);
            self.changes.truncate(savepoint.changes);
            self.revision = self.revision.wrapping_add(1);
        }
        self.failed = false;
    }

    /// RELEASE succeeded.
    pub fn release(&mut self, name: &str) {
        if let Some(at) = self.savepoints.iter().rposition(|known| known.name == name) {
            self.savepoints.truncate(at);
        }
    }

    /// The client was told an error: outside a block it undoes what came with it, inside everything
    /// waits for ROLLBACK.
    pub fn failed(&mut self, temporary: &mut Temporaries) {
        match self.in_block {
            true => self.failed = true,
            false => drop(self.close(Over::Lost, temporary)),
        }
    }

    /// ReadyForQuery; what is committed by it.
    pub fn ready(&mut self, idle: bool, temporary: &mut Temporaries) -> Vec<Change> {
        if !idle {
            self.in_block = true;
            return Vec::new();
        }
        // REFUSES: a block that is over without the client's own COMMIT. One that failed leaves no block
        // behind, and nothing of what was in it; otherwise the server lies, and the client may still
        // roll back.
        self.close(if self.in_block { Over::Lost } else { Over::Committed }, temporary)
    }

    fn close(&mut self, over: Over, temporary: &mut Temporaries) -> Vec<Change> {
        (self.in_block, self.failed) = (false, false);
        self.savepoints.clear();
        let changes = std::mem::take(&mut self.changes);
        match over {
            Over::Committed => {
                temporary.keep();
                made(&changes).for_each(|relation| temporary.taken(&relation.name.name));
            }
            Over::TakenBack => temporary.take_back(0),
            Over::Lost => {
                temporary.lose();
                made(&changes).for_each(|relation| temporary.attempted(relation));
            }
        }
        if !changes.is_empty() {
            self.revision = self.revision.wrapping_add(1);
        }
        if over == Over::Committed { changes } else { Vec::new() }
    }
}

/// Relations that these make.
fn made(changes: &[Change]) -> impl Iterator<Item = &Relation> {
    changes.iter().filter_map(|change| match change {
        Change::Made(relation) => Some(&**relation),
        Change::Gone { .. }
        | Change::SchemaGone(_)
        | Change::ColumnAdded { .. }
        | Change::ColumnGone { .. }
        | Change::ColumnRenamed { .. }
        | Change::Altered(_)
        | Change::Detached { .. }
        | Change::Typed { .. } => None,
    })
}
