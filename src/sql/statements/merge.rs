//! MERGE.

use crate::sql::analysis::Analysis;
use crate::sql::ast::{Merge, MergeAction, MergeArm, MergeInsert, MergeMatch};
use crate::sql::refusal::Checked;
use crate::sql::relations::Meant;
use crate::sql::scope::{Item, Scope, Source};

impl<'a> Analysis<'a> {
    /// The columns that RETURNING gives.
    pub fn merge(&mut self, merge: &Merge, outer: &Scope) -> Checked<Vec<Item>> {
        let mut scope = Scope::inside(outer);
        if let Some(with) = &merge.with {
            self.with(with, &mut scope)?;
        }
        let meant = self.meant(&merge.target.name)?;
        let target = self.source_of(&merge.target, meant)?;
        let source = self.from(std::slice::from_ref(&merge.source), &scope)?;
        let both = merged(&target, &source, &scope);
        self.condition(&merge.on, &both)?;
        for arm in &merge.arms {
            self.arm(arm, meant, &target, &source, &both, &scope)?;
        }
        match &merge.returning {
            Some(returning) => self.returning_inside(returning, &target, merged(&target, &source, &scope)),
            None => Ok(Vec::new()),
        }
    }

    /// Which side an arm sees hangs on what it is for.
    fn arm(
        &mut self,
        arm: &MergeArm,
        meant: Meant<'a>,
        target: &Source,
        source: &Scope,
        both: &Scope,
        outer: &Scope,
    ) -> Checked<()> {
        let only_target;
        let scope = match arm.matched {
            MergeMatch::Matched => both,
            MergeMatch::NotMatchedByTarget => source,
            MergeMatch::NotMatchedBySource => {
                only_target = Scope {
                    sources: vec![target.clone()],
                    visible: target.items.clone(),
                    ..Scope::inside(outer)
                };
                &only_target
            }
        };
        if let Some(condition) = &arm.condition {
            self.condition(condition, scope)?;
        }
        match &arm.action {
            MergeAction::Update(assignments) => self.assignments(meant, assignments, scope),
            MergeAction::Insert(insert) => self.merge_insert(insert, meant, scope),
            MergeAction::Delete | MergeAction::Nothing => Ok(()),
        }
    }

    fn merge_insert(&mut self, insert: &MergeInsert, meant: Meant<'a>, scope: &Scope) -> Checked<()> {
        let Some(values) = &insert.values else { return Ok(()) };
        let into = match (&insert.columns, meant) {
            (Some(list), _) => self.listed(meant, list)?,
            (None, Meant::Pinned(relation)) => {
                self.spliced(relation, Some(values.len()), insert.before_values)
            }
            (None, Meant::Other(_)) => Vec::new(),
        };
        if let Some(last) = values.last() {
            self.no_more_than(values.len(), &into, last.span)?;
        }
        for (index, expr) in values.iter().enumerate() {
            self.write(expr, into.get(index).copied().flatten(), scope)?;
        }
        Ok(())
    }
}

fn merged<'p>(target: &Source, source: &Scope<'p>, outer: &'p Scope<'p>) -> Scope<'p> {
    let mut both = Scope::inside(outer);
    both.sources.push(target.clone());
    both.sources.extend(source.sources.iter().cloned());
    both.visible = target.items.iter().chain(&source.visible).cloned().collect();
    both
}
