//! From one epoch to the next: what a session depends on while the operator changes policy, pin or
//! keys, and what does not outlive the change.

use std::sync::Arc;

use super::{Remembered, Watch};
use crate::catalog::change::Change;
use crate::policy::standing::{Shape, Standing};
use crate::session::epoch::Epoch;
use crate::session::judge::{EpochId, Planned};
use crate::sql::known::Prepared;
use crate::sql::verdict::{CopyField, Plan, Purpose, Replacement, Seal, Treat, Verdict};
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// Epochs kept for one transaction, beside the one in force. What depends on an older one is refused.
const KEPT_EPOCHS: usize = 64;

impl Watch {
    /// Something is in progress from now on: moves on to the epoch in force.
    pub(super) fn catch_up(&mut self) {
        if self.holds && !self.moving.changes().is_empty() {
            let own = self.own_epoch();
            if own.id != self.cells.epoch.id {
                self.take_over(own);
            }
            return;
        }
        loop {
            let known = self.cells.epoch.id;
            if !self.holds {
                self.dependence.hold(known);
            }
            let Some(current) = self.epochs.other_than(known) else { break };
            self.take_over(current);
            if self.holds {
                break;
            }
        }
        self.holds = true;
    }

    /// The epoch in force with what the transaction has changed in the shape.
    fn own_epoch(&mut self) -> Arc<Epoch> {
        let base = self.epochs.current();
        let revision = self.moving.revision();
        if let Some(own) = self.own.as_ref().filter(|own| own.base == base.id && own.revision == revision) {
            return Arc::clone(&own.epoch);
        }
        let epoch = self.epochs.after(&base, self.moving.changes());
        self.own = Some(Own { base: base.id, revision, epoch: Arc::clone(&epoch) });
        epoch
    }

    /// For a text that uses what it defines: its later statements are those of an epoch that has it.
    /// Returns how many come before, and their epoch.
    pub(super) fn foresee(&mut self, remembered: &Remembered) -> (usize, EpochId) {
        let (statements, before) = (&remembered.statements, self.cells.epoch.id);
        let first = statements.iter().position(|ruling| !ruling.judged.changes.is_empty());
        let later = first.and_then(|first| statements.get(first + 1..)).unwrap_or_default();
        let plans = later.iter().any(|ruling| matches!(ruling.judged.verdict, Verdict::Plan(_)));
        let (Some(first), true) = (first, plans) else { return (usize::MAX, before) };
        let defined = statements.iter().flat_map(|ruling| &ruling.judged.changes);
        let changes: Vec<Change> = self.moving.changes().iter().chain(defined).cloned().collect();
        let foreseen = self.epochs.after(&self.epochs.current(), &changes);
        self.take_over(foreseen);
        (first + 1, before)
    }

    /// Changes of the shape that the server says are committed.
    pub(super) fn commit(&self, changes: &[Change]) {
        if !changes.is_empty() {
            self.epochs.commit(changes);
        }
    }

    /// Nothing is in progress: no older epoch is needed any more.
    pub(super) fn leave(&mut self) {
        if std::mem::take(&mut self.holds) {
            self.dependence.release();
        }
        self.looking.forget();
        if !self.kept.is_empty() {
            let newest = self.kept.iter().chain([&self.cells.epoch]).max_by_key(|epoch| epoch.id).cloned();
            self.cells.epoch = newest.unwrap_or_else(|| self.epochs.current());
            self.kept.clear();
        }
    }

    fn take_over(&mut self, current: Arc<Epoch>) {
        let older = std::mem::replace(&mut self.cells.epoch, current);
        let newest = self.kept.iter().chain([&older]).max_by_key(|epoch| epoch.id).cloned();
        self.keep(older);
        // Going back and forth for the rows of an older plan is no change.
        if let Some(newest) = newest.filter(|newest| newest.id < self.cells.epoch.id) {
            self.outlive(&newest);
            self.cells.desk.ahead = false;
        }
    }

    fn keep(&mut self, epoch: Arc<Epoch>) {
        if self.kept.iter().all(|kept| kept.id != epoch.id) {
            if self.kept.len() >= KEPT_EPOCHS {
                self.kept.remove(0);
            }
            self.kept.push(epoch);
        }
    }

    /// Makes the cells those of an epoch that is kept.
    pub(super) fn at(&mut self, epoch: EpochId) -> Option<()> {
        if self.cells.epoch.id != epoch {
            let other = self.kept.iter().find(|kept| kept.id == epoch).cloned()?;
            let present = std::mem::replace(&mut self.cells.epoch, other);
            self.keep(present);
        }
        Some(())
    }

