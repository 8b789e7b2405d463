//! COPY: which fields of the stream are sealed or opened, and how the stream is cut.

mod options;

use super::Outcome;
use crate::names::quoted;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{Copy, CopyEnd, CopyWhat, Expr, Ident, RelationRef, Span, Statement};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::relations::Meant;
use crate::sql::scope::{Item, Scope, Value};
use crate::sql::verdict::{CopyField, CopyPlan, Extent, Open, OutColumn};

/// A field of the stream: its name, and what happens to it.
type Field = (Box<str>, CopyField);

impl<'a> Analysis<'a> {
    pub(super) fn copy(&mut self, copy: &Copy, span: Span, scope: &Scope) -> Checked<Outcome> {
        // REFUSES: a command of the server's that names something protected.
        if matches!(copy.end, CopyEnd::Program) && self.names_protected_in_string(span) {
            return Err(Objection::at(Cause::CopyFile, span));
        }
        let fields = match &copy.what {
            CopyWhat::Relation { relation, columns } => {
                self.copied_relation(copy, relation, columns.as_deref(), span, scope)?
            }
            CopyWhat::Query(statement) => self.copied_query(statement, scope)?,
        };
        let sealed = fields.iter().any(|(_, field)| *field != CopyField::Keep);
        if !sealed {
            return Ok(Outcome::NOTHING);
        }
        if !matches!(copy.end, CopyEnd::Client) {
            return Err(Objection::at(Cause::CopyFile, span));
        }
        let names: Vec<&str> = fields.iter().map(|(name, _)| &**name).collect();
        let format = self.copy_format(&copy.options, &names)?;
        let fields = fields.into_iter().map(|(_, field)| field).collect();
        Ok(Outcome::Copy(CopyPlan { from_client: copy.from, fields, format }))
    }

    fn copied_relation(
        &mut self,
        copy: &Copy,
        reference: &RelationRef,
        columns: Option<&[Ident]>,
        span: Span,
        scope: &Scope,
    ) -> Checked<Vec<Field>> {
        let meant = self.meant(&reference.name)?;
        let source = self.source_of(reference, meant)?;
        if let Some(filter) = &copy.filter {
            self.copy_filter(filter, source, scope)?;
        }
        let Meant::Pinned(relation) = meant else { return Ok(Vec::new()) };
        // The server leaves generated columns out by itself (manual, COPY, Notes).
        let own = || relation.columns.iter().filter(|c| !c.generated);
        self.by_position |= copy.from && (columns.is_none() || relation.kind.is_defined());
        if columns.is_none() {
            let names: Vec<String> = own().map(|c| quoted(&c.name)).collect();
            self.insert(reference.span.end, format!("({}) ", names.join(", ")));
        }
        let listed = match columns {
            None => own().collect(),
            Some(names) => {
                let mut listed = Vec::with_capacity(names.len());
                for name in names {
                    let missing = || Objection::at(Cause::UndefinedColumn(name.text.clone()), span);
                    listed.push(relation.column(name.as_str()).ok_or_else(missing)?.1);
                }
                listed
            }
        };
        let mut fields = Vec::with_capacity(listed.len());
        for column in listed {
            let field = match self.tag(column) {
                Some(id) if copy.from => {
                    let value = Value::of(self.roles.open());
                    self.store(&value, Some(id), span)?;
                    CopyField::Seal(id)
                }
                Some(column) => CopyField::Open(Open {
                    column,
                    extent: Extent::Value,
                    witness: None,
                    casts: Vec::new(),
                    lengthless: false,
                    beside: false,
                }),
                None => CopyField::Keep,
            };
            fields.push((column.name.as_str().into(), field));
        }
        Ok(fields)
    }

    fn copy_filter(
        &mut self,
        filter: &Expr,
        source: crate::sql::scope::Source,
        scope: &Scope,
    ) -> Checked<()> {
        let mut inside = Scope::inside(scope);
        inside.visible = source.items.clone();
        inside.sources.push(source);
        self.condition(filter, &inside)
    }

    fn copied_query(&mut self, statement: &Statement, scope: &Scope) -> Checked<Vec<Field>> {
        let Outcome::Items(items) = self.statement(statement, scope)? else { return Ok(Vec::new()) };
        let mut fields = Vec::with_capacity(items.len());
        for item in &items {
            match item {
                Item::Column(name, value) => {
                    self.settle(value);
                    let field = match self.out_column(value, statement.span)? {
                        OutColumn::Open(open) => CopyField::Open(Open { witness: None, ..open }),
                        // REFUSES: a document in a stream, whose fields are opened one value each.
                        OutColumn::Document(document) => {
                            let objection = |id| Objection::on(Cause::Composite, statement.span, id);
                            return match document.shape.column() {
                                Some(id) => Err(objection(id)),
                                None => self.strange("a document in COPY", statement.span),
                            };
                        }
                        OutColumn::Keep | OutColumn::KeepRest => CopyField::Keep,
                    };
                    fields.push((name.clone(), field));
                }
                Item::Rest(Some(n)) => fields.extend((0..*n).map(|_| ("".into(), CopyField::Keep))),
                Item::Rest(None) => match self.protected_among(&items) {
                    Some(id) => return Err(Objection::on(Cause::UnknownShape, statement.span, id)),
                    None => return Ok(Vec::new()),
                },
            }
        }
        Ok(fields)
    }
}
