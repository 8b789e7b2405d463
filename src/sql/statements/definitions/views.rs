//! Views, materialised views, and tables made of queries.

use crate::catalog::change::{Change, keeps_tags};
use crate::catalog::model::{Column, Relation, RelationKind};
use crate::names::ColumnId;
use crate::policy::types::spelled;
use crate::sql::analysis::{Analysis, MadeOfQuery};
use crate::sql::ast::{CreateTableAs, CreateView, ObjectName, Persistence, Query, Span, TableSource};
use crate::sql::judge::is_temporary_schema;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::Kind;
use crate::sql::scope::{Item, Scope};
use crate::sql::statements::Outcome;
use crate::sql::verdict::{OutColumn, Rows};

impl Analysis<'_> {
    /// A table made of a query's rows: the protected column that would be lost in it, if any. A
    /// temporary table inherits the tags for the session.
    pub fn made_table(
        &mut self,
        name: &ObjectName,
        persistence: Persistence,
        items: &[Item],
    ) -> Checked<Option<ColumnId>> {
        let temporary =
            persistence == Persistence::Temporary || name.schema().is_some_and(is_temporary_schema);
        if !temporary {
            self.not_for_tagged(name)?;
            return Ok(self.protected_among(items));
        }
        let mut shape = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Column(column, value) => {
                    self.settle(value);
                    self.roles.hold(value.class);
                    let tag = match self.roles.kind(value.class) {
                        Kind::Protected(id) => Some(id),
                        Kind::Open
                        | Kind::Plain(..)
                        | Kind::Element(_)
                        | Kind::Array(_)
                        | Kind::Row(_)
                        | Kind::Document(_) => match self.roles.protected_in(value.class) {
                            Some(id) => return Ok(Some(id)),
                            None => None,
                        },
                    };
                    shape.push((column.clone(), tag));
                }
                Item::Rest(_) => {
                    let lost = self.protected_among(items);
                    let name = name.name().into();
                    self.made =
                        lost.is_none().then_some(MadeOfQuery { name, columns: None, unless_there: false });
                    return Ok(lost);
                }
            }
        }
        let name = name.name().into();
        self.made = Some(MadeOfQuery { name, columns: Some(shape), unless_there: false });
        Ok(None)
    }

    // REFUSES: rows of a query in a table that the operator tagged: it would have no guard, and what is
    // not protected in the query would be stored in the clear.
    fn not_for_tagged(&self, name: &ObjectName) -> Checked<()> {
        self.not_tagged_otherwise(name)?;
        let schemas = self.protected_schemas(name.name());
        let meant = name.schema().map_or(!schemas.is_empty(), |schema| schemas.iter().any(|s| s == schema));
        match meant {
            true => Err(Objection::at(Cause::TableFromProtected, name.span)),
            false => Ok(()),
        }
    }

    pub(in crate::sql) fn create_table_as(&mut self, create: &CreateTableAs, span: Span) -> Checked<Outcome> {
        let query = match &create.source {
            TableSource::Query(query) => query,
            TableSource::Execute(execute) => {
                self.not_for_tagged(&create.name)?;
                let outcome = self.execute(execute, span)?;
                let opened = matches!(&outcome, Outcome::Rows(Rows::Columns(c))
                    if c.iter().any(|c| matches!(c, OutColumn::Open(_) | OutColumn::Document(_))));
                return match opened {
                    true => Err(Objection::at(Cause::TableFromProtected, span)),
                    false => Ok(Outcome::NOTHING),
                };
            }
        };
        let items = self.query(query, &Scope::default())?;
        let items = self.renamed(items, create.columns.iter().map(|c| c.as_str()), span)?;
        if create.materialized_view {
            self.body = Some("a materialised view");
            let kind = RelationKind::MaterializedView;
            let view = View { name: &create.name, kind, query };
            return self.view(&view, &items, create.if_not_exists, false);
        }
        match self.made_table(&create.name, create.persistence, &items)? {
            Some(column) => Err(Objection::on(Cause::TableFromProtected, create.name.span, column)),
            None => {
                if let Some(made) = &mut self.made {
                    made.unless_there = create.if_not_exists;
                }
                Ok(Outcome::NOTHING)
            }
        }
    }

    /// A view that shows something protected is pinned with what its columns carry.
    pub(in crate::sql) fn create_view(&mut self, view: &CreateView, _span: Span) -> Checked<Outcome> {
        let items = self.query(&view.query, &Scope::default())?;
        let items = self.renamed(items, view.columns.iter().map(|c| c.as_str()), view.query.span)?;
        // Over a temporary relation it is one itself (manual, CREATE VIEW).
        if view.persistence == Persistence::Temporary || self.of_session {
            return match self.made_table(&view.name, Persistence::Temporary, &items)? {
                Some(column) => Err(Objection::on(Cause::ViewOverProtected, view.name.span, column)),
                None => Ok(Outcome::NOTHING),
            };
        }
        self.body = Some("a view");
        let kind = RelationKind::View;
        let made = View { name: &view.name, kind, query: &view.query };
        self.view(&made, &items, false, view.replace)
    }

    fn view(
        &mut self,
        view: &View<'_>,
        items: &[Item],
        if_missing: bool,
        replaces: bool,
    ) -> Checked<Outcome> {
        let schemas = self.protected_schemas(view.name.name());
        if !self.touched && schemas.is_empty() {
            return Ok(Outcome::NOTHING);
        }
        let name = self.new_name(view.name, None)?;
        // REFUSES: a view under the name of a table that the operator tagged.
        if self.known.policy.names(&name) {
            return Err(Objection::at(Cause::ViewOverProtected, view.name.span));
        }
        let was = self.known.catalog.relation(&name).filter(|r| r.pinned);
        if if_missing && was.is_some_and(|r| r.open || r.oid != 0) {
            return Ok(Outcome::NOTHING);
        }
        let Some(columns) = self.view_columns(view, items)? else { return Ok(Outcome::NOTHING) };
        let text = self.tokens.bytes_of(view.query.span).and_then(|range| self.text.get(range));
        let mut made = Relation::new(name, view.kind);
        made.columns = columns;
        made.pinned = self.touched;
        made.definition = text.map(|text| String::from_utf8_lossy(text).into_owned());
        // REFUSES: a column that showed sealed values and would be taken for one that does not.
        if let Some(was) = was.filter(|was| (replaces || !was.open) && !keeps_tags(was, &made)) {
            let lost = was.columns.iter().find_map(|column| column.tag);
            let objection = Objection::at(Cause::ViewOverProtected, view.name.span);
            return Err(Box::new(Objection { column: lost, ..*objection }));
        }
        self.changes.push(Change::Made(Box::new(made)));
        Ok(Outcome::NOTHING)
    }

    /// The columns of a view with what they carry; `None` if nothing protected is among columns that
    /// cannot be told.
    fn view_columns(&mut self, view: &View<'_>, items: &[Item]) -> Checked<Option<Vec<Column>>> {
        let mut columns = Vec::with_capacity(items.len());
        for item in items {
            let Item::Column(name, value) = item else {
                return match self.protected_among(items) {
                    Some(id) => Err(Objection::on(Cause::UnknownShape, view.name.span, id)),
                    None => Ok(None),
                };
            };
            self.settle(value);
            let tag = match self.roles.kind(value.class) {
                Kind::Protected(id) => Some(id),
                Kind::Open | Kind::Plain(..) => None,
                Kind::Element(_) | Kind::Array(_) | Kind::Row(_) | Kind::Document(_) => {
                    match self.roles.protected_in(value.class) {
                        Some(id) => return Err(Objection::on(Cause::Composite, view.name.span, id)),
                        None => None,
                    }
                }
            };
            let stored = tag.and_then(|id| self.known.policy.column(id)).map(|c| c.stored);
            let (oid, type_name) = stored.map_or((0, "unknown"), |stored| (stored.oid(), spelled(stored)));
            columns.push(Column { tag, ..Column::new(&**name, oid, type_name) });
        }
        Ok(Some(columns))
    }
}

/// A view that is made.
struct View<'v> {
    name: &'v ObjectName,
    kind: RelationKind,
    query: &'v Query,
}