    /// What SQL's own PREPARE and DECLARE have left behind does not say what it meant any more where
    /// tags or forms are others than when it was judged.
    fn outlive(&mut self, older: &Epoch) {
        let newer = &self.cells.epoch;
        if older.catalog.relations() != newer.catalog.relations() {
            // Its parameters were counted by the order of then.
            for prepared in self.names.prepared.values_mut() {
                if matches!(prepared, Prepared::Plan(plan) if plan.by_position) {
                    *prepared = Prepared::Stale;
                }
            }
        }
        if older.policy != newer.policy {
            self.names.prepared.values_mut().for_each(|prepared| *prepared = Prepared::Stale);
            // A column's number is its place in the policy.
            let kept = newer.policy.columns.iter().zip(&older.policy.columns);
            let same = newer.policy.columns.len() >= older.policy.columns.len()
                && kept.clone().all(|(a, b)| a.relation == b.relation && a.column == b.column);
            if !same {
                self.names.cursors.clear();
                self.names.temporary.close();
            }
            return;
        }
        let hangs = |seal: &Seal| {
            let (column, stored) = (newer.policy.column(seal.column), seal.purpose == Purpose::Store);
            column.is_none_or(|column| !newer.standings.keeps(&older.standings, column, stored))
        };
        for prepared in self.names.prepared.values_mut() {
            if matches!(prepared, Prepared::Plan(plan) if is_bound(plan, &hangs)) {
                *prepared = Prepared::Stale;
            }
        }
    }

    /// A plan of COPY seals in the newest epoch that has the same tags: what it says of each field is
    /// the same in both.
    pub(super) fn newest_of(&mut self, planned: &Planned) -> EpochId {
        let present = Arc::clone(&self.cells.epoch);
        let own = self.kept.iter().find(|kept| kept.id == planned.epoch);
        let column = |field: &CopyField| match field {
            CopyField::Seal(id) => Some(*id),
            CopyField::Keep | CopyField::Open(_) => None,
        };
        let fields = planned.plan.copy.iter().flat_map(|copy| &copy.fields).filter_map(column);
        let same = own.is_some_and(|own| {
            fields.into_iter().all(|id| own.policy.column(id) == present.policy.column(id))
        });
        if same { present.id } else { planned.epoch }
    }

    /// From now on what is stored takes the form that an open window leads to, where that is an
    /// envelope. False if there is none, so that a second attempt would be the first again.
    pub(super) fn seal_ahead(&mut self) -> bool {
        let epoch = &self.cells.epoch;
        let windows = epoch.policy.columns.iter().filter_map(|column| match epoch.standings.of(column) {
            Some(Standing::Window(forms)) => Some(forms),
            Some(Standing::One(_) | Standing::Mixed(_)) | None => None,
        });
        let sealed: Vec<_> = windows.filter(|forms| forms.to() == Shape::Sealed).collect();
        self.cells.desk.ahead = sealed.iter().any(|forms| !forms.moved);
        !sealed.is_empty()
    }

    /// A statement that was prepared when tags or forms were others.
    pub(super) fn outlived() -> Box<Report> {
        let message = "cached plan must not change result type";
        let report = Report::error(sqlstate::FEATURE_NOT_SUPPORTED, message)
            .hint("The policy or the keys have changed since: DEALLOCATE it and PREPARE it again.");
        Box::new(Report { reason: "stale-plan", ..report })
    }

    /// The lease of this instance has run out.
    pub(super) fn out_of_touch() -> Box<Report> {
        let message = "this instance of pgveil has lost touch with the others";
        let report = Report::error(sqlstate::CANNOT_CONNECT_NOW, message)
            .hint("It serves protected columns again when it reaches the database's table of instances.");
        Box::new(Report { reason: "out-of-touch", ..report })
    }
}

/// The epoch of a transaction that has changed the shape.
pub(super) struct Own {
    /// Upon which it stands.
    base: EpochId,
    /// What [`Moving::revision`](super::moving::Moving::revision) was.
    revision: u64,
    epoch: Arc<Epoch>,
}

/// Constants of the statement stand in one form, or are matched: they hang on the forms of the time.
fn is_bound(plan: &Plan, hangs: &dyn Fn(&Seal) -> bool) -> bool {
    let written = plan.edits.iter().any(|edit| match &edit.with {
        Replacement::Seal { seal, .. } => hangs(seal),
        Replacement::Pair { seals, .. } => seals.iter().any(hangs),
        Replacement::Text(_) | Replacement::Blank | Replacement::Repeat(_) => false,
    });
    written
        || plan.params.iter().any(|param| match &param.treat {
            Treat::Seal(seal, _) => seal.purpose == Purpose::Match && hangs(seal),
            Treat::Keep | Treat::Null => false,
        })
}
