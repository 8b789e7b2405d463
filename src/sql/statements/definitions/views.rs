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
        if_not_exists: bool,
        items: &[Item],
    ) -> Checked<Option<ColumnId>> {
        let temporary =
            persistence == Persistence::Temporary || name.schema().is_some_and(is_temporary_schema);
        if !temporary {
            self.not_tagged_otherwise(name)?;
            return match self.is_for_tagged(name) {
                true => self.tagged_table_of(name, if_not_exists, items).map(|()| None),
                false => Ok(self.protected_among(items)),
            };
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

    /// Is it the name of something that the operator tagged?
    fn is_for_tagged(&self, name: &ObjectName) -> bool {
        let schemas = self.protected_schemas(name.name());
        name.schema().map_or(!schemas.is_empty(), |schema| schemas.iter().any(|s| s == schema))
    }

    // REFUSES: rows of what was prepared in a table that the operator tagged: what is not protected in them
    // would be stored in the clear.
    fn not_for_tagged(&self, name: &ObjectName) -> Checked<()> {
        self.not_tagged_otherwise(name)?;
        match self.is_for_tagged(name) {
            true => Err(Objection::at(Cause::TableFromProtected, name.span)),
            false => Ok(()),
        }
    }

    /// A table that the operator tagged, made of a query: what is protected in the query comes to stand in
    /// columns that are tagged alike, and nothing else does. The guards are made right behind it.
    fn tagged_table_of(&mut self, name: &ObjectName, if_not_exists: bool, items: &[Item]) -> Checked<()> {
        let refused = || Objection::at(Cause::TableFromProtected, name.span);
        let full = self.new_name(name, None)?;
        // REFUSES: guards for a table that may be there with its own; and a table in place of a view.
        if if_not_exists || !self.known.policy.names(&full) {
            return Err(refused());
        }
        let mut columns = Vec::with_capacity(items.len());
        for item in items {
            let Item::Column(column, value) = item else { return Err(refused()) };
            let has =
                |name: &str| items.iter().any(|item| matches!(item, Item::Column(n, _) if **n == *name));
            self.no_column_tagged_otherwise(&full, column, has, name.span)?;
            self.settle(value);
            columns.push(match self.tag_of_new(&full, column) {
                Some(id) => self.column_of_query(id, column, value, name.span)?,
                None => match self.roles.protected_in(value.class) {
                    Some(id) => return Err(Objection::on(Cause::TableFromProtected, name.span, id)),
                    None => Column::new(&**column, 0, "unknown"),
                },
            });
        }
        // REFUSES: a table that has none of the columns for which the operator has named it.
        if columns.iter().all(|column| column.tag.is_none()) {
            return Err(refused());
        }
        self.behind = self.guards_of(&full, &columns);
        let mut made = Relation::new(full, RelationKind::Table);
        made.columns = columns;
        made.pinned = true;
        self.changes.push(Change::Made(Box::new(made)));
        self.touched = true;
        Ok(())
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
        let spread = self.spreads;
        let items = self.query(query, &Scope::default())?;
        if !create.columns.is_empty() {
            self.ordered_since(spread);
        }
        let items = self.renamed(items, create.columns.iter().map(|c| c.as_str()), span)?;
        if create.materialized_view {
            self.body = Some("a materialised view");
            let kind = RelationKind::MaterializedView;
            let view = View { name: &create.name, kind, query };
            return self.view(&view, &items, create.if_not_exists, false);
        }
        match self.made_table(&create.name, create.persistence, create.if_not_exists, &items)? {
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
            return match self.made_table(&view.name, Persistence::Temporary, false, &items)? {
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
