//! Tables of a domain that were made while it moved, and hold what was sealed before.
//!
//! A transaction that makes a table is seen by nobody until it is committed: one that was open when the run
//! looked where the values are, or was begun before the move, brings a table that the rewriting knew nothing of.

use super::shape::{Shape, ShapeError, Stored, Table};
use super::{DomainError, Run, rewrite, statements};
use crate::catalog::fetch::Live;
use crate::catalog::model::RelationKind;
use crate::crypto::domains::{Form, Window};
use crate::jobs::admin::Admin;
use crate::policy::model::{Mode, Policy};
use crate::policy::types::stored_as;

impl Run<'_, '_> {
    /// ORDER: while both forms are matched, and no writer of the old one is left. `window` is as this run found
    /// or made it: where it had moved before, nobody knows what the run before this one has seen.
    pub(super) async fn fetch_latecomers(
        &mut self,
        shape: &mut Shape,
        window: Window,
    ) -> Result<(), DomainError> {
        let live = self.site.admin.live().await?;
        let late = of(self.domain, self.site.policy, &live, shape)?;
        let mut looked_at = late.clone();
        if window.moved {
            looked_at.tables.extend(shape.tables.iter().cloned());
        }
        let left = left(self.site.admin, window.to, looked_at).await?;
        if !left.tables.is_empty() {
            self.rewrite_all(&left, window).await?;
        }
        shape.tables.extend(late.tables);
        shape.triggered.extend(late.triggered);
        Ok(())
    }
}

/// Tables that the policy names in the domain, that the server has, and that are not in the shape.
///
/// # Errors
/// What cannot be moved with it.
fn of(domain: &str, policy: &Policy, live: &Live, shape: &Shape) -> Result<Shape, ShapeError> {
    let mut late: Vec<Table> = Vec::new();
    for relation in &live.relations {
        let known = shape.tables.iter().chain(&shape.triggered).any(|table| table.name == relation.name);
        let tagged = policy.ids().filter(|(_, column)| {
            column.relation == relation.name && column.domain == domain && column.mode == Mode::Deterministic
        });
        if known || relation.kind.is_defined() {
            continue;
        }
        let mut columns = Vec::new();
        for (id, tag) in tagged {
            let Some((_, column)) = relation.column(&tag.column) else { continue };
            let stored = stored_as(&column.type_name);
            let stored =
                stored.ok_or_else(|| ShapeError::Unfit(relation.name.clone(), column.name.clone()))?;
            columns.push((column.attnum, Stored { id, name: column.name.clone(), stored }));
        }
        if columns.is_empty() {
            continue;
        }
        if relation.kind == RelationKind::Foreign {
            return Err(ShapeError::Foreign(relation.name.clone()));
        }
        columns.sort_by_key(|(attnum, _)| *attnum);
        let columns = columns.into_iter().map(|(_, column)| column).collect();
        late.push(Table { name: relation.name.clone(), columns });
    }
    late.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Shape { domain: domain.to_owned(), triggered: late.clone(), tables: late })
}

/// Those of the tables in which another form than this is left.
///
/// # Errors
/// The server's refusal, or an answer that makes no sense.
async fn left(admin: &Admin, to: Form, shape: Shape) -> Result<Shape, DomainError> {
    if shape.tables.is_empty() {
        return Ok(shape);
    }
    let counts = rewrite::numbers(admin, &statements::count(to, &shape)).await?;
    let tables = shape.tables.into_iter().zip(counts).filter(|(_, left)| *left > 0);
    let tables: Vec<Table> = tables.map(|(table, _)| table).collect();
    Ok(Shape { domain: shape.domain, triggered: tables.clone(), tables })
}
