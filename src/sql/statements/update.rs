//! UPDATE.

use crate::sql::analysis::Analysis;
use crate::sql::ast::{Filter, Update};
use crate::sql::refusal::Checked;
use crate::sql::scope::{Item, Scope};

impl<'a> Analysis<'a> {
    /// The columns that RETURNING gives.
    pub fn update(&mut self, update: &Update, outer: &Scope) -> Checked<Vec<Item>> {
        let mut scope = Scope::inside(outer);
        if let Some(with) = &update.with {
            self.with(with, &mut scope)?;
        }
        let meant = self.meant(&update.target.name)?;
        let target = self.source_of(&update.target, meant)?;
        let mut inside = self.from(&update.from, &scope)?;
        let mut sources = vec![target.clone()];
        sources.append(&mut inside.sources);
        inside.visible = target.items.iter().chain(&inside.visible).cloned().collect();
        inside.sources = sources;
        self.assignments(meant, &update.assignments, &inside)?;
        self.filter(update.filter.as_ref(), &inside)?;
        match &update.returning {
            Some(returning) => self.returning_inside(returning, &target, inside),
            None => Ok(Vec::new()),
        }
    }

    /// WHERE of UPDATE and DELETE. A cursor's row is found by its place, not by a value.
    pub(super) fn filter(&mut self, filter: Option<&Filter>, scope: &Scope) -> Checked<()> {
        match filter {
            Some(Filter::Expr(condition)) => self.condition(condition, scope),
            Some(Filter::CurrentOf(_)) | None => Ok(()),
        }
    }
}
