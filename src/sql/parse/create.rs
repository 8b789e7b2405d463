//! CREATE: which kind, and those that are short.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{
    CreateIndex, CreateRule, CreateStatistics, CreateTableAs, CreateTrigger, CreateView, Domain, Ident,
    IndexElement, ObjectName, Persistence, Publication, PublishedTable, RowPolicy, StatementKind,
    TableSource,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

impl Cursor<'_> {
    pub(super) fn create(&mut self) -> Parsed<StatementKind> {
        let mark = self.mark();
        self.take(K::Create)?;
        let replace = self.eat_all(&[K::Or, K::Replace]);
        let persistence = self.persistence();
        let recursive = self.is(K::Recursive) && self.is_at(1, K::View) && self.eat(K::Recursive);
        match (self.keyword(), self.keyword_at(1)) {
            (Some(K::Table), _) => {
                self.bump();
                self.create_table_or_as(false, persistence)
            }
            (Some(K::Foreign), Some(K::Table)) => {
                self.bump();
                self.bump();
                self.create_table_or_as(true, persistence)
            }
            (Some(K::View), _) => self.create_view(replace, persistence, recursive),
            (Some(K::Materialized), Some(K::View)) => {
                self.bump();
                self.bump();
                let if_not_exists = self.if_not_exists();
                let name = self.object_name()?;
                self.create_as(name, true, persistence, if_not_exists)
            }
            (Some(K::Unique), Some(K::Index)) | (Some(K::Index), _) => self.create_index(),
            (Some(K::Rule), _) => self.create_rule(),
            (Some(K::Policy), _) => self.row_policy(),
            (Some(K::Trigger), _) | (Some(K::Constraint), Some(K::Trigger)) => self.create_trigger(),
            (Some(K::Function | K::Procedure), _) => self.create_function(replace),
            (Some(K::Statistics), _) => self.create_statistics(),
            (Some(K::Domain), _) => self.create_domain(),
            (Some(K::Publication), _) => self.publication(),
            _ => {
                self.rewind(mark);
                self.other(K::Create)
            }
        }
    }

    fn create_table_or_as(&mut self, foreign: bool, persistence: Persistence) -> Parsed<StatementKind> {
        let if_not_exists = self.if_not_exists();
        let name = self.object_name()?;
        let names_only = self.is(TokenKind::Open)
            && super::cursor::is_column_name(self.peek_at(1))
            && matches!(self.peek_at(2), TokenKind::Comma | TokenKind::Close);
        let elements = self.is(TokenKind::Open) && !names_only;
        if elements || self.is(K::Of) || self.is(K::Partition) {
            let table = self.create_table(name, foreign, persistence, if_not_exists)?;
            return Ok(StatementKind::CreateTable(Box::new(table)));
        }
        self.create_as(name, false, persistence, if_not_exists)
    }

    fn create_as(
        &mut self,
        name: ObjectName,
        materialized_view: bool,
        persistence: Persistence,
        if_not_exists: bool,
    ) -> Parsed<StatementKind> {
        let columns = self.optional_column_names()?;
        while self.storage_clause()? {}
        self.take(K::As)?;
        let source = if self.is(K::Execute) {
            TableSource::Execute(self.execute()?)
        } else {
            TableSource::Query(self.query()?)
        };
        let with_no_data = self.eat_all(&[K::With, K::No, K::Data]);
        if !with_no_data {
            self.eat_all(&[K::With, K::Data]);
        }
        Ok(StatementKind::CreateTableAs(Box::new(CreateTableAs {
            name,
            materialized_view,
            persistence,
            if_not_exists,
            columns,
            source,
            with_no_data,
        })))
    }

    fn create_view(
        &mut self,
        replace: bool,
        persistence: Persistence,
        recursive: bool,
    ) -> Parsed<StatementKind> {
        self.take(K::View)?;
        let name = self.object_name()?;
        let columns = self.optional_column_names()?;
        if self.eat(K::With) {
            self.skip_parens()?;
        }
        self.take(K::As)?;
        let query = self.query()?;
        if self.eat(K::With) {
            self.eat_one_of(&[K::Cascaded, K::Local]);
            self.take_all(&[K::Check, K::Option])?;
        }
        let view = CreateView { name, replace, persistence, recursive, columns, query };
        Ok(StatementKind::CreateView(Box::new(view)))
    }

    fn create_index(&mut self) -> Parsed<StatementKind> {
        let unique = self.eat(K::Unique);
        self.take(K::Index)?;
        self.eat(K::Concurrently);
        let if_not_exists = self.if_not_exists();
        let name = if self.is(K::On) { None } else { Some(self.column_name()?) };
        self.take(K::On)?;
        let table = self.relation()?;
        let method = if self.eat(K::Using) { Some(self.column_name()?) } else { None };
        let elements = self.list_in_parens(Self::index_element)?;
        let include: Vec<IndexElement> =
            if self.eat(K::Include) { self.list_in_parens(Self::index_element)? } else { Vec::new() };
        let _ = self.eat_all(&[K::Nulls, K::Distinct]) || self.eat_all(&[K::Nulls, K::Not, K::Distinct]);
        while self.storage_clause()? {}
        let filter = if self.eat(K::Where) { Some(self.expr()?) } else { None };
        let index = CreateIndex { name, table, unique, if_not_exists, method, elements, include, filter };
        Ok(StatementKind::CreateIndex(Box::new(index)))
    }

    fn create_rule(&mut self) -> Parsed<StatementKind> {
        self.take(K::Rule)?;
        let name = self.column_name()?;
        self.take_all(&[K::As, K::On])?;
        self.one_of(&[K::Select, K::Update, K::Delete, K::Insert])?;
        self.take(K::To)?;
        let table = self.object_name()?;
        let filter = if self.eat(K::Where) { Some(self.expr()?) } else { None };
        self.take(K::Do)?;
        self.eat_one_of(&[K::Instead, K::Also]);
        let mut actions = Vec::new();
        if self.eat(K::Nothing) {
        } else if self.is(TokenKind::Open) && !self.is_at(1, TokenKind::Open) {
            self.take(TokenKind::Open)?;
            while !self.is(TokenKind::Close) {
                if !self.eat(TokenKind::Semicolon) {
                    actions.push(self.statement()?);
                }
            }
            self.bump();
        } else {
            actions.push(self.statement()?);
        }
        Ok(StatementKind::CreateRule(Box::new(CreateRule { name, table, filter, actions })))
    }

    /// CREATE POLICY and ALTER POLICY, from POLICY on.
    pub(super) fn row_policy(&mut self) -> Parsed<StatementKind> {
        self.take(K::Policy)?;
        let name = self.column_name()?;
        self.take(K::On)?;
        let table = self.object_name()?;
        if self.eat(K::As) {
            self.label()?;
        }
        if self.eat(K::For) {
            self.label()?;
        }
        if self.eat(K::To) {
            self.list(Self::label)?;
        }
        let using = if self.eat(K::Using) { Some(self.in_parens(Self::expr)?) } else { None };
        let check = if self.eat_all(&[K::With, K::Check]) { Some(self.in_parens(Self::expr)?) } else { None };
        Ok(StatementKind::Policy(Box::new(RowPolicy { name, table, using, check })))
    }

    fn create_trigger(&mut self) -> Parsed<StatementKind> {
        self.eat(K::Constraint);
        self.take(K::Trigger)?;
        let name = self.column_name()?;
        let mut columns: Vec<Ident> = Vec::new();
        let instead = self.eat_all(&[K::Instead, K::Of]);
        if !instead {
            self.one_of(&[K::Before, K::After])?;
        }
        loop {
            let event = self.one_of(&[K::Insert, K::Delete, K::Update, K::Truncate])?;
            if event == K::Update && self.eat(K::Of) {
                columns.extend(self.list(Self::column_name)?);
            }
            if !self.eat(K::Or) {
                break;
            }
        }
        self.take(K::On)?;
        let table = self.object_name()?;
        let mut condition = None;
        while !self.is(K::Execute) {
            if self.eat(K::When) {
                condition = Some(self.in_parens(Self::expr)?);
            } else if self.at_end() || self.is(TokenKind::Semicolon) {
                return Err(self.unexpected());
            } else {
                // FROM, REFERENCING, FOR EACH ROW, DEFERRABLE ….
                self.bump();
            }
        }
        self.take(K::Execute)?;
        self.one_of(&[K::Function, K::Procedure])?;
        let first = self.label()?;
        let function = self.dotted(first)?;
        let args = self.skip_parens()?;
        let trigger = CreateTrigger { name, instead, table, columns, condition, function, args };
        Ok(StatementKind::CreateTrigger(Box::new(trigger)))
    }

    fn create_statistics(&mut self) -> Parsed<StatementKind> {
        self.take(K::Statistics)?;
        self.if_not_exists();
        if !self.is(K::On) && !self.is(TokenKind::Open) {
            self.object_name()?;
        }
        if self.is(TokenKind::Open) {
            self.skip_parens()?;
        }
        self.take(K::On)?;
        let exprs = self.list(|p| p.index_element().map(|element| element.expr))?;
        self.take(K::From)?;
        let from = self.list(Self::from_item)?;
        Ok(StatementKind::CreateStatistics(Box::new(CreateStatistics { exprs, from })))
    }

    fn create_domain(&mut self) -> Parsed<StatementKind> {
        self.take(K::Domain)?;
        let start = self.token();
        let name = self.object_name()?;
        self.eat(K::As);
        let type_name = Some(self.type_name()?);
        let label = name.parts.first().cloned().ok_or_else(|| self.unexpected())?;
        let constraints = self.domain_constraints(label, start)?;
        Ok(StatementKind::Domain(Box::new(Domain { name, create: true, type_name, constraints })))
    }

    /// CREATE PUBLICATION and ALTER PUBLICATION, from PUBLICATION on.
    pub(super) fn publication(&mut self) -> Parsed<StatementKind> {
        self.take(K::Publication)?;
        self.column_name()?;
        let mut publication = Publication { tables: Vec::new(), wholesale: false, options: Vec::new() };
        if self.eat_one_of(&[K::Add, K::Set, K::Drop]).is_none() && !self.eat(K::For) && !self.is(K::With) {
            // OWNER TO, RENAME TO.
            self.skip_statement();
            return Ok(StatementKind::Publication(Box::new(publication)));
        }
        if self.is(K::All) {
            self.take_all(&[K::All, K::Tables])?;
            publication.wholesale = true;
        } else if !self.is(K::With) && !self.is(TokenKind::Open) {
            self.published(&mut publication)?;
        }
        self.eat(K::With);
        if self.is(TokenKind::Open) {
            publication.options = self.option_list()?;
        }
        Ok(StatementKind::Publication(Box::new(publication)))
    }

    fn published(&mut self, publication: &mut Publication) -> Parsed<()> {
        let mut schemas = false;
        self.list(|p| {
            if p.eat_all(&[K::Tables, K::In, K::Schema]) {
                (schemas, publication.wholesale) = (true, true);
            } else if p.eat(K::Table) {
                schemas = false;
            }
            if schemas {
                return p.label().map(drop);
            }
            let table = p.relation()?;
            let columns = p.optional_column_names()?;
            let filter = if p.eat(K::Where) { Some(p.in_parens(Self::expr)?) } else { None };
            publication.tables.push(PublishedTable { table, columns, filter });
            Ok(())
        })?;
        Ok(())
    }
}
