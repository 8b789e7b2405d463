//! FROM: relations, functions, subqueries, joins.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{
    Alias, ColumnTyped, Expr, FromFunction, FromItem, FromRelation, FromSpecial, FromSubquery, Ident, Join,
    JoinCondition, JoinKind, Query, RelationRef, Special, TableFunction, TableSample,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

/// What a pair of parentheses in FROM holds.
enum ParenTable {
    Query(Query),
    Join(FromItem),
}

impl Cursor<'_> {
    /// One item of FROM, with the joins that follow it.
    pub(super) fn from_item(&mut self) -> Parsed<FromItem> {
        self.nested(|p| {
            let start = p.token();
            let first = p.table()?;
            p.joins_after(first, start)
        })
    }

    fn joins_after(&mut self, mut left: FromItem, start: u32) -> Parsed<FromItem> {
        while let Some((kind, natural)) = self.join_words()? {
            self.linked()?;
            let right =
                if kind == JoinKind::Cross || natural { self.table()? } else { self.qualified_right()? };
            let condition =
                if kind == JoinKind::Cross || natural { JoinCondition::None } else { self.join_condition()? };
            let join = Join { kind, natural, left, right, condition, alias: None, span: self.since(start) };
            left = FromItem::Join(Box::new(join));
        }
        Ok(left)
    }

    /// The right side of a join with a condition: joins in it come before the condition
    /// (`a JOIN b JOIN c ON … ON …`).
    fn qualified_right(&mut self) -> Parsed<FromItem> {
        self.nested(|p| {
            let start = p.token();
            let mut right = p.table()?;
            while !matches!(p.keyword(), Some(K::On | K::Using)) {
                let Some((kind, natural)) = p.join_words()? else { return Err(p.unexpected()) };
                p.linked()?;
                let plain = kind == JoinKind::Cross || natural;
                let inner = if plain { p.table()? } else { p.qualified_right()? };
                let condition = if plain { JoinCondition::None } else { p.join_condition()? };
                let join = Join {
                    kind,
                    natural,
                    left: right,
                    right: inner,
                    condition,
                    alias: None,
                    span: p.since(start),
                };
                right = FromItem::Join(Box::new(join));
            }
            Ok(right)
        })
    }

    /// JOIN and the words before it, or nothing.
    fn join_words(&mut self) -> Parsed<Option<(JoinKind, bool)>> {
        if self.eat_all(&[K::Cross, K::Join]) {
            return Ok(Some((JoinKind::Cross, false)));
        }
        let natural = self.eat(K::Natural);
        let kind = match self.keyword() {
            Some(K::Join) => JoinKind::Inner,
            Some(K::Inner) => JoinKind::Inner,
            Some(K::Left) => JoinKind::Left,
            Some(K::Right) => JoinKind::Right,
            Some(K::Full) => JoinKind::Full,
            _ if natural => return Err(self.unexpected()),
            _ => return Ok(None),
        };
        if !self.is(K::Join) {
            self.bump();
            if kind != JoinKind::Inner {
                self.eat(K::Outer);
            }
        }
        self.take(K::Join)?;
        Ok(Some((kind, natural)))
    }

    fn join_condition(&mut self) -> Parsed<JoinCondition> {
        if self.eat(K::On) {
            return self.expr().map(JoinCondition::On);
        }
        self.take(K::Using)?;
        let columns = self.column_names()?;
        let alias = if self.eat(K::As) { Some(self.column_name()?) } else { None };
        Ok(JoinCondition::Using(columns, alias))
    }

    /// `table_ref` without joins.
    fn table(&mut self) -> Parsed<FromItem> {
        let start = self.token();
        let lateral = self.eat(K::Lateral);
        if self.is(TokenKind::Open) {
            let inner = self.paren_table()?;
            return self.after_paren_table(inner, lateral, start);
        }
        let call = self.is_at(1, TokenKind::Open);
        match self.keyword() {
            Some(K::Rows) if self.is_at(1, K::From) && self.is_at(2, TokenKind::Open) => {
                return self.rows_from(lateral, start);
            }
            Some(K::Xmltable | K::JsonTable) if call => return self.special_table(lateral, start),
            Some(K::Only) => return self.from_relation(),
            _ => {}
        }
        if self.at_table_function() {
            return self.function_table(lateral, start);
        }
        if lateral {
            return Err(self.unexpected());
        }
        self.from_relation()
    }

    /// `( … )` in FROM: whether it is a query shows only behind its last parenthesis.
    fn paren_table(&mut self) -> Parsed<ParenTable> {
        self.nested(|p| {
            p.take(TokenKind::Open)?;
            let start = p.token();
            if p.at_query() {
                let query = p.query()?;
                p.take(TokenKind::Close)?;
                return Ok(ParenTable::Query(query));
            }
            let first = if p.is(TokenKind::Open) {
                match p.paren_table()? {
                    ParenTable::Query(query) if p.is(TokenKind::Close) || p.at_query_tail() => {
                        let query = p.query_after(query, start)?;
                        p.take(TokenKind::Close)?;
                        return Ok(ParenTable::Query(query));
                    }
                    inner => p.after_paren_table(inner, false, start)?,
                }
            } else {
                p.table()?
            };
            let join = p.joins_after(first, start)?;
            p.take(TokenKind::Close)?;
            match &join {
                FromItem::Join(_) => Ok(ParenTable::Join(join)),
                _ => Err(p.unexpected()),
            }
        })
    }

    fn after_paren_table(&mut self, inner: ParenTable, lateral: bool, start: u32) -> Parsed<FromItem> {
        let alias = self.alias()?;
        match inner {
            ParenTable::Query(query) => {
                let span = self.since(start);
                Ok(FromItem::Subquery(Box::new(FromSubquery { lateral, query, alias, span })))
            }
            ParenTable::Join(FromItem::Join(mut join)) if !lateral => {
                if alias.is_some() && join.alias.is_some() {
                    return Err(self.unexpected());
                }
                if alias.is_some() {
                    join.alias = alias;
                    join.span = self.since(start);
                }
                Ok(FromItem::Join(join))
            }
            ParenTable::Join(_) => Err(self.unexpected()),
        }
    }

    fn from_relation(&mut self) -> Parsed<FromItem> {
        let relation = self.aliased_relation()?;
        let sample = if self.eat(K::Tablesample) { Some(self.table_sample()?) } else { None };
        Ok(FromItem::Relation(Box::new(FromRelation { relation, sample })))
    }

    fn table_sample(&mut self) -> Parsed<TableSample> {
        let first = self.label()?;
        let method = self.dotted(first)?;
        let args = self.list_in_parens(Self::expr)?;
        let seed = if self.eat(K::Repeatable) { Some(self.in_parens(Self::expr)?) } else { None };
        Ok(TableSample { method, args, seed })
    }

    /// `relation_expr`: a name with ONLY or `*`.
    pub(super) fn relation(&mut self) -> Parsed<RelationRef> {
        let start = self.token();
        let only = self.eat(K::Only);
        let name = if only && self.is(TokenKind::Open) {
            self.in_parens(Self::object_name)?
        } else {
            self.object_name()?
        };
        if !only {
            self.eat(TokenKind::Star);
        }
        Ok(RelationRef { name, only, alias: None, span: self.since(start) })
    }

    /// A relation with an alias.
    fn aliased_relation(&mut self) -> Parsed<RelationRef> {
        let start = self.token();
        let mut relation = self.relation()?;
        relation.alias = self.alias()?;
        relation.span = self.since(start);
        Ok(relation)
    }

    /// `[AS] name [(columns)]`, or nothing.
    pub(super) fn alias(&mut self) -> Parsed<Option<Alias>> {
        if !self.eat(K::As) && !self.at_column_name() {
            return Ok(None);
        }
        let name = self.column_name()?;
        let columns = self.optional_column_names()?;
        Ok(Some(Alias { name, columns }))
    }

    /// Does a function stand here, rather than a relation?
    fn at_table_function(&self) -> bool {
        use super::cursor::{is_column_name, is_type_or_function_name};
        let first = self.peek();
        if let TokenKind::Keyword(k) = first
            && !is_column_name(first)
            && !is_type_or_function_name(first)
        {
            // CAST, CURRENT_DATE and the like are functions here.
            return !matches!(k, K::Select | K::Values | K::With);
        }
        let mut ahead = 1;
        while self.is_at(ahead, TokenKind::Dot) {
            ahead += 2;
        }
        if self.is_at(ahead, TokenKind::Open) {
            return true;
        }
        matches!(first, TokenKind::Keyword(K::CurrentSchema)) || self.keyword() == Some(K::Collation)
    }

    fn function_table(&mut self, lateral: bool, start: u32) -> Parsed<FromItem> {
        let call = self.primary()?;
        let functions = vec![TableFunction { call, definitions: Vec::new() }];
        self.after_functions(functions, false, lateral, start)
    }

    fn rows_from(&mut self, lateral: bool, start: u32) -> Parsed<FromItem> {
        self.bump();
        self.bump();
        let functions = self.list_in_parens(|p| {
            let call = p.primary()?;
            let definitions = if p.eat(K::As) { p.list_in_parens(Self::column_typed)? } else { Vec::new() };
            Ok(TableFunction { call, definitions })
        })?;
        self.after_functions(functions, true, lateral, start)
    }

    fn after_functions(
        &mut self,
        functions: Vec<TableFunction>,
        rows_from: bool,
        lateral: bool,
        start: u32,
    ) -> Parsed<FromItem> {
        let ordinality = self.eat_all(&[K::With, K::Ordinality]);
        let (alias, definitions) = self.function_alias()?;
        let span = self.since(start);
        let function = FromFunction { lateral, functions, rows_from, ordinality, alias, definitions, span };
        Ok(FromItem::Function(Box::new(function)))
    }

    /// `func_alias_clause`.
    fn function_alias(&mut self) -> Parsed<(Option<Alias>, Vec<ColumnTyped>)> {
        let with_as = self.eat(K::As);
        if with_as && self.is(TokenKind::Open) {
            return Ok((None, self.list_in_parens(Self::column_typed)?));
        }
        if !with_as && !self.at_column_name() {
            return Ok((None, Vec::new()));
        }
        let name = self.column_name()?;
        let typed =
            self.is(TokenKind::Open) && !matches!(self.peek_at(2), TokenKind::Comma | TokenKind::Close);
        if typed {
            let definitions = self.list_in_parens(Self::column_typed)?;
            return Ok((Some(Alias { name, columns: Vec::new() }), definitions));
        }
        let columns = self.optional_column_names()?;
        Ok((Some(Alias { name, columns }), Vec::new()))
    }

    /// `TableFuncElement`.
    pub(super) fn column_typed(&mut self) -> Parsed<ColumnTyped> {
        let name = self.column_name()?;
        let type_name = self.type_name()?;
        let collation = if self.eat(K::Collate) { Some(self.object_name()?) } else { None };
        Ok(ColumnTyped { name, type_name, collation })
    }

    /// XMLTABLE and JSON_TABLE.
    fn special_table(&mut self, lateral: bool, start: u32) -> Parsed<FromItem> {
        let name = self.label()?;
        let mut special = Special {
            name,
            args: Vec::new(),
            types: Vec::new(),
            query: None,
            order_by: Vec::new(),
            filter: None,
            over: None,
        };
        let mut columns = Vec::new();
        self.take(TokenKind::Open)?;
        while !self.is(TokenKind::Close) && !self.is(K::Columns) {
            self.special_item(&mut special)?;
        }
        if self.eat(K::Columns) {
            if self.is(TokenKind::Open) {
                self.in_parens(|p| p.special_columns(&mut special, &mut columns))?;
            } else {
                self.special_columns(&mut special, &mut columns)?;
            }
        }
        while !self.is(TokenKind::Close) {
            self.special_item(&mut special)?;
        }
        self.bump();
        let alias = self.alias()?;
        let span = self.since(start);
        Ok(FromItem::SpecialTable(Box::new(FromSpecial { lateral, special, columns, alias, span })))
    }

    fn special_columns(&mut self, special: &mut Special, columns: &mut Vec<Ident>) -> Parsed<()> {
        self.nested(|p| p.list(|p| p.special_column(special, columns)).map(drop))
    }

    /// A column of XMLTABLE or JSON_TABLE, or the nested columns of the latter.
    fn special_column(&mut self, special: &mut Special, columns: &mut Vec<Ident>) -> Parsed<()> {
        if self.is(K::Nested) && (self.is_at(1, K::Path) || self.peek_at(1).is_string()) {
            self.bump();
            self.eat(K::Path);
            self.string()?;
            if self.eat(K::As) {
                self.column_name()?;
            }
            self.take(K::Columns)?;
            return self.in_parens(|p| p.special_columns(special, columns));
        }
        columns.push(self.column_name()?);
        if self.eat_all(&[K::For, K::Ordinality]) {
            return Ok(());
        }
        special.types.push(self.type_name()?);
        while !matches!(self.peek(), TokenKind::Comma | TokenKind::Close) && !self.at_end() {
            self.special_column_option(special)?;
        }
        Ok(())
    }

    fn special_column_option(&mut self, special: &mut Special) -> Parsed<()> {
        if self.eat_all(&[K::Not, K::Null]) || self.eat(K::Exists) {
            return Ok(());
        }
        if self.is(K::Null) && !self.is_at(1, K::On) {
            self.bump();
            return Ok(());
        }
        if self.eat(K::Path) {
            let value: Expr = self.restricted_expr()?;
            special.args.push(crate::sql::ast::Argument { name: None, variadic: false, value });
            return Ok(());
        }
        self.special_item(special)
    }
}
