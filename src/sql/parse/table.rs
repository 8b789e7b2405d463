//! CREATE TABLE: columns, constraints, partitions.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{
    ColumnDefinition, Constraint, ConstraintKind, CreateTable, Expr, Ident, LikeTable, ObjectName,
    Persistence,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

/// How far a list of constraints reaches.
enum Found {
    Constraint(ConstraintKind),
    Nothing,
}

impl Cursor<'_> {
    /// Behind the name.
    pub(super) fn create_table(
        &mut self,
        name: ObjectName,
        foreign: bool,
        persistence: Persistence,
        if_not_exists: bool,
    ) -> Parsed<CreateTable> {
        let mut table = CreateTable {
            name,
            foreign,
            persistence,
            if_not_exists,
            columns: Vec::new(),
            constraints: Vec::new(),
            like: Vec::new(),
            inherits: Vec::new(),
            partition_of: None,
            of_type: None,
            bounds: Vec::new(),
            partition_by: Vec::new(),
        };
        if self.eat(K::Of) {
            table.of_type = Some(self.object_name()?);
        } else if self.eat_all(&[K::Partition, K::Of]) {
            table.partition_of = Some(self.object_name()?);
        }
        let typed = table.of_type.is_some() || table.partition_of.is_some();
        if self.is(TokenKind::Open) {
            self.table_elements(&mut table, typed)?;
        } else if !typed {
            return Err(self.unexpected());
        }
        if table.partition_of.is_some() {
            table.bounds = self.partition_bound()?;
        }
        self.table_options(&mut table)?;
        Ok(table)
    }

    fn table_elements(&mut self, table: &mut CreateTable, typed: bool) -> Parsed<()> {
        self.take(TokenKind::Open)?;
        if self.eat(TokenKind::Close) {
            return Ok(());
        }
        self.list(|p| p.table_element(table, typed))?;
        self.take(TokenKind::Close)?;
        Ok(())
    }

    fn table_element(&mut self, table: &mut CreateTable, typed: bool) -> Parsed<()> {
        if self.eat(K::Like) {
            let mut like = LikeTable { name: self.object_name()?, options: Vec::new() };
            while let Some(word) = self.eat_one_of(&[K::Including, K::Excluding]) {
                like.options.push((word == K::Including, self.label()?));
            }
            table.like.push(like);
        } else if self.at_table_constraint() {
            let constraint = self.table_constraint()?;
            table.constraints.push(constraint);
        } else if typed {
            let start = self.token();
            let name = self.column_name()?;
            self.eat_all(&[K::With, K::Options]);
            let mut column = ColumnDefinition {
                name,
                type_name: None,
                collation: None,
                constraints: Vec::new(),
                span: self.since(start),
            };
            self.column_constraints(&mut column)?;
            column.span = self.since(start);
            table.columns.push(column);
        } else {
            let column = self.column_definition()?;
            table.columns.push(column);
        }
        Ok(())
    }

    /// Does a constraint of a table stand here, rather than a column?
    pub(super) fn at_table_constraint(&self) -> bool {
        match self.keyword() {
            Some(K::Constraint | K::Check | K::Unique | K::Primary | K::Foreign) => true,
            Some(K::Exclude) => self.is_at(1, K::Using) || self.is_at(1, TokenKind::Open),
            Some(K::Not) => self.is_at(1, K::Null),
            _ => false,
        }
    }

    /// `columnDef`.
    pub(super) fn column_definition(&mut self) -> Parsed<ColumnDefinition> {
        let start = self.token();
        let name = self.column_name()?;
        let type_name = Some(self.type_name()?);
        let mut column = ColumnDefinition {
            name,
            type_name,
            collation: None,
            constraints: Vec::new(),
            span: self.since(start),
        };
        if self.eat(K::Storage) {
            self.label()?;
        }
        if self.eat(K::Compression) {
            self.label()?;
        }
        if self.eat(K::Options) {
            self.skip_parens()?;
        }
        self.column_constraints(&mut column)?;
        column.span = self.since(start);
        Ok(column)
    }

    pub(super) fn column_constraints(&mut self, column: &mut ColumnDefinition) -> Parsed<()> {
        loop {
            let start = self.token();
            if self.eat(K::Collate) {
                column.collation = Some(self.object_name()?);
                continue;
            }
            let name = if self.eat(K::Constraint) { Some(self.column_name()?) } else { None };
            match self.column_constraint()? {
                Found::Constraint(kind) => {
                    column.constraints.push(Constraint { name, kind, span: self.since(start) });
                }
                Found::Nothing if name.is_some() => return Err(self.unexpected()),
                Found::Nothing => return Ok(()),
            }
        }
    }

    fn column_constraint(&mut self) -> Parsed<Found> {
        if self.constraint_attribute() {
            return Ok(Found::Constraint(ConstraintKind::Attribute));
        }
        let kind = match self.keyword() {
            Some(K::Not) => {
                self.take_all(&[K::Not, K::Null])?;
                self.eat_all(&[K::No, K::Inherit]);
                ConstraintKind::NotNull
            }
            Some(K::Null) => {
                self.bump();
                ConstraintKind::Null
            }
            Some(K::Unique) => {
                self.bump();
                self.nulls_distinct();
                self.constraint_storage()?;
                ConstraintKind::Unique(Vec::new())
            }
            Some(K::Primary) => {
                self.take_all(&[K::Primary, K::Key])?;
                self.constraint_storage()?;
                ConstraintKind::PrimaryKey(Vec::new())
            }
            Some(K::Check) => self.check()?,
            Some(K::Default) => {
                self.bump();
                ConstraintKind::Default(self.restricted_expr()?)
            }
            Some(K::Generated) => self.generated()?,
            Some(K::References) => self.references(Vec::new())?,
            _ => return Ok(Found::Nothing),
        };
        Ok(Found::Constraint(kind))
    }

    /// DEFERRABLE, NOT VALID and the like.
    fn constraint_attribute(&mut self) -> bool {
        const ATTRIBUTES: &[&[K]] = &[
            &[K::Deferrable],
            &[K::Not, K::Deferrable],
            &[K::Initially, K::Deferred],
            &[K::Initially, K::Immediate],
            &[K::Enforced],
            &[K::Not, K::Enforced],
            &[K::Not, K::Valid],
            &[K::No, K::Inherit],
        ];
        ATTRIBUTES.iter().any(|words| self.eat_all(words))
    }

    fn nulls_distinct(&mut self) {
        let _ = self.eat_all(&[K::Nulls, K::Distinct]) || self.eat_all(&[K::Nulls, K::Not, K::Distinct]);
    }

    /// WITH (…) and USING INDEX TABLESPACE of a constraint with an index.
    fn constraint_storage(&mut self) -> Parsed<()> {
        if self.is(K::With) && self.is_at(1, TokenKind::Open) {
            self.bump();
            self.skip_parens()?;
        }
        if self.eat_all(&[K::Using, K::Index, K::Tablespace]) {
            self.column_name()?;
        }
        Ok(())
    }

    fn check(&mut self) -> Parsed<ConstraintKind> {
        self.take(K::Check)?;
        let condition = self.in_parens(Self::expr)?;
        self.eat_all(&[K::No, K::Inherit]);
        Ok(ConstraintKind::Check(condition))
    }

    fn generated(&mut self) -> Parsed<ConstraintKind> {
        self.take(K::Generated)?;
        let always = self.eat(K::Always);
        if !always {
            self.take_all(&[K::By, K::Default])?;
        }
        self.take(K::As)?;
        if self.eat(K::Identity) {
            if self.is(TokenKind::Open) {
                self.skip_parens()?;
            }
            return Ok(ConstraintKind::Identity(always));
        }
        let expr = self.in_parens(Self::expr)?;
        self.eat_one_of(&[K::Stored, K::Virtual]);
        Ok(ConstraintKind::Generated(expr))
    }

    /// REFERENCES table (columns) MATCH … ON DELETE ….
    fn references(&mut self, columns: Vec<Ident>) -> Parsed<ConstraintKind> {
        self.take(K::References)?;
        let table = self.object_name()?;
        let referenced = if self.is(TokenKind::Open) { self.period_columns()? } else { Vec::new() };
        loop {
            if self.eat(K::Match) {
                self.one_of(&[K::Full, K::Partial, K::Simple])?;
            } else if self.are(&[K::On, K::Delete]) || self.are(&[K::On, K::Update]) {
                self.bump();
                self.bump();
                let known = self.eat_all(&[K::No, K::Action])
                    || self.eat_one_of(&[K::Restrict, K::Cascade]).is_some()
                    || self.eat_all(&[K::Set, K::Null])
                    || self.eat_all(&[K::Set, K::Default]);
                if !known {
                    return Err(self.unexpected());
                }
                self.optional_column_names()?;
            } else {
                return Ok(ConstraintKind::ForeignKey { columns, table, referenced });
            }
        }
    }

    /// `(a, b, PERIOD c)`, `(a, b WITHOUT OVERLAPS)`.
    fn period_columns(&mut self) -> Parsed<Vec<Ident>> {
        self.list_in_parens(|p| {
            if p.is(K::Period) && !matches!(p.peek_at(1), TokenKind::Comma | TokenKind::Close) {
                p.bump();
            }
            let name = p.column_name()?;
            p.eat_all(&[K::Without, K::Overlaps]);
            Ok(name)
        })
    }

    /// A constraint of a table, with its name.
    pub(super) fn table_constraint(&mut self) -> Parsed<Constraint> {
        let start = self.token();
        let name = if self.eat(K::Constraint) { Some(self.column_name()?) } else { None };
        let kind = match self.keyword() {
            Some(K::Check) => self.check()?,
            Some(K::Not) => {
                self.take_all(&[K::Not, K::Null])?;
                self.column_name()?;
                ConstraintKind::NotNull
            }
            Some(K::Unique) => {
                self.bump();
                self.key(ConstraintKind::Unique)?
            }
            Some(K::Primary) => {
                self.take_all(&[K::Primary, K::Key])?;
                self.key(ConstraintKind::PrimaryKey)?
            }
            Some(K::Foreign) => {
                self.take_all(&[K::Foreign, K::Key])?;
                let columns = self.period_columns()?;
                self.references(columns)?
            }
            Some(K::Exclude) => self.exclude()?,
            _ => return Err(self.unexpected()),
        };
        while self.constraint_attribute() {}
        Ok(Constraint { name, kind, span: self.since(start) })
    }

    fn key(&mut self, kind: impl FnOnce(Vec<Ident>) -> ConstraintKind) -> Parsed<ConstraintKind> {
        self.nulls_distinct();
        if self.eat_all(&[K::Using, K::Index]) {
            return self.column_name().map(ConstraintKind::UsingIndex);
        }
        let columns = self.period_columns()?;
        if self.eat(K::Include) {
            self.column_names()?;
        }
        self.constraint_storage()?;
        Ok(kind(columns))
    }

    fn exclude(&mut self) -> Parsed<ConstraintKind> {
        self.take(K::Exclude)?;
        if self.eat(K::Using) {
            self.column_name()?;
        }
        let elements = self.list_in_parens(|p| {
            let element = p.index_element()?;
            p.take(K::With)?;
            while p.at_column_name() && p.is_at(1, TokenKind::Dot) {
                p.column_name()?;
                p.take(TokenKind::Dot)?;
            }
            p.operator()?;
            Ok(element)
        })?;
        if self.eat(K::Include) {
            self.column_names()?;
        }
        self.constraint_storage()?;
        let filter = if self.eat(K::Where) { Some(self.in_parens(Self::expr)?) } else { None };
        Ok(ConstraintKind::Exclude(elements, filter))
    }

    /// FOR VALUES …, or DEFAULT: the expressions inside.
    pub(super) fn partition_bound(&mut self) -> Parsed<Vec<Expr>> {
        if self.eat(K::Default) {
            return Ok(Vec::new());
        }
        self.take_all(&[K::For, K::Values])?;
        if self.eat(K::With) {
            self.skip_parens()?;
            return Ok(Vec::new());
        }
        if self.eat(K::In) {
            return self.list_in_parens(Self::expr);
        }
        self.take(K::From)?;
        let mut bounds = self.list_in_parens(Self::expr)?;
        self.take(K::To)?;
        bounds.extend(self.list_in_parens(Self::expr)?);
        Ok(bounds)
    }

    fn table_options(&mut self, table: &mut CreateTable) -> Parsed<()> {
        loop {
            if self.eat(K::Inherits) {
                table.inherits = self.list_in_parens(Self::object_name)?;
            } else if self.eat_all(&[K::Partition, K::By]) {
                self.label()?;
                table.partition_by = self.list_in_parens(Self::index_element)?;
            } else if self.eat(K::Server) {
                self.column_name()?;
            } else if self.eat(K::Options) {
                self.skip_parens()?;
            } else if !self.storage_clause()? {
                return Ok(());
            }
        }
    }

    /// USING method, WITH (…), ON COMMIT …, TABLESPACE ….
    pub(super) fn storage_clause(&mut self) -> Parsed<bool> {
        if self.eat(K::Using) || self.eat(K::Tablespace) {
            self.column_name()?;
        } else if self.is(K::With) && self.is_at(1, TokenKind::Open) {
            self.bump();
            self.skip_parens()?;
        } else if self.eat_all(&[K::Without, K::Oids]) {
        } else if self.eat_all(&[K::On, K::Commit]) {
            if !self.eat(K::Drop) {
                self.one_of(&[K::Preserve, K::Delete])?;
                self.take(K::Rows)?;
            }
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}
