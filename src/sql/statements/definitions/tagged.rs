//! Columns that the operator tagged, as a definition makes them: the stored type and the guard are
//! written into the client's text.
//!
//! Knows types, guards and the names of what is to be made. Does not know what else the definition
//! says (`tables`, `alter`).

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::change::Change;
use crate::catalog::guard;
use crate::catalog::model::Column;
use crate::names::{ColumnId, QualifiedName, quoted};
use crate::policy::model::{Mode, Phase, ProtectedColumn};
use crate::policy::standing::Standing;
use crate::policy::types::{fits, spelled, stored_as, stored_for, unfit_mode};
use crate::sql::analysis::Analysis;
use crate::sql::ast::{ColumnDefinition, Constraint, ConstraintKind, ObjectName, Span, TypeName};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{Kind, family};
use crate::sql::scope::Value;
use crate::sql::statements::definitions::defaults::is_null;
use crate::sql::verdict::{Edit, Replacement};
use crate::types::{LogicalType, StoredType};

impl<'a> Analysis<'a> {
    /// The name of what is to be made, so that it is known in which schema: the one written, that of
    /// the only protected relation of this bare name, or else the one that stands first in the
    /// search_path (`near` if that names none). What is not written is spliced in.
    pub(super) fn new_name(&mut self, name: &ObjectName, near: Option<&str>) -> Checked<QualifiedName> {
        let bare = name.name();
        if let Some(schema) = name.schema() {
            return Ok(QualifiedName::new(schema, bare));
        }
        let path = &self.known.names.search_path;
        // The schema of the role's own name stands first by default, and seldom exists.
        let catalog = self.known.catalog;
        let is_there = |schema: &String| {
            self.known.names.role.as_ref() != Some(schema)
                || catalog.relations().iter().any(|relation| relation.name.schema == *schema)
        };
        let first = path.schemas().iter().find(|schema| !schema.starts_with("pg_") && is_there(schema));
        let schema = match (self.protected_schemas(bare).as_slice(), first) {
            ([only], _) => only.clone(),
            ([], first) => first.map(String::as_str).or(near).unwrap_or("public").to_owned(),
            (several, Some(first))
                if self.known.catalog.is_followed(path)
                    && several.contains(first)
                    && self.are_named_alike(bare) =>
            {
                first.clone()
            }
            (_, _) => return Err(Objection::at(Cause::AmbiguousRelation(bare.into()), name.span)),
        };
        self.insert(name.span.start, format!("{}.", quoted(&schema)));
        Ok(QualifiedName::new(schema, bare))
    }

    /// Schemas in which a relation of this bare name is pinned or tagged.
    pub(super) fn protected_schemas(&self, bare: &str) -> Vec<String> {
        let pinned = self.known.catalog.pinned_named(bare).map(|r| r.name.schema.clone());
        let tagged = self.known.policy.columns.iter().filter(|c| c.relation.name == bare);
        let mut schemas: Vec<String> = pinned.chain(tagged.map(|c| c.relation.schema.clone())).collect();
        schemas.sort();
        schemas.dedup();
        schemas
    }

    /// Does the policy name the same columns of all tables of this bare name, and are they sealed alike?
    fn are_named_alike(&self, bare: &str) -> bool {
        let mut tables: BTreeMap<&str, BTreeSet<(&str, bool)>> = BTreeMap::new();
        for column in self.known.policy.columns.iter().filter(|c| c.relation.name == bare) {
            let sealed = (column.column.as_str(), column.phase != Phase::Plain);
            tables.entry(&column.relation.schema).or_default().insert(sealed);
        }
        let mut tables = tables.values();
        let first = tables.next();
        tables.all(|table| Some(table) == first) && self.are_tagged_alike(bare)
    }

    /// The tag of a column, whatever its phase, that does not exist yet.
    pub(super) fn tag_of_new(&self, relation: &QualifiedName, column: &str) -> Option<ColumnId> {
        let fits = |c: &ProtectedColumn| c.relation == *relation && c.column == column;
        self.known.policy.ids().find(|(_, c)| fits(c)).map(|(id, _)| id)
    }

