//! Queries: `SelectStmt` and everything in it but FROM.

use super::cursor::{Cursor, Parsed, is_column_name};
use super::primary::Paren;
use super::{ParseError, ParseErrorKind};
use crate::sql::ast::{
    Body, Cte, Cycle, Distinct, Expr, ExprKind, GroupBy, GroupItem, IntoTable, Limit, LockStrength, LockWait,
    Locking, Persistence, Query, Search, Select, SetOperation, SetOperator, SortDirection, SortKey, Target,
    With,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

impl Cursor<'_> {
    /// Does a query begin here, leaving out parentheses?
    pub(super) fn at_query(&self) -> bool {
        match self.keyword() {
            Some(K::Select | K::Values | K::With) => true,
            Some(K::Table) => true,
            _ => false,
        }
    }

    /// Does something stand here that goes on a query in parentheses?
    pub(super) fn at_query_tail(&self) -> bool {
        matches!(
            self.keyword(),
            Some(K::Union | K::Intersect | K::Except | K::Order | K::Limit | K::Offset | K::Fetch | K::For)
        )
    }

    /// `( query )`, in any number of parentheses.
    pub(super) fn query_in_parens(&mut self) -> Parsed<Query> {
        let at = self.token();
        match self.paren()? {
            Paren::Query(query) => Ok(query),
            Paren::Expr(_) | Paren::Row(_) => Err(ParseError { token: at, kind: ParseErrorKind::Syntax }),
        }
    }

    /// `SelectStmt`.
    pub(super) fn query(&mut self) -> Parsed<Query> {
        let start = self.token();
        self.nested(|p| {
            let with = p.with()?;
            p.query_with(with, start)
        })
    }

    /// A query behind its WITH, which began at token `start`.
    pub(super) fn query_with(&mut self, with: Option<With>, start: u32) -> Parsed<Query> {
        let mut query = self.nested(|p| p.set_operations(0))?;
        if with.is_some() {
            if query.with.is_some() {
                return Err(self.unexpected());
            }
            query.with = with;
        }
        self.query_tail(query, start)
    }

    /// A query that goes on after `first`, which stood in parentheses that began at token `start`.
    pub(super) fn query_after(&mut self, first: Query, start: u32) -> Parsed<Query> {
        if self.is(TokenKind::Close) {
            return Ok(first);
        }
        let query = self.set_operations_after(first, start, 0)?;
        self.query_tail(query, start)
    }

    /// Set operations: INTERSECT binds more strongly than UNION and EXCEPT.
    fn set_operations(&mut self, least: u8) -> Parsed<Query> {
        let start = self.token();
        let left = self.query_operand()?;
        self.set_operations_after(left, start, least)
    }

    fn set_operations_after(&mut self, mut left: Query, start: u32, least: u8) -> Parsed<Query> {
        loop {
            let (operator, power) = match self.keyword() {
                Some(K::Union) => (SetOperator::Union, 1),
                Some(K::Except) => (SetOperator::Except, 1),
                Some(K::Intersect) => (SetOperator::Intersect, 2),
                _ => return Ok(left),
            };
            if power <= least {
                return Ok(left);
            }
            self.linked()?;
            self.bump();
            let all = self.eat(K::All);
            if !all {
                self.eat(K::Distinct);
            }
            let right = self.nested(|p| p.set_operations(power))?;
            let operation = SetOperation { operator, all, left, right };
            left = self.bare(Body::SetOperation(Box::new(operation)), start);
        }
    }

    fn bare(&self, body: Body, start: u32) -> Query {
        Query {
            with: None,
            body,
            order_by: Vec::new(),
            limit: None,
            offset: None,
            locking: Vec::new(),
            span: self.since(start),
        }
    }

    fn query_operand(&mut self) -> Parsed<Query> {
        let start = self.token();
        let body = match self.keyword() {
            Some(K::Select) => Body::Select(Box::new(self.select()?)),
            Some(K::Values) => {
                self.bump();
                Body::Values(self.list(|p| p.list_in_parens(Self::expr))?)
            }
            Some(K::Table) => {
                self.bump();
                Body::Table(self.relation()?)
            }
            _ if self.is(TokenKind::Open) => return self.query_in_parens(),
            _ => return Err(self.unexpected()),
        };
        Ok(self.bare(body, start))
    }

    /// ORDER BY, LIMIT, OFFSET, FOR …: those that a query in parentheses has already cannot come again.
    fn query_tail(&mut self, mut query: Query, start: u32) -> Parsed<Query> {
        if self.is(K::Order) {
            if !query.order_by.is_empty() {
                return Err(self.unexpected());
            }
            query.order_by = self.order_by()?;
        }
        loop {
            match self.keyword() {
                Some(K::Limit | K::Fetch) if query.limit.is_none() => query.limit = Some(self.limit()?),
                Some(K::Offset) if query.offset.is_none() => {
                    self.bump();
                    query.offset = Some(self.expr()?);
                    self.eat_one_of(&[K::Row, K::Rows]);
                }
                Some(K::For) if self.are(&[K::For, K::Read, K::Only]) => {
                    self.take_all(&[K::For, K::Read, K::Only])?;
                }
                Some(K::For) => query.locking.push(self.locking()?),
                _ => break,
            }
        }
        query.span = self.since(start);
        Ok(query)
    }

    fn limit(&mut self) -> Parsed<Limit> {
        if self.eat(K::Limit) {
            let count = if self.eat(K::All) { None } else { Some(self.expr()?) };
            return Ok(Limit { count, with_ties: false });
        }
        self.take(K::Fetch)?;
        self.one_of(&[K::First, K::Next])?;
        let count = match self.keyword() {
            Some(K::Row | K::Rows) => None,
            _ => Some(self.signed_primary()?),
        };
        self.one_of(&[K::Row, K::Rows])?;
        let with_ties = self.eat_all(&[K::With, K::Ties]);
        if !with_ties {
            self.take(K::Only)?;
        }
        Ok(Limit { count, with_ties })
    }

    fn signed_primary(&mut self) -> Parsed<Expr> {
        if matches!(self.peek(), TokenKind::Plus | TokenKind::Minus) {
            self.restricted_expr()
        } else {
            self.primary()
        }
    }

    /// One of these keywords must stand here.
    pub(super) fn one_of(&mut self, keywords: &[K]) -> Parsed<K> {
        self.eat_one_of(keywords).ok_or_else(|| self.unexpected())
    }

    fn locking(&mut self) -> Parsed<Locking> {
        self.take(K::For)?;
        let strength = if self.eat_all(&[K::No, K::Key, K::Update]) {
            LockStrength::NoKeyUpdate
        } else if self.eat_all(&[K::Key, K::Share]) {
            LockStrength::KeyShare
        } else if self.eat(K::Share) {
            LockStrength::Share
        } else {
            self.take(K::Update)?;
            LockStrength::Update
        };
        let of = if self.eat(K::Of) { self.list(Self::object_name)? } else { Vec::new() };
        let wait = if self.eat(K::Nowait) {
            LockWait::Nowait
        } else if self.eat_all(&[K::Skip, K::Locked]) {
            LockWait::SkipLocked
        } else {
            LockWait::Block
        };
        Ok(Locking { strength, of, wait })
    }

    fn select(&mut self) -> Parsed<Select> {
        let start = self.take(K::Select)?;
        let distinct = self.distinct()?;
        let empty = self.ends_target(0) && !self.is(TokenKind::Comma);
        let targets = if empty { Vec::new() } else { self.targets()? };
        let into = if self.is(K::Into) { Some(self.into_table()?) } else { None };
        let from = if self.eat(K::From) { self.list(Self::from_item)? } else { Vec::new() };
        let filter = if self.eat(K::Where) { Some(self.expr()?) } else { None };
        let group_by = if self.eat_all(&[K::Group, K::By]) { Some(self.group_by()?) } else { None };
        let having = if self.eat(K::Having) { Some(self.expr()?) } else { None };
        let windows = self.windows()?;
        Ok(Select {
            distinct,
            targets,
            into,
            from,
            filter,
            group_by,
            having,
            windows,
            span: self.since(start),
        })
    }

    /// Does what stands `ahead` places on end an item of a select list, or stand in place of one? No
    /// expression begins with it.
    pub(super) fn ends_target(&self, ahead: usize) -> bool {
        match self.peek_at(ahead) {
            TokenKind::Semicolon | TokenKind::Close | TokenKind::Comma | TokenKind::Unknown => true,
            TokenKind::Keyword(
                K::Into
                | K::From
                | K::Where
                | K::Group
                | K::Having
                | K::Window
                | K::Union
                | K::Intersect
                | K::Except
                | K::Order
                | K::Limit
                | K::Offset
                | K::Fetch
                | K::For
                | K::On
                | K::Returning
                | K::With,
            ) => true,
            _ => false,
        }
    }

    fn distinct(&mut self) -> Parsed<Distinct> {
        if self.eat(K::All) || !self.eat(K::Distinct) {
            return Ok(Distinct::No);
        }
        if self.eat(K::On) {
            return self.list_in_parens(Self::expr).map(Distinct::On);
        }
        Ok(Distinct::Yes)
    }

    /// `target_list`: of SELECT and of RETURNING.
    pub(super) fn targets(&mut self) -> Parsed<Vec<Target>> {
        self.list(|p| {
            if p.is(TokenKind::Star) {
                let at = p.bump();
                let span = p.since(at);
                let expr = Expr { kind: ExprKind::Star(Vec::new()), span };
                return Ok(Target { expr, alias: None, span });
            }
            let start = p.token();
            let expr = p.expr()?;
            let span = p.since(start);
            let alias = if p.eat(K::As) { Some(p.label()?) } else { p.bare_label()? };
            Ok(Target { expr, alias, span })
        })
    }

    fn into_table(&mut self) -> Parsed<IntoTable> {
        let start = self.take(K::Into)?;
        let persistence = self.persistence();
        self.eat(K::Table);
        let name = self.object_name()?;
        Ok(IntoTable { name, persistence, span: self.since(start) })
    }

    /// TEMP, UNLOGGED and the like, or nothing; each of these words may also be a name.
    pub(super) fn persistence(&mut self) -> Persistence {
        if matches!(self.keyword_at(1), Some(K::Temp | K::Temporary)) {
            self.eat_one_of(&[K::Local, K::Global]);
        }
        let next = self.peek_at(1);
        if !is_column_name(next) && !matches!(next, TokenKind::Keyword(_)) || self.is_at(1, K::From) {
            return Persistence::Permanent;
        }
        match self.eat_one_of(&[K::Temp, K::Temporary, K::Unlogged]) {
            Some(K::Unlogged) => Persistence::Unlogged,
            Some(_) => Persistence::Temporary,
            None => Persistence::Permanent,
        }
    }

    fn group_by(&mut self) -> Parsed<GroupBy> {
        let distinct = self.eat(K::Distinct);
        if !distinct {
            self.eat(K::All);
        }
        Ok(GroupBy { distinct, items: self.list(Self::group_item)? })
    }

    fn group_item(&mut self) -> Parsed<GroupItem> {
        if self.is(TokenKind::Open) && self.is_at(1, TokenKind::Close) {
            self.bump();
            self.bump();
            return Ok(GroupItem::Empty);
        }
        let call = self.is_at(1, TokenKind::Open);
        match self.keyword() {
            Some(K::Rollup) if call => {
                self.bump();
                self.list_in_parens(Self::expr).map(GroupItem::Rollup)
            }
            Some(K::Cube) if call => {
                self.bump();
                self.list_in_parens(Self::expr).map(GroupItem::Cube)
            }
            Some(K::Grouping) if self.is_at(1, K::Sets) => {
                self.bump();
                self.bump();
                self.nested(|p| p.list_in_parens(Self::group_item)).map(GroupItem::Sets)
            }
            _ => self.expr().map(GroupItem::Expr),
        }
    }

    /// `sortby`.
    pub(super) fn sort_key(&mut self) -> Parsed<SortKey> {
        let expr = self.expr()?;
        let direction =
            if self.eat(K::Using) { SortDirection::Using(self.operator()?) } else { self.direction() };
        Ok(SortKey { expr, direction, nulls_first: self.nulls_order()? })
    }

    pub(super) fn direction(&mut self) -> SortDirection {
        match self.eat_one_of(&[K::Asc, K::Desc]) {
            Some(K::Asc) => SortDirection::Ascending,
            Some(_) => SortDirection::Descending,
            None => SortDirection::Default,
        }
    }

    pub(super) fn nulls_order(&mut self) -> Parsed<Option<bool>> {
        if !(self.is(K::Nulls) && matches!(self.keyword_at(1), Some(K::First | K::Last))) {
            return Ok(None);
        }
        self.bump();
        self.one_of(&[K::First, K::Last]).map(|k| Some(k == K::First))
    }

    /// WITH, or nothing.
    pub(super) fn with(&mut self) -> Parsed<Option<With>> {
        let start = self.token();
        if !self.eat(K::With) {
            return Ok(None);
        }
        // A common table expression may itself be called recursive.
        let recursive = !self.is_at(1, K::As) && !self.is_at(1, TokenKind::Open) && self.eat(K::Recursive);
        let ctes = self.list(Self::cte)?;
        Ok(Some(With { recursive, ctes, span: self.since(start) }))
    }

    fn cte(&mut self) -> Parsed<Cte> {
        let start = self.token();
        let name = self.column_name()?;
        let columns = self.optional_column_names()?;
        self.take(K::As)?;
        let materialized = if self.eat(K::Materialized) {
            Some(true)
        } else if self.eat_all(&[K::Not, K::Materialized]) {
            Some(false)
        } else {
            None
        };
        let statement = self.nested(|p| p.in_parens(Self::preparable))?;
        let search = if self.eat(K::Search) { Some(self.search()?) } else { None };
        let cycle = if self.eat(K::Cycle) { Some(self.cycle()?) } else { None };
        Ok(Cte { name, columns, materialized, statement, search, cycle, span: self.since(start) })
    }

    fn search(&mut self) -> Parsed<Search> {
        let breadth_first = self.one_of(&[K::Breadth, K::Depth])? == K::Breadth;
        self.take_all(&[K::First, K::By])?;
        let by = self.list(Self::column_name)?;
        self.take(K::Set)?;
        Ok(Search { breadth_first, by, sequence: self.column_name()? })
    }

    fn cycle(&mut self) -> Parsed<Cycle> {
        let columns = self.list(Self::column_name)?;
        self.take(K::Set)?;
        let mark = self.column_name()?;
        let values = if self.eat(K::To) {
            let value = self.primary()?;
            self.take(K::Default)?;
            Some(Box::new([value, self.primary()?]))
        } else {
            None
        };
        self.take(K::Using)?;
        Ok(Cycle { columns, mark, values, path: self.column_name()? })
    }
}
