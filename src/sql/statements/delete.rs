//! DELETE.

use crate::sql::analysis::Analysis;
use crate::sql::ast::Delete;
use crate::sql::refusal::Checked;
use crate::sql::scope::{Item, Scope};

impl<'a> Analysis<'a> {
    /// The columns that RETURNING gives.
    pub fn delete(&mut self, delete: &Delete, outer: &Scope) -> Checked<Vec<Item>> {
        let mut scope = Scope::inside(outer);
        if let Some(with) = &delete.with {
            self.with(with, &mut scope)?;
        }
        let meant = self.meant(&delete.target.name)?;
        let target = self.source_of(&delete.target, meant)?;
        let mut inside = self.from(&delete.using, &scope)?;
        inside.visible = target.items.iter().chain(&inside.visible).cloned().collect();
        inside.sources.insert(0, target.clone());
        self.filter(delete.filter.as_ref(), &inside)?;
        match &delete.returning {
            Some(returning) => self.returning_inside(returning, &target, inside),
            None => Ok(Vec::new()),
        }
    }
}
