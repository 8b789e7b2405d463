//! Joins: ON, USING, NATURAL, and what `*` and bare names mean after them.

use super::from::Joined;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{Alias, FromItem, Join, JoinCondition, JoinKind, Span};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{EqualTo, PLAIN};
use crate::sql::scope::{Found, Item, Scope, Source, Value, find};

impl<'a> Analysis<'a> {
    pub(super) fn join(&mut self, join: &Join, outer: &Scope) -> Checked<Joined> {
        let left = self.from_item(&join.left, outer)?;
        // A copy of all that stands to the left, for each join of a long chain: only where it can be seen.
        let right = match sees_left(&join.right) {
            true => self.from_item(&join.right, &self.beside(outer, &left))?,
            false => self.from_item(&join.right, outer)?,
        };
        let mut joined = match &join.condition {
            JoinCondition::None if join.natural => self.natural(left, right, join.kind, join.span)?,
            JoinCondition::None => side_by_side(left, right),
            JoinCondition::On(condition) => {
                let Joined { sources, visible } = side_by_side(left, right);
                // What else stands in FROM is not seen from here: its names are those of the levels around.
                let seen = Scope { outer: outer.outer, ctes: outer.ctes.clone(), sources, visible };
                self.condition(condition, &seen)?;
                Joined { sources: seen.sources, visible: seen.visible }
            }
            JoinCondition::Using(columns, alias) => {
                let names: Vec<&str> = columns.iter().map(|c| c.as_str()).collect();
                self.using(left, right, &names, alias.as_ref().map(|a| a.as_str()), join.kind, join.span)?
            }
        };
        if let Some(Alias { name, columns }) = &join.alias {
            let items = self.renamed(joined.visible, columns.iter().map(|c| c.as_str()), join.span)?;
            joined = Joined::of(Source { name: name.as_str().into(), schema: None, items, made: true });
        }
        Ok(joined)
    }

    /// The scope in which the right side of a join stands: LATERAL sees the left side.
    fn beside<'p>(&self, outer: &'p Scope<'p>, left: &Joined) -> Scope<'p> {
        let mut sources = outer.sources.clone();
        let mut visible = outer.visible.clone();
        sources.extend(left.sources.iter().cloned());
        visible.extend(left.visible.iter().cloned());
        Scope { outer: outer.outer, ctes: outer.ctes.clone(), sources, visible }
    }

    /// Columns of both names; an unpinned side may have more of them than we know.
    fn natural(&mut self, left: Joined, right: Joined, kind: JoinKind, span: Span) -> Checked<Joined> {
        let open = |joined: &Joined| joined.visible.iter().any(|i| matches!(i, Item::Rest(_)));
        if open(&left) || open(&right) {
            // REFUSES: the server's catalog would decide which columns are compared.
            for side in [&left, &right] {
                self.all_items_plain(&side.visible, Cause::NaturalJoin, span)?;
            }
            return Ok(Joined { visible: vec![Item::Rest(None)], ..side_by_side(left, right) });
        }
        let names: Vec<Box<str>> = left
            .visible
            .iter()
            .filter_map(|item| match item {
                Item::Column(name, _) => Some(name.clone()),
                Item::Rest(_) => None,
            })
            .filter(|name| !matches!(find(&right.visible, name), Found::No))
            .collect();
        let names: Vec<&str> = names.iter().map(|n| &**n).collect();
        self.using(left, right, &names, None, kind, span)
    }

    fn using(
        &mut self,
        left: Joined,
        right: Joined,
        names: &[&str],
        alias: Option<&str>,
        kind: JoinKind,
        span: Span,
    ) -> Checked<Joined> {
        let mut merged = Vec::with_capacity(names.len());
        for &name in names {
            let a = self.joined_column(&left.visible, name, span)?;
            let b = self.joined_column(&right.visible, name, span)?;
            if a.class == PLAIN {
                self.plain(&b, Cause::Mixed, span)?;
            } else {
                self.compare(&a, &b, EqualTo::Values, span)?;
            }
            let value = match kind {
                JoinKind::Right => b,
                JoinKind::Full => Value { origin: None, ..a },
                JoinKind::Inner | JoinKind::Left | JoinKind::Cross => a,
            };
            merged.push(Item::Column(name.into(), value));
        }
        let mut visible = merged.clone();
        for item in left.visible.into_iter().chain(right.visible) {
            match item {
                Item::Column(name, _) if names.contains(&&*name) => {}
                // The merged columns are no longer among those that cannot be counted one by one.
                Item::Rest(_) if !names.is_empty() => visible.push(Item::Rest(None)),
                other => visible.push(other),
            }
        }
        let mut sources = left.sources;
        sources.extend(right.sources);
        if let Some(alias) = alias {
            sources.push(Source { name: alias.into(), schema: None, items: merged, made: true });
        }
        Ok(Joined { sources, visible })
    }

    fn joined_column(&mut self, items: &[Item], name: &str, span: Span) -> Checked<Value> {
        match find(items, name) {
            Found::Value(value) => Ok(value),
            Found::Maybe => Ok(Value::plain()),
            Found::Twice => Err(Objection::at(Cause::AmbiguousColumn(name.into()), span)),
            Found::No => Err(Objection::at(Cause::UndefinedColumn(name.into()), span)),
        }
    }
}

/// Can anything in this item name a column of what stands to its left?
fn sees_left(item: &FromItem) -> bool {
    match item {
        FromItem::Relation(relation) => relation.sample.is_some(),
        FromItem::Subquery(subquery) => subquery.lateral,
        FromItem::Function(_) | FromItem::SpecialTable(_) => true,
        FromItem::Join(join) => sees_left(&join.left) || sees_left(&join.right),
    }
}

fn side_by_side(left: Joined, right: Joined) -> Joined {
    let mut sources = left.sources;
    sources.extend(right.sources);
    let mut visible = left.visible;
    visible.extend(right.visible);
    Joined { sources, visible }
}
