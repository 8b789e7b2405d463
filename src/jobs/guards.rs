//! The guard of a column comes and goes with the work on its rows (docs/format.md, section 1).
//!
//! Knows the constraint and that it is added without looking at the rows: a table in use is never
//! held up for long. While rows hold plaintext there is no guard, since the server would refuse every
//! new version of such a row.

use crate::catalog::fetch::Live;
use crate::catalog::guard;
use crate::catalog::model::{Column, Relation};
use crate::jobs::admin::Admin;
use crate::jobs::apply::steps::Step;
use crate::jobs::apply::{ApplyError, take_step};
use crate::jobs::domain::shape::Shape;
use crate::names::{QualifiedName, quoted};
use crate::types::StoredType;

/// One column that is guarded or not, as the server shows it.
pub struct Post<'l> {
    relation: &'l Relation,
    column: &'l Column,
    stored: StoredType,
}

impl<'l> Post<'l> {
    /// `None` if the server shows no such column.
    pub fn of(live: &'l Live, relation: &QualifiedName, column: &str, stored: StoredType) -> Option<Self> {
        let relation = live.relations.iter().find(|shown| shown.name == *relation)?;
        let (_, column) = relation.column(column)?;
        Some(Post { relation, column, stored })
    }

    /// Those of a domain, on the tables at the top: partitions and children inherit them.
    pub fn all(live: &'l Live, shape: &Shape) -> Vec<Self> {
        let tables = shape.tables.iter();
        let columns = tables.flat_map(|table| table.columns.iter().map(move |column| (&table.name, column)));
        columns.filter_map(|(table, column)| Post::of(live, table, &column.name, column.stored)).collect()
    }

    /// Stands, and every stored value is known to pass it.
    pub fn is_validated(&self) -> bool {
        guard::find(self.relation, self.column, self.stored).is_some_and(|guard| guard.validated)
    }

    /// Adds the guard, not validated; does nothing if it stands.
    ///
    /// # Errors
    /// The server's refusal, or a lock that was not to be had.
    pub async fn raise(&self, admin: &Admin) -> Result<(), ApplyError> {
        if guard::find(self.relation, self.column, self.stored).is_some() {
            return Ok(());
        }
        let check = guard::predicate(self.column, self.stored);
        let name = quoted(&guard::name(&self.column.name));
        self.step(admin, format!("ADD CONSTRAINT {name} CHECK ({check}) NOT VALID")).await
    }

    /// Has the server look at every row.
    ///
    /// # Errors
    /// A row that does not pass; a lock that was not to be had.
    pub async fn validate(&self, admin: &Admin) -> Result<(), ApplyError> {
        self.step(admin, self.validation()).await
    }

    /// The same of several columns of one table, whose rows the server looks at once for all of them.
    ///
    /// # Errors
    /// As [`Post::validate`].
    pub async fn validate_all(posts: &[Self], admin: &Admin) -> Result<(), ApplyError> {
        let Some(first) = posts.first() else { return Ok(()) };
        let actions: Vec<String> = posts.iter().map(Post::validation).collect();
        first.step(admin, actions.join(", ")).await
    }

    fn validation(&self) -> String {
        let standing = guard::find(self.relation, self.column, self.stored);
        let name = standing.map_or_else(|| guard::name(&self.column.name), |guard| guard.name.clone());
        format!("VALIDATE CONSTRAINT {}", quoted(&name))
    }

    /// Drops the guard, if it stands.
    ///
    /// # Errors
    /// The server's refusal, or a lock that was not to be had.
    pub async fn lower(&self, admin: &Admin) -> Result<(), ApplyError> {
        let Some(guard) = guard::find(self.relation, self.column, self.stored) else { return Ok(()) };
        self.step(admin, format!("DROP CONSTRAINT {}", quoted(&guard.name))).await
    }

    async fn step(&self, admin: &Admin, action: String) -> Result<(), ApplyError> {
        let sql = format!("ALTER TABLE {} {action}", self.relation.name);
        let step = Step { relation: self.relation.name.clone(), sql, why: String::new(), retyped: None };
        take_step(admin, &step).await.map_err(|why| ApplyError::Step { sql: step.sql.clone(), why })
    }
}
