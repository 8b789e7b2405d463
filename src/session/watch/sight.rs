//! Before values are sent whose place hangs on the order of columns, on a view's definition, or on a
//! relation that nobody has seen yet: a look at the shape that begins after the client sent them.
//!
//! A plan that was looked at for is not looked at for again in the same transaction: its first
//! statement holds a lock on the relation that no definition passes (manual, 13.3.1). What gives that
//! lock up, an error or a savepoint, makes it look again. A transaction that defines something itself knows
//! what it has defined, and looks for nothing else.

use std::sync::Arc;

use super::{Remembered, Watch};
use crate::session::judge::{Planned, Sees};
use crate::session::look::{Look, Sight};
use crate::sql::verdict::{Plan, Verdict};
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// Plans remembered in one transaction.
const REMEMBERED: usize = 64;

/// The looks of one session.
#[derive(Default)]
pub(super) struct Looking {
    /// Asked for, by the frame that is held.
    pub awaited: Option<Arc<Look>>,
    /// Plans of this transaction that need no further look.
    seen: Vec<Arc<Plan>>,
}

impl Looking {
    /// Locks may be gone, or the transaction.
    pub fn forget(&mut self) {
        self.seen.clear();
    }

    /// Somebody is still looking.
    pub fn is_under_way(&self) -> bool {
        self.awaited.as_ref().is_some_and(|look| look.sight().is_none())
    }

    fn knows(&self, plan: &Arc<Plan>) -> bool {
        self.seen.iter().any(|seen| Arc::ptr_eq(seen, plan))
    }

    fn remember(&mut self, plan: &Arc<Plan>) {
        if self.seen.len() >= REMEMBERED {
            self.seen.remove(0);
        }
        self.seen.push(Arc::clone(plan));
    }
}

impl Watch {
    /// May what the client has sent be judged by the epoch in force? `looked` is the look that this
    /// very frame was held for.
    pub(super) fn sees_for(&mut self, remembered: &Remembered, looked: Option<Arc<Look>>) -> Sees {
        let by_position = |plan: &&Arc<Plan>| plan.by_position;
        let plans = || {
            let planned = remembered.statements.iter().filter_map(|ruling| match &ruling.judged.verdict {
                Verdict::Plan(plan) => Some(plan),
                Verdict::Clear(_) | Verdict::Refuse(_) => None,
            });
            planned.filter(by_position)
        };
        if !remembered.unseen && plans().all(|plan| self.looking.knows(plan)) {
            return Sees::Current;
        }
        let sees = self.sees(looked);
        if matches!(sees, Sees::Current) {
            plans().for_each(|plan| self.looking.remember(plan));
        }
        sees
    }

    /// The same of values for a statement that was prepared before.
    pub(super) fn sees_for_values(&mut self, planned: &Planned, looked: Option<Arc<Look>>) -> Sees {
        if !planned.plan.by_position || self.looking.knows(&planned.plan) {
            return Sees::Current;
        }
        let sees = self.sees(looked);
        if matches!(sees, Sees::Current) {
            self.looking.remember(&planned.plan);
        }
        sees
    }

    fn sees(&mut self, looked: Option<Arc<Look>>) -> Sees {
        // Who reads the shape would wait for the lock that this transaction's own definition holds.
        if !self.moving.changes().is_empty() {
            return Sees::Current;
        }
        match looked.and_then(|look| look.sight()) {
            Some(Sight::Current) => Sees::Current,
            // REFUSES: to believe a shape that nobody could compare with the database's.
            Some(Sight::Unknown) => Sees::Nothing(Self::unseen()),
            None => match self.epochs.look() {
                Some(look) => {
                    self.looking.awaited = Some(look);
                    Sees::Later
                }
                None => Sees::Current,
            },
        }
    }

    fn unseen() -> Box<Report> {
        let message = "the shape of the database could not be looked at";
        let report = Report::error(sqlstate::CANNOT_CONNECT_NOW, message)
            .hint("Name the columns that values go to, or see why [admin] url cannot be reached.");
        Box::new(Report { reason: "shape-not-seen", ..report })
    }
}
