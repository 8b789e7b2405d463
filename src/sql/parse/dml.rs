//! INSERT, UPDATE, DELETE, MERGE.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{
    Alias, AssignTarget, Assignment, ConflictTarget, ConflictUpdate, Delete, Expr, ExprKind, Filter,
    IndexElement, Insert, InsertSource, Merge, MergeAction, MergeArm, MergeInsert, MergeMatch, OnConflict,
    Overriding, RelationRef, Returning, StatementKind, Update, With,
};
use crate::sql::lexer::{Keyword as K, TokenKind};

impl Cursor<'_> {
    pub(super) fn insert(&mut self, with: Option<With>) -> Parsed<Insert> {
        self.take_all(&[K::Insert, K::Into])?;
        let start = self.token();
        let name = self.object_name()?;
        let alias = if self.eat(K::As) {
            Some(Alias { name: self.column_name()?, columns: Vec::new() })
        } else {
            None
        };
        let target = RelationRef { name, only: false, alias, span: self.since(start) };
        let columns = if self.is(TokenKind::Open) && !self.query_in_parens_ahead() {
            Some(self.assign_targets()?)
        } else {
            None
        };
        let overriding = self.overriding()?;
        let source = if self.eat_all(&[K::Default, K::Values]) {
            InsertSource::Default
        } else {
            InsertSource::Query(Box::new(self.query()?))
        };
        let on_conflict = if self.are(&[K::On, K::Conflict]) { Some(self.on_conflict()?) } else { None };
        let returning = self.returning()?;
        Ok(Insert { with, target, columns, overriding, source, on_conflict, returning })
    }

    /// Is the first thing inside the parentheses that open here a query?
    pub(super) fn query_in_parens_ahead(&self) -> bool {
        let mut ahead = 1;
        while self.is_at(ahead, TokenKind::Open) {
            ahead += 1;
        }
        match self.keyword_at(ahead) {
            Some(K::Select | K::With | K::Table) => true,
            // VALUES may be a column.
            Some(K::Values) => self.is_at(ahead + 1, TokenKind::Open),
            _ => false,
        }
    }

    fn overriding(&mut self) -> Parsed<Option<Overriding>> {
        if !self.eat(K::Overriding) {
            return Ok(None);
        }
        let which = self.one_of(&[K::User, K::System])?;
        self.take(K::Value)?;
        Ok(Some(if which == K::User { Overriding::User } else { Overriding::System }))
    }

    /// `(a, b[1], c.d)`.
    fn assign_targets(&mut self) -> Parsed<Vec<AssignTarget>> {
        self.list_in_parens(Self::assign_target)
    }

    fn assign_target(&mut self) -> Parsed<AssignTarget> {
        let start = self.token();
        let name = self.column_name()?;
        let steps = self.steps()?;
        Ok(AssignTarget { name, steps, span: self.since(start) })
    }

    fn on_conflict(&mut self) -> Parsed<OnConflict> {
        let start = self.token();
        self.take_all(&[K::On, K::Conflict])?;
        let target = if self.eat_all(&[K::On, K::Constraint]) {
            ConflictTarget::Constraint(self.column_name()?)
        } else if self.is(TokenKind::Open) {
            let elements = self.list_in_parens(Self::index_element)?;
            let predicate = if self.eat(K::Where) { Some(self.expr()?) } else { None };
            ConflictTarget::Index(elements, predicate)
        } else {
            ConflictTarget::Any
        };
        self.take(K::Do)?;
        if self.eat(K::Nothing) {
            return Ok(OnConflict { target, update: None, span: self.since(start) });
        }
        self.take_all(&[K::Update, K::Set])?;
        let assignments = self.list(Self::assignment)?;
        let filter = if self.eat(K::Where) { Some(self.expr()?) } else { None };
        let update = Some(ConflictUpdate { assignments, filter });
        Ok(OnConflict { target, update, span: self.since(start) })
    }

    /// `index_elem`.
    pub(super) fn index_element(&mut self) -> Parsed<IndexElement> {
        let start = self.token();
        let expr = if self.is(TokenKind::Open) {
            self.in_parens(Self::expr)?
        } else if self.at_column_name() && !self.is_at(1, TokenKind::Open) && !self.is_at(1, TokenKind::Dot) {
            let name = self.column_name()?;
            Expr { kind: ExprKind::Column(vec![name]), span: self.since(start) }
        } else {
            self.primary()?
        };
        let collation = if self.eat(K::Collate) { Some(self.object_name()?) } else { None };
        let class = self.at_column_name() && !self.is(K::Nulls);
        let operator_class = if class { Some(self.object_name()?) } else { None };
        if operator_class.is_some() && self.is(TokenKind::Open) {
            self.skip_parens()?;
        }
        let direction = self.direction();
        Ok(IndexElement { expr, collation, operator_class, direction, nulls_first: self.nulls_order()? })
    }

    fn assignment(&mut self) -> Parsed<Assignment> {
        if self.is(TokenKind::Open) {
            let targets = self.assign_targets()?;
            self.take(TokenKind::Equals)?;
            return Ok(Assignment::Tuple(targets, self.expr()?));
        }
        let target = self.assign_target()?;
        self.take(TokenKind::Equals)?;
        Ok(Assignment::One(target, self.expr()?))
    }

    pub(super) fn returning(&mut self) -> Parsed<Option<Returning>> {
        let start = self.token();
        if !self.eat(K::Returning) {
            return Ok(None);
        }
        let (mut old, mut new) = (None, None);
        if self.eat(K::With) {
            self.list_in_parens(|p| {
                let which = p.one_of(&[K::Old, K::New])?;
                p.take(K::As)?;
                let slot = if which == K::Old { &mut old } else { &mut new };
                *slot = Some(p.column_name()?);
                Ok(())
            })?;
        }
        let targets = self.targets()?;
        Ok(Some(Returning { old, new, targets, span: self.since(start) }))
    }

    /// `relation_expr_opt_alias`: SET is no alias.
    fn changed_relation(&mut self) -> Parsed<RelationRef> {
        let start = self.token();
        let mut relation = self.relation()?;
        if self.eat(K::As) || (self.at_column_name() && !self.is(K::Set)) {
            relation.alias = Some(Alias { name: self.column_name()?, columns: Vec::new() });
        }
        relation.span = self.since(start);
        Ok(relation)
    }

    fn changed_filter(&mut self) -> Parsed<Option<Filter>> {
        if !self.eat(K::Where) {
            return Ok(None);
        }
        if self.eat_all(&[K::Current, K::Of]) {
            return Ok(Some(Filter::CurrentOf(self.column_name()?)));
        }
        Ok(Some(Filter::Expr(self.expr()?)))
    }

    pub(super) fn update(&mut self, with: Option<With>) -> Parsed<Update> {
        self.take(K::Update)?;
        let target = self.changed_relation()?;
        self.take(K::Set)?;
        let assignments = self.list(Self::assignment)?;
        let from = if self.eat(K::From) { self.list(Self::from_item)? } else { Vec::new() };
        let filter = self.changed_filter()?;
        let returning = self.returning()?;
        Ok(Update { with, target, assignments, from, filter, returning })
    }

    pub(super) fn delete(&mut self, with: Option<With>) -> Parsed<Delete> {
        self.take_all(&[K::Delete, K::From])?;
        let target = self.changed_relation()?;
        let using = if self.eat(K::Using) { self.list(Self::from_item)? } else { Vec::new() };
        let filter = self.changed_filter()?;
        let returning = self.returning()?;
        Ok(Delete { with, target, using, filter, returning })
    }

    pub(super) fn merge(&mut self, with: Option<With>) -> Parsed<Merge> {
        self.take_all(&[K::Merge, K::Into])?;
        let target = self.changed_relation()?;
        self.take(K::Using)?;
        let source = self.from_item()?;
        self.take(K::On)?;
        let on = self.expr()?;
        let mut arms = Vec::new();
        while self.eat(K::When) {
            arms.push(self.merge_arm()?);
        }
        if arms.is_empty() {
            return Err(self.unexpected());
        }
        let returning = self.returning()?;
        Ok(Merge { with, target, source, on, arms, returning })
    }

    fn merge_arm(&mut self) -> Parsed<MergeArm> {
        let matched = if self.eat_all(&[K::Not, K::Matched]) {
            if self.eat_all(&[K::By, K::Source]) {
                MergeMatch::NotMatchedBySource
            } else {
                self.eat_all(&[K::By, K::Target]);
                MergeMatch::NotMatchedByTarget
            }
        } else {
            self.take(K::Matched)?;
            MergeMatch::Matched
        };
        let condition = if self.eat(K::And) { Some(self.expr()?) } else { None };
        self.take(K::Then)?;
        let action = match self.keyword() {
            Some(K::Update) => {
                self.take_all(&[K::Update, K::Set])?;
                MergeAction::Update(self.list(Self::assignment)?)
            }
            Some(K::Delete) => {
                self.bump();
                MergeAction::Delete
            }
            Some(K::Insert) => MergeAction::Insert(self.merge_insert()?),
            _ => {
                self.take_all(&[K::Do, K::Nothing])?;
                MergeAction::Nothing
            }
        };
        Ok(MergeArm { matched, condition, action })
    }

    fn merge_insert(&mut self) -> Parsed<MergeInsert> {
        self.take(K::Insert)?;
        let columns = if self.is(TokenKind::Open) { Some(self.assign_targets()?) } else { None };
        let before_values = self.token();
        let overriding = self.overriding()?;
        if self.eat_all(&[K::Default, K::Values]) {
            return Ok(MergeInsert { columns, overriding, values: None, before_values });
        }
        self.take(K::Values)?;
        let values = Some(self.list_in_parens(Self::expr)?);
        Ok(MergeInsert { columns, overriding, values, before_values })
    }

    /// INSERT, UPDATE, DELETE or MERGE behind a WITH; `None` if none of them stands here.
    pub(super) fn data_change(&mut self, with: Option<With>) -> Parsed<Result<StatementKind, Option<With>>> {
        Ok(Ok(match self.keyword() {
            Some(K::Insert) => StatementKind::Insert(Box::new(self.insert(with)?)),
            Some(K::Update) => StatementKind::Update(Box::new(self.update(with)?)),
            Some(K::Delete) => StatementKind::Delete(Box::new(self.delete(with)?)),
            Some(K::Merge) => StatementKind::Merge(Box::new(self.merge(with)?)),
            _ => return Ok(Err(with)),
        }))
    }
}
