//! What a name of the protocol stands for, while messages that change it are in flight.
//!
//! A change is made when its message is forwarded, since the client may pipeline messages that build
//! on it, and is undone when the server turns out not to have carried it out.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

/// Position of a message in the order in which the server answers.
pub(super) type Seq = u64;

/// Statements or portals by name.
pub(super) struct Named<T> {
    live: HashMap<Box<[u8]>, Arc<T>>,
    /// Oldest first.
    changes: VecDeque<Change<T>>,
}

struct Change<T> {
    seq: Seq,
    name: Box<[u8]>,
    before: Option<Arc<T>>,
}

impl<T> Named<T> {
    pub fn new() -> Self {
        Named { live: HashMap::new(), changes: VecDeque::new() }
    }

    /// As it will be when all that is in flight succeeds.
    pub fn get(&self, name: &[u8]) -> Option<&Arc<T>> {
        self.live.get(name)
    }

    /// True if the last change of `name` stands before the Sync `sync` and is unanswered: then it is
    /// not certain what the name will stand for. A change after it either succeeds or takes
    /// everything up to the next Sync with it.
    pub fn is_unsettled(&self, name: &[u8], sync: Seq) -> bool {
        self.changes.iter().rev().find(|c| *c.name == *name).is_some_and(|c| c.seq < sync)
    }

    /// The message `seq` makes `name` stand for `what`.
    pub fn set(&mut self, seq: Seq, name: &[u8], what: Option<Arc<T>>) {
        if what.is_none() && !self.live.contains_key(name) {
            return;
        }
        let name: Box<[u8]> = name.into();
        let before = match what {
            Some(what) => self.live.insert(name.clone(), what),
            None => self.live.remove(&name),
        };
        self.changes.push_back(Change { seq, name, before });
    }

    /// All messages up to `seq` have been answered.
    #[inline]
    pub fn confirm(&mut self, seq: Seq) {
        while self.changes.front().is_some_and(|c| c.seq <= seq) {
            self.changes.pop_front();
        }
    }

    /// The server did not carry these messages out. `settle` says what a name stands for, given what
    /// the message would have made of it and what it was before.
    pub fn undo(
        &mut self,
        seqs: Range<Seq>,
        settle: impl Fn(Option<Arc<T>>, Option<Arc<T>>) -> Option<Arc<T>>,
    ) {
        while let Some(at) = self.changes.iter().rposition(|c| seqs.contains(&c.seq)) {
            let Some(change) = self.changes.remove(at) else { return };
            let later = self.changes.iter().skip(at).find(|c| c.name == change.name);
            let failed = match later {
                Some(later) => later.before.clone(),
                None => self.live.get(&change.name).cloned(),
            };
            self.set_before(at, &change.name, settle(failed, change.before));
        }
    }

    /// Before the change at index `at` (or now), `name` stood for `what`.
    fn set_before(&mut self, at: usize, name: &[u8], what: Option<Arc<T>>) {
        match self.changes.iter_mut().skip(at).find(|c| *c.name == *name) {
            Some(later) => later.before = what,
            None => match what {
                Some(what) => drop(self.live.insert(name.into(), what)),
                None => drop(self.live.remove(name)),
            },
        }
    }

    /// What has been answered made `name` void; changes in flight stand.
    pub fn forget(&mut self, name: &[u8]) {
        self.set_before(0, name, None);
    }

    /// What has been answered made those names void for which `is_void` holds; changes in flight
    /// stand.
    pub fn forget_where(&mut self, is_void: impl Fn(&[u8], &T) -> bool) {
        if self.live.is_empty() && self.changes.is_empty() {
            return;
        }
        let changes = &mut self.changes;
        self.live.retain(|name, what| !is_void(name, what) || changes.iter().any(|c| c.name == *name));
        for change in changes {
            if change.before.as_ref().is_some_and(|what| is_void(&change.name, what)) {
                change.before = None;
            }
        }
    }
}
