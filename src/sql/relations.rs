//! Which relation a name means, and what it gives.
//!
//! A pinned relation is known to the last column. Of any other relation nothing is believed but
//! what its author would be harmed by: the server may claim columns for it, and gets no say.

use std::collections::BTreeSet;

use crate::catalog::lookup::Resolution;
use crate::catalog::model::Relation;
use crate::names::quoted;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{ObjectName, RelationRef, Span};
use crate::sql::judge::is_temporary_schema;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::scope::{Item, Scope, Source, Value};

/// A relation as a statement means it.
#[derive(Clone, Copy, Debug)]
pub(in crate::sql) enum Meant<'a> {
    /// Its shape is the operator's (or the client's own, of this session).
    Pinned(&'a Relation),
    /// Nothing protected is in it; its shape, as the server has it, if it said.
    Other(Option<&'a Relation>),
}

impl<'a> Analysis<'a> {
    /// What a relation's name means (CTEs apart). Writes the schema of a pinned one into the text.
    pub fn meant(&mut self, name: &ObjectName) -> Checked<Meant<'a>> {
        let bare = name.name();
        let known = self.known;
        let temporary = known.names.temporary.get(bare);
        if let Some(schema) = name.schema() {
            // REFUSES: as of a bare name.
            if known.names.temporary.is_of(schema, bare) && known.has_lost(name.schema(), bare) {
                return Err(Objection::at(Cause::UnsettledRelation(bare.into()), name.span));
            }
            if is_temporary_schema(schema) {
                let own = temporary.is_some() || known.catalog.pinned_named(bare).next().is_none();
                return match own {
                    true => self.temporary(temporary, name.span),
                    // REFUSES: a function may have made it.
                    false => Err(Objection::at(
                        Cause::UnresolvedRelation(format!("pg_temp.{bare}").into()),
                        name.span,
                    )),
                };
            }
            return self.qualified(schema, bare, name.span);
        }
        // REFUSES: what the server says was not made, or is gone, for a client that does not listen.
        if known.has_lost(None, bare) {
            return Err(Objection::at(Cause::UnsettledRelation(bare.into()), name.span));
        }
        let ambiguous = || Objection::at(Cause::AmbiguousRelation(bare.into()), name.span);
        match (known.catalog.resolve(None, bare, &known.names.search_path), temporary) {
            // REFUSES: the client's own temporary relation would hide the protected one, or not.
            (Resolution::Ambiguous(_), _) => Err(ambiguous()),
            (Resolution::Found(relation), Some(_)) if relation.pinned => Err(ambiguous()),
            // REFUSES: which of the two comes first is for the server's search_path to say.
            (Resolution::Found(_), Some(own)) if own.is_tagged() && !known.names.finds_temporary_first() => {
                Err(ambiguous())
            }
            (_, Some(own)) => self.temporary(Some(own), name.span),
            (Resolution::Found(relation), None) if relation.pinned => {
                // REFUSES: a path to decide what is sealed.
                if !self.are_tagged_alike(bare) {
                    return Err(ambiguous());
                }
                self.insert(name.span.start, format!("{}.", quoted(&relation.name.schema)));
                self.unqualified.push((bare.into(), relation.name.clone()));
                self.pinned(relation, name.span)
            }
            (Resolution::Found(relation), None) => self.unpinned(None, bare, Some(relation), name.span),
            (Resolution::Unknown, None) => self.unpinned(None, bare, None, name.span),
        }
    }

    /// Do the pinned relations of a bare name hold sealed values in columns of the same names?
    pub fn are_tagged_alike(&self, bare: &str) -> bool {
        let sealed = |relation: &'a Relation| {
            let names = relation.columns.iter().filter(|column| self.tag(column).is_some());
            names.map(|column| column.name.as_str()).collect::<BTreeSet<&str>>()
        };
        let named = || self.known.catalog.pinned_named(bare);
        let first = named().next().filter(|_| named().nth(1).is_some()).map(sealed);
        first.is_none_or(|first| named().all(|other| sealed(other) == first))
    }

    /// REFUSES: a relation that the policy tags and whose shape has not been accepted; one that the
    /// database is not known to have, too, since the server may have it after all, in whichever letters it is
    /// written: what is meant is the tagged one.
    fn unpinned(
        &self,
        schema: Option<&str>,
        bare: &str,
        shape: Option<&'a Relation>,
        span: Span,
    ) -> Checked<Meant<'a>> {
        let tagged = |c: &&crate::policy::model::ProtectedColumn| {
            c.phase != crate::policy::model::Phase::Plain
                && (c.relation.name == bare || shape.is_none() && c.relation.name.eq_ignore_ascii_case(bare))
                && schema.is_none_or(|s| s == c.relation.schema)
        };
        match self.known.policy.columns.iter().find(tagged) {
            Some(column) if shape.is_some() => {
                Err(Objection::at(Cause::RelationClosed(column.relation.to_string().into()), span))
            }
            Some(_) => {
                let name = schema.map_or_else(|| bare.to_owned(), |schema| format!("{schema}.{bare}"));
                Err(Objection::at(Cause::UndefinedRelation(name.into()), span))
            }
            None => Ok(Meant::Other(shape)),
        }
    }

    fn qualified(&mut self, schema: &str, bare: &str, span: Span) -> Checked<Meant<'a>> {
        let (catalog, known_path) = (self.known.catalog, &self.known.names.search_path);
        match catalog.resolve(Some(schema), bare, known_path) {
            Resolution::Found(relation) if relation.pinned => self.pinned(relation, span),
            Resolution::Found(relation) => self.unpinned(Some(schema), bare, Some(relation), span),
            Resolution::Unknown | Resolution::Ambiguous(_) => {
                self.unpinned(Some(schema), bare, None, span)?;
                let system = matches!(schema, "pg_catalog" | "information_schema" | "pg_toast");
                if !system && catalog.pinned_named(bare).next().is_some() {
                    let full = format!("{}.{}", quoted(schema), quoted(bare));
                    return Err(Objection::at(Cause::UnresolvedRelation(full.into()), span));
                }
                Ok(Meant::Other(None))
            }
        }
    }

    fn temporary(&mut self, own: Option<&'a Relation>, span: Span) -> Checked<Meant<'a>> {
        self.of_session |= own.is_some();
        match own {
            Some(relation) if relation.is_tagged() => {
                if self.temporary.iter().all(|known| known.name != relation.name) {
                    self.temporary.push(relation.clone());
                }
                self.pinned(relation, span)
            }
            other => Ok(Meant::Other(other)),
        }
    }

    fn pinned(&mut self, relation: &'a Relation, span: Span) -> Checked<Meant<'a>> {
        self.touched = true;
        if !relation.open {
            return Err(Objection::at(Cause::RelationClosed(relation.name.to_string().into()), span));
        }
        if !self.known.names.reads_as_usual() {
            return Err(Objection::at(Cause::TextRules, span));
        }
        Ok(Meant::Pinned(relation))
    }

    /// The columns that a relation gives.
    pub fn items(&mut self, meant: Meant<'a>) -> Vec<Item> {
        match meant {
            Meant::Other(shape) => {
                let count = shape.and_then(|r| u16::try_from(r.columns.len()).ok()).filter(|&n| n > 0);
                vec![Item::Rest(count)]
            }
            Meant::Pinned(relation) => relation
                .columns
                .iter()
                .map(|column| {
                    let mut value = match self.tag(column) {
                        Some(tag) => Value::of(self.roles.protected(tag)),
                        None => Value::plain(),
                    };
                    // What was defined a moment ago has no number yet that anybody has seen.
                    let oid = if column.attnum == 0 { 0 } else { relation.oid };
                    value.origin = Some((oid, column.attnum));
                    value.exact = true;
                    Item::Column(column.name.as_str().into(), value)
                })
                .collect(),
        }
    }

    /// A relation of FROM, or the target of a change: a CTE, or one of the catalog.
    pub fn source(&mut self, reference: &RelationRef, scope: &Scope) -> Checked<Source> {
        if reference.name.parts.len() == 1
            && let Some(cte) = scope.cte(reference.name.name())
        {
            // REFUSES: to take a name that WITH RECURSIVE gives further on for a relation of that name.
            let Some(items) = cte.items.clone() else {
                return self
                    .strange("a common table expression before its own shape is known", reference.span);
            };
            return self.named(reference, None, items).map(|source| Source { made: true, ..source });
        }
        let meant = self.meant(&reference.name)?;
        self.source_of(reference, meant)
    }

    /// The source that a relation known already makes under this reference.
    pub fn source_of(&mut self, reference: &RelationRef, meant: Meant<'a>) -> Checked<Source> {
        let schema = match meant {
            Meant::Pinned(relation) | Meant::Other(Some(relation)) => Some(relation.name.schema.as_str()),
            Meant::Other(None) => reference.name.schema(),
        };
        let items = self.items(meant);
        self.named(reference, schema, items)
    }

    fn named(&mut self, reference: &RelationRef, schema: Option<&str>, items: Vec<Item>) -> Checked<Source> {
        Ok(match &reference.alias {
            Some(alias) => {
                let names = alias.columns.iter().map(|c| c.as_str());
                let items = self.renamed(items, names, reference.span)?;
                Source { name: alias.name.as_str().into(), schema: None, items, made: false }
            }
            None => Source {
                name: reference.name.name().into(),
                schema: schema.map(Box::from),
                items,
                made: false,
            },
        })
    }
}