    /// REFUSES: a new table of the same letters as one that is tagged and not there. Whoever tagged it
    /// believes that it is protected, and it would hold everything in the clear.
    pub(super) fn not_tagged_otherwise(&self, name: &ObjectName) -> Checked<()> {
        let is_meant = |tagged: &&QualifiedName| {
            let other = tagged.name != name.name() && tagged.name.eq_ignore_ascii_case(name.name());
            other && name.schema().is_none_or(|schema| tagged.schema.eq_ignore_ascii_case(schema))
        };
        let is_there =
            |tagged: &&QualifiedName| self.known.catalog.relation(tagged).is_some_and(|r| r.oid != 0);
        let mut tagged = self.known.policy.columns.iter().map(|column| &column.relation);
        match tagged.find(|tagged| is_meant(tagged) && !is_there(tagged)) {
            Some(tagged) => Err(Objection::at(Cause::LetterCase(tagged.to_string().into()), name.span)),
            None => Ok(()),
        }
    }

    /// The same of a new column of this relation, which has others.
    pub(super) fn no_column_tagged_otherwise(
        &self,
        relation: &QualifiedName,
        column: &str,
        has: impl Fn(&str) -> bool,
        span: Span,
    ) -> Checked<()> {
        let is_meant = |tagged: &&ProtectedColumn| {
            let other = tagged.column != column && tagged.column.eq_ignore_ascii_case(column);
            other && tagged.relation == *relation && !has(&tagged.column)
        };
        match self.known.policy.columns.iter().find(is_meant) {
            Some(tagged) => {
                let name = format!("{relation}.{}", quoted(&tagged.column));
                Err(Objection::at(Cause::LetterCase(name.into()), span))
            }
            None => Ok(()),
        }
    }

    /// Is its value sealed when it is stored?
    pub(super) fn seals(&self, id: ColumnId) -> bool {
        self.known.policy.column(id).is_some_and(|c| c.phase != Phase::Plain)
    }

    /// A column without a tag, as far as the text tells of it.
    pub(super) fn plain_column(&mut self, definition: &ColumnDefinition) -> Column {
        let written = definition.type_name.as_ref().and_then(|name| self.written_type(name));
        let (oid, name) =
            written.map_or((0, "unknown".to_owned()), |logical| (logical.oid(), logical.to_string()));
        let mut column = Column::new(definition.name.as_str(), oid, name);
        for constraint in &definition.constraints {
            match constraint.kind {
                ConstraintKind::Generated(_) => column.generated = true,
                ConstraintKind::Default(_) => column.has_default = true,
                ConstraintKind::Identity(always) => column.identity = Some(if always { 'a' } else { 'd' }),
                ConstraintKind::NotNull | ConstraintKind::PrimaryKey(_) => column.not_null = true,
                ConstraintKind::Null
                | ConstraintKind::Check(_)
                | ConstraintKind::Unique(_)
                | ConstraintKind::UsingIndex(_)
                | ConstraintKind::ForeignKey { .. }
                | ConstraintKind::Exclude(..)
                | ConstraintKind::Attribute => {}
            }
        }
        column
    }

    /// A tagged column: its type becomes the stored one, and in phase `encrypted` it gets its guard,
    /// unless the text holds it already (`pg_dump` writes what the server has).
    pub(super) fn tagged_column(
        &mut self,
        id: ColumnId,
        definition: &ColumnDefinition,
        others: &[Constraint],
    ) -> Checked<Column> {
        let tag = self.tag_for(id, definition)?;
        let refused = |what| Objection::on(Cause::AlterProtected(what), definition.span, id);
        let type_name = definition.type_name.as_ref().ok_or_else(|| refused("a type of its own"))?;
        let written = self.written_type(type_name).ok_or_else(|| refused("this type"))?;
        let name = definition.name.as_str();
        if tag.phase == Phase::Plain {
            let stored = stored_as(&written.to_string()).unwrap_or_else(|| stored_for(&written));
            self.typed(id, tag, written, stored);
            return Ok(Column { tag: Some(id), ..self.plain_column(definition) });
        }
        if definition.constraints.iter().any(|c| matches!(c.kind, ConstraintKind::Identity(_))) {
            return Err(refused("a value that the server makes"));
        }
        let own = definition.constraints.iter().chain(others);
        let guarded = own.clone().any(|constraint| self.is_guard_of(constraint, name));
        let (logical, stored) = self.held(tag, written.clone(), guarded).map_err(refused)?;
        if spelled(stored) != written.to_string() {
            let with = Replacement::Text(spelled(stored).into());
            self.edits.push(Edit { tokens: type_name.span.range(), with });
        }
        let mut column = Column { tag: Some(id), ..Column::new(name, stored.oid(), spelled(stored)) };
        column.has_default = definition
            .constraints
            .iter()
            .any(|constraint| matches!(&constraint.kind, ConstraintKind::Default(expr) if !is_null(expr)));
        if tag.phase == Phase::Encrypted && !guarded {
            let (guard, check) = (quoted(&guard::name(name)), guard::predicate(&column, stored));
            self.insert(definition.span.end, format!(" CONSTRAINT {guard} CHECK ({check})"));
        }
        self.typed(id, tag, logical, stored);
        Ok(column)
    }

