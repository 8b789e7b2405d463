//! The guards of a domain's columns: added when the last plain value is gone, dropped before the
//! first is stored again. On the tables at the top; partitions and children inherit them.

use super::Tell;
use super::rewrite::{RewriteError, briefly};
use super::shape::{Shape, Stored, Table};
use crate::catalog::guard;
use crate::catalog::model::{Attachment, Catalog, Column, Relation};
use crate::jobs::admin::Admin;
use crate::names::quoted;

/// Adds and validates what is missing.
///
/// # Errors
/// A refusal, such as a value that is no envelope.
pub async fn add(
    admin: &Admin,
    catalog: &Catalog,
    shape: &Shape,
    tell: Tell<'_>,
) -> Result<(), RewriteError> {
    for table in &shape.tables {
        for stored in &table.columns {
            let Some((_, column)) = of(catalog, table, stored) else { continue };
            let (name, on) = (quoted(&guard::name(&stored.name)), &table.name);
            let check = guard::predicate(column, stored.stored);
            // A run that was stopped here has left it, and perhaps not validated. It is the same check.
            let add = format!(
                "ALTER TABLE {on} DROP CONSTRAINT IF EXISTS {name}, ADD CONSTRAINT {name} CHECK ({check}) NOT VALID"
            );
            briefly(admin, &add, tell).await?;
            briefly(admin, &format!("ALTER TABLE {on} VALIDATE CONSTRAINT {name}"), tell).await?;
        }
    }
    Ok(())
}

/// Drops what is there, under whatever name.
///
/// # Errors
/// A lock that is not to be had.
pub async fn remove(
    admin: &Admin,
    catalog: &Catalog,
    shape: &Shape,
    tell: Tell<'_>,
) -> Result<(), RewriteError> {
    for table in &shape.tables {
        for stored in &table.columns {
            let Some((relation, column)) = of(catalog, table, stored) else { continue };
            let found = guard::find(relation, column, stored.stored);
            let found = found.map(|Attachment { name, .. }| name.clone());
            let name = quoted(&found.unwrap_or_else(|| guard::name(&stored.name)));
            briefly(admin, &format!("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {name}", table.name), tell)
                .await?;
        }
    }
    Ok(())
}

fn of<'c>(catalog: &'c Catalog, table: &Table, stored: &Stored) -> Option<(&'c Relation, &'c Column)> {
    let relation = catalog.relations().iter().find(|relation| relation.name == table.name)?;
    Some((relation, relation.column(&stored.name)?.1))
}
