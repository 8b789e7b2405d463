//! RETURNING.

use crate::sql::analysis::Analysis;
use crate::sql::ast::Returning;
use crate::sql::refusal::Checked;
use crate::sql::scope::{Item, Scope, Source};

/// `old` and `new` may be named since version 18.
const OLD_AND_NEW_SINCE: u32 = 180_000;

impl<'a> Analysis<'a> {
    /// RETURNING that sees these relations.
    pub(super) fn returning(
        &mut self,
        returning: &Returning,
        sources: &[Source],
        outer: &Scope,
    ) -> Checked<Vec<Item>> {
        let mut scope = Scope::inside(outer);
        for source in sources {
            scope.visible.extend(source.items.iter().cloned());
            scope.sources.push(source.clone());
        }
        match sources.first() {
            Some(target) => self.returning_inside(returning, target, scope),
            None => self.targets(&returning.targets, &scope),
        }
    }

    /// RETURNING in the scope of the statement itself.
    pub(super) fn returning_inside(
        &mut self,
        returning: &Returning,
        target: &Source,
        mut scope: Scope,
    ) -> Checked<Vec<Item>> {
        let version = self.known.catalog.server_version();
        let written = returning.old.is_some() || returning.new.is_some();
        if written || version == 0 || version >= OLD_AND_NEW_SINCE {
            let old = returning.old.as_ref().map_or("old", |n| n.as_str());
            let new = returning.new.as_ref().map_or("new", |n| n.as_str());
            for name in [old, new] {
                if !scope.sources.iter().any(|s| &*s.name == name) {
                    scope.sources.push(Source {
                        name: name.into(),
                        schema: None,
                        items: target.items.clone(),
                        made: false,
                    });
                }
            }
        }
        self.targets(&returning.targets, &scope)
    }
}