    /// A tagged column that holds what a query gives: values that are sealed already, as they are.
    pub(super) fn column_of_query(
        &mut self,
        id: ColumnId,
        name: &str,
        value: &Value,
        span: Span,
    ) -> Checked<Column> {
        let refused = || Objection::on(Cause::TableFromProtected, span, id);
        let tag = self.known.policy.column(id).ok_or_else(refused)?;
        // REFUSES: values of which some may be sealed, or which the server would take for another type.
        let Kind::Protected(from) = self.roles.kind(value.class) else { return Err(refused()) };
        let source = self.known.policy.column(from).ok_or_else(refused)?;
        if tag.phase != Phase::Encrypted || source.phase != Phase::Encrypted || value.site.is_some() {
            return Err(refused());
        }
        // REFUSES: values under a key that a rotation is leaving, in a table that it does not know.
        if !matches!(self.known.standings.of(source), Some(Standing::One(_))) {
            return Err(Objection::on(Cause::WindowOpen, span, id));
        }
        let alike = tag.domain == source.domain
            && tag.mode == source.mode
            && tag.redeclared.is_none()
            && source.redeclared.is_none();
        if !alike {
            return Err(Objection::on(Cause::CrossDomain, span, id));
        }
        // What it holds is what the other one holds; of a table that is not there only this text says so.
        let logical = source.logical.clone();
        if (tag.declared && tag.logical != logical) || unfit_mode(&logical, tag.mode).is_some() {
            return Err(refused());
        }
        self.typed(id, tag, logical, source.stored);
        self.store(value, Some(from), span)?;
        Ok(Column { tag: Some(id), ..Column::new(name, source.stored.oid(), spelled(source.stored)) })
    }

    /// The statement that makes the guards of these columns of a table; `None`: it needs none.
    pub(super) fn guards_of(&self, table: &QualifiedName, columns: &[Column]) -> Option<Box<str>> {
        let guard = |column: &Column| {
            let stored = stored_as(&column.type_name).filter(|_| column.tag.is_some())?;
            let (name, check) = (quoted(&guard::name(&column.name)), guard::predicate(column, stored));
            let guard = format!("ADD CONSTRAINT {name} CHECK ({check})");
            Some(match stored {
                // An expression may be of the other type of text, and a column brings its collation.
                StoredType::Text | StoredType::Varchar => {
                    format!("ALTER COLUMN {} TYPE {}, {guard}", quoted(&column.name), spelled(stored))
                }
                StoredType::Json | StoredType::Jsonb | StoredType::Bytea | StoredType::TextArray => guard,
            })
        };
        let guards: Vec<String> = columns.iter().filter_map(guard).collect();
        (!guards.is_empty()).then(|| format!("ALTER TABLE {table} {}", guards.join(", ")).into())
    }

    /// Adds the guard of a column to what runs behind the statement, in place of one that may have been
    /// copied with the table's constraints.
    pub(super) fn guard_again(
        &mut self,
        table: &QualifiedName,
        column: &Column,
        stored: StoredType,
        copied: bool,
    ) {
        let (name, check) = (quoted(&guard::name(&column.name)), guard::predicate(column, stored));
        let before = match self.behind.take() {
            Some(before) => format!("{before},"),
            None => format!("ALTER TABLE {table}"),
        };
        let dropped = if copied { format!(" DROP CONSTRAINT IF EXISTS {name},") } else { String::new() };
        self.behind = Some(format!("{before}{dropped} ADD CONSTRAINT {name} CHECK ({check})").into());
    }

