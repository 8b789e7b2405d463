//! The session's memory as a judge may see it, and the little of it that a judge may change.

use super::judge::{Held, Known, Planned};
use super::named::Named;
use super::names::Names;
use super::owed::Queue;
use super::prepared::{Portal, Prepared};
use crate::wire::from_server::Status;

/// Read, while a statement is judged.
pub(super) struct Followed<'a> {
    pub status: Status,
    pub owed: &'a Queue,
    pub statements: &'a Named<Prepared>,
    pub portals: &'a Named<Portal>,
}

impl Known for Followed<'_> {
    fn status(&self) -> Status {
        self.status
    }

    fn settled(&self) -> bool {
        self.owed.is_empty()
    }

    fn prepared(&self, name: &[u8]) -> Option<&Planned> {
        self.statements.get(name)?.planned()
    }

    fn held(&self, name: &[u8]) -> Option<Held<'_>> {
        let prepared = self.statements.get(name).filter(|_| self.owed.is_empty())?;
        let Prepared { text, epoch, names, .. } = &**prepared;
        let is_own = prepared.is_certain && *prepared.server_name == *name;
        is_own.then(|| Held { text, planned: prepared.planned(), epoch: *epoch, names: *names })
    }

    fn portal(&self, name: &[u8]) -> Option<&Planned> {
        self.portals.get(name)?.prepared.planned()
    }
}

/// Changed, when a statement is known to have succeeded.
pub(super) struct Forgetting<'a> {
    pub statements: &'a mut Named<Prepared>,
    pub portals: &'a mut Named<Portal>,
}

impl Names for Forgetting<'_> {
    fn forget_statement(&mut self, name: &[u8]) {
        self.statements.forget(name);
    }

    fn forget_statements(&mut self) {
        // The unnamed one is none of those that SQL knows.
        self.statements.forget_where(|name, _| !name.is_empty());
    }

    fn forget_portal(&mut self, name: &[u8]) {
        self.portals.forget(name);
    }

    fn forget_portals(&mut self) {
        self.portals.forget_where(|_, _| true);
    }
}