    /// A tagged column that is inherited and written once more: as it is stored. Its guard is the
    /// parent's.
    pub(super) fn inherited_column(
        &mut self,
        id: ColumnId,
        definition: &ColumnDefinition,
        inherited: &Column,
    ) -> Checked<Column> {
        if let Some(type_name) = definition.type_name.as_ref().filter(|_| self.seals(id)) {
            let with = Replacement::Text(inherited.type_name.as_str().into());
            self.edits.push(Edit { tokens: type_name.span.range(), with });
        }
        self.tag_for(id, definition).map(|_| inherited.clone())
    }

    fn tag_for(&self, id: ColumnId, definition: &ColumnDefinition) -> Checked<&'a ProtectedColumn> {
        let missing = || Objection::on(Cause::NotUnderstood("this column"), definition.span, id);
        self.known.policy.column(id).ok_or_else(missing)
    }

    pub(super) fn typed(
        &mut self,
        id: ColumnId,
        tag: &ProtectedColumn,
        logical: LogicalType,
        stored: StoredType,
    ) {
        if tag.logical != logical || tag.stored != stored {
            self.changes.push(Change::Typed { column: id, logical, stored });
        }
    }

    /// What clients see in a tagged column and what the server holds, of a column that is defined with
    /// this type; or what is not possible.
    fn held(
        &self,
        tag: &ProtectedColumn,
        written: LogicalType,
        guarded: bool,
    ) -> Result<(LogicalType, StoredType), &'static str> {
        let holder = stored_as(&written.to_string());
        let holds = |logical: &LogicalType| holder.filter(|stored| fits(logical, *stored));
        let logical = match holds(&tag.logical) {
            // The operator's word, or, where the text shows the stored form, the type of before.
            Some(_) if tag.declared || guarded => tag.logical.clone(),
            None if tag.declared && family(&tag.logical) == family(&written) => tag.logical.clone(),
            None if tag.declared => return Err("a type other than the policy's"),
            Some(_) | None => written,
        };
        if unfit_mode(&logical, tag.mode).is_some() {
            return Err("a deterministic column of this type");
        }
        let told = tag.declared || family(&logical) == family(&tag.logical) || is_padded(&logical);
        if tag.mode == Mode::Deterministic && !told {
            // REFUSES: how the domain is padded was recorded before it was known what it holds.
            return Err("a type that the policy does not say");
        }
        let stored = holds(&logical).unwrap_or_else(|| stored_for(&logical));
        Ok((logical, stored))
    }

    /// The type as one that a tagged column can have.
    pub(super) fn written_type(&mut self, name: &TypeName) -> Option<LogicalType> {
        if name.name.name() == "citext" && name.dimensions.is_empty() && name.modifiers.is_empty() {
            return Some(LogicalType::Citext);
        }
        let cast = self.evaluable(name, false)?;
        match (cast.array, cast.to) {
            (false, scalar) => Some(scalar),
            (true, LogicalType::Text) => Some(LogicalType::TextArray),
            (true, _) => None,
        }
    }

    /// Is it the guard of this column, as pgveil writes it or as the server prints it?
    pub(super) fn is_guard_of(&self, constraint: &Constraint, column: &str) -> bool {
        let ConstraintKind::Check(condition) = &constraint.kind else { return false };
        let bytes = self.tokens.bytes_of(condition.span).and_then(|range| self.text.get(range));
        bytes.and_then(|b| std::str::from_utf8(b).ok()).is_some_and(|text| guard::is_guard(text, column))
    }
}

/// Types of variable size: their padding is the format's default.
fn is_padded(logical: &LogicalType) -> bool {
    match logical {
        LogicalType::Text
        | LogicalType::Varchar(_)
        | LogicalType::Bpchar(_)
        | LogicalType::Citext
        | LogicalType::Bytea
        | LogicalType::Json
        | LogicalType::Jsonb
        | LogicalType::TextArray => true,
        LogicalType::Int2
        | LogicalType::Int4
        | LogicalType::Int8
        | LogicalType::Bool
        | LogicalType::Numeric(_)
        | LogicalType::Date
        | LogicalType::Timestamp(_)
        | LogicalType::Timestamptz(_)
        | LogicalType::Time(_)
        | LogicalType::Timetz(_)
        | LogicalType::Interval
        | LogicalType::Float4
        | LogicalType::Float8
        | LogicalType::Uuid
        | LogicalType::Inet
        | LogicalType::Cidr => false,
    }
}
